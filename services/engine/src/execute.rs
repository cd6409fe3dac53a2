use crate::grants::{Right, written};
use crate::{Engine, ExecuteError, Loaded, metric_names};
use backon::{BackoffBuilder as _, ExponentialBuilder};
use bytes::Bytes;
use idesluss_domain::words::{
    Actor, CommandId, Digest, EventId, OrganisationId, Rejection, Role, StreamName, Timestamp,
};
use idesluss_domain::{Event, SealedMember};
use idesluss_journal::{Append, AppendError, Appended, CommandKey, Outcome, StreamAppend, TextRow};
use idesluss_proof::line::Draft;
use idesluss_proto::CommandHead;
use idesluss_proto::pb::command::Token;
use idesluss_vault::SealedParts;
use std::collections::{HashMap, HashSet};
use std::time::{Duration, Instant};
use uuid::Uuid;

/// When a command is decided anew because another was first: after some milliseconds and up to as many again by chance, so that those who met do
/// not meet again.
const ANEW: ExponentialBuilder = ExponentialBuilder::new()
    .with_min_delay(Duration::from_millis(2))
    .with_jitter()
    .with_max_times(4);

/// A command as the engine sees it: of somebody who was let in, or of the service itself. Nobody else makes one.
#[derive(Debug, Clone)]
pub struct Call {
    /// Who, and the command's id.
    pub(crate) head: CommandHead,
    /// When it happened, where something older is taken over; None: now. No command but an import's may say it.
    pub happened: Option<Timestamp>,
    /// The rpc or reaction that it came by; part of what makes it the same command.
    pub method: &'static str,
    /// The request as it came; the same id with another body is refused.
    pub body: Bytes,
    /// What was sealed for the events that will be written.
    pub sealed: SealedParts,
    /// The event that it answers.
    pub causation: Option<EventId>,
    /// What was asserted of whoever acts, for it alone, in base64.
    pub(crate) assertion: Option<String>,
}

/// What was decided for one stream.
#[derive(Debug, Clone)]
pub struct Decided {
    /// The stream; one of those that were loaded.
    pub stream: StreamName,
    /// The idea that it is about, or the aggregate itself.
    pub correlation: Uuid,
    /// The events, possibly none.
    pub events: Vec<Event>,
    /// The mandate under which it was decided.
    pub mandate: Option<String>,
}

impl Engine {
    /// Carries a command out once: loads `streams`, decides, appends all or nothing.
    ///
    /// The journal knows whether it was carried out before, and answers with the first result; only one that is stopped on the
    /// way there is looked up by itself.
    /// Streams without decided events are covered too: if one of them moves meanwhile, the command is decided anew.
    /// Shape: `decide` may run several times, and must not have effects. Returns the token that queries wait for.
    pub async fn execute(
        &self,
        call: Call,
        streams: &[StreamName],
        decide: impl Fn(&Loaded) -> Result<Vec<Decided>, Rejection> + Send + Sync,
    ) -> Result<Token, ExecuteError> {
        self.attempt(Loaded::default(), call, streams, None, decide).await
    }

    /// The same where some of the streams have been read already: it is decided on them first.
    pub async fn execute_on(
        &self,
        known: Loaded,
        call: Call,
        streams: &[StreamName],
        decide: impl Fn(&Loaded) -> Result<Vec<Decided>, Rejection> + Send + Sync,
    ) -> Result<Token, ExecuteError> {
        self.attempt(known, call, streams, None, decide).await
    }

    /// The same where the decision also rests on `beside`, a stream up to a version, which is not loaded.
    ///
    /// Errors: CONFLICT if that stream is not at this version: bring its [`crate::CachedState`] up to date, then try again.
    pub async fn execute_beside(
        &self,
        call: Call,
        streams: &[StreamName],
        beside: Option<(&StreamName, u64)>,
        decide: impl Fn(&Loaded) -> Result<Vec<Decided>, Rejection> + Send + Sync,
    ) -> Result<Token, ExecuteError> {
        self.attempt(Loaded::default(), call, streams, beside, decide).await
    }

