//! What stood in `instance.toml` when the instance began, written down once: organisations, people, and the roles that they held.
//!
//! Every step has an id of its own, so a start that was interrupted goes on where it was.

use crate::grpc::Asked;
use crate::keys::Keys;
use crate::registration::{self, Registered};
use async_trait::async_trait;
use idesluss_domain::Decider as _;
use idesluss_domain::identity::grant::{GrantAction, GrantCommand, HELD_BEFORE};
use idesluss_domain::identity::organisations::{OrganisationAction, OrganisationCommand, OrganisationSettings};
use idesluss_domain::identity::{OrganisationsRules, People};
use idesluss_domain::words::{Actor, AggregateId as _, CommandId, OrganisationId, Rejection, StreamName};
use idesluss_engine::{Call, CommandContext, Decided, ExecuteError, Timer};
use idesluss_runtime::{Directory, HeldRole, Organisation, Person};
use std::sync::Arc;
use std::time::Duration;
use uuid::Uuid;

/// Writes it down when the service starts, and finds it done from then on.
pub(crate) struct WriteDown {
    context: CommandContext,
    directory: Arc<Directory>,
    keys: Keys,
}

#[async_trait]
impl Timer for WriteDown {
    const NAME: &'static str = "write-down-directory";

    fn period(&self) -> Duration {
        Duration::from_secs(3_600)
    }

    async fn fire_due(&self) -> Result<usize, ExecuteError> {
        // Whoever hears who may act asks for an assertion at once: before that there is a key to sign it with.
        self.keys.fire_due().await?;
        let directory = &*self.directory;
        if self.context.organisations().await?.imported {
            return Ok(0);
        }
        if directory.organisations.is_empty() {
            tracing::warn!(
                "nobody takes part yet: start identity once with an instance.toml that names organisations and people"
            );
            return Ok(0);
        }
        self.write_down(directory, &StreamName::organisations(&directory.instance))
            .await
    }
}

/// What one step is called.
fn call(organisation: &OrganisationId, step: &str) -> Call {
    let id = CommandId(Uuid::new_v5(&Uuid::nil(), format!("directory/{step}").as_bytes()));
    Call::by_service("WriteDownDirectory", organisation, id, None)
}

fn settings(organisation: &Organisation) -> Option<OrganisationSettings> {
    Some(OrganisationSettings {
        name: organisation.name.clone(),
        prefix: organisation.prefix.parse().ok()?,
        kind: organisation.kind,
        public_body: organisation.public_body,
        answer_working_days: organisation.answer_working_days,
        decision_days: organisation.decision_days,
        idle_minutes: organisation.idle_minutes,
        session_hours: organisation.session_hours,
    })
}

impl WriteDown {
    pub(crate) fn new(context: CommandContext, directory: Arc<Directory>, keys: Keys) -> Self {
        Self {
            context,
            directory,
            keys,
        }
    }

    async fn write_down(&self, directory: &Directory, organisations: &StreamName) -> Result<usize, ExecuteError> {
        let mut steps = 0;
        for organisation in &directory.organisations {
            let Some(settings) = settings(organisation) else {
                tracing::warn!("an organisation whose prefix can't begin a reference is left out");
                continue;
            };
            let action = OrganisationAction::Register(settings);
            self.organisation(organisations, &organisation.id, "organisation", action)
                .await?;
            steps += 1;
        }
        for person in &directory.people {
            let home = person.roles.first().map(|held| &held.organisation);
            let Some(home) = home.or_else(|| directory.organisations.first().map(|first| &first.id)) else {
                continue;
            };
            self.person(home, person).await?;
            for held in &person.roles {
                self.grant(organisations, person, held).await?;
            }
            steps += 1 + person.roles.len();
        }
        self.organisation(
            organisations,
            &directory.instance,
            "end",
            OrganisationAction::FinishImport,
        )
        .await?;
        Ok(steps)
    }

    async fn organisation(
        &self,
        stream: &StreamName,
        organisation: &OrganisationId,
        step: &str,
        action: OrganisationAction,
    ) -> Result<(), ExecuteError> {
        let command = OrganisationCommand {
            organisation: organisation.clone(),
            actor: Actor::service(organisation),
            action,
        };
        let about = crate::grpc::about(stream);
        let decide = |loaded: &idesluss_engine::Loaded| {
            let events = OrganisationsRules::decide(&command, &loaded.state::<OrganisationsRules>(stream))?;
            Ok(vec![Decided::of(stream, about, events)])
        };
        let call = call(organisation, &format!("{step}/{organisation}"));
        left_out(
            self.context
                .engine
                .execute(call, std::slice::from_ref(stream), decide)
                .await,
        )
    }

    async fn person(&self, home: &OrganisationId, person: &Person) -> Result<(), ExecuteError> {
        let mut call = call(home, &format!("person/{}", person.id));
        let of = Registered {
            person: person.id,
            home,
            name: &person.name,
            address: None,
        };
        let act = registration::seal(&self.context, &mut call, of).await?;
        let stream = person.id.stream();
        let decide = |loaded: &idesluss_engine::Loaded| Ok(vec![Decided::by::<People>(&act, loaded, person.id.0)?]);
        left_out(
            self.context
                .engine
                .execute(call, std::slice::from_ref(&stream), decide)
                .await,
        )
    }

    async fn grant(&self, organisations: &StreamName, person: &Person, held: &HeldRole) -> Result<(), ExecuteError> {
        let today = self.context.engine.clock().today();
        let asked = Asked {
            organisations: organisations.clone(),
            command: GrantCommand {
                actor: Actor::service(&held.organisation),
                today,
                person: person.id,
                organisation: held.organisation.clone(),
                role: held.role,
                is_known: false,
                absent: None,
                administrators: None,
                round: 0,
                action: GrantAction::Grant {
                    from: HELD_BEFORE,
                    until: None,
                    substitute_for: None,
                },
            },
        };
        let call = call(
            &held.organisation,
            &format!("grant/{}/{}/{}", person.id, held.organisation, held.role),
        );
        let streams = asked.streams();
        left_out(
            self.context
                .engine
                .execute(call, &streams, |loaded| asked.decide(loaded))
                .await,
        )
    }
}

/// What the rules say no to is left out and said: one line of a file keeps nobody else out.
fn left_out<T>(done: Result<T, ExecuteError>) -> Result<(), ExecuteError> {
    match done {
        Ok(_) => Ok(()),
        Err(ExecuteError::Rejected(Rejection { code, .. })) => {
            tracing::warn!(code, "something in instance.toml is left out");
            Ok(())
        }
        Err(error) => Err(error),
    }
}
