//! mTLS between the processes of an instance, with one private authority, and TLS before people: certificates that are read anew when their files
//! change.

use crate::names::{Names, NamesNobody, plain};
use crate::renewed::{LOOK, Renewed};
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::server::WebPkiClientVerifier;
use rustls::{ClientConfig, RootCertStore, ServerConfig};
use serde::Deserialize;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use tokio_util::sync::CancellationToken;

/// Where the certificates lie, as PEM.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TlsFiles {
    /// The private authority: whoever it has signed for belongs to the instance.
    pub ca_file: PathBuf,
    /// This process's certificate, with those between it and the authority.
    pub cert_file: PathBuf,
    /// The key that belongs to it.
    pub key_file: PathBuf,
    /// The serials of certificates that are no longer taken, a line each, as `openssl x509 -serial` prints them.
    #[serde(default)]
    pub revoked_file: Option<PathBuf>,
}

/// Where the certificate lies that browsers are shown, as PEM.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ServerTlsFiles {
    /// The certificate, with those between it and an authority that browsers know.
    pub cert_file: PathBuf,
    /// The key that belongs to it.
    pub key_file: PathBuf,
}

/// Why certificates can't be used.
#[derive(Debug, thiserror::Error)]
pub enum TlsError {
    /// A file can't be read, or holds no PEM of its kind.
    #[error("{0} can't be used: {1}")]
    File(PathBuf, String),
    /// The certificate does not say whose it is.
    #[error("the certificate {0} names nobody: {1}")]
    Nameless(PathBuf, NamesNobody),
    /// The certificate and the key do not belong together, or the authority is none.
    #[error("the certificates can't be used together: {0}")]
    Together(String),
}

/// What was read from the files at one moment.
pub(crate) struct Loaded {
    pub(crate) server: Arc<ServerConfig>,
    pub(crate) client: Arc<ClientConfig>,
    not_after: i64,
    names: Names,
    revoked: BTreeSet<String>,
}

/// Why the other side of a connection is none of ours.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Stranger {
    #[error("it showed no certificate")]
    Nothing,
    #[error("its certificate names nobody: {0}")]
    Nameless(#[from] NamesNobody),
    #[error("its certificate is {0}, of another instance")]
    OtherInstance(Names),
    #[error("the certificate of {0} has been revoked")]
    Revoked(Names),
    #[error("its certificate is {found}, and {expected} was called")]
    SomebodyElse { found: Names, expected: String },
}

/// The process's own certificate and the authority, current at every new connection. Cheap to clone.
#[derive(Clone)]
pub struct Tls {
    loaded: Renewed<Loaded>,
}

impl Tls {
    /// Reads the files, and reads them again whenever one changes, until `shutdown`.
    ///
    /// A change that can't be used is logged, and what was read before stays in force.
    pub fn load(files: TlsFiles, shutdown: CancellationToken) -> Result<Self, TlsError> {
        let named = [&files.ca_file, &files.cert_file, &files.key_file].map(PathBuf::clone);
        let named = named.into_iter().chain(files.revoked_file.clone()).collect();
        let loaded = Renewed::load(named, move || read(&files), shutdown)?;
        Ok(Self { loaded })
    }

    /// When the certificate in force runs out. Seconds since 1970.
    pub fn not_after(&self) -> i64 {
        self.loaded.now().not_after
    }

    /// Whose certificate the other side has shown. Errors: it is none of this instance's, or revoked.
    pub(crate) fn names_of(&self, shown: Option<&[CertificateDer<'_>]>) -> Result<Names, Stranger> {
        let leaf = shown.and_then(|chain| chain.first()).ok_or(Stranger::Nothing)?;
        let (names, loaded) = (Names::of(leaf)?, self.loaded.now());
        if !names.is_with(&loaded.names) {
            return Err(Stranger::OtherInstance(names));
        }
        if loaded.revoked.contains(names.serial()) {
            return Err(Stranger::Revoked(names));
        }
        Ok(names)
    }

    /// Ends when the certificate of these names is revoked.
    pub(crate) async fn revoked(&self, names: &Names) {
        while !self.loaded.now().revoked.contains(names.serial()) {
            tokio::time::sleep(LOOK).await;
        }
    }

    pub(crate) fn now(&self) -> Arc<Loaded> {
        self.loaded.now()
    }
}

/// The certificate that browsers are shown, current at every new connection. Cheap to clone.
#[derive(Clone)]
pub struct ServerTls {
    loaded: Renewed<Shown>,
}

/// The same as it was read at one moment.
struct Shown {
    server: Arc<ServerConfig>,
    not_after: i64,
}

impl ServerTls {
    /// Reads the files, and reads them again whenever one changes, until `shutdown`.
    ///
    /// A change that can't be used is logged, and what was read before stays in force.
    pub fn load(files: ServerTlsFiles, shutdown: CancellationToken) -> Result<Self, TlsError> {
        let named = vec![files.cert_file.clone(), files.key_file.clone()];
        let loaded = Renewed::load(named, move || read_shown(&files), shutdown)?;
        Ok(Self { loaded })
    }

