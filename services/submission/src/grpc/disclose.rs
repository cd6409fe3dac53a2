//! Texts that leave in a file: recorded before they do.

use super::access::is_aside;
use super::{Answer, Submission};
use idesluss_domain::Decider as _;
use idesluss_domain::submission::disclosure::DiscloseTexts as Disclose;
use idesluss_domain::submission::{Disclosures, Ideas};
use idesluss_domain::words::StreamName;
use idesluss_engine::{Decided, Loaded, PendingCommand, forbidden};
use idesluss_proto::pb::submission as pb;
use idesluss_proto::requests::submission::DiscloseTexts;
use idesluss_proto::status::Reason;

/// Its purpose is sealed under the idea's key: what it was for may tell about the idea, and goes with it.
pub(super) async fn disclose(
    submission: Submission,
    mut pending: PendingCommand,
    command: DiscloseTexts,
) -> Answer<pb::DiscloseTextsRequest> {
    let DiscloseTexts { idea, purpose } = command;
    let (own, about) = (StreamName::disclosure(idea), StreamName::idea(idea));
    let actor = pending.actor().clone();
    let rounds = pending.load(std::slice::from_ref(&about)).await?;
    let rounds = rounds.state::<Ideas>(&about).rounds;
    // Who takes no part may not read it: nothing is handed out, and nothing says that it was.
    if is_aside(&submission.context, &actor, idea, rounds).await? {
        return Err(forbidden(Reason::TakesNoPart));
    }
    let decide = |loaded: &Loaded| {
        let command = Disclose {
            actor: actor.clone(),
            idea,
            home: loaded.state::<Ideas>(&about).organisation().cloned(),
            purpose,
        };
        let events = Disclosures::decide(&command, &loaded.state::<Disclosures>(&own))?;
        Ok(vec![Decided::of(&own, idea.0, events)])
    };
    Ok(pending.run(&[own.clone(), about.clone()], decide).await?.into())
}
