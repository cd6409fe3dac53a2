//! How an organisation's delegation order is adopted, and mandates are handed on and taken back.

use super::{DECIDER, OWNER};
use crate::ids::{actor, day, form, organisation, person};
use DelegationOrderRejection as No;
use idesluss_domain::evaluation::delegation_order::*;
use idesluss_domain::words::{Actor, Date, Gate, Role};
use idesluss_domain::{Decider as _, fold};

const REGISTRAR: u128 = 9;

/// An organisation's orders with their history; commands are tried on them.
#[derive(Debug, Clone, Default)]
pub(super) struct Given(pub(super) Vec<DelegationOrderEvent>);

impl Given {
    /// The order of 1 November: clause 4.1 may be handed on, 4.2 may not; both are the decider's.
    pub(super) fn adopted() -> Self {
        Self::default().then(REGISTRAR, Role::Registrar, OrderAction::Adopt(order()))
    }

    /// The decider has handed clause 4.1 on to the need owner.
    pub(super) fn handed_on() -> Self {
        Self::adopted().then(DECIDER, Role::DecisionMaker, OrderAction::Subdelegate(hand_on()))
    }

    pub(super) fn command(who: u128, role: Role, action: OrderAction) -> DelegationOrderCommand {
        DelegationOrderCommand {
            organisation: organisation("uddevalla"),
            actor: actor(who, role),
            today: day(24),
            action,
        }
    }

    pub(super) fn state(&self) -> Orders {
        fold::<DelegationOrders>(&self.0)
    }

    fn when(&self, who: u128, role: Role, action: OrderAction) -> Result<Vec<DelegationOrderEvent>, No> {
        DelegationOrders::decide(&Self::command(who, role, action), &self.state())
    }

    pub(super) fn then(mut self, who: u128, role: Role, action: OrderAction) -> Self {
        let events = self
            .when(who, role, action.clone())
            .unwrap_or_else(|rejection| panic!("{action:?}: {rejection}"));
        assert!(!events.is_empty(), "this was done already: {action:?}");
        self.0.extend(events);
        self
    }

    fn gives(&self, who: u128, role: Role, action: OrderAction, events: &[DelegationOrderEvent]) {
        assert_eq!(
            self.when(who, role, action.clone()).as_deref(),
            Ok(events),
            "{action:?}"
        );
    }

    fn refuses(&self, who: u128, role: Role, action: OrderAction, rejection: No) {
        assert_eq!(self.when(who, role, action.clone()), Err(rejection), "{action:?}");
    }
}

fn clause(number: &str, gates: &[Gate], up_to_kronor: u64, may_subdelegate: bool) -> Clause {
    Clause {
        number: form(number),
        gates: gates.to_vec(),
        up_to_kronor,
        holder: person(DECIDER),
        may_subdelegate,
    }
}

pub(super) fn order() -> AdoptOrder {
    AdoptOrder {
        form: OrderForm::Delegation,
        adopted_by: "Kommunstyrelsen".into(),
        adopted_on: day(24),
        paragraph: Some(form("§ 7")),
        valid_from: day(1),
        valid_until: Some(day(30)),
        clauses: vec![
            clause("4.1", &[Gate::Opportunity, Gate::Concept], 100_000, true),
            clause("4.2", &Gate::ALL, 500_000, false),
        ],
    }
}

pub(super) fn hand_on() -> Subdelegate {
    Subdelegate {
        mandate: form("uddevalla/1/4.1"),
        to: person(OWNER),
        gates: vec![Gate::Opportunity],
        up_to_kronor: 50_000,
        valid_from: day(2),
        valid_until: Some(day(29)),
    }
}

pub(super) fn take_back(mandate: &str, from: Date) -> OrderAction {
    OrderAction::Revoke(MandateRevoked {
        mandate: form(mandate),
        from,
    })
}

fn adopted(version: u32, order: &AdoptOrder) -> DelegationOrderEvent {
    DelegationOrderAdopted {
        organisation: organisation("uddevalla"),
        version,
        form: order.form,
        adopted_by: order.adopted_by.clone(),
        adopted_on: order.adopted_on,
        paragraph: order.paragraph.clone(),
        valid_from: order.valid_from,
        valid_until: order.valid_until,
        clauses: order.clauses.clone(),
    }
    .into()
}

