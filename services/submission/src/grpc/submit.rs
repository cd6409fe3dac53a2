//! How an idea begins: submitted now, or taken over from an older idea box.

use super::{MAYBE_LONG, MAYBE_SHORT, SHORT, TITLE, on_idea};
use idesluss_domain::Decider as _;
use idesluss_domain::submission::idea::{Action, EarlierStatus, IdeaCommand, Imported, Submit};
use idesluss_domain::submission::{Calls, IdeaEvent, Ideas};
use idesluss_domain::words::{CallId, PersonId, StreamName};
use idesluss_engine::{Decided, Desk};
use idesluss_proto::pb::submission as pb;
use idesluss_proto::submission::read_owner;
use idesluss_vault::Scope;
use tonic::Status;

pub(super) async fn submit(desk: &Desk, request: pb::SubmitIdeaRequest) -> Result<pb::SubmitIdeaResponse, Status> {
    let (mut form, idea) = on_idea(desk, "SubmitIdea", &request, request.command.as_ref(), &request.idea);
    let title = form.text("title", &request.title, TITLE);
    let problem = form.text("problem", &request.problem, MAYBE_LONG);
    let proposal = form.text("proposal", &request.proposal, MAYBE_LONG);
    let expected_benefit = form.text("expected_benefit", &request.expected_benefit, MAYBE_LONG);
    let area = form.text("area", &request.area, MAYBE_SHORT);
    if problem.is_empty() && proposal.is_empty() {
        form.problem("problem", "describe the problem, or write a proposal");
    }
    let call: Option<CallId> = form.id_if_any("call", &request.call);
    let terms = form.text("terms", &request.terms, 1..=40);
    let owner = form.chosen("owner", read_owner(request.owner()));
    let (mut work, (id, owner)) = form.finish(idea.zip(owner))?;
    let fields = [
        ("title", title.as_str()),
        ("problem", &problem),
        ("proposal", &proposal),
        ("expected_benefit", &expected_benefit),
        ("area", &area),
    ];
    let texts = work.seal_fields(&Scope::Idea(id), "IdeaSubmitted", &fields).await?;
    let today = work.today();
    let command = IdeaCommand {
        idea: id,
        actor: work.actor().clone(),
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
    let mut streams = vec![stream.clone()];
    streams.extend(call.map(StreamName::call));
    let decide = |loaded: &idesluss_engine::Loaded| {
        if let Some(call) = call {
            loaded.state::<Calls>(&StreamName::call(call)).takes_ideas(today)?;
        }
        let events = Ideas::decide(&command, &loaded.state::<Ideas>(&stream))?;
        Ok(vec![Decided::of(&stream, id.0, events)])
    };
    let token = work.run(&streams, decide).await?;
    Ok(pb::SubmitIdeaResponse {
        token: Some(token),
        idea: id.to_string(),
    })
}

pub(super) async fn take_over(
    desk: &Desk,
    request: pb::TakeOverIdeaRequest,
) -> Result<pb::TakeOverIdeaResponse, Status> {
    let (mut form, idea) = on_idea(desk, "TakeOverIdea", &request, request.command.as_ref(), &request.idea);
    let import = form.text("import", &request.import, SHORT);
    let reference = form.text("reference", &request.reference, SHORT);
    let known = "write the time as precisely as it is known: 2004, 2004-05 or 2004-05-31; empty if unknown";
    let submitted = match request.submitted.as_str() {
        "" => None,
        text => form.parse("submitted", text, known),
    };
    let submitter: Option<PersonId> = form.id("submitter", &request.submitter);
    let mut texts = Vec::new();
    for (field, text, lengths) in [
        ("title", &request.title, 0..=500),
        ("problem", &request.problem, 0..=40_000),
        ("proposal", &request.proposal, 0..=40_000),
        ("expected_benefit", &request.expected_benefit, 0..=40_000),
        ("area", &request.area, 0..=500),
    ] {
        texts.push((field, form.text(field, text, lengths)));
    }
    let decline_text = form.text("decline_text", &request.decline_text, 0..=40_000);
    let (mut work, (id, submitter)) = form.finish(idea.zip(submitter))?;
    let scope = Scope::Idea(id);
    let fields: Vec<(&str, &str)> = texts.iter().map(|(field, text)| (*field, text.as_str())).collect();
    let texts = work.seal_fields(&scope, "IdeaSubmitted", &fields).await?;
    let decline = work.seal_if_any(&scope, "IdeaDeclined", "text", &decline_text).await?;
    let (actor, today) = (work.actor().clone(), work.today());
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
        let before = loaded.state::<Ideas>(&stream);
        let mut events: Vec<IdeaEvent> = Ideas::decide(&submit, &before)?;
        let state = events.iter().fold(before, Ideas::evolve);
        if let Some(take_over) = &take_over {
            events.extend(Ideas::decide(take_over, &state)?);
        }
        Ok(vec![Decided::of(&stream, id.0, events)])
    };
    let token = work.run(std::slice::from_ref(&stream), decide).await?;
    Ok(pb::TakeOverIdeaResponse { token: Some(token) })
}
