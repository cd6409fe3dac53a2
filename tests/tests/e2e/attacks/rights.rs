//! Every rpc as every role, from the table of rights: who has no line hears so before anything else, and nothing is changed.

use super::Before;
use idesluss_access::{Callers, table};
use idesluss_domain::words::Role as Held;
use idesluss_proto::pb::command::Role;
use idesluss_tests::{ForeignClient, Instance, Someone};
use serde_json::{Value, json};

/// A request with nothing in it but who sends it.
fn bare(rpc: &str, callers: Callers, somebody: &Someone) -> Value {
    let command = || json!({ "command": somebody.command_as_json() });
    match callers {
        // Files come in parts; who sends one stands in the first.
        Callers::Act(_) if rpc.ends_with("/AttachFile") => json!([{ "about": command() }]),
        Callers::Act(_) => command(),
        Callers::Read(_) | Callers::Services | Callers::Gateway => json!({ "query": { "actor": somebody.as_json() } }),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_rpc_lets_in_the_roles_that_the_table_names_and_nobody_else() {
    let instance = Instance::start();
    let client = ForeignClient::start();
    let before = Before::of(&instance).await;
    let mut refused = 0;
    for rule in table() {
        let service = rule.rpc["/idesluss.".len()..].split('.').next().expect("a package");
        // Every service answers auditors.
        let service = if service == "audit" { "submission" } else { service };
        for held in Held::ALL.into_iter().filter(|role| *role != Held::Service) {
            let somebody = Someone::who("uddevalla", Role::from(held));
            let request = bare(rule.rpc, rule.callers, &somebody);
            let answer = client.call_to(&instance, service, rule.rpc, request).await;
            let reason = answer.details.iter().find_map(|detail| detail["reason"].as_str());
            let denied = answer.code == "PERMISSION_DENIED" && reason == Some("WRONG_ROLE");
            assert_eq!(denied, !rule.is_for(held), "{} as {held}: {answer:?}", rule.rpc);
            // A role that nobody gave is no role, whatever it might do.
            let elsewhere = Someone::who("trollhattan", Role::Submitter).claiming(Role::from(held));
            let request = bare(rule.rpc, rule.callers, &elsewhere);
            let claimed = client.call_to(&instance, service, rule.rpc, request).await;
            let reason = claimed.details.iter().find_map(|detail| detail["reason"].as_str());
            if held != Held::Submitter {
                assert_eq!(reason, Some("ROLE_NOT_HELD"), "{} as {held}: {claimed:?}", rule.rpc);
            }
            refused += usize::from(denied);
        }
    }
    assert!(refused > 500, "{refused}");
    before.nothing_changed(&instance).await;
}
