//! Mandates: who holds which, for what, on which day.

use super::*;

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

/// The mandate that a clause gives.
pub(super) fn direct(order: &DelegationOrderAdopted, clause: &Clause) -> Mandate {
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
