mod exactly;
mod refusals;

use crate::ids::{actor, day, idea, organisation, text, written_by};
use idesluss_domain::sharing::adoption::*;
use idesluss_domain::sharing::solution::*;
use idesluss_domain::words::{Actor, AdoptionId, Role, SolutionId};
use idesluss_domain::{Decider as _, fold};
use proptest::prelude::*;
use uuid::Uuid;

fn solution_id() -> SolutionId {
    SolutionId(Uuid::from_u128(0x50))
}

fn description() -> Description {
    Description {
        title: "Halkfri entré".into(),
        summary: "Mattor som ligger still.".into(),
        kind: SolutionKind::Product,
        licence: "CC-BY-4.0".into(),
        contact: "utveckling@uddevalla.example".into(),
        cost_kronor: Some((500, 900)),
        prerequisites: "En entré.".into(),
    }
}

fn solve(role: Role, action: SolutionAction, given: &[SolutionEvent]) -> Result<Vec<SolutionEvent>, SolutionRejection> {
    let command = SolutionCommand {
        id: solution_id(),
        today: day(24),
        actor: actor(4, role),
        action,
    };
    written_by(
        command.action.rule().writes,
        Solutions::decide(&command, &fold::<Solutions>(given)),
    )
}

fn drafted() -> Vec<SolutionEvent> {
    solve(
        Role::Service,
        SolutionAction::Draft {
            idea: idea(1),
            decided_in: None,
        },
        &[],
    )
    .expect("drafted")
}

fn publish(visibility: Visibility, cleared: bool) -> SolutionAction {
    SolutionAction::Publish {
        description: description(),
        visibility,
        cleared,
    }
}

pub(crate) fn published(visibility: Visibility) -> Vec<SolutionEvent> {
    let mut given = drafted();
    given.extend(solve(Role::Steward, publish(visibility, true), &given).expect("published"));
    given
}

pub(crate) fn retired(given: &[SolutionEvent]) -> Vec<SolutionEvent> {
    let retire = SolutionAction::Retire {
        reason: "Finns inte längre.".into(),
        replaced_by: None,
    };
    solve(Role::Steward, retire, given).expect("retired")
}

#[test]
fn a_draft_has_no_text_and_comes_once_from_an_idea() {
    let given = drafted();
    let draft = SolutionDrafted {
        solution: solution_id(),
        organisation: organisation("uddevalla"),
        idea: idea(1),
        decided_in: None,
    };
    assert_eq!(given, [draft.into()]);
    let again = |number| SolutionAction::Draft {
        idea: idea(number),
        decided_in: None,
    };
    assert_eq!(solve(Role::Service, again(1), &given), Ok(vec![]));
    assert_eq!(
        solve(Role::Service, again(2), &given),
        Err(SolutionRejection::OtherSolution)
    );
}

#[test]
fn only_a_steward_publishes_and_only_what_is_cleared_and_whole() {
    let given = drafted();
    let act = |role, action| solve(role, action, &given);
    assert_eq!(
        act(Role::Submitter, publish(Visibility::Region, true)),
        Err(SolutionRejection::WrongRole)
    );
    assert_eq!(
        act(Role::Steward, publish(Visibility::Region, false)),
        Err(SolutionRejection::NotCleared)
    );
    let bare = Description {
        licence: " ".into(),
        ..description()
    };
    let bare = SolutionAction::Publish {
        description: bare,
        visibility: Visibility::Region,
        cleared: true,
    };
    assert_eq!(act(Role::Steward, bare), Err(SolutionRejection::DescriptionMissing));
    let reversed = Description {
        cost_kronor: Some((9, 5)),
        ..description()
    };
    let reversed = SolutionAction::Publish {
        description: reversed,
        visibility: Visibility::Region,
        cleared: true,
    };
    assert_eq!(act(Role::Steward, reversed), Err(SolutionRejection::CostReversed));
    assert_eq!(
        solve(Role::Steward, publish(Visibility::Own, true), &[]),
        Err(SolutionRejection::Unknown)
    );
}

#[test]
fn what_is_published_is_versioned_and_retired_not_changed() {
    let given = published(Visibility::Region);
    assert_eq!(
        solve(Role::Steward, publish(Visibility::Region, true), &given),
        Ok(vec![])
    );
    assert_eq!(
        solve(Role::Steward, publish(Visibility::Public, true), &given),
        Err(SolutionRejection::AlreadyPublished)
    );
    let version = SolutionAction::Version {
        description: description(),
        visibility: Visibility::Public,
        changes: "Nu för alla.".into(),
        cleared: true,
    };
    let events = solve(Role::Steward, version.clone(), &given).expect("versioned");
    let [SolutionEvent::SolutionVersioned(versioned)] = events.as_slice() else {
        panic!("{events:?}")
    };
    assert_eq!((versioned.version, versioned.visibility), (2, Visibility::Public));
    let retire = SolutionAction::Retire {
        reason: "Finns inte längre.".into(),
        replaced_by: None,
    };
    let mut over = given;
    over.extend(solve(Role::Steward, retire.clone(), &over).expect("retired"));
    assert_eq!(solve(Role::Steward, retire, &over), Ok(vec![]));
    assert_eq!(solve(Role::Steward, version, &over), Err(SolutionRejection::Retired));
}

