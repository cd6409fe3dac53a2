//! Calls, registers and disclosures: their exact events, and the edges of their rules.

use super::refusals::{assign, call, invite};
use crate::ids::{actor, day, form, idea, organisation, person, text};
use idesluss_domain::submission::call::*;
use idesluss_domain::submission::disclosure::*;
use idesluss_domain::submission::register::*;
use idesluss_domain::words::{CallId, Role};
use idesluss_domain::{Decider as _, fold};
use uuid::Uuid;

#[test]
fn a_call_is_written_as_it_was_opened_and_closed() {
    let opened = CallOpened {
        call: CallId(Uuid::from_u128(7)),
        organisation: organisation("uddevalla"),
        need_owner: person(3),
        texts: ["title", "need", "resources"]
            .map(|field| (field.to_owned(), text(1)))
            .into(),
        until: Some(day(24)),
    };
    let none = Call::default();
    let open = call(Role::Coordinator, invite(Some(day(24))));
    assert_eq!(Calls::decide(&open, &none), Ok(vec![opened.clone().into()]));
    for role in Role::ALL {
        let refused = Calls::decide(&call(role, invite(None)), &none).err();
        let may = matches!(role, Role::NeedOwner | Role::Coordinator);
        assert_eq!(refused, (!may).then_some(CallRejection::WrongRole), "{role}");
    }
    let state = fold::<Calls>(&[opened.into()]);
    assert_eq!(state.takes_ideas(day(24)), Ok(()));
    assert_eq!(state.takes_ideas(day(25)), Err(CallRejection::Closed));
    assert_eq!(none.takes_ideas(day(24)), Err(CallRejection::Unknown));
    let close = call(Role::NeedOwner, CallAction::Close(Some(text(2))));
    let closed = CallClosed { outcome: Some(text(2)) };
    assert_eq!(Calls::decide(&close, &state), Ok(vec![closed.into()]));
    assert_eq!(Calls::decide(&close, &none), Err(CallRejection::Unknown));
}

#[test]
fn a_call_tells_title_need_and_resources() {
    for missing in ["title", "need", "resources"] {
        let CallAction::Open { mut texts, until } = invite(None) else {
            unreachable!("it opens")
        };
        texts.remove(missing);
        let command = call(Role::NeedOwner, CallAction::Open { texts, until });
        assert_eq!(
            Calls::decide(&command, &Call::default()),
            Err(CallRejection::TextsMissing),
            "{missing}"
        );
    }
}

#[test]
fn a_reference_is_the_next_number_under_a_prefix_of_2_to_5_capitals() {
    let assigned = |number, reference: &str| ReferenceAssigned {
        idea: idea(1),
        number,
        reference: form(reference),
    };
    let given = |last| Register { last };
    let next = |last| Registers::decide(&assign(), &given(last));
    assert_eq!(next(0), Ok(vec![assigned(1, "UDD-2026-0001").into()]));
    assert_eq!(next(9_999), Ok(vec![assigned(10_000, "UDD-2026-10000").into()]));
    assert_eq!(next(u32::MAX), Err(RegisterRejection::Full));
    for (prefix, fits) in [
        ("A", false),
        ("AB", true),
        ("ABCDE", true),
        ("ABCDEF", false),
        ("A1", false),
        ("ÅÄÖ", false),
    ] {
        let command = AssignReference {
            prefix: prefix.into(),
            ..assign()
        };
        let refused = Registers::decide(&command, &Register::default()).err();
        assert_eq!(refused, (!fits).then_some(RegisterRejection::WrongPrefix), "{prefix}");
    }
    // Numbers heard in another order don't go back.
    let state = fold::<Registers>(&[assigned(7, "UDD-2026-0007").into(), assigned(3, "UDD-2026-0003").into()]);
    assert_eq!(state.last, 7);
}

#[test]
fn a_disclosure_is_written_with_its_purpose() {
    let command = DiscloseTexts {
        actor: actor(7, Role::Auditor),
        idea: idea(1),
        home: Some(organisation("uddevalla")),
        aside: [person(8)].into(),
        purpose: text(9),
    };
    let disclosed = TextsDisclosed {
        idea: idea(1),
        organisation: organisation("uddevalla"),
        to: person(7),
        purpose: text(9),
    };
    assert_eq!(
        Disclosures::decide(&command, &Disclosed::default()),
        Ok(vec![disclosed.into()])
    );
}
