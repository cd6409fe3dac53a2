//! What somebody may try: often the right person in the right role, sometimes anybody as anything.

use super::super::{
    ANNA, BEFORE, BERTIL, CECILIA, COAUTHOR, COORDINATOR, DECIDER, OWNER, SUBMITTER, assessment, basis, mandate,
    opening,
};
use super::Model;
use crate::ids::{actor, day, form, organisation, person, text};
use idesluss_domain::evaluation::delegation_order::NoMandate;
use idesluss_domain::evaluation::evaluation::*;
use idesluss_domain::words::{Actor, Gate, Outcome, PersonId, Role};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::{select, subsequence};

/// A course that begins as usual for a while, and what is then tried.
#[derive(Debug, Clone)]
pub(super) struct Story {
    pub(super) gate: Gate,
    pub(super) usual: Vec<Attempt>,
    pub(super) attempts: Vec<Attempt>,
}

#[derive(Debug, Clone)]
pub(super) struct Attempt {
    who: u128,
    role: Role,
    pub(super) today: i8,
    what: What,
}

#[derive(Debug, Clone)]
enum What {
    /// What needs to know nothing.
    Plain(Action),
    /// Opens what was given, or something else for one of them.
    Reveal { forged: Option<u128> },
    /// Nobody does anything here: elsewhere they become an author of the idea, or declare a conflict in another round of it.
    Elsewhere(Elsewhere),
}

/// What happens to the idea in other journals and rounds, and has arrived.
#[derive(Debug, Clone, Copy)]
pub(super) enum Elsewhere {
    /// Somebody is an author from now on.
    Author,
    /// Somebody is in conflict from now on.
    Conflict,
}

impl Attempt {
    pub(super) fn actor(&self) -> Actor {
        actor(self.who, self.role)
    }

    /// What it does here, or who has become what elsewhere.
    pub(super) fn action(&self, model: &Model) -> Result<Action, (PersonId, Elsewhere)> {
        Ok(match &self.what {
            What::Elsewhere(what) => return Err((person(self.who), *what)),
            What::Plain(action) => action.clone(),
            What::Reveal { forged } => Action::Reveal(
                PEOPLE
                    .into_iter()
                    .filter_map(|who| Some((who, model.given(person(who))?)))
                    .map(|(who, given)| match forged {
                        Some(other) if *other == who => opening(who, &assessment(127, 5, 5)),
                        _ => opening(who, given),
                    })
                    .collect(),
            ),
        })
    }
}

const PEOPLE: [u128; 9] = [
    SUBMITTER,
    COAUTHOR,
    COORDINATOR,
    ANNA,
    BERTIL,
    CECILIA,
    DECIDER,
    OWNER,
    BEFORE,
];

fn anybody() -> impl Strategy<Value = u128> + Clone {
    prop_oneof![2 => select(vec![ANNA, BERTIL, DECIDER]), 1 => select(PEOPLE.to_vec())]
}

fn some(most: usize) -> impl Strategy<Value = Vec<u128>> {
    prop_oneof![
        2 => subsequence(vec![ANNA, BERTIL, CECILIA], 0..=3),
        1 => Just(vec![CECILIA]),
        1 => vec(select(PEOPLE.to_vec()), 0..=most),
    ]
}

fn outcome() -> impl Strategy<Value = Outcome> {
    prop_oneof![2 => Just(Outcome::Advance), 1 => select(vec![Outcome::Return, Outcome::Park, Outcome::Reject])]
}

fn assess() -> impl Strategy<Value = Assess> {
    (100u8..120, 0u8..=6, 1u8..=5).prop_map(|(number, benefit, risk)| assessment(number, benefit, risk))
}

/// A clause, mostly the right one, with one thing about it changed.
fn who(decider: u128) -> impl Strategy<Value = Who> {
    let board = (15i8..=28).prop_map(|meeting| Who::Board {
        board: "Kommunstyrelsen".into(),
        meeting: day(meeting),
        paragraph: form("§ 112"),
    });
    let mandate = (0u8..16, 15i8..=28).prop_map(move |(which, number)| {
        let mut mandate = mandate();
        mandate.holder = person(decider);
        match which {
            0 => mandate.holder = person(COORDINATOR),
            1 => mandate.gates = vec![Gate::Rollout],
            2 => mandate.up_to_kronor = 10_000,
            3 => mandate.valid_from = day(number),
            4 => mandate.valid_until = Some(day(number)),
            5 => mandate.revoked_from = Some(day(number)),
            6 => mandate.organisation = organisation("trollhattan"),
            7 => return Who::Actor(Err(NoMandate::NotHeld)),
            _ => {}
        }
        Who::Actor(Ok(mandate))
    });
    prop_oneof![1 => board, 2 => mandate]
}