#[test]
fn a_solution_is_offered_to_those_who_may_see_it() {
    let (home, neighbour) = (organisation("uddevalla"), organisation("trollhattan"));
    let offered = |given: &[SolutionEvent]| {
        let solution = fold::<Solutions>(given);
        (solution.is_offered_to(&home), solution.is_offered_to(&neighbour))
    };
    assert_eq!(offered(&drafted()), (false, false));
    assert_eq!(offered(&published(Visibility::Own)), (true, false));
    assert_eq!(offered(&published(Visibility::Region)), (true, true));
}

#[test]
fn others_know_a_solution_by_the_title_that_they_were_shown_last() {
    let (home, neighbour) = (organisation("uddevalla"), organisation("trollhattan"));
    let mut given = drafted();
    let called = |given: &[SolutionEvent]| {
        let solution = fold::<Solutions>(given);
        let title = |organisation| solution.title_for(organisation).map(str::to_owned);
        (title(&home), title(&neighbour))
    };
    assert_eq!(called(&given), (None, None));
    let some = |title: &str| Some(title.to_owned());
    given.extend(solve(Role::Steward, publish(Visibility::Own, true), &given).expect("published"));
    let first = description().title;
    assert_eq!(called(&given), (some(&first), None));
    for (title, visibility, others) in [
        ("Öppen", Visibility::Region, Some("Öppen")),
        ("Hemlig", Visibility::Own, Some("Öppen")),
        ("Allas", Visibility::Public, Some("Allas")),
        ("Egen", Visibility::Own, Some("Allas")),
    ] {
        let version = SolutionAction::Version {
            description: Description {
                title: title.to_owned(),
                ..description()
            },
            visibility,
            changes: "Ny titel.".into(),
            cleared: true,
        };
        given.extend(solve(Role::Steward, version, &given).expect("versioned"));
        assert_eq!(called(&given), (some(title), others.map(str::to_owned)));
    }
}

fn adoption_id() -> AdoptionId {
    AdoptionId(Uuid::from_u128(9))
}

fn adopt(action: AdoptionAction, given: &[AdoptionEvent]) -> Result<Vec<AdoptionEvent>, AdoptionRejection> {
    let neighbour = Actor {
        organisation: organisation("trollhattan"),
        ..actor(5, Role::Adopter)
    };
    let command = AdoptionCommand {
        id: adoption_id(),
        actor: neighbour,
        today: day(24),
        action,
    };
    written_by(
        command.action.rule().writes,
        Adoptions::decide(&command, &fold::<Adoptions>(given)),
    )
}

fn interest(offered: bool) -> AdoptionAction {
    AdoptionAction::RegisterInterest {
        solution: solution_id(),
        offered,
        need: None,
    }
}

fn measurement(unit: &str, last: i8) -> Measurement {
    let value = "12.5".parse().expect("a number");
    Measurement {
        metric: "fall".into(),
        unit: unit.into(),
        value,
        from: day(1),
        to: day(last),
    }
}

fn benefit(unit: &str, no_baseline: bool) -> AdoptionAction {
    AdoptionAction::MeasureBenefit {
        measurement: measurement(unit, 20),
        class: BenefitClass::Quality,
        better: Better::Lower,
        evidence: None,
        no_baseline: no_baseline.then(|| text(3)),
    }
}

pub(crate) fn history(actions: impl IntoIterator<Item = AdoptionAction>) -> Vec<AdoptionEvent> {
    let mut given = Vec::new();
    for action in actions {
        given.extend(adopt(action.clone(), &given).unwrap_or_else(|rejection| panic!("{action:?}: {rejection}")));
    }
    given
}

pub(crate) fn steps() -> [AdoptionAction; 4] {
    [
        interest(true),
        AdoptionAction::Decide {
            form: AdoptionForm::Adapt,
            reasons: text(1),
        },
        AdoptionAction::Start(day(2)),
        AdoptionAction::Complete {
            in_use_from: day(10),
            deviations: Some(text(2)),
        },
    ]
}

#[test]
fn a_solution_is_shown_to_others_from_the_region_on_once_it_is_published() {
    assert!(!fold::<Solutions>(&drafted()).is_shown());
    for (visibility, is_shown) in [
        (Visibility::Own, false),
        (Visibility::Region, true),
        (Visibility::Public, true),
    ] {
        assert_eq!(
            fold::<Solutions>(&published(visibility)).is_shown(),
            is_shown,
            "{visibility:?}"
        );
    }
}

#[test]
fn a_start_is_planned_in_the_tenth_year_from_now_at_the_latest() {
    let decided = history(steps().into_iter().take(2));
    let in_year = |year| {
        let start = idesluss_domain::words::Date::new(year, 1, 1).expect("a day");
        adopt(AdoptionAction::Start(start), &decided).map(|events| events.len())
    };
    let this = day(2).year();
    assert_eq!(in_year(this + 10), Ok(1));
    assert_eq!(in_year(this + 11), Err(AdoptionRejection::DateFar));
}

