//! Who may call which rpc, and what they see: one table, applied before every handler.
//!
//! A command's line names the actions of the domain that it stands for; who may do those, with which thing and while it is how, stands beside
//! the aggregates ([`idesluss_domain::rights`]) and is asked by `decide`. A question's line says itself who may ask, how they must stand to the
//! thing that they ask about, and what of it they see. Whoever passes gets a [`Permit`], without which nothing is decided or opened.

mod assertion;
mod audit;
mod evaluation;
mod identity;
mod journal;
mod permit;
pub mod policy;
mod sharing;
mod submission;

pub use assertion::{Assertion, Granted, LIFETIME_MICROS, METADATA, NotAsserted, Shown, presenter};
pub use permit::{Bound, Denied, Permit};
pub use submission::READS_IDEA;

use idesluss_domain::rights::{By, Relation};
use idesluss_domain::words::{Role, ScopeName};
use idesluss_domain::{GATEWAY, MACHINE};
use idesluss_proto::IRREVERSIBLE;
use std::collections::HashMap;
use std::fmt;
use std::sync::LazyLock;

/// Who may call an rpc.
#[derive(Debug)]
pub struct Rule {
    /// The rpc as it is called, such as `/idesluss.submission.v1.SubmissionQueryService/GetIdea`.
    pub rpc: &'static str,
    /// By whom.
    pub callers: Callers,
    /// Whether whoever acts must have been asserted for that very command: what it leads to can't be taken back.
    pub is_bound: bool,
    /// Whether it takes a person, whatever role a program acts in: somebody judges, answers for themselves, or answers for what is said.
    pub takes_person: bool,
}

/// By whom an rpc is called.
#[derive(Debug, Clone, Copy)]
pub enum Callers {
    /// Whoever may do one of these.
    Act(&'static [By]),
    /// Whoever may read so.
    Read(Reads),
    /// The other services of the instance.
    Services,
    /// The gateway, for itself; a program at the machine does the same.
    Gateway,
    /// The other services, whoever sits at the machine, and auditors.
    Journal,
}

/// Who reads what, in the order in which it is looked for: the first line that fits holds.
pub type Reads = &'static [Reading];

/// A line of who reads what.
#[derive(Debug, Clone, Copy)]
pub struct Reading {
    /// Who.
    pub roles: &'static [Role],
    /// How they must stand to what they ask about.
    pub relation: Relation,
    /// What of it they see.
    pub sees: Sees,
}

/// How much of something somebody sees.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sees {
    /// All of it.
    All,
    /// An idea's brief and where it stands, never who submitted it.
    Brief,
    /// What is published, no drafts.
    Published,
}

impl fmt::Display for Sees {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Sees::All => "all",
            Sees::Brief => "brief",
            Sees::Published => "what is published",
        })
    }
}

impl Rule {
    /// Whether it may be called over a connection that speaks for these members: the gateway and whoever sits at the machine for people, a service
    /// for itself, and a replica of `own` that hands on what it was asked.
    pub fn is_reached(&self, own: &str, speaks_for: impl Fn(&str) -> bool) -> bool {
        let for_people = || speaks_for(GATEWAY) || speaks_for(MACHINE) || speaks_for(own);
        let a_service = || idesluss_domain::SERVICES.into_iter().any(&speaks_for);
        match self.callers {
            Callers::Act(_) | Callers::Read(_) | Callers::Gateway => for_people(),
            Callers::Services => a_service(),
            Callers::Journal => for_people() || a_service(),
        }
    }

    /// Whether it is asked in somebody's name, or whoever reaches it asks for itself.
    pub fn is_asked_by_people(&self) -> bool {
        matches!(self.callers, Callers::Act(_) | Callers::Read(_))
    }

    /// Whether there is anything that somebody who is signed in may call it for in this role: what operators do, they do at the machine.
    pub fn is_for_people(&self, role: Role) -> bool {
        role != Role::Operator && self.is_for(role)
    }

    /// Whether a program that acts in this role may be given it: nothing that takes a person, can't be undone, or must be asserted for the very
    /// command.
    pub fn is_for_programs(&self, role: Role) -> bool {
        let is_given = !self.is_bound && !self.takes_person && !self.is_irreversible() && !self.is_answered_by_each();
        is_given && self.is_asked_by_people() && role.may_be_a_programs() && self.is_for_people(role)
    }

