//! Events out to the other services and in from them.

use crate::error::LaunchError;
use crate::origin;
use crate::settings::Settings;
use idesluss_engine::{Engine, Service};
use idesluss_journal::Relays;
use idesluss_messaging::{BrokerConfig, Messaging, Origin};
use idesluss_runtime::{Directory, Peers};
use std::sync::Arc;
use std::time::Duration;

/// Begins to give events out and to take them in: over the broker where there is one, otherwise from the other services themselves.
pub(crate) fn exchange(
    service: &Service,
    settings: &Settings,
    directory: &Directory,
    engine: &Engine,
    relays: Arc<dyn Relays>,
    peers: &Peers,
) -> Result<Option<Arc<Messaging>>, LaunchError> {
    let sources = service.followed(&directory.instance, peers)?;
    let Some(broker) = &settings.broker else {
        for (source, peer) in sources {
            engine.follow(peer, source);
        }
        return Ok(None);
    };
    // Shown only to a broker that is spoken to over TLS; naming one would ask every broker for it.
    let is_private = broker.urls.iter().any(|url| url.starts_with("tls://"));
    let own = settings.tls.as_ref().filter(|_| is_private);
    let config = BrokerConfig {
        credentials_file: broker.credentials_file.clone(),
        user: broker.user.clone(),
        password_file: broker.password_file.clone(),
        ca_file: broker.ca_file.clone().or_else(|| own.map(|own| own.ca_file.clone())),
        cert_file: own.map(|own| own.cert_file.clone()),
        key_file: own.map(|own| own.key_file.clone()),
        stream_replicas: broker.replicas,
        max_age: Duration::from_secs(u64::from(broker.max_age_days) * 86_400),
        max_bytes: i64::from(broker.max_mib) * 1024 * 1024,
        ..BrokerConfig::new(broker.urls.clone())
    };
    let receive = sources.into_iter().map(|(source, peer)| {
        engine.check_source(peer.clone(), source.clone());
        let origin = origin::Service::at(peer, engine.clone());
        (source, Arc::new(origin) as Arc<dyn Origin>)
    });
    let messaging = Messaging::start(
        engine.store().clone(),
        relays,
        config,
        receive.collect(),
        engine.shutdown().clone(),
    );
    Ok(Some(Arc::new(messaging)))
}
