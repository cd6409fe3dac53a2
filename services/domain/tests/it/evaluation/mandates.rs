//! Which mandate lets somebody decide: the day, the gate, the cost, and the chain that it was handed on through.

use super::delegation_order::{Given, order, take_back};
use super::{DECIDER, OWNER};
use crate::ids::{day, form, organisation, person};
use idesluss_domain::evaluation::delegation_order::*;
use idesluss_domain::words::{Date, Gate, Role};
use proptest::prelude::*;

fn find(given: &Given, who: u128, gate: Gate, cost_kronor: u64, day: Date) -> Result<String, NoMandate> {
    find_mandate(&given.state(), person(who), gate, cost_kronor, day).map(|mandate| mandate.reference.into())
}

#[test]
fn the_smallest_sufficient_mandate_is_found() {
    let given = Given::adopted();
    let at = |gate, cost_kronor| find(&given, DECIDER, gate, cost_kronor, day(24));
    assert_eq!(at(Gate::Concept, 100_000).as_deref(), Ok("uddevalla/1/4.1"));
    assert_eq!(at(Gate::Concept, 100_001).as_deref(), Ok("uddevalla/1/4.2"));
    assert_eq!(at(Gate::Rollout, 1).as_deref(), Ok("uddevalla/1/4.2"));
    assert_eq!(at(Gate::Rollout, 500_001), Err(NoMandate::Amount));
}

#[test]
fn a_mandate_tells_whose_it_is_and_where_it_comes_from() {
    let state = Given::handed_on().state();
    let found = find_mandate(&state, person(OWNER), Gate::Opportunity, 50_000, day(24)).expect("a mandate");
    let whole = Mandate {
        reference: form("uddevalla/1/4.1/1"),
        organisation: organisation("uddevalla"),
        order_version: 1,
        clause: form("4.1"),
        holder: person(OWNER),
        gates: vec![Gate::Opportunity],
        up_to_kronor: 50_000,
        valid_from: day(2),
        valid_until: Some(day(29)),
        from_mandate: Some(form("uddevalla/1/4.1")),
        revoked_from: None,
        may_subdelegate: false,
    };
    assert_eq!(found, whole);
}

#[test]
fn without_one_the_nearest_miss_is_told() {
    let given = Given::handed_on();
    let at = |who, gate, cost, on| find(&given, who, gate, cost, on).expect_err("none");
    let october = Date::new(2026, 10, 31).expect("a day");
    assert_eq!(at(DECIDER, Gate::Concept, 1, october), NoMandate::NoOrder);
    assert_eq!(at(3, Gate::Concept, 1, day(24)), NoMandate::NotHeld);
    assert_eq!(at(OWNER, Gate::Concept, 1, day(24)), NoMandate::Gate);
    assert_eq!(at(OWNER, Gate::Opportunity, 50_001, day(24)), NoMandate::Amount);
    assert_eq!(at(OWNER, Gate::Opportunity, 1, day(1)), NoMandate::NotHeld);
    assert_eq!(at(OWNER, Gate::Opportunity, 1, day(30)), NoMandate::NotHeld);
    let december = Date::new(2026, 12, 1).expect("a day");
    assert_eq!(at(DECIDER, Gate::Concept, 1, december), NoMandate::NoOrder);
    assert!(find(&given, OWNER, Gate::Opportunity, 1, day(2)).is_ok());
    assert!(find(&given, OWNER, Gate::Opportunity, 1, day(29)).is_ok());
}

