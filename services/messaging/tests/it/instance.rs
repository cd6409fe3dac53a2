//! Journals in temporary folders, the messaging over them, and sources that are asked directly.

use async_trait::async_trait;
use idesluss_journal::{
    Announced, Append, AppendError, Log as _, Outcome, Received, Relayed, Relays, SqliteOptions, SqliteStore, Store,
    StoreError, StreamAppend,
};
use idesluss_messaging::{BrokerConfig, Messaging, Origin, OriginError, Status};
use idesluss_proof::line::{Body, Draft, parse, source_line};
use std::collections::BTreeMap;
use std::path::Path;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, SystemTime, UNIX_EPOCH};
use tempfile::TempDir;
use tokio_util::sync::CancellationToken;

/// Longer than anything may take on a busy machine.
const PATIENCE: Duration = Duration::from_secs(60);

/// The source that the tests publish.
pub(crate) const SOURCE: &str = "/fyrbodal/submission/house";
/// Its stream.
pub(crate) const STREAM: &str = "ev-fyrbodal-submission-house";

/// Where relays are noted, in memory.
#[derive(Debug, Default)]
pub(crate) struct Notes(Mutex<BTreeMap<String, Relayed>>);

impl Notes {
    pub(crate) fn copy(&self) -> Arc<Self> {
        Arc::new(Self(Mutex::new(self.0.lock().expect("whole").clone())))
    }

    pub(crate) fn of(&self, source: &str) -> Option<Relayed> {
        self.0.lock().expect("whole").get(source).cloned()
    }
}

#[async_trait]
impl Relays for Notes {
    async fn relayed(&self, source: &str) -> Result<Option<Relayed>, StoreError> {
        Ok(self.of(source))
    }

    async fn set_relayed(&self, source: &str, relayed: Relayed) -> Result<(), AppendError> {
        self.0.lock().expect("whole").insert(source.to_owned(), relayed);
        Ok(())
    }
}

/// A journal with its notes.
pub(crate) struct Instance {
    pub(crate) store: Arc<SqliteStore>,
    pub(crate) notes: Arc<Notes>,
    pub(crate) folder: TempDir,
}

