//! How each refusal of identity's aggregates comes about; the other tests say where else.

use super::grants::{administrators, command, grant, granted};
use super::local::has_means;
use super::*;
use crate::ids::day;
use crate::refusals::Provoke;
use idesluss_domain::identity::grant::*;
use idesluss_domain::identity::private_link::{LinkAction, LinkCommand};
use idesluss_domain::identity::{Grants, PrivateLinks};

impl Provoke for OrganisationsRules {
    fn provoke(refusal: OrganisationRejection) -> (Vec<OrganisationEvent>, OrganisationCommand) {
        use OrganisationAction::{AdoptCodes, AdoptTerms, Change, ChangeLook, Register};
        use OrganisationRejection as No;
        let there = || vec![organisation_registered("uddevalla", "UDD")];
        let administrator = |action| on_organisation("uddevalla", Role::Administrator, action);
        let changed = |change: fn(&mut OrganisationSettings)| {
            let mut settings = settings("UDD");
            change(&mut settings);
            administrator(Change(settings))
        };
        match refusal {
            No::Unknown => (vec![], administrator(Change(settings("UDD")))),
            No::OtherOrganisation => (
                there(),
                on_organisation("uddevalla", Role::Operator, Register(settings("UDX"))),
            ),
            No::WrongRole => (
                there(),
                on_organisation("uddevalla", Role::Coordinator, Change(settings("UDX"))),
            ),
            No::WrongOrganisation => (
                vec![organisation_registered("orust", "ORU")],
                on_organisation("orust", Role::Administrator, Change(settings("UDX"))),
            ),
            No::BadName => (there(), changed(|settings| settings.name = " ".into())),
            No::BadPromise => (there(), changed(|settings| settings.answer_working_days = 0)),
            No::BadSession => (there(), changed(|settings| settings.session_hours = 25)),
            No::PrefixTaken => {
                let mut given = there();
                given.push(organisation_registered("orust", "ORU"));
                (given, changed(|settings| settings.prefix = form("ORU")))
            }
            No::BadTerms => (there(), administrator(AdoptTerms(terms(" ")))),
            No::NameTaken => {
                let mut given = there();
                given.push(organisation_registered("orust", "ORU"));
                (given, changed(|settings| settings.name = "O\u{ad}rust".into()))
            }
            No::FaintColour => {
                let look = Look {
                    colour: Some(form("#ffd166")),
                    logo: None,
                };
                (there(), administrator(ChangeLook(look)))
            }
            No::BadCodes => {
                let twice = vec![code("school", "Skola"), code("school", "Skolor")];
                (there(), administrator(AdoptCodes(CodeList::Units, twice)))
            }
            No::BadIdeasPerDay => (there(), administrator(OrganisationAction::AllowPrivateLinks(0))),
        }
    }
}

impl Provoke for People {
    fn provoke(refusal: PersonRejection) -> (Vec<PersonEvent>, PersonCommand) {
        use PersonRejection as No;
        let act = |role, home: &str, action| Act {
            id: person(1),
            actor: of(role, organisation(home)),
            today: day(24),
            action,
        };
        let change = || PersonAction::Change {
            name: text(5),
            address: None,
        };
        let register = PersonAction::Register {
            organisation: organisation("uddevalla"),
            name: text(6),
            address: None,
        };
        match refusal {
            No::Unknown => (vec![], act(Role::Administrator, "uddevalla", change())),
            No::OtherPerson => (vec![registered()], act(Role::Administrator, "uddevalla", register)),
            No::WrongRole => (vec![registered()], act(Role::Coordinator, "uddevalla", change())),
            No::WrongOrganisation => (vec![registered()], act(Role::Administrator, "orust", change())),
            No::DisabledAlready => (
                vec![registered(), PersonDisabled {}.into()],
                act(Role::Administrator, "uddevalla", PersonAction::Disable),
            ),
            No::NotDisabled => (
                vec![registered()],
                act(Role::Operator, "uddevalla", PersonAction::Enable),
            ),
            No::OwnSelf => {
                let own = act(Role::Administrator, "uddevalla", PersonAction::Disable);
                let id = own.actor.person;
                (vec![registered()], Act { id, ..own })
            }
            No::NotAdministrator => {
                let administers = false;
                let code = PersonAction::MakeSignInCode { administers };
                (vec![registered()], act(Role::Operator, "uddevalla", code))
            }
            No::NoLocalAccounts => {
                let invite = PersonAction::Invite(LocalAccount::default());
                (vec![registered()], act(Role::Administrator, "uddevalla", invite))
            }
            No::NoAddress => {
                let invite = PersonAction::Invite(has_means(false));
                (vec![registered()], act(Role::Administrator, "uddevalla", invite))
            }
            No::SignsInAlready => {
                let invite = PersonAction::Invite(has_means(true));
                (vec![registered()], act(Role::Administrator, "uddevalla", invite))
            }
            No::SignsInWithNothing => {
                let reset = PersonAction::ResetSignIn(has_means(false));
                (vec![registered()], act(Role::Administrator, "uddevalla", reset))
            }
        }
    }
}

