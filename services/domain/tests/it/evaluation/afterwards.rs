//! What comes after a decision: the board hears of it, money, time and partners join, a pilot runs.

use super::opening::close;
use super::*;
use EvaluationRejection as No;
use idesluss_domain::words::Date;

fn report(meeting: i8) -> Action {
    Action::Report(Report {
        board: "Kommunstyrelsen".into(),
        meeting: day(meeting),
        paragraph: Some(form("§ 4")),
    })
}

#[test]
fn a_decision_on_delegation_is_reported_to_the_board_once() {
    let given = Given::decided(Outcome::Advance);
    let reported = DecisionReported {
        board: "Kommunstyrelsen".into(),
        meeting: day(24),
        paragraph: Some(form("§ 4")),
    };
    given.gives(REGISTRAR, Role::Registrar, report(24), &[reported.clone().into()]);
    given.is_only_for(
        &[Role::Registrar, Role::Coordinator, Role::DecisionMaker],
        REGISTRAR,
        &report(24),
    );
    let told = given.then(REGISTRAR, Role::Registrar, report(24));
    told.does_nothing(REGISTRAR, Role::Registrar, report(24));
    let other = Action::Report(Report {
        board: "Socialnämnden".into(),
        meeting: day(24),
        paragraph: None,
    });
    assert!(
        told.when(REGISTRAR, Role::Registrar, other)
            .is_ok_and(|events| events.len() == 1)
    );
    // Decided anew: that is something new to report.
    let anew = told.then(
        DECIDER,
        Role::DecisionMaker,
        Action::Reconsider(Box::new(decision(Outcome::Reject))),
    );
    anew.gives(REGISTRAR, Role::Registrar, report(24), &[reported.into()]);
}

#[test]
fn a_report_is_of_a_decision_and_not_before_it_or_ahead() {
    Given::nothing().refuses(REGISTRAR, Role::Registrar, report(24), No::Unknown);
    Given::ready().refuses(REGISTRAR, Role::Registrar, report(24), No::NotDecided);
    let given = Given::decided(Outcome::Reject);
    given.refuses(REGISTRAR, Role::Registrar, report(25), No::DateAhead);
    given.refuses(REGISTRAR, Role::Registrar, report(23), No::DatesReversed);
    Given::decided_by_board().refuses(REGISTRAR, Role::Registrar, report(24), No::BoardDecided);
}

#[test]
fn a_slip_of_the_pen_is_corrected_by_the_decider_or_a_registrar() {
    let given = Given::decided(Outcome::Reject);
    let correct = Action::Correct(text(80));
    let corrected = [DecisionCorrected { correction: text(80) }.into()];
    given.gives(DECIDER, Role::DecisionMaker, correct.clone(), &corrected);
    given.gives(REGISTRAR, Role::Registrar, correct.clone(), &corrected);
    given.is_only_for(&[Role::Registrar, Role::DecisionMaker], DECIDER, &correct);
    given.refuses(OWNER, Role::DecisionMaker, correct.clone(), No::WrongRole);
    let done = given.then(DECIDER, Role::DecisionMaker, correct.clone());
    done.does_nothing(REGISTRAR, Role::Registrar, correct.clone());
    let other = Action::Correct(text(81));
    assert!(
        done.when(REGISTRAR, Role::Registrar, other)
            .is_ok_and(|events| events.len() == 1)
    );
    // The next decision may have the same slip.
    let anew = done.then(
        DECIDER,
        Role::DecisionMaker,
        Action::Reconsider(Box::new(decision(Outcome::Park))),
    );
    anew.gives(DECIDER, Role::DecisionMaker, correct.clone(), &corrected);
    Given::ready().refuses(DECIDER, Role::DecisionMaker, correct.clone(), No::NotDecided);
    // What a board decided is corrected by who recorded it.
    let by_board = Given::revealed().then(DECIDER, Role::DecisionMaker, decide_by(board()));
    by_board.gives(DECIDER, Role::DecisionMaker, correct.clone(), &corrected);
    by_board.refuses(OWNER, Role::DecisionMaker, correct, No::WrongRole);
}

fn resources(amount_kronor: u64, hours: u32) -> Action {
    Action::CommitResources(CommitResources {
        amount_kronor,
        hours,
        until: Some(day(30)),
        note: Some(text(82)),
    })
}

#[test]
fn money_or_time_is_set_aside_for_what_advanced() {
    let given = Given::decided(Outcome::Advance);
    for (amount_kronor, hours) in [(50_000, 40), (1, 0), (0, 1)] {
        let committed = ResourcesCommitted {
            amount_kronor,
            hours,
            until: Some(day(30)),
            note: Some(text(82)),
        };
        given.gives(
            OWNER,
            Role::NeedOwner,
            resources(amount_kronor, hours),
            &[committed.into()],
        );
    }
    given.is_only_for(&[Role::DecisionMaker, Role::NeedOwner], OWNER, &resources(1, 1));
    given.refuses(OWNER, Role::NeedOwner, resources(0, 0), No::NothingCommitted);
    let done = given.clone().then(OWNER, Role::NeedOwner, resources(1, 1));
    done.does_nothing(DECIDER, Role::DecisionMaker, resources(1, 1));
    assert!(
        done.when(OWNER, Role::NeedOwner, resources(1, 2))
            .is_ok_and(|events| events.len() == 1)
    );
    Given::ready().refuses(OWNER, Role::NeedOwner, resources(1, 1), No::NotDecided);
    Given::decided(Outcome::Park).refuses(OWNER, Role::NeedOwner, resources(1, 1), No::NotAdvanced);
    given
        .service(close(CloseReason::Withdrawn))
        .refuses(OWNER, Role::NeedOwner, resources(1, 1), No::Closed);
}

