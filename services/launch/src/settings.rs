//! What a service that runs on its own is told: where its parts are, and which secrets it may use.

use idesluss_journal::DatabaseAddress;
use idesluss_runtime::config::{ConfigError, load, secret};
use idesluss_runtime::{Listen, MemoryBounds, PeerAddresses, Telemetry, TlsFiles};
use serde::Deserialize;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

/// All settings of a service. Every one is a key of the file and a variable: `database.url` is `IDESLUSS_DATABASE__URL`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// Who the instance is, its organisations and people: a TOML file, the same for every process.
    pub directory: PathBuf,
    /// A folder of this process alone, for views and search; whatever is in it can be made again.
    pub data: PathBuf,
    /// Where its gRPC is.
    pub grpc: Grpc,
    /// Where operators ask after it.
    pub ops: Listen,
    /// Its journal.
    pub database: Database,
    /// The message broker; without one, journals are followed over gRPC alone.
    #[serde(default)]
    pub broker: Option<Broker>,
    /// Keys and the ledger of erasures.
    pub keys: Keys,
    /// Signing the journal; without it nothing is signed.
    #[serde(default)]
    pub signing: Option<Signing>,
    /// Cosigning what others have signed; needs `signing`.
    #[serde(default)]
    pub witness: Option<Witness>,
    /// Certificates of the instance's private authority; without them its gRPC answers nobody but members of the same process, and who asks whether it is well.
    #[serde(default)]
    pub tls: Option<TlsFiles>,
    /// The other services, each with the addresses of its replicas.
    #[serde(default)]
    pub peers: PeerAddresses,
    /// Logs and traces.
    #[serde(default)]
    pub telemetry: Telemetry,
    /// What bounds the memory that is only used to be quick.
    #[serde(default)]
    pub memory: MemoryBounds,
}

/// Where gRPC is reached.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Grpc {
    /// Address and port to listen on.
    pub listen: SocketAddr,
    /// How other replicas reach this one, such as `https://submission-0.submission:7101`; by default the address that it listens on.
    #[serde(default)]
    pub advertise: Option<String>,
}

/// The PostgreSQL database that holds the journal.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Database {
    /// `postgres://user@host:port/database?sslmode=verify-full&sslrootcert=…`, without the password.
    pub url: String,
    /// The file that holds the password.
    #[serde(default)]
    pub password_file: Option<PathBuf>,
    /// The owner's URL: where it is set, tables are made and changed at the start. Otherwise `migrate` does it.
    #[serde(default)]
    pub owner_url: Option<String>,
    /// The file that holds the owner's password.
    #[serde(default)]
    pub owner_password_file: Option<PathBuf>,
    /// How long a replica may write after it was last heard of, in seconds.
    #[serde(default = "lease_seconds")]
    pub lease_seconds: u32,
    /// How many connections read; three more write, listen and migrate.
    #[serde(default = "connections")]
    pub connections: u32,
}

fn connections() -> u32 {
    8
}

fn lease_seconds() -> u32 {
    5
}

/// The message broker.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Broker {
    /// `nats://host:port`, one or more.
    pub urls: Vec<String>,
    /// A NATS credentials file.
    #[serde(default)]
    pub credentials_file: Option<PathBuf>,
    /// The user, where there are no credentials.
    #[serde(default)]
    pub user: Option<String>,
    /// The file that holds the user's password.
    #[serde(default)]
    pub password_file: Option<PathBuf>,
    /// The broker's authority, where it is another than the instance's own.
    #[serde(default)]
    pub ca_file: Option<PathBuf>,
    /// How many servers keep a copy of each stream: 1, 3 or 5.
    #[serde(default = "one")]
    pub replicas: usize,
    /// How long events stay with the broker, in days. Whoever was away for longer asks the source.
    #[serde(default = "week")]
    pub max_age_days: u32,
    /// How many MiB each stream may hold.
    #[serde(default = "gibibyte")]
    pub max_mib: u32,
}

