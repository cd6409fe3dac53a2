//! Who holds which role, and who may say so.

use super::of;
use crate::ids::{actor, day, organisation, person};
use idesluss_domain::identity::Grants;
use idesluss_domain::identity::grant::*;
use idesluss_domain::identity::organisations::Administrators;
use idesluss_domain::words::{Date, GrantId, PersonId, Role};
use idesluss_domain::{Decider as _, fold};

pub(crate) fn granted(role: Role, from: i8, until: Option<i8>) -> RoleGranted {
    RoleGranted {
        person: person(1),
        organisation: organisation("uddevalla"),
        role,
        from: day(from),
        until: until.map(day),
        substitute_for: None,
        round: 0,
        by_group: false,
    }
}

pub(crate) fn grant(from: i8, until: Option<i8>, substitute_for: Option<PersonId>) -> GrantAction {
    GrantAction::Grant {
        from: day(from),
        until: until.map(day),
        substitute_for,
    }
}

/// Who administers, and since which day.
pub(crate) fn administrators(known: &[(u128, i8)]) -> Administrators {
    Administrators(
        known
            .iter()
            .map(|(number, from)| (person(*number), day(*from)))
            .collect(),
    )
}

/// What an administrator of Uddevalla wants done with the first person's role.
pub(crate) fn command(role: Role, action: GrantAction) -> GrantCommand {
    GrantCommand {
        actor: of(Role::Administrator, organisation("uddevalla")),
        today: day(24),
        person: person(1),
        organisation: organisation("uddevalla"),
        role,
        is_known: true,
        absent: Some(granted(role, 1, None)),
        administrators: Some(administrators(&[(9, 1)])),
        round: 0,
        action,
    }
}

fn decided(given: &[RoleGranted], command: &GrantCommand) -> Result<Vec<GrantEvent>, GrantRejection> {
    let events: Vec<GrantEvent> = given.iter().cloned().map(GrantEvent::from).collect();
    Grants::decide(command, &fold::<Grants>(&events))
}

#[test]
fn a_role_is_granted_changed_and_taken_back() {
    let role = Role::Coordinator;
    let first = granted(role, 24, None);
    assert_eq!(
        decided(&[], &command(role, grant(24, None, None))),
        Ok(vec![first.clone().into()])
    );
    let given = [first];
    assert_eq!(decided(&given, &command(role, grant(24, None, None))), Ok(vec![]));
    // An end is set later; the first day stays, though it has passed.
    let mut later = command(role, grant(24, Some(30), None));
    later.today = day(26);
    assert_eq!(decided(&given, &later), Ok(vec![granted(role, 24, Some(30)).into()]));
    let mut from_past = command(role, grant(25, None, None));
    from_past.today = day(26);
    assert_eq!(decided(&given, &from_past), Err(GrantRejection::FromPast));
    let by_service = GrantCommand {
        actor: actor(0, Role::Service),
        ..from_past
    };
    assert_eq!(decided(&[], &by_service), Ok(vec![granted(role, 25, None).into()]));
    let revoke = command(role, GrantAction::Revoke);
    assert_eq!(decided(&given, &revoke), Ok(vec![RoleRevoked {}.into()]));
    let state = fold::<Grants>(&[given[0].clone().into(), RoleRevoked {}.into()]);
    assert!(!state.is_in_force(day(24)));
    assert_eq!(Grants::decide(&revoke, &state), Ok(vec![]));
}

#[test]
fn a_role_is_in_force_from_its_first_day_to_its_last() {
    let state = |until| fold::<Grants>(&[granted(Role::Assessor, 24, until).into()]);
    let in_force = |until, number| state(until).is_in_force(day(number));
    let days = [23, 24, 26, 27];
    assert_eq!(
        days.map(|number| in_force(Some(26), number)),
        [false, true, true, false]
    );
    assert_eq!(days.map(|number| in_force(None, number)), [false, true, true, true]);
    assert!(!Grant::default().is_in_force(day(24)));
}

#[test]
fn only_an_organisations_administrators_grant_its_roles() {
    for role in Role::ALL {
        let asked = |actor| GrantCommand {
            actor,
            ..command(Role::Registrar, grant(24, None, None))
        };
        let is_granted = decided(&[], &asked(actor(9, role))).is_ok();
        assert_eq!(
            is_granted,
            matches!(role, Role::Administrator | Role::Service),
            "{role}"
        );
        let elsewhere = decided(&[], &asked(of(role, organisation("trollhattan"))));
        assert_eq!(elsewhere.is_ok(), role == Role::Service, "{role}");
        let named = GrantCommand {
            actor: actor(9, role),
            ..command(Role::Administrator, GrantAction::NameAdministrator)
        };
        assert_eq!(decided(&[], &named).is_ok(), role == Role::Operator, "{role}");
    }
    for role in Role::ALL {
        let is_granted = decided(&[], &command(role, grant(24, None, None))).is_ok();
        assert_eq!(is_granted, role.is_for_people(), "{role}");
    }
}

