//! Who holds a role: what identity has said, and nobody else. Whoever held one and holds it no more does nothing from then on.

use super::Before;
use idesluss_domain::words::{GrantId, PersonId, Role as Held};
use idesluss_proto::pb::command::Role;
use idesluss_proto::pb::journal::ReadRangeRequest;
use idesluss_proto::pb::journal::v1::journal_service_client::JournalServiceClient;
use idesluss_proto::status::Refusal;
use idesluss_tests::{ForeignAnswer, ForeignCall, ForeignClient, Instance, Someone, copy_folder, eventually, run};
use serde_json::{Value, json};
use tempfile::TempDir;
use uuid::Uuid;

const COMMANDS: &str = "/idesluss.identity.v1.IdentityCommandService";
const SUBMIT: &str = "/idesluss.submission.v1.SubmissionCommandService/SubmitIdea";

pub(super) fn administrator(organisation: &str) -> Someone {
    Someone::who(organisation, Role::Administrator)
}

/// A command of identity's about a role of somebody.
pub(super) async fn role(
    client: &ForeignClient,
    instance: &Instance,
    rpc: &str,
    by: &Someone,
    whose: &Someone,
    role: Role,
) -> ForeignAnswer {
    let request = json!({ "command": by.command_as_json(), "person": whose.person(), "role": role.as_str_name() });
    client
        .call_by(instance, by, "identity", &format!("{COMMANDS}/{rpc}"), request)
        .await
}

fn idea(somebody: &Someone) -> Value {
    json!({
        "command": somebody.command_as_json(), "idea": Uuid::new_v4().to_string(), "title": "Cykelpool",
        "problem": "Bilarna räcker inte.", "terms": "2026-1", "owner": "IDEA_OWNER_ORGANISATION",
    })
}

