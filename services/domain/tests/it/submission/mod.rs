mod authors;
mod beside;
pub(crate) mod coordinating;
mod erasing;
mod intake;
mod invariants;
mod lifecycle;
mod others;
mod own;
mod private_links;
mod refusals;
mod screening;

use crate::ids::{actor, day, form, idea, organisation, text, written_by};
use idesluss_domain::submission::idea::*;
use idesluss_domain::words::{EvaluationId, Gate, IdeaId, Outcome, Role};
use idesluss_domain::{Decider as _, fold};
pub(crate) use own::received;
use std::collections::BTreeMap;

pub(crate) const SUBMITTER: u128 = 1;
pub(crate) const COORDINATOR: u128 = 2;

/// An idea with a history; commands are tried on it.
#[derive(Debug, Clone, Default)]
pub(crate) struct Given(pub(crate) Vec<IdeaEvent>);

impl Given {
    /// An idea that Maria has just submitted.
    pub(crate) fn submitted() -> Self {
        Self::default().then(SUBMITTER, Role::Submitter, Action::Submit(submit()))
    }

    /// One with an approved brief.
    pub(crate) fn with_brief() -> Self {
        Self::submitted().coordinator(Action::ApproveBrief(brief(1)))
    }

    /// The same, accepted for its first gate.
    pub(crate) fn accepted() -> Self {
        Self::with_brief().coordinator(Action::Accept)
    }

    /// One whose first round was decided.
    pub(crate) fn decided(outcome: Outcome) -> Self {
        Self::accepted().service(started(1)).service(decision(1, outcome))
    }

    /// One that was taken over from an older idea box.
    pub(crate) fn imported() -> Self {
        let imported = Imported {
            import: form("idélådan"),
            reference: form("P-0600"),
            submitted: None,
        };
        let submit = Submit {
            imported: Some(imported),
            terms: None,
            texts: BTreeMap::new(),
            submitter: Some(crate::ids::person(SUBMITTER)),
            ..submit()
        };
        Self::default().coordinator(Action::Submit(submit))
    }

    pub(crate) fn when(&self, who: u128, role: Role, action: Action) -> Result<Vec<IdeaEvent>, IdeaRejection> {
        let command = IdeaCommand {
            id: idea(1),
            actor: actor(who, role),
            today: day(24),
            action,
        };
        written_by(command.action.rule().writes, Ideas::decide(&command, &self.state()))
    }

    pub(crate) fn state(&self) -> Idea {
        fold::<Ideas>(&self.0)
    }

    pub(crate) fn then(mut self, who: u128, role: Role, action: Action) -> Self {
        let events = self.when(who, role, action.clone());
        self.0
            .extend(events.unwrap_or_else(|rejection| panic!("{action:?}: {rejection}")));
        self
    }

    pub(crate) fn coordinator(self, action: Action) -> Self {
        self.then(COORDINATOR, Role::Coordinator, action)
    }

    pub(crate) fn service(self, action: Action) -> Self {
        self.then(0, Role::Service, action)
    }

    pub(crate) fn refuses(&self, who: u128, role: Role, action: Action, rejection: IdeaRejection) {
        assert_eq!(self.when(who, role, action.clone()), Err(rejection), "{action:?}");
    }
}

pub(crate) fn submit() -> Submit {
    Submit {
        texts: texts(1),
        call: None,
        terms: Some((form("2026-1"), IdeaOwner::Organisation)),
        terms_in_force: None,
        imported: None,
        submitter: None,
    }
}

pub(crate) fn texts(number: u8) -> BTreeMap<String, idesluss_domain::words::SealedText> {
    [
        ("title".to_owned(), text(number)),
        ("problem".to_owned(), text(number + 1)),
    ]
    .into()
}

pub(crate) fn brief(number: u8) -> Brief {
    Brief {
        texts: texts(number),
        deidentified: true,
    }
}

pub(crate) fn evaluation(round: u32) -> EvaluationId {
    EvaluationId::derive(idea(1), round)
}

pub(crate) fn gate(round: u32) -> Gate {
    Gate::ALL[(round as usize - 1).min(3)]
}

pub(crate) fn started(round: u32) -> Action {
    Action::StartEvaluation(EvaluationStarted {
        evaluation: evaluation(round),
        gate: gate(round),
        round,
    })
}

pub(crate) fn decision(round: u32, outcome: Outcome) -> Action {
    let (evaluation, gate) = (evaluation(round), gate(round));
    Action::RecordDecision(GateDecision {
        evaluation,
        gate,
        round,
        outcome,
        home: false,
    })
}

pub(crate) fn refer() -> Action {
    Action::Refer(Refer {
        receiver: organisation("fyrbodal"),
        secrecy_check: SecrecyCheck::NothingSecret,
        submitter_told: true,
        received_as: idea(2),
    })
}

pub(crate) fn hand_to_line() -> Action {
    Action::HandToLine(HandToLine {
        unit: text(4),
        responsible: text(5),
        due: day(30),
    })
}