    /// Whether every service answers it for itself: at the one address at which programs call, none does.
    fn is_answered_by_each(&self) -> bool {
        audit::QUERIES.iter().any(|rule| rule.rpc == self.rpc)
    }

    /// Whether the contract says that what it does can't be undone.
    fn is_irreversible(&self) -> bool {
        let rpc = self.rpc.rsplit('/').next().unwrap_or_default();
        IRREVERSIBLE.contains(&rpc)
    }

    /// Whether there is anything that somebody in this role may call it for.
    pub fn is_for(&self, role: Role) -> bool {
        match self.callers {
            Callers::Act(rules) => rules.iter().copied().flatten().any(|(roles, _)| roles.contains(&role)),
            Callers::Read(reads) => reads.iter().any(|line| line.roles.contains(&role)),
            Callers::Journal => role == Role::Auditor,
            Callers::Services | Callers::Gateway => false,
        }
    }
}

/// Everybody who works with ideas and what came of them: not those who run the machines.
const PEOPLE: &[Role] = &[
    Role::Submitter,
    Role::Coordinator,
    Role::Assessor,
    Role::NeedOwner,
    Role::DecisionMaker,
    Role::Registrar,
    Role::Steward,
    Role::Adopter,
    Role::Auditor,
];

/// The whole table, by service.
pub fn table() -> impl Iterator<Item = &'static Rule> {
    let services = [
        journal::RPCS,
        submission::COMMANDS,
        submission::QUERIES,
        evaluation::COMMANDS,
        evaluation::QUERIES,
        sharing::COMMANDS,
        sharing::QUERIES,
        identity::COMMANDS,
        identity::QUERIES,
        identity::SESSION_COMMANDS,
        identity::SESSION_QUERIES,
        audit::QUERIES,
    ];
    services.into_iter().flatten()
}

/// The line of an rpc; None: it has none, and must not be served.
pub fn rule(rpc: &str) -> Option<&'static Rule> {
    static BY_RPC: LazyLock<HashMap<&'static str, &'static Rule>> =
        LazyLock::new(|| table().map(|rule| (rule.rpc, rule)).collect());
    BY_RPC.get(rpc).copied()
}

/// What a program that acts in a role may be given, in the order of the table.
pub fn scopes(role: Role) -> impl Iterator<Item = ScopeName> {
    let given = table().filter(move |rule| rule.is_for_programs(role));
    given.filter_map(|rule| ScopeName::of_path(rule.rpc))
}

/// Lines of the table: `act` for what the domain's own tables say, `person` for the same where no program does it, `decide` for what must be asserted
/// for the very command, `read` for who reads what.
macro_rules! rpcs {
    ($service:literal { $($rpc:ident => $kind:ident $what:tt;)+ }) => {
        &[$($crate::Rule {
            rpc: concat!("/idesluss.", $service, "/", stringify!($rpc)),
            callers: rpcs!(@$kind $what),
            is_bound: rpcs!(@is_bound $kind),
            takes_person: rpcs!(@takes_person $kind),
        }),+]
    };
    (@is_bound decide) => { true };
    (@is_bound $kind:ident) => { false };
    (@takes_person person) => { true };
    (@takes_person $kind:ident) => { false };
    (@person [$($rule:expr),+]) => { $crate::Callers::Act(&[$($rule.by),+]) };
    (@decide [$($rule:expr),+]) => { $crate::Callers::Act(&[$($rule.by),+]) };
    (@act [$($rule:expr),+]) => { $crate::Callers::Act(&[$($rule.by),+]) };
    (@read [$($roles:expr, $relation:ident => $sees:ident);+]) => {
        $crate::Callers::Read(&[$($crate::Reading {
            roles: $roles,
            relation: idesluss_domain::rights::Relation::$relation,
            sees: $crate::Sees::$sees,
        }),+])
    };
    (@reads $reads:ident) => { $crate::Callers::Read($reads) };
    (@services ()) => { $crate::Callers::Services };
    (@gateway ()) => { $crate::Callers::Gateway };
    (@journal ()) => { $crate::Callers::Journal };
}
use rpcs;
