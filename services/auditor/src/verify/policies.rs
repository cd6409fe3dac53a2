//! R31: what is written is written in a role, and for those, that the table of rights names for it, which the log says to be in force.

use super::Code;
use super::findings::{At, Findings};
use crate::policy_text;
use crate::tag::Tags;
use idesluss_domain::audience_of;
use idesluss_domain::instance::PolicyInForce;
use idesluss_domain::policy::{self, InvalidPolicy, Policy};
use idesluss_domain::words::Digest;
use idesluss_proof::line::EventLine;
use std::collections::hash_map::Entry;
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// How many types and roles are told apart in a log, each under its table, how many in all logs, and how many tables in a log: far more than there
/// are, and little memory.
const MOST_PAIRS: usize = 10_000;
const MOST_PAIRS_IN_ALL: usize = 50_000;
const MOST_TABLES: usize = 200;
/// How much of a type or a role is looked at: none is longer.
const MOST_LETTERS: usize = 100;

/// What was written of a type in a role, for somebody.
#[derive(Debug)]
struct Written {
    kind: String,
    role: String,
    audience: String,
    count: u64,
    first: u64,
}

/// By the tags of type, role and audience.
type ByTags = HashMap<(u64, u64, u64), Written>;

/// Under which tables a log's own entries were written. Memory: bounded, whatever the log holds.
#[derive(Debug, Default)]
pub(super) struct Judged {
    in_force: Option<Digest>,
    /// Where each table is named first, and what was written under it.
    under: BTreeMap<Digest, (u64, ByTags)>,
    /// How many types and roles are told apart, under all tables.
    pairs: usize,
    /// Where something is named as if it were a table in force, and can't be: who else does it, or where else.
    misplaced: (u64, Option<u64>),
    /// Entries before the log named any table, and the first of them.
    unjudged: (u64, Option<u64>),
    /// Entries that name more types, roles or tables than are told apart, and the first of them.
    beyond: (u64, Option<u64>),
}

impl Judged {
    /// Takes an own entry of this service.
    pub(super) fn take(&mut self, event: &EventLine<'_>, position: u64, service: &str, tags: &Tags) {
        // Whatever a table says: it is the service that names it, in its journal's own stream.
        if *event.kind == *PolicyInForce::TYPE {
            let is_its_own = event.role == "service" && event.subject.strip_prefix("journal/") == Some(service);
            match serde_json::from_str::<PolicyInForce>(event.data) {
                Ok(policy) if is_its_own => {
                    if self.under.len() < MOST_TABLES {
                        self.under.entry(policy.table).or_insert((position, ByTags::new()));
                    }
                    self.in_force = Some(policy.table);
                }
                // That its data is none is L11.
                Err(_) => {}
                Ok(_) => count(&mut self.misplaced, position),
            }
        }
        let Some(table) = self.in_force else {
            // An epoch may have been opened before the service ever wrote.
            if !event.kind.starts_with("idesluss.journal.") {
                count(&mut self.unjudged, position);
            }
            return;
        };
        let Some((_, written)) = self.under.get_mut(&table) else {
            return count(&mut self.beyond, position);
        };
        let audience = audience_of(&event.source).unwrap_or(&event.source);
        let of = |text: &str| tags.of(text.as_bytes());
        let pairs = &mut self.pairs;
        let written = match written.entry((of(&event.kind), of(&event.role), of(audience))) {
            Entry::Occupied(known) => known.into_mut(),
            Entry::Vacant(_) if *pairs >= MOST_PAIRS => return count(&mut self.beyond, position),
            Entry::Vacant(new) => {
                *pairs += 1;
                new.insert(Written {
                    kind: event.kind.chars().take(MOST_LETTERS).collect(),
                    role: event.role.chars().take(MOST_LETTERS).collect(),
                    audience: audience.chars().take(MOST_LETTERS).collect(),
                    count: 0,
                    first: position,
                })
            }
        };
        written.count += 1;
    }
}

fn count(counted: &mut (u64, Option<u64>), position: u64) {
    counted.0 += 1;
    counted.1.get_or_insert(position);
}

fn at(log: &str, position: u64) -> At<'_> {
    At {
        log,
        position: Some(position),
    }
}

/// What the logs of a bundle are held against, one table after another as they come.
#[derive(Debug, Default)]
pub(super) struct Policies {
    logs: Vec<(String, Judged)>,
    /// How many types and roles are told apart in them.
    pairs: usize,
    brought: BTreeSet<Digest>,
}

