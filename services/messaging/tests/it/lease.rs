//! A journal whose writer's lease moves.

use crate::instance::{Direct, Instance, SOURCE, STREAM, config, published, status, write};
use crate::raw;
use async_trait::async_trait;
use idesluss_journal::*;
use idesluss_messaging::Messaging;
use idesluss_proof::line::Draft;
use idesluss_servers::Nats;
use std::ops::ControlFlow;
use std::sync::Arc;
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

/// A store that says what it is told about its lease. It goes on writing: the test does, in another replica's name.
struct Moving {
    store: Arc<SqliteStore>,
    lease: watch::Sender<Lease>,
}

impl Moving {
    fn over(store: &Arc<SqliteStore>) -> Arc<Self> {
        Arc::new(Self {
            store: store.clone(),
            lease: watch::Sender::new(Lease::Held),
        })
    }

    fn lose(&self) {
        self.lease.send_replace(Lease::Elsewhere { address: None });
    }

    fn take(&self) {
        self.lease.send_replace(Lease::Held);
    }
}

type Visit = Box<dyn for<'a> FnMut(u64, &'a [u8]) -> ControlFlow<()> + Send>;

#[async_trait]
impl Credentials for Moving {
    async fn credential(&self, hash: [u8; 32]) -> Result<Option<Credential>, StoreError> {
        self.store.credential(hash).await
    }

    async fn credentials_of(&self, kind: &str, owner: &str, most: u32) -> Result<Vec<Credential>, StoreError> {
        self.store.credentials_of(kind, owner, most).await
    }

    async fn keep_credential(&self, credential: Credential, replaces: Option<[u8; 32]>) -> Result<bool, AppendError> {
        self.store.keep_credential(credential, replaces).await
    }

    async fn forget_credential(&self, hash: [u8; 32]) -> Result<bool, AppendError> {
        self.store.forget_credential(hash).await
    }

    async fn sweep_credentials(&self, before_micros: i64) -> Result<u64, AppendError> {
        self.store.sweep_credentials(before_micros).await
    }
}

#[async_trait]
impl Log for Moving {
    fn name(&self) -> &str {
        self.store.name()
    }
    fn head(&self) -> watch::Receiver<Head> {
        self.store.head()
    }
    fn lease(&self) -> watch::Receiver<Lease> {
        self.lease.subscribe()
    }
    fn degraded(&self) -> bool {
        self.store.degraded()
    }
    async fn append(&self, append: Append) -> Result<Outcome, AppendError> {
        self.store.append(append).await
    }
    async fn receive(&self, batch: Arc<[Received]>) -> Result<ReceiveReport, AppendError> {
        self.store.receive(batch).await
    }
    async fn open_epoch(&self, event: Draft) -> Result<Outcome, AppendError> {
        self.store.open_epoch(event).await
    }
    async fn read(&self, from: u64, limit: usize) -> Result<Vec<Entry>, StoreError> {
        self.store.read(from, limit).await
    }
    async fn scan(&self, from: u64, to: u64, visit: Visit) -> Result<(), StoreError> {
        self.store.scan(from, to, visit).await
    }
    async fn streams(&self, names: &[String]) -> Result<Vec<StreamEntries>, StoreError> {
        self.store.streams(names).await
    }
    async fn stream_version(&self, name: &str) -> Result<u64, StoreError> {
        self.store.stream_version(name).await
    }
    async fn stream_after(&self, name: &str, version: u64) -> Result<StreamEntries, StoreError> {
        self.store.stream_after(name, version).await
    }
    async fn command(&self, organisation: &str, id: [u8; 16]) -> Result<Option<([u8; 32], Appended)>, StoreError> {
        self.store.command(organisation, id).await
    }
    async fn position_of(&self, source: &str, epoch: u32, sequence: u64) -> Result<Option<u64>, StoreError> {
        self.store.position_of(source, epoch, sequence).await
    }
    async fn feed(&self, source: &str, epoch: u32, sequence: u64, limit: usize) -> Result<Vec<Entry>, StoreError> {
        self.store.feed(source, epoch, sequence, limit).await
    }
    async fn orphans(&self) -> Result<Vec<Orphan>, StoreError> {
        self.store.orphans().await
    }
    async fn tally(&self) -> Result<Tally, StoreError> {
        self.store.tally().await
    }
    async fn received_since(&self, source: &str, position: u64) -> Result<u64, StoreError> {
        self.store.received_since(source, position).await
    }
    async fn quarantined(&self) -> Result<Vec<Quarantined>, StoreError> {
        self.store.quarantined().await
    }
    async fn roots(&self, sizes: [u64; 2]) -> Result<[[u8; 32]; 2], StoreError> {
        self.store.roots(sizes).await
    }
    async fn peaks(&self) -> Result<(u64, Vec<[u8; 32]>), StoreError> {
        self.store.peaks().await
    }
    async fn tile(&self, level: u8, number: u64) -> Result<Vec<[u8; 32]>, StoreError> {
        self.store.tile(level, number).await
    }
    async fn verify(&self) -> Result<u64, StoreError> {
        self.store.verify().await
    }
    async fn close(&self) {
        self.store.close().await;
    }
}