impl Instance {
    /// The journal `/fyrbodal/<service>`, empty.
    pub(crate) fn new(service: &str) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        Self {
            store: open(folder.path(), service),
            notes: Arc::default(),
            folder,
        }
    }

    /// A second journal from this one's files as they are now, with the notes of now: a backup.
    pub(crate) async fn backup(self) -> (Self, Self) {
        self.store.close().await;
        let service = self.store.name().rsplit('/').next().expect("a name").to_owned();
        let Self { store, notes, folder } = self;
        drop(store);
        let copy = tempfile::tempdir().expect("a folder");
        std::fs::copy(folder.path().join("journal"), copy.path().join("journal")).expect("copied");
        let second = Self {
            store: open(copy.path(), &service),
            notes: notes.copy(),
            folder: copy,
        };
        let first = Self {
            store: open(folder.path(), &service),
            notes,
            folder,
        };
        (first, second)
    }

    /// Writes events with the ids `numbers`, 200 an append, each with `bytes` bytes of filling.
    pub(crate) async fn write_large(&self, numbers: std::ops::Range<u64>, bytes: usize) {
        write(&*self.store, numbers, bytes).await;
    }

    pub(crate) async fn write(&self, numbers: std::ops::Range<u64>) {
        self.write_large(numbers, 0).await;
    }

    /// What an operator does after a restore.
    pub(crate) async fn open_epoch(&self) {
        let head = self.store.head().borrow().clone();
        let root = self.store.root(head.size).await.expect("a root");
        let hex: String = root.iter().map(|byte| format!("{byte:02x}")).collect();
        let kept: Vec<_> = head
            .own
            .iter()
            .map(|(name, last)| format!("\"{name}\":{last}"))
            .collect();
        let mut event = draft(900_000 + u64::from(head.epoch), 0);
        event.kind = "idesluss.journal.v1.EpochOpened".into();
        event.data = format!(
            r#"{{"epoch":{},"kept":{{{}}},"size":{},"root":"{hex}","reason":"exercise"}}"#,
            head.epoch + 1,
            kept.join(","),
            head.size
        );
        let opened = self.store.open_epoch(event).await.expect("opened");
        assert!(matches!(opened, Outcome::Written(_)));
    }

    /// A journal of `events` events whose stream has taken the first one only: all others are to be published.
    pub(crate) async fn with_backlog(events: u64, broker: BrokerConfig) -> Self {
        let instance = Self::new("submission");
        instance.write(1..2).await;
        let sender = instance.start(broker, Vec::new());
        published(&sender, 1).await;
        sender.stop().await;
        instance.write(2..events + 1).await;
        instance
    }

    pub(crate) fn start(&self, broker: BrokerConfig, receive: Vec<(String, Arc<dyn Origin>)>) -> Messaging {
        Messaging::start(
            self.store.clone(),
            self.notes.clone(),
            broker,
            receive,
            CancellationToken::new(),
        )
    }

    /// The epoch and sequence of `source` that were received last.
    pub(crate) fn received(&self) -> (u32, u64) {
        let head = self.store.head();
        let head = head.borrow();
        let state = head.received.get(SOURCE).copied().unwrap_or_default();
        (state.epoch, state.sequence)
    }

    /// Waits until `sequence` of [`SOURCE`] has been received.
    pub(crate) async fn receives(&self, sequence: u64) {
        let mut head = self.store.head();
        let come = head.wait_for(|head| {
            head.received
                .get(SOURCE)
                .is_some_and(|state| state.sequence >= sequence)
        });
        let come = tokio::time::timeout(PATIENCE, come).await;
        assert!(come.is_ok(), "received only {:?} of {sequence}", self.received());
    }

    /// Checks that every line of `origin`'s source stands here once, in order, and can be rebuilt byte for byte.
    pub(crate) async fn holds_all_of(&self, origin: &Instance) {
        let ours = self.store.read(0, 100_000).await.expect("readable");
        let theirs = origin.store.feed(SOURCE, 0, 0, 100_000).await.expect("readable");
        assert_eq!(ours.len(), theirs.len(), "every event once");
        for (our, their) in ours.iter().zip(&theirs) {
            let Body::Received {
                from_position,
                from_recorded_micros,
                event,
            } = parse(&our.line).expect("a line").body
            else {
                panic!("something else than a received entry at {}", our.position);
            };
            assert_eq!(from_position, their.position);
            assert_eq!(
                source_line(from_position, from_recorded_micros, event.bytes),
                &*their.line
            );
        }
        self.store.verify().await.expect("whole");
    }
}

fn open(folder: &Path, service: &str) -> Arc<SqliteStore> {
    let now = || {
        let since = SystemTime::now().duration_since(UNIX_EPOCH).expect("after 1970");
        i64::try_from(since.as_micros()).expect("before 292,000")
    };
    let mut options = SqliteOptions::new("fyrbodal", service, Arc::new(now));
    options.knows = Arc::new(|_| true);
    Arc::new(SqliteStore::open(&folder.join("journal"), options).expect("a journal"))
}

/// Writes events with the ids `numbers`, each with `bytes` bytes of filling.
pub(crate) async fn write(store: &dyn Store, numbers: std::ops::Range<u64>, bytes: usize) {
    let numbers: Vec<_> = numbers.collect();
    for numbers in numbers.chunks(200) {
        let append = Append {
            streams: vec![StreamAppend {
                stream: format!("idea/{}", numbers[0]),
                expected: 0,
                events: numbers.iter().map(|number| draft(*number, bytes)).collect(),
            }],
            ..Append::default()
        };
        store.append(append).await.expect("written");
    }
}

fn id(number: u64) -> String {
    format!("00000000-0000-4000-8000-{number:012x}")
}

