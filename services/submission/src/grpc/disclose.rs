//! Texts that leave in a file: recorded before they do.

use super::on_idea;
use idesluss_domain::Decider as _;
use idesluss_domain::submission::disclosure::DiscloseTexts;
use idesluss_domain::submission::{Disclosures, Ideas};
use idesluss_domain::words::StreamName;
use idesluss_engine::{CommandContext, Decided, Loaded};
use idesluss_proto::pb::submission as pb;
use idesluss_vault::Scope;
use tonic::Status;

pub(super) async fn disclose_texts(
    context: &CommandContext,
    request: pb::DiscloseTextsRequest,
) -> Result<pb::DiscloseTextsResponse, Status> {
    let (mut reader, idea) = on_idea(
        context,
        "DiscloseTexts",
        &request,
        request.command.as_ref(),
        &request.idea,
    );
    let purpose = reader.text("purpose", &request.purpose, 1..=500);
    let (mut pending, idea) = reader.finish(idea)?;
    // Under the idea's key: what it was for may tell about the idea, and goes with it.
    let purpose = pending
        .seal(&Scope::Idea(idea), "TextsDisclosed", "purpose", &purpose)
        .await?;
    let (own, about) = (StreamName::disclosure(idea), StreamName::idea(idea));
    let actor = pending.actor().clone();
    let decide = |loaded: &Loaded| {
        let command = DiscloseTexts {
            actor: actor.clone(),
            idea,
            home: loaded.state::<Ideas>(&about).organisation().cloned(),
            purpose,
        };
        let events = Disclosures::decide(&command, &loaded.state::<Disclosures>(&own))?;
        Ok(vec![Decided::of(&own, idea.0, events)])
    };
    let token = Some(pending.run(&[own.clone(), about.clone()], decide).await?);
    Ok(pb::DiscloseTextsResponse { token })
}