#[test]
fn an_order_is_adopted_and_numbered_and_a_repeat_does_nothing() {
    let given = Given::default();
    let adopt = OrderAction::Adopt(order());
    for role in [Role::Registrar, Role::Coordinator] {
        given.gives(REGISTRAR, role, adopt.clone(), &[adopted(1, &order())]);
    }
    for role in Role::ALL {
        if !matches!(role, Role::Registrar | Role::Coordinator) {
            given.refuses(REGISTRAR, role, adopt.clone(), No::WrongRole);
        }
    }
    let first = Given::adopted();
    first.gives(REGISTRAR, Role::Registrar, adopt.clone(), &[]);
    let company = AdoptOrder {
        form: OrderForm::SigningAuthority,
        ..order()
    };
    let second = first.then(REGISTRAR, Role::Registrar, OrderAction::Adopt(company.clone()));
    assert_eq!(second.0.last(), Some(&adopted(2, &company)));
    // The first one again is the third: it replaces the second.
    second.gives(REGISTRAR, Role::Registrar, adopt, &[adopted(3, &order())]);
}

#[test]
fn an_order_belongs_to_its_organisation() {
    let elsewhere = DelegationOrderCommand {
        actor: Actor {
            organisation: organisation("trollhattan"),
            ..actor(REGISTRAR, Role::Registrar)
        },
        ..Given::command(REGISTRAR, Role::Registrar, OrderAction::Adopt(order()))
    };
    let refused = DelegationOrders::decide(&elsewhere, &Orders::default());
    assert_eq!(refused, Err(No::WrongOrganisation));
}

#[test]
fn clauses_have_a_number_of_their_own_and_gates() {
    let refuses = |change: &dyn Fn(&mut AdoptOrder)| {
        let mut order = order();
        change(&mut order);
        Given::default().refuses(REGISTRAR, Role::Registrar, OrderAction::Adopt(order), No::BadClauses);
    };
    refuses(&|order| order.clauses.clear());
    refuses(&|order| order.clauses[1].number = form("4.1"));
    refuses(&|order| order.clauses[1].gates.clear());
    refuses(&|order| order.clauses[1].number = form("4/1"));
}

#[test]
fn an_order_has_been_adopted_and_ends_after_it_begins() {
    let with = |change: &dyn Fn(&mut AdoptOrder)| {
        let mut order = order();
        change(&mut order);
        Given::default()
            .when(REGISTRAR, Role::Registrar, OrderAction::Adopt(order))
            .err()
    };
    assert_eq!(with(&|order| order.valid_from = day(30)), None);
    assert_eq!(with(&|order| order.valid_until = None), None);
    assert_eq!(
        with(&|order| order.valid_until = Some(Date::new(2026, 10, 31).expect("a day"))),
        Some(No::DatesReversed)
    );
    assert_eq!(with(&|order| order.adopted_on = day(25)), Some(No::DateAhead));
}

fn handed_on(number: usize, hand_on: &Subdelegate) -> DelegationOrderEvent {
    MandateSubdelegated {
        mandate: hand_on.mandate.handed_on(number),
        from_mandate: hand_on.mandate.clone(),
        from: person(DECIDER),
        to: hand_on.to,
        gates: hand_on.gates.clone(),
        up_to_kronor: hand_on.up_to_kronor,
        valid_from: hand_on.valid_from,
        valid_until: hand_on.valid_until,
    }
    .into()
}

