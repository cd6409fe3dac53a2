use crate::book::*;
use idesluss_auditor::dossier::{Elsewhere, TextNow, decision_position, is_terms};
use idesluss_auditor::{Dossier, DossierError, Text, dossier};
use uuid::Uuid;

fn evaluation() -> Uuid {
    EVALUATION.parse().expect("a UUID")
}

fn of(book: &Book) -> Dossier {
    dossier(evaluation(), &book.entries()).expect("a dossier")
}

fn readable(text: &str) -> Text {
    Text::Readable(text.to_owned())
}

/// What the decider had, as position, type and where it came from.
fn known(dossier: &Dossier) -> Vec<(u64, &str, Option<u64>, bool)> {
    let known = dossier.known.iter();
    known
        .map(|entry| (entry.position, entry.event.as_str(), entry.happened_at, entry.seen))
        .collect()
}

#[test]
fn a_dossier_holds_what_had_arrived_and_nothing_else() {
    let dossier = of(&decided());
    let wanted = [
        (2, "IdeaSubmitted", Some(0), true),
        (3, "BriefApproved", Some(1), true),
        (4, "IdeaAccepted", Some(2), true),
        (5, "EvaluationOpened", None, true),
        (6, "AssessorAssigned", None, true),
        (7, "NoConflictDeclared", None, true),
        (8, "AssessmentSubmitted", None, true),
        (9, "AssessmentsRevealed", None, true),
        (10, "NoConflictDeclared", None, true),
        (11, "RecommendationIssued", None, true),
        (12, "EvaluationStarted", Some(3), true),
    ];
    assert_eq!(known(&dossier), wanted);
    assert_eq!((dossier.basis.seen, dossier.basis.size), (12, 13));
    assert_eq!(dossier.decision.position, 14);
    assert_eq!(dossier.decision.outcome, "advance");
    assert_eq!(dossier.decision.who.person, PEOPLE[3]);
    assert_eq!(dossier.findings, Vec::<String>::new());
}

#[test]
fn what_had_happened_elsewhere_and_not_arrived_is_told_with_where_it_came_to_stand() {
    let book = decided();
    let dossier = of(&book);
    let [
        Elsewhere {
            happened,
            followed,
            arrived,
            ..
        },
    ] = dossier.elsewhere.as_slice()
    else {
        panic!("{:?}", dossier.elsewhere);
    };
    assert_eq!((happened.service, happened.position), (Submission, 4));
    assert_eq!(
        (happened.event.as_str(), happened.who.person.as_str()),
        ("SupportExpressed", PEOPLE[4])
    );
    assert_eq!((*followed, *arrived), (true, Some(15)));
}

