//! Ideas at their gates: who assesses, what was recommended, who decided with which mandate on what basis.
//!
//! `grpc` takes commands and queries in, `reactions` open and close evaluations as ideas move in submission and erase what is to go,
//! `views` are what lists show.

mod grpc;
mod reactions;
mod views;

use crate::views::EvaluationsView;
use idesluss_engine::{ChangesView, CommandContext, Engine, ViewError, ViewHandle, audit_server, journal_server};
use idesluss_proto::pb::evaluation::evaluation_command_service_server::EvaluationCommandServiceServer;
use idesluss_proto::pb::evaluation::evaluation_query_service_server::EvaluationQueryServiceServer;
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

/// Starts views and reactions, and gives what is to be served.
pub async fn start(config: Config) -> Result<Evaluation, ViewError> {
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
    let audit = audit_server(context.clone(), changes.clone());
    let commands = grpc::Commands {
        context: context.clone(),
        evaluations: evaluations.clone(),
    };
    let queries = grpc::Queries {
        context,
        evaluations: evaluations.clone(),
    };
    let routes = Routes::new(
        EvaluationCommandServiceServer::new(commands)
            .max_decoding_message_size(grpc::MAX_REQUEST)
            .max_encoding_message_size(idesluss_engine::MAX_ANSWER),
    )
    .add_service(
        EvaluationQueryServiceServer::new(queries)
            .max_decoding_message_size(grpc::MAX_REQUEST)
            .max_encoding_message_size(idesluss_engine::MAX_ANSWER),
    )
    .add_service(audit)
    .add_service(journal_server(engine));
    Ok(Evaluation {
        routes,
        views: vec![("evaluations", evaluations), ("changes", changes)],
    })
}
