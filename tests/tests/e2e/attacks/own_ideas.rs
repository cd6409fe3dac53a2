//! Whoever wrote an idea decided it after all: as the author of a duplicate, or of one that a neighbour took up again. And a received
//! idea was said to be erased and was not.

use super::Before;
use super::judging::{Judged, assessors, coordinator, decider, submitter};
use idesluss_domain::words::{EvaluationId, IdeaId};
use idesluss_proto::pb::command::Role;
use idesluss_tests::{ForeignAnswer, Someone, eventually};
use serde_json::{Value, json};
use uuid::Uuid;

fn neighbour(role: Role) -> Someone {
    Someone::who("trollhattan", role)
}

fn ok(answer: ForeignAnswer) -> Value {
    assert_eq!(answer.code, "OK", "{answer:?}");
    answer.responses[0].clone()
}

impl Judged {
    /// Repeats a command until it is taken: what it rests on comes by itself.
    async fn patiently(&self, rpc: &str, who: &Someone, what: Value) -> Value {
        eventually(|| async {
            let answer = self.submission(rpc, who, what.clone()).await;
            Ok((answer.code == "OK").then(|| answer.responses[0].clone()))
        })
        .await
    }

    /// Somebody submits an idea; returns it.
    async fn submitted(&self, who: &Someone) -> String {
        let idea = Uuid::new_v4().to_string();
        let submit = json!({
            "idea": idea, "title": "Elcyklar", "problem": "Bilarna räcker inte.", "terms": "2026-1",
            "owner": "IDEA_OWNER_ORGANISATION",
        });
        ok(self.submission("SubmitIdea", who, submit).await);
        idea
    }

    /// An idea with a brief that was referred to the neighbour; the idea here and there.
    async fn referred(&self) -> (String, String) {
        let idea = self.submitted(&submitter()).await;
        let brief = json!({
            "idea": idea, "title": "Elcyklar till hemtjänsten", "problem": "Bilarna räcker inte till.",
            "deidentified": true,
        });
        ok(self.submission("ApproveBrief", &coordinator(), brief).await);
        let refer = json!({
            "idea": idea, "receiver": "trollhattan", "secrecy_check": "SECRECY_CHECK_NOTHING_SECRET",
            "submitter_told": true,
        });
        let referred = ok(self.submission("ReferIdea", &coordinator(), refer).await);
        (idea, referred["received_as"].as_str().expect("an id").to_owned())
    }

