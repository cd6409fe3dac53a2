//! After identity was restored every role of before waits until somebody has looked through the list.

use super::grants::{command, grant, granted};
use super::{of, on_organisation, organisation_registered};
use crate::ids::{day, organisation, person};
use idesluss_domain::identity::grant::*;
use idesluss_domain::identity::organisations::*;
use idesluss_domain::identity::{Grants, OrganisationsRules, organisations};
use idesluss_domain::rights::offered;
use idesluss_domain::words::Role;
use idesluss_domain::{Decider as _, fold};

const HOME: &str = "uddevalla";

fn administered(name: &str, numbers: &[u128]) -> OrganisationEvent {
    AdministratorsChanged {
        organisation: organisation(name),
        administrators: since_long(numbers),
    }
    .into()
}

fn since_long(numbers: &[u128]) -> Administrators {
    Administrators(numbers.iter().map(|number| (person(*number), day(1))).collect())
}

fn suspended(round: u32) -> OrganisationEvent {
    RolesSuspended { round }.into()
}

fn given() -> Vec<OrganisationEvent> {
    vec![
        organisation_registered(HOME, "UDD"),
        organisation_registered("trollhattan", "THN"),
        administered(HOME, &[1, 2]),
        suspended(1),
    ]
}

fn confirm(still: &[u128]) -> OrganisationCommand {
    let administrators = since_long(still);
    on_organisation(
        HOME,
        Role::Administrator,
        OrganisationAction::ConfirmRoles { administrators },
    )
}

#[test]
fn a_role_counts_again_when_it_is_granted_anew_or_its_organisation_has_confirmed_all() {
    let (before, since) = (
        granted(Role::Coordinator, 24, None),
        RoleGranted {
            round: 1,
            ..granted(Role::Coordinator, 24, None)
        },
    );
    let registered = fold::<OrganisationsRules>(&given()[..3]);
    assert!(registered.counts(&before) && !registered.awaits_confirmation(&organisation(HOME)));
    let waits = fold::<OrganisationsRules>(&given());
    assert!(waits.awaits_confirmation(&organisation(HOME)));
    assert!(!waits.counts(&before) && waits.counts(&since));
    // It may be acted in while it counts and is held.
    let held = |granted: &RoleGranted| fold::<Grants>(&[granted.clone().into()]);
    assert!(registered.in_force(&held(&before), day(24)) && !registered.in_force(&held(&before), day(23)));
    assert!(!waits.in_force(&held(&before), day(24)) && waits.in_force(&held(&since), day(24)));
    assert!(!registered.in_force(&Grant::default(), day(24)));
    let confirmed = RolesConfirmed {
        organisation: organisation(HOME),
        round: 1,
    };
    let mut events = given();
    events.push(confirmed.into());
    let confirmed = fold::<OrganisationsRules>(&events);
    assert!(confirmed.counts(&before) && !confirmed.awaits_confirmation(&organisation(HOME)));
    // The neighbour's wait for the neighbour.
    assert!(confirmed.awaits_confirmation(&organisation("trollhattan")));
    // The next time, what was granted since the first waits too.
    events.push(suspended(2));
    let again = fold::<OrganisationsRules>(&events);
    assert!(!again.counts(&before) && !again.counts(&since));
    // Registered anew, since the backup did not know it, an organisation does not get past that.
    events.push(organisation_registered(HOME, "UDD"));
    assert!(!fold::<OrganisationsRules>(&events).counts(&since));
    // Who takes part later has nothing to confirm.
    events.push(organisation_registered("vanersborg", "VAN"));
    let later = fold::<OrganisationsRules>(&events);
    assert!(!later.awaits_confirmation(&organisation("vanersborg")));
}

