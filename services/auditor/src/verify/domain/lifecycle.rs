//! The course of an evaluation: how it opens, in which order its steps come, what a decision is about.

use super::super::findings::Found;
use super::case::Case;
use idesluss_domain::evaluation::evaluation::{DecisionMade, EvaluationOpened, RecommendationIssued};
use idesluss_domain::words::{EvaluationId, Gate, Outcome, PersonId};
use std::collections::BTreeSet;

/// R01: an evaluation's id follows from its idea and round, stands in its subject, and has a brief to judge.
pub(super) fn opened_rightly(opened: &EvaluationOpened, subject: &str) -> Found {
    let id = EvaluationId::derive(opened.idea, opened.round);
    let named = opened.evaluation == id && subject.strip_prefix("evaluation/") == Some(&*id.to_string());
    if !named || opened.round == 0 {
        return Some("its id does not follow from its idea and round".to_owned());
    }
    let brief = !opened.brief.is_empty() && opened.brief_version > 0;
    (!brief).then(|| "it has no brief".to_owned())
}

/// R01: a decision is about the idea and gate that the evaluation was opened for.
pub(super) fn about_this(case: &Case, decision: &DecisionMade, subject: &str) -> Found {
    let named = subject.strip_prefix("evaluation/") == Some(&*decision.evaluation.to_string());
    let same = decision.idea == case.idea && decision.gate == case.gate;
    if !named || !same {
        return Some("it is about another idea or gate than the evaluation".to_owned());
    }
    (decision.home && decision.outcome != Outcome::Advance)
        .then(|| "it hands to the line what does not advance".to_owned())
}

/// R22: from the concept gate on nothing advances without a need owner.
pub(super) fn owned(case: &Case, decision: &DecisionMade) -> Found {
    let needs = decision.outcome == Outcome::Advance && case.gate >= Gate::Concept;
    (needs && !case.owned).then(|| "nobody had confirmed to own the need".to_owned())
}

/// R12: whoever assesses or has assessed at this gate, now or in an earlier round, does not decide it.
pub(super) fn did_not_assess(case: &Case, person: PersonId) -> Found {
    let here = case
        .person(person)
        .is_some_and(|person| person.assessed || (person.assigned && !person.recused));
    (here || case.assessed_before.contains(&person)).then(|| format!("{person} decided, and assesses at this gate"))
}

/// R26: a panel and those who see it otherwise are those whose assessments were shown, each named once.
pub(super) fn panel(case: &Case, issued: &RecommendationIssued) -> Found {
    if issued.panel.is_empty() {
        return Some("nobody stands behind it".to_owned());
    }
    let mut seen = BTreeSet::new();
    for voice in voices(issued) {
        if !seen.insert(voice) {
            return Some(format!("{voice} is named twice"));
        }
        if !case.person(voice).is_some_and(|person| person.shown) {
            return Some(format!(
                "{voice} is on the panel, and no assessment of theirs was shown"
            ));
        }
    }
    None
}

/// Everyone whom a recommendation names.
pub(super) fn voices(issued: &RecommendationIssued) -> impl Iterator<Item = PersonId> {
    issued
        .panel
        .iter()
        .copied()
        .chain(issued.dissent.iter().map(|dissent| dissent.assessor))
}

/// R23: a step that comes while assessments are hidden.
pub(super) fn hidden(case: &Case, does: &str) -> Found {
    going_on(case, does).or_else(|| {
        case.revealed
            .then(|| format!("{does} after the assessments were shown"))
    })
}

/// R23: a step that comes while the evaluation goes on.
pub(super) fn going_on(case: &Case, does: &str) -> Found {
    case.closed.then(|| format!("{does} after the evaluation was closed"))
}

/// R23: a step that comes after the assessments were shown and before a decision.
pub(super) fn undecided(case: &Case, does: &str) -> Found {
    let early = || (!case.revealed).then(|| format!("{does} before the assessments were shown"));
    let late = || (case.decisions > 0).then(|| format!("{does} after a decision was made"));
    going_on(case, does).or_else(early).or_else(late)
}

/// R23: a step that follows on a decision.
pub(super) fn decided(case: &Case, does: &str) -> Found {
    (case.decisions == 0).then(|| format!("{does} and nothing had been decided"))
}
