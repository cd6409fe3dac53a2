use crate::contradicted::Stopped;
use crate::covered::Sources;
use crate::grants::Known;
use crate::news::Newest;
use crate::policy::Announcement;
use crate::remembered::Remembered;
use crate::views::{Builds, bound_sqlite};
use crate::wakes::Wakes;
use crate::write_blocks::WriteBlocks;
use crate::{ExecuteError, Loaded, ReadOwn, loaded::Stream};
use idesluss_access::Assertion;
use idesluss_domain::identity::{Grant, Organisations, Program, SigningKeys};
use idesluss_domain::words::{AggregateId as _, GrantId, ProgramId, SessionId, StreamName};
use idesluss_domain::{Aggregate, AggregateEvent};
use idesluss_journal::{Lease, Store};
use idesluss_runtime::{Clock, MemoryBounds};
use idesluss_vault::Vault;
use std::sync::{Arc, OnceLock};
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

/// The journal's newest signed checkpoint.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignedCheckpoint {
    /// As C2SP signed-note writes it.
    pub note: String,
    /// The verifier keys of whoever signs.
    pub keys: Vec<String>,
}

/// One service's engine. Cheap to clone.
#[derive(Clone)]
pub struct Engine(pub(crate) Arc<Inner>);

pub(crate) struct Inner {
    pub(crate) service: &'static str,
    pub(crate) store: Arc<dyn Store>,
    /// What has come into it lately.
    pub(crate) newest: Newest,
    pub(crate) vault: Vault,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) shutdown: CancellationToken,
    pub(crate) tasks: TaskTracker,
    pub(crate) write_blocks: WriteBlocks,
    pub(crate) wakes: Wakes,
    /// By which table of rights it writes; none: it is not said, as where an operator looks after a journal.
    pub(crate) announcement: OnceLock<Announcement>,
    /// The newest checkpoint as it was signed.
    pub(crate) checkpoint: watch::Sender<Option<SignedCheckpoint>>,
    /// How a checkpoint is known that this journal's key has signed.
    pub(crate) read_own: OnceLock<ReadOwn>,
    /// How far what was received has been found in its sources' logs.
    pub(crate) sources: Sources,
    /// The sources that are stopped.
    pub(crate) stopped: Stopped,
    /// The views that are being built.
    pub(crate) builds: Builds,
    /// Who holds which role, as far as it is at hand.
    pub(crate) grants: Remembered<GrantId, Known<Grant>>,
    /// What programs may, as far as it is at hand.
    pub(crate) programs: Remembered<ProgramId, Known<Program>>,
    /// The organisations, as far as they are at hand.
    pub(crate) organisations: Remembered<(), Known<Organisations>>,
    /// Whether sessions have ended.
    pub(crate) sessions: Remembered<SessionId, bool>,
    /// The keys of assertions.
    pub(crate) signing_keys: Remembered<(), Arc<SigningKeys>>,
    /// What was signed by one of these keys, by its SHA-256.
    pub(crate) believed: Remembered<[u8; 32], Arc<Assertion>>,
}

impl Engine {
    /// An engine for `service`, whose tasks end when `shutdown` is cancelled.
    pub fn new(
        service: &'static str,
        store: Arc<dyn Store>,
        vault: Vault,
        clock: Arc<dyn Clock>,
        shutdown: CancellationToken,
    ) -> Self {
        bound_sqlite();
        vault.remember_up_to(MemoryBounds::in_force().texts_bytes());
        Self(Arc::new(Inner {
            service,
            newest: Newest::of(&*store),
            store,
            vault,
            clock,
            shutdown,
            tasks: TaskTracker::new(),
            write_blocks: WriteBlocks::default(),
            wakes: Wakes::default(),
            announcement: OnceLock::new(),
            checkpoint: watch::Sender::new(None),
            read_own: OnceLock::new(),
            sources: Sources::default(),
            stopped: Stopped::default(),
            builds: Builds::default(),
            grants: Remembered::default(),
            programs: Remembered::default(),
            organisations: Remembered::default(),
            sessions: Remembered::default(),
            signing_keys: Remembered::default(),
            believed: Remembered::default(),
        }))
    }

