//! Processes that speak gRPC to each other with certificates, for real over loopback.

use idesluss_runtime::{
    Health, InMemoryListener, Reach, ServiceHealth, Tls, TlsFiles, dial, in_memory_channel, serve_grpc,
};
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};
use std::path::Path;
use std::time::Duration;
use tempfile::TempDir;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;
use tonic::service::Routes;
use tonic::transport::Channel;
use tonic_health::pb::HealthCheckRequest;
use tonic_health::pb::health_client::HealthClient;
use tower::layer::util::Identity;

/// A private authority in a folder.
struct Authority {
    folder: TempDir,
    issuer: CertifiedIssuer<'static, KeyPair>,
}

impl Authority {
    fn new() -> Self {
        let mut about = CertificateParams::new(Vec::new()).expect("parameters");
        about.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let key = KeyPair::generate().expect("a key");
        let issuer = CertifiedIssuer::self_signed(about, key).expect("an authority");
        let folder = TempDir::new().expect("a folder");
        std::fs::write(folder.path().join("ca.pem"), issuer.pem()).expect("written");
        Self { folder, issuer }
    }

    /// Signs a certificate for `localhost` that runs out in so many days, and writes it.
    fn sign(&self, days: i64) -> TlsFiles {
        self.sign_for(days, &["idesluss://test/submission"])
    }

    /// The same that speaks for these.
    fn sign_for(&self, days: i64, names: &[&str]) -> TlsFiles {
        let path = |name: &str| self.folder.path().join(name);
        let mut about = CertificateParams::new(vec!["localhost".to_owned()]).expect("parameters");
        about.not_after =
            rcgen::date_time_ymd(2100, 1, 1) + Duration::from_secs(u64::try_from(days).expect("days") * 86_400);
        for name in names {
            let uri = (*name).try_into().expect("plain letters");
            about.subject_alt_names.push(rcgen::SanType::URI(uri));
        }
        let key = KeyPair::generate().expect("a key");
        let signed = about.signed_by(&key, &self.issuer).expect("signed");
        std::fs::write(path("key.pem"), key.serialize_pem()).expect("written");
        std::fs::write(path("cert.pem"), signed.pem()).expect("written");
        TlsFiles {
            ca_file: path("ca.pem"),
            cert_file: path("cert.pem"),
            key_file: path("key.pem"),
            revoked_file: None,
        }
    }
}

async fn serve(tls: Option<Tls>, health: ServiceHealth, shutdown: CancellationToken) -> u16 {
    serve_inside(tls, health, None, shutdown).await
}

async fn serve_inside(
    tls: Option<Tls>,
    health: ServiceHealth,
    inside: Option<InMemoryListener>,
    shutdown: CancellationToken,
) -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let port = listener.local_addr().expect("bound").port();
    let reach = Reach {
        tls,
        health: Some(health),
        service: "submission",
        inside,
    };
    tokio::spawn(serve_grpc(
        listener,
        Routes::default(),
        idesluss_runtime_descriptors(),
        reach,
        Identity::new(),
        shutdown,
    ));
    port
}

/// An empty contract: what is tested is the server, not what is behind it.
fn idesluss_runtime_descriptors() -> &'static [u8] {
    &[]
}

async fn asks(address: &str, tls: Option<&Tls>) -> Result<i32, tonic::Status> {
    check(dial("submission", &[address.to_owned()], tls).expect("an address")).await
}

async fn check(channel: Channel) -> Result<i32, tonic::Status> {
    let request = HealthCheckRequest { service: String::new() };
    let answer = HealthClient::new(channel).check(request).await?;
    Ok(answer.into_inner().status)
}

fn load(files: &TlsFiles, shutdown: &CancellationToken) -> Tls {
    Tls::load(files.clone(), shutdown.clone()).expect("certificates")
}

