//! What PostgreSQL says, in the journal's words.

use crate::{AppendError, StoreError};

/// The head or the lease has moved on under the writer (raised by `journal.write`).
const MOVED_ON: &str = "IJ001";

/// The SQLSTATE of an error that the server sent.
fn code(error: &sqlx::Error) -> Option<String> {
    error.as_database_error()?.code().map(|code| code.into_owned())
}

/// Whether the connection is of no use any more: cut, or the server is going away.
pub(super) fn is_broken(error: &sqlx::Error) -> bool {
    match error {
        sqlx::Error::Database(_) => code(error).is_some_and(|code| code.starts_with("08") || code.starts_with("57P")),
        sqlx::Error::Io(_)
        | sqlx::Error::Tls(_)
        | sqlx::Error::Protocol(_)
        | sqlx::Error::PoolTimedOut
        | sqlx::Error::PoolClosed
        | sqlx::Error::WorkerCrashed => true,
        _ => false,
    }
}

/// Whether another writer has the lease or has moved the head.
pub(super) fn is_moved_on(error: &sqlx::Error) -> bool {
    code(error).as_deref() == Some(MOVED_ON)
}

/// Whether something that was to be inserted is there already.
pub(super) fn is_taken(error: &sqlx::Error) -> bool {
    code(error).as_deref() == Some("23505")
}

/// Whether there was no room.
pub(super) fn is_full(error: &sqlx::Error) -> bool {
    code(error).as_deref() == Some("53100")
}

/// Whether what is stored can't be trusted any more.
fn is_damage(error: &sqlx::Error) -> bool {
    code(error).is_some_and(|code| code.starts_with("XX00"))
}

impl From<sqlx::Error> for StoreError {
    fn from(error: sqlx::Error) -> Self {
        if is_broken(&error) {
            return Self::Unavailable(format!("the journal's database can't be reached: {error}"));
        }
        if is_damage(&error) {
            return Self::Damaged(format!("the database can't read its own files ({error})"));
        }
        match &error {
            sqlx::Error::Configuration(_) => Self::Unavailable(format!("the database's address is not right: {error}")),
            sqlx::Error::RowNotFound
            | sqlx::Error::ColumnDecode { .. }
            | sqlx::Error::Decode(_)
            | sqlx::Error::TypeNotFound { .. } => Self::Damaged(format!("a row is not readable ({error})")),
            sqlx::Error::Database(_) => match code(&error).as_deref() {
                // Undefined table, schema or function.
                Some("42P01" | "3F000" | "42883") => {
                    Self::Unavailable(format!("the database has not been migrated for a journal ({error})"))
                }
                // Wrong password or role, unknown database, too many connections, no privilege, a full disk.
                Some(code) if matches!(&code[..2], "28" | "3D" | "53") || code == "42501" => {
                    Self::Unavailable(format!("the journal's database can't be used: {error}"))
                }
                _ => Self::Database(error.to_string()),
            },
            _ => Self::Database(error.to_string()),
        }
    }
}

/// What to answer for work whose transaction did not take place.
pub(super) fn rolled_back(error: &sqlx::Error) -> AppendError {
    if is_full(error) {
        AppendError::Full("there is no room on the database's disk; nothing was written".into())
    } else if is_moved_on(error) {
        AppendError::Elsewhere
    } else if is_damage(error) {
        AppendError::Closed(format!("the journal's database is damaged ({error})"))
    } else {
        AppendError::Unknown(format!("the database failed before the commit ({error})"))
    }
}
