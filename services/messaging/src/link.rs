//! One connection to one server, looked at before anything uses it.

use crate::config::{BrokerConfig, without_secrets};
use crate::version;
use async_nats::jetstream::{Context, context::ContextBuilder};
use async_nats::{Client, ConnectOptions, Event, ServerAddr};
use std::sync::atomic::Ordering;
use std::time::Duration;
use tokio_util::sync::CancellationToken;

/// How long the server may take for an answer.
const ANSWER: Duration = Duration::from_secs(5);
/// How often a silent server is asked whether it is there; the third silence ends the connection.
const PING: Duration = Duration::from_secs(5);
/// An address that nobody can listen on.
const NOWHERE: &str = "nats://127.0.0.1:0";

/// A connection. It is never mended, but replaced by another one: so whatever answers has had its version checked.
#[derive(Debug)]
pub(crate) struct Link {
    /// For what goes beside JetStream.
    pub(crate) client: Client,
    /// For streams and consumers.
    pub(crate) jetstream: Context,
    /// The server's version.
    pub(crate) version: String,
    /// Cancelled when the connection has ended.
    pub(crate) down: CancellationToken,
}

/// Why there is no connection.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum NoLink {
    /// The server is not to be used.
    Refused(String),
    /// There is none, or it does not let us in.
    Away(String),
}

impl Link {
    /// Connects to the server at `url`.
    pub(crate) async fn connect(config: &BrokerConfig, url: &str, name: &str) -> Result<Self, NoLink> {
        let away = |why: &dyn std::fmt::Display| NoLink::Away(format!("{}: {why}", without_secrets(url)));
        let address: ServerAddr = url.parse().map_err(|error: std::io::Error| away(&error))?;
        let down = CancellationToken::new();
        let on_event = down.clone();
        let client = options(config)
            .await
            .map_err(|why| away(&why))?
            .name(name)
            .custom_inbox_prefix(inbox(name))
            .event_callback(move |event| {
                if matches!(event, Event::Disconnected | Event::Closed) {
                    on_event.cancel();
                }
                async {}
            })
            .connect(address)
            .await
            .map_err(|error| away(&Chain(&error)))?;
        keep_from_reconnecting(&client).await.map_err(|why| away(&why))?;
        let version = client.server_info().version;
        if let Some(reason) = version::refusal(&version) {
            return Err(NoLink::Refused(format!("{}: {reason}", without_secrets(url))));
        }
        let jetstream = ContextBuilder::new().timeout(ANSWER).build(client.clone());
        Ok(Self {
            client,
            jetstream,
            version,
            down,
        })
    }
}

/// Where answers to us come: under our own name, so that no other service's user may listen in on them.
fn inbox(name: &str) -> String {
    let service = name.rsplit('/').next().unwrap_or_default();
    format!("_INBOX.{service}")
}

async fn options(config: &BrokerConfig) -> Result<ConnectOptions, String> {
    let mut options = ConnectOptions::new();
    if let Some(file) = &config.credentials_file {
        options = options
            .credentials_file(file)
            .await
            .map_err(|error| format!("the credentials in {} can't be used: {error}", file.display()))?;
    }
    if let (Some(user), Some(file)) = (&config.user, &config.password_file) {
        let password = tokio::fs::read_to_string(file)
            .await
            .map_err(|error| format!("the password in {} can't be read: {error}", file.display()))?;
        options = options.user_and_password(user.clone(), password.trim_end_matches(['\r', '\n']).to_owned());
    }
    if let Some(file) = &config.ca_file {
        options = options.add_root_certificates(file.clone()).require_tls(true);
    }
    if let (Some(cert), Some(key)) = (&config.cert_file, &config.key_file) {
        options = options.add_client_certificate(cert.clone(), key.clone());
    }
    Ok(options
        .connection_timeout(ANSWER)
        .request_timeout(Some(ANSWER))
        .ping_interval(PING)
        .subscription_capacity(2_048)
        .ignore_discovered_servers()
        .max_reconnects(1))
}

/// The client would connect again by itself, and use the new server before its version is known: send it nowhere.
async fn keep_from_reconnecting(client: &Client) -> Result<(), String> {
    let nowhere: ServerAddr = NOWHERE.parse().map_err(|error: std::io::Error| error.to_string())?;
    client
        .set_server_pool(nowhere)
        .await
        .map_err(|error| error.to_string())?;
    // It may have done so before it was told.
    match client.statistics().connects.load(Ordering::Relaxed) {
        1 => Ok(()),
        _ => Err("the connection was lost while it was made".to_owned()),
    }
}

/// An error with what caused it.
struct Chain<'a>(&'a dyn std::error::Error);

impl std::fmt::Display for Chain<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}", self.0)?;
        match self.0.source() {
            Some(source) => write!(f, ": {source}"),
            None => Ok(()),
        }
    }
}
