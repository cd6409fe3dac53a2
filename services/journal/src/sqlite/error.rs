//! What SQLite says, in the journal's words.

use crate::{AppendError, StoreError};
use rusqlite::ErrorCode;

/// Why a piece of work did not take place inside a batch.
pub(super) type WriteError = crate::write::WriteError<rusqlite::Error>;

impl From<rusqlite::Error> for WriteError {
    fn from(error: rusqlite::Error) -> Self {
        Self::Database(error)
    }
}

impl From<rusqlite::Error> for StoreError {
    fn from(error: rusqlite::Error) -> Self {
        match error.sqlite_error_code() {
            Some(ErrorCode::DatabaseCorrupt) => Self::Damaged(format!("the file is not as it was written ({error})")),
            Some(ErrorCode::NotADatabase) => Self::Damaged("the file is no journal".into()),
            Some(
                ErrorCode::CannotOpen
                | ErrorCode::DatabaseBusy
                | ErrorCode::DatabaseLocked
                | ErrorCode::ReadOnly
                | ErrorCode::PermissionDenied
                | ErrorCode::DiskFull
                | ErrorCode::SystemIoFailure,
            ) => Self::Unavailable(format!("the journal's file can't be used: {error}")),
            _ => match error {
                rusqlite::Error::InvalidColumnType(..)
                | rusqlite::Error::IntegralValueOutOfRange(..)
                | rusqlite::Error::FromSqlConversionFailure(..)
                | rusqlite::Error::Utf8Error(..)
                | rusqlite::Error::QueryReturnedNoRows => Self::Damaged(format!("a row is not readable ({error})")),
                other => Self::Database(other.to_string()),
            },
        }
    }
}

/// Whether there was no room.
pub(super) fn is_full(error: &rusqlite::Error) -> bool {
    error.sqlite_error_code() == Some(ErrorCode::DiskFull)
}

/// Whether the file itself can't be trusted any more, so that the writer must stop.
pub(super) fn is_fatal(error: &rusqlite::Error) -> bool {
    matches!(
        error.sqlite_error_code(),
        Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase)
    )
}

/// What to answer for work that was rolled back.
pub(super) fn rolled_back(error: &rusqlite::Error) -> AppendError {
    if is_full(error) {
        AppendError::Full("there is no room on the disk; nothing was written".into())
    } else if is_fatal(error) {
        AppendError::Closed(format!("the journal's file is damaged ({error})"))
    } else {
        AppendError::Unknown(format!("the database failed before the commit ({error})"))
    }
}
