//! `idesluss up`: the three services and the web in one process.

use crate::beginning;
use crate::home::{Addresses, Home, HomeError};
use crate::node::{Node, NodeError};
use clap::Args;
use idesluss_runtime::DirectoryError;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

/// Runs the three services and the web in one process, on this machine only.
#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// The folder that holds everything; made if it is not there.
    #[arg(long, value_name = "DIR", default_value = "data")]
    data: PathBuf,
    /// Where the web listens: an address of this machine's loopback and a port.
    #[arg(
        long,
        value_name = "ADDRESS:PORT",
        env = "IDESLUSS_HTTP",
        default_value = "127.0.0.1:8080"
    )]
    http: SocketAddr,
}

/// Why it could not start, or had to stop. Every sentence says what to do.
#[derive(Debug, thiserror::Error)]
pub(crate) enum UpError {
    #[error(transparent)]
    Home(#[from] HomeError),
    #[error(transparent)]
    Directory(#[from] DirectoryError),
    #[error(transparent)]
    Node(#[from] NodeError),
    #[error(
        "{0} is not on this machine's loopback. Until sign-in is in place the web is served on 127.0.0.1 or [::1] only"
    )]
    NotLoopback(SocketAddr),
    #[error(
        "the web can't listen on {0}: {1}. Stop what uses the port, or choose another with --http or IDESLUSS_HTTP"
    )]
    Port(SocketAddr, std::io::Error),
    #[error("signals can't be listened to: {0}")]
    Signals(std::io::Error),
}

/// Runs until Ctrl-C or SIGTERM, then lets what is under way end.
pub(crate) async fn run(arguments: Arguments) -> Result<(), UpError> {
    if !arguments.http.ip().is_loopback() {
        return Err(UpError::NotLoopback(arguments.http));
    }
    let home = Home::take(&arguments.data)?;
    // Taken before anything is written: a taken port leaves the folder as it was.
    let port = |error| UpError::Port(arguments.http, error);
    let listener = TcpListener::bind(arguments.http).await.map_err(port)?;
    let web = listener.local_addr().map_err(port)?;
    let directory = Arc::new(beginning::load_or_begin(&home)?);
    let shutdown = CancellationToken::new();
    idesluss_runtime::cancel_on_signal(shutdown.clone()).map_err(UpError::Signals)?;

    let node = Node::start(&home, directory, shutdown.clone()).await?;
    home.publish(&Addresses {
        web,
        submission: node.ports.submission,
        evaluation: node.ports.evaluation,
        sharing: node.ports.sharing,
    })?;
    println!("Idésluss is running. Ctrl-C ends it.");
    shutdown.cancelled().await;
    node.stop().await?;
    Ok(())
}