#[test]
fn what_is_taken_back_takes_with_it_what_was_handed_on() {
    let given = Given::handed_on().then(9, Role::Registrar, take_back("uddevalla/1/4.1", day(25)));
    let on = |given: &Given, day| find(given, OWNER, Gate::Opportunity, 1, day);
    assert_eq!(on(&given, day(24)).as_deref(), Ok("uddevalla/1/4.1/1"));
    assert_eq!(on(&given, day(25)), Err(NoMandate::NotHeld));
    let back = Given::handed_on().then(DECIDER, Role::DecisionMaker, take_back("uddevalla/1/4.1/1", day(25)));
    assert_eq!(on(&back, day(25)), Err(NoMandate::NotHeld));
    // The clause itself stands.
    assert!(find(&back, DECIDER, Gate::Opportunity, 1, day(25)).is_ok());
}

#[test]
fn a_later_order_replaces_the_one_before_from_its_first_day() {
    let later = AdoptOrder {
        valid_from: day(26),
        valid_until: Some(day(27)),
        ..order()
    };
    let given = Given::handed_on().then(9, Role::Registrar, OrderAction::Adopt(later));
    let on = |who, day| find(&given, who, Gate::Opportunity, 1, day);
    assert_eq!(on(OWNER, day(25)).as_deref(), Ok("uddevalla/1/4.1/1"));
    assert_eq!(on(OWNER, day(26)), Err(NoMandate::NotHeld));
    assert_eq!(on(DECIDER, day(26)).as_deref(), Ok("uddevalla/2/4.1"));
    // It has ended, and the one before does not come back.
    assert_eq!(on(DECIDER, day(28)), Err(NoMandate::NoOrder));
    assert_eq!(
        given.state().in_force(day(27)).map(|order| order.adopted.version),
        Some(2)
    );
}

#[test]
fn a_chain_that_leads_nowhere_or_round_holds_nothing() {
    let handed = |mandate: &str, from_mandate: &str| -> DelegationOrderEvent {
        MandateSubdelegated {
            mandate: form(mandate),
            from_mandate: form(from_mandate),
            from: person(DECIDER),
            to: person(OWNER),
            gates: vec![Gate::Opportunity],
            up_to_kronor: 1,
            valid_from: day(1),
            valid_until: None,
        }
        .into()
    };
    let own = "uddevalla/1/4.1";
    // Handed on from what nobody ever had.
    let mut nowhere = Given::adopted();
    nowhere.0.push(handed("uddevalla/9/1/1", "uddevalla/9/1"));
    assert_eq!(nowhere.state(), Given::adopted().state());
    // Handed on, by a history that no rule would write, from itself.
    let mut state = Given::adopted().state();
    for mandate in &mut state.0[0].mandates {
        mandate.from_mandate = Some(form(own));
    }
    let round = &state.0[0];
    assert!(!round.holds(&round.mandates[0], day(24)));
    let mut state = Given::adopted().state();
    state.0[0].mandates[0].from_mandate = Some(form("uddevalla/9/1"));
    let lost = &state.0[0];
    assert!(!lost.holds(&lost.mandates[0], day(24)));
    // The longest chain that an order can hold does.
    let mut long = Given::adopted();
    long.0.push(handed("uddevalla/1/4.1/1", own));
    long.0.push(handed("uddevalla/1/4.1/1/1", "uddevalla/1/4.1/1"));
    let state = long.state();
    assert!(state.0[0].holds(state.mandate(&form("uddevalla/1/4.1/1/1")).expect("handed on"), day(24)));
}

