use crate::figures;
use crate::guard::{Guard, GuardError};
use crate::keys::{KeysError, SigningKeys};
use idesluss_journal::{Store, StoreError};
use idesluss_proof::checkpoint::{Checkpoint, CheckpointError};
use idesluss_proof::note::{NoteError, Signature, SignedNote};
use idesluss_proof::tree::root_of;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::watch;

/// How long nothing is signed after a signature: several a second are enough for everybody who waits, and cost next to nothing.
const REST: Duration = Duration::from_millis(200);

/// How long it waits after something that may pass, such as a database that is away.
const PAUSE: Duration = Duration::from_secs(1);

/// A checkpoint with its signatures.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Signed {
    /// What was signed.
    pub checkpoint: Checkpoint,
    /// As it was signed, and cosigned since.
    pub note: SignedNote,
}

/// Why nothing is signed.
#[derive(Debug, thiserror::Error)]
pub enum Trouble {
    /// The journal contradicts what was signed before.
    #[error(
        "the journal contradicts its checkpoint of {size} entries under {origin}: {how}. It was restored from an older backup, or changed. Nothing is signed and no command is taken: find out which, then open a new epoch with `restored`"
    )]
    Contradicted {
        /// Under which origin.
        origin: String,
        /// How many entries were signed.
        size: u64,
        /// How.
        how: &'static str,
    },
    /// The journal's tree does not fit its own head.
    #[error(
        "the journal's tiles lead to another root than its head: its tables were changed. Nothing is signed; run `doctor --deep`"
    )]
    Altered,
    /// What was signed last can't be read or kept.
    #[error(transparent)]
    Guard(#[from] GuardError),
    /// What was kept is no checkpoint.
    #[error("what was signed last is no checkpoint: {0}")]
    Kept(#[from] CheckpointError),
    /// It can't be made.
    #[error("a checkpoint can't be written: {0}")]
    Note(#[from] NoteError),
    /// There is nothing to sign with.
    #[error(transparent)]
    Keys(#[from] KeysError),
    /// The journal can't be read.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A thread ended in a way that it should not.
    #[error("a task has failed: {0}")]
    Task(#[from] tokio::task::JoinError),
}

impl Trouble {
    /// Whether only an operator can help: until then no command may be taken.
    pub fn is_lasting(&self) -> bool {
        matches!(self, Self::Contradicted { .. } | Self::Altered)
    }
}

/// What was found when the journal was last to be signed.
#[derive(Debug, Clone)]
pub enum Look {
    /// It has not been looked at since this process may write.
    NotYet,
    /// It was signed.
    Well,
    /// It was not.
    Trouble(Arc<Trouble>),
}

/// Signs a journal's tree. Cheap to clone.
#[derive(Clone)]
pub struct Notary(Arc<Inner>);

struct Inner {
    store: Arc<dyn Store>,
    keys: SigningKeys,
    guard: Arc<dyn Guard>,
    latest: watch::Sender<Option<Arc<Signed>>>,
    looked: watch::Sender<Look>,
}

impl Notary {
    /// A notary of this journal; it signs when it is run.
    pub fn new(store: Arc<dyn Store>, keys: SigningKeys, guard: Arc<dyn Guard>) -> Self {
        Self(Arc::new(Inner {
            store,
            keys,
            guard,
            latest: watch::Sender::new(None),
            looked: watch::Sender::new(Look::NotYet),
        }))
    }

    /// The newest checkpoint, with a wake-up at every change.
    pub fn latest(&self) -> watch::Receiver<Option<Arc<Signed>>> {
        self.0.latest.subscribe()
    }

    /// What was found when it was last to be signed.
    pub fn looked(&self) -> watch::Receiver<Look> {
        self.0.looked.subscribe()
    }

    /// Waits until it was looked at once, whatever was found.
    pub async fn has_looked(&self) {
        let mut looked = self.0.looked.subscribe();
        let _ = looked.wait_for(|looked| !matches!(looked, Look::NotYet)).await;
    }

    /// The journal that is signed for.
    pub fn store(&self) -> &Arc<dyn Store> {
        &self.0.store
    }

    /// The journal's origin now: `<instance>/<service>/<epoch>`.
    pub fn origin(&self) -> String {
        let epoch = self.0.store.head().borrow().epoch;
        format!("{}/{epoch}", self.0.store.name().trim_start_matches('/'))
    }

    /// The keys that sign, in the form of trust files.
    pub fn public_keys(&self) -> Result<Vec<String>, KeysError> {
        let keys = self.0.keys.public_of_log(&self.origin())?;
        Ok(keys.iter().map(ToString::to_string).collect())
    }

    /// Signs after every append for as long as this process may write; drop it when it may not any more.
    pub async fn run(&self) {
        let mut head = self.0.store.head();
        loop {
            head.borrow_and_update();
            let signed = self.sign().await;
            // What comes on the heels of a signature is signed together a moment later, what has waited longer at once.
            let rest = tokio::time::sleep(if signed.is_ok() { REST } else { PAUSE });
            let lasting = signed.as_ref().is_err_and(Trouble::is_lasting);
            metrics::gauge!(figures::CONTRADICTED).set(f64::from(u8::from(lasting)));
            match signed {
                Ok(()) => {
                    self.0
                        .looked
                        .send_if_modified(|looked| !matches!(std::mem::replace(looked, Look::Well), Look::Well));
                    if head.changed().await.is_err() {
                        return;
                    }
                }
                Err(trouble) => self.say(trouble),
            }
            rest.await;
        }
    }

    /// Says aloud what is new.
    fn say(&self, trouble: Trouble) {
        let text = trouble.to_string();
        let known = matches!(&*self.0.looked.borrow(), Look::Trouble(known) if known.to_string() == text);
        if !known {
            if trouble.is_lasting() {
                tracing::error!(%trouble, "nothing is signed");
            } else {
                tracing::warn!(%trouble, "nothing is signed for now");
            }
            self.0.looked.send_replace(Look::Trouble(Arc::new(trouble)));
        }
    }

    /// Signs the journal as it stands, if that agrees with what was signed before.
    ///
    /// What was signed is kept before anybody sees it: whatever happens then, nothing that contradicts it is signed.
    pub async fn sign(&self) -> Result<(), Trouble> {
        let store = &self.0.store;
        let origin = self.origin();
        let (size, peaks) = store.peaks().await?;
        let root = store.root(size).await?;
        if root != root_of(&peaks) {
            return Err(Trouble::Altered);
        }
        let checkpoint = Checkpoint::new(origin.clone(), size, root);
        let last = self.last(&origin).await?;
        if let Some(last) = &last {
            let contradicted = |how| Trouble::Contradicted {
                origin: origin.clone(),
                size: last.checkpoint.size,
                how,
            };
            if last.checkpoint.size > size {
                return Err(contradicted("it has fewer entries now"));
            }
            if store.root(last.checkpoint.size).await? != last.checkpoint.root {
                return Err(contradicted("its first entries are others now"));
            }
            // The same again only for whoever has just begun: perhaps with other keys.
            if last.checkpoint.size == size && self.0.latest.borrow().is_some() {
                return Ok(());
            }
        }
        let mut note = SignedNote::new(checkpoint.to_string())?;
        for key in self.0.keys.of_log(&origin)? {
            note.add(key.sign(note.text(), 0));
        }
        let signed = Arc::new(Signed { checkpoint, note });
        let (guard, kept) = (Arc::clone(&self.0.guard), Arc::clone(&signed));
        let keeping = tokio::task::spawn_blocking(move || guard.keep(&kept.checkpoint.origin, &kept.note)).await?;
        if let Err(error) = keeping {
            // It may have been kept all the same: what is on disk is what counts from here on.
            self.0.latest.send_replace(None);
            return Err(error.into());
        }
        self.publish(signed);
        Ok(())
    }

    /// What was signed last under this origin: as this process knows, or as was kept.
    async fn last(&self, origin: &str) -> Result<Option<Arc<Signed>>, Trouble> {
        let known = self.0.latest.borrow().clone();
        if let Some(known) = known.filter(|known| known.checkpoint.origin == origin) {
            return Ok(Some(known));
        }
        let (guard, asked) = (Arc::clone(&self.0.guard), origin.to_owned());
        let kept = tokio::task::spawn_blocking(move || guard.last(&asked)).await??;
        let Some(note) = kept else { return Ok(None) };
        let checkpoint: Checkpoint = note.text().parse()?;
        Ok(Some(Arc::new(Signed { checkpoint, note })))
    }

    fn publish(&self, signed: Arc<Signed>) {
        // Exact up to 2^53 entries.
        metrics::gauge!(figures::SIGNED).set(signed.checkpoint.size as f64);
        self.0.latest.send_replace(Some(signed));
    }

    /// Publishes nothing any more; what was kept stays kept.
    pub(crate) fn forget(&self) {
        self.0.latest.send_replace(None);
        self.0.looked.send_replace(Look::NotYet);
    }

    /// Adds a witness's cosignature to the checkpoint of this size, if it is still the newest.
    pub(crate) fn cosigned(&self, of: &Signed, cosignature: Signature) {
        self.0.latest.send_if_modified(|latest| {
            let same = latest.as_ref().filter(|latest| latest.checkpoint == of.checkpoint);
            let Some(same) = same else { return false };
            let mut with = Signed::clone(same);
            with.note.add(cosignature);
            *latest = Some(Arc::new(with));
            true
        });
    }
}
