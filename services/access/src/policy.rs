//! The tables of rights of this version as one text.
//!
//! Each journal says under which digest its service writes (`PolicyInForce`). The text of every digest stays in `policies/` beside this crate, and
//! travels with what is taken out of a journal, so that what happened is judged by what held then.

use crate::{Callers, Rule, table};
use idesluss_domain::policy::{self, Policy, Rpc, Who, who};
use idesluss_domain::rights::{Line, lines};
use idesluss_domain::words::{Digest, Role};
use std::collections::HashSet;
use std::sync::LazyLock;

/// This version's.
struct InForce {
    text: String,
    digest: Digest,
}

static IN_FORCE: LazyLock<InForce> = LazyLock::new(|| {
    let policy = Policy::with(table().map(rpc).collect());
    let text = policy.text();
    let digest = policy::digest(text.as_bytes());
    InForce { text, digest }
});

/// The text of this version's table.
pub fn text() -> &'static str {
    &IN_FORCE.text
}

/// Its digest.
pub fn digest() -> Digest {
    IN_FORCE.digest
}

/// Whether this version's table lets somebody in this role write an event of this type.
pub fn may_write(kind: &str, role: Role) -> bool {
    static WRITERS: LazyLock<HashSet<(&'static str, Role)>> = LazyLock::new(|| {
        let pairs = |line: Line| {
            let roles = line.by.iter().flat_map(|(roles, _)| *roles);
            let of_role = |role: &Role| line.writes.iter().map(move |kind| (*kind, *role)).collect::<Vec<_>>();
            roles.flat_map(of_role).collect::<Vec<_>>()
        };
        lines().flat_map(pairs).collect()
    });
    WRITERS.get(&(kind, role)).is_some()
}

/// The roles in which a program may be given it.
fn programs(rule: &Rule) -> Vec<String> {
    let roles = Role::ALL.into_iter().filter(|role| rule.is_for_programs(*role));
    roles.map(|role| role.as_str().to_owned()).collect()
}

fn rpc(rule: &Rule) -> Rpc {
    let (by, members) = match rule.callers {
        Callers::Act(rules) => (rules.iter().flat_map(|by| who(by)).collect(), vec![]),
        Callers::Read(reads) => {
            let reader = |line: &crate::Reading| Who {
                roles: line.roles.iter().map(|role| role.as_str().to_owned()).collect(),
                relation: line.relation.to_string(),
                sees: Some(line.sees.to_string()),
            };
            (reads.iter().map(reader).collect(), vec![])
        }
        Callers::Services => (vec![], vec!["services".to_owned()]),
        Callers::Gateway => (vec![], vec!["gateway".to_owned(), "machine".to_owned()]),
        Callers::Journal => {
            let auditor = Who {
                roles: vec![Role::Auditor.as_str().to_owned()],
                relation: idesluss_domain::rights::Relation::Any.to_string(),
                sees: Some(crate::Sees::All.to_string()),
            };
            (vec![auditor], vec!["services".to_owned(), "machine".to_owned()])
        }
    };
    Rpc {
        rpc: rule.rpc.to_owned(),
        by,
        members,
        bound: rule.is_bound,
        programs: programs(rule),
    }
}
