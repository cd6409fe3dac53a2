//! The tables of settings that every process on a server has.

use crate::LogForm;
use crate::config::ConfigError;
use serde::Deserialize;
use std::net::SocketAddr;

/// An address and a port.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Listen {
    /// Address and port to listen on.
    pub listen: SocketAddr,
}

/// Logs and traces.
#[derive(Debug, Clone, PartialEq, Deserialize)]
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
