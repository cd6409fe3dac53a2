//! Every page that somebody in any role comes to, in a real browser: nothing that axe finds, and some of what it can't see.

use crate::crawl::pattern;
use idesluss_tests::{Chromium, Reader, Server, npm};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet, VecDeque};
use tempfile::TempDir;

/// Somebody in every role: the name, the role, and what the role is called on the pages.
pub(crate) const PEOPLE: [(&str, &str, &str); 10] = [
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
pub(crate) fn pages(server: &Server, name: &str, role: &str) -> Vec<String> {
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

/// How a page is looked at.
#[derive(Debug, Clone, Copy)]
struct Look {
    language: &'static str,
    width: u32,
    /// As media queries name it.
    theme: (&'static str, &'static str),
    /// With our script.
    script: bool,
}

const LANGUAGES: [&str; 2] = ["sv", "en"];
/// A desktop; the same at 200 and at 400 %, as WCAG wants it to fit; a phone.
const WIDTHS: [u32; 4] = [1280, 640, 320, 390];
const THEMES: [(&str, &str); 3] = [
    ("prefers-color-scheme", "light"),
    ("prefers-color-scheme", "dark"),
    ("forced-colors", "active"),
];

/// Every way to look at a page.
fn looks() -> Vec<Look> {
    let mut looks = Vec::new();
    for script in [true, false] {
        for theme in THEMES {
            for language in LANGUAGES {
                looks.extend(WIDTHS.map(|width| Look {
                    language,
                    width,
                    theme,
                    script,
                }));
            }
        }
    }
    looks
}

impl Look {
    async fn put_on(self, browser: &Chromium) {
        let media = json!({ "features": [{ "name": self.theme.0, "value": self.theme.1 }] });
        browser.tell("Emulation.setEmulatedMedia", media).await;
        let blocked = if self.script { json!([]) } else { json!(["*/skript.js"]) };
        browser.tell("Network.enable", json!({})).await;
        browser.tell("Network.setBlockedURLs", json!({ "urls": blocked })).await;
        browser.speak(self.language).await;
        let height = if self.width > 700 { 900 } else { 700 };
        browser
            .client
            .set_window_size(self.width, height)
            .await
            .expect("a window");
    }
}

/// What is said in another language than `language` and in no way in it: whole sentences and names of things.
fn foreign(language: &str) -> Value {
    let file = |code: &str| {
        let languages = concat!(env!("CARGO_MANIFEST_DIR"), "/../services/phrases/languages");
        std::fs::read_to_string(format!("{languages}/{code}.ftl")).expect("a language's file")
    };
    let phrases = |text: &str| -> BTreeSet<String> {
        let said = text.lines().filter_map(|line| line.split_once(" = "));
        let plain = said.filter(|(name, said)| !name.starts_with("format-") && !said.contains('{') && said.len() > 8);
        plain.map(|(_, said)| said.to_owned()).collect()
    };
    let own = file(language);
    let others = LANGUAGES.iter().filter(|code| **code != language);
    let foreign: BTreeSet<String> = others.flat_map(|code| phrases(&file(code))).collect();
    json!(
        foreign
            .iter()
            .filter(|phrase| !own.contains(phrase.as_str()))
            .collect::<Vec<_>>()
    )
}

/// How each page is looked at: in every way; or as it is, and every other one in another way too, from page to page.
fn chosen(number: usize) -> Vec<Look> {
    let all = looks();
    if std::env::var_os("PAGES_IN_EVERY_LOOK").is_some() {
        return all;
    }
    // Next to each other in the list are widths; 7 is prime to its length, so that all come by.
    let other = all[number / 2 * 7 % all.len()];
    match number % 2 {
        0 => vec![all[0]],
        _ => vec![all[0], other],
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_page_of_every_role_is_usable_by_everybody() {
    let axe = std::fs::read_to_string(npm("axe").join("node_modules/axe-core/axe.min.js")).expect("axe");
    let folder = TempDir::new().expect("a folder");
    let server = Server::start(folder.path(), &["--demo"]);
    let browser = Chromium::start(server.addresses.web).await;
    let foreign: BTreeMap<&str, Value> = LANGUAGES.iter().map(|code| (*code, foreign(code))).collect();
    let mut wrong = BTreeSet::new();
    let mut looked_at = 0;
    for (name, role, called) in PEOPLE {
        let paths = pages(&server, name, role);
        browser.speak("sv").await;
        browser.become_person(name, called).await;
        for (number, path) in paths.into_iter().enumerate() {
            for look in chosen(number) {
                look.put_on(&browser).await;
                browser.open(&path).await;
                browser.client.execute(&axe, Vec::new()).await.expect("axe runs");
                let seen = violations(&browser).await;
                let script = include_str!("overlooked.js");
                let overlooked = browser
                    .client
                    .execute(script, vec![foreign[look.language].clone()])
                    .await;
                for found in [seen, overlooked.expect("an answer")] {
                    if found != json!([]) {
                        wrong.insert(format!("{role} {path} {look:?}: {found}"));
                    }
                }
                looked_at += 1;
            }
            // At 400 % of a desktop it fits all the same.
            browser.client.set_window_size(320, 700).await.expect("a window");
            let wide = browser
                .ask("return document.documentElement.scrollWidth - document.documentElement.clientWidth")
                .await;
            if wide.as_i64().is_none_or(|pixels| pixels > 0) {
                wrong.insert(format!("{role} {path} at 320 px: {wide} px too wide"));
            }
        }
    }
    assert!(looked_at > 100, "{looked_at}");
    let told: Vec<&str> = wrong.iter().map(String::as_str).collect();
    assert!(wrong.is_empty(), "{} of {looked_at}:\n{}", wrong.len(), told.join("\n"));
    browser.client.clone().close().await.expect("closed");
}