#[async_trait]
impl SealedTable for Moving {
    async fn texts(&self, digests: &[[u8; 32]]) -> Result<Vec<Option<TextRow>>, StoreError> {
        self.store.texts(digests).await
    }
    async fn keys(&self, ids: &[[u8; 16]]) -> Result<Vec<Option<KeyRow>>, StoreError> {
        self.store.keys(ids).await
    }
    async fn keys_of(&self, organisation: &str, scope: &str) -> Result<Vec<KeyRow>, StoreError> {
        self.store.keys_of(organisation, scope).await
    }
    async fn erased_keys(&self) -> Result<Vec<[u8; 16]>, StoreError> {
        self.store.erased_keys().await
    }
    async fn rewrap_key(&self, key: KeyRow) -> Result<(), AppendError> {
        self.store.rewrap_key(key).await
    }
    async fn add_keys(&self, keys: Vec<KeyRow>) -> Result<(), AppendError> {
        self.store.add_keys(keys).await
    }
    async fn erase(&self, keys: Vec<[u8; 16]>) -> Result<Vec<[u8; 32]>, AppendError> {
        self.store.erase(keys).await
    }
    async fn stage_chunk(&self, upload: [u8; 16], number: u32, ciphertext: Vec<u8>) -> Result<(), AppendError> {
        self.store.stage_chunk(upload, number, ciphertext).await
    }
    async fn stage_done(&self, upload: [u8; 16], file: StagedFile, key: Option<KeyRow>) -> Result<(), AppendError> {
        self.store.stage_done(upload, file, key).await
    }
    async fn file(&self, digest: [u8; 32]) -> Result<Option<StagedFile>, StoreError> {
        self.store.file(digest).await
    }
    async fn file_chunk(&self, digest: [u8; 32], number: u32) -> Result<Option<Vec<u8>>, StoreError> {
        self.store.file_chunk(digest, number).await
    }
    async fn sweep(&self, before_micros: i64) -> Result<u64, AppendError> {
        self.store.sweep(before_micros).await
    }
}

#[async_trait]
impl Cursors for Moving {
    async fn cursor(&self, reaction: &str) -> Result<u64, StoreError> {
        self.store.cursor(reaction).await
    }
    async fn set_cursor(&self, reaction: &str, next: u64) -> Result<(), AppendError> {
        self.store.set_cursor(reaction, next).await
    }
    async fn park(&self, parked: Parked) -> Result<(), AppendError> {
        self.store.park(parked).await
    }
    async fn parked(&self) -> Result<Vec<Parked>, StoreError> {
        self.store.parked().await
    }
    async fn unpark(&self, reaction: &str, correlation: &str) -> Result<(), AppendError> {
        self.store.unpark(reaction, correlation).await
    }
}

#[async_trait]
impl SourceCheckpoints for Moving {
    async fn source_checkpoint(&self, source: &str) -> Result<Option<String>, StoreError> {
        self.store.source_checkpoint(source).await
    }
    async fn keep_source_checkpoint(&self, source: &str, note: &str) -> Result<(), AppendError> {
        self.store.keep_source_checkpoint(source, note).await
    }
}

fn start(instance: &Instance, moving: &Arc<Moving>, port: u16) -> Messaging {
    let token = CancellationToken::new();
    Messaging::start(moving.clone(), instance.notes.clone(), config(port), Vec::new(), token)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_relay_without_the_lease_publishes_nothing_and_goes_on_with_it() {
    let nats = Nats::start();
    let from = Instance::new("submission");
    from.write(1..11).await;
    let moving = Moving::over(&from.store);
    let sender = start(&from, &moving, nats.port());
    published(&sender, 10).await;
    moving.lose();
    status(&sender, "the relay has ended", |status| status.relays.is_empty()).await;
    write(&*from.store, 11..21, 0).await;

    // The other replica publishes; once it has, nothing of the first one may be there.
    let other = from.start(config(nats.port()), Vec::new());
    published(&other, 20).await;
    other.stop().await;
    let jetstream = raw::client(&nats).await;
    assert_eq!(raw::info(&jetstream).await.state.messages, 20);
    assert!(sender.status().relays.is_empty());

    write(&*from.store, 21..31, 0).await;
    moving.take();
    published(&sender, 30).await;
    assert_eq!(raw::info(&jetstream).await.state.messages, 30);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lease_that_is_lost_under_load_leaves_the_stream_in_order_for_the_next_holder() {
    let nats = Nats::start();
    let to = Instance::new("evaluation");
    let from = Instance::with_backlog(3_000, config(nats.port())).await;
    let moving = Moving::over(&from.store);
    let sender = start(&from, &moving, nats.port());
    status(&sender, "publishing has begun", |status| {
        status
            .relays
            .get(SOURCE)
            .is_some_and(|relay| relay.published.sequence > 50)
    })
    .await;
    moving.lose();
    // The next holder knows nothing of the windows that were on the way.
    let other = from.start(config(nats.port()), Vec::new());
    published(&other, 3_000).await;
    let _receiver = to.start(config(nats.port()), Direct::new(&from, true).list());
    to.receives(3_000).await;
    to.holds_all_of(&from).await;
    let stream = raw::client(&nats).await.get_stream(STREAM).await.expect("the stream");
    assert_eq!(
        stream.cached_info().state.messages,
        3_000,
        "every event stands there once"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_receiver_without_the_lease_writes_nothing() {
    let nats = Nats::start();
    let (from, to) = (Instance::new("submission"), Instance::new("evaluation"));
    from.write(1..11).await;
    let sender = from.start(config(nats.port()), Vec::new());
    published(&sender, 10).await;
    let moving = Moving::over(&to.store);
    moving.lose();
    let token = CancellationToken::new();
    let direct = Direct::new(&from, true);
    let receiver = Messaging::start(
        moving.clone(),
        to.notes.clone(),
        config(nats.port()),
        direct.list(),
        token,
    );
    status(&receiver, "connected", |status| status.broker.connected).await;
    assert_eq!(to.received(), (0, 0));
    assert!(receiver.status().receivers.is_empty());
    moving.take();
    to.receives(10).await;
    to.holds_all_of(&from).await;
}
