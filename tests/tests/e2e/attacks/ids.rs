//! Ids that others choose or work out: nobody stops a reaction by using its command's id first, or keeps a thing under another's id.

use super::Before;
use idesluss_domain::words::{CommandId, EventId};
use idesluss_proto::pb::command::Role;
use idesluss_proto::pb::submission as sub;
use idesluss_tests::{ForeignClient, Instance, Someone, eventually};
use serde_json::json;
use tonic::Status;
use uuid::Uuid;

const PROPOSE: &str = "/idesluss.submission.v1.SubmissionCommandService/ProposeCoauthor";

/// The id that the reaction to an event would have, if anybody could work it out.
fn guessed(command: Uuid, kind: &str, method: &str) -> Uuid {
    let home = "uddevalla".parse().expect("an organisation");
    let cause = EventId::derive("submission", &home, CommandId(command), kind, 0);
    CommandId::derive(cause, method).0
}

/// Waits until an idea has its receipt.
async fn has_receipt(instance: &Instance, who: &Someone, idea: &str) {
    eventually(async || {
        let request = sub::GetIdeaRequest {
            query: who.asks(),
            idea: idea.to_owned(),
        };
        let found = instance.ideas().get_idea(who.says(request)).await?.into_inner();
        let reference = found.row.unwrap_or_default().reference;
        Ok::<_, Status>((!reference.is_empty()).then_some(()))
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_works_out_the_id_of_a_receipt_and_uses_it_first_keeps_nobody_from_theirs() {
    let instance = Instance::start();
    let (one, neighbour) = (
        Someone::who("uddevalla", Role::Submitter),
        Someone::who("trollhattan", Role::Submitter),
    );
    let chosen = Uuid::new_v4();
    let taken = guessed(chosen, "idesluss.submission.v1.IdeaSubmitted", "SendReceipt");
    let mut ideas = Vec::new();
    for (who, id) in [
        (&one, taken),
        (&one, chosen),
        (&one, Uuid::new_v4()),
        (&neighbour, Uuid::new_v4()),
        (&neighbour, Uuid::new_v4()),
    ] {
        let request = sub::SubmitIdeaRequest {
            command: who.repeat(id),
            ..who.idea()
        };
        let idea = instance.submit(who.says(request)).await.expect("submitted");
        ideas.push((who, idea));
    }
    for (who, idea) in &ideas {
        has_receipt(&instance, who, idea).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_co_author_is_asked_by_the_same_id_that_is_written_down_whatever_stands_around_it() {
    let instance = Instance::start();
    let client = ForeignClient::start();
    let author = Someone::who("uddevalla", Role::Submitter);
    let idea = instance.submitted_idea().await;
    let before = Before::of(&instance).await;
    for who in [
        Someone::who("trollhattan", Role::Submitter).person(),
        Someone::who("uddevalla", Role::Coordinator).person(),
        Uuid::new_v4().to_string(),
    ] {
        for spelt in [who.clone(), format!(" {who}"), format!("{who}\t"), who.to_uppercase()] {
            let request = json!({ "command": author.command_as_json(), "idea": idea, "coauthor": spelt });
            let answer = client.call_by(&instance, &author, "submission", PROPOSE, request).await;
            answer.is_refused("INVALID_ARGUMENT", "");
        }
    }
    before.nothing_changed(&instance).await;
}
