//! Words of the domain as people read them.

use crate::lang::Lang;
use idesluss_auditor::spaced;
use idesluss_domain::AggregateStatus;
use idesluss_domain::words::{Outcome, Role};
pub(crate) use idesluss_phrases::Kind;
use idesluss_proto::pb::evaluation as ev;
use idesluss_proto::pb::sharing as sh;
use idesluss_proto::pb::submission as sub;

pub(crate) fn role(l: Lang, role: Role) -> &'static str {
    match role {
        Role::Submitter => l.t("role-submitter"),
        Role::Coordinator => l.t("role-coordinator"),
        Role::Assessor => l.t("role-assessor"),
        Role::NeedOwner => l.t("role-need-owner"),
        Role::DecisionMaker => l.t("role-decision-maker"),
        Role::Registrar => l.t("role-registrar"),
        Role::Steward => l.t("role-steward"),
        Role::Adopter => l.t("role-adopter"),
        Role::Auditor => l.t("role-auditor"),
        Role::Operator => l.t("role-operator"),
        Role::Administrator => l.t("role-administrator"),
        Role::LinkHolder => l.t("role-link-holder"),
        Role::Service => l.t("role-the-service-itself"),
    }
}

pub(crate) fn idea_phase(l: Lang, phase: sub::Phase) -> String {
    state(l, phase.try_into().ok().map(AggregateStatus::Idea))
}

/// The same for whoever it may be whose answer is waited for.
pub(crate) fn own_phase(l: Lang, phase: sub::Phase, is_own: bool) -> String {
    match phase {
        sub::Phase::NeedsClarification if is_own => l.t("waits-for-your-answer").to_owned(),
        phase => idea_phase(l, phase),
    }
}

/// Which step of an idea's way that is, from 0; None: it goes no further on it.
pub(crate) fn step(phase: sub::Phase) -> Option<usize> {
    match phase {
        sub::Phase::Submitted => Some(0),
        sub::Phase::NeedsClarification => Some(1),
        sub::Phase::Accepted | sub::Phase::InEvaluation => Some(2),
        sub::Phase::Decided => Some(3),
        sub::Phase::AtHome => Some(4),
        _ => None,
    }
}

/// What happens with an idea and who acts, in a list of one's own.
pub(crate) fn what_waits(l: Lang, row: &sub::IdeaRow) -> String {
    match row.phase() {
        sub::Phase::NeedsClarification => l.t("waits-needs-clarification").to_owned(),
        sub::Phase::Decided => l.t("waits-decided").to_owned(),
        sub::Phase::Declined => l.t("waits-declined").to_owned(),
        _ => happens(l, row),
    }
}

/// The same on its own page.
pub(crate) fn what_happens(l: Lang, row: &sub::IdeaRow, idea: &sub::GetIdeaResponse) -> String {
    match row.phase() {
        sub::Phase::Decided if idea.home => l.t("happens-decided-at-home").to_owned(),
        sub::Phase::AtHome if idea.implemented => l.t("happens-carried-out").to_owned(),
        _ => happens(l, row),
    }
}

fn happens(l: Lang, row: &sub::IdeaRow) -> String {
    let day = l.day(&row.answer_due);
    let said = match row.phase() {
        sub::Phase::Submitted if row.overdue => return l.say("happens-overdue", &[("day", &day)]),
        sub::Phase::Submitted if !day.is_empty() => return l.say("happens-submitted", &[("day", &day)]),
        sub::Phase::Submitted => l.t("happens-submitted-just-now"),
        sub::Phase::NeedsClarification => l.t("happens-needs-clarification"),
        sub::Phase::Accepted => l.t("happens-accepted"),
        sub::Phase::InEvaluation => l.t("happens-in-evaluation"),
        sub::Phase::Decided => l.t("happens-decided"),
        sub::Phase::AtHome => l.t("happens-at-home"),
        sub::Phase::Referred => l.t("happens-referred"),
        sub::Phase::Declined => l.t("happens-declined"),
        sub::Phase::Duplicate => l.t("happens-duplicate"),
        sub::Phase::Superseded => l.t("happens-superseded"),
        sub::Phase::Parked => l.t("happens-parked"),
        sub::Phase::Withdrawn => l.t("happens-withdrawn"),
        sub::Phase::Closed => l.t("happens-closed"),
        sub::Phase::Unspecified => "",
    };
    said.to_owned()
}

