//! What is believed of who asks, and what is not.

use ed25519_dalek::SigningKey;
use idesluss_access::{Assertion, Granted, LIFETIME_MICROS, NotAsserted, Shown, presenter, rule, table};
use idesluss_domain::words::{Actor, OrganisationId, PublicKey, Role};
use idesluss_domain::{GATEWAY, MACHINE, SERVICES};
use idesluss_proto::pb::command as words;
use idesluss_proto::pb::identity::{self as pb, SignedAssertion};
use prost::Message as _;

const NOW: i64 = 1_790_000_000_000_000;
const SECOND: i64 = 1_000_000;

fn key(number: u8) -> SigningKey {
    SigningKey::from_bytes(&[number; 32])
}

fn public(number: u8) -> PublicKey {
    PublicKey(key(number).verifying_key().to_bytes())
}

fn instance() -> OrganisationId {
    "fyrbodal".parse().expect("a name")
}

fn assertion() -> Assertion {
    Assertion {
        instance: instance(),
        audience: "submission".to_owned(),
        presenter: GATEWAY.to_owned(),
        session: "018f0000-0000-7000-8000-000000000002".parse().expect("an id"),
        actor: Actor {
            person: "018f0000-0000-7000-8000-000000000001".parse().expect("an id"),
            organisation: "uddevalla".parse().expect("a name"),
            role: Role::Coordinator,
        },
        granted: Granted { epoch: 2, sequence: 17 },
        issued_micros: NOW,
        expires_micros: NOW + LIFETIME_MICROS,
        command: None,
    }
}

fn of_gateway(member: &str) -> bool {
    member == GATEWAY
}

#[test]
fn what_is_signed_is_read_back_as_it_was_said_and_by_its_own_key_alone() {
    let shown = Shown::read(&assertion().sign(&key(1), 4)).expect("it can be read");
    assert_eq!(shown.key(), 4);
    assert_eq!(shown.verify(&public(1)), Ok(assertion()));
    assert_eq!(shown.verify(&public(2)), Err(NotAsserted::Forged));
}

#[test]
fn what_is_signed_is_a_message_of_the_contract_and_roles_are_called_in_both_as_in_events() {
    let whole = SignedAssertion::decode(assertion().sign(&key(1), 4).as_slice()).expect("a message");
    let told = pb::Assertion::decode(whole.assertion.as_slice()).expect("a message");
    let actor = told.actor.clone().expect("who acts");
    assert_eq!((told.audience.as_str(), told.granted_sequence), ("submission", 17));
    assert_eq!(
        (actor.organisation.as_str(), actor.role()),
        ("uddevalla", words::Role::Coordinator)
    );
    for role in Role::ALL {
        let number = words::Role::from(role).into();
        let actor = idesluss_assertion::Actor {
            role: number,
            ..Default::default()
        };
        assert_eq!(actor.role_name(), Some(role.as_str()));
    }
}

#[test]
fn whatever_is_changed_in_what_was_signed_is_forged_or_unreadable() {
    let signed = assertion().sign(&key(1), 1);
    let whole = SignedAssertion::decode(signed.as_slice()).expect("a message");
    for place in 0..whole.assertion.len() {
        let mut changed = whole.clone();
        changed.assertion[place] ^= 1;
        let shown = Shown::read(&changed.encode_to_vec()).expect("a message all the same");
        assert_eq!(shown.verify(&public(1)), Err(NotAsserted::Forged), "{place}");
    }
    for place in 0..64 {
        let mut changed = whole.clone();
        changed.signature[place] ^= 1;
        let shown = Shown::read(&changed.encode_to_vec()).expect("a message all the same");
        assert!(shown.verify(&public(1)).is_err(), "{place}");
    }
    for (name, signature) in [("none", vec![]), ("short", vec![0; 63]), ("long", vec![0; 65])] {
        let changed = SignedAssertion {
            signature,
            ..whole.clone()
        };
        let shown = Shown::read(&changed.encode_to_vec()).expect("a message");
        assert_eq!(shown.verify(&public(1)), Err(NotAsserted::Unreadable), "{name}");
    }
    // Signed without what every assertion's signature begins with: another kind of statement.
    let plain = SignedAssertion {
        signature: ed25519_dalek::Signer::sign(&key(1), &whole.assertion)
            .to_bytes()
            .to_vec(),
        ..whole
    };
    let shown = Shown::read(&plain.encode_to_vec()).expect("a message");
    assert_eq!(shown.verify(&public(1)), Err(NotAsserted::Forged));
    assert!(Shown::read(b"\xff\xff").is_err());
}

