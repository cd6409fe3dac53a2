use super::Samples;
use crate::ids::{day, form, idea, organisation, person, text};
use idesluss_domain::submission::call::*;
use idesluss_domain::submission::disclosure::*;
use idesluss_domain::submission::idea::*;
use idesluss_domain::submission::quota::*;
use idesluss_domain::submission::register::*;
use idesluss_domain::words::{AttachmentId, CallId, EvaluationId, Gate, Outcome, SealedText};
use std::collections::BTreeMap;
use uuid::Uuid;

fn texts() -> BTreeMap<String, SealedText> {
    [("title".to_owned(), text(1)), ("problem".to_owned(), text(2))].into()
}

fn call() -> CallId {
    CallId(Uuid::from_u128(0xca11))
}

fn evaluation() -> EvaluationId {
    EvaluationId::derive(idea(1), 1)
}

pub(super) fn write(samples: &mut Samples) {
    intake(samples);
    screening(samples);
    course(samples);
    erasure(samples);
    beside(samples);
}

fn intake(samples: &mut Samples) {
    let imported = Imported {
        import: form("idélådan"),
        reference: form("P-0600"),
        submitted: Some("2004-05".parse().expect("a month")),
    };
    let submitted = IdeaSubmitted {
        idea: idea(1),
        organisation: organisation("uddevalla"),
        submitter: person(1),
        call: Some(call()),
        texts: texts(),
        imported: Some(imported.clone()),
    };
    samples.page(
        IdeaEvent::from,
        submitted,
        &[
            ("without-call", &|event| event.call = None),
            ("without-imported", &|event| event.imported = None),
            ("without-imported-submitted", &|event| {
                event.imported = Some(Imported {
                    submitted: None,
                    ..imported.clone()
                });
            }),
            ("submitted-year", &|event| {
                event.imported = Some(Imported {
                    submitted: Some("2004".parse().expect("a year")),
                    ..imported.clone()
                });
            }),
            ("submitted-time", &|event| {
                event.imported = Some(Imported {
                    submitted: Some("2004-05-31T12:00:00Z".parse().expect("a time")),
                    ..imported.clone()
                });
            }),
        ],
    );
    let terms = TermsAccepted {
        terms: form("2026-1"),
        owner: IdeaOwner::Organisation,
    };
    samples.words(IdeaEvent::from, terms.clone(), "owner", |event, word| {
        event.owner = word
    });
    samples.page(IdeaEvent::from, terms, &[]);
    let receipt = ReceiptSent {
        reference: form("UDD-2026-0042"),
        answer_due: day(8),
        decision_due: day(30),
    };
    samples.page(IdeaEvent::from, receipt, &[]);
    let attachment = AttachmentAdded {
        attachment: AttachmentId(Uuid::from_u128(0xf11e)),
        file: text(3).0,
        name: text(4),
        media_type: idesluss_domain::words::MediaType::Pdf,
        bytes: 1_048_577,
    };
    samples.page(IdeaEvent::from, attachment, &[]);
    samples.page(IdeaEvent::from, CoauthorProposed { coauthor: person(2) }, &[]);
    samples.page(IdeaEvent::from, CoauthorDeclined { coauthor: person(2) }, &[]);
    samples.page(IdeaEvent::from, CoauthorAdded { coauthor: person(2) }, &[]);
    let claimed = AuthorClaimed {
        link: person(7),
        author: person(2),
    };
    samples.page(IdeaEvent::from, claimed, &[]);
    let excluded = AuthorsExcluded {
        of: idea(2),
        people: vec![person(2), person(3)],
    };
    samples.page(IdeaEvent::from, excluded, &[]);
    samples.page(IdeaEvent::from, SupportExpressed { supporter: person(3) }, &[]);
    samples.page(IdeaEvent::from, ConsentGiven { person: person(1) }, &[]);
    samples.page(IdeaEvent::from, ConsentWithdrawn { person: person(1) }, &[]);
    samples.page(IdeaEvent::from, ClarificationProvided { answer: text(5) }, &[]);
    let reason = Some(text(6));
    samples.page(
        IdeaEvent::from,
        IdeaWithdrawn { reason },
        &[("without-reason", &|event| event.reason = None)],
    );
}

