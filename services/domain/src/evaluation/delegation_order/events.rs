//! What happened to an organisation's delegation order.

use crate::words::{Citation, Date, Gate, Label, MandateReference, OrganisationId, PersonId};
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
