//! Every rpc as every role, and in nobody's name, from the table of rights: who has no line hears so before anything else, and nothing is changed.

use super::Before;
use idesluss_access::{Rule, table};
use idesluss_domain::MACHINE;
use idesluss_domain::words::Role as Held;
use idesluss_proto::pb::command::Role;
use idesluss_proto::status::Refusal;
use idesluss_tests::{ForeignAnswer, ForeignCall, ForeignClient, Instance, Someone};
use serde_json::json;

/// What whoever is kept out hears, with the status of each.
const KEPT_OUT: [(&str, &str); 7] = [
    ("WRONG_CALLER", "PERMISSION_DENIED"),
    ("WRONG_ROLE", "PERMISSION_DENIED"),
    ("ROLE_NOT_HELD", "PERMISSION_DENIED"),
    ("NO_ASSERTION", "UNAUTHENTICATED"),
    ("NOT_ASSERTED", "UNAUTHENTICATED"),
    ("ASSERTION_EXPIRED", "UNAUTHENTICATED"),
    ("CLOCK_SKEW", "UNAUTHENTICATED"),
];

/// Why somebody was kept out; None: whatever else is wrong, they were let in.
fn kept_out(answer: &ForeignAnswer) -> Option<&'static str> {
    let (reason, code) = KEPT_OUT.into_iter().find(|(reason, _)| *reason == answer.reason())?;
    assert_eq!(answer.code, code, "{answer:?}");
    Some(reason)
}

/// The service that is asked: every one answers auditors, and whoever reads its journal.
fn service(rpc: &str) -> &str {
    let package = rpc["/idesluss.".len()..].split('.').next().expect("a package");
    match package {
        "audit" | "journal" => "submission",
        service => service,
    }
}

/// Why a rule keeps somebody out who asks in a role that they hold, at the machine; None: it lets them in.
fn keeps_out(rule: &Rule, held: Held) -> Option<&'static str> {
    if !is_reached(rule) {
        Some("WRONG_CALLER")
    } else {
        (!rule.is_for_people(held)).then_some("WRONG_ROLE")
    }
}

/// The same of whoever does not say who asks: they run the machine, or ask for the gateway or a journal.
fn keeps_nobody_out(rule: &Rule) -> Option<&'static str> {
    if !is_reached(rule) {
        Some("WRONG_CALLER")
    } else {
        (rule.is_asked_by_people() && !rule.is_for(Held::Operator)).then_some("NO_ASSERTION")
    }
}

fn is_reached(rule: &Rule) -> bool {
    rule.is_reached(service(rule.rpc), |member| member == MACHINE)
}

#[tokio::test(flavor = "multi_thread")]
async fn every_rpc_lets_in_the_roles_that_the_table_names_and_nobody_else() {
    let instance = Instance::start();
    let client = ForeignClient::start();
    let before = Before::of(&instance).await;
    let mut people = Vec::new();
    for held in Held::of_people() {
        let somebody = Someone::who("uddevalla", Role::from(held));
        let shown = instance.server.shown(&somebody).await;
        people.push((held, shown.unwrap_or_else(|refused| panic!("{held}: {refused:?}"))));
    }
    let mut refused = 0;
    for rule in table() {
        let service = service(rule.rpc);
        let address = instance.server.addresses.of(service);
        // With nothing in it: whoever is let in may hear that. Files come in parts, and who follows a journal waits for ever.
        let bare = || ForeignCall {
            seconds: 3.0,
            ..ForeignCall::new(
                &address,
                rule.rpc,
                if rule.rpc.ends_with("/AttachFile") {
                    json!([{}])
                } else {
                    json!({})
                },
            )
        };
        for (held, shown) in &people {
            let answer = client.call(bare().by(shown.to(service))).await;
            let why = kept_out(&answer);
            assert_eq!(why, keeps_out(rule, *held), "{} as {held}: {answer:?}", rule.rpc);
            refused += usize::from(why.is_some());
        }
        let answer = client.call(bare()).await;
        let why = kept_out(&answer);
        assert_eq!(why, keeps_nobody_out(rule), "{} as nobody: {answer:?}", rule.rpc);
    }
    assert!(refused > 500, "{refused}");
    // A role that nobody gave is no role, whatever it might do: it can't even be claimed.
    let submitter = Someone::who("trollhattan", Role::Submitter);
    for claimed in Held::of_people().filter(|role| *role != Held::Submitter) {
        let claimed = submitter.claiming(Role::from(claimed));
        let refused = instance.server.shown(&claimed).await.expect_err("it was not given");
        assert_eq!(Refusal::from(&refused).reason, "ROLE_NOT_HELD", "{refused:?}");
    }
    before.nothing_changed(&instance).await;
}
