//! `JournalService`: the entries themselves, for the other services and auditors.

use crate::{BlockedBy, Engine, SignedCheckpoint};
use futures_util::StreamExt as _;
use futures_util::stream::{BoxStream, unfold};
use idesluss_domain::is_written_by;
use idesluss_domain::words::Audience;
use idesluss_journal::Entry;
use idesluss_proof::line::{Body, parse};
use idesluss_proof::tree::root_of;
use idesluss_proto::pb::journal as pb;
use idesluss_proto::pb::journal::v1::journal_service_server::{JournalService, JournalServiceServer};
use idesluss_proto::status::{Reason, refuse, refuse_saying};
use idesluss_runtime::report_refusal;
use tonic::{Request, Response, Status};

/// How many entries one message has at the most, and how many bytes of lines.
const MESSAGE_ENTRIES: usize = 512;
const MESSAGE_BYTES: usize = 1024 * 1024;
const PULL_EVENTS: u32 = 1_024;

/// The journal service of this engine's journal.
pub fn journal_server(engine: Engine) -> JournalServiceServer<impl JournalService> {
    JournalServiceServer::new(Journal { engine })
}

struct Journal {
    engine: Engine,
}

fn unreadable(error: idesluss_journal::StoreError) -> Status {
    match error {
        idesluss_journal::StoreError::Damaged(what) => {
            tracing::error!(what, "the journal is damaged");
            refuse_saying(Reason::JournalDamaged, &[("what", &what)])
        }
        other => crate::ExecuteError::Store(other).into(),
    }
}

fn source_event(entry: &Entry) -> Option<pb::SourceEvent> {
    let line = parse(&entry.line).ok()?;
    let Body::Own(event) = line.body else { return None };
    Some(pb::SourceEvent {
        position: entry.position,
        recorded_micros: line.recorded_micros,
        epoch: event.epoch,
        sequence: event.sequence,
        event: event.bytes.to_vec(),
    })
}

/// The first entries that fit one message.
fn fitting(entries: Vec<Entry>) -> Vec<Entry> {
    let mut bytes = 0;
    let fits = |entry: &Entry| {
        bytes += entry.line.len();
        bytes <= MESSAGE_BYTES
    };
    entries.into_iter().take_while(fits).collect()
}

impl Journal {
    fn check_source(&self, source: &str) -> Result<(), Status> {
        let is_published = Audience::of_source(source).is_some_and(Audience::is_published);
        if is_written_by(source, self.engine.store().name()) && is_published {
            Ok(())
        } else {
            Err(refuse(Reason::UnknownSource))
        }
    }

    /// A receiver that holds more than was ever written here, or a checkpoint of it, would show that this journal was restored from an older backup:
    /// from now on it would write other events under the same numbers. Where that is proved, no command is taken until an operator has opened a new
    /// epoch; where it is only said, nothing happens but that it is refused.
    async fn check_not_ahead(&self, claim: Claim<'_>) -> Result<(), Status> {
        let store = self.engine.store();
        // A replica may simply not have heard of the last entries.
        if !store.lease().borrow().is_held() {
            return Ok(());
        }
        let head = store.head().borrow().clone();
        let written = head.own.get(claim.source).copied().unwrap_or(0);
        let is_ahead = claim.epoch > head.epoch || (claim.epoch == head.epoch && claim.sequence > written);
        // Also where it is not ahead: what is lost may all be of other sources.
        let proof = self.engine.proof_of_loss(claim.checkpoint).await.map_err(unreadable)?;
        let signed = match proof {
            Some(signed) => signed,
            None if !is_ahead => return Ok(()),
            None => {
                report_refusal("unproved_loss");
                return Err(refuse(Reason::UnprovedLoss));
            }
        };
        let why = format!(
            "a receiver shows that epoch {} was signed here with {} entries, which this journal does not have (epoch {}, {} entries): it was restored from an older backup, open a new epoch",
            signed.epoch, signed.size, head.epoch, head.size
        );
        tracing::error!(why, "no commands are taken");
        self.engine.block_writes(BlockedBy::Exchange, Some(why));
        Err(refuse(Reason::JournalRestored))
    }
}

/// What somebody says that they hold of a source, and the checkpoint that they show for it.
#[derive(Clone, Copy)]
struct Claim<'a> {
    source: &'a str,
    epoch: u32,
    sequence: u64,
    checkpoint: &'a str,
}

#[tonic::async_trait]
impl JournalService for Journal {
    async fn get_head(&self, _: Request<pb::GetHeadRequest>) -> Result<Response<pb::GetHeadResponse>, Status> {
        // From what was noted with the last entry, never from the lines: whoever holds those against it learns whether they are still the same.
        let (size, peaks) = self.engine.store().peaks().await.map_err(unreadable)?;
        // After it, so that no tree is told in an epoch that had ended before.
        let head = self.engine.store().head().borrow().clone();
        let sources = head.own.into_keys().collect();
        Ok(Response::new(pb::GetHeadResponse {
            size,
            epoch: head.epoch,
            root: root_of(&peaks).to_vec(),
            sources,
            peaks: peaks.iter().map(|peak| peak.to_vec()).collect(),
        }))
    }

