//! An adoption: one organisation's use of another's solution.
//!
//! States: Interested → Decided → Started → InUse; Discontinued from any of them. What was measured before and after stands
//! beside each other; worse results count as much as better ones.

mod events;
pub mod rights;

pub use events::*;

use crate::words::{AdoptionId, Date, OrganisationId, SealedText, SolutionId};
use crate::{Act, Decider};
use std::collections::BTreeMap;

rejections! {
    /// Why something can't be done with an adoption.
    AdoptionRejection {
        /// Nothing was begun under this id.
        Unknown => NotFound, "NO_SUCH_ADOPTION";
        /// The id is taken.
        OtherAdoption => Precondition, "OTHER_ADOPTION";
        /// The actor's role does not allow it.
        WrongRole => Forbidden, "WRONG_ROLE";
        /// The actor belongs to another organisation.
        WrongOrganisation => Forbidden, "WRONG_ORGANISATION";
        /// It can't be seen, or is no longer offered.
        NotOffered => Precondition, "NOT_OFFERED";
        /// The state does not allow it.
        WrongState => Precondition, "WRONG_STATE";
        /// It has ended.
        Discontinued => Precondition, "ADOPTION_DISCONTINUED";
        /// Not put off, but the same day or an earlier one.
        NotLater => Invalid, "NOT_LATER";
        /// No baseline.
        NoBaseline => Precondition, "NO_BASELINE";
        /// A baseline after the fact.
        BaselineLate => Precondition, "BASELINE_LATE";
        /// Measured twice.
        BaselineTwice => Precondition, "BASELINE_TWICE";
        /// Apples and pears.
        UnitDiffers => Invalid, "UNIT_DIFFERS";
        /// Nothing to measure by.
        MeasurementInvalid => Invalid, "MEASUREMENT_INVALID";
        /// A day in the future.
        DateAhead => Invalid, "DATE_AHEAD";
        /// A day that nobody plans for.
        DateFar => Invalid, "DATE_FAR";
        /// Nothing said.
        NothingSaid => Invalid, "NOTHING_SAID";
    }
}

/// What somebody wants done with an adoption.
pub type AdoptionCommand = Act<AdoptionId, AdoptionAction>;

/// What is to be done.
#[derive(Debug, Clone, PartialEq)]
pub enum AdoptionAction {
    /// Register interest.
    RegisterInterest {
        /// The solution.
        solution: SolutionId,
        /// Whether it is offered to the actor's organisation, as its own stream says.
        offered: bool,
        /// The need that it would meet.
        need: Option<SealedText>,
    },
    /// Decide to take it into use.
    Decide {
        /// How.
        form: AdoptionForm,
        /// Why.
        reasons: SealedText,
    },
    /// Begin.
    Start(Date),
    /// Begin later than was meant.
    Postpone {
        /// The first day now.
        starts_on: Date,
        /// Why.
        reason: SealedText,
    },
    /// Take it into use.
    Complete {
        /// The first day in use.
        in_use_from: Date,
        /// What was done otherwise.
        deviations: Option<SealedText>,
    },
    /// Record how it was before.
    RecordBaseline(Measurement),
    /// Record how it is now.
    MeasureBenefit {
        /// What was measured.
        measurement: Measurement,
        /// What kind of benefit it is.
        class: BenefitClass,
        /// Which way its value is to go.
        better: Better,
        /// What shows it.
        evidence: Option<SealedText>,
        /// Why there is no baseline.
        no_baseline: Option<SealedText>,
    },
    /// Stop using it.
    Discontinue {
        /// Why.
        reason: SealedText,
        /// What others can learn.
        lesson: SealedText,
    },
    /// Tell others how it went.
    ShareExperience(String),
}

/// Where an adoption stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum AdoptionPhase {
    /// Somebody is interested.
    Interested,
    /// It was decided.
    Decided,
    /// Work has begun.
    Started,
    /// It is in use.
    InUse,
    /// It has ended.
    Discontinued,
}

