//! What an organisation assesses by. What a set must hold stands beside the rules, in their own tests too.

use crate::ids::{actor, form, organisation};
use CriteriaRejection as No;
use idesluss_domain::evaluation::criteria::*;
use idesluss_domain::evaluation::{standard_criteria, standard_set};
use idesluss_domain::words::Role;
use idesluss_domain::{Decider as _, fold};

pub(super) fn adopt() -> AdoptCriteria {
    AdoptCriteria {
        organisation: organisation("uddevalla"),
        actor: actor(3, Role::Coordinator),
        name: form("vår-egen"),
        criteria: standard_criteria(),
        assessments_required: 3,
        load_cap: 7,
        earlier: false,
    }
}

/// A set of an older idea box.
pub(super) fn taken_over(name: &str) -> AdoptCriteria {
    AdoptCriteria {
        name: form(name),
        earlier: true,
        ..adopt()
    }
}

fn adopted(version: u32, command: &AdoptCriteria) -> CriteriaEvent {
    CriteriaAdopted {
        organisation: organisation("uddevalla"),
        name: command.name.clone(),
        version,
        criteria: command.criteria.clone(),
        assessments_required: command.assessments_required,
        load_cap: command.load_cap,
        earlier: command.earlier,
    }
    .into()
}

fn when(given: &[CriteriaEvent], command: &AdoptCriteria) -> Result<Vec<CriteriaEvent>, CriteriaRejection> {
    Criteria::decide(command, &fold::<Criteria>(given))
}

#[test]
fn sets_are_numbered_in_the_organisation_whatever_their_names() {
    let first = adopt();
    let second = AdoptCriteria {
        name: form("strängare"),
        ..adopt()
    };
    assert_eq!(when(&[], &first), Ok(vec![adopted(1, &first)]));
    let given = [adopted(1, &first)];
    assert_eq!(when(&given, &first), Ok(vec![]));
    assert_eq!(when(&given, &second), Ok(vec![adopted(2, &second)]));
    // Back to the first: that is a decision of its own, since another was in force meanwhile.
    let given = [adopted(1, &first), adopted(2, &second)];
    assert_eq!(when(&given, &first), Ok(vec![adopted(3, &first)]));
}

#[test]
fn a_set_that_was_taken_over_stands_beside_and_is_told_apart_by_its_name() {
    let (own, box_) = (adopt(), taken_over("idélådan"));
    let given = [adopted(1, &own), adopted(2, &box_)];
    assert_eq!(when(&given[..1], &box_), Ok(vec![given[1].clone()]));
    assert_eq!(when(&given, &box_), Ok(vec![]));
    assert_eq!(when(&given, &own), Ok(vec![]));
    let other = taken_over("pärmen");
    assert_eq!(when(&given, &other), Ok(vec![adopted(3, &other)]));
    let changed = AdoptCriteria { load_cap: 8, ..box_ };
    assert_eq!(when(&given, &changed), Err(No::EarlierDiffers));
    // An own set of the same name is another matter.
    let own_again = AdoptCriteria {
        earlier: false,
        ..changed
    };
    assert_eq!(when(&given, &own_again), Ok(vec![adopted(3, &own_again)]));
    assert_eq!(fold::<Criteria>(&given).in_force().map(|set| set.version), Some(1));
}

#[test]
fn only_the_organisations_coordinator_adopts_a_set() {
    for role in Role::ALL {
        let command = AdoptCriteria {
            actor: actor(3, role),
            ..adopt()
        };
        let refused = when(&[], &command).err();
        assert_eq!(refused, (role != Role::Coordinator).then_some(No::WrongRole), "{role}");
    }
    let elsewhere = AdoptCriteria {
        organisation: organisation("trollhattan"),
        ..adopt()
    };
    assert_eq!(when(&[], &elsewhere), Err(No::WrongOrganisation));
}

