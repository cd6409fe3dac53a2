//! A bundle that lies somewhere on the net: taken whole into a file without a name, and verified there like any other.

use indicatif::ProgressBar;
use std::fs::File;
use std::io;
use std::sync::Arc;
use std::time::Duration;
use ureq::tls::{Certificate, RootCerts, TlsConfig};

/// How long the other side may take until it begins to answer. The bundle itself may be long in coming: whoever waits sees how far it is.
const CONNECT: Duration = Duration::from_secs(10);
const ANSWER: Duration = Duration::from_secs(60);

/// Why it did not come.
#[derive(Debug, thiserror::Error)]
pub(crate) enum FetchError {
    /// It is not there, or may not be had.
    #[error("it is answered with {0}: check the address in a browser")]
    Status(u16),
    /// Nobody answers, or the connection broke.
    #[error("{0}: check the address and the connection")]
    Net(#[from] ureq::Error),
    /// There is no room.
    #[error("it can't be kept: {0}. It takes as much room in the folder for temporary files (TMPDIR) as it is large")]
    Keep(io::Error),
    /// It ended too early.
    #[error("it broke off: {0}. Try again")]
    Broken(io::Error),
}

/// Whether this is an address and no path.
pub(crate) fn is_url(place: &str) -> bool {
    ["http://", "https://"].iter().any(|scheme| place.starts_with(scheme))
}

/// Takes what lies there. `bar` counts its bytes, and learns how many there are if the other side says so.
pub(crate) fn fetch(url: &str, bar: &ProgressBar) -> Result<File, FetchError> {
    let agent: ureq::Agent = ureq::Agent::config_builder()
        .http_status_as_error(false)
        .timeout_connect(Some(CONNECT))
        .timeout_recv_response(Some(ANSWER))
        .tls_config(tls())
        .build()
        .into();
    let mut answer = agent.get(url).call()?;
    if answer.status().as_u16() != 200 {
        return Err(FetchError::Status(answer.status().as_u16()));
    }
    if let Some(bytes) = answer.body().content_length() {
        bar.set_length(bytes);
    }
    let mut file = tempfile::tempfile().map_err(FetchError::Keep)?;
    let mut reader = bar.wrap_read(answer.body_mut().as_reader());
    let mut piece = vec![0; 256 << 10];
    loop {
        let count = io::Read::read(&mut reader, &mut piece).map_err(FetchError::Broken)?;
        if count == 0 {
            return Ok(file);
        }
        io::Write::write_all(&mut file, &piece[..count]).map_err(FetchError::Keep)?;
    }
}

/// Over HTTPS whoever this machine's authorities vouch for is believed; the bundle itself is believed on nobody's word.
fn tls() -> TlsConfig {
    let found = rustls_native_certs::load_native_certs().certs;
    let each = found.iter().map(|one| Certificate::from_der(one).to_owned());
    TlsConfig::builder()
        .root_certs(RootCerts::Specific(Arc::new(each.collect())))
        .unversioned_rustls_crypto_provider(Arc::new(rustls::crypto::ring::default_provider()))
        .build()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_begins_with_its_scheme_and_everything_else_is_a_path() {
        assert!(is_url("https://idesluss.example/2026.tar") && is_url("http://[::1]:8080/x"));
        for path in ["2026.tar", "./http:/x", "/srv/http://x", "ftp://x/y", ""] {
            assert!(!is_url(path), "{path}");
        }
    }
}
