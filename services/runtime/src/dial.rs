use crate::tls::Stranger;
use crate::{Tls, report_refusal};
use hyper_util::rt::TokioIo;
use rustls::pki_types::ServerName;
use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tonic::transport::{Channel, Endpoint, Uri};

/// How long one address may take to answer before the next is tried.
const ANSWER: Duration = Duration::from_secs(2);
/// A connection on which nothing comes for so long is asked whether it still stands, and given up if it does not say so in time.
const KEEP_ALIVE: Duration = Duration::from_secs(10);
const KEEP_ALIVE_ANSWER: Duration = Duration::from_secs(5);

/// Why a service can't be dialled.
#[derive(Debug, thiserror::Error)]
pub enum DialError {
    /// An address is not `http://host:port` or `https://host:port`.
    #[error("{0:?} is no address: write http://host:port, or https://host:port with certificates")]
    Address(String),
    /// `https` without certificates, or `http` with them.
    #[error("{0:?}: with certificates every address begins with https, without them with http")]
    Scheme(String),
}

/// Something bytes go through.
trait Wire: AsyncRead + AsyncWrite + Send + Unpin {}
impl<T: AsyncRead + AsyncWrite + Send + Unpin> Wire for T {}

/// Certificates, and the member that is called.
type Secured = (Tls, Arc<str>);

#[derive(Clone)]
struct Target {
    host: String,
    port: u16,
}

/// A channel to `member` of the instance: to whichever of its replicas' addresses answers. Connects when it is first used, and again when it must.
///
/// With certificates, whoever answers shows one that speaks for that member, or is not spoken to.
/// Errors: when there is no address, or one that is none.
pub fn dial(member: &str, addresses: &[String], tls: Option<&Tls>) -> Result<Channel, DialError> {
    let targets = addresses
        .iter()
        .map(|address| target(address, tls.is_some()))
        .collect::<Result<Arc<[Target]>, _>>()?;
    let first = targets.first().ok_or_else(|| DialError::Address(String::new()))?;
    // Only names the authority: the connector below decides where it goes, and the scheme's work is done there.
    let authority = format!("http://{}:{}", bracketed(&first.host), first.port);
    let endpoint = Endpoint::from_shared(authority.clone())
        .map_err(|_| DialError::Address(authority))?
        .http2_keep_alive_interval(KEEP_ALIVE)
        .keep_alive_timeout(KEEP_ALIVE_ANSWER)
        .keep_alive_while_idle(true);
    let tls = tls.cloned().map(|tls| (tls, Arc::<str>::from(member)));
    let next = Arc::new(AtomicUsize::new(0));
    let connector = tower::service_fn(move |_: Uri| {
        let (targets, tls, next) = (targets.clone(), tls.clone(), next.clone());
        async move { connect(&targets, tls.as_ref(), &next).await.map(TokioIo::new) }
    });
    Ok(endpoint.connect_with_connector_lazy(connector))
}

fn target(address: &str, with_tls: bool) -> Result<Target, DialError> {
    let wrong = || DialError::Address(address.to_owned());
    let uri: Uri = address.parse().map_err(|_| wrong())?;
    let scheme = if with_tls { "https" } else { "http" };
    match uri.scheme_str() {
        Some("http" | "https") if uri.scheme_str() != Some(scheme) => {
            return Err(DialError::Scheme(address.to_owned()));
        }
        Some("http" | "https") => {}
        _ => return Err(wrong()),
    }
    let host = uri.host().ok_or_else(wrong)?.trim_matches(['[', ']']).to_owned();
    let port = uri.port_u16().ok_or_else(wrong)?;
    Ok(Target { host, port })
}

fn bracketed(host: &str) -> String {
    if host.contains(':') {
        format!("[{host}]")
    } else {
        host.to_owned()
    }
}

/// The first address that answers, beginning with the one that did last.
async fn connect(targets: &[Target], tls: Option<&Secured>, next: &AtomicUsize) -> io::Result<Box<dyn Wire>> {
    let from = next.load(Ordering::Relaxed);
    let mut failed = io::Error::from(io::ErrorKind::NotConnected);
    for offset in 0..targets.len() {
        let index = (from + offset) % targets.len();
        match tokio::time::timeout(ANSWER, open(&targets[index], tls)).await {
            Ok(Ok(wire)) => {
                next.store(index, Ordering::Relaxed);
                return Ok(wire);
            }
            Ok(Err(error)) => failed = error,
            Err(_) => failed = io::ErrorKind::TimedOut.into(),
        }
    }
    Err(failed)
}

async fn open(target: &Target, tls: Option<&Secured>) -> io::Result<Box<dyn Wire>> {
    let stream = TcpStream::connect((target.host.as_str(), target.port)).await?;
    stream.set_nodelay(true)?;
    let Some((tls, member)) = tls else {
        return Ok(Box::new(stream));
    };
    let name = ServerName::try_from(target.host.clone()).map_err(io::Error::other)?;
    let connector = tokio_rustls::TlsConnector::from(tls.now().client.clone());
    let stream = connector.connect(name, stream).await?;
    let found = tls
        .names_of(stream.get_ref().1.peer_certificates())
        .map_err(io::Error::other)?;
    if !found.contain(member) {
        report_refusal("another_service_answered");
        let expected = member.to_string();
        return Err(io::Error::other(Stranger::SomebodyElse { found, expected }));
    }
    Ok(Box::new(stream))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_taken_apart_and_wrong_ones_named() {
        let six = target("http://[::1]:7101", false).expect("an address");
        assert_eq!((six.host.as_str(), six.port), ("::1", 7101));
        for wrong in ["", "submission:7101", "http://submission", "ftp://submission:1"] {
            assert!(matches!(target(wrong, false), Err(DialError::Address(_))), "{wrong}");
        }
        assert!(matches!(
            target("http://submission:7101", true),
            Err(DialError::Scheme(_))
        ));
        assert!(matches!(
            target("https://submission:7101", false),
            Err(DialError::Scheme(_))
        ));
    }

    #[tokio::test]
    async fn the_next_address_is_tried_when_one_does_not_answer() {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let port = listener.local_addr().expect("bound").port();
        let closed = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let nobody = closed.local_addr().expect("bound").port();
        drop(closed);
        let host = "127.0.0.1".to_owned();
        let targets = [nobody, port].map(|port| Target {
            host: host.clone(),
            port,
        });
        let next = AtomicUsize::new(0);
        assert!(connect(&targets, None, &next).await.is_ok());
        assert_eq!(
            next.load(Ordering::Relaxed),
            1,
            "the one that answered is asked first from now on"
        );
    }
}
