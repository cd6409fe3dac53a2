//! One journal as it is asked over gRPC: entries in bounded memory, the tree's tiles, and what was signed.

use crate::EvidenceError;
use idesluss_auditor::{Entry, Service};
use idesluss_domain::words::Timestamp;
use idesluss_proof::checkpoint::{Checkpoint, CheckpointError};
use idesluss_proof::line::parse;
use idesluss_proof::note::SignedNote;
use idesluss_proof::tree::{AtHand, Missing, TreeError};
use idesluss_proto::pb::journal as pb;
use idesluss_proto::pb::journal::v1::journal_service_client::JournalServiceClient;
use idesluss_runtime::Peer;
use std::collections::BTreeMap;
use std::time::{Duration, Instant};
use tokio::sync::mpsc;
use tonic::{Code, Status};

/// How many messages wait to be looked at; each has a mebibyte of lines at the most.
const WAITING: usize = 2;

/// How long a signature is waited for; it takes less than a second.
const SIGNING: Duration = Duration::from_secs(10);
const MOMENT: Duration = Duration::from_millis(100);

/// A journal, as long as it was when it was opened: what is written later is not read.
pub struct Journal {
    /// Whose.
    pub service: Service,
    /// How many entries it had.
    pub size: u64,
    client: JournalServiceClient<Peer>,
    tiles: AtHand,
}

/// What was signed of a journal.
#[derive(Debug, Clone)]
pub struct Signed {
    /// With the cosignatures that it has by now.
    pub note: SignedNote,
    /// What it says.
    pub checkpoint: Checkpoint,
    /// The verifier keys of whoever signs, as the service tells them: to be compared with what was got in another way.
    pub keys: Vec<String>,
}

/// Some entries at a time, in order. It ends with an error where not all of them come.
pub type Messages = mpsc::Receiver<Result<Vec<pb::Entry>, EvidenceError>>;

impl Journal {
    /// Asks how many entries it has.
    pub async fn open(service: Service, peer: Peer) -> Result<Self, EvidenceError> {
        let mut client = JournalServiceClient::new(peer);
        let head = client.get_head(pb::GetHeadRequest {}).await.map_err(unread(service))?;
        Ok(Self {
            service,
            size: head.into_inner().size,
            client,
            tiles: AtHand::default(),
        })
    }

    pub(crate) fn failed(&self, reason: impl ToString) -> EvidenceError {
        EvidenceError::Journal {
            service: self.service.as_str(),
            reason: reason.to_string(),
        }
    }

    /// The entries from `from` up to `to`; whoever has seen enough drops what is left.
    pub fn entries(&self, from: u64, to: u64) -> Messages {
        let (send, messages) = mpsc::channel(WAITING);
        let (mut client, service) = (self.client.clone(), self.service);
        tokio::spawn(async move {
            if let Err(status) = read(&mut client, from, to, &send).await {
                let _ = send.send(Err(unread(service)(status))).await;
            }
        });
        messages
    }

    /// One entry's line.
    pub async fn line(&self, position: u64) -> Result<Vec<u8>, EvidenceError> {
        if position >= self.size {
            return Err(EvidenceError::NoSuchPosition {
                service: self.service.as_str(),
                position,
                size: self.size,
            });
        }
        let first = self.entries(position, position + 1).recv().await;
        let entry = first.transpose()?.and_then(|entries| entries.into_iter().next());
        let entry = entry.ok_or_else(|| self.failed(format!("it did not give entry {position}")))?;
        Ok(entry.line)
    }

    /// All entries, lazily, for a thread that may block.
    pub fn lines(&self) -> impl Iterator<Item = Result<Entry, EvidenceError>> + Send + use<> {
        Lines {
            service: self.service,
            messages: self.entries(0, self.size),
            waiting: Vec::new().into_iter(),
        }
    }

