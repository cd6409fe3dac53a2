//! Hole 15: whoever opened many connections, or sent a request byte by byte, kept everybody else away.

use super::Before;
use super::judging::{assessors, coordinator, submitter};
use bytes::Bytes;
use h2::SendStream;
use h2::client::{ResponseFuture, SendRequest};
use idesluss_access::METADATA;
use idesluss_runtime::raise_open_files;
use idesluss_tests::{Address, Apart, ForeignCall, ForeignClient, Instance, Plan, Reader, Server, Wire};
use serde_json::json;
use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::time::{Duration, Instant};
use tempfile::TempDir;
use tonic::Code;
use tonic::metadata::BinaryMetadataValue;
use tonic_health::pb::HealthCheckRequest;
use tonic_health::pb::health_client::HealthClient;

const HEAD: &str = "/idesluss.journal.v1.JournalService/GetHead";
const ATTACH: &str = "/idesluss.submission.v1.SubmissionCommandService/AttachFile";
const FOLLOW: &str = "/idesluss.journal.v1.JournalService/Follow";

/// How long honest people may be kept waiting while all this goes on.
const PATIENCE: Duration = Duration::from_secs(5);

/// So many connections that each send this much and no more.
fn hold(address: impl Into<Address>, connections: usize, sends: &[u8]) -> Vec<Box<dyn Wire>> {
    let address = address.into();
    let open = |_| {
        let mut stream = address.open();
        // One that was turned away already is no failure of the attack.
        let _ = stream.write_all(sends);
        stream
    };
    (0..connections).map(open).collect()
}

/// Whether the other side has closed a connection.
fn is_closed(stream: &mut Box<dyn Wire>) -> bool {
    stream.patience(Duration::from_millis(1)).expect("a time");
    !matches!(stream.read(&mut [0; 64]), Err(error) if matches!(error.kind(), std::io::ErrorKind::WouldBlock | std::io::ErrorKind::TimedOut))
}

