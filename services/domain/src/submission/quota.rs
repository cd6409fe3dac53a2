//! How many ideas came into an organisation by private links on one day: so that nobody drowns whoever reads them.
//!
//! One stream an organisation and day, which the append of such an idea covers: two replicas can't take one too many.

use crate::Decider;
use crate::rights::{Relation, Ruled};
use crate::words::{Actor, IdeaId, OrganisationId};
use serde::{Deserialize, Serialize};

/// An idea came in by a private link.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct QuotaUsed {
    /// The idea.
    pub idea: IdeaId,
    /// How many there are on that day, this one among them.
    pub number: u16,
}

events! {
    /// What happens to a day's quota.
    QuotaEvent, "submission", "quota", [QuotaUsed]
}

rejections! {
    /// Why no idea is taken in by a private link.
    QuotaRejection {
        /// Whoever has an account does not use it up.
        WrongRole => Forbidden, "WRONG_ROLE";
        /// The quota is another organisation's.
        WrongOrganisation => Forbidden, "WRONG_ORGANISATION";
        /// The organisation takes none so.
        NoPrivateLinks => Precondition, "NO_PRIVATE_LINKS";
        /// As many as it takes in a day.
        DayFull => Precondition, "DAY_FULL";
    }
}

/// Counts an idea.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UseQuota {
    /// Who acts.
    pub actor: Actor,
    /// Whose quota it is.
    pub organisation: OrganisationId,
    /// So many it takes in a day; None: none.
    pub ideas_per_day: Option<u16>,
    /// The idea.
    pub idea: IdeaId,
}

/// What has come in on the day.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Quota {
    /// How many.
    pub used: u16,
    /// The one that came last.
    pub last: Option<IdeaId>,
}

rules! {
    /// All that may be done with a quota.
    Quota {
        USE_QUOTA = "use-quota", [LinkHolder: Any] => [QuotaUsed], |_| Ok(());
    }
}

impl Ruled for Quota {
    type Rejection = QuotaRejection;

    const WRONG_ROLE: QuotaRejection = QuotaRejection::WrongRole;

    /// A quota stands under its organisation's name, which the command brings.
    fn relation(&self, _: Relation, _: &Actor) -> Result<(), QuotaRejection> {
        Ok(())
    }
}

/// The rules of a quota.
pub struct Quotas;

impl Decider for Quotas {
    type Command = UseQuota;
    type Event = QuotaEvent;
    type State = Quota;
    type Rejection = QuotaRejection;

    fn decide(command: &UseQuota, quota: &Quota) -> Result<Vec<QuotaEvent>, QuotaRejection> {
        USE_QUOTA.may(&command.actor, quota)?;
        if command.actor.organisation != command.organisation {
            return Err(QuotaRejection::WrongOrganisation);
        }
        let most = command.ideas_per_day.ok_or(QuotaRejection::NoPrivateLinks)?;
        if quota.last == Some(command.idea) {
            return Ok(vec![]);
        }
        if quota.used >= most {
            return Err(QuotaRejection::DayFull);
        }
        let (idea, number) = (command.idea, quota.used + 1);
        Ok(vec![QuotaUsed { idea, number }.into()])
    }

    fn evolve(mut quota: Quota, event: &QuotaEvent) -> Quota {
        let QuotaEvent::QuotaUsed(used) = event;
        quota.used = quota.used.max(used.number);
        quota.last = Some(used.idea);
        quota
    }
}
