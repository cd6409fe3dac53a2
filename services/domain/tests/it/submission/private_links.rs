//! Ideas that come by private links: so many a day, each by a link of its own, and later perhaps somebody's.

use super::refusals::use_quota;
use super::{COORDINATOR, Given, SUBMITTER, submit};
use crate::ids::{actor, day, idea, person};
use idesluss_domain::submission::idea::*;
use idesluss_domain::submission::quota::*;
use idesluss_domain::submission::{Ideas, Quotas};
use idesluss_domain::words::{IdeaId, Role};
use idesluss_domain::{Decider as _, fold};

const LINK: u128 = 7;
const CLAIMS: u128 = 5;

fn claim() -> Action {
    Action::ClaimAuthorship {
        link: person(LINK),
        author: person(CLAIMS),
    }
}

/// One that was given by a private link.
fn given_by_link() -> Given {
    let command = IdeaCommand {
        id: IdeaId::of_link(person(LINK)),
        actor: actor(LINK, Role::LinkHolder),
        today: day(24),
        action: Action::Submit(submit()),
    };
    Given(Ideas::decide(&command, &Idea::default()).expect("submitted"))
}

#[test]
fn a_link_gives_its_own_idea_and_no_other() {
    let given = given_by_link();
    assert_eq!(given.state().authors, [person(LINK)].into());
    let other = IdeaCommand {
        id: idea(1),
        actor: actor(LINK, Role::LinkHolder),
        today: day(24),
        action: Action::Submit(submit()),
    };
    assert_eq!(Ideas::decide(&other, &Idea::default()), Err(IdeaRejection::NotYours));
    for action in [Action::Withdraw(None), Action::RequestErasure { origin_erased: false }] {
        given.refuses(8, Role::LinkHolder, action.clone(), IdeaRejection::NotYours);
        assert!(given.when(LINK, Role::LinkHolder, action).is_ok());
    }
    for action in [
        Action::Consent(true),
        Action::Support,
        Action::ProposeCoauthor(person(CLAIMS)),
    ] {
        given.refuses(LINK, Role::LinkHolder, action, IdeaRejection::WrongRole);
    }
}

#[test]
fn whoever_claims_an_idea_takes_the_links_place() {
    let given = given_by_link();
    let claimed = AuthorClaimed {
        link: person(LINK),
        author: person(CLAIMS),
    };
    assert_eq!(given.when(0, Role::Service, claim()), Ok(vec![claimed.into()]));
    for role in [Role::LinkHolder, Role::Submitter, Role::Coordinator] {
        given.refuses(LINK, role, claim(), IdeaRejection::WrongRole);
    }
    let given = given.then(LINK, Role::LinkHolder, Action::RequestErasure { origin_erased: false });
    let after = given.then(0, Role::Service, claim());
    assert_eq!(after.state().authors, [person(CLAIMS)].into());
    assert_eq!(
        after.state().erasure,
        Some(Erasure::Requested(person(CLAIMS))),
        "what was asked for by the link they have asked for"
    );
    assert_eq!(after.when(0, Role::Service, claim()), Ok(vec![]), "once");
    after.refuses(LINK, Role::LinkHolder, Action::Withdraw(None), IdeaRejection::NotYours);
    assert!(after.when(CLAIMS, Role::Submitter, Action::Withdraw(None)).is_ok());
    // Nobody else's idea becomes theirs.
    assert_eq!(Given::submitted().when(0, Role::Service, claim()), Ok(vec![]));
    assert_eq!(
        Given::submitted().state().authors,
        [person(SUBMITTER)].into(),
        "{COORDINATOR}"
    );
}

#[test]
fn so_many_ideas_a_day_and_no_more() {
    let used = |number, idea_number| {
        QuotaEvent::from(QuotaUsed {
            idea: idea(idea_number),
            number,
        })
    };
    let decided = |given: &[QuotaEvent], number| Quotas::decide(&use_quota(number), &fold::<Quotas>(given));
    assert_eq!(decided(&[], 1), Ok(vec![used(1, 1)]));
    assert_eq!(decided(&[used(1, 1)], 1), Ok(vec![]), "the same idea counts once");
    assert_eq!(decided(&[used(1, 1)], 2), Ok(vec![used(2, 2)]));
    assert_eq!(decided(&[used(1, 1), used(2, 2)], 3), Err(QuotaRejection::DayFull));
    let more = UseQuota {
        ideas_per_day: Some(3),
        ..use_quota(3)
    };
    let state = fold::<Quotas>(&[used(1, 1), used(2, 2)]);
    assert_eq!(
        Quotas::decide(&more, &state),
        Ok(vec![used(3, 3)]),
        "more are allowed from now on"
    );
}
