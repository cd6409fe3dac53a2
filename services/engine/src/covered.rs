//! What was received of a source is acted on at once; behind it, it is looked up in the source's own log, line by line under the root of its tree.
//!
//! So whoever can write to the broker in a source's name, and not into its journal, is found, and what can't be undone waits until everything
//! that it rests on has been found. What the source's log holds otherwise, or not at all, stops that source until an operator has opened its next
//! epoch there: with that the receivers list what they hold and it does not.

use crate::loss::Newest;
use crate::wait::PATIENCE;
use crate::{Engine, ExecuteError, Loaded};
use idesluss_domain::words::GrantId;
use idesluss_journal::{AppendError, Entry, StoreError};
use idesluss_proof::line::{Body, EventLine, parse, source_line};
use idesluss_proof::tree::{AtHand, Hash, Missing, UnderRoot, leaf_hash};
use idesluss_proto::pb::journal::v1::journal_service_client::JournalServiceClient;
use idesluss_proto::pb::journal::{GetHeadRequest, GetTileRequest};
use idesluss_runtime::{Peer, report_refusal};
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::sync::{Notify, watch};
use tokio::time::Instant;
use tonic::Status;

/// How often it is looked whether something has been received.
const EACH: Duration = Duration::from_secs(1);
/// How long a source may take for an answer.
const ANSWER: Duration = Duration::from_secs(2);
/// How many entries are read at once.
const BATCH: usize = 256;

/// What is reported when a source's log holds something else than what came in its name.
const CONTRADICTED: &str = "contradicted_source";

/// The sources that are received.
#[derive(Default)]
pub(crate) struct Sources {
    each: Mutex<BTreeMap<String, Arc<Source>>>,
    /// Why nothing more is taken in of a source.
    contradicted: watch::Sender<BTreeMap<String, Contradiction>>,
}

struct Source {
    /// What was received of it before this position of our journal has been found in its log.
    covered: watch::Sender<u64>,
    /// Somebody waits.
    wanted: Notify,
}

/// An event that came in a source's name and does not stand in its log.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Contradiction {
    epoch: u32,
    position: u64,
}

impl Sources {
    fn of(&self, source: &str) -> Option<Arc<Source>> {
        let each = self.each.lock().unwrap_or_else(PoisonError::into_inner);
        each.get(source).cloned()
    }

    fn begin(&self, source: &str) -> Arc<Source> {
        let mut each = self.each.lock().unwrap_or_else(PoisonError::into_inner);
        let begun = each.entry(source.to_owned()).or_insert_with(|| {
            Arc::new(Source {
                covered: watch::Sender::new(0),
                wanted: Notify::new(),
            })
        });
        begun.clone()
    }
}

impl Engine {
    /// Looks what was received of a source up in its own log, as long as this process may write, and keeps the source's newest checkpoint.
    pub fn check_source(&self, channel: Peer, source: String) {
        let engine = self.clone();
        self.spawn_writing(move || check(engine.clone(), channel.clone(), source.clone()));
    }

    /// The position of this journal before which everything that was received of a source has been found in its log; None: it is not received here.
    pub fn checked(&self, source: &str) -> Option<u64> {
        Some(*self.0.sources.of(source)?.covered.borrow())
    }

    /// Why nothing more is taken in of a source; None: nothing that came in its name stands otherwise in its log.
    pub fn contradicted(&self, source: &str) -> Option<String> {
        let found = self.0.sources.contradicted.borrow().get(source).cloned()?;
        Some(format!(
            "{source} does not hold in epoch {} what came in its name and stands here at {}: it was restored from a backup, or somebody else has written it; find out which, then open its next epoch",
            found.epoch, found.position
        ))
    }

    /// The sources of which nothing more is taken in, and why; and a wake-up at every change.
    pub(crate) fn contradictions(&self) -> (watch::Receiver<impl Sized + use<>>, Vec<String>) {
        let changes = self.0.sources.contradicted.subscribe();
        let sources: Vec<String> = self.0.sources.contradicted.borrow().keys().cloned().collect();
        let why = sources.iter().filter_map(|source| self.contradicted(source)).collect();
        (changes, why)
    }

    /// Waits until everything received that a command rests on, its grant too, has been found in its source's log.
    ///
    /// Errors: `Unchecked` after two seconds; `Contradicted` when it stands otherwise there.
    pub(crate) async fn wait_until_checked(&self, loaded: &Loaded, grant: Option<GrantId>) -> Result<(), ExecuteError> {
        let grant = match grant {
            Some(grant) => self.grant_received(grant).await?,
            None => None,
        };
        let grant = grant.as_ref().map(|(source, position)| (source.as_str(), *position));
        let received = loaded
            .0
            .values()
            .flat_map(|stream| &stream.entries)
            .filter(|entry| !entry.own);
        let rests_on = received
            .map(|entry| (entry.meta.source.as_str(), entry.position))
            .chain(grant);
        let mut last: BTreeMap<&str, u64> = BTreeMap::new();
        for (source, position) in rests_on {
            let last = last.entry(source).or_default();
            *last = position.max(*last);
        }
        let until = Instant::now() + PATIENCE;
        for (name, position) in last {
            // What nobody follows here was received by an earlier installation, and looked up then.
            let Some(source) = self.0.sources.of(name) else {
                continue;
            };
            let mut covered = source.covered.subscribe();
            while *covered.borrow_and_update() <= position {
                if let Some(why) = self.contradicted(name) {
                    return Err(ExecuteError::Contradicted(why));
                }
                source.wanted.notify_one();
                if !matches!(tokio::time::timeout_at(until, covered.changed()).await, Ok(Ok(()))) {
                    return Err(ExecuteError::Unchecked);
                }
            }
        }
        Ok(())
    }
}