/// What happens to the standard set when something about it is changed.
fn changed(change: impl FnOnce(&mut AdoptCriteria)) -> Option<CriteriaRejection> {
    let mut command = adopt();
    change(&mut command);
    when(&[], &command).err()
}

#[test]
fn names_and_steps_have_a_length_that_can_be_shown() {
    let long = |length: usize| "å".repeat(length);
    type Set = fn(&mut AdoptCriteria, String);
    let cases: [(usize, Set); 4] = [
        (80, |set, text| set.criteria[2].name_sv = text),
        (80, |set, text| set.criteria[2].name_en = text),
        (120, |set, text| set.criteria[2].steps_sv[4] = text),
        (120, |set, text| set.criteria[2].steps_en[0] = text),
    ];
    for (most, set) in cases {
        assert_eq!(changed(|command| set(command, long(most))), None);
        assert_eq!(changed(|command| set(command, long(most + 1))), Some(No::BadCriteria));
        assert_eq!(changed(|command| set(command, " ".into())), Some(No::BadCriteria));
    }
}

#[test]
fn a_set_has_1_to_20_distinct_criteria_that_weigh_1_to_100_and_are_explained() {
    let many = |count: usize| {
        let one = standard_criteria().remove(0);
        (0..count)
            .map(|number| Criterion {
                key: form(&format!("criterion-{number}")),
                ..one.clone()
            })
            .collect::<Vec<_>>()
    };
    for (count, refused) in [(0, true), (1, false), (20, false), (21, true)] {
        let rejection = changed(|set| set.criteria = many(count));
        assert_eq!(rejection, refused.then_some(No::BadCriteria), "{count}");
    }
    for (weight, refused) in [(0, true), (1, false), (100, false), (101, true)] {
        let rejection = changed(|set| set.criteria[0].weight = weight);
        assert_eq!(rejection, refused.then_some(No::BadCriteria), "{weight}");
    }
    assert_eq!(
        changed(|set| set.criteria[6].key = set.criteria[0].key.clone()),
        Some(No::BadCriteria)
    );
    let bad = Some(No::BadCriteria);
    assert_eq!(changed(|set| drop(set.criteria[0].steps_sv.pop())), bad);
    assert_eq!(changed(|set| set.criteria[0].steps_en.push("sex".into())), bad);
    // Only an older idea box may have left its steps unexplained, and then all of them.
    assert_eq!(changed(|set| set.criteria[0].steps_sv.clear()), bad);
    let bare = |set: &mut AdoptCriteria| {
        set.earlier = true;
        set.criteria[0].steps_sv.clear();
        set.criteria[0].steps_en.clear();
    };
    assert_eq!(changed(bare), None);
    let half = |set: &mut AdoptCriteria| {
        set.earlier = true;
        set.criteria[0].steps_sv.truncate(3);
    };
    assert_eq!(changed(half), bad);
}

#[test]
fn a_set_requires_1_to_20_assessments_and_allows_1_to_500_at_a_time() {
    for (number, refused) in [(0, true), (1, false), (20, false), (21, true)] {
        let rejection = changed(|set| set.assessments_required = number);
        assert_eq!(rejection, refused.then_some(No::BadNumbers), "{number}");
    }
    for (number, refused) in [(0, true), (1, false), (500, false), (501, true)] {
        let rejection = changed(|set| set.load_cap = number);
        assert_eq!(rejection, refused.then_some(No::BadNumbers), "{number}");
    }
}

#[test]
fn until_an_organisation_has_its_own_the_standard_set_holds() {
    let set = standard_set(&organisation("uddevalla"));
    assert_eq!((set.version, set.earlier), (0, false));
    assert_eq!((set.assessments_required, set.load_cap), (2, 10));
    assert_eq!(set.criteria, standard_criteria());
    let weights: u32 = set.criteria.iter().map(|criterion| criterion.weight).sum();
    assert_eq!(weights, 100);
    let adopts = AdoptCriteria {
        name: set.name,
        criteria: set.criteria,
        ..adopt()
    };
    assert!(when(&[], &adopts).is_ok());
}
