//! Erasing: who asks, who decides, who confirms. (Two people for one erasure is a rule and a test of its own.)

use super::refusals::erase;
use super::{COORDINATOR, Given, SUBMITTER};
use crate::ids::{form, idea, person, text};
use idesluss_domain::submission::idea::*;
use idesluss_domain::words::Role;

use IdeaRejection as No;

const REGISTRAR: u128 = 9;

fn asked() -> Given {
    Given::submitted().then(
        SUBMITTER,
        Role::Submitter,
        Action::RequestErasure { origin_erased: false },
    )
}

fn refuse(basis: &str) -> Action {
    Action::RefuseErasure {
        basis: form(basis),
        reasons: text(3),
    }
}

#[test]
fn authors_coordinators_and_registrars_ask_once() {
    let given = Given::submitted();
    for (who, role) in [
        (SUBMITTER, Role::Submitter),
        (COORDINATOR, Role::Coordinator),
        (REGISTRAR, Role::Registrar),
    ] {
        let events = given.when(who, role, Action::RequestErasure { origin_erased: false });
        let requested = ErasureRequested {
            requested_by: person(who),
        };
        assert_eq!(events, Ok(vec![requested.into()]));
    }
    given.refuses(
        REGISTRAR,
        Role::DecisionMaker,
        Action::RequestErasure { origin_erased: false },
        No::WrongRole,
    );
    assert_eq!(
        asked().when(
            SUBMITTER,
            Role::Submitter,
            Action::RequestErasure { origin_erased: false }
        ),
        Ok(vec![])
    );
}

#[test]
fn an_erasure_is_decided_with_a_basis_for_every_service_once() {
    let decide = |services: &[&str]| {
        Action::DecideErasure(DecideErasure {
            basis: form("arkivlagen 10 §"),
            services: services.iter().map(|name| form(name)).collect(),
            origin_erased: false,
        })
    };
    let decided = ErasureDecided {
        basis: form("arkivlagen 10 §"),
        idea: idea(1),
        services: vec![form("evaluation"), form("submission")],
    };
    let twice = decide(&["submission", "evaluation", "submission"]);
    for role in [Role::Registrar, Role::DecisionMaker] {
        assert_eq!(
            asked().when(REGISTRAR, role, twice.clone()),
            Ok(vec![decided.clone().into()])
        );
    }
    asked().refuses(REGISTRAR, Role::Coordinator, twice.clone(), No::WrongRole);
    let waiting = asked().then(REGISTRAR, Role::Registrar, twice.clone());
    waiting.refuses(REGISTRAR, Role::Registrar, twice, No::ErasureDecided);
    waiting.refuses(REGISTRAR, Role::Registrar, refuse("TF 2"), No::ErasureDecided);
    // Asked again meanwhile: it is on its way.
    assert_eq!(
        waiting.when(
            SUBMITTER,
            Role::Submitter,
            Action::RequestErasure { origin_erased: false }
        ),
        Ok(vec![])
    );
}

#[test]
fn an_erasure_is_refused_with_a_basis_and_reasons() {
    let refused = ErasureRefused {
        basis: form("TF 2"),
        reasons: text(3),
    };
    for role in [Role::Registrar, Role::DecisionMaker] {
        assert_eq!(
            asked().when(REGISTRAR, role, refuse("TF 2")),
            Ok(vec![refused.clone().into()])
        );
    }
    asked().refuses(REGISTRAR, Role::Coordinator, refuse("TF 2"), No::WrongRole);
    Given::submitted().refuses(REGISTRAR, Role::Registrar, refuse("TF 2"), No::NoErasure);
    let over = asked().then(REGISTRAR, Role::Registrar, refuse("TF 2"));
    over.refuses(REGISTRAR, Role::Registrar, erase("arkivlagen 10 §"), No::NoErasure);
}

#[test]
fn services_confirm_what_was_decided_and_the_last_one_ends_it() {
    let confirm = |name: &str| Action::ConfirmErasure(form(name));
    let given = asked().then(REGISTRAR, Role::Registrar, erase("arkivlagen 10 §"));
    Given::submitted().refuses(0, Role::Service, confirm("submission"), No::NoErasure);
    asked().refuses(0, Role::Service, confirm("submission"), No::NoErasure);
    given.refuses(REGISTRAR, Role::Registrar, confirm("submission"), No::WrongRole);
    // One that holds no copy has nothing to confirm.
    assert_eq!(given.when(0, Role::Service, confirm("sharing")), Ok(vec![]));
    let done = given.service(confirm("submission"));
    assert_eq!(done.0.last(), Some(&PersonalDataErased {}.into()));
    assert_eq!(done.state().erasure, Some(Erasure::Done));
    assert_eq!(done.when(0, Role::Service, confirm("submission")), Ok(vec![]));
    done.refuses(REGISTRAR, Role::Registrar, erase("arkivlagen 10 §"), No::ErasureDecided);
}
