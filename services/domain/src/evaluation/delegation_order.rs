//! An organisation's delegation order, or a company's signing authority, and the mandates under it.

use crate::Decider;
use crate::rights::{Relation, Rule, Ruled};
use crate::words::{Actor, Citation, Date, Gate, Label, MandateReference, OrganisationId, PersonId};
use serde::{Deserialize, Serialize};

// Names and members of the events are the stored form. Change neither after a release.

/// A delegation order was adopted. It replaces the one before from its first day on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DelegationOrderAdopted {
    /// The organisation.
    pub organisation: OrganisationId,
    /// Counted from 1.
    pub version: u32,
    /// Delegation or signing authority.
    pub form: OrderForm,
    /// The board that adopted it, by its name: no form could tell it from other words.
    pub adopted_by: String,
    /// The day of that meeting.
    pub adopted_on: Date,
    /// The paragraph of the minutes.
    pub paragraph: Option<Citation>,
    /// The first day on which it holds.
    pub valid_from: Date,
    /// The last day; None: until the next one.
    pub valid_until: Option<Date>,
    /// The clauses.
    pub clauses: Vec<Clause>,
}

/// Where mandates come from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum OrderForm {
    /// A public body's delegation.
    Delegation,
    /// A company's signing authority (attest, firmateckning).
    SigningAuthority,
}

/// One clause: who may decide at which gates up to which cost.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Clause {
    /// Its number in the order, such as `4.2`.
    pub number: Label,
    /// At which gates.
    pub gates: Vec<Gate>,
    /// The largest cost in kronor.
    pub up_to_kronor: u64,
    /// Who holds it.
    pub holder: PersonId,
    /// Whether the holder may hand it on.
    pub may_subdelegate: bool,
}

/// A mandate was handed on, all of it or less.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MandateSubdelegated {
    /// The new mandate's reference.
    pub mandate: MandateReference,
    /// The mandate that it was handed on from.
    pub from_mandate: MandateReference,
    /// Who hands on.
    pub from: PersonId,
    /// Who gets it.
    pub to: PersonId,
    /// At which gates.
    pub gates: Vec<Gate>,
    /// The largest cost in kronor.
    pub up_to_kronor: u64,
    /// The first day on which it holds.
    pub valid_from: Date,
    /// The last day; None: until further notice.
    pub valid_until: Option<Date>,
}

/// A mandate was taken back, and with it everything handed on from it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MandateRevoked {
    /// Which.
    pub mandate: MandateReference,
    /// The first day on which it no longer holds.
    pub from: Date,
}

events! {
    /// What happens to an organisation's delegation order.
    DelegationOrderEvent, "evaluation", "delegation-order", [DelegationOrderAdopted, MandateSubdelegated, MandateRevoked]
}

/// What lets one person decide: gates, cost, days.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mandate {
    /// `<organisation>/<version>/<clause>`, handed on with `/<number>` behind.
    pub reference: MandateReference,
    /// Whose matter it covers.
    pub organisation: OrganisationId,
    /// The version of the order.
    pub order_version: u32,
    /// The clause that it rests on.
    pub clause: Label,
    /// Who holds it.
    pub holder: PersonId,
    /// At which gates.
    pub gates: Vec<Gate>,
    /// The largest cost in kronor.
    pub up_to_kronor: u64,
    /// The first day.
    pub valid_from: Date,
    /// The last day.
    pub valid_until: Option<Date>,
    /// The mandate that it was handed on from.
    pub from_mandate: Option<MandateReference>,
    /// The first day on which it no longer holds.
    pub revoked_from: Option<Date>,
    /// Whether it may be handed on.
    pub may_subdelegate: bool,
}

impl Mandate {
    /// Whether it covers this gate and this cost.
    pub fn covers(&self, gate: Gate, cost_kronor: u64) -> bool {
        self.gates.contains(&gate) && cost_kronor <= self.up_to_kronor
    }

    /// Whether it holds by itself on a day; what it was handed on from must hold as well.
    pub fn holds_on(&self, day: Date) -> bool {
        self.valid_from <= day
            && self.valid_until.is_none_or(|last| day <= last)
            && self.revoked_from.is_none_or(|first| day < first)
    }
}

/// Why no mandate was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NoMandate {
    /// No order is in force that day.
    NoOrder,
    /// The person holds none that day.
    NotHeld,
    /// The person's mandates cover other gates.
    Gate,
    /// They cover the gate, but not the cost.
    Amount,
}

/// One order with its mandates.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Order {
    /// How it was adopted.
    pub adopted: DelegationOrderAdopted,
    /// All mandates under it, in the order in which they came to be.
    pub mandates: Vec<Mandate>,
}

/// All orders that an organisation ever adopted.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Orders(pub Vec<Order>);

impl Orders {
    /// The order in force on a day: the latest adopted that has begun, unless it has ended.
    pub fn in_force(&self, day: Date) -> Option<&Order> {
        let order = self.0.iter().rfind(|order| order.adopted.valid_from <= day)?;
        order
            .adopted
            .valid_until
            .is_none_or(|last| day <= last)
            .then_some(order)
    }

