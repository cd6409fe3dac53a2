//! Which pages there are: whatever a link leads to, in every role.

use idesluss_tests::Reader;
use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::net::SocketAddr;

/// Somebody in every role of the sample region; first those whose pages hold most.
const PEOPLE: [(&str, &str); 9] = [
    ("Anders Holm", "coordinator"),
    ("Karin Åkesson", "decision-maker"),
    ("Eva Sandberg", "assessor"),
    ("Birgitta Wallin", "auditor"),
    ("Daniel Kvist", "steward"),
    ("Sofia Marklund", "adopter"),
    ("Lars Nyberg", "registrar"),
    ("Helena Bratt", "need-owner"),
    ("Maria Lindqvist", "submitter"),
];

/// What nobody links to: searches, by who looks for what. Hardly any of the proposals is about schools, and most are about Python.
const SEARCHES: [(&str, &str); 5] = [
    ("auditor", "/revision?steg=2"),
    ("coordinator", "/inkorg?ord=skola"),
    ("coordinator", "/inkorg?ord=python"),
    ("coordinator", "/sok?ord=skola"),
    ("steward", "/losningar?ord=skola"),
];

/// The most pages that one person looks at.
const PAGES: usize = 120;

/// A page, and who sees it.
pub(crate) struct Page {
    /// Its address without ids: what it is a page of.
    pub(crate) kind: String,
    pub(crate) role: &'static str,
    pub(crate) path: String,
    pub(crate) cookie: String,
}

/// How many pages further the rest of a list is measured.
const DEEP: usize = 20;

/// A path without its ids, and of what is chosen on it the words that are looked for, and that there is a filter, or that it goes on.
fn kind(path: &str) -> String {
    let (path, query) = path.split_once('?').unwrap_or((path, ""));
    let is_id = |part: &str| part.len() == 36 && part.matches('-').count() == 4;
    let parts: Vec<_> = path
        .split('/')
        .map(|part| if is_id(part) { "…" } else { part })
        .collect();
    let chosen = query.split('&').find_map(|part| match part.split_once('=')? {
        ("ord", _) => Some(format!("?{part}")),
        (name @ ("lage" | "sida" | "steg"), _) => Some(format!("?{name}=…")),
        _ => None,
    });
    format!("{}{}", parts.join("/"), chosen.unwrap_or_default())
}

/// The pages that a page leads to.
fn links(html: &str) -> impl Iterator<Item = &str> {
    let links = html
        .split("href=\"")
        .skip(1)
        .filter_map(|rest| rest.split(['"', '#']).next());
    links.filter(|link| {
        let leads_on = link.starts_with('/') && !link.starts_with("/sprak") && !link.contains("/fil/");
        leads_on && !link.contains(['.', '&'])
    })
}

/// The rest of a list, many pages on from `path`; None: it ends before.
fn deep(person: &mut Reader, path: &str) -> Option<String> {
    let mut path = path.to_owned();
    for _ in 1..DEEP {
        let html = person.ask(&path).html;
        path = links(&html).find(|link| link.contains("?sida="))?.to_owned();
    }
    Some(path)
}

/// Every kind of page, as the first who reaches it sees it.
pub(crate) fn everything(web: SocketAddr) -> Vec<Page> {
    let mut pages = BTreeMap::new();
    for (name, role) in PEOPLE {
        let mut person = Reader::new(web);
        let start = person.become_person(name, role);
        let mut queue: VecDeque<String> = VecDeque::from(["/".to_owned()]);
        queue.extend(
            SEARCHES
                .iter()
                .filter(|(by, _)| *by == role)
                .map(|(_, path)| (*path).to_owned()),
        );
        queue.extend(links(&start.html).map(str::to_owned));
        let mut seen: BTreeSet<String> = BTreeSet::new();
        while let Some(path) = queue.pop_front() {
            if seen.len() == PAGES || !seen.insert(path.clone()) {
                continue;
            }
            let answer = person.ask(&path);
            if !answer.location.is_empty() {
                queue.push_back(answer.location);
            } else if answer.status == 200 {
                queue.extend(links(&answer.html).map(str::to_owned));
                let page = || Page {
                    kind: kind(&path),
                    role,
                    path: path.clone(),
                    cookie: person.cookie(),
                };
                pages.entry(kind(&path)).or_insert_with(page);
            }
        }
        for path in seen.iter().filter(|path| path.contains("?sida=")) {
            let kind = format!("{} page {}", kind(path).trim_end_matches("?sida=…"), DEEP + 1);
            if !pages.contains_key(&kind)
                && let Some(path) = deep(&mut person, path)
            {
                let cookie = person.cookie();
                pages.insert(
                    kind.clone(),
                    Page {
                        kind,
                        role,
                        path,
                        cookie,
                    },
                );
            }
        }
    }
    // So that a page that is refused to everybody does not pass for a quick one.
    assert!(pages.len() > 15, "only these were found: {:?}", pages.keys());
    pages.into_values().collect()
}
