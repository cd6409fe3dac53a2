//! What the gateway is told when it runs on its own.

use crate::DEFAULT_REQUESTS_PER_SECOND;
use crate::origin::Origin;
use idesluss_runtime::config::{ConfigError, GATEWAY, load};
use idesluss_runtime::{Listen, MemoryBounds, Networks, PeerAddresses, ServerTlsFiles, Telemetry, TlsFiles};
use serde::Deserialize;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

/// All settings. Every one is a key of the file and a variable: `web.listen` is `IDESLUSS_WEB__LISTEN`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// Who the instance is, its organisations and people: the same file as every service's.
    pub directory: PathBuf,
    /// Where people come in.
    pub web: WebSettings,
    /// Where operators ask after it.
    pub ops: Listen,
    /// Certificates of the instance's private authority, shown to the services.
    #[serde(default)]
    pub tls: Option<TlsFiles>,
    /// The services that do not run in the same process, each with the addresses of its replicas.
    #[serde(default)]
    pub peers: PeerAddresses,
    /// Logs and traces.
    #[serde(default)]
    pub telemetry: Telemetry,
    /// What bounds the memory of the process: of services in the same one.
    #[serde(default)]
    pub memory: MemoryBounds,
}

/// Where people come in.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WebSettings {
    /// Address and port. Elsewhere than on the loopback only with `address` and one of `tls` and `proxy`.
    pub listen: SocketAddr,
    /// The address under which people reach it and sign in, such as `https://idesluss.example.se`: all links are made of it. Empty is none.
    #[serde(default)]
    pub address: Option<String>,
    /// The certificate that it shows to browsers by itself.
    #[serde(default)]
    pub tls: Option<ServerTlsFiles>,
    /// What stands before it.
    #[serde(default)]
    pub proxy: Option<Proxy>,
    /// Whoever opens the web chooses whom to be. For a sample region on the loopback only.
    #[serde(default)]
    pub demo: bool,
    /// How many requests one address may make a second, and five times as many at once; 0: as many as it likes, where a proxy counts them.
    #[serde(default = "requests_per_second")]
    pub requests_per_second: u32,
}

/// What stands before the web.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Proxy {
    /// From where it connects: addresses or networks, from which `Forwarded` is believed. Empty ones are none.
    pub addresses: Vec<String>,
}

/// What settings say together of where the web is reached.
pub(crate) struct Reached {
    /// None: on this machine alone.
    pub(crate) origin: Option<Origin>,
    pub(crate) proxies: Networks,
}

/// The one setting that is a list, beside those of the peers.
const PROXIES: &str = "web.proxy.addresses";

fn requests_per_second() -> u32 {
    DEFAULT_REQUESTS_PER_SECOND
}

impl Settings {
    /// Reads them, and checks what can be checked without reaching anything.
    pub fn load(file: Option<&Path>) -> Result<Self, ConfigError> {
        let lists = PeerAddresses::lists().chain([PROXIES.to_owned()]);
        let settings: Self = load(file, GATEWAY, &lists.collect::<Vec<_>>())?;
        settings.memory.check()?;
        settings.telemetry.check()?;
        settings.peers.check(settings.tls.as_ref())?;
        settings.web.check()?;
        Ok(settings)
    }
}

impl WebSettings {
    /// Checks what can be checked without reaching anything.
    pub fn check(&self) -> Result<(), ConfigError> {
        self.reached().map(drop)
    }

    /// Whether people sign in: wherever the web is reached under an address of its own.
    pub fn signs_in(&self) -> bool {
        self.own_address().is_some()
    }

    /// The address, where one is set: a variable that is empty sets none.
    fn own_address(&self) -> Option<&str> {
        self.address.as_deref().filter(|address| !address.is_empty())
    }

    fn proxies(&self) -> Result<Networks, ConfigError> {
        let all = self.proxy.iter().flat_map(|proxy| &proxy.addresses);
        let named: Vec<String> = all.filter(|address| !address.is_empty()).cloned().collect();
        Networks::read(&named).map_err(|error| ConfigError::value(PROXIES, error.to_string()))
    }

