use crate::ids::{actor, day, idea, organisation, person, text};
use idesluss_domain::submission::call::*;
use idesluss_domain::submission::disclosure::*;
use idesluss_domain::submission::register::*;
use idesluss_domain::words::{CallId, Role};
use idesluss_domain::{Decider as _, fold};
use uuid::Uuid;

fn assign(number: u128) -> AssignReference {
    AssignReference {
        actor: actor(0, Role::Service),
        organisation: organisation("uddevalla"),
        prefix: "UDD".into(),
        year: 2026,
        idea: idea(number),
    }
}

#[test]
fn references_are_numbered_without_gaps_and_known_by_the_last() {
    let mut events = Vec::new();
    for number in [1, 2, 3] {
        let register = fold::<Registers>(&events);
        events.extend(Registers::decide(&assign(number), &register).expect("assigned"));
    }
    let given: Vec<_> = events
        .iter()
        .map(|RegisterEvent::ReferenceAssigned(assigned)| assigned.reference.as_str())
        .collect();
    assert_eq!(given, ["UDD-2026-0001", "UDD-2026-0002", "UDD-2026-0003"]);
    assert_eq!(fold::<Registers>(&events), fold::<Registers>(&events[2..]));
    let wrong = AssignReference {
        prefix: "uddevalla".into(),
        ..assign(9)
    };
    assert_eq!(
        Registers::decide(&wrong, &Register::default()),
        Err(RegisterRejection::WrongPrefix)
    );
    let person = AssignReference {
        actor: actor(2, Role::Coordinator),
        ..assign(9)
    };
    assert_eq!(
        Registers::decide(&person, &Register::default()),
        Err(RegisterRejection::WrongRole)
    );
}

#[test]
fn a_call_has_a_need_and_resources_and_takes_ideas_until_it_is_closed() {
    let command = |role, action| CallCommand {
        id: CallId(Uuid::from_u128(7)),
        actor: actor(3, role),
        today: day(24),
        action,
    };
    let texts = |fields: &[&str]| fields.iter().map(|field| ((*field).to_owned(), text(1))).collect();
    let open = |fields: &[&str], until| CallAction::Open {
        texts: texts(fields),
        until,
    };
    let all = ["title", "need", "resources"];
    let decide = |command: &CallCommand, call: &Call| Calls::decide(command, call);
    let none = Call::default();
    assert_eq!(
        decide(&command(Role::NeedOwner, open(&["title", "need"], None)), &none),
        Err(CallRejection::TextsMissing)
    );
    assert_eq!(
        decide(&command(Role::Submitter, open(&all, None)), &none),
        Err(CallRejection::WrongRole)
    );
    assert_eq!(
        decide(&command(Role::NeedOwner, open(&all, Some(day(1)))), &none),
        Err(CallRejection::DatePast)
    );
    let opened = decide(&command(Role::NeedOwner, open(&all, Some(day(27)))), &none).expect("opened");
    let call = fold::<Calls>(&opened);
    assert_eq!(call.opened.as_ref().map(|opened| opened.need_owner), Some(person(3)));
    assert_eq!(
        (call.takes_ideas(day(27)), call.takes_ideas(day(28))),
        (Ok(()), Err(CallRejection::Closed))
    );
    assert_eq!(
        decide(&command(Role::NeedOwner, open(&all, Some(day(27)))), &call),
        Ok(vec![])
    );
    let closed = decide(&command(Role::NeedOwner, CallAction::Close(None)), &call).expect("closed");
    let call = fold::<Calls>(opened.iter().chain(&closed));
    assert_eq!(call.takes_ideas(day(24)), Err(CallRejection::Closed));
    assert_eq!(
        decide(&command(Role::NeedOwner, CallAction::Close(None)), &call),
        Ok(vec![])
    );
}

#[test]
fn texts_are_disclosed_to_the_auditor_who_asks_and_to_nobody_else() {
    let disclose = |role, home: Option<&str>| {
        let command = DiscloseTexts {
            actor: actor(7, role),
            idea: idea(1),
            home: home.map(organisation),
            aside: [person(8)].into(),
            purpose: text(9),
        };
        Disclosures::decide(&command, &Disclosed::default())
    };
    let events = disclose(Role::Auditor, Some("uddevalla")).expect("disclosed");
    let [DisclosureEvent::TextsDisclosed(disclosed)] = events.as_slice() else {
        panic!("{events:?}")
    };
    assert_eq!((disclosed.to, disclosed.idea), (person(7), idea(1)));
    // Every copy counts: the same person may take another.
    assert_eq!(fold::<Disclosures>(&[events.clone(), events].concat()).times, 2);
    use DisclosureRejection as No;
    assert_eq!(disclose(Role::Auditor, None), Err(No::Unknown));
    assert_eq!(disclose(Role::Auditor, Some("orust")), Err(No::WrongOrganisation));
    for role in [
        Role::Coordinator,
        Role::Registrar,
        Role::Submitter,
        Role::Operator,
        Role::Service,
    ] {
        assert_eq!(disclose(role, Some("uddevalla")), Err(No::WrongRole), "{role:?}");
    }
}
