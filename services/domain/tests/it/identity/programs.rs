//! Programs: what they are given, what they show themselves with, and that nobody else is taken for one.

use super::{decided, of, registered as somebody};
use crate::ids::{day, form, organisation, person};
use crate::refusals::Provoke;
use idesluss_domain::identity::person::{PersonAction, PersonCommand, PersonRejection};
use idesluss_domain::identity::program::*;
use idesluss_domain::identity::{People, PersonEvent, Program, Programs};
use idesluss_domain::words::{Actor, CredentialId, PersonId, ProgramId, Role, ScopeName};
use idesluss_domain::{Decider as _, fold};
use uuid::Uuid;

const SUBMIT: &str = "submission.v1.SubmissionCommandService/SubmitIdea";

fn program() -> ProgramId {
    ProgramId::derive(Uuid::from_u128(7))
}

fn credential(number: u128) -> CredentialId {
    CredentialId(Uuid::from_u128(number))
}

fn command(role: Role, home: &str, action: ProgramAction) -> ProgramCommand {
    ProgramCommand {
        id: program(),
        actor: of(role, organisation(home)),
        today: day(24),
        action,
    }
}

fn does(action: ProgramAction) -> ProgramCommand {
    command(Role::Administrator, "uddevalla", action)
}

fn register() -> ProgramAction {
    ProgramAction::Register {
        organisation: organisation("uddevalla"),
        name: "E-tjänsten".into(),
        contact: person(1),
        is_contact_known: true,
        role: Role::Submitter,
        round: 0,
    }
}

fn registered() -> ProgramEvent {
    decided::<Programs>(&[], &does(register()))
        .expect("registered")
        .remove(0)
}

fn scopes(names: &[&str]) -> ProgramAction {
    ProgramAction::ChangeScopes {
        scopes: names.iter().map(|name| form(name)).collect(),
        are_given: true,
    }
}

fn add(number: u128, until: Option<i8>) -> ProgramAction {
    ProgramAction::AddCredential {
        credential: credential(number),
        kind: CredentialKind::Secret,
        until: until.map(day),
    }
}

fn added(number: u128, until: Option<i8>) -> ProgramEvent {
    ProgramCredentialAdded {
        credential: credential(number),
        kind: CredentialKind::Secret,
        from: day(20),
        until: until.map(day),
    }
    .into()
}

fn acts(role: Role, home: &str) -> Actor {
    Actor {
        person: program().pseudonym(),
        organisation: organisation(home),
        role,
    }
}

impl Provoke for Programs {
    fn provoke(refusal: ProgramRejection) -> (Vec<ProgramEvent>, ProgramCommand) {
        use ProgramRejection as No;
        let there = || vec![registered()];
        let with = |change: fn(&mut ProgramAction)| {
            let mut action = register();
            change(&mut action);
            does(action)
        };
        match refusal {
            No::Unknown => (vec![], does(scopes(&[SUBMIT]))),
            No::OtherProgram => {
                // The id of somebody who might be a person.
                let mut command = does(register());
                command.id = ProgramId(Uuid::from_u128(7));
                (vec![], command)
            }
            No::WrongRole => (there(), command(Role::Coordinator, "uddevalla", ProgramAction::Disable)),
            No::WrongOrganisation => (there(), command(Role::Administrator, "orust", ProgramAction::Disable)),
            No::BadName => (
                vec![],
                with(|action| {
                    if let ProgramAction::Register { name, .. } = action {
                        *name = "Anna 850101-1234".into();
                    }
                }),
            ),
            No::NoContact => (
                vec![],
                with(|action| {
                    if let ProgramAction::Register { is_contact_known, .. } = action {
                        *is_contact_known = false;
                    }
                }),
            ),
            No::TakesPerson => (
                vec![],
                with(|action| {
                    if let ProgramAction::Register { role, .. } = action {
                        *role = Role::DecisionMaker;
                    }
                }),
            ),
            No::ScopeNotGiven => (
                there(),
                does(ProgramAction::ChangeScopes {
                    scopes: [form(SUBMIT)].into(),
                    are_given: false,
                }),
            ),
            No::TooManyScopes => {
                let many = (0..=MOST_SCOPES).map(|number| format!("submission.v1.Service/Rpc{number}"));
                let many: Vec<String> = many.collect();
                let many: Vec<&str> = many.iter().map(String::as_str).collect();
                (there(), does(scopes(&many)))
            }
            No::TooManyCredentials => {
                let held = (1..=MOST_CREDENTIALS as u128).map(|number| added(number, None));
                (there().into_iter().chain(held).collect(), does(add(9, None)))
            }
            No::EndsBefore => (there(), does(add(9, Some(23)))),
            No::NoCredential => (there(), does(ProgramAction::RevokeCredential(credential(9)))),
            No::DisabledAlready => (
                vec![registered(), ProgramDisabled {}.into()],
                does(ProgramAction::Disable),
            ),
            No::NotDisabled => (there(), does(ProgramAction::Enable { round: 0 })),
        }
    }
}

