//! What a request becomes: who asks, what is sealed, what is decided, what is opened.

mod history;
mod pending;
mod texts;

pub use history::{MAX_ANSWER, in_messages};
pub use pending::PendingCommand;
pub use texts::Texts;

use crate::{Engine, ExecuteError};
use bytes::Bytes;
use idesluss_access::{Denied, Permit};
use idesluss_domain::identity::{Organisation, Organisations};
use idesluss_domain::words::{Actor, OrganisationId, Rejection, Role};
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
    /// Reads a command that came as the rpc of `R` by the contract's rules. `check` notes what else is wrong with it.
    ///
    /// Errors: INVALID_ARGUMENT with everything that is wrong, or PERMISSION_DENIED for a role that is not held, or may not.
    pub async fn read<R: Rpc, C: Command>(
        &self,
        bytes: Bytes,
        request: C::Request,
        check: impl FnOnce(Option<&Actor>, &C::Request, &mut Reader),
    ) -> Result<(PendingCommand, C::Plain), Status> {
        let mut reader = Reader::default();
        let head = reader.head(C::head(&request));
        // Who may not call hears nothing of what else is wrong.
        let permit = match &head {
            Some(head) => Some(self.admit::<R>(&head.actor).await?),
            None => None,
        };
        check(head.as_ref().map(|head| &head.actor), &request, &mut reader);
        let plain = C::read(request, &mut reader);
        let ((head, permit), plain) = reader.finish(head.zip(permit).zip(plain))?;
        Ok((
            PendingCommand::new(self.clone(), R::METHOD, bytes, head.id, permit),
            plain,
        ))
    }

    /// Reads a question, and who asks it. Errors: INVALID_ARGUMENT with everything that is wrong, or PERMISSION_DENIED for a role that is not
    /// held, or may not.
    pub async fn ask<Q: Question<Request: Rpc>>(&self, request: Q::Request) -> Result<(Asker, Q), Status> {
        let mut reader = Reader::default();
        let query = Q::query(&request).cloned();
        let actor = reader.actor("query.actor", query.as_ref().and_then(|query| query.actor.as_ref()));
        let permit = match &actor {
            Some(actor) => Some(self.admit::<Q::Request>(actor).await?),
            None => None,
        };
        let question = Q::read(request, &mut reader);
        let (permit, question) = reader.finish(permit.zip(question))?;
        let after = query.and_then(|query| query.after);
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

    /// Lets `actor` in to the rpc of `R`, by the table of rights.
    async fn admit<R: Rpc>(&self, actor: &Actor) -> Result<Permit, Status> {
        // What has no line is not served: `Rpcs` does not start.
        let rule = idesluss_access::rule(R::PATH).ok_or_else(|| refuse(Reason::Internal))?;
        let holds = actor.role != Role::Service && self.engine.holds(actor).await?;
        match rule.admit(actor, |_| holds) {
            Ok(permit) => Ok(permit),
            Err(Denied::WrongRole) => Err(forbidden(Reason::WrongRole)),
            // Before anybody has said who may, nobody is turned away for good.
            Err(Denied::RoleNotHeld) if !self.engine.knows_who_may(&self.instance).await? => {
                Err(refuse(Reason::NotKnownWhoMay))
            }
            Err(Denied::RoleNotHeld) => Err(forbidden(Reason::RoleNotHeld)),
        }
    }
}

impl AsRef<Self> for CommandContext {
    fn as_ref(&self) -> &Self {
        self
    }
}
