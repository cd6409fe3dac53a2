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

/// What nobody links to: searches, by who looks for what.
const SEARCHES: [(&str, &str); 2] = [
    ("coordinator", "/inkorg?ord=skola"),
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

/// A path without its ids, and of what is chosen on it only the words that are looked for.
fn kind(path: &str) -> String {
    let (path, query) = path.split_once('?').unwrap_or((path, ""));
    let is_id = |part: &str| part.len() == 36 && part.matches('-').count() == 4;
    let parts: Vec<_> = path
        .split('/')
        .map(|part| if is_id(part) { "…" } else { part })
        .collect();
    let word = query.split('&').find(|part| part.starts_with("ord="));
    let word = word.map_or_else(String::new, |word| format!("?{word}"));
    format!("{}{word}", parts.join("/"))
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
    }
    // So that a page that is refused to everybody does not pass for a quick one.
    assert!(pages.len() > 15, "only these were found: {:?}", pages.keys());
    pages.into_values().collect()
}
