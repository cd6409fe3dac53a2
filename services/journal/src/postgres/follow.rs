//! Following the head: on every replica but the holder's own, where the writer tells it.

use super::shared::Shared;
use super::{cast, sql, state};
use crate::check::damaged;
use crate::write::head_of;
use crate::{Head, Lease, StoreError};
use idesluss_proof::line::parse;
use sqlx::Row as _;
use sqlx::postgres::{PgListener, PgPool};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::watch;

/// The channel that the holder notifies.
const CHANNEL: &str = "journal";

/// The least time between two notifications: those who listen read the head anew at each.
const PAUSE: Duration = Duration::from_millis(10);

/// Where the journal stands, and who holds its lease.
pub(super) struct Followed {
    pub(super) head: Head,
    holder: String,
    address: Option<String>,
}

/// What the lease says of this store while it has it, and may still say when it has not.
#[derive(Clone)]
pub(super) struct Own {
    pub(super) holder: String,
    pub(super) address: String,
}

/// Reads the last entries and the lease in one snapshot.
pub(super) async fn read(pool: &PgPool) -> Result<Followed, StoreError> {
    let rows = sqlx::query(sql::HEAD_FOLLOW).fetch_all(pool).await?;
    let Some(first) = rows.first() else {
        return Err(StoreError::Damaged("the journal's head is missing".into()));
    };
    let (size, recorded) = match first.try_get::<Option<&[u8]>, _>(4)? {
        Some(line) => (cast::count(first, 3)? + 1, recorded(line)?),
        None => (0, 0),
    };
    let there = rows
        .iter()
        .filter(|row| !matches!(row.try_get::<Option<i32>, _>(5), Ok(None)));
    let sources = there.map(|row| state::source(row, 5)).collect::<Result<Vec<_>, _>>()?;
    let is_held: bool = first.try_get(2)?;
    let address: String = first.try_get(1)?;
    Ok(Followed {
        head: head_of(size, recorded, &sources),
        holder: first.try_get(0)?,
        address: is_held.then_some(address),
    })
}

fn recorded(line: &[u8]) -> Result<i64, StoreError> {
    match parse(line) {
        Ok(line) => Ok(line.recorded_micros),
        Err(error) => damaged(format!("the last entry is no line: {error}")),
    }
}

/// Follows the head until `stop`: at every notification, and now and then in case one was lost.
pub(super) async fn run(
    pool: PgPool,
    listener: PgPool,
    shared: Arc<Shared>,
    own: Own,
    pause: Duration,
    mut stop: watch::Receiver<bool>,
) {
    let mut listening = None;
    loop {
        if listening.is_none() {
            listening = tokio::select! {
                listener = listen(&listener) => listener,
                _ = stop.changed() => return,
            };
        }
        tokio::select! {
            is_heard = hear(&mut listening) => if !is_heard { listening = None },
            () = tokio::time::sleep(pause) => {}
            _ = stop.changed() => return,
        }
        if shared.is_held() {
            continue;
        }
        match read(&pool).await {
            Ok(followed) => publish(&shared, followed, &own),
            Err(error) => {
                tracing::debug!(%error, "the journal's head could not be read; trying again");
                // Whoever wrote when it could be asked last may have lost the lease meanwhile.
                publish_holder(&shared, None);
                shared.forget_nodes();
            }
        }
        shared.heard.notify_one();
    }
}

async fn listen(pool: &PgPool) -> Option<PgListener> {
    let mut listener = PgListener::connect_with(pool).await.ok()?;
    listener.listen(CHANNEL).await.ok()?;
    Some(listener)
}

/// Waits for a notification. Returns false when the connection is gone.
async fn hear(listener: &mut Option<PgListener>) -> bool {
    match listener {
        Some(listener) => matches!(listener.try_recv().await, Ok(Some(_))),
        None => std::future::pending().await,
    }
}

/// Tells what was read, unless the writer knows better.
pub(super) fn publish(shared: &Shared, followed: Followed, own: &Own) {
    let is_another = {
        let head = shared.head.borrow();
        followed.head.size < head.size || followed.head.epoch != head.epoch
    };
    if is_another {
        // It was restored from a backup, or the writer has gone on meanwhile: what is stored is found anew.
        shared.forget_nodes();
    }
    shared.head.send_if_modified(|head| {
        let is_newer = followed.head.size >= head.size && followed.head != *head;
        if is_newer {
            *head = followed.head;
        }
        is_newer
    });
    // Our own name in there is a lease that we have lost, and may take again; our own address is one that died with it before us.
    let is_other = |address: &String| followed.holder != own.holder && *address != own.address;
    publish_holder(shared, followed.address.filter(is_other));
}

/// Tells who else may write, unless it is this process.
fn publish_holder(shared: &Shared, address: Option<String>) {
    shared.lease.send_if_modified(|lease| {
        let told = Lease::Elsewhere { address };
        let is_changed = !lease.is_held() && *lease != told;
        if is_changed {
            *lease = told;
        }
        is_changed
    });
}

/// Notifies the other replicas of commits, many at once, beside the writer.
pub(super) async fn notify(pool: PgPool, shared: Arc<Shared>, mut stop: watch::Receiver<bool>) {
    loop {
        tokio::select! {
            () = shared.committed.notified() => {}
            _ = stop.changed() => return,
        }
        if let Err(error) = sqlx::query(sql::NOTIFY).execute(&pool).await {
            tracing::debug!(%error, "the other replicas could not be notified; they look by themselves");
        }
        tokio::time::sleep(PAUSE).await;
    }
}
