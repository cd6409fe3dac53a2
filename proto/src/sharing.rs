//! The words of sharing, from the contract to the domain and back.

use crate::pb::sharing as pb;
use idesluss_domain::SolutionStatus;
use idesluss_domain::sharing::adoption::{AdoptionForm, AdoptionPhase, BenefitClass, Measurement};
use idesluss_domain::sharing::solution::{Description, SolutionKind, Visibility};

same_words! {
    /// What a solution is; None for "not stated".
    read_kind,
    /// What a solution is.
    write_kind: pb::SolutionKind = SolutionKind [Product, Service, WayOfWorking]
}

same_words! {
    /// Who may see a solution; None for "not stated".
    read_visibility,
    /// Who may see a solution.
    write_visibility: pb::Visibility = Visibility [Own, Region, Public]
}

same_words! {
    /// Where a solution stands; None for "not stated".
    read_solution_phase,
    /// Where a solution stands.
    write_solution_phase: pb::SolutionPhase = SolutionStatus [Drafted, Published, Retired]
}

same_words! {
    /// Where an adoption stands; None for "not stated".
    read_adoption_phase,
    /// Where an adoption stands.
    write_adoption_phase: pb::AdoptionPhase = AdoptionPhase [Interested, Decided, Started, InUse, Discontinued]
}

same_words! {
    /// How a solution is taken over; None for "not stated".
    read_adoption_form,
    /// How a solution is taken over.
    write_adoption_form: pb::AdoptionForm = AdoptionForm [Copy, Adapt, JointProcurement]
}

same_words! {
    /// A class of benefit; None for "not stated".
    read_benefit_class,
    /// A class of benefit.
    write_benefit_class: pb::BenefitClass = BenefitClass [Money, Time, Quality]
}

/// A description.
pub fn write_description(description: &Description) -> pb::Description {
    let (lowest_kronor, highest_kronor) = description.cost_kronor.unwrap_or_default();
    pb::Description {
        title: description.title.clone(),
        summary: description.summary.clone(),
        kind: write_kind(description.kind).into(),
        licence: description.licence.clone(),
        contact: description.contact.clone(),
        cost_known: description.cost_kronor.is_some(),
        lowest_kronor,
        highest_kronor,
        prerequisites: description.prerequisites.clone(),
    }
}

/// A measurement.
pub fn write_measurement(measurement: &Measurement) -> pb::Measurement {
    pb::Measurement {
        metric: measurement.metric.clone(),
        unit: measurement.unit.clone(),
        value: measurement.value.as_str().to_owned(),
        from: measurement.from.to_string(),
        to: measurement.to.to_string(),
    }
}