pub(crate) fn superseded_by(by: &[IdeaId]) -> Action {
    Action::Supersede {
        by: by.to_vec(),
        homes: vec![Some(organisation("uddevalla")); by.len()],
    }
}

#[test]
fn a_submitted_idea_carries_its_terms_and_a_repeat_does_nothing() {
    let given = Given::default();
    let events = given
        .when(SUBMITTER, Role::Submitter, Action::Submit(submit()))
        .expect("submitted");
    let submitted = IdeaSubmitted {
        idea: idea(1),
        organisation: organisation("uddevalla"),
        submitter: crate::ids::person(SUBMITTER),
        call: None,
        texts: texts(1),
        imported: None,
    };
    let terms = TermsAccepted {
        terms: form("2026-1"),
        owner: IdeaOwner::Organisation,
    };
    assert_eq!(events, [submitted.into(), terms.into()]);
    let given = Given::submitted();
    assert_eq!(
        given.when(SUBMITTER, Role::Submitter, Action::Submit(submit())),
        Ok(vec![])
    );
    let other = Submit {
        texts: texts(7),
        ..submit()
    };
    given.refuses(
        SUBMITTER,
        Role::Submitter,
        Action::Submit(other),
        IdeaRejection::OtherIdea,
    );
}

#[test]
fn an_idea_needs_texts_and_terms_and_a_submitter() {
    let given = Given::default();
    let bare = Submit {
        texts: [("title".to_owned(), text(1))].into(),
        ..submit()
    };
    given.refuses(
        SUBMITTER,
        Role::Submitter,
        Action::Submit(bare),
        IdeaRejection::TextsMissing,
    );
    let free = Submit {
        terms: None,
        ..submit()
    };
    given.refuses(
        SUBMITTER,
        Role::Submitter,
        Action::Submit(free),
        IdeaRejection::TermsMissing,
    );
    given.refuses(
        SUBMITTER,
        Role::Operator,
        Action::Submit(submit()),
        IdeaRejection::WrongRole,
    );
    given.refuses(
        SUBMITTER,
        Role::Submitter,
        Action::Withdraw(None),
        IdeaRejection::Unknown,
    );
}

#[test]
fn only_authors_answer_withdraw_and_add_to_an_idea() {
    let given = Given::submitted().coordinator(Action::Ask(text(9)));
    given.refuses(5, Role::Submitter, Action::Answer(text(8)), IdeaRejection::NotYours);
    given.refuses(5, Role::Submitter, Action::Withdraw(None), IdeaRejection::NotYours);
    given.refuses(
        5,
        Role::Submitter,
        Action::ProposeCoauthor(crate::ids::person(5)),
        IdeaRejection::NotYours,
    );
    let given = given
        .then(
            SUBMITTER,
            Role::Submitter,
            Action::ProposeCoauthor(crate::ids::person(5)),
        )
        .then(5, Role::Submitter, Action::AnswerCoauthorship(true));
    let events = given
        .when(5, Role::Submitter, Action::Answer(text(8)))
        .expect("answered");
    assert_eq!(events, [ClarificationProvided { answer: text(8) }.into()]);
    let answered = given.then(5, Role::Submitter, Action::Answer(text(8)));
    assert_eq!(answered.state().phase, Some(Phase::Submitted));
    answered.refuses(5, Role::Submitter, Action::Answer(text(8)), IdeaRejection::NothingAsked);
}

#[test]
fn a_receipt_is_sent_once_and_never_for_what_was_taken_over() {
    let receipt = Receipt {
        reference: form("UDD-2026-0042"),
        answer_due: day(30),
        decision_due: day(30),
    };
    let given = Given::submitted().service(Action::SendReceipt(receipt.clone()));
    assert_eq!(
        given.when(0, Role::Service, Action::SendReceipt(receipt.clone())),
        Ok(vec![])
    );
    let other = Receipt {
        reference: form("UDD-2026-0043"),
        ..receipt.clone()
    };
    given.refuses(0, Role::Service, Action::SendReceipt(other), IdeaRejection::ReceiptSent);
    Given::imported().refuses(0, Role::Service, Action::SendReceipt(receipt), IdeaRejection::NoReceipt);
}

#[test]
fn the_promised_day_is_overdue_once_and_only_while_nobody_has_answered() {
    let receipt = Receipt {
        reference: form("UDD-2026-0042"),
        answer_due: day(20),
        decision_due: day(30),
    };
    let given = Given::submitted().service(Action::SendReceipt(receipt));
    assert_eq!(given.when(0, Role::Service, Action::Overdue(day(19))), Ok(vec![]));
    let late = given.clone().service(Action::Overdue(day(20)));
    assert_eq!(late.0.last(), Some(&AnswerOverdue { answer_due: day(20) }.into()));
    assert_eq!(late.when(0, Role::Service, Action::Overdue(day(20))), Ok(vec![]));
    let asked = given.coordinator(Action::Ask(text(3)));
    assert_eq!(asked.when(0, Role::Service, Action::Overdue(day(20))), Ok(vec![]));
}