fn one() -> usize {
    1
}

fn week() -> u32 {
    7
}

fn gibibyte() -> u32 {
    1024
}

/// Where keys lie: never in the database.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Keys {
    /// The service's own master key, derived from the instance's: 64 hexadecimal digits, the same for all of its replicas.
    pub master_file: PathBuf,
    /// This process's ledger of erased keys; backed up apart from the database.
    pub ledger_file: PathBuf,
}

/// How the journal is signed.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Signing {
    /// The file with the signing key, as `new-signing-key` writes it; the same for every replica of the service.
    pub key_file: PathBuf,
    /// A folder outside the database that remembers what was signed last. Keep it: without it a restored database is not recognised.
    pub guard: PathBuf,
    /// Where the checkpoint and the tiles are served over HTTP, and the witness if there is one: address and port. They are public.
    #[serde(default)]
    pub listen: Option<SocketAddr>,
    /// A policy file (C2SP tlog-policy) whose witnesses, each with its URL, are asked to cosign.
    #[serde(default)]
    pub witnesses: Option<PathBuf>,
    /// The authorities of witnesses whose URL begins with `https://`, as PEM; by default those that this machine trusts.
    #[serde(default)]
    pub witness_ca_file: Option<PathBuf>,
}

/// Which logs are witnessed.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Witness {
    /// The witness's name, such as `fyrbodal/witness`.
    pub name: String,
    /// A policy file (C2SP tlog-policy) with the logs that are cosigned.
    pub logs: PathBuf,
}

impl Settings {
    /// Reads those of a service, and checks what can be checked without reaching anything.
    pub fn load(file: Option<&Path>, service: &str) -> Result<Self, ConfigError> {
        let lists: Vec<String> = PeerAddresses::lists().chain(["broker.urls".to_owned()]).collect();
        let settings: Self = load(file, service, &lists)?;
        settings.check()?;
        Ok(settings)
    }

    fn check(&self) -> Result<(), ConfigError> {
        let local = |address: SocketAddr| address.ip().is_loopback();
        if self.tls.is_none() && !local(self.grpc.listen) {
            return Err(ConfigError::value(
                "grpc.listen",
                format!(
                    "{} can be reached from elsewhere: set tls, or listen on 127.0.0.1",
                    self.grpc.listen
                ),
            ));
        }
        self.peers.check(self.tls.as_ref())?;
        address("database.url", "database.password_file", &self.database.url)?;
        if let Some(url) = &self.database.owner_url {
            address("database.owner_url", "database.owner_password_file", url)?;
        }
        if !(2..=60).contains(&self.database.lease_seconds) {
            return Err(ConfigError::value("database.lease_seconds", "choose 2 to 60"));
        }
        if let Some(broker) = &self.broker {
            if broker.urls.is_empty() {
                return Err(ConfigError::value(
                    "broker.urls",
                    "name one at least, or leave broker out",
                ));
            }
            if ![1, 3, 5].contains(&broker.replicas) {
                return Err(ConfigError::value("broker.replicas", "choose 1, 3 or 5"));
            }
            if broker.max_age_days == 0 || broker.max_mib == 0 {
                return Err(ConfigError::value("broker", "max_age_days and max_mib begin at 1"));
            }
        }
        if self.witness.is_some() && self.signing.as_ref().is_none_or(|signing| signing.listen.is_none()) {
            return Err(ConfigError::value(
                "witness",
                "set signing.key_file and signing.listen too: a witness needs a key, and an address to be asked at",
            ));
        }
        if !(2..=100).contains(&self.database.connections) {
            return Err(ConfigError::value("database.connections", "choose 2 to 100"));
        }
        self.memory.check()?;
        self.telemetry.check()
    }

