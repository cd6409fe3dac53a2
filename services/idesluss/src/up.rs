//! `idesluss up`: the three services and the web in one process.

use crate::beginning;
use crate::demo::{self, DemoError};
use crate::home::{Addresses, Home, HomeError};
use crate::memory::MemoryArguments;
use crate::node::{Node, NodeError};
use crate::ops::Operators;
use crate::rotate;
use crate::session::{Session, SessionError};
use clap::Args;
use idesluss_evidence::Services;
use idesluss_gateway::{DEFAULT_REQUESTS_PER_SECOND, Exposure, ExposureError, GatewayError, Mode, Proxy, WebSettings};
use idesluss_notary::serve_all;
use idesluss_runtime::config::ConfigError;
use idesluss_runtime::{Clock, ClockAhead, DirectoryError, ServerTlsFiles};
use idesluss_terminal::print_line;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

/// Runs the three services and the web in one process, on this machine only.
#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// The folder that holds everything; made if it is not there.
    #[arg(long, value_name = "DIR", default_value = "data")]
    data: PathBuf,
    /// Where the web listens: an address and a port. Elsewhere than on this machine's loopback only where people sign in, with --address and a
    /// certificate or a proxy.
    #[arg(
        long,
        value_name = "ADDRESS:PORT",
        env = "IDESLUSS_HTTP",
        default_value = "127.0.0.1:8080",
        value_parser = read_address
    )]
    http: SocketAddr,
    /// The address under which people reach the web, such as https://idesluss.example.se: all links are made of it.
    #[arg(long, value_name = "ADDRESS", env = "IDESLUSS_ADDRESS")]
    address: Option<String>,
    /// The certificate that the web shows to browsers by itself, as PEM; it is read again when it changes.
    #[arg(long, value_name = "FILE", env = "IDESLUSS_TLS_CERT", requires = "tls_key")]
    tls_cert: Option<PathBuf>,
    /// The certificate's key, as PEM.
    #[arg(long, value_name = "FILE", env = "IDESLUSS_TLS_KEY", requires = "tls_cert")]
    tls_key: Option<PathBuf>,
    /// A proxy that stands before the web: the address or network from which `Forwarded` is believed. May be said several times.
    #[arg(long, value_name = "ADDRESS", env = "IDESLUSS_PROXY", value_delimiter = ',')]
    proxy: Vec<String>,
    /// Where checkpoints and tiles of the journals are served, for whoever follows them: an address of this machine's loopback and a port;
    /// 0 takes any that is free.
    #[arg(
        long,
        value_name = "ADDRESS:PORT",
        env = "IDESLUSS_LOGS",
        default_value = "127.0.0.1:0",
        value_parser = read_address
    )]
    logs: SocketAddr,
    /// Where operators and their tools ask for health and metrics (/livez, /readyz, /status, /metrics): an address of this machine's loopback
    /// and a port; without it nowhere.
    #[arg(long, value_name = "ADDRESS:PORT", env = "IDESLUSS_OPS", value_parser = read_address)]
    ops: Option<SocketAddr>,
    /// How many requests one address may make of the web a second, and five times as many at once; 0: as many as it likes.
    #[arg(long, value_name = "NUMBER", env = "IDESLUSS_REQUESTS_PER_SECOND", default_value_t = DEFAULT_REQUESTS_PER_SECOND)]
    requests_per_second: u32,
    /// Add the sample region, and let whoever opens the web choose whom to be.
    #[arg(long)]
    demo: bool,
    /// With --demo: run the clock so many days ahead, to see what happens when a promised day passes. The
    /// folder can then be used with the ordinary clock only when those days have gone by.
    #[arg(long, value_name = "DAYS", requires = "demo", default_value_t = 0)]
    days_ahead: u16,
    #[command(flatten)]
    memory: MemoryArguments,
}

impl Arguments {
    /// Where people come in.
    fn web(&self) -> WebSettings {
        let files = self.tls_cert.clone().zip(self.tls_key.clone());
        WebSettings {
            listen: self.http,
            address: self.address.clone(),
            tls: files.map(|(cert_file, key_file)| ServerTlsFiles { cert_file, key_file }),
            proxy: (!self.proxy.is_empty()).then(|| Proxy {
                addresses: self.proxy.clone(),
            }),
            demo: self.demo,
            requests_per_second: self.requests_per_second,
        }
    }
}

