//! One service's journal as it is asked over gRPC: entries, tiles, and what was signed.

use super::AuditError;
use idesluss_domain::words::Timestamp;
use idesluss_proof::checkpoint::Checkpoint;
use idesluss_proof::line::parse;
use idesluss_proof::note::SignedNote;
use idesluss_proof::tree::{Hash, TileReader, TreeError};
use idesluss_proto::pb::journal as pb;
use idesluss_proto::pb::journal::v1::journal_service_client::JournalServiceClient;
use std::collections::HashMap;
use std::time::{Duration, Instant};
use tonic::Status;
use tonic::transport::Channel;

/// How long a signature is waited for; it takes less than a second.
const SIGNING: Duration = Duration::from_secs(10);

/// A journal.
pub(super) struct Journal {
    /// Whose.
    pub(super) service: &'static str,
    client: JournalServiceClient<Channel>,
    tiles: AtHand,
}

/// The tiles that were read.
#[derive(Default)]
pub(super) struct AtHand(HashMap<(u8, u64), Vec<Hash>>);

/// Why the tree can't answer yet.
pub(super) enum Missing {
    Tile(u8, u64),
    Tree(TreeError),
}

impl From<TreeError> for Missing {
    fn from(error: TreeError) -> Self {
        Self::Tree(error)
    }
}

impl TileReader for AtHand {
    type Error = Missing;

    fn tile(&self, level: u8, number: u64, width: usize) -> Result<Vec<Hash>, Missing> {
        let found = self.0.get(&(level, number)).ok_or(Missing::Tile(level, number))?;
        // The tile may have grown since the tree that is asked about.
        Ok(found[..width.min(found.len())].to_vec())
    }
}

impl Journal {
    pub(super) fn new(service: &'static str, channel: Channel) -> Self {
        Self {
            service,
            client: JournalServiceClient::new(channel),
            tiles: AtHand::default(),
        }
    }

    fn failed(&self) -> impl Fn(Status) -> AuditError + use<> {
        let service = self.service;
        move |status| AuditError::Journal {
            service,
            reason: status.to_string(),
        }
    }

    /// The checkpoint over everything that stood in the journal when this was asked.
    pub(super) async fn checkpoint(&mut self) -> Result<(SignedNote, Checkpoint), AuditError> {
        let failed = self.failed();
        let head = self
            .client
            .get_head(pb::GetHeadRequest {})
            .await
            .map_err(&failed)?
            .into_inner();
        let until = Instant::now() + SIGNING;
        loop {
            match self.client.get_checkpoint(pb::GetCheckpointRequest {}).await {
                Ok(answer) => {
                    let wrong = |why: String| AuditError::Checkpoint(self.service, why);
                    let note = SignedNote::read(answer.into_inner().note.as_bytes());
                    let note = note.map_err(|error| wrong(error.to_string()))?;
                    let checkpoint: Checkpoint = note
                        .text()
                        .parse()
                        .map_err(|error: idesluss_proof::checkpoint::CheckpointError| wrong(error.to_string()))?;
                    if checkpoint.size >= head.size {
                        return Ok((note, checkpoint));
                    }
                }
                Err(status) if status.code() == tonic::Code::Unavailable => {}
                Err(status) => return Err(failed(status)),
            }
            if Instant::now() > until {
                return Err(AuditError::Unsigned(self.service));
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    }

    /// Asks the tree, whose tiles are read as they are needed.
    pub(super) async fn tree<T>(&mut self, ask: impl Fn(&AtHand) -> Result<T, Missing>) -> Result<T, AuditError> {
        loop {
            match ask(&self.tiles) {
                Ok(answer) => return Ok(answer),
                Err(Missing::Tree(error)) => return Err(AuditError::Tree(self.service, error)),
                Err(Missing::Tile(level, number)) => {
                    let request = pb::GetTileRequest {
                        level: level.into(),
                        number,
                    };
                    let failed = self.failed();
                    let hashes = self.client.get_tile(request).await.map_err(failed)?.into_inner().hashes;
                    let hashes: Option<Vec<Hash>> = hashes.into_iter().map(|hash| hash.try_into().ok()).collect();
                    let hashes = hashes.ok_or(AuditError::Tree(
                        self.service,
                        TreeError::ShortTile {
                            level,
                            number,
                            found: 0,
                            wanted: 1,
                        },
                    ))?;
                    self.tiles.0.insert((level, number), hashes);
                }
            }
        }
    }

    /// Shows the lines from `from` up to `to`, in order.
    pub(super) async fn entries(
        &mut self,
        from: u64,
        to: u64,
        mut show: impl FnMut(u64, &[u8]) -> Result<(), AuditError>,
    ) -> Result<(), AuditError> {
        if from >= to {
            return Ok(());
        }
        let failed = self.failed();
        let range = self.client.read_range(pb::ReadRangeRequest { from, to }).await;
        let mut stream = range.map_err(&failed)?.into_inner();
        while let Some(message) = stream.message().await.map_err(&failed)? {
            for entry in message.entries {
                show(entry.position, &entry.line)?;
            }
        }
        Ok(())
    }

    /// The position of the first entry that was recorded at `time` or later; `size` if there is none.
    pub(super) async fn first_at(&mut self, time: Timestamp, size: u64) -> Result<u64, AuditError> {
        let (mut low, mut high) = (0, size);
        // Times never decrease.
        while low < high {
            let middle = low + (high - low) / 2;
            let mut recorded = None;
            let service = self.service;
            self.entries(middle, middle + 1, |_, line| {
                let line = parse(line).map_err(|error| AuditError::Line(service, error.to_string()))?;
                recorded = Some(line.recorded_micros);
                Ok(())
            })
            .await?;
            if recorded.is_some_and(|recorded| recorded < time.as_micros()) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        Ok(low)
    }
}
