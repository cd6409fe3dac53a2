//! What may be done with an adoption, by whom, and where it must stand.

use super::*;
use crate::rights::{Relation, Rule, Ruled};
use crate::words::Actor;
use AdoptionPhase::{Decided, Discontinued, InUse, Interested, Started};

rules! {
    /// All that may be done with an adoption.
    Adoption {
        REGISTER_INTEREST = "register-interest", [Adopter | Coordinator: Any] => [InterestRegistered], |_| Ok(());
        DECIDE = "decide", [Adopter | Coordinator: OwnOrganisation] => [AdoptionDecided], |adoption| adoption.within(&[Interested]);
        START = "start", [Adopter | Coordinator: OwnOrganisation] => [AdoptionStarted], |adoption| adoption.within(&[Decided]);
        POSTPONE = "postpone", [Adopter | Coordinator: OwnOrganisation] => [AdoptionPostponed], |adoption| adoption.within(&[Started]);
        COMPLETE = "complete", [Adopter | Coordinator: OwnOrganisation] => [AdoptionCompleted], |adoption| adoption.within(&[Started]);
        RECORD_BASELINE = "record-baseline", [Adopter | Coordinator: OwnOrganisation] => [BaselineRecorded], not_yet_in_use;
        MEASURE_BENEFIT = "measure-benefit", [Adopter | Coordinator: OwnOrganisation] => [BenefitMeasured], begun;
        DISCONTINUE = "discontinue", [Adopter | Coordinator: OwnOrganisation] => [AdoptionDiscontinued], |adoption| {
            adoption.within(&[Interested, Decided, Started, InUse])
        };
        // Also, and above all, after it has ended: what did not work is worth telling.
        SHARE_EXPERIENCE = "share-experience", [Adopter | Coordinator: OwnOrganisation] => [ExperienceShared], |_| Ok(());
    }
}

impl AdoptionAction {
    /// The line of the table that it falls under.
    pub fn rule(&self) -> &'static Rule<Adoption> {
        match self {
            AdoptionAction::RegisterInterest { .. } => &REGISTER_INTEREST,
            AdoptionAction::Decide { .. } => &DECIDE,
            AdoptionAction::Start(_) => &START,
            AdoptionAction::Postpone { .. } => &POSTPONE,
            AdoptionAction::Complete { .. } => &COMPLETE,
            AdoptionAction::RecordBaseline(_) => &RECORD_BASELINE,
            AdoptionAction::MeasureBenefit { .. } => &MEASURE_BENEFIT,
            AdoptionAction::Discontinue { .. } => &DISCONTINUE,
            AdoptionAction::ShareExperience(_) => &SHARE_EXPERIENCE,
        }
    }
}

impl AdoptionCommand {
    /// Whether the adoption is such that this may be done now.
    pub(super) fn in_state(&self, adoption: &Adoption) -> Result<(), AdoptionRejection> {
        (self.action.rule().state)(adoption)
    }
}

impl Ruled for Adoption {
    type Rejection = AdoptionRejection;

    const WRONG_ROLE: AdoptionRejection = AdoptionRejection::WrongRole;

    fn relation(&self, relation: Relation, actor: &Actor) -> Result<(), AdoptionRejection> {
        if relation == Relation::Any {
            return Ok(());
        }
        let interest = self.interest.as_ref().ok_or(AdoptionRejection::Unknown)?;
        if interest.organisation != actor.organisation {
            return Err(AdoptionRejection::WrongOrganisation);
        }
        Ok(())
    }
}

impl Adoption {
    fn within(&self, phases: &[AdoptionPhase]) -> Result<(), AdoptionRejection> {
        match self.phase {
            Some(phase) if phases.contains(&phase) => Ok(()),
            Some(Discontinued) => Err(AdoptionRejection::Discontinued),
            _ => Err(AdoptionRejection::WrongState),
        }
    }
}

/// How it was before is recorded before it is in use.
fn not_yet_in_use(adoption: &Adoption) -> Result<(), AdoptionRejection> {
    if adoption.phase == Some(InUse) {
        return Err(AdoptionRejection::BaselineLate);
    }
    adoption.within(&[Interested, Decided, Started])
}

/// What it brings is measured also after its end.
fn begun(adoption: &Adoption) -> Result<(), AdoptionRejection> {
    adoption.within(&[Started, InUse, Discontinued])
}
