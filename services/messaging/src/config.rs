use std::fmt;
use std::path::PathBuf;
use std::time::Duration;

/// How the broker is reached, and what its streams are to be like.
///
/// Secrets are named by file and read at every connect, so that they can be changed while the service runs.
#[derive(Clone, PartialEq, Eq)]
pub struct BrokerConfig {
    /// `nats://host:port` or `tls://host:port`, one for each server of the cluster.
    pub urls: Vec<String>,
    /// A NATS credentials file: JWT and nkey seed.
    pub credentials_file: Option<PathBuf>,
    /// A user name, where no credentials file is used.
    pub user: Option<String>,
    /// The file that holds the user's password.
    pub password_file: Option<PathBuf>,
    /// The certificates that the servers' are checked against, PEM; None: those of the system.
    pub ca_file: Option<PathBuf>,
    /// The own certificate, PEM, where the servers ask for one.
    pub cert_file: Option<PathBuf>,
    /// Its key, PEM.
    pub key_file: Option<PathBuf>,
    /// On how many servers of the cluster a stream is kept: 1, 3 or 5.
    pub stream_replicas: usize,
    /// How long a stream keeps a message.
    pub max_age: Duration,
    /// How large a stream may become in bytes before its oldest messages go.
    pub max_bytes: i64,
    /// How often a receiver asks the source itself whether something is missing. Half as much is added by chance.
    pub pull_every: Duration,
}

impl BrokerConfig {
    /// The usual settings: streams of seven days and at most 1 GiB on one server, no secrets, a pull every five seconds.
    pub fn new(urls: Vec<String>) -> Self {
        Self {
            urls,
            credentials_file: None,
            user: None,
            password_file: None,
            ca_file: None,
            cert_file: None,
            key_file: None,
            stream_replicas: 1,
            max_age: Duration::from_secs(7 * 24 * 60 * 60),
            max_bytes: 1024 * 1024 * 1024,
            pull_every: Duration::from_secs(5),
        }
    }
}

impl fmt::Debug for BrokerConfig {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // A URL may hold a password.
        let servers: Vec<_> = self.urls.iter().map(|url| without_secrets(url)).collect();
        f.debug_struct("BrokerConfig")
            .field("servers", &servers)
            .field("stream_replicas", &self.stream_replicas)
            .field("max_age", &self.max_age)
            .field("max_bytes", &self.max_bytes)
            .field("pull_every", &self.pull_every)
            .finish_non_exhaustive()
    }
}

/// A server's address as it may stand in logs: without user and password.
pub(crate) fn without_secrets(url: &str) -> String {
    let (scheme, rest) = url.split_once("://").unwrap_or(("nats", url));
    let host = rest.rsplit_once('@').map_or(rest, |(_, host)| host);
    format!("{scheme}://{host}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_in_an_address_is_never_shown() {
        assert_eq!(without_secrets("nats://ada:p@ss@host:4222"), "nats://host:4222");
        assert_eq!(without_secrets("host:4222"), "nats://host:4222");
        let config = BrokerConfig::new(vec!["nats://ada:secret@host:4222".into()]);
        assert!(!format!("{config:?}").contains("secret"));
    }
}
