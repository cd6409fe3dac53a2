//! Who may see an evaluation, and how much of it.

use super::Around;
use idesluss_domain::evaluation::evaluation::{Aside, Evaluation, EvaluationRejection, Evaluations};
use idesluss_domain::words::{EvaluationId, Role, StreamName};
use idesluss_engine::{Asker, CommandContext, Loaded, forbidden, rejected};
use idesluss_proto::status::Reason;
use tonic::Status;

/// How much of an evaluation somebody may see.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum AccessLevel {
    /// All that the role allows.
    Role,
    /// Nothing but why they take no part.
    OwnDeclaration(Aside),
}

/// Errors: NOT_FOUND, PERMISSION_DENIED unless the asker works with evaluations of its organisation, or assesses this one.
pub(super) fn access_level(asker: &Asker, evaluation: &Evaluation) -> Result<AccessLevel, Status> {
    asker.permit.sees(evaluation).map_err(|why| match why {
        EvaluationRejection::Unknown => rejected(why),
        _ => forbidden(Reason::NotTakingPart),
    })?;
    let actor = asker.actor();
    Ok(match evaluation.aside(actor.person) {
        // A conflict is the person's, in whichever role; who was only taken off as assessor may have another task.
        Some(aside @ (Aside::Author | Aside::Conflict)) => AccessLevel::OwnDeclaration(aside),
        Some(aside @ Aside::Recused) if actor.role == Role::Assessor => AccessLevel::OwnDeclaration(aside),
        Some(Aside::Recused) | None => AccessLevel::Role,
    })
}

/// Loads an evaluation, with what is known of its idea, for somebody who may see it, once what the asker has seen is here.
///
/// Errors: NOT_FOUND, PERMISSION_DENIED, also for whoever takes no part in it.
pub(super) async fn load(
    context: &CommandContext,
    asker: &Asker,
    evaluation: EvaluationId,
) -> Result<(Loaded, Evaluation), Status> {
    match load_for(context, asker, evaluation).await? {
        (loaded, state, AccessLevel::Role) => Ok((loaded, state)),
        (_, _, AccessLevel::OwnDeclaration(_)) => Err(forbidden(Reason::TakesNoPart)),
    }
}

/// The same, for whoever takes no part too.
pub(super) async fn load_for(
    context: &CommandContext,
    asker: &Asker,
    evaluation: EvaluationId,
) -> Result<(Loaded, Evaluation, AccessLevel), Status> {
    context.wait(asker).await?;
    let own = StreamName::evaluation(evaluation);
    let mut loaded = context.engine.load(std::slice::from_ref(&own)).await?;
    let guessed = Around::guessed(evaluation, &loaded.state::<Evaluations>(&own))?;
    context.engine.load_more(&mut loaded, &guessed.streams()).await?;
    let around = Around::known(evaluation, guessed.about, &loaded);
    context.engine.load_more(&mut loaded, &around.streams()).await?;
    let state = around.state(&loaded);
    let access = access_level(asker, &state)?;
    Ok((loaded, state, access))
}
