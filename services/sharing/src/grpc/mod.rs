//! The rpcs: what each command leads to, and what each question is answered with.

mod adopt;
mod catalogue;
mod history;
mod lists;
mod pages;

pub(crate) use catalogue::Catalogue;

use idesluss_domain::sharing::adoption::AdoptionAction;
use idesluss_domain::sharing::solution::SolutionAction;
use idesluss_domain::sharing::{Adoptions, Solutions};
use idesluss_engine::{Acts, Rpcs};
use idesluss_proto::Rpc;
use idesluss_proto::requests::sharing as read;
use tonic::Status;

/// The largest request: a description with room for three-byte characters.
const MAX_REQUEST: usize = 1024 * 1024;

impl Acts<Solutions> for Catalogue {}
impl Acts<Adoptions> for Catalogue {}

/// What an rpc answers.
type Answer<R> = Result<<R as Rpc>::Response, Status>;

/// All rpcs of the service.
pub(crate) fn rpcs(catalogue: Catalogue) -> Rpcs<Catalogue> {
    Rpcs::new(catalogue, MAX_REQUEST)
        // Solutions: published, versioned, retired.
        .act::<Solutions, _>(|c: read::PublishSolution| {
            let (description, visibility, cleared) = (c.description.into(), c.visibility, c.cleared);
            (
                c.solution,
                SolutionAction::Publish {
                    description,
                    visibility,
                    cleared,
                },
            )
        })
        .act::<Solutions, _>(|c: read::VersionSolution| {
            let (description, visibility, cleared) = (c.description.into(), c.visibility, c.cleared);
            let changes = c.changes;
            (
                c.solution,
                SolutionAction::Version {
                    description,
                    visibility,
                    changes,
                    cleared,
                },
            )
        })
        .act::<Solutions, _>(|c: read::RetireSolution| {
            let (reason, replaced_by) = (c.reason, c.replaced_by);
            (c.solution, SolutionAction::Retire { reason, replaced_by })
        })
        // How another organisation takes one into use.
        .command(adopt::register_interest)
        .act::<Adoptions, _>(|c: read::DecideAdoption| {
            let (form, reasons) = (c.form, c.reasons);
            (c.adoption, AdoptionAction::Decide { form, reasons })
        })
        .act::<Adoptions, _>(|c: read::StartAdoption| (c.adoption, AdoptionAction::Start(c.starts_on)))
        .act::<Adoptions, _>(|c: read::PostponeAdoption| {
            let (starts_on, reason) = (c.starts_on, c.reason);
            (c.adoption, AdoptionAction::Postpone { starts_on, reason })
        })
        .act::<Adoptions, _>(|c: read::CompleteAdoption| {
            let (in_use_from, deviations) = (c.in_use_from, c.deviations);
            (
                c.adoption,
                AdoptionAction::Complete {
                    in_use_from,
                    deviations,
                },
            )
        })
        .act::<Adoptions, _>(|c: read::DiscontinueAdoption| {
            let (reason, lesson) = (c.reason, c.lesson);
            (c.adoption, AdoptionAction::Discontinue { reason, lesson })
        })
        .act::<Adoptions, _>(|c: read::ShareExperience| (c.adoption, AdoptionAction::ShareExperience(c.experience)))
        // Before and after.
        .act::<Adoptions, _>(|c: read::RecordBaseline| {
            (c.adoption, AdoptionAction::RecordBaseline(c.measurement.into()))
        })
        .act::<Adoptions, _>(|c: read::MeasureBenefit| {
            let (class, better, evidence, no_baseline) = (c.class, c.better, c.evidence, c.no_baseline);
            let measurement = c.measurement.into();
            (
                c.adoption,
                AdoptionAction::MeasureBenefit {
                    measurement,
                    class,
                    better,
                    evidence,
                    no_baseline,
                },
            )
        })
        // Questions.
        .query(lists::solutions)
        .query(lists::adoptions)
        .query(lists::benefits)
        .query(pages::get_solution)
        .query(pages::get_adoption)
        .streamed_query(history::get)
}
