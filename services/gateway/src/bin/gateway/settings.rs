//! What the gateway is told when it runs on its own.

use idesluss_runtime::config::{ConfigError, load};
use idesluss_runtime::{LogForm, TlsFiles};
use serde::Deserialize;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

/// All settings. Every one is a key of the file and a variable: `web.listen` is `IDESLUSS_WEB__LISTEN`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Settings {
    /// Who the instance is, its organisations and people: the same file as every service's.
    pub(crate) directory: PathBuf,
    /// Where people come in.
    pub(crate) web: Web,
    /// Where operators ask after it.
    pub(crate) ops: Listen,
    /// Certificates of the instance's private authority, shown to the services.
    #[serde(default)]
    pub(crate) tls: Option<TlsFiles>,
    /// The services, each with the addresses of its replicas.
    pub(crate) peers: Peers,
    /// Logs and traces.
    #[serde(default)]
    pub(crate) telemetry: Telemetry,
}

/// Where people come in.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Web {
    /// Address and port; until sign-in is in place, of the loopback only.
    pub(crate) listen: SocketAddr,
    /// Whoever opens the web chooses whom to be. For a sample region only.
    #[serde(default)]
    pub(crate) demo: bool,
}

/// An address and a port.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Listen {
    /// Address and port to listen on.
    pub(crate) listen: SocketAddr,
}

/// The services of the instance, each with the addresses of its replicas.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Peers {
    pub(crate) submission: Vec<String>,
    pub(crate) evaluation: Vec<String>,
    pub(crate) sharing: Vec<String>,
}

/// Logs and traces.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Telemetry {
    /// How log lines look.
    pub(crate) log: LogForm,
    /// A collector's OTLP over gRPC.
    pub(crate) otlp: Option<String>,
    /// Which share of the traces is kept, 0 to 1.
    pub(crate) sampled: f64,
}

impl Default for Telemetry {
    fn default() -> Self {
        Self {
            log: LogForm::Json,
            otlp: None,
            sampled: 0.05,
        }
    }
}

const LISTS: [&str; 3] = ["peers.submission", "peers.evaluation", "peers.sharing"];

impl Settings {
    /// Reads them, and checks what can be checked without reaching anything.
    pub(crate) fn load(file: Option<&Path>) -> Result<Self, ConfigError> {
        let settings: Self = load(file, &LISTS)?;
        if !settings.web.listen.ip().is_loopback() {
            let sentence = format!(
                "{} is not on this machine's loopback. Until sign-in is in place the web is served on 127.0.0.1 or [::1] only",
                settings.web.listen
            );
            return Err(ConfigError::value("web.listen", sentence));
        }
        Ok(settings)
    }
}