/// A decision, first or anew, by the same person who then sends it.
fn decides() -> impl Strategy<Value = (u128, Role, Action)> {
    let decides = |decider: u128| {
        let freshness =
            prop_oneof![4 => Just((41, 42, Some(41))), 1 => (40u64..44, 40u64..44, prop::option::of(40u64..44))];
        let what = (outcome(), prop::bool::weighted(0.1), 70u8..74, select(vec![0, 20_000]));
        (what, who(decider), freshness, any::<bool>()).prop_map(
            move |((outcome, home, reasons, cost_kronor), who, (seen, size, latest), anew)| {
                let mut basis = basis();
                (basis.seen, basis.size) = (seen, size);
                let decide = Box::new(Decide {
                    outcome,
                    home,
                    reasons: text(reasons),
                    conditions: None,
                    cost_kronor,
                    who,
                    basis,
                    latest,
                    opened_on: day(18),
                });
                let action = if anew {
                    Action::Reconsider(decide)
                } else {
                    Action::Decide(decide)
                };
                (decider, Role::DecisionMaker, action)
            },
        )
    };
    prop_oneof![3 => Just(DECIDER), 1 => select(vec![ANNA, BERTIL, SUBMITTER]), 1 => select(PEOPLE.to_vec())]
        .prop_flat_map(decides)
}

fn by_assessors() -> impl Strategy<Value = (u128, Role, Action)> {
    let step_aside = |who: u128| Recuse {
        assessor: person(who),
        conflict: false,
        reason: text(31),
        replaced_by: None,
        cap: 3,
    };
    prop_oneof![
        3 => Just(None),
        3 => assess().prop_map(|assess| Some(Action::Submit(assess))),
        2 => assess().prop_map(|assess| Some(Action::Revise(assess))),
        2 => Just(Some(Action::DeclareConflict(None))),
    ]
    .prop_flat_map(move |action| {
        anybody().prop_flat_map(move |who| {
            let action = action.clone().unwrap_or(Action::DeclareNoConflict);
            prop_oneof![8 => Just((who, Role::Assessor, action)), 1 => Just((who, Role::Assessor, Action::Recuse(step_aside(who))))]
        })
    })
}

fn by_deciders() -> impl Strategy<Value = (u128, Role, Action)> {
    let declares = anybody().prop_map(|who| (who, Role::DecisionMaker, Action::DeclareNoConflict));
    let conflict = anybody().prop_map(|who| (who, Role::DecisionMaker, Action::DeclareConflict(None)));
    let after = (
        anybody(),
        select(vec![
            Action::Correct(text(80)),
            Action::Report(Report {
                board: "Kommunstyrelsen".into(),
                meeting: day(24),
                paragraph: None,
            }),
            Action::CommitResources(CommitResources {
                amount_kronor: 1,
                hours: 0,
                until: None,
                note: None,
            }),
        ]),
    )
        .prop_map(|(who, action)| (who, Role::DecisionMaker, action));
    prop_oneof![2 => declares, 1 => conflict, 2 => after, 4 => decides()]
}

