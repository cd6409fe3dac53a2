use idesluss_domain::words::{MAX_FILE_MEBIBYTES, Rejection, RejectionKind, Role};
use idesluss_journal::{AppendError, StoreError};
use idesluss_proto::status::{Reason, from_rejection, refuse, refuse_saying};
use idesluss_runtime::report_refusal;
use idesluss_vault::VaultError;
use tonic::Status;

/// Why a command was not carried out.
#[derive(Debug, thiserror::Error)]
pub enum ExecuteError {
    /// A rule said no.
    #[error(transparent)]
    Rejected(#[from] Rejection),
    /// Whoever acts does not hold the role, or holds it no more.
    #[error("the role is not held")]
    RoleNotHeld,
    /// The journal did not take it.
    #[error(transparent)]
    Append(#[from] AppendError),
    /// The journal could not be read.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// Something could not be sealed or opened.
    #[error(transparent)]
    Vault(#[from] VaultError),
    /// The service decided on a stream that it had not loaded: a mistake in the program.
    #[error("the command decides on a stream that it did not read: {0}")]
    Stream(String),
    /// An event would hold a text that was not sealed for that member of it: a mistake in the program.
    #[error("nothing was sealed for {0}")]
    NotSealed(String),
    /// An event would be written in a role that no table of rights names for its type: a mistake in the program.
    #[error("no table of rights lets {1} write {0}")]
    NotInPolicy(&'static str, Role),
    /// No command is taken until an operator has looked.
    #[error("no command is taken now: {0}")]
    BlockedBy(String),
    /// The journal has not come as far as the caller has seen.
    #[error("this service has not heard of what you have seen yet: try again in a moment")]
    Stale,
    /// What the command rests on has not been found in its source's own log yet.
    #[error("what this rests on has not been found at its source yet: try again in a moment")]
    Unchecked,
    /// What the command rests on came in the name of a source that is stopped: its log does not hold it, or is not the one that it has signed.
    #[error("what this rests on came in the name of {0}, whose log speaks against it or against what {0} has signed")]
    Contradicted(String),
    /// A view could not be asked.
    #[error(transparent)]
    Query(#[from] QueryError),
}

impl From<ExecuteError> for Status {
    fn from(error: ExecuteError) -> Self {
        match error {
            ExecuteError::Rejected(rejection) => {
                // What a person may not do at all, other than not now: said and counted by its code.
                if rejection.kind == RejectionKind::Forbidden {
                    report_refusal(rejection.code);
                }
                from_rejection(rejection)
            }
            ExecuteError::RoleNotHeld => {
                report_refusal(Reason::RoleNotHeld.name());
                refuse(Reason::RoleNotHeld)
            }
            ExecuteError::Append(error) => from_append(error),
            ExecuteError::Store(error) => from_store(&error),
            ExecuteError::Vault(error) => from_vault(error),
            ExecuteError::Query(error) => error.into(),
            ExecuteError::BlockedBy(why) => refuse_saying(Reason::Halted, &[("why", &why)]),
            ExecuteError::Stale => refuse(Reason::Stale),
            ExecuteError::Unchecked => refuse(Reason::Unchecked),
            ExecuteError::Contradicted(_) => refuse(Reason::SourceContradicted),
            ExecuteError::Stream(_) | ExecuteError::NotSealed(_) | ExecuteError::NotInPolicy(..) => internal(&error),
        }
    }
}

fn from_append(error: AppendError) -> Status {
    let reason = match &error {
        AppendError::Conflict { .. } | AppendError::Gap { .. } => Reason::Conflict,
        AppendError::CommandReused => Reason::CommandReused,
        AppendError::Full(_) => Reason::JournalFull,
        AppendError::Elsewhere => Reason::WriterElsewhere,
        AppendError::Closed(_) => Reason::JournalClosed,
        AppendError::Unknown(_) => Reason::FateUnknown,
        AppendError::Refused(_) => Reason::EventRefused,
    };
    // What it was in particular is for whoever runs the service.
    if matches!(
        reason,
        Reason::JournalFull | Reason::JournalClosed | Reason::EventRefused
    ) {
        tracing::warn!(%error, "the journal did not take a command");
    }
    refuse(reason)
}

fn from_store(error: &StoreError) -> Status {
    tracing::error!(%error, "the journal could not be read");
    refuse(Reason::JournalUnreadable)
}

fn from_vault(error: VaultError) -> Status {
    match error {
        VaultError::Append(error) => from_append(error),
        VaultError::Store(error) => from_store(&error),
        VaultError::TooLarge { .. } => refuse_saying(Reason::FileTooLarge, &[("max", &MAX_FILE_MEBIBYTES.to_string())]),
        VaultError::NotItsOwn => refuse(Reason::NotItsOwn),
        VaultError::Erased => refuse(Reason::Erased),
        VaultError::UnknownFile => refuse(Reason::UnknownFile),
        error => internal(&error),
    }
}

/// What nobody outside can do anything about: logged here, once, and told without detail.
fn internal(error: &dyn std::error::Error) -> Status {
    tracing::error!(%error, "a request failed inside the service");
    refuse(Reason::Internal)
}

/// Why a view can't be opened or built.
#[derive(Debug, thiserror::Error)]
pub enum ViewError {
    /// The folder or file can't be used.
    #[error("the views' folder {0}: {1}")]
    Folder(std::path::PathBuf, std::io::Error),
    /// The database said no.
    #[error("the view's file: {0}")]
    Database(#[from] rusqlite::Error),
    /// The journal could not be read.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// Its builder stopped.
    #[error("the view's builder has stopped")]
    Stopped,
    /// It could not be built anew.
    #[error("it could not be built anew: {0}")]
    NotBuilt(String),
}

/// Why a query has no answer.
#[derive(Debug, thiserror::Error)]
pub enum QueryError {
    /// The view has not come as far as the caller has seen.
    #[error("this service has not heard of what you have seen yet: try again in a moment")]
    Stale,
    /// The token names nothing that could ever arrive here.
    #[error("the token is not one of this instance's")]
    Token,
    /// The database said no.
    #[error("the view: {0}")]
    Database(#[from] rusqlite::Error),
    /// The journal could not be read.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The service is shutting down.
    #[error("the service is shutting down")]
    Closed,
}

impl From<QueryError> for Status {
    fn from(error: QueryError) -> Self {
        match error {
            QueryError::Stale => refuse(Reason::Stale),
            QueryError::Token => refuse(Reason::UnknownToken),
            QueryError::Store(error) => from_store(&error),
            QueryError::Closed => refuse(Reason::Closing),
            QueryError::Database(error) => internal(&error),
        }
    }
}
