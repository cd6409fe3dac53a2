mod afterwards;
mod assessing;
mod coauthors;
mod conflicts;
mod criteria;
mod deciding;
mod delegation_order;
pub(crate) mod earlier;
mod invariants;
mod mandates;
mod opening;
mod panel;
mod recommending;
mod reconsidering;
mod refusals;
mod scores;
mod state;
mod usual;

use crate::ids::{actor, day, form, idea, organisation, person, text, written_by};
use idesluss_domain::evaluation::evaluation::*;
use idesluss_domain::words::{Actor, EvaluationId, Gate, Outcome, PersonId, Role};
use idesluss_domain::{Decider as _, fold};
use std::collections::BTreeSet;
pub(crate) use usual::*;

pub(crate) const SUBMITTER: u128 = 1;
pub(crate) const COAUTHOR: u128 = 2;
pub(crate) const COORDINATOR: u128 = 3;
pub(crate) const ANNA: u128 = 4;
pub(crate) const BERTIL: u128 = 5;
pub(crate) const CECILIA: u128 = 6;
pub(crate) const DECIDER: u128 = 7;
pub(crate) const OWNER: u128 = 8;
pub(crate) const REGISTRAR: u128 = 9;
/// Assessed the same gate in an earlier round.
pub(crate) const BEFORE: u128 = 10;

/// The idea as the journal has received it; nobody has become a co-author since.
pub(crate) fn known_idea() -> KnownIdea {
    KnownIdea {
        organisation: Some(organisation("uddevalla")),
        ..KnownIdea::default()
    }
}

/// An evaluation with a history; commands are tried on it.
#[derive(Debug, Clone)]
pub(crate) struct Given {
    pub(crate) events: Vec<EvaluationEvent>,
    round: u32,
    /// Who is known to have become a co-author since it was opened.
    coauthors: BTreeSet<PersonId>,
}

impl Given {
    /// Nothing has happened in the first round yet.
    pub(crate) fn nothing() -> Self {
        Self::in_round(1)
    }

    /// Nothing has happened in round 0, where records of an older idea box stand.
    pub(crate) fn earlier() -> Self {
        Self::in_round(0)
    }

    fn in_round(round: u32) -> Self {
        Self {
            events: vec![],
            round,
            coauthors: BTreeSet::new(),
        }
    }

    /// Opened at a gate; two assessments are required.
    pub(crate) fn opened_at(gate: Gate) -> Self {
        Self::nothing().service(Action::Open(Box::new(open(gate))))
    }

    pub(crate) fn opened() -> Self {
        Self::opened_at(Gate::Opportunity)
    }

    /// Anna and Bertil are asked.
    pub(crate) fn assigned() -> Self {
        Self::opened().with_assessors()
    }

    /// Both have declared to have no conflict of interest.
    pub(crate) fn declared() -> Self {
        Self::opened().with_declared()
    }

    /// Both have assessed.
    pub(crate) fn assessed() -> Self {
        Self::opened().with_assessments()
    }

    /// Their assessments are shown.
    pub(crate) fn revealed() -> Self {
        Self::opened().with_everything_shown()
    }

    /// They are shown at this gate, somebody owns the need, and the decider has declared.
    pub(crate) fn ready_at(gate: Gate) -> Self {
        Self::opened_at(gate)
            .with_everything_shown()
            .then(OWNER, Role::NeedOwner, Action::ConfirmNeedOwner)
            .then(DECIDER, Role::DecisionMaker, Action::DeclareNoConflict)
    }

    pub(crate) fn ready() -> Self {
        Self::revealed().then(DECIDER, Role::DecisionMaker, Action::DeclareNoConflict)
    }

    /// Decided at this gate by the decider.
    pub(crate) fn decided_at(gate: Gate, outcome: Outcome) -> Self {
        let mut made = decision(outcome);
        made.who = Who::Actor(Ok(mandate()));
        Self::ready_at(gate).then(DECIDER, Role::DecisionMaker, Action::Decide(Box::new(made)))
    }

    pub(crate) fn decided(outcome: Outcome) -> Self {
        Self::ready().then(DECIDER, Role::DecisionMaker, decide(outcome))
    }