    async fn attempt(
        &self,
        known: Loaded,
        call: Call,
        streams: &[StreamName],
        beside: Option<(&StreamName, u64)>,
        decide: impl Fn(&Loaded) -> Result<Vec<Decided>, Rejection> + Send + Sync,
    ) -> Result<Token, ExecuteError> {
        if let Some(why) = self.0.write_blocks.now() {
            return Err(ExecuteError::BlockedBy(why));
        }
        let key = self.key(&call);
        let mut pauses = ANEW.build();
        let mut known = known.only(streams);
        loop {
            let mut loaded = std::mem::take(&mut known);
            self.load_more(&mut loaded, streams).await?;
            loaded.cover(beside);
            let right = match call.head.actor.acts_by_grant() {
                false => None,
                true => {
                    let began = Instant::now();
                    let held = self.cover_right(&call.head.actor, call.method, &mut loaded).await?;
                    metric_names::rights(self.service(), "grant", began.elapsed());
                    if held.is_none() {
                        return self.first_result(&key, ExecuteError::RoleNotHeld).await;
                    }
                    held
                }
            };
            if call.assertion.is_some()
                && let Err(error) = self.wait_until_checked(&loaded).await
            {
                // What stands decided already is not decided anew.
                return self.first_result(&key, error).await;
            }
            let decided = match decide(&loaded) {
                Ok(decided) => decided,
                // A repeat may find that the first time has left a state in which it would not be allowed.
                Err(rejection) => return self.first_result(&key, rejection.into()).await,
            };
            if decided.iter().any(|part| !part.events.is_empty()) {
                let policy = match self.policy_announced().await {
                    Ok(policy) => policy,
                    Err(error) => return self.first_result(&key, error).await,
                };
                loaded.cover(policy.as_ref().map(|(stream, version)| (stream, *version)));
            }
            let append = self.append(&call, key.clone(), &loaded, decided, right)?;
            let began = Instant::now();
            let appended = self.0.store.append(append).await;
            metric_names::appended(self.service(), began.elapsed());
            match appended {
                Ok(Outcome::Written(appended) | Outcome::Repeated(appended)) => return Ok(token(appended)),
                Err(error) => match pauses.next().filter(|_| matches!(error, AppendError::Conflict { .. })) {
                    Some(pause) => {
                        // It may be the right that has moved.
                        right.inspect(|right| self.forget_right(*right));
                        self.0.organisations.forget_all();
                        self.forget_policy().await;
                        tokio::time::sleep(pause).await;
                    }
                    None => return self.first_result(&key, error.into()).await,
                },
            }
        }
    }

    /// The command's result if it was carried out before; else the error that stopped it.
    async fn first_result(&self, key: &CommandKey, error: ExecuteError) -> Result<Token, ExecuteError> {
        if matches!(error, ExecuteError::Append(AppendError::CommandReused)) {
            return Err(error);
        }
        match self.find(key).await {
            Ok(Some(first)) => Ok(token(first)),
            Ok(None) => Err(error),
            Err(reused @ ExecuteError::Append(_)) => Err(reused),
            // A rule that says no to a repeat says nothing of the first time.
            Err(unread) if matches!(error, ExecuteError::Rejected(_)) => Err(unread),
            Err(_) => Err(error),
        }
    }

    /// The id that the `ordinal`-th event (from 0) of type `kind` of a command will have: texts are sealed for it beforehand.
    pub fn event_id(&self, head: &CommandHead, kind: &str, ordinal: u32) -> EventId {
        let id = self.command_id(head);
        EventId::derive(self.0.service, &head.actor.organisation, id, kind, ordinal)
    }

    /// An id that follows from `from`, here and after every restart, and that nobody can know who does not hold this service's keys. Whoever could
    /// work out the id that a reaction will use, or under which something will begin, would take it first.
    pub fn own_id(&self, from: &str) -> Uuid {
        let mac = self.0.vault.fingerprint("own-id", from.as_bytes());
        let mut id = [0; 16];
        id.copy_from_slice(&mac[..16]);
        uuid::Builder::from_custom_bytes(id).into_uuid()
    }

    /// The id under which a command stands in the journal: the sender's, and of the service's own one that nobody else has used.
    fn command_id(&self, head: &CommandHead) -> CommandId {
        match head.actor.role {
            Role::Service => CommandId(self.own_id(&head.id.to_string())),
            _ => head.id,
        }
    }

    pub(crate) fn key(&self, call: &Call) -> CommandKey {
        let actor = &call.head.actor;
        CommandKey {
            organisation: actor.organisation.to_string(),
            id: self.command_id(&call.head).0.into_bytes(),
            // Sent again by somebody else, it is another command.
            fingerprint: (self.0.vault)
                .fingerprint(&format!("{} {}/{}", call.method, actor.person, actor.role), &call.body),
        }
    }

    async fn find(&self, key: &CommandKey) -> Result<Option<Appended>, ExecuteError> {
        match self.0.store.command(&key.organisation, key.id).await? {
            Some((fingerprint, first)) if fingerprint == key.fingerprint => Ok(Some(first)),
            Some(_) => Err(AppendError::CommandReused.into()),
            None => Ok(None),
        }
    }

