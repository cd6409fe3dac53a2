use crate::Text;
use idesluss_domain::Event;
use idesluss_domain::words::Timestamp;
use idesluss_proof::line::{Body, parse};
use serde::Serialize;
use std::collections::BTreeMap;
use std::str::FromStr;

/// Whose journal an entry stands in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Service {
    /// Ideas.
    Submission,
    /// Evaluations.
    Evaluation,
    /// Solutions and adoptions.
    Sharing,
    /// Organisations, people, and who may.
    Identity,
}

impl Service {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Submission, Self::Evaluation, Self::Sharing, Self::Identity];

    /// Its name, as it stands in sources.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Submission => "submission",
            Self::Evaluation => "evaluation",
            Self::Sharing => "sharing",
            Self::Identity => "identity",
        }
    }
}

impl FromStr for Service {
    type Err = ReplayError;
    fn from_str(name: &str) -> Result<Self, ReplayError> {
        let found = Self::ALL.into_iter().find(|service| service.as_str() == name);
        found.ok_or_else(|| ReplayError::Service(name.to_owned()))
    }
}

/// One entry of a journal as it is stored, with the texts that could be opened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Whose journal.
    pub service: Service,
    /// The line without its newline.
    pub line: Vec<u8>,
    /// Texts by digest in 64 hexadecimal digits.
    pub texts: BTreeMap<String, Text>,
}

/// Why a life can't be replayed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ReplayError {
    /// A line is not in its form.
    #[error("the journal of {service} holds a line that is not understood: {reason}")]
    Line {
        /// Whose.
        service: &'static str,
        /// What is wrong with it.
        reason: String,
    },
    /// A newer version wrote it.
    #[error("entry {position} of {service} has the type {kind}, which this version does not know; use a newer one")]
    UnknownType {
        /// Whose.
        service: &'static str,
        /// Where.
        position: u64,
        /// Which.
        kind: String,
    },
    /// There is no such service.
    #[error("there is no service {0}: write submission, evaluation, sharing or identity")]
    Service(String),
    /// Nothing stands there.
    #[error("nothing is known of the idea at that moment")]
    Nothing,
}

/// An entry that was read.
#[derive(Debug, Clone)]
pub struct Reading {
    /// Whose journal it stands in.
    pub service: Service,
    /// Its position there.
    pub position: u64,
    /// When that journal recorded it.
    pub recorded: Timestamp,
    /// Whether that service wrote it itself.
    pub own: bool,
    /// `/<instance>/<service>/<audience>`.
    pub source: String,
    /// Its source's epoch.
    pub epoch: u32,
    /// Its sequence in source and epoch.
    pub sequence: u64,
    /// Its position in its source's journal, if it was received.
    pub from_position: Option<u64>,
    /// When it happened, as its author claims.
    pub time: Timestamp,
    /// Its id, as it is written.
    pub id: String,
    /// Its stored type name.
    pub type_name: String,
    /// The last part of that, such as `IdeaSubmitted`.
    pub kind: String,
    /// The stream that it belongs to.
    pub subject: String,
    /// For which organisation it was done, as it is written.
    pub organisation: String,
    /// By whom, as it is written.
    pub actor: String,
    /// In which role, as it is written.
    pub role: String,
    /// Under which mandate.
    pub mandate: Option<String>,
    /// The idea that it is about, as it is written.
    pub correlation: String,
    /// Its data, byte for byte.
    pub data: String,
    /// The event.
    pub event: Event,
    /// Texts by digest, as [`Entry::texts`].
    pub texts: BTreeMap<String, Text>,
}

impl Entry {
    /// Reads the line. None: a refused entry, which holds no event.
    pub fn read(&self) -> Result<Option<Reading>, ReplayError> {
        self.read_if(|_| true)
    }

    /// Reads the line of an event that happened in this very service. None: it was received from another, or refused.
    pub fn read_own(&self) -> Result<Option<Reading>, ReplayError> {
        self.read_if(|body| matches!(body, Body::Own(_)))
    }

    fn read_if(&self, wanted: impl Fn(&Body<'_>) -> bool) -> Result<Option<Reading>, ReplayError> {
        let service = self.service.as_str();
        let wrong = |reason: String| ReplayError::Line { service, reason };
        let line = parse(&self.line).map_err(|error| wrong(error.to_string()))?;
        let Some(event) = line.body.event().filter(|_| wanted(&line.body)) else {
            return Ok(None);
        };
        let stamp = |micros| Timestamp::from_micros(micros).map_err(|error| wrong(error.to_string()));
        let known = Event::from_stored(&event.kind, event.data).map_err(|_| ReplayError::UnknownType {
            service,
            position: line.position,
            kind: event.kind.clone().into_owned(),
        })?;
        Ok(Some(Reading {
            service: self.service,
            position: line.position,
            recorded: stamp(line.recorded_micros)?,
            own: matches!(line.body, Body::Own(_)),
            source: event.source.clone().into_owned(),
            epoch: event.epoch,
            sequence: event.sequence,
            from_position: match &line.body {
                Body::Received { from_position, .. } => Some(*from_position),
                _ => None,
            },
            time: stamp(event.time_micros)?,
            id: event.id.clone().into_owned(),
            type_name: event.kind.clone().into_owned(),
            kind: event.kind.rsplit('.').next().unwrap_or_default().to_owned(),
            subject: event.subject.clone().into_owned(),
            organisation: event.organisation.clone().into_owned(),
            actor: event.actor.clone().into_owned(),
            role: event.role.clone().into_owned(),
            mandate: event.mandate.as_ref().map(|mandate| mandate.clone().into_owned()),
            correlation: event.correlationid.clone().into_owned(),
            data: event.data.to_owned(),
            event: known,
            texts: self.texts.clone(),
        }))
    }
}
