//! A source's log as its own service tells of it: whether a line that was received stands in it.

use crate::kept::Signed;
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
    #[error("the source's log does not extend the one of which it has signed {0} entries")]
    NotAsSigned(u64),
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

/// A source's log, which extends what the source has signed of it.
pub(crate) struct SourceLog {
    client: JournalServiceClient<Peer>,
    signed: Option<Signed>,
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
            signed: None,
            tree: None,
        }
    }

    /// From now on it has to extend this.
    pub(crate) fn must_extend(&mut self, signed: Signed) {
        if self.signed != Some(signed) {
            self.signed = Some(signed);
            self.tree = None;
        }
    }

    /// The epoch that the log is in, asked for now.
    pub(crate) async fn epoch(&mut self) -> Result<u32, CheckError> {
        let tree = self.fresh().await?;
        Ok(self.tree.insert(tree).epoch)
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
        let at_hand = self.tree.take().filter(|tree| tree.kept < MOST_TILES && reaches(tree));
        // Where it fails none is at hand: it may have grown between two questions, or another replica has answered.
        let mut tree = match at_hand {
            Some(tree) => tree,
            None => self.fresh().await?,
        };
        let found = if reaches(&tree) {
            let leaf = |tree: &mut Tree| tree.under.leaf(&tree.tiles, *from_position);
            let expected = leaf_hash(&source_line(*from_position, *from_recorded_micros, event.bytes));
            match answer(&mut self.client, &mut tree, leaf).await? == expected {
                true => Found::There,
                false => Found::Otherwise,
            }
        } else {
            Found::Beyond
        };
        self.tree = Some(tree);
        Ok(found)
    }

    /// Whether the log extends what is said to be signed of it. In another epoch it need not, and a replica that is behind can't tell.
    pub(crate) async fn extends(&mut self, signed: Signed) -> Result<bool, CheckError> {
        let mut tree = self.fetch().await?;
        self.tree_extends(&mut tree, signed).await
    }

    /// The tree as it is now, if it extends what was signed.
    async fn fresh(&mut self) -> Result<Tree, CheckError> {
        let mut tree = self.fetch().await?;
        if let Some(signed) = self.signed
            && !self.tree_extends(&mut tree, signed).await?
        {
            return Err(CheckError::NotAsSigned(signed.size));
        }
        Ok(tree)
    }

    async fn fetch(&mut self) -> Result<Tree, CheckError> {
        let head = answered(self.client.get_head(GetHeadRequest {})).await?;
        let root: Hash = head.root.try_into().map_err(|_| CheckError::Hash)?;
        Ok(Tree {
            epoch: head.epoch,
            under: UnderRoot::new(head.size, root),
            tiles: AtHand::default(),
            kept: 0,
        })
    }

    async fn tree_extends(&mut self, tree: &mut Tree, signed: Signed) -> Result<bool, CheckError> {
        if tree.epoch != signed.epoch || tree.under.size() < signed.size {
            return Ok(true);
        }
        let extends = |tree: &mut Tree| tree.under.extends(&tree.tiles, signed.size, &signed.root);
        answer(&mut self.client, tree, extends).await
    }
}

/// What a tree answers, with the tiles that it takes.
async fn answer<T>(
    client: &mut JournalServiceClient<Peer>,
    tree: &mut Tree,
    question: impl Fn(&mut Tree) -> Result<T, Missing>,
) -> Result<T, CheckError> {
    loop {
        let (level, number) = match question(tree) {
            Ok(answer) => return Ok(answer),
            Err(Missing::Tile { level, number }) => (level, number),
            Err(Missing::Tree(error)) => return Err(error.into()),
        };
        let request = GetTileRequest {
            level: level.into(),
            number,
        };
        let hashes = answered(client.get_tile(request)).await?.hashes;
        let hashes: Result<Vec<Hash>, _> = hashes.into_iter().map(Hash::try_from).collect();
        tree.tiles.put(level, number, hashes.map_err(|_| CheckError::Hash)?);
        tree.kept += 1;
    }
}

/// An answer in time.
async fn answered<T>(asked: impl Future<Output = Result<tonic::Response<T>, Status>>) -> Result<T, CheckError> {
    let answer = tokio::time::timeout(ANSWER, asked)
        .await
        .map_err(|_| CheckError::Slow)?;
    Ok(answer?.into_inner())
}
