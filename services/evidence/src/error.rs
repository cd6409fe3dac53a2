use idesluss_auditor::ReplayError;
use idesluss_auditor::bundle::WriteError;
use idesluss_domain::words::IdeaId;
use idesluss_proto::status::Refusal;
use std::io;
use tonic::Status;

/// Why something can't be handed to an auditor. Every sentence says what to do.
#[derive(Debug, thiserror::Error)]
pub enum EvidenceError {
    /// A journal can't be read, or does not fit itself.
    #[error("the journal of {service} can't be read: {reason}")]
    Journal {
        /// Whose.
        service: &'static str,
        /// What went wrong.
        reason: String,
    },
    /// A journal is not as it was written.
    #[error("the journal of {service} is damaged: {reason}")]
    Damaged {
        /// Whose.
        service: &'static str,
        /// What was found.
        reason: String,
    },
    /// A position lies behind the end.
    #[error("the journal of {service} has no position {position} yet: it has {size} entries, the first one is 0")]
    NoSuchPosition {
        /// Of which journal.
        service: &'static str,
        /// Which.
        position: u64,
        /// How many entries there are.
        size: u64,
    },
    /// Nothing is signed, or not as far as the journal goes.
    #[error(
        "the journal of {0} is not signed as far as it goes: is the disk full, has it no signing key, or does the program say that it contradicts what was signed? Run `idesluss doctor`"
    )]
    Unsigned(&'static str),
    /// There is no such idea.
    #[error("there is no such idea here: {0}")]
    NoSuchIdea(IdeaId),
    /// The two ends enclose nothing.
    #[error("nothing was recorded between these times: check --from and --to, which are in UTC")]
    Nothing,
    /// A service said no.
    #[error("the services refused: {sentence} ({reason})", sentence = .0.message(), reason = Refusal::from(.0).reason)]
    Refused(Status),
    /// A line is not understood.
    #[error(transparent)]
    Replay(#[from] ReplayError),
    /// What was packed is no bundle.
    #[error(transparent)]
    Write(#[from] WriteError),
    /// The bundle's bytes found no place.
    #[error("the bundle can't be written: {0}")]
    Out(io::Error),
}
