//! What works and how others fare with it: solutions, adoptions, and benefits beside what was before.
//!
//! `grpc` takes commands and queries in, `reactions` draft a solution when an idea has led to one, `views` are what lists show,
//! `search` finds solutions by their published words.

mod grpc;
mod reactions;
mod search;
mod views;

pub use crate::views::CatalogueView;
use futures_util::FutureExt as _;
use idesluss_domain::sharing::{AdoptionEvent, SolutionEvent};
use idesluss_domain::words::Audience;
use idesluss_engine::{Builder, Service, StartError};
use idesluss_search::Search;

/// The service.
pub const SERVICE: Service = Service {
    name: "sharing",
    aggregates: &[SolutionEvent::TYPES, AdoptionEvent::TYPES],
    follows: &[("submission", Audience::Sharing)],
    build: |builder| build(builder).boxed(),
};

async fn build(builder: &mut Builder) -> Result<(), StartError> {
    let catalogue = builder.view::<CatalogueView>().await?;
    let search = Search::open(builder, search::SOLUTIONS)?;
    let context = builder.context();
    builder.reaction(reactions::DraftSolution(context.clone()));
    builder.rpcs(grpc::rpcs(grpc::Catalogue {
        context,
        catalogue,
        search,
    }))
}
