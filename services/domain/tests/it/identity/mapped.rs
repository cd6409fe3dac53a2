//! Accounts, what an organisation makes of what its provider says, and the roles that follow from it.

use super::grants::{command, granted};
use super::{decided, of};
use crate::ids::{day, form, organisation, person};
use crate::refusals::Provoke;
use idesluss_domain::fold;
use idesluss_domain::identity::account::*;
use idesluss_domain::identity::grant::*;
use idesluss_domain::identity::mapping::*;
use idesluss_domain::identity::{Accounts, Grants, Mappings};
use idesluss_domain::words::{AccountId, OrganisationId, Role};
use std::collections::BTreeSet;
use uuid::Uuid;

fn account(role: Role, action: AccountAction, home: Option<OrganisationId>) -> AccountCommand {
    AccountCommand {
        actor: of(role, organisation("uddevalla")),
        account: AccountId(Uuid::from_u128(7)),
        person: person(1),
        home,
        action,
    }
}

fn linked(number: u128) -> AccountEvent {
    let person = person(number);
    AccountLinked { person }.into()
}

pub(crate) fn mapping(lines: &[(Option<&str>, Role)]) -> Mapping {
    let line = |(value, role): &(Option<&str>, Role)| MappingLine {
        value: value.map(str::to_owned),
        role: *role,
    };
    Mapping {
        provider: form("uddevalla"),
        claim: "groups".into(),
        demands: Demands::default(),
        lines: lines.iter().map(line).collect(),
    }
}

fn on_mapping(role: Role, home: &str, action: MappingAction) -> MappingCommand {
    MappingCommand {
        actor: of(role, organisation(home)),
        organisation: organisation("uddevalla"),
        providers: BTreeSet::from([form("uddevalla")]),
        action,
    }
}

fn adopt(mapping: Mapping) -> MappingCommand {
    on_mapping(Role::Administrator, "uddevalla", MappingAction::Adopt(mapping))
}

fn adopted(version: u32, mapping: Mapping) -> MappingEvent {
    let organisation = organisation("uddevalla");
    MappingAdopted {
        organisation,
        version,
        mapping,
    }
    .into()
}

#[test]
fn an_account_is_one_persons_until_it_is_unlinked() {
    let own = || Some(organisation("uddevalla"));
    let link = account(Role::Service, AccountAction::Link, own());
    assert_eq!(decided::<Accounts>(&[], &link), Ok(vec![linked(1)]));
    assert_eq!(decided::<Accounts>(&[linked(1)], &link), Ok(vec![]));
    let unlink = account(Role::Administrator, AccountAction::Unlink, own());
    let unlinked: AccountEvent = AccountUnlinked {}.into();
    assert_eq!(decided::<Accounts>(&[linked(1)], &unlink), Ok(vec![unlinked.clone()]));
    assert_eq!(
        decided::<Accounts>(&[linked(1), unlinked.clone()], &unlink),
        Err(AccountRejection::NoAccount)
    );
    // Then it may be somebody else's.
    assert_eq!(decided::<Accounts>(&[linked(2), unlinked], &link), Ok(vec![linked(1)]));
    for role in Role::ALL {
        let is_linked = decided::<Accounts>(&[], &account(role, AccountAction::Link, own())).is_ok();
        assert_eq!(is_linked, role == Role::Service, "{role}");
        let is_unlinked = decided::<Accounts>(&[linked(1)], &account(role, AccountAction::Unlink, own())).is_ok();
        assert_eq!(is_unlinked, role == Role::Administrator, "{role}");
    }
}