/// An adoption as it stands.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Adoption {
    /// How it began.
    pub interest: Option<InterestRegistered>,
    /// Where it stands; None: there is none.
    pub phase: Option<AdoptionPhase>,
    /// When work begins.
    pub starts_on: Option<Date>,
    /// When it was taken into use.
    pub in_use_from: Option<Date>,
    /// What was measured before, by metric.
    pub baselines: BTreeMap<String, Measurement>,
    /// What has been measured since.
    pub benefits: Vec<BenefitMeasured>,
}

/// The rules of an adoption.
pub struct Adoptions;

type Decided = Result<Vec<AdoptionEvent>, AdoptionRejection>;

impl Decider for Adoptions {
    type Command = AdoptionCommand;
    type Event = AdoptionEvent;
    type State = Adoption;
    type Rejection = AdoptionRejection;

    fn decide(command: &AdoptionCommand, adoption: &Adoption) -> Decided {
        command.action.rule().may(&command.actor, adoption)?;
        if let AdoptionAction::RegisterInterest {
            solution,
            offered,
            need,
        } = &command.action
        {
            return register_interest(command, *solution, *offered, *need, adoption);
        }
        match &command.action {
            AdoptionAction::RegisterInterest { .. } => Ok(vec![]),
            AdoptionAction::Decide { form, reasons } => {
                command.in_state(adoption)?;
                Ok(vec![
                    AdoptionDecided {
                        form: *form,
                        reasons: *reasons,
                    }
                    .into(),
                ])
            }
            AdoptionAction::Start(starts_on) => {
                command.in_state(adoption)?;
                near(*starts_on, command.today)?;
                Ok(vec![AdoptionStarted { starts_on: *starts_on }.into()])
            }
            AdoptionAction::Postpone { starts_on, reason } => {
                command.in_state(adoption)?;
                if adoption.starts_on.is_some_and(|meant| *starts_on <= meant) {
                    return Err(AdoptionRejection::NotLater);
                }
                near(*starts_on, command.today)?;
                Ok(vec![
                    AdoptionPostponed {
                        starts_on: *starts_on,
                        reason: *reason,
                    }
                    .into(),
                ])
            }
            AdoptionAction::Complete {
                in_use_from,
                deviations,
            } => {
                command.in_state(adoption)?;
                if *in_use_from > command.today {
                    return Err(AdoptionRejection::DateAhead);
                }
                Ok(vec![
                    AdoptionCompleted {
                        in_use_from: *in_use_from,
                        deviations: *deviations,
                    }
                    .into(),
                ])
            }
            AdoptionAction::RecordBaseline(measurement) => record_baseline(command, measurement, adoption),
            AdoptionAction::MeasureBenefit {
                measurement,
                class,
                better,
                evidence,
                no_baseline,
            } => {
                let benefit = BenefitMeasured {
                    measurement: measurement.clone(),
                    class: *class,
                    better: *better,
                    evidence: *evidence,
                    no_baseline: *no_baseline,
                };
                measure_benefit(command, benefit, adoption)
            }
            AdoptionAction::Discontinue { .. } if command.in_state(adoption).is_err() => Ok(vec![]),
            AdoptionAction::Discontinue { reason, lesson } => Ok(vec![
                AdoptionDiscontinued {
                    reason: *reason,
                    lesson: *lesson,
                }
                .into(),
            ]),
            // Also, and above all, after it has ended: what did not work is worth telling.
            AdoptionAction::ShareExperience(experience) if experience.trim().is_empty() => {
                Err(AdoptionRejection::NothingSaid)
            }
            AdoptionAction::ShareExperience(experience) => Ok(vec![
                ExperienceShared {
                    experience: experience.clone(),
                }
                .into(),
            ]),
        }
    }

