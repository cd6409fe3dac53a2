use super::CommandContext;
use crate::{Call, Decided, ExecuteError, Loaded};
use bytes::Bytes;
use idesluss_access::Permit;
use idesluss_assertion::write_member;
use idesluss_domain::words::{
    Actor, AggregateId as _, CommandId, Date, Digest, EventId, OrganisationId, Rejection, Role, Scope, SealedText,
    StreamName, Timestamp,
};
use idesluss_domain::{Act, Aggregate, AggregateEvent, Decider, Event};
use idesluss_proto::pb::command::Token;
use idesluss_proto::{Command, CommandHead, Plaintext, Seal};
use idesluss_vault::Sealer;
use tonic::Status;
use uuid::Uuid;

/// A command that was read: seals its texts, then decides. What it reads of the journal on the way it reads once.
pub struct PendingCommand {
    context: CommandContext,
    method: &'static str,
    body: Bytes,
    head: CommandHead,
    permit: Permit,
    happened: Option<Timestamp>,
    sealer: Sealer,
    loaded: Loaded,
}

impl PendingCommand {
    pub(super) fn new(
        context: CommandContext,
        method: &'static str,
        body: Bytes,
        id: CommandId,
        permit: Permit,
    ) -> Self {
        let actor = permit.actor().clone();
        let head = CommandHead { id, actor };
        let sealer = context.engine.vault().sealer(&head.actor.organisation);
        Self {
            context,
            method,
            body,
            head,
            permit,
            happened: None,
            sealer,
            loaded: Loaded::default(),
        }
    }

    /// The command's id, as its sender has chosen it.
    pub fn id(&self) -> CommandId {
        self.head.id
    }

    /// Who acts.
    pub fn actor(&self) -> &Actor {
        &self.head.actor
    }

    /// For which organisation whoever sits at the machine gives it; people give their commands for the one in which they hold their role.
    pub fn operate_for(&mut self, organisation: &OrganisationId) {
        if !self.head.actor.acts_by_grant() && self.head.actor.role == Role::Operator {
            self.head.actor.organisation = organisation.clone();
            self.sealer.own(organisation);
        }
    }

    /// Leave to give it.
    pub fn permit(&self) -> &Permit {
        &self.permit
    }

    /// What the command was read with.
    pub fn context(&self) -> &CommandContext {
        &self.context
    }

    /// The day in Sweden.
    pub fn today(&self) -> Date {
        self.context.engine.clock().today()
    }

    /// The id that the command's first event of this type (its name alone) will have.
    pub fn event_id(&self, name: &str) -> EventId {
        self.context.engine.event_id(&self.head, &self.kind(name), 0)
    }

    /// These streams as they stand, beside those that were loaded before. The decision is first tried on them.
    pub async fn load(&mut self, streams: &[StreamName]) -> Result<&Loaded, Status> {
        self.context.engine.load_more(&mut self.loaded, streams).await?;
        Ok(&self.loaded)
    }

    /// Seals the command's texts as the contract says.
    pub async fn seal<C: Command>(&mut self, plain: C::Plain) -> Result<C, Status> {
        let scope = C::scope(&plain);
        if let (true, Some(scope)) = (C::BEGINS, scope) {
            self.presume_new(scope.stream());
            self.sealer.begin(scope);
        }
        self.seal_as(plain, scope, C::EVENT).await
    }

    /// Takes it that nothing stands in a stream, and does not ask. If something does, the journal refuses what was decided on that, and it is decided
    /// anew on what is there.
    pub fn presume_new(&mut self, stream: StreamName) {
        self.loaded.presume_new(stream);
    }

    /// Seals the command's texts for this event, to be erased together with `scope`: under keys of the organisation whose thing it is, which is
    /// the one that its first entry was written for, or the actor's where it begins now.
    pub async fn seal_as<C: Command>(
        &mut self,
        plain: C::Plain,
        scope: Option<Scope>,
        event: &'static str,
    ) -> Result<C, Status> {
        if let Some(stream) = scope.map(Scope::stream) {
            let first = self.load(std::slice::from_ref(&stream)).await?.entries(&stream).first();
            let owner: Option<OrganisationId> = first.map(|first| first.meta.organisation.clone());
            if let Some(owner) = owner {
                self.sealer.own(&owner);
            }
        }
        Ok(C::seal(plain, event, &mut Sealing { pending: self, scope }).await?)
    }

