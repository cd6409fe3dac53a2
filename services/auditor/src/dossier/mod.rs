//! The dossier of a decision: what the decider had received and seen, what existed elsewhere, who was allowed to, and what came after.
//!
//! Everything in it is folded from lines of journals; texts are what those who hand the lines over could open. What can't be told
//! from the lines is not told: who else held a role that day stands in no journal, only who acted in one.

mod find;
mod known;
mod mandates;
mod proceedings;
mod texts;

pub use find::{DecisionPosition, decision_position, is_terms};
pub use known::{Acted, Elsewhere, Known, Later};
pub use mandates::{MandateSeen, Mandates, OrderSeen, Verified};
pub use proceedings::{
    Brief, Criteria, CriterionSeen, Declaration, DissentSeen, PanelMember, Proceedings, Recommendation, Scored, Scores,
};
pub use texts::{Erasure, TextNow, erasure_in};

use crate::{Author, Entry, Reading, ReplayError, Service, SourceSeen};
use idesluss_domain::Event;
use idesluss_domain::evaluation::EvaluationEvent;
use idesluss_domain::evaluation::evaluation::{DecidedBy, DecisionMade, EvaluationOpened};
use serde::Serialize;
use std::collections::BTreeMap;
use uuid::Uuid;

/// What a decision rested on, and what became of it.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Dossier {
    /// The decision itself.
    pub decision: Decision,
    /// What the decider had received and seen, as the decision says.
    pub basis: BasisSeen,
    /// Every entry about the evaluation and its idea that stood in evaluation's journal then, in order.
    pub known: Vec<Known>,
    /// What had happened to the idea elsewhere by then, and had not arrived.
    pub elsewhere: Vec<Elsewhere>,
    /// Brief, criteria, scores, conflicts of interest, panel and recommendation as they stood then.
    pub proceedings: Proceedings,
    /// The delegation order and the mandates in force that day.
    pub mandates: Mandates,
    /// Who had acted in which role by then, as far as these entries tell.
    pub acted: Vec<Acted>,
    /// What happened to the evaluation and its idea afterwards, in order.
    pub after: Vec<Later>,
    /// What was decided about erasing texts; None: nothing.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub erasure: Option<Erasure>,
    /// What does not fit together; empty: nothing was noticed. `audit verify` checks more.
    pub findings: Vec<String>,
}

/// A decision.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Decision {
    /// The event's id.
    pub event: String,
    /// The evaluation.
    pub evaluation: String,
    /// The idea.
    pub idea: String,
    /// Whose idea it is.
    pub organisation: String,
    /// The gate.
    pub gate: String,
    /// The round, from 1.
    pub round: u32,
    /// Its position in evaluation's journal.
    pub position: u64,
    /// When it was recorded, UTC.
    pub recorded: String,
    /// When it was made, as its author claims, UTC.
    pub time: String,
    /// The day of the decision in Sweden.
    pub decided_on: String,
    /// Who wrote it down: the decider, or whoever recorded what a board decided.
    pub who: Author,
    /// The board's decision: which, the day of its meeting and the paragraph.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub board: Option<(String, String, String)>,
    /// What was decided.
    pub outcome: String,
    /// Whether it is to be carried out at home.
    pub home: bool,
    /// What it commits, in kronor.
    pub cost_kronor: u64,
    /// The how-manieth reconsideration it is; 0: the first decision.
    pub reconsideration: u32,
    /// Whether it was reconsidered later: then another decision holds.
    pub replaced: bool,
    /// Reasons and conditions.
    pub texts: BTreeMap<String, TextNow>,
}

/// What the decision says about what the decider had received and seen.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct BasisSeen {
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
}

/// Why there is no dossier.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DossierError {
    /// A line can't be read.
    #[error(transparent)]
    Line(#[from] ReplayError),
    /// No decision has this id, and no evaluation with it was decided.
    #[error("there is no decision {0} here: give the id of a decision's event, or of an evaluation that was decided")]
    NoDecision(Uuid),
    /// The evaluation's beginning is not among the entries.
    #[error("the evaluation of this decision has no beginning in the journal: it can't be told what it was about")]
    NoBeginning,
}

/// Everything that the parts of a dossier are made of.
struct Case<'a> {
    read: &'a [Reading],
    decision: &'a Reading,
    made: &'a DecisionMade,
    opened: &'a EvaluationOpened,
    opening: &'a Reading,
    erasure: Option<Erasure>,
}

