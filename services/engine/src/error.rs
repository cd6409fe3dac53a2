use idesluss_domain::words::{Rejection, RejectionKind};
use idesluss_journal::{AppendError, StoreError};
use idesluss_proto::status::{from_rejection, refuse};
use idesluss_runtime::report_refusal;
use idesluss_vault::VaultError;
use tonic::{Code, Status};

/// Why a command was not carried out.
#[derive(Debug, thiserror::Error)]
pub enum ExecuteError {
    /// A rule said no.
    #[error(transparent)]
    Rejected(#[from] Rejection),
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
    /// No command is taken until an operator has looked.
    #[error("no command is taken now: {0}")]
    BlockedBy(String),
    /// The journal has not come as far as the caller has seen.
    #[error("this service has not heard of what you have seen yet: try again in a moment")]
    Stale,
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
            ExecuteError::Append(error) => from_append(error),
            ExecuteError::Store(error) => from_store(&error),
            ExecuteError::Vault(error) => from_vault(error),
            ExecuteError::BlockedBy(why) => refuse(
                Code::Unavailable,
                "HALTED",
                format!("Nothing was saved: {why}. Ask whoever runs the service."),
            ),
            ExecuteError::Stale => stale(),
            ExecuteError::Stream(_) | ExecuteError::NotSealed(_) => internal(&error),
        }
    }
}

fn from_append(error: AppendError) -> Status {
    match &error {
        AppendError::Conflict { .. } | AppendError::Gap { .. } => refuse(
            Code::Aborted,
            "CONFLICT",
            "Somebody else was first: read again and repeat the command.",
        ),
        AppendError::CommandReused => refuse(
            Code::AlreadyExists,
            "COMMAND_REUSED",
            "This command id was used before for something else: choose a new id.",
        ),
        AppendError::Full(_) => refuse(
            Code::ResourceExhausted,
            "JOURNAL_FULL",
            format!("Nothing was saved: {error}. Try again later."),
        ),
        AppendError::Elsewhere => refuse(
            Code::Unavailable,
            "WRITER_ELSEWHERE",
            "Nothing was saved: the service is being taken over by another replica. Send the same command with the same id again.",
        ),
        AppendError::Closed(_) => refuse(
            Code::Unavailable,
            "JOURNAL_CLOSED",
            format!("Nothing was saved: {error}."),
        ),
        AppendError::Unknown(_) => refuse(
            Code::Unavailable,
            "FATE_UNKNOWN",
            "It is not known whether this was saved: send the same command with the same id again.",
        ),
        AppendError::Refused(_) => refuse(Code::InvalidArgument, "EVENT_REFUSED", error.to_string()),
    }
}

fn from_store(error: &StoreError) -> Status {
    tracing::error!(%error, "the journal could not be read");
    refuse(
        Code::Unavailable,
        "JOURNAL_UNREADABLE",
        "The journal can't be read now: ask whoever runs the service.",
    )
}

fn from_vault(error: VaultError) -> Status {
    match error {
        VaultError::Append(error) => from_append(error),
        VaultError::Store(error) => from_store(&error),
        VaultError::TooLarge { .. } => refuse(Code::InvalidArgument, "FILE_TOO_LARGE", error.to_string()),
        VaultError::NotItsOwn => refuse(
            Code::FailedPrecondition,
            "NOT_ITS_OWN",
            "It was sealed for something else: nothing is opened.",
        ),
        VaultError::Erased => refuse(Code::NotFound, "ERASED", "It has been erased."),
        VaultError::UnknownFile => refuse(Code::NotFound, "UNKNOWN_FILE", "There is no such file."),
        error => internal(&error),
    }
}

fn stale() -> Status {
    refuse(
        Code::Unavailable,
        "STALE",
        "This service has not heard of what you have seen yet: try again in a moment.",
    )
}

/// What nobody outside can do anything about: logged here, once, and told without detail.
fn internal(error: &dyn std::error::Error) -> Status {
    tracing::error!(%error, "a request failed inside the service");
    refuse(
        Code::Internal,
        "INTERNAL",
        "Something is wrong inside the service: ask whoever runs it.",
    )
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
            QueryError::Stale => stale(),
            QueryError::Token => refuse(Code::InvalidArgument, "UNKNOWN_TOKEN", error.to_string()),
            QueryError::Store(error) => from_store(&error),
            QueryError::Closed => refuse(Code::Unavailable, "CLOSING", "The service is shutting down: try again."),
            QueryError::Database(error) => internal(&error),
        }
    }
}
