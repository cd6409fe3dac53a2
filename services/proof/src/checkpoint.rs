//! Checkpoints: how many entries a log has and the root over them, in the form of C2SP tlog-checkpoint 1.0.

use crate::number::decimal;
use crate::tree::{Hash, empty_root};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use std::fmt;
use std::str::FromStr;

/// Why a text is no checkpoint.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum CheckpointError {
    /// Too few lines, or an empty one.
    #[error("a checkpoint has an origin, a size and a root, each on a line of its own")]
    Form,
    /// Not a number as numbers are written.
    #[error("a checkpoint's size is a decimal number without leading zeros")]
    Size,
    /// Not 32 bytes.
    #[error("a checkpoint's root is the base64 of 32 bytes")]
    Root,
    /// A tree without entries has one root only.
    #[error("a checkpoint of no entries has the root of the empty tree")]
    Empty,
}

/// What a log says of its tree at one moment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checkpoint {
    /// Which log: `<instance>/<service>/<epoch>` for ours.
    pub origin: String,
    /// How many entries.
    pub size: u64,
    /// The root over them.
    pub root: Hash,
    /// Lines that a foreign log has added; ours has none.
    pub extensions: Vec<String>,
}

impl Checkpoint {
    /// A checkpoint of ours.
    pub fn new(origin: impl Into<String>, size: u64, root: Hash) -> Self {
        Self {
            origin: origin.into(),
            size,
            root,
            extensions: Vec::new(),
        }
    }

    /// Reads the form alone: whether a tree without entries has its root is left to the caller.
    pub(crate) fn read_form(text: &str) -> Result<Self, CheckpointError> {
        let lines = text.strip_suffix('\n').ok_or(CheckpointError::Form)?;
        let mut lines = lines.split('\n');
        let (Some(origin), Some(size), Some(root)) = (lines.next(), lines.next(), lines.next()) else {
            return Err(CheckpointError::Form);
        };
        let extensions: Vec<String> = lines.map(str::to_owned).collect();
        if origin.is_empty() || extensions.iter().any(String::is_empty) {
            return Err(CheckpointError::Form);
        }
        Ok(Self {
            origin: origin.to_owned(),
            size: decimal(size).ok_or(CheckpointError::Size)?,
            root: hash(root).ok_or(CheckpointError::Root)?,
            extensions,
        })
    }

    /// Whether it says that it has no entries, and gives them a root that they can't have.
    pub(crate) fn is_empty_with_a_root(&self) -> bool {
        self.size == 0 && self.root != empty_root()
    }
}

/// A hash as checkpoints and proofs write it.
pub(crate) fn hash(text: &str) -> Option<Hash> {
    STANDARD.decode(text).ok()?.try_into().ok()
}

impl fmt::Display for Checkpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}\n{}\n{}", self.origin, self.size, STANDARD.encode(self.root))?;
        self.extensions.iter().try_for_each(|line| writeln!(f, "{line}"))
    }
}

impl FromStr for Checkpoint {
    type Err = CheckpointError;

    fn from_str(text: &str) -> Result<Self, CheckpointError> {
        let checkpoint = Self::read_form(text)?;
        if checkpoint.is_empty_with_a_root() {
            Err(CheckpointError::Empty)
        } else {
            Ok(checkpoint)
        }
    }
}