impl Provoke for Grants {
    fn provoke(refusal: GrantRejection) -> (Vec<GrantEvent>, GrantCommand) {
        use GrantRejection as No;
        let role = Role::Coordinator;
        let now = || command(role, grant(24, None, None));
        match refusal {
            No::NotHeld => (vec![], command(role, GrantAction::Revoke)),
            No::WrongRole => (
                vec![],
                GrantCommand {
                    actor: actor(9, Role::Coordinator),
                    ..now()
                },
            ),
            No::WrongOrganisation => (
                vec![],
                GrantCommand {
                    organisation: organisation("orust"),
                    ..now()
                },
            ),
            No::NoSuchPerson => (
                vec![],
                GrantCommand {
                    is_known: false,
                    ..now()
                },
            ),
            No::NoSuchOrganisation => (
                vec![],
                GrantCommand {
                    administrators: None,
                    ..now()
                },
            ),
            No::NotForPeople => (vec![], command(Role::Service, grant(24, None, None))),
            No::FromPast => (vec![], command(role, grant(23, None, None))),
            No::EndsBefore => (vec![], command(role, grant(26, Some(25), None))),
            No::SubstituteEnds => (vec![], command(role, grant(24, None, Some(person(2))))),
            No::AbsentHoldsNone => (
                vec![],
                GrantCommand {
                    absent: Some(granted(role, 1, Some(29))),
                    ..command(role, grant(24, Some(30), Some(person(2))))
                },
            ),
            No::HoldsAlready => (
                vec![granted(role, 1, None).into()],
                command(role, grant(24, Some(30), Some(person(2)))),
            ),
            No::OwnSubstitute => (vec![], command(role, grant(24, Some(30), Some(person(1))))),
            No::AdministratorEnds => (vec![], command(Role::Administrator, grant(24, Some(30), None))),
            No::LastAdministrator => (
                vec![granted(Role::Administrator, 24, None).into()],
                GrantCommand {
                    administrators: Some(administrators(&[(1, 24)])),
                    ..command(Role::Administrator, GrantAction::Revoke)
                },
            ),
            No::NoPrivateLinks => (
                vec![],
                GrantCommand {
                    actor: actor(0, Role::Service),
                    is_known: false,
                    ..command(Role::LinkHolder, grant(24, None, None))
                },
            ),
            No::LinkEnded => (
                vec![granted(Role::LinkHolder, 23, None).into(), RoleRevoked {}.into()],
                GrantCommand {
                    actor: actor(0, Role::Service),
                    ..command(Role::LinkHolder, grant(24, None, None))
                },
            ),
            No::OtherLink => (
                vec![granted(Role::LinkHolder, 23, None).into()],
                GrantCommand {
                    actor: actor(2, Role::LinkHolder),
                    ..command(Role::LinkHolder, GrantAction::Revoke)
                },
            ),
        }
    }

    /// Of private links there are commands of their own: here one is made where a role is granted, and `is_known` says whether that is allowed.
    fn refused(grant: &Grant, command: &GrantCommand) -> Option<GrantRejection> {
        if command.role != Role::LinkHolder {
            return Grants::decide(command, grant).err();
        }
        let action = match command.action {
            GrantAction::Revoke => LinkAction::Revoke,
            _ => LinkAction::Make,
        };
        let command = LinkCommand {
            actor: command.actor.clone(),
            today: command.today,
            holder: command.person,
            organisation: command.organisation.clone(),
            is_allowed: command.is_known,
            round: command.round,
            action,
        };
        PrivateLinks::decide(&command, grant).err()
    }
}