#[test]
fn it_is_believed_where_it_was_made_for_and_while_it_holds() {
    type Change = fn(&mut Assertion);
    let submission = |told: &Assertion, now| told.check(&instance(), "submission", of_gateway, now);
    assert_eq!(submission(&assertion(), NOW), Ok(()));
    let changes: [(Change, i64, NotAsserted); 8] = [
        (
            |it| it.instance = "orust".parse().expect("a name"),
            NOW,
            NotAsserted::OtherInstance,
        ),
        (
            |it| it.audience = "evaluation".to_owned(),
            NOW,
            NotAsserted::OtherAudience,
        ),
        (|it| it.audience = String::new(), NOW, NotAsserted::OtherAudience),
        (|it| it.presenter = MACHINE.to_owned(), NOW, NotAsserted::OtherPresenter),
        (
            |it| it.presenter = "evaluation".to_owned(),
            NOW,
            NotAsserted::OtherPresenter,
        ),
        (|it| it.expires_micros += 1, NOW, NotAsserted::Forged),
        (|_| (), NOW - 31 * SECOND, NotAsserted::Early),
        (|_| (), NOW + LIFETIME_MICROS, NotAsserted::Expired),
    ];
    for (change, now, why) in changes {
        let mut changed = assertion();
        change(&mut changed);
        assert_eq!(submission(&changed, now), Err(why), "{changed:?}");
    }
    // Clocks may be half a minute apart, and the last moment is one of those in which it holds.
    for now in [NOW - 30 * SECOND, NOW + LIFETIME_MICROS - 1] {
        assert_eq!(submission(&assertion(), now), Ok(()));
    }
}

#[test]
fn a_replica_of_the_service_itself_hands_on_what_it_was_shown_and_nobody_else_does() {
    for member in SERVICES {
        let handed_on = assertion().check(&instance(), "submission", |name| name == member, NOW);
        assert_eq!(handed_on.is_ok(), member == "submission", "{member}");
    }
}

#[test]
fn those_who_speak_for_people_are_the_gateway_and_the_machine() {
    assert_eq!(presenter(of_gateway), Some(GATEWAY));
    assert_eq!(presenter(|member| member == MACHINE), Some(MACHINE));
    assert_eq!(presenter(|_| true), Some(GATEWAY));
    for member in SERVICES {
        assert_eq!(presenter(|name| name == member), None, "{member}");
    }
}

#[test]
fn every_rpc_is_reached_by_whom_the_table_names_and_by_nobody_else() {
    for line in table() {
        let own = line.rpc.split('.').nth(1).expect("a package");
        let is_reached = |member: &'static str| line.is_reached(own, |name| name == member);
        assert!(!line.is_reached(own, |_| false), "{}", line.rpc);
        let between = ["/ExportBrief", "/ConfirmLink"]
            .iter()
            .any(|rpc| line.rpc.ends_with(rpc));
        let for_people = !between
            && (line.is_asked_by_people() || line.rpc.contains(".Session") || line.rpc.ends_with("ReadDirectory"));
        let journal = line.rpc.contains(".JournalService/");
        for member in SERVICES {
            let expected = between || journal || (for_people && member == own);
            assert_eq!(is_reached(member), expected, "{} by {member}", line.rpc);
        }
        assert_eq!(is_reached(GATEWAY), for_people || journal, "{}", line.rpc);
        assert_eq!(is_reached(MACHINE), for_people || journal, "{}", line.rpc);
        // Who says of nobody that they ask, asks for itself, or as whoever sits at the machine.
        for member in SERVICES.into_iter().chain([GATEWAY, MACHINE]) {
            let alone = line.admit_alone(|name| name == member, &instance());
            let alone = alone.map(|permit| permit.actor().clone());
            let expected = match line.is_asked_by_people() {
                true if member == MACHINE && line.is_for(Role::Operator) => Some(Actor::operator(&instance())),
                true => None,
                false if journal && member == GATEWAY => None,
                false => Some(Actor::service(&instance())),
            };
            assert_eq!(alone, expected, "{} by {member}", line.rpc);
        }
    }
    assert!(rule("/idesluss.identity.v1.SessionQueryService/GetSession").is_some());
}
