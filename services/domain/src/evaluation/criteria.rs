//! What an organisation assesses by: weighted criteria, each scored 1 to 5.

use crate::Decider;
use crate::evaluation::standard_set;
use crate::rights::{Relation, Ruled};
use crate::words::{Actor, Label, OrganisationId};
use serde::{Deserialize, Serialize};

/// The most criteria of a set.
pub const MOST_CRITERIA: usize = 20;
/// How many assessments may be required.
pub const MOST_REQUIRED: u32 = 20;
/// How many open assessments an assessor may be allowed.
pub const MOST_OPEN: u32 = 500;
/// How much a criterion may weigh.
pub const MOST_WEIGHT: u32 = 100;
/// How many characters a criterion's name has at most.
pub const LONGEST_CRITERION: usize = 80;

// Names and members of the events are the stored form. Change neither after a release. What a criterion means is written for everybody to
// read: it stands unsealed.

/// An organisation assesses by these criteria from now on; or took over an older set by name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CriteriaAdopted {
    /// The organisation.
    pub organisation: OrganisationId,
    /// The set's name, such as `standard`.
    pub name: Label,
    /// Counted from 1 in the organisation.
    pub version: u32,
    /// The criteria, in the order in which they are shown.
    pub criteria: Vec<Criterion>,
    /// How many independent assessments there must be before any is shown.
    pub assessments_required: u32,
    /// How many open assessments one assessor may have at a time.
    pub load_cap: u32,
    /// Taken over from an earlier idea box: nothing new is assessed by it.
    pub earlier: bool,
}

/// One thing that is scored.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Criterion {
    /// A short name that never changes, such as `citizen-benefit`.
    pub key: Label,
    /// Its Swedish name.
    pub name_sv: String,
    /// Its English name.
    pub name_en: String,
    /// How much it weighs beside the others, 1 to 100.
    pub weight: u32,
    /// What each step 1 to 5 means, in Swedish, lowest first; none in a set that was taken over.
    pub steps_sv: Vec<String>,
    /// What each step 1 to 5 means, in English, lowest first; none in a set that was taken over.
    pub steps_en: Vec<String>,
}

events! {
    /// What happens to an organisation's criteria.
    CriteriaEvent, "evaluation", "criteria", [CriteriaAdopted]
}

rejections! {
    /// Why criteria can't be adopted.
    CriteriaRejection {
        /// The actor's role does not allow it.
        WrongRole => Forbidden, "WRONG_ROLE";
        /// Another organisation's.
        WrongOrganisation => Forbidden, "WRONG_ORGANISATION";
        /// No criteria, too many, one twice, or one that is not explained.
        BadCriteria => Invalid, "BAD_CRITERIA", max = MOST_CRITERIA, weight = MOST_WEIGHT;
        /// No assessments or no load.
        BadNumbers => Invalid, "BAD_NUMBERS", required = MOST_REQUIRED, most = MOST_OPEN;
        /// A set that was taken over is as it was.
        EarlierDiffers => Precondition, "CRITERIA_DIFFER";
    }
}

/// All sets that an organisation ever adopted, oldest first.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CriteriaSets(pub Vec<CriteriaAdopted>);

impl CriteriaSets {
    /// The set in force: the last one that was not taken over from elsewhere.
    pub fn in_force(&self) -> Option<&CriteriaAdopted> {
        self.0.iter().rfind(|set| !set.earlier)
    }

    /// The set in force, or the standard one where the organisation has adopted none.
    pub fn in_force_or_standard(&self, organisation: &OrganisationId) -> CriteriaAdopted {
        self.in_force().cloned().unwrap_or_else(|| standard_set(organisation))
    }
}

/// Adopts a set.
#[derive(Debug, Clone, PartialEq)]
pub struct AdoptCriteria {
    /// For which organisation.
    pub organisation: OrganisationId,
    /// Who acts.
    pub actor: Actor,
    /// The set's name.
    pub name: Label,
    /// The criteria.
    pub criteria: Vec<Criterion>,
    /// How many assessments there must be.
    pub assessments_required: u32,
    /// How many open ones an assessor may have.
    pub load_cap: u32,
    /// Taken over.
    pub earlier: bool,
}

/// The rules of criteria.
pub struct Criteria;