#[test]
fn whoever_sits_at_the_machine_names_the_first_administrator_at_once_and_others_for_the_day_after_tomorrow() {
    let named = |known: &[(u128, i8)]| GrantCommand {
        actor: of(Role::Operator, organisation("uddevalla")),
        administrators: Some(administrators(known)),
        ..command(Role::Administrator, GrantAction::NameAdministrator)
    };
    let first_day = |known: &[(u128, i8)]| match decided(&[], &named(known)).expect("named").as_slice() {
        [GrantEvent::RoleGranted(granted)] => (granted.role, granted.from, granted.until),
        other => panic!("{other:?}"),
    };
    assert_eq!(first_day(&[]), (Role::Administrator, day(24), None));
    assert_eq!(first_day(&[(9, 24)]), (Role::Administrator, day(26), None));
    // Whose first day is still to come does not act yet.
    assert_eq!(first_day(&[(9, 25)]), (Role::Administrator, day(24), None));
    // Who is one already, or will be by then, stays what they are; who would be later is one at once where nobody acts.
    for from in [1, 24, 26] {
        let held = granted(Role::Administrator, from, None);
        assert_eq!(decided(&[held], &named(&[(9, 1)])), Ok(vec![]), "{from}");
    }
    let later = granted(Role::Administrator, 27, None);
    let at_once = granted(Role::Administrator, 24, None);
    assert_eq!(decided(&[later], &named(&[(1, 27)])), Ok(vec![at_once.into()]));
}

#[test]
fn who_administers_is_known_after_every_grant_of_that_role_and_no_other() {
    let after = |role, known: &[(u128, i8)], event: GrantEvent| {
        let asked = GrantCommand {
            administrators: Some(administrators(known)),
            ..command(role, GrantAction::Revoke)
        };
        asked.administrators_after(&[event])
    };
    let grants = |role, from| granted(role, from, None).into();
    let revokes = || RoleRevoked {}.into();
    let admin = Role::Administrator;
    let all = |known: &[(u128, i8)]| Some(administrators(known));
    assert_eq!(after(Role::Coordinator, &[(9, 1)], grants(Role::Coordinator, 24)), None);
    assert_eq!(after(admin, &[(9, 1)], grants(admin, 24)), all(&[(1, 24), (9, 1)]));
    assert_eq!(after(admin, &[(1, 24), (9, 1)], grants(admin, 24)), None, "as before");
    assert_eq!(
        after(admin, &[(1, 24), (9, 1)], grants(admin, 26)),
        all(&[(1, 26), (9, 1)]),
        "later"
    );
    assert_eq!(after(admin, &[(1, 24), (9, 1)], revokes()), all(&[(9, 1)]));
    assert_eq!(after(admin, &[(9, 1)], revokes()), None, "as before");
    assert_eq!(after(Role::Coordinator, &[(1, 24)], revokes()), None);
    assert_eq!(command(admin, GrantAction::Revoke).administrators_after(&[]), None);
}

#[test]
fn who_administers_on_a_day_has_begun_by_then() {
    let all = administrators(&[(1, 24), (2, 25)]);
    assert_eq!(all.active_on(day(23)).count(), 0);
    assert_eq!(all.active_on(day(24)).collect::<Vec<_>>(), [person(1)]);
    assert_eq!(all.active_on(day(25)).count(), 2);
    assert_eq!(
        [23, 24, 25].map(|number| all.any_active_on(day(number))),
        [false, true, true]
    );
}

#[test]
fn a_grant_is_one_role_of_one_person_in_one_organisation() {
    let id = command(Role::Assessor, GrantAction::Revoke).id();
    assert_eq!(id, GrantId::of(person(1), &organisation("uddevalla"), Role::Assessor));
    for other in [
        GrantId::of(person(2), &organisation("uddevalla"), Role::Assessor),
        GrantId::of(person(1), &organisation("orust"), Role::Assessor),
        GrantId::of(person(1), &organisation("uddevalla"), Role::Adopter),
    ] {
        assert_ne!(id, other);
    }
}

