//! The exact events of solutions and adoptions, who may bring them about, and the edges of the rules.

use super::*;
use crate::ids::person;
use idesluss_domain::words::EvaluationId;

#[test]
fn a_draft_is_made_by_the_service_or_by_hand_and_stays_the_first() {
    let evaluation = Some(EvaluationId::derive(idea(1), 4));
    let draft = |number, decided_in| SolutionAction::Draft {
        idea: idea(number),
        decided_in,
    };
    let drafted = SolutionDrafted {
        solution: solution_id(),
        organisation: organisation("uddevalla"),
        idea: idea(1),
        decided_in: evaluation,
    };
    for role in Role::ALL {
        let may = matches!(role, Role::Service | Role::Steward | Role::Coordinator);
        let expected = may
            .then(|| vec![drafted.clone().into()])
            .ok_or(SolutionRejection::WrongRole);
        assert_eq!(solve(role, draft(1, evaluation), &[]), expected, "{role}");
    }
    // Carried out later: the same solution, whatever it was drafted for first.
    let given = [drafted.into()];
    assert_eq!(solve(Role::Service, draft(1, None), &given), Ok(vec![]));
    let elsewhere = SolutionCommand {
        id: solution_id(),
        today: day(24),
        actor: Actor {
            organisation: organisation("trollhattan"),
            ..actor(0, Role::Service)
        },
        action: draft(1, None),
    };
    let refused = Solutions::decide(&elsewhere, &fold::<Solutions>(&given));
    assert_eq!(refused, Err(SolutionRejection::OtherSolution));
}

#[test]
fn who_publishes_looks_after_it() {
    let events = solve(Role::Coordinator, publish(Visibility::Region, true), &drafted());
    let published = SolutionPublished {
        description: description(),
        steward: person(4),
        visibility: Visibility::Region,
    };
    assert_eq!(events, Ok(vec![published.into()]));
    let state = fold::<Solutions>(&self::published(Visibility::Region));
    assert_eq!((state.steward, state.version), (Some(person(4)), 1));
    let retired = [drafted(), retired(&drafted())].concat();
    let refused = solve(Role::Steward, publish(Visibility::Region, true), &retired);
    assert_eq!(refused, Err(SolutionRejection::Retired));
}

fn version(visibility: Visibility, changes: &str) -> SolutionAction {
    SolutionAction::Version {
        description: description(),
        visibility,
        changes: changes.into(),
        cleared: true,
    }
}

#[test]
fn versions_are_counted_and_the_same_again_is_none() {
    let given = published(Visibility::Region);
    let same = version(Visibility::Region, "Inget.");
    assert_eq!(solve(Role::Steward, same, &given), Ok(vec![]));
    let versioned = SolutionVersioned {
        version: 2,
        description: description(),
        visibility: Visibility::Own,
        changes: "Bara för oss.".into(),
    };
    let events = solve(Role::Steward, version(Visibility::Own, "Bara för oss."), &given);
    assert_eq!(events, Ok(vec![versioned.clone().into()]));
    let second = [given, vec![versioned.into()]].concat();
    let state = fold::<Solutions>(&second);
    assert_eq!(
        (state.version, state.is_offered_to(&organisation("trollhattan"))),
        (2, false)
    );
    let other = SolutionAction::Version {
        description: Description {
            title: "Halkfri trappa".into(),
            ..description()
        },
        visibility: Visibility::Own,
        changes: "Trappor också.".into(),
        cleared: true,
    };
    let events = solve(Role::Steward, other, &second).expect("versioned");
    assert!(matches!(&events[..], [SolutionEvent::SolutionVersioned(event)] if event.version == 3));
}

#[test]
fn a_description_is_whole_and_its_costs_are_in_order() {
    let with = |change: &dyn Fn(&mut Description)| {
        let mut description = description();
        change(&mut description);
        let publish = SolutionAction::Publish {
            description,
            visibility: Visibility::Own,
            cleared: true,
        };
        solve(Role::Steward, publish, &drafted()).err()
    };
    let missing = Some(SolutionRejection::DescriptionMissing);
    assert_eq!(with(&|description| description.title = " ".into()), missing);
    assert_eq!(with(&|description| description.summary.clear()), missing);
    assert_eq!(with(&|description| description.licence.clear()), missing);
    assert_eq!(with(&|description| description.contact.clear()), missing);
    assert_eq!(with(&|description| description.prerequisites.clear()), missing);
    assert_eq!(with(&|description| description.cost_kronor = None), None);
    assert_eq!(with(&|description| description.cost_kronor = Some((7, 7))), None);
}

