//! kill -9 at any moment: nothing that was acknowledged is lost.

use idesluss_proto::pb::command::Role;
use idesluss_proto::pb::submission as sub;
use idesluss_tests::{Instance, Server, Someone, run, spawn, write_region};
use std::collections::HashMap;
use std::fs::File;
use std::io::Write as _;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};
use tempfile::TempDir;
use uuid::Uuid;

const KILLS: u64 = 50;
const WRITERS: usize = 8;

/// What was acknowledged, on disk before anything else happens.
struct Acknowledged {
    file: File,
    ideas: HashMap<String, String>,
}

impl Acknowledged {
    fn note(&mut self, idea: &str, title: &str) {
        writeln!(self.file, "{idea} {title}").expect("the log is written");
        self.file.sync_all().expect("the log is durable");
        self.ideas.insert(idea.to_owned(), title.to_owned());
    }
}

async fn write(server: &Server, log: Arc<Mutex<Acknowledged>>) {
    let way = server.way("submission");
    let mut client = sub::submission_command_service_client::SubmissionCommandServiceClient::new(way);
    let submitter = Someone::who("uddevalla", Role::Submitter);
    loop {
        let title = format!("Idé {}", Uuid::new_v4());
        let request = sub::SubmitIdeaRequest {
            title: title.clone(),
            ..submitter.idea()
        };
        let idea = request.idea.clone();
        match client.submit_idea(submitter.says(request)).await {
            Ok(_) => log.lock().expect("no writer panics").note(&idea, &title),
            Err(_) => return,
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn fifty_kills_under_load_lose_nothing_that_was_acknowledged() {
    let folder = TempDir::new().expect("a folder");
    write_region(folder.path());
    let log = Arc::new(Mutex::new(Acknowledged {
        file: File::create(folder.path().join("acknowledged.log")).expect("a log"),
        ideas: HashMap::new(),
    }));
    for kill in 0..KILLS {
        let server = Arc::new(Server::start(folder.path(), &[]));
        let writers: Vec<_> = (0..WRITERS)
            .map(|_| {
                let (server, log) = (server.clone(), log.clone());
                tokio::spawn(async move { write(&server, log).await })
            })
            .collect();
        // From hardly begun to well under way, and never twice at the same moment; every other time not before something was taken.
        if kill % 2 == 1 {
            let enough = log.lock().expect("no writer panics").ideas.len() + 20;
            let deadline = Instant::now() + Duration::from_secs(30);
            while log.lock().expect("no writer panics").ideas.len() < enough {
                assert!(Instant::now() < deadline, "nothing is acknowledged");
                tokio::time::sleep(Duration::from_millis(1)).await;
            }
        }
        tokio::time::sleep(Duration::from_millis(20 + kill * 37 % 160)).await;
        server.kill_now();
        for writer in writers {
            writer.await.expect("a writer ends when the server does");
        }
    }
    let acknowledged = log.lock().expect("no writer panics").ideas.clone();
    assert!(
        acknowledged.len() >= 500,
        "too little load to tell: {}",
        acknowledged.len()
    );

    let instance = Instance::restart(folder);
    let mut ideas = instance.ideas();
    let coordinator = Someone::who("uddevalla", Role::Coordinator);
    let mut kept: HashMap<String, sub::IdeaRow> = HashMap::new();
    let mut page_token = String::new();
    loop {
        let request = sub::ListInboxRequest {
            query: coordinator.asks(),
            page_size: 200,
            page_token,
            ..sub::ListInboxRequest::default()
        };
        let page = ideas
            .list_inbox(coordinator.says(request))
            .await
            .expect("an inbox")
            .into_inner();
        kept.extend(page.ideas.into_iter().map(|row| (row.idea.clone(), row)));
        if page.next_page_token.is_empty() {
            break;
        }
        page_token = page.next_page_token;
    }
    let mut references = HashMap::new();
    for (idea, title) in &acknowledged {
        let row = kept
            .get(idea)
            .unwrap_or_else(|| panic!("{idea} was acknowledged and is gone"));
        assert_eq!(row.title.as_ref().map(|text| text.text.as_str()), Some(title.as_str()));
    }
    for row in kept.values().filter(|row| !row.reference.is_empty()) {
        let other = references.insert(row.reference.clone(), row.idea.clone());
        assert_eq!(other, None, "{} was given twice", row.reference);
    }
    let folder = instance.stop();
    let data = folder.path().to_string_lossy().into_owned();
    let checked = run(&["doctor", "--data", &data]);
    let said = String::from_utf8_lossy(&checked.stdout).into_owned();
    assert!(
        checked.status.success(),
        "{said}{}",
        String::from_utf8_lossy(&checked.stderr)
    );
    let services = idesluss_domain::SERVICES.len();
    assert_eq!(said.matches("entries verified").count(), services, "{said}");
    // Its own, and who has touched what.
    assert_eq!(said.matches("equals a fresh rebuild").count(), 2 * services, "{said}");
}

#[test]
fn a_view_that_was_being_built_when_its_process_was_killed_is_built_anew() {
    let folder = TempDir::new().expect("a folder");
    let data = folder.path().to_string_lossy().into_owned();
    assert!(Server::start(folder.path(), &["--demo"]).stop().success());
    let views = |service: &&str| folder.path().join(service).join("views");
    let all = || {
        idesluss_domain::SERVICES
            .iter()
            .map(views)
            .filter(|views| views.is_dir())
    };
    let is_being_built = || {
        let files = all().flat_map(std::fs::read_dir).flatten().flatten();
        files
            .map(|file| file.path())
            .any(|path| path.extension().is_some_and(|extension| extension == "building"))
    };
    // Each time a moment later.
    for kill in 0..8 {
        for views in all() {
            std::fs::remove_dir_all(views).expect("removed");
        }
        let mut child = spawn(&["up", "--data", &data, "--http", "127.0.0.1:0", "--ops", "127.0.0.1:0"]);
        let deadline = Instant::now() + Duration::from_secs(20);
        while !is_being_built() && Instant::now() < deadline {
            std::thread::sleep(Duration::from_micros(500));
        }
        std::thread::sleep(Duration::from_millis(kill * 8));
        child.kill().expect("the child is ours");
        child.wait().expect("a child can be waited for");
    }
    let server = Server::start(folder.path(), &[]);
    assert!(!is_being_built(), "half a file is left");
    assert!(server.stop().success());
    let checked = run(&["doctor", "--data", &data]);
    assert!(checked.status.success(), "{checked:?}");
}