    pub(crate) fn append(
        &self,
        call: &Call,
        key: CommandKey,
        loaded: &Loaded,
        decided: Vec<Decided>,
        right: Option<Right>,
    ) -> Result<Append, ExecuteError> {
        let mut ordinals = HashMap::new();
        let mut parts: Vec<StreamAppend> = loaded
            .0
            .iter()
            .map(|(name, stream)| StreamAppend {
                stream: name.as_str().to_owned(),
                expected: stream.version,
                events: Vec::new(),
            })
            .collect();
        let (mut members, mut copied) = (HashSet::new(), HashSet::new());
        let mut any = false;
        for part in decided {
            let place = parts.iter_mut().find(|place| place.stream == part.stream.as_str());
            let place = place.ok_or_else(|| ExecuteError::Stream(part.stream.to_string()))?;
            for event in &part.events {
                any = true;
                self.keeps_to_policy(event.type_name(), call)?;
                let (id, draft) = self.draft(call, &part, event, &mut ordinals, right);
                members.extend(event.sealed_members(id));
                copied.extend(
                    event
                        .copied_texts()
                        .iter()
                        .flat_map(|copy| copy.texts.values())
                        .map(|text| text.0),
                );
                place.events.push(draft);
            }
        }
        // Without events there is nothing that the sealed texts would belong to.
        let sealed = if any {
            call.sealed.clone()
        } else {
            SealedParts::default()
        };
        let SealedParts { keys, texts, claimed } = only_for(members, &copied, sealed)?;
        Ok(Append {
            command: Some(key),
            streams: parts,
            keys,
            texts,
            claimed,
        })
    }

    fn draft(
        &self,
        call: &Call,
        part: &Decided,
        event: &Event,
        ordinals: &mut HashMap<&'static str, u32>,
        right: Option<Right>,
    ) -> (EventId, Draft) {
        let kind = event.type_name();
        let ordinal = ordinals.entry(kind).or_insert(0);
        let id = self.event_id(&call.head, kind, *ordinal);
        *ordinal += 1;
        let actor = &call.head.actor;
        let draft = Draft {
            id: id.to_string(),
            audience: event.audience().as_str().to_owned(),
            kind: kind.to_owned(),
            time_micros: call.happened.unwrap_or_else(|| self.0.clock.now()).as_micros(),
            organisation: actor.organisation.to_string(),
            actor: actor.person.to_string(),
            role: actor.role.to_string(),
            grant: written(actor, self.0.service, right),
            assertion: call.assertion.clone(),
            mandate: part.mandate.clone(),
            commandid: self.command_id(&call.head).to_string(),
            correlationid: part.correlation.to_string(),
            causationid: call.causation.map(|id| id.to_string()),
            traceparent: idesluss_runtime::traceparent(),
            data: event.to_data(),
        };
        (id, draft)
    }
}

/// What was sealed for the events' members, and what they say that they copy from another event. A text for an event that was not decided is
/// left out.
///
/// Errors: an event would hold a text that was sealed for something else, or for nothing.
fn only_for(
    members: HashSet<SealedMember>,
    copied: &HashSet<Digest>,
    sealed: SealedParts,
) -> Result<SealedParts, ExecuteError> {
    let mut missing = members;
    let is_member = |text: &TextRow| {
        let member = SealedMember {
            digest: Digest(text.digest),
            bound_to: text.bound_to.clone(),
        };
        missing.remove(&member) || copied.contains(&member.digest)
    };
    let texts: Vec<TextRow> = sealed.texts.into_iter().filter(is_member).collect();
    match missing.into_iter().next() {
        Some(member) => Err(ExecuteError::NotSealed(member.bound_to)),
        None => Ok(SealedParts { texts, ..sealed }),
    }
}

impl Call {
    /// Who, and the command's id.
    pub fn head(&self) -> &CommandHead {
        &self.head
    }

    /// The command with which a reaction of `organisation` answers `cause`; a repeat has the same id.
    pub fn reaction(method: &'static str, organisation: &OrganisationId, cause: EventId) -> Self {
        Self::by_service(method, organisation, CommandId::derive(cause, method), Some(cause))
    }

    /// What whoever sits at the machine does there, while nobody else writes.
    pub fn at_the_machine(method: &'static str, instance: &OrganisationId, id: CommandId) -> Self {
        let head = CommandHead {
            id,
            actor: Actor::operator(instance),
        };
        Self {
            head,
            ..Self::by_service(method, instance, id, None)
        }
    }

    /// A command that a service sends itself, with an id that follows from why.
    pub fn by_service(
        method: &'static str,
        organisation: &OrganisationId,
        id: CommandId,
        causation: Option<EventId>,
    ) -> Self {
        let actor = Actor::service(organisation);
        Self {
            head: CommandHead { id, actor },
            happened: None,
            method,
            body: Bytes::new(),
            sealed: SealedParts::default(),
            causation,
            assertion: None,
        }
    }
}

pub(crate) fn token(appended: Appended) -> Token {
    let Appended {
        source,
        epoch,
        sequence,
        position,
    } = appended;
    Token {
        source,
        epoch,
        sequence,
        position,
    }
}
