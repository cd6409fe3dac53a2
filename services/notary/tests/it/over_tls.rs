use crate::instance::{append, journal, notary};
use crate::witnesses::{cosigned, routes};
use axum::serve::Listener;
use idesluss_notary::{Authorities, AuthoritiesError, WitnessAt, submit_to};
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, DnType, IsCa, KeyPair};
use std::io;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};
use tempfile::TempDir;
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::server::TlsStream;

type Authority = CertifiedIssuer<'static, KeyPair>;

fn authority(name: &str) -> Authority {
    let mut about = CertificateParams::new(Vec::new()).expect("parameters");
    about.distinguished_name.push(DnType::CommonName, name);
    about.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    CertifiedIssuer::self_signed(about, KeyPair::generate().expect("a key")).expect("an authority")
}

fn write(folder: &Path, authority: &Authority) -> PathBuf {
    let file = folder.join("ca.pem");
    std::fs::write(&file, authority.pem()).expect("written");
    file
}

/// What is written to the log.
#[derive(Clone, Debug, Default)]
struct Said(Arc<Mutex<Vec<u8>>>);

impl Said {
    fn has(&self, words: &str) -> bool {
        String::from_utf8_lossy(&self.0.lock().expect("whole")).contains(words)
    }
}

impl io::Write for Said {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().expect("whole").extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// A port that speaks TLS only.
struct OverTls {
    tcp: TcpListener,
    acceptor: TlsAcceptor,
}

impl OverTls {
    async fn new(authority: &Authority) -> Self {
        let key = KeyPair::generate().expect("a key");
        let about = CertificateParams::new(vec!["localhost".to_owned()]).expect("parameters");
        let certificate = about.signed_by(&key, authority).expect("signed");
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let config = rustls::ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .expect("versions")
            .with_no_client_auth()
            .with_single_cert(
                vec![certificate.der().clone()],
                key.serialize_der().try_into().expect("a key"),
            )
            .expect("a certificate with its key");
        Self {
            tcp: TcpListener::bind("127.0.0.1:0").await.expect("a port"),
            acceptor: TlsAcceptor::from(Arc::new(config)),
        }
    }
}

impl Listener for OverTls {
    type Io = TlsStream<TcpStream>;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> (Self::Io, SocketAddr) {
        loop {
            let (stream, address) = self.tcp.accept().await.expect("somebody");
            // Who does not trust it breaks off.
            if let Ok(stream) = self.acceptor.accept(stream).await {
                return (stream, address);
            }
        }
    }

    fn local_addr(&self) -> std::io::Result<SocketAddr> {
        self.tcp.local_addr()
    }
}

// On one thread: the log is that thread's.
#[tokio::test]
async fn a_witness_is_asked_over_https_where_a_known_authority_vouches_for_it_and_not_elsewhere() {
    let (folder, far, unknown) = (
        TempDir::new().expect("a folder"),
        TempDir::new().expect("a folder"),
        TempDir::new().expect("a folder"),
    );
    let store = journal(folder.path());
    append(&store).await;
    let notary = notary(folder.path(), &store);
    notary.sign().await.expect("signed");
    let known = authority("known");
    let port = OverTls::new(&known).await;
    let address = port.local_addr().expect("bound");
    let (key, routes) = routes(far.path(), "orust/witness", &notary);
    tokio::spawn(async move { axum::serve(port, routes).await });
    let asked = |host: &str, authorities: Option<Authorities>| WitnessAt {
        key: key.clone(),
        url: format!("https://{host}:{}", address.port()),
        authorities,
    };
    let of = |folder: &Path, authority: &Authority| Authorities::of_file(&write(folder, authority)).expect("read");

    let said = Said::default();
    let saying = said.clone();
    let log = tracing_subscriber::fmt()
        .with_ansi(false)
        .with_writer(move || saying.clone());
    let _log = tracing::subscriber::set_default(log.finish());
    let vouched = of(folder.path(), &known);
    for (at, why) in [
        (
            asked("localhost", Some(of(unknown.path(), &authority("unknown")))),
            "UnknownIssuer",
        ),
        (asked("localhost", None), "UnknownIssuer"),
        (asked("127.0.0.1", Some(vouched.clone())), "not valid for name"),
    ] {
        let asking = tokio::spawn(submit_to(notary.clone(), at));
        let until = Instant::now() + Duration::from_secs(10);
        while !said.has(why) {
            assert!(Instant::now() < until, "{why}: {said:?}");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        asking.abort();
        said.0.lock().expect("whole").clear();
        let latest = notary.latest().borrow().clone().expect("signed");
        assert_eq!(latest.note.signatures().len(), 1, "{why}");
    }
    let asking = tokio::spawn(submit_to(notary.clone(), asked("localhost", Some(vouched))));
    cosigned(&notary, 1, 1).await;
    asking.abort();
}

#[test]
fn authorities_that_can_not_be_read_are_named() {
    let folder = TempDir::new().expect("a folder");
    let file = folder.path().join("ca.pem");
    for text in [None, Some(""), Some("no certificate")] {
        if let Some(text) = text {
            std::fs::write(&file, text).expect("written");
        }
        let error = Authorities::of_file(&file).expect_err("none");
        assert!(
            matches!(&error, AuthoritiesError::File(path, _) if *path == file),
            "{error}"
        );
    }
}
