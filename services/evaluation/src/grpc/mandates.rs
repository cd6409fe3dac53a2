//! Who may decide what.

use super::{Answer, Service};
use idesluss_domain::Event;
use idesluss_domain::evaluation::DelegationOrderEvent;
use idesluss_domain::evaluation::delegation_order::{
    AdoptOrder, DelegationOrderCommand, DelegationOrders, MandateRevoked, OrderAction, Subdelegate,
};
use idesluss_domain::words::StreamName;
use idesluss_engine::{Loaded, PendingCommand};
use idesluss_proto::pb::command::Token;
use idesluss_proto::pb::evaluation as pb;
use idesluss_proto::requests::evaluation::{AdoptDelegationOrder, RevokeMandate, SubdelegateMandate};
use tonic::Status;
use uuid::Uuid;

async fn act(pending: PendingCommand, action: OrderAction) -> Result<Token, Status> {
    let command = DelegationOrderCommand {
        organisation: pending.actor().organisation.clone(),
        actor: pending.actor().clone(),
        today: pending.today(),
        action,
    };
    let stream = StreamName::delegation_order(&command.organisation);
    let about = Uuid::new_v5(&Uuid::nil(), stream.as_str().as_bytes());
    pending.decide::<DelegationOrders>(stream, about, command).await
}

/// Carries it out, and tells what it wrote as an event of this name, if it wrote anything, and how the order stands then.
async fn act_and_look(
    service: &Service,
    pending: PendingCommand,
    name: &str,
    action: OrderAction,
) -> Result<(Token, Option<Event>, Loaded, StreamName), Status> {
    let (stream, id) = (
        StreamName::delegation_order(&pending.actor().organisation),
        pending.event_id(name),
    );
    let token = act(pending, action).await?;
    let loaded = service.context.engine.load(std::slice::from_ref(&stream)).await?;
    let entry = loaded.entries(&stream).iter().find(|entry| entry.meta.id == id);
    let written = entry.and_then(|entry| entry.event.clone());
    Ok((token, written, loaded, stream))
}

pub(super) async fn adopt(
    service: Service,
    pending: PendingCommand,
    command: AdoptDelegationOrder,
) -> Answer<pb::AdoptDelegationOrderRequest> {
    let action = OrderAction::Adopt(AdoptOrder {
        form: command.form,
        adopted_by: command.adopted_by,
        adopted_on: command.adopted_on,
        paragraph: command.paragraph,
        valid_from: command.valid_from,
        valid_until: command.valid_until,
        clauses: command.clauses.into_iter().map(Into::into).collect(),
    });
    let acted = act_and_look(&service, pending, "DelegationOrderAdopted", action).await?;
    let (token, written, loaded, stream) = acted;
    let version = match written {
        Some(Event::DelegationOrder(DelegationOrderEvent::DelegationOrderAdopted(adopted))) => adopted.version,
        // The same order had been adopted already: it is the last one.
        _ => {
            let orders = loaded.state::<DelegationOrders>(&stream).0;
            orders.last().map_or(0, |order| order.adopted.version)
        }
    };
    Ok(pb::AdoptDelegationOrderResponse {
        token: Some(token),
        version,
    })
}

pub(super) async fn subdelegate(
    service: Service,
    pending: PendingCommand,
    command: SubdelegateMandate,
) -> Answer<pb::SubdelegateMandateRequest> {
    let (from_mandate, to) = (command.mandate.clone(), command.to);
    let action = OrderAction::Subdelegate(Subdelegate {
        mandate: command.mandate,
        to,
        gates: command.gates,
        up_to_kronor: command.up_to_kronor,
        valid_from: command.valid_from,
        valid_until: command.valid_until,
    });
    let acted = act_and_look(&service, pending, "MandateSubdelegated", action).await?;
    let (token, written, loaded, stream) = acted;
    let mandate = match written {
        Some(Event::DelegationOrder(DelegationOrderEvent::MandateSubdelegated(handed_on))) => handed_on.mandate.into(),
        // The person holds exactly that already.
        _ => {
            let orders = loaded.state::<DelegationOrders>(&stream).0;
            let mut mandates = orders.iter().flat_map(|order| &order.mandates).rev();
            let held = mandates.find(|held| held.holder == to && held.from_mandate.as_ref() == Some(&from_mandate));
            held.map(|held| held.reference.to_string()).unwrap_or_default()
        }
    };
    Ok(pb::SubdelegateMandateResponse {
        token: Some(token),
        mandate,
    })
}

pub(super) async fn revoke(
    _: Service,
    pending: PendingCommand,
    command: RevokeMandate,
) -> Answer<pb::RevokeMandateRequest> {
    let (mandate, from) = (command.mandate, command.from);
    Ok(act(pending, OrderAction::Revoke(MandateRevoked { mandate, from }))
        .await?
        .into())
}
