//! Ideas' lives as the journal holds them: ten events each, with every member that real ones have.

use idesluss_domain::Event;
use idesluss_domain::submission::IdeaEvent;
use idesluss_domain::submission::idea::{
    BriefApproved, CoordinatorAssigned, EvaluationStarted, FeedbackDelivered, GateDecided, IdeaAccepted, IdeaClosed,
    IdeaOwner, IdeaSubmitted, ReceiptSent, TermsAccepted,
};
use idesluss_domain::words::{Date, Digest, EvaluationId, Gate, IdeaId, Outcome, PersonId, SealedText};
use idesluss_journal::{Append, CommandKey, StreamAppend};
use idesluss_proof::line::Draft;
use std::collections::BTreeMap;
use uuid::Uuid;

/// How many events an idea has.
pub(crate) const EVENTS: u64 = 10;

fn text(idea: Uuid, field: u8) -> SealedText {
    let mut bytes = [field; 32];
    bytes[..16].copy_from_slice(idea.as_bytes());
    SealedText(Digest(bytes))
}

fn texts(idea: Uuid, first: u8) -> BTreeMap<String, SealedText> {
    let fields = ["title", "problem", "proposal"];
    let digests = (first..).map(|field| text(idea, field));
    fields.map(str::to_owned).into_iter().zip(digests).collect()
}

fn day(text: &str) -> Date {
    text.parse().expect("a day")
}

fn life(id: Uuid) -> Vec<IdeaEvent> {
    let idea = IdeaId(id);
    let person = PersonId(Uuid::new_v5(&id, b"person"));
    let evaluation = EvaluationId::derive(idea, 1);
    let (gate, round) = (Gate::Opportunity, 1);
    vec![
        IdeaSubmitted {
            idea,
            organisation: "uddevalla".parse().expect("an organisation"),
            submitter: person,
            call: None,
            texts: texts(id, 1),
            imported: None,
        }
        .into(),
        TermsAccepted {
            terms: "2026-1".parse().expect("in form"),
            owner: IdeaOwner::Organisation,
        }
        .into(),
        ReceiptSent {
            reference: "UDD-2026-0001".parse().expect("in form"),
            answer_due: day("2026-12-01"),
            decision_due: day("2027-03-01"),
        }
        .into(),
        CoordinatorAssigned { coordinator: person }.into(),
        BriefApproved {
            version: 1,
            texts: texts(id, 11),
        }
        .into(),
        IdeaAccepted {
            brief_version: 1,
            gate: Some(gate),
            round,
        }
        .into(),
        EvaluationStarted {
            evaluation,
            gate,
            round,
        }
        .into(),
        GateDecided {
            evaluation,
            gate,
            round,
            outcome: Outcome::Advance,
            home: true,
            next: None,
        }
        .into(),
        FeedbackDelivered { message: text(id, 21) }.into(),
        IdeaClosed {}.into(),
    ]
}

/// Which ids ideas and commands have.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Ids {
    /// As forms give them: they begin with the time, and lie beside one another in an index.
    Ordered,
    /// As programs may give them: all over an index.
    Random,
}

impl Ids {
    pub(crate) fn fresh(self) -> Uuid {
        match self {
            Self::Ordered => Uuid::now_v7(),
            Self::Random => Uuid::new_v4(),
        }
    }
}

fn draft(idea: Uuid, place: usize, command: Uuid, event: IdeaEvent) -> Draft {
    let event = Event::Idea(event);
    Draft {
        id: Uuid::new_v5(&command, &place.to_be_bytes()).to_string(),
        audience: "house".into(),
        kind: event.type_name().into(),
        time_micros: 1_767_225_600_000_000,
        organisation: "uddevalla".into(),
        actor: Uuid::new_v5(&idea, b"person").to_string(),
        role: "coordinator".into(),
        grant: None,
        assertion: None,
        mandate: None,
        commandid: command.to_string(),
        correlationid: idea.to_string(),
        causationid: None,
        traceparent: None,
        data: event.to_data(),
    }
}

/// An append of the first `events` of an idea's life by one command.
pub(crate) fn append(events: usize, ids: Ids) -> Append {
    let (id, command) = (ids.fresh(), ids.fresh());
    let life = life(id).into_iter().take(events).enumerate();
    Append {
        command: Some(CommandKey {
            organisation: "uddevalla".into(),
            id: command.into_bytes(),
            fingerprint: text(command, 1).0.0,
        }),
        streams: vec![StreamAppend {
            stream: format!("idea/{id}"),
            expected: 0,
            events: life.map(|(place, event)| draft(id, place, command, event)).collect(),
        }],
        ..Append::default()
    }
}
