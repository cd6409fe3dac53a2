use super::Facts;
use crate::object::Object;
use idesluss_auditor::Service;
use idesluss_domain::evaluation::delegation_order::{DelegationOrderAdopted, DelegationOrderEvent};
use idesluss_domain::evaluation::evaluation::{DecidedBy, DecisionMade};
use idesluss_domain::evaluation::{CriteriaEvent, EvaluationEvent};
use idesluss_domain::words::{IdeaId, MandateReference, OrganisationId};

/// What happens to an evaluation.
pub(super) fn of_evaluation(event: &EvaluationEvent, evaluation: &Object, facts: &mut Facts) {
    use EvaluationEvent as E;
    match event {
        E::EvaluationOpened(event) => {
            facts.says("gate", event.gate).says("round", event.round);
            facts
                .says("brief_version", event.brief_version)
                .says("criteria_version", event.criteria_version);
            facts.says("assessments_required", event.assessments_required);
            belongs(evaluation, event.idea, &event.organisation, facts);
            facts.about_each("excluded", event.excluded.iter().copied());
            facts.about_each("assessed-before", event.assessed_before.iter().copied());
            // Version 0 is the instance's own set, which nobody adopted.
            if event.criteria_version > 0 {
                facts.links(evaluation, "criteria", Object::criteria(&event.organisation));
            }
            facts
                .born(evaluation, "gate", event.gate)
                .born(evaluation, "round", event.round);
        }
        E::NeedOwnerConfirmed(event) => {
            facts
                .about("need-owner", event.need_owner)
                .about("need-of", &event.organisation);
        }
        E::AssessorAssigned(event) => {
            facts.says("load", event.load).about("assessor", event.assessor);
        }
        E::NoConflictDeclared(event) => {
            facts.about("person", event.person);
        }
        E::ConflictDeclared(event) => {
            facts.about("person", event.person);
        }
        E::AssessorRecused(event) => {
            facts.says("conflict", event.conflict).about("assessor", event.assessor);
            facts.about_each("replaced-by", event.replaced_by);
        }
        E::AssessmentSubmitted(event) => {
            facts.about("assessor", event.assessor);
        }
        E::AssessmentRevised(event) => {
            facts.says("revision", event.revision).about("assessor", event.assessor);
        }
        E::AssessmentsRevealed(event) => {
            let spread = event.criteria.iter().map(|criterion| criterion.spread).max();
            facts
                .says("assessments", event.assessments.len())
                .says("weighted_hundredths", event.weighted_hundredths);
            facts.says_if("largest_spread", spread);
            facts.about_each(
                "assessor",
                event.assessments.iter().map(|assessment| assessment.assessor),
            );
        }
        E::RecommendationIssued(event) => {
            facts
                .says("proposal", event.proposal)
                .says("dissent", event.dissent.len());
            facts.about_each("panel", event.panel.iter().copied());
            facts.about_each("dissent", event.dissent.iter().map(|dissent| dissent.assessor));
        }
        E::MandateVerified(event) => {
            facts.says("gate", event.gate).says("cost_kronor", event.cost_kronor);
            facts.says("order_version", event.order_version).says("on", event.on);
            facts
                .about("decider", event.decider)
                .about_each("mandate", Object::mandate(event.mandate.as_str()));
        }
        E::DecisionMade(event) => of_decision(event, evaluation, facts),
        E::DecisionReconsidered(event) => {
            facts.says("number", event.number);
            of_decision(&event.decision, evaluation, facts);
        }
        E::DecisionReported(event) => {
            facts.says("meeting", event.meeting);
        }
        E::DecisionCorrected(_) => {}
        E::EvaluationClosed(event) => {
            facts.says("reason", event.reason).says("decided", event.decided);
        }
        E::ResourcesCommitted(event) => {
            facts
                .says("amount_kronor", event.amount_kronor)
                .says("hours", event.hours)
                .says_if("until", event.until);
        }
        E::SupportArranged(event) => {
            facts.says("kind", event.kind).about("partner", &event.partner);
        }
        E::PilotStarted(event) => {
            facts
                .says("starts_on", event.starts_on)
                .says_if("ends_on", event.ends_on);
        }
        E::PilotCompleted(event) => {
            facts
                .says("verdict", event.verdict)
                .says("completed_on", event.completed_on);
        }
        E::EarlierDecisionRecorded(event) => {
            facts
                .says_if("outcome", event.outcome)
                .says_if("decided_on", event.decided.as_ref());
            facts.says("before_submission", event.before_submission);
            belongs(evaluation, event.idea, &event.organisation, facts);
        }
        E::EarlierAssessmentRecorded(event) => {
            facts
                .says("scores", event.scores.len())
                .about("assessor", event.assessor);
            belongs(evaluation, event.idea, &event.organisation, facts);
        }
        E::TextsErased(event) => {
            facts
                .says("erased_in", Service::Evaluation.as_str())
                .about("idea", event.idea);
        }
    }
}

