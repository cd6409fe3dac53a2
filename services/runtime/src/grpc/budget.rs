//! How many requests are worked on and answered at once, over all connections and for each party, and for how long each may be.

use super::caller::{Caller, Taking, UnderWay};
use crate::edge::{PacedBody, Party};
use crate::report_refusal;
use bytes::Bytes;
use http::{Request, Response};
use http_body::{Frame, SizeHint};
use prost::Message as _;
use prost_types::FileDescriptorSet;
use std::collections::BTreeMap;
use std::convert::Infallible;
use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};
use std::time::Duration;
use tonic::Status;
use tonic::body::Body;
use tower::{Layer, Service};

/// How long a request may take to the first of its answer.
const DEADLINE: Duration = Duration::from_secs(30);
/// How long an upload may take: a file of 10 MiB over a slow line.
const UPLOAD: Duration = Duration::from_secs(15 * 60);

/// What an rpc takes a place among.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Kind {
    Request,
    /// A file on its way in, which may take minutes.
    Upload,
    /// A history, a download, a part of a journal: as long as an answer lasts.
    Download,
    /// Somebody who follows a journal, for as long as they are there.
    Follower,
    /// Whatever of others' may last as long as its caller likes: watching health, asking for the contract.
    Watch,
}

impl Kind {
    /// How many places there are, and how many of them for one party: nobody takes them all.
    const fn places(self) -> (usize, usize) {
        match self {
            Self::Request => (1_024, 256),
            Self::Upload => (128, 32),
            Self::Download | Self::Follower => (256, 64),
            Self::Watch => (32, 8),
        }
    }

    fn refusal(self) -> &'static str {
        match self {
            Self::Request => "too_many_requests",
            Self::Upload => "too_many_uploads",
            Self::Download | Self::Follower | Self::Watch => "too_many_streams",
        }
    }
}

/// How many rpcs one connection may have under way; a client lets more wait by itself.
pub(super) const RPCS_A_CONNECTION: u32 = 512;

/// The rpc that lasts until its caller goes.
const FOLLOW: &str = "/idesluss.journal.v1.JournalService/Follow";

/// What the contract does not name, and may last as long as its caller likes.
const WATCH: &str = "/grpc.health.v1.Health/Watch";
const REFLECTION: &str = "/grpc.reflection.";

/// Says no to what goes beyond. Cheap to clone.
#[derive(Debug, Clone)]
pub(super) struct Budget {
    in_use: Arc<Mutex<InUse>>,
    /// The rpcs that stream, by path, and for how long they may take to the first of their answer; all others are requests.
    streaming: Arc<BTreeMap<String, (Kind, Duration)>>,
}

/// How many places are taken, in all and by each party.
#[derive(Debug, Default)]
struct InUse {
    all: BTreeMap<Kind, usize>,
    each: BTreeMap<(Party, Kind), usize>,
}

impl InUse {
    /// Whether there was a place.
    fn take(&mut self, party: Party, kind: Kind) -> bool {
        let (places, share) = kind.places();
        let all = self.all.entry(kind).or_default();
        let theirs = self.each.get(&(party, kind)).copied().unwrap_or_default();
        if *all >= places || theirs >= share {
            return false;
        }
        *all += 1;
        self.each.insert((party, kind), theirs + 1);
        true
    }

    fn give_back(&mut self, party: Party, kind: Kind) {
        if let Some(all) = self.all.get_mut(&kind) {
            *all = all.saturating_sub(1);
        }
        let key = (party, kind);
        match self.each.get_mut(&key) {
            Some(theirs) if *theirs > 1 => *theirs -= 1,
            _ => drop(self.each.remove(&key)),
        }
    }
}

impl Budget {
    /// A budget for the rpcs of an encoded contract. Errors: it is none.
    pub(super) fn of(descriptors: &[u8]) -> Result<Self, prost::DecodeError> {
        let contract = FileDescriptorSet::decode(descriptors)?;
        let mut streaming = BTreeMap::new();
        for file in &contract.file {
            for service in &file.service {
                for method in &service.method {
                    let path = format!("/{}.{}/{}", file.package(), service.name(), method.name());
                    if path == FOLLOW {
                        streaming.insert(path, (Kind::Follower, DEADLINE));
                    } else if method.server_streaming() {
                        streaming.insert(path, (Kind::Download, DEADLINE));
                    } else if method.client_streaming() {
                        streaming.insert(path, (Kind::Upload, UPLOAD));
                    }
                }
            }
        }
        Ok(Self {
            in_use: Arc::default(),
            streaming: Arc::new(streaming),
        })
    }

