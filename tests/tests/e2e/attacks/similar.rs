//! Hole 8: whoever asked for similar ideas with a name learnt whose idea held it, and the brief told its coordinator and exact time.

use super::Before;
use super::judging::{Judged, NAME, accepted, assessors, coordinator, decider};
use idesluss_proto::pb::command::Role;
use idesluss_tests::{Someone, eventually};
use serde_json::{Value, json};

/// What the brief says, as somebody else would put it.
const LIKE_IT: &str =
    "Elcyklar till hemtjänstens morgonbesök i centrum, så att personalen inte står i kö till bilarna.";

impl Judged {
    /// How many similar ideas somebody finds, as the client heard it.
    async fn similar(&self, who: &Someone, text: &str) -> Vec<Value> {
        let found = self.submission("FindSimilarIdeas", who, json!({ "text": text })).await;
        assert_eq!(found.code, "OK", "{found:?}");
        found.responses[0]["ideas"].as_array().cloned().unwrap_or_default()
    }

    /// An idea of an organisation with these words, whose brief is found.
    async fn brief_of(&self, organisation: &str, words: &str) -> String {
        let by = |role| Someone::who(organisation, role);
        let idea = self.idea_of(&by(Role::Submitter), words).await;
        let brief = json!({ "idea": idea, "title": "En idé till", "problem": words, "deidentified": true });
        let approved = self.submission("ApproveBrief", &by(Role::Coordinator), brief).await;
        assert_eq!(approved.code, "OK", "{approved:?}");
        eventually(|| async {
            let found = self.similar(&by(Role::Coordinator), words).await;
            let is_there = found.iter().any(|found| found["idea"] == idea.as_str());
            Ok(is_there.then_some(()))
        })
        .await;
        idea
    }

    /// Somebody's idea with these words.
    async fn idea_of(&self, submitter: &Someone, words: &str) -> String {
        let idea = uuid::Uuid::new_v4().to_string();
        let submit = json!({
            "idea": idea, "title": "En idé till", "problem": words, "terms": "2026-1", "owner": "IDEA_OWNER_ORGANISATION",
        });
        let submitted = self.submission("SubmitIdea", submitter, submit).await;
        assert_eq!(submitted.code, "OK", "{submitted:?}");
        idea
    }