    /// Seals a text for a member of the command's first event of this type, by the member's path in the event.
    pub async fn seal_text(
        &mut self,
        scope: &Scope,
        name: &str,
        member: &str,
        text: &str,
    ) -> Result<SealedText, ExecuteError> {
        let (event, kind) = (self.event_id(name), self.kind(name));
        Ok(self.sealer.text(scope, event, &kind, member, text).await?)
    }

    /// Says when it happened, for what is taken over from an older idea box alone; None: now.
    pub fn happened(&mut self, time: Option<Timestamp>) {
        self.happened = time;
    }

    /// Adds the hash of what was streamed to what makes the command the same.
    pub fn bind(&mut self, hash: &[u8]) {
        self.body = [&self.body, hash].concat().into();
    }

    /// Claims an uploaded file.
    pub fn claim(&mut self, file: Digest) {
        self.sealer.claim(file);
    }

    /// What it wants done with one aggregate.
    pub fn act<Id, Action>(&self, id: Id, action: Action) -> Act<Id, Action> {
        Act {
            id,
            actor: self.actor().clone(),
            today: self.today(),
            action,
        }
    }

    /// Does something with one aggregate, whose rules ask nothing but its own stream.
    pub async fn carry_out<D>(self, id: D::Id, action: D::Action) -> Result<Token, Status>
    where
        D: Aggregate<Action: Send + Sync, Event: AggregateEvent + Into<Event>>,
        Rejection: From<D::Rejection>,
    {
        let (stream, act) = (id.stream(), self.act(id, action));
        self.run(std::slice::from_ref(&stream), |loaded| {
            Ok(vec![Decided::by::<D>(&act, loaded, id.uuid())?])
        })
        .await
    }

    /// Decides over one aggregate, and appends.
    pub async fn decide<D>(self, stream: StreamName, correlation: Uuid, command: D::Command) -> Result<Token, Status>
    where
        D: Decider,
        D::Command: Send + Sync,
        D::Event: AggregateEvent + Into<Event>,
        Rejection: From<D::Rejection>,
    {
        self.run(std::slice::from_ref(&stream), |loaded| {
            let events = D::decide(&command, &loaded.state::<D>(&stream))?;
            Ok(vec![Decided::of(&stream, correlation, events)])
        })
        .await
    }

    /// Decides over several streams, and appends.
    pub async fn run(
        self,
        streams: &[StreamName],
        decide: impl Fn(&Loaded) -> Result<Vec<Decided>, Rejection> + Send + Sync,
    ) -> Result<Token, Status> {
        let call = Call {
            head: self.head,
            happened: self.happened,
            method: self.method,
            body: self.body,
            sealed: self.sealer.finish(),
            causation: None,
            assertion: self.permit.bound_to().map(|bound| write_member(&bound.shown)),
        };
        Ok(self
            .context
            .engine
            .execute_on(self.loaded, call, streams, decide)
            .await?)
    }

    fn kind(&self, name: &str) -> String {
        format!("idesluss.{}.v1.{name}", self.context.engine.service())
    }
}

/// Seals texts that are erased together.
struct Sealing<'a> {
    pending: &'a mut PendingCommand,
    scope: Option<Scope>,
}

impl Seal for Sealing<'_> {
    type Error = ExecuteError;

    async fn seal(&mut self, event: &'static str, member: &str, text: Plaintext) -> Result<SealedText, ExecuteError> {
        let Some(scope) = self.scope else {
            return Err(ExecuteError::NotSealed(format!("{event}.{member}")));
        };
        self.pending.seal_text(&scope, event, member, &text).await
    }
}

impl Decided {
    /// What the rules of one aggregate, which is loaded, say to what somebody wants done with it. Everything about it is about what it
    /// began with; where it begins now, about `about`.
    pub fn by<D>(act: &D::Command, loaded: &Loaded, about: Uuid) -> Result<Self, Rejection>
    where
        D: Aggregate<Event: AggregateEvent + Into<Event>>,
        Rejection: From<D::Rejection>,
    {
        let stream = act.id.stream();
        let first = loaded.entries(&stream).first();
        let about = first.map_or(about, |first| first.meta.correlation);
        let events = D::decide(act, &loaded.state::<D>(&stream))?;
        Ok(Self::of(&stream, about, events))
    }

    /// What one aggregate's rules decided.
    pub fn of<E: Into<Event>>(stream: &StreamName, correlation: Uuid, events: Vec<E>) -> Self {
        Self {
            stream: stream.clone(),
            correlation,
            events: events.into_iter().map(Into::into).collect(),
            mandate: None,
        }
    }
}