#[test]
fn what_is_retired_says_why_and_what_to_use_instead() {
    let retire = |reason: &str, replaced_by| SolutionAction::Retire {
        reason: reason.into(),
        replaced_by,
    };
    let given = published(Visibility::Region);
    let other = Some(SolutionId(Uuid::from_u128(0x51)));
    let event = SolutionRetired {
        reason: "Bytt.".into(),
        replaced_by: other,
    };
    assert_eq!(
        solve(Role::Steward, retire("Bytt.", other), &given),
        Ok(vec![event.into()])
    );
    let refused = solve(Role::Steward, retire(" ", None), &given);
    assert_eq!(refused, Err(SolutionRejection::ReasonMissing));
    let over = [given.clone(), retired(&given)].concat();
    assert!(!fold::<Solutions>(&over).is_offered_to(&organisation("uddevalla")));
}

#[test]
fn each_step_of_an_adoption_is_written_as_it_was_said() {
    let expected: [AdoptionEvent; 4] = [
        InterestRegistered {
            solution: solution_id(),
            organisation: organisation("trollhattan"),
            need: None,
        }
        .into(),
        AdoptionDecided {
            form: AdoptionForm::Adapt,
            reasons: text(1),
        }
        .into(),
        AdoptionStarted { starts_on: day(2) }.into(),
        AdoptionCompleted {
            in_use_from: day(10),
            deviations: Some(text(2)),
        }
        .into(),
    ];
    let events = history(steps());
    assert_eq!(events, expected);
    let phases: Vec<_> = (1..=4).map(|count| fold::<Adoptions>(&events[..count]).phase).collect();
    use AdoptionPhase::*;
    assert_eq!(phases, [Interested, Decided, Started, InUse].map(Some));
    // No step twice, none left out.
    for (count, step) in steps().into_iter().enumerate().skip(1) {
        for done in 1..=4 {
            let refused = adopt(step.clone(), &events[..done]).err();
            assert_eq!(
                refused,
                (done != count).then_some(AdoptionRejection::WrongState),
                "{step:?} after {done}"
            );
        }
    }
    let today = AdoptionAction::Complete {
        in_use_from: day(24),
        deviations: None,
    };
    assert!(adopt(today, &events[..3]).is_ok());
}

#[test]
fn a_start_is_put_off_as_often_as_needed_and_only_to_a_later_day() {
    let to = |number| AdoptionAction::Postpone {
        starts_on: day(number),
        reason: text(4),
    };
    let begun = history(steps().into_iter().take(3));
    let first = adopt(to(9), &begun).expect("later");
    let expected: AdoptionEvent = AdoptionPostponed {
        starts_on: day(9),
        reason: text(4),
    }
    .into();
    assert_eq!(first, [expected]);
    let put_off: Vec<_> = begun.iter().cloned().chain(first).collect();
    let state = fold::<Adoptions>(&put_off);
    assert_eq!(
        (state.phase, state.starts_on),
        (Some(AdoptionPhase::Started), Some(day(9)))
    );
    for number in [2, 9] {
        assert_eq!(adopt(to(number), &put_off), Err(AdoptionRejection::NotLater));
    }
    assert!(adopt(to(10), &put_off).is_ok());
    for done in [1, 2, 4] {
        let refused = adopt(to(9), &history(steps().into_iter().take(done))).err();
        assert_eq!(refused, Some(AdoptionRejection::WrongState), "after {done}");
    }
}

fn act(role: Role, home: &str, action: AdoptionAction) -> Option<AdoptionRejection> {
    let command = AdoptionCommand {
        id: adoption_id(),
        actor: Actor {
            organisation: organisation(home),
            ..actor(5, role)
        },
        today: day(24),
        action,
    };
    Adoptions::decide(&command, &fold::<Adoptions>(&history([interest(true)]))).err()
}

