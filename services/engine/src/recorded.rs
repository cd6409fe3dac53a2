use idesluss_domain::Event;
use idesluss_domain::words::{CommandId, EventId, IdeaId, OrganisationId, PersonId, Role, StreamName, Timestamp};
use idesluss_proof::line::{Body, EventLine, parse};
use uuid::Uuid;

/// One entry as views and reactions see it.
#[derive(Debug, Clone, PartialEq)]
pub struct Recorded {
    /// Its position in this journal.
    pub position: u64,
    /// When this journal recorded it.
    pub recorded: Timestamp,
    /// Whether this service wrote it itself.
    pub own: bool,
    /// Everything that is said about the event.
    pub meta: Meta,
    /// The event; None for a type that this version does not know, or data that does not fit it.
    pub event: Option<Event>,
}

/// What is said about an event: the CloudEvents members.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Meta {
    /// Its id.
    pub id: EventId,
    /// `/<instance>/<service>/<audience>`.
    pub source: String,
    /// Its stored type name.
    pub kind: String,
    /// The stream that it belongs to.
    pub subject: String,
    /// When it happened, as its author claims.
    pub time: Timestamp,
    /// For which organisation it was done.
    pub organisation: OrganisationId,
    /// By whom, as a pseudonym.
    pub actor: PersonId,
    /// In which role.
    pub role: Role,
    /// By what right, as the line says it.
    pub grant: Option<String>,
    /// Under which mandate.
    pub mandate: Option<String>,
    /// By which command.
    pub command: CommandId,
    /// The idea that it is about.
    pub correlation: Uuid,
    /// The event that it answers.
    pub causation: Option<EventId>,
    /// The trace in which it was written.
    pub traceparent: Option<String>,
    /// Its source's epoch.
    pub epoch: u32,
    /// Its sequence in source and epoch.
    pub sequence: u64,
    /// Which event of its stream it is, from 1.
    pub stream_version: u64,
    /// Its position in its own journal, if it was received.
    pub from_position: Option<u64>,
}

impl Recorded {
    /// Reads an entry's line. None: a refused entry, or one whose members are not this instance's kind of ids.
    pub fn read(bytes: &[u8]) -> Option<Self> {
        let line = parse(bytes).ok()?;
        let recorded = Timestamp::from_micros(line.recorded_micros).ok()?;
        let (own, from_position, event) = match &line.body {
            Body::Own(event) => (true, None, event),
            Body::Received {
                from_position, event, ..
            } => (false, Some(*from_position), event),
            Body::Refused(_) => return None,
        };
        Some(Self {
            position: line.position,
            recorded,
            own,
            meta: Meta::read(event, from_position)?,
            event: Event::from_stored(&event.kind, event.data).ok(),
        })
    }

    /// The idea whose stream it stands in.
    pub fn idea(&self) -> Option<IdeaId> {
        self.meta.subject.strip_prefix("idea/")?.parse().ok()
    }

    /// The id of the aggregate in whose stream it stands, as it is written there.
    pub fn aggregate_id(&self) -> &str {
        self.meta.subject.split_once('/').map_or("", |(_, id)| id)
    }

    /// Whether it stands in this stream.
    pub fn is_of(&self, stream: &StreamName) -> bool {
        self.meta.subject == stream.as_str()
    }
}

impl Meta {
    fn read(event: &EventLine<'_>, from_position: Option<u64>) -> Option<Self> {
        Some(Self {
            id: event.id.parse().ok()?,
            source: event.source.clone().into_owned(),
            kind: event.kind.clone().into_owned(),
            subject: event.subject.clone().into_owned(),
            time: Timestamp::from_micros(event.time_micros).ok()?,
            organisation: event.organisation.parse().ok()?,
            actor: event.actor.parse().ok()?,
            role: event.role.parse().ok()?,
            grant: event.grant.as_ref().map(|grant| grant.clone().into_owned()),
            mandate: event.mandate.as_ref().map(|mandate| mandate.clone().into_owned()),
            command: event.commandid.parse().ok()?,
            correlation: event.correlationid.parse().ok()?,
            causation: event.causationid.as_ref().and_then(|id| id.parse().ok()),
            traceparent: event.traceparent.as_ref().map(|trace| trace.clone().into_owned()),
            epoch: event.epoch,
            sequence: event.sequence,
            stream_version: event.stream_version,
            from_position,
        })
    }
}
