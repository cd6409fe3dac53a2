//! Hole 5: whoever holds a service's password at the broker writes events in its name, which its receivers take in. Nothing that can't be taken
//! back is decided on them: they do not stand in the service's own log.

use idesluss_proto::pb::command::Role;
use idesluss_proto::pb::submission as sub;
use idesluss_proto::status::Refusal;
use idesluss_tests::{Apart, Plan, Someone, Ways, eventually};
use serde_json::Value;
use std::io::{BufRead as _, BufReader, Write as _};
use std::net::TcpStream;
use tonic::{Code, Status};
use uuid::Uuid;

const GRANTS: &str = "/fyrbodal-test/identity/grants";

/// What NATS's own protocol calls a message with headers, sent and taken.
fn publish(port: u16, subject: &str, headers: &[(&str, String)], payload: &str) {
    let mut nats = TcpStream::connect(("127.0.0.1", port)).expect("the broker listens");
    let mut answers = BufReader::new(nats.try_clone().expect("a socket")).lines();
    assert!(answers.next().expect("a line").expect("read").starts_with("INFO"));
    let mut head = "NATS/1.0\r\n".to_owned();
    for (name, value) in headers {
        head.push_str(&format!("{name}: {value}\r\n"));
    }
    head.push_str("\r\n");
    let connect =
        r#"CONNECT {"verbose":false,"pedantic":false,"headers":true,"lang":"none","version":"1","protocol":1}"#;
    let (about, all) = (head.len(), head.len() + payload.len());
    write!(
        nats,
        "{connect}\r\nHPUB {subject} {about} {all}\r\n{head}{payload}\r\nPING\r\n"
    )
    .expect("sent");
    assert_eq!(answers.next().expect("an answer").expect("read"), "PONG");
}

/// A service's journal, as its database holds it.
fn lines(apart: &Apart, service: &str) -> Vec<Value> {
    let database = &apart.databases[service].name;
    let all = "SELECT convert_from(line, 'UTF8') FROM journal.entries ORDER BY position";
    let told = apart.postgres.sql_in(database, all).expect("lines");
    told.lines()
        .map(|line| serde_json::from_str(line).expect("a line"))
        .collect()
}

/// The next event of identity's grants, as identity would write it if it granted this role once more.
fn forge(apart: &Apart, whose: &Someone) {
    let lines = lines(apart, "identity");
    let of_grants: Vec<&Value> = lines.iter().filter(|line| line["event"]["source"] == GRANTS).collect();
    let granted = of_grants.iter().rev().find(|line| {
        let (event, data) = (&line["event"], &line["event"]["data"]);
        event["type"] == "idesluss.identity.v1.RoleGranted"
            && data["person"] == whose.person().as_str()
            && data["role"] == whose.actor().role.as_str()
    });
    let event = &granted.expect("it was granted")["event"];
    let sequence = |event: &Value| event["sequence"].as_str().expect("digits").to_owned();
    let last = of_grants.last().map(|line| sequence(&line["event"])).expect("one");
    let next = last.parse::<u64>().expect("a number") + 1;
    let width = last.len();
    // The members in their order: what was read of the line has none.
    let database = &apart.databases["identity"].name;
    let id = event["id"].as_str().expect("an id");
    let raw = format!(
        "SELECT convert_from(line, 'UTF8') FROM journal.entries WHERE convert_from(line, 'UTF8') LIKE '%\"id\":\"{id}\"%' LIMIT 1"
    );
    let raw = apart.postgres.sql_in(database, &raw).expect("a line");
    let start = raw.find("\"event\":").expect("an event") + 8;
    let version = event["streamversion"].as_u64().expect("a number");
    let forged = raw[start..raw.len() - 1]
        .replace(id, &Uuid::new_v4().to_string())
        .replace(
            &format!("\"sequence\":\"{}\"", sequence(event)),
            &format!("\"sequence\":\"{next:0width$}\""),
        )
        .replace(
            &format!("\"streamversion\":{version}"),
            &format!("\"streamversion\":{}", version + 1),
        );
    let recorded = lines.last().expect("one")["recorded"]
        .as_str()
        .expect("a time")
        .to_owned();
    let headers = [
        ("content-type", "application/cloudevents+json".to_owned()),
        ("Idesluss-From-Position", lines.len().to_string()),
        ("Idesluss-From-Recorded", recorded),
        ("Idesluss-Epoch", event["epoch"].to_string()),
        ("Idesluss-Sequence", next.to_string()),
    ];
    publish(
        apart.nats.port(),
        "ev.fyrbodal-test.identity.grants.grant",
        &headers,
        &forged,
    );
}

async fn erase(ways: &Ways, asked: &Someone, decides: &Someone, idea: &str) -> Result<(), Status> {
    let request = sub::RequestErasureRequest {
        command: asked.command(),
        idea: idea.to_owned(),
    };
    ways.submission().request_erasure(asked.says(request)).await?;
    let command = decides.command();
    let decide = sub::DecideErasureRequest {
        command: command.clone(),
        idea: idea.to_owned(),
        basis: "GDPR art. 17.1 a".into(),
    };
    ways.submission()
        .decide_erasure(decides.decides(&command, decide))
        .await
        .map(drop)
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_broker_alone_says_is_no_ground_for_what_can_never_be_taken_back() {
    let apart = Apart::start(Plan::default()).await;
    let ways = apart.ways();
    let (first, second) = (
        Someone::who("uddevalla", Role::Registrar),
        Someone::second("uddevalla", Role::Registrar),
    );
    let (one, other) = (ways.submitted_idea().await, ways.submitted_idea().await);
    erase(&ways, &first, &second, &one)
        .await
        .expect("identity's log says that they are registrars");

    forge(&apart, &second);
    let granted = async || {
        let lines = lines(&apart, "submission");
        let of_second = |line: &&Value| line["event"]["data"]["person"] == second.person().as_str();
        Ok((lines.iter().filter(of_second).count() > 1).then_some(()))
    };
    eventually(granted).await;
    let refused = erase(&ways, &first, &second, &other)
        .await
        .expect_err("nobody has granted it");
    assert_eq!(refused.code(), Code::Unavailable, "{refused:?}");
    assert_eq!(Refusal::from(&refused).reason, "UNCHECKED");
    // What can be taken back goes on.
    ways.submitted_idea().await;
}
