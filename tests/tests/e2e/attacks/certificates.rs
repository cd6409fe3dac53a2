//! Hole 6: certificates said no name, so that any of the authority's might call, and serve, as anything.

use idesluss_proto::pb::command::Role;
use idesluss_tests::{Apart, ForeignAnswer, ForeignCall, ForeignClient, ForeignTls, Plan, Someone};
use serde_json::json;
use std::time::{Duration, Instant};

const MINE: &str = "/idesluss.submission.v1.SubmissionQueryService/ListMyIdeas";
const EXPORT: &str = "/idesluss.submission.v1.SubmissionQueryService/ExportBrief";
const ORGANISATIONS: &str = "/idesluss.identity.v1.IdentityQueryService/ListOrganisations";
const HEAD: &str = "/idesluss.journal.v1.JournalService/GetHead";
const INSTANCE: &str = "fyrbodal-test";

fn reason(answer: &ForeignAnswer) -> &str {
    let reason = answer.details.iter().find_map(|detail| detail["reason"].as_str());
    reason.unwrap_or_default()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_certificate_says_whose_it_is_and_lets_nobody_do_what_is_anothers() {
    let apart = Apart::start(Plan::default()).await;
    let client = ForeignClient::start();
    let asks = async |tls: &ForeignTls, call: ForeignCall| {
        let call = ForeignCall {
            tls: Some(tls.clone()),
            seconds: 5.0,
            ..call
        };
        client.call(call).await
    };
    let submitter = Someone::who("uddevalla", Role::Submitter);
    let shown = apart.shown(&submitter).await.expect("signed in");
    let head = || ForeignCall::apart(&apart, "submission-1", HEAD, json!({}));
    let mine = || {
        let asked = ForeignCall::apart(&apart, "submission-1", MINE, json!({ "query": {} }));
        asked.by(shown.to("submission"))
    };
    let export = || {
        let about = json!({ "query": {}, "idea": uuid::Uuid::new_v4().to_string() });
        ForeignCall::apart(&apart, "submission-1", EXPORT, about)
    };

    // Of the same authority, and of nobody here: the database's, and another instance's.
    for strangers in [&[][..], &[("another", "gateway")]] {
        let (tls, _) = apart.certificate(strangers);
        let answer = asks(&tls, head()).await;
        assert_eq!(answer.code, "UNAVAILABLE", "{strangers:?}: {answer:?}");
    }
    assert!(apart.log("submission-1").contains("\"what\":\"stranger\""));

    let (sharing, _) = apart.certificate(&[(INSTANCE, "sharing")]);
    let (evaluation, _) = apart.certificate(&[(INSTANCE, "evaluation")]);
    let (gateway, lost) = apart.certificate(&[(INSTANCE, "gateway")]);
    // No service speaks for people, and nobody but services asks for what is between them.
    let answer = asks(&sharing, mine()).await;
    assert_eq!(
        (answer.code.as_str(), reason(&answer)),
        ("PERMISSION_DENIED", "WRONG_CALLER"),
        "{answer:?}"
    );
    let answer = asks(&gateway, export()).await;
    assert_eq!(
        (answer.code.as_str(), reason(&answer)),
        ("PERMISSION_DENIED", "WRONG_CALLER"),
        "{answer:?}"
    );
    // Those whose it is are let in.
    let answer = asks(&gateway, mine()).await;
    assert_eq!(answer.code, "OK", "{answer:?}");
    let answer = asks(&evaluation, export()).await;
    assert_eq!(
        (answer.code.as_str(), reason(&answer)),
        ("FAILED_PRECONDITION", "NO_BRIEF"),
        "{answer:?}"
    );

    // What is done at the machine is done with a certificate that names it, and with no other.
    let organisations = || ForeignCall::apart(&apart, "identity-1", ORGANISATIONS, json!({ "query": {} }));
    let (machine, _) = apart.certificate(&[(INSTANCE, "machine")]);
    assert_eq!(asks(&machine, organisations()).await.code, "OK");
    for other in [&gateway, &sharing] {
        let answer = asks(other, organisations()).await;
        assert_ne!(answer.code, "OK", "{answer:?}");
    }
    let answer = asks(&machine, export()).await;
    assert_eq!(
        (answer.code.as_str(), reason(&answer)),
        ("PERMISSION_DENIED", "WRONG_CALLER"),
        "{answer:?}"
    );

    // A certificate that was lost is taken no longer, within a minute.
    apart.revoke(&lost);
    let until = Instant::now() + Duration::from_secs(60);
    while asks(&gateway, mine()).await.code == "OK" {
        assert!(Instant::now() < until, "a revoked certificate is still taken");
        tokio::time::sleep(Duration::from_millis(500)).await;
    }
}