#[test]
fn a_mapping_is_adopted_whole_in_versions_and_withdrawn() {
    let first = mapping(&[(None, Role::Submitter)]);
    let second = mapping(&[(None, Role::Submitter), (Some("sluss"), Role::Coordinator)]);
    assert_eq!(
        decided::<Mappings>(&[], &adopt(first.clone())),
        Ok(vec![adopted(1, first.clone())])
    );
    let mut given = vec![adopted(1, first.clone())];
    assert_eq!(decided::<Mappings>(&given, &adopt(first.clone())), Ok(vec![]));
    assert_eq!(
        decided::<Mappings>(&given, &adopt(second.clone())),
        Ok(vec![adopted(2, second.clone())])
    );
    let withdraw = on_mapping(Role::Administrator, "uddevalla", MappingAction::Withdraw);
    assert_eq!(decided::<Mappings>(&[], &withdraw), Ok(vec![]));
    let withdrawn = decided::<Mappings>(&given, &withdraw).expect("withdrawn");
    given.extend(withdrawn);
    assert_eq!(fold::<Mappings>(&given).adopted, None);
    // Versions are not given out twice.
    assert_eq!(
        decided::<Mappings>(&given, &adopt(first.clone())),
        Ok(vec![adopted(2, first)])
    );
}

#[test]
fn who_is_said_to_be_in_a_group_holds_its_roles_and_who_signs_in_those_of_everybody() {
    let mapping = mapping(&[
        (None, Role::Submitter),
        (Some("sluss"), Role::Coordinator),
        (Some("sluss"), Role::Steward),
        (Some("Sluss"), Role::Auditor),
    ]);
    let roles = |values: &[&str]| mapping.roles(&values.iter().map(|&value| value.to_owned()).collect());
    assert_eq!(roles(&[]), BTreeSet::from([Role::Submitter]));
    assert_eq!(roles(&["slus", "slussa"]), BTreeSet::from([Role::Submitter]));
    let all = [Role::Submitter, Role::Coordinator, Role::Steward];
    assert_eq!(roles(&["x", "sluss"]), BTreeSet::from(all));
    assert!(mapping.lets_submit());
}

#[test]
fn a_mapping_has_bounds() {
    let refused = |change: &dyn Fn(&mut Mapping)| {
        let mut mapping = mapping(&[(Some("sluss"), Role::Coordinator)]);
        change(&mut mapping);
        decided::<Mappings>(&[], &adopt(mapping)).err()
    };
    let lines = |number: usize| -> Vec<MappingLine> {
        let line = |number| MappingLine {
            value: Some(format!("g{number}")),
            role: Role::Assessor,
        };
        (0..number).map(line).collect()
    };
    let bad = Some(MappingRejection::BadMapping);
    for (number, refusal) in [(0, bad), (1, None), (100, None), (101, bad)] {
        assert_eq!(refused(&|mapping| mapping.lines = lines(number)), refusal, "{number}");
    }
    for (letters, refusal) in [(0, bad), (1, None), (200, None), (201, bad)] {
        let text = "å".repeat(letters);
        assert_eq!(
            refused(&|mapping| mapping.claim.clone_from(&text)),
            refusal,
            "{letters}"
        );
        assert_eq!(
            refused(&|mapping| mapping.lines[0].value = Some(text.clone())),
            refusal,
            "{letters}"
        );
        assert_eq!(
            refused(&|mapping| mapping.demands.acr = vec![text.clone()]),
            refusal,
            "{letters}"
        );
    }
    for (number, refusal) in [(20, None), (21, bad)] {
        let ways: Vec<String> = (0..number).map(|number| format!("w{number}")).collect();
        assert_eq!(
            refused(&|mapping| mapping.demands.amr.clone_from(&ways)),
            refusal,
            "{number}"
        );
    }
    assert_eq!(
        refused(&|mapping| mapping.lines.push(mapping.lines[0].clone())),
        bad,
        "one twice"
    );
    assert_eq!(
        refused(&|mapping| mapping.lines[0].value = Some("850101-1234".into())),
        bad
    );
    assert_eq!(refused(&|mapping| mapping.claim = "gr\u{202e}oups".into()), bad);
    for role in Role::ALL {
        let by_hand = !role.may_come_by_group();
        let expected = by_hand.then_some(MappingRejection::NotByGroup);
        assert_eq!(refused(&|mapping| mapping.lines[0].role = role), expected, "{role}");
    }
}

