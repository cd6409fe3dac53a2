//! The sample region: whole, in every state, and the same every time.

use idesluss_domain::words::{PersonId, Role as HeldRole};
use idesluss_proto::pb::command::Role;
use idesluss_proto::pb::{evaluation as ev, sharing as sh, submission as sub};
use idesluss_tests::{Server, Someone, run};
use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet};
use tempfile::TempDir;

#[derive(Deserialize)]
struct Directory {
    person: Vec<Person>,
}

#[derive(Deserialize)]
struct Person {
    id: PersonId,
    roles: Vec<Held>,
}

#[derive(Deserialize)]
struct Held {
    organisation: String,
    role: HeldRole,
}

const HOMES: [&str; 6] = [
    "uddevalla",
    "trollhattan",
    "vanersborg",
    "fyrbodal",
    "innovatum",
    "entreprenorsarenan",
];

/// Somebody of the region in a role.
pub(crate) fn who(data: &TempDir, home: &str, held: HeldRole, role: Role) -> Someone {
    let text = std::fs::read_to_string(data.path().join("instance.toml")).expect("a directory");
    let directory: Directory = toml::from_str(&text).expect("a directory");
    let found = directory.person.iter().find(|person| {
        let mut roles = person.roles.iter();
        roles.any(|had| had.organisation == home && had.role == held)
    });
    Someone::of(found.expect("somebody").id.to_string(), home, role)
}

/// Every idea with its phase, and which phases there are.
async fn ideas(server: &Server, data: &TempDir) -> BTreeMap<String, sub::Phase> {
    let way = server.way("submission");
    let mut client = sub::submission_query_service_client::SubmissionQueryServiceClient::new(way);
    let mut found = BTreeMap::new();
    for home in HOMES {
        let coordinator = who(data, home, HeldRole::Coordinator, Role::Coordinator);
        let request = sub::ListInboxRequest {
            query: coordinator.asks(),
            page_size: 200,
            ..sub::ListInboxRequest::default()
        };
        let inbox = client
            .list_inbox(coordinator.says(request))
            .await
            .expect("an inbox")
            .into_inner();
        found.extend(inbox.ideas.iter().map(|row| (row.idea.clone(), row.phase())));
    }
    found
}