#[test]
fn nobody_administers_meanwhile_but_whom_the_operator_names_who_then_confirms_for_those_of_before_too() {
    let waits = fold::<OrganisationsRules>(&given());
    let home = waits.get(&organisation(HOME)).expect("there");
    assert_eq!(
        (&home.administrators, &home.suspended),
        (&since_long(&[]), &since_long(&[1, 2]))
    );
    // At once, though the first person is held to be one: that waits.
    let named = GrantCommand {
        actor: of(Role::Operator, organisation(HOME)),
        administrators: Some(home.administrators.clone()),
        round: waits.round,
        ..command(Role::Administrator, GrantAction::NameAdministrator)
    };
    let held = fold::<Grants>(&[granted(Role::Administrator, 1, None).into()]);
    let anew = RoleGranted {
        round: 1,
        ..granted(Role::Administrator, 24, None)
    };
    assert_eq!(Grants::decide(&named, &held), Ok(vec![anew.clone().into()]));
    assert_eq!(Grants::decide(&named, &fold::<Grants>(&[anew.into()])), Ok(vec![]));
    // The second was taken back meanwhile; the third was named since.
    let mut events = given();
    events.push(administered(HOME, &[3]));
    let waits = fold::<OrganisationsRules>(&events);
    let confirmed = RolesConfirmed {
        organisation: organisation(HOME),
        round: 1,
    };
    assert_eq!(
        OrganisationsRules::decide(&confirm(&[1]), &waits),
        Ok(vec![confirmed.clone().into(), administered(HOME, &[1, 3])])
    );
    assert_eq!(
        OrganisationsRules::decide(&confirm(&[]), &waits),
        Ok(vec![confirmed.clone().into()])
    );
    events.push(confirmed.into());
    let done = fold::<OrganisationsRules>(&events);
    assert_eq!(done.get(&organisation(HOME)).expect("there").suspended, since_long(&[]));
    assert_eq!(OrganisationsRules::decide(&confirm(&[1]), &done), Ok(vec![]));
}

#[test]
fn it_is_offered_while_something_waits_and_its_administrators_alone_do_it() {
    let waits = fold::<OrganisationsRules>(&given());
    for role in Role::ALL {
        let action = OrganisationAction::ConfirmRoles {
            administrators: since_long(&[]),
        };
        let decided = OrganisationsRules::decide(&on_organisation(HOME, role, action), &waits);
        assert_eq!(decided.is_ok(), role == Role::Administrator, "{role}");
        let suspends = on_organisation(HOME, role, OrganisationAction::SuspendRoles(2));
        let decided = OrganisationsRules::decide(&suspends, &waits);
        assert_eq!(decided == Ok(vec![suspended(2)]), role == Role::Service, "{role}");
    }
    let again = on_organisation(HOME, Role::Service, OrganisationAction::SuspendRoles(1));
    assert_eq!(OrganisationsRules::decide(&again, &waits), Ok(vec![]), "it is done");
    let offers = |events: &[OrganisationEvent]| {
        let head = OrganisationHead::of(&fold::<OrganisationsRules>(events), &organisation(HOME));
        offered(
            organisations::RULES,
            &of(Role::Administrator, organisation(HOME)),
            &head,
        )
        .contains(&"confirm-roles".to_owned())
    };
    assert!(!offers(&given()[..3]) && offers(&given()));
}

#[test]
fn a_role_that_waits_is_granted_anew_as_it_is_and_taken_back() {
    let role = Role::Coordinator;
    let held = fold::<Grants>(&[granted(role, 1, None).into()]);
    let anew = |round| GrantCommand {
        round,
        ..command(role, grant(1, None, None))
    };
    assert_eq!(Grants::decide(&anew(0), &held), Ok(vec![]));
    let granted_anew = RoleGranted {
        round: 1,
        ..granted(role, 1, None)
    };
    assert_eq!(Grants::decide(&anew(1), &held), Ok(vec![granted_anew.into()]));
    let revoke = GrantCommand {
        round: 1,
        ..command(role, GrantAction::Revoke)
    };
    assert_eq!(Grants::decide(&revoke, &held), Ok(vec![RoleRevoked {}.into()]));
    assert!(held.is_in_force(day(24)));
}

#[test]
fn who_has_administered_for_longest_is_proposed_first() {
    let since = [(1, day(9)), (2, day(3)), (3, day(5))].map(|(number, first)| (person(number), first));
    let mut events = given();
    let administrators = Administrators(since.into());
    events[2] = AdministratorsChanged {
        organisation: organisation(HOME),
        administrators,
    }
    .into();
    let waits = fold::<OrganisationsRules>(&events);
    let known = waits.get(&organisation(HOME)).expect("known");
    assert_eq!(known.suspended.longest_first(), [2, 3, 1].map(person));
}
