//! Holes 1, 7 and 14: who asks was said in a request, and believed. Now identity asserts it, for one service, for whoever shows it, for five minutes.

use super::Before;
use crate::demo::who;
use idesluss_domain::SERVICES;
use idesluss_domain::words::Role as Held;
use idesluss_proto::pb::command::Role;
use idesluss_tests::{
    Apart, ForeignAnswer, ForeignCall, ForeignClient, Instance, Plan, Server, Someone, copy_folder, eventually,
};
use serde_json::{Value, json};
use tempfile::TempDir;
use tonic::metadata::BinaryMetadataValue;
use uuid::Uuid;

const SUBMIT: &str = "/idesluss.submission.v1.SubmissionCommandService/SubmitIdea";
const MINE: &str = "/idesluss.submission.v1.SubmissionQueryService/ListMyIdeas";
const STATE: &str = "/idesluss.audit.v1.AuditService/GetInstanceState";
const SESSION: &str = "/idesluss.identity.v1.SessionQueryService/GetSession";
const BEGIN: &str = "/idesluss.identity.v1.SessionCommandService/BeginSession";
const END: &str = "/idesluss.identity.v1.SessionCommandService/EndSession";
const JOURNAL: &str = "/idesluss.journal.v1.JournalService";
const INSTANCE: &str = "fyrbodal-test";

fn idea(command: Uuid) -> Value {
    json!({
        "command": { "command_id": command.to_string() }, "idea": Uuid::new_v4().to_string(), "title": "Cykelpool",
        "problem": "Bilarna räcker inte.", "terms": "2026-1", "owner": "IDEA_OWNER_ORGANISATION",
    })
}

fn said(answer: &ForeignAnswer) -> (&str, &str) {
    (answer.code.as_str(), answer.reason())
}

fn submitter() -> Someone {
    Someone::who("uddevalla", Role::Submitter)
}

