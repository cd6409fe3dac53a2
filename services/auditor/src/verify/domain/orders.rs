use idesluss_domain::Decider as _;
use idesluss_domain::evaluation::criteria::CriteriaAdopted;
use idesluss_domain::evaluation::delegation_order::{DelegationOrderEvent, DelegationOrders, Orders};
use idesluss_domain::evaluation::evaluation::EvaluationOpened;
use idesluss_domain::evaluation::standard_set;

/// An organisation's delegation orders and criteria, as far as they have come.
///
/// Memory: all that it ever adopted. Organisations are few, and adopt seldom.
#[derive(Debug, Default)]
pub(super) struct OrdersInForce {
    pub(super) delegation: Orders,
    /// With the positions of their entries.
    sets: Vec<(u64, CriteriaAdopted)>,
}

impl OrdersInForce {
    pub(super) fn take_order(&mut self, event: &DelegationOrderEvent) {
        self.delegation = DelegationOrders::evolve(std::mem::take(&mut self.delegation), event);
    }

    pub(super) fn take_criteria(&mut self, position: u64, adopted: CriteriaAdopted) {
        self.sets.push((position, adopted));
    }

    /// How many sets there are.
    pub(super) fn sets(&self) -> usize {
        self.sets.len()
    }

    /// Whether an evaluation uses a set that was in force at some moment since `turn`, when its idea came to the gate.
    ///
    /// The service reads the criteria between the two, so that either may have been in force.
    pub(super) fn has_in_force(&self, opened: &EvaluationOpened, turn: u64) -> bool {
        let standard = standard_set(&opened.organisation);
        let own = self
            .sets
            .iter()
            .filter(|(_, set)| !set.earlier)
            .map(|(position, set)| (*position, set));
        let mut sets = std::iter::once((0, &standard)).chain(own).peekable();
        while let Some((_, set)) = sets.next() {
            let superseded = sets.peek().is_some_and(|(position, _)| *position <= turn);
            if !superseded && is_used(set, opened) {
                return true;
            }
        }
        false
    }
}

/// Whether an evaluation uses exactly this set.
fn is_used(set: &CriteriaAdopted, opened: &EvaluationOpened) -> bool {
    let weights = set.criteria.iter().map(|criterion| (&criterion.key, criterion.weight));
    let used = opened
        .criteria
        .iter()
        .map(|criterion| (&criterion.key, criterion.weight));
    (&set.name, set.version, set.assessments_required)
        == (
            &opened.criteria_set,
            opened.criteria_version,
            opened.assessments_required,
        )
        && weights.eq(used)
}
