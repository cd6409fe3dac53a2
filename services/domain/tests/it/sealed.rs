//! Which texts stand sealed in an event, and as what they may be opened.

use crate::ids::{day, form, idea, organisation, person, text};
use idesluss_domain::evaluation::EvaluationEvent;
use idesluss_domain::evaluation::evaluation::{
    AssessmentSubmitted, AssessmentsRevealed, Basis, ConflictDeclared, DecidedBy, DecisionMade, DecisionReconsidered,
    Dissent, EarlierAssessmentRecorded, EarlierScore, EvaluationOpened, RecommendationIssued,
};
use idesluss_domain::sharing::adoption::{BenefitClass, BenefitMeasured, Better, Measurement};
use idesluss_domain::submission::IdeaEvent;
use idesluss_domain::submission::idea::{
    AttachmentAdded, BriefApproved, BriefReplaced, IdeaReceived, IdeaReferred, IdeaSubmitted, SecrecyCheck,
};
use idesluss_domain::words::{
    AttachmentId, Digest, EvaluationId, EventId, Gate, MediaType, Outcome, StreamName, copied,
};
use idesluss_domain::{Event, SealedMember};
use std::collections::BTreeMap;
use uuid::Uuid;

fn id() -> EventId {
    EventId(Uuid::from_u128(7))
}

/// The members of an event that are sealed, with the number that tells the text.
fn members(event: impl Into<Event>) -> Vec<(String, u8)> {
    let event = event.into();
    let prefix = format!("{}/{}/", id(), event.type_name());
    let member = |member: SealedMember| {
        let path = member
            .bound_to
            .strip_prefix(&prefix)
            .expect("bound to the event")
            .to_owned();
        (path, member.digest.0[0])
    };
    event.sealed_members(id()).into_iter().map(member).collect()
}

fn named(found: &[(String, u8)]) -> Vec<(&str, u8)> {
    found.iter().map(|(path, number)| (path.as_str(), *number)).collect()
}

fn decision() -> DecisionMade {
    DecisionMade {
        evaluation: EvaluationId::derive(idea(1), 1),
        idea: idea(1),
        gate: Gate::Concept,
        outcome: Outcome::Advance,
        home: false,
        reasons: text(1),
        conditions: Some(text(2)),
        cost_kronor: 1,
        decided_by: DecidedBy::Person {
            person: person(1),
            mandate: form("uddevalla/1/1"),
        },
        decided_on: day(1),
        basis: Basis {
            seen: 1,
            size: 2,
            root: Digest([9; 32]),
            sources: vec![],
            brief_version: 1,
        },
    }
}

fn opened() -> EvaluationOpened {
    EvaluationOpened {
        evaluation: EvaluationId::derive(idea(1), 1),
        idea: idea(1),
        gate: Gate::Concept,
        round: 1,
        organisation: organisation("uddevalla"),
        brief_version: 1,
        brief: copied(&BTreeMap::from([("title".to_owned(), text(1))])),
        excluded: vec![],
        assessed_before: vec![],
        criteria_set: form("standard"),
        criteria_version: 0,
        criteria: vec![],
        assessments_required: 2,
    }
}

#[test]
fn sealed_texts_are_found_by_their_type_however_deep_they_stand() {
    let submitted = IdeaSubmitted {
        idea: idea(1),
        organisation: organisation("uddevalla"),
        submitter: person(1),
        call: None,
        texts: [("title".to_owned(), text(1)), ("problem".to_owned(), text(2))].into(),
        imported: None,
    };
    let found = members(IdeaEvent::from(submitted));
    assert_eq!(named(&found), [("texts.problem", 2), ("texts.title", 1)]);

    let recommended = RecommendationIssued {
        proposal: Outcome::Advance,
        reasons: text(1),
        panel: vec![person(1)],
        dissent: vec![Dissent {
            assessor: person(2),
            reasons: text(2),
        }],
    };
    let found = members(EvaluationEvent::from(recommended));
    assert_eq!(named(&found), [("reasons", 1), ("dissent.0.reasons", 2)]);

    let anew = DecisionReconsidered {
        number: 1,
        decision: decision(),
    };
    let found = members(EvaluationEvent::from(anew));
    assert_eq!(named(&found), [("decision.reasons", 1), ("decision.conditions", 2)]);

    let score = |rationale| EarlierScore {
        criterion: form("nytta"),
        score: 3,
        rationale,
        assessed: None,
    };
    let earlier = EarlierAssessmentRecorded {
        idea: idea(1),
        organisation: organisation("uddevalla"),
        import: form("2004"),
        assessor: person(1),
        scores: vec![score(None), score(Some(text(3)))],
    };
    let found = members(EvaluationEvent::from(earlier));
    assert_eq!(named(&found), [("scores.1.rationale", 3)]);
}