#[test]
fn only_the_adopters_own_act_on_it() {
    let share = || AdoptionAction::ShareExperience("Det gick bra.".into());
    for role in Role::ALL {
        let may = matches!(role, Role::Adopter | Role::Coordinator);
        assert_eq!(
            act(role, "trollhattan", share()),
            (!may).then_some(AdoptionRejection::WrongRole),
            "{role}"
        );
    }
    assert_eq!(
        act(Role::Adopter, "uddevalla", share()),
        Some(AdoptionRejection::WrongOrganisation)
    );
    assert_eq!(
        act(Role::Adopter, "uddevalla", interest(true)),
        Some(AdoptionRejection::OtherAdoption)
    );
    let other = AdoptionAction::RegisterInterest {
        solution: SolutionId(Uuid::from_u128(0x51)),
        offered: true,
        need: None,
    };
    assert_eq!(
        act(Role::Adopter, "trollhattan", other),
        Some(AdoptionRejection::OtherAdoption)
    );
}

#[test]
fn a_measurement_has_a_metric_a_unit_and_days_that_have_come() {
    let with = |change: &dyn Fn(&mut Measurement)| {
        let mut measurement = measurement("antal", 20);
        change(&mut measurement);
        let given = history([interest(true)]);
        adopt(AdoptionAction::RecordBaseline(measurement), &given).err()
    };
    let invalid = Some(AdoptionRejection::MeasurementInvalid);
    assert_eq!(with(&|measurement| measurement.metric = " ".into()), invalid);
    assert_eq!(with(&|measurement| measurement.unit = " ".into()), invalid);
    assert_eq!(with(&|measurement| measurement.from = day(21)), invalid);
    assert_eq!(with(&|measurement| measurement.to = day(25)), invalid);
    assert_eq!(with(&|measurement| measurement.from = day(20)), None);
    assert_eq!(with(&|measurement| measurement.to = day(24)), None);
}

#[test]
fn a_baseline_is_measured_before_and_a_benefit_from_the_start_on() {
    let baseline = || AdoptionAction::RecordBaseline(measurement("antal", 5));
    let recorded = BaselineRecorded {
        measurement: measurement("antal", 5),
    };
    for count in 1..=3 {
        let given = history(steps().into_iter().take(count));
        assert_eq!(adopt(baseline(), &given), Ok(vec![recorded.clone().into()]), "{count}");
    }
    let stop = AdoptionAction::Discontinue {
        reason: text(4),
        lesson: text(5),
    };
    let over = history([interest(true), stop]);
    assert_eq!(adopt(baseline(), &over), Err(AdoptionRejection::Discontinued));
    let measured = BenefitMeasured {
        measurement: measurement("antal", 20),
        class: BenefitClass::Quality,
        better: Better::Lower,
        evidence: None,
        no_baseline: Some(text(3)),
    };
    for count in 1..=4 {
        let given = history(steps().into_iter().take(count));
        let expected = if count < 3 {
            Err(AdoptionRejection::WrongState)
        } else {
            Ok(vec![measured.clone().into()])
        };
        assert_eq!(adopt(benefit("antal", true), &given), expected, "{count}");
    }
    let done = history(steps().into_iter().chain([benefit("antal", true)]));
    assert_eq!(adopt(benefit("antal", true), &done), Ok(vec![]));
    assert_eq!(fold::<Adoptions>(&done).benefits, [measured]);
}

#[test]
fn an_adoption_ends_once_and_what_was_learnt_is_told() {
    let stop = || AdoptionAction::Discontinue {
        reason: text(4),
        lesson: text(5),
    };
    let ended = AdoptionDiscontinued {
        reason: text(4),
        lesson: text(5),
    };
    assert_eq!(adopt(stop(), &history([interest(true)])), Ok(vec![ended.into()]));
    let over = history([interest(true), stop()]);
    assert_eq!(fold::<Adoptions>(&over).phase, Some(AdoptionPhase::Discontinued));
    let shared = ExperienceShared {
        experience: "Det gick inte.".into(),
    };
    let tell = AdoptionAction::ShareExperience("Det gick inte.".into());
    assert_eq!(adopt(tell, &over), Ok(vec![shared.into()]));
}

#[test]
fn a_number_keeps_to_its_digits() {
    for (text, fits) in [
        ("123456789012.123456", true),
        ("1234567890123.1", false),
        ("1.1234567", false),
        ("-0.5", true),
    ] {
        let parsed = Decimal::try_from(text.to_owned());
        assert_eq!(parsed.is_ok(), fits, "{text}");
        if let Ok(decimal) = parsed {
            assert_eq!(decimal.to_string(), text);
        }
    }
}