impl Policies {
    /// Takes what a log's entries were written under. `is_whole`: all of them are there; `hides`: a table may have come
    /// into force in one that is not.
    pub(super) fn judge(&mut self, service: &str, log: Judged, is_whole: bool, hides: bool, findings: &mut Findings) {
        let at = |position| At { log: service, position };
        if let (count @ 1.., first) = log.unjudged {
            let said = format!("of {count} entries the log does not say which rights were in force; this is the first");
            if is_whole {
                findings.broken(Code::R31, at(first), said);
            } else {
                findings.note(Code::R31, at(first), said);
            }
        }
        if let (count @ 1.., first) = log.beyond {
            let said =
                format!("{count} entries name more types, roles or tables of rights than there are; this is the first");
            findings.broken(Code::R31, at(first), said);
        }
        if let (count @ 1.., first) = log.misplaced {
            let said = format!(
                "{count} entries name a table of rights, and are not the service's own in its journal's stream; this is the first"
            );
            findings.broken(Code::R31, at(first), said);
        }
        if hides && !log.under.is_empty() {
            let said = "that no other table of rights came into force before an entry is not shown in a part of a log";
            findings.note(Code::R31, at(None), said);
        }
        self.pairs += log.pairs;
        if self.pairs > MOST_PAIRS_IN_ALL {
            let said = "the logs name more types, roles and tables of rights than there are";
            return findings.broken(Code::R31, at(None), said);
        }
        self.logs.push((service.to_owned(), log));
    }

    /// Takes a table, by the digest that its member is called by, and holds against it what the logs say was written under it.
    pub(super) fn add(&mut self, digest: [u8; 32], text: &[u8], findings: &mut Findings) {
        let digest = Digest(digest);
        if !self.logs.iter().any(|(_, log)| log.under.contains_key(&digest)) {
            return findings.file(Code::B03, format!("no log names the table of rights {digest}"));
        }
        if policy::digest(text) != digest {
            return findings.file(
                Code::B02,
                format!("policies/{digest}.json is another table than its name says"),
            );
        }
        self.brought.insert(digest);
        match Policy::read(text) {
            Ok(policy) => self.check(digest, &policy, findings),
            Err(InvalidPolicy::Newer(form)) => {
                for (service, position) in self.naming(digest) {
                    let at = at(service, position);
                    findings.note(
                        Code::R31,
                        at,
                        format!("the table of rights has form {form}, which this version does not know"),
                    );
                }
            }
            Err(error) => findings.file(Code::B02, format!("policies/{digest}.json: {error}")),
        }
    }

    /// The logs that name a table, each with where it does first.
    fn naming(&self, digest: Digest) -> impl Iterator<Item = (&str, u64)> {
        let logs = self.logs.iter();
        logs.filter_map(move |(service, log)| Some((service.as_str(), log.under.get(&digest)?.0)))
    }

    fn check(&self, digest: Digest, policy: &Policy, findings: &mut Findings) {
        if policy_text(digest).is_none() {
            for (service, position) in self.naming(digest) {
                let at = at(service, position);
                let said = format!(
                    "this version does not know the table of rights {digest}: hold it against the one that its program was published with"
                );
                findings.note(Code::R31, at, said);
            }
        }
        for (service, log) in &self.logs {
            let Some((_, written)) = log.under.get(&digest) else {
                continue;
            };
            let pairs = written.values().map(|written| (&*written.kind, &*written.role));
            let unnamed = policy.unnamed(pairs.collect());
            let mut beyond: Vec<&Written> = written.values().collect();
            beyond.retain(|written| unnamed.contains(&(&*written.kind, &*written.role)));
            beyond.sort_unstable_by_key(|written| written.first);
            for Written {
                kind,
                role,
                count,
                first,
                ..
            } in beyond
            {
                let at = at(service, *first);
                let said = format!(
                    "the role {role} may not write {kind} under the table of rights in force: {count} entries, this is the first"
                );
                findings.broken(Code::R31, at, said);
            }
            let mut elsewhere: Vec<&Written> = written.values().collect();
            elsewhere.retain(|written| {
                policy
                    .audience(&written.kind)
                    .is_some_and(|audience| audience != written.audience)
            });
            elsewhere.sort_unstable_by_key(|written| written.first);
            for Written {
                kind,
                audience,
                count,
                first,
                ..
            } in elsewhere
            {
                let at = at(service, *first);
                let said = format!(
                    "{kind} is written for {audience}, which the table of rights in force does not say: who should have taken it in has not; {count} entries, this is the first"
                );
                findings.broken(Code::R31, at, said);
            }
        }
    }

    /// All tables have come.
    pub(super) fn finish(self, findings: &mut Findings) {
        for (service, log) in &self.logs {
            for (digest, (position, _)) in &log.under {
                if !self.brought.contains(digest) {
                    let at = at(service, *position);
                    findings.broken(
                        Code::R31,
                        at,
                        format!("the table of rights {digest} is not in the bundle: was it made by a version that does not know it?"),
                    );
                }
            }
        }
    }
}
