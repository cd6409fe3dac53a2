//! Mandates: who may decide what, up to which cost, on which day.

use super::super::findings::Found;
use super::Act;
use super::case::Case;
use super::orders::OrdersInForce;
use idesluss_domain::evaluation::delegation_order::{
    DelegationOrderAdopted, Mandate, MandateRevoked, MandateSubdelegated, Order,
};
use idesluss_domain::evaluation::evaluation::{DecidedBy, DecisionMade};
use idesluss_domain::words::{Date, MandateReference, PersonId};

/// R02: the very entry before the decision says that this decider's mandate was verified, for this gate, cost and day.
pub(super) fn verified(case: &Case, decision: &DecisionMade, act: &Act<'_>) -> Found {
    let DecidedBy::Person { person, mandate } = &decision.decided_by else {
        return None;
    };
    let Some((position, verified)) = case.verified.as_deref() else {
        return Some(format!("{person} decided, and no mandate had been verified"));
    };
    let here = position + 1 == act.position && act.event.mandate.as_deref() == Some(mandate.as_str());
    let same = (verified.decider, verified.gate, verified.cost_kronor, verified.on)
        == (*person, decision.gate, decision.cost_kronor, decision.decided_on);
    (!here || !same || verified.mandate != *mandate)
        .then(|| format!("the mandate that was verified, in entry {position}, was not verified for this decision"))
}

/// The order in force on a day and the mandate in it; R03 where there is none.
pub(super) fn in_force<'a>(
    orders: Option<&'a OrdersInForce>,
    reference: &MandateReference,
    day: Date,
) -> Result<(&'a Order, &'a Mandate), String> {
    let order = orders.and_then(|orders| orders.delegation.in_force(day));
    let Some(order) = order else {
        return Err(format!("no delegation order was in force on {day}"));
    };
    let mandate = order.mandates.iter().find(|mandate| mandate.reference == *reference);
    match mandate {
        Some(mandate) => Ok((order, mandate)),
        None => {
            let version = order.adopted.version;
            Err(format!(
                "the order in force on {day}, version {version}, has no mandate {reference}"
            ))
        }
    }
}

/// R04: it is the decider's, and it and what it was handed on from held that day.
pub(super) fn held(order: &Order, mandate: &Mandate, person: PersonId, day: Date) -> Found {
    let reference = &mandate.reference;
    if mandate.holder != person {
        return Some(format!(
            "the mandate {reference} is {}'s, and {person} decided",
            mandate.holder
        ));
    }
    (!order.holds(mandate, day))
        .then(|| format!("the mandate {reference}, or one that it was handed on from, did not hold on {day}"))
}

/// R05: it covers gate and cost.
pub(super) fn covers(mandate: &Mandate, decision: &DecisionMade) -> Found {
    let (gate, cost) = (decision.gate.as_str(), decision.cost_kronor);
    let up_to = mandate.up_to_kronor;
    (!mandate.covers(decision.gate, cost)).then(|| {
        format!(
            "the mandate {} covers {up_to} kronor, and the decision is on {cost} at the gate {gate}",
            mandate.reference
        )
    })
}

/// R06: a person's decision bears the day in Sweden on which it was recorded, or the one before when it was recorded at midnight;
/// a board's meeting was not after it, nor before the evaluation was opened.
pub(super) fn dated(decision: &DecisionMade, opened: Date, recorded: Date) -> Found {
    let day = decision.decided_on;
    let fits = match &decision.decided_by {
        DecidedBy::Person { .. } => day == recorded || day.tomorrow().is_ok_and(|next| next == recorded),
        DecidedBy::Board { meeting, .. } => *meeting == day && opened <= day && day <= recorded,
    };
    (!fits).then(|| {
        format!("it says that it was decided on {day}, and it was opened on {opened} and recorded on {recorded}")
    })
}

/// R25: only the holder hands a mandate on that allows it, to somebody else, and no further than it reaches.
pub(super) fn handed_on(orders: &OrdersInForce, event: &MandateSubdelegated, act: &Act<'_>) -> Found {
    let Some(parent) = orders.delegation.mandate(&event.from_mandate) else {
        return Some(format!("there is no mandate {} to hand on", event.from_mandate));
    };
    if parent.holder != event.from || event.from.to_string() != *act.event.actor {
        return Some(format!("{} handed on what {} holds", act.event.actor, parent.holder));
    }
    let gates = event.gates.iter().all(|gate| parent.covers(*gate, event.up_to_kronor));
    let ends = parent
        .valid_until
        .is_none_or(|last| event.valid_until.is_some_and(|until| until <= last));
    let within = parent.may_subdelegate && !event.gates.is_empty() && gates && ends;
    let within = within && event.valid_from >= parent.valid_from && event.to != parent.holder;
    let fresh = orders.delegation.mandate(&event.mandate).is_none();
    (!within || !fresh).then(|| format!("{} hands on more than {} allows", event.mandate, event.from_mandate))
}

/// R25: a mandate is taken back by whoever keeps the order, or by the one who handed it on.
pub(super) fn taken_back(orders: &OrdersInForce, event: &MandateRevoked, act: &Act<'_>) -> Found {
    let Some(mandate) = orders.delegation.mandate(&event.mandate) else {
        return Some(format!("there is no mandate {} to take back", event.mandate));
    };
    let giver = mandate
        .from_mandate
        .as_ref()
        .and_then(|parent| orders.delegation.mandate(parent));
    let gave = giver.is_some_and(|parent| parent.holder.to_string() == *act.event.actor);
    let may = match &*act.event.role {
        "registrar" | "coordinator" => true,
        "decision-maker" => gave,
        _ => false,
    };
    (!may).then(|| {
        format!(
            "{} took back {}, and had not handed it on",
            act.event.actor, event.mandate
        )
    })
}

/// R27: an organisation's orders are numbered from 1, and adopted for itself, not ahead of their day.
pub(super) fn numbered(orders: &OrdersInForce, event: &DelegationOrderAdopted, recorded: Date) -> Found {
    let last = orders.delegation.0.last().map_or(0, |order| order.adopted.version);
    if event.version != last.saturating_add(1) {
        return Some(format!("order {} follows on order {last}", event.version));
    }
    (event.adopted_on > recorded).then(|| {
        format!(
            "it says that it was adopted on {}, and it was recorded on {recorded}",
            event.adopted_on
        )
    })
}
