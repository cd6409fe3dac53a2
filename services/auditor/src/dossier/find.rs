use crate::{Entry, Reading, ReplayError, Service};
use idesluss_domain::Event;
use idesluss_domain::evaluation::EvaluationEvent;
use idesluss_domain::evaluation::evaluation::DecisionMade;
use idesluss_domain::words::{EvaluationId, IdeaId};
use memchr::memmem;
use uuid::Uuid;

/// Where a decision stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DecisionPosition {
    /// The id of its event.
    pub event: String,
    /// The evaluation.
    pub evaluation: EvaluationId,
    /// The idea.
    pub idea: IdeaId,
    /// Its position in evaluation's journal.
    pub position: u64,
}

impl DecisionPosition {
    /// Whether this decision is meant by the id of an event or of an evaluation.
    pub fn is(&self, wanted: Uuid) -> bool {
        self.evaluation.0 == wanted || self.event.parse() == Ok(wanted)
    }
}

/// Where a decision stands, if the entry is one: how one is found in a long journal. Errors: the line is not in its form.
pub fn decision_position(entry: &Entry) -> Result<Option<DecisionPosition>, ReplayError> {
    let names: [&[u8]; 2] = [b".DecisionMade\"", b".DecisionReconsidered\""];
    let named = names.iter().any(|name| memmem::find(&entry.line, name).is_some());
    if !named || entry.service != Service::Evaluation {
        return Ok(None);
    }
    let reading = entry.read_own()?;
    let place = |(reading, made): (&Reading, &DecisionMade)| DecisionPosition {
        event: reading.id.clone(),
        evaluation: made.evaluation,
        idea: made.idea,
        position: reading.position,
    };
    Ok(reading.as_ref().and_then(decision).map(place))
}

/// Whether a line of evaluation's journal is about an organisation's criteria or delegation order: a dossier needs all of these. Tells by
/// the bytes alone, so a line about something else may be told as one; [`dossier`](fn@super::dossier) passes it over.
pub fn is_terms(line: &[u8]) -> bool {
    let subjects: [&[u8]; 2] = [b"\"subject\":\"criteria/", b"\"subject\":\"delegation-order/"];
    subjects.iter().any(|subject| memmem::find(line, subject).is_some())
}

/// The decision that an entry is, where it was made.
pub(super) fn decision(reading: &Reading) -> Option<(&Reading, &DecisionMade)> {
    let here = reading.own && reading.service == Service::Evaluation;
    match &reading.event {
        Event::Evaluation(EvaluationEvent::DecisionMade(made)) if here => Some((reading, made)),
        Event::Evaluation(EvaluationEvent::DecisionReconsidered(anew)) if here => Some((reading, &anew.decision)),
        _ => None,
    }
}

/// Whether a decision stands in the stream of the evaluation that it names.
pub(super) fn is_of(reading: &Reading, made: &DecisionMade) -> bool {
    reading.subject == format!("evaluation/{}", made.evaluation)
}