    /// Which ideas the page of an idea says are like it.
    async fn linked(&self, who: &Someone, idea: &str) -> Vec<Value> {
        let page = self.submission("GetIdea", who, json!({ "idea": idea })).await;
        assert_eq!(page.code, "OK", "{page:?}");
        page.responses[0]["similar"].as_array().cloned().unwrap_or_default()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_looks_for_ideas_with_a_name_learns_nothing_of_whose_idea_holds_it() {
    let judged = Judged::start().await;
    let colleague = Someone::second("uddevalla", Role::Submitter);
    // The index has taken the brief in when its own words find it.
    let found =
        eventually(|| async { Ok(Some(judged.similar(&colleague, LIKE_IT).await).filter(|found| !found.is_empty())) });
    assert_eq!(found.await[0]["idea"], judged.idea.as_str());
    let before = Before::of(&judged.instance).await;
    let asks = [
        NAME.to_owned(),
        NAME.repeat(20),
        format!("{NAME} på enheten i Ljungskile"),
        "Cykelpool som Vilhelmina ville ha, Ljungskile, Kvistgren".to_owned(),
    ];
    let everybody = [
        colleague,
        Someone::who("uddevalla", Role::Assessor),
        decider(),
        coordinator(),
        Someone::who("trollhattan", Role::Submitter),
    ];
    for who in &everybody {
        for text in &asks {
            assert_eq!(judged.similar(who, text).await, Vec::<Value>::new(), "{text}");
        }
    }
    // Words of a brief find it in its own organisation, for people who may see it anyway, and nowhere else.
    for who in &everybody[..4] {
        assert_eq!(judged.similar(who, LIKE_IT).await.len(), 1);
    }
    assert_eq!(judged.similar(&everybody[4], LIKE_IT).await, Vec::<Value>::new());
    before.nothing_changed(&judged.instance).await;
    assert_eq!(before.log(&judged.instance, "Kvistgren"), Vec::<String>::new());
}

/// Every text in an answer.
fn strings(value: &Value, found: &mut Vec<String>) {
    match value {
        Value::String(text) => found.push(text.clone()),
        Value::Array(items) => items.iter().for_each(|item| strings(item, found)),
        Value::Object(members) => members.values().for_each(|member| strings(member, found)),
        _ => {}
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_assessors_and_deciders_get_tells_neither_author_nor_coordinator_nor_the_time() {
    let judged = Judged::start().await;
    judged.assess().await;
    judged.reveal().await;
    judged
        .decide(idesluss_proto::pb::evaluation::Outcome::Park)
        .await
        .expect("decided");
    let all = judged
        .submission("GetIdea", &coordinator(), json!({ "idea": judged.idea }))
        .await;
    let all = &all.responses[0];
    let text = |value: &Value| value.as_str().expect("a text").to_owned();
    let (at, reference) = (text(&all["row"]["submitted_at"]), text(&all["row"]["reference"]));
    let author = text(&all["authors"][0]);
    assert!(at.contains('T') && reference.starts_with("UDD-"), "{all}");
    let [assessor, _] = assessors();
    let (idea, evaluation) = (
        json!({ "idea": judged.idea }),
        json!({ "evaluation": judged.evaluation }),
    );
    for who in [&assessor, &decider()] {
        let mut heard = vec![
            judged.submission("GetIdea", who, idea.clone()).await,
            judged
                .submission("FindSimilarIdeas", who, json!({ "text": LIKE_IT }))
                .await,
            judged.evaluation("GetEvaluation", who, evaluation.clone()).await,
            judged.evaluation("GetDecision", who, evaluation.clone()).await,
        ];
        heard.push(if who == &assessor {
            judged.evaluation("ListToAssess", who, json!({})).await
        } else {
            judged.evaluation("GetDecisionPage", who, evaluation.clone()).await
        });
        for answer in &heard {
            assert_eq!(answer.code, "OK", "{answer:?}");
        }
        let month = &heard[0].responses[0]["row"]["submitted_at"];
        assert_eq!(month.as_str(), Some(&at[..7]));
        let mut told = Vec::new();
        heard
            .iter()
            .for_each(|answer| answer.responses.iter().for_each(|one| strings(one, &mut told)));
        let hidden = [author.as_str(), NAME, &reference, &at];
        for secret in hidden {
            let found: Vec<_> = told.iter().filter(|text| text.contains(secret)).collect();
            assert!(found.is_empty(), "{secret}: {found:?}");
        }
        // Of the evaluation itself they see who leads it; of the idea they do not.
        let idea_page = heard[0].responses[0].to_string();
        assert!(!idea_page.contains(&coordinator().person()), "{idea_page}");
        let entries = heard[3].responses[0]["entries"].as_array().expect("entries").clone();
        let received: Vec<_> = entries
            .iter()
            .filter(|entry| text(&entry["source"]).contains("/submission/"))
            .collect();
        assert!(!received.is_empty(), "{entries:?}");
        for entry in received {
            assert!(entry.get("actor").is_none_or(|actor| actor == ""), "{entry}");
            assert_eq!(
                (text(&entry["recorded"]).len(), text(&entry["time"]).len()),
                (7, 7),
                "{entry}"
            );
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_decider_of_erasures_reads_no_original_title() {
    let judged = Judged::start().await;
    let registrar = Someone::who("uddevalla", Role::Registrar);
    // Another one without a brief is listed too, without a title.
    let asked = judged
        .submission("RequestErasure", &registrar, json!({ "idea": judged.idea }))
        .await;
    assert_eq!(asked.code, "OK", "{asked:?}");
    let list = json!({ "erasure_requested": true });
    let found = eventually(|| async {
        let listed = judged.submission("ListInbox", &decider(), list.clone()).await;
        Ok(listed.responses[0]["ideas"].as_array().cloned())
    });
    let found = found.await;
    let told = Value::from(found).to_string();
    assert!(
        told.contains("Cykelpool med elcyklar") && !told.contains(NAME),
        "{told}"
    );
    assert!(
        !told.contains(&coordinator().person()) && !told.contains("UDD-"),
        "{told}"
    );
    let _ = accepted(&judged.instance).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_found_at_home_does_not_tell_which_words_stand_in_a_neighbours_brief() {
    let judged = Judged::start().await;
    let colleague = Someone::second("uddevalla", Role::Submitter);
    eventually(|| async { Ok(Some(judged.similar(&colleague, LIKE_IT).await).filter(|found| !found.is_empty())) })
        .await;
    // Twenty-five words that stand in the neighbour's brief, again and again, beside three of ours: were they weighed, ours would not be looked for.
    let theirs: Vec<String> = (0..25)
        .map(|number| format!("grannord{}", char::from(b'a' + number)))
        .collect();
    let neighbour = |role| Someone::who("trollhattan", role);
    let idea = uuid::Uuid::new_v4().to_string();
    let submit = json!({
        "idea": idea, "title": "En annan idé", "problem": theirs.join(" "), "terms": "2026-1", "owner": "IDEA_OWNER_ORGANISATION",
    });
    let submitted = judged
        .submission("SubmitIdea", &neighbour(Role::Submitter), submit)
        .await;
    assert_eq!(submitted.code, "OK", "{submitted:?}");
    let brief = json!({ "idea": idea, "title": "En annan idé", "problem": theirs.join(" "), "deidentified": true });
    let approved = judged
        .submission("ApproveBrief", &neighbour(Role::Coordinator), brief)
        .await;
    assert_eq!(approved.code, "OK", "{approved:?}");
    eventually(|| async {
        let found = judged.similar(&neighbour(Role::Coordinator), &theirs.join(" ")).await;
        Ok((!found.is_empty()).then_some(()))
    })
    .await;
    let asked = format!("elcyklar hemtjänsten morgonbesök {}", theirs.join(" ").repeat(12));
    let found = judged.similar(&colleague, &asked).await;
    assert_eq!(found.len(), 1, "{found:?}");

    // Two of ours, of which one has few of the words that are asked for: whether it is near enough hangs on no neighbour.
    let (many, few) = (
        "drakskur ekbark flodsten grusgång hagtorn isvak julkärve klippspår",
        "trindvop ulmgast vroskil",
    );
    judged.brief_of("uddevalla", many).await;
    judged.brief_of("uddevalla", few).await;
    let both = format!("{many} {few}");
    let before = judged.similar(&colleague, &both).await;
    assert_eq!(before.len(), 2, "{before:?}");
    for _ in 0..2 {
        judged.brief_of("trollhattan", few).await;
    }
    assert_eq!(judged.similar(&colleague, &both).await, before);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_somebody_is_in_conflict_with_is_found_and_linked_nowhere_and_decides_nothing() {
    let judged = Judged::start().await;
    let declared = json!({ "evaluation": judged.evaluation, "reason": "Min syster har skrivit den." });
    let declared = judged.evaluation("DeclareConflict", &decider(), declared).await;
    assert_eq!(declared.code, "OK", "{declared:?}");
    let submitter = decider().claiming(Role::Submitter);
    let few = judged.brief_of("uddevalla", "trindvop ulmgast vroskil").await;
    eventually(|| async {
        let found = judged.similar(&coordinator(), LIKE_IT).await.len();
        let hidden = judged.similar(&decider(), LIKE_IT).await.is_empty();
        Ok((found == 1 && hidden).then_some(()))
    })
    .await;
    // What is near enough is measured by what may be seen.
    let asked = format!("trindvop ulmgast vroskil {LIKE_IT}");
    let found = judged.similar(&decider(), &asked).await;
    assert_eq!(found.len(), 1, "{found:?}");
    assert_eq!(found[0]["idea"], few.as_str());
    // Nor does one's own idea say that it is like that one.
    let own = judged.idea_of(&submitter, LIKE_IT).await;
    eventually(|| async {
        let linked = judged.linked(&coordinator(), &own).await;
        Ok(linked.contains(&json!(judged.idea)).then_some(()))
    })
    .await;
    assert_eq!(judged.linked(&submitter, &own).await, Vec::<Value>::new());
}
