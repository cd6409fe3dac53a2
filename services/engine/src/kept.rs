//! The newest checkpoint that a source has signed, kept here as soon as it covers what was received: should the source lose that, or rewrite it,
//! this is what it had said.

use crate::Engine;
use crate::source_log::CheckError;
use idesluss_proof::checkpoint::Checkpoint;
use idesluss_proof::note::SignedNote;
use idesluss_proof::tree::Hash;
use idesluss_proto::pb::journal::GetCheckpointRequest;
use idesluss_proto::pb::journal::v1::journal_service_client::JournalServiceClient;
use idesluss_runtime::Peer;
use std::time::Duration;
use tokio::time::Instant;
use tonic::Request;

/// How often a source is asked for a newer one, and how often one that signs nothing.
const EACH: Duration = Duration::from_secs(1);
const WHILE_UNSIGNED: Duration = Duration::from_secs(5);
/// How long it may take for an answer.
const ANSWER: Duration = Duration::from_secs(2);

/// The largest note that is read of a stranger: our own have a signature a key and one of each witness.
pub(crate) const LARGEST: usize = 16 * 1024;

/// What a source has signed of its log.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Signed {
    pub(crate) epoch: u32,
    pub(crate) size: u64,
    pub(crate) root: Hash,
}

impl Signed {
    /// Reads a note as a checkpoint of the journal that writes `source`; None: it is none. Who has signed it is for the source to see.
    fn read(source: &str, note: &str) -> Option<Self> {
        let journal = source.trim_start_matches('/').rsplit_once('/')?.0;
        let note = SignedNote::read(note.as_bytes()).ok()?;
        let checkpoint: Checkpoint = note.text().parse().ok()?;
        let epoch = checkpoint.origin.strip_prefix(journal)?.strip_prefix('/')?;
        Some(Self {
            epoch: epoch.parse().ok()?,
            size: checkpoint.size,
            root: checkpoint.root,
        })
    }

    /// Whether it says less than another: a smaller one of the same epoch would be what a source says after a loss.
    fn is_before(self, other: Self) -> bool {
        (self.epoch, self.size) < (other.epoch, other.size)
    }
}

/// What is kept of one source.
pub(crate) struct Kept {
    source: String,
    client: JournalServiceClient<Peer>,
    newest: Newest,
    /// Not before then is the source asked again.
    again: Instant,
}

enum Newest {
    /// The database was not asked yet.
    Unread,
    Read(Option<Signed>),
}

/// What a source has answered.
pub(crate) enum Asked {
    /// Nothing was asked: what is kept says enough.
    Covers,
    /// It has signed no more, or could not be asked.
    NothingNew,
    /// This note, which says this.
    Newer(Signed, String),
}

impl Kept {
    pub(crate) fn of(source: String, channel: Peer) -> Self {
        Self {
            source,
            client: JournalServiceClient::new(channel),
            newest: Newest::Unread,
            again: Instant::now(),
        }
    }

    /// What is kept; None: nothing.
    pub(crate) async fn newest(&mut self, engine: &Engine) -> Result<Option<Signed>, CheckError> {
        if let Newest::Read(newest) = self.newest {
            return Ok(newest);
        }
        let note = engine.kept_checkpoint(&self.source).await?;
        let newest = Signed::read(&self.source, &note);
        self.newest = Newest::Read(newest);
        Ok(newest)
    }

    /// Asks the source for a newer one, unless what is kept covers its first `size` entries or it was asked a moment ago.
    pub(crate) async fn ask(&mut self, engine: &Engine, size: u64) -> Result<Asked, CheckError> {
        let kept = self.newest(engine).await?;
        if kept.map_or(0, |kept| kept.size) >= size {
            return Ok(Asked::Covers);
        }
        if Instant::now() < self.again {
            return Ok(Asked::NothingNew);
        }
        let mut request = Request::new(GetCheckpointRequest {});
        request.set_timeout(ANSWER);
        let told = tokio::time::timeout(ANSWER, self.client.get_checkpoint(request)).await;
        let note = match told {
            Ok(Ok(answer)) => answer.into_inner().note,
            _ => String::new(),
        };
        let signed = Signed::read(&self.source, &note).filter(|_| note.len() <= LARGEST);
        self.again = Instant::now() + if signed.is_some() { EACH } else { WHILE_UNSIGNED };
        Ok(match signed {
            Some(signed) if kept.is_none_or(|kept| kept.is_before(signed)) => Asked::Newer(signed, note),
            _ => Asked::NothingNew,
        })
    }

    /// Keeps it in the place of the one before.
    pub(crate) async fn keep(&mut self, engine: &Engine, signed: Signed, note: &str) -> Result<(), CheckError> {
        engine.store().keep_source_checkpoint(&self.source, note).await?;
        self.newest = Newest::Read(Some(signed));
        Ok(())
    }
}
