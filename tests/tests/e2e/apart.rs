//! The services apart: six processes, PostgreSQL, NATS and certificates between them.

use crate::{sharing, signed, skeleton};
use idesluss_domain::SERVICES;
use idesluss_proto::pb::command::Role;
use idesluss_tests::{Apart, Plan, Reader, Someone, beside, run, tls_settings, write_region};
use serde_json::Value;
use std::net::TcpListener;
use std::os::unix::fs::PermissionsExt as _;
use std::process::Command;
use std::time::{Duration, Instant};
use tempfile::TempDir;

/// Asks again until something is so; panics after 20 s with what was said last.
pub(crate) async fn until<F: Future<Output = Option<()>>>(what: &str, mut ask: impl FnMut() -> F) {
    let deadline = Instant::now() + Duration::from_secs(20);
    while ask().await.is_none() {
        assert!(Instant::now() < deadline, "{what}: not in 20 s");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

pub(crate) fn relays_are_even(state: &Value) -> bool {
    let relays = state["messaging"]["relays"].as_array();
    relays.is_some_and(|relays| !relays.is_empty() && relays.iter().all(|relay| relay["lag_events"] == 0))
}

fn receivers_are_well(state: &Value) -> bool {
    let receivers = state["messaging"]["receivers"].as_array();
    receivers.is_some_and(|receivers| receivers.iter().all(|receiver| receiver["problem"].is_null()))
}

#[tokio::test(flavor = "multi_thread")]
async fn the_whole_way_from_idea_to_adoption_goes_over_six_processes() {
    let plan = Plan {
        secured: true,
        ..Plan::default()
    };
    let apart = Apart::start(plan).await;
    let ways = apart.ways();
    let walked = skeleton::walk(&ways).await;
    sharing::walk(&ways).await;

    for service in SERVICES {
        let name = format!("{service}-1");
        until("every own event is with the broker", async || {
            let state = apart.state(&name).await;
            // One that began before its source had made its stream says so until it looks again.
            (relays_are_even(&state) && receivers_are_well(&state)).then_some(())
        })
        .await;
        let state = apart.state(&name).await;
        let messaging = &state["messaging"];
        assert_eq!(messaging["broker"]["connected"], true, "{state:#}");
        assert_eq!(state["journal"]["lease_held"], true);
        assert_eq!(state["journal"]["quarantined"], 0);
        assert_eq!(state["journal"]["parked"], Value::Array(Vec::new()));
        let receivers = messaging["receivers"].as_array().expect("receivers");
        // Another service's, and what identity says of who may.
        assert_eq!(receivers.len(), if service == "identity" { 0 } else { 2 });
        assert!(
            receivers.iter().all(|receiver| receiver["problem"].is_null()),
            "{state:#}"
        );
        signed::covers(&apart, &name, state["journal"]["size"].as_u64().expect("a size")).await;
        let log = apart.log(&name);
        // One JSON object a line, and nobody's words in any.
        assert!(
            log.lines().all(|line| serde_json::from_str::<Value>(line).is_ok()),
            "{log}"
        );
        for words in ["Cykelpool", "hemtjänsten", "Larm på", "liten kostnad", &walked.idea] {
            assert!(!log.contains(words), "{name} wrote {words} into its log: {log}");
        }
    }
    assert_eq!(Reader::new(([127, 0, 0, 1], apart.web).into()).get("/").status, 200);
    let mut browser = apart.browser("gateway");
    let start = browser.become_person("coordinator 1 i uddevalla", "coordinator");
    assert!(start.html.contains("Inkorg"), "{}", start.html);
    assert!(browser.get(&format!("/ideer/{}", walked.idea)).html.contains("UDD-"));
    takes_home(&apart, &mut browser, &walked.idea);
}

#[tokio::test(flavor = "multi_thread")]
async fn services_and_the_web_that_share_a_process_do_what_they_do_alone() {
    let plan = Plan {
        together: &["submission", "evaluation", "gateway"],
        ..Plan::default()
    };
    let mut apart = Apart::start(plan).await;
    let running = apart.processes.keys().filter(|name| apart.pid(name).is_some());
    assert_eq!(running.collect::<Vec<_>>(), ["identity-1", "sharing-1", "submission-1"]);
    let first = skeleton::walk(&apart.ways()).await;
    sharing::walk(&apart.ways()).await;
    // Each tells its own state, under its name, on the one port of the process.
    for (service, of) in [("submission-1", "submission"), ("evaluation-1", "evaluation")] {
        let state = apart.state(service).await;
        assert_eq!(state["service"], of);
        assert_eq!(state["journal"]["name"], format!("/fyrbodal-test/{of}"));
    }
    assert_eq!(apart.state("gateway").await["service"], "gateway");
    let (_, said) = apart.readiness("submission-1").await.expect("an answer");
    assert!(
        said.contains("submission journal: well") && said.contains("gateway web: well"),
        "{said}"
    );
    let metrics = apart.metrics("submission-1").await;
    for service in ["submission", "evaluation"] {
        let held = format!("idesluss_lease_held{{service=\"{service}\"}} 1");
        assert!(metrics.contains(&held), "{held}: {metrics}");
    }
    // Killed half-way, all come back with everything.
    apart.kill("submission-1");
    apart.begin("submission-1");
    apart.ready("submission-1").await;
    let again = skeleton::walk(&apart.ways()).await;
    assert_ne!(first.idea, again.idea);
    let mut browser = apart.browser("submission-1");
    browser.become_person("coordinator 1 i uddevalla", "coordinator");
    for idea in [first.idea, again.idea] {
        assert!(browser.get(&format!("/ideer/{idea}")).html.contains("UDD-"));
    }
}

#[test]
fn what_can_not_share_a_process_is_told_and_starts_nothing() {
    let folder = TempDir::new().expect("a folder");
    let file = folder.path().join("settings.toml");
    let run = |text: &str, arguments: &[&str]| {
        std::fs::write(&file, text).expect("written");
        let mut command = Command::new(beside("idesluss-server"));
        let output = command.args(arguments).arg("--config").arg(&file).output();
        output.expect("the binary starts")
    };
    let bare = settings(&folder).lines().take(1).collect::<String>() + "\nops.listen = \"127.0.0.1:7201\"\n";
    let key = |name: &str| {
        let file = folder.path().join(name);
        if !file.exists() {
            idesluss_tests::write_secret(&file, "5e".repeat(32).as_bytes());
        }
        format!("keys.master_file = \"{}\"\n", file.display())
    };
    let own = |service: &str, port: u16, more: &str| {
        let data = folder.path().join(service);
        std::fs::create_dir_all(&data).expect("a folder");
        format!(
            "[services.{service}]\ndata = \"{}\"\ngrpc.listen = \"127.0.0.1:{port}\"\n\
             database.url = \"postgres://{service}@127.0.0.1:1/{service}\"\nkeys.ledger_file = \"{service}\"\n{more}",
            data.display()
        )
    };
    let web = "[services.gateway]\nweb.listen = \"127.0.0.1:8080\"\n";
    let (one, other) = (
        own("submission", 7101, &key("one.key")),
        own("evaluation", 7102, &key("other.key")),
    );
    let peers = format!(
        "peers.evaluation = [\"https://localhost:7102\"]\npeers.sharing = [\"https://localhost:7103\"]\n\
         peers.identity = [\"https://localhost:7104\"]\n{}",
        tls_settings(folder.path())
    );
    // What only services have may stand above, also where the web runs with them.
    let mixed = format!(
        "{bare}{peers}{}broker.urls = [\"nats://127.0.0.1:1\"]\n{}{web}",
        key("one.key"),
        own("submission", 7101, "")
    );
    let fine = run(&mixed, &["--services", "submission,gateway", "--check-config"]);
    assert!(fine.status.success(), "{}", String::from_utf8_lossy(&fine.stderr));

    let both = ["--services", "submission,evaluation", "--check-config"];
    for (text, arguments, named) in [
        (bare.clone(), &["--check-config"][..], "--services"),
        (bare.clone(), &["--services", "submision"], "submision"),
        (bare.clone(), &["--services", "sharing,sharing"], "twice"),
        (
            format!("{bare}{one}{other}ops.listen = \"127.0.0.1:7202\"\n"),
            &both,
            "ops",
        ),
        (
            format!("{bare}{one}{}", own("evaluasion", 7102, "")),
            &both,
            "evaluasion",
        ),
        (
            format!("{bare}{one}{}", own("evaluation", 7102, &key("one.key"))),
            &both,
            "keys.master_file",
        ),
        (
            format!("{bare}{one}{}", own("evaluation", 7101, &key("other.key"))),
            &both,
            "grpc.listen",
        ),
        (
            format!("{bare}{one}ops.listen = \"127.0.0.1:7101\"\n"),
            &["--services", "submission", "--check-config"],
            "grpc.listen of submission",
        ),
        (
            format!("{bare}colour = \"red\"\n{web}"),
            &["--services", "gateway", "--check-config"],
            "colour",
        ),
        // Sharing runs nowhere: the web would have nowhere to ask.
        (
            format!("{bare}{one}{other}{web}"),
            &["--services", "submission,evaluation,gateway", "--check-config"],
            "gateway: the settings do not say where sharing is",
        ),
        (
            format!("{bare}{one}{web}"),
            &["--services", "submission,gateway", "migrate"],
            "leave it out",
        ),
        (
            format!("{bare}{one}"),
            &["--services", "submission", "--check-config", "migrate"],
            "does nothing else",
        ),
        (
            format!("{bare}{one}{other}"),
            &[
                "--services",
                "submission,evaluation",
                "restored",
                "--reason",
                "exercise",
            ],
            "one service",
        ),
    ] {
        let output = run(&text, arguments);
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(
            !output.status.success() && said.contains(named),
            "{arguments:?}: {named}: {said}"
        );
    }
}

/// An auditor takes bundles home, over the gateway and beside it, and they verify.
fn takes_home(apart: &Apart, browser: &mut Reader, idea: &str) {
    let home = TempDir::new().expect("a folder");
    let path = |name: &str| home.path().join(name).to_string_lossy().into_owned();
    let settings = apart.settings("gateway").to_string_lossy().into_owned();
    let audit = |arguments: &[&str]| {
        let output = run(&[&["audit"], arguments].concat());
        assert!(output.status.success(), "{arguments:?}: {output:?}");
        output.stdout
    };
    std::fs::write(path("policy"), audit(&["keys", "--gateway", &settings])).expect("written");
    let page = browser.get("/start").html;
    browser.fill(&page, "/lamna", &[]);
    browser.become_person("auditor 9 i uddevalla", "auditor");
    // Sharing's process is the witness of the two others; what was written a moment ago it has not seen yet.
    let until = Instant::now() + Duration::from_secs(30);
    let page = loop {
        let page = browser.get("/revision").html;
        if page.contains("trädet stämmer") && page.contains("/witness, ") {
            break page;
        }
        assert!(Instant::now() < until, "{page}");
        std::thread::sleep(Duration::from_millis(200));
    };
    let downloaded = browser.fill(&page, "/revision/paket", &[("purpose", "")]);
    assert_eq!(downloaded.status, 200);
    std::fs::write(path("downloaded"), downloaded.bytes).expect("written");
    let exported = path("exported");
    let arguments = ["export", "--quiet", "--gateway", &settings, "--out", &exported];
    let auditor = Someone::who("uddevalla", Role::Auditor).person();
    let texts = ["--idea", idea, "--texts", "Granskning", "--as", &auditor];
    audit(&[&arguments[..], &texts].concat());
    for name in ["downloaded", "exported"] {
        let (bundle, policy) = (path(name), path("policy"));
        let said = audit(&["verify", &bundle, "--policy", &policy, "--quiet"]);
        let said = String::from_utf8_lossy(&said);
        assert!(said.contains("1 decisions judged"), "{said}");
    }
    let life = audit(&["replay", "--gateway", &settings, "--idea", idea]);
    assert!(String::from_utf8_lossy(&life).contains("Granskning"));
}

/// Settings that are in order, in a folder that holds what they name.
fn settings(folder: &TempDir) -> String {
    write_region(folder.path());
    idesluss_tests::write_secret(&folder.path().join("master.key"), "5e".repeat(32).as_bytes());
    let path = folder.path().display();
    format!(
        "directory = \"{path}/instance.toml\"\ndata = \"{path}\"\n\
         grpc.listen = \"127.0.0.1:7101\"\nops.listen = \"127.0.0.1:7201\"\n\
         database.url = \"postgres://submission@127.0.0.1:1/submission\"\n\
         keys.master_file = \"{path}/master.key\"\nkeys.ledger_file = \"{path}/ledger\"\n\
         peers.evaluation = [\"https://localhost:7102\"]\n{}",
        tls_settings(folder.path())
    )
}

#[test]
fn settings_that_can_not_be_are_named_and_start_nothing() {
    let folder = TempDir::new().expect("a folder");
    let good = settings(&folder);
    let file = folder.path().join("settings.toml");
    let run = |text: &str, further: &[&str], variables: &[(&str, &str)]| {
        std::fs::write(&file, text).expect("written");
        let mut command = Command::new(beside("idesluss-server"));
        command
            .args(["--services", "submission", "--config"])
            .arg(&file)
            .args(further)
            .envs(variables.iter().copied());
        let output = command.output().expect("the binary starts");
        (
            output.status.success(),
            String::from_utf8_lossy(&output.stderr).into_owned(),
        )
    };
    let (fine, said) = run(&good, &["--check-config"], &[]);
    assert!(fine, "{said}");
    let path = folder.path().display().to_string();
    let key = folder.path().join("signing.key");
    let made = Command::new(beside("idesluss-server"))
        .arg("new-signing-key")
        .arg(&key)
        .status();
    assert!(made.expect("the binary starts").success());
    let open = folder.path().join("open.key");
    std::fs::copy(&key, &open).expect("copied");
    std::fs::set_permissions(&open, std::fs::Permissions::from_mode(0o644)).expect("changed");
    let signing = format!(
        "{good}[signing]\nkey_file = \"{}\"\nguard = \"{path}/guard\"\n",
        key.display()
    );
    let (fine, said) = run(&signing, &["--check-config"], &[]);
    assert!(fine, "{said}");
    // Its witnesses are asked somewhere, and over HTTPS only where authorities can be read.
    let policy = folder.path().join("witnesses.policy");
    let own = "[witness]\nname = \"orust/witness\"\nlogs = \"none\"\n";
    std::fs::write(&file, format!("{signing}listen = \"127.0.0.1:7301\"\n{own}")).expect("written");
    let keys = Command::new(beside("idesluss-server"))
        .args(["--services", "submission", "public-keys", "--config"])
        .arg(&file)
        .output();
    let keys = String::from_utf8(keys.expect("the binary starts").stdout).expect("text");
    let witness = keys
        .lines()
        .find(|line| line.starts_with("witness "))
        .expect("its line");
    std::fs::write(&policy, format!("{witness} ftp://x\nquorum none\n")).expect("written");
    let witnessed = format!("{signing}witnesses = \"{}\"\n", policy.display());
    let alone: String = good
        .lines()
        .filter(|line| !line.starts_with("tls.") && !line.starts_with("peers."))
        .map(|line| format!("{line}\n"))
        .collect();
    for (text, variables, named) in [
        (format!("{good}colour = \"red\"\n"), &[][..], "colour"),
        (good.clone(), &[("IDESLUSS_GRPC__LISTEM", "x")][..], "listem"),
        (
            alone.clone(),
            &[("IDESLUSS_GRPC__LISTEN", "0.0.0.0:7101")][..],
            "grpc.listen",
        ),
        (
            format!("{alone}peers.evaluation = [\"http://127.0.0.1:7102\"]\n"),
            &[][..],
            "set tls",
        ),
        (
            good.clone(),
            &[("IDESLUSS_DATABASE__URL", "postgres://a:hemligt@h/d")][..],
            "password_file",
        ),
        (
            good.clone(),
            &[("IDESLUSS_DATABASE__PASSWORD_FILE", "/nowhere")][..],
            "/nowhere",
        ),
        (good.replace("master.key", "no.key"), &[][..], "no.key"),
        (signing.replace("signing.key", "no.signing"), &[][..], "no.signing"),
        (signing.replace("signing.key", "open.key"), &[][..], "chmod 600"),
        (
            format!("{good}[witness]\nname = \"x\"\nlogs = \"x\"\n"),
            &[][..],
            "signing.listen",
        ),
        (
            format!("{witnessed}witness_ca_file = \"/nowhere.pem\"\n"),
            &[][..],
            "/nowhere.pem",
        ),
        (witnessed, &[][..], "https://"),
        (
            good.replace("https://localhost:7102", "localhost:7102"),
            &[][..],
            "localhost:7102",
        ),
        (
            good.replace(&format!("data = \"{path}\""), "data = \"/nowhere\""),
            &[][..],
            "/nowhere",
        ),
        ("directory = 3".to_owned(), &[][..], "missing configuration field"),
    ] {
        let (fine, said) = run(&text, &["--check-config"], variables);
        assert!(!fine && said.contains(named), "{named}: {said}");
        assert!(!said.contains("hemligt"), "a secret is never repeated: {said}");
    }
    // Without a way to the owner no tables are made; and a port that somebody has is said before anything begins.
    let (fine, said) = run(&good, &["migrate"], &[]);
    assert!(!fine && said.contains("database.owner_url"), "{said}");
    let taken = TcpListener::bind("127.0.0.1:0").expect("a port");
    let port = taken.local_addr().expect("bound").to_string();
    let (fine, said) = run(&good, &[], &[("IDESLUSS_OPS__LISTEN", &port)]);
    assert!(!fine && said.contains("ops.listen") && said.contains(&port), "{said}");
}
