//! An organisation's delegation order, or a company's signing authority, and the mandates under it.

mod events;
mod mandate;
pub mod rights;

pub use events::*;
pub use mandate::*;
pub use rights::Held;

use crate::Decider;
use crate::words::{Actor, Citation, Date, Gate, Label, MandateReference, OrganisationId, PersonId};

rejections! {
    /// Why a delegation order or mandate can't be changed.
    DelegationOrderRejection {
        /// The actor's role does not allow it.
        WrongRole => Forbidden, "WRONG_ROLE";
        /// Another organisation's.
        WrongOrganisation => Forbidden, "WRONG_ORGANISATION";
        /// No clauses, or one twice, or one without gates.
        BadClauses => Invalid, "BAD_CLAUSES";
        /// Reversed dates.
        DatesReversed => Invalid, "DATES_REVERSED";
        /// Adopted in the future.
        DateAhead => Invalid, "DATE_AHEAD";
        /// The mandate is unknown.
        NoSuchMandate => NotFound, "NO_SUCH_MANDATE";
        /// Not the holder's.
        NotYours => Forbidden, "NOT_HOLDER";
        /// The clause forbids it.
        MayNotSubdelegate => Precondition, "MAY_NOT_SUBDELEGATE";
        /// More than is held.
        MoreThanHeld => Precondition, "MORE_THAN_HELD";
        /// It no longer holds.
        NotInForce => Precondition, "MANDATE_NOT_IN_FORCE";
    }
}

/// What somebody wants done with an organisation's delegation order.
#[derive(Debug, Clone, PartialEq)]
pub struct DelegationOrderCommand {
    /// Whose.
    pub organisation: OrganisationId,
    /// Who acts.
    pub actor: Actor,
    /// The day in Sweden.
    pub today: Date,
    /// What.
    pub action: OrderAction,
}

/// What is to be done.
#[derive(Debug, Clone, PartialEq)]
pub enum OrderAction {
    /// Adopt an order; its organisation and version are set by the rules.
    Adopt(AdoptOrder),
    /// Hand a mandate on.
    Subdelegate(Subdelegate),
    /// Take a mandate back.
    Revoke(MandateRevoked),
}

/// Adopts an order.
#[derive(Debug, Clone, PartialEq)]
pub struct AdoptOrder {
    /// Delegation or signing authority.
    pub form: OrderForm,
    /// The board.
    pub adopted_by: String,
    /// The day of its meeting.
    pub adopted_on: Date,
    /// The paragraph of the minutes.
    pub paragraph: Option<Citation>,
    /// The first day.
    pub valid_from: Date,
    /// The last day.
    pub valid_until: Option<Date>,
    /// The clauses.
    pub clauses: Vec<Clause>,
}

/// Hands a mandate on.
#[derive(Debug, Clone, PartialEq)]
pub struct Subdelegate {
    /// Which.
    pub mandate: MandateReference,
    /// To whom.
    pub to: PersonId,
    /// At which gates.
    pub gates: Vec<Gate>,
    /// The largest cost in kronor.
    pub up_to_kronor: u64,
    /// The first day.
    pub valid_from: Date,
    /// The last day.
    pub valid_until: Option<Date>,
}

/// The rules of delegation orders.
pub struct DelegationOrders;

type Decided = Result<Vec<DelegationOrderEvent>, DelegationOrderRejection>;

impl Decider for DelegationOrders {
    type Command = DelegationOrderCommand;
    type Event = DelegationOrderEvent;
    type State = Orders;
    type Rejection = DelegationOrderRejection;

    fn decide(command: &DelegationOrderCommand, state: &Orders) -> Decided {
        if command.actor.organisation != command.organisation {
            return Err(DelegationOrderRejection::WrongOrganisation);
        }
        let about = match &command.action {
            OrderAction::Adopt(_) => None,
            OrderAction::Subdelegate(subdelegate) => Some(&subdelegate.mandate),
            OrderAction::Revoke(revoke) => Some(&revoke.mandate),
        };
        let about = about.map(|mandate| state.held(mandate)).transpose()?;
        command.action.rule().may(&command.actor, &about.unwrap_or_default())?;
        match &command.action {
            OrderAction::Adopt(adopt) => decide_adopt(command, adopt, state),
            OrderAction::Subdelegate(subdelegate) => decide_subdelegate(command, subdelegate, state),
            OrderAction::Revoke(revoke) => decide_revoke(revoke, state),
        }
    }