    /// How other replicas reach this one.
    pub fn advertised(&self) -> String {
        let scheme = if self.tls.is_some() { "https" } else { "http" };
        let own = || format!("{scheme}://{}", self.grpc.listen);
        self.grpc.advertise.clone().unwrap_or_else(own)
    }

    /// The database as the service opens it, with its password.
    pub fn database(&self) -> Result<DatabaseAddress, ConfigError> {
        let file = self.database.password_file.as_deref();
        opened("database.url", "database.password_file", &self.database.url, file)
    }

    /// The database as its owner opens it, with that password, where tables are to be made.
    pub fn owner(&self) -> Result<Option<DatabaseAddress>, ConfigError> {
        let Some(url) = &self.database.owner_url else {
            return Ok(None);
        };
        let file = self.database.owner_password_file.as_deref();
        opened("database.owner_url", "database.owner_password_file", url, file).map(Some)
    }
}

/// Reads an address that shows no password; `file` is the setting that names the password's file.
fn address(setting: &'static str, file: &'static str, url: &str) -> Result<DatabaseAddress, ConfigError> {
    let read = url.parse::<DatabaseAddress>();
    let read = read.map_err(|error| ConfigError::value(setting, error.to_string()))?;
    if read.holds_password() {
        let sentence = format!("it holds a password: put that into a file and name it in {file}");
        return Err(ConfigError::value(setting, sentence));
    }
    Ok(read)
}

fn opened(
    setting: &'static str,
    file: &'static str,
    url: &str,
    path: Option<&Path>,
) -> Result<DatabaseAddress, ConfigError> {
    let read = address(setting, file, url)?;
    Ok(match path {
        Some(path) => read.with_password(&secret(file, path)?),
        None => read,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const WHOLE: &str = r#"
        directory = "/etc/idesluss/instance.toml"
        data = "/var/lib/idesluss"
        grpc.listen = "127.0.0.1:7101"
        ops.listen = "127.0.0.1:7201"
        database.url = "postgres://submission@127.0.0.1/submission"
        keys.master_file = "/etc/idesluss/master.key"
        keys.ledger_file = "/var/lib/idesluss/ledger"
    "#;

    fn read(more: &str) -> Result<Settings, ConfigError> {
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("settings.toml");
        std::fs::write(&file, format!("{WHOLE}\n{more}")).expect("written");
        Settings::load(Some(&file), "submission")
    }

    #[test]
    fn what_would_be_open_to_strangers_or_show_a_secret_is_refused() {
        let settings = read("").expect("settings");
        assert_eq!(settings.advertised(), "http://127.0.0.1:7101");
        assert_eq!(settings.database().expect("an address").role(), "submission");
        for (more, named) in [
            ("grpc.advertise = 1\ngrpc.lisen = 2", "lisen"),
            ("peers.evaluation = [\"http://127.0.0.1:7102\"]", "certificates"),
            ("database.lease_seconds = 1", "lease_seconds"),
            ("broker.urls = []", "broker.urls"),
            ("broker.urls = [\"nats://x\"]\nbroker.replicas = 2", "broker.replicas"),
            ("telemetry.sampled = 2.0", "telemetry.sampled"),
            ("database.owner_url = \"postgres://127.0.0.1/submission\"", "no user"),
            (
                "database.owner_url = \"postgres://a:b@127.0.0.1/submission\"",
                "owner_password_file",
            ),
            ("database.owner_url = \"submission\"", "database.owner_url"),
        ] {
            let said = read(more).expect_err(more).to_string();
            assert!(said.contains(named), "{said}");
        }
        let mut open = settings.clone();
        open.grpc.listen = "0.0.0.0:7101".parse().expect("an address");
        assert!(open.check().expect_err("open").to_string().contains("tls"));
        let mut shown = settings;
        shown.database.url = "postgres://submission:hemligt@127.0.0.1/submission".into();
        assert!(shown.check().expect_err("shown").to_string().contains("password_file"));
    }
}