#[test]
fn what_a_service_wrote_that_evaluation_does_not_follow_had_not_arrived_either() {
    let mut book = decided();
    // The same history with a draft of the solution before the decision.
    let mut earlier = Book::default();
    std::mem::swap(&mut earlier, &mut book);
    let drafted = r#"{"solution":"$S","organisation":"uddevalla","idea":"$I","decided_in":null}"#;
    earlier.happens(Sharing, "SolutionDrafted", "solution/$S", ITSELF, drafted);
    // What submission writes for others, or for itself, would never have arrived.
    let assigned = r#"{"idea":"$I","number":9,"reference":"UDD-2026-0009"}"#;
    earlier.happens(
        Submission,
        "ReferenceAssigned",
        "register/uddevalla/2026",
        ITSELF,
        assigned,
    );
    earlier.happens(Submission, "SharingProposed", "idea/$I", ITSELF, "{}");
    let size = earlier.size(Evaluation);
    let anew = format!(r#"{{"number":1,"decision":{}}}"#, decision("park", size - 1, size, 5));
    earlier.happens(Evaluation, "DecisionReconsidered", "evaluation/$E", DECIDER, &anew);
    let dossier = of(&earlier);
    assert_eq!(dossier.decision.reconsideration, 1);
    assert_eq!(dossier.decision.outcome, "park");
    let [missing] = dossier.elsewhere.as_slice() else {
        panic!("{:?}", dossier.elsewhere);
    };
    assert_eq!(missing.happened.service, Sharing);
    assert_eq!((missing.followed, missing.arrived), (false, None));
}

#[test]
fn brief_criteria_scores_declarations_panel_and_recommendation_are_those_of_that_moment() {
    let mut book = decided();
    book.opens(Evaluation, TITLE, readable("Cykelpool"));
    book.opens(Evaluation, RATIONALE, readable("Många får nytta."));
    book.opens(Submission, TITLE, readable("inte det som beslutsfattaren såg"));
    // Later criteria change nothing.
    let terms = r#"{"organisation":"uddevalla","name":"Nya","version":2,"criteria":[{"key":"benefit","name_sv":"Annat","name_en":"Else","weight":9,"steps_sv":[],"steps_en":[]}],"assessments_required":5,"load_cap":10,"earlier":false}"#;
    book.happens(Evaluation, "CriteriaAdopted", "criteria/uddevalla", COORDINATOR, terms);
    let proceedings = of(&book).proceedings;
    assert_eq!(proceedings.brief.version, 1);
    assert_eq!(
        proceedings.brief.texts["title"],
        TextNow::Readable("Cykelpool".to_owned())
    );
    let criterion = &proceedings.criteria.criteria[0];
    assert_eq!(
        (
            criterion.name_sv.as_str(),
            criterion.weight,
            proceedings.criteria.assessments_required
        ),
        ("Nytta", 3, 1)
    );
    let scores = proceedings.scores.expect("scores");
    assert_eq!(
        (scores.criteria[0].mean_hundredths, scores.criteria[0].spread),
        (400, 0)
    );
    assert_eq!(scores.assessors[PEOPLE[2]]["benefit"], 4);
    let declared: Vec<_> = proceedings
        .conflicts
        .iter()
        .map(|declaration| (declaration.person.as_str(), declaration.conflict, declaration.position))
        .collect();
    assert_eq!(declared, [(PEOPLE[2], false, 7), (PEOPLE[3], false, 10)]);
    assert_eq!(
        proceedings.panel[0].rationales["benefit"],
        TextNow::Readable("Många får nytta.".to_owned())
    );
    let recommendation = proceedings.recommendation.expect("a recommendation");
    assert_eq!(recommendation.proposal, "park");
    assert_eq!(
        recommendation.reasons,
        Some(TextNow::Readable("Många får nytta.".to_owned()))
    );
    assert_eq!(recommendation.dissent[0].assessor, PEOPLE[2]);
}

#[test]
fn the_sealed_form_of_scores_is_not_told_as_a_text() {
    let mut book = decided();
    book.opens(Evaluation, &"4".repeat(64), readable("{\"benefit\":4}"));
    let dossier = of(&book);
    let assessment = dossier.known.iter().find(|entry| entry.event == "AssessmentSubmitted");
    let told: Vec<_> = assessment.expect("an assessment").texts.keys().collect();
    assert_eq!(told, ["commitment"]);
}

#[test]
fn mandates_are_those_in_force_that_day_and_what_came_later_is_told_as_later() {
    let mut book = decided();
    let revoked = r#"{"mandate":"uddevalla/3/4.2","from":"2026-11-24"}"#;
    book.happens(
        Evaluation,
        "MandateRevoked",
        "delegation-order/uddevalla",
        COORDINATOR,
        revoked,
    );
    let mandates = of(&book).mandates;
    assert_eq!(mandates.used.as_deref(), Some("uddevalla/3/4.2"));
    let verified = mandates.verified.expect("verified");
    assert_eq!(
        (verified.position, verified.clause.as_str(), verified.order_version),
        (13, "4.2", 3)
    );
    let order = mandates.order.expect("an order");
    assert_eq!((order.version, order.paragraph.as_deref()), (3, Some("§ 7")));
    let mandate = &order.mandates[0];
    assert_eq!(
        (mandate.held, mandate.used, mandate.revoked_from.as_deref()),
        (true, true, None)
    );
    let later: Vec<_> = mandates.later.iter().map(|happened| happened.event.as_str()).collect();
    assert_eq!(later, ["MandateRevoked"]);
}

#[test]
fn a_mandate_that_had_been_revoked_is_a_doubt() {
    let mut before = Book::default();
    let order = r#"{"organisation":"uddevalla","version":3,"form":"delegation","adopted_by":"Kommunstyrelsen","adopted_on":"2026-10-01","paragraph":null,"valid_from":"2026-10-01","valid_until":null,"clauses":[{"number":"4.2","gates":["concept"],"up_to_kronor":500000,"holder":"$D","may_subdelegate":true}]}"#;
    before.happens(
        Evaluation,
        "DelegationOrderAdopted",
        "delegation-order/uddevalla",
        COORDINATOR,
        order,
    );
    let revoked = r#"{"mandate":"uddevalla/3/4.2","from":"2026-11-23"}"#;
    before.happens(
        Evaluation,
        "MandateRevoked",
        "delegation-order/uddevalla",
        COORDINATOR,
        revoked,
    );
    let opened = r#"{"evaluation":"$E","idea":"$I","gate":"concept","round":1,"organisation":"uddevalla","brief_version":1,"brief":{},"excluded":[],"assessed_before":[],"criteria_set":"x","criteria_version":0,"criteria":[],"assessments_required":1}"#;
    before.happens(Evaluation, "EvaluationOpened", "evaluation/$E", ITSELF, opened);
    before.happens(
        Evaluation,
        "DecisionMade",
        "evaluation/$E",
        DECIDER,
        &decision("advance", 2, 3, 1),
    );
    let dossier = of(&before);
    assert_eq!(
        dossier.findings,
        ["the mandate uddevalla/3/4.2 did not hold on 2026-11-23, as far as the entries tell"]
    );
    assert!(!dossier.mandates.order.expect("an order").mandates[0].held);
}

#[test]
fn a_decision_that_passes_over_what_stood_there_or_claims_what_did_not_is_doubted() {
    let mut book = decided();
    // Seen up to 9 alone; and submission received further than evaluation's journal holds.
    let size = book.size(Evaluation);
    book.happens(
        Submission,
        "FeedbackDelivered",
        "idea/$I",
        COORDINATOR,
        r##"{"message":"#other"}"##,
    );
    let says = decision("advance", 9, size, 6);
    let anew = format!(r#"{{"number":1,"decision":{says}}}"#);
    book.happens(Evaluation, "DecisionReconsidered", "evaluation/$E", DECIDER, &anew);
    let findings = of(&book).findings;
    assert_eq!(
        findings,
        [
            "submission:5 had been received, as the decision says, but evaluation's journal did not hold it then",
            "entry 10 of evaluation stood in the journal and had not been seen, and it was decided all the same",
        ]
    );
}

#[test]
fn after_an_erasure_the_dossier_says_when_and_on_which_basis() {
    let mut book = decided();
    let decided_at = minute(book.count());
    let decided = r#"{"basis":"GDPR art. 17.1 a","idea":"$I","services":["submission","evaluation"]}"#;
    book.happens(Submission, "ErasureDecided", "idea/$I", COORDINATOR, decided);
    let gone = minute(book.count());
    book.happens(
        Submission,
        "TextsErased",
        "idea/$I",
        ITSELF,
        r#"{"service":"submission"}"#,
    );
    let gone_there = minute(book.count());
    let erased = r#"{"idea":"$I","scopes":["brief/$I"]}"#;
    book.happens(Evaluation, "TextsErased", "evaluation/$E", ITSELF, erased);
    book.happens(
        Submission,
        "TextsErased",
        "idea/$I",
        ITSELF,
        r#"{"service":"evaluation"}"#,
    );
    book.opens(Evaluation, TITLE, Text::Erased);
    book.opens(Evaluation, REASONS, Text::Erased);
    book.opens(Submission, TITLE, Text::Erased);
    let dossier = of(&book);
    let erased = |on: &str| TextNow::Erased {
        on: Some(on.to_owned()),
        basis: Some("GDPR art. 17.1 a".to_owned()),
    };
    assert_eq!(dossier.proceedings.brief.texts["title"], erased(&gone_there));
    assert_eq!(dossier.decision.texts["reasons"], erased(&gone_there));
    let erasure = dossier.erasure.expect("an erasure");
    assert_eq!((erasure.decided, erasure.by.person), (decided_at, PEOPLE[1].to_owned()));
    assert_eq!(erasure.erased[&Submission], gone);
    assert_eq!(erasure.erased[&Evaluation], gone_there);
}

#[test]
fn a_text_that_is_gone_without_a_decision_is_told_so() {
    let mut book = decided();
    book.opens(Evaluation, REASONS, Text::KeyMissing);
    book.opens(Evaluation, TITLE, Text::Erased);
    let dossier = of(&book);
    assert_eq!(dossier.decision.texts["reasons"], TextNow::KeyMissing);
    let unexplained = TextNow::Erased { on: None, basis: None };
    assert_eq!(dossier.proceedings.brief.texts["title"], unexplained);
}

#[test]
fn what_came_after_is_told_once_where_it_happened() {
    let mut book = decided();
    let gate = r#"{"evaluation":"$E","gate":"concept","round":1,"outcome":"advance","home":false}"#;
    let position = book.happens(Submission, "GateDecided", "idea/$I", ITSELF, gate);
    book.arrives(Submission, position, Evaluation);
    let corrected = r##"{"correction":"#why"}"##;
    book.opens(Evaluation, RATIONALE, readable("Ska stå hösten 2027."));
    book.happens(Evaluation, "DecisionCorrected", "evaluation/$E", DECIDER, corrected);
    let after = of(&book).after;
    let told: Vec<_> = after.iter().map(|later| later.happened.event.as_str()).collect();
    assert_eq!(told, ["GateDecided", "DecisionCorrected"]);
    assert_eq!(
        after[1].texts["correction"],
        TextNow::Readable("Ska stå hösten 2027.".to_owned())
    );
}

#[test]
fn a_reconsidered_decision_keeps_its_own_dossier_by_the_id_of_its_event() {
    let mut book = decided();
    let first = u32::try_from(book.count() - 2).expect("few");
    let size = book.size(Evaluation);
    let anew = format!(r#"{{"number":1,"decision":{}}}"#, decision("reject", size - 1, size, 5));
    book.happens(Evaluation, "DecisionReconsidered", "evaluation/$E", DECIDER, &anew);
    book.opens(Evaluation, REASONS, readable("Nu vet vi mer."));
    let by_event = dossier(id_of(first).parse().expect("a UUID"), &book.entries()).expect("a dossier");
    assert_eq!(
        (by_event.decision.outcome.as_str(), by_event.decision.replaced),
        ("advance", true)
    );
    assert_eq!(by_event.elsewhere.len(), 1);
    let last = of(&book);
    assert_eq!(
        (last.decision.outcome.as_str(), last.decision.replaced),
        ("reject", false)
    );
    assert_eq!(
        last.decision.texts["reasons"],
        TextNow::Readable("Nu vet vi mer.".to_owned())
    );
    assert_eq!(last.elsewhere, []);
    assert!(
        last.known
            .iter()
            .any(|entry| entry.event == "DecisionMade" && entry.seen)
    );
}

#[test]
fn without_a_decision_there_is_no_dossier_and_it_is_said_which() {
    let nobody = Uuid::from_u128(77);
    let refused = dossier(nobody, &decided().entries()).expect_err("no such decision");
    assert_eq!(refused, DossierError::NoDecision(nobody));
    assert!(
        refused.to_string().contains("give the id of a decision's event"),
        "{refused}"
    );
    let mut headless = decided().entries();
    headless.retain(|entry| !String::from_utf8_lossy(&entry.line).contains("EvaluationOpened"));
    assert_eq!(dossier(evaluation(), &headless), Err(DossierError::NoBeginning));
}

#[test]
fn a_decision_and_the_terms_are_found_in_a_journal_line_by_line() {
    let entries = decided().entries();
    let found: Vec<_> = entries
        .iter()
        .filter_map(|entry| decision_position(entry).expect("a line"))
        .collect();
    let [place] = found.as_slice() else { panic!("{found:?}") };
    assert_eq!(place.position, 14);
    assert!(place.is(evaluation()) && place.is(place.event.parse().expect("a UUID")) && !place.is(Uuid::nil()));
    let terms = entries.iter().filter(|entry| is_terms(&entry.line)).count();
    assert_eq!(terms, 2);
}