#[test]
fn a_holder_hands_on_a_part_and_a_repeat_does_nothing() {
    let action = OrderAction::Subdelegate(hand_on());
    let given = Given::adopted();
    given.gives(
        DECIDER,
        Role::DecisionMaker,
        action.clone(),
        &[handed_on(1, &hand_on())],
    );
    for role in Role::ALL {
        if role != Role::DecisionMaker {
            given.refuses(DECIDER, role, action.clone(), No::WrongRole);
        }
    }
    given.refuses(OWNER, Role::DecisionMaker, action.clone(), No::NotYours);
    let unknown = Subdelegate {
        mandate: form("uddevalla/2/4.1"),
        ..hand_on()
    };
    given.refuses(
        DECIDER,
        Role::DecisionMaker,
        OrderAction::Subdelegate(unknown),
        No::NoSuchMandate,
    );
    let handed = Given::handed_on();
    handed.gives(DECIDER, Role::DecisionMaker, action.clone(), &[]);
    // What differs in anything is a second one.
    let changes: [&dyn Fn(&mut Subdelegate); 5] = [
        &|hand_on| hand_on.to = person(3),
        &|hand_on| hand_on.gates = vec![Gate::Concept],
        &|hand_on| hand_on.up_to_kronor = 1,
        &|hand_on| hand_on.valid_from = day(3),
        &|hand_on| hand_on.valid_until = Some(day(28)),
    ];
    for change in changes {
        let mut other = hand_on();
        change(&mut other);
        let events = [handed_on(2, &other)];
        handed.gives(DECIDER, Role::DecisionMaker, OrderAction::Subdelegate(other), &events);
    }
    // What was taken back may be handed on again.
    let back = handed.then(DECIDER, Role::DecisionMaker, take_back("uddevalla/1/4.1/1", day(24)));
    back.gives(DECIDER, Role::DecisionMaker, action, &[handed_on(2, &hand_on())]);
}

#[test]
fn what_is_handed_on_is_not_handed_on_further_unless_the_clause_says_so() {
    let fixed = Subdelegate {
        mandate: form("uddevalla/1/4.2"),
        ..hand_on()
    };
    Given::adopted().refuses(
        DECIDER,
        Role::DecisionMaker,
        OrderAction::Subdelegate(fixed),
        No::MayNotSubdelegate,
    );
    let further = Subdelegate {
        mandate: form("uddevalla/1/4.1/1"),
        to: person(3),
        ..hand_on()
    };
    Given::handed_on().refuses(
        OWNER,
        Role::DecisionMaker,
        OrderAction::Subdelegate(further),
        No::MayNotSubdelegate,
    );
}

#[test]
fn nobody_hands_on_more_than_they_hold() {
    let with = |change: &dyn Fn(&mut Subdelegate)| {
        let mut hand_on = hand_on();
        change(&mut hand_on);
        let refused = Given::adopted().when(DECIDER, Role::DecisionMaker, OrderAction::Subdelegate(hand_on));
        refused.err()
    };
    let more = Some(No::MoreThanHeld);
    assert_eq!(with(&|hand_on| hand_on.gates.clear()), more);
    assert_eq!(with(&|hand_on| hand_on.gates.push(Gate::Pilot)), more);
    assert_eq!(with(&|hand_on| hand_on.up_to_kronor = 100_001), more);
    assert_eq!(with(&|hand_on| hand_on.valid_until = None), more);
    assert_eq!(with(&|hand_on| hand_on.to = person(DECIDER)), more);
    let before = Date::new(2026, 10, 31).expect("a day");
    assert_eq!(with(&|hand_on| hand_on.valid_from = before), more);
    let after = Date::new(2026, 12, 1).expect("a day");
    assert_eq!(with(&|hand_on| hand_on.valid_until = Some(after)), more);
    assert_eq!(
        with(&|hand_on| hand_on.valid_until = Some(day(1))),
        Some(No::DatesReversed)
    );
    let all = |hand_on: &mut Subdelegate| {
        hand_on.gates = vec![Gate::Opportunity, Gate::Concept];
        hand_on.up_to_kronor = 100_000;
        hand_on.valid_from = day(1);
        hand_on.valid_until = Some(day(30));
    };
    assert_eq!(with(&all), None);
    assert_eq!(with(&|hand_on| hand_on.valid_until = Some(day(2))), None);
}

#[test]
fn a_mandate_without_an_end_is_handed_on_with_or_without_one() {
    let endless = AdoptOrder {
        valid_until: None,
        ..order()
    };
    let given = Given::default().then(REGISTRAR, Role::Registrar, OrderAction::Adopt(endless));
    for valid_until in [None, Some(day(29))] {
        let hand_on = Subdelegate {
            valid_until,
            ..hand_on()
        };
        let events = [handed_on(1, &hand_on)];
        given.gives(DECIDER, Role::DecisionMaker, OrderAction::Subdelegate(hand_on), &events);
    }
}