#[test]
fn an_adoption_goes_step_by_step_and_begins_with_something_that_is_offered() {
    assert_eq!(adopt(interest(false), &[]), Err(AdoptionRejection::NotOffered));
    assert_eq!(adopt(steps()[1].clone(), &[]), Err(AdoptionRejection::Unknown));
    let interested = history([interest(true)]);
    assert_eq!(adopt(interest(true), &interested), Ok(vec![]));
    assert_eq!(
        adopt(steps()[2].clone(), &interested),
        Err(AdoptionRejection::WrongState)
    );
    let in_use = history(steps());
    assert_eq!(fold::<Adoptions>(&in_use).phase, Some(AdoptionPhase::InUse));
    let ahead = AdoptionAction::Complete {
        in_use_from: day(25),
        deviations: None,
    };
    assert_eq!(
        adopt(ahead, &history(steps().into_iter().take(3))),
        Err(AdoptionRejection::DateAhead)
    );
}

#[test]
fn a_benefit_needs_a_baseline_in_the_same_unit_or_a_reason_why_there_is_none() {
    let without = history(steps());
    assert_eq!(
        adopt(benefit("antal", false), &without),
        Err(AdoptionRejection::NoBaseline)
    );
    assert!(adopt(benefit("antal", true), &without).is_ok_and(|events| events.len() == 1));
    let late = AdoptionAction::RecordBaseline(measurement("antal", 5));
    assert_eq!(adopt(late.clone(), &without), Err(AdoptionRejection::BaselineLate));
    let [first, rest @ ..] = steps();
    let with = history([first, late.clone()].into_iter().chain(rest));
    assert_eq!(adopt(late, &with), Ok(vec![]));
    let other = AdoptionAction::RecordBaseline(measurement("antal", 6));
    assert_eq!(adopt(other, &with), Err(AdoptionRejection::BaselineTwice));
    assert_eq!(
        adopt(benefit("timmar", false), &with),
        Err(AdoptionRejection::UnitDiffers)
    );
    assert!(adopt(benefit("antal", false), &with).is_ok_and(|events| events.len() == 1));
    let ahead = AdoptionAction::RecordBaseline(measurement("antal", 25));
    assert_eq!(
        adopt(ahead, &history([interest(true)])),
        Err(AdoptionRejection::MeasurementInvalid)
    );
}

#[test]
fn what_did_not_work_is_measured_and_told_after_the_end() {
    let stop = AdoptionAction::Discontinue {
        reason: text(4),
        lesson: text(5),
    };
    let over = history(steps().into_iter().chain([stop.clone()]));
    assert_eq!(adopt(stop, &over), Ok(vec![]));
    assert!(adopt(benefit("antal", true), &over).is_ok());
    let tell = |words: &str| adopt(AdoptionAction::ShareExperience(words.into()), &over);
    assert!(tell("Mattorna gled ändå.").is_ok());
    assert_eq!(tell("  "), Err(AdoptionRejection::NothingSaid));
    assert_eq!(adopt(steps()[1].clone(), &over), Err(AdoptionRejection::Discontinued));
}

#[test]
fn numbers_are_kept_as_they_were_written() {
    for good in ["0", "-3", "0.25", "123456789012.123456"] {
        assert_eq!(good.parse::<Decimal>().expect("a number").as_str(), good);
    }
    for bad in [
        "",
        "-",
        ".5",
        "5.",
        "1,5",
        "1e3",
        "1234567890123",
        "0.1234567",
        "--1",
        "½",
    ] {
        assert!(bad.parse::<Decimal>().is_err(), "{bad}");
    }
}

proptest! {
    #[test]
    fn no_sequence_of_steps_measures_a_benefit_without_baseline_or_reason(order in prop::collection::vec(0usize..8, 0..40)) {
        let [a, b, c, d] = steps();
        let stop = AdoptionAction::Discontinue { reason: text(4), lesson: text(5) };
        let baseline = AdoptionAction::RecordBaseline(measurement("antal", 5));
        let all = [a, b, c, d, baseline, benefit("antal", false), benefit("antal", true), stop];
        let mut given: Vec<AdoptionEvent> = Vec::new();
        for at in order {
            let before = fold::<Adoptions>(&given);
            let Ok(events) = adopt(all[at].clone(), &given) else { continue };
            for event in &events {
                if let AdoptionEvent::BenefitMeasured(benefit) = event {
                    prop_assert!(benefit.no_baseline.is_some() || before.baselines.contains_key("fall"));
                }
                let read = AdoptionEvent::from_data(event.type_name(), &event.to_data()).expect("readable");
                prop_assert_eq!(read.as_ref(), Some(event));
            }
            prop_assert!(before.phase != Some(AdoptionPhase::Discontinued) || fold::<Adoptions>(given.iter().chain(&events)).phase == before.phase);
            given.extend(events);
        }
    }
}
