//! The newest checkpoint that a source has signed, kept here: should the source lose what it has signed, or change it, this is what it had said.

use crate::Engine;
use crate::signed::{SignedJournal, read_note};
use crate::source_log::CheckError;
use idesluss_journal::StoreError;
use idesluss_proof::note::VerifierKey;
use idesluss_proto::pb::journal::v1::journal_service_client::JournalServiceClient;
use idesluss_proto::pb::journal::{GetCheckpointRequest, GetCheckpointResponse};
use idesluss_runtime::{Peer, report_refusal};
use std::time::Duration;
use tokio::time::Instant;
use tonic::Request;

/// What is reported.
const FORGED: &str = "forged_checkpoint";
/// How often a source is asked for a newer one, and how often one that signs nothing.
const EACH: Duration = Duration::from_secs(1);
const WHILE_UNSIGNED: Duration = Duration::from_secs(5);
/// The longest answer: a note of the length that is read, with keys.
const MAX_ANSWER: usize = 64 * 1024;
/// From when on what is kept is asked for anew, whatever was received since.
const OLD: Duration = Duration::from_secs(60);
/// How long it may take for an answer.
const ANSWER: Duration = Duration::from_secs(2);

impl Engine {
    /// What was kept of a source, to be shown to it; empty: nothing.
    pub async fn kept_checkpoint(&self, source: &str) -> Result<String, StoreError> {
        Ok(self.store().source_checkpoint(source).await?.unwrap_or_default())
    }
}

/// Whether a checkpoint is signed by the keys that are told with it. Whose they are, the source's certificate says; but what nobody has signed would be no
/// evidence later.
fn is_signed(answer: &GetCheckpointResponse) -> bool {
    let keys: Vec<VerifierKey> = answer.keys.iter().filter_map(|key| key.parse().ok()).collect();
    read_note(&answer.note).is_some_and(|note| note.verify(&keys).is_ok())
}

/// What is kept of one source.
pub(crate) struct Kept {
    source: String,
    client: JournalServiceClient<Peer>,
    newest: Newest,
    /// When the source was asked last.
    asked: Option<Instant>,
    /// Not before then is the source asked again.
    again: Instant,
}

enum Newest {
    /// The database was not asked yet.
    Unread,
    Read(Option<SignedJournal>),
}

impl Kept {
    pub(crate) fn of(source: String, channel: Peer) -> Self {
        Self {
            source,
            client: JournalServiceClient::new(channel).max_decoding_message_size(MAX_ANSWER),
            newest: Newest::Unread,
            asked: None,
            again: Instant::now(),
        }
    }

    fn read(&self, text: &str) -> Option<SignedJournal> {
        let journal = self.source.trim_start_matches('/').rsplit_once('/')?.0;
        SignedJournal::read(journal, &read_note(text)?)
    }

    /// What is kept; None: nothing.
    pub(crate) async fn newest(&mut self, engine: &Engine) -> Result<Option<SignedJournal>, CheckError> {
        if let Newest::Read(newest) = self.newest {
            return Ok(newest);
        }
        let newest = self.read(&engine.kept_checkpoint(&self.source).await?);
        self.newest = Newest::Read(newest);
        Ok(newest)
    }

    /// Whether it is time to ask for a newer one: what is kept does not cover the source's first `size` entries in this epoch, or is old. What the source
    /// has written for others stands under its checkpoint too, and only who holds one shows that it was lost.
    pub(crate) fn is_time(&self, epoch: u32, size: u64) -> bool {
        let covers = match self.newest {
            Newest::Read(Some(kept)) => (kept.epoch, kept.size) >= (epoch, size),
            _ => false,
        };
        let is_old = self.asked.is_none_or(|asked| asked.elapsed() > OLD);
        (!covers || is_old) && Instant::now() >= self.again
    }

    /// Asks the source for a newer one, and its note; None: there is none to be had.
    pub(crate) async fn ask(&mut self) -> Option<(SignedJournal, String)> {
        let mut request = Request::new(GetCheckpointRequest {});
        request.set_timeout(ANSWER);
        let told = tokio::time::timeout(ANSWER, self.client.get_checkpoint(request)).await;
        let answer = told.ok().and_then(Result::ok).map(tonic::Response::into_inner);
        let mut answer = answer.unwrap_or_default();
        if !answer.note.is_empty() && !is_signed(&answer) {
            report_refusal(FORGED);
            tracing::warn!(
                source = self.source,
                "the source tells a checkpoint that its keys have not signed"
            );
            answer = GetCheckpointResponse::default();
        }
        let (told, note) = (self.read(&answer.note), answer.note);
        self.asked = Some(Instant::now());
        self.again = Instant::now() + if told.is_some() { EACH } else { WHILE_UNSIGNED };
        let newer = |told: &SignedJournal| match self.newest {
            Newest::Read(Some(kept)) => kept.is_before(*told),
            _ => true,
        };
        Some((told.filter(newer)?, note))
    }

    /// Keeps it in the place of the one before.
    pub(crate) async fn keep(&mut self, engine: &Engine, signed: SignedJournal, note: &str) -> Result<(), CheckError> {
        engine.store().keep_source_checkpoint(&self.source, note).await?;
        self.newest = Newest::Read(Some(signed));
        Ok(())
    }
}
