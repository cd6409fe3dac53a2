//! Who may see an idea, and how much of it.

use idesluss_domain::evaluation::evaluation::{Aside, Evaluations};
use idesluss_domain::submission::Ideas;
use idesluss_domain::submission::idea::Idea;
use idesluss_domain::words::{EvaluationId, IdeaId, Role, StreamName};
use idesluss_engine::{Asker, CommandContext, Loaded, forbidden};
use idesluss_proto::status::{Reason, refuse};
use tonic::Status;

/// How much of an idea somebody may see.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum AccessLevel {
    /// Everything: who leads or registers or audits it, and its authors.
    All,
    /// The brief, never who submitted it.
    Brief,
}

/// Who may see an idea, and how much; nobody in conflict with it. Errors: NOT_FOUND, PERMISSION_DENIED.
pub(super) async fn access_level(
    context: &CommandContext,
    asker: &Asker,
    id: IdeaId,
    idea: &Idea,
) -> Result<AccessLevel, Status> {
    let access_level = by_role(asker, idea)?;
    let own = asker.is(&[Role::Submitter]) && idea.authors.contains(&asker.actor.person);
    if !own && is_aside(context, asker, id, idea.rounds).await? {
        return Err(forbidden(Reason::TakesNoPart));
    }
    Ok(access_level)
}

/// Whether the asker has declared a conflict of interest at some gate, or asks as an assessor who was taken off at the last one.
async fn is_aside(context: &CommandContext, asker: &Asker, id: IdeaId, rounds: u32) -> Result<bool, Status> {
    if rounds == 0 {
        return Ok(false);
    }
    let streams = (1..=rounds).map(|round| StreamName::evaluation(EvaluationId::derive(id, round)));
    let streams: Vec<StreamName> = streams.collect();
    // What evaluation has said of it is received here.
    let loaded = context.engine.load(&streams).await?;
    let person = asker.actor.person;
    let aside: Vec<_> = streams
        .iter()
        .map(|stream| loaded.state::<Evaluations>(stream))
        .map(|evaluation| (evaluation.conflicted.contains(&person), evaluation.aside(person)))
        .collect();
    let recused = aside.last().is_some_and(|(_, aside)| *aside == Some(Aside::Recused));
    Ok(aside.iter().any(|(conflicted, _)| *conflicted) || (recused && asker.is(&[Role::Assessor])))
}

fn by_role(asker: &Asker, idea: &Idea) -> Result<AccessLevel, Status> {
    let organisation = idea.organisation().ok_or_else(|| refuse(Reason::NoSuchIdea))?;
    let at_home = asker.actor.organisation == *organisation;
    match asker.actor.role {
        Role::Coordinator | Role::Registrar | Role::Auditor if at_home => Ok(AccessLevel::All),
        Role::Submitter if idea.authors.contains(&asker.actor.person) && idea.received.is_none() => {
            Ok(AccessLevel::All)
        }
        Role::Submitter | Role::NeedOwner | Role::Assessor | Role::DecisionMaker | Role::Steward if at_home => {
            Ok(AccessLevel::Brief)
        }
        Role::Operator => Err(forbidden(Reason::WrongRole)),
        _ => Err(forbidden(Reason::WrongOrganisation)),
    }
}

/// An idea for those who may see all of it. Errors: NOT_FOUND, PERMISSION_DENIED.
pub(super) async fn load_all(context: &CommandContext, asker: &Asker, id: IdeaId) -> Result<(Loaded, Idea), Status> {
    let (loaded, idea) = load(context, asker, id).await?;
    match access_level(context, asker, id, &idea).await? {
        AccessLevel::All => Ok((loaded, idea)),
        AccessLevel::Brief => Err(forbidden(Reason::WrongRole)),
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