fn by_coordinators() -> impl Strategy<Value = (u128, Role, Action)> {
    let assign = (some(3), 0u32..5).prop_map(|(people, load)| {
        let assessors = people.into_iter().map(|who| (person(who), load)).collect();
        Action::Assign(Assign { assessors, cap: 4 })
    });
    let recuse = (anybody(), any::<bool>(), prop::option::weighted(0.7, anybody())).prop_map(|(who, conflict, by)| {
        Action::Recuse(Recuse {
            assessor: person(who),
            conflict,
            reason: text(31),
            replaced_by: by.map(|who| (person(who), 0)),
            cap: 3,
        })
    });
    let dissent = prop_oneof![3 => Just(vec![]), 1 => some(1)];
    let recommend = (some(3), dissent, outcome()).prop_map(|(panel, dissent, proposal)| {
        let dissent = dissent.into_iter().map(|who| Dissent {
            assessor: person(who),
            reasons: text(61),
        });
        Action::Recommend(Issue {
            proposal,
            reasons: text(60),
            panel: panel.into_iter().map(person).collect(),
            dissent: dissent.collect(),
        })
    });
    let others = select(vec![
        Action::ArrangeSupport(Support {
            partner: organisation("innovatum"),
            kind: SupportKind::Testbed,
            note: None,
        }),
        super::super::afterwards::begin(),
        super::super::afterwards::start(day(21), None),
        super::super::afterwards::complete(22),
    ]);
    let action = prop_oneof![2 => assign, 1 => recuse, 3 => recommend, 2 => others];
    (prop_oneof![5 => Just(COORDINATOR), 1 => anybody()], action)
        .prop_map(|(who, action)| (who, Role::Coordinator, action))
}

fn by_others() -> impl Strategy<Value = (u128, Role, Action)> {
    let owns = anybody().prop_map(|who| (who, Role::NeedOwner, Action::ConfirmNeedOwner));
    let closes = select(vec![CloseReason::Withdrawn, CloseReason::Parked])
        .prop_map(|reason| (0, Role::Service, Action::Close(Close { reason })));
    prop_oneof![4 => owns, 1 => closes]
}

/// As it is usually done, or with another role than that.
fn attempt() -> impl Strategy<Value = Attempt> {
    let plain = prop_oneof![6 => by_assessors(), 5 => by_deciders(), 4 => by_coordinators(), 1 => by_others()]
        .prop_map(|(who, role, action)| (who, role, What::Plain(action)));
    let reveal = (anybody(), prop::option::weighted(0.1, anybody()))
        .prop_map(|(who, forged)| (who, Role::Coordinator, What::Reveal { forged }));
    let another = prop::option::weighted(0.1, select(Role::ALL.to_vec()));
    let elsewhere = (anybody(), select(vec![Elsewhere::Author, Elsewhere::Conflict]))
        .prop_map(|(who, what)| (who, Role::Submitter, What::Elsewhere(what)));
    (
        prop_oneof![12 => plain, 2 => reveal, 1 => elsewhere],
        another,
        20i8..=26,
    )
        .prop_map(|((who, role, what), another, today)| Attempt {
            who,
            role: another.unwrap_or(role),
            today,
            what,
        })
}

/// What usually happens, step by step.
fn usual() -> Vec<Attempt> {
    let plain = |who, role, action| (who, role, What::Plain(action));
    let assessor = |who, action| plain(who, Role::Assessor, action);
    [
        plain(COORDINATOR, Role::Coordinator, super::super::assign(&[ANNA, BERTIL])),
        assessor(ANNA, Action::DeclareNoConflict),
        assessor(BERTIL, Action::DeclareNoConflict),
        plain(DECIDER, Role::DecisionMaker, Action::DeclareNoConflict),
        assessor(ANNA, Action::Submit(super::super::annas())),
        assessor(BERTIL, Action::Submit(super::super::bertils())),
        plain(OWNER, Role::NeedOwner, Action::ConfirmNeedOwner),
        (COORDINATOR, Role::Coordinator, What::Reveal { forged: None }),
        plain(
            COORDINATOR,
            Role::Coordinator,
            Action::Recommend(super::super::recommend()),
        ),
        plain(DECIDER, Role::DecisionMaker, super::super::decide(Outcome::Advance)),
    ]
    .map(|(who, role, what)| Attempt {
        who,
        role,
        today: 24,
        what,
    })
    .to_vec()
}

pub(super) fn story() -> impl Strategy<Value = Story> {
    let gate = select(Gate::ALL.to_vec());
    // Most can be spoilt just before everything is shown, and between that and the decision.
    let steps = prop_oneof![1 => 0..=usual().len(), 2 => 6usize..=9];
    (gate, steps, vec(attempt(), 0..40)).prop_map(|(gate, steps, attempts)| Story {
        gate,
        usual: usual().into_iter().take(steps).collect(),
        attempts,
    })
}
