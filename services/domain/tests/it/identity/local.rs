//! Accounts of here: who invites, who resets, and who notes what somebody signs in with.

use super::{decided, of, registered};
use crate::ids::{day, organisation, person, text};
use idesluss_domain::identity::People;
use idesluss_domain::identity::person::*;
use idesluss_domain::rights::offered;
use idesluss_domain::words::Role;
use idesluss_domain::{Act, fold};

/// Of an organisation whose people may have accounts of here: somebody who has something to sign in with, or has not.
pub(super) fn has_means(has_means: bool) -> LocalAccount {
    LocalAccount {
        is_allowed: true,
        has_means,
    }
}

fn known() -> [PersonEvent; 2] {
    let changed = PersonChanged {
        name: text(1),
        address: Some(text(2)),
    };
    [registered(), changed.into()]
}

fn act(role: Role, home: &str, action: PersonAction) -> PersonCommand {
    Act {
        id: person(1),
        actor: of(role, organisation(home)),
        today: day(24),
        action,
    }
}

#[test]
fn somebody_is_invited_who_has_nothing_to_sign_in_with_and_reset_who_has() {
    for role in Role::ALL {
        let may = matches!(role, Role::Administrator | Role::Operator);
        let both = |local| [PersonAction::Invite(local), PersonAction::ResetSignIn(local)];
        for (has, expected) in [
            (false, [Some(InvitationMade {}.into()), None]),
            (true, [None, Some(SignInReset {}.into())]),
        ] {
            for (action, event) in both(has_means(has)).into_iter().zip(expected) {
                let made = decided::<People>(&known(), &act(role, "uddevalla", action.clone())).ok();
                let event: Option<PersonEvent> = event;
                assert_eq!(
                    made,
                    event.filter(|_| may).map(|event| vec![event]),
                    "{role} {action:?}"
                );
            }
        }
    }
    for action in [
        PersonAction::Invite(has_means(false)),
        PersonAction::ResetSignIn(has_means(true)),
    ] {
        let other = decided::<People>(&known(), &act(Role::Administrator, "orust", action.clone()));
        assert_eq!(other, Err(PersonRejection::WrongOrganisation));
        let nobody = decided::<People>(&[], &act(Role::Operator, "orust", action.clone()));
        assert!(nobody.is_err(), "{nobody:?}");
        let unreached = decided::<People>(&[registered()], &act(Role::Operator, "uddevalla", action));
        assert_eq!(unreached, Err(PersonRejection::NoAddress));
    }
    let elsewhere = |has_means| LocalAccount {
        is_allowed: false,
        has_means,
    };
    for action in [
        PersonAction::Invite(elsewhere(false)),
        PersonAction::ResetSignIn(elsewhere(true)),
    ] {
        let refused = decided::<People>(&known(), &act(Role::Administrator, "uddevalla", action));
        assert_eq!(refused, Err(PersonRejection::NoLocalAccounts));
    }
}

#[test]
fn what_somebody_signs_in_with_is_noted_by_the_service_alone() {
    for role in Role::ALL {
        for means in Means::ALL {
            for added in [true, false] {
                let change = PersonAction::ChangeMeans { means, added };
                let noted = decided::<People>(&known(), &act(role, "uddevalla", change)).ok();
                let event: PersonEvent = SignInMeansChanged { means, added }.into();
                assert_eq!(noted, (role == Role::Service).then(|| vec![event]), "{role} {means:?}");
            }
        }
    }
    let change = PersonAction::ChangeMeans {
        means: Means::Password,
        added: true,
    };
    let nobody = decided::<People>(&[], &act(Role::Service, "uddevalla", change));
    assert_eq!(nobody, Err(PersonRejection::Unknown));
}

#[test]
fn an_administrator_is_offered_the_one_that_fits() {
    let offers = |local| {
        let state = Person {
            local,
            ..fold::<People>(&known())
        };
        let offered = offered(RULES, &of(Role::Administrator, organisation("uddevalla")), &state);
        let has = |action: &str| offered.iter().any(|offered| offered == action);
        [has("invite-person"), has("reset-sign-in")]
    };
    assert_eq!(offers(has_means(false)), [true, false]);
    assert_eq!(offers(has_means(true)), [false, true]);
    assert_eq!(offers(LocalAccount::default()), [false, false]);
}
