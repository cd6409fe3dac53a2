//! Somebody says that they hold more of this journal than it has: what that claim is worth.
//!
//! It is worth a great deal, since a journal that was restored from an older backup would give the same numbers to other events; and anybody
//! who reaches the port can say it. So it counts with a checkpoint that this journal's own key has signed and that the journal contradicts,
//! and with nothing else.

use crate::Engine;
use idesluss_journal::StoreError;
use idesluss_proof::note::SignedNote;
use idesluss_proto::pb::journal::GetCheckpointRequest;
use idesluss_proto::pb::journal::v1::journal_service_client::JournalServiceClient;
use idesluss_runtime::Peer;
use std::sync::Arc;
use std::time::Duration;
use tonic::Request;

/// How often a source is asked for a checkpoint that covers what was received of it, and how often one that has none.
const EACH: Duration = Duration::from_secs(1);
const WHILE_UNSIGNED: Duration = Duration::from_secs(5);
/// How long it may take for an answer.
const ANSWER: Duration = Duration::from_secs(2);

/// The largest note that is read of a stranger: our own have a signature a key and one of each witness.
const LARGEST: usize = 16 * 1024;

/// What a journal's own key has signed of it at some time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OwnCheckpoint {
    /// The epoch in which it was signed.
    pub epoch: u32,
    /// How many entries the journal had.
    pub size: u64,
    /// The root over them.
    pub root: [u8; 32],
}

/// Reads a note as a checkpoint of one journal; None: no key of that journal has signed it.
pub type ReadOwn = Arc<dyn Fn(&SignedNote) -> Option<OwnCheckpoint> + Send + Sync>;

impl Engine {
    /// Says how checkpoints are known that this journal's own key has signed. Until then no claim of a loss can be proved.
    pub fn know_own_checkpoints(&self, read: ReadOwn) {
        let _ = self.0.read_own.set(read);
    }

    /// A checkpoint that this journal has signed once and contradicts now; None: the note proves nothing.
    ///
    /// An epoch that has been closed proves nothing either: with the next one it was decided what holds.
    pub(crate) async fn proof_of_loss(&self, note: &str) -> Result<Option<OwnCheckpoint>, StoreError> {
        if note.len() > LARGEST {
            return Ok(None);
        }
        let (Some(read), Ok(note)) = (self.0.read_own.get(), SignedNote::read(note.as_bytes())) else {
            return Ok(None);
        };
        let Some(signed) = read(&note) else {
            return Ok(None);
        };
        let (epoch, size) = {
            let head = self.store().head();
            let head = head.borrow();
            (head.epoch, head.size)
        };
        let is_lost = match signed.epoch.cmp(&epoch) {
            std::cmp::Ordering::Less => false,
            std::cmp::Ordering::Greater => true,
            std::cmp::Ordering::Equal => signed.size > size || self.store().root(signed.size).await? != signed.root,
        };
        Ok(is_lost.then_some(signed))
    }

    /// What was kept of a source, to be shown to it; empty: nothing.
    pub async fn kept_checkpoint(&self, source: &str) -> Result<String, StoreError> {
        Ok(self.store().source_checkpoint(source).await?.unwrap_or_default())
    }
}

/// Keeps the newest checkpoint of a source that covers what has been received of it, again and again, where the source signs: should the source
/// lose what was received, it proves that.
pub(crate) async fn keep_newest_of(engine: Engine, channel: Peer, source: String) {
    let mut client = JournalServiceClient::new(channel);
    let mut covered = 0;
    loop {
        let next = {
            let head = engine.store().head();
            let head = head.borrow();
            head.received.get(&source).map_or(0, |state| state.from_position + 1)
        };
        let mut pause = EACH;
        if next > covered {
            match keep_newest(&engine, &mut client, &source).await {
                Ok(Some(size)) => covered = size,
                Ok(None) => pause = WHILE_UNSIGNED,
                Err(error) => tracing::warn!(source, %error, "the source's newest checkpoint could not be kept"),
            }
        }
        tokio::time::sleep(pause).await;
    }
}

/// Asks for the newest checkpoint and keeps it in place of an older one. Returns how many entries it covers; None: there is none to be had.
async fn keep_newest(
    engine: &Engine,
    client: &mut JournalServiceClient<Peer>,
    source: &str,
) -> Result<Option<u64>, KeepError> {
    let mut request = Request::new(GetCheckpointRequest {});
    request.set_timeout(ANSWER);
    let Ok(Ok(answer)) = tokio::time::timeout(ANSWER, client.get_checkpoint(request)).await else {
        return Ok(None);
    };
    let note = answer.into_inner().note;
    let Some(place) = place(source, &note).filter(|_| note.len() <= LARGEST) else {
        return Ok(None);
    };
    let kept = engine.kept_checkpoint(source).await?;
    // A smaller one of the same epoch would be what the source says after a loss.
    if Some(place) > self::place(source, &kept) {
        engine.store().keep_source_checkpoint(source, &note).await?;
    }
    Ok(Some(place.1))
}

#[derive(Debug, thiserror::Error)]
enum KeepError {
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(transparent)]
    Append(#[from] idesluss_journal::AppendError),
}

/// The epoch and size of a checkpoint of the journal that writes `source`; None: it is none. Who has signed it is for the source to see.
fn place(source: &str, note: &str) -> Option<(u32, u64)> {
    let journal = source.trim_start_matches('/').rsplit_once('/')?.0;
    let note = SignedNote::read(note.as_bytes()).ok()?;
    let checkpoint: idesluss_proof::checkpoint::Checkpoint = note.text().parse().ok()?;
    let epoch = checkpoint.origin.strip_prefix(journal)?.strip_prefix('/')?;
    Some((epoch.parse().ok()?, checkpoint.size))
}
