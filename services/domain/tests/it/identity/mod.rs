//! Organisations, people and grants: their exact events, and the edges of their rules.

mod asserted;
mod grants;
mod local;
mod mapped;
mod private_links;
mod programs;
mod refusals;
mod restored;

use crate::ids::{actor, form, organisation, person, text};
use idesluss_domain::identity::People;
use idesluss_domain::identity::look::*;
use idesluss_domain::identity::organisations::*;
use idesluss_domain::identity::person::*;
use idesluss_domain::identity::terms::*;
use idesluss_domain::words::{Actor, OrganisationId, PersonId, Role};
use idesluss_domain::{Act, Decider, fold};

pub(crate) fn settings(prefix: &str) -> OrganisationSettings {
    OrganisationSettings {
        name: "Uddevalla kommun".into(),
        prefix: form(prefix),
        kind: OrganisationKind::Municipality,
        public_body: true,
        answer_working_days: 10,
        decision_days: 60,
        idle_minutes: 120,
        session_hours: 12,
    }
}

pub(crate) fn organisation_registered(name: &str, prefix: &str) -> OrganisationEvent {
    let called = match name {
        "uddevalla" => settings(prefix).name,
        other => other.to_owned(),
    };
    OrganisationRegistered {
        organisation: organisation(name),
        settings: OrganisationSettings {
            name: called,
            ..settings(prefix)
        },
    }
    .into()
}

pub(crate) fn registered() -> PersonEvent {
    PersonRegistered {
        person: person(1),
        organisation: organisation("uddevalla"),
        name: text(1),
        address: None,
    }
    .into()
}

/// Somebody in a role of an organisation.
pub(crate) fn of(role: Role, organisation: OrganisationId) -> Actor {
    Actor {
        organisation,
        ..actor(9, role)
    }
}

pub(crate) fn on_organisation(name: &str, role: Role, action: OrganisationAction) -> OrganisationCommand {
    OrganisationCommand {
        organisation: organisation(name),
        actor: of(role, organisation("uddevalla")),
        action,
    }
}

pub(crate) fn code(code: &str, name: &str) -> Code {
    Code {
        code: form(code),
        name: name.into(),
    }
}

fn decided<D: Decider>(given: &[D::Event], command: &D::Command) -> Result<Vec<D::Event>, D::Rejection> {
    D::decide(command, &fold::<D>(given))
}

#[test]
fn an_organisation_is_registered_once_and_changed_by_its_administrators() {
    use OrganisationAction::{AdoptCodes, Change, Register};
    let register = on_organisation("uddevalla", Role::Operator, Register(settings("UDD")));
    let registered = organisation_registered("uddevalla", "UDD");
    let decided =
        |given: &[OrganisationEvent], command: &OrganisationCommand| decided::<OrganisationsRules>(given, command);
    assert_eq!(decided(&[], &register), Ok(vec![registered.clone()]));
    let given = [registered];
    assert_eq!(decided(&given, &register), Ok(vec![]));
    let other = OrganisationSettings {
        decision_days: 90,
        idle_minutes: 30,
        session_hours: 10,
        ..settings("UDD")
    };
    let change = on_organisation("uddevalla", Role::Administrator, Change(other.clone()));
    let changed = OrganisationChanged {
        organisation: organisation("uddevalla"),
        settings: other.clone(),
    };
    assert_eq!(decided(&given, &change), Ok(vec![changed.clone().into()]));
    let state = fold::<OrganisationsRules>(&[given[0].clone(), changed.into()]);
    let known = state.get(&organisation("uddevalla")).expect("registered");
    assert_eq!((&known.settings, &known.id), (&other, &organisation("uddevalla")));
    let areas = vec![code("home-care", "Hemtjänst"), code("school", "Skola")];
    let adopt = on_organisation(
        "uddevalla",
        Role::Administrator,
        AdoptCodes(CodeList::Areas, areas.clone()),
    );
    let adopted: OrganisationEvent = CodesAdopted {
        organisation: organisation("uddevalla"),
        list: CodeList::Areas,
        codes: areas.clone(),
    }
    .into();
    assert_eq!(decided(&given, &adopt), Ok(vec![adopted.clone()]));
    assert_eq!(decided(&[given[0].clone(), adopted.clone()], &adopt), Ok(vec![]));
    let state = fold::<OrganisationsRules>(&[given[0].clone(), adopted]);
    assert_eq!(
        state.get(&organisation("uddevalla")).expect("there").codes[&CodeList::Areas],
        areas
    );
    for role in Role::ALL {
        let changed = decided(&given, &on_organisation("uddevalla", role, Change(other.clone())));
        assert_eq!(changed.is_ok(), role == Role::Administrator, "{role}");
        let registered = decided(&[], &on_organisation("uddevalla", role, Register(settings("UDD"))));
        assert_eq!(
            registered.is_ok(),
            matches!(role, Role::Operator | Role::Service),
            "{role}"
        );
    }
}