    /// Where it is reached. Errors: the settings contradict each other, or would have people's sessions travel in plain.
    pub(crate) fn reached(&self) -> Result<Reached, ConfigError> {
        let proxies = self.proxies()?;
        let is_local = self.listen.ip().is_loopback();
        let names = [
            ("web.address", self.signs_in()),
            ("web.tls", self.tls.is_some()),
            ("web.proxy", !proxies.is_empty()),
        ];
        let others = names.iter().find(|(_, is_set)| *is_set).map(|(name, _)| name);
        if let Some(other) = others.filter(|_| self.demo) {
            let sentence = format!(
                "in a sample region whoever comes chooses whom to be, so it stays on this machine, and {other} leads others to it. Take one of the two away"
            );
            return Err(ConfigError::value("web.demo", sentence));
        }
        let not_local = |sentence: &str| {
            let sentence = format!("{} is not on this machine's loopback. {sentence}", self.listen);
            Err(ConfigError::value("web.listen", sentence))
        };
        if self.demo && !is_local {
            return not_local("A sample region is served on 127.0.0.1 or [::1] only");
        }
        let Some(address) = self.own_address() else {
            return match others {
                Some(other) => {
                    let sentence = format!(
                        "needed where {other} is set: write under which address people reach the web, such as https://idesluss.example.se"
                    );
                    Err(ConfigError::value("web.address", sentence))
                }
                None if is_local => Ok(Reached { origin: None, proxies }),
                None => not_local(
                    "Without web.address, under which people sign in, and web.tls or web.proxy the web is served on 127.0.0.1 or [::1] only",
                ),
            };
        };
        let wrong = |sentence: &str| Err(ConfigError::value("web.address", sentence));
        let origin: Origin = match address.parse::<Origin>() {
            Ok(origin) => origin,
            Err(error) => return wrong(&error.to_string()),
        };
        match (origin.is_https(), self.tls.is_some(), !proxies.is_empty()) {
            (true, false, false) => wrong(
                "it says https, and nothing encrypts: name a certificate in web.tls, or the proxy that does it in web.proxy.addresses",
            ),
            (false, true, _) => wrong("write https:// where web.tls is set"),
            (false, _, _) if !is_local => not_local("Elsewhere web.address must be encrypted: write https://"),
            _ => Ok(Reached {
                origin: Some(origin),
                proxies,
            }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write as _;

    /// What the gateway says of settings of the web; nothing: it takes them.
    fn said(web: &str) -> String {
        let mut file = tempfile::Builder::new().suffix(".toml").tempfile().expect("a file");
        let text = format!("directory = \"instance.toml\"\n[ops]\nlisten = \"127.0.0.1:7200\"\n[web]\n{web}\n");
        file.write_all(text.as_bytes()).expect("written");
        let loaded = Settings::load(Some(file.path()));
        loaded.err().map(|error| error.to_string()).unwrap_or_default()
    }

    const LOCAL: &str = "listen = \"127.0.0.1:8080\"\n";
    const ELSEWHERE: &str = "listen = \"0.0.0.0:443\"\n";
    const ADDRESS: &str = "address = \"https://idesluss.example\"\n";
    const TLS: &str = "tls = { cert_file = \"cert.pem\", key_file = \"key.pem\" }\n";
    const PROXY: &str = "proxy = { addresses = [\"192.0.2.7\", \"2001:db8::/32\"] }\n";
    const DEMO: &str = "demo = true\n";

    #[test]
    fn what_fits_together_is_taken() {
        for web in [
            vec![LOCAL],
            vec![LOCAL, DEMO],
            vec![LOCAL, "address = \"\"\nproxy = { addresses = [\"\"] }\n", DEMO],
            vec![LOCAL, ADDRESS, PROXY],
            vec![LOCAL, ADDRESS, TLS],
            vec![LOCAL, "address = \"http://localhost:8080\"\n"],
            vec![ELSEWHERE, ADDRESS, TLS],
            vec![ELSEWHERE, ADDRESS, PROXY],
            vec![ELSEWHERE, ADDRESS, TLS, PROXY],
        ] {
            assert_eq!(said(&web.concat()), "", "{web:?}");
        }
    }

    #[test]
    fn what_would_let_others_in_or_read_along_is_refused_by_the_name_of_the_setting() {
        for (web, setting, says) in [
            (vec![ELSEWHERE], "web.listen", "web.tls or web.proxy"),
            (vec![ELSEWHERE, DEMO], "web.listen", "sample region"),
            (vec![ELSEWHERE, ADDRESS], "web.address", "nothing encrypts"),
            (vec![LOCAL, ADDRESS], "web.address", "nothing encrypts"),
            (vec![ELSEWHERE, TLS], "web.address", "needed where web.tls"),
            (vec![LOCAL, PROXY], "web.address", "needed where web.proxy"),
            (vec![LOCAL, ADDRESS, PROXY, DEMO], "web.demo", "web.address"),
            (vec![LOCAL, TLS, DEMO], "web.demo", "web.tls"),
            (vec![LOCAL, PROXY, DEMO], "web.demo", "web.proxy"),
            (vec![ELSEWHERE, ADDRESS, TLS, DEMO], "web.demo", "web.address"),
            (
                vec![ELSEWHERE, "address = \"http://idesluss.example\"\n", PROXY],
                "web.address",
                "not encrypted",
            ),
            (
                vec![ELSEWHERE, "address = \"http://localhost\"\n", PROXY],
                "web.listen",
                "https://",
            ),
            (
                vec![LOCAL, "address = \"http://localhost\"\n", TLS],
                "web.address",
                "https://",
            ),
            (
                vec![LOCAL, "address = \"https://idesluss.example/web\"\n", TLS],
                "web.address",
                "nothing after it",
            ),
            (
                vec![ELSEWHERE, ADDRESS, "proxy = { addresses = [\"proxy.example\"] }\n"],
                "web.proxy.addresses",
                "proxy.example",
            ),
            (
                vec![ELSEWHERE, ADDRESS, "proxy = { addresses = [\"0.0.0.0/0\"] }\n"],
                "web.proxy.addresses",
                "everybody",
            ),
            (
                vec![ELSEWHERE, ADDRESS, "proxy = { addresses = [] }\n"],
                "web.address",
                "nothing encrypts",
            ),
        ] {
            let said = said(&web.concat());
            assert!(said.starts_with(&format!("{setting}: ")), "{web:?}: {said}");
            assert!(said.contains(says), "{web:?}: {said}");
        }
    }
}
