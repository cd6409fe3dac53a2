use crate::{Author, Reading, Service};
use serde::Serialize;

/// One thing that happened, without its texts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Happened {
    /// In which service.
    pub service: Service,
    /// Its position in that service's journal.
    pub position: u64,
    /// When it was recorded, UTC.
    pub recorded: String,
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
}

impl Happened {
    pub(crate) fn of(reading: &Reading) -> Self {
        Self {
            service: reading.service,
            position: reading.position,
            recorded: reading.recorded.to_string(),
            id: reading.id.clone(),
            event: reading.kind.clone(),
            subject: reading.subject.clone(),
            who: Author::of(reading),
            mandate: reading.mandate.clone(),
        }
    }
}

impl Author {
    pub(crate) fn of(reading: &Reading) -> Self {
        Self {
            person: reading.actor.clone(),
            role: reading.role.clone(),
            organisation: reading.organisation.clone(),
        }
    }
}
