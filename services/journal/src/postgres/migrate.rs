//! The tables' versions: numbered files, each in one transaction, by one process at a time.

use super::address::DatabaseAddress;
use super::sql;
use crate::StoreError;
use sqlx::postgres::{PgConnection, PgPool};
use sqlx::{AssertSqlSafe, ConnectOptions as _, Connection as _};

/// "idesluss" as a number: tells our advisory lock from others in the same database.
const LOCK: i64 = 0x6964_6573_6c75_7373;

/// The last version before those of 0.2.0, the first release: nothing goes on from tables that were never released. From here on a change is a migration
/// of its own, behind those that are there.
const BEFORE: i32 = 15;

/// The version that this binary writes and reads.
const VERSION: i32 = BEFORE + sql::MIGRATIONS.len() as i32;

/// Brings the tables to this binary's version, and gives `role` what the service needs and no more.
pub(super) async fn migrate(owner: &DatabaseAddress, role: &str) -> Result<(), StoreError> {
    let mut conn = owner.options().connect().await?;
    // Held to the end of the session, so also if this process is killed halfway.
    sqlx::query(sql::MIGRATION_LOCK).bind(LOCK).execute(&mut conn).await?;
    let done = check_known(version(&mut conn).await?)?;
    for (number, migration) in (BEFORE + 1..).zip(sql::MIGRATIONS).filter(|(number, _)| *number > done) {
        let mut tx = conn.begin().await?;
        sqlx::raw_sql(sql::VERSION_CREATE).execute(&mut *tx).await?;
        sqlx::raw_sql(migration).execute(&mut *tx).await?;
        sqlx::query(sql::VERSION_WRITE).bind(number).execute(&mut *tx).await?;
        tx.commit().await?;
        tracing::info!(number, "the journal's tables were migrated");
    }
    // The only text that is put together: a name, quoted as PostgreSQL quotes names.
    let role = format!("\"{}\"", role.replace('"', "\"\""));
    let mut tx = conn.begin().await?;
    sqlx::raw_sql(AssertSqlSafe(sql::GRANTS.replace("{role}", &role)))
        .execute(&mut *tx)
        .await?;
    tx.commit().await?;
    conn.close().await?;
    Ok(())
}

/// Refuses tables that are not of this binary's version.
pub(super) async fn check(pool: &PgPool) -> Result<(), StoreError> {
    let mut conn = pool.acquire().await?;
    let version = check_known(version(&mut conn).await?)?;
    if version < VERSION {
        return Err(StoreError::Unavailable(format!(
            "the database's tables are of version {version}, this version needs {VERSION}: migrate it first"
        )));
    }
    Ok(())
}

/// Refuses tables that this binary neither knows nor goes on from; 0: there are none.
fn check_known(version: i32) -> Result<i32, StoreError> {
    if version > VERSION {
        return Err(StoreError::Newer(format!(
            "its tables are of version {version}, this version knows {VERSION}"
        )));
    }
    if (1..=BEFORE).contains(&version) {
        return Err(StoreError::Older(format!(
            "its tables are of version {version}, this version knows {VERSION}"
        )));
    }
    Ok(version)
}

/// The tables' version; 0: there are none.
async fn version(conn: &mut PgConnection) -> Result<i32, StoreError> {
    let there: bool = sqlx::query_scalar(sql::VERSION_EXISTS).fetch_one(&mut *conn).await?;
    if !there {
        return Ok(0);
    }
    let newest: Option<i32> = sqlx::query_scalar(sql::VERSION_READ).fetch_one(conn).await?;
    Ok(newest.unwrap_or(0))
}