fn support(kind: SupportKind) -> Action {
    Action::ArrangeSupport(Support {
        partner: organisation("innovatum"),
        kind,
        note: Some(text(83)),
    })
}

#[test]
fn a_partners_support_is_arranged_for_what_advanced() {
    let given = Given::decided(Outcome::Advance);
    let arranged = SupportArranged {
        partner: organisation("innovatum"),
        kind: SupportKind::Testbed,
        note: Some(text(83)),
    };
    given.gives(
        COORDINATOR,
        Role::Coordinator,
        support(SupportKind::Testbed),
        &[arranged.into()],
    );
    given.is_only_for(&[Role::Coordinator], COORDINATOR, &support(SupportKind::Testbed));
    let done = given.coordinator(support(SupportKind::Testbed));
    done.does_nothing(COORDINATOR, Role::Coordinator, support(SupportKind::Testbed));
    let more = done.when(COORDINATOR, Role::Coordinator, support(SupportKind::Procurement));
    assert!(more.is_ok_and(|events| events.len() == 1));
    Given::decided(Outcome::Reject).refuses(
        COORDINATOR,
        Role::Coordinator,
        support(SupportKind::Testbed),
        No::NotAdvanced,
    );
}

pub(super) fn start(first: Date, last: Option<Date>) -> Action {
    Action::StartPilot(StartPilot {
        hypothesis: text(84),
        metric: text(85),
        starts_on: first,
        ends_on: last,
    })
}

pub(super) fn complete(last: i8) -> Action {
    Action::CompletePilot(CompletePilot {
        verdict: PilotVerdict::Confirmed,
        result: text(86),
        completed_on: day(last),
    })
}

pub(super) fn begin() -> Action {
    start(day(10), Some(day(20)))
}

#[test]
fn a_pilot_runs_before_the_pilot_gate_is_decided_or_after_a_concept_advanced() {
    let started = PilotStarted {
        hypothesis: text(84),
        metric: text(85),
        starts_on: day(10),
        ends_on: Some(day(20)),
    };
    let starts = |given: &Given| given.gives(COORDINATOR, Role::Coordinator, begin(), &[started.clone().into()]);
    starts(&Given::opened_at(Gate::Pilot));
    starts(&Given::decided_at(Gate::Pilot, Outcome::Advance));
    starts(&Given::decided_at(Gate::Concept, Outcome::Advance));
    let given = Given::opened_at(Gate::Pilot);
    given.is_only_for(&[Role::Coordinator, Role::NeedOwner], COORDINATOR, &begin());
    let refuses = |given: Given| given.refuses(COORDINATOR, Role::Coordinator, begin(), No::NoPilotHere);
    refuses(Given::opened_at(Gate::Concept));
    refuses(Given::opened_at(Gate::Opportunity));
    refuses(Given::decided_at(Gate::Opportunity, Outcome::Advance));
    refuses(Given::decided_at(Gate::Rollout, Outcome::Advance));
    refuses(Given::decided_at(Gate::Concept, Outcome::Return));
    refuses(Given::decided_at(Gate::Pilot, Outcome::Reject));
    Given::nothing().refuses(COORDINATOR, Role::Coordinator, begin(), No::Unknown);
    given
        .service(close(CloseReason::Parked))
        .refuses(COORDINATOR, Role::Coordinator, begin(), No::Closed);
}

#[test]
fn one_pilot_runs_at_a_time_and_ends_after_it_began() {
    let given = Given::opened_at(Gate::Pilot);
    given.refuses(
        COORDINATOR,
        Role::Coordinator,
        start(day(10), Some(day(9))),
        No::DatesReversed,
    );
    for last in [Some(day(10)), None] {
        assert!(given.when(COORDINATOR, Role::Coordinator, start(day(10), last)).is_ok());
    }
    let running = given.coordinator(begin());
    running.does_nothing(COORDINATOR, Role::Coordinator, begin());
    running.refuses(COORDINATOR, Role::Coordinator, start(day(11), None), No::PilotRunning);
    let again = running.coordinator(complete(20)).coordinator(start(day(21), None));
    assert_eq!(again.state().pilots.len(), 2);
    assert_eq!(
        again
            .state()
            .pilots
            .iter()
            .filter(|pilot| pilot.completed.is_some())
            .count(),
        1
    );
}

#[test]
fn a_pilot_is_completed_once_on_a_day_that_has_come() {
    let given = Given::opened_at(Gate::Pilot).coordinator(begin());
    let completed = PilotCompleted {
        verdict: PilotVerdict::Confirmed,
        result: text(86),
        completed_on: day(24),
    };
    given.gives(OWNER, Role::NeedOwner, complete(24), &[completed.into()]);
    given.is_only_for(&[Role::Coordinator, Role::NeedOwner], OWNER, &complete(24));
    assert!(given.when(OWNER, Role::NeedOwner, complete(10)).is_ok());
    given.refuses(OWNER, Role::NeedOwner, complete(25), No::DateAhead);
    given.refuses(OWNER, Role::NeedOwner, complete(9), No::DatesReversed);
    let done = given.coordinator(complete(24));
    done.does_nothing(COORDINATOR, Role::Coordinator, complete(24));
    done.refuses(COORDINATOR, Role::Coordinator, complete(23), No::NoPilot);
    Given::opened_at(Gate::Pilot).refuses(COORDINATOR, Role::Coordinator, complete(24), No::NoPilot);
    Given::nothing().refuses(COORDINATOR, Role::Coordinator, complete(24), No::Unknown);
}
