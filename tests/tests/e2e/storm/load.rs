//! People who go on working whatever breaks, and a note of everything that was acknowledged to them.

use idesluss_proto::pb::command::{Command, Role, Token};
use idesluss_proto::pb::submission as sub;
use idesluss_proto::pb::submission::submission_command_service_client::SubmissionCommandServiceClient;
use idesluss_tests::{Someone, Way, Ways};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};
use tokio::task::JoinSet;
use tonic::{Code, Status};

/// How long somebody repeats a command before it counts as failed.
const PATIENCE: Duration = Duration::from_secs(90);

/// A command that was acknowledged.
#[derive(Debug, Clone)]
pub(super) struct Acknowledged {
    /// The command's id.
    pub(super) command: String,
    /// The type of the event that it must have written, once.
    pub(super) event: &'static str,
    /// The idea that it is about.
    pub(super) idea: String,
    /// What was answered.
    pub(super) token: Token,
}

/// Writers at work.
pub(super) struct Load {
    stop: Arc<AtomicBool>,
    log: Arc<Mutex<Vec<Acknowledged>>>,
    /// The longest that any command took, repeats counted. Milliseconds.
    slowest: Arc<AtomicU64>,
    writers: JoinSet<()>,
}

impl Load {
    /// Starts so many writers. Each submits ideas; every fourth goes on to an approved brief and is accepted.
    pub(super) fn start(ways: &Ways, writers: usize) -> Self {
        let mut load = Self {
            stop: Arc::default(),
            log: Arc::default(),
            slowest: Arc::default(),
            writers: JoinSet::new(),
        };
        for _ in 0..writers {
            let writer = Writer {
                client: SubmissionCommandServiceClient::new(ways.submission.clone()),
                log: load.log.clone(),
                slowest: load.slowest.clone(),
            };
            load.writers.spawn(writer.work(load.stop.clone()));
        }
        load
    }

    /// How many commands were acknowledged so far.
    pub(super) fn count(&self) -> usize {
        self.log.lock().expect("no writer panics").len()
    }

    /// Waits until so many commands were acknowledged. Panics when there is no progress for long.
    pub(super) async fn reach(&self, commands: usize) {
        let mut last = (self.count(), Instant::now());
        while self.count() < commands {
            tokio::time::sleep(Duration::from_millis(20)).await;
            if self.count() > last.0 {
                last = (self.count(), Instant::now());
            }
            assert!(
                last.1.elapsed() < Duration::from_secs(30),
                "stuck at {} commands",
                last.0
            );
        }
    }

    /// Lets everybody finish what they are about. Panics when a command failed for good.
    pub(super) async fn end(mut self) -> (Vec<Acknowledged>, Duration) {
        self.stop.store(true, Ordering::Relaxed);
        while let Some(ended) = self.writers.join_next().await {
            ended.expect("no command failed after its repeats");
        }
        let log = self.log.lock().expect("no writer panics").clone();
        (log, Duration::from_millis(self.slowest.load(Ordering::Relaxed)))
    }
}

struct Writer {
    client: SubmissionCommandServiceClient<Way>,
    log: Arc<Mutex<Vec<Acknowledged>>>,
    slowest: Arc<AtomicU64>,
}

/// Whether the same command may be sent again: everything that says nothing about the command itself.
fn may_pass(status: &Status) -> bool {
    // A server that ends says goodbye; a request that crosses its goodbye on the wire fails with a code that speaks of errors inside.
    let of_the_wire = std::error::Error::source(status).is_some_and(|source| source.is::<tonic::transport::Error>());
    of_the_wire
        || matches!(
            status.code(),
            Code::Unavailable
                | Code::Unknown
                | Code::Cancelled
                | Code::DeadlineExceeded
                | Code::ResourceExhausted
                | Code::Aborted
        )
}

impl Writer {
    async fn work(self, stop: Arc<AtomicBool>) {
        let submitter = Someone::who("uddevalla", Role::Submitter);
        let coordinator = Someone::who("uddevalla", Role::Coordinator);
        let mut number = 0;
        while !stop.load(Ordering::Relaxed) {
            number += 1;
            let submit = submitter.idea();
            let idea = submit.idea.clone();
            let command = submit.command.clone();
            self.send(command, "IdeaSubmitted", &idea, |mut client| {
                let request = submitter.says(submit.clone());
                async move { Ok(client.submit_idea(request).await?.into_inner().token) }
            })
            .await;
            if number % 4 == 0 {
                self.accept(&coordinator, &idea).await;
            }
        }
    }

    async fn accept(&self, coordinator: &Someone, idea: &str) {
        let brief = coordinator.brief(idea);
        let command = brief.command.clone();
        self.send(command, "BriefApproved", idea, |mut client| {
            let request = coordinator.says(brief.clone());
            async move { Ok(client.approve_brief(request).await?.into_inner().token) }
        })
        .await;
        let accept = sub::AcceptIdeaRequest {
            command: coordinator.command(),
            idea: idea.to_owned(),
        };
        let command = accept.command.clone();
        self.send(command, "IdeaAccepted", idea, |mut client| {
            let request = coordinator.says(accept.clone());
            async move { Ok(client.accept_idea(request).await?.into_inner().token) }
        })
        .await;
    }

    /// Sends a command with the same id until it is acknowledged, and notes it.
    async fn send<F>(
        &self,
        command: Option<Command>,
        event: &'static str,
        idea: &str,
        send: impl Fn(SubmissionCommandServiceClient<Way>) -> F,
    ) where
        F: Future<Output = Result<Option<Token>, Status>>,
    {
        let began = Instant::now();
        let mut pause = Duration::from_millis(20);
        let token = loop {
            // Nobody waits for ever for an answer that a cut wire has swallowed.
            let sent = tokio::time::timeout(Duration::from_secs(10), send(self.client.clone())).await;
            match sent.unwrap_or_else(|_| Err(Status::deadline_exceeded("no answer"))) {
                Ok(token) => break token.expect("a token"),
                Err(status) if may_pass(&status) && began.elapsed() < PATIENCE => {
                    tokio::time::sleep(pause).await;
                    pause = (pause * 2).min(Duration::from_secs(1));
                }
                Err(status) => panic!("{event} failed for good after {:?}: {status:?}", began.elapsed()),
            }
        };
        let took = u64::try_from(began.elapsed().as_millis()).unwrap_or(u64::MAX);
        self.slowest.fetch_max(took, Ordering::Relaxed);
        let acknowledged = Acknowledged {
            command: command.expect("a command").command_id,
            event,
            idea: idea.to_owned(),
            token,
        };
        self.log.lock().expect("no writer panics").push(acknowledged);
    }
}
