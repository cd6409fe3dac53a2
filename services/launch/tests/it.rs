//! A service that is only declared, on PostgreSQL and NATS beside another one.

use idesluss_domain::words::{Actor, Role};
use idesluss_engine::Service;
use idesluss_gateway::Voices;
use idesluss_launch::{Member, Process, Settings};
use idesluss_proto::pb::command;
use idesluss_proto::pb::submission::submission_command_service_client::SubmissionCommandServiceClient;
use idesluss_proto::pb::submission::{IdeaOwner, SubmitIdeaRequest};
use idesluss_runtime::{Peers, Telemetry, dial, in_memory_channel};
use idesluss_servers::{Database, Nats, Postgres, free_port};
use serde_json::Value;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::Path;
use std::time::Duration;
use tempfile::TempDir;
use uuid::Uuid;

const PERSON: &str = "9d2b9a41-3c2f-4f0c-8d55-2b1f0f6f7a11";

/// One organisation with somebody who has an idea.
fn write_instance(folder: &Path) {
    let text = format!(
        "instance = \"orust\"\n\
         [[organisation]]\nid = \"orust\"\nname = \"Orust\"\nprefix = \"ORU\"\nkind = \"municipality\"\npublic_body = true\n\
         [[person]]\nid = \"{PERSON}\"\nname = \"Idégivare\"\nroles = [{{ organisation = \"orust\", role = \"submitter\" }}]\n"
    );
    std::fs::write(folder.join("instance.toml"), text).expect("written");
    for service in ["submission", "identity", "example"] {
        let mut options = std::fs::File::options();
        options.write(true).create_new(true).mode(0o600);
        let mut key = options.open(folder.join(format!("{service}.key"))).expect("a file");
        std::io::Write::write_all(&mut key, "5e".repeat(32).as_bytes()).expect("written");
    }
}

/// The settings of a service, as a file of its own.
fn settings(folder: &Path, service: Service, grpc: u16, database: &Database, nats: &Nats) -> Settings {
    let name = service.name;
    let data = folder.join(name);
    std::fs::create_dir_all(&data).expect("a folder");
    let text = format!(
        "directory = \"{root}/instance.toml\"\ndata = \"{data}\"\n\
         grpc.listen = \"127.0.0.1:{grpc}\"\nops.listen = \"127.0.0.1:{}\"\n\
         database.url = \"{}\"\ndatabase.owner_url = \"{}\"\nbroker.urls = [\"{}\"]\nbroker.max_mib = 16\n\
         keys.master_file = \"{root}/{name}.key\"\nkeys.ledger_file = \"{data}/ledger\"\n",
        free_port(),
        database.service_url,
        database.owner_url,
        nats.url(),
        root = folder.display(),
        data = data.display(),
    );
    let file = folder.join(format!("{name}.toml"));
    std::fs::write(&file, text).expect("written");
    Settings::load(Some(&file), name).expect("settings")
}

fn idea() -> SubmitIdeaRequest {
    SubmitIdeaRequest {
        command: Some(command::Command {
            command_id: Uuid::new_v4().to_string(),
        }),
        idea: Uuid::new_v4().to_string(),
        title: "Sällskap åt fler äldre".to_owned(),
        problem: "Många talar inte med någon under veckan.".to_owned(),
        terms: "2026-1".to_owned(),
        owner: IdeaOwner::Organisation.into(),
        ..SubmitIdeaRequest::default()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_service_that_is_only_declared_runs_on_a_server_beside_another() {
    let (folder, postgres, nats) = (TempDir::new().expect("a folder"), Postgres::start(), Nats::start());
    write_instance(folder.path());
    let (submission, example) = (idesluss_submission::SERVICE, idesluss_example::SERVICE);
    let (ideas, rights, counts) = (free_port(), free_port(), free_port());
    let of = |service: Service, port| {
        let database = postgres.database(service.name);
        settings(folder.path(), service, port, &database, &nats)
    };
    // Submission follows evaluation, which nobody runs here: its events never come, and that holds nothing up.
    let first = of(submission, ideas);
    let second = of(example, counts);
    let third = of(idesluss_identity::SERVICE, rights);
    let process = Process::begin(&["submission", "example", "identity"], &Telemetry::default()).expect("it begins");
    // Within the process, as the server's own members do.
    let mut beside = Peers::default();
    let nobody = dial("evaluation", &["http://127.0.0.1:1".to_owned()], None);
    beside.insert("evaluation", nobody.expect("an address"));
    let inside = ["submission", "example", "identity"].map(|service| {
        let (way, inside) = in_memory_channel();
        beside.insert(service, way);
        inside
    });
    let mut running = Vec::new();
    let mut described = Vec::new();
    let members = [
        (submission, first),
        (example, second),
        (idesluss_identity::SERVICE, third),
    ];
    for ((service, settings), inside) in members.into_iter().zip(inside) {
        let member = Member::prepare(service, settings, &process, &beside, Some(inside)).await;
        let member = member.expect("its ports are free");
        described.push(member.describe());
        running.push(tokio::spawn(member.run()));
    }
    let settled = async {
        while !process.health().is_ready() {
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        let (to, identity) = ("submission", beside.to("identity").expect("a way"));
        let somebody = Voices::new(identity).of(&Actor {
            person: PERSON.parse().expect("an id"),
            organisation: "orust".parse().expect("a name"),
            role: Role::Submitter,
        });
        let way = beside.to(to).expect("a way").speaking(somebody);
        let sent = SubmissionCommandServiceClient::new(way).submit_idea(idea()).await;
        sent.expect("an idea is submitted");
        loop {
            let state = described[1]().await;
            let heard = &state["journal"]["received"]["/orust/submission/house"]["sequence"];
            let view = &state["views"][0];
            if *heard != Value::Null && view["view"] == "ideas" && view["lag_events"] == 0 {
                break;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    };
    let settled = tokio::time::timeout(Duration::from_secs(60), settled).await;
    if settled.is_err() {
        panic!("it does not hear of the idea: {:#}", described[1]().await);
    }
    process.shutdown().cancel();
    for one in running {
        one.await.expect("no panic").expect("it ends well");
    }
}
