//! How another organisation takes a solution into use.

use super::{LONG, MAYBE_LONG};
use idesluss_domain::Decider as _;
use idesluss_domain::sharing::adoption::{AdoptionAction, AdoptionCommand};
use idesluss_domain::sharing::{Adoptions, Solutions};
use idesluss_domain::words::{AdoptionId, SolutionId, StreamName};
use idesluss_engine::{Decided, Desk, Form, Loaded, Work};
use idesluss_proto::pb::command::{Command, Token};
use idesluss_proto::pb::sharing as pb;
use idesluss_proto::sharing::read_adoption_form;
use idesluss_vault::Scope;
use tonic::Status;

/// Begins to read a command on an adoption.
pub(super) fn on_adoption<M: prost::Message>(
    desk: &Desk,
    method: &'static str,
    request: &M,
    command: Option<&Command>,
    adoption: &str,
) -> (Form, Option<AdoptionId>) {
    let mut form = desk.form(method, request, command);
    let adoption = form.id("adoption", adoption);
    (form, adoption)
}

/// Does something with an adoption.
pub(super) async fn act(work: Work, adoption: AdoptionId, action: AdoptionAction) -> Result<Token, Status> {
    let command = command(&work, adoption, action);
    let stream = StreamName::adoption(adoption);
    let decide = |loaded: &Loaded| {
        let events = Adoptions::decide(&command, &loaded.state::<Adoptions>(&stream))?;
        // Everything about an adoption is about the idea that it began with.
        let first = loaded.entries(&stream).first();
        let idea = first.map_or(adoption.0, |entry| entry.meta.correlation);
        Ok(vec![Decided::of(&stream, idea, events)])
    };
    work.run(std::slice::from_ref(&stream), decide).await
}

fn command(work: &Work, adoption: AdoptionId, action: AdoptionAction) -> AdoptionCommand {
    AdoptionCommand {
        adoption,
        actor: work.actor().clone(),
        today: work.today(),
        action,
    }
}

pub(super) async fn register_interest(
    desk: &Desk,
    request: pb::RegisterInterestRequest,
) -> Result<pb::RegisterInterestResponse, Status> {
    let command_head = request.command.as_ref();
    let (mut form, adoption) = on_adoption(desk, "RegisterInterest", &request, command_head, &request.adoption);
    let solution: Option<SolutionId> = form.id("solution", &request.solution);
    let need = form.text("need", &request.need, MAYBE_LONG);
    let (mut work, (adoption, solution)) = form.finish(adoption.zip(solution))?;
    let need = work
        .seal_if_any(&Scope::Adoption(adoption), "InterestRegistered", "need", &need)
        .await?;
    let organisation = work.actor().organisation.clone();
    let frame = command(&work, adoption, AdoptionAction::ShareExperience(String::new()));
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
    let token = Some(work.run(&streams, decide).await?);
    Ok(pb::RegisterInterestResponse { token })
}

pub(super) async fn decide(
    desk: &Desk,
    request: pb::DecideAdoptionRequest,
) -> Result<pb::DecideAdoptionResponse, Status> {
    let command = request.command.as_ref();
    let (mut form, adoption) = on_adoption(desk, "DecideAdoption", &request, command, &request.adoption);
    let how = form.chosen("form", read_adoption_form(request.form()));
    let reasons = form.text("reasons", &request.reasons, LONG);
    let (mut work, (adoption, form)) = form.finish(adoption.zip(how))?;
    let scope = Scope::Adoption(adoption);
    let reasons = work.seal(&scope, "AdoptionDecided", "reasons", &reasons).await?;
    let token = Some(act(work, adoption, AdoptionAction::Decide { form, reasons }).await?);
    Ok(pb::DecideAdoptionResponse { token })
}

pub(super) async fn start(desk: &Desk, request: pb::StartAdoptionRequest) -> Result<pb::StartAdoptionResponse, Status> {
    let command = request.command.as_ref();
    let (mut form, adoption) = on_adoption(desk, "StartAdoption", &request, command, &request.adoption);
    let starts_on = form.date("starts_on", &request.starts_on);
    let (work, (adoption, starts_on)) = form.finish(adoption.zip(starts_on))?;
    let token = Some(act(work, adoption, AdoptionAction::Start(starts_on)).await?);
    Ok(pb::StartAdoptionResponse { token })
}

pub(super) async fn complete(
    desk: &Desk,
    request: pb::CompleteAdoptionRequest,
) -> Result<pb::CompleteAdoptionResponse, Status> {
    let command = request.command.as_ref();
    let (mut form, adoption) = on_adoption(desk, "CompleteAdoption", &request, command, &request.adoption);
    let in_use_from = form.date("in_use_from", &request.in_use_from);
    let deviations = form.text("deviations", &request.deviations, MAYBE_LONG);
    let (mut work, (adoption, in_use_from)) = form.finish(adoption.zip(in_use_from))?;
    let scope = Scope::Adoption(adoption);
    let action = AdoptionAction::Complete {
        in_use_from,
        deviations: work
            .seal_if_any(&scope, "AdoptionCompleted", "deviations", &deviations)
            .await?,
    };
    let token = Some(act(work, adoption, action).await?);
    Ok(pb::CompleteAdoptionResponse { token })
}

pub(super) async fn discontinue(
    desk: &Desk,
    request: pb::DiscontinueAdoptionRequest,
) -> Result<pb::DiscontinueAdoptionResponse, Status> {
    let command = request.command.as_ref();
    let (mut form, adoption) = on_adoption(desk, "DiscontinueAdoption", &request, command, &request.adoption);
    let reason = form.text("reason", &request.reason, LONG);
    let lesson = form.text("lesson", &request.lesson, LONG);
    let (mut work, adoption) = form.finish(adoption)?;
    let (scope, name) = (Scope::Adoption(adoption), "AdoptionDiscontinued");
    let reason = work.seal(&scope, name, "reason", &reason).await?;
    let lesson = work.seal(&scope, name, "lesson", &lesson).await?;
    let token = Some(act(work, adoption, AdoptionAction::Discontinue { reason, lesson }).await?);
    Ok(pb::DiscontinueAdoptionResponse { token })
}

pub(super) async fn share_experience(
    desk: &Desk,
    request: pb::ShareExperienceRequest,
) -> Result<pb::ShareExperienceResponse, Status> {
    let command = request.command.as_ref();
    let (mut form, adoption) = on_adoption(desk, "ShareExperience", &request, command, &request.adoption);
    let experience = form.text("experience", &request.experience, LONG);
    if !request.cleared {
        form.problem(
            "cleared",
            "confirm that nothing in it is personal data: what is shared can't be erased",
        );
    }
    let (work, adoption) = form.finish(adoption)?;
    let token = Some(act(work, adoption, AdoptionAction::ShareExperience(experience)).await?);
    Ok(pb::ShareExperienceResponse { token })
}
