//! A source's log as its own service tells of it: whether a line that was received stands in it.

use crate::signed::SignedJournal;
use idesluss_journal::{AppendError, StoreError};
use idesluss_proof::line::{Body, parse, source_line};
use idesluss_proof::tree::{AtHand, Hash, Missing, TILE_WIDTH, TreeError, UnderRoot, leaf_hash};
use idesluss_proto::pb::journal::v1::journal_service_client::JournalServiceClient;
use idesluss_proto::pb::journal::{GetHeadRequest, GetTileRequest};
use idesluss_runtime::Peer;
use std::time::Duration;
use tonic::Status;

/// How long a source may take for an answer.
const ANSWER: Duration = Duration::from_secs(2);
/// The longest answer: a tile of 256 hashes with room around each.
const MAX_ANSWER: usize = 64 * 1024;
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
    #[error("the source's log does not extend the one of which it has signed {} entries", .0.size)]
    Inconsistent(SignedJournal),
    #[error(
        "the source tells less than it has signed: a replica is behind, or its database was restored from a backup"
    )]
    Behind,
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(transparent)]
    Append(#[from] AppendError),
}

/// A line that was received, as it has to stand in its source's log.
pub(crate) struct ReceivedLine {
    pub(crate) source: String,
    pub(crate) epoch: u32,
    position: u64,
    leaf: Hash,
}

impl ReceivedLine {
    /// Reads an entry's line. None: it was not received.
    pub(crate) fn read(line: &[u8]) -> Option<Self> {
        let Body::Received {
            from_position,
            from_recorded_micros,
            event,
        } = parse(line).ok()?.body
        else {
            return None;
        };
        Some(Self {
            source: event.source.into_owned(),
            epoch: event.epoch,
            position: from_position,
            leaf: leaf_hash(&source_line(from_position, from_recorded_micros, event.bytes)),
        })
    }
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

/// How a log stands to what was signed of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Consistency {
    /// It extends it.
    Consistent,
    /// It is another.
    Inconsistent,
    /// It is shorter, or in an earlier epoch: another replica is behind, or something was lost.
    Behind,
    /// It has opened another epoch since, and may have lost what was signed before.
    NewerEpoch,
}

/// A source's log.
pub(crate) struct SourceLog {
    client: JournalServiceClient<Peer>,
    /// What extends the newest that was signed, if anything is known to be.
    tree: Option<Tree>,
}

/// As it was told a moment ago.
struct Tree {
    epoch: u32,
    under: UnderRoot,
    tiles: AtHand,
    /// How many of them are at hand.
    cached_tiles: usize,
}

impl SourceLog {
    pub(crate) fn new(channel: Peer) -> Self {
        Self {
            // No answer is longer than a tile of this many hashes in its message.
            client: JournalServiceClient::new(channel).max_decoding_message_size(MAX_ANSWER),
            tree: None,
        }
    }

    /// The epoch that the log is in, asked for now. Errors: it is not the one that was signed.
    pub(crate) async fn epoch(&mut self, signed: Option<SignedJournal>) -> Result<u32, CheckError> {
        let tree = self.fresh(signed).await?;
        Ok(self.tree.insert(tree).epoch)
    }

    /// Looks up a received line, in the tree at hand if that reaches as far. Errors: the log is not the one that was signed.
    pub(crate) async fn look_up(
        &mut self,
        line: &ReceivedLine,
        signed: Option<SignedJournal>,
    ) -> Result<Found, CheckError> {
        let reaches = |tree: &Tree| line.epoch <= tree.epoch && line.position < tree.under.size();
        // Where it fails none is at hand: it may have grown between two questions, or another replica has answered.
        let mut tree = match self.at_hand(reaches) {
            Some(tree) => tree,
            None => self.fresh(signed).await?,
        };
        let found = if reaches(&tree) {
            let leaf = |tree: &mut Tree| tree.under.leaf(&tree.tiles, line.position);
            match answer(&mut self.client, &mut tree, leaf).await? == line.leaf {
                true => Found::There,
                false => Found::Otherwise,
            }
        } else {
            Found::Beyond
        };
        self.tree = Some(tree);
        Ok(found)
    }

    /// How the log stands to what is newly said to be signed of it. Errors: it is not the one that was signed before.
    pub(crate) async fn consistency(
        &mut self,
        newer: SignedJournal,
        signed: Option<SignedJournal>,
    ) -> Result<Consistency, CheckError> {
        let reaches = |tree: &Tree| tree.epoch == newer.epoch && newer.size <= tree.under.size();
        let mut tree = match self.at_hand(reaches) {
            Some(tree) => tree,
            None => self.fresh(signed).await?,
        };
        let found = consistency(&mut self.client, &mut tree, newer).await?;
        // Another one says nothing of what is signed from now on.
        self.tree = (found == Consistency::Consistent).then_some(tree);
        Ok(found)
    }

    fn at_hand(&mut self, reaches: impl Fn(&Tree) -> bool) -> Option<Tree> {
        self.tree
            .take()
            .filter(|tree| tree.cached_tiles < MOST_TILES && reaches(tree))
    }

    /// The tree as it is now, if it extends what was signed of it.
    async fn fresh(&mut self, signed: Option<SignedJournal>) -> Result<Tree, CheckError> {
        self.tree = None;
        let mut tree = self.fetch().await?;
        let Some(signed) = signed else {
            return Ok(tree);
        };
        match consistency(&mut self.client, &mut tree, signed).await? {
            Consistency::Consistent | Consistency::NewerEpoch => Ok(tree),
            Consistency::Inconsistent => Err(CheckError::Inconsistent(signed)),
            Consistency::Behind => Err(CheckError::Behind),
        }
    }

    async fn fetch(&mut self) -> Result<Tree, CheckError> {
        let head = answered(self.client.get_head(GetHeadRequest {})).await?;
        let root: Hash = head.root.try_into().map_err(|_| CheckError::Hash)?;
        Ok(Tree {
            epoch: head.epoch,
            under: UnderRoot::new(head.size, root),
            tiles: AtHand::default(),
            cached_tiles: 0,
        })
    }
}

async fn consistency(
    client: &mut JournalServiceClient<Peer>,
    tree: &mut Tree,
    signed: SignedJournal,
) -> Result<Consistency, CheckError> {
    if tree.epoch > signed.epoch {
        return Ok(Consistency::NewerEpoch);
    }
    if tree.epoch < signed.epoch || tree.under.size() < signed.size {
        return Ok(Consistency::Behind);
    }
    let extends = |tree: &mut Tree| tree.under.extends(&tree.tiles, signed.size, &signed.root);
    Ok(match answer(client, tree, extends).await? {
        true => Consistency::Consistent,
        false => Consistency::Inconsistent,
    })
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
        // A full tile is the most that any tree asks for.
        let hashes = hashes.into_iter().take(TILE_WIDTH);
        let hashes: Result<Vec<Hash>, _> = hashes.map(Hash::try_from).collect();
        tree.tiles.put(level, number, hashes.map_err(|_| CheckError::Hash)?);
        tree.cached_tiles += 1;
    }
}

/// An answer in time.
async fn answered<T>(asked: impl Future<Output = Result<tonic::Response<T>, Status>>) -> Result<T, CheckError> {
    let answer = tokio::time::timeout(ANSWER, asked)
        .await
        .map_err(|_| CheckError::Slow)?;
    Ok(answer?.into_inner())
}
