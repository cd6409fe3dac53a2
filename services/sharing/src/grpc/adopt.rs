//! How another organisation takes a solution into use.

use super::{LONG, MAYBE_LONG};
use idesluss_domain::Decider as _;
use idesluss_domain::sharing::adoption::{AdoptionAction, AdoptionCommand};
use idesluss_domain::sharing::{Adoptions, Solutions};
use idesluss_domain::words::{AdoptionId, SolutionId, StreamName};
use idesluss_engine::{CommandContext, Decided, Loaded, PendingCommand, RequestReader};
use idesluss_proto::pb::command::{Command, Token};
use idesluss_proto::pb::sharing as pb;
use idesluss_proto::sharing::read_adoption_form;
use idesluss_vault::Scope;
use tonic::Status;

/// Begins to read a command on an adoption.
pub(super) fn on_adoption<M: prost::Message>(
    context: &CommandContext,
    method: &'static str,
    request: &M,
    command: Option<&Command>,
    adoption: &str,
) -> (RequestReader, Option<AdoptionId>) {
    let mut reader = context.reader(method, request, command);
    let adoption = reader.id("adoption", adoption);
    (reader, adoption)
}

/// Does something with an adoption.
pub(super) async fn act(
    pending: PendingCommand,
    adoption: AdoptionId,
    action: AdoptionAction,
) -> Result<Token, Status> {
    let command = command(&pending, adoption, action);
    let stream = StreamName::adoption(adoption);
    let decide = |loaded: &Loaded| {
        let events = Adoptions::decide(&command, &loaded.state::<Adoptions>(&stream))?;
        // Everything about an adoption is about the idea that it began with.
        let first = loaded.entries(&stream).first();
        let idea = first.map_or(adoption.0, |entry| entry.meta.correlation);
        Ok(vec![Decided::of(&stream, idea, events)])
    };
    pending.run(std::slice::from_ref(&stream), decide).await
}

fn command(pending: &PendingCommand, adoption: AdoptionId, action: AdoptionAction) -> AdoptionCommand {
    AdoptionCommand {
        adoption,
        actor: pending.actor().clone(),
        today: pending.today(),
        action,
    }
}

pub(super) async fn register_interest(
    context: &CommandContext,
    request: pb::RegisterInterestRequest,
) -> Result<pb::RegisterInterestResponse, Status> {
    let command_head = request.command.as_ref();
    let (mut reader, adoption) = on_adoption(context, "RegisterInterest", &request, command_head, &request.adoption);
    let solution: Option<SolutionId> = reader.id("solution", &request.solution);
    let need = reader.text("need", &request.need, MAYBE_LONG);
    let (mut pending, (adoption, solution)) = reader.finish(adoption.zip(solution))?;
    let need = pending
        .seal_if_any(&Scope::Adoption(adoption), "InterestRegistered", "need", &need)
        .await?;
    let organisation = pending.actor().organisation.clone();
    let frame = command(&pending, adoption, AdoptionAction::ShareExperience(String::new()));
    let (own, offer) = (StreamName::adoption(adoption), StreamName::solution(solution));
    let streams = [own.clone(), offer.clone()];
    // The offer is covered: retired meanwhile, it is looked at again.
    let decide = |loaded: &Loaded| {
        let offered = loaded.state::<Solutions>(&offer);
        let command = AdoptionCommand {
            action: AdoptionAction::RegisterInterest {
                solution,
                offered: offered.is_offered_to(&organisation),
                need,
            },
            ..frame.clone()
        };
        let idea = offered.drafted.as_ref().map_or(adoption.0, |drafted| drafted.idea.0);
        let events = Adoptions::decide(&command, &loaded.state::<Adoptions>(&own))?;
        Ok(vec![Decided::of(&own, idea, events)])
    };
    let token = Some(pending.run(&streams, decide).await?);
    Ok(pb::RegisterInterestResponse { token })
}