rules! {
    /// All that may be done with an organisation's criteria.
    CriteriaSets {
        ADOPT_CRITERIA = "adopt-criteria", [Coordinator: OwnOrganisation] => [CriteriaAdopted], |_| Ok(());
    }
}

impl Ruled for CriteriaSets {
    type Rejection = CriteriaRejection;

    const WRONG_ROLE: CriteriaRejection = CriteriaRejection::WrongRole;

    /// They stand under their organisation's name, which the command brings.
    fn relation(&self, _: Relation, _: &Actor) -> Result<(), CriteriaRejection> {
        Ok(())
    }
}

impl Decider for Criteria {
    type Command = AdoptCriteria;
    type Event = CriteriaEvent;
    type State = CriteriaSets;
    type Rejection = CriteriaRejection;

    fn decide(command: &AdoptCriteria, state: &CriteriaSets) -> Result<Vec<CriteriaEvent>, CriteriaRejection> {
        if command.actor.organisation != command.organisation {
            return Err(CriteriaRejection::WrongOrganisation);
        }
        ADOPT_CRITERIA.may(&command.actor, state)?;
        let mut keys: Vec<_> = command.criteria.iter().map(|criterion| &criterion.key).collect();
        keys.sort_unstable();
        keys.dedup();
        let distinct = keys.len() == command.criteria.len();
        if !(1..=MOST_CRITERIA).contains(&keys.len())
            || !distinct
            || !command.criteria.iter().all(|c| clear(c, command.earlier))
        {
            return Err(CriteriaRejection::BadCriteria);
        }
        let fits = (1..=MOST_REQUIRED).contains(&command.assessments_required);
        if !fits || !(1..=MOST_OPEN).contains(&command.load_cap) {
            return Err(CriteriaRejection::BadNumbers);
        }
        let event = |version| CriteriaAdopted {
            organisation: command.organisation.clone(),
            name: command.name.clone(),
            version,
            criteria: command.criteria.clone(),
            assessments_required: command.assessments_required,
            load_cap: command.load_cap,
            earlier: command.earlier,
        };
        let status = if command.earlier {
            state.0.iter().find(|set| set.earlier && set.name == command.name)
        } else {
            state.in_force()
        };
        match status {
            Some(set) if *set == event(set.version) => return Ok(vec![]),
            Some(_) if command.earlier => return Err(CriteriaRejection::EarlierDiffers),
            _ => {}
        }
        let version = u32::try_from(state.0.len()).unwrap_or(u32::MAX).saturating_add(1);
        Ok(vec![event(version).into()])
    }

    fn evolve(mut state: CriteriaSets, event: &CriteriaEvent) -> CriteriaSets {
        let CriteriaEvent::CriteriaAdopted(adopted) = event;
        state.0.push(adopted.clone());
        state
    }
}