/// Something that a registrar or a decider may try with an order.
fn attempt() -> impl Strategy<Value = (u128, Role, OrderAction)> {
    let mandates = prop::sample::select(vec![
        "uddevalla/1/4.1",
        "uddevalla/1/4.2",
        "uddevalla/1/4.1/1",
        "uddevalla/1/4.1/2",
        "uddevalla/2/4.1",
        "uddevalla/2/4.1/1",
    ]);
    let who = prop::sample::select(vec![DECIDER, OWNER, 3]);
    let span = (1i8..=30, prop::option::of(1i8..=30));
    let adopt = (span.clone(), prop::sample::select(vec![DECIDER, OWNER])).prop_map(|((first, last), holder)| {
        let mut order = AdoptOrder {
            valid_from: day(first),
            valid_until: last.map(day),
            ..order()
        };
        order.clauses[0].holder = person(holder);
        (9, Role::Registrar, OrderAction::Adopt(order))
    });
    let gates = prop::sample::subsequence(Gate::ALL.to_vec(), 0..=2);
    let subdelegate = (mandates.clone(), who.clone(), who, gates, 0u64..200_000, span).prop_map(
        |(mandate, by, to, gates, up_to_kronor, (first, last))| {
            let action = Subdelegate {
                mandate: form(mandate),
                to: person(to),
                gates,
                up_to_kronor,
                valid_from: day(first),
                valid_until: last.map(day),
            };
            (by, Role::DecisionMaker, OrderAction::Subdelegate(action))
        },
    );
    let revoke = (mandates, 1i8..=30).prop_map(|(mandate, from)| (9, Role::Registrar, take_back(mandate, day(from))));
    prop_oneof![1 => adopt, 4 => subdelegate, 1 => revoke]
}

/// Whether somebody may decide this, told from the events alone and without the rules' own states.
fn may(events: &[DelegationOrderEvent], who: u128, gate: Gate, cost: u64, on: Date) -> bool {
    use DelegationOrderEvent as E;
    let begun =
        |event: &&DelegationOrderEvent| matches!(event, E::DelegationOrderAdopted(order) if order.valid_from <= on);
    let Some(E::DelegationOrderAdopted(order)) = events.iter().rfind(begun) else {
        return false;
    };
    if order.valid_until.is_some_and(|last| last < on) {
        return false;
    }
    let revoked = |reference: &str| {
        events
            .iter()
            .any(|event| matches!(event, E::MandateRevoked(event) if event.mandate.as_str() == reference && event.from <= on))
    };
    let own = |reference: &str| {
        order
            .clauses
            .iter()
            .find(|clause| reference == format!("uddevalla/{}/{}", order.version, clause.number))
    };
    let clauses = order.clauses.iter().any(|clause| {
        let reference = format!("uddevalla/{}/{}", order.version, clause.number);
        clause.holder == person(who)
            && clause.gates.contains(&gate)
            && cost <= clause.up_to_kronor
            && !revoked(&reference)
    });
    let handed_on = events.iter().any(|event| {
        let E::MandateSubdelegated(handed) = event else {
            return false;
        };
        let Some(clause) = own(handed.from_mandate.as_str()) else {
            return false;
        };
        let here = handed.valid_from <= on && handed.valid_until.is_none_or(|last| on <= last);
        let within = handed.gates.contains(&gate) && cost <= handed.up_to_kronor;
        let covered = clause.gates.contains(&gate) && cost <= clause.up_to_kronor && clause.may_subdelegate;
        let revoked = revoked(handed.mandate.as_str()) || revoked(handed.from_mandate.as_str());
        handed.to == person(who) && here && within && covered && !revoked
    });
    clauses || handed_on
}

proptest! {
    #[test]
    fn whatever_is_adopted_handed_on_and_taken_back_only_who_may_decide_finds_a_mandate(
        attempts in prop::collection::vec(attempt(), 0..20),
    ) {
        let mut given = Given::adopted();
        for (who, role, action) in attempts {
            let command = Given::command(who, role, action);
            let events = <DelegationOrders as idesluss_domain::Decider>::decide(&command, &given.state());
            given.0.extend(events.unwrap_or_default());
        }
        for who in [DECIDER, OWNER, 3] {
            for gate in Gate::ALL {
                for cost in [0, 60_000, 100_001, 500_001] {
                    for on in [day(1), day(15), day(30)] {
                        let found = find(&given, who, gate, cost, on).is_ok();
                        prop_assert_eq!(found, may(&given.0, who, gate, cost, on), "{} {:?} {} {}", who, gate, cost, on);
                    }
                }
            }
        }
    }
}