/// All lines of a service's journal.
pub(super) async fn lines(instance: &Instance, service: &str) -> Vec<Value> {
    let mut journal = JournalServiceClient::new(instance.server.channel(service));
    let mut range = journal
        .read_range(ReadRangeRequest::default())
        .await
        .expect("entries")
        .into_inner();
    let mut lines = Vec::new();
    while let Some(some) = range.message().await.expect("entries") {
        lines.extend(
            some.entries
                .iter()
                .map(|entry| serde_json::from_slice(&entry.line).expect("a line")),
        );
    }
    lines
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_grants_a_role_but_an_administrator_of_its_organisation_and_the_last_one_stays() {
    let (instance, client) = (Instance::start(), ForeignClient::start());
    let submitter = Someone::who("uddevalla", Role::Submitter);
    let before = Before::of(&instance).await;
    let (coordinator, operator) = (
        Someone::who("uddevalla", Role::Coordinator),
        Someone::who("uddevalla", Role::Operator),
    );
    // For herself, as anybody else; as whoever runs the machine; as an administrator that one is not.
    for by in [&coordinator, &submitter, &operator] {
        let granted = role(&client, &instance, "GrantRole", by, &submitter, Role::DecisionMaker).await;
        assert_eq!(
            (granted.code.as_str(), granted.reason()),
            ("PERMISSION_DENIED", "WRONG_ROLE"),
            "{granted:?}"
        );
        let claimed = by.claiming(Role::Administrator);
        let granted = role(
            &client,
            &instance,
            "GrantRole",
            &claimed,
            &submitter,
            Role::DecisionMaker,
        )
        .await;
        assert_eq!(granted.reason(), "ROLE_NOT_HELD", "{granted:?}");
    }
    let only = administrator("uddevalla");
    let revoked = role(&client, &instance, "RevokeRole", &only, &only, Role::Administrator).await;
    assert_eq!(revoked.reason(), "LAST_ADMINISTRATOR", "{revoked:?}");
    // Nobody stands in for somebody whom nobody knows, or who does not hold the role there: which of them it is, is not told.
    let neighbour = Someone::who("trollhattan", Role::Submitter).person();
    for away in [Uuid::new_v4().to_string(), neighbour] {
        let request = json!({
            "command": only.command_as_json(), "person": submitter.person(), "role": Role::Assessor.as_str_name(),
            "until": "2999-01-01", "substitute_for": away,
        });
        let rpc = format!("{COMMANDS}/GrantRole");
        let granted = client.call_by(&instance, &only, "identity", &rpc, request).await;
        assert_eq!(granted.reason(), "ABSENT_HOLDS_NO_SUCH_ROLE", "{granted:?}");
    }
    before.nothing_changed(&instance).await;
    // A neighbour's administrator gives roles of the neighbour, whoever it is that gets them.
    let neighbour = administrator("trollhattan");
    let granted = role(
        &client,
        &instance,
        "GrantRole",
        &neighbour,
        &submitter,
        Role::DecisionMaker,
    )
    .await;
    assert_eq!(granted.code, "OK", "{granted:?}");
    let claimed = submitter.claiming(Role::DecisionMaker);
    let to_decide = "/idesluss.evaluation.v1.EvaluationQueryService/ListToDecide";
    let listed = client
        .call_by(&instance, &claimed, "evaluation", to_decide, json!({ "query": {} }))
        .await;
    assert_eq!(listed.reason(), "ROLE_NOT_HELD", "{listed:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_role_that_was_taken_back_is_worth_nothing_in_any_service_and_no_event_follows_it() {
    let (instance, client) = (Instance::start(), ForeignClient::start());
    let submitter = Someone::who("uddevalla", Role::Submitter);
    // Signed in before, so that what is asserted of them holds longer than the role.
    let shown = instance.server.shown(&submitter).await.expect("signed in");
    let address = instance.server.addresses.of("submission");
    let submits = || ForeignCall::new(&address, SUBMIT, idea(&submitter)).by(shown.to("submission"));
    let first = client.call(submits()).await;
    assert_eq!(first.code, "OK", "{first:?}");
    // Ideas come in while the role is taken back.
    let mut flood = Vec::new();
    for _ in 0..4 {
        let (other, ideas) = (ForeignClient::start(), (0..60).map(|_| submits()).collect::<Vec<_>>());
        flood.push(tokio::spawn(async move {
            let mut codes = Vec::new();
            for idea in ideas {
                codes.push(other.call(idea).await.code);
            }
            codes
        }));
    }
    let revoked = role(
        &client,
        &instance,
        "RevokeRole",
        &administrator("uddevalla"),
        &submitter,
        Role::Submitter,
    )
    .await;
    assert_eq!(revoked.code, "OK", "{revoked:?}");
    let mut codes = Vec::new();
    for one in flood {
        codes.extend(one.await.expect("the client ends"));
    }
    assert!(codes.iter().any(|code| code == "PERMISSION_DENIED"), "{codes:?}");
    let person: PersonId = submitter.person().parse().expect("a pseudonym");
    let grant = GrantId::of(person, &"uddevalla".parse().expect("a short name"), Held::Submitter);
    eventually(|| async {
        let again = client.call(submits()).await;
        Ok((again.reason() == "ROLE_NOT_HELD").then_some(()))
    })
    .await;
    let written = lines(&instance, "submission").await;
    let subject = format!("grant/{grant}");
    let taken_back = written.iter().position(|line| {
        line["event"]["subject"] == subject.as_str() && line["event"]["type"] == "idesluss.identity.v1.RoleRevoked"
    });
    let taken_back = taken_back.expect("submission has heard of it");
    let by_it = |line: &&Value| line["event"]["grant"] == format!("grant:{grant}").as_str();
    assert!(written[..taken_back].iter().filter(by_it).count() >= 1);
    assert_eq!(
        written[taken_back..].iter().filter(by_it).count(),
        0,
        "somebody acted under it after that"
    );
    // Whatever somebody has acted as, and services, is told by every own event.
    let own = written
        .iter()
        .filter(|line| line.get("from").is_none() && line.get("event").is_some());
    for line in own {
        let told = line["event"]["grant"].as_str().unwrap_or_default();
        assert!(told.starts_with("grant:") || told == "service:submission", "{line}");
    }
    for (service, rpc) in [
        (
            "submission",
            "/idesluss.submission.v1.SubmissionQueryService/ListMyIdeas",
        ),
        ("sharing", "/idesluss.sharing.v1.SharingQueryService/ListSolutions"),
        (
            "evaluation",
            "/idesluss.evaluation.v1.EvaluationQueryService/ListCriteriaSets",
        ),
    ] {
        eventually(|| async {
            let asked = ForeignCall::new(&instance.server.addresses.of(service), rpc, json!({ "query": {} }));
            let told = client.call(asked.by(shown.to(service))).await;
            Ok((told.reason() == "ROLE_NOT_HELD").then_some(()))
        })
        .await;
    }
    let anew = instance
        .server
        .shown(&submitter)
        .await
        .expect_err("nobody is signed in");
    assert_eq!(Refusal::from(&anew).reason, "ROLE_NOT_HELD", "{anew:?}");
    // An auditor is told what submission knew before it heard of that, and after.
    let roles = |at: usize| {
        let (data, at, person) = (
            instance.folder.path().to_string_lossy(),
            format!("submission:{at}"),
            submitter.person(),
        );
        let asked = [
            "audit", "who", "--person", &person, "--at", &at, "--json", "--data", &data,
        ];
        let told = idesluss_tests::run(&asked).stdout;
        let told: Value = serde_json::from_slice(&told).expect("JSON");
        told["roles"].clone()
    };
    assert_eq!(roles(taken_back - 1)[0]["role"], "submitter");
    assert_eq!(roles(taken_back), json!([]));
    // Given again, it is worth the same as before.
    let granted = role(
        &client,
        &instance,
        "GrantRole",
        &administrator("uddevalla"),
        &submitter,
        Role::Submitter,
    )
    .await;
    assert_eq!(granted.code, "OK", "{granted:?}");
    eventually(|| async {
        let again = idea(&submitter);
        let again = client.call_by(&instance, &submitter, "submission", SUBMIT, again).await;
        Ok((again.code == "OK").then_some(()))
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn after_identity_was_restored_no_role_counts_until_an_administrator_has_gone_through_the_list() {
    let (backup, client) = (TempDir::new().expect("a folder"), ForeignClient::start());
    let (submitter, coordinator) = (
        Someone::who("uddevalla", Role::Submitter),
        Someone::who("uddevalla", Role::Coordinator),
    );
    let administrator = administrator("uddevalla");
    let folder = Instance::start().stop();
    copy_folder(folder.path(), backup.path());
    // Taken back after the backup.
    let instance = Instance::restart(folder);
    let revoked = role(
        &client,
        &instance,
        "RevokeRole",
        &administrator,
        &submitter,
        Role::Submitter,
    )
    .await;
    assert_eq!(revoked.code, "OK", "{revoked:?}");
    drop(instance.kill());

    let data = backup.path().to_string_lossy().into_owned();
    let restored = run(&["restored", "--reason", "hardware-lost", "--data", &data]);
    let said = String::from_utf8_lossy(&restored.stdout).into_owned();
    assert!(
        restored.status.success() && said.contains("role administrator"),
        "{restored:?}"
    );
    let instance = Instance::restart(backup);
    for somebody in [&submitter, &coordinator, &administrator] {
        let nobody = instance.server.shown(somebody).await.expect_err("no role counts");
        assert_eq!(Refusal::from(&nobody).reason, "ROLE_UNCONFIRMED", "{nobody:?}");
    }
    let named = run(&[
        "role",
        "administrator",
        "--organisation",
        "uddevalla",
        "--person",
        &administrator.person(),
        "--data",
        &data,
    ]);
    assert!(named.status.success(), "{named:?}");
    eventually(|| async { Ok(instance.server.shown(&administrator).await.ok()) }).await;
    // Nobody confirms in a role that waits itself.
    let confirm = |by: &Someone| json!({ "command": by.command_as_json() });
    let path = format!("{COMMANDS}/ConfirmRoles");
    let by_another = client
        .call_by(&instance, &coordinator, "identity", &path, confirm(&coordinator))
        .await;
    assert_eq!(by_another.reason(), "ROLE_UNCONFIRMED", "{by_another:?}");
    let revoked = role(
        &client,
        &instance,
        "RevokeRole",
        &administrator,
        &submitter,
        Role::Submitter,
    )
    .await;
    assert_eq!(revoked.code, "OK", "{revoked:?}");
    let confirmed = client
        .call_by(&instance, &administrator, "identity", &path, confirm(&administrator))
        .await;
    assert_eq!(confirmed.code, "OK", "{confirmed:?}");
    eventually(|| async { Ok(instance.server.shown(&coordinator).await.ok()) }).await;
    let nobody = instance.server.shown(&submitter).await.expect_err("it was taken back");
    assert_eq!(Refusal::from(&nobody).reason, "ROLE_NOT_HELD", "{nobody:?}");
    let neighbour = Someone::who("trollhattan", Role::Coordinator);
    let nobody = instance.server.shown(&neighbour).await.expect_err("theirs still waits");
    assert_eq!(Refusal::from(&nobody).reason, "ROLE_UNCONFIRMED", "{nobody:?}");
    // Work goes on in the other services.
    let order = coordinator.order(&Someone::who("uddevalla", Role::DecisionMaker));
    let adopted = instance
        .evaluation()
        .adopt_delegation_order(coordinator.says(order))
        .await;
    adopted.expect("adopted");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_neighbours_submitter_is_called_is_not_told() {
    let (instance, client) = (Instance::start(), ForeignClient::start());
    let auditor = Someone::who("trollhattan", Role::Auditor);
    let asks = json!({
        "query": {},
        "people": [
            Someone::who("uddevalla", Role::Submitter).person(),
            Someone::who("uddevalla", Role::DecisionMaker).person(),
            Someone::who("trollhattan", Role::Submitter).person(),
        ],
    });
    let names = "/idesluss.identity.v1.IdentityQueryService/GetNames";
    let neighbour = Someone::who("uddevalla", Role::Submitter);
    let is_not_named = async || {
        let told = client
            .call_by(&instance, &auditor, "identity", names, asks.clone())
            .await;
        assert_eq!(told.code, "OK", "{told:?}");
        let named = told.responses[0]["names"].as_array().expect("names");
        let people: Vec<&str> = named.iter().filter_map(|name| name["person"].as_str()).collect();
        assert_eq!(people.len(), 2, "{named:?}");
        assert!(!people.contains(&&*neighbour.person()));
    };
    is_not_named().await;
    // Nor once another organisation has given them a role: they act for nobody else to see by their own's leave.
    let administrator = administrator("trollhattan");
    for rpc in ["GrantRole", "RevokeRole"] {
        let done = role(&client, &instance, rpc, &administrator, &neighbour, Role::Assessor).await;
        assert_eq!(done.code, "OK", "{done:?}");
        is_not_named().await;
    }
    let asked = json!({ "query": {}, "person": neighbour.person() });
    let page = "/idesluss.identity.v1.IdentityQueryService/GetPerson";
    let told = client.call_by(&instance, &administrator, "identity", page, asked).await;
    assert_eq!(told.code, "OK", "{told:?}");
    assert!(told.responses[0]["person"]["name"].is_null(), "{told:?}");
}
