use super::{Answer, Catalogue};
use futures_util::future::BoxFuture;
use idesluss_domain::Decider as _;
use idesluss_domain::sharing::adoption::{AdoptionAction, AdoptionCommand};
use idesluss_domain::sharing::{Adoptions, Solutions};
use idesluss_domain::words::{Actor, AdoptionId, StreamName};
use idesluss_engine::{Decided, Loaded, PendingCommand};
use idesluss_proto::pb::command::Token;
use idesluss_proto::pb::sharing as pb;
use idesluss_proto::requests::sharing::RegisterInterest;
use idesluss_proto::{Command, Problem, Reader, Rpc};
use tonic::Status;

/// What is shared can't be erased.
pub(super) fn check_cleared(
    _: &Catalogue,
    _: Option<&Actor>,
    request: &pb::ShareExperienceRequest,
    reader: &mut Reader,
) {
    if !request.cleared {
        reader.problem("cleared", Problem::Unconfirmed);
    }
}

/// A command that does one thing with an adoption.
pub(super) fn on<C>(
    action: fn(C) -> (AdoptionId, AdoptionAction),
) -> impl Fn(Catalogue, PendingCommand, C) -> BoxFuture<'static, Answer<C::Request>> + Clone + Send + Sync + 'static
where
    C: Command<Request: Rpc<Response: From<Token>>>,
{
    move |_, pending, command| {
        let (adoption, action) = action(command);
        Box::pin(async move { Ok(act(pending, adoption, action).await?.into()) })
    }
}

async fn act(pending: PendingCommand, adoption: AdoptionId, action: AdoptionAction) -> Result<Token, Status> {
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
    _: Catalogue,
    pending: PendingCommand,
    read: RegisterInterest,
) -> Answer<pb::RegisterInterestRequest> {
    let RegisterInterest {
        adoption,
        solution,
        need,
    } = read;
    let (actor, today) = (pending.actor().clone(), pending.today());
    let (own, offer) = (StreamName::adoption(adoption), StreamName::solution(solution));
    // The offer is covered: retired meanwhile, it is looked at again.
    let decide = |loaded: &Loaded| {
        let offered = loaded.state::<Solutions>(&offer);
        let command = AdoptionCommand {
            action: AdoptionAction::RegisterInterest {
                solution,
                offered: offered.is_offered_to(&actor.organisation),
                need,
            },
            adoption,
            actor: actor.clone(),
            today,
        };
        let idea = offered.drafted.as_ref().map_or(adoption.0, |drafted| drafted.idea.0);
        let events = Adoptions::decide(&command, &loaded.state::<Adoptions>(&own))?;
        Ok(vec![Decided::of(&own, idea, events)])
    };
    Ok(pending.run(&[own.clone(), offer.clone()], decide).await?.into())
}
