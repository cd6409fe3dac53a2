//! A journal's entries as a stream over gRPC.

use idesluss_proof::tree::Hash;
use idesluss_proto::pb::journal::v1::journal_service_client::JournalServiceClient;
use idesluss_proto::pb::journal::{
    Entry, GetHeadRequest, GetHeadResponse, GetTileRequest, ReadRangeRequest, ReadRangeResponse,
};
use std::time::Duration;
use tonic::transport::Channel;
use tonic::{Status, Streaming};

/// How long one answer may take.
const ANSWER: Duration = Duration::from_secs(30);
/// How often a stream that ends early is taken up again: the process may not have heard yet of the last entries that its database has.
const ATTEMPTS: u32 = 5;
const PAUSE: Duration = Duration::from_millis(200);

/// Why a journal can't be read.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub(super) struct Unread(pub(super) String);

impl From<Status> for Unread {
    fn from(status: Status) -> Self {
        Self(format!("{} ({:?})", status.message(), status.code()))
    }
}

/// Reads a journal up to where its head stood at the beginning.
pub(super) struct Reader {
    client: JournalServiceClient<Channel>,
    head: GetHeadResponse,
    next: u64,
    stream: Option<Streaming<ReadRangeResponse>>,
    attempts: u32,
}

impl Reader {
    pub(super) async fn open(channel: Channel) -> Result<Self, Unread> {
        let mut client = JournalServiceClient::new(channel);
        let head = within(client.get_head(GetHeadRequest {})).await?.into_inner();
        Ok(Self {
            client,
            head,
            next: 0,
            stream: None,
            attempts: 0,
        })
    }

    /// Where the journal stood.
    pub(super) fn head(&self) -> &GetHeadResponse {
        &self.head
    }

    /// The next entries, in order; None after the last, or when no more come.
    pub(super) async fn next(&mut self) -> Result<Option<Vec<Entry>>, Unread> {
        while self.next < self.head.size {
            if self.stream.is_none() {
                self.stream = Some(self.range(self.next, self.head.size).await?);
            }
            let Some(stream) = &mut self.stream else { continue };
            let entries = within(stream.message())
                .await?
                .map(|some| some.entries)
                .unwrap_or_default();
            if let Some(last) = entries.last() {
                // A place that is left out is for the lines to tell; it is not waited for.
                self.next = self.next.max(last.position.saturating_add(1));
                return Ok(Some(entries));
            }
            self.stream = None;
            self.attempts += 1;
            if self.attempts > ATTEMPTS {
                // They are missing: whoever compares with the head sees it.
                return Ok(None);
            }
            tokio::time::sleep(PAUSE).await;
        }
        Ok(None)
    }

    /// Entries once more.
    pub(super) async fn again(&mut self, from: u64, to: u64) -> Result<Vec<Entry>, Unread> {
        let mut stream = self.range(from, to).await?;
        let mut entries = Vec::new();
        while let Some(some) = within(stream.message()).await? {
            entries.extend(some.entries);
        }
        Ok(entries)
    }

    /// The hashes of 256 entries as they are stored.
    pub(super) async fn tile(&mut self, number: u64) -> Result<Vec<Hash>, Unread> {
        let request = GetTileRequest { level: 0, number };
        let hashes = within(self.client.get_tile(request)).await?.into_inner().hashes;
        hashes.iter().map(|hash| self::hash(hash)).collect()
    }

    async fn range(&mut self, from: u64, to: u64) -> Result<Streaming<ReadRangeResponse>, Unread> {
        let request = ReadRangeRequest { from, to };
        Ok(within(self.client.read_range(request)).await?.into_inner())
    }
}

/// A hash as it came.
pub(super) fn hash(bytes: &[u8]) -> Result<Hash, Unread> {
    Hash::try_from(bytes).map_err(|_| Unread(format!("a hash has {} bytes, not 32", bytes.len())))
}

async fn within<T>(answer: impl Future<Output = Result<T, Status>>) -> Result<T, Unread> {
    match tokio::time::timeout(ANSWER, answer).await {
        Ok(answer) => Ok(answer?),
        Err(_) => Err(Unread(format!("no answer in {} s", ANSWER.as_secs()))),
    }
}
