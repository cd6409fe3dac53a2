//! Who may: organisations, people, and the roles that they hold.
//!
//! `grpc` takes commands and queries in, `first` writes down once what stood in `instance.toml`, `views` are what lists show, `search` finds
//! people by their names.

mod first;
mod grpc;
mod search;
mod views;

use futures_util::FutureExt as _;
use idesluss_domain::identity::{GrantEvent, OrganisationEvent, PersonEvent};
use idesluss_engine::{Builder, Service, StartError, Timer as _};
use idesluss_search::Search;

/// The service.
pub const SERVICE: Service = Service {
    name: "identity",
    aggregates: &[OrganisationEvent::TYPES, PersonEvent::TYPES, GrantEvent::TYPES],
    follows: &[],
    build: |builder| build(builder).boxed(),
};

async fn build(builder: &mut Builder) -> Result<(), StartError> {
    let people = builder.view::<views::PeopleView>().await?;
    let search = Search::open(builder, search::PEOPLE)?;
    let context = builder.context();
    let first = first::WriteDown::new(context.clone(), builder.directory());
    if context.engine.store().lease().borrow().is_held() {
        // Before anybody asks who may.
        if let Err(error) = first.fire_due().await {
            tracing::info!(%error, "who may do what is written down in a moment");
        }
    }
    builder.timer(first);
    builder.rpcs(grpc::rpcs(grpc::Identity {
        context,
        people,
        search,
    }))
}