#[test]
fn a_program_acts_for_its_organisation_in_its_role_and_calls_what_it_was_given() {
    let fresh = fold::<Programs>(&[registered()]);
    let path = form::<ScopeName>(SUBMIT).path();
    assert!(fresh.acts_as(&acts(Role::Submitter, "uddevalla")));
    assert!(!fresh.has_scope(&path), "nothing was given yet");
    let given = decided::<Programs>(&[registered()], &does(scopes(&[SUBMIT]))).expect("given");
    let program = given.iter().fold(fresh, Programs::evolve);
    assert!(program.has_scope(&path));
    assert!(!program.has_scope("/idesluss.submission.v1.SubmissionCommandService/AcceptIdea"));
    assert!(!program.has_scope("SubmitIdea"));
    for (role, home) in [(Role::Coordinator, "uddevalla"), (Role::Submitter, "orust")] {
        assert!(!program.acts_as(&acts(role, home)), "{role} {home}");
    }
    let other = Actor {
        person: person(7),
        ..acts(Role::Submitter, "uddevalla")
    };
    assert!(!program.acts_as(&other));
    let shut_out = Programs::evolve(program.clone(), &ProgramDisabled {}.into());
    assert!(!shut_out.acts_as(&acts(Role::Submitter, "uddevalla")));
    let anew = Programs::evolve(shut_out, &ProgramEnabled { round: 3 }.into());
    assert!(anew.acts_as(&acts(Role::Submitter, "uddevalla")));
    assert_eq!(anew.round(), 3);
    let none = Programs::evolve(program, &ProgramScopesChanged { scopes: [].into() }.into());
    assert!(!none.has_scope(&path), "it was taken away");
}

#[test]
fn one_secret_holds_beside_the_next_until_its_day_or_until_it_is_revoked() {
    let given = [registered(), added(1, Some(25)), added(2, None)];
    let program = fold::<Programs>(&given);
    let held = |program: &Program, on: i8| program.held(day(on)).map(|(id, _)| id).collect::<Vec<_>>();
    assert_eq!(held(&program, 25), [credential(1), credential(2)]);
    assert_eq!(held(&program, 26), [credential(2)]);
    assert_eq!(held(&program, 19), [], "before its first day");
    let revoke = does(ProgramAction::RevokeCredential(credential(2)));
    let revoked = decided::<Programs>(&given, &revoke).expect("revoked");
    let program = revoked.iter().fold(program, Programs::evolve);
    assert_eq!(held(&program, 25), [credential(1)]);
    // One that is over makes room, and is forgotten.
    let mut given = vec![registered()];
    given.extend((1..=MOST_CREDENTIALS as u128).map(|number| added(number, Some(23))));
    let next = decided::<Programs>(&given, &does(add(9, None))).expect("there is room");
    let program = fold::<Programs>(&[given, next].concat());
    assert_eq!(program.credentials.len(), 1);
    // The same once more does nothing.
    assert_eq!(
        Programs::decide(&does(add(9, None)), &program),
        Ok(vec![]),
        "the same command"
    );
}

#[test]
fn nobody_but_a_program_has_a_programs_pseudonym() {
    assert_eq!(ProgramId::of(program().pseudonym()), Some(program()));
    for other in [Uuid::nil(), Uuid::from_u128(7), Uuid::new_v4(), Uuid::now_v7()] {
        assert_eq!(ProgramId::of(PersonId(other)), None, "{other}");
    }
    let PersonEvent::PersonRegistered(there) = somebody() else {
        panic!("somebody is registered")
    };
    let register = PersonCommand {
        id: program().pseudonym(),
        actor: of(Role::Administrator, there.organisation.clone()),
        today: day(24),
        action: PersonAction::Register {
            organisation: there.organisation,
            name: there.name,
            address: None,
        },
    };
    assert_eq!(decided::<People>(&[], &register), Err(PersonRejection::OtherPerson));
}

#[test]
fn a_program_is_registered_once_and_nothing_comes_of_the_same_scopes() {
    assert_eq!(decided::<Programs>(&[registered()], &does(register())), Ok(vec![]));
    let mut other = register();
    if let ProgramAction::Register { name, .. } = &mut other {
        *name = "Arkivet".into();
    }
    assert_eq!(
        decided::<Programs>(&[registered()], &does(other)),
        Err(ProgramRejection::OtherProgram)
    );
    assert_eq!(decided::<Programs>(&[registered()], &does(scopes(&[]))), Ok(vec![]));
}
