use crate::config::ConfigError;
use crate::{DialError, Peer, Tls, TlsFiles, dial};
use idesluss_domain::SERVICES;
use serde::Deserialize;
use std::collections::BTreeMap;
use tonic::transport::Channel;

/// The settings of the other services: each with the addresses of its replicas; none: the settings do not name it.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(try_from = "BTreeMap<String, Vec<String>>")]
pub struct PeerAddresses(BTreeMap<String, Vec<String>>);

/// A peer that there is not.
#[derive(Debug, thiserror::Error)]
#[error("there is no service {0}: peers knows {known}", known = SERVICES.join(", "))]
pub struct UnknownPeer(String);

impl TryFrom<BTreeMap<String, Vec<String>>> for PeerAddresses {
    type Error = UnknownPeer;

    fn try_from(mut named: BTreeMap<String, Vec<String>>) -> Result<Self, UnknownPeer> {
        if let Some(name) = named.keys().find(|name| !SERVICES.contains(&name.as_str())) {
            return Err(UnknownPeer(name.clone()));
        }
        named.retain(|_, addresses| !addresses.is_empty());
        Ok(Self(named))
    }
}

impl PeerAddresses {
    /// The settings, which are lists.
    pub fn lists() -> impl Iterator<Item = String> {
        SERVICES.into_iter().map(|service| format!("peers.{service}"))
    }
}

impl PeerAddresses {
    /// Errors: services are named that nobody would answer, since without certificates nobody knows who asks.
    pub fn check(&self, tls: Option<&TlsFiles>) -> Result<(), ConfigError> {
        match (tls, self.0.keys().next()) {
            (None, Some(service)) => Err(ConfigError::value(
                format!("peers.{service}"),
                "processes of their own know each other by their certificates: set tls, or run the services in one process",
            )),
            _ => Ok(()),
        }
    }
}

/// A service that nothing leads to.
#[derive(Debug, thiserror::Error)]
#[error("the settings do not say where {0} is: name the addresses of its replicas in peers.{0}")]
pub struct NoPeer(String);

/// Ways to services, by name. Cheap to clone.
#[derive(Clone, Default)]
pub struct Peers(BTreeMap<String, Peer>);

impl Peers {
    /// To those that settings name.
    pub fn dial(addresses: &PeerAddresses, tls: Option<&Tls>) -> Result<Self, DialError> {
        let dialled = addresses
            .0
            .iter()
            .map(|(service, addresses)| Ok((service.clone(), Peer::new(service, dial(service, addresses, tls)?))));
        Ok(Self(dialled.collect::<Result<_, DialError>>()?))
    }

    /// From now on `service` is reached over `channel`.
    pub fn insert(&mut self, service: &str, channel: Channel) {
        self.0.insert(service.to_owned(), Peer::new(service, channel));
    }

    /// These, with `others` going before them.
    #[must_use]
    pub fn overridden_by(mut self, others: &Self) -> Self {
        self.0
            .extend(others.0.iter().map(|(service, peer)| (service.clone(), peer.clone())));
        self
    }

    /// The way to a service. Errors: there is none.
    pub fn to(&self, service: &str) -> Result<Peer, NoPeer> {
        self.0.get(service).cloned().ok_or_else(|| NoPeer(service.to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<PeerAddresses, toml::de::Error> {
        toml::from_str(text)
    }

    #[tokio::test]
    async fn a_way_leads_to_whom_the_settings_name_and_to_nobody_else() {
        let addresses = read("submission = [\"http://127.0.0.1:7101\"]\nsharing = []").expect("addresses");
        let mut peers = Peers::dial(&addresses, None).expect("ways");
        assert!(peers.to("submission").is_ok());
        assert!(matches!(peers.to("sharing"), Err(NoPeer(name)) if name == "sharing"));
        peers.insert(
            "sharing",
            dial("sharing", &["http://127.0.0.1:7103".to_owned()], None).expect("an address"),
        );
        assert!(peers.to("sharing").is_ok());
        let said = read("sharring = []").expect_err("none").to_string();
        assert!(said.contains("sharring") && said.contains("evaluation"), "{said}");
    }
}
