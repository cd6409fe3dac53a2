//! Something that had happened and had not arrived when it was decided.

use super::{audit, json, told};
use crate::skeleton::walk;
use idesluss_domain::words::{EvaluationId, IdeaId};
use idesluss_journal::{Append, CommandKey, Log as _, SqliteOptions, SqliteStore, StreamAppend};
use idesluss_proof::line::{Draft, parse};
use idesluss_tests::{Instance, eventually};
use serde_json::{Value, json as value};
use std::path::Path;
use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};
use uuid::Uuid;

fn now() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).expect("after 1970");
    i64::try_from(since.as_micros()).expect("before the year 290000")
}

/// A service's journal in a folder on which nothing runs.
fn journal(data: &Path, service: &str) -> SqliteStore {
    let file = std::fs::read_to_string(data.join("instance.toml")).expect("the region");
    let region: toml::Table = file.parse().expect("the region");
    let instance = region["instance"].as_str().expect("a name");
    let options = SqliteOptions::new(instance, service, Arc::new(now));
    SqliteStore::open(&data.join(service).join("journal.db"), options).expect("a journal")
}

/// Writes one event as the service itself would.
async fn write(store: &SqliteStore, service: &str, stream: &str, name: &str, idea: &str, data: &Value) -> u64 {
    let read = store.streams(&[stream.to_owned()]).await.expect("the stream");
    let draft = Draft {
        id: Uuid::new_v4().to_string(),
        audience: "house".to_owned(),
        kind: format!("idesluss.{service}.v1.{name}"),
        time_micros: now(),
        organisation: "uddevalla".to_owned(),
        actor: Uuid::from_u128(4).to_string(),
        role: if service == "evaluation" {
            "decision-maker"
        } else {
            "submitter"
        }
        .to_owned(),
        grant: None,
        assertion: None,
        mandate: None,
        commandid: Uuid::new_v4().to_string(),
        correlationid: idea.to_owned(),
        causationid: None,
        traceparent: None,
        data: data.to_string(),
    };
    let append = Append {
        command: Some(CommandKey {
            organisation: "uddevalla".to_owned(),
            id: *Uuid::new_v4().as_bytes(),
            fingerprint: [0; 32],
        }),
        streams: vec![StreamAppend {
            stream: stream.to_owned(),
            expected: read[0].version,
            events: vec![draft],
        }],
        ..Append::default()
    };
    store.append(append).await.expect("appended");
    store.head().borrow().size - 1
}

/// What the evaluation's decision says.
async fn decision(store: &SqliteStore, stream: &str) -> Value {
    let read = store.streams(&[stream.to_owned()]).await.expect("the stream");
    let made = read[0].entries.iter().find_map(|entry| {
        let line = parse(&entry.line).expect("a line");
        let event = line.body.event()?;
        event.kind.ends_with(".DecisionMade").then(|| event.data.to_owned())
    });
    serde_json::from_str(&made.expect("a decision")).expect("JSON")
}

#[tokio::test(flavor = "multi_thread")]
async fn what_had_happened_elsewhere_and_had_not_arrived_is_told_apart_from_what_was_known() {
    let instance = Instance::start();
    let idea = walk(&instance).await.idea;
    let id: IdeaId = idea.parse().expect("a UUID");
    let evaluation = EvaluationId::derive(id, 1).to_string();
    let folder = instance.stop();

    // The services stand still: a colleague's support is written in submission, and then it is decided anew in evaluation.
    let submission = journal(folder.path(), "submission");
    let support = value!({ "supporter": Uuid::from_u128(4) });
    let late = write(
        &submission,
        "submission",
        &format!("idea/{idea}"),
        "SupportExpressed",
        &idea,
        &support,
    )
    .await;
    submission.close().await;
    let store = journal(folder.path(), "evaluation");
    let stream = format!("evaluation/{evaluation}");
    let mut anew = decision(&store, &stream).await;
    let head = store.head().borrow().clone();
    let sources: Vec<Value> = head
        .received
        .iter()
        .map(|(source, state)| {
            value!({ "source": source, "epoch": state.epoch, "sequence": state.sequence, "from_position": state.from_position })
        })
        .collect();
    anew["outcome"] = "park".into();
    anew["home"] = false.into();
    anew["basis"]["seen"] = (head.size - 1).into();
    anew["basis"]["size"] = head.size.into();
    anew["basis"]["sources"] = sources.into();
    let anew = value!({ "number": 1, "decision": anew });
    let decided = write(&store, "evaluation", &stream, "DecisionReconsidered", &idea, &anew).await;
    store.close().await;

    let instance = Instance::restart(folder);
    let data = instance.folder.path().to_string_lossy().into_owned();
    let dossier = eventually(|| {
        let dossier = json(&data, &["dossier", &evaluation]);
        async move { Ok(Some(dossier).filter(|dossier| dossier["elsewhere"][0]["arrived"].is_u64())) }
    })
    .await;
    assert_eq!(dossier["decision"]["position"], decided);
    assert_eq!(dossier["decision"]["reconsideration"], 1);
    assert_eq!(dossier["elsewhere"].as_array().map(Vec::len), Some(1));
    let missing = &dossier["elsewhere"][0];
    assert_eq!(
        (
            &missing["event"],
            &missing["service"],
            &missing["position"],
            &missing["followed"]
        ),
        (
            &"SupportExpressed".into(),
            &"submission".into(),
            &late.into(),
            &true.into()
        )
    );
    assert!(
        missing["arrived"].as_u64().is_some_and(|arrived| arrived > decided),
        "{missing}"
    );
    let known = super::names(&dossier["known"], "event");
    assert!(
        known.contains(&"DecisionMade") && !known.contains(&"SupportExpressed"),
        "{known:?}"
    );
    let text = told(&data, &["dossier", &evaluation]);
    assert!(
        text.contains("Support expressed") && text.contains("arrived later, as evaluation:"),
        "{text}"
    );
    let (code, ..) = audit(&data, &["dossier", &evaluation]);
    assert_eq!(code, Some(0));

    // The first decision keeps its own dossier, which knows nothing of all that.
    let first = dossier["known"]
        .as_array()
        .expect("entries")
        .iter()
        .find(|entry| entry["event"] == "DecisionMade");
    let place = format!("evaluation:{}", first.expect("the first decision")["position"]);
    let stood = json(&data, &["replay", "--at", &place]);
    let event = stood["last"][0]["id"].as_str().expect("an id");
    let first = json(&data, &["dossier", event]);
    assert_eq!(
        (&first["decision"]["outcome"], &first["decision"]["replaced"]),
        (&"advance".into(), &true.into())
    );
    assert_eq!(first["elsewhere"], value!([]));
    drop(instance.stop());
}
