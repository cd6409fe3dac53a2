use super::{Answer, Catalogue};
use idesluss_domain::sharing::adoption::AdoptionAction;
use idesluss_domain::sharing::{Adoptions, Solutions};
use idesluss_domain::words::StreamName;
use idesluss_engine::{Decided, Loaded, PendingCommand};
use idesluss_proto::pb::sharing as pb;
use idesluss_proto::requests::sharing::RegisterInterest;

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
    let act = pending.act(adoption, ());
    let (own, offer) = (StreamName::adoption(adoption), StreamName::solution(solution));
    // The offer is covered: retired meanwhile, it is looked at again.
    let decide = |loaded: &Loaded| {
        let offered = loaded.state::<Solutions>(&offer);
        let act = act.clone().with(AdoptionAction::RegisterInterest {
            solution,
            offered: offered.is_offered_to(&act.actor.organisation),
            need,
        });
        let about = offered.drafted.as_ref().map_or(adoption.0, |drafted| drafted.idea.0);
        Ok(vec![Decided::by::<Adoptions>(&act, loaded, about)?])
    };
    Ok(pending.run(&[own.clone(), offer.clone()], decide).await?.into())
}