    /// A place for an rpc, and how long it may take to the first of its answer.
    fn take(&self, caller: &Caller, path: &str) -> Result<(Permit, Duration), Status> {
        // What the contract does not know is others', and a request where it does not last.
        let other = if path == WATCH || path.starts_with(REFLECTION) {
            Kind::Watch
        } else {
            Kind::Request
        };
        let (kind, deadline) = self.streaming.get(path).copied().unwrap_or((other, DEADLINE));
        let mut in_use = self.in_use.lock().unwrap_or_else(PoisonError::into_inner);
        if !in_use.take(caller.party, kind) {
            drop(in_use);
            report_refusal(kind.refusal());
            return Err(Status::resource_exhausted(
                "The service has as much to do for you or for all as it can do at once: try again in a moment.",
            ));
        }
        drop(in_use);
        let permit = Permit {
            budget: self.clone(),
            party: caller.party,
            kind,
            _under_way: caller.begins(),
        };
        Ok((permit, deadline))
    }
}

/// An rpc's place, given back when it is dropped.
struct Permit {
    budget: Budget,
    party: Party,
    kind: Kind,
    _under_way: UnderWay,
}

impl Drop for Permit {
    fn drop(&mut self) {
        let mut in_use = self.budget.in_use.lock().unwrap_or_else(PoisonError::into_inner);
        in_use.give_back(self.party, self.kind);
    }
}

impl<S> Layer<S> for Budget {
    type Service = Budgeted<S>;

    fn layer(&self, inner: S) -> Budgeted<S> {
        let budget = self.clone();
        Budgeted { inner, budget }
    }
}

/// A service within its budget.
#[derive(Debug, Clone)]
pub(super) struct Budgeted<S> {
    inner: S,
    budget: Budget,
}

impl<S> Service<Request<Body>> for Budgeted<S>
where
    S: Service<Request<Body>, Response = Response<Body>, Error = Infallible>,
    S::Future: Send + 'static,
{
    type Response = Response<Answer>;
    type Error = Infallible;
    type Future = Pin<Box<dyn Future<Output = Result<Self::Response, Infallible>> + Send>>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        self.inner.poll_ready(context)
    }

    fn call(&mut self, request: Request<Body>) -> Self::Future {
        let refused = |status: Status| status.into_http().map(|body| Answer { body, held: None });
        let Some(caller) = request.extensions().get::<Caller>().cloned() else {
            let unknown = Status::internal("It is not known who asks.");
            return Box::pin(async move { Ok(refused(unknown)) });
        };
        let (permit, deadline) = match self.budget.take(&caller, request.uri().path()) {
            Ok(taken) => taken,
            Err(status) => return Box::pin(async move { Ok(refused(status)) }),
        };
        // What has begun to come must go on coming.
        let request = request.map(|body| Body::new(PacedBody::new(body, caller.pulse.clone())));
        let answer = self.inner.call(request);
        Box::pin(async move {
            match tokio::time::timeout(deadline, answer).await {
                Ok(answer) => {
                    let held = Some((caller.answers(), permit));
                    answer.map(|answer| answer.map(|body| Answer { body, held }))
                }
                Err(_) => Ok(refused(Status::deadline_exceeded(
                    "It took too long: try again in a moment.",
                ))),
            }
        })
    }
}

/// An answer's body, with its place until it is taken.
pub(super) struct Answer {
    body: Body,
    held: Option<(Taking, Permit)>,
}

impl http_body::Body for Answer {
    type Data = Bytes;
    type Error = Status;

    fn poll_frame(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, Status>>> {
        let next = Pin::new(&mut self.body).poll_frame(context);
        if let Some((taking, _)) = &self.held {
            taking.is_taken(next.is_ready());
        }
        next
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}