fn belongs(evaluation: &Object, idea: IdeaId, organisation: &OrganisationId, facts: &mut Facts) {
    facts
        .links(evaluation, "idea", idea)
        .links(evaluation, "organisation", organisation);
    facts.born(evaluation, "organisation", organisation);
}

fn of_decision(event: &DecisionMade, evaluation: &Object, facts: &mut Facts) {
    let board = matches!(event.decided_by, DecidedBy::Board { .. });
    facts
        .says("gate", event.gate)
        .says("outcome", event.outcome)
        .says("home", event.home);
    facts
        .says("cost_kronor", event.cost_kronor)
        .says("decided_on", event.decided_on)
        .says("by_board", board);
    // What the decider had received and seen: the journal's size then, and the position that the page was drawn from.
    facts
        .says("basis_size", event.basis.size)
        .says("basis_seen", event.basis.seen);
    facts.says("brief_version", event.basis.brief_version);
    match &event.decided_by {
        DecidedBy::Person { person, mandate } => {
            facts
                .about("decider", *person)
                .about_each("mandate", Object::mandate(mandate.as_str()));
        }
        DecidedBy::Board { recorded_by, .. } => {
            facts.about("recorded-by", *recorded_by);
        }
    }
    facts
        .about("idea", event.idea)
        .changes(evaluation, "outcome", event.outcome);
}

/// What happens to an organisation's criteria.
pub(super) fn of_criteria(event: &CriteriaEvent, criteria: &Object, facts: &mut Facts) {
    let CriteriaEvent::CriteriaAdopted(event) = event;
    facts
        .says("version", event.version)
        .says("criteria", event.criteria.len());
    facts
        .says("assessments_required", event.assessments_required)
        .says("load_cap", event.load_cap);
    facts.says("earlier", event.earlier);
    facts
        .links(criteria, "organisation", &event.organisation)
        .changes(criteria, "version", event.version);
}

/// What happens to an organisation's delegation order.
pub(super) fn of_order(event: &DelegationOrderEvent, order: &Object, facts: &mut Facts) {
    match event {
        DelegationOrderEvent::DelegationOrderAdopted(event) => of_adopted(event, order, facts),
        DelegationOrderEvent::MandateSubdelegated(event) => {
            facts.says("up_to_kronor", event.up_to_kronor);
            facts
                .says("valid_from", event.valid_from)
                .says_if("valid_until", event.valid_until);
            facts.about("from", event.from);
            if let Some(mandate) = Object::mandate(event.mandate.as_str()) {
                facts
                    .about("grants", mandate.clone())
                    .links(&mandate, "holder", event.to);
                facts.links.push((mandate.clone(), "delegation-order", order.clone()));
                if let Some(parent) = Object::mandate(event.from_mandate.as_str()) {
                    facts.links(&mandate, "handed-on-from", parent);
                }
                facts.born(&mandate, "up_to_kronor", event.up_to_kronor);
            }
        }
        DelegationOrderEvent::MandateRevoked(event) => {
            facts
                .says("revoked_from", event.from)
                .about_each("revokes", Object::mandate(event.mandate.as_str()));
        }
    }
}

fn of_adopted(event: &DelegationOrderAdopted, order: &Object, facts: &mut Facts) {
    facts
        .says("version", event.version)
        .says("form", event.form)
        .says("adopted_on", event.adopted_on);
    facts
        .says("valid_from", event.valid_from)
        .says_if("valid_until", event.valid_until);
    facts.says("clauses", event.clauses.len());
    facts
        .links(order, "organisation", &event.organisation)
        .changes(order, "version", event.version);
    for clause in &event.clauses {
        // The reference that the rules give to the mandate of this clause.
        let reference = MandateReference::of_clause(&event.organisation, event.version, &clause.number);
        if let Some(mandate) = Object::mandate(reference.as_str()) {
            facts
                .about("grants", mandate.clone())
                .links(&mandate, "holder", clause.holder);
            facts.links.push((mandate.clone(), "delegation-order", order.clone()));
            facts.born(&mandate, "up_to_kronor", clause.up_to_kronor);
        }
    }
}
