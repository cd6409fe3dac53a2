//! What a request becomes: who asks, what is sealed, what is decided, what is opened.

mod history;
mod pending;
mod texts;

pub use history::{MAX_ANSWER, in_messages};
pub use pending::PendingCommand;
pub use texts::Texts;

use crate::Engine;
use bytes::Bytes;
use idesluss_domain::words::{Actor, Role};
use idesluss_proto::pb::command as pb;
use idesluss_proto::status::{Reason, refuse};
use idesluss_proto::{Command, Question, Reader};
use idesluss_runtime::{Directory, report_refusal};
use std::sync::Arc;
use tonic::Status;

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
        if self.is(roles) {
            Ok(())
        } else {
            Err(forbidden(Reason::WrongRole))
        }
    }
}

/// A question that this person may not ask at all: said, and counted like a command that they may not give.
pub fn forbidden(reason: Reason) -> Status {
    report_refusal(reason.name());
    refuse(reason)
}

impl CommandContext {
    /// Reads a command by the contract's rules. `check` notes what else is wrong with it.
    ///
    /// Errors: INVALID_ARGUMENT with everything that is wrong, or PERMISSION_DENIED for a role that is not held.
    pub fn read<C: Command>(
        &self,
        method: &'static str,
        bytes: Bytes,
        request: C::Request,
        check: impl FnOnce(Option<&Actor>, &C::Request, &mut Reader),
    ) -> Result<(PendingCommand, C::Plain), Status> {
        let mut reader = Reader::default();
        let head = reader.head(C::head(&request));
        check(head.as_ref().map(|head| &head.actor), &request, &mut reader);
        let plain = C::read(request, &mut reader);
        let (head, plain) = reader.finish(head.zip(plain))?;
        self.check(&head.actor)?;
        Ok((PendingCommand::new(self.clone(), method, bytes, head), plain))
    }

    /// Reads a question, and who asks it. Errors: INVALID_ARGUMENT with everything that is wrong, or PERMISSION_DENIED for a role that is not held.
    pub fn ask<Q: Question>(&self, request: Q::Request) -> Result<(Asker, Q), Status> {
        let mut reader = Reader::default();
        let query = Q::query(&request).cloned();
        let actor = reader.actor("query.actor", query.as_ref().and_then(|query| query.actor.as_ref()));
        let question = Q::read(request, &mut reader);
        let (actor, question) = reader.finish(actor.zip(question))?;
        // Services of the instance ask for themselves; until they sign in to each other the loopback is all that keeps others out.
        if actor.role != Role::Service {
            self.check(&actor)?;
        }
        let after = query.and_then(|query| query.after);
        Ok((Asker { actor, after }, question))
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
        Err(forbidden(Reason::RoleNotHeld))
    }
}

impl AsRef<Self> for CommandContext {
    fn as_ref(&self) -> &Self {
        self
    }
}
