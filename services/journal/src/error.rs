/// Why an append or a receipt did not take place.
#[derive(Debug, Clone, thiserror::Error)]
pub enum AppendError {
    /// Another append to `stream` was first: reload, decide again.
    #[error("stream {stream} is at version {actual}, not {expected}: reload and decide again")]
    Conflict {
        /// The stream that moved.
        stream: String,
        /// The version that the append was decided on.
        expected: u64,
        /// The version that it has.
        actual: u64,
    },
    /// The command id was used before with another body.
    #[error("this command id was used before for something else: choose a new id")]
    CommandReused,
    /// Whether it was committed is not known: read the command back before trying again.
    #[error("it is not known whether the append was committed: {0}")]
    Unknown(String),
    /// The queue or the disk is full: try again later.
    #[error("the journal is full: {0}")]
    Full(String),
    /// It can never be appended as it stands.
    #[error("refused: {0}")]
    Refused(String),
    /// A receipt would leave a hole: pull from `expected` first.
    #[error("sequence {got} of {source_name} came before {expected}: pull the gap first")]
    Gap {
        /// The source, `/<instance>/<service>/<audience>`.
        source_name: String,
        /// The sequence that must come next.
        expected: u64,
        /// The one that came.
        got: u64,
    },
    /// Another replica holds the writer's lease: nothing was written here.
    #[error("another replica writes this journal now")]
    Elsewhere,
    /// The journal is shutting down, or its writer has stopped after a fault.
    #[error("the journal is closed: {0}")]
    Closed(String),
}

/// Why a journal could not be opened or read.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The file or database can't be reached: a missing folder, a read-only disk, another process.
    #[error("{0}")]
    Unavailable(String),
    /// What is stored is not what was written: do not write on; restore, or ask for help.
    #[error("the journal is damaged: {0}")]
    Damaged(String),
    /// A version that was never released has written here.
    #[error(
        "the journal was written by a version that was never released ({0}): begin anew, in another folder or database"
    )]
    Older(String),
    /// A newer version has written here.
    #[error("the journal was written by a newer version ({0}): start that version instead")]
    Newer(String),
    /// Anything else that the database said.
    #[error("the journal could not be read: {0}")]
    Database(String),
}

impl From<idesluss_proof::tree::TreeError> for StoreError {
    fn from(error: idesluss_proof::tree::TreeError) -> Self {
        Self::Damaged(error.to_string())
    }
}
