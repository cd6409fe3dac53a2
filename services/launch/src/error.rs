use idesluss_engine::{ExecuteError, StartError};
use idesluss_journal::StoreError;
use idesluss_notary::{AuthoritiesError, GuardError, KeysError};
use idesluss_runtime::config::ConfigError;
use idesluss_runtime::{DialError, DirectoryError, GrpcError, NoPeer, TlsError};
use idesluss_vault::VaultError;
use std::net::SocketAddr;
use std::path::PathBuf;

/// Why a process can't start, or had to stop. Every sentence says what to do.
#[derive(Debug, thiserror::Error)]
pub enum LaunchError {
    /// The settings.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// The directory of organisations and people.
    #[error(transparent)]
    Directory(#[from] DirectoryError),
    /// Certificates.
    #[error(transparent)]
    Tls(#[from] TlsError),
    /// An address of another service.
    #[error(transparent)]
    Dial(#[from] DialError),
    /// Another service is not named.
    #[error(transparent)]
    Peer(#[from] NoPeer),
    /// The collector of traces.
    #[error("traces can't be sent: {0}")]
    Traces(Box<dyn std::error::Error + Send + Sync>),
    /// Another recorder of metrics.
    #[error("metrics can't be kept: {0}")]
    Metrics(String),
    /// The journal.
    #[error("the journal can't be used: {0}")]
    Journal(#[from] StoreError),
    /// Keys or the ledger.
    #[error(transparent)]
    Vault(#[from] VaultError),
    /// A port.
    #[error("{setting} is {address}, which can't be listened on: {reason}. Stop what uses it, or choose another")]
    Port {
        /// The setting.
        setting: &'static str,
        /// The address.
        address: SocketAddr,
        /// Why.
        reason: std::io::Error,
    },
    /// Nothing to sign with.
    #[error("the settings name no signing key: set signing.key_file and signing.guard")]
    NoSigning,
    /// What signs.
    #[error(transparent)]
    Keys(#[from] KeysError),
    /// What remembers what was signed.
    #[error(transparent)]
    Guard(#[from] GuardError),
    /// Authorities of witnesses.
    #[error(transparent)]
    Authorities(#[from] AuthoritiesError),
    /// A policy file.
    #[error("the policy {0} can't be used: {1}")]
    Policy(PathBuf, String),
    /// A folder.
    #[error("{0} can't be used: {1}")]
    Folder(PathBuf, std::io::Error),
    /// The service itself.
    #[error("the service can't start: {0}")]
    Start(#[from] StartError),
    /// Its gRPC.
    #[error(transparent)]
    Grpc(#[from] GrpcError),
    /// Signals.
    #[error("signals can't be listened to: {0}")]
    Signals(std::io::Error),
    /// No owner to make tables as.
    #[error("database.owner_url is not set: only the owner may make tables")]
    NoOwner,
    /// Nobody may open an epoch.
    /// Another process writes the journal.
    #[error("another process still writes this journal: stop every replica of the service, then try again")]
    StillWritten,
    /// The service has not taken a new master key.
    #[error(
        "the service that writes has not seen the new master key within two minutes: hand it the file as it is here, restart it if it has a copy, then run this again"
    )]
    NotWrapped,
    /// The epoch could not be opened.
    #[error(transparent)]
    Execute(#[from] ExecuteError),
}
