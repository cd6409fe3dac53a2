//! The connection to the broker: made when it can be, and made again when it is lost.

use crate::config::BrokerConfig;
use crate::link::{Link, NoLink};
use crate::metric_names;
use backon::{BackoffBuilder as _, ExponentialBuilder};
use metrics::{Gauge, gauge};
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

/// How long is waited before the next attempt; up to as long again by chance, so that many do not come at the same moment.
const PAUSES: ExponentialBuilder = ExponentialBuilder::new()
    .with_min_delay(Duration::from_millis(100))
    .with_max_delay(LONGEST_PAUSE)
    .with_jitter()
    .without_max_times();
const LONGEST_PAUSE: Duration = Duration::from_secs(5);

/// How the broker is.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct BrokerStatus {
    /// Whether a server that may be used is connected.
    pub connected: bool,
    /// Its version; None while there is none.
    pub server_version: Option<String>,
    /// Why a server that was reached is not used.
    pub refused: Option<String>,
    /// Why none is reached.
    pub problem: Option<String>,
}

/// The way to the broker. It may be absent, at the start too: the rest of the service goes on.
#[derive(Debug, Clone)]
pub struct Broker {
    links: watch::Receiver<Option<Arc<Link>>>,
    status: watch::Receiver<BrokerStatus>,
}

impl Broker {
    /// Begins to connect, and goes on doing so until `shutdown`. `name` is what the server's lists show.
    pub fn start(config: BrokerConfig, name: &str, shutdown: CancellationToken) -> Self {
        let (links, on_links) = watch::channel(None);
        let (status, on_status) = watch::channel(BrokerStatus::default());
        let keeper = Keeper {
            config,
            name: name.to_owned(),
            links,
            status,
        };
        connected(&keeper.name).set(0.0);
        tokio::spawn(async move {
            shutdown.run_until_cancelled(keeper.keep()).await;
            // Without a keeper the last link ends with those who still use it.
            connected(&keeper.name).set(0.0);
        });
        Self {
            links: on_links,
            status: on_status,
        }
    }

    /// How the broker is, and a wake-up at every change.
    pub fn status(&self) -> watch::Receiver<BrokerStatus> {
        self.status.clone()
    }

    /// Waits for a connection; for ever once the broker is shut down.
    pub(crate) async fn linked(&self) -> Arc<Link> {
        let mut links = self.links.clone();
        let link = links.wait_for(Option::is_some).await.ok().and_then(|link| link.clone());
        match link {
            Some(link) => link,
            None => std::future::pending().await,
        }
    }
}

struct Keeper {
    config: BrokerConfig,
    name: String,
    links: watch::Sender<Option<Arc<Link>>>,
    status: watch::Sender<BrokerStatus>,
}

/// 1 while the broker is connected for the journal `name`.
fn connected(name: &str) -> Gauge {
    let service = idesluss_journal::service_of(name);
    gauge!(metric_names::BROKER_CONNECTED, "service" => service.to_owned())
}

impl Keeper {
    async fn keep(&self) {
        let mut pauses = PAUSES.build();
        loop {
            for url in &self.config.urls {
                match Link::connect(&self.config, url, &self.name).await {
                    Ok(link) => {
                        let since = Instant::now();
                        self.hold(link).await;
                        // A server that lets us in and then throws us out is not asked without end.
                        if since.elapsed() > LONGEST_PAUSE {
                            pauses = PAUSES.build();
                        }
                    }
                    Err(why) => self.publish(why),
                }
            }
            tokio::time::sleep(pauses.next().unwrap_or(LONGEST_PAUSE)).await;
        }
    }

    /// Lends the connection to everybody until it ends.
    async fn hold(&self, link: Link) {
        tracing::info!(version = link.version, "the broker is connected");
        let down = link.down.clone();
        self.status.send_replace(BrokerStatus {
            connected: true,
            server_version: Some(link.version.clone()),
            ..BrokerStatus::default()
        });
        self.links.send_replace(Some(Arc::new(link)));
        connected(&self.name).set(1.0);
        down.cancelled().await;
        self.links.send_replace(None);
        self.status.send_replace(BrokerStatus {
            problem: Some("the connection was lost".to_owned()),
            ..BrokerStatus::default()
        });
        connected(&self.name).set(0.0);
        tracing::warn!("the connection to the broker was lost");
    }

    /// Notes why there is no connection; says it aloud only when it is something new.
    fn publish(&self, why: NoLink) {
        let status = match why.clone() {
            NoLink::Refused(reason) => BrokerStatus {
                refused: Some(reason),
                ..BrokerStatus::default()
            },
            NoLink::Away(problem) => BrokerStatus {
                problem: Some(problem),
                ..BrokerStatus::default()
            },
        };
        let is_new = self.status.send_if_modified(|now| {
            let changed = *now != status;
            *now = status.clone();
            changed
        });
        match why {
            NoLink::Refused(reason) if is_new => tracing::error!(reason, "the broker is not used"),
            NoLink::Away(problem) if is_new => tracing::warn!(problem, "the broker is not reached"),
            _ => {}
        }
    }
}
