use super::CommandContext;
use crate::{Call, Decided, Engine, ExecuteError, Loaded};
use idesluss_domain::words::{
    Actor, Date, Digest, EventId, OrganisationId, Rejection, SealedText, StreamName, Timestamp,
};
use idesluss_domain::{AggregateEvent, Decider, Event};
use idesluss_proto::CommandHead;
use idesluss_proto::pb::command::Token;
use idesluss_vault::{Scope, SealedParts, Sealer};
use std::collections::BTreeMap;
use tonic::Status;
use uuid::Uuid;

/// A command that was read: seals its texts, then decides.
pub struct PendingCommand {
    context: CommandContext,
    method: &'static str,
    body: Vec<u8>,
    head: CommandHead,
    happened: Option<Timestamp>,
    sealer: Sealer,
}

impl PendingCommand {
    pub(super) fn new(context: CommandContext, method: &'static str, body: Vec<u8>, head: CommandHead) -> Self {
        let sealer = context.engine.vault().sealer(&head.actor.organisation);
        Self {
            context,
            method,
            body,
            head,
            happened: None,
            sealer,
        }
    }

    /// Who acts.
    pub fn actor(&self) -> &Actor {
        &self.head.actor
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

    /// Seals under this organisation's keys from now on: whose the thing is, where others may act on it too. By default the actor's.
    pub fn seal_for(&mut self, organisation: &OrganisationId) {
        self.sealer.own(organisation);
    }

    /// Seals a text for a member of the command's first event of this type, by the member's path in the event.
    pub async fn seal(&mut self, scope: &Scope, name: &str, field: &str, text: &str) -> Result<SealedText, Status> {
        let (event, kind) = (self.event_id(name), self.kind(name));
        let sealed = self.sealer.text(scope, event, &kind, field, text).await;
        sealed.map_err(|error| ExecuteError::from(error).into())
    }

    /// Seals a text unless it is empty.
    pub async fn seal_if_any(
        &mut self,
        scope: &Scope,
        name: &str,
        field: &str,
        text: &str,
    ) -> Result<Option<SealedText>, Status> {
        if text.is_empty() {
            return Ok(None);
        }
        self.seal(scope, name, field, text).await.map(Some)
    }

    /// Seals several fields of the event's member `texts`; empty ones are left out.
    pub async fn seal_fields(
        &mut self,
        scope: &Scope,
        name: &str,
        fields: &[(&str, &str)],
    ) -> Result<BTreeMap<String, SealedText>, Status> {
        let mut sealed = BTreeMap::new();
        for (field, text) in fields {
            if let Some(digest) = self.seal_if_any(scope, name, &format!("texts.{field}"), text).await? {
                sealed.insert((*field).to_owned(), digest);
            }
        }
        Ok(sealed)
    }

    /// Says when it happened, for what is taken over from an older idea box alone; None: now.
    pub fn happened(&mut self, time: Option<Timestamp>) {
        self.happened = time;
    }

    /// Adds the hash of what was streamed to what makes the command the same.
    pub fn bind(&mut self, hash: &[u8]) {
        self.body.extend_from_slice(hash);
    }

    /// Claims an uploaded file.
    pub fn claim(&mut self, file: Digest) {
        self.sealer.claim(file);
    }

    /// Decides over one aggregate, and appends.
    pub async fn decide<D>(self, stream: StreamName, correlation: Uuid, command: D::Command) -> Result<Token, Status>
    where
        D: Decider,
        D::Command: Send + Sync,
        D::Event: AggregateEvent + Into<Event>,
        Rejection: From<D::Rejection>,
    {
        let (engine, call) = self.into_call();
        Ok(engine.decide::<D>(call, stream, correlation, &command).await?)
    }

    /// Decides over several streams, and appends.
    pub async fn run(
        self,
        streams: &[StreamName],
        decide: impl Fn(&Loaded) -> Result<Vec<Decided>, Rejection> + Send + Sync,
    ) -> Result<Token, Status> {
        let (engine, call) = self.into_call();
        Ok(engine.execute(call, streams, decide).await?)
    }

    fn kind(&self, name: &str) -> String {
        format!("idesluss.{}.v1.{name}", self.context.engine.service())
    }

    fn into_call(self) -> (Engine, Call) {
        let sealed: SealedParts = self.sealer.finish();
        let call = Call {
            head: self.head,
            happened: self.happened,
            method: self.method,
            body: self.body,
            sealed,
            causation: None,
        };
        (self.context.engine, call)
    }
}

impl Decided {
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

impl Engine {
    /// Carries out a command that concerns one aggregate alone.
    pub async fn decide<D>(
        &self,
        call: Call,
        stream: StreamName,
        correlation: Uuid,
        command: &D::Command,
    ) -> Result<Token, ExecuteError>
    where
        D: Decider,
        D::Command: Send + Sync,
        D::Event: AggregateEvent + Into<Event>,
        Rejection: From<D::Rejection>,
    {
        self.execute(call, std::slice::from_ref(&stream), |loaded| {
            let events = D::decide(command, &loaded.state::<D>(&stream))?;
            Ok(vec![Decided::of(&stream, correlation, events)])
        })
        .await
    }
}
