//! Hole 15 and 16: a file was whatever its sender called it, in a line that can't be changed, and one that broke off was taken for whole.

use super::Before;
use super::judging::submitter;
use idesluss_tests::{ForeignClient, Instance, Reader, Server};
use serde_json::{Value, json};
use tempfile::TempDir;
use uuid::Uuid;

const ATTACH: &str = "/idesluss.submission.v1.SubmissionCommandService/AttachFile";
const GET: &str = "/idesluss.submission.v1.SubmissionQueryService/GetIdea";

/// `%PDF-1.7`, the beginning of a PNG, of a program for Windows, and a page with a script; in base64.
const PDF: &str = "JVBERi0xLjcKJeLjz9MKMSAwIG9iagpoZW1saWd0";
const PNG: &str = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAAB";
const EXE: &str = "TVqQAAMAAAAEAAAA//8AALgAAAA=";
const HTML: &str = "PCFET0NUWVBFIGh0bWw+PHNjcmlwdD5hbGVydCgxKTwvc2NyaXB0Pg==";

fn sends(idea: &str, said: &str, bytes: &str, end: Option<u64>) -> Value {
    let command = submitter().command_as_json();
    let mut parts = vec![
        json!({ "about": {
            "command": command, "idea": idea, "attachment": Uuid::new_v4().to_string(), "name": "hemligt.pdf", "media_type": said,
        } }),
        json!({ "chunk": bytes }),
    ];
    parts.extend(end.map(|bytes| json!({ "end": { "bytes": bytes } })));
    Value::Array(parts)
}

/// How many bytes a text in base64 stands for.
fn length(base64: &str) -> u64 {
    (base64.trim_end_matches('=').len() * 3 / 4) as u64
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_is_what_its_bytes_are_and_one_that_lies_or_breaks_off_is_not_taken_in() {
    let instance = Instance::start();
    let client = ForeignClient::start();
    let submitter = submitter();
    let idea = instance.submitted_idea().await;
    let before = Before::of(&instance).await;
    let lies = [
        ("application/pdf", PNG),
        ("text/plain", PDF),
        ("image/png", EXE),
        ("application/pdf", HTML),
    ];
    for (said, bytes) in lies {
        let request = sends(&idea, said, bytes, Some(length(bytes)));
        let answer = client
            .call_by(&instance, &submitter, "submission", ATTACH, request)
            .await;
        answer.is_refused("INVALID_ARGUMENT", "");
        let fields = answer
            .details
            .iter()
            .find_map(|detail| detail["field_violations"].as_array());
        assert_eq!(
            fields.expect("a problem of a field")[0]["field"],
            "media_type",
            "{answer:?}"
        );
    }
    for end in [None, Some(length(PDF) - 1), Some(length(PDF) + 1)] {
        let request = sends(&idea, "application/pdf", PDF, end);
        let answer = client
            .call_by(&instance, &submitter, "submission", ATTACH, request)
            .await;
        answer.is_refused("INVALID_ARGUMENT", "did not come whole");
    }
    before
        .only_refusals(&instance, "mislabelled_file", lies.len(), &["hemligt", PNG, "script"])
        .await;

    // One whose sender does not know what it is, is what it is.
    let request = sends(&idea, "application/octet-stream", PDF, Some(length(PDF)));
    let added = client
        .call_by(&instance, &submitter, "submission", ATTACH, request)
        .await;
    assert_eq!(added.code, "OK", "{added:?}");
    let get = json!({ "query": { "after": added.responses[0]["token"] }, "idea": idea });
    let seen = client.call_by(&instance, &submitter, "submission", GET, get).await;
    let kinds = &seen.responses[0]["attachments"][0]["media_type"];
    assert_eq!(kinds, "application/pdf", "{seen:?}");
}

#[test]
fn the_web_says_at_the_field_in_swedish_that_a_file_is_not_what_it_is_called() {
    let folder = TempDir::new().expect("a folder");
    let server = Server::start(folder.path(), &["--demo"]);
    let mut maria = Reader::new(server.addresses.web);
    maria.become_person("Maria Lindqvist", "submitter");
    let form = maria.get("/ideer/ny").html;
    let fields = [
        ("title", "Laddplats för elcyklar"),
        ("problem", "Vi saknar en plats att ladda elcyklar på."),
        ("owner", "1"),
        ("terms", "ja"),
    ];
    let page = maria.fill(&form, "/ideer", &fields).html;
    let action = page
        .split("action=\"")
        .skip(1)
        .filter_map(|rest| rest.split('"').next());
    let action = action
        .into_iter()
        .find(|action| action.ends_with("/fil"))
        .expect("a form for a file")
        .to_owned();
    let idea = action.trim_end_matches("/fil").to_owned();
    let refused = maria.upload(&page, &action, "skiss.txt", b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR");
    assert_eq!(refused.status, 422, "{}", refused.html);
    assert!(
        refused.html.contains("Filens format")
            && refused.html.contains("av ett annat slag")
            && refused.html.contains("aria-invalid=\"true\""),
        "{}",
        refused.html
    );
    // More than a few pieces, handed on as they come.
    let long = "rad\n".repeat(1_000_000);
    let page = maria.get(&idea).html;
    let taken = maria.upload(&page, &action, "lång.txt", long.as_bytes());
    assert_eq!(taken.status, 200, "{}", taken.html);
    let link = taken
        .html
        .split(&format!("{action}/"))
        .nth(1)
        .and_then(|rest| rest.split('"').next());
    let file = maria.get(&format!("{action}/{}", link.expect("the file has a link")));
    assert_eq!(file.bytes.len(), long.len());
}
