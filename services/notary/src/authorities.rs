//! Whose word is taken for it that somebody asked over HTTPS is who they say.

use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use ureq::tls::{Certificate, RootCerts, TlsConfig};

/// Why nobody can be asked over HTTPS.
#[derive(Debug, thiserror::Error)]
pub enum AuthoritiesError {
    /// The file.
    #[error("the authorities of witnesses in {0} can't be used: {1}")]
    File(PathBuf, String),
    /// The machine has none.
    #[error(
        "this machine knows no authorities, so that no witness can be asked over https: install ca-certificates, or name a file in signing.witness_ca_file"
    )]
    None,
}

/// Authorities that certificates are held against. Cheap to clone.
#[derive(Clone)]
pub struct Authorities(RootCerts);

impl Authorities {
    /// Those of a file, as PEM, and no others.
    pub fn of_file(path: &Path) -> Result<Self, AuthoritiesError> {
        let failed = |reason: String| AuthoritiesError::File(path.to_owned(), reason);
        let found = CertificateDer::pem_file_iter(path).map_err(|error| failed(error.to_string()))?;
        let found = found.collect::<Result<Vec<_>, _>>();
        let found = found.map_err(|error| failed(error.to_string()))?;
        if found.is_empty() {
            return Err(failed("it holds no certificate".into()));
        }
        Ok(Self::of(&found))
    }

    /// Those that this machine trusts.
    pub fn of_machine() -> Result<Self, AuthoritiesError> {
        let found = rustls_native_certs::load_native_certs().certs;
        if found.is_empty() {
            return Err(AuthoritiesError::None);
        }
        Ok(Self::of(&found))
    }

    fn of(found: &[CertificateDer<'static>]) -> Self {
        let each = found.iter().map(|one| Certificate::from_der(one).to_owned());
        Self(RootCerts::Specific(Arc::new(each.collect())))
    }

    /// How somebody is spoken to over HTTPS; None: nobody is believed.
    pub(crate) fn tls(trusted: Option<&Self>) -> TlsConfig {
        // Always said: without it the client panics where it meets HTTPS.
        let roots = trusted.map_or_else(|| RootCerts::new_with_certs(&[]), |trusted| trusted.0.clone());
        TlsConfig::builder()
            .root_certs(roots)
            .unversioned_rustls_crypto_provider(Arc::new(rustls::crypto::ring::default_provider()))
            .build()
    }
}

impl std::fmt::Debug for Authorities {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Authorities")
    }
}
