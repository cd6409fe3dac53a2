//! What may be done with a delegation order, by whom.

use super::{DelegationOrderAdopted, DelegationOrderRejection, MandateRevoked, MandateSubdelegated, OrderAction};
use crate::rights::{Relation, Rule, Ruled};
use crate::words::{Actor, PersonId};

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
        ADOPT_DELEGATION_ORDER = "adopt-delegation-order", [Registrar | Coordinator: OwnOrganisation] => [DelegationOrderAdopted], |_| Ok(());
        SUBDELEGATE_MANDATE = "subdelegate-mandate", [DecisionMaker: Holder] => [MandateSubdelegated], |_| Ok(());
        REVOKE_MANDATE = "revoke-mandate", [Registrar | Coordinator: OwnOrganisation, DecisionMaker: Giver] => [MandateRevoked], |_| Ok(());
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