fn read_address(text: &str) -> Result<SocketAddr, String> {
    let said = "write an address of this machine's loopback in digits and a port, such as 127.0.0.1:8095 or [::1]:8095";
    text.parse().map_err(|_| said.to_owned())
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
    #[error(transparent)]
    Session(#[from] SessionError),
    #[error(
        "{0} is not on this machine's loopback: what is signed, and health and metrics, are served on 127.0.0.1 or [::1] only"
    )]
    NotLoopback(SocketAddr),
    #[error(transparent)]
    Exposure(#[from] ExposureError),
    #[error(
        "nobody could sign in at {1}: write at which providers people sign in into {0}/providers.toml, as the README says, or leave --address out"
    )]
    NobodySignsIn(PathBuf, String),
    #[error(
        "the web can't listen on {0}: {1}. Stop what uses the port, or choose another with --http or IDESLUSS_HTTP"
    )]
    Port(SocketAddr, std::io::Error),
    #[error(
        "checkpoints can't be served on {0}: {1}. Stop what uses the port, or choose another with --logs or IDESLUSS_LOGS"
    )]
    Logs(SocketAddr, std::io::Error),
    #[error(
        "health and metrics can't be served on {0}: {1}. Stop what uses the port, or choose another with --ops or IDESLUSS_OPS"
    )]
    Ops(SocketAddr, std::io::Error),
    #[error("metrics can't be kept: {0}")]
    Metrics(String),
    #[error(transparent)]
    Demo(#[from] DemoError),
    #[error("{0} holds another instance than the sample region: give --demo a folder of its own with --data")]
    NotDemo(PathBuf),
    #[error(
        "{0}/providers.toml says where people sign in, and in the sample region nobody does: take it away, or leave --demo out"
    )]
    DemoSignsIn(PathBuf),
    #[error("the data folder can't be written to: {0}")]
    Played(std::io::Error),
    #[error("the link that opens the web can't be written to the data folder: {0}")]
    Link(std::io::Error),
    #[error("the web has stopped: {0}")]
    Gateway(#[from] GatewayError),
    #[error("signals can't be listened to: {0}")]
    Signals(std::io::Error),
    #[error(transparent)]
    Setting(#[from] ConfigError),
}

/// Runs until Ctrl-C or SIGTERM, then lets what is under way end.
pub(crate) async fn run(arguments: Arguments) -> Result<(), UpError> {
    let reached = arguments.web();
    reached.check()?;
    for address in std::iter::once(arguments.logs).chain(arguments.ops) {
        if !address.ip().is_loopback() {
            return Err(UpError::NotLoopback(address));
        }
    }
    arguments.memory.put_in_force()?;
    let home = Home::take(&arguments.data)?;
    // Taken before anything is written: a taken port leaves the folder as it was.
    let port = |error| UpError::Port(arguments.http, error);
    let listener = TcpListener::bind(arguments.http).await.map_err(port)?;
    let web = listener.local_addr().map_err(port)?;
    let log = |error| UpError::Logs(arguments.logs, error);
    let reading = TcpListener::bind(arguments.logs).await.map_err(log)?;
    let logs = reading.local_addr().map_err(log)?;
    let operators = match arguments.ops {
        Some(address) => Some(Operators::listen(address).await?),
        None => None,
    };
    let begin = if arguments.demo {
        demo::directory
    } else {
        beginning::one_organisation
    };
    let directory = Arc::new(beginning::load_or_begin(&home, begin)?);
    if arguments.demo && directory.instance.as_str() != demo::INSTANCE {
        return Err(UpError::NotDemo(arguments.data));
    }
    let signs_in = directory.providers().is_some();
    if let Some(address) = reached.address.clone().filter(|_| !signs_in) {
        return Err(UpError::NobodySignsIn(arguments.data, address));
    }
    if arguments.demo && signs_in {
        return Err(UpError::DemoSignsIn(arguments.data));
    }
    // The web ends first: what its pages ask is answered until the last of them is.
    let (stopping, shutdown) = (CancellationToken::new(), CancellationToken::new());
    idesluss_runtime::cancel_on_signal(stopping.clone()).map_err(UpError::Signals)?;

    let ahead = Duration::from_secs(u64::from(arguments.days_ahead) * 86_400);
    let clock: Arc<dyn Clock> = Arc::new(ClockAhead(ahead));
    let node = Node::listen(&home, directory.clone(), shutdown.clone(), clock).await?;
    let services = Services::of(&node.peers).map_err(NodeError::from)?;
    let ops = operators.map(|operators| operators.serve(&node.engines, shutdown.clone()));
    let session = Session::with(&directory.instance, services.clone()).await?;
    let directory = session.directory.clone();
    let played = home.root().join("demo-played");
    if arguments.demo && !played.exists() {
        print_line!("Playing the sample region; this takes a few seconds.");
        tokio::select! {
            told = demo::play(&session) => told?,
            () = stopping.cancelled() => {}
        }
        if !stopping.is_cancelled() {
            std::fs::write(&played, "").map_err(UpError::Played)?;
        }
    }
    let mut exposure = Exposure::of(&reached, web, stopping.clone())?;
    if signs_in {
        exposure.origin = exposure.origin.by_name();
    }
    let (mode, invitation) = if arguments.demo {
        (Mode::Demo, format!("Open {} in a browser", exposure.origin.link("/")))
    } else if signs_in {
        (Mode::SignIn, format!("Open {} in a browser", exposure.origin.link("/")))
    } else {
        // 122 random bits: nobody guesses it in the time that the program runs.
        let token = uuid::Uuid::new_v4().simple().to_string();
        let link = exposure.origin.link(&format!("/in/{token}"));
        let invitation = idesluss_gateway::hand_over(&link, home.root()).map_err(UpError::Link)?;
        (Mode::OneTimeLink { token }, invitation)
    };
    let config = idesluss_gateway::Config {
        directory,
        services,
        mode,
        exposure,
        requests_per_second: arguments.requests_per_second,
        shutdown: stopping.clone(),
    };
    let gateway = tokio::spawn(idesluss_gateway::serve(listener, config));
    let changes = tokio::spawn(rotate::watch(home.master_key(), node.engines.clone()));
    tokio::spawn(serve_all(reading, node.notaries.clone(), shutdown.clone()));
    home.publish(&Addresses { web, logs, ops })?;
    print_line!(
        "What is signed can be followed at http://{logs}/submission/checkpoint, and so for evaluation, sharing and identity."
    );
    print_line!("Idésluss is running. {invitation}; Ctrl-C ends it.");
    let served = gateway.await;
    // Whatever ended the web, the services end too, and in order.
    changes.abort();
    shutdown.cancel();
    node.stop().await?;
    served.map_err(NodeError::from)??;
    Ok(())
}
