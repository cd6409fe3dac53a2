//! The web where anybody may reach it: over TLS by itself, and behind Debian's nginx as `deploy/nginx` has it.

use idesluss_domain::words::MAX_FILE_MEBIBYTES;
use idesluss_runtime::raise_open_files;
use idesluss_servers::{Nginx, free_port};
use idesluss_tests::{Browsed, Exposed, Reader, Server, send_plain};
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject as _;
use std::io::Write as _;
use std::net::{Ipv4Addr, TcpStream};
use std::path::PathBuf;
use std::time::{Duration, Instant};
use tempfile::TempDir;

const HERE: Ipv4Addr = Ipv4Addr::LOCALHOST;
/// A page that is shown without asking any service: here there is none.
const PAGE: &str = "/in/kod/0";
/// Another of this machine's addresses, which is no proxy's.
const ELSEWHERE: Ipv4Addr = Ipv4Addr::new(127, 0, 0, 2);

/// What is in no log, whatever is done with it.
const SECRET: &str = "hemligt";

/// The page that leads to English, by which a request that nobody should have answered is known.
const ENGLISH: &str = "language=en";

/// Waits until something holds; `what` names it.
async fn until(what: &str, mut holds: impl AsyncFnMut() -> bool) {
    let deadline = Instant::now() + Duration::from_secs(60);
    while !holds().await {
        assert!(Instant::now() < deadline, "it has not happened in 60 s: {what}");
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}

/// A request for a page, which ends the connection.
fn get(path: &str, host: &str, more: &str) -> String {
    format!("GET {path} HTTP/1.1\r\nhost: {host}\r\n{more}connection: close\r\n\r\n")
}

/// Settings of a web that encrypts by itself.
pub(crate) fn by_itself(port: u16, [cert, key]: [PathBuf; 2]) -> String {
    format!(
        "listen = \"0.0.0.0:{port}\"\naddress = \"https://localhost:{port}\"\n\
         tls = {{ cert_file = \"{}\", key_file = \"{}\" }}\nrequests_per_second = 0\n",
        cert.display(),
        key.display()
    )
}

/// A web behind nginx, and the port of that.
pub(crate) async fn behind_nginx(requests_per_second: u32) -> (Exposed, Nginx, u16) {
    let (at, redirects) = (free_port(), free_port());
    let exposed = Exposed::start(|port, _| {
        format!(
            "listen = \"127.0.0.1:{port}\"\naddress = \"https://localhost:{at}\"\n\
             proxy = {{ addresses = [\"127.0.0.1\"] }}\nrequests_per_second = {requests_per_second}\n"
        )
    })
    .await;
    let [cert, key] = exposed.certificates.web();
    let deployed = concat!(env!("CARGO_MANIFEST_DIR"), "/../deploy/nginx/idesluss.conf");
    let mut http = std::fs::read_to_string(deployed).expect("the example");
    for (deployed, here) in [
        ("127.0.0.1:8080", format!("127.0.0.1:{}", exposed.port)),
        ("listen 443", format!("listen {at}")),
        ("listen [::]:443", format!("listen [::]:{at}")),
        ("listen 80", format!("listen {redirects}")),
        ("listen [::]:80", format!("listen [::]:{redirects}")),
        ("idesluss.example.se", "localhost".to_owned()),
        ("/etc/ssl/idesluss/cert.pem", cert.display().to_string()),
        ("/etc/ssl/idesluss/key.pem", key.display().to_string()),
    ] {
        assert!(http.contains(deployed), "{deployed} is not in the example");
        http = http.replace(deployed, &here);
    }
    assert!(
        http.contains(&format!("client_max_body_size {}m", MAX_FILE_MEBIBYTES + 1)),
        "nginx lets a file of ours through"
    );
    let nginx = Nginx::start(&http, at);
    (exposed, nginx, at)
}

#[tokio::test(flavor = "multi_thread")]
async fn over_tls_by_itself_browsers_are_held_to_it_and_a_new_certificate_needs_no_restart() {
    let web = Exposed::start(by_itself).await;
    let (port, host) = (web.port, format!("localhost:{}", web.port));
    let page = web.browse(port, &get(PAGE, &host, ""));
    assert_eq!(page.status(), 200, "{}", page.0);
    assert!(page.0.contains("strict-transport-security: max-age="), "{}", page.0);
    assert!(!page.0.contains("person"), "nobody is offered to choose: {}", page.0);
    let english = web.browse(
        port,
        &get("/sprak/en", &host, &format!("referer: https://{host}/stil.css\r\n")),
    );
    assert!(english.0.contains("location: /stil.css"), "{}", english.0);
    let cookie = english.0.lines().find(|line| line.starts_with("set-cookie: "));
    let cookie = cookie.expect("a cookie");
    assert!(cookie.contains("__Host-language=en;"), "{cookie}");
    for attribute in ["; Secure", "; Path=/", "; SameSite=Lax"] {
        assert!(cookie.contains(attribute), "{cookie}");
    }
    assert!(!cookie.contains("Domain"), "{cookie}");
    let page = web.browse(port, &get(PAGE, &host, "cookie: language=en\r\n"));
    assert!(
        page.0.contains("<html lang=\"sv\""),
        "a name that any host could set is not read"
    );
    let page = web.browse(port, &get(PAGE, &host, "cookie: __Host-language=en\r\n"));
    assert!(page.0.contains("<html lang=\"en\""), "{}", page.0);

    for asked in ["ond.example", &format!("127.0.0.1:{port}"), "localhost", "x\r\nhost: y"] {
        let elsewhere = web.browse(port, &get(PAGE, asked, &format!("x-a: {SECRET}\r\n")));
        assert_eq!(elsewhere.status(), 421, "{asked}: {}", elsewhere.0);
        assert!(elsewhere.0.contains(&format!("https://{host}")), "{}", elsewhere.0);
        assert!(elsewhere.0.contains("strict-transport-security: "), "{}", elsewhere.0);
    }
    let absolute = web.browse(port, &get("http://ond.example/", &host, ""));
    assert_eq!(absolute.status(), 421, "{}", absolute.0);
    for proxy in ["forwarded: for=192.0.2.7;proto=https", "x-forwarded-for: 192.0.2.7"] {
        let posed = web.browse(port, &get(PAGE, &host, &format!("{proxy}\r\n")));
        assert_eq!(posed.status(), 403, "{proxy}: {}", posed.0);
    }
    let plain = send_plain(HERE, port, &get(PAGE, &host, &format!("x-a: {SECRET}\r\n")));
    assert_eq!(plain.status(), 0, "{}", plain.0);
    for (what, times) in [("another_host", 5.0), ("forwarded_request", 2.0), ("no_tls", 1.0)] {
        assert_eq!(web.refused(what).await, times, "{what}");
        assert!(web.log().contains(&format!("what=\"{what}\"")), "{what}: {}", web.log());
    }
    assert!(!web.log().contains(SECRET), "{}", web.log());

    let [cert, _] = web.certificates.web();
    let made = |cert: &PathBuf| CertificateDer::from_pem_file(cert).expect("a certificate");
    let first = made(&cert);
    assert_eq!(web.shown(port), first);
    std::fs::write(&cert, "no certificate").expect("written");
    until("the broken file is noticed", async || {
        web.log().contains("the old ones stay in force")
    })
    .await;
    assert_eq!(web.shown(port), first);
    web.certificates.renew();
    let second = made(&cert);
    assert_ne!(first, second);
    until("the new certificate is shown", async || web.shown(port) == second).await;
    assert_eq!(web.browse(port, &get(PAGE, &host, "")).status(), 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn five_thousand_connections_that_ask_for_nothing_keep_nobody_from_a_page_over_tls() {
    raise_open_files();
    let web = Exposed::start(by_itself).await;
    let (port, host) = (web.port, format!("localhost:{}", web.port));
    // Nothing, the beginning of a greeting, and a greeting that does not go on.
    let mut held = Vec::new();
    for sends in [&b""[..], b"\x16\x03\x01", b"\x16\x03\x01\x02\x00\x01"]
        .iter()
        .cycle()
        .take(5_000)
    {
        let mut stream = TcpStream::connect(web.web()).expect("the port answers");
        // One that was turned away already is no failure of the attack.
        let _ = stream.write_all(sends);
        held.push(stream);
        if held.len() % 50 == 0 {
            // What the system has no room to queue it has wait for a second.
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    }
    let page = web.browse(port, &get(PAGE, &host, ""));
    assert_eq!(page.status(), 200, "{}", page.0);
    // The others have their places until they have kept us waiting for too long.
    until("everybody else is shown out", async || {
        web.refused("too_many_connections").await + web.refused("slow_greeting").await >= 5_000.0
    })
    .await;
    let refused = web.refused("too_many_connections").await;
    assert!(refused >= 3_976.0, "there are 1,024 places: {refused}");
    let lines = web.log().matches("what=\"too_many_connections\"").count();
    assert!((1..=101).contains(&lines), "{lines} lines");
    assert_eq!(web.browse(port, &get(PAGE, &host, "")).status(), 200);
    // Who has greeted must ask too.
    let half = web.browse(port, &format!("GET {PAGE} HTTP/1.1\r\nhost: {host}\r\nx-a: {SECRET}"));
    assert_eq!(half.status(), 0, "{}", half.0);
    assert_eq!(web.refused("slow_request").await, 1.0);
    assert!(!web.log().contains(SECRET), "{}", web.log());
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_known_proxy_says_is_believed_and_what_anybody_else_says_is_not() {
    let (web, nginx, at) = behind_nginx(2).await;
    let host = format!("localhost:{at}");
    let page = web.browse(at, &get(PAGE, &host, ""));
    assert_eq!(page.status(), 200, "{} {}", page.0, nginx.log());
    assert!(page.0.contains("strict-transport-security: max-age="), "{}", page.0);
    let english = web.browse(at, &get("/sprak/en", &host, ""));
    assert!(english.0.contains("__Host-language=en;"), "{}", english.0);
    let elsewhere = web.browse(at, &get(PAGE, "ond.example", ""));
    assert_eq!(elsewhere.status(), 421, "{}", elsewhere.0);
    // It writes down who asked for what, and no address that lets anybody in.
    for path in ["/lank/", "/in/inbjudan/"].map(|before| format!("{before}{}", "0".repeat(64))) {
        let link = web.browse(at, &get(&path, &host, ""));
        assert_eq!(link.status(), 200, "{path}: {}", link.0);
    }
    let written = nginx.access();
    assert!(
        written.contains("/sprak/en") && !written.contains("000000"),
        "{written}"
    );

    // Whoever asks too often does so under whatever name they give themselves, and others are not kept waiting for it.
    let posed = |number: usize| {
        let more = format!(
            "forwarded: for=198.51.100.{number};proto=http\r\nx-forwarded-for: 198.51.100.{number}\r\nx-real-ip: 198.51.100.{number}\r\n"
        );
        web.browse(at, &get(PAGE, &host, &more)).status()
    };
    let statuses: Vec<u16> = (0..40).map(posed).collect();
    assert!(
        statuses.iter().all(|status| [200, 429].contains(status)),
        "{statuses:?}"
    );
    assert!(statuses.contains(&429), "{statuses:?}");
    let other = web.browse_from(ELSEWHERE, at, &get(PAGE, &host, ""));
    assert_eq!(other.status(), 200, "{}", other.0);

    // Past the proxy.
    for (from, more, what, says) in [
        (
            ELSEWHERE,
            "forwarded: for=192.0.2.7;proto=https\r\n",
            "forwarded_request",
            "web.proxy",
        ),
        (
            ELSEWHERE,
            "x-forwarded-for: 192.0.2.7\r\n",
            "forwarded_request",
            "web.proxy",
        ),
        (ELSEWHERE, "", "plain_request", host.as_str()),
        (HERE, "", "not_forwarded", "Forwarded"),
        (HERE, "x-forwarded-for: 192.0.2.7\r\n", "not_forwarded", "Forwarded"),
        (
            HERE,
            "forwarded: for=hemligt;proto=https\r\n",
            "not_forwarded",
            "Forwarded",
        ),
        (
            HERE,
            "forwarded: for=192.0.2.7;proto=http\r\n",
            "plain_request",
            host.as_str(),
        ),
    ] {
        let before = web.refused(what).await;
        let answer = send_plain(from, web.port, &get(PAGE, &host, more));
        assert_eq!(answer.status(), 403, "{from} {more}: {}", answer.0);
        assert!(answer.0.contains(says), "{from} {more}: {}", answer.0);
        assert!(answer.0.contains("strict-transport-security: "), "{}", answer.0);
        assert_eq!(web.refused(what).await, before + 1.0, "{from} {more}");
    }
    // Whoever is slow, or says nothing, keeps the proxy waiting, and nobody else.
    let held: Vec<_> = (0..500)
        .map(|_| TcpStream::connect((HERE, at)).expect("nginx answers"))
        .collect();
    let half = web.browse_from(
        ELSEWHERE,
        at,
        &format!("GET {PAGE} HTTP/1.1\r\nhost: {host}\r\nx-a: {SECRET}"),
    );
    assert_eq!(half.status(), 0, "{}", half.0);
    let other = web.browse_from(ELSEWHERE, at, &get(PAGE, &host, ""));
    assert_eq!(other.status(), 200, "{}", other.0);
    assert_eq!(web.refused("slow_request").await, 0.0);
    drop(held);
    let handed_on = send_plain(
        HERE,
        web.port,
        &get(PAGE, &host, "forwarded: for=192.0.2.7;proto=https\r\n"),
    );
    assert_eq!(handed_on.status(), 200, "{}", handed_on.0);
    assert!(!web.log().contains(SECRET), "{}", web.log());
}

/// Requests about whose end there may be two opinions; what stands behind one of them is one of its own, for whoever takes it so.
fn ambiguous(host: &str, forwarded: &str) -> Vec<String> {
    let behind = format!("GET /sprak/en HTTP/1.1\r\nhost: {host}\r\n{forwarded}\r\n\r\n");
    let body = format!("0\r\n\r\n{behind}");
    let length = body.len();
    let headers = [
        format!("content-length: {length}\r\ntransfer-encoding: chunked"),
        format!("transfer-encoding: chunked\r\ncontent-length: {length}"),
        format!("content-length: 0\r\ncontent-length: {length}"),
        "content-length: 0\r\ntransfer-encoding: identity".to_owned(),
        format!("content-length: 0, {length}"),
        format!("content-length: +{length}"),
        format!("content-length: 0x{length:x}"),
        format!("content-length : {length}"),
        format!("content-length: {length}\r\ntransfer-encoding: xchunked"),
        format!("content-length: {length}\r\ntransfer-encoding : chunked"),
        format!("content-length: {length}\r\ntransfer-encoding:\x0bchunked"),
        format!("content-length: {length}\r\ntransfer-encoding: chunked, identity"),
        format!("content-length: {length}\r\ntransfer-encoding: identity\r\ntransfer-encoding: chunked"),
        format!("content-length: {length}\r\ntransfer_encoding: chunked"),
        format!("content-length: {length}\r\ntransfer-encoding:\r\n chunked"),
        format!("content-length: {length}\r\nx-a: a\rtransfer-encoding: chunked"),
        format!("content-length: {length}\r\nx-a: a\ntransfer-encoding: chunked"),
        format!("content-length: {length}\r\nx-a: a\0b"),
        format!("content-length: {length}\r\n\r\ttransfer-encoding: chunked"),
    ];
    let ambiguous = headers.iter().map(|header| {
        format!("POST /valj HTTP/1.1\r\nhost: {host}\r\n{forwarded}\r\nx-b: {SECRET}\r\n{header}\r\n\r\n{body}")
    });
    // Before there were pieces.
    let old = format!("POST /valj HTTP/1.0\r\nhost: {host}\r\n{forwarded}\r\ntransfer-encoding: chunked\r\n\r\n{body}");
    ambiguous.chain([old]).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn no_request_comes_along_hidden_in_another_through_a_proxy_or_past_it() {
    let (web, nginx, at) = behind_nginx(0).await;
    let host = format!("localhost:{at}");
    let forwarded = "forwarded: for=192.0.2.7;proto=https";
    // It would be seen: one that follows openly is answered.
    let follows = |first: &str| format!("{first}{}", get("/sprak/en", &host, &format!("{forwarded}\r\n")));
    let open = follows(&format!("GET {PAGE} HTTP/1.1\r\nhost: {host}\r\n{forwarded}\r\n\r\n"));
    for answer in [web.browse(at, &open), send_plain(HERE, web.port, &open)] {
        assert!(answer.0.contains(ENGLISH), "{}", answer.0);
    }
    let is_whole = |answer: &Browsed, attempt: &str| {
        assert!(
            !answer.0.contains(ENGLISH),
            "{attempt:?} was taken for two: {}",
            answer.0
        );
        assert!(
            answer.0.is_empty() || answer.status() >= 400,
            "{attempt:?}: {}",
            answer.0
        );
    };
    for attempt in ambiguous(&host, forwarded) {
        // What follows openly ends the connection, where the attempt has not.
        let attempt = attempt + &get(PAGE, &host, &format!("{forwarded}\r\n"));
        is_whole(&web.browse(at, &attempt), &attempt);
        is_whole(&send_plain(HERE, web.port, &attempt), &attempt);
        // Nobody behind it gets its answer.
        let honest = web.browse(at, &get(PAGE, &host, ""));
        assert_eq!(honest.status(), 200, "{attempt:?}: {} {}", honest.0, nginx.log());
        assert!(honest.0.contains("<html lang=\"sv\""), "{attempt:?}: {}", honest.0);
    }
    for what in ["no_length", "no_http"] {
        assert!(web.refused(what).await >= 1.0, "{what}");
    }
    assert!(!web.log().contains(SECRET), "{}", web.log());
}

#[test]
fn every_page_of_a_sample_region_says_that_it_is_one() {
    let folder = TempDir::new().expect("a folder");
    let server = Server::start(folder.path(), &["--demo"]);
    let (sv, en) = (
        "Påhittad region att prova i, öppen för alla.",
        "An invented region to try things in, open to all.",
    );
    let mut reader = Reader::new(server.addresses.web);
    for path in ["/", "/finns-inte", "/in/abc"] {
        let page = reader.get(path).html;
        assert!(page.contains(sv), "{path}: {page}");
    }
    reader.become_person("Maria Lindqvist", "submitter");
    for path in ["/ideer", "/ideer/ny", "/finns-inte", "/ord"] {
        let page = reader.get(path).html;
        assert!(page.contains(sv), "{path}: {page}");
    }
    reader.get("/sprak/en");
    assert!(reader.get("/ideer").html.contains(en));
    drop(server);
    let folder = TempDir::new().expect("a folder");
    let server = Server::start(folder.path(), &[]);
    let page = Reader::new(server.addresses.web).get("/").html;
    assert!(!page.contains(sv), "{page}");
}