    fn evolve(mut state: Orders, event: &DelegationOrderEvent) -> Orders {
        match event {
            DelegationOrderEvent::DelegationOrderAdopted(adopted) => {
                let mandates = adopted.clauses.iter().map(|clause| direct(adopted, clause)).collect();
                state.0.push(Order {
                    adopted: adopted.clone(),
                    mandates,
                });
            }
            DelegationOrderEvent::MandateSubdelegated(event) => {
                for order in &mut state.0 {
                    let Some(parent) = order
                        .mandates
                        .iter()
                        .find(|mandate| mandate.reference == event.from_mandate)
                    else {
                        continue;
                    };
                    let mandate = Mandate {
                        reference: event.mandate.clone(),
                        holder: event.to,
                        gates: event.gates.clone(),
                        up_to_kronor: event.up_to_kronor,
                        valid_from: event.valid_from,
                        valid_until: event.valid_until,
                        from_mandate: Some(event.from_mandate.clone()),
                        revoked_from: None,
                        may_subdelegate: false,
                        ..parent.clone()
                    };
                    order.mandates.push(mandate);
                }
            }
            DelegationOrderEvent::MandateRevoked(event) => {
                let all = state.0.iter_mut().flat_map(|order| &mut order.mandates);
                for mandate in all.filter(|mandate| mandate.reference == event.mandate) {
                    mandate.revoked_from = Some(event.from);
                }
            }
        }
        state
    }
}

fn decide_adopt(command: &DelegationOrderCommand, adopt: &AdoptOrder, state: &Orders) -> Decided {
    let mut numbers: Vec<_> = adopt.clauses.iter().map(|clause| clause.number.as_str()).collect();
    numbers.sort_unstable();
    numbers.dedup();
    let whole = adopt.clauses.iter().all(|clause| !clause.gates.is_empty());
    // A slash would make the references of handed-on mandates ambiguous.
    let clear = numbers.iter().all(|number| !number.contains('/'));
    if numbers.is_empty() || numbers.len() < adopt.clauses.len() || !whole || !clear {
        return Err(DelegationOrderRejection::BadClauses);
    }
    if adopt.valid_until.is_some_and(|last| last < adopt.valid_from) {
        return Err(DelegationOrderRejection::DatesReversed);
    }
    if adopt.adopted_on > command.today {
        return Err(DelegationOrderRejection::DateAhead);
    }
    let event = |version| DelegationOrderAdopted {
        organisation: command.organisation.clone(),
        version,
        form: adopt.form,
        adopted_by: adopt.adopted_by.clone(),
        adopted_on: adopt.adopted_on,
        paragraph: adopt.paragraph.clone(),
        valid_from: adopt.valid_from,
        valid_until: adopt.valid_until,
        clauses: adopt.clauses.clone(),
    };
    let last = state.0.last().map(|order| &order.adopted);
    if last.is_some_and(|last| *last == event(last.version)) {
        return Ok(vec![]);
    }
    Ok(vec![event(last.map_or(1, |last| last.version + 1)).into()])
}

fn decide_subdelegate(command: &DelegationOrderCommand, subdelegate: &Subdelegate, state: &Orders) -> Decided {
    let parent = state
        .mandate(&subdelegate.mandate)
        .ok_or(DelegationOrderRejection::NoSuchMandate)?;
    if !parent.may_subdelegate {
        return Err(DelegationOrderRejection::MayNotSubdelegate);
    }
    let given: Vec<_> = (state.0.iter().flat_map(|order| &order.mandates))
        .filter(|mandate| mandate.from_mandate.as_ref() == Some(&parent.reference))
        .collect();
    let same = |mandate: &&&Mandate| {
        mandate.holder == subdelegate.to
            && mandate.gates == subdelegate.gates
            && mandate.up_to_kronor == subdelegate.up_to_kronor
            && (mandate.valid_from, mandate.valid_until) == (subdelegate.valid_from, subdelegate.valid_until)
            && mandate.revoked_from.is_none()
    };
    if given.iter().find(same).is_some() {
        return Ok(vec![]);
    }
    if subdelegate
        .valid_until
        .is_some_and(|last| last < subdelegate.valid_from)
    {
        return Err(DelegationOrderRejection::DatesReversed);
    }
    let current = (state.in_force(command.today))
        .is_some_and(|order| order.adopted.version == parent.order_version && order.holds(parent, command.today));
    if !current {
        return Err(DelegationOrderRejection::NotInForce);
    }
    let within = !subdelegate.gates.is_empty()
        && subdelegate
            .gates
            .iter()
            .all(|gate| parent.covers(*gate, subdelegate.up_to_kronor))
        && subdelegate.valid_from >= parent.valid_from
        && parent
            .valid_until
            .is_none_or(|last| subdelegate.valid_until.is_some_and(|until| until <= last))
        && subdelegate.to != parent.holder;
    if !within {
        return Err(DelegationOrderRejection::MoreThanHeld);
    }
    Ok(vec![
        MandateSubdelegated {
            mandate: parent.reference.handed_on(given.len() + 1),
            from_mandate: parent.reference.clone(),
            from: parent.holder,
            to: subdelegate.to,
            gates: subdelegate.gates.clone(),
            up_to_kronor: subdelegate.up_to_kronor,
            valid_from: subdelegate.valid_from,
            valid_until: subdelegate.valid_until,
        }
        .into(),
    ])
}

fn decide_revoke(revoke: &MandateRevoked, state: &Orders) -> Decided {
    let mandate = state
        .mandate(&revoke.mandate)
        .ok_or(DelegationOrderRejection::NoSuchMandate)?;
    if mandate.revoked_from.is_some_and(|from| from <= revoke.from) {
        return Ok(vec![]);
    }
    Ok(vec![revoke.clone().into()])
}
