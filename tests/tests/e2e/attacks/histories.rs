//! Random histories of roles that come and go while their holders work: no command stands under a role that its journal shows taken back, and the
//! verifier says of every journal what a model of a few lines says.

use super::grants::lines;
use idesluss_proto::pb::command::Role;
use idesluss_proto::pb::evaluation as ev;
use idesluss_proto::pb::identity as pb;
use idesluss_proto::pb::identity::identity_command_service_client::IdentityCommandServiceClient;
use idesluss_proto::status::Refusal;
use idesluss_tests::{Dice, Instance, Someone, Way, Ways, run};
use serde_json::Value;
use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;
use tempfile::TempDir;
use tonic::Status;

const HOME: &str = "uddevalla";
/// Whose roles come and go.
const ROLES: [Role; 3] = [Role::Submitter, Role::Coordinator, Role::Administrator];
/// How often one of them does.
const CHANGES: u64 = 150;

/// The role is not held, or not any more; or the last administrator stays, or the session is over with the role. Anything else is a fault.
fn may_pass(status: &Status) {
    let reason = Refusal::from(status).reason;
    let passes = [
        "ROLE_NOT_HELD",
        "LAST_ADMINISTRATOR",
        "SESSION_ENDED",
        "STALE",
        "CONFLICT",
    ];
    assert!(passes.contains(&reason.as_str()), "{reason}: {status:?}");
}

/// Gives and takes roles, as the administrator who stays and as the one whose role comes and goes.
async fn change_roles(identity: Way, seed: u64) {
    let mut dice = Dice(seed);
    let stays = Someone::who(HOME, Role::Administrator);
    let substitute = Someone::who(HOME, Role::Submitter).claiming(Role::Administrator);
    let mut client = IdentityCommandServiceClient::new(identity);
    for _ in 0..CHANGES {
        let by = if dice.roll(4) == 0 { &substitute } else { &stays };
        let role = ROLES[usize::try_from(dice.roll(3)).expect("small")];
        let whose = match role {
            Role::Administrator => &substitute,
            Role::Coordinator => &Someone::who(HOME, Role::Coordinator),
            _ => &Someone::who(HOME, Role::Submitter),
        };
        let changed = if dice.roll(2) == 0 {
            let revoke = pb::RevokeRoleRequest {
                command: by.command(),
                person: whose.person(),
                role: role.into(),
            };
            client.revoke_role(by.says(revoke)).await.map(drop)
        } else {
            let grant = pb::GrantRoleRequest {
                command: by.command(),
                person: whose.person(),
                role: role.into(),
                ..pb::GrantRoleRequest::default()
            };
            client.grant_role(by.says(grant)).await.map(drop)
        };
        changed.unwrap_or_else(|status| may_pass(&status));
        tokio::time::sleep(Duration::from_millis(dice.roll(40))).await;
    }
}

/// Works until there is nothing more to come. Returns how often it was let do so, and how often not.
async fn work<F>(done: Arc<AtomicBool>, act: impl Fn() -> F) -> (usize, usize)
where
    F: Future<Output = Result<(), Status>>,
{
    let (mut did, mut refused) = (0, 0);
    while !done.load(Ordering::SeqCst) {
        match act().await {
            Ok(()) => did += 1,
            Err(status) => {
                may_pass(&status);
                refused += 1;
            }
        }
    }
    (did, refused)
}

/// Which of a journal's own entries stand under a role that was not held before them in that very journal, and how many under one that was.
fn judged(lines: &[Value]) -> (Vec<&Value>, usize) {
    let mut held: BTreeMap<&str, bool> = BTreeMap::new();
    let (mut wrong, mut right) = (Vec::new(), 0);
    let mut before = &Value::Null;
    for line in lines {
        let event = &line["event"];
        let told = event["grant"].as_str().unwrap_or_default();
        if let Some(grant) = told.strip_prefix("grant:").filter(|_| line.get("from").is_none()) {
            // What one command writes stands on what stood before it: somebody may take back the role in which they act.
            let goes_on = event["commandid"] == before["commandid"] && event["grant"] == before["grant"];
            match held.get(grant) {
                Some(true) => right += 1,
                _ if goes_on => {}
                _ => wrong.push(line),
            }
        }
        before = event;
        if let Some(grant) = event["subject"]
            .as_str()
            .and_then(|subject| subject.strip_prefix("grant/"))
        {
            held.insert(grant, event["type"] == "idesluss.identity.v1.RoleGranted");
        }
    }
    (wrong, right)
}

#[tokio::test(flavor = "multi_thread")]
async fn whatever_comes_between_a_role_and_its_holder_no_journal_shows_a_command_under_one_that_it_saw_taken_back() {
    let instance = Instance::start();
    let home = TempDir::new().expect("a folder");
    let place = |name: &str| home.path().join(name).to_string_lossy().into_owned();
    let data = instance.folder.path().to_string_lossy().into_owned();
    std::fs::write(place("policy"), run(&["audit", "keys", "--data", &data]).stdout).expect("written");

    let done = Arc::new(AtomicBool::new(false));
    let mut tasks = tokio::task::JoinSet::new();
    for _ in 0..2 {
        let (ways, done) = (Ways::clone(&instance), done.clone());
        let submitter = Someone::who(HOME, Role::Submitter);
        tasks.spawn(work(done, move || {
            let (ways, submitter) = (ways.clone(), submitter.clone());
            async move { ways.submit(submitter.says(submitter.idea())).await.map(drop) }
        }));
    }
    let ways = Ways::clone(&instance);
    // Adopted as it stands in force, nothing would come of it.
    let number = Arc::new(AtomicUsize::new(0));
    let (coordinator, decider) = (
        Someone::who(HOME, Role::Coordinator),
        Someone::who(HOME, Role::DecisionMaker),
    );
    tasks.spawn(work(done.clone(), move || {
        let paragraph = format!("§ {}", number.fetch_add(1, Ordering::SeqCst) + 1);
        let (ways, coordinator, decider) = (ways.clone(), coordinator.clone(), decider.clone());
        async move {
            let order = ev::AdoptDelegationOrderRequest {
                paragraph,
                ..coordinator.order(&decider)
            };
            ways.evaluation()
                .adopt_delegation_order(coordinator.says(order))
                .await
                .map(drop)
        }
    }));
    change_roles(instance.server.way("identity"), 2_026).await;
    done.store(true, Ordering::SeqCst);
    let (mut did, mut refused) = (0, 0);
    while let Some(task) = tasks.join_next().await {
        let (one_did, one_refused) = task.expect("nobody panics");
        did += one_did;
        refused += one_refused;
    }
    assert!(
        did > 20 && refused > 20,
        "{did} done, {refused} refused: too little to tell"
    );

    for service in ["submission", "evaluation", "identity"] {
        let lines = lines(&instance, service).await;
        let (wrong, right) = judged(&lines);
        assert!(wrong.is_empty(), "{service}: {wrong:#?}");
        assert!(right > 5, "{service}: {right}");
    }
    // The verifier finds nothing either.
    let (bundle, policy) = (place("bundle"), place("policy"));
    let exported = run(&["audit", "export", "--quiet", "--data", &data, "--out", &bundle]);
    assert!(exported.status.success(), "{exported:?}");
    let verified = run(&["audit", "verify", &bundle, "--policy", &policy, "--quiet"]);
    assert!(verified.status.success(), "{verified:?}");
}
