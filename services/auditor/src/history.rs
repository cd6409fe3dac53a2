use crate::{Service, State};
use idesluss_domain::words::{IdeaId, Timestamp};
use serde::Serialize;
use serde_json::Value;
use std::collections::BTreeMap;

/// A text that somebody wrote, as far as it can be read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Text {
    /// It can be read.
    Readable(String),
    /// It was erased by decision.
    Erased,
    /// Its key is not there; nobody decided to erase it.
    KeyMissing,
    /// Whoever replays may not read it.
    Hidden,
}

/// Until when.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cut {
    /// Up to and with this position of a service's journal, and what the others had recorded by then.
    Position(Service, u64),
    /// Up to and with this moment.
    Time(Timestamp),
}

/// An idea's life.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct History {
    /// The idea.
    pub idea: IdeaId,
    /// What happened, in order.
    pub steps: Vec<Step>,
    /// Where everything stood at the end.
    pub state: State,
}

/// One thing that happened.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Step {
    /// In which service.
    pub service: Service,
    /// Its position in that service's journal.
    pub position: u64,
    /// When it was recorded, UTC.
    pub recorded: String,
    /// When it happened, as its author claims, UTC.
    pub time: String,
    /// The event's id.
    pub id: String,
    /// The type of the event, such as `IdeaSubmitted`.
    pub event: String,
    /// The aggregate that it happened to, such as `idea/…`.
    pub subject: String,
    /// Who.
    pub who: Author,
    /// Under which mandate.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mandate: Option<String>,
    /// What was written, by member of the event.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub texts: BTreeMap<String, Text>,
    /// Everything else that the event says.
    pub data: Value,
    /// Where everything stood afterwards.
    pub state: State,
    /// For a decision: what the decider had received and seen.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub knew: Option<Knew>,
}

/// Who did something.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Author {
    /// The pseudonym; all zeroes for a service itself.
    pub person: String,
    /// In which role.
    pub role: String,
    /// For which organisation.
    pub organisation: String,
}

/// What a decider had received and seen.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Knew {
    /// The position of evaluation's journal from which the confirmed page was drawn.
    pub seen: u64,
    /// How many entries that journal had when it was decided.
    pub size: u64,
    /// The root of the tree over those entries.
    pub root: String,
    /// How far each source had been received.
    pub sources: Vec<SourceSeen>,
    /// The version of the brief.
    pub brief_version: u32,
    /// What stood in that journal about the evaluation and its idea.
    pub entries: Vec<KnewEntry>,
}

/// How far a source had been received.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SourceSeen {
    /// The source.
    pub source: String,
    /// Its epoch.
    pub epoch: u32,
    /// The last sequence.
    pub sequence: u64,
    /// Its position in its own journal.
    pub from_position: u64,
}

/// One entry that the decider could have known.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct KnewEntry {
    /// Its position in evaluation's journal.
    pub position: u64,
    /// The type of the event.
    pub event: String,
    /// When evaluation recorded it, UTC.
    pub recorded: String,
    /// Whether the confirmed page showed it; otherwise it had only been received.
    pub seen: bool,
}
