//! After an erasure nothing under the folder holds the words, and every line and proof is as it was.

use idesluss_proto::pb::command::Role;
use idesluss_proto::pb::submission as sub;
use idesluss_tests::{Instance, Someone, eventually, gathered, run};
use std::path::Path;
use std::time::Duration;
use uuid::Uuid;

/// Words that stand nowhere else.
const SECRETS: [&str; 5] = [
    "kvastskaftsmysteriet",
    "blåbärsordförande",
    "granitkompassen",
    "tidvattensklockan",
    "pergamentsnurran",
];

/// Every file under a folder whose bytes hold one of the secrets.
fn holders(folder: &Path, found: &mut Vec<String>) {
    for entry in std::fs::read_dir(folder).expect("a folder can be listed") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            holders(&path, found);
            continue;
        }
        // A socket holds nothing.
        if !path.is_file() {
            continue;
        }
        let bytes = std::fs::read(&path).expect("a file can be read");
        let text = String::from_utf8_lossy(&bytes).to_lowercase();
        for secret in SECRETS {
            // Stems are shorter than words: an index would hold the beginning.
            let stem: String = secret.chars().take(secret.chars().count() - 4).collect();
            if text.contains(&stem) {
                found.push(format!("{} holds {stem}", path.display()));
            }
        }
    }
}

/// Four letters together of each word in the idea and its brief, which stand together in nothing else there.
const LETTERS: [&str; 3] = ["ftsm", "ärso", "itko"];

/// How often these letters are indexed in submission's indexes, also for what nothing finds any more.
fn indexed(folder: &Path) -> usize {
    let mut found = 0;
    for index in std::fs::read_dir(folder.join("submission/search")).expect("indexes") {
        let folder = index.expect("a folder").path();
        let index = tantivy::Index::open_in_dir(&folder).expect("an index");
        // A file of a segment that is not in use may hold what was erased from those that are.
        let living = index.searchable_segment_ids().expect("segments");
        let living: Vec<String> = living.iter().map(tantivy::index::SegmentId::uuid_string).collect();
        for file in std::fs::read_dir(&folder).expect("files") {
            let name = file.expect("a file").file_name().to_string_lossy().into_owned();
            let segment = name.split('.').next().unwrap_or_default();
            found += usize::from(segment.len() == 32 && !living.iter().any(|living| living == segment));
        }
        let grams = index.schema().get_field("grams").expect("a field");
        for segment in index.reader().expect("a reader").searcher().segment_readers() {
            let terms = segment.inverted_index(grams).expect("terms");
            let held = |letters: &&str| {
                terms
                    .doc_freq(&tantivy::Term::from_field_text(grams, letters))
                    .expect("a count")
                    > 0
            };
            found += LETTERS.iter().filter(|letters| held(letters)).count();
        }
    }
    found
}

async fn attach(instance: &Instance, submitter: &Someone, idea: &str) {
    let about = sub::AttachFileHeader {
        command: submitter.command(),
        idea: idea.to_owned(),
        attachment: Uuid::new_v4().to_string(),
        name: format!("{}.txt", SECRETS[3]),
        media_type: "text/plain".into(),
    };
    let part = |part| sub::AttachFileRequest { part: Some(part) };
    let text = format!("{} ", SECRETS[4]).repeat(20_000);
    let end = sub::AttachFileEnd {
        bytes: text.len() as u64,
    };
    let parts = [
        part(sub::attach_file_request::Part::About(about)),
        part(sub::attach_file_request::Part::Chunk(text.into_bytes())),
        part(sub::attach_file_request::Part::End(end)),
    ];
    instance
        .submission()
        .attach_file(submitter.says(tokio_stream::iter(parts)))
        .await
        .expect("a file");
}

/// On which basis it is decided here.
pub(crate) const BASIS: &str = "GDPR art. 17.1 a; gallringsbeslut 2026-03";