#[test]
fn a_digest_that_is_no_sealed_text_is_nobodys_member() {
    let attached = AttachmentAdded {
        attachment: AttachmentId(Uuid::nil()),
        file: text(5).0,
        name: text(6),
        media_type: MediaType::ALL[0],
        bytes: 1,
    };
    assert_eq!(named(&members(IdeaEvent::from(attached))), [("name", 6)]);
    let assessed = AssessmentSubmitted {
        assessor: person(1),
        commitment: Digest([4; 32]),
        sealed: text(1),
        rationales: [("nytta".to_owned(), text(2))].into(),
    };
    let found = members(EvaluationEvent::from(assessed));
    assert_eq!(named(&found), [("sealed", 1), ("rationales.nytta", 2)]);
    assert_eq!(
        members(EvaluationEvent::from(decision())).len(),
        2,
        "the root of the tree is none"
    );
    let measured = BenefitMeasured {
        measurement: Measurement {
            metric: text(8).to_string(),
            unit: "h".into(),
            value: "1".parse().expect("a number"),
            from: day(1),
            to: day(2),
        },
        class: BenefitClass::Time,
        better: Better::Lower,
        evidence: Some(text(1)),
        no_baseline: None,
    };
    let found = members(idesluss_domain::sharing::AdoptionEvent::from(measured));
    assert_eq!(named(&found), [("evidence", 1)]);
}

#[test]
fn a_copied_text_is_opened_only_where_it_was_sealed() {
    let approved = BriefApproved {
        version: 1,
        texts: [("title".to_owned(), text(1))].into(),
    };
    let received = IdeaReceived {
        idea: idea(2),
        organisation: organisation("trollhattan"),
        origin: idea(1),
        origin_organisation: organisation("uddevalla"),
        brief: copied(&approved.texts),
        authors: vec![],
    };
    let (approved, received, opened) = (
        Event::from(IdeaEvent::from(approved)),
        Event::from(IdeaEvent::from(received)),
        Event::from(EvaluationEvent::from(opened())),
    );
    let exported = copied(approved.exported_texts().expect("a brief is exported"));
    let referred = Event::from(IdeaEvent::from(IdeaReferred {
        receiver: organisation("trollhattan"),
        secrecy_check: SecrecyCheck::NothingSecret,
        brief_version: 1,
        brief: exported.clone(),
        received_as: idea(2),
        authors: vec![],
    }));
    let from = Some(StreamName::idea(idea(1)));
    // Where it is referred, it stands in the same stream.
    for (event, from) in [(received, from.clone()), (opened, from), (referred, None)] {
        assert_eq!(event.sealed_members(id()), []);
        let copies = event.copied_texts().expect("it speaks of a brief");
        assert_eq!(copies.from, from);
        assert_eq!(*copies.texts, exported);
    }
    let replaced = BriefReplaced {
        version: 2,
        texts: [("title".to_owned(), text(1))].into(),
    };
    let replaced = Event::from(IdeaEvent::from(replaced));
    assert_eq!(replaced.exported_texts().map(copied), Some(exported));
}

#[test]
fn assessments_alone_are_hidden_until_they_are_revealed_together() {
    let assessed = EvaluationEvent::from(AssessmentSubmitted {
        assessor: person(1),
        commitment: Digest([4; 32]),
        sealed: text(1),
        rationales: BTreeMap::new(),
    });
    let revealed = EvaluationEvent::from(AssessmentsRevealed {
        assessments: vec![],
        criteria: vec![],
        weighted_hundredths: 300,
    });
    let declared = EvaluationEvent::from(ConflictDeclared {
        person: person(1),
        reason: Some(text(1)),
    });
    let hidden = [&assessed, &revealed, &declared].map(|event| Event::from(event.clone()).is_hidden_until_reveal());
    let reveals = [assessed, revealed, declared].map(|event| Event::from(event).reveals());
    assert_eq!((hidden, reveals), ([true, false, false], [false, true, false]));
}

#[test]
fn a_member_is_read_back_from_the_column_that_a_view_keeps_it_in() {
    let declared = EvaluationEvent::from(ConflictDeclared {
        person: person(1),
        reason: Some(text(1)),
    });
    let member = Event::from(declared).sealed_members(id()).remove(0);
    assert_eq!(member.to_string().parse(), Ok(member.clone()));
    assert!(text(1).to_string().parse::<SealedMember>().is_err());
    assert!("x y".parse::<SealedMember>().is_err());
}
