use super::read::{MAX_LOGS, MAX_NAMES, MAX_POLICY_BYTES};
use crate::note::KeyError;

/// Why a file is no policy.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("line {line}: {what}")]
pub struct PolicyError {
    /// Which line, from 1; the last one where something is missing.
    pub line: usize,
    /// What is wrong with it.
    pub what: PolicyErrorKind,
}

/// What is wrong with a line of a policy.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PolicyErrorKind {
    /// Too large.
    #[error("a policy has at most {MAX_POLICY_BYTES} bytes")]
    Large,
    /// A control character.
    #[error("it holds a control character: use spaces and tabs only, and save the file with plain newlines")]
    Text,
    /// Not UTF-8. The form would have it; keys and those who read them would not.
    #[error("it is not UTF-8: save the file as UTF-8")]
    Utf8,
    /// An unknown word.
    #[error("a line begins with log, witness, group or quorum")]
    Word,
    /// Too few or too many items.
    #[error("write `{0}`")]
    Items(&'static str),
    /// A key.
    #[error(transparent)]
    Key(#[from] KeyError),
    /// A log with a witness's key or the other way.
    #[error("a log's key is of type 1 (Ed25519), a witness's of type 4 (cosignature)")]
    Type,
    /// The same key under two names.
    #[error("this key stands on an earlier line already")]
    Twice,
    /// A name that is taken.
    #[error("the name {0} is taken")]
    Taken(String),
    /// A name that is not there.
    #[error("no witness or group above has the name {0}")]
    Missing(String),
    /// A member of two groups.
    #[error("{0} is a member of a group already: it would count twice")]
    Member(String),
    /// A number that can't be reached.
    #[error("write any, all, or a number from 1 to the number of members")]
    Threshold,
    /// Not one quorum.
    #[error("a policy has exactly one line that begins with quorum")]
    Quorum,
    /// Too many lines of one kind.
    #[error("a policy names at most {MAX_LOGS} logs, and {MAX_NAMES} witnesses and groups together")]
    Many,
}