/// Has an idea's texts erased, and waits until every service has confirmed it.
pub(crate) async fn erase(instance: &Instance, idea: &str) {
    let submitter = Someone::who("uddevalla", Role::Submitter);
    let registrar = Someone::who("uddevalla", Role::Registrar);
    let mut submission = instance.submission();
    let asked = sub::RequestErasureRequest {
        command: submitter.command(),
        idea: idea.to_owned(),
    };
    submission
        .request_erasure(submitter.says(asked))
        .await
        .expect("asked for");
    let decided = sub::DecideErasureRequest {
        command: registrar.command(),
        idea: idea.to_owned(),
        basis: BASIS.into(),
    };
    submission
        .decide_erasure(registrar.decides(&decided.command.clone(), decided))
        .await
        .expect("decided");
    eventually(|| {
        let (mut ideas, query, idea) = (instance.ideas(), registrar.asks(), idea.to_owned());
        let request = registrar.says(sub::GetIdeaRequest { query, idea });
        async move {
            let row = ideas.get_idea(request).await?.into_inner().row;
            Ok(row.filter(|row| row.erasure() == sub::ErasureState::Done))
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn after_an_erasure_no_file_holds_the_words_and_every_line_stays() {
    let instance = Instance::start();
    let submitter = Someone::who("uddevalla", Role::Submitter);
    let coordinator = Someone::who("uddevalla", Role::Coordinator);
    let auditor = Someone::who("uddevalla", Role::Auditor);
    let submit = sub::SubmitIdeaRequest {
        title: format!("Om {}", SECRETS[0]),
        problem: format!("Allt började med {}.", SECRETS[1]),
        ..submitter.idea()
    };
    let idea = instance.submit(submitter.says(submit)).await.expect("submitted");
    attach(&instance, &submitter, &idea).await;
    let brief = sub::ApproveBriefRequest {
        title: format!("Underlag om {}", SECRETS[2]),
        ..coordinator.brief(&idea)
    };
    instance.accept(brief).await;
    instance.opened_evaluation(&idea).await;
    // The index holds the words now, and a search finds them.
    let found = |instance: &Instance| {
        let mut ideas = instance.ideas();
        let request = coordinator.says(sub::SearchIdeasRequest {
            query: coordinator.asks(),
            words: SECRETS[1].into(),
            page_size: 10,
            page_token: String::new(),
        });
        async move {
            ideas
                .search_ideas(request)
                .await
                .map(|answer| answer.into_inner().ideas.len())
        }
    };
    eventually(|| {
        let found = found(&instance);
        async move { Ok(Some(found.await?).filter(|count| *count == 1)) }
    })
    .await;
    let history = |instance: &Instance| {
        let (mut ideas, query, idea) = (instance.ideas(), auditor.asks(), idea.clone());
        let request = auditor.says(sub::GetHistoryRequest { query, idea });
        async move {
            let parts = gathered(ideas.get_history(request).await.expect("a history")).await;
            parts.into_iter().flat_map(|part| part.entries).collect::<Vec<_>>()
        }
    };
    eventually(|| {
        let held = indexed(instance.folder.path());
        async move { Ok((held >= LETTERS.len()).then_some(())) }
    })
    .await;
    let before = history(&instance).await;
    let head_before = instance.server.head("submission").await;

    erase(&instance, &idea).await;
    assert_eq!(found(&instance).await.expect("a search"), 0);
    let after = history(&instance).await;
    for (before, after) in before.iter().zip(&after) {
        assert_eq!(before.line, after.line, "a line has changed");
    }
    assert!(after.len() > before.len());
    assert!(instance.server.head("submission").await != head_before);
    let texts = after.iter().flat_map(|entry| entry.texts.values());
    assert!(texts.clone().count() > 0);
    for text in texts {
        assert!(text.text.is_empty(), "a text can still be read");
    }

    // While it runs, and after it has ended.
    let mut held = Vec::new();
    holders(instance.folder.path(), &mut held);
    let folder = instance.stop();
    holders(folder.path(), &mut held);
    assert_eq!(held, Vec::<String>::new());
    assert_eq!(indexed(folder.path()), 0);
    let data = folder.path().to_string_lossy().into_owned();
    // No erasure reaches an index of an earlier version: it goes when the folder is opened.
    let earlier = folder.path().join("submission/search/ideas.v1.1");
    std::fs::create_dir(&earlier).expect("a folder");
    std::fs::write(earlier.join("words"), SECRETS[0]).expect("written");
    let opened = run(&["audit", "replay", "--data", &data]);
    assert!(opened.status.success() && !earlier.exists(), "{opened:?}");
    let checked = run(&["doctor", "--data", &data]);
    assert!(checked.status.success(), "{}", String::from_utf8_lossy(&checked.stdout));
}

/// At any moment after it was decided.
#[tokio::test(flavor = "multi_thread")]
async fn an_erasure_that_is_killed_at_any_moment_is_ended_after_the_next_start() {
    let mut instance = Instance::start();
    let submitter = Someone::who("uddevalla", Role::Submitter);
    let registrar = Someone::who("uddevalla", Role::Registrar);
    let coordinator = Someone::who("uddevalla", Role::Coordinator);
    for milliseconds in [0, 1, 3, 6, 12, 25, 50, 100] {
        let submit = sub::SubmitIdeaRequest {
            title: format!("Om {}", SECRETS[1]),
            ..submitter.idea()
        };
        let idea = instance.submit(submitter.says(submit)).await.expect("submitted");
        eventually(|| {
            let held = indexed(instance.folder.path());
            async move { Ok((held > 0).then_some(())) }
        })
        .await;
        let asked = sub::RequestErasureRequest {
            command: submitter.command(),
            idea: idea.clone(),
        };
        let mut submission = instance.submission();
        submission
            .request_erasure(submitter.says(asked))
            .await
            .expect("asked for");
        let decided = sub::DecideErasureRequest {
            command: registrar.command(),
            idea: idea.clone(),
            basis: BASIS.into(),
        };
        let decided = registrar.decides(&decided.command.clone(), decided);
        submission.decide_erasure(decided).await.expect("decided");
        tokio::time::sleep(Duration::from_millis(milliseconds)).await;
        let Instance { folder, server, .. } = instance;
        server.kill();
        instance = Instance::restart(folder);
        eventually(|| {
            let (mut ideas, query, idea) = (instance.ideas(), registrar.asks(), idea.clone());
            let request = registrar.says(sub::GetIdeaRequest { query, idea });
            async move {
                let row = ideas.get_idea(request).await?.into_inner().row;
                Ok(row.filter(|row| row.erasure() == sub::ErasureState::Done))
            }
        })
        .await;
        assert_eq!(indexed(instance.folder.path()), 0, "after {milliseconds} ms");
        let words = SECRETS[1].to_owned();
        let request = coordinator.says(sub::SearchIdeasRequest {
            query: coordinator.asks(),
            words,
            page_size: 10,
            page_token: String::new(),
        });
        let found = instance
            .ideas()
            .search_ideas(request)
            .await
            .expect("a search")
            .into_inner();
        assert!(
            found.ideas.iter().all(|row| row.idea != idea),
            "after {milliseconds} ms"
        );
    }
}

/// An idea that a neighbour referred on stands in a third organisation's words too.
#[tokio::test(flavor = "multi_thread")]
async fn an_erasure_reaches_whoever_got_the_idea_by_way_of_others() {
    let instance = Instance::start();
    let submitter = Someone::who("uddevalla", Role::Submitter);
    let submit = sub::SubmitIdeaRequest {
        title: format!("Om {}", SECRETS[1]),
        ..submitter.idea()
    };
    let first = instance.submit(submitter.says(submit)).await.expect("submitted");
    let coordinator = Someone::who("uddevalla", Role::Coordinator);
    let brief = sub::ApproveBriefRequest {
        title: format!("Underlag om {}", SECRETS[2]),
        ..coordinator.brief(&first)
    };
    instance
        .submission()
        .approve_brief(coordinator.says(brief))
        .await
        .expect("approved");
    let mut idea = first.clone();
    for (from, to) in [("uddevalla", "trollhattan"), ("trollhattan", "fyrbodal")] {
        let by = Someone::who(from, Role::Coordinator);
        let referred = eventually(|| {
            let (mut submission, by) = (instance.submission(), &by);
            let refer = sub::ReferIdeaRequest {
                command: by.command(),
                idea: idea.clone(),
                receiver: to.to_owned(),
                secrecy_check: sub::SecrecyCheck::NothingSecret.into(),
                submitter_told: true,
            };
            async move { submission.refer_idea(by.says(refer)).await.map(Some) }
        })
        .await;
        idea = referred.into_inner().received_as;
    }
    let third = Someone::who("fyrbodal", Role::Coordinator);
    let found = || {
        let mut ideas = instance.ideas();
        let request = third.says(sub::SearchIdeasRequest {
            query: third.asks(),
            words: SECRETS[2].into(),
            page_size: 10,
            page_token: String::new(),
        });
        async move {
            let found = ideas.search_ideas(request).await;
            found.map(|answer| answer.into_inner().ideas.len())
        }
    };
    eventually(|| {
        let found = found();
        async move { Ok((found.await? == 1).then_some(())) }
    })
    .await;
    erase(&instance, &first).await;
    assert_eq!(
        (found().await.expect("a search"), indexed(instance.folder.path())),
        (0, 0)
    );
}