/// Whether a criterion can be scored: names, weight, and every step explained. What was taken over may be unexplained.
fn clear(criterion: &Criterion, earlier: bool) -> bool {
    let explained = |steps: &[String]| {
        let complete = steps.len() == 5
            && steps
                .iter()
                .all(|step| (1..=120).contains(&step.trim().chars().count()));
        complete || (earlier && steps.is_empty())
    };
    (1..=LONGEST_CRITERION).contains(&criterion.name_sv.trim().chars().count())
        && (1..=LONGEST_CRITERION).contains(&criterion.name_en.trim().chars().count())
        && (1..=MOST_WEIGHT).contains(&criterion.weight)
        && explained(&criterion.steps_sv)
        && explained(&criterion.steps_en)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::evaluation::standard_criteria;
    use crate::fold;
    use crate::words::Role;

    fn adopt() -> AdoptCriteria {
        let organisation: OrganisationId = "uddevalla".parse().unwrap();
        AdoptCriteria {
            organisation: organisation.clone(),
            actor: Actor {
                person: crate::words::PersonId(uuid::Uuid::from_u128(1)),
                organisation,
                role: Role::Coordinator,
            },
            name: "standard".parse().unwrap(),
            criteria: standard_criteria(),
            assessments_required: 2,
            load_cap: 10,
            earlier: false,
        }
    }

    fn given(commands: &[AdoptCriteria]) -> CriteriaSets {
        commands.iter().fold(CriteriaSets::default(), |state, command| {
            Criteria::decide(command, &state)
                .unwrap()
                .iter()
                .fold(state, Criteria::evolve)
        })
    }

    #[test]
    fn the_standard_set_has_the_seven_criteria_and_can_be_adopted() {
        let criteria = standard_criteria();
        let keys: Vec<_> = criteria.iter().map(|criterion| criterion.key.as_str()).collect();
        assert_eq!(
            keys,
            [
                "citizen-benefit",
                "feasibility",
                "cost-and-resources",
                "novelty",
                "reach",
                "potential-to-spread",
                "risk-and-law"
            ]
        );
        let events = Criteria::decide(&adopt(), &CriteriaSets::default()).unwrap();
        assert_eq!(
            events,
            [CriteriaAdopted {
                organisation: "uddevalla".parse().unwrap(),
                name: "standard".parse().unwrap(),
                version: 1,
                criteria: standard_criteria(),
                assessments_required: 2,
                load_cap: 10,
                earlier: false,
            }
            .into()]
        );
        assert!(events[0].to_data().len() < 20_000);
    }

    #[test]
    fn adopting_the_set_in_force_again_does_nothing_and_a_changed_one_gets_the_next_version() {
        let state = given(&[adopt()]);
        assert_eq!(Criteria::decide(&adopt(), &state), Ok(vec![]));
        let stricter = AdoptCriteria {
            assessments_required: 3,
            ..adopt()
        };
        let state = given(&[adopt(), stricter]);
        assert_eq!(
            state.in_force().map(|set| (set.version, set.assessments_required)),
            Some((2, 3))
        );
    }

    #[test]
    fn a_set_taken_over_is_never_in_force_and_never_changed() {
        let bare = Criterion {
            steps_sv: vec![],
            steps_en: vec![],
            ..standard_criteria().remove(0)
        };
        let earlier = AdoptCriteria {
            name: "idea-box".parse().unwrap(),
            criteria: vec![bare.clone()],
            earlier: true,
            ..adopt()
        };
        let state = given(&[adopt(), earlier.clone()]);
        assert_eq!(state.in_force().map(|set| set.version), Some(1));
        assert_eq!(Criteria::decide(&earlier, &state), Ok(vec![]));
        let changed = AdoptCriteria {
            load_cap: 11,
            ..earlier
        };
        assert_eq!(
            Criteria::decide(&changed, &state),
            Err(CriteriaRejection::EarlierDiffers)
        );
        let unexplained = AdoptCriteria {
            criteria: vec![bare],
            ..adopt()
        };
        assert_eq!(
            Criteria::decide(&unexplained, &state),
            Err(CriteriaRejection::BadCriteria)
        );
    }

    #[test]
    fn only_the_organisations_coordinator_adopts() {
        let mut command = adopt();
        command.actor.role = Role::DecisionMaker;
        assert_eq!(
            Criteria::decide(&command, &CriteriaSets::default()),
            Err(CriteriaRejection::WrongRole)
        );
        let mut command = adopt();
        command.actor.organisation = "trollhattan".parse().unwrap();
        assert_eq!(
            Criteria::decide(&command, &CriteriaSets::default()),
            Err(CriteriaRejection::WrongOrganisation)
        );
    }

    #[test]
    fn a_set_needs_distinct_weighted_criteria_and_sensible_numbers() {
        let none = CriteriaSets::default();
        let refused = |change: &dyn Fn(&mut AdoptCriteria)| {
            let mut command = adopt();
            change(&mut command);
            Criteria::decide(&command, &none).unwrap_err()
        };
        assert_eq!(refused(&|c| c.criteria.clear()), CriteriaRejection::BadCriteria);
        assert_eq!(
            refused(&|c| c.criteria[1].key = c.criteria[0].key.clone()),
            CriteriaRejection::BadCriteria
        );
        assert_eq!(refused(&|c| c.criteria[0].weight = 0), CriteriaRejection::BadCriteria);
        assert_eq!(refused(&|c| c.assessments_required = 0), CriteriaRejection::BadNumbers);
        assert_eq!(refused(&|c| c.load_cap = 501), CriteriaRejection::BadNumbers);
        assert_eq!(fold::<Criteria>(&[]).in_force(), None);
    }
}