fn terms(sv: &str) -> Terms {
    Terms {
        sv: sv.into(),
        en: String::new(),
    }
}

#[test]
fn terms_are_adopted_in_versions_and_hold_until_the_next() {
    let adopt = |sv: &str| {
        on_organisation(
            "uddevalla",
            Role::Administrator,
            OrganisationAction::AdoptTerms(terms(sv)),
        )
    };
    let adopted = |version, sv: &str| -> OrganisationEvent {
        let adopted = TermsAdopted {
            organisation: organisation("uddevalla"),
            version,
            terms: terms(sv),
        };
        adopted.into()
    };
    let mut given = vec![organisation_registered("uddevalla", "UDD")];
    let in_force = |given: &[OrganisationEvent]| {
        let all = fold::<OrganisationsRules>(given);
        all.get(&organisation("uddevalla"))
            .expect("registered")
            .terms_in_force()
    };
    assert_eq!(in_force(&given), USUAL_TERMS);
    for (version, sv) in [(1, "Fritt fram."), (2, "Fråga först.")] {
        assert_eq!(
            decided::<OrganisationsRules>(&given, &adopt(sv)),
            Ok(vec![adopted(version, sv)])
        );
        given.push(adopted(version, sv));
        assert_eq!(in_force(&given), version.to_string());
        assert_eq!(decided::<OrganisationsRules>(&given, &adopt(sv)), Ok(vec![]));
    }
    let longest = "å".repeat(20_000);
    assert!(decided::<OrganisationsRules>(&given, &adopt(&longest)).is_ok());
    for wrong in [format!("{longest}å"), "Ring 850101-1234.".into(), String::new()] {
        assert_eq!(
            decided::<OrganisationsRules>(&given, &adopt(&wrong)),
            Err(OrganisationRejection::BadTerms)
        );
    }
}

#[test]
fn no_name_and_no_terms_turn_the_direction_of_writing() {
    let given = [organisation_registered("uddevalla", "UDD")];
    let refused = |action| {
        let command = on_organisation("uddevalla", Role::Administrator, action);
        decided::<OrganisationsRules>(&given, &command).err()
    };
    // Also where each mark has its end.
    for turned in ["Uddevalla \u{202e}nummok", "Uddevalla \u{2067}kommun\u{2069}"] {
        let named = OrganisationSettings {
            name: turned.into(),
            ..settings("UDD")
        };
        assert_eq!(
            refused(OrganisationAction::Change(named)),
            Some(OrganisationRejection::BadName)
        );
        let english = Terms {
            en: turned.into(),
            ..terms("Fritt fram.")
        };
        for terms in [terms(turned), english] {
            assert_eq!(
                refused(OrganisationAction::AdoptTerms(terms)),
                Some(OrganisationRejection::BadTerms)
            );
        }
    }
    let named = OrganisationSettings {
        name: "Uddevalla עירייה".into(),
        ..settings("UDD")
    };
    assert_eq!(refused(OrganisationAction::Change(named)), None);
}

#[test]
fn a_look_holds_until_the_next_and_white_words_are_read_on_its_colour() {
    let change = |colour: Option<&str>| {
        let look = Look {
            colour: colour.map(form),
            logo: None,
        };
        on_organisation("uddevalla", Role::Administrator, OrganisationAction::ChangeLook(look))
    };
    let given = [organisation_registered("uddevalla", "UDD")];
    assert_eq!(decided::<OrganisationsRules>(&given, &change(None)), Ok(vec![]));
    for (colour, is_read) in [("#767676", true), ("#777777", false)] {
        let decided = decided::<OrganisationsRules>(&given, &change(Some(colour)));
        assert_eq!(decided.is_ok(), is_read, "{colour}");
    }
}

