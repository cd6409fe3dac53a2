//! Words of the domain as people read them.

use crate::lang::Lang;
use idesluss_auditor::spaced;
use idesluss_domain::AggregateStatus;
use idesluss_domain::evaluation::standard_criteria;
use idesluss_domain::words::Role;
pub(crate) use idesluss_phrases::Kind;
use idesluss_proto::pb::evaluation as ev;
use idesluss_proto::pb::sharing as sh;
use idesluss_proto::pb::submission as sub;

pub(crate) fn role(l: Lang, role: Role) -> &'static str {
    match role {
        Role::Submitter => l.t("idégivare", "submitter"),
        Role::Coordinator => l.t("slussledare", "coordinator"),
        Role::Assessor => l.t("bedömare", "assessor"),
        Role::NeedOwner => l.t("behovsägare", "need owner"),
        Role::DecisionMaker => l.t("beslutsfattare", "decision-maker"),
        Role::Registrar => l.t("registrator", "registrar"),
        Role::Steward => l.t("förvaltare", "steward"),
        Role::Adopter => l.t("införare", "adopter"),
        Role::Auditor => l.t("revisor", "auditor"),
        Role::Operator => l.t("driftansvarig", "operator"),
        Role::Administrator => l.t("organisationsadministratör", "administrator"),
        Role::Service => l.t("tjänsten själv", "the service itself"),
    }
}

pub(crate) fn idea_phase(l: Lang, phase: sub::Phase) -> String {
    state(l, phase.try_into().ok().map(AggregateStatus::Idea))
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
        sub::DeclineReason::OutOfScope => l.t("Hör inte till oss", "Not ours to decide"),
        sub::DeclineReason::Exists => l.t("Finns redan", "Exists already"),
        sub::DeclineReason::NoIdea => l.t("Är ett klagomål eller en fråga", "A complaint or a question"),
        sub::DeclineReason::NotAllowed => l.t("Är inte tillåtet", "Not allowed"),
        sub::DeclineReason::TooVague => l.t("För oklart, trots frågor", "Too vague, in spite of questions"),
    }
}

pub(crate) fn gate(l: Lang, gate: ev::Gate) -> &'static str {
    match gate {
        ev::Gate::Unspecified => l.t("Tidigare", "Earlier"),
        ev::Gate::Opportunity => l.t("Möjlighet", "Opportunity"),
        ev::Gate::Concept => l.t("Koncept", "Concept"),
        ev::Gate::Pilot => l.t("Pilot", "Pilot"),
        ev::Gate::Rollout => l.t("Breddinförande", "Rollout"),
    }
}

pub(crate) fn outcome(l: Lang, outcome: ev::Outcome) -> &'static str {
    match outcome {
        ev::Outcome::Unspecified => "",
        ev::Outcome::Advance => l.t("Går vidare", "Advance"),
        ev::Outcome::Return => l.t("Tillbaka för komplettering", "Return"),
        ev::Outcome::Park => l.t("Vilar", "Park"),
        ev::Outcome::Reject => l.t("Avslag", "Reject"),
    }
}

pub(crate) fn evaluation_phase(l: Lang, phase: ev::Phase) -> String {
    state(l, phase.try_into().ok().map(AggregateStatus::Evaluation))
}

pub(crate) fn support(l: Lang, kind: ev::SupportKind) -> &'static str {
    match kind {
        ev::SupportKind::Unspecified => "",
        ev::SupportKind::Development => l.t("Utveckling", "Development"),
        ev::SupportKind::Implementation => l.t("Genomförande", "Implementation"),
        ev::SupportKind::Commercialisation => l.t("Affärsutveckling", "Commercialisation"),
        ev::SupportKind::Procurement => l.t("Innovationsupphandling", "Procurement of innovation"),
        ev::SupportKind::Testbed => l.t("Testmiljö", "Testbed"),
    }
}

pub(crate) fn verdict(l: Lang, verdict: ev::PilotVerdict) -> &'static str {
    match verdict {
        ev::PilotVerdict::Unspecified => l.t("Pågår", "Goes on"),
        ev::PilotVerdict::Confirmed => l.t("Det vi trodde stämde", "What was believed held"),
        ev::PilotVerdict::Refuted => l.t("Det vi trodde stämde inte", "What was believed did not hold"),
        ev::PilotVerdict::Inconclusive => l.t("Gick inte att avgöra", "It could not be told"),
    }
}

pub(crate) fn kind(l: Lang, kind: sh::SolutionKind) -> &'static str {
    match kind {
        sh::SolutionKind::Unspecified => "",
        sh::SolutionKind::Product => l.t("Produkt", "Product"),
        sh::SolutionKind::Service => l.t("Tjänst", "Service"),
        sh::SolutionKind::WayOfWorking => l.t("Arbetssätt", "Way of working"),
    }
}

pub(crate) fn visibility(l: Lang, visibility: sh::Visibility) -> &'static str {
    match visibility {
        sh::Visibility::Unspecified => "",
        sh::Visibility::Own => l.t("Bara vår organisation", "Our organisation only"),
        sh::Visibility::Region => l.t("Hela regionen", "The whole region"),
        sh::Visibility::Public => l.t("Alla", "Everybody"),
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
        sh::AdoptionForm::Copy => l.t("Som den är", "As it is"),
        sh::AdoptionForm::Adapt => l.t("Anpassad", "Adapted"),
        sh::AdoptionForm::JointProcurement => l.t("Gemensam upphandling", "Joint procurement"),
    }
}

pub(crate) fn benefit_class(l: Lang, class: sh::BenefitClass) -> &'static str {
    match class {
        sh::BenefitClass::Unspecified => "",
        sh::BenefitClass::Money => l.t("Pengar", "Money"),
        sh::BenefitClass::Time => l.t("Tid", "Time"),
        sh::BenefitClass::Quality => l.t("Kvalitet", "Quality"),
    }
}

/// What one of the standard criteria is called; a set of one's own tells its names itself.
pub(crate) fn criterion(l: Lang, key: &str) -> String {
    let known = standard_criteria()
        .into_iter()
        .find(|criterion| criterion.key.as_str() == key);
    known.map_or_else(
        || key.to_owned(),
        |criterion| l.t(&criterion.name_sv, &criterion.name_en).to_owned(),
    )
}

/// What happened, by the name of its event.
pub(crate) fn event(l: Lang, kind: &str) -> String {
    l.phrase(Kind::Event, kind, &[]).unwrap_or_else(|| spaced(kind))
}
