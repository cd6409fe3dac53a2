use crate::guard::GuardError;
use crate::keys::KeysError;
use idesluss_journal::StoreError;
use idesluss_proof::checkpoint::CheckpointError;
use idesluss_proof::note::NoteError;
use std::sync::Arc;

/// Why nothing is signed.
#[derive(Debug, thiserror::Error)]
pub enum SigningError {
    /// The journal contradicts what was signed before.
    #[error(
        "the journal contradicts its checkpoint of {size} entries under {origin}: {how}. It was restored from an older backup, or changed. Nothing is signed and no command is taken: find out which, then open a new epoch with `restored`"
    )]
    Contradicted {
        /// Under which origin.
        origin: String,
        /// How many entries were signed.
        size: u64,
        /// How.
        how: &'static str,
    },
    /// The journal's tree does not fit its own head.
    #[error(
        "the journal's tiles lead to another root than its head: its tables were changed. Nothing is signed; run `doctor --deep`"
    )]
    Altered,
    /// What was signed last can't be read or kept.
    #[error(transparent)]
    Guard(#[from] GuardError),
    /// What was kept is no checkpoint.
    #[error("what was signed last is no checkpoint: {0}")]
    Kept(#[from] CheckpointError),
    /// It can't be made.
    #[error("a checkpoint can't be written: {0}")]
    Note(#[from] NoteError),
    /// There is nothing to sign with.
    #[error(transparent)]
    Keys(#[from] KeysError),
    /// The replica that writes signs with a key that is not known here.
    #[error(
        "the replica that writes has signed {origin} with another key than this one has: give every replica of the service the same signing.key_file"
    )]
    Stranger {
        /// Under which origin.
        origin: String,
    },
    /// The journal can't be read.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A thread ended in a way that it should not.
    #[error("a task has failed: {0}")]
    Task(#[from] tokio::task::JoinError),
}

impl SigningError {
    /// Whether only an operator can help: until then no command may be taken.
    pub fn is_lasting(&self) -> bool {
        matches!(self, Self::Contradicted { .. } | Self::Altered)
    }
}

/// What was found when the journal was last to be signed.
#[derive(Debug, Clone)]
pub enum Look {
    /// It has not been looked at since this process may write.
    NotYet,
    /// It was signed.
    Well,
    /// It was not.
    SigningError(Arc<SigningError>),
}
