//! Identity in pieces: whoever is signed in goes on, and what somebody had typed comes back.

use idesluss_tests::{Answer, Apart, Plan, Reader};
use std::time::{Duration, Instant};

const SERVICE: &str = "identity";

/// A field's text that tells an idea from all others.
fn title(number: u32) -> String {
    format!("Larm på kyl nummer {number}")
}

/// Fills the form of a new idea in, as its page draws it.
fn submit(browser: &mut Reader, form: &str, number: u32) -> Answer {
    let title = title(number);
    let fields = [
        ("title", title.as_str()),
        ("problem", "Mat blir dålig när kylen stannar <och> ingen märker det."),
        ("owner", "1"),
        ("terms", "ja"),
    ];
    browser.fill(form, "/ideer", &fields)
}

/// How often an idea stands on its submitter's own list.
fn listed(browser: &mut Reader, number: u32) -> usize {
    browser.get("/ideer").html.matches(&title(number)).count()
}

/// Tries until the web takes what is done, as somebody would who is told to wait a moment. Panics with what it said after half a minute.
async fn at_last(what: &str, mut act: impl FnMut() -> Answer) -> Answer {
    let until = Instant::now() + Duration::from_secs(30);
    loop {
        let answer = act();
        if answer.status == 200 {
            return answer;
        }
        assert!(Instant::now() < until, "{what}: {} {}", answer.status, answer.html);
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn while_parts_of_identity_are_away_work_goes_on_and_what_was_typed_comes_back() {
    let plan = Plan {
        replicas: 2,
        ..Plan::default()
    };
    let mut apart = Apart::start(plan).await;
    let mut browser = apart.browser("gateway");
    browser.become_person("submitter 0 i uddevalla", "submitter");
    let form = |browser: &mut Reader| browser.get("/ideer/ny").html;

    // Its writer: the other replica answers, and takes over.
    apart.kill("identity-1");
    let page = form(&mut browser);
    let taken = submit(&mut browser, &page, 1);
    assert_eq!(taken.status, 200, "{}", taken.html);
    apart.begin("identity-1");
    apart.ready("identity-1").await;

    // The broker.
    apart.nats.kill();
    let page = form(&mut browser);
    assert_eq!(submit(&mut browser, &page, 2).status, 200);
    apart.nats.resume();

    // Its database: who is signed in was asserted a moment ago.
    let database = apart.databases[SERVICE].name.clone();
    let away = format!(
        "ALTER DATABASE \"{database}\" ALLOW_CONNECTIONS false;
         SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{database}'"
    );
    let page = form(&mut browser);
    for statement in away.split(';') {
        apart.postgres.sql(statement);
    }
    assert_eq!(submit(&mut browser, &page, 3).status, 200);

    // Nothing is asserted any more: a gateway that has begun anew asks in vain, and gives back what was typed.
    let page = form(&mut browser);
    apart.kill("gateway");
    apart.begin("gateway");
    let refused = loop {
        // It listens before it is ready: for that it waits for identity.
        tokio::time::sleep(Duration::from_millis(200)).await;
        if std::net::TcpStream::connect(("127.0.0.1", apart.web)).is_ok() {
            break submit(&mut browser, &page, 4);
        }
    };
    assert_eq!(refused.status, 503, "{}", refused.html);
    for typed in [title(4).as_str(), "ingen märker det", "Skicka igen"] {
        assert!(refused.html.contains(typed), "{typed}: {}", refused.html);
    }
    // All of it is away now.
    apart.kill("identity-1");
    apart.kill("identity-2");
    let refused = browser.fill(&refused.html, "/ideer", &[]);
    assert_eq!(refused.status, 503, "{}", refused.html);

    apart
        .postgres
        .sql(&format!("ALTER DATABASE \"{database}\" ALLOW_CONNECTIONS true"));
    for name in ["identity-1", "identity-2"] {
        apart.begin(name);
        apart.ready(name).await;
    }
    apart.ready("gateway").await;
    at_last("the form that came back", || browser.fill(&refused.html, "/ideer", &[])).await;
    // Sent again by mistake it is the same command.
    browser.fill(&refused.html, "/ideer", &[]);
    for number in 1..=4 {
        assert_eq!(listed(&mut browser, number), 1, "{number}");
    }
}
