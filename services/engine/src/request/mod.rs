//! What a request becomes: who asks, what is sealed, what is decided, what is opened.

mod history;
mod pending;
mod texts;

pub use history::{MAX_ANSWER, in_messages};
pub use pending::PendingCommand;
pub use texts::Texts;

use crate::{Engine, ExecuteError};
use bytes::Bytes;
use idesluss_access::Permit;
use idesluss_domain::identity::{Organisation, Organisations};
use idesluss_domain::words::{Actor, OrganisationId, Rejection};
use idesluss_proto::pb::command as pb;
use idesluss_proto::status::{Reason, refuse};
use idesluss_proto::{Command, Question, Reader, Rpc};
use idesluss_runtime::report_refusal;
use tonic::Status;

/// What every rpc of a service needs. Cheap to clone.
#[derive(Clone)]
pub struct CommandContext {
    /// The engine of the service.
    pub engine: Engine,
    /// The instance's short name.
    pub instance: OrganisationId,
}

/// Who asks, and what they have seen already.
#[derive(Debug, Clone)]
pub struct Asker {
    /// Leave to ask.
    pub permit: Permit,
    /// What they have seen elsewhere.
    pub after: Option<pb::Token>,
}

impl Asker {
    /// Who.
    pub fn actor(&self) -> &Actor {
        self.permit.actor()
    }
}

/// A rule's refusal of a question. Counted like that of a command.
pub fn rejected(rejection: impl Into<Rejection>) -> Status {
    ExecuteError::Rejected(rejection.into()).into()
}

/// A question that this person may not ask at all: said, and counted like a command that they may not give.
pub fn forbidden(reason: Reason) -> Status {
    report_refusal(reason.name());
    refuse(reason)
}

impl CommandContext {
    /// Reads a command of whoever was let in to the rpc of `R`, by the contract's rules. `check` notes what else is wrong with it.
    ///
    /// Errors: INVALID_ARGUMENT with everything that is wrong.
    pub fn read<R: Rpc, C: Command>(
        &self,
        permit: Permit,
        bytes: Bytes,
        request: C::Request,
        check: impl FnOnce(&C::Request, &mut Reader),
    ) -> Result<(PendingCommand, C::Plain), Status> {
        let mut reader = Reader::default();
        let id = reader.command_id(C::head(&request));
        check(&request, &mut reader);
        let plain = C::read(request, &mut reader);
        let (id, plain) = reader.finish(id.zip(plain))?;
        if permit.bound_to().is_some_and(|bound| bound.command != id) {
            return Err(forbidden(Reason::NotAsserted));
        }
        Ok((PendingCommand::new(self.clone(), R::METHOD, bytes, id, permit), plain))
    }

    /// Reads a question of whoever was let in. Errors: INVALID_ARGUMENT with everything that is wrong.
    pub fn ask<Q: Question<Request: Rpc>>(&self, permit: Permit, request: Q::Request) -> Result<(Asker, Q), Status> {
        let mut reader = Reader::default();
        let after = Q::query(&request).and_then(|query| query.after.clone());
        let question = Q::read(request, &mut reader);
        let question = reader.finish(question)?;
        Ok((Asker { permit, after }, question))
    }

    /// The organisations of the instance.
    pub async fn organisations(&self) -> Result<Organisations, ExecuteError> {
        self.engine.organisations(&self.instance).await
    }

    /// An organisation of the instance; None: there is none of this name.
    pub async fn organisation(&self, id: &OrganisationId) -> Result<Option<Organisation>, ExecuteError> {
        Ok(self.organisations().await?.all.remove(id))
    }

    /// Waits until this journal has what the asker has seen elsewhere.
    pub async fn wait(&self, asker: &Asker) -> Result<(), Status> {
        match &asker.after {
            Some(token) => self.engine.arrived(token).await.map(drop).map_err(Status::from),
            None => Ok(()),
        }
    }
}

impl AsRef<Self> for CommandContext {
    fn as_ref(&self) -> &Self {
        self
    }
}
