//! Visitors: each asks for a page on a connection of its own, reads it to its end, and asks anew.

use http::{Request, StatusCode, header};
use http_body_util::{BodyExt as _, Empty};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use idesluss_tests::{Times, rate};
use std::net::SocketAddr;
use std::time::{Duration, Instant};

/// What so many visitors have found in a time.
pub(crate) struct Visited {
    pub(crate) times: Times,
    /// Pages a second, over all of them.
    pub(crate) rate: f64,
    /// How long one page is.
    pub(crate) bytes: usize,
}

type Connection = Client<HttpConnector, Empty<&'static [u8]>>;

fn connection() -> Connection {
    let mut connector = HttpConnector::new();
    // Nothing of ours waits for more to send.
    connector.set_nodelay(true);
    Client::builder(TokioExecutor::new())
        .pool_max_idle_per_host(1)
        .build(connector)
}

/// Asks for the page once. Returns its length. Panics when it is not what it should be.
async fn once(connection: &Connection, web: SocketAddr, path: &str, cookie: &str) -> usize {
    let request = Request::get(format!("http://{web}{path}"))
        .header(header::COOKIE, cookie)
        .body(Empty::new())
        .expect("a request");
    let answer = connection.request(request).await.expect("it is answered");
    assert_eq!(answer.status(), StatusCode::OK, "{path}");
    answer.into_body().collect().await.expect("to its end").to_bytes().len()
}

/// Has so many visitors ask for a page for a time.
pub(crate) async fn visit(web: SocketAddr, path: &str, cookie: &str, visitors: usize, time: Duration) -> Visited {
    let began = Instant::now();
    let tasks: Vec<_> = (0..visitors)
        .map(|_| {
            let (path, cookie) = (path.to_owned(), cookie.to_owned());
            tokio::spawn(async move {
                let connection = connection();
                // Connecting is not part of the page.
                let bytes = once(&connection, web, &path, &cookie).await;
                let mut times = Vec::new();
                while times.is_empty() || began.elapsed() < time {
                    let one = Instant::now();
                    once(&connection, web, &path, &cookie).await;
                    times.push(one.elapsed());
                }
                (times, bytes)
            })
        })
        .collect();
    let (mut times, mut length) = (Vec::new(), 0);
    for task in tasks {
        let (waited, bytes) = task.await.expect("a visitor does not panic");
        times.extend(waited);
        length = bytes;
    }
    Visited {
        rate: rate(times.len(), began.elapsed()),
        times: Times::new(times),
        bytes: length,
    }
}

/// Has a page asked for so many times a second, whether or not those before were answered: nobody waits for somebody else's page before they ask.
/// The time of each counts from when it was due.
pub(crate) async fn arrive(web: SocketAddr, path: &str, cookie: &str, a_second: u32, time: Duration) -> Times {
    let connections = Client::builder(TokioExecutor::new()).build({
        let mut connector = HttpConnector::new();
        connector.set_nodelay(true);
        connector
    });
    let pause = Duration::from_secs(1) / a_second;
    let (began, mut due) = (Instant::now(), Instant::now());
    let mut visits = Vec::new();
    while began.elapsed() < time {
        tokio::time::sleep_until(due.into()).await;
        let (connections, path, cookie) = (connections.clone(), path.to_owned(), cookie.to_owned());
        visits.push(tokio::spawn(async move {
            once(&connections, web, &path, &cookie).await;
            due.elapsed()
        }));
        due += pause;
    }
    let mut times = Vec::with_capacity(visits.len());
    for visit in visits {
        times.push(visit.await.expect("a visitor does not panic"));
    }
    // The first connect.
    Times::new(times.split_off(times.len().min(8) / 2))
}
