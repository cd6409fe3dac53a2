//! A bundle that lies somewhere on the net: taken whole into a file without a name, and verified there like any other.

use indicatif::ProgressBar;
use std::fs::File;
use std::io;
use std::sync::Arc;
use std::time::Duration;
use ureq::tls::{Certificate, RootCerts, TlsConfig};

/// What may be fetched.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Limits {
    /// Over http too.
    pub(crate) allow_http: bool,
    /// How large it may be.
    pub(crate) bytes: u64,
    /// How long it may take in all.
    pub(crate) time: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            allow_http: false,
            bytes: 16 << 30,
            time: Duration::from_secs(6 * 60 * 60),
        }
    }
}

/// How long the other side may take until it begins to answer. The bundle itself may be long in coming: whoever waits sees how far it is.
const CONNECT: Duration = Duration::from_secs(10);
const ANSWER: Duration = Duration::from_secs(60);

/// Why it did not come.
#[derive(Debug, thiserror::Error)]
pub(crate) enum FetchError {
    /// It is not there, or may not be had.
    #[error("it is answered with {0}: check the address in a browser")]
    Status(u16),
    /// Anybody on the way could read it, or put another in its place.
    #[error("it would come over http, where anybody on the way can read it: give its https address, or --allow-http")]
    Plain,
    /// The answer names another address.
    #[error(
        "it is said to lie elsewhere ({0}), and no other address than the given one is asked: give that one if you trust it"
    )]
    Elsewhere(String),
    /// It is larger than it may be.
    #[error("it is larger than {0} bytes: allow more with --max-size if you expect so much")]
    TooLarge(u64),
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
pub(crate) fn fetch(url: &str, limits: Limits, bar: &ProgressBar) -> Result<File, FetchError> {
    if !limits.allow_http && !url.starts_with("https://") {
        return Err(FetchError::Plain);
    }
    let agent: ureq::Agent = ureq::Agent::config_builder()
        .http_status_as_error(false)
        .max_redirects(0)
        .max_redirects_will_error(false)
        .timeout_global(Some(limits.time))
        .timeout_connect(Some(CONNECT))
        .timeout_recv_response(Some(ANSWER))
        .tls_config(tls())
        .build()
        .into();
    let mut answer = agent.get(url).call()?;
    if answer.status().is_redirection() {
        let place = answer.headers().get("location").and_then(|place| place.to_str().ok());
        return Err(FetchError::Elsewhere(
            place.unwrap_or("it does not say where").to_owned(),
        ));
    }
    if answer.status().as_u16() != 200 {
        return Err(FetchError::Status(answer.status().as_u16()));
    }
    if let Some(bytes) = answer.body().content_length() {
        if bytes > limits.bytes {
            return Err(FetchError::TooLarge(limits.bytes));
        }
        bar.set_length(bytes);
    }
    let mut file = tempfile::tempfile().map_err(FetchError::Keep)?;
    let mut reader = bar.wrap_read(answer.body_mut().as_reader());
    let mut piece = vec![0; 256 << 10];
    let mut left = limits.bytes;
    loop {
        let count = io::Read::read(&mut reader, &mut piece).map_err(FetchError::Broken)?;
        if count == 0 {
            return Ok(file);
        }
        left = left
            .checked_sub(count as u64)
            .ok_or(FetchError::TooLarge(limits.bytes))?;
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
    use std::io::{Read as _, Write as _};
    use std::net::TcpListener;

    #[test]
    fn an_address_begins_with_its_scheme_and_everything_else_is_a_path() {
        assert!(is_url("https://idesluss.example/2026.tar") && is_url("http://[::1]:8080/x"));
        for path in ["2026.tar", "./http:/x", "/srv/http://x", "ftp://x/y", ""] {
            assert!(!is_url(path), "{path}");
        }
    }

    /// Answers one request on loopback with these bytes, then with one more each tenth of a second.
    fn answering(bytes: Vec<u8>) -> String {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let url = format!("http://{}/bundle", listener.local_addr().expect("bound"));
        std::thread::spawn(move || {
            let (mut stream, _) = listener.accept().expect("a caller");
            let _ = stream.read(&mut [0; 4096]);
            let mut more = stream.write_all(&bytes);
            while more.is_ok() {
                std::thread::sleep(Duration::from_millis(100));
                more = stream.write_all(b"x");
            }
        });
        url
    }

    fn fetched(bytes: &str, limits: Limits) -> Result<File, FetchError> {
        fetch(&answering(bytes.into()), limits, &ProgressBar::hidden())
    }

    #[test]
    fn what_is_too_large_too_slow_elsewhere_or_in_the_clear_is_not_fetched() {
        let limits = Limits {
            allow_http: true,
            bytes: 1_000,
            time: Duration::from_secs(2),
        };
        let refused = fetched(
            "",
            Limits {
                allow_http: false,
                ..limits
            },
        );
        assert!(matches!(refused, Err(FetchError::Plain)), "{refused:?}");
        let refused = fetched("HTTP/1.1 200 OK\r\ncontent-length: 1001\r\n\r\n", limits);
        assert!(matches!(refused, Err(FetchError::TooLarge(1_000))), "{refused:?}");
        let endless = format!("HTTP/1.1 200 OK\r\nconnection: close\r\n\r\n{}", "x".repeat(2_000));
        let refused = fetched(&endless, limits);
        assert!(matches!(refused, Err(FetchError::TooLarge(1_000))), "{refused:?}");
        let refused = fetched("HTTP/1.1 200 OK\r\nconnection: close\r\n\r\n", limits);
        assert!(matches!(refused, Err(FetchError::Broken(_))), "{refused:?}");
        let moved = "HTTP/1.1 302 Found\r\nlocation: http://169.254.169.254/secret\r\ncontent-length: 0\r\n\r\n";
        let refused = fetched(moved, limits).expect_err("elsewhere");
        assert!(refused.to_string().contains("169.254.169.254"), "{refused}");
    }
}
