use super::Facts;
use crate::object::Object;
use idesluss_domain::sharing::solution::{Description, Visibility};
use idesluss_domain::sharing::{AdoptionEvent, SolutionEvent};

/// What happens to a solution.
pub(super) fn of_solution(event: &SolutionEvent, solution: &Object, facts: &mut Facts) {
    match event {
        SolutionEvent::SolutionDrafted(event) => {
            facts
                .links(solution, "idea", event.idea)
                .links(solution, "organisation", &event.organisation);
            if let Some(evaluation) = event.decided_in {
                facts.links(solution, "decided-in", evaluation);
            }
            facts.born(solution, "organisation", &event.organisation);
        }
        SolutionEvent::SolutionPublished(event) => {
            facts.says("version", 1_u32).about("steward", event.steward);
            described(&event.description, event.visibility, solution, facts);
        }
        SolutionEvent::SolutionVersioned(event) => {
            facts.says("version", event.version);
            described(&event.description, event.visibility, solution, facts);
        }
        SolutionEvent::SolutionRetired(event) => {
            if let Some(other) = event.replaced_by {
                facts.links(solution, "replaced-by", other);
            }
        }
    }
}

/// What of a description is no text.
fn described(description: &Description, visibility: Visibility, solution: &Object, facts: &mut Facts) {
    facts.says("kind", description.kind).says("visibility", visibility);
    facts.says_if("lowest_cost_kronor", description.cost_kronor.map(|(lowest, _)| lowest));
    facts.says_if(
        "highest_cost_kronor",
        description.cost_kronor.map(|(_, highest)| highest),
    );
    facts
        .changes(solution, "kind", description.kind)
        .changes(solution, "visibility", visibility);
}

/// What happens to an adoption.
pub(super) fn of_adoption(event: &AdoptionEvent, adoption: &Object, facts: &mut Facts) {
    match event {
        AdoptionEvent::InterestRegistered(event) => {
            facts
                .links(adoption, "solution", event.solution)
                .links(adoption, "organisation", &event.organisation);
            facts.born(adoption, "organisation", &event.organisation);
        }
        AdoptionEvent::AdoptionDecided(event) => {
            facts.says("form", event.form).changes(adoption, "form", event.form);
        }
        AdoptionEvent::AdoptionStarted(event) => {
            facts.says("starts_on", event.starts_on);
        }
        AdoptionEvent::AdoptionCompleted(event) => {
            facts.says("in_use_from", event.in_use_from);
        }
        // A value means nothing without its metric and unit, and those are words that people chose.
        AdoptionEvent::BaselineRecorded(event) => {
            facts
                .says("from", event.measurement.from)
                .says("to", event.measurement.to);
        }
        AdoptionEvent::BenefitMeasured(event) => {
            facts
                .says("from", event.measurement.from)
                .says("to", event.measurement.to)
                .says("class", event.class)
                .says("better", event.better);
            facts.says("has_baseline", event.no_baseline.is_none());
        }
        // That it happened is all that is to be said without words of people.
        _ => {}
    }
}
