//! The gateway as a member of a process: the web before services that run beside it or elsewhere.

use futures_util::FutureExt as _;
use idesluss_evidence::Services;
use idesluss_gateway::{Config, Exposure, ExposureError, GatewayError, Mode, Settings, hand_over, serve};
use idesluss_launch::{LaunchError, Process, listen};
use idesluss_runtime::config::GATEWAY;
use idesluss_runtime::{
    Condition, Describe, DialError, Directory, DirectoryError, NoPeer, Peers, ServerTls, ServiceHealth, Tls, TlsError,
};
use idesluss_terminal::print_line;
use serde_json::json;
use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

/// The part that says whether the web is there.
const WEB: &str = "web";

/// Why the web can't start, or had to stop.
#[derive(Debug, thiserror::Error)]
pub(crate) enum WebError {
    #[error(transparent)]
    Directory(#[from] DirectoryError),
    #[error(transparent)]
    Tls(#[from] TlsError),
    #[error(transparent)]
    Dial(#[from] DialError),
    #[error(transparent)]
    Peer(#[from] NoPeer),
    #[error(transparent)]
    Launch(#[from] LaunchError),
    #[error(transparent)]
    Exposure(#[from] ExposureError),
    #[error("the web's address can't be asked for: {0}")]
    Address(std::io::Error),
    #[error(transparent)]
    Gateway(#[from] GatewayError),
    #[error("the link that opens the web can't be written to the folder for temporary files: {0}")]
    Link(std::io::Error),
}

/// The web, its settings read and its port taken.
pub(crate) struct Web {
    settings: Settings,
    process: Process,
    directory: Arc<Directory>,
    tls: Option<Tls>,
    services: Services,
    listener: TcpListener,
    exposure: Exposure,
    health: ServiceHealth,
}

/// Reads everything that the settings name; `beside` are the members of the same process.
pub(crate) fn check(settings: &Settings, beside: &[&str]) -> Result<(), WebError> {
    Directory::load(&settings.directory)?;
    let ended = CancellationToken::new();
    ended.cancel();
    Exposure::of(&settings.web, settings.web.listen, ended.clone())?;
    let tls = settings.tls.clone().map(|files| Tls::load(files, ended)).transpose()?;
    let peers = Peers::dial(&settings.peers, tls.as_ref())?;
    for service in idesluss_roster::SERVICES {
        if !beside.contains(&service.name) {
            peers.to(service.name)?;
        }
    }
    Ok(())
}

impl Web {
    /// Reads what the settings name and takes the port. `beside` are ways to services of the same process.
    pub(crate) async fn prepare(settings: Settings, process: &Process, beside: &Peers) -> Result<Self, WebError> {
        let directory = Arc::new(Directory::load(&settings.directory)?);
        let tls = settings.tls.clone();
        let tls = tls
            .map(|files| Tls::load(files, process.shutdown().clone()))
            .transpose()?;
        let services = Services::of(&Peers::dial(&settings.peers, tls.as_ref())?.overridden_by(beside))?;
        let listener = listen("web.listen", settings.web.listen).await?;
        let listens = listener.local_addr().map_err(WebError::Address)?;
        let exposure = Exposure::of(&settings.web, listens, process.shutdown().clone())?;
        Ok(Self {
            health: process.health().of(GATEWAY).starting(&[WEB]),
            process: process.clone(),
            settings,
            directory,
            tls,
            services,
            listener,
            exposure,
        })
    }

    /// Tells its state. It keeps nothing: who it is, and until when its certificate holds, says it all.
    pub(crate) fn describe(&self) -> Describe {
        let (tls, shown, health) = (self.tls.clone(), self.exposure.tls.clone(), self.health.clone());
        Arc::new(move || {
            let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
            // Of the two certificates the one that ends first.
            let ends = tls
                .iter()
                .map(Tls::not_after)
                .chain(shown.iter().map(ServerTls::not_after));
            let left = ends.min().map(|ends| ends - since.as_secs() as i64);
            let told = json!({
                "service": GATEWAY,
                "version": env!("CARGO_PKG_VERSION"),
                "now_micros": since.as_micros() as u64,
                "parts": health.parts(),
                "certificate_left_seconds": left,
            });
            async move { told }.boxed()
        })
    }

    /// Serves until the process is to end, then lets what is under way end.
    pub(crate) async fn run(self) -> Result<(), WebError> {
        let web = self.settings.web;
        // The folder is its owner's alone, and goes when the gateway ends.
        let folder = tempfile::Builder::new()
            .prefix("idesluss-")
            .tempdir()
            .map_err(WebError::Link)?;
        let origin = &self.exposure.origin;
        let (mode, invitation) = if web.demo {
            (Mode::Demo, format!("Open {} in a browser", origin.link("/")))
        } else if web.signs_in() {
            (Mode::SignIn, format!("People reach it at {}", origin.link("/")))
        } else {
            // 122 random bits: nobody guesses it in the time that the program runs.
            let token = uuid::Uuid::new_v4().simple().to_string();
            let link = origin.link(&format!("/in/{token}"));
            let invitation = hand_over(&link, folder.path()).map_err(WebError::Link)?;
            (Mode::OneTimeLink { token }, invitation)
        };
        print_line!("The gateway is running. {invitation}.");
        self.health.set(WEB, Condition::Well);
        self.process.member_started();
        let config = Config {
            directory: self.directory,
            services: self.services,
            mode,
            exposure: self.exposure,
            requests_per_second: web.requests_per_second,
            shutdown: self.process.stopping().clone(),
        };
        Ok(serve(self.listener, config).await?)
    }
}
