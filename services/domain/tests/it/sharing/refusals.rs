//! How each refusal of solutions and adoptions comes about; the other tests say where else.

use super::*;
use crate::refusals::Provoke;

impl Provoke for Solutions {
    fn provoke(refusal: SolutionRejection) -> (Vec<SolutionEvent>, SolutionCommand) {
        use SolutionRejection as No;
        let retire = |reason: &str, replaced_by| SolutionAction::Retire {
            reason: reason.into(),
            replaced_by,
        };
        let version = |changes: &str| SolutionAction::Version {
            description: description(),
            visibility: Visibility::Public,
            changes: changes.into(),
            cleared: true,
        };
        let described = |change: fn(&mut Description)| {
            let mut description = description();
            change(&mut description);
            SolutionAction::Publish {
                description,
                visibility: Visibility::Region,
                cleared: true,
            }
        };
        let over = || {
            let mut given = published(Visibility::Region);
            given.extend(retired(&given));
            given
        };
        let mut role = Role::Steward;
        let mut home = organisation("uddevalla");
        let (given, action) = match refusal {
            No::Unknown => (vec![], publish(Visibility::Own, true)),
            No::OtherSolution => {
                role = Role::Service;
                let other = SolutionAction::Draft {
                    idea: idea(2),
                    decided_in: None,
                };
                (drafted(), other)
            }
            No::WrongRole => {
                role = Role::Assessor;
                (drafted(), publish(Visibility::Own, true))
            }
            No::WrongOrganisation => {
                home = organisation("trollhattan");
                (drafted(), publish(Visibility::Own, true))
            }
            No::DescriptionMissing => (drafted(), described(|description| description.title.clear())),
            No::CostReversed => (
                drafted(),
                described(|description| description.cost_kronor = Some((2, 1))),
            ),
            No::NotCleared => (drafted(), publish(Visibility::Own, false)),
            No::AlreadyPublished => (published(Visibility::Region), publish(Visibility::Public, true)),
            No::NotPublished => (drafted(), version("Nytt.")),
            No::Retired => (over(), version("Nytt.")),
            No::ReasonMissing => (published(Visibility::Region), version(" ")),
            No::Itself => (published(Visibility::Region), retire("Bytt.", Some(solution_id()))),
        };
        let command = SolutionCommand {
            id: solution_id(),
            today: day(24),
            actor: Actor {
                organisation: home,
                ..actor(4, role)
            },
            action,
        };
        (given, command)
    }
}

impl Provoke for Adoptions {
    fn provoke(refusal: AdoptionRejection) -> (Vec<AdoptionEvent>, AdoptionCommand) {
        use AdoptionRejection as No;
        let stop = AdoptionAction::Discontinue {
            reason: text(4),
            lesson: text(5),
        };
        let baseline = |last| AdoptionAction::RecordBaseline(measurement("antal", last));
        let in_use = || history(steps());
        let interested = || history([interest(true)]);
        let mut who = Actor {
            organisation: organisation("trollhattan"),
            ..actor(5, Role::Adopter)
        };
        let (given, action) = match refusal {
            No::Unknown => (vec![], stop),
            No::OtherAdoption => {
                let other = AdoptionAction::RegisterInterest {
                    solution: SolutionId(Uuid::from_u128(0x51)),
                    offered: true,
                    need: None,
                };
                (interested(), other)
            }
            No::WrongRole => {
                who.role = Role::Steward;
                (interested(), stop)
            }
            No::WrongOrganisation => {
                who.organisation = organisation("uddevalla");
                (interested(), stop)
            }
            No::NotOffered => (vec![], interest(false)),
            No::WrongState => (interested(), AdoptionAction::Start(day(2))),
            No::Discontinued => (history([interest(true), stop]), AdoptionAction::Start(day(2))),
            No::NotLater => {
                let same = AdoptionAction::Postpone {
                    starts_on: day(2),
                    reason: text(1),
                };
                (history(steps().into_iter().take(3)), same)
            }
            No::DateFar => {
                let mistyped = AdoptionAction::Postpone {
                    starts_on: "2126-12-02".parse().expect("a day"),
                    reason: text(1),
                };
                (history(steps().into_iter().take(3)), mistyped)
            }
            No::NoBaseline => (in_use(), benefit("antal", false)),
            No::BaselineLate => (in_use(), baseline(5)),
            No::BaselineTwice => (history([interest(true), baseline(5)]), baseline(6)),
            No::UnitDiffers => {
                let [first, rest @ ..] = steps();
                let given = history([first, baseline(5)].into_iter().chain(rest));
                (given, benefit("timmar", false))
            }
            No::MeasurementInvalid => (in_use(), benefit(" ", true)),
            No::DateAhead => {
                let tomorrow = AdoptionAction::Complete {
                    in_use_from: day(25),
                    deviations: None,
                };
                (history(steps().into_iter().take(3)), tomorrow)
            }
            No::NothingSaid => (in_use(), AdoptionAction::ShareExperience(" ".into())),
        };
        let command = AdoptionCommand {
            id: adoption_id(),
            actor: who,
            today: day(24),
            action,
        };
        (given, command)
    }
}
