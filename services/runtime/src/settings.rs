//! The tables of settings that every process on a server has.

use crate::LogForm;
use crate::config::ConfigError;
use serde::Deserialize;
use std::net::SocketAddr;

/// An address and a port.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Listen {
    /// Address and port to listen on.
    pub listen: SocketAddr,
}

/// The services of the instance, each with the addresses of its replicas.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Peers {
    /// Submission's replicas.
    pub submission: Vec<String>,
    /// Evaluation's replicas.
    pub evaluation: Vec<String>,
    /// Sharing's replicas.
    pub sharing: Vec<String>,
}

impl Peers {
    /// Its settings, which are lists.
    pub const LISTS: [&str; 3] = ["peers.submission", "peers.evaluation", "peers.sharing"];

    /// Every service with its setting and the addresses of its replicas; none: the settings do not name it.
    pub fn named(&self) -> [(&'static str, &'static str, &[String]); 3] {
        let [submission, evaluation, sharing] = Self::LISTS;
        [
            ("submission", submission, &self.submission),
            ("evaluation", evaluation, &self.evaluation),
            ("sharing", sharing, &self.sharing),
        ]
    }
}

/// Logs and traces.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Telemetry {
    /// How log lines look.
    pub log: LogForm,
    /// A collector's OTLP over gRPC, such as `http://collector:4317`.
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

impl Telemetry {
    /// Refuses what can't be.
    pub fn check(&self) -> Result<(), ConfigError> {
        if (0.0..=1.0).contains(&self.sampled) {
            return Ok(());
        }
        Err(ConfigError::value("telemetry.sampled", "choose 0 to 1"))
    }
}
