//! A journal in a folder, and a notary over it.

use idesluss_journal::{Append, Log as _, Outcome, SqliteOptions, SqliteStore, Store, StreamAppend};
use idesluss_notary::{FolderGuard, Guard, Notary, Signed, SigningKeys};
use idesluss_proof::line::Draft;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};
use uuid::Uuid;

pub(crate) fn journal(folder: &Path) -> Arc<SqliteStore> {
    let now = || {
        let since = SystemTime::now().duration_since(UNIX_EPOCH).expect("after 1970");
        i64::try_from(since.as_micros()).expect("before 292,000")
    };
    let mut options = SqliteOptions::new("fyrbodal", "submission", Arc::new(now));
    options.knows = Arc::new(|_| true);
    Arc::new(SqliteStore::open(&folder.join("journal.db"), options).expect("a journal"))
}

pub(crate) fn keys(folder: &Path) -> SigningKeys {
    SigningKeys::load(&folder.join("signing.key"), true).expect("keys")
}

pub(crate) fn guard(folder: &Path) -> Arc<FolderGuard> {
    Arc::new(FolderGuard::open(&folder.join("guard")).expect("a guard"))
}

pub(crate) fn notary(folder: &Path, store: &Arc<SqliteStore>) -> Notary {
    notary_with(folder, store, guard(folder))
}

pub(crate) fn notary_with(folder: &Path, store: &Arc<SqliteStore>, guard: Arc<dyn Guard>) -> Notary {
    let store: Arc<dyn Store> = store.clone();
    Notary::new(store, keys(folder), guard)
}

pub(crate) fn draft(kind: &str) -> Draft {
    Draft {
        id: Uuid::new_v4().to_string(),
        audience: "house".into(),
        kind: kind.into(),
        time_micros: 1_790_000_000_000_000,
        organisation: "uddevalla".into(),
        actor: Uuid::nil().to_string(),
        role: "service".into(),
        grant: None,
        assertion: None,
        mandate: None,
        commandid: Uuid::new_v4().to_string(),
        correlationid: Uuid::nil().to_string(),
        causationid: None,
        traceparent: None,
        data: "{}".into(),
    }
}

/// Appends one event to a stream of its own. Returns its position.
pub(crate) async fn append(store: &SqliteStore) -> u64 {
    let part = StreamAppend {
        stream: format!("idea/{}", Uuid::new_v4()),
        expected: 0,
        events: vec![draft("idesluss.submission.v1.IdeaSubmitted")],
    };
    let append = Append {
        streams: vec![part],
        ..Append::default()
    };
    match store.append(append).await.expect("written") {
        Outcome::Written(appended) | Outcome::Repeated(appended) => appended.position,
    }
}

/// Waits until a checkpoint of this size is signed.
pub(crate) async fn signed(notary: &Notary, size: u64) -> Arc<Signed> {
    let mut latest = notary.latest();
    let come = latest.wait_for(|latest| latest.as_ref().is_some_and(|signed| signed.checkpoint.size >= size));
    let come = tokio::time::timeout(Duration::from_secs(20), come).await;
    come.expect("signed in time").expect("it runs").clone().expect("signed")
}
