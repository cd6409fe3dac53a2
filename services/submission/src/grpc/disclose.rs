//! Texts that leave in a file: recorded before they do.

use super::{Answer, Judged, Submission};
use idesluss_domain::Decider as _;
use idesluss_domain::submission::Disclosures;
use idesluss_domain::submission::disclosure::DiscloseTexts as Disclose;
use idesluss_domain::words::StreamName;
use idesluss_engine::{Decided, Loaded, PendingCommand};
use idesluss_proto::pb::submission as pb;
use idesluss_proto::requests::submission::DiscloseTexts;

/// Its purpose is sealed under the idea's key: what it was for may tell about the idea, and goes with it.
pub(super) async fn disclose(
    _: Submission,
    mut pending: PendingCommand,
    command: DiscloseTexts,
) -> Answer<pb::DiscloseTextsRequest> {
    let DiscloseTexts { idea, purpose } = command;
    let own = StreamName::disclosure(idea);
    let actor = pending.actor().clone();
    let judged = Judged::of(&mut pending, idea).await?;
    let decide = |loaded: &Loaded| {
        let about = judged.state(loaded);
        let command = Disclose {
            actor: actor.clone(),
            idea,
            home: about.organisation().cloned(),
            aside: about.all_excluded().union(&about.in_conflict).copied().collect(),
            purpose,
        };
        let events = Disclosures::decide(&command, &loaded.state::<Disclosures>(&own))?;
        Ok(vec![Decided::of(&own, idea.0, events)])
    };
    let streams: Vec<StreamName> = std::iter::once(own.clone()).chain(judged.streams()).collect();
    Ok(pending.run(&streams, decide).await?.into())
}
