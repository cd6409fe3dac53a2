//! Ideas from their submission to their end: receipts, screening, briefs, referral, feedback, erasure.
//!
//! `grpc` takes commands and queries in, `reactions` answer what happened here and in evaluation, `timers` note promises that
//! were not kept and sweep what nobody claimed, `views` are what lists show, `search` finds ideas by their words.

mod grpc;
mod reactions;
mod search;
mod timers;
mod views;

pub use crate::views::IdeasView;
use idesluss_domain::words::Label;
use idesluss_engine::{
    ChangesView, CommandContext, Engine, Unanswered, ViewError, ViewHandle, audit_rpcs, journal_server,
};
use idesluss_runtime::Directory;
use idesluss_search::{Search, SearchError};
use std::path::PathBuf;
use std::sync::Arc;
use tonic::service::Routes;

/// The service's name, part of its events' types and sources.
pub const SERVICE: &str = "submission";

/// A service's name as events hold it.
pub(crate) fn service(name: &str) -> Label {
    name.parse().expect("a service's name is a label")
}

/// What the service needs to run.
pub struct Config {
    /// Where views and the search index lie.
    pub folder: PathBuf,
    /// The engine over its journal.
    pub engine: Engine,
    /// Who may act in which role, and what each organisation promises.
    pub directory: Arc<Directory>,
}

/// The service, running.
pub struct Submission {
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

/// Starts views, search, reactions and timers, and gives what is to be served.
pub async fn start(config: Config) -> Result<Submission, StartError> {
    let Config {
        folder,
        engine,
        directory,
    } = config;
    let ideas = engine.view::<IdeasView>(&folder.join("views")).await?;
    let changes = engine.view::<ChangesView>(&folder.join("views")).await?;
    let search = Search::open(&engine, &folder.join("search"), search::IDEAS)?;
    let briefs = Search::open(&engine, &folder.join("search"), search::BRIEFS)?;
    let context = CommandContext {
        engine: engine.clone(),
        directory,
    };
    reactions::start(&context, &search, &briefs);
    timers::start(&context, &ideas);
    let submission = grpc::Submission {
        context: context.clone(),
        ideas: ideas.clone(),
        search,
        briefs,
    };
    let routes = grpc::rpcs(submission).serve(Routes::default())?;
    let routes = audit_rpcs(context, changes.clone()).serve(routes)?;
    let routes = routes.add_service(journal_server(engine));
    Ok(Submission {
        routes,
        views: vec![("ideas", ideas), ("changes", changes)],
    })
}
