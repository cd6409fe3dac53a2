//! How providers are asked over HTTPS: few at a time, soon, no more than they may answer, and nowhere else than they say themselves in private.

use crate::providers::{Provider, is_private};
use openidconnect::{HttpRequest, HttpResponse};
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject as _;
use std::future::Future;
use std::path::Path;
use std::pin::Pin;
use std::sync::{Arc, OnceLock};
use std::time::Duration;
use tokio::sync::Semaphore;
use ureq::tls::{Certificate, RootCerts, TlsConfig};
use url::Url;

/// How long a provider may take to answer.
const PATIENCE: Duration = Duration::from_secs(10);
/// The largest answer, in bytes.
const LARGEST: u64 = 256 * 1024;
/// So many are asked at a time: each takes a thread while it does not answer.
const MOST: usize = 8;
/// How long somebody waits for their turn.
const TURN: Duration = Duration::from_secs(3);

/// Why a provider has not answered.
#[derive(Debug, thiserror::Error)]
pub(crate) enum NoAnswer {
    #[error("{0}")]
    Net(Box<ureq::Error>),
    #[error("{0}")]
    Form(#[from] http::Error),
    #[error("it is told in plain how to reach {0}: anybody on the way could read and answer it")]
    Plain(String),
    #[error("its authorities in {0} can't be used: {1}")]
    Authorities(String, String),
    #[error("too many are being asked")]
    Busy,
    #[error("the machine has no thread for it")]
    Thread,
}

impl From<ureq::Error> for NoAnswer {
    fn from(error: ureq::Error) -> Self {
        Self::Net(Box::new(error))
    }
}

/// Asks providers. Cheap to clone.
#[derive(Clone)]
pub(crate) struct Asks {
    turns: Arc<Semaphore>,
}

impl Default for Asks {
    fn default() -> Self {
        Self {
            turns: Arc::new(Semaphore::new(MOST)),
        }
    }
}

/// An answer that comes.
type Coming = Pin<Box<dyn Future<Output = Result<HttpResponse, NoAnswer>> + Send>>;

impl Asks {
    /// How this provider is asked.
    pub(crate) fn of(&self, provider: &Provider) -> impl Fn(HttpRequest) -> Coming + Send + Sync + use<> {
        let (turns, authorities) = (self.turns.clone(), provider.ca_file.clone());
        move |request| {
            let (turns, authorities) = (turns.clone(), authorities.clone());
            Box::pin(async move {
                let address = request.uri().to_string();
                if !address.parse::<Url>().is_ok_and(|address| is_private(&address)) {
                    return Err(NoAnswer::Plain(address));
                }
                let turn = tokio::time::timeout(TURN, turns.acquire_owned()).await;
                let turn = turn.ok().and_then(Result::ok).ok_or(NoAnswer::Busy)?;
                let answered = tokio::task::spawn_blocking(move || {
                    let answer = ask(request, authorities.as_deref());
                    drop(turn);
                    answer
                });
                answered.await.map_err(|_| NoAnswer::Thread)?
            })
        }
    }
}

/// Asks something. It leads nowhere else.
fn ask(request: HttpRequest, authorities: Option<&Path>) -> Result<HttpResponse, NoAnswer> {
    let agent: ureq::Agent = ureq::Agent::config_builder()
        .http_status_as_error(false)
        .max_redirects(0)
        .timeout_global(Some(PATIENCE))
        .tls_config(tls(authorities)?)
        .build()
        .into();
    let answer = agent.run(request)?;
    let (parts, mut body) = answer.into_parts();
    let body = body.with_config().limit(LARGEST).read_to_vec()?;
    Ok(HttpResponse::from_parts(parts, body))
}

/// Whom it is believed that a provider is who it says: the authorities of a file, read each time, or those that this machine trusts.
fn tls(authorities: Option<&Path>) -> Result<TlsConfig, NoAnswer> {
    static OF_MACHINE: OnceLock<RootCerts> = OnceLock::new();
    let roots = match authorities {
        Some(file) => {
            let failed = |error: String| NoAnswer::Authorities(file.display().to_string(), error);
            let found = CertificateDer::pem_file_iter(file).map_err(|error| failed(error.to_string()))?;
            let found = found.collect::<Result<Vec<_>, _>>();
            certificates(&found.map_err(|error| failed(error.to_string()))?)
        }
        None => OF_MACHINE
            .get_or_init(|| certificates(&rustls_native_certs::load_native_certs().certs))
            .clone(),
    };
    Ok(TlsConfig::builder()
        .root_certs(roots)
        .unversioned_rustls_crypto_provider(Arc::new(rustls::crypto::ring::default_provider()))
        .build())
}

fn certificates(found: &[CertificateDer<'static>]) -> RootCerts {
    let each = found.iter().map(|one| Certificate::from_der(one).to_owned());
    RootCerts::Specific(Arc::new(each.collect()))
}
