use crate::{Call, Decided, Engine, ExecuteError};
use idesluss_domain::words::{AggregateId as _, Rejection};
use idesluss_domain::{Act, Aggregate, AggregateEvent, Event};
use uuid::Uuid;

impl Engine {
    /// Does something with one aggregate as the service itself, or as whoever `call` names. Where the aggregate begins with it, it is about
    /// `about`: an idea, or the aggregate itself.
    pub async fn carry_out<D>(&self, call: Call, about: Uuid, id: D::Id, action: D::Action) -> Result<(), ExecuteError>
    where
        D: Aggregate<Action: Send + Sync, Event: AggregateEvent + Into<Event>>,
        Rejection: From<D::Rejection>,
    {
        let act = Act {
            id,
            actor: call.head.actor.clone(),
            today: self.clock().today(),
            action,
        };
        let decide = |loaded: &_| Ok(vec![Decided::by::<D>(&act, loaded, about)?]);
        self.execute(call, &[id.stream()], decide).await?;
        Ok(())
    }
}
