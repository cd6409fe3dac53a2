//! Who may decide what.

use super::commands::Commands;
use idesluss_domain::Event;
use idesluss_domain::evaluation::DelegationOrderEvent;
use idesluss_domain::evaluation::delegation_order::{
    AdoptOrder, Clause, DelegationOrderCommand, DelegationOrders, MandateRevoked, OrderAction, Subdelegate,
};
use idesluss_domain::words::{Citation, EventId, MandateReference, OrganisationId, StreamName};
use idesluss_engine::{CommandContext, PendingCommand};
use idesluss_proto::evaluation::{read_gates, read_order_form};
use idesluss_proto::pb::command::Token;
use idesluss_proto::pb::evaluation as pb;
use tonic::Status;

async fn act(pending: PendingCommand, action: OrderAction) -> Result<Token, Status> {
    let command = DelegationOrderCommand {
        organisation: pending.actor().organisation.clone(),
        actor: pending.actor().clone(),
        today: pending.today(),
        action,
    };
    let stream = StreamName::delegation_order(&command.organisation);
    let about = uuid::Uuid::new_v5(&uuid::Uuid::nil(), stream.as_str().as_bytes());
    pending.decide::<DelegationOrders>(stream, about, command).await
}

/// What the command wrote, when it wrote anything.
async fn written(
    context: &CommandContext,
    organisation: &OrganisationId,
    id: EventId,
) -> Result<Option<Event>, Status> {
    let stream = StreamName::delegation_order(organisation);
    let loaded = context.engine.load(std::slice::from_ref(&stream)).await?;
    let entry = loaded.entries(&stream).iter().find(|entry| entry.meta.id == id);
    Ok(entry.and_then(|entry| entry.event.clone()))
}

pub(super) async fn adopt(
    commands: &Commands,
    request: pb::AdoptDelegationOrderRequest,
) -> Result<pb::AdoptDelegationOrderResponse, Status> {
    let context = &commands.context;
    let mut reader = context.reader("AdoptDelegationOrder", &request, request.command.as_ref());
    let order_form = reader.chosen("form", read_order_form(request.form()));
    let adopted_by = reader.text("adopted_by", &request.adopted_by, 1..=200);
    let adopted_on = reader.date("adopted_on", &request.adopted_on);
    let paragraph = reader.form_if_any::<Citation>("paragraph", &request.paragraph);
    let valid_from = reader.date("valid_from", &request.valid_from);
    let valid_until = reader.date_if_any("valid_until", &request.valid_until);
    if !(1..=200).contains(&request.clauses.len()) {
        reader.problem("clauses", "give 1 to 200 clauses");
    }
    let mut clauses = Vec::new();
    for (index, clause) in request.clauses.iter().enumerate() {
        let number = reader.form(&format!("clauses[{index}].number"), &clause.number);
        let gates = reader.chosen(&format!("clauses[{index}].gates"), read_gates(clause.gates()));
        let holder = reader.id(&format!("clauses[{index}].holder"), &clause.holder);
        if let Some(((number, gates), holder)) = number.zip(gates).zip(holder) {
            clauses.push(Clause {
                number,
                gates,
                up_to_kronor: clause.up_to_kronor,
                holder,
                may_subdelegate: clause.may_subdelegate,
            });
        }
    }
    let (pending, ((form, adopted_on), valid_from)) = reader.finish(order_form.zip(adopted_on).zip(valid_from))?;
    let (organisation, event) = (
        pending.actor().organisation.clone(),
        pending.event_id("DelegationOrderAdopted"),
    );
    let action = OrderAction::Adopt(AdoptOrder {
        form,
        adopted_by,
        adopted_on,
        paragraph,
        valid_from,
        valid_until,
        clauses,
    });
    let token = act(pending, action).await?;
    let version = match written(context, &organisation, event).await? {
        Some(Event::DelegationOrder(DelegationOrderEvent::DelegationOrderAdopted(adopted))) => adopted.version,
        // The same order had been adopted already: it is the last one.
        _ => {
            let stream = StreamName::delegation_order(&organisation);
            let loaded = context.engine.load(std::slice::from_ref(&stream)).await?;
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
    commands: &Commands,
    request: pb::SubdelegateMandateRequest,
) -> Result<pb::SubdelegateMandateResponse, Status> {
    let context = &commands.context;
    let mut reader = context.reader("SubdelegateMandate", &request, request.command.as_ref());
    let mandate = reader.form::<MandateReference>("mandate", &request.mandate);
    let to = reader.id("to", &request.to);
    let gates = reader.chosen("gates", read_gates(request.gates()));
    let valid_from = reader.date("valid_from", &request.valid_from);
    let valid_until = reader.date_if_any("valid_until", &request.valid_until);
    let (pending, (((mandate, to), gates), valid_from)) = reader.finish(mandate.zip(to).zip(gates).zip(valid_from))?;
    let from_mandate = mandate.clone();
    let (organisation, event) = (
        pending.actor().organisation.clone(),
        pending.event_id("MandateSubdelegated"),
    );
    let action = OrderAction::Subdelegate(Subdelegate {
        mandate,
        to,
        gates,
        up_to_kronor: request.up_to_kronor,
        valid_from,
        valid_until,
    });
    let token = act(pending, action).await?;
    let mandate = match written(context, &organisation, event).await? {
        Some(Event::DelegationOrder(DelegationOrderEvent::MandateSubdelegated(handed_on))) => handed_on.mandate.into(),
        // The person holds exactly that already.
        _ => {
            let stream = StreamName::delegation_order(&organisation);
            let loaded = context.engine.load(std::slice::from_ref(&stream)).await?;
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
    commands: &Commands,
    request: pb::RevokeMandateRequest,
) -> Result<pb::RevokeMandateResponse, Status> {
    let mut reader = commands
        .context
        .reader("RevokeMandate", &request, request.command.as_ref());
    let mandate = reader.form::<MandateReference>("mandate", &request.mandate);
    let from = reader.date("from", &request.from);
    let (pending, (mandate, from)) = reader.finish(mandate.zip(from))?;
    let token = Some(act(pending, OrderAction::Revoke(MandateRevoked { mandate, from })).await?);
    Ok(pb::RevokeMandateResponse { token })
}
