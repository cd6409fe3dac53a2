//! Who may see an idea, and how much of it.

use idesluss_access::{READS_IDEA, Sees};
use idesluss_domain::evaluation::evaluation::{Aside, Evaluations};
use idesluss_domain::rights::{Relation, Ruled as _};
use idesluss_domain::submission::Ideas;
use idesluss_domain::submission::idea::Idea;
use idesluss_domain::words::{Actor, EvaluationId, IdeaId, Role, StreamName};
use idesluss_engine::{Asker, CommandContext, Loaded, forbidden, rejected};
use idesluss_proto::status::Reason;
use tonic::Status;

/// How much of an idea the asker sees; nothing for whoever is in conflict with it. Errors: NOT_FOUND, PERMISSION_DENIED.
pub(super) async fn sees(context: &CommandContext, asker: &Asker, id: IdeaId, idea: &Idea) -> Result<Sees, Status> {
    let sees = asker.permit.sees_by(READS_IDEA, idea).map_err(rejected)?;
    let actor = asker.actor();
    let submits = matches!(actor.role, Role::Submitter | Role::LinkHolder);
    let own = submits && idea.relation(Relation::Author, actor).is_ok();
    if !own && is_aside(context, actor, id, idea.rounds).await? {
        return Err(forbidden(Reason::TakesNoPart));
    }
    Ok(sees)
}

/// Whether somebody has declared a conflict of interest at some gate, or acts as an assessor who was taken off at the last one.
pub(super) async fn is_aside(context: &CommandContext, actor: &Actor, id: IdeaId, rounds: u32) -> Result<bool, Status> {
    if rounds == 0 {
        return Ok(false);
    }
    let streams = (1..=rounds).map(|round| StreamName::evaluation(EvaluationId::derive(id, round)));
    let streams: Vec<StreamName> = streams.collect();
    // What evaluation has said of it is received here.
    let loaded = context.engine.load(&streams).await?;
    let person = actor.person;
    let aside: Vec<_> = streams
        .iter()
        .map(|stream| loaded.state::<Evaluations>(stream))
        .map(|evaluation| (evaluation.conflicted.contains(&person), evaluation.aside(person)))
        .collect();
    let recused = aside.last().is_some_and(|(_, aside)| *aside == Some(Aside::Recused));
    Ok(aside.iter().any(|(conflicted, _)| *conflicted) || (recused && actor.role == Role::Assessor))
}

/// An idea for those who may see all of it. Errors: NOT_FOUND, PERMISSION_DENIED.
pub(super) async fn load_all(context: &CommandContext, asker: &Asker, id: IdeaId) -> Result<(Loaded, Idea), Status> {
    let (loaded, idea) = load(context, asker, id).await?;
    match sees(context, asker, id, &idea).await? {
        Sees::All => Ok((loaded, idea)),
        Sees::Brief | Sees::Published => Err(forbidden(Reason::WrongRole)),
    }
}

/// Loads an idea, once what the asker has seen is here.
pub(super) async fn load(context: &CommandContext, asker: &Asker, idea: IdeaId) -> Result<(Loaded, Idea), Status> {
    context.wait(asker).await?;
    let stream = StreamName::idea(idea);
    let loaded = context.engine.load(std::slice::from_ref(&stream)).await?;
    let state = loaded.state::<Ideas>(&stream);
    Ok((loaded, state))
}