/// Where something stands; nothing for what is not stated.
pub(crate) fn state(l: Lang, status: Option<AggregateStatus>) -> String {
    let code = |status: AggregateStatus| format!("{}-{}", status.thing(), status.as_str());
    let words = |status: AggregateStatus| l.phrase(Kind::State, &code(status), &[]);
    status.and_then(words).unwrap_or_default()
}

pub(crate) fn decline_reason(l: Lang, reason: sub::DeclineReason) -> &'static str {
    match reason {
        sub::DeclineReason::Unspecified => "",
        sub::DeclineReason::OutOfScope => l.t("decline-reason-not-ours-to-decide"),
        sub::DeclineReason::Exists => l.t("decline-reason-exists-already"),
        sub::DeclineReason::NoIdea => l.t("decline-reason-a-complaint-or-a-question"),
        sub::DeclineReason::NotAllowed => l.t("decline-reason-not-allowed"),
        sub::DeclineReason::TooVague => l.t("decline-reason-too-vague-in-spite-of"),
    }
}

pub(crate) fn gate(l: Lang, gate: ev::Gate) -> &'static str {
    match gate {
        ev::Gate::Unspecified => l.t("gate-earlier"),
        ev::Gate::Opportunity => l.t("gate-opportunity"),
        ev::Gate::Concept => l.t("gate-concept"),
        ev::Gate::Pilot => l.t("gate-pilot"),
        ev::Gate::Rollout => l.t("gate-rollout"),
    }
}

pub(crate) fn outcome(l: Lang, outcome: ev::Outcome) -> &'static str {
    match outcome {
        ev::Outcome::Unspecified => "",
        ev::Outcome::Advance => l.t("outcome-advance"),
        ev::Outcome::Return => l.t("outcome-return"),
        ev::Outcome::Park => l.t("outcome-park"),
        ev::Outcome::Reject => l.t("outcome-reject"),
    }
}

/// The outcome that a word in the journal stands for.
pub(crate) fn outcome_of(word: &str) -> ev::Outcome {
    let known = Outcome::ALL.into_iter().find(|known| known.as_str() == word);
    known.map(ev::Outcome::from).unwrap_or_default()
}

/// The same to choose from.
pub(crate) fn outcome_choice(l: Lang, outcome: ev::Outcome) -> &'static str {
    match outcome {
        ev::Outcome::Unspecified => "",
        ev::Outcome::Advance => l.t("outcome-choice-advance"),
        ev::Outcome::Return => l.t("outcome-choice-return"),
        ev::Outcome::Park => l.t("outcome-choice-park"),
        ev::Outcome::Reject => l.t("outcome-choice-reject"),
    }
}

pub(crate) fn evaluation_phase(l: Lang, phase: ev::Phase) -> String {
    state(l, phase.try_into().ok().map(AggregateStatus::Evaluation))
}

pub(crate) fn support(l: Lang, kind: ev::SupportKind) -> &'static str {
    match kind {
        ev::SupportKind::Unspecified => "",
        ev::SupportKind::Development => l.t("support-development"),
        ev::SupportKind::Implementation => l.t("support-implementation"),
        ev::SupportKind::Commercialisation => l.t("support-commercialisation"),
        ev::SupportKind::Procurement => l.t("support-procurement-of-innovation"),
        ev::SupportKind::Testbed => l.t("support-testbed"),
    }
}

/// A clause of a delegation order by its reference, such as `uddevalla/1/4.1`, or `uddevalla/1/4.1/2` where it was handed on.
pub(crate) fn mandate(l: Lang, reference: &str) -> String {
    let mut parts = reference.splitn(4, '/').skip(2);
    match (parts.next(), parts.next()) {
        (Some(clause), None) => l.say("mandate-clause", &[("clause", clause)]),
        (Some(clause), Some(number)) => l.say("mandate-handed-on", &[("clause", clause), ("number", number)]),
        _ => reference.to_owned(),
    }
}

pub(crate) fn verdict(l: Lang, verdict: ev::PilotVerdict) -> &'static str {
    match verdict {
        ev::PilotVerdict::Unspecified => l.t("verdict-goes-on"),
        ev::PilotVerdict::Confirmed => l.t("verdict-what-was-believed-held"),
        ev::PilotVerdict::Refuted => l.t("verdict-what-was-believed-did-not"),
        ev::PilotVerdict::Inconclusive => l.t("verdict-it-could-not-be-told"),
    }
}

pub(crate) fn kind(l: Lang, kind: sh::SolutionKind) -> &'static str {
    match kind {
        sh::SolutionKind::Unspecified => "",
        sh::SolutionKind::Product => l.t("word-kind-product"),
        sh::SolutionKind::Service => l.t("word-kind-service"),
        sh::SolutionKind::WayOfWorking => l.t("word-kind-way-of-working"),
    }
}

