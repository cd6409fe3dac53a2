//! What the gateway is told when it runs on its own.

use idesluss_runtime::config::{ConfigError, load};
use idesluss_runtime::{LogForm, TlsFiles};
use serde::Deserialize;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

/// All settings. Every one is a key of the file and a variable: `web.listen` is `IDESLUSS_WEB__LISTEN`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// Who the instance is, its organisations and people: the same file as every service's.
    pub directory: PathBuf,
    /// Where people come in.
    pub web: Web,
    /// Where operators ask after it.
    pub ops: Listen,
    /// Certificates of the instance's private authority, shown to the services.
    #[serde(default)]
    pub tls: Option<TlsFiles>,
    /// The services, each with the addresses of its replicas.
    pub peers: Peers,
    /// Logs and traces.
    #[serde(default)]
    pub telemetry: Telemetry,
}

/// Where people come in.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Web {
    /// Address and port; until sign-in is in place, of the loopback only.
    pub listen: SocketAddr,
    /// Whoever opens the web chooses whom to be. For a sample region only.
    #[serde(default)]
    pub demo: bool,
}

/// An address and a port.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Listen {
    /// Address and port to listen on.
    pub listen: SocketAddr,
}

/// The services of the instance, each with the addresses of its replicas.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Peers {
    /// Submission's.
    pub submission: Vec<String>,
    /// Evaluation's.
    pub evaluation: Vec<String>,
    /// Sharing's.
    pub sharing: Vec<String>,
}

/// Logs and traces.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Telemetry {
    /// How log lines look.
    pub log: LogForm,
    /// A collector's OTLP over gRPC.
    pub otlp: Option<String>,
    /// Which share of the traces is kept, 0 to 1.
    pub sampled: f64,
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
    pub fn load(file: Option<&Path>) -> Result<Self, ConfigError> {
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
