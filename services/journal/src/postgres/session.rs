//! Connections: the writer's own, those that only read, and what the server must promise.

use super::options::PostgresOptions;
use super::sql;
use crate::StoreError;
use sqlx::postgres::{PgConnectOptions, PgConnection, PgPool, PgPoolOptions};
use sqlx::{ConnectOptions as _, Connection as _, Row as _};
use std::time::Duration;

/// How long a read waits for a connection.
const ACQUIRE: Duration = Duration::from_secs(3);

/// A connection that was used so recently is taken to stand still: asking costs as much as most reads, and no server goes and
/// comes back in so short a time.
const FRESH: Duration = Duration::from_millis(20);

/// The oldest server that is known to work.
const OLDEST_SERVER: i32 = 150_000;

/// A statement keeps its plan, and looks everything up by index: statistics of a young table, or a plan that was made while
/// it was empty, must not talk it into reading the whole of an old one.
const BY_INDEX: [(&str, &str); 6] = [
    ("plan_cache_mode", "force_generic_plan"),
    ("enable_seqscan", "off"),
    ("enable_bitmapscan", "off"),
    ("enable_hashjoin", "off"),
    ("enable_mergejoin", "off"),
    ("jit", "off"),
];

/// The settings of the writer's session.
fn for_writer(base: &PgConnectOptions, options: &PostgresOptions) -> PgConnectOptions {
    let idle = options.lease.as_millis().to_string();
    base.clone()
        .application_name(&format!("idesluss {} writer", options.service))
        .options([
            // A commit that has returned has been synced, whatever the role or the database says.
            ("synchronous_commit", "on"),
            // Each statement sees what was committed before it, and takes as long as it takes.
            ("default_transaction_isolation", "read committed"),
            ("default_transaction_read_only", "off"),
            ("statement_timeout", "0"),
            ("lock_timeout", "0"),
            // Should this machine go silent inside a transaction, the server ends it before the lease's next holder waits.
            ("idle_in_transaction_session_timeout", idle.as_str()),
        ])
        .options(BY_INDEX)
}

/// The settings of connections that only read, and notify.
fn for_readers(base: &PgConnectOptions, options: &PostgresOptions) -> PgConnectOptions {
    base.clone()
        .application_name(&format!("idesluss {} reader", options.service))
        .options([
            ("default_transaction_read_only", "on"),
            // A notification's commit need not be synced.
            ("synchronous_commit", "off"),
        ])
        .options(BY_INDEX)
}

/// Connects the writer, and looks whether the server keeps its promises.
pub(super) async fn connect_writer(
    base: &PgConnectOptions,
    options: &PostgresOptions,
) -> Result<PgConnection, StoreError> {
    let mut conn = for_writer(base, options).connect().await?;
    let row = sqlx::query(sql::SETTINGS_READ).fetch_one(&mut conn).await?;
    let (fsync, pages, commit): (&str, &str, &str) = (row.try_get(0)?, row.try_get(1)?, row.try_get(2)?);
    let version: i32 = row.try_get(3)?;
    if version < OLDEST_SERVER {
        return Err(StoreError::Unavailable(format!(
            "PostgreSQL 15 or newer is needed, this is {}",
            version / 10_000
        )));
    }
    if commit != "on" {
        return Err(StoreError::Unavailable(format!(
            "synchronous_commit could not be switched on; it is {commit}"
        )));
    }
    for (setting, value) in [("fsync", fsync), ("full_page_writes", pages)] {
        if value != "on" && !options.allow_unsafe_server {
            return Err(StoreError::Unavailable(format!(
                "the server runs with {setting}={value}: it may lose what it has acknowledged. Switch it on"
            )));
        }
    }
    Ok(conn)
}

/// A pool of connections that only read; nothing is connected yet.
pub(super) fn readers(base: &PgConnectOptions, options: &PostgresOptions) -> PgPool {
    PgPoolOptions::new()
        .max_connections(options.readers.max(2))
        .acquire_timeout(ACQUIRE)
        .test_before_acquire(false)
        .before_acquire(|conn, used| {
            Box::pin(async move {
                if used.idle_for > FRESH {
                    conn.ping().await?;
                }
                Ok(true)
            })
        })
        .connect_lazy_with(for_readers(base, options))
}

/// The one connection that listens for the holder's notifications.
pub(super) fn listener(base: &PgConnectOptions, options: &PostgresOptions) -> PgPool {
    PgPoolOptions::new()
        .max_connections(1)
        .acquire_timeout(ACQUIRE)
        .max_lifetime(None)
        .idle_timeout(None)
        .connect_lazy_with(for_readers(base, options))
}