#[tokio::test(flavor = "multi_thread")]
async fn the_sample_region_has_ideas_in_every_state_and_is_the_same_every_time() {
    let folders = [TempDir::new().expect("a folder"), TempDir::new().expect("a folder")];
    let servers = [
        Server::start(folders[0].path(), &["--demo"]),
        Server::start(folders[1].path(), &["--demo"]),
    ];
    // What a neighbour received has an id that nobody can work out who does not hold the installation's keys.
    let submitted_and_received = async |number: usize| {
        let all = ideas(&servers[number], &folders[number]).await.into_keys();
        let is_chosen = |idea: &String| idea.parse::<uuid::Uuid>().expect("a UUID").get_version_num() == 5;
        all.partition::<BTreeSet<_>, _>(is_chosen)
    };
    let (submitted, received) = submitted_and_received(0).await;
    let (again, elsewhere) = submitted_and_received(1).await;
    assert!(submitted.len() + received.len() >= 41, "{submitted:?} {received:?}");
    assert_eq!((&submitted, received.len()), (&again, elsewhere.len()));
    assert!(!received.is_empty() && received.is_disjoint(&elsewhere), "{received:?}");

    use sub::Phase as P;
    let every = [
        P::Submitted,
        P::NeedsClarification,
        P::Accepted,
        P::InEvaluation,
        P::Decided,
        P::AtHome,
        P::Referred,
        P::Declined,
        P::Duplicate,
        P::Superseded,
        P::Parked,
        P::Withdrawn,
        P::Closed,
    ];
    // Accepted lasts only until the evaluation has opened.
    let every: BTreeSet<_> = every.into_iter().filter(|phase| *phase != P::Accepted).collect();
    let deadline = std::time::Instant::now() + std::time::Duration::from_secs(20);
    loop {
        let seen: BTreeSet<_> = ideas(&servers[0], &folders[0]).await.into_values().collect();
        if every.is_subset(&seen) {
            break;
        }
        assert!(
            std::time::Instant::now() < deadline,
            "not every state is there: {seen:?}"
        );
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }

    let way = servers[0].way("evaluation");
    let mut evaluations = ev::evaluation_query_service_client::EvaluationQueryServiceClient::new(way);
    let auditor = who(&folders[0], "uddevalla", HeldRole::Auditor, Role::Auditor);
    let request = ev::ListEvaluationsRequest {
        query: auditor.asks(),
        page_size: 200,
        ..ev::ListEvaluationsRequest::default()
    };
    let listed = evaluations
        .list_evaluations(auditor.says(request))
        .await
        .expect("evaluations")
        .into_inner();
    let phases: BTreeSet<_> = listed.items.iter().map(ev::EvaluationSummary::phase).collect();
    assert!(phases.len() >= 3, "{phases:?}");
    assert!(
        listed
            .items
            .iter()
            .any(|item| item.gate() == ev::Gate::Rollout && item.outcome() == ev::Outcome::Advance)
    );

    // Whatever a list is narrowed down to, its total is of that.
    let whole = listed.items;
    for phase in [0].into_iter().chain(whole.iter().map(|item| item.phase)) {
        for gate in [0].into_iter().chain(whole.iter().map(|item| item.gate)) {
            let request = ev::ListEvaluationsRequest {
                query: auditor.asks(),
                phase,
                gate,
                page_size: 1,
                ..ev::ListEvaluationsRequest::default()
            };
            let narrowed = evaluations.list_evaluations(auditor.says(request)).await;
            let is_wanted =
                |item: &&ev::EvaluationSummary| [0, item.phase].contains(&phase) && [0, item.gate].contains(&gate);
            let expected = whole.iter().filter(is_wanted).count() as u64;
            assert_eq!(narrowed.expect("a list").into_inner().total, expected, "{phase} {gate}");
        }
    }

    let way = servers[0].way("sharing");
    let mut solutions = sh::sharing_query_service_client::SharingQueryServiceClient::new(way);
    let adopter = who(&folders[0], "vanersborg", HeldRole::Adopter, Role::Adopter);
    let request = sh::ListBenefitsRequest {
        query: adopter.asks(),
        ..sh::ListBenefitsRequest::default()
    };
    let benefits = solutions
        .list_benefits(adopter.says(request))
        .await
        .expect("benefits")
        .into_inner();
    assert_eq!(benefits.total, 4);
    let classes: BTreeSet<_> = benefits
        .benefits
        .iter()
        .filter_map(|measured| Some(measured.benefit.as_ref()?.class))
        .collect();
    assert_eq!(classes.len(), 3, "money, time and quality");
    assert!(benefits.benefits.iter().any(|measured| {
        measured
            .benefit
            .as_ref()
            .is_some_and(|benefit| benefit.baseline.is_none())
    }));

    // Started again, nothing is played twice.
    let [one, _] = servers;
    let [folder, _other] = folders;
    assert!(one.stop().success());
    let again = Server::start(folder.path(), &["--demo"]);
    let played: BTreeSet<_> = submitted.into_iter().chain(received).collect();
    assert_eq!(
        ideas(&again, &folder).await.into_keys().collect::<BTreeSet<_>>(),
        played
    );
    assert!(again.stop().success());
    // In the end, too, what the views keep is what it follows from.
    let checked = run(&["doctor", "--data", &folder.path().to_string_lossy()]);
    assert!(checked.status.success(), "{}", String::from_utf8_lossy(&checked.stdout));
}

#[test]
fn a_folder_of_another_instance_is_not_mixed_with_the_sample_region() {
    let folder = TempDir::new().expect("a folder");
    idesluss_tests::write_region(folder.path());
    let (status, said) = Server::try_start(folder.path(), &["--demo"]).expect_err("another instance");
    assert!(!status.success() && said.contains("holds another instance"), "{said}");
}