pub(super) async fn decide(
    context: &CommandContext,
    request: pb::DecideAdoptionRequest,
) -> Result<pb::DecideAdoptionResponse, Status> {
    let command = request.command.as_ref();
    let (mut reader, adoption) = on_adoption(context, "DecideAdoption", &request, command, &request.adoption);
    let how = reader.chosen("form", read_adoption_form(request.form()));
    let reasons = reader.text("reasons", &request.reasons, LONG);
    let (mut pending, (adoption, form)) = reader.finish(adoption.zip(how))?;
    let scope = Scope::Adoption(adoption);
    let reasons = pending.seal(&scope, "AdoptionDecided", "reasons", &reasons).await?;
    let token = Some(act(pending, adoption, AdoptionAction::Decide { form, reasons }).await?);
    Ok(pb::DecideAdoptionResponse { token })
}

pub(super) async fn start(
    context: &CommandContext,
    request: pb::StartAdoptionRequest,
) -> Result<pb::StartAdoptionResponse, Status> {
    let command = request.command.as_ref();
    let (mut reader, adoption) = on_adoption(context, "StartAdoption", &request, command, &request.adoption);
    let starts_on = reader.date("starts_on", &request.starts_on);
    let (pending, (adoption, starts_on)) = reader.finish(adoption.zip(starts_on))?;
    let token = Some(act(pending, adoption, AdoptionAction::Start(starts_on)).await?);
    Ok(pb::StartAdoptionResponse { token })
}

pub(super) async fn complete(
    context: &CommandContext,
    request: pb::CompleteAdoptionRequest,
) -> Result<pb::CompleteAdoptionResponse, Status> {
    let command = request.command.as_ref();
    let (mut reader, adoption) = on_adoption(context, "CompleteAdoption", &request, command, &request.adoption);
    let in_use_from = reader.date("in_use_from", &request.in_use_from);
    let deviations = reader.text("deviations", &request.deviations, MAYBE_LONG);
    let (mut pending, (adoption, in_use_from)) = reader.finish(adoption.zip(in_use_from))?;
    let scope = Scope::Adoption(adoption);
    let action = AdoptionAction::Complete {
        in_use_from,
        deviations: pending
            .seal_if_any(&scope, "AdoptionCompleted", "deviations", &deviations)
            .await?,
    };
    let token = Some(act(pending, adoption, action).await?);
    Ok(pb::CompleteAdoptionResponse { token })
}

pub(super) async fn discontinue(
    context: &CommandContext,
    request: pb::DiscontinueAdoptionRequest,
) -> Result<pb::DiscontinueAdoptionResponse, Status> {
    let command = request.command.as_ref();
    let (mut reader, adoption) = on_adoption(context, "DiscontinueAdoption", &request, command, &request.adoption);
    let reason = reader.text("reason", &request.reason, LONG);
    let lesson = reader.text("lesson", &request.lesson, LONG);
    let (mut pending, adoption) = reader.finish(adoption)?;
    let (scope, name) = (Scope::Adoption(adoption), "AdoptionDiscontinued");
    let reason = pending.seal(&scope, name, "reason", &reason).await?;
    let lesson = pending.seal(&scope, name, "lesson", &lesson).await?;
    let token = Some(act(pending, adoption, AdoptionAction::Discontinue { reason, lesson }).await?);
    Ok(pb::DiscontinueAdoptionResponse { token })
}

pub(super) async fn share_experience(
    context: &CommandContext,
    request: pb::ShareExperienceRequest,
) -> Result<pb::ShareExperienceResponse, Status> {
    let command = request.command.as_ref();
    let (mut reader, adoption) = on_adoption(context, "ShareExperience", &request, command, &request.adoption);
    let experience = reader.text("experience", &request.experience, LONG);
    if !request.cleared {
        reader.problem(
            "cleared",
            "confirm that nothing in it is personal data: what is shared can't be erased",
        );
    }
    let (pending, adoption) = reader.finish(adoption)?;
    let token = Some(act(pending, adoption, AdoptionAction::ShareExperience(experience)).await?);
    Ok(pb::ShareExperienceResponse { token })
}