/// Why a source's log could not be asked.
#[derive(Debug, thiserror::Error)]
enum CheckError {
    #[error("the source: {0}")]
    Status(#[from] Status),
    #[error("the source takes too long")]
    Slow,
    #[error("what the source tells of its tree: {0}")]
    Tree(#[from] idesluss_proof::tree::TreeError),
    #[error("the source tells hashes that are none")]
    Hash,
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(transparent)]
    Append(#[from] AppendError),
}

async fn check(engine: Engine, channel: Peer, source: String) {
    let state = engine.0.sources.begin(&source);
    let mut log = SourceLog {
        client: JournalServiceClient::new(channel),
        tree: None,
    };
    let mut told = false;
    let mut newest = Newest::new();
    loop {
        let checked = check_once(&engine, &source, &state, &mut log).await;
        match checked {
            Ok(()) => told = false,
            // The source is away, which others say louder: once is enough.
            Err(error) if !told => {
                tracing::warn!(source, %error, "what was received could not be looked up at its source");
                told = true;
            }
            Err(_) => {}
        }
        newest.keep(&engine, &mut log.client, &source).await;
        tokio::select! {
            () = tokio::time::sleep(EACH) => {}
            () = state.wanted.notified() => {}
        }
    }
}

/// Looks up what has come since the last time.
async fn check_once(engine: &Engine, source: &str, state: &Source, log: &mut SourceLog) -> Result<(), CheckError> {
    let cursor = format!("covered {source}");
    let stored = engine.store().cursor(&cursor).await?;
    let mut next = stored.max(*state.covered.borrow());
    let found = engine.0.sources.contradicted.borrow().get(source).cloned();
    if let Some(found) = found {
        log.tree = None;
        if log.tree().await?.epoch <= found.epoch {
            return Ok(());
        }
        tracing::info!(source, "the source has opened another epoch: it is received again");
        engine
            .0
            .sources
            .contradicted
            .send_modify(|all| drop(all.remove(source)));
    }
    let marker = format!("\"source\":\"{source}\"");
    let marker = memchr::memmem::Finder::new(marker.as_bytes());
    let outcome = 'all: loop {
        let entries = engine.news(next, BATCH).await?;
        if entries.is_empty() {
            break Ok(());
        }
        for entry in &entries {
            if marker.find(&entry.line).is_some() {
                match look_up(entry, source, log).await {
                    Ok(Found::There) => {}
                    Ok(Found::NotYet) => break 'all Ok(()),
                    Ok(Found::Otherwise { epoch }) => {
                        let position = entry.position;
                        report_refusal(CONTRADICTED);
                        tracing::error!(
                            source,
                            epoch,
                            position,
                            "an event that came in a source's name does not stand in its log: the source is stopped"
                        );
                        let contradiction = Contradiction { epoch, position };
                        engine
                            .0
                            .sources
                            .contradicted
                            .send_modify(|all| drop(all.insert(source.to_owned(), contradiction)));
                        break 'all Ok(());
                    }
                    Err(error) => break 'all Err(error),
                }
            }
            next = entry.position + 1;
        }
        state.covered.send_replace(next);
    };
    state.covered.send_replace(next);
    if next > stored {
        engine.store().set_cursor(&cursor, next).await?;
    }
    outcome
}

enum Found {
    There,
    /// Something else stands in its place.
    Otherwise {
        epoch: u32,
    },
    /// The source does not tell of so many entries yet.
    NotYet,
}

/// Looks one entry up, if it was received of `source`.
async fn look_up(entry: &Entry, source: &str, log: &mut SourceLog) -> Result<Found, CheckError> {
    let Ok(line) = parse(&entry.line) else {
        return Ok(Found::There);
    };
    let Body::Received {
        from_position,
        from_recorded_micros,
        event,
    } = line.body
    else {
        return Ok(Found::There);
    };
    if event.source != source {
        return Ok(Found::There);
    }
    let EventLine { bytes, epoch, .. } = event;
    if !log.tells_of(epoch, from_position) {
        log.tree = None;
        log.tree().await?;
    }
    let tree = log.tree().await?;
    // An epoch that was closed is listed with what was lost; the next one decided what holds.
    if epoch < tree.epoch {
        return Ok(Found::There);
    }
    if !log.tells_of(epoch, from_position) {
        return Ok(Found::NotYet);
    }
    let expected = leaf_hash(&source_line(from_position, from_recorded_micros, bytes));
    Ok(match log.leaf(from_position).await? == expected {
        true => Found::There,
        false => Found::Otherwise { epoch },
    })
}

/// A source's log as its own service tells of it.
struct SourceLog {
    client: JournalServiceClient<Peer>,
    tree: Option<Tree>,
}

/// As it was told a moment ago.
struct Tree {
    epoch: u32,
    under: UnderRoot,
    tiles: AtHand,
}

impl SourceLog {
    /// Whether what is at hand reaches as far as an entry.
    fn tells_of(&self, epoch: u32, position: u64) -> bool {
        let reaches = |tree: &Tree| epoch < tree.epoch || (epoch == tree.epoch && position < tree.under.size());
        self.tree.as_ref().is_some_and(reaches)
    }

    /// The tree, asked for unless it is at hand.
    async fn tree(&mut self) -> Result<&mut Tree, CheckError> {
        let tree = match self.tree.take() {
            Some(tree) => tree,
            None => {
                let head = answered(self.client.get_head(GetHeadRequest {})).await?;
                let root: Hash = head.root.try_into().map_err(|_| CheckError::Hash)?;
                Tree {
                    epoch: head.epoch,
                    under: UnderRoot::new(head.size, root),
                    tiles: AtHand::default(),
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
            self.tree().await?.tiles.put(level, number, hashes);
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
