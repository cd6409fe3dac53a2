//! What works and how others fare with it: solutions, adoptions, and benefits beside what was before.
//!
//! `grpc` takes commands and queries in, `reactions` draft a solution when an idea has led to one, `views` are what lists show,
//! `search` finds solutions by their published words.

mod grpc;
mod reactions;
mod search;
mod views;

use crate::views::CatalogueView;
use idesluss_engine::{
    ChangesView, CommandContext, Engine, Unanswered, ViewError, ViewHandle, audit_rpcs, journal_server,
};
use idesluss_runtime::Directory;
use idesluss_search::{Search, SearchError};
use std::path::PathBuf;
use std::sync::Arc;
use tonic::service::Routes;

/// The service's name, part of its events' types and sources.
pub const SERVICE: &str = "sharing";

/// What the service needs to run.
pub struct Config {
    /// Where views and the search index lie.
    pub folder: PathBuf,
    /// The engine over its journal.
    pub engine: Engine,
    /// Who may act in which role.
    pub directory: Arc<Directory>,
}

/// The service, running.
pub struct Sharing {
    /// Commands, queries and the journal, to be served.
    pub routes: Routes,
    /// Its views, by name.
    pub views: Vec<(&'static str, ViewHandle)>,
}

/// Why the service can't start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// A view can't be opened.
    #[error(transparent)]
    View(#[from] ViewError),
    /// The search index can't be opened.
    #[error(transparent)]
    Search(#[from] SearchError),
    /// Rpcs without a handler.
    #[error(transparent)]
    Rpcs(#[from] Unanswered),
}

/// Starts views, search and reactions, and gives what is to be served.
pub async fn start(config: Config) -> Result<Sharing, StartError> {
    let Config {
        folder,
        engine,
        directory,
    } = config;
    let catalogue = engine.view::<CatalogueView>(&folder.join("views")).await?;
    let changes = engine.view::<ChangesView>(&folder.join("views")).await?;
    let search = Search::open(&engine, &folder.join("search"), search::SOLUTIONS)?;
    let context = CommandContext {
        engine: engine.clone(),
        directory,
    };
    reactions::start(&context);
    let service = grpc::Catalogue {
        context: context.clone(),
        catalogue: catalogue.clone(),
        search,
    };
    let routes = grpc::rpcs(service).serve(Routes::default())?;
    let routes = audit_rpcs(context, changes.clone()).serve(routes)?;
    let routes = routes.add_service(journal_server(engine));
    Ok(Sharing {
        routes,
        views: vec![("catalogue", catalogue), ("changes", changes)],
    })
}
