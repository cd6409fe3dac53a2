use super::{Case, TextNow};
use crate::{Author, Happened, Reading, Service};
use idesluss_domain::evaluation::evaluation::SourceSeen;
use idesluss_domain::words::Audience;
use serde::Serialize;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

/// An entry that stood in evaluation's journal when it was decided.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Known {
    /// Its position in evaluation's journal.
    pub position: u64,
    /// When evaluation recorded it, UTC.
    pub recorded: String,
    /// The type of the event.
    pub event: String,
    /// The service in which it happened.
    pub happened_in: String,
    /// Its position there; None: it happened in evaluation itself.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub happened_at: Option<u64>,
    /// Who.
    pub who: Author,
    /// Whether the page that the decider confirmed showed it; otherwise it had only been received.
    pub seen: bool,
    /// What was written, as far as evaluation has the texts: what the decider could have read.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub texts: BTreeMap<String, TextNow>,
    /// Everything else that the event says.
    pub data: Value,
}

/// Something that had happened to the idea and had not arrived.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Elsewhere {
    /// What, in which service, by whom.
    #[serde(flatten)]
    pub happened: Happened,
    /// Whether evaluation follows that service at all.
    pub followed: bool,
    /// The position at which it stands in evaluation's journal now; None: it never arrived.
    pub arrived: Option<u64>,
    /// What was written.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub texts: BTreeMap<String, TextNow>,
}

/// Somebody who had acted in a role.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Acted {
    /// In which role.
    pub role: String,
    /// For which organisation.
    pub organisation: String,
    /// Who.
    pub person: String,
}

/// Something that happened afterwards.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Later {
    /// What, in which service, by whom.
    #[serde(flatten)]
    pub happened: Happened,
    /// What was written.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub texts: BTreeMap<String, TextNow>,
}

pub(super) fn known(case: &Case<'_>) -> Vec<Known> {
    let mut entries: Vec<&Reading> = case.read.iter().filter(|reading| case.is_known(reading)).collect();
    entries.sort_by_key(|reading| reading.position);
    let one = |reading: &Reading| Known {
        position: reading.position,
        recorded: reading.recorded.to_string(),
        event: reading.kind.clone(),
        happened_in: service_of(&reading.source).to_owned(),
        happened_at: reading.from_position,
        who: Author::of(reading),
        seen: reading.position <= case.made.basis.seen,
        texts: case.texts(reading),
        data: serde_json::from_str(&reading.data).unwrap_or(Value::Null),
    };
    entries.into_iter().map(one).collect()
}

/// What submission and sharing had recorded of the idea by then, after the places up to which evaluation had received them; of submission only what it
/// writes for evaluation.
///
/// Whether it came before the decision is told by the clocks of two services. What the places say and what stands in evaluation's journal
/// must agree; where they do not, that is a doubt.
pub(super) fn elsewhere(case: &Case<'_>, findings: &mut Vec<String>) -> Vec<Elsewhere> {
    let idea = case.made.idea.to_string();
    let mut positions: BTreeMap<&str, u64> = BTreeMap::new();
    for reading in case
        .read
        .iter()
        .filter(|reading| reading.service == Service::Evaluation)
    {
        positions.insert(&reading.id, reading.position);
    }
    let sources = &case.made.basis.sources;
    let before = |reading: &&Reading| {
        let there = reading.own && reading.service != Service::Evaluation;
        there && reading.correlation == idea && reading.recorded <= case.decision.recorded
    };
    let mut missing = Vec::new();
    for reading in case.read.iter().filter(before) {
        let followed = sources
            .iter()
            .any(|source| service_of(&source.source) == reading.service.as_str());
        // What submission writes for others, such as references, never comes there.
        let is_for_others = Audience::of_source(&reading.source) != Some(Audience::House);
        if reading.service == Service::Submission && is_for_others {
            continue;
        }
        let position = positions.get(reading.id.as_str()).copied();
        if had_arrived(sources, reading) {
            if position.is_none_or(|position| position >= case.made.basis.size) {
                findings.push(format!(
                    "{}:{} had been received, as the decision says, but evaluation's journal did not hold it then",
                    reading.service.as_str(),
                    reading.position
                ));
            }
            continue;
        }
        missing.push(Elsewhere {
            happened: Happened::of(reading),
            followed,
            arrived: position,
            texts: case.texts(reading),
        });
    }
    missing
}

/// Whether the source had been received so far. An epoch that began later lies after everything in the one before.
fn had_arrived(sources: &[SourceSeen], reading: &Reading) -> bool {
    let seen = sources.iter().find(|seen| seen.source == reading.source);
    seen.is_some_and(|seen| (reading.epoch, reading.sequence) <= (seen.epoch, seen.sequence))
}

pub(super) fn acted(case: &Case<'_>) -> Vec<Acted> {
    let until = |reading: &&Reading| case.is_known(reading) || reading.id == case.decision.id;
    let acted = case.read.iter().filter(until).map(|reading| Acted {
        role: reading.role.clone(),
        organisation: reading.organisation.clone(),
        person: reading.actor.clone(),
    });
    acted.collect::<BTreeSet<_>>().into_iter().collect()
}

/// What happened afterwards where it happened; what evaluation received of it is not told twice.
pub(super) fn after(case: &Case<'_>) -> Vec<Later> {
    let idea = case.made.idea.to_string();
    let later = |reading: &&Reading| {
        let about = reading.correlation == idea || case.is_about(reading);
        let later = match reading.service {
            Service::Evaluation => reading.position > case.decision.position,
            _ => reading.recorded > case.decision.recorded,
        };
        reading.own && about && later
    };
    let one = |reading: &Reading| Later {
        happened: Happened::of(reading),
        texts: case.texts(reading),
    };
    case.read.iter().filter(later).map(one).collect()
}

/// The service of a source, `/<instance>/<service>/<audience>`.
fn service_of(source: &str) -> &str {
    source.split('/').nth(2).unwrap_or_default()
}
