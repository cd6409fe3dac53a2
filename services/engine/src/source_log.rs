//! A source's log as its own service tells of it: whether a line that was received stands in it.

use idesluss_journal::{AppendError, StoreError};
use idesluss_proof::line::{Body, Line, source_line};
use idesluss_proof::tree::{AtHand, Hash, Missing, TreeError, UnderRoot, leaf_hash};
use idesluss_proto::pb::journal::v1::journal_service_client::JournalServiceClient;
use idesluss_proto::pb::journal::{GetHeadRequest, GetTileRequest};
use idesluss_runtime::Peer;
use std::time::Duration;
use tonic::Status;

/// How long a source may take for an answer.
const ANSWER: Duration = Duration::from_secs(2);
/// So many tiles are kept of one tree at most, 16 MiB: who looks a long log up begins anew then.
const MOST_TILES: usize = 2_048;

/// Why a source's log could not be asked.
#[derive(Debug, thiserror::Error)]
pub(crate) enum CheckError {
    #[error("the source: {0}")]
    Status(#[from] Status),
    #[error("the source takes too long")]
    Slow,
    #[error("what the source tells of its tree: {0}")]
    Tree(#[from] TreeError),
    #[error("the source tells hashes that are none")]
    Hash,
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(transparent)]
    Append(#[from] AppendError),
}

/// What a source's log says of a line that was received of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Found {
    /// It stands there.
    There,
    /// Something else stands in its place.
    Otherwise,
    /// The log does not reach as far, or is not in that epoch.
    Beyond,
}

/// A source's log.
pub(crate) struct SourceLog {
    client: JournalServiceClient<Peer>,
    tree: Option<Tree>,
}

/// As it was told a moment ago.
struct Tree {
    epoch: u32,
    under: UnderRoot,
    tiles: AtHand,
    /// How many of them are kept.
    kept: usize,
}

impl SourceLog {
    pub(crate) fn new(channel: Peer) -> Self {
        Self {
            client: JournalServiceClient::new(channel),
            tree: None,
        }
    }

    /// The epoch that the log is in, asked for now.
    pub(crate) async fn epoch(&mut self) -> Result<u32, CheckError> {
        self.tree = None;
        Ok(self.tree().await?.epoch)
    }

    /// Looks up a received line, in the tree at hand if that reaches as far.
    pub(crate) async fn look_up(&mut self, line: &Line<'_>) -> Result<Found, CheckError> {
        let Body::Received {
            from_position,
            from_recorded_micros,
            event,
        } = &line.body
        else {
            return Ok(Found::There);
        };
        let reaches = |tree: &Tree| event.epoch <= tree.epoch && *from_position < tree.under.size();
        if !self.tree.as_ref().is_some_and(reaches) {
            self.tree = None;
            if !reaches(self.tree().await?) {
                return Ok(Found::Beyond);
            }
        }
        let expected = leaf_hash(&source_line(*from_position, *from_recorded_micros, event.bytes));
        Ok(match self.leaf(*from_position).await? == expected {
            true => Found::There,
            false => Found::Otherwise,
        })
    }

    /// The tree, asked for unless it is at hand.
    async fn tree(&mut self) -> Result<&mut Tree, CheckError> {
        let tree = match self.tree.take() {
            Some(tree) if tree.kept < MOST_TILES => tree,
            _ => {
                let head = answered(self.client.get_head(GetHeadRequest {})).await?;
                let root: Hash = head.root.try_into().map_err(|_| CheckError::Hash)?;
                Tree {
                    epoch: head.epoch,
                    under: UnderRoot::new(head.size, root),
                    tiles: AtHand::default(),
                    kept: 0,
                }
            }
        };
        Ok(self.tree.insert(tree))
    }

    /// The hash of an entry of the tree at hand.
    async fn leaf(&mut self, position: u64) -> Result<Hash, CheckError> {
        loop {
            let tree = self.tree().await?;
            let (level, number) = match tree.under.leaf(&tree.tiles, position) {
                Ok(leaf) => return Ok(leaf),
                Err(Missing::Tile { level, number }) => (level, number),
                Err(Missing::Tree(error)) => {
                    // It may have grown between two questions, or another replica has answered: asked for anew next time.
                    self.tree = None;
                    return Err(error.into());
                }
            };
            let request = GetTileRequest {
                level: level.into(),
                number,
            };
            let hashes = answered(self.client.get_tile(request)).await?.hashes;
            let hashes: Result<Vec<Hash>, _> = hashes.into_iter().map(Hash::try_from).collect();
            let hashes = hashes.map_err(|_| CheckError::Hash)?;
            let tree = self.tree().await?;
            tree.tiles.put(level, number, hashes);
            tree.kept += 1;
        }
    }
}

/// An answer in time.
async fn answered<T>(asked: impl Future<Output = Result<tonic::Response<T>, Status>>) -> Result<T, CheckError> {
    let answer = tokio::time::timeout(ANSWER, asked)
        .await
        .map_err(|_| CheckError::Slow)?;
    Ok(answer?.into_inner())
}