    /// The service's name, which is part of its events' types and sources.
    pub fn service(&self) -> &'static str {
        self.0.service
    }

    /// The vault.
    pub fn vault(&self) -> &Vault {
        &self.0.vault
    }

    /// The journal.
    pub fn store(&self) -> &Arc<dyn Store> {
        &self.0.store
    }

    /// How far the journal goes, for whoever follows it: told at once after a pause, and then every few milliseconds. Whoever must know at once asks
    /// the journal's head.
    pub fn wakes(&self) -> watch::Receiver<u64> {
        self.0
            .wakes
            .subscribe(self.0.store.head(), (&self.0.tasks, &self.0.shutdown))
    }

    /// The clock.
    pub fn clock(&self) -> &Arc<dyn Clock> {
        &self.0.clock
    }

    /// Cancelled when the service is to end.
    pub fn shutdown(&self) -> &CancellationToken {
        &self.0.shutdown
    }

    /// Reads streams, all at one moment.
    pub async fn load(&self, streams: &[StreamName]) -> Result<Loaded, ExecuteError> {
        let names: Vec<String> = streams.iter().map(|stream| stream.as_str().to_owned()).collect();
        let read = self.0.store.streams(&names).await?;
        let read = (streams.iter().zip(read)).map(|(name, read)| (name.clone(), Stream::read(name, read)));
        Ok(Loaded(read.collect()))
    }

    /// One aggregate as it stands.
    pub async fn state<D>(&self, id: D::Id) -> Result<D::State, ExecuteError>
    where
        D: Aggregate<Event: AggregateEvent>,
    {
        let stream = id.stream();
        Ok(self.load(std::slice::from_ref(&stream)).await?.state::<D>(&stream))
    }

    /// Reads those of `streams` that are not among what was loaded, all at one moment, which is a later one than that of the others.
    pub async fn load_more(&self, loaded: &mut Loaded, streams: &[StreamName]) -> Result<(), ExecuteError> {
        let missing: Vec<StreamName> = (streams.iter())
            .filter(|stream| !loaded.0.contains_key(*stream))
            .cloned()
            .collect();
        if !missing.is_empty() {
            loaded.0.extend(self.load(&missing).await?.0);
        }
        Ok(())
    }

    /// Runs `task` until it ends or the service does.
    pub fn spawn(&self, task: impl Future<Output = ()> + Send + 'static) {
        let shutdown = self.0.shutdown.clone();
        self.0.tasks.spawn(async move {
            shutdown.run_until_cancelled(task).await;
        });
    }

    /// Runs `task` while this process may write to the journal: begun anew whenever it may again, dropped as soon as it may not.
    pub fn spawn_writing<T, F>(&self, task: F)
    where
        F: Fn() -> T + Send + 'static,
        T: Future<Output = ()> + Send + 'static,
    {
        let mut lease = self.0.store.lease();
        self.spawn(async move {
            while lease.wait_for(Lease::is_held).await.is_ok() {
                let mut lost = lease.clone();
                let lost = async {
                    if lost.wait_for(|lease| !lease.is_held()).await.is_err() {
                        // Nobody is left who could take it away.
                        std::future::pending::<()>().await;
                    }
                };
                tokio::select! {
                    () = task() => return,
                    () = lost => {}
                }
            }
        });
    }

    /// Tells the newest signed checkpoint of the journal, for whoever asks; None: there is none.
    pub fn publish_checkpoint(&self, signed: Option<SignedCheckpoint>) {
        self.0.checkpoint.send_replace(signed);
    }

    /// Ends everything that runs on this engine, then closes the journal. Nothing that was acknowledged is lost.
    pub async fn close(&self) {
        self.0.shutdown.cancel();
        self.0.tasks.close();
        self.0.tasks.wait().await;
        self.0.store.close().await;
    }
}
