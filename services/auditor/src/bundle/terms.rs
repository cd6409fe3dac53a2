use idesluss_proof::tree::Hash;
use std::io;

/// How a bundle is written.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct WriteOptions {
    /// Members of lines are compressed with zstd at this level, 1 to 19; None: not at all.
    pub zstd: Option<i32>,
}

/// What comes before a log's entries.
#[derive(Debug, Clone, Default)]
pub struct LogHead<'a> {
    /// The signed checkpoint with its cosignatures, as it is.
    pub checkpoint: &'a [u8],
    /// The log's verifier keys.
    pub keys: &'a [String],
    /// The roots of the complete subtrees before `from`, largest first; empty where `from` is 0.
    pub compact_range: &'a [Hash],
}

/// Why a bundle can't be written.
#[derive(Debug, thiserror::Error)]
pub enum WriteError {
    /// Its file can't be written.
    #[error("the bundle can't be written: {0}")]
    Io(#[from] io::Error),
    /// The manifest makes no sense.
    #[error("the manifest contradicts itself: {0}")]
    Manifest(String),
    /// A line can't be taken in.
    #[error("an entry can't be taken into the bundle: {0}")]
    Line(String),
    /// What was pushed is not what the manifest announces.
    #[error("{service} has {found} {what}, and the manifest announces {wanted}")]
    Count {
        /// Of which log.
        service: String,
        /// Of what.
        what: &'static str,
        /// How many were pushed.
        found: u64,
        /// How many are announced.
        wanted: u64,
    },
    /// A step was taken out of its order.
    #[error("{0}")]
    Order(&'static str),
}
