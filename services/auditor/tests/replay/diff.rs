use crate::book::*;
use idesluss_auditor::{Diff, Moment, diff};

fn between(book: &Book, from: (idesluss_auditor::Service, u64), to: (idesluss_auditor::Service, u64)) -> Diff {
    let moment = |(service, position)| Moment::of(service, book.line(service, position)).expect("a line");
    diff(book.events(), moment(from), moment(to)).expect("a history")
}

/// What changed, as words.
fn rendered(diff: &Diff) -> Vec<String> {
    let one = |changed: &idesluss_auditor::Changed| {
        let kind = changed.subject.split('/').next().unwrap_or_default();
        let events: Vec<_> = changed
            .events
            .iter()
            .map(|happened| format!("{} by {}", happened.event, happened.who.role))
            .collect();
        format!(
            "{kind} {:?} → {:?}: {}",
            changed.before,
            changed.after,
            events.join(", ")
        )
    };
    diff.changed.iter().map(one).collect()
}

#[test]
fn what_changed_is_told_thing_by_thing_from_which_state_to_which_and_by_whom() {
    let book = decided();
    let diff = between(&book, (Submission, 2), (Evaluation, 14));
    assert_eq!(
        rendered(&diff),
        [
            "evaluation \"\" → \"decided\": EvaluationOpened by service, AssessorAssigned by coordinator, \
             NoConflictDeclared by assessor, AssessmentSubmitted by assessor, AssessmentsRevealed by coordinator, \
             NoConflictDeclared by decision-maker, RecommendationIssued by assessor, MandateVerified by decision-maker, \
             DecisionMade by decision-maker",
            "idea \"accepted\" → \"in evaluation\": EvaluationStarted by service, SupportExpressed by submitter",
        ]
    );
    assert_eq!(diff.events, 11);
    let evaluation = &diff.changed[0];
    assert_eq!(evaluation.idea.as_deref(), Some(IDEA));
    assert_eq!(evaluation.organisation, "uddevalla");
    assert_eq!(
        evaluation
            .events
            .last()
            .and_then(|happened| happened.mandate.as_deref()),
        Some("uddevalla/3/4.2")
    );
    assert_eq!(diff.changed[1].idea, None);
}

#[test]
fn criteria_and_delegation_orders_are_among_what_changed() {
    let mut book = decided();
    let from = (Evaluation, book.size(Evaluation) - 1);
    let order = r#"{"organisation":"uddevalla","version":4,"form":"delegation","adopted_by":"Kommunstyrelsen","adopted_on":"2026-11-01","paragraph":null,"valid_from":"2026-11-01","valid_until":null,"clauses":[]}"#;
    let handed = r#"{"mandate":"uddevalla/3/4.2/1","from_mandate":"uddevalla/3/4.2","from":"$D","to":"$C","gates":["concept"],"up_to_kronor":100,"valid_from":"2026-11-01","valid_until":null}"#;
    let revoked = r#"{"mandate":"uddevalla/3/4.2","from":"2026-11-24"}"#;
    for (name, by, data) in [
        ("MandateSubdelegated", DECIDER, handed),
        ("MandateRevoked", COORDINATOR, revoked),
    ] {
        book.happens(Evaluation, name, "delegation-order/uddevalla", by, data);
    }
    let to = (Evaluation, book.size(Evaluation) - 1);
    let handed_on = between(&book, from, to);
    assert_eq!(
        rendered(&handed_on),
        [
            "delegation-order \"version 3\" → \"version 3, 1 handed on, 1 revoked\": \
          MandateSubdelegated by decision-maker, MandateRevoked by coordinator"
        ]
    );
    assert_eq!(handed_on.changed[0].organisation, "uddevalla");
    let last = book.happens(
        Evaluation,
        "DelegationOrderAdopted",
        "delegation-order/uddevalla",
        COORDINATOR,
        order,
    );
    assert_eq!(
        rendered(&between(&book, to, (Evaluation, last))),
        [
            "delegation-order \"version 3, 1 handed on, 1 revoked\" → \"version 4\": DelegationOrderAdopted by coordinator"
        ]
    );
}

#[test]
fn between_a_moment_and_itself_nothing_changed() {
    let book = decided();
    let diff = between(&book, (Evaluation, 14), (Evaluation, 14));
    assert_eq!((diff.events, diff.changed), (0, vec![]));
}
