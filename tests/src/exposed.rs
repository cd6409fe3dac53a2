//! The gateway alone, before services that do not answer: how it is reached from elsewhere. And clients who write bytes themselves.

use crate::apart::ask;
use crate::certificates::WebCertificates;
use crate::region::write_region;
use crate::server::beside;
use idesluss_domain::SERVICES;
use idesluss_servers::free_port;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, ClientConnection, RootCertStore, StreamOwned};
use std::fmt::Write as _;
use std::fs::File;
use std::io::{Read as _, Write as _};
use std::net::{Ipv4Addr, SocketAddr, TcpStream};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};
use tempfile::TempDir;

/// How long anything may take.
const PATIENCE: Duration = Duration::from_secs(20);

/// The gateway, with settings of its own for the web. Killed when dropped.
pub struct Exposed {
    child: Child,
    /// Where the web listens.
    pub port: u16,
    ops: u16,
    log: PathBuf,
    /// What it shows to browsers.
    pub certificates: WebCertificates,
    _folder: TempDir,
}

/// What the web has answered: everything that came until the connection ended.
#[derive(Debug, Clone)]
pub struct Browsed(pub String);

impl Browsed {
    /// The status of the first answer; 0: there is none.
    pub fn status(&self) -> u16 {
        let status = self.0.split(' ').nth(1).and_then(|status| status.parse().ok());
        status.filter(|_| self.0.starts_with("HTTP/1.1 ")).unwrap_or(0)
    }
}

impl Exposed {
    /// Starts it and waits until it is ready; `web` makes the settings below `[web]` of its port and the files of its certificate.
    pub async fn start(web: impl Fn(u16, [PathBuf; 2]) -> String) -> Self {
        let folder = TempDir::new().expect("a folder");
        write_region(folder.path());
        let certificates = WebCertificates::new(folder.path());
        let [port, ops] = [free_port(), free_port()];
        let path = |name: &str| folder.path().join(name).display().to_string();
        let mut settings = format!(
            "directory = \"{}\"\n[ops]\nlisten = \"127.0.0.1:{ops}\"\n[tls]\nca_file = \"{}\"\ncert_file = \"{}\"\nkey_file = \"{}\"\n[peers]\n",
            path("instance.toml"),
            path("ca.pem"),
            path("cert.pem"),
            path("key.pem")
        );
        for service in SERVICES {
            let _ = writeln!(settings, "{service} = [\"https://localhost:1\"]");
        }
        let _ = write!(
            settings,
            "[telemetry]\nlog = \"plain\"\n[web]\n{}",
            web(port, certificates.web())
        );
        let config = folder.path().join("gateway.toml");
        std::fs::write(&config, settings).expect("written");
        let log = folder.path().join("gateway.log");
        let said = File::create(&log).expect("a log");
        let child = Command::new(beside("idesluss-server"))
            .args(["--services", "gateway", "--config"])
            .arg(&config)
            .env("RUST_LOG", "info,idesluss_gateway=debug,idesluss_runtime=debug")
            .stdin(Stdio::null())
            .stdout(said.try_clone().expect("a log"))
            .stderr(said)
            .spawn()
            .expect("the binary starts");
        let mut exposed = Self {
            child,
            port,
            ops,
            log,
            certificates,
            _folder: folder,
        };
        let until = Instant::now() + PATIENCE;
        while !exposed.log().contains("The gateway is running") {
            let ended = exposed.child.try_wait().expect("a child can be waited for");
            assert!(ended.is_none() && Instant::now() < until, "{}", exposed.log());
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        exposed
    }

    /// Where the web listens, on the loopback.
    pub fn web(&self) -> SocketAddr {
        (Ipv4Addr::LOCALHOST, self.port).into()
    }

    /// Everything that it has said so far.
    pub fn log(&self) -> String {
        std::fs::read_to_string(&self.log).unwrap_or_default()
    }

    /// How often something was refused so far.
    pub async fn refused(&self, what: &str) -> f64 {
        let series = format!("idesluss_refusals_total{{what=\"{what}\"}} ");
        let (_, all) = ask(self.ops, "/metrics").await.expect("operators are answered");
        let value = all.lines().find_map(|line| line.strip_prefix(series.as_str()));
        value.and_then(|value| value.parse().ok()).unwrap_or(0.0)
    }

    /// Sends bytes over TLS to a port of this machine, which shows a certificate of the authority, and reads until the connection ends.
    pub fn browse(&self, port: u16, bytes: &str) -> Browsed {
        self.browse_from(Ipv4Addr::LOCALHOST, port, bytes)
    }

    /// The same from another of this machine's addresses.
    pub fn browse_from(&self, from: Ipv4Addr, port: u16, bytes: &str) -> Browsed {
        let mut stream = StreamOwned::new(self.client(), connect(from, port));
        // Whoever is turned away at once may have sent only some of it.
        let _ = stream.write_all(bytes.as_bytes());
        let mut answer = Vec::new();
        let _ = stream.read_to_end(&mut answer);
        Browsed(String::from_utf8_lossy(&answer).into_owned())
    }

    /// The certificate that a port of this machine shows. Panics when it agrees on no TLS.
    pub fn shown(&self, port: u16) -> CertificateDer<'static> {
        let (mut client, mut stream) = (self.client(), connect(Ipv4Addr::LOCALHOST, port));
        while client.is_handshaking() {
            client.complete_io(&mut stream).expect("TLS is agreed on");
        }
        client.peer_certificates().expect("a certificate")[0]
            .clone()
            .into_owned()
    }

    fn client(&self) -> ClientConnection {
        let mut roots = RootCertStore::empty();
        let authority = CertificateDer::from_pem_file(self.certificates.authority()).expect("an authority");
        roots.add(authority).expect("an authority");
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let config = ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .expect("versions")
            .with_root_certificates(roots)
            .with_no_client_auth();
        let name = ServerName::try_from("localhost").expect("a name");
        ClientConnection::new(Arc::new(config), name).expect("a client")
    }
}

/// Sends bytes in plain to a port of this machine, from one of its addresses, and reads until the connection ends.
pub fn send_plain(from: Ipv4Addr, port: u16, bytes: &str) -> Browsed {
    let mut stream = connect(from, port);
    let _ = stream.write_all(bytes.as_bytes());
    let mut answer = Vec::new();
    let _ = stream.read_to_end(&mut answer);
    Browsed(String::from_utf8_lossy(&answer).into_owned())
}

/// A connection to a port of the loopback from one of its addresses, such as 127.0.0.2.
fn connect(from: Ipv4Addr, port: u16) -> TcpStream {
    let to = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
    let stream = tokio::task::block_in_place(|| {
        tokio::runtime::Handle::current().block_on(async {
            let socket = tokio::net::TcpSocket::new_v4()?;
            socket.bind((from, 0).into())?;
            socket.connect(to).await?.into_std()
        })
    });
    let stream = stream.expect("the port answers");
    stream.set_nonblocking(false).expect("a stream");
    stream.set_read_timeout(Some(PATIENCE)).expect("a time");
    stream
}

impl Drop for Exposed {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