#[test]
fn what_an_organisation_promises_has_bounds_and_its_lists_too() {
    let given = [organisation_registered("uddevalla", "UDD")];
    let change = |change: &dyn Fn(&mut OrganisationSettings)| {
        let mut settings = settings("UDD");
        settings.decision_days = 61;
        change(&mut settings);
        let command = on_organisation("uddevalla", Role::Administrator, OrganisationAction::Change(settings));
        decided::<OrganisationsRules>(&given, &command).map(|events| events.len())
    };
    for (days, fits) in [(0, false), (1, true), (250, true), (251, false)] {
        let known = change(&|settings| settings.answer_working_days = days);
        assert_eq!(
            known,
            if fits {
                Ok(1)
            } else {
                Err(OrganisationRejection::BadPromise)
            },
            "{days}"
        );
    }
    for (minutes, hours, fits) in [
        (0, 1, false),
        (1, 1, true),
        (1_440, 24, true),
        (1_441, 24, false),
        (1, 25, false),
        (1, 0, false),
    ] {
        let known = change(&|settings| (settings.idle_minutes, settings.session_hours) = (minutes, hours));
        let expected = if fits {
            Ok(1)
        } else {
            Err(OrganisationRejection::BadSession)
        };
        assert_eq!(known, expected, "{minutes} {hours}");
    }
    for (days, fits) in [(0, false), (1, true), (1_000, true), (1_001, false)] {
        let known = change(&|settings| settings.decision_days = days);
        assert_eq!(
            known,
            if fits {
                Ok(1)
            } else {
                Err(OrganisationRejection::BadPromise)
            },
            "{days}"
        );
    }
    for (letters, fits) in [(0, false), (1, true), (120, true), (121, false)] {
        let known = change(&|settings| settings.name = "å".repeat(letters));
        assert_eq!(
            known,
            if fits {
                Ok(1)
            } else {
                Err(OrganisationRejection::BadName)
            },
            "{letters}"
        );
    }
    for (number, fits) in [(0, true), (500, true), (501, false)] {
        let codes = (0..number).map(|number| code(&format!("a{number}"), "Enhet")).collect();
        let action = OrganisationAction::AdoptCodes(CodeList::Units, codes);
        let adopted = decided::<OrganisationsRules>(&given, &on_organisation("uddevalla", Role::Administrator, action));
        assert_eq!(adopted.is_ok(), fits, "{number}");
    }
}

#[test]
fn a_person_is_registered_once_and_changed_by_whose_they_are() {
    let act = |role, action| Act {
        id: person(1),
        actor: of(role, organisation("uddevalla")),
        today: crate::ids::day(24),
        action,
    };
    let register = |role| {
        act(
            role,
            PersonAction::Register {
                organisation: organisation("uddevalla"),
                name: text(1),
                address: None,
            },
        )
    };
    for role in Role::ALL {
        let known = decided::<People>(&[], &register(role));
        let may = matches!(role, Role::Administrator | Role::Operator | Role::Service);
        assert_eq!(
            known,
            if may {
                Ok(vec![registered()])
            } else {
                Err(PersonRejection::WrongRole)
            },
            "{role}"
        );
    }
    assert_eq!(
        decided::<People>(&[registered()], &register(Role::Operator)),
        Ok(vec![])
    );
    let change = PersonAction::Change {
        name: text(2),
        address: Some(text(3)),
    };
    let changed: PersonEvent = PersonChanged {
        name: text(2),
        address: Some(text(3)),
    }
    .into();
    let change = act(Role::Administrator, change);
    assert_eq!(decided::<People>(&[registered()], &change), Ok(vec![changed.clone()]));
    assert_eq!(decided::<People>(&[registered(), changed.clone()], &change), Ok(vec![]));
    // The name alone, or the address alone, is a change as well.
    for (name, address) in [(2, None), (1, Some(3))] {
        let (name, address) = (text(name), address.map(text));
        let one = act(Role::Administrator, PersonAction::Change { name, address });
        let changed = PersonChanged { name, address };
        assert_eq!(decided::<People>(&[registered()], &one), Ok(vec![changed.into()]));
    }
    let state = fold::<People>(&[registered(), changed]);
    assert_eq!((state.name, state.address), (Some(text(2)), Some(text(3))));
}

