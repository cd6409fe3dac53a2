//! What the gateway is told when it runs on its own.

use crate::DEFAULT_REQUESTS_PER_SECOND;
use idesluss_runtime::config::{ConfigError, GATEWAY, load};
use idesluss_runtime::{Listen, MemoryBounds, PeerAddresses, Telemetry, TlsFiles};
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
    /// The services that do not run in the same process, each with the addresses of its replicas.
    #[serde(default)]
    pub peers: PeerAddresses,
    /// Logs and traces.
    #[serde(default)]
    pub telemetry: Telemetry,
    /// What bounds the memory of the process: of services in the same one.
    #[serde(default)]
    pub memory: MemoryBounds,
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
    /// How many requests one address may make a second, and five times as many at once; 0: as many as it likes, where a proxy counts them.
    #[serde(default = "requests_per_second")]
    pub requests_per_second: u32,
}

fn requests_per_second() -> u32 {
    DEFAULT_REQUESTS_PER_SECOND
}

impl Settings {
    /// Reads them, and checks what can be checked without reaching anything.
    pub fn load(file: Option<&Path>) -> Result<Self, ConfigError> {
        let lists: Vec<String> = PeerAddresses::lists().collect();
        let settings: Self = load(file, GATEWAY, &lists)?;
        settings.memory.check()?;
        settings.telemetry.check()?;
        settings.peers.check(settings.tls.as_ref())?;
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
