use super::{Answer, Judged, Submission};
use idesluss_domain::Decider as _;
use idesluss_domain::submission::Ideas;
use idesluss_domain::submission::idea::{Action, Brief, IdeaEvent};
use idesluss_domain::words::{Rejection, RejectionKind, Scope, StreamName};
use idesluss_engine::{Decided, Loaded, PendingCommand};
use idesluss_proto::requests::submission::ApproveBrief;
use idesluss_proto::status::Reason;
use idesluss_proto::{Command, pb::submission as pb};

/// Approves the brief, or its next version. A text is bound to the type of event that it stands in, so which it will be is looked up first.
pub(super) async fn approve(
    _: Submission,
    mut pending: PendingCommand,
    plain: <ApproveBrief as Command>::Plain,
) -> Answer<pb::ApproveBriefRequest> {
    let id = plain.idea;
    let judged = Judged::of(&mut pending, id).await?;
    let loaded = pending.load(std::slice::from_ref(&judged.own)).await?;
    let replaces = loaded.state::<Ideas>(&judged.own).brief.is_some();
    let event = if replaces { "BriefReplaced" } else { ApproveBrief::EVENT };
    let brief: ApproveBrief = pending.seal_as(plain, Some(Scope::Brief(id)), event).await?;
    let approve = Action::ApproveBrief(Brief {
        texts: brief.texts,
        deidentified: brief.deidentified,
    });
    let command = pending.act(id, approve);
    let decide = |loaded: &Loaded| {
        let events = Ideas::decide(&command, &judged.state(loaded))?;
        let is_replacement = |event: &IdeaEvent| matches!(event, IdeaEvent::BriefReplaced(_));
        if events.iter().any(|event| is_replacement(event) != replaces) {
            return Err(Rejection {
                kind: RejectionKind::Precondition,
                code: Reason::BriefChanged.name(),
                limits: &[],
            });
        }
        Ok(vec![Decided::of(&judged.own, id.0, events)])
    };
    let streams: Vec<StreamName> = judged.streams().collect();
    Ok(pending.run(&streams, decide).await?.into())
}