    fn evolve(mut adoption: Adoption, event: &AdoptionEvent) -> Adoption {
        let phase = match event {
            AdoptionEvent::InterestRegistered(interest) => {
                adoption.interest = Some(interest.clone());
                AdoptionPhase::Interested
            }
            AdoptionEvent::AdoptionDecided(_) => AdoptionPhase::Decided,
            AdoptionEvent::AdoptionStarted(started) => {
                adoption.starts_on = Some(started.starts_on);
                AdoptionPhase::Started
            }
            AdoptionEvent::AdoptionPostponed(postponed) => {
                adoption.starts_on = Some(postponed.starts_on);
                AdoptionPhase::Started
            }
            AdoptionEvent::AdoptionCompleted(completed) => {
                adoption.in_use_from = Some(completed.in_use_from);
                AdoptionPhase::InUse
            }
            AdoptionEvent::AdoptionDiscontinued(_) => AdoptionPhase::Discontinued,
            AdoptionEvent::BaselineRecorded(baseline) => {
                let measurement = baseline.measurement.clone();
                adoption.baselines.insert(measurement.metric.clone(), measurement);
                return adoption;
            }
            AdoptionEvent::BenefitMeasured(benefit) => {
                adoption.benefits.push(benefit.clone());
                return adoption;
            }
            AdoptionEvent::ExperienceShared(_) => return adoption,
        };
        adoption.phase = Some(phase);
        adoption
    }
}

/// How many years ahead somebody plans. A mistyped year would stand for good: a start is put off, never brought forward.
const YEARS_AHEAD: i16 = 10;

fn near(day: Date, today: Date) -> Result<(), AdoptionRejection> {
    if day.year() > today.year() + YEARS_AHEAD {
        return Err(AdoptionRejection::DateFar);
    }
    Ok(())
}

fn register_interest(
    command: &AdoptionCommand,
    solution: SolutionId,
    offered: bool,
    need: Option<SealedText>,
    adoption: &Adoption,
) -> Decided {
    let organisation: OrganisationId = command.actor.organisation.clone();
    match &adoption.interest {
        Some(before) if before.solution == solution && before.organisation == organisation => Ok(vec![]),
        Some(_) => Err(AdoptionRejection::OtherAdoption),
        None if !offered => Err(AdoptionRejection::NotOffered),
        None => Ok(vec![
            InterestRegistered {
                solution,
                organisation,
                need,
            }
            .into(),
        ]),
    }
}

fn check(measurement: &Measurement, today: Date) -> Result<(), AdoptionRejection> {
    let named = !measurement.metric.trim().is_empty() && !measurement.unit.trim().is_empty();
    let over = measurement.from <= measurement.to && measurement.to <= today;
    if named && over {
        Ok(())
    } else {
        Err(AdoptionRejection::MeasurementInvalid)
    }
}

fn record_baseline(command: &AdoptionCommand, measurement: &Measurement, adoption: &Adoption) -> Decided {
    check(measurement, command.today)?;
    match adoption.baselines.get(&measurement.metric) {
        Some(before) if before == measurement => return Ok(vec![]),
        Some(_) => return Err(AdoptionRejection::BaselineTwice),
        None => {}
    }
    command.in_state(adoption)?;
    let measurement = measurement.clone();
    Ok(vec![BaselineRecorded { measurement }.into()])
}

fn measure_benefit(command: &AdoptionCommand, benefit: BenefitMeasured, adoption: &Adoption) -> Decided {
    check(&benefit.measurement, command.today)?;
    if adoption.benefits.contains(&benefit) {
        return Ok(vec![]);
    }
    command.in_state(adoption)?;
    match (
        adoption.baselines.get(&benefit.measurement.metric),
        &benefit.no_baseline,
    ) {
        (Some(baseline), _) if baseline.unit != benefit.measurement.unit => Err(AdoptionRejection::UnitDiffers),
        (None, None) => Err(AdoptionRejection::NoBaseline),
        _ => Ok(vec![benefit.into()]),
    }
}