/// Asks like anybody, on a connection of its own.
fn asks(address: SocketAddr, path: &str) -> String {
    let began = Instant::now();
    let mut stream = TcpStream::connect(address).expect("the port answers");
    stream.set_read_timeout(Some(PATIENCE)).expect("a time");
    write!(
        stream,
        "GET {path} HTTP/1.1\r\nhost: {address}\r\nconnection: close\r\n\r\n"
    )
    .expect("sent");
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).expect("an answer");
    assert!(began.elapsed() < PATIENCE, "{path} took {:?}", began.elapsed());
    String::from_utf8_lossy(&answer).into_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_sends_a_request_byte_by_byte_is_in_nobodys_way_and_is_shown_out() {
    raise_open_files();
    let instance = Instance::start();
    let before = Before::of(&instance).await;
    let to = &instance.server.addresses;
    // More than each listener has places, so that some are turned away at once.
    let listeners = [
        (to.web, "/", 1_100),
        (to.ops, "/livez", 300),
        (to.logs, "/submission/checkpoint", 600),
    ];
    let mut held: Vec<Box<dyn Wire>> = Vec::new();
    for (address, path, connections) in listeners {
        held.extend(hold(
            address,
            connections,
            b"GET / HTTP/1.1\r\nhost: fyrbodal\r\nx: hemligt",
        ));
        let answer = asks(address, path);
        assert!(answer.starts_with("HTTP/1.1 "), "{path}: {answer}");
    }
    let until = Instant::now() + Duration::from_secs(30);
    while !held.iter_mut().all(is_closed) {
        assert!(
            Instant::now() < until,
            "somebody still holds a connection with half a request"
        );
        tokio::time::sleep(Duration::from_millis(500)).await;
    }
    before.nothing_changed(&instance).await;
    for what in ["too_many_connections", "slow_request"] {
        let counted = before
            .counted(&instance, &format!("idesluss_refusals_total{{what=\"{what}\"}}"))
            .await;
        assert!(counted >= 100.0, "{what}: {counted}");
        let lines = before.log(&instance, &format!("what=\"{what}\""));
        assert!((1..=101).contains(&lines.len()), "{what}: {} lines", lines.len());
    }
    assert!(before.log(&instance, "hemligt").is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn connections_that_say_nothing_keep_nobody_from_a_service_with_certificates_or_without() {
    raise_open_files();
    let client = ForeignClient::start();
    let instance = Instance::start();
    let before = Before::of(&instance).await;
    let address = instance.server.addresses.of("submission");
    let mut held = hold(address.clone(), 1_100, b"");
    held.extend(hold(address.clone(), 50, b"PRI * HTTP/2.0"));
    held.extend(hold(address.clone(), 50, b"GET / HTTP/1.1\r\n\r\n and more of it"));
    let head = ForeignCall {
        seconds: 5.0,
        ..ForeignCall::new(&address, HEAD, json!({}))
    };
    assert_eq!(client.call(head).await.code, "OK");
    let until = Instant::now() + Duration::from_secs(20);
    while !held.iter_mut().all(is_closed) {
        assert!(Instant::now() < until, "somebody still holds a connection");
        tokio::time::sleep(Duration::from_millis(500)).await;
    }
    let mut counted = 0.0;
    for what in ["too_many_connections", "slow_greeting", "no_http2"] {
        counted += before
            .counted(&instance, &format!("idesluss_refusals_total{{what=\"{what}\"}}"))
            .await;
        assert!(
            before.log(&instance, &format!("what=\"{what}\"")).len() <= 101,
            "{what}"
        );
    }
    assert_eq!(counted, held.len() as f64, "each is counted once");
    before.nothing_changed(&instance).await;
    drop(instance);

    let apart = Apart::start(Plan::default()).await;
    let address = SocketAddr::from(([127, 0, 0, 1], apart.processes["submission-1"].grpc));
    for _ in 0..3 {
        let _held = hold(address, 300, b"");
        let head = ForeignCall::apart(&apart, "submission-1", HEAD, json!({}));
        let answer = client.call(ForeignCall { seconds: 3.0, ..head }).await;
        assert_eq!(answer.code, "OK", "{answer:?}");
    }
}

/// A connection by HTTP/2 that answers pings and grants no room for any answer. It lasts as long as the client.
async fn greet(address: &Address) -> SendRequest<Bytes> {
    let stream = address.connect().await.expect("the socket answers");
    let handshake = h2::client::Builder::new().initial_window_size(0).handshake(stream);
    let (client, connection) = handshake.await.expect("HTTP/2");
    tokio::spawn(connection);
    client.ready().await.expect("a connection")
}

/// Begins a request, in the name of somebody of whom this is asserted or in nobody's, and sends this much of its body.
async fn begin(
    client: SendRequest<Bytes>,
    path: &str,
    assertion: Option<&BinaryMetadataValue>,
    message: Option<&'static [u8]>,
) -> (SendRequest<Bytes>, ResponseFuture, SendStream<Bytes>) {
    let mut request = http::Request::post(format!("http://test{path}")).header("content-type", "application/grpc");
    if let Some(assertion) = assertion {
        request = request.header(METADATA, assertion.as_encoded_bytes());
    }
    let request = request.body(()).expect("a request");
    let mut client = client.ready().await.expect("a connection");
    let (answer, mut body) = client.send_request(request, false).expect("sent");
    if let Some(message) = message {
        body.send_data(Bytes::from_static(message), true).expect("sent");
    }
    (client, answer, body)
}

#[tokio::test(flavor = "multi_thread")]
async fn connections_that_greet_and_ask_for_nothing_give_way() {
    raise_open_files();
    let instance = Instance::start();
    let client = ForeignClient::start();
    let before = Before::of(&instance).await;
    let address = instance.server.addresses.of("submission");
    // More than there are places: the earliest go.
    let mut held = Vec::new();
    for _ in 0..1_100 {
        held.push(greet(&address).await);
    }
    let head = ForeignCall {
        seconds: 5.0,
        ..ForeignCall::new(&address, HEAD, json!({}))
    };
    assert_eq!(client.call(head).await.code, "OK");
    let turned_away = before
        .counted(&instance, "idesluss_refusals_total{what=\"too_many_connections\"}")
        .await;
    assert!((76.0..=200.0).contains(&turned_away), "{turned_away}");
    before.nothing_changed(&instance).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn one_connection_that_takes_no_answer_has_its_share_and_no_more() {
    let instance = Instance::start();
    let client = ForeignClient::start();
    let before = Before::of(&instance).await;
    let address = instance.server.addresses.of("submission");
    let mut greedy = greet(&address).await;
    let (mut asked, mut refused) = (Vec::new(), 0);
    for _ in 0..300 {
        // A message without a byte.
        let (next, answer, _) = begin(greedy, HEAD, None, Some(&[0; 5])).await;
        greedy = next;
        asked.push(answer);
    }
    let mut held = Vec::new();
    for answer in asked {
        let answer = tokio::time::timeout(PATIENCE, answer).await.expect("an answer's head");
        let answer = answer.expect("a head");
        refused += usize::from(answer.headers().get("grpc-status").is_some_and(|code| code == "8"));
        held.push(answer);
    }
    assert_eq!(refused, 44, "RESOURCE_EXHAUSTED beyond the share of 256");
    let counted = before
        .counted(&instance, "idesluss_refusals_total{what=\"too_many_requests\"}")
        .await;
    assert_eq!(counted, 44.0);
    for _ in 0..5 {
        assert_eq!(
            client.call_to(&instance, "submission", HEAD, json!({})).await.code,
            "OK"
        );
    }
    before.nothing_changed(&instance).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn uploads_that_never_come_keep_nobody_else_out_and_are_given_up() {
    let instance = Instance::start();
    let client = ForeignClient::start();
    let before = Before::of(&instance).await;
    let address = instance.server.addresses.of("submission");
    let shown = instance.server.shown(&submitter()).await.expect("signed in");
    let mut held = Vec::new();
    for _ in 0..6 {
        let mut greedy = greet(&address).await;
        for _ in 0..200 {
            let (next, answer, body) = begin(greedy, ATTACH, Some(shown.to("submission")), None).await;
            greedy = next;
            held.push((answer, body));
        }
    }
    assert_eq!(
        client.call_to(&instance, "submission", HEAD, json!({})).await.code,
        "OK"
    );
    let asked = asks(instance.server.addresses.web, "/");
    assert!(asked.starts_with("HTTP/1.1 200"), "{asked}");
    let until = Instant::now() + Duration::from_secs(60);
    // They are looked at one after another, also while the questions above are answered.
    while before
        .counted(&instance, "idesluss_refusals_total{what=\"too_many_uploads\"}")
        .await
        < 1_000.0
    {
        assert!(Instant::now() < until, "too many uploads are let in");
        tokio::time::sleep(Duration::from_millis(500)).await;
    }
    // Each has its pace: thirty seconds without a byte.
    let until = Instant::now() + Duration::from_secs(60);
    while before
        .counted(&instance, "idesluss_refusals_total{what=\"slow_request\"}")
        .await
        < 128.0
    {
        assert!(Instant::now() < until, "uploads that never come are still waited for");
        tokio::time::sleep(Duration::from_millis(500)).await;
    }
    before.nothing_changed(&instance).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_message_with_countless_wrong_fields_is_answered_in_a_few_words() {
    let instance = Instance::start();
    let client = ForeignClient::start();
    let before = Before::of(&instance).await;
    let nothing = vec![""; 300_000];
    let (coordinator, [assessor, _]) = (coordinator(), assessors());
    for (who, service, rpc, request) in [
        (
            &coordinator,
            "submission",
            "SuggestSimilarIdeas",
            json!({ "similar": nothing }),
        ),
        (
            &assessor,
            "evaluation",
            "SubmitAssessment",
            json!({ "scores": vec![json!({}); 100_000] }),
        ),
        (
            &coordinator,
            "evaluation",
            "AssignAssessors",
            json!({ "assessors": nothing }),
        ),
    ] {
        let method = match service {
            "submission" => format!("/idesluss.submission.v1.SubmissionCommandService/{rpc}"),
            _ => format!("/idesluss.evaluation.v1.EvaluationCommandService/{rpc}"),
        };
        let answer = client.call_by(&instance, who, service, &method, request).await;
        answer.is_refused("INVALID_ARGUMENT", "");
        let problems = (answer.details.iter())
            .flat_map(|detail| detail["field_violations"].as_array().into_iter().flatten())
            .count();
        assert!((1..=32).contains(&problems), "{rpc}: {problems}");
    }
    before.nothing_changed(&instance).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn forms_that_never_come_to_their_end_shut_nobody_out_of_the_web() {
    raise_open_files();
    let instance = Instance::start();
    let before = Before::of(&instance).await;
    let web = instance.server.addresses.web;
    let form = format!(
        "POST /valj HTTP/1.1\r\nhost: {web}\r\ncontent-type: application/x-www-form-urlencoded\r\ncontent-length: 5000\r\n\r\np="
    );
    let _held = hold(web, 1_100, form.as_bytes());
    for _ in 0..3 {
        let answer = asks(web, "/");
        assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    }
    before.nothing_changed(&instance).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn one_connection_does_not_take_all_streams_and_followers_come_in() {
    let instance = Instance::start();
    let greedy = ForeignClient::start();
    let before = Before::of(&instance).await;
    let address = instance.server.addresses.of("submission");
    let follow = json!({ "source": "/fyrbodal-test/submission/house", "after_epoch": 1 });
    let all = ForeignCall {
        seconds: 6.0,
        calls: 100,
        ..ForeignCall::new(&address, FOLLOW, follow.clone())
    };
    let taking = tokio::spawn(async move { greedy.calls(all).await });
    tokio::time::sleep(Duration::from_secs(3)).await;
    let client = ForeignClient::start();
    let follower = ForeignCall {
        seconds: 1.0,
        ..ForeignCall::new(&address, FOLLOW, follow)
    };
    assert_eq!(
        client.call(follower).await.code,
        "DEADLINE_EXCEEDED",
        "it follows until it goes"
    );
    let answers = taking.await.expect("the client ends");
    let refused = answers.iter().filter(|answer| answer.code == "RESOURCE_EXHAUSTED");
    assert_eq!(refused.count(), 36, "beyond a share of 64");
    before.nothing_changed(&instance).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn streams_are_counted_over_all_connections_and_leave_room_for_questions() {
    let instance = Instance::start();
    let client = ForeignClient::start();
    let before = Before::of(&instance).await;
    let address = instance.server.addresses.of("submission");
    let flood = ForeignCall {
        seconds: 4.0,
        connections: 20,
        calls: 20,
        ..ForeignCall::new(
            &address,
            FOLLOW,
            json!({ "source": "/fyrbodal-test/submission/house", "after_epoch": 1 }),
        )
    };
    let other = ForeignClient::start();
    let flooding = tokio::spawn(async move { other.calls(flood).await });
    tokio::time::sleep(Duration::from_secs(2)).await;
    assert_eq!(
        client.call_to(&instance, "submission", HEAD, json!({})).await.code,
        "OK"
    );
    let answers = flooding.await.expect("the client ends");
    let refused = answers
        .iter()
        .filter(|answer| answer.code == "RESOURCE_EXHAUSTED")
        .count();
    assert!((144..400).contains(&refused), "{refused} of 400 streams were refused");
    let counted = before
        .counted(&instance, "idesluss_refusals_total{what=\"too_many_streams\"}")
        .await;
    assert_eq!(counted, refused as f64);
    before.nothing_changed(&instance).await;
    let again = ForeignCall {
        most: 1,
        seconds: 2.0,
        ..ForeignCall::new(&address, FOLLOW, json!({ "source": "/fyrbodal-test/submission/house" }))
    };
    // What was held is given back.
    assert_ne!(client.call(again).await.code, "RESOURCE_EXHAUSTED");
}

#[tokio::test(flavor = "multi_thread")]
async fn watching_health_takes_no_place_of_a_question() {
    let instance = Instance::start();
    let client = ForeignClient::start();
    let mut watching = Vec::new();
    let mut refused = 0;
    for _ in 0..4 {
        let health = HealthClient::new(instance.server.channel("submission"));
        for _ in 0..300 {
            match health.clone().watch(HealthCheckRequest::default()).await {
                Ok(watch) => watching.push(watch),
                Err(status) => {
                    assert_eq!(status.code(), Code::ResourceExhausted, "{status}");
                    refused += 1;
                }
            }
        }
    }
    let head = client.call_to(&instance, "submission", HEAD, json!({})).await;
    assert_eq!(head.code, "OK", "{head:?}");
    assert_eq!((watching.len(), refused), (32, 1_168));
}

#[test]
fn whoever_asks_the_web_too_often_is_told_in_swedish_when_to_come_again() {
    let folder = TempDir::new().expect("a folder");
    let server = Server::start(folder.path(), &["--demo", "--requests-per-second", "2"]);
    let mut reader = Reader::new(server.addresses.web);
    let mut answers: Vec<u16> = (0..10).map(|_| reader.get("/").status).collect();
    assert!(answers.iter().all(|status| *status == 200), "{answers:?}");
    answers.extend((0..10).map(|_| reader.get("/").status));
    assert!(answers.contains(&429), "{answers:?}");
    let answer = asks(server.addresses.web, "/");
    assert!(answer.starts_with("HTTP/1.1 429"), "{answer}");
    assert!(answer.contains("retry-after: 1"), "{answer}");
    assert!(answer.contains("Vänta 1 s och försök igen"), "{answer}");
    assert!(answer.contains("content-security-policy"), "{answer}");
    std::thread::sleep(Duration::from_secs(2));
    assert_eq!(reader.get("/").status, 200);
    assert!(
        server.output().contains("what=\"too_many_web_requests\""),
        "{}",
        server.output()
    );
}
