//! Whether a service may be sent commands, said in one way by every process that runs one.

use crate::{CHECKING, Engine};
use idesluss_domain::words::OrganisationId;
use idesluss_journal::Lease;
use idesluss_runtime::{Condition, ServiceHealth};

/// Said while no replica may write the journal, or none is known to.
const NO_WRITER: &str = "no replica is known to hold the writer's lease; it is asked for again by itself";

/// Said until identity has told who may do what.
const NOBODY_MAY: &str = "identity has not told yet who may do what; it is waited for";

impl Engine {
    /// Tells under the name of `part` whether commands are taken, at every change, until the journal is closed.
    ///
    /// Well: a command sent now would be taken, or passed on to the replica that writes. Not ready: in a moment it will be. Degraded: an
    /// operator must end what stands in the way; requests go on being sent here, since questions are answered.
    pub async fn report_commands(self, health: ServiceHealth, part: &'static str) {
        let (mut lease, mut block) = (self.store().lease(), self.write_block());
        loop {
            // Each seen before it is told: what changes meanwhile is told in the next turn.
            let holder = lease.borrow_and_update().clone();
            let why = block.borrow_and_update().clone();
            let (mut contradicted, sources) = self.contradictions();
            let condition = match commands(&holder, why) {
                Condition::Well if !sources.is_empty() => Condition::Degraded(sources.join("; ")),
                condition => condition,
            };
            health.set(part, condition);
            let changed = tokio::select! {
                changed = lease.changed() => changed,
                changed = block.changed() => changed,
                changed = contradicted.changed() => changed,
            };
            if changed.is_err() {
                return;
            }
        }
    }
}

impl Engine {
    /// Tells under the name of `part` when it is known who may do what: until then nobody may do anything.
    pub async fn report_rights(self, health: ServiceHealth, part: &'static str, instance: OrganisationId) {
        let mut head = self.store().head();
        loop {
            head.borrow_and_update();
            match self.knows_who_may(&instance).await {
                Ok(true) => return health.set(part, Condition::Well),
                Ok(false) => health.set(part, Condition::Unready(NOBODY_MAY.into())),
                Err(error) => health.set(part, Condition::Unready(error.to_string())),
            }
            // At the next entry, and again after a moment where the journal could not be read.
            let changed = tokio::time::timeout(std::time::Duration::from_secs(5), head.changed()).await;
            if matches!(changed, Ok(Err(_))) {
                return;
            }
        }
    }
}

/// Where another replica writes, commands are passed on to it: all is well here. Where nobody does, one that came now would be refused.
fn commands(lease: &Lease, block: Option<String>) -> Condition {
    match (lease, block) {
        (Lease::Elsewhere { address: None }, _) => Condition::Unready(NO_WRITER.into()),
        (Lease::Elsewhere { address: Some(_) }, _) | (Lease::Held, None) => Condition::Well,
        (Lease::Held, Some(why)) if why == CHECKING => Condition::Unready(why),
        (Lease::Held, Some(why)) => Condition::Degraded(why),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn commands_are_ready_only_where_one_would_be_taken_or_passed_on() {
        let elsewhere = |address: Option<&str>| Lease::Elsewhere {
            address: address.map(str::to_owned),
        };
        assert!(matches!(commands(&elsewhere(None), None), Condition::Unready(_)));
        assert_eq!(commands(&elsewhere(Some("https://b:7101")), None), Condition::Well);
        assert_eq!(commands(&Lease::Held, None), Condition::Well);
        let checking = commands(&Lease::Held, Some(CHECKING.into()));
        assert!(matches!(checking, Condition::Unready(_)));
        // Queries go on, and only an operator can end it: requests go on being sent here.
        let restored = commands(&Lease::Held, Some("it was restored".into()));
        assert!(matches!(restored, Condition::Degraded(_)));
    }

    #[test]
    fn one_that_passes_commands_on_asks_nothing_of_its_own_journal() {
        let elsewhere = Lease::Elsewhere {
            address: Some("https://b:7101".into()),
        };
        assert_eq!(commands(&elsewhere, Some(CHECKING.into())), Condition::Well);
    }
}
