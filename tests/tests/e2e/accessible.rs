//! Every page that somebody in any role comes to, in a real browser: nothing that axe finds, and some of what it can't see. So are the pages that
//! answer a form: what was wrong with it, and whether somebody is sure; and what is printed.

use crate::by_hand::heads;
use crate::crawl::pattern;
use idesluss_phrases::Language;
use idesluss_tests::{Chromium, Firefox, Reader, Server, Window, npm};
use serde::Deserialize;
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::time::{Duration, Instant};
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

/// What looks at a page as it stands.
pub(crate) struct Inspector {
    axe: String,
    /// For each language, what is said in others and in no way in it.
    foreign: BTreeMap<&'static str, Value>,
}

impl Inspector {
    pub(crate) fn new() -> Self {
        let axe = npm("axe").join("node_modules/axe-core/axe.min.js");
        let codes = Language::all().map(Language::code);
        Self {
            axe: std::fs::read_to_string(axe).expect("axe"),
            foreign: codes.map(|code| (code, foreign(code))).collect(),
        }
    }

    /// All that is found, on a page that speaks this language.
    pub(crate) async fn inspect(&self, window: &Window, language: &str) -> Vec<String> {
        window.client.execute(&self.axe, Vec::new()).await.expect("axe runs");
        let mut found = list(&violations(window).await);
        let script = concat!(include_str!("contrast.js"), include_str!("overlooked.js"));
        let foreign = vec![self.foreign[language].clone()];
        found.extend(list(&window.client.execute(script, foreign).await.expect("an answer")));
        found
    }
}

fn list(found: &Value) -> Vec<String> {
    serde_json::from_value(found.clone()).expect("a list")
}

/// What axe finds, each rule with what breaks it, everything unfolded.
async fn violations(window: &Window) -> Value {
    let script = "const done = arguments[arguments.length - 1];
        document.querySelectorAll('details').forEach(fold => fold.open = true);
        axe.run(document, { resultTypes: ['violations'] }).then(
            found => done(found.violations.map(rule => rule.id + ': ' + rule.nodes.map(node => node.target.join(' ')).join(', '))),
            error => done(['axe failed: ' + error]));";
    window
        .client
        .execute_async(script, Vec::new())
        .await
        .expect("an answer")
}

/// How a page is looked at.
#[derive(Debug, Clone, Copy)]
struct Look {
    language: Language,
    width: u32,
    /// As media queries name it.
    theme: (&'static str, &'static str),
    /// With our script.
    script: bool,
}

/// A desktop; the same at 200 and at 400 %, as WCAG wants it to fit; a phone.
const WIDTHS: [u32; 4] = [1280, 640, 320, 390];
const LIGHT: (&str, &str) = ("prefers-color-scheme", "light");
const DARK: (&str, &str) = ("prefers-color-scheme", "dark");
const FORCED: (&str, &str) = ("forced-colors", "active");

