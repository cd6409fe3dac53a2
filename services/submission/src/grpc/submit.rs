//! How an idea begins: submitted now, or taken over from an older idea box.

use super::{MAYBE_LONG, MAYBE_SHORT, TITLE, not_a_call, on_idea};
use idesluss_domain::Decider as _;
use idesluss_domain::submission::idea::{Action, EarlierStatus, IdeaCommand, Imported, Submit};
use idesluss_domain::submission::{Calls, IdeaEvent, Ideas};
use idesluss_domain::words::{CallId, EarlierTime, Label, PersonId, StreamName};
use idesluss_engine::{CommandContext, Decided};
use idesluss_proto::pb::submission as pb;
use idesluss_proto::submission::read_owner;
use idesluss_vault::Scope;
use tonic::Status;

pub(super) async fn submit(
    context: &CommandContext,
    request: pb::SubmitIdeaRequest,
) -> Result<pb::SubmitIdeaResponse, Status> {
    let (mut reader, idea) = on_idea(context, "SubmitIdea", &request, request.command.as_ref(), &request.idea);
    let title = reader.text("title", &request.title, TITLE);
    let problem = reader.text("problem", &request.problem, MAYBE_LONG);
    let proposal = reader.text("proposal", &request.proposal, MAYBE_LONG);
    let expected_benefit = reader.text("expected_benefit", &request.expected_benefit, MAYBE_LONG);
    let area = reader.text("area", &request.area, MAYBE_SHORT);
    if problem.is_empty() && proposal.is_empty() {
        reader.problem("problem", "describe the problem, or write a proposal");
    }
    let call: Option<CallId> = reader.id_if_any("call", &request.call);
    let terms = reader.form::<Label>("terms", &request.terms);
    let owner = reader.chosen("owner", read_owner(request.owner()));
    let (mut pending, ((id, owner), terms)) = reader.finish(idea.zip(owner).zip(terms))?;
    let fields = [
        ("title", title.as_str()),
        ("problem", &problem),
        ("proposal", &proposal),
        ("expected_benefit", &expected_benefit),
        ("area", &area),
    ];
    let texts = pending.seal_fields(&Scope::Idea(id), "IdeaSubmitted", &fields).await?;
    let today = pending.today();
    let command = IdeaCommand {
        idea: id,
        actor: pending.actor().clone(),
        today,
        action: Action::Submit(Submit {
            texts,
            call,
            terms: Some((terms, owner)),
            imported: None,
            submitter: None,
        }),
    };
    let stream = StreamName::idea(id);
    let mut streams = vec![stream.clone(), StreamName::call(CallId(id.0))];
    streams.extend(call.filter(|call| call.0 != id.0).map(StreamName::call));
    let decide = |loaded: &idesluss_engine::Loaded| {
        not_a_call(loaded, id)?;
        if let Some(call) = call {
            loaded.state::<Calls>(&StreamName::call(call)).takes_ideas(today)?;
        }
        let events = Ideas::decide(&command, &loaded.state::<Ideas>(&stream))?;
        Ok(vec![Decided::of(&stream, id.0, events)])
    };
    let token = pending.run(&streams, decide).await?;
    Ok(pb::SubmitIdeaResponse {
        token: Some(token),
        idea: id.to_string(),
    })
}

pub(super) async fn take_over(
    context: &CommandContext,
    request: pb::TakeOverIdeaRequest,
) -> Result<pb::TakeOverIdeaResponse, Status> {
    let (mut reader, idea) = on_idea(
        context,
        "TakeOverIdea",
        &request,
        request.command.as_ref(),
        &request.idea,
    );
    let import = reader.form::<Label>("import", &request.import);
    let reference = reader.form::<Label>("reference", &request.reference);
    let known = "write the time as precisely as it is known: 2004, 2004-05 or 2004-05-31; empty if unknown";
    let submitted: Option<EarlierTime> = match request.submitted.as_str() {
        "" => None,
        text => reader.parse("submitted", text, known),
    };
    let submitter: Option<PersonId> = reader.id("submitter", &request.submitter);
    let mut texts = Vec::new();
    for (field, text, lengths) in [
        ("title", &request.title, 0..=500),
        ("problem", &request.problem, 0..=40_000),
        ("proposal", &request.proposal, 0..=40_000),
        ("expected_benefit", &request.expected_benefit, 0..=40_000),
        ("area", &request.area, 0..=500),
    ] {
        texts.push((field, reader.text(field, text, lengths)));
    }
    let decline_text = reader.text("decline_text", &request.decline_text, 0..=40_000);
    let from = import.zip(reference);
    let (mut pending, ((id, submitter), (import, reference))) = reader.finish(idea.zip(submitter).zip(from))?;
    pending.happened(submitted.as_ref().and_then(EarlierTime::moment));
    let scope = Scope::Idea(id);
    let fields: Vec<(&str, &str)> = texts.iter().map(|(field, text)| (*field, text.as_str())).collect();
    let texts = pending.seal_fields(&scope, "IdeaSubmitted", &fields).await?;
    let decline = pending
        .seal_if_any(&scope, "IdeaDeclined", "text", &decline_text)
        .await?;
    let (actor, today) = (pending.actor().clone(), pending.today());
    let command = |action| IdeaCommand {
        idea: id,
        actor: actor.clone(),
        today,
        action,
    };
    let submit = command(Action::Submit(Submit {
        texts,
        call: None,
        terms: None,
        imported: Some(Imported {
            import,
            reference,
            submitted,
        }),
        submitter: Some(submitter),
    }));
    let status = match request.status() {
        pb::EarlierStatus::Unspecified => None,
        pb::EarlierStatus::Accepted => Some(EarlierStatus::Accepted),
        pb::EarlierStatus::Rejected => Some(EarlierStatus::Rejected(decline)),
        pb::EarlierStatus::Withdrawn => Some(EarlierStatus::Withdrawn),
        pb::EarlierStatus::Parked => Some(EarlierStatus::Parked),
        pb::EarlierStatus::Realised => Some(EarlierStatus::Realised),
    };
    let take_over = status.map(|status| command(Action::TakeOver(status)));
    let stream = StreamName::idea(id);
    let decide = |loaded: &idesluss_engine::Loaded| {
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
    let token = pending.run(&streams, decide).await?;
    Ok(pb::TakeOverIdeaResponse { token: Some(token) })
}