/// An event with the id `number` and `bytes` bytes of filling.
pub(crate) fn draft(number: u64, bytes: usize) -> Draft {
    Draft {
        id: id(number),
        audience: "house".into(),
        kind: "idesluss.submission.v1.IdeaSubmitted".into(),
        time_micros: 1_790_000_000_000_000,
        organisation: "uddevalla".into(),
        actor: id(900_001),
        role: "submitter".into(),
        grant: None,
        assertion: None,
        mandate: None,
        commandid: id(800_000),
        correlationid: id(700_000),
        causationid: None,
        traceparent: Some("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01".into()),
        data: format!(r#"{{"number":{number},"filling":"{}"}}"#, "x".repeat(bytes)),
    }
}

/// A source that reads its journal directly, when it answers at all.
pub(crate) struct Direct {
    store: Arc<dyn Store>,
    answers: AtomicBool,
    pub(crate) given: AtomicUsize,
}

impl Direct {
    pub(crate) fn new(instance: &Instance, answers: bool) -> Arc<Self> {
        Arc::new(Self {
            store: instance.store.clone(),
            answers: AtomicBool::new(answers),
            given: AtomicUsize::new(0),
        })
    }

    pub(crate) fn answer(&self, answers: bool) {
        self.answers.store(answers, Ordering::SeqCst);
    }

    /// For `Messaging::start`.
    pub(crate) fn list(self: &Arc<Self>) -> Vec<(String, Arc<dyn Origin>)> {
        vec![(SOURCE.to_owned(), self.clone())]
    }
}

#[async_trait]
impl Origin for Direct {
    async fn pull(&self, source: &str, after_epoch: u32, after_sequence: u64) -> Result<Vec<Received>, OriginError> {
        if !self.answers.load(Ordering::SeqCst) {
            return Err(OriginError("it is silent in this test".into()));
        }
        let entries = self.store.feed(source, after_epoch, after_sequence, 256).await;
        let entries = entries.map_err(|error| OriginError(error.to_string()))?;
        self.given.fetch_add(entries.len(), Ordering::SeqCst);
        Ok(entries.iter().map(|entry| received(&entry.line)).collect())
    }

    fn stopped(&self, _: &str) -> Option<String> {
        None
    }
}

/// An own line as its receivers get it.
pub(crate) fn received(line: &[u8]) -> Received {
    let read = parse(line).expect("a line");
    let event = read.body.event().expect("an event");
    let announced = Announced {
        from_position: read.position,
        from_recorded_micros: read.recorded_micros,
        source: &event.source,
        epoch: event.epoch,
        sequence: event.sequence,
    };
    Received::new(announced, event.bytes.to_vec().into())
}

/// Settings for tests: the source is asked only when the stream does not deliver.
pub(crate) fn config(port: u16) -> BrokerConfig {
    BrokerConfig {
        pull_every: Duration::from_secs(600),
        max_bytes: 1024 * 1024 * 1024,
        ..BrokerConfig::new(vec![format!("nats://127.0.0.1:{port}")])
    }
}

/// Waits until something is so.
pub(crate) async fn until(what: &str, mut is: impl FnMut() -> bool) {
    let end = tokio::time::Instant::now() + PATIENCE;
    while !is() {
        assert!(tokio::time::Instant::now() < end, "not within a minute: {what}");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

/// Waits until the status is so; shows it when it never is.
pub(crate) async fn status(messaging: &Messaging, what: &str, is: impl Fn(&Status) -> bool) -> Status {
    let end = tokio::time::Instant::now() + PATIENCE;
    loop {
        let now = messaging.status();
        if is(&now) {
            return now;
        }
        assert!(
            tokio::time::Instant::now() < end,
            "not within a minute: {what}: {now:#?}"
        );
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

/// Waits until the broker has taken `sequence` of [`SOURCE`].
pub(crate) async fn published(messaging: &Messaging, sequence: u64) -> Status {
    status(messaging, "published", |status| {
        let relay = status.relays.get(SOURCE);
        relay.is_some_and(|relay| relay.published.sequence == sequence)
    })
    .await
}

/// Waits until the receiver reads the stream.
pub(crate) async fn reads_stream(messaging: &Messaging) -> Status {
    status(messaging, "the stream is read", |status| {
        let receiver = status.receivers.get(SOURCE);
        receiver.is_some_and(|receiver| receiver.pending.is_some() && receiver.problem.is_none())
    })
    .await
}
