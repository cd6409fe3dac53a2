//! What a service's own program says of it, and what it is handed to build the service on.

use crate::error::LaunchError;
use crate::settings::Settings;
use idesluss_engine::{Engine, ViewHandle};
use idesluss_runtime::{Directory, Peer, Tls, dial, traced};
use std::path::PathBuf;
use std::sync::Arc;
use tonic::service::Routes;

/// Which service a process runs, and whose events it is interested in.
#[derive(Debug, Clone, Copy)]
pub struct Program {
    /// The service's name.
    pub service: &'static str,
    /// The services whose events it receives.
    pub follows: &'static [&'static str],
}

/// What a service is built on.
pub struct ServiceContext {
    /// Where views and search lie.
    pub folder: PathBuf,
    /// The engine over the journal.
    pub engine: Engine,
    /// Who may act in which role.
    pub directory: Arc<Directory>,
    /// Ways to the other services.
    pub peers: Peers,
}

/// Ways to the other services.
#[derive(Clone)]
pub struct Peers(Vec<(&'static str, Peer)>);

impl Peers {
    pub(crate) fn dial(settings: &Settings, tls: Option<&Tls>) -> Result<Self, LaunchError> {
        let mut peers = Vec::new();
        for (service, _, addresses) in settings.peers.named() {
            if !addresses.is_empty() {
                peers.push((service, traced(dial(addresses, tls)?)));
            }
        }
        Ok(Self(peers))
    }

    /// The way to a service. Errors: the settings do not name it.
    pub fn to(&self, service: &'static str) -> Result<Peer, LaunchError> {
        let found = self.0.iter().find(|(name, _)| *name == service);
        found.map(|(_, peer)| peer.clone()).ok_or(LaunchError::NoPeer(service))
    }
}

/// A service that was built.
pub struct Running {
    /// What is served over gRPC.
    pub routes: Routes,
    /// Its views, by name.
    pub views: Vec<(&'static str, ViewHandle)>,
}
