//! Who may: organisations, people, and the roles that they hold.
//!
//! `grpc` takes commands and queries in, `first` writes down once what stood in `instance.toml`, `machine` is for whoever sits there, `keys` announces and
//! retires what assertions are signed with. `sign_in` lets people in: `providers` says at which providers, `oidc` speaks with them, as `asks` lets it, `mapped` knows
//! what organisations make of what they say, `local` is for those who have accounts of here. `programs` lets programs in, whose signed words `client_assertions` checks,
//! `links` whoever has a private link. `forms` keeps what came after a session's end, `sessions` keeps who is signed in, all of it beside the journal as `kept`
//! does. `views` are what lists show, `search` finds people by their names.

mod asks;
mod client_assertions;
mod first;
mod forms;
mod grpc;
mod kept;
mod keys;
mod links;
mod local;
mod machine;
mod mapped;
mod oidc;
mod programs;
mod providers;
mod registration;
mod search;
mod sessions;
mod sign_in;
#[cfg(test)]
mod tests;
mod views;

pub use crate::views::PeopleView;
pub use machine::{check_administrator, name_administrator, without_administrator};

use futures_util::FutureExt as _;
use idesluss_domain::identity::{
    AccountEvent, GrantEvent, MappingEvent, OrganisationEvent, PersonEvent, ProgramEvent, SessionEvent, SigningKeyEvent,
};
use idesluss_engine::{Builder, Service, StartError, Timer as _};
use idesluss_search::Search;
use std::sync::Arc;

/// The service.
pub const SERVICE: Service = Service {
    name: "identity",
    aggregates: &[
        OrganisationEvent::TYPES,
        PersonEvent::TYPES,
        GrantEvent::TYPES,
        AccountEvent::TYPES,
        MappingEvent::TYPES,
        ProgramEvent::TYPES,
        SessionEvent::TYPES,
        SigningKeyEvent::TYPES,
    ],
    follows: &[],
    build: |builder| build(builder).boxed(),
};

async fn build(builder: &mut Builder) -> Result<(), StartError> {
    let people = builder.view::<PeopleView>().await?;
    let search = Search::open(builder, search::PEOPLE)?;
    let context = builder.context();
    let keys = keys::Keys::new(context.clone());
    let first = first::WriteDown::new(context.clone(), builder.directory(), keys.clone());
    if context.engine.store().lease().borrow().is_held() {
        // Before anybody asks who may, or who somebody is.
        let begun = async {
            context.engine.suspend_after_restore().await?;
            first.fire_due().await
        };
        if let Err(error) = begun.await {
            tracing::info!(%error, "who may do what is written down in a moment");
        }
    }
    builder.timer(first);
    builder.timer(keys.clone());
    let sessions = sessions::Sessions::new(context.clone());
    builder.timer(sessions.clone());
    let providers = match builder.directory().providers() {
        Some(file) => providers::Providers::load(&file).map_err(|error| StartError::Part(error.into()))?,
        None => providers::Providers::default(),
    };
    let providers = Arc::new(providers);
    let mapped = mapped::Mapped::new(context.clone(), people.clone(), providers.clone());
    builder.timer(mapped.clone());
    let links = links::Links::new(context.clone(), sessions.clone());
    let sign_in = sign_in::SignIn::new(context.clone(), people.clone(), sessions, mapped, providers);
    let local = local::Local::new(context.clone(), people.clone(), sign_in.clone());
    let programs = programs::Programs::new(context.clone());
    builder.rpcs(grpc::rpcs(grpc::Identity {
        context,
        people,
        search,
        sign_in,
        local,
        links,
        keys,
        programs,
    }))
}
