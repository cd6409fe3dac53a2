//! Every page that somebody in any role comes to, in a real browser: nothing that axe finds, and some of what it can't see.

use crate::crawl::pattern;
use idesluss_tests::{Chromium, Reader, Server, npm};
use serde_json::{Value, json};
use std::collections::{BTreeMap, VecDeque};
use tempfile::TempDir;

/// Somebody in every role: the name, the role, and what the role is called on the pages.
const PEOPLE: [(&str, &str, &str); 10] = [
    ("Maria Lindqvist", "submitter", "idégivare"),
    ("Anders Holm", "coordinator", "slussledare"),
    ("Eva Sandberg", "assessor", "bedömare"),
    ("Karin Åkesson", "decision-maker", "beslutsfattare"),
    ("Lars Nyberg", "registrar", "registrator"),
    ("Helena Bratt", "need-owner", "behovsägare"),
    ("Sofia Marklund", "steward", "förvaltare"),
    ("Daniel Kvist", "adopter", "införare"),
    ("Birgitta Wallin", "auditor", "revisor"),
    ("Agneta Sund", "administrator", "organisationsadministratör"),
];

/// The most pages that one person looks at on the way to one of each kind.
const PAGES: usize = 150;

/// One path of each kind of page, and of each number of its forms: what may be done differs from state to state.
fn pages(server: &Server, name: &str, role: &str) -> Vec<String> {
    let mut person = Reader::new(server.addresses.web);
    let start = person.become_person(name, role);
    let mut found: BTreeMap<(String, usize), String> = BTreeMap::new();
    let (mut queue, mut seen) = (VecDeque::new(), Vec::new());
    let mut next = Some(("/start".to_owned(), start.html));
    while let Some((path, html)) = next.take() {
        let kind = (pattern(&path), html.matches("<form").count());
        found.entry(kind).or_insert(path);
        for link in html.split("href=\"").skip(1).filter_map(|rest| rest.split('"').next()) {
            let page = link.starts_with('/')
                && !link.starts_with("/sprak")
                && !link.contains(['.', '&'])
                && !link.contains("/fil/");
            if page && seen.len() < PAGES && !seen.iter().any(|known| known == link) {
                seen.push(link.to_owned());
                queue.push_back(link.to_owned());
            }
        }
        if let Some(path) = queue.pop_front() {
            let html = person.get(&path).html;
            next = Some((path, html));
        }
    }
    found.into_values().collect()
}

/// What axe finds on the page as it stands, each rule with what breaks it, everything unfolded.
async fn violations(browser: &Chromium) -> Value {
    let script = "const done = arguments[arguments.length - 1];
        document.querySelectorAll('details').forEach(fold => fold.open = true);
        axe.run(document, { resultTypes: ['violations'] }).then(
            found => done(found.violations.map(rule => rule.id + ': ' + rule.nodes.map(node => node.target.join(' ')).join(', '))),
            error => done(['axe failed: ' + error]));";
    browser
        .client
        .execute_async(script, Vec::new())
        .await
        .expect("an answer")
}

/// What axe can't see: fields of one form with one name, two marks of where one is, a page that is wider than its window.
async fn overlooked(browser: &Chromium) -> Value {
    browser
        .ask(
            "const found = [];
             for (const form of document.forms) {
                 const named = [...form.elements].filter(field => field.labels && field.labels.length && !['radio', 'checkbox'].includes(field.type));
                 const names = named.map(field => [field.closest('fieldset')?.querySelector('legend')?.textContent, field.labels[0].textContent.trim()].join(' '));
                 names.filter((name, index) => names.indexOf(name) !== index).forEach(name => found.push('two fields are called ' + name + ' in ' + form.action));
             }
             if (document.querySelectorAll('nav:not(.tabs) [aria-current]').length > 1) found.push('one is in two places');
             const wide = document.documentElement.scrollWidth - document.documentElement.clientWidth;
             if (wide > 0) found.push(wide + ' px too wide');
             if (document.querySelectorAll('h1').length !== 1) found.push('not one heading');
             return found;",
        )
        .await
}

#[tokio::test(flavor = "multi_thread")]
async fn every_page_of_every_role_is_usable_by_everybody() {
    let axe = std::fs::read_to_string(npm("axe").join("node_modules/axe-core/axe.min.js")).expect("axe");
    let folder = TempDir::new().expect("a folder");
    let server = Server::start(folder.path(), &["--demo"]);
    let browser = Chromium::start(server.addresses.web).await;
    let mut wrong = Vec::new();
    let mut looked_at = 0;
    for (name, role, called) in PEOPLE {
        let paths = pages(&server, name, role);
        browser.become_person(name, called).await;
        for path in paths {
            for (width, height) in [(1280, 900), (320, 700)] {
                browser.client.set_window_size(width, height).await.expect("a window");
                browser.open(&path).await;
                browser.client.execute(&axe, Vec::new()).await.expect("axe runs");
                for found in [violations(&browser).await, overlooked(&browser).await] {
                    if found != json!([]) {
                        wrong.push(format!("{role} {path} at {width} px: {found}"));
                    }
                }
                looked_at += 1;
            }
        }
    }
    assert!(looked_at > 100, "{looked_at}");
    assert!(
        wrong.is_empty(),
        "{} of {looked_at}:\n{}",
        wrong.len(),
        wrong.join("\n")
    );
    browser.client.clone().close().await.expect("closed");
}
