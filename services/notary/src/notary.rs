use crate::error::{Look, SigningError};
use crate::guard::Guard;
use crate::keys::{KeysError, SigningKeys};
use crate::metric_names;
use idesluss_engine::SignedJournal;
use idesluss_journal::Store;
use idesluss_proof::checkpoint::Checkpoint;
use idesluss_proof::note::{Signature, SignedNote, SignerKey, VerifierKey};
use idesluss_proof::tree::{Hash, root_of};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{OwnedMutexGuard, watch};

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

/// Signs a journal's tree. Cheap to clone.
#[derive(Clone)]
pub struct Notary(Arc<Inner>);

struct Inner {
    store: Arc<dyn Store>,
    keys: SigningKeys,
    guard: Arc<dyn Guard>,
    latest: watch::Sender<Option<Arc<Signed>>>,
    looked: watch::Sender<Look>,
    /// Looking at what was signed last, and keeping the next, is one thing: whoever has it may be about to follow while the lease comes.
    turn: Arc<tokio::sync::Mutex<()>>,
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
            turn: Arc::default(),
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
            let well = signed.is_ok();
            self.record(signed);
            if well && head.changed().await.is_err() {
                return;
            }
            rest.await;
        }
    }

    fn gauge(&self, name: &'static str) -> metrics::Gauge {
        metrics::gauge!(name, "service" => self.0.store.service().to_owned())
    }

    /// How many entries the newest checkpoint has that a witness has cosigned.
    pub(crate) fn witnessed(&self, witness: &str) -> metrics::Gauge {
        let service = self.0.store.service().to_owned();
        metrics::gauge!(metric_names::WITNESSED, "service" => service, "witness" => witness.to_owned())
    }

    /// Tells what was found.
    pub(crate) fn record(&self, found: Result<(), SigningError>) {
        let lasting = found.as_ref().is_err_and(SigningError::is_lasting);
        self.gauge(metric_names::CONTRADICTED).set(f64::from(u8::from(lasting)));
        match found {
            Ok(()) => {
                let new = |looked: &mut Look| !matches!(std::mem::replace(looked, Look::Well), Look::Well);
                self.0.looked.send_if_modified(new);
            }
            Err(error) => self.report(error),
        }
    }

    /// Takes back what was in the way. Not well: that word lets commands in, and only who writes may say it.
    pub(crate) fn ease(&self) {
        self.0.looked.send_if_modified(|looked| {
            let error = matches!(looked, Look::SigningError(_));
            if error {
                self.gauge(metric_names::CONTRADICTED).set(0.0);
                *looked = Look::NotYet;
            }
            error
        });
    }

    /// Says aloud what is new.
    fn report(&self, error: SigningError) {
        let text = error.to_string();
        let known = matches!(&*self.0.looked.borrow(), Look::SigningError(known) if known.to_string() == text);
        if !known {
            if error.is_lasting() {
                tracing::error!(%error, "nothing is signed");
            } else {
                tracing::warn!(%error, "nothing is signed for now");
            }
            self.0.looked.send_replace(Look::SigningError(Arc::new(error)));
        }
    }

    /// Signs the journal as it stands, if that agrees with what was signed before.
    ///
    /// What was signed is kept before anybody sees it: whatever happens then, nothing that contradicts it is signed.
    pub async fn sign(&self) -> Result<(), SigningError> {
        let turn = self.turn().await;
        let store = &self.0.store;
        let origin = self.origin();
        let (size, peaks) = store.peaks().await?;
        let (last, root) = self.last_that_holds(&origin, size, size).await?;
        if root != root_of(&peaks) {
            return Err(SigningError::Altered);
        }
        let keys = self.0.keys.of_log(&origin)?;
        // The same again only where it is not published, or a key has not signed it: perhaps a new one, perhaps another replica was it.
        if last.is_some_and(|last| last.checkpoint.size == size) && self.is_published_by(&origin, size, &keys) {
            return Ok(());
        }
        let checkpoint = Checkpoint::new(origin, size, root);
        let mut note = SignedNote::new(checkpoint.to_string())?;
        for key in keys {
            note.add(key.sign(note.text(), 0));
        }
        let signed = Arc::new(Signed { checkpoint, note });
        self.keep(&signed, turn).await?;
        self.publish(signed);
        Ok(())
    }

    /// Waits until nobody else looks and keeps.
    pub(crate) async fn turn(&self) -> OwnedMutexGuard<()> {
        self.0.turn.clone().lock_owned().await
    }

    /// What was signed last under this origin, and the root of the journal's first `of` entries: read together, as nearly all of the two trees is
    /// the same. Errors: the journal of `size` entries contradicts what was signed.
    pub(crate) async fn last_that_holds(
        &self,
        origin: &str,
        size: u64,
        of: u64,
    ) -> Result<(Option<Arc<Signed>>, Hash), SigningError> {
        let Some(last) = self.last(origin).await? else {
            return Ok((None, self.0.store.root(of).await?));
        };
        let contradicted = |how| SigningError::Contradicted {
            origin: origin.to_owned(),
            size: last.checkpoint.size,
            how,
        };
        if last.checkpoint.size > size {
            return Err(contradicted("it has fewer entries now"));
        }
        let [root, before] = self.0.store.roots([of, last.checkpoint.size]).await?;
        if before != last.checkpoint.root {
            return Err(contradicted("its first entries are others now"));
        }
        Ok((Some(last), root))
    }

    fn is_published_by(&self, origin: &str, size: u64, keys: &[SignerKey]) -> bool {
        let latest = self.0.latest.borrow().clone();
        let latest = latest.filter(|latest| latest.checkpoint.origin == origin && latest.checkpoint.size == size);
        let has_signed = |note: &SignedNote, key: &SignerKey| {
            let verifier = key.verifier().map(|key| note.verify(&[key]));
            matches!(verifier, Ok(Ok(verified)) if !verified.is_empty())
        };
        latest.is_some_and(|latest| keys.iter().all(|key| has_signed(&latest.note, key)))
    }

    /// Keeps a checkpoint, durably. The turn lasts until then, also when nobody waits any more.
    pub(crate) async fn keep(&self, signed: &Arc<Signed>, turn: OwnedMutexGuard<()>) -> Result<(), SigningError> {
        let (guard, kept) = (Arc::clone(&self.0.guard), Arc::clone(signed));
        let keeping = move || {
            let keeping = guard.keep(&kept.checkpoint.origin, &kept.note);
            drop(turn);
            keeping
        };
        if let Err(error) = tokio::task::spawn_blocking(keeping).await? {
            // It may have been kept all the same: what is on disk is what counts from here on.
            self.0.latest.send_replace(None);
            return Err(error.into());
        }
        Ok(())
    }

    /// The public keys of a log with this origin.
    pub(crate) fn keys_of(&self, origin: &str) -> Result<Vec<VerifierKey>, KeysError> {
        self.0.keys.public_of_log(origin)
    }

    /// What a note says of this journal, in any of its epochs; None: none of its keys has signed it.
    pub(crate) fn read_own(&self, note: &SignedNote) -> Option<SignedJournal> {
        let name = self.0.store.name().trim_start_matches('/');
        let signed = SignedJournal::read(name, note)?;
        // A key's name is the whole origin, so one that is written otherwise is another log.
        let keys = self.keys_of(&format!("{name}/{}", signed.epoch)).ok()?;
        let verified = note.verify(&keys).ok()?;
        (!verified.is_empty()).then_some(signed)
    }

    /// What was signed last under this origin: as this process knows, or as was kept.
    async fn last(&self, origin: &str) -> Result<Option<Arc<Signed>>, SigningError> {
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

    pub(crate) fn publish(&self, signed: Arc<Signed>) {
        // Exact up to 2^53 entries.
        self.gauge(metric_names::SIGNED).set(signed.checkpoint.size as f64);
        self.0.latest.send_replace(Some(signed));
    }

    /// Forgets what was found, not what was signed.
    pub(crate) fn look_anew(&self) {
        self.0.looked.send_replace(Look::NotYet);
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
