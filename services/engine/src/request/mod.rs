//! Where requests are read: who asks, which fields are wrong, what to seal, what to open.
//!
//! The three services' rpcs are thin because of it: read the form, seal its texts, decide.

mod history;
mod pending;
mod reader;
mod texts;

pub use history::{MAX_ANSWER, in_messages};
pub use pending::PendingCommand;
pub use reader::RequestReader;
pub use texts::Texts;

use crate::Engine;
use idesluss_domain::words::{Actor, Role};
use idesluss_proto::pb::command as pb;
use idesluss_proto::read_actor;
use idesluss_proto::status::{Problems, refuse};
use idesluss_runtime::{Directory, report_refusal};
use std::sync::Arc;
use tonic::{Code, Status};

/// What every rpc of a service needs. Cheap to clone.
#[derive(Clone)]
pub struct CommandContext {
    /// The engine of the service.
    pub engine: Engine,
    /// Who may act in which role.
    pub directory: Arc<Directory>,
}

/// Who asks, and what they have seen already.
#[derive(Debug, Clone)]
pub struct Asker {
    /// Who.
    pub actor: Actor,
    /// What they have seen elsewhere.
    pub after: Option<pb::Token>,
}

impl Asker {
    /// Whether the asker acts in one of these roles.
    pub fn is(&self, roles: &[Role]) -> bool {
        roles.contains(&self.actor.role)
    }

    /// Errors: PERMISSION_DENIED unless the asker acts in one of these roles.
    pub fn needs(&self, roles: &[Role]) -> Result<(), Status> {
        if self.is(roles) { Ok(()) } else { Err(wrong_role()) }
    }
}

/// The asker's role does not allow it.
pub fn wrong_role() -> Status {
    forbidden("WRONG_ROLE", "Your role does not allow this.")
}

/// A question that this person may not ask at all: said, and counted like a command that they may not give.
pub fn forbidden(reason: &'static str, sentence: &str) -> Status {
    report_refusal(reason);
    refuse(Code::PermissionDenied, reason, sentence)
}

/// Whoever takes no part in judging an idea reads nothing of it.
pub fn takes_no_part() -> Status {
    let sentence = "You take no part in judging this idea, so you do not read it. What you declared stands on the evaluation's page.";
    forbidden("TAKES_NO_PART", sentence)
}

impl CommandContext {
    /// Begins to read a command.
    pub fn reader<M: prost::Message>(
        &self,
        method: &'static str,
        request: &M,
        command: Option<&pb::Command>,
    ) -> RequestReader {
        RequestReader::new(self.clone(), method, request.encode_to_vec(), command)
    }

    /// Reads who asks. Errors: INVALID_ARGUMENT, or PERMISSION_DENIED for a role that is not held.
    pub fn asker(&self, query: Option<&pb::Query>) -> Result<Asker, Status> {
        let mut problems = Problems::default();
        let actor = read_actor(
            "query.actor",
            query.and_then(|query| query.actor.as_ref()),
            &mut problems,
        );
        let actor = problems.finish(actor)?;
        // Services of the instance ask for themselves; until they sign in to each other the loopback is all that keeps others out.
        if actor.role != Role::Service {
            self.check(&actor)?;
        }
        let after = query.and_then(|query| query.after.clone());
        Ok(Asker { actor, after })
    }

    /// Waits until this journal has what the asker has seen elsewhere.
    pub async fn wait(&self, asker: &Asker) -> Result<(), Status> {
        match &asker.after {
            Some(token) => self.engine.arrived(token).await.map(drop).map_err(Status::from),
            None => Ok(()),
        }
    }

    fn check(&self, actor: &Actor) -> Result<(), Status> {
        if self.directory.holds(actor) {
            return Ok(());
        }
        let sentence = "You do not hold this role in this organisation: choose one that you hold.";
        Err(forbidden("ROLE_NOT_HELD", sentence))
    }
}
