//! The bundle: journals, or parts of them, in one file that can be checked with nothing else at hand.
//!
//! An ordinary POSIX tar archive, and after its end one line with the SHA-256 of all bytes before. The form stands in VERIFYING.md.
//! [`BundleWriter`] writes it, [`read`] reads it; both hold one piece of it at a time.

mod belongs;
mod chunk;
mod manifest;
mod member;
mod read;
mod terms;
mod trailer;
mod wire;
mod write;

pub use belongs::Belongs;
pub use manifest::{Covers, FORM, LogManifest, Manifest};
pub use member::{Member, Order};
pub use read::{Batch, Piece, ReadError, Stop, read};
pub use terms::{LogHead, WriteError, WriteOptions};
pub use trailer::{TRAILER_BYTES, TrailerError, check_trailer};
pub use wire::{Consistency, LeafLine, Proof, TextLine, TextStands, parse_leaf};
pub use write::BundleWriter;

/// The most bytes that a line may have, its newline not counted: what an entry of a log may have at all.
pub const MAX_LINE_BYTES: usize = 65_535;
/// The most lines that a member of lines may have.
pub const MAX_MEMBER_LINES: usize = 10_000;
/// The most bytes that a member of lines may have, before it is compressed.
pub const MAX_MEMBER_BYTES: u64 = 16 << 20;
/// The most bytes that any other member may have.
pub const MAX_HEAD_BYTES: u64 = 1 << 20;