fn screening(samples: &mut Samples) {
    let moved = AnswerDueMoved {
        answer_due: day(9),
        reason: text(1),
    };
    samples.page(IdeaEvent::from, moved, &[]);
    samples.page(IdeaEvent::from, AnswerOverdue { answer_due: day(8) }, &[]);
    samples.page(IdeaEvent::from, CoordinatorAssigned { coordinator: person(4) }, &[]);
    let registered = IdeaRegistered {
        number: form("KS 2026/117"),
        secrecy: Some(form("OSL 31 kap. 16 §")),
    };
    samples.page(
        IdeaEvent::from,
        registered,
        &[("without-secrecy", &|event| event.secrecy = None)],
    );
    samples.page(IdeaEvent::from, ClarificationRequested { question: text(2) }, &[]);
    let similar = SimilarIdeasSuggested {
        ideas: vec![idea(2), idea(3)],
    };
    samples.page(IdeaEvent::from, similar, &[]);
    samples.page(IdeaEvent::from, IdeaLinkedAsDuplicate { of: idea(2) }, &[]);
    samples.page(
        IdeaEvent::from,
        IdeaSuperseded { by: vec![idea(3)] },
        &[("by-unknown", &|event| event.by.clear())],
    );
    let (version, texts) = (1, texts());
    samples.page(
        IdeaEvent::from,
        BriefApproved {
            version,
            texts: texts.clone(),
        },
        &[],
    );
    samples.page(IdeaEvent::from, BriefReplaced { version: 2, texts }, &[]);
    let accepted = IdeaAccepted {
        brief_version: 1,
        gate: Some(Gate::Opportunity),
        round: 1,
    };
    samples.page(
        IdeaEvent::from,
        accepted,
        &[("without-gate", &|event| event.gate = None)],
    );
    let handed = IdeaHandedToLine {
        unit: text(3),
        responsible: text(4),
        due: day(30),
    };
    samples.page(IdeaEvent::from, handed, &[]);
    let declined = IdeaDeclined {
        reason: Some(DeclineReason::OutOfScope),
        text: Some(text(5)),
        instead: Some(text(6)),
    };
    samples.words(IdeaEvent::from, declined.clone(), "reason", |event, word| {
        event.reason = Some(word)
    });
    samples.page(
        IdeaEvent::from,
        declined,
        &[
            ("without-reason", &|event| event.reason = None),
            ("without-text", &|event| event.text = None),
            ("without-instead", &|event| event.instead = None),
        ],
    );
    samples.page(IdeaEvent::from, IdeaReopened { reason: text(7) }, &[]);
    let terms = Some(text(8));
    samples.page(
        IdeaEvent::from,
        IdeaParked { terms },
        &[("without-terms", &|event| event.terms = None)],
    );
    let reactivated = IdeaReactivated {
        call: Some(call()),
        need: text(9),
    };
    samples.page(
        IdeaEvent::from,
        reactivated,
        &[("without-call", &|event| event.call = None)],
    );
    samples.page(IdeaEvent::from, FeedbackDelivered { message: text(10) }, &[]);
    samples.page(IdeaEvent::from, IdeaClosed {}, &[]);
}

