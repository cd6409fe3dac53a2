//! What the sample region's people speak through: the same gRPC as everyone, with ids that follow from the seed.

use super::region::{SEED, organisation};
use crate::session::Session;
use idesluss_domain::words::{Actor, CommandId, EvaluationId, IdeaId, PersonId, Role};
use idesluss_evidence::Services;
use idesluss_gateway::Voices;
use idesluss_proto::pb::command::Command;
use idesluss_proto::pb::evaluation::evaluation_command_service_client::EvaluationCommandServiceClient;
use idesluss_proto::pb::evaluation::evaluation_query_service_client::EvaluationQueryServiceClient;
use idesluss_proto::pb::sharing::sharing_command_service_client::SharingCommandServiceClient;
use idesluss_proto::pb::submission::submission_command_service_client::SubmissionCommandServiceClient;
use idesluss_proto::status::Refusal;
use idesluss_proto::write_command;
use idesluss_runtime::{Directory, Peer};
use jiff::ToSpan as _;
use jiff::civil::{Date, date};
use std::sync::Arc;
use std::time::Duration;
use tonic::{Response, Status};
use uuid::Uuid;

/// The last day that anybody in the sample region writes of as past.
const LAST_DAY: Date = date(2026, 11, 20);
/// How long a reaction of the services may take.
const PATIENCE: Duration = Duration::from_secs(30);

/// Why the sample region could not be played.
#[derive(Debug, thiserror::Error)]
pub(crate) enum DemoError {
    /// A service said no.
    #[error("the sample region could not be made: {step} was refused: {reason}")]
    Refused { step: String, reason: String },
    /// A reaction did not come.
    #[error("the sample region could not be made: {0} did not happen")]
    Waited(&'static str),
    /// The texts are not in their form.
    #[error("the sample region's texts are not understood: {0}")]
    Texts(#[from] toml::de::Error),
}

/// The services, and who is who. Cheap to clone. There is no way to a service but in somebody's name, so that every line of the play says
/// who speaks it.
#[derive(Clone)]
pub(super) struct Stage {
    services: Services,
    voices: Arc<Voices>,
    directory: Arc<Directory>,
}

impl Stage {
    pub(super) fn new(session: &Session) -> Self {
        Self {
            services: session.services.clone(),
            voices: session.voices.clone(),
            directory: session.directory.clone(),
        }
    }

    /// What somebody tells submission.
    pub(super) fn submission(&self, actor: &Actor) -> SubmissionCommandServiceClient<Peer> {
        SubmissionCommandServiceClient::new(self.services.submission.speaking(self.voices.of(actor)))
    }

    /// What somebody tells evaluation.
    pub(super) fn evaluation(&self, actor: &Actor) -> EvaluationCommandServiceClient<Peer> {
        EvaluationCommandServiceClient::new(self.services.evaluation.speaking(self.voices.of(actor)))
    }

    /// What somebody asks evaluation.
    pub(super) fn evaluations(&self, actor: &Actor) -> EvaluationQueryServiceClient<Peer> {
        EvaluationQueryServiceClient::new(self.services.evaluation.speaking(self.voices.of(actor)))
    }

    /// What somebody tells sharing.
    pub(super) fn sharing(&self, actor: &Actor) -> SharingCommandServiceClient<Peer> {
        SharingCommandServiceClient::new(self.services.sharing.speaking(self.voices.of(actor)))
    }

    /// The `nth` person (from 0) who holds a role in an organisation.
    pub(super) fn who(&self, home: &str, role: Role, nth: usize) -> Actor {
        let home = organisation(home);
        let actors = self.directory.people.iter().map(|person| Actor {
            person: person.id,
            organisation: home.clone(),
            role,
        });
        let mut holders = actors.filter(|actor| self.directory.holds(actor));
        let none = || Actor {
            person: PersonId(Uuid::nil()),
            organisation: home.clone(),
            role,
        };
        // Who holds no role is refused by the services, with the sentence that says so.
        holders.nth(nth).unwrap_or_else(none)
    }
}

/// One story: an idea's, or the region's own. Its days are those that people write of, such as a pilot's; what they do is recorded when
/// the region is made.
#[derive(Clone)]
pub(super) struct Story {
    pub(super) stage: Stage,
    pub(super) key: String,
    pub(super) day: Date,
    steps: u32,
}

impl Story {
    pub(super) fn new(stage: &Stage, key: &str, day: Date) -> Self {
        Self {
            stage: stage.clone(),
            key: key.to_owned(),
            day,
            steps: 0,
        }
    }

    /// An id of this story.
    pub(super) fn id(&self, what: &str) -> Uuid {
        Uuid::new_v5(&SEED, format!("{}/{what}", self.key).as_bytes())
    }

    /// The story's idea.
    pub(super) fn idea(&self) -> IdeaId {
        IdeaId(self.id("idea"))
    }

    /// The idea's evaluation in a round.
    pub(super) fn round(&self, round: u32) -> EvaluationId {
        EvaluationId::derive(self.idea(), round)
    }

    /// Lets days pass.
    pub(super) fn wait(&mut self, days: i64) {
        self.day = self.day.saturating_add(days.days()).min(LAST_DAY);
    }

    /// The next command of the story, whoever gives it: its id follows from how many came before, so that a story that was interrupted goes
    /// on where it was.
    pub(super) fn next(&mut self) -> Option<Command> {
        self.steps += 1;
        Some(write_command(CommandId(self.id(&format!("step/{}", self.steps)))))
    }
}

/// What a command led to. One that was carried out in an earlier run, by the same id but at another position, is done as well.
pub(super) fn done<T: Default>(step: &str, answer: Result<Response<T>, Status>) -> Result<T, DemoError> {
    match answer {
        Ok(answer) => Ok(answer.into_inner()),
        Err(status) => {
            let refusal = Refusal::from(&status);
            if refusal.reason == "COMMAND_REUSED" {
                return Ok(T::default());
            }
            Err(DemoError::Refused {
                step: step.to_owned(),
                reason: format!("{} ({})", status.message(), refusal.reason),
            })
        }
    }
}

/// Sends again until `ready` succeeds: what waits for a reaction of the services.
pub(super) async fn until<T, F>(what: &'static str, mut ready: impl FnMut() -> F) -> Result<T, DemoError>
where
    F: Future<Output = Option<T>>,
{
    let waited = tokio::time::timeout(PATIENCE, async {
        loop {
            if let Some(found) = ready().await {
                return found;
            }
            tokio::time::sleep(Duration::from_millis(15)).await;
        }
    });
    waited.await.map_err(|_| DemoError::Waited(what))
}
