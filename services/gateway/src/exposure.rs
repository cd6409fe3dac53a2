//! How the web is exposed: where people reach it, whose word about them it takes, and what it encrypts by itself.

use crate::origin::Origin;
use crate::settings::WebSettings;
use idesluss_runtime::config::ConfigError;
use idesluss_runtime::{Networks, ServerTls, TlsError};
use std::net::SocketAddr;
use tokio_util::sync::CancellationToken;

/// How the web is exposed.
#[derive(Clone)]
pub struct Exposure {
    /// Where people reach it.
    pub origin: Origin,
    /// The proxies that stand before it; what anybody else says of who asks is not believed.
    pub proxies: Networks,
    /// The certificate that it shows by itself; None: it is spoken to in plain, on this machine or by its proxies.
    pub tls: Option<ServerTls>,
}

/// Why the web can't be exposed as the settings say.
#[derive(Debug, thiserror::Error)]
pub enum ExposureError {
    /// The settings contradict each other.
    #[error(transparent)]
    Setting(#[from] ConfigError),
    /// The certificate can't be used.
    #[error("web.tls: {0}")]
    Tls(#[from] TlsError),
}

impl Exposure {
    /// On this machine alone.
    pub fn local(listens: SocketAddr) -> Self {
        Self {
            origin: Origin::local(listens),
            proxies: Networks::default(),
            tls: None,
        }
    }

    /// As the settings say, of a web that listens there. The certificate is read again when its files change, until `shutdown`.
    pub fn of(settings: &WebSettings, listens: SocketAddr, shutdown: CancellationToken) -> Result<Self, ExposureError> {
        let reached = settings.reached()?;
        let tls = settings.tls.clone();
        Ok(Self {
            origin: reached.origin.unwrap_or_else(|| Origin::local(listens)),
            proxies: reached.proxies,
            tls: tls.map(|files| ServerTls::load(files, shutdown)).transpose()?,
        })
    }
}