    /// When the certificate in force runs out. Seconds since 1970.
    pub fn not_after(&self) -> i64 {
        self.loaded.now().not_after
    }

    pub(crate) fn now(&self) -> Arc<ServerConfig> {
        self.loaded.now().server.clone()
    }
}

fn failed(path: &Path) -> impl FnOnce(rustls::pki_types::pem::Error) -> TlsError {
    let path = path.to_owned();
    move |error| TlsError::File(path, error.to_string())
}

fn together(error: impl std::fmt::Display) -> TlsError {
    TlsError::Together(error.to_string())
}

/// All certificates of a file, of which there is one at least.
fn certificates(path: &Path) -> Result<Vec<CertificateDer<'static>>, TlsError> {
    let found = CertificateDer::pem_file_iter(path).map_err(failed(path))?;
    let found = found.collect::<Result<Vec<_>, _>>().map_err(failed(path))?;
    if found.is_empty() {
        return Err(TlsError::File(path.to_owned(), "it holds no certificate".into()));
    }
    Ok(found)
}

fn key(path: &Path) -> Result<PrivateKeyDer<'static>, TlsError> {
    PrivateKeyDer::from_pem_file(path).map_err(failed(path))
}

/// TLS 1.3 alone, which every browser speaks that is still kept, and HTTP/1.1 with browsers, HTTP/2 with programs.
fn read_shown(files: &ServerTlsFiles) -> Result<Shown, TlsError> {
    let chain = certificates(&files.cert_file)?;
    let not_after = not_after(&files.cert_file, &chain[0])?;
    let mut server = ServerConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
        .with_protocol_versions(&[&rustls::version::TLS13])
        .map_err(together)?
        .with_no_client_auth()
        .with_single_cert(chain, key(&files.key_file)?)
        .map_err(together)?;
    // Ours comes first: a browser, which offers both, speaks HTTP/1.1, and a program that speaks nothing but HTTP/2 does.
    server.alpn_protocols = vec![b"http/1.1".to_vec(), b"h2".to_vec()];
    let server = Arc::new(server);
    Ok(Shown { server, not_after })
}

fn read(files: &TlsFiles) -> Result<Loaded, TlsError> {
    let mut roots = RootCertStore::empty();
    for authority in certificates(&files.ca_file)? {
        roots.add(authority).map_err(together)?;
    }
    let roots = Arc::new(roots);
    let chain = certificates(&files.cert_file)?;
    let key = || key(&files.key_file);
    let not_after = not_after(&files.cert_file, &chain[0])?;
    let names = Names::of(&chain[0]).map_err(|why| TlsError::Nameless(files.cert_file.clone(), why))?;
    let revoked = files
        .revoked_file
        .as_deref()
        .map(revoked)
        .transpose()?
        .unwrap_or_default();

    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let verifier = WebPkiClientVerifier::builder_with_provider(roots.clone(), provider.clone())
        .build()
        .map_err(together)?;
    let mut server = ServerConfig::builder_with_provider(provider.clone())
        .with_protocol_versions(&[&rustls::version::TLS13])
        .map_err(together)?
        .with_client_cert_verifier(verifier)
        .with_single_cert(chain.clone(), key()?)
        .map_err(together)?;
    let mut client = ClientConfig::builder_with_provider(provider)
        .with_protocol_versions(&[&rustls::version::TLS13])
        .map_err(together)?
        .with_root_certificates(roots)
        .with_client_auth_cert(chain, key()?)
        .map_err(together)?;
    server.alpn_protocols = vec![b"h2".to_vec()];
    client.alpn_protocols = vec![b"h2".to_vec()];
    Ok(Loaded {
        server: Arc::new(server),
        client: Arc::new(client),
        not_after,
        names,
        revoked,
    })
}

/// The serials that are listed; what stands behind a `#` is for people.
fn revoked(file: &Path) -> Result<BTreeSet<String>, TlsError> {
    let text = std::fs::read_to_string(file).map_err(|error| TlsError::File(file.to_owned(), error.to_string()))?;
    let serials = text.lines().filter_map(|line| {
        let line = line.split('#').next().unwrap_or_default().trim();
        let serial = plain(line.strip_prefix("serial=").unwrap_or(line));
        (!serial.is_empty()).then_some(serial)
    });
    let serials: BTreeSet<String> = serials.collect();
    match serials
        .iter()
        .find(|serial| !serial.bytes().all(|byte| byte.is_ascii_hexdigit()))
    {
        Some(wrong) => Err(TlsError::File(file.to_owned(), format!("{wrong:?} is no serial"))),
        None => Ok(serials),
    }
}

fn not_after(path: &Path, certificate: &CertificateDer<'_>) -> Result<i64, TlsError> {
    let (_, parsed) = x509_parser::parse_x509_certificate(certificate)
        .map_err(|error| TlsError::File(path.to_owned(), error.to_string()))?;
    Ok(parsed.validity().not_after.timestamp())
}