    /// Waits until somebody is an author to an evaluation's rules.
    async fn excluded(&self, who: &Someone) {
        eventually(|| async {
            let seen = json!({ "evaluation": self.evaluation });
            let seen = self.evaluation("GetEvaluation", who, seen).await;
            let author = seen
                .responses
                .first()
                .map(|seen| &seen["evaluation"]["own_declaration"]["author"]);
            Ok((author == Some(&json!(true))).then_some(()))
        })
        .await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn who_becomes_an_author_after_the_neighbour_declined_is_one_when_the_neighbour_takes_it_up_again() {
    let judged = Judged::start().await;
    let (here, there) = judged.referred().await;
    let chief = neighbour(Role::Coordinator);
    let decline = json!({ "idea": there, "reason": "DECLINE_REASON_OUT_OF_SCOPE", "text": "Inte vårt." });
    judged.patiently("DeclineIdea", &chief, decline).await;
    let reopen = json!({ "idea": there, "reason": "Det var fel." });
    ok(judged.submission("ReopenIdea", &chief, reopen).await);
    // Home has it again too, and a colleague there agrees to be a co-author.
    let [coauthor, _] = assessors();
    let propose = json!({ "idea": here, "coauthor": coauthor.person() });
    ok(judged.submission("ProposeCoauthor", &submitter(), propose).await);
    let agree = json!({ "idea": here });
    ok(judged
        .submission("AgreeToCoauthorship", &coauthor.claiming(Role::Submitter), agree)
        .await);
    ok(judged.submission("AcceptIdea", &chief, json!({ "idea": there })).await);
    let evaluation = EvaluationId::derive(there.parse::<IdeaId>().expect("a UUID"), 1).to_string();
    let assign = json!({ "evaluation": evaluation, "assessors": [coauthor.person()] });
    eventually(|| async {
        let refused = judged.evaluation("AssignAssessors", &chief, assign.clone()).await;
        assert_ne!(refused.code, "OK", "an author was asked to assess");
        Ok((refused.reason() == "OWN_IDEA").then_some(()))
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_author_of_a_duplicate_does_not_decide_the_idea_that_goes_on() {
    let judged = Judged::start().await;
    judged.assess().await;
    judged.reveal().await;
    let duplicate = judged.submitted(&decider().claiming(Role::Submitter)).await;
    let link = |of: &str| json!({ "idea": duplicate, "of": of, "consented": true });
    let before = Before::of(&judged.instance).await;
    let (_, there) = judged.referred().await;
    for nothing in [Uuid::new_v4().to_string(), there] {
        let refused = judged.submission("LinkDuplicate", &coordinator(), link(&nothing)).await;
        assert_eq!(refused.reason(), "NO_SUCH_ORIGINAL", "{refused:?}");
    }
    ok(judged
        .submission("LinkDuplicate", &coordinator(), link(&judged.idea))
        .await);
    judged.excluded(&decider()).await;
    let decide = json!({
        "evaluation": judged.evaluation, "outcome": "OUTCOME_ADVANCE", "reasons": "Min egen idé är god.", "seen": 1,
    });
    let refused = judged.evaluation("MakeDecision", &decider(), decide).await;
    refused.is_refused("PERMISSION_DENIED", "an idea of their own");
    assert_eq!(refused.reason(), "OWN_IDEA");
    assert_eq!(before.log(&judged.instance, "Min egen idé"), Vec::<String>::new());
    // They have no author's rights over it either.
    let withdraw = json!({ "idea": judged.idea });
    let refused = judged
        .submission("WithdrawIdea", &decider().claiming(Role::Submitter), withdraw)
        .await;
    assert_eq!(refused.reason(), "NOT_YOURS", "{refused:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_received_idea_is_not_said_to_be_erased_while_its_origin_keeps_it() {
    let judged = Judged::start().await;
    let (here, there) = judged.referred().await;
    let registrar = neighbour(Role::Registrar);
    let wait = json!({ "idea": there });
    eventually(|| async {
        let page = judged.submission("GetIdea", &registrar, wait.clone()).await;
        Ok((page.code == "OK").then_some(()))
    })
    .await;
    let refused = judged.submission("RequestErasure", &registrar, wait.clone()).await;
    refused.is_refused("FAILED_PRECONDITION", "ask it to erase");
    assert_eq!(refused.reason(), "ASK_THE_ORIGIN");

    // Home erases: then nothing is readable there either, and what was written there goes too.
    erase(&judged, "uddevalla", &here).await;
    erase(&judged, "trollhattan", &there).await;
    let page = ok(judged.submission("GetIdea", &registrar, wait).await);
    for text in page["brief"]["texts"].as_object().expect("texts").values() {
        assert_eq!(text["state"], "TEXT_STATE_ERASED", "{page}");
    }

    // What is written after an erasure is erased by another.
    let asked = json!({ "idea": here, "question": "Vad menade Vilhelmina?" });
    judged.submission("RequestClarification", &coordinator(), asked).await;
    erase(&judged, "uddevalla", &here).await;
}

/// Two people erase an idea, and it is done.
async fn erase(judged: &Judged, organisation: &str, idea: &str) {
    let [asks, decides] = [
        Someone::who(organisation, Role::Registrar),
        Someone::second(organisation, Role::Registrar),
    ];
    let about = json!({ "idea": idea });
    ok(judged.submission("RequestErasure", &asks, about.clone()).await);
    let decide = json!({ "idea": idea, "basis": "GDPR art. 17" });
    ok(judged.submission("DecideErasure", &decides, decide).await);
    eventually(|| async {
        let page = judged.submission("GetIdea", &asks, about.clone()).await;
        let done = page.responses.first().map(|page| page["row"]["erasure"].clone());
        Ok((done == Some(json!("ERASURE_STATE_DONE"))).then_some(()))
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn whom_an_import_names_as_submitter_is_kept_from_judging_nothing() {
    let judged = Judged::start().await;
    judged.assess().await;
    judged.reveal().await;
    let [unwelcome, other] = assessors();
    for named in [&unwelcome, &decider()] {
        let old = Uuid::new_v4().to_string();
        let take_over = json!({
            "idea": old, "import": "2019-1", "reference": format!("A-{}", &old[..4]), "submitter": named.person(),
            "title": "En gammal idé", "submitted": "2019-03",
        });
        ok(judged.submission("TakeOverIdea", &coordinator(), take_over).await);
        let link = json!({ "idea": old, "of": judged.idea, "consented": true });
        ok(judged.submission("LinkDuplicate", &coordinator(), link).await);
    }
    // Somebody who did write one is excluded, by what comes after both in the same journal.
    let duplicate = judged.submitted(&other.claiming(Role::Submitter)).await;
    let link = json!({ "idea": duplicate, "of": judged.idea, "consented": true });
    ok(judged.submission("LinkDuplicate", &coordinator(), link).await);
    judged.excluded(&other).await;
    let page = json!({ "evaluation": judged.evaluation });
    let page = judged.evaluation("GetDecisionPage", &decider(), page).await;
    assert_eq!(page.code, "OK", "{page:?}");
    let shown = judged.seen_by(&coordinator()).await;
    let authors = shown.assessors.iter().filter(|assessor| assessor.author);
    assert_eq!(
        authors.map(|author| author.assessor.clone()).collect::<Vec<_>>(),
        [other.person()]
    );
}