#[test]
fn a_substitute_stands_in_for_somebody_until_a_day() {
    let role = Role::DecisionMaker;
    let until: Option<Date> = Some(day(30));
    let stands_in = command(role, grant(24, Some(30), Some(person(2))));
    let event = RoleGranted {
        round: 0,
        substitute_for: Some(person(2)),
        ..granted(role, 24, Some(30))
    };
    assert_eq!(event.until, until);
    assert_eq!(decided(&[], &stands_in), Ok(vec![event.into()]));
}

#[test]
fn an_administrators_role_is_taken_back_while_another_one_acts() {
    let asked = |known: &[(u128, i8)], action| GrantCommand {
        administrators: Some(administrators(known)),
        ..command(Role::Administrator, action)
    };
    let revoke = |known| asked(known, GrantAction::Revoke);
    let given = [granted(Role::Administrator, 24, None)];
    let taken_back = Ok(vec![RoleRevoked {}.into()]);
    assert_eq!(decided(&given, &revoke(&[(1, 24), (9, 24)])), taken_back);
    assert_eq!(
        decided(&given, &revoke(&[(1, 24)])),
        Err(GrantRejection::LastAdministrator)
    );
    // Another who begins later acts on no day until then.
    let with_a_later_one = [(1, 24), (9, 25)];
    let refused = Err(GrantRejection::LastAdministrator);
    assert_eq!(decided(&given, &revoke(&with_a_later_one)), refused);
    // Nor does the only one move their own first day away; beside another one who acts, they may.
    let later = |known| asked(known, grant(30, None, None));
    assert_eq!(decided(&given, &later(&[(1, 24)])), refused);
    assert_eq!(decided(&given, &later(&with_a_later_one)), refused);
    assert!(decided(&given, &later(&[(1, 24), (9, 24)])).is_ok());
    // Where nobody acts yet, one of two who will is taken back, and not the last.
    let given = [granted(Role::Administrator, 26, None)];
    assert_eq!(decided(&given, &revoke(&[(1, 26), (9, 25)])), taken_back);
    assert_eq!(decided(&given, &revoke(&[(1, 26)])), refused);
    // Another role's end leaves the administrators as they are.
    let given = [granted(Role::Coordinator, 24, None)];
    let coordinator = GrantCommand {
        role: Role::Coordinator,
        ..revoke(&[(1, 24)])
    };
    assert_eq!(decided(&given, &coordinator), taken_back);
}

#[test]
fn a_role_may_be_held_for_a_single_day_and_does_not_end_before_it() {
    let role = Role::Assessor;
    let one_day = decided(&[], &command(role, grant(25, Some(25), None)));
    assert_eq!(one_day, Ok(vec![granted(role, 25, Some(25)).into()]));
    let none = decided(&[], &command(role, grant(25, Some(24), None)));
    assert_eq!(none, Err(GrantRejection::EndsBefore));
}

#[test]
fn who_stands_in_does_so_while_the_role_is_held_and_not_beside_their_own() {
    let wanted = command(Role::Coordinator, grant(24, Some(29), Some(person(2))));
    let absent = GrantId::of(person(2), &organisation("uddevalla"), Role::Coordinator);
    assert_eq!(wanted.absent_grant(), Some(absent));
    assert_eq!(
        command(Role::Coordinator, grant(24, Some(30), None)).absent_grant(),
        None
    );
    assert_eq!(command(Role::Coordinator, GrantAction::Revoke).absent_grant(), None);
    let of = |absent: Option<RoleGranted>| {
        let wanted = GrantCommand {
            absent,
            ..wanted.clone()
        };
        decided(&[], &wanted)
    };
    for (from, until) in [(1, None), (24, Some(29)), (23, Some(30))] {
        assert!(
            of(Some(granted(Role::Coordinator, from, until))).is_ok(),
            "{from} {until:?}"
        );
    }
    for (from, until) in [(25, None), (1, Some(28)), (25, Some(28))] {
        let refused = of(Some(granted(Role::Coordinator, from, until)));
        assert_eq!(refused, Err(GrantRejection::AbsentHoldsNone), "{from} {until:?}");
    }
    assert_eq!(of(None), Err(GrantRejection::AbsentHoldsNone));
    // Whoever holds it by themselves would lose it; who stands in already may do so for longer.
    let own = granted(Role::Coordinator, 1, None);
    assert_eq!(
        decided(std::slice::from_ref(&own), &wanted),
        Err(GrantRejection::HoldsAlready)
    );
    let before = RoleGranted {
        until: Some(day(26)),
        substitute_for: Some(person(2)),
        ..own
    };
    assert!(decided(&[before], &wanted).is_ok_and(|events| events.len() == 1));
}