/// Every way to look at a page.
fn looks() -> Vec<Look> {
    let mut looks = Vec::new();
    for script in [true, false] {
        for theme in [LIGHT, DARK, FORCED] {
            for language in Language::all() {
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

/// So high is a window of this width.
fn height(width: u32) -> u32 {
    if width > 700 { 900 } else { 700 }
}

impl Look {
    async fn put_on(self, browser: &Chromium) {
        let media = json!({ "features": [{ "name": self.theme.0, "value": self.theme.1 }] });
        browser.tell("Emulation.setEmulatedMedia", media).await;
        let blocked = if self.script { json!([]) } else { json!(["*/skript.js"]) };
        browser.tell("Network.enable", json!({})).await;
        browser.tell("Network.setBlockedURLs", json!({ "urls": blocked })).await;
        browser.speak(self.language.code()).await;
        browser.resize(self.width, height(self.width)).await;
    }
}

/// What is said in another language than this one and in no way in it: whole sentences and names of things.
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
    let others = Language::all().map(Language::code).filter(|code| *code != language);
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
    // Next to each other in the list are widths; 31 is prime to its length, so that all come by.
    let other = all[number / 2 * 31 % all.len()];
    match number % 2 {
        0 => vec![all[0]],
        _ => vec![all[0], other],
    }
}

/// What was looked at, and what was found.
#[derive(Default)]
struct Findings {
    looked_at: usize,
    /// Forms that were refused, and those that were asked about.
    refused: usize,
    asked_about: usize,
    wrong: BTreeSet<String>,
}

impl Findings {
    fn add(&mut self, what: &str, found: Vec<String>) {
        self.looked_at += 1;
        self.wrong
            .extend(found.into_iter().map(|found| format!("{what}: {found}")));
    }

    /// Panics with all that was found.
    fn check(&self) {
        let told: Vec<&str> = self.wrong.iter().map(String::as_str).collect();
        assert!(
            told.is_empty(),
            "{} in {}:\n{}",
            told.len(),
            self.looked_at,
            told.join("\n")
        );
        assert!(self.looked_at > 100, "{}", self.looked_at);
    }
}

/// A form of the page that is shown, as `forms.js` finds it.
#[derive(Deserialize)]
struct Form {
    kind: String,
    action: String,
    /// Something has to be filled in.
    asks: bool,
    /// All but the session's secret, as somebody would fill it in.
    fields: Vec<(String, String)>,
}

impl Form {
    async fn all(window: &Window) -> Vec<Self> {
        let script = "const sent = (form) => [...form.elements].filter((field) => field.type === 'hidden' && field.name !== 'csrf')
                .map((field) => [field.name, field.value]);
            const filling = (form) => Object.entries(filled(form)).flatMap(([name, values]) => values.map((value) => [name, value]));
            return forms().map((form) => ({ kind: kind(form), action: action(form), asks: names(form, (field) => field.required).length > 0,
                fields: sent(form).concat(filling(form)) }));";
        serde_json::from_value(window.ask(&with_forms(script)).await).expect("forms")
    }

    /// Whether it is asked about before it is carried out. In another language nothing ever is, so that it can be tried.
    fn is_asked_about(&self, person: &mut Reader, csrf: &str) -> bool {
        let mut fields = vec![("csrf", csrf), ("fraga", "ja")];
        fields.extend(self.fields.iter().map(|(name, value)| (&**name, &**value)));
        let shown = format!("{}?sprak={}", self.action, Language::SWEDISH.code());
        person.post_raw(&shown, &fields).asks_whether_sure()
    }

    /// Sends it as it stands after `first`, and waits for the answer.
    async fn send(&self, window: &Window, first: &str) {
        let script = with_forms(&format!(
            "const own = forms().find((form) => kind(form) === arguments[0]); {first}; send(own);"
        ));
        window.leave_by_script(&script, vec![json!(self.kind)]).await;
    }
}

/// A script that knows of forms.
fn with_forms(script: &str) -> String {
    format!("{}\n{script}", include_str!("forms.js"))
}

/// A page in Chromium, and how it is looked at.
struct Visit<'a> {
    browser: &'a Chromium,
    inspector: &'a Inspector,
    path: &'a str,
    look: Look,
}

impl Visit<'_> {
    pub(crate) async fn inspect(&self) -> Vec<String> {
        self.inspector.inspect(self.browser, self.look.language.code()).await
    }

    async fn open(&self) -> Vec<String> {
        self.look.put_on(self.browser).await;
        self.browser.open(self.path).await;
        self.inspect().await
    }

    /// The page about a form that lacks all that it asks for.
    async fn refused(&self, form: &Form) -> Vec<String> {
        self.browser.open(self.path).await;
        form.send(self.browser, "fill(own, {})").await;
        let mut found = Vec::new();
        // A browser gives the focus a moment after the page is there.
        let deadline = Instant::now() + Duration::from_secs(5);
        while self.browser.ask("return document.activeElement.id").await != json!("fel") {
            if Instant::now() > deadline {
                found.push("the summary has no focus".to_owned());
                break;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        let title = self.browser.client.title().await.expect("a title");
        if !title.starts_with(self.look.language.t("form-error")) {
            found.push(format!("the title is {title}"));
        }
        found.extend(self.inspect().await);
        found
    }

    /// The page that asks whether somebody is sure, and the way back from it.
    async fn asked_about(&self, form: &Form) -> Vec<String> {
        self.browser.open(self.path).await;
        form.send(self.browser, "fill(own, filled(own))").await;
        let script = "const said = (selector) => document.querySelector(selector)?.textContent.trim();
            const heading = `${said('.confirm [name=saker][value=ja]')}?`;
            return [said('h1') === heading ? [] : `the heading is not ${heading}`, said('.intro') ? [] : 'it is not said what it leads to'].flat();";
        let mut found = list(&self.browser.ask(script).await);
        found.extend(self.inspect().await);
        let no = "document.querySelector('[name=saker][value=nej]').click()";
        self.browser.leave_by_script(no, Vec::new()).await;
        let script = with_forms(
            "const own = forms().find((form) => kind(form) === arguments[0]);
            return own && isFilled(own, filled(own)) ? [] : ['what was written is lost on the way back'];",
        );
        let back = self.browser.client.execute(&script, vec![json!(form.kind)]).await;
        found.extend(list(&back.expect("an answer")));
        found
    }

    /// How it comes out on paper: A4, upright, 180 mm between its margins. What is dark on a screen is not printed so.
    async fn printed(&self) -> Vec<String> {
        let media = json!({ "media": "print", "features": [{ "name": DARK.0, "value": DARK.1 }] });
        self.browser.tell("Emulation.setEmulatedMedia", media).await;
        self.browser.resize(680, 960).await;
        let script = concat!(include_str!("contrast.js"), include_str!("printed.js"));
        let found = list(&self.browser.ask(script).await);
        self.browser
            .tell("Emulation.setEmulatedMedia", json!({ "media": "" }))
            .await;
        found
    }
}

/// Looks at all that Chromium can be told to show.
async fn in_chromium(server: &Server, inspector: &Inspector, findings: &mut Findings) {
    let browser = Chromium::start(server.addresses.web).await;
    // Kinds of forms and of pages that have been looked at in some role.
    let (mut forms, mut kinds) = (BTreeSet::new(), BTreeSet::new());
    for (name, role, called) in PEOPLE {
        let paths = pages(server, name, role);
        let mut person = Reader::new(server.addresses.web);
        let secret = person.become_person(name, role).csrf();
        browser.speak(Language::SWEDISH.code()).await;
        browser.become_person(name, called).await;
        let before = heads(server).await;
        for (number, path) in paths.iter().enumerate() {
            let mut visit = Visit {
                browser: &browser,
                inspector,
                path,
                look: looks()[0],
            };
            for look in chosen(number) {
                visit.look = look;
                findings.add(&format!("{role} {path} {look:?}"), visit.open().await);
            }
            let what = format!("{role} {path}");
            // At 400 % of a desktop it fits all the same.
            browser.resize(320, 700).await;
            let wide = browser.too_wide().await.map(|pixels| format!("{pixels} px too wide"));
            findings.add(&format!("{what} at 320 px"), Vec::from_iter(wide));
            let mut new = Form::all(&browser).await;
            new.retain(|form| forms.insert(form.kind.clone()));
            if kinds.insert(pattern(path)) {
                findings.add(&format!("{what} printed"), visit.printed().await);
            }
            if !new.is_empty() {
                visit.look.put_on(&browser).await;
            }
            for form in new {
                let what = format!("{what} {} {:?}", form.action, visit.look);
                if form.asks {
                    findings.refused += 1;
                    findings.add(&format!("{what} empty"), visit.refused(&form).await);
                }
                if form.is_asked_about(&mut person, &secret) {
                    findings.asked_about += 1;
                    findings.add(&format!("{what} asked about"), visit.asked_about(&form).await);
                }
            }
        }
        assert_eq!(heads(server).await, before, "{role}: something was done");
    }
    browser.client.clone().close().await.expect("closed");
}

/// Looks at every page once, as a desktop and as a phone show it. What only Chromium can be told to show is left out.
async fn in_firefox(server: &Server, inspector: &Inspector, findings: &mut Findings) {
    let browser = Firefox::start(server.addresses.web).await;
    for (name, role, called) in PEOPLE {
        let paths = pages(server, name, role);
        browser.speak(Language::SWEDISH.code()).await;
        browser.become_person(name, called).await;
        for path in paths {
            for (width, language) in [(1280, Language::SWEDISH), (390, Language::ENGLISH)] {
                browser.resize(width, height(width)).await;
                browser.speak(language.code()).await;
                browser.open(&path).await;
                let found = inspector.inspect(&browser, language.code()).await;
                findings.add(&format!("{role} {path} at {width} px in {}", language.code()), found);
            }
        }
    }
    browser.client.clone().close().await.expect("closed");
}

#[tokio::test(flavor = "multi_thread")]
async fn every_page_of_every_role_is_usable_by_everybody() {
    let folder = TempDir::new().expect("a folder");
    let server = Server::start(folder.path(), &["--demo"]);
    let (inspector, mut findings) = (Inspector::new(), Findings::default());
    match std::env::var_os("PAGES_IN_FIREFOX") {
        Some(_) => in_firefox(&server, &inspector, &mut findings).await,
        None => in_chromium(&server, &inspector, &mut findings).await,
    }
    findings.check();
    if std::env::var_os("PAGES_IN_FIREFOX").is_none() {
        let (refused, asked_about) = (findings.refused, findings.asked_about);
        assert!(refused >= 30, "only {refused} forms were refused");
        assert!(asked_about >= 10, "only {asked_about} forms were asked about");
    }
}
