//! What people wait for: every page of the sample region, each beside the stylesheet, the one answer that is not worked for; and signing in.
//!
//! `idesluss up --demo` runs as a process of its own, as on a laptop: SQLite, everything over gRPC inside, pages over HTTP/1.1. Whoever can
//! reach a page is found by following every link in every role, so a new page is measured without being named here. Each is asked for by one
//! visitor alone, then by 32 at once, each with a connection of their own who asks anew as soon as they are answered; the stylesheet in
//! the same way, by the same client, through the same server. What a page takes longer than that is what it does.

mod entrance;
mod felt;
mod found;
mod lives;
mod region;
mod visit;

use found::Page;
use idesluss_tests::{Aim, Server, Times, aim, median, note, save};
use std::time::Duration;
use tempfile::TempDir;
use visit::{Visited, visit};

/// The file that no page is quicker than.
const STATIC: &str = "/stil.css";

/// How many visit a page at once.
const VISITORS: usize = 32;

/// How long everything is measured.
#[derive(Clone, Copy)]
struct Spans {
    warm_up: Duration,
    alone: Duration,
    at_once: Duration,
    steady: Duration,
}

const MEASURED: Spans = Spans {
    warm_up: Duration::from_millis(100),
    alone: Duration::from_millis(500),
    at_once: Duration::from_millis(1_500),
    steady: Duration::from_secs(10),
};
/// To see that it runs: what comes of it says nothing.
const QUICK: Spans = Spans {
    warm_up: Duration::ZERO,
    alone: Duration::ZERO,
    at_once: Duration::from_millis(20),
    steady: Duration::from_millis(500),
};

/// How often the stylesheet is measured: before, between and after the pages, for a machine is not always equally quick.
const STATIC_EVERY: usize = 8;

/// What a page may take that only looks things up: by how much longer than the stylesheet alone, and in milliseconds among many.
const LONGER_ALONE: f64 = 40.0;
const MS_ALONE: f64 = 5.0;
const LONGER_AT_ONCE: f64 = 40.0;

/// What was measured of one address.
struct Measured {
    alone: Times,
    at_once: Visited,
}

async fn measure(server: &Server, path: &str, cookie: &str, spans: Spans) -> Measured {
    let web = server.addresses.web;
    visit(web, path, cookie, 1, spans.warm_up).await;
    let alone = visit(web, path, cookie, 1, spans.alone).await.times;
    visit(web, path, cookie, VISITORS, spans.warm_up).await;
    let at_once = visit(web, path, cookie, VISITORS, spans.at_once).await;
    Measured { alone, at_once }
}

fn print(what: &str, who: &str, measured: &Measured) {
    note(serde_json::json!({
        "page": what,
        "role": who,
        "alone_p50_ms": measured.alone.p50_ms(),
        "at_once_p50_ms": measured.at_once.times.p50_ms(),
        "at_once_p99_ms": measured.at_once.times.p99_ms(),
        "a_second": measured.at_once.rate,
    }));
    println!(
        "  {what:<38} {who:<15} {:>7.1}  {:>7.2}  {:>7.2}  {:>7.2}  {:>8.0}",
        measured.at_once.bytes as f64 / 1024.0,
        measured.alone.p50_ms(),
        measured.at_once.times.p50_ms(),
        measured.at_once.times.p99_ms(),
        measured.at_once.rate,
    );
}

/// The page that is worst in something, and how bad.
fn worst<'a>(
    pages: impl IntoIterator<Item = &'a (Page, Measured)>,
    value: impl Fn(&Measured) -> f64,
) -> (&'a str, f64) {
    let of = pages
        .into_iter()
        .map(|(page, measured)| (page.kind.as_str(), value(measured)));
    of.max_by(|one, other| one.1.total_cmp(&other.1))
        .expect("there are pages")
}

fn main() {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .expect("a runtime");
    // As many ideas more; none unless it is said.
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let more: usize = arguments.iter().find_map(|argument| argument.parse().ok()).unwrap_or(0);
    let is_quick = arguments.iter().any(|argument| argument == "quick");
    let spans = if is_quick { QUICK } else { MEASURED };
    // Signing in alone, for whoever works on that.
    if arguments.iter().any(|argument| argument == "signing-in") {
        entrance::everything(&runtime, spans.steady);
        return save("signing-in");
    }
    let passing = TempDir::new().expect("a folder");
    let folder = match more {
        0 => passing.path().to_owned(),
        _ => region::folder(more).join("data"),
    };
    let server = Server::start_saying(&folder, &["--demo"], "warn");
    // What was made by an earlier version is built anew first.
    felt::wait_for_indexes(&runtime, &server, &folder);
    let pages = found::everything(server.addresses.web);
    println!("\n{} kinds of pages; {VISITORS} visitors at once", pages.len());
    println!(
        "  {:<38} {:<15} {:>7}  {:>7}  {:>7}  {:>7}  {:>8}",
        "", "", "KiB", "p50 ms", "p50 ms", "p99 ms", "a second"
    );
    println!(
        "  {:<38} {:<15} {:>7}  {:>7}  {:>25}",
        "page", "seen by", "", "alone", "at once"
    );
    let (mut limits, mut measured) = (Vec::new(), Vec::new());
    runtime.block_on(async {
        for (number, page) in pages.into_iter().enumerate() {
            if number % STATIC_EVERY == 0 {
                let limit = measure(&server, STATIC, "", spans).await;
                print(STATIC, "everybody", &limit);
                limits.push(limit);
            }
            let of = measure(&server, &page.path, &page.cookie, spans).await;
            print(&page.kind, page.role, &of);
            measured.push((page, of));
        }
        let limit = measure(&server, STATIC, "", spans).await;
        print(STATIC, "everybody", &limit);
        limits.push(limit);
    });
    let alone = median(limits.iter().map(|limit| limit.alone.p50_ms()).collect());
    let at_once = median(limits.iter().map(|limit| limit.at_once.times.p99_ms()).collect());
    println!(
        "  the stylesheet, the middle of {} times: p50 alone {alone:.3} ms, p99 at once {at_once:.2} ms",
        limits.len()
    );
    let (page, ms) = worst(&measured, |of| of.alone.p50_ms());
    aim(
        &format!("the slowest page alone, p50: {page}"),
        ms,
        "ms",
        Aim::AtMost(MS_ALONE),
    );
    let (page, times) = worst(&measured, |of| of.alone.p50_ms() / alone);
    aim(
        &format!("the stylesheet's p50 alone: {page}"),
        times,
        "×",
        Aim::AtMost(LONGER_ALONE),
    );
    let (page, times) = worst(&measured, |of| of.at_once.times.p99_ms() / at_once);
    aim(
        &format!("the stylesheet's p99 at once: {page}"),
        times,
        "×",
        Aim::AtMost(LONGER_AT_ONCE),
    );
    if more > 0 {
        // Those that weigh much are asked for so often a second below.
        let others = measured
            .iter()
            .filter(|(page, _)| !felt::WEIGHTY.contains(&&*page.kind));
        let (page, ms) = worst(others, |of| of.at_once.times.p99_ms());
        let bound = if more > 200_000 { 100.0 } else { 50.0 };
        aim(
            &format!("{VISITORS} visitors at once, p99, the slowest page: {page}"),
            ms,
            "ms",
            Aim::AtMost(bound),
        );
        let pages: Vec<Page> = measured.into_iter().map(|(page, _)| page).collect();
        felt::everything(&runtime, server, &folder, &pages, more, spans.steady);
    }
    entrance::everything(&runtime, spans.steady);
    save(if is_quick { "pages-quick" } else { "pages" });
}
