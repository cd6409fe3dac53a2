//! What people feel besides single pages: memory, a steady stream of visitors, an erasure beside others, a start, what is built anew, disk.

use crate::found::Page;
use crate::visit::arrive;
use idesluss_tests::{Aim, Reader, Server, Times, aim, figure};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};
use tokio::runtime::Runtime;

/// Pages that weigh much are asked for so many times a second, whoever waits.
const A_SECOND: u32 = 32;
/// These, where they were found.
pub(crate) const WEIGHTY: [&str; 7] = [
    "/inkorg?ord=python",
    "/inkorg?ord=skola",
    "/losningar?ord=skola",
    "/revision",
    "/revision?steg=…",
    "/revision/beslut/…",
    "/revision/ideer/…",
];
/// What others ask for during an erasure.
const OTHERS: &str = "/inkorg";
const ERASURES: usize = 3;

/// What is aimed at with so many ideas.
struct Aims {
    page_ms: f64,
    memory_mib: f64,
    start_seconds: f64,
    erasure_seconds: f64,
}

impl Aims {
    fn with(ideas: usize) -> Self {
        let (page_ms, memory_mib, start_seconds, erasure_seconds) = match ideas {
            0..=200_000 => (50.0, 256.0, 1.0, 1.0),
            _ => (150.0, 512.0, 2.0, 2.0),
        };
        Self {
            page_ms,
            memory_mib,
            start_seconds,
            erasure_seconds,
        }
    }
}

/// Measures all of it on the region in `data`, to which so many ideas were added. Ends the server.
pub(crate) fn everything(runtime: &Runtime, server: Server, data: &Path, pages: &[Page], ideas: usize, time: Duration) {
    let aims = Aims::with(ideas);
    println!("\nBesides single pages");
    let [own, with_files] = server.memory_mib();
    aim(
        "memory after these pages (RssAnon)",
        own as f64,
        "MiB",
        Aim::AtMost(aims.memory_mib),
    );
    figure(
        "the same with the pages of files at hand (VmRSS)",
        with_files as f64,
        "MiB",
    );
    let web = server.addresses.web;
    let steady = |page: &Page| runtime.block_on(arrive(web, &page.path, &page.cookie, A_SECOND, time));
    for page in pages.iter().filter(|page| WEIGHTY.contains(&&*page.kind)) {
        let what = format!("{} at {A_SECOND} a second, p99", page.kind);
        aim(&what, steady(page).p99_ms(), "ms", Aim::AtMost(aims.page_ms));
    }
    if let Some(others) = pages.iter().find(|page| page.kind == OTHERS) {
        erasures(runtime, &server, others, &aims, time);
    }
    let entries: u64 = runtime.block_on(async {
        let mut entries = 0;
        for service in ["submission", "evaluation", "sharing", "identity"] {
            entries += server.head(service).await.size;
        }
        entries
    });
    assert!(server.stop().success());

    let bytes = bytes(data);
    figure("disk", bytes as f64 / (1 << 20) as f64, "MiB");
    figure("disk for each idea", bytes as f64 / 1024.0 / ideas.max(1) as f64, "KiB");
    let (began, server) = (Instant::now(), start(data));
    aim(
        "start to the first page",
        began.elapsed().as_secs_f64(),
        "s",
        Aim::AtMost(aims.start_seconds),
    );
    assert!(server.stop().success());

    remove(data, "views");
    let (began, server) = (Instant::now(), start(data));
    let million = began.elapsed().as_secs_f64() * 1e6 / entries as f64;
    aim("all views anew, a million entries", million, "s", Aim::AtMost(15.0));
    assert!(server.stop().success());

    remove(data, "search");
    let (began, server) = (Instant::now(), start(data));
    wait_for_indexes(runtime, &server, data);
    // Ideas stand in two indexes.
    let million = began.elapsed().as_secs_f64() * 1e6 / (2 * ideas.max(1)) as f64;
    aim("all indexes anew, a million documents", million, "s", Aim::AtMost(60.0));
    assert!(server.stop().success());
}

/// Waits until every index holds all that stands in its journal now.
pub(crate) fn wait_for_indexes(runtime: &Runtime, server: &Server, data: &Path) {
    let began = Instant::now();
    let is_behind = |(index, next): (&PathBuf, &u64)| {
        let service = index
            .strip_prefix(data)
            .ok()
            .and_then(|below| below.iter().next()?.to_str());
        *next < runtime.block_on(server.head(service.expect("a service's folder"))).size
    };
    loop {
        let indexed = indexed(data);
        if !indexed.is_empty() && !indexed.iter().any(is_behind) {
            return;
        }
        assert!(
            began.elapsed() < Duration::from_secs(1_800),
            "the indexes are not built"
        );
        std::thread::sleep(Duration::from_millis(20));
    }
}