    async fn get_tile(&self, request: Request<pb::GetTileRequest>) -> Result<Response<pb::GetTileResponse>, Status> {
        let pb::GetTileRequest { level, number } = request.into_inner();
        // A tree of 2^64 entries has eight levels.
        let Some(level) = u8::try_from(level).ok().filter(|level| *level < 8) else {
            return Err(refuse(Reason::NoSuchLevel));
        };
        let hashes = self.engine.store().tile(level, number).await.map_err(unreadable)?;
        let hashes = hashes.iter().map(|hash| hash.to_vec()).collect();
        Ok(Response::new(pb::GetTileResponse { hashes }))
    }

    async fn get_checkpoint(
        &self,
        _: Request<pb::GetCheckpointRequest>,
    ) -> Result<Response<pb::GetCheckpointResponse>, Status> {
        let signed = self.engine.0.checkpoint.borrow().clone();
        let SignedCheckpoint { note, keys } = signed.ok_or_else(|| refuse(Reason::NotSigned))?;
        Ok(Response::new(pb::GetCheckpointResponse { note, keys }))
    }

    type ReadRangeStream = BoxStream<'static, Result<pb::ReadRangeResponse, Status>>;

    async fn read_range(
        &self,
        request: Request<pb::ReadRangeRequest>,
    ) -> Result<Response<Self::ReadRangeStream>, Status> {
        let pb::ReadRangeRequest { from, to } = request.into_inner();
        let size = self.engine.store().head().borrow().size;
        let to = if to == 0 { size } else { to.min(size) };
        let engine = self.engine.clone();
        let stream = unfold(from, move |next| {
            let engine = engine.clone();
            async move {
                if next >= to {
                    return None;
                }
                let limit = MESSAGE_ENTRIES.min(usize::try_from(to - next).unwrap_or(MESSAGE_ENTRIES));
                let entries = match engine.store().read(next, limit).await {
                    Ok(entries) => fitting(entries),
                    Err(error) => return Some((Err(unreadable(error)), to)),
                };
                let after = entries.last()?.position + 1;
                let entries = entries
                    .into_iter()
                    .map(|entry| pb::Entry {
                        position: entry.position,
                        line: entry.line.to_vec(),
                    })
                    .collect();
                Some((Ok(pb::ReadRangeResponse { entries }), after))
            }
        });
        Ok(Response::new(stream.boxed()))
    }

    type FollowStream = BoxStream<'static, Result<pb::FollowResponse, Status>>;

    async fn follow(&self, request: Request<pb::FollowRequest>) -> Result<Response<Self::FollowStream>, Status> {
        let pb::FollowRequest {
            source,
            after_epoch,
            after_sequence,
            checkpoint,
        } = request.into_inner();
        self.check_source(&source)?;
        self.check_not_ahead(Claim {
            source: &source,
            epoch: after_epoch,
            sequence: after_sequence,
            checkpoint: &checkpoint,
        })
        .await?;
        let (engine, wakes) = (self.engine.clone(), self.engine.wakes());
        let shutdown = self.engine.shutdown().clone();
        let stream = unfold(Some((after_epoch, after_sequence, wakes)), move |state| {
            let (engine, source) = (engine.clone(), source.clone());
            async move {
                let (epoch, sequence, mut wakes) = state?;
                loop {
                    // Seen before reading: what is written meanwhile wakes us again.
                    wakes.borrow_and_update();
                    let entries = match engine.store().feed(&source, epoch, sequence, MESSAGE_ENTRIES).await {
                        Ok(entries) => fitting(entries),
                        Err(error) => return Some((Err(unreadable(error)), None)),
                    };
                    let events: Vec<_> = entries.iter().filter_map(source_event).collect();
                    if let Some(last) = events.last() {
                        let next = (last.epoch, last.sequence, wakes);
                        return Some((Ok(pb::FollowResponse { events }), Some(next)));
                    }
                    wakes.changed().await.ok()?;
                }
            }
        });
        Ok(Response::new(stream.take_until(shutdown.cancelled_owned()).boxed()))
    }

    async fn pull_gap(&self, request: Request<pb::PullGapRequest>) -> Result<Response<pb::PullGapResponse>, Status> {
        let pb::PullGapRequest {
            source,
            after_epoch,
            after_sequence,
            limit,
            checkpoint,
        } = request.into_inner();
        self.check_source(&source)?;
        self.check_not_ahead(Claim {
            source: &source,
            epoch: after_epoch,
            sequence: after_sequence,
            checkpoint: &checkpoint,
        })
        .await?;
        let limit = if limit == 0 {
            PULL_EVENTS
        } else {
            limit.min(PULL_EVENTS)
        } as usize;
        let entries = self
            .engine
            .store()
            .feed(&source, after_epoch, after_sequence, limit)
            .await;
        let events = fitting(entries.map_err(unreadable)?)
            .iter()
            .filter_map(source_event)
            .collect();
        Ok(Response::new(pb::PullGapResponse { events }))
    }
}
