//! Ideas at their gates: who assesses, what was recommended, who decided with which mandate on what basis.
//!
//! `grpc` takes commands and queries in, `reactions` open and close evaluations as ideas move in submission and erase what is to go,
//! `views` are what lists show.

mod grpc;
mod reactions;
mod views;

use crate::views::EvaluationsView;
use idesluss_engine::{
    ChangesView, CommandContext, Engine, Unanswered, ViewError, ViewHandle, audit_rpcs, journal_server,
};
use idesluss_runtime::{Directory, Peer};
use std::path::PathBuf;
use std::sync::Arc;
use tonic::service::Routes;

/// The service's name, part of its events' types and sources.
pub const SERVICE: &str = "evaluation";

/// What the service needs to run.
pub struct Config {
    /// Where views lie.
    pub folder: PathBuf,
    /// The engine over its journal.
    pub engine: Engine,
    /// Who may act in which role.
    pub directory: Arc<Directory>,
    /// To the submission service, which exports briefs.
    pub submission: Peer,
}

/// The service, running.
pub struct Evaluation {
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
    /// Rpcs without a handler.
    #[error(transparent)]
    Rpcs(#[from] Unanswered),
}

/// Starts views and reactions, and gives what is to be served.
pub async fn start(config: Config) -> Result<Evaluation, StartError> {
    let Config {
        folder,
        engine,
        directory,
        submission,
    } = config;
    let evaluations = engine.view::<EvaluationsView>(&folder.join("views")).await?;
    let changes = engine.view::<ChangesView>(&folder.join("views")).await?;
    let context = CommandContext {
        engine: engine.clone(),
        directory,
    };
    reactions::start(&context, submission);
    let service = grpc::Service {
        context: context.clone(),
        evaluations: evaluations.clone(),
    };
    let routes = grpc::rpcs(service).serve(Routes::default())?;
    let routes = audit_rpcs(context, changes.clone()).serve(routes)?;
    let routes = routes.add_service(journal_server(engine));
    Ok(Evaluation {
        routes,
        views: vec![("evaluations", evaluations), ("changes", changes)],
    })
}
