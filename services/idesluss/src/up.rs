//! `idesluss up`: the three services and the web in one process.

use crate::home::{Addresses, Home, HomeError};
use crate::node::{self, Node, NodeError};
use clap::Args;
use idesluss_gateway::{GatewayError, Mode};
use idesluss_runtime::{Directory, DirectoryError};
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
    #[arg(long, value_name = "ADDRESS:PORT", env = "IDESLUSS_HTTP", default_value = "127.0.0.1:8080")]
    http: SocketAddr,
    /// Add the sample region, and let whoever opens the page choose whom to be.
    #[arg(long)]
    demo: bool,
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
    #[error("{0} is not on this machine's loopback. Until sign-in is in place the web is served on 127.0.0.1 or [::1] only")]
    NotLoopback(SocketAddr),
    #[error("the web can't listen on {0}: {1}. Stop what uses the port, or choose another with --http or IDESLUSS_HTTP")]
    Port(SocketAddr, std::io::Error),
    #[error("the web has stopped: {0}")]
    Gateway(#[from] GatewayError),
}

/// Runs until Ctrl-C or SIGTERM, then lets what is under way end.
pub(crate) async fn run(arguments: Arguments) -> Result<(), UpError> {
    if !arguments.http.ip().is_loopback() {
        return Err(UpError::NotLoopback(arguments.http));
    }
    let home = Home::take(&arguments.data)?;
    // Taken before anything is written: a taken port leaves the folder as it was.
    let listener =
        TcpListener::bind(arguments.http).await.map_err(|error| UpError::Port(arguments.http, error))?;
    let web = listener.local_addr().map_err(|error| UpError::Port(arguments.http, error))?;
    let directory = Arc::new(load_directory(&home, arguments.demo)?);
    let shutdown = CancellationToken::new();
    idesluss_runtime::cancel_on_signal(shutdown.clone());

    let node = Node::start(&home, directory.clone(), shutdown.clone()).await?;
    let (mode, invitation) = if arguments.demo {
        (Mode::Demo, format!("http://{web}/"))
    } else {
        let token = uuid::Uuid::new_v4().simple().to_string();
        let link = format!("http://{web}/in/{token}");
        (Mode::OneTimeLink { token }, link)
    };
    if arguments.demo {
        demo::play(&node, &directory, &home).await?;
    }
    let gateway = tokio::spawn(idesluss_gateway::serve(
        listener,
        idesluss_gateway::Config {
            directory,
            submission: node.submission.clone(),
            evaluation: node.evaluation.clone(),
            sharing: node.sharing.clone(),
            mode,
            shutdown: shutdown.clone(),
        },
    ));
    home.publish(&Addresses { web, ..node.addresses.clone() })?;
    println!("Idésluss is running. Open {invitation} in a browser; Ctrl-C ends it.");

    let served = gateway.await.unwrap_or(Ok(()));
    // Whatever ended the web, the services end too, and in order.
    shutdown.cancel();
    node.stop().await?;
    served?;
    Ok(())
}
