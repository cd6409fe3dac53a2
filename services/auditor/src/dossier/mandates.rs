use super::Case;
use crate::{Happened, Reading, Service};
use idesluss_domain::evaluation::delegation_order::{DelegationOrders, Mandate, Order, OrderForm, Orders};
use idesluss_domain::evaluation::evaluation::DecidedBy;
use idesluss_domain::evaluation::{DelegationOrderEvent, EvaluationEvent};
use idesluss_domain::words::Date;
use idesluss_domain::{Decider as _, Event};
use serde::Serialize;

/// Who was allowed to decide what on the day of the decision.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Mandates {
    /// The mandate that the decision names; None: a board decided.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub used: Option<String>,
    /// What was verified with the decision.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub verified: Option<Verified>,
    /// The delegation order in force that day; None: there was none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub order: Option<OrderSeen>,
    /// What has happened to the organisation's delegation order since.
    pub later: Vec<Happened>,
}

/// The clause that was found to let the decider decide.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Verified {
    /// The position in evaluation's journal.
    pub position: u64,
    /// Who decides.
    pub decider: String,
    /// The clause.
    pub clause: String,
    /// The version of the order.
    pub order_version: u32,
    /// The gate that it covers.
    pub gate: String,
    /// The cost that it covers, in kronor.
    pub cost_kronor: u64,
    /// The day.
    pub on: String,
}

/// A delegation order as it was in force.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct OrderSeen {
    /// Whose.
    pub organisation: String,
    /// Its version.
    pub version: u32,
    /// `delegation` or `signing-authority`.
    pub form: &'static str,
    /// The board that adopted it.
    pub adopted_by: String,
    /// The day of that meeting.
    pub adopted_on: String,
    /// The paragraph of the minutes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub paragraph: Option<String>,
    /// The first day.
    pub valid_from: String,
    /// The last day.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub valid_until: Option<String>,
    /// Every mandate under it, what was handed on too.
    pub mandates: Vec<MandateSeen>,
}

/// A mandate as it stood.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct MandateSeen {
    /// Its reference, such as `uddevalla/3/4.2`.
    pub reference: String,
    /// The clause.
    pub clause: String,
    /// Who held it.
    pub holder: String,
    /// At which gates.
    pub gates: Vec<&'static str>,
    /// The largest cost in kronor.
    pub up_to_kronor: u64,
    /// The first day.
    pub valid_from: String,
    /// The last day.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub valid_until: Option<String>,
    /// The mandate that it was handed on from.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub handed_on_from: Option<String>,
    /// The first day on which it no longer held, as was known when it was decided.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub revoked_from: Option<String>,
    /// Whether it held that day, with everything that it was handed on from.
    pub held: bool,
    /// Whether the decision names it.
    pub used: bool,
}

pub(super) fn mandates(case: &Case<'_>, findings: &mut Vec<String>) -> Mandates {
    let (orders, later) = orders(case);
    let day = case.made.decided_on;
    let used = match &case.made.decided_by {
        DecidedBy::Person { mandate, .. } => Some(mandate.to_string()),
        DecidedBy::Board { .. } => None,
    };
    let order = orders.in_force(day);
    if let Some(reference) = &used {
        let mandates = order
            .iter()
            .flat_map(|order| order.mandates.iter().map(move |mandate| (order, mandate)));
        let held = mandates
            .filter(|(_, mandate)| mandate.reference.as_str() == reference)
            .any(|(order, mandate)| order.holds(mandate, day));
        if !held {
            findings.push(format!(
                "the mandate {reference} did not hold on {day}, as far as the entries tell"
            ));
        }
    }
    let order = order.map(|order| seen(order, day, used.as_deref()));
    Mandates {
        verified: verified(case),
        used,
        order,
        later,
    }
}

/// The organisation's orders as they stood when it was decided, and what has happened to them since.
fn orders(case: &Case<'_>) -> (Orders, Vec<Happened>) {
    let subject = format!("delegation-order/{}", case.opened.organisation);
    let of_order =
        |reading: &&Reading| reading.service == Service::Evaluation && reading.own && reading.subject == subject;
    let mut readings: Vec<&Reading> = case.read.iter().filter(of_order).collect();
    readings.sort_by_key(|reading| reading.position);
    let (mut orders, mut later) = (Orders::default(), Vec::new());
    for reading in readings {
        match &reading.event {
            Event::DelegationOrder(event) if reading.position < case.decision.position => {
                orders = DelegationOrders::evolve(orders, event);
            }
            Event::DelegationOrder(
                DelegationOrderEvent::DelegationOrderAdopted(_)
                | DelegationOrderEvent::MandateSubdelegated(_)
                | DelegationOrderEvent::MandateRevoked(_),
            ) => later.push(Happened::of(reading)),
            _ => {}
        }
    }
    (orders, later)
}

/// What was verified for this decision: the last verification before it, written together with it.
fn verified(case: &Case<'_>) -> Option<Verified> {
    let of_decision = |reading: &&Reading| {
        reading.service == Service::Evaluation
            && reading.own
            && reading.subject == case.decision.subject
            && (case.made.basis.size..case.decision.position).contains(&reading.position)
    };
    let told = |reading: &Reading| match &reading.event {
        Event::Evaluation(EvaluationEvent::MandateVerified(event)) => Some(Verified {
            position: reading.position,
            decider: event.decider.to_string(),
            clause: event.clause.to_string(),
            order_version: event.order_version,
            gate: event.gate.as_str().to_owned(),
            cost_kronor: event.cost_kronor,
            on: event.on.to_string(),
        }),
        _ => None,
    };
    case.read.iter().filter(of_decision).filter_map(told).next_back()
}

fn seen(order: &Order, day: Date, used: Option<&str>) -> OrderSeen {
    let adopted = &order.adopted;
    let mandate = |mandate: &Mandate| MandateSeen {
        reference: mandate.reference.to_string(),
        clause: mandate.clause.to_string(),
        holder: mandate.holder.to_string(),
        gates: mandate.gates.iter().map(|gate| gate.as_str()).collect(),
        up_to_kronor: mandate.up_to_kronor,
        valid_from: mandate.valid_from.to_string(),
        valid_until: mandate.valid_until.map(|day| day.to_string()),
        handed_on_from: mandate.from_mandate.as_ref().map(ToString::to_string),
        revoked_from: mandate.revoked_from.map(|day| day.to_string()),
        held: order.holds(mandate, day),
        used: used == Some(mandate.reference.as_str()),
    };
    OrderSeen {
        organisation: adopted.organisation.to_string(),
        version: adopted.version,
        form: match adopted.form {
            OrderForm::Delegation => "delegation",
            OrderForm::SigningAuthority => "signing-authority",
        },
        adopted_by: adopted.adopted_by.clone(),
        adopted_on: adopted.adopted_on.to_string(),
        paragraph: adopted.paragraph.as_ref().map(ToString::to_string),
        valid_from: adopted.valid_from.to_string(),
        valid_until: adopted.valid_until.map(|day| day.to_string()),
        mandates: order.mandates.iter().map(mandate).collect(),
    }
}