/// Puts together the dossier of a decision.
///
/// `wanted` is the id of the decision's event, or of its evaluation: then its last decision. `entries` are the idea's in each service's
/// journal, with what was received among them, and those of [`is_terms`] in evaluation's; others are passed over.
/// Errors: [`DossierError`].
pub fn dossier(wanted: Uuid, entries: &[Entry]) -> Result<Dossier, DossierError> {
    let mut read = Vec::with_capacity(entries.len());
    for entry in entries {
        read.extend(entry.read()?);
    }
    read.sort_by_key(|reading| (reading.recorded, reading.service, reading.position));
    let decisions: Vec<(&Reading, &DecisionMade)> = read.iter().filter_map(find::decision).collect();
    let by_id = |(reading, made): &&(&Reading, &DecisionMade)| {
        reading.id == wanted.to_string() || made.evaluation.0 == wanted && find::is_of(reading, made)
    };
    let (decision, made) = *decisions
        .iter()
        .rev()
        .find(by_id)
        .ok_or(DossierError::NoDecision(wanted))?;
    let opening = read.iter().find_map(|reading| match &reading.event {
        Event::Evaluation(EvaluationEvent::EvaluationOpened(opened))
            if reading.own && reading.service == Service::Evaluation && reading.subject == decision.subject =>
        {
            Some((reading, opened))
        }
        _ => None,
    });
    let (opening, opened) = opening.ok_or(DossierError::NoBeginning)?;
    let case = Case {
        erasure: texts::erasure(&read),
        read: &read,
        decision,
        made,
        opened,
        opening,
    };
    let mut findings = Vec::new();
    let (known, elsewhere) = (known::known(&case), known::elsewhere(&case, &mut findings));
    let mandates = mandates::mandates(&case, &mut findings);
    findings.extend(basis_findings(&case));
    Ok(Dossier {
        decision: decision_of(&case, &decisions),
        basis: basis(made),
        known,
        elsewhere,
        proceedings: proceedings::proceedings(&case),
        mandates,
        acted: known::acted(&case),
        after: known::after(&case),
        erasure: case.erasure.clone(),
        findings,
    })
}

fn decision_of(case: &Case<'_>, all: &[(&Reading, &DecisionMade)]) -> Decision {
    let Case { decision, made, .. } = case;
    let board = match &made.decided_by {
        DecidedBy::Person { .. } => None,
        DecidedBy::Board {
            board,
            meeting,
            paragraph,
            ..
        } => Some((board.clone(), meeting.to_string(), paragraph.to_string())),
    };
    let reconsideration = match &decision.event {
        Event::Evaluation(EvaluationEvent::DecisionReconsidered(anew)) => anew.number,
        _ => 0,
    };
    let later = |(other, _): &(&Reading, &DecisionMade)| {
        other.subject == decision.subject && other.position > decision.position
    };
    // A reconsideration holds its decision in a member of its own.
    let mut texts = case.texts(decision);
    texts = texts
        .into_iter()
        .map(|(path, text)| (path.trim_start_matches("decision.").to_owned(), text))
        .collect();
    Decision {
        event: decision.id.clone(),
        evaluation: made.evaluation.to_string(),
        idea: made.idea.to_string(),
        organisation: case.opened.organisation.to_string(),
        gate: made.gate.as_str().to_owned(),
        round: case.opened.round,
        position: decision.position,
        recorded: decision.recorded.to_string(),
        time: decision.time.to_string(),
        decided_on: made.decided_on.to_string(),
        who: Author::of(decision),
        board,
        outcome: made.outcome.as_str().to_owned(),
        home: made.home,
        cost_kronor: made.cost_kronor,
        reconsideration,
        replaced: all.iter().any(later),
        texts,
    }
}

fn basis(made: &DecisionMade) -> BasisSeen {
    let basis = &made.basis;
    let source = |source: &idesluss_domain::evaluation::evaluation::SourceSeen| SourceSeen {
        source: source.source.clone(),
        epoch: source.epoch,
        sequence: source.sequence,
        from_position: source.from_position,
    };
    BasisSeen {
        seen: basis.seen,
        size: basis.size,
        root: basis.root.to_string(),
        sources: basis.sources.iter().map(source).collect(),
        brief_version: basis.brief_version,
    }
}

fn basis_findings(case: &Case<'_>) -> Vec<String> {
    let (basis, position) = (&case.made.basis, case.decision.position);
    let mut findings = Vec::new();
    if basis.size > position {
        findings.push(format!(
            "the decision says that the journal had {} entries, but it stands at position {position} itself",
            basis.size
        ));
    }
    if basis.seen >= basis.size {
        findings.push(format!(
            "the decision says that position {} was seen, but that the journal had {} entries",
            basis.seen, basis.size
        ));
    }
    let unseen = |reading: &&Reading| case.is_known(reading) && reading.position > basis.seen;
    if let Some(reading) = case.read.iter().find(unseen) {
        findings.push(format!(
            "entry {} of evaluation stood in the journal and had not been seen, and it was decided all the same",
            reading.position
        ));
    }
    findings
}

impl Case<'_> {
    /// Whether an entry is about this evaluation or its idea.
    fn is_about(&self, reading: &Reading) -> bool {
        reading.subject == self.decision.subject || reading.subject == format!("idea/{}", self.made.idea)
    }

    /// Whether an entry stood in evaluation's journal when it was decided.
    fn is_known(&self, reading: &Reading) -> bool {
        reading.service == Service::Evaluation && self.is_about(reading) && reading.position < self.made.basis.size
    }
}