    /// The position of the first entry of the first `size` that was recorded at `time` or later; `size` if there is none.
    pub(crate) async fn first_at(&self, time: Timestamp, size: u64) -> Result<u64, EvidenceError> {
        let (mut low, mut high) = (0, size);
        // Times never decrease.
        while low < high {
            let middle = low + (high - low) / 2;
            let line = self.line(middle).await?;
            let line = parse(&line).map_err(|error| self.failed(error))?;
            if line.recorded_micros < time.as_micros() {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        Ok(low)
    }

    /// The newest checkpoint; None: nothing is signed just now.
    pub async fn newest(&mut self) -> Result<Option<Signed>, EvidenceError> {
        let answer = match self.client.get_checkpoint(pb::GetCheckpointRequest {}).await {
            Ok(answer) => answer.into_inner(),
            Err(status) if status.code() == Code::Unavailable => return Ok(None),
            Err(status) => return Err(unread(self.service)(status)),
        };
        let note = SignedNote::read(answer.note.as_bytes()).map_err(|error| self.failed(error))?;
        let checkpoint = note
            .text()
            .parse()
            .map_err(|error: CheckpointError| self.failed(error))?;
        Ok(Some(Signed {
            note,
            checkpoint,
            keys: answer.keys,
        }))
    }

    /// A checkpoint over everything that stood in the journal when it was opened, or more; waited for, since it comes within a second.
    pub async fn checkpoint(&mut self) -> Result<Signed, EvidenceError> {
        let until = Instant::now() + SIGNING;
        loop {
            match self.newest().await? {
                Some(signed) if signed.checkpoint.size >= self.size => return Ok(signed),
                _ if Instant::now() > until => return Err(EvidenceError::Unsigned(self.service.as_str())),
                _ => tokio::time::sleep(MOMENT).await,
            }
        }
    }

    /// Asks the tree, whose tiles are read as they are needed.
    pub(crate) async fn tree<T>(&mut self, ask: impl Fn(&AtHand) -> Result<T, Missing>) -> Result<T, EvidenceError> {
        loop {
            let (level, number) = match ask(&self.tiles) {
                Ok(answer) => return Ok(answer),
                Err(Missing::Tree(error)) => return Err(self.failed(error)),
                Err(Missing::Tile { level, number }) => (level, number),
            };
            let request = pb::GetTileRequest {
                level: level.into(),
                number,
            };
            let answer = self.client.get_tile(request).await.map_err(unread(self.service))?;
            let hashes = answer.into_inner().hashes.into_iter().map(|hash| hash.try_into().ok());
            let hashes: Option<Vec<_>> = hashes.collect();
            let short = TreeError::ShortTile {
                level,
                number,
                found: 0,
                wanted: 1,
            };
            self.tiles.put(level, number, hashes.ok_or_else(|| self.failed(short))?);
        }
    }
}

fn unread(service: Service) -> impl Fn(Status) -> EvidenceError {
    move |status| {
        let (service, reason) = (service.as_str(), status.message().to_owned());
        match status.code() {
            Code::DataLoss => EvidenceError::Damaged { service, reason },
            _ => EvidenceError::Journal { service, reason },
        }
    }
}

async fn read(
    client: &mut JournalServiceClient<Peer>,
    from: u64,
    to: u64,
    send: &mpsc::Sender<Result<Vec<pb::Entry>, EvidenceError>>,
) -> Result<(), Status> {
    // A range up to 0 would mean the present end.
    if from >= to {
        return Ok(());
    }
    let mut stream = client.read_range(pb::ReadRangeRequest { from, to }).await?.into_inner();
    let mut next = from;
    while let Some(message) = stream.message().await? {
        next += message.entries.len() as u64;
        if send.send(Ok(message.entries)).await.is_err() {
            return Ok(());
        }
    }
    if next == to {
        Ok(())
    } else {
        Err(Status::data_loss(format!(
            "it ended before entry {next}, and goes on to {to}"
        )))
    }
}

/// The entries of one journal, for a thread that may block.
struct Lines {
    service: Service,
    messages: Messages,
    waiting: std::vec::IntoIter<pb::Entry>,
}

impl Iterator for Lines {
    type Item = Result<Entry, EvidenceError>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            if let Some(entry) = self.waiting.next() {
                return Some(Ok(Entry {
                    service: self.service,
                    line: entry.line,
                    texts: BTreeMap::new(),
                }));
            }
            match self.messages.blocking_recv()? {
                Ok(entries) => self.waiting = entries.into_iter(),
                Err(error) => return Some(Err(error)),
            }
        }
    }
}