#[test]
fn somebody_is_shut_out_and_let_in_again_by_their_own_administrator_or_at_the_machine() {
    let act = |role, home: &str, action| Act {
        id: person(1),
        actor: of(role, organisation(home)),
        today: crate::ids::day(24),
        action,
    };
    let disabled: PersonEvent = PersonDisabled {}.into();
    let out = [registered(), disabled.clone()];
    assert!(fold::<People>(&out).is_disabled);
    let enabled: PersonEvent = PersonEnabled {}.into();
    assert!(!fold::<People>(&[registered(), disabled.clone(), enabled.clone()]).is_disabled);
    for role in Role::ALL {
        let may = matches!(role, Role::Administrator | Role::Operator);
        let shut = decided::<People>(&[registered()], &act(role, "uddevalla", PersonAction::Disable));
        assert_eq!(shut.ok(), may.then(|| vec![disabled.clone()]), "{role}");
        let let_in = decided::<People>(&out, &act(role, "uddevalla", PersonAction::Enable));
        assert_eq!(let_in.ok(), may.then(|| vec![enabled.clone()]), "{role}");
    }
    for action in [PersonAction::Disable, PersonAction::Enable] {
        let other = decided::<People>(&[registered()], &act(Role::Administrator, "orust", action.clone()));
        assert_eq!(other, Err(PersonRejection::WrongOrganisation));
        let nobody = decided::<People>(&[], &act(Role::Operator, "orust", action));
        assert!(nobody.is_err(), "{nobody:?}");
    }
}

#[test]
fn a_code_is_made_at_the_machine_for_whoever_administers_and_nobody_else() {
    for role in Role::ALL {
        for administers in [true, false] {
            let act = Act {
                id: person(1),
                actor: of(role, organisation("uddevalla")),
                today: crate::ids::day(24),
                action: PersonAction::MakeSignInCode { administers },
            };
            let made = decided::<People>(&[registered()], &act).ok();
            let expected = (role == Role::Operator && administers).then(|| vec![SignInCodeMade {}.into()]);
            assert_eq!(made, expected, "{role} {administers}");
        }
    }
}

#[test]
fn administrators_register_people_of_their_own_alone_and_whoever_sits_at_the_machine_of_any() {
    for (role, home, may) in [
        (Role::Administrator, "uddevalla", true),
        (Role::Administrator, "orust", false),
        (Role::Operator, "orust", true),
        (Role::Service, "orust", true),
    ] {
        let act = Act {
            id: person(1),
            actor: of(role, organisation(home)),
            today: crate::ids::day(24),
            action: PersonAction::Register {
                organisation: organisation("uddevalla"),
                name: text(1),
                address: None,
            },
        };
        let known = decided::<People>(&[], &act);
        let expected = if may {
            Ok(vec![registered()])
        } else {
            Err(PersonRejection::WrongOrganisation)
        };
        assert_eq!(known, expected, "{role} of {home}");
    }
}

#[test]
fn nobodys_pseudonym_is_registered_for_nobody() {
    let act = Act {
        id: PersonId(uuid::Uuid::nil()),
        actor: of(Role::Administrator, organisation("uddevalla")),
        today: crate::ids::day(24),
        action: PersonAction::Register {
            organisation: organisation("uddevalla"),
            name: text(1),
            address: None,
        },
    };
    assert_eq!(decided::<People>(&[], &act), Err(PersonRejection::OtherPerson));
    // Under it a service acts, and whoever sits at the machine, and nobody by a grant.
    for role in Role::ALL {
        let nobody = Actor {
            person: PersonId(uuid::Uuid::nil()),
            ..of(role, organisation("uddevalla"))
        };
        let alone = matches!(role, Role::Service | Role::Operator);
        assert_eq!(nobody.acts_by_grant(), !alone, "{role}");
    }
}

#[test]
fn the_file_with_which_an_instance_began_is_written_down_once() {
    let finish = on_organisation("uddevalla", Role::Service, OrganisationAction::FinishImport);
    let imported: OrganisationEvent = DirectoryImported {}.into();
    assert_eq!(decided::<OrganisationsRules>(&[], &finish), Ok(vec![imported.clone()]));
    assert!(fold::<OrganisationsRules>(std::slice::from_ref(&imported)).imported);
    assert_eq!(decided::<OrganisationsRules>(&[imported], &finish), Ok(vec![]));
}