    /// Who holds a mandate, and who gave it.
    pub fn held(&self, reference: &MandateReference) -> Result<Held, DelegationOrderRejection> {
        let mandate = self.mandate(reference).ok_or(DelegationOrderRejection::NoSuchMandate)?;
        let parent = mandate.from_mandate.as_ref().and_then(|parent| self.mandate(parent));
        Ok(Held {
            holder: Some(mandate.holder),
            giver: parent.map(|parent| parent.holder),
        })
    }

    /// A mandate by its reference.
    pub fn mandate(&self, reference: &MandateReference) -> Option<&Mandate> {
        self.0
            .iter()
            .flat_map(|order| &order.mandates)
            .find(|mandate| mandate.reference == *reference)
    }
}

impl Order {
    /// Whether a mandate and everything that it was handed on from hold on a day.
    pub fn holds(&self, mandate: &Mandate, day: Date) -> bool {
        let mut link = Some(mandate);
        // A chain is never longer than there are mandates, whatever was read.
        for _ in 0..=self.mandates.len() {
            match link {
                None => return false,
                Some(mandate) if !mandate.holds_on(day) => return false,
                Some(mandate) => match &mandate.from_mandate {
                    None => return true,
                    Some(parent) => link = self.mandates.iter().find(|other| other.reference == *parent),
                },
            }
        }
        false
    }
}

/// Finds the mandate with which `decider` may decide at `gate` on `cost_kronor` on `day`.
///
/// Of several, the one with the smallest sufficient amount. Errors: why there is none, the nearest miss.
pub fn find_mandate(
    orders: &Orders,
    decider: PersonId,
    gate: Gate,
    cost_kronor: u64,
    day: Date,
) -> Result<Mandate, NoMandate> {
    let order = orders.in_force(day).ok_or(NoMandate::NoOrder)?;
    let held: Vec<_> = order
        .mandates
        .iter()
        .filter(|mandate| mandate.holder == decider && order.holds(mandate, day))
        .collect();
    if held.is_empty() {
        return Err(NoMandate::NotHeld);
    }
    if !held.iter().any(|mandate| mandate.gates.contains(&gate)) {
        return Err(NoMandate::Gate);
    }
    (held.into_iter().filter(|mandate| mandate.covers(gate, cost_kronor)))
        .min_by_key(|mandate| mandate.up_to_kronor)
        .cloned()
        .ok_or(NoMandate::Amount)
}

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

/// Who holds a mandate, and who gave it; nobody, where it is about none.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Held {
    /// Who holds it.
    pub holder: Option<PersonId>,
    /// Who holds the mandate that it was handed on from.
    pub giver: Option<PersonId>,
}

rules! {
    /// All that may be done with a delegation order and its mandates.
    Held {
        ADOPT_DELEGATION_ORDER = "adopt-delegation-order", [Registrar | Coordinator: OwnOrganisation], |_| Ok(());
        SUBDELEGATE_MANDATE = "subdelegate-mandate", [DecisionMaker: Holder], |_| Ok(());
        REVOKE_MANDATE = "revoke-mandate", [Registrar | Coordinator: OwnOrganisation, DecisionMaker: Giver], |_| Ok(());
    }
}

impl OrderAction {
    /// The line of the table that it falls under.
    pub fn rule(&self) -> &'static Rule<Held> {
        match self {
            OrderAction::Adopt(_) => &ADOPT_DELEGATION_ORDER,
            OrderAction::Subdelegate(_) => &SUBDELEGATE_MANDATE,
            OrderAction::Revoke(_) => &REVOKE_MANDATE,
        }
    }
}

impl Ruled for Held {
    type Rejection = DelegationOrderRejection;

    const WRONG_ROLE: DelegationOrderRejection = DelegationOrderRejection::WrongRole;

    /// An order stands under its organisation's name, which the command brings.
    fn relation(&self, relation: Relation, actor: &Actor) -> Result<(), DelegationOrderRejection> {
        match relation {
            Relation::Holder if self.holder != Some(actor.person) => Err(DelegationOrderRejection::NotYours),
            Relation::Giver if self.giver != Some(actor.person) => Err(DelegationOrderRejection::WrongRole),
            _ => Ok(()),
        }
    }
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

/// The mandate that a clause gives.
fn direct(order: &DelegationOrderAdopted, clause: &Clause) -> Mandate {
    Mandate {
        reference: MandateReference::of_clause(&order.organisation, order.version, &clause.number),
        organisation: order.organisation.clone(),
        order_version: order.version,
        clause: clause.number.clone(),
        holder: clause.holder,
        gates: clause.gates.clone(),
        up_to_kronor: clause.up_to_kronor,
        valid_from: order.valid_from,
        valid_until: order.valid_until,
        from_mandate: None,
        revoked_from: None,
        may_subdelegate: clause.may_subdelegate,
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