pub(crate) fn visibility(l: Lang, visibility: sh::Visibility) -> &'static str {
    match visibility {
        sh::Visibility::Unspecified => "",
        sh::Visibility::Own => l.t("visibility-our-organisation-only"),
        sh::Visibility::Region => l.t("visibility-the-whole-region"),
        sh::Visibility::Public => l.t("visibility-everybody"),
    }
}

pub(crate) fn solution_phase(l: Lang, phase: sh::SolutionPhase) -> String {
    state(l, phase.try_into().ok().map(AggregateStatus::Solution))
}

pub(crate) fn adoption_phase(l: Lang, phase: sh::AdoptionPhase) -> String {
    state(l, phase.try_into().ok().map(AggregateStatus::Adoption))
}

pub(crate) fn adoption_form(l: Lang, form: sh::AdoptionForm) -> &'static str {
    match form {
        sh::AdoptionForm::Unspecified => "",
        sh::AdoptionForm::Copy => l.t("adoption-form-as-it-is"),
        sh::AdoptionForm::Adapt => l.t("adoption-form-adapted"),
        sh::AdoptionForm::JointProcurement => l.t("adoption-form-joint-procurement"),
    }
}

pub(crate) fn benefit_class(l: Lang, class: sh::BenefitClass) -> &'static str {
    match class {
        sh::BenefitClass::Unspecified => "",
        sh::BenefitClass::Money => l.t("benefit-class-money"),
        sh::BenefitClass::Time => l.t("benefit-class-time"),
        sh::BenefitClass::Quality => l.t("benefit-class-quality"),
    }
}

/// What one of the standard criteria is called; a set of one's own tells its names itself.
pub(crate) fn criterion(l: Lang, key: &str) -> String {
    l.phrase(Kind::Criterion, key, &[]).unwrap_or_else(|| key.to_owned())
}

/// What a criterion is called, in Swedish and in English: in every language, where it is the standard one of that key. Empty: it has no name.
pub(crate) fn criterion_name(l: Lang, key: &str, names: (&str, &str)) -> String {
    let said = |l: Lang| l.phrase(Kind::Criterion, key, &[]);
    let is_standard =
        (said(Lang::SWEDISH).as_deref(), said(Lang::ENGLISH).as_deref()) == (Some(names.0), Some(names.1));
    match said(l) {
        Some(name) if is_standard => name,
        _ => l.either(names.0, names.1).to_owned(),
    }
}

/// The same of one in a set.
pub(crate) fn criterion_of(l: Lang, criterion: &ev::Criterion) -> String {
    criterion_name(l, &criterion.key, (&criterion.name_sv, &criterion.name_en))
}

/// What each step of a criterion means, from 1 on.
pub(crate) fn criterion_steps(l: Lang, criterion: &ev::Criterion) -> Vec<String> {
    let steps = criterion.steps_sv.iter().zip(&criterion.steps_en).zip(1..);
    let said = |((swedish, english), step): ((&String, &String), u32)| {
        criterion_name(l, &format!("{}-{step}", criterion.key), (swedish, english))
    };
    steps.map(said).collect()
}

/// What happened, by the name of its event.
pub(crate) fn event(l: Lang, kind: &str) -> String {
    l.phrase(Kind::Event, kind, &[]).unwrap_or_else(|| spaced(kind))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mandate_is_called_by_its_clause_and_by_how_it_was_handed_on() {
        let said = |reference| mandate(Lang::ENGLISH, reference);
        assert_eq!(said("uddevalla/1/4.1"), "the delegation order, clause 4.1");
        assert_eq!(
            said("uddevalla/1/4.1/2"),
            "the delegation order, clause 4.1, handed on as number 2"
        );
        assert_eq!(said("4.1"), "4.1");
    }

    #[test]
    fn a_criterion_that_an_organisation_has_named_itself_is_called_so_whatever_its_key() {
        let said = |l, swedish, english| criterion_name(l, "novelty", (swedish, english));
        assert_eq!(said(Lang::ENGLISH, "Nyhetshöjd", "Novelty"), "Novelty");
        assert_eq!(said(Lang::SWEDISH, "Nyhet", "Newness"), "Nyhet");
        assert_eq!(said(Lang::ENGLISH, "Nyhet", "Newness"), "Newness");
        assert_eq!(criterion(Lang::SWEDISH, "novelty"), "Nyhetshöjd");
        assert_eq!(criterion(Lang::SWEDISH, "own"), "own");
    }
}