    /// Decided by a board.
    pub(crate) fn decided_by_board() -> Self {
        Self::revealed().then(REGISTRAR, Role::Registrar, decide_by(board()))
    }

    pub(crate) fn with_assessors(self) -> Self {
        self.coordinator(assign(&[ANNA, BERTIL]))
    }

    pub(crate) fn with_declared(self) -> Self {
        self.with_assessors()
            .then(ANNA, Role::Assessor, Action::DeclareNoConflict)
            .then(BERTIL, Role::Assessor, Action::DeclareNoConflict)
    }

    pub(crate) fn with_assessments(self) -> Self {
        self.with_declared()
            .then(ANNA, Role::Assessor, Action::Submit(annas()))
            .then(BERTIL, Role::Assessor, Action::Submit(bertils()))
    }

    pub(crate) fn with_everything_shown(self) -> Self {
        self.with_assessments().coordinator(reveal())
    }

    /// The same once this journal has heard that somebody agreed to be a co-author.
    pub(crate) fn coauthored_by(mut self, who: u128) -> Self {
        self.coauthors.insert(person(who));
        self
    }

    pub(crate) fn command(&self, actor: Actor, action: Action) -> EvaluationCommand {
        EvaluationCommand {
            id: EvaluationId::derive(idea(1), self.round),
            actor,
            today: day(24),
            action,
        }
    }

    pub(crate) fn when_by(&self, actor: Actor, action: Action) -> Result<Vec<EvaluationEvent>, EvaluationRejection> {
        let command = self.command(actor, action);
        written_by(
            command.action.rule().writes,
            Evaluations::decide(&command, &self.state()),
        )
    }

    pub(crate) fn when(
        &self,
        who: u128,
        role: Role,
        action: Action,
    ) -> Result<Vec<EvaluationEvent>, EvaluationRejection> {
        self.when_by(actor(who, role), action)
    }

    /// What stands in round 0 is of an idea that was taken over.
    fn known(&self) -> KnownIdea {
        KnownIdea {
            imported: self.round == 0,
            authors: self.coauthors.clone(),
            ..known_idea()
        }
    }

    pub(crate) fn state(&self) -> Evaluation {
        fold::<Evaluations>(&self.events).knowing(self.known())
    }

    pub(crate) fn then(mut self, who: u128, role: Role, action: Action) -> Self {
        let events = self
            .when(who, role, action.clone())
            .unwrap_or_else(|rejection| panic!("{action:?}: {rejection}"));
        assert!(!events.is_empty(), "this was done already: {action:?}");
        self.events.extend(events);
        self
    }

    pub(crate) fn coordinator(self, action: Action) -> Self {
        self.then(COORDINATOR, Role::Coordinator, action)
    }

    pub(crate) fn service(self, action: Action) -> Self {
        self.then(0, Role::Service, action)
    }

    /// The exact events that follow.
    pub(crate) fn gives(&self, who: u128, role: Role, action: Action, events: &[EvaluationEvent]) {
        assert_eq!(
            self.when(who, role, action.clone()).as_deref(),
            Ok(events),
            "{action:?}"
        );
    }

    /// What was done already does nothing.
    pub(crate) fn does_nothing(&self, who: u128, role: Role, action: Action) {
        self.gives(who, role, action, &[]);
    }

    pub(crate) fn refuses(&self, who: u128, role: Role, action: Action, rejection: EvaluationRejection) {
        assert_eq!(self.when(who, role, action.clone()), Err(rejection), "{action:?}");
    }

    /// Nobody but these may do it: every other role is refused, and so is everybody from elsewhere.
    pub(crate) fn is_only_for(&self, roles: &[Role], who: u128, action: &Action) {
        for role in Role::ALL {
            let refused = self.when(who, role, action.clone()).err();
            let allowed = roles.contains(&role);
            assert_eq!(
                refused == Some(EvaluationRejection::WrongRole),
                !allowed,
                "{role}: {action:?}"
            );
        }
        for &role in roles {
            let elsewhere = Actor {
                organisation: organisation("trollhattan"),
                ..actor(who, role)
            };
            let refused = self.when_by(elsewhere, action.clone());
            assert_eq!(
                refused,
                Err(EvaluationRejection::WrongOrganisation),
                "{role}: {action:?}"
            );
        }
    }
}
