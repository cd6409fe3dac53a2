//! What a journal's key has signed of it, read.

use idesluss_proof::checkpoint::Checkpoint;
use idesluss_proof::note::SignedNote;

/// The largest note that is read of a stranger: our own have a signature a key and one of each witness.
const LARGEST: usize = 16 * 1024;

/// A journal as it was signed at some time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SignedJournal {
    /// The epoch in which it was signed.
    pub epoch: u32,
    /// How many entries the journal had.
    pub size: u64,
    /// The root over them.
    pub root: [u8; 32],
}

impl SignedJournal {
    /// Reads what is signed as a checkpoint of this journal (`<instance>/<service>`); None: it is none. Who has signed it is not asked.
    pub fn read(journal: &str, note: &SignedNote) -> Option<Self> {
        let checkpoint: Checkpoint = note.text().parse().ok()?;
        let epoch: u32 = checkpoint
            .origin
            .strip_prefix(journal)?
            .strip_prefix('/')?
            .parse()
            .ok()?;
        // An origin that is written otherwise is another log's.
        (checkpoint.origin == format!("{journal}/{epoch}")).then_some(Self {
            epoch,
            size: checkpoint.size,
            root: checkpoint.root,
        })
    }

    /// Whether another covers more: a smaller one of the same epoch would be what a journal says after a loss.
    pub(crate) fn is_before(self, other: Self) -> bool {
        (self.epoch, self.size) < (other.epoch, other.size)
    }
}

/// Reads a stranger's text as a note; None: it is none, or too long.
pub(crate) fn read_note(text: &str) -> Option<SignedNote> {
    if text.len() > LARGEST {
        return None;
    }
    SignedNote::read(text.as_bytes()).ok()
}
