//! Every page that a link leads to is there, whoever looks; every form says what is wrong with what is not filled in.

use idesluss_tests::{Reader, Server};
use std::collections::{BTreeMap, BTreeSet, VecDeque};
use tempfile::TempDir;

/// Somebody in every role, in several organisations.
const PEOPLE: [(&str, &str); 11] = [
    ("Maria Lindqvist", "submitter"),
    ("Anders Holm", "coordinator"),
    ("Lena Fors", "coordinator"),
    ("Eva Sandberg", "assessor"),
    ("Karin Åkesson", "decision-maker"),
    ("Lars Nyberg", "registrar"),
    ("Helena Bratt", "need-owner"),
    ("Daniel Kvist", "steward"),
    ("Sofia Marklund", "adopter"),
    ("Bo Frisk", "registrar"),
    ("Birgitta Wallin", "auditor"),
];

/// The most pages that one person looks at.
const PAGES: usize = 100;

/// A path without its ids and numbers: what it is a page of.
pub(crate) fn pattern(path: &str) -> String {
    let path = path.split(['?', '#']).next().unwrap_or_default();
    let is_id = |part: &str| part.len() == 36 && part.matches('-').count() == 4;
    path.split('/')
        .map(|part| if is_id(part) { ":id" } else { part })
        .collect::<Vec<_>>()
        .join("/")
}

fn attribute<'a>(tag: &'a str, name: &str) -> Option<&'a str> {
    tag.split(&format!(" {name}=\"")).nth(1)?.split('"').next()
}

/// The forms of a page that people fill in: action, and the names of visible fields.
fn forms(html: &str) -> Vec<(String, Vec<String>)> {
    let mut forms = Vec::new();
    for form in html.split("<form method=\"post\"").skip(1) {
        let form = form.split("</form>").next().unwrap_or_default();
        let action = attribute(form, "action").unwrap_or_default().to_owned();
        if form.contains("multipart/form-data") {
            continue;
        }
        let fields: Vec<_> = [
            "<input id",
            "<textarea id",
            "<select id",
            "<input type=\"radio\"",
            "<input type=\"checkbox\"",
        ]
        .iter()
        .flat_map(|start| form.split(start).skip(1))
        .filter_map(|tag| attribute(tag, "name").map(str::to_owned))
        .collect::<BTreeSet<_>>()
        .into_iter()
        .collect();
        if form.contains(" required") {
            forms.push((action, fields));
        }
    }
    forms
}

fn check_form(person: &mut Reader, page: &str, action: &str, fields: &[String]) {
    let huge = "ö".repeat(11_000);
    let nonsense = "\u{7}<b>'; --";
    let fillings: [Option<&str>; 3] = [None, Some(&huge), Some(nonsense)];
    for filling in fillings {
        let filled: Vec<(&str, &str)> = filling
            .iter()
            .flat_map(|value| fields.iter().map(|name| (name.as_str(), *value)))
            .collect();
        let html = person.get(page).html;
        let answer = person.fill(&html, action, &filled);
        let what = filling.map_or(
            "nothing",
            |value| if value == huge { "far too much" } else { "nonsense" },
        );
        assert!(
            matches!(answer.status, 403 | 404 | 409 | 413 | 422),
            "{action} with {what} on {page} answers {}: {}",
            answer.status,
            answer.html
        );
        assert!(
            answer.html.contains("role=\"alert\"") && !answer.html.contains("<b>'"),
            "{action} with {what} does not say what is wrong: {}",
            answer.html
        );
    }
}

#[test]
fn every_link_leads_somewhere_and_every_form_says_what_is_missing() {
    let folder = TempDir::new().expect("a folder");
    let server = Server::start(folder.path(), &["--demo"]);
    let mut tried: BTreeMap<String, u32> = BTreeMap::new();
    let mut kinds = BTreeSet::new();
    for (name, role) in PEOPLE {
        let mut person = Reader::new(server.addresses.web);
        let start = person.become_person(name, role);
        let mut queue: VecDeque<String> = VecDeque::new();
        let mut seen = BTreeSet::new();
        let mut next = Some(("/".to_owned(), start.html));
        while let Some((path, html)) = next.take() {
            assert!(html.contains("<html lang=\"sv\">"), "{path}: {html}");
            assert_eq!(html.matches("<h1").count(), 1, "{path} has not one heading: {html}");
            assert!(html.contains("<title>") && html.contains("<main"), "{path}: {html}");
            kinds.insert(pattern(&path));
            for link in html.split("href=\"").skip(1).filter_map(|rest| rest.split('"').next()) {
                let page = link.starts_with('/') && !link.starts_with("/sprak") && !link.contains("/fil/");
                let page = page && !link.contains('.') && !link.contains("&");
                if page && seen.len() < PAGES && seen.insert(link.to_owned()) {
                    queue.push_back(link.to_owned());
                }
            }
            for (action, fields) in forms(&html) {
                let tries = tried.entry(format!("{role} {}", pattern(&action))).or_default();
                *tries += 1;
                if *tries == 1 && !action.contains("?") {
                    check_form(&mut person, &path, &action, &fields);
                }
            }
            if let Some(path) = queue.pop_front() {
                let answer = person.get(&path);
                assert_eq!(answer.status, 200, "{name} ({role}) at {path}: {}", answer.html);
                next = Some((path, answer.html));
            }
        }
    }
    assert!(kinds.len() > 15, "{kinds:?}");
    assert!(tried.len() > 40, "{:?}", tried.keys());
}

#[test]
fn addresses_of_what_does_not_exist_and_unknown_methods_are_answered() {
    let folder = TempDir::new().expect("a folder");
    let server = Server::start(folder.path(), &["--demo"]);
    let mut anders = Reader::new(server.addresses.web);
    anders.become_person("Anders Holm", "coordinator");
    let nobody = "00000000-0000-4000-8000-000000000000";
    let mut birgitta = Reader::new(server.addresses.web);
    birgitta.become_person("Birgitta Wallin", "auditor");
    for kind in ["revision", "revision/ideer", "revision/beslut"] {
        for id in [nobody, "inget-id", "%F0%28%8C%28"] {
            let answer = birgitta.get(&format!("/{kind}/{id}"));
            assert!(
                matches!(answer.status, 400 | 404 | 422) && answer.html.contains("role=\"alert\""),
                "/{kind}/{id}: {} {}",
                answer.status,
                answer.html
            );
        }
    }
    for kind in ["ideer", "bedomningar", "losningar", "inforanden", "utlysningar"] {
        for id in [nobody, "inget-id", "%F0%28%8C%28", "..%2f..%2fetc%2fpasswd"] {
            let answer = anders.get(&format!("/{kind}/{id}"));
            assert!(
                matches!(answer.status, 400 | 404 | 422) && answer.html.contains("role=\"alert\""),
                "/{kind}/{id}: {} {}",
                answer.status,
                answer.html
            );
        }
    }
    let agent: ureq::Agent = ureq::Agent::config_builder().http_status_as_error(false).build().into();
    let mut answer = agent
        .delete(format!("http://{}/ideer", server.addresses.web))
        .call()
        .expect("an answer");
    assert_eq!(answer.status().as_u16(), 405);
    let html = answer.body_mut().read_to_string().expect("a page");
    assert!(html.contains("role=\"alert\""), "{html}");
}
