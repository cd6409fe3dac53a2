//! Private links: who makes, renews, ends and claims one, and what an organisation allows.

use super::*;
use crate::ids::day;
use idesluss_domain::identity::grant::*;
use idesluss_domain::identity::private_link::*;
use idesluss_domain::identity::{Grants, PrivateLinks};
use idesluss_domain::words::{GrantId, IdeaId};

/// What somebody wants done with the first person's link in Uddevalla.
fn command(actor: Actor, action: LinkAction) -> LinkCommand {
    LinkCommand {
        actor,
        today: day(24),
        holder: person(1),
        organisation: organisation("uddevalla"),
        is_allowed: true,
        round: 0,
        action,
    }
}

fn by(number: u128, role: Role, action: LinkAction) -> LinkCommand {
    command(actor(number, role), action)
}

fn made() -> GrantEvent {
    super::grants::granted(Role::LinkHolder, 24, None).into()
}

fn decided(given: &[GrantEvent], command: &LinkCommand) -> Result<Vec<GrantEvent>, GrantRejection> {
    PrivateLinks::decide(command, &fold::<PrivateLinks>(given))
}

#[test]
fn a_link_is_a_grant_to_a_pseudonym_of_its_own_and_good_for_one_idea() {
    let make = by(0, Role::Service, LinkAction::Make);
    assert_eq!(decided(&[], &make), Ok(vec![made()]));
    assert_eq!(
        decided(&[made()], &make),
        Ok(vec![]),
        "a form that is sent twice is one link"
    );
    let not_allowed = LinkCommand {
        is_allowed: false,
        ..make.clone()
    };
    assert_eq!(decided(&[], &not_allowed), Err(GrantRejection::NoPrivateLinks));
    assert_eq!(
        make.id(),
        GrantId::of(person(1), &organisation("uddevalla"), Role::LinkHolder)
    );
    // Nobody gets it as a role, whoever says so.
    assert!(!Role::LinkHolder.is_for_people() && !Role::LinkHolder.may_come_by_group());
    let granted = super::grants::command(Role::LinkHolder, super::grants::grant(24, None, None));
    assert_eq!(
        Grants::decide(&granted, &Grant::default()),
        Err(GrantRejection::NotForPeople)
    );
    assert_eq!(IdeaId::of_link(person(1)), IdeaId::of_link(person(1)));
    assert_ne!(IdeaId::of_link(person(1)), IdeaId::of_link(person(2)));
}

#[test]
fn whoever_has_a_link_renews_and_revokes_it_and_nobody_else() {
    let (renew, revoke) = (LinkAction::Renew, LinkAction::Revoke);
    assert_eq!(
        decided(&[made()], &by(1, Role::LinkHolder, renew)),
        Ok(vec![LinkRenewed {}.into()])
    );
    assert_eq!(
        decided(&[made()], &by(1, Role::LinkHolder, revoke)),
        Ok(vec![RoleRevoked {}.into()])
    );
    for action in [renew, revoke] {
        assert_eq!(
            decided(&[made()], &by(2, Role::LinkHolder, action)),
            Err(GrantRejection::OtherLink)
        );
        for role in Role::ALL.into_iter().filter(|role| *role != Role::LinkHolder) {
            assert_eq!(
                decided(&[made()], &by(1, role, action)),
                Err(GrantRejection::WrongRole),
                "{role}"
            );
        }
        assert_eq!(
            decided(&[], &by(1, Role::LinkHolder, action)),
            Err(GrantRejection::LinkEnded),
            "it was never made"
        );
    }
    // A renewed link goes on; a revoked one does nothing any more, and does not come back by the form that made it.
    let renewed = [made(), LinkRenewed {}.into()];
    assert!(fold::<PrivateLinks>(&renewed).held.is_some());
    let revoked = [made(), RoleRevoked {}.into()];
    assert_eq!(decided(&revoked, &by(1, Role::LinkHolder, revoke)), Ok(vec![]));
    assert_eq!(
        decided(&revoked, &by(1, Role::LinkHolder, renew)),
        Err(GrantRejection::LinkEnded)
    );
    assert_eq!(
        decided(&revoked, &by(0, Role::Service, LinkAction::Make)),
        Err(GrantRejection::LinkEnded)
    );
}

#[test]
fn whoever_is_signed_in_claims_a_link_of_their_organisation_once() {
    let claim = by(5, Role::Submitter, LinkAction::Claim);
    let claimed = LinkClaimed {
        link: person(1),
        by: person(5),
    };
    assert_eq!(decided(&[made()], &claim), Ok(vec![claimed.clone().into()]));
    let after = [made(), claimed.into()];
    assert!(!fold::<PrivateLinks>(&after).is_in_force(day(24)), "it has ended");
    let other = by(6, Role::Submitter, LinkAction::Claim);
    assert_eq!(decided(&after, &other), Err(GrantRejection::LinkEnded));
    let elsewhere = command(of(Role::Submitter, organisation("orust")), LinkAction::Claim);
    assert_eq!(decided(&[made()], &elsewhere), Err(GrantRejection::WrongOrganisation));
    let link = by(1, Role::LinkHolder, LinkAction::Claim);
    assert_eq!(decided(&[made()], &link), Err(GrantRejection::WrongRole));
}

#[test]
fn an_administrator_says_how_many_ideas_a_day_and_takes_it_back() {
    let administrator = |action| on_organisation("uddevalla", Role::Administrator, action);
    let there = organisation_registered("uddevalla", "UDD");
    let allowed = |ideas_per_day| {
        PrivateLinksAllowed {
            organisation: organisation("uddevalla"),
            ideas_per_day,
        }
        .into()
    };
    let stopped: OrganisationEvent = PrivateLinksStopped {
        organisation: organisation("uddevalla"),
    }
    .into();
    let decided = |given: &[OrganisationEvent], action| {
        OrganisationsRules::decide(&administrator(action), &fold::<OrganisationsRules>(given))
    };
    use OrganisationAction::{AllowPrivateLinks, StopPrivateLinks};
    let given = [there.clone(), allowed(25)];
    assert_eq!(
        decided(std::slice::from_ref(&there), AllowPrivateLinks(25)),
        Ok(vec![allowed(25)])
    );
    assert_eq!(decided(&given, AllowPrivateLinks(25)), Ok(vec![]));
    assert_eq!(
        decided(&given, AllowPrivateLinks(MOST_IDEAS_PER_DAY)),
        Ok(vec![allowed(MOST_IDEAS_PER_DAY)])
    );
    for wrong in [0, MOST_IDEAS_PER_DAY + 1] {
        assert_eq!(
            decided(&given, AllowPrivateLinks(wrong)),
            Err(OrganisationRejection::BadIdeasPerDay)
        );
    }
    assert_eq!(decided(std::slice::from_ref(&there), StopPrivateLinks), Ok(vec![]));
    assert_eq!(decided(&given, StopPrivateLinks), Ok(vec![stopped.clone()]));
    let known = |given: &[OrganisationEvent]| {
        let all = fold::<OrganisationsRules>(given);
        all.get(&organisation("uddevalla"))
            .and_then(|known| known.ideas_per_day)
    };
    assert_eq!(known(&given), Some(25));
    assert_eq!(known(&[there, allowed(25), stopped]), None);
}