/// The bytes of an assertion with one of them changed.
fn altered(value: &BinaryMetadataValue, place: usize) -> BinaryMetadataValue {
    let mut bytes = value.to_bytes().expect("bytes").to_vec();
    let place = place % bytes.len();
    bytes[place] ^= 0x40;
    BinaryMetadataValue::from_bytes(&bytes)
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_acts_without_what_identity_has_signed_for_this_service() {
    let (instance, other, client) = (Instance::start(), Instance::start(), ForeignClient::start());
    let maria = submitter();
    let shown = instance.server.shown(&maria).await.expect("signed in");
    let elsewhere = other.server.shown(&maria).await.expect("signed in there");
    let address = instance.server.addresses.of("submission");
    let call = || ForeignCall::new(&address, SUBMIT, idea(Uuid::new_v4()));
    let before = Before::of(&instance).await;

    let answer = client.call(call()).await;
    assert_eq!(said(&answer), ("UNAUTHENTICATED", "NO_ASSERTION"), "{answer:?}");
    let own = shown.to("submission");
    // Two are nobody's: it is not chosen which is believed, nor is it taken for a request in nobody's name.
    let answer = client.call(call().by(own).by(own)).await;
    assert_eq!(said(&answer), ("UNAUTHENTICATED", "NOT_ASSERTED"), "{answer:?}");
    let mut wrong = vec![
        ("nothing", BinaryMetadataValue::from_bytes(b"")),
        ("noise", BinaryMetadataValue::from_bytes(&[0xff; 40])),
        ("of another service", shown.to("evaluation").clone()),
        ("of another instance", elsewhere.to("submission").clone()),
    ];
    wrong.extend((0..12).map(|step| ("altered", altered(own, step * 17))));
    for (what, value) in &wrong {
        let answer = client.call(call().by(value)).await;
        // Where the number of the key was hit, it may be one that is still to come.
        let later = *what == "altered" && said(&answer) == ("UNAVAILABLE", "STALE");
        assert!(
            later || said(&answer) == ("UNAUTHENTICATED", "NOT_ASSERTED"),
            "{what}: {answer:?}"
        );
    }
    before.nothing_changed(&instance).await;
    let counted = before
        .counted(&instance, "idesluss_refusals_total{what=\"NOT_ASSERTED\"}")
        .await;
    assert!(counted >= 15.0, "{counted}");
    let line = before.log(&instance, "refused");
    assert!(line.iter().any(|line| line.contains("NO_ASSERTION")), "{line:?}");
    assert!(line.iter().all(|line| !line.contains("Cykelpool")), "{line:?}");

    // Believed, it is of nobody else and of no other role: the same command of another is another command.
    let id = Uuid::new_v4();
    let request = idea(id);
    let first = client
        .call(ForeignCall::new(&address, SUBMIT, request.clone()).by(own))
        .await;
    assert_eq!(first.code, "OK", "{first:?}");
    let again = client
        .call(ForeignCall::new(&address, SUBMIT, request.clone()).by(own))
        .await;
    assert_eq!((again.code.as_str(), &again.responses), ("OK", &first.responses));
    let second = instance
        .server
        .shown(&Someone::second("uddevalla", Role::Submitter))
        .await;
    let second = second.expect("signed in");
    let stolen = client
        .call(ForeignCall::new(&address, SUBMIT, request).by(second.to("submission")))
        .await;
    assert_eq!(said(&stolen), ("ALREADY_EXISTS", "COMMAND_REUSED"), "{stolen:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_assertion_holds_for_five_minutes_and_not_before() {
    let (data, client) = (TempDir::new().expect("a folder"), ForeignClient::start());
    let asks = async |server: &Server, shown: &BinaryMetadataValue| {
        let address = server.addresses.of("submission");
        client.call(ForeignCall::new(&address, MINE, json!({})).by(shown)).await
    };
    let now = Server::start(data.path(), &["--demo"]);
    let maria = who(&data, "uddevalla", Held::Submitter, Role::Submitter);
    let today = now.shown(&maria).await.expect("signed in");
    let today = today.to("submission");
    let answer = asks(&now, today).await;
    assert_eq!(answer.code, "OK", "{answer:?}");
    assert!(now.stop().success());
    // As it was: a journal takes nothing that is before what it holds.
    let copy = TempDir::new().expect("a folder");
    copy_folder(data.path(), copy.path());
    let ahead = Server::start(data.path(), &["--demo", "--days-ahead", "1"]);
    let answer = asks(&ahead, today).await;
    assert_eq!(said(&answer), ("UNAUTHENTICATED", "ASSERTION_EXPIRED"), "{answer:?}");
    let tomorrow = ahead.shown(&maria).await.expect("signed in");
    let tomorrow = tomorrow.to("submission").clone();
    let answer = asks(&ahead, &tomorrow).await;
    assert_eq!(answer.code, "OK", "{answer:?}");
    assert!(ahead.stop().success());
    let back = Server::start(copy.path(), &["--demo"]);
    let answer = asks(&back, &tomorrow).await;
    assert_eq!(said(&answer), ("UNAUTHENTICATED", "CLOCK_SKEW"), "{answer:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_that_was_ended_is_worth_nothing_anywhere() {
    let (instance, client) = (Instance::start(), ForeignClient::start());
    let auditor = Someone::who("uddevalla", Role::Auditor);
    let shown = instance.server.shown(&auditor).await.expect("signed in");
    let asks = async |service: &str| {
        let address = instance.server.addresses.of(service);
        client
            .call(ForeignCall::new(&address, STATE, json!({})).by(shown.to(service)))
            .await
    };
    let identity = instance.server.addresses.of("identity");
    let secret = json!({ "secret": base64(&shown.secret) });
    let of_session = async |rpc: &str, request: Value| client.call(ForeignCall::new(&identity, rpc, request)).await;
    for service in SERVICES {
        let answer = asks(service).await;
        assert_eq!(answer.code, "OK", "{service}: {answer:?}");
    }
    let ended = of_session(END, secret.clone()).await;
    assert_eq!(ended.code, "OK", "{ended:?}");
    for service in SERVICES {
        eventually(|| {
            let answer = asks(service);
            async move { Ok((said(&answer.await) == ("UNAUTHENTICATED", "SESSION_ENDED")).then_some(())) }
        })
        .await;
    }
    let answer = of_session(SESSION, secret.clone()).await;
    assert_eq!(said(&answer), ("UNAUTHENTICATED", "SESSION_ENDED"), "{answer:?}");
    let again = json!({ "actor": auditor_json(&auditor), "replaces": secret["secret"] });
    let answer = of_session(BEGIN, again).await;
    assert_eq!(said(&answer), ("UNAUTHENTICATED", "SESSION_ENDED"), "{answer:?}");
    // Nor after a restart, whatever was kept beside the journal.
    let folder = instance.kill();
    let instance = Instance::restart(folder);
    let address = instance.server.addresses.of("sharing");
    let answer = client
        .call(ForeignCall::new(&address, STATE, json!({})).by(shown.to("sharing")))
        .await;
    assert_eq!(said(&answer), ("UNAUTHENTICATED", "SESSION_ENDED"), "{answer:?}");
}

fn auditor_json(who: &Someone) -> Value {
    json!({ "person": who.person(), "organisation": "uddevalla", "role": "ROLE_AUDITOR" })
}

fn base64(bytes: &[u8]) -> String {
    let value = BinaryMetadataValue::from_bytes(bytes);
    String::from_utf8(value.as_encoded_bytes().to_vec()).expect("letters")
}

#[tokio::test(flavor = "multi_thread")]
async fn the_journal_is_read_by_services_and_auditors_alone() {
    let (apart, client) = (Apart::start(Plan::default()).await, ForeignClient::start());
    let (gateway, _) = apart.certificate(&[(INSTANCE, "gateway")]);
    let (evaluation, _) = apart.certificate(&[(INSTANCE, "evaluation")]);
    let (submission, _) = apart.certificate(&[(INSTANCE, "submission")]);
    let auditor = apart
        .shown(&Someone::who("uddevalla", Role::Auditor))
        .await
        .expect("signed in");
    let coordinator = apart.shown(&Someone::who("uddevalla", Role::Coordinator)).await;
    let coordinator = coordinator.expect("signed in");
    for (rpc, request) in [
        ("GetHead", json!({})),
        ("GetTile", json!({ "level": 0, "number": 0 })),
        ("ReadRange", json!({ "from": 0, "to": 2 })),
        ("PullGap", json!({ "source": "/fyrbodal-test/submission/house" })),
    ] {
        let method = format!("{JOURNAL}/{rpc}");
        let call = |tls: &idesluss_tests::ForeignTls| ForeignCall {
            tls: Some(tls.clone()),
            ..ForeignCall::apart(&apart, "submission-1", &method, request.clone())
        };
        let answer = client.call(call(&gateway)).await;
        assert_eq!(said(&answer), ("UNAUTHENTICATED", "NO_ASSERTION"), "{rpc}: {answer:?}");
        let answer = client.call(call(&gateway).by(coordinator.to("submission"))).await;
        assert_eq!(said(&answer), ("PERMISSION_DENIED", "WRONG_ROLE"), "{rpc}: {answer:?}");
        // What was asserted for the gateway to show is nothing in another's hands.
        let answer = client.call(call(&evaluation).by(auditor.to("submission"))).await;
        assert_eq!(said(&answer), ("UNAUTHENTICATED", "NOT_ASSERTED"), "{rpc}: {answer:?}");
        for (who, call) in [
            ("an auditor", call(&gateway).by(auditor.to("submission"))),
            ("a service", call(&evaluation)),
            (
                "a replica that hands it on",
                call(&submission).by(auditor.to("submission")),
            ),
        ] {
            let answer = client.call(call).await;
            assert_eq!(answer.code, "OK", "{rpc} by {who}: {answer:?}");
        }
    }
}
