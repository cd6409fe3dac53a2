//! Whom an auditor trusts: logs, witnesses, and how many of them must have cosigned, in the form of C2SP tlog-policy.

mod error;
mod judge;
mod read;

pub use error::{PolicyError, PolicyErrorKind};
pub use judge::{Distrust, Shortfall, Trust};
pub use read::{MAX_LOGS, MAX_NAMES, MAX_POLICY_BYTES};

use crate::note::VerifierKey;

/// A log, or a witness, with where it is reached.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Trusted {
    /// The name in the policy; a log's is its origin.
    pub name: String,
    /// Its key.
    pub key: VerifierKey,
    /// Where it is reached.
    pub url: Option<String>,
}

/// Something with a name that a quorum can count.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Member {
    name: String,
    kind: Kind,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Kind {
    /// Its place among the witnesses.
    Witness(usize),
    /// Places among those that were named before.
    Group { least: usize, members: Vec<usize> },
}

/// Whom to trust.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Policy {
    logs: Vec<Trusted>,
    witnesses: Vec<Trusted>,
    /// In the order of their lines, so that a group stands behind its members.
    members: Vec<Member>,
    /// Its place among the members; None: nobody need have cosigned.
    quorum: Option<usize>,
}

impl Policy {
    /// The logs.
    pub fn logs(&self) -> &[Trusted] {
        &self.logs
    }

    /// The witnesses.
    pub fn witnesses(&self) -> &[Trusted] {
        &self.witnesses
    }
}
