//! Maintenance work under the lease, in transactions of its own.

use super::hold::{Holding, Lost, RARE};
use super::lease;
use super::work::DynMaintenanceJob;
use super::writer::Writer;
use crate::{AppendError, StoreError};
use sqlx::Connection as _;
use sqlx::postgres::PgConnection;
use tokio::time::timeout;

impl Holding {
    /// Does rare work in a transaction of its own.
    pub(super) async fn carry_out(
        &mut self,
        writer: &Writer,
        mut maintenance: Box<dyn DynMaintenanceJob>,
    ) -> Result<(), Lost> {
        let now = (writer.options.now)();
        if maintenance.erases() {
            self.known.state.keys.clear();
        }
        let doing = transact(&mut self.conn, self.known.lease, &mut *maintenance, now);
        match timeout(RARE, doing).await {
            Ok(Ok(true)) => {
                maintenance.finish(Ok(()));
                Ok(())
            }
            Ok(Ok(false)) => {
                maintenance.finish(Err(AppendError::Elsewhere));
                Err(Lost::Lease)
            }
            Ok(Err(StoreError::Unavailable(why))) => {
                maintenance.finish(Err(AppendError::Unknown(why)));
                Err(Lost::Connection)
            }
            Ok(Err(error)) => {
                tracing::error!(%error, "a write beside the journal was rolled back");
                maintenance.finish(Err(AppendError::Unknown(error.to_string())));
                Ok(())
            }
            Err(_) => {
                maintenance.finish(Err(AppendError::Unknown("the database has not answered".into())));
                Err(Lost::Connection)
            }
        }
    }
}

/// Runs `rare` in a transaction that holds the lease. Returns whether the lease was still ours.
async fn transact(
    conn: &mut PgConnection,
    lease: i64,
    maintenance: &mut dyn DynMaintenanceJob,
    now: i64,
) -> Result<bool, StoreError> {
    let mut tx = conn.begin().await?;
    if !lease::hold_for_transaction(&mut tx, lease).await? {
        return Ok(false);
    }
    if maintenance.run(&mut tx, now).await? {
        tx.commit().await?;
    } else {
        tx.rollback().await?;
    }
    Ok(true)
}
