//! Hole 5: whoever holds a service's password at the broker writes events in its name, which its receivers take in. Nothing that can't be taken
//! back is decided on them: they do not stand in the service's own log.

use idesluss_proto::pb::command::Role;
use idesluss_proto::pb::submission as sub;
use idesluss_proto::status::Refusal;
use idesluss_tests::{Apart, Plan, Someone, Ways, eventually};
use serde_json::{Value, json};
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

/// The next event of identity's grants, made of one that identity has written, by what is to stand in it otherwise.
fn forge(apart: &Apart, made_of: impl Fn(&Value) -> bool, change: impl Fn(&Value, String) -> String) {
    let lines = lines(apart, "identity");
    let of_grants: Vec<&Value> = lines.iter().filter(|line| line["event"]["source"] == GRANTS).collect();
    let event = of_grants
        .iter()
        .rev()
        .map(|line| &line["event"])
        .find(|event| made_of(event));
    let event = event.expect("one like that");
    let sequence = |event: &Value| event["sequence"].as_str().expect("digits").to_owned();
    let last = of_grants.last().map(|line| sequence(&line["event"])).expect("one");
    let (next, width) = (last.parse::<u64>().expect("a number") + 1, last.len());
    // The members in their order: what was read of the line has none.
    let id = event["id"].as_str().expect("an id");
    let raw = format!(
        "SELECT convert_from(line, 'UTF8') FROM journal.entries WHERE convert_from(line, 'UTF8') LIKE '%\"id\":\"{id}\"%' LIMIT 1"
    );
    let raw = apart
        .postgres
        .sql_in(&apart.databases["identity"].name, &raw)
        .expect("a line");
    let start = raw.find("\"event\":").expect("an event") + 8;
    let forged = raw[start..raw.len() - 1]
        .replace(id, &Uuid::new_v4().to_string())
        .replace(
            &format!("\"sequence\":\"{}\"", sequence(event)),
            &format!("\"sequence\":\"{next:0width$}\""),
        );
    let forged = change(event, forged);
    let read: Value = serde_json::from_str(&forged).expect("JSON");
    let recorded = lines.last().expect("one")["recorded"]
        .as_str()
        .expect("a time")
        .to_owned();
    let headers = [
        ("content-type", "application/cloudevents+json".to_owned()),
        ("Idesluss-From-Position", lines.len().to_string()),
        ("Idesluss-From-Recorded", recorded),
        ("Idesluss-Epoch", read["epoch"].to_string()),
        ("Idesluss-Sequence", next.to_string()),
    ];
    publish(
        apart.nats.port(),
        "ev.fyrbodal-test.identity.grants.grant",
        &headers,
        &forged,
    );
}

/// The role of somebody, granted once more; a space stands where the form has none, if it is to be `spaced`.
fn forge_grant(apart: &Apart, whose: &Someone, spaced: bool) {
    let of_theirs = |event: &Value| {
        event["type"] == "idesluss.identity.v1.RoleGranted"
            && event["data"]["person"] == whose.person().as_str()
            && event["data"]["role"] == whose.actor().role.as_str()
    };
    forge(apart, of_theirs, |event, forged| {
        let version = event["streamversion"].as_u64().expect("a number");
        let forged = forged.replace(
            &format!("\"streamversion\":{version}"),
            &format!("\"streamversion\":{}", version + 1),
        );
        match spaced {
            true => forged.replace("\"source\":", "\"source\": "),
            false => forged,
        }
    });
}

/// An epoch that identity has not opened: it would cut off all that it has said.
fn forge_epoch(apart: &Apart) {
    forge(
        apart,
        |event| event["type"] == "idesluss.identity.v1.RoleGranted",
        |event, forged| {
            let data = forged.find(",\"data\":").expect("data");
            let opened = json!({ "epoch": 2, "kept": {}, "size": 1, "root": "00".repeat(32), "reason": "mistake" });
            let subject = format!("\"subject\":{}", event["subject"]);
            forged[..data]
                .replace("idesluss.identity.v1.RoleGranted", "idesluss.journal.v1.EpochOpened")
                .replace(&subject, "\"subject\":\"journal/identity\"")
                .replace("\"epoch\":1", "\"epoch\":2")
                + &format!(",\"data\":{opened}}}")
        },
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

/// How far submission has received identity's grants.
async fn received(apart: &Apart) -> (Value, Value) {
    let told = apart.state("submission-1").await;
    let grants = &told["journal"]["received"][GRANTS];
    (grants["epoch"].clone(), grants["sequence"].clone())
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

    let before = received(&apart).await;
    forge_epoch(&apart);
    forge_grant(&apart, &second, true);
    // Whatever came first has been looked at when the last is in.
    forge_grant(&apart, &second, false);
    eventually(async || Ok((received(&apart).await != before).then_some(()))).await;
    let told = apart.state("submission-1").await;
    assert_eq!(told["journal"]["received"][GRANTS]["epoch"], 1, "{told:#}");
    assert_eq!(told["journal"]["orphaned"], 0, "nothing was cut off");
    let spaced = lines(&apart, "submission");
    let twice = |line: &&Value| line["event"]["data"]["person"] == second.person().as_str();
    assert_eq!(
        spaced.iter().filter(twice).count(),
        2,
        "the one that was granted, and the one that was forged in its form"
    );

    let refused = erase(&ways, &first, &second, &other)
        .await
        .expect_err("nobody has granted it");
    assert_eq!(refused.code(), Code::Unavailable, "{refused:?}");
    assert_eq!(Refusal::from(&refused).reason, "UNCHECKED");
    // What can be taken back goes on.
    ways.submitted_idea().await;
}