#[test]
fn what_is_no_longer_in_force_is_not_handed_on() {
    let refuses = |given: Given| {
        given.refuses(
            DECIDER,
            Role::DecisionMaker,
            OrderAction::Subdelegate(hand_on()),
            No::NotInForce,
        );
    };
    refuses(Given::adopted().then(REGISTRAR, Role::Registrar, take_back("uddevalla/1/4.1", day(24))));
    let ended = AdoptOrder {
        valid_until: Some(day(23)),
        ..order()
    };
    refuses(Given::default().then(REGISTRAR, Role::Registrar, OrderAction::Adopt(ended)));
    // A later order has replaced it.
    let later = AdoptOrder {
        valid_from: day(24),
        ..order()
    };
    refuses(Given::adopted().then(REGISTRAR, Role::Registrar, OrderAction::Adopt(later.clone())));
    // One that begins tomorrow has not.
    let tomorrow = AdoptOrder {
        valid_from: day(25),
        ..later
    };
    let given = Given::adopted().then(REGISTRAR, Role::Registrar, OrderAction::Adopt(tomorrow));
    let events = [handed_on(1, &hand_on())];
    given.gives(
        DECIDER,
        Role::DecisionMaker,
        OrderAction::Subdelegate(hand_on()),
        &events,
    );
    // Neither has one that is taken back tomorrow.
    let tomorrow = Given::adopted().then(REGISTRAR, Role::Registrar, take_back("uddevalla/1/4.1", day(25)));
    tomorrow.gives(
        DECIDER,
        Role::DecisionMaker,
        OrderAction::Subdelegate(hand_on()),
        &events,
    );
}

#[test]
fn a_mandate_is_taken_back_by_the_registrar_or_by_who_handed_it_on() {
    let given = Given::handed_on();
    let (own, handed) = ("uddevalla/1/4.1", "uddevalla/1/4.1/1");
    let revoked = |mandate: &str| {
        [MandateRevoked {
            mandate: form(mandate),
            from: day(24),
        }
        .into()]
    };
    for role in [Role::Registrar, Role::Coordinator] {
        given.gives(REGISTRAR, role, take_back(own, day(24)), &revoked(own));
    }
    given.gives(
        DECIDER,
        Role::DecisionMaker,
        take_back(handed, day(24)),
        &revoked(handed),
    );
    // Neither by who holds it, nor by anybody else, nor is a clause taken back by its holder.
    given.refuses(OWNER, Role::DecisionMaker, take_back(handed, day(24)), No::WrongRole);
    given.refuses(DECIDER, Role::DecisionMaker, take_back(own, day(24)), No::WrongRole);
    given.refuses(DECIDER, Role::Assessor, take_back(handed, day(24)), No::WrongRole);
    given.refuses(
        REGISTRAR,
        Role::Registrar,
        take_back("uddevalla/1/9", day(24)),
        No::NoSuchMandate,
    );
}

#[test]
fn a_mandate_can_end_earlier_than_was_said_never_later() {
    let given = Given::adopted().then(REGISTRAR, Role::Registrar, take_back("uddevalla/1/4.1", day(20)));
    for later in [day(20), day(21)] {
        given.gives(REGISTRAR, Role::Registrar, take_back("uddevalla/1/4.1", later), &[]);
    }
    let earlier = MandateRevoked {
        mandate: form("uddevalla/1/4.1"),
        from: day(19),
    };
    let events = [earlier.clone().into()];
    given.gives(REGISTRAR, Role::Registrar, OrderAction::Revoke(earlier), &events);
}

#[test]
fn what_is_handed_on_has_its_own_end_beside_that_of_what_it_comes_from() {
    let given = Given::adopted()
        .then(REGISTRAR, Role::Registrar, take_back("uddevalla/1/4.1", day(28)))
        .then(DECIDER, Role::DecisionMaker, OrderAction::Subdelegate(hand_on()));
    let handed = hand_on().mandate.handed_on(1);
    let state = given.state();
    let mandate = state.mandate(&handed).expect("it was handed on");
    assert_eq!(mandate.revoked_from, None, "nobody has taken it back");
    // So it can be, from the very day on which the other ends.
    let given = given.then(REGISTRAR, Role::Registrar, take_back(handed.as_str(), day(28)));
    assert_eq!(
        given.state().mandate(&handed).expect("still listed").revoked_from,
        Some(day(28))
    );
}