/// Starts it, and waits for its first page.
fn start(data: &Path) -> Server {
    let server = Server::start_saying(data, &["--demo"], "warn");
    assert_eq!(Reader::new(server.addresses.web).get("/").status, 200);
    server
}

/// Ideas are submitted and erased, while others look at their pages: how long each takes until nobody can read it any more, and what others wait for
/// meanwhile beside what they wait for otherwise.
fn erasures(runtime: &Runtime, server: &Server, others: &Page, aims: &Aims, time: Duration) {
    let web = server.addresses.web;
    let (path, cookie) = (others.path.clone(), others.cookie.clone());
    let alone = runtime.block_on(arrive(web, &path, &cookie, A_SECOND, time));
    let visiting = runtime.spawn(async move { arrive(web, &path, &cookie, A_SECOND, time).await });
    let (mut maria, mut lars) = (Reader::new(web), Reader::new(web));
    maria.become_person("Maria Lindqvist", "submitter");
    lars.become_person("Lars Nyberg", "registrar");
    let mut times = Vec::new();
    for number in 0..ERASURES {
        let title = format!("Flyttbara hyllor {number} i förrådet");
        let form = maria.get("/ideer/ny").html;
        let told = [
            ("title", &*title),
            ("problem", "Hyllorna i förrådet går inte att flytta."),
            ("owner", "1"),
            ("terms", "ja"),
        ];
        let idea = maria.fill(&form, "/ideer", &told);
        assert_eq!(idea.status, 200, "{}", idea.html);
        let page = idea
            .html
            .split("action=\"")
            .find_map(|rest| rest.split_once("/begar-radering\"").map(|(at, _)| at.to_owned()));
        let page = page
            .filter(|page| page.starts_with("/ideer/"))
            .expect("an idea can be erased");
        let asked = maria.fill(&idea.html, &format!("{page}/begar-radering"), &[]);
        assert_eq!(asked.status, 200, "{}", asked.html);
        let seen = lars.get(&page).html;
        let began = Instant::now();
        let decided = lars.fill(&seen, &format!("{page}/radera"), &[("basis", "GDPR art. 17.1 a")]);
        assert_eq!(decided.status, 200, "{}", decided.html);
        while lars.get(&page).html.contains(&title) {
            assert!(began.elapsed() < Duration::from_secs(60), "{page} can still be read");
            std::thread::sleep(Duration::from_millis(5));
        }
        times.push(began.elapsed());
    }
    let longest = times.iter().max().copied().unwrap_or_default();
    aim(
        "an erasure, the longest of some",
        longest.as_secs_f64(),
        "s",
        Aim::AtMost(aims.erasure_seconds),
    );
    let meanwhile: Times = runtime.block_on(visiting).expect("visitors do not panic");
    let more = (meanwhile.p99_ms() / alone.p99_ms() - 1.0) * 100.0;
    aim(
        "what others wait for meanwhile, p99, more than otherwise",
        more,
        "%",
        Aim::AtMost(20.0),
    );
}

/// The folders of this name that services have in a data folder.
fn folders(data: &Path, name: &str) -> Vec<PathBuf> {
    let services = std::fs::read_dir(data).expect("a data folder").flatten();
    services
        .map(|service| service.path().join(name))
        .filter(|folder| folder.is_dir())
        .collect()
}

fn remove(data: &Path, name: &str) {
    for folder in folders(data, name) {
        std::fs::remove_dir_all(folder).expect("removed");
    }
}

/// How far each index has come in its journal, as its own commits say.
fn indexed(data: &Path) -> BTreeMap<PathBuf, u64> {
    let mut found = BTreeMap::new();
    for index in folders(data, "search")
        .iter()
        .flat_map(std::fs::read_dir)
        .flatten()
        .flatten()
    {
        let told = std::fs::read(index.path().join("meta.json")).unwrap_or_default();
        let told: serde_json::Value = serde_json::from_slice(&told).unwrap_or_default();
        let next = told["payload"].as_str().and_then(|next| next.parse().ok()).unwrap_or(0);
        found.insert(index.path(), next);
    }
    found
}

/// How much there is in a folder.
fn bytes(folder: &Path) -> u64 {
    let entries = std::fs::read_dir(folder).expect("a folder").flatten();
    let each = entries.map(|entry| match entry.metadata() {
        Ok(about) if about.is_dir() => bytes(&entry.path()),
        Ok(about) if about.is_file() => about.len(),
        _ => 0,
    });
    each.sum()
}