#[test]
fn a_role_by_group_is_granted_once_and_ends_without_touching_what_was_granted_by_hand() {
    let by_group = |action| GrantCommand {
        actor: of(Role::Service, organisation("uddevalla")),
        ..command(Role::Coordinator, action)
    };
    let (grant, revoke) = (
        by_group(GrantAction::GrantByGroup),
        by_group(GrantAction::RevokeByGroup),
    );
    let mapped = RoleGranted {
        by_group: true,
        ..granted(Role::Coordinator, 24, None)
    };
    let by_hand = granted(Role::Coordinator, 1, None);
    let decide = |given: &[RoleGranted], command: &GrantCommand| {
        let given: Vec<GrantEvent> = given.iter().cloned().map(GrantEvent::from).collect();
        decided::<Grants>(&given, command)
    };
    assert_eq!(decide(&[], &grant), Ok(vec![mapped.clone().into()]));
    assert_eq!(decide(std::slice::from_ref(&mapped), &grant), Ok(vec![]));
    assert_eq!(decide(std::slice::from_ref(&by_hand), &grant), Ok(vec![]));
    // What ends some day, begins later, or waits after a restore is left as it is; what is over is granted.
    let after = GrantCommand {
        round: 2,
        ..grant.clone()
    };
    for (other, command) in [
        (granted(Role::Coordinator, 1, Some(24)), &grant),
        (granted(Role::Coordinator, 26, None), &grant),
        (by_hand.clone(), &after),
        (mapped.clone(), &after),
    ] {
        assert_eq!(decide(std::slice::from_ref(&other), command), Ok(vec![]), "{other:?}");
    }
    let over = granted(Role::Coordinator, 1, Some(23));
    assert_eq!(decide(&[over], &grant), Ok(vec![mapped.clone().into()]));
    assert_eq!(decide(&[by_hand], &revoke), Ok(vec![]));
    assert_eq!(decide(&[], &revoke), Ok(vec![]));
    assert_eq!(
        decide(std::slice::from_ref(&mapped), &revoke),
        Ok(vec![RoleRevoked {}.into()])
    );
    // An administrator makes it their own decision.
    let own = GrantAction::Grant {
        from: day(24),
        until: None,
        substitute_for: None,
    };
    let kept = granted(Role::Coordinator, 24, None);
    assert_eq!(
        decide(&[mapped], &command(Role::Coordinator, own)),
        Ok(vec![kept.into()])
    );
    for role in Role::ALL {
        let by_hand = !role.may_come_by_group();
        let command = GrantCommand {
            actor: of(Role::Service, organisation("uddevalla")),
            ..command(role, GrantAction::GrantByGroup)
        };
        let expected = by_hand.then_some(GrantRejection::NotForPeople);
        assert_eq!(decide(&[], &command).err(), expected, "{role}");
    }
}

impl Provoke for Accounts {
    fn provoke(refusal: AccountRejection) -> (Vec<AccountEvent>, AccountCommand) {
        use AccountAction::{Link, Unlink};
        let own = || Some(organisation("uddevalla"));
        match refusal {
            AccountRejection::WrongRole => (vec![], account(Role::Coordinator, Link, own())),
            AccountRejection::WrongOrganisation => {
                let orust = Some(organisation("orust"));
                (vec![linked(1)], account(Role::Administrator, Unlink, orust))
            }
            AccountRejection::NoSuchPerson => (vec![], account(Role::Service, Link, None)),
            AccountRejection::NoAccount => (vec![], account(Role::Administrator, Unlink, own())),
            AccountRejection::OtherPerson => (vec![linked(2)], account(Role::Service, Link, own())),
        }
    }
}

impl Provoke for Mappings {
    fn provoke(refusal: MappingRejection) -> (Vec<MappingEvent>, MappingCommand) {
        use MappingAction::{Adopt, Withdraw};
        let command = match refusal {
            MappingRejection::WrongRole => on_mapping(Role::Coordinator, "uddevalla", Withdraw),
            MappingRejection::WrongOrganisation => on_mapping(Role::Administrator, "orust", Withdraw),
            MappingRejection::NoSuchProvider => {
                let other = Mapping {
                    provider: form("orust"),
                    ..mapping(&[(None, Role::Submitter)])
                };
                on_mapping(Role::Administrator, "uddevalla", Adopt(other))
            }
            MappingRejection::BadMapping => adopt(mapping(&[])),
            MappingRejection::NotByGroup => adopt(mapping(&[(Some("chef"), Role::Administrator)])),
        };
        (vec![], command)
    }
}