fn course(samples: &mut Samples) {
    let started = EvaluationStarted {
        evaluation: evaluation(),
        gate: Gate::Opportunity,
        round: 1,
    };
    samples.words(IdeaEvent::from, started.clone(), "gate", |event, word| {
        event.gate = word
    });
    samples.page(IdeaEvent::from, started, &[]);
    let decided = GateDecided {
        evaluation: evaluation(),
        gate: Gate::Opportunity,
        round: 1,
        outcome: Outcome::Advance,
        home: true,
        next: Some(NextGate {
            gate: Gate::Concept,
            round: 2,
        }),
    };
    samples.words(IdeaEvent::from, decided.clone(), "outcome", |event, word| {
        event.outcome = word
    });
    samples.page(
        IdeaEvent::from,
        decided,
        &[("without-next", &|event| event.next = None)],
    );
    let implemented = IdeaImplemented {
        result: Some(text(1)),
        shareable: true,
    };
    samples.page(
        IdeaEvent::from,
        implemented,
        &[("without-result", &|event| event.result = None)],
    );
    let proposed = SharingProposed {
        decided_in: Some(evaluation()),
    };
    samples.page(
        IdeaEvent::from,
        proposed,
        &[("at-home", &|event| event.decided_in = None)],
    );
    let referred = IdeaReferred {
        receiver: organisation("fyrbodal"),
        secrecy_check: SecrecyCheck::NothingSecret,
        brief_version: 1,
        brief: idesluss_domain::words::copied(&texts()),
        received_as: idea(4),
        authors: vec![person(1), person(2)],
    };
    samples.words(IdeaEvent::from, referred.clone(), "secrecy-check", |event, word| {
        event.secrecy_check = word
    });
    samples.page(IdeaEvent::from, referred, &[]);
    let received = IdeaReceived {
        idea: idea(4),
        organisation: organisation("fyrbodal"),
        origin: idea(1),
        origin_organisation: organisation("uddevalla"),
        brief: idesluss_domain::words::copied(&texts()),
        authors: vec![person(1), person(2)],
    };
    samples.page(IdeaEvent::from, received, &[]);
    let answered = ReferralAnswered {
        receiver: organisation("fyrbodal"),
        answer: ReferralAnswer::Accepted,
    };
    samples.words(IdeaEvent::from, answered.clone(), "answer", |event, word| {
        event.answer = word
    });
    samples.page(IdeaEvent::from, answered, &[]);
    let receiver = organisation("fyrbodal");
    samples.page(IdeaEvent::from, IdeaReturned { receiver }, &[]);
}

fn erasure(samples: &mut Samples) {
    samples.page(
        IdeaEvent::from,
        ErasureRequested {
            requested_by: person(1),
        },
        &[],
    );
    let decided = ErasureDecided {
        basis: form("arkivlagen 10 §"),
        idea: idea(1),
        services: vec![form("evaluation"), form("submission")],
    };
    samples.page(IdeaEvent::from, decided, &[]);
    let service = form("submission");
    samples.page(IdeaEvent::from, TextsErased { service }, &[]);
    samples.page(IdeaEvent::from, PersonalDataErased {}, &[]);
    let refused = ErasureRefused {
        basis: form("TF 2 kap."),
        reasons: text(1),
    };
    samples.page(IdeaEvent::from, refused, &[]);
}

/// Calls, registers, quotas, disclosures.
fn beside(samples: &mut Samples) {
    let opened = CallOpened {
        call: call(),
        organisation: organisation("uddevalla"),
        need_owner: person(5),
        texts: ["title", "need", "resources"]
            .map(|field| (field.to_owned(), text(1)))
            .into(),
        until: Some(day(30)),
    };
    samples.page(
        CallEvent::from,
        opened,
        &[("without-until", &|event| event.until = None)],
    );
    let outcome = Some(text(2));
    samples.page(
        CallEvent::from,
        CallClosed { outcome },
        &[("without-outcome", &|event| event.outcome = None)],
    );
    let assigned = ReferenceAssigned {
        idea: idea(1),
        number: 42,
        reference: form("UDD-2026-0042"),
    };
    samples.page(RegisterEvent::from, assigned, &[]);
    let used = QuotaUsed {
        idea: idea(1),
        number: 3,
    };
    samples.page(QuotaEvent::from, used, &[]);
    let disclosed = TextsDisclosed {
        idea: idea(1),
        organisation: organisation("uddevalla"),
        to: person(6),
        purpose: text(3),
    };
    samples.page(DisclosureEvent::from, disclosed, &[]);
}
