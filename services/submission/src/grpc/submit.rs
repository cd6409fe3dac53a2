//! How an idea begins: submitted now, or taken over from an older idea box.

use super::{Answer, Submission, not_a_call};
use idesluss_domain::Decider as _;
use idesluss_domain::submission::idea::{Action, EarlierStatus, Imported, Submit};
use idesluss_domain::submission::quota::UseQuota;
use idesluss_domain::submission::{Calls, IdeaEvent, Ideas, Quotas};
use idesluss_domain::words::{CallId, EarlierTime, IdeaId, Rejection, Role, StreamName};
use idesluss_engine::{Decided, Loaded, PendingCommand, forbidden};
use idesluss_proto::pb::submission as pb;
use idesluss_proto::requests::submission::{SubmitIdea, TakeOverIdea};
use idesluss_proto::status::Reason;
use idesluss_proto::{Problem, Reader};
use tonic::Status;

/// An idea tells of a problem, or of a proposal.
pub(super) fn check(_: &Submission, request: &pb::SubmitIdeaRequest, reader: &mut Reader) {
    if request.problem.trim().is_empty() && request.proposal.trim().is_empty() {
        reader.problem("problem", Problem::ProblemOrProposal);
    }
}

pub(super) async fn submit(
    _: Submission,
    mut pending: PendingCommand,
    read: SubmitIdea,
) -> Answer<pb::SubmitIdeaRequest> {
    let SubmitIdea {
        idea: id,
        texts,
        call,
        terms,
        owner,
    } = read;
    let engine = &pending.context().engine;
    let in_force = engine.terms_in_force(&pending.actor().organisation).await?;
    // Whoever acts for an organisation that is none was not let in.
    let in_force = in_force.and_then(|terms| terms.parse().ok());
    let in_force = in_force.ok_or_else(|| forbidden(Reason::RoleNotHeld))?;
    let submit = Action::Submit(Submit {
        texts,
        call,
        terms: Some((terms, owner)),
        terms_in_force: Some(in_force),
        imported: None,
        submitter: None,
    });
    let (today, command) = (pending.today(), pending.act(id, submit));
    let same_as_call = StreamName::call(CallId(id.0));
    pending.presume_new(same_as_call.clone());
    let mut streams = vec![StreamName::idea(id), same_as_call];
    streams.extend(call.filter(|call| call.0 != id.0).map(StreamName::call));
    let quota = match pending.actor().role {
        Role::LinkHolder => Some(Quoted::of(&pending, id).await?),
        _ => None,
    };
    streams.extend(quota.iter().map(|quota| quota.stream.clone()));
    let decide = |loaded: &Loaded| {
        not_a_call(loaded, id)?;
        if let Some(call) = call {
            loaded.state::<Calls>(&StreamName::call(call)).takes_ideas(today)?;
        }
        let mut decided = vec![Decided::by::<Ideas>(&command, loaded, id.0)?];
        if let Some(quota) = &quota {
            decided.push(quota.decide(loaded)?);
        }
        Ok(decided)
    };
    Ok(pb::SubmitIdeaResponse {
        token: Some(pending.run(&streams, decide).await?),
        idea: id.to_string(),
    })
}

/// The day's quota of what comes by private links, which such an idea uses.
struct Quoted {
    stream: StreamName,
    command: UseQuota,
}

impl Quoted {
    async fn of(pending: &PendingCommand, idea: IdeaId) -> Result<Self, Status> {
        let actor = pending.actor().clone();
        let organisation = actor.organisation.clone();
        let engine = &pending.context().engine;
        Ok(Self {
            stream: StreamName::quota(&organisation, pending.today()),
            command: UseQuota {
                ideas_per_day: engine.ideas_per_day(&organisation).await?,
                actor,
                organisation,
                idea,
            },
        })
    }

    /// Counts it as the append covers it: of two replicas one counts first.
    fn decide(&self, loaded: &Loaded) -> Result<Decided, Rejection> {
        let events = Quotas::decide(&self.command, &loaded.state::<Quotas>(&self.stream))?;
        Ok(Decided::of(&self.stream, self.command.idea.0, events))
    }
}

/// Why an idea was turned down is told of one that was.
pub(super) fn check_taken_over(_: &Submission, request: &pb::TakeOverIdeaRequest, reader: &mut Reader) {
    if request.status() != pb::EarlierStatus::Rejected && !request.decline_text.trim().is_empty() {
        reader.problem("decline_text", Problem::OfAnotherAnswer);
    }
}

pub(super) async fn take_over(
    _: Submission,
    mut pending: PendingCommand,
    read: TakeOverIdea,
) -> Answer<pb::TakeOverIdeaRequest> {
    let id = read.idea;
    pending.happened(read.submitted.as_ref().and_then(EarlierTime::moment));
    let status = read.status.map(|status| match status {
        pb::EarlierStatus::Rejected => EarlierStatus::Rejected(read.decline_text),
        pb::EarlierStatus::Withdrawn => EarlierStatus::Withdrawn,
        pb::EarlierStatus::Parked => EarlierStatus::Parked,
        pb::EarlierStatus::Realised => EarlierStatus::Realised,
        pb::EarlierStatus::Accepted | pb::EarlierStatus::Unspecified => EarlierStatus::Accepted,
    });
    let submit = Action::Submit(Submit {
        texts: read.texts,
        call: None,
        terms: None,
        terms_in_force: None,
        imported: Some(Imported {
            import: read.import,
            reference: read.reference,
            submitted: read.submitted,
        }),
        submitter: Some(read.submitter),
    });
    let submit = pending.act(id, submit);
    let take_over = status.map(|status| pending.act(id, Action::TakeOver(status)));
    let stream = StreamName::idea(id);
    let decide = |loaded: &Loaded| {
        not_a_call(loaded, id)?;
        let before = loaded.state::<Ideas>(&stream);
        let mut events: Vec<IdeaEvent> = Ideas::decide(&submit, &before)?;
        let state = events.iter().fold(before, Ideas::evolve);
        if let Some(take_over) = &take_over {
            events.extend(Ideas::decide(take_over, &state)?);
        }
        Ok(vec![Decided::of(&stream, id.0, events)])
    };
    let streams = [stream.clone(), StreamName::call(CallId(id.0))];
    pending.presume_new(streams[1].clone());
    Ok(pending.run(&streams, decide).await?.into())
}
