//! The writer's lease: who may write, by the database's clock, and told apart by a number that only grows.

use super::options::PostgresOptions;
use super::sql;
use crate::number;
use sqlx::postgres::PgConnection;

/// Takes the lease if it is free, has run out or is this holder's own. Returns its new number; None: another has it.
///
/// Waits for a batch that is being written under the former number; afterwards none can be.
pub(super) async fn take(
    conn: &mut PgConnection,
    holder: &str,
    options: &PostgresOptions,
) -> Result<Option<i64>, sqlx::Error> {
    let query = sqlx::query_scalar(sql::LEASE_TAKE)
        .bind(holder)
        .bind(&options.address)
        .bind(milliseconds(options));
    query.fetch_optional(conn).await
}

/// Renews the lease. Returns whether it is still ours.
pub(super) async fn renew(
    conn: &mut PgConnection,
    number: i64,
    options: &PostgresOptions,
) -> Result<bool, sqlx::Error> {
    let query = sqlx::query_scalar(sql::LEASE_RENEW)
        .bind(number)
        .bind(milliseconds(options));
    let renewed: Option<i64> = query.fetch_optional(conn).await?;
    Ok(renewed.is_some())
}

/// Gives the lease up and wakes the others, so that one takes it at once.
pub(super) async fn give_up(conn: &mut PgConnection, number: i64) -> Result<(), sqlx::Error> {
    sqlx::query(sql::LEASE_GIVE_UP).bind(number).execute(&mut *conn).await?;
    sqlx::query(sql::NOTIFY).execute(conn).await?;
    Ok(())
}

/// Whether the lease is ours, and stays so until this transaction ends.
pub(super) async fn hold_for_transaction(conn: &mut PgConnection, number: i64) -> Result<bool, sqlx::Error> {
    let held: Option<i32> = sqlx::query_scalar(sql::LEASE_CHECK)
        .bind(number)
        .fetch_optional(conn)
        .await?;
    Ok(held.is_some())
}

fn milliseconds(options: &PostgresOptions) -> i64 {
    number::to(u64::try_from(options.lease.as_millis()).unwrap_or(u64::MAX))
}