#[tokio::test]
async fn only_who_shows_a_certificate_of_the_same_authority_is_let_in() {
    let (shutdown, health) = (CancellationToken::new(), Health::default().of("submission"));
    let (ours, theirs) = (Authority::new(), Authority::new());
    let own = load(&ours.sign(1), &shutdown);
    let port = serve(Some(own.clone()), health.clone(), shutdown.clone()).await;
    let address = format!("https://localhost:{port}");
    assert_eq!(asks(&address, Some(&own)).await.expect("let in"), 1);

    let foreign = load(&theirs.sign(1), &shutdown);
    asks(&address, Some(&foreign)).await.expect_err("of another authority");
    // Their certificate, but our authority to check the server with.
    let mixed = theirs.sign(1);
    let mixed = TlsFiles {
        ca_file: ours.folder.path().join("ca.pem"),
        ..mixed
    };
    asks(&address, Some(&load(&mixed, &shutdown)))
        .await
        .expect_err("a foreign client");
    asks(&format!("http://localhost:{port}"), None)
        .await
        .expect_err("without any");
    // Under another name than the certificate's.
    asks(&format!("https://127.0.0.1:{port}"), Some(&own))
        .await
        .expect_err("another name");

    health.set("journal", idesluss_runtime::Condition::Unready("away".into()));
    let mut status = 1;
    for _ in 0..100 {
        status = asks(&address, Some(&own)).await.expect("let in");
        if status == 2 {
            break;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    assert_eq!(status, 2, "not serving is told over grpc.health.v1");
    shutdown.cancel();
}

#[tokio::test]
async fn who_answers_shows_that_it_is_whom_one_called_and_of_this_instance() {
    let shutdown = CancellationToken::new();
    let authority = Authority::new();
    let own = load(&authority.sign(1), &shutdown);
    let port = serve(Some(own), Health::default().of("submission"), shutdown.clone()).await;
    let address = [format!("https://localhost:{port}")];
    for (called, shown, let_in) in [
        ("submission", &["idesluss://test/gateway"][..], true),
        (
            "submission",
            &["idesluss://test/sharing", "idesluss://test/evaluation"],
            true,
        ),
        ("sharing", &["idesluss://test/gateway"], false),
        ("submission", &["idesluss://elsewhere/gateway"], false),
    ] {
        let other = load(&authority.sign_for(1, shown), &shutdown);
        let asked = check(dial(called, &address, Some(&other)).expect("an address")).await;
        assert_eq!(asked.is_ok(), let_in, "{called} asked with {shown:?}: {asked:?}");
    }
    // What names nobody, or two instances, is no certificate to run with.
    for names in [&[][..], &["idesluss://test/gateway", "idesluss://elsewhere/gateway"]] {
        let refused = Tls::load(authority.sign_for(1, names), shutdown.clone());
        let said = refused.err().expect("refused").to_string();
        assert!(said.contains("names nobody"), "{said}");
    }
    shutdown.cancel();
}

#[tokio::test]
async fn from_within_the_process_no_certificate_is_needed_and_nobody_else_comes_that_way() {
    let shutdown = CancellationToken::new();
    let authority = Authority::new();
    let own = load(&authority.sign(1), &shutdown);
    let (way, inside) = in_memory_channel();
    // Asked before it is served: that waits.
    let asked = tokio::spawn(check(way.clone()));
    let health = Health::default().of("submission");
    let port = serve_inside(Some(own), health, Some(inside), shutdown.clone()).await;
    assert_eq!(asked.await.expect("asked").expect("an answer"), 1);
    asks(&format!("http://localhost:{port}"), None)
        .await
        .expect_err("the port lets nobody in without one");
    shutdown.cancel();
    let ended = async {
        while check(way.clone()).await.is_ok() {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    let ended = tokio::time::timeout(Duration::from_secs(10), ended).await;
    ended.expect("whoever asks one that has ended is told so");
}

#[tokio::test]
async fn new_certificates_are_in_force_without_a_restart_and_broken_ones_change_nothing() {
    let shutdown = CancellationToken::new();
    let authority = Authority::new();
    let files = authority.sign(1);
    let own = load(&files, &shutdown);
    let port = serve(Some(own.clone()), Health::default().of("submission"), shutdown.clone()).await;
    let address = format!("https://localhost:{port}");
    let first = own.not_after();
    authority.sign(2);
    let until = tokio::time::Instant::now() + Duration::from_secs(20);
    while own.not_after() == first {
        assert!(
            tokio::time::Instant::now() < until,
            "the new certificate never came into force"
        );
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    assert_eq!(own.not_after() - first, 86_400);
    assert_eq!(asks(&address, Some(&own)).await.expect("let in"), 1);
    std::fs::write(Path::new(&files.cert_file), "nothing").expect("written");
    // Twice the time between two looks.
    tokio::time::sleep(Duration::from_secs(11)).await;
    assert_eq!(own.not_after() - first, 86_400, "the last good one stays");
    assert_eq!(asks(&address, Some(&own)).await.expect("let in"), 1);
    shutdown.cancel();
}
