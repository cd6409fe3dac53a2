//! The walk of the README as an installation has it: nine people of three organisations, each signing in where they work, one of them by a passkey; in one
//! process and over six.

use crate::browser::walk;
use fantoccini::Locator;
use idesluss_tests::{Apart, Chromium, Plan, Provider, Reader, Server, free_address, run, write_providers};
use serde_json::{Value, json};
use std::net::SocketAddr;
use tempfile::TempDir;

/// Who works in the sample region's Uddevalla, at whose provider they sign in.
const UDDEVALLA: [&str; 7] = [
    "Maria Lindqvist",
    "Anders Holm",
    "Eva Sandberg",
    "Jonas Ek",
    "Karin Åkesson",
    "Sofia Marklund",
    "Birgitta Wallin",
];
/// Who works in Trollhättan, at whose provider they sign in.
const TROLLHATTAN: [&str; 1] = ["Daniel Kvist"];
/// Who works in Vänersborg, where people have accounts of here.
const VANERSBORG: &str = "Petra Ask";

/// The work address of somebody of an organisation.
fn address(name: &str, organisation: &str) -> String {
    let first = name.split(' ').next().unwrap_or_default().to_lowercase();
    format!("{first}@{organisation}.example")
}

/// Where people reach the web: passkeys are good for names, and not for digits.
fn by_name(web: SocketAddr) -> String {
    format!("http://localhost:{}", web.port())
}

/// What a provider says of the people of an organisation.
fn people(names: &[&str], organisation: &str) -> Value {
    let claims = |name: &&str| {
        let about = json!({ "name": name, "email": address(name, organisation), "email_verified": true });
        ((*name).to_owned(), about)
    };
    Value::Object(names.iter().map(claims).collect())
}

/// The providers of two organisations, and where their settings lie.
struct Elsewhere {
    web: SocketAddr,
    folder: TempDir,
    uddevalla: Provider,
    _trollhattan: Provider,
}

impl Elsewhere {
    fn start() -> Self {
        let (web, folder) = (free_address(), TempDir::new().expect("a folder"));
        let [uddevalla, trollhattan] =
            [("uddevalla", &UDDEVALLA[..]), ("trollhattan", &TROLLHATTAN[..])].map(|(organisation, names)| {
                let reached = by_name(web);
                Provider::start_for(reached, organisation, people(names, organisation))
            });
        write_providers(
            folder.path(),
            &[
                (&uddevalla, &["uddevalla"], &["uddevalla.example"]),
                (&trollhattan, &["trollhattan"], &["trollhattan.example"]),
            ],
        );
        let file = folder.path().join("providers.toml");
        let text = std::fs::read_to_string(&file).expect("written");
        let local = "[local]\norganisations = [\"vanersborg\"]\n";
        std::fs::write(&file, text + local).expect("written");
        Self {
            web,
            folder,
            uddevalla,
            _trollhattan: trollhattan,
        }
    }
}

/// What a command about people prints, as whoever sits at the machine runs it.
fn user(arguments: &[&str], at: &[&str]) -> String {
    let all: Vec<&str> = [&["user"], arguments, at].concat();
    let done = run(&all);
    let said = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    assert!(done.status.success(), "{arguments:?}: {}", said(&done.stderr));
    said(&done.stdout)
}

/// The word in a text that begins so.
fn word<'a>(text: &'a str, begins: &str) -> &'a str {
    let found = text
        .split_whitespace()
        .find_map(|word| word.find(begins).map(|at| &word[at..]));
    found.unwrap_or_else(|| panic!("no {begins} in {text}"))
}

/// The pseudonym of somebody in the list of people.
fn pseudonym(list: &str, name: &str) -> String {
    let line = list.lines().find(|line| line.contains(name));
    let line = line.unwrap_or_else(|| panic!("no {name} in {list}"));
    line.split_whitespace().next().expect("a pseudonym").to_owned()
}

/// Writes the work addresses of people of an organisation as its administrator, who comes in by a code. Returns the link by which the last of them chooses
/// a passkey, where they have accounts of here.
fn write_addresses(
    web: SocketAddr,
    at: &[&str],
    organisation: &str,
    administrator: &str,
    names: &[&str],
) -> Option<String> {
    let list = user(&["list"], at);
    let mut reader = Reader::new(web).by_name();
    let said = user(&["code", &pseudonym(&list, administrator)], at);
    let page = reader.get(word(&said, "/in/kod/")).html;
    let welcome = reader.fill(&page, "/in/kod", &[]);
    assert!(welcome.html.contains("Välkommen"), "{}", welcome.html);
    let mut link = None;
    for name in names {
        let page = format!("/personer/{}", pseudonym(&list, name));
        let html = reader.get(&page).html;
        let fields = [("name", *name), ("address", &address(name, organisation))];
        let changed = reader.fill(&html, &format!("{page}/andra"), &fields);
        assert_eq!(changed.status, 200, "{}", changed.html);
        if changed.html.contains("/bjud-in") {
            let made = reader.fill(&changed.html, &format!("{page}/bjud-in"), &[]);
            let begins = made.html.find("/in/inbjudan/").expect("a link");
            let rest = &made.html[begins..];
            let ends = |letter: char| !letter.is_ascii_alphanumeric() && !"/-".contains(letter);
            link = Some(rest[..rest.find(ends).unwrap_or(rest.len())].to_owned());
        }
    }
    link
}

/// Signs whoever is in out, and somebody in where they work, in a role.
async fn sign_in(browser: &Chromium, name: &str, role: &str) {
    leave(browser).await;
    let organisation = match TROLLHATTAN.contains(&name) {
        true => "Trollhättans stad",
        false => "Uddevalla kommun",
    };
    browser.follow(organisation).await;
    browser.press(name).await;
    browser.until(&format!("{name}, ")).await;
    act_as(browser, name, role, organisation).await;
}

async fn act_as(browser: &Chromium, name: &str, role: &str, organisation: &str) {
    if !browser
        .text()
        .await
        .contains(&format!("{name}, {role}, {organisation}"))
    {
        let others = browser.client.find(Locator::Css("[popovertarget=roller]")).await;
        others.expect("a button").click().await.expect("clicked");
        browser.press(&format!("{role}, {organisation}")).await;
    }
    browser.until(&format!("{name}, {role}, {organisation}")).await;
}

/// Signs out whoever is in, here and where they work.
async fn leave(browser: &Chromium) {
    browser.open("/").await;
    if browser.text().await.contains("Logga ut") {
        browser.press("Logga ut").await;
        if browser.text().await.contains("Yes, sign me out") {
            browser.press("Yes, sign me out").await;
        }
        browser.open("/").await;
    }
    browser.until("Var arbetar du?").await;
}

/// Has the coordinator adopt by which mandate the decider decides.
fn adopt_order(elsewhere: &Elsewhere, at: &[&str]) {
    write_addresses(elsewhere.web, at, "uddevalla", "Agneta Sund", &["Anders Holm"]);
    let mut anders = Reader::new(elsewhere.web).by_name();
    let sent = anders.ask("/in/hos/uddevalla");
    anders.ask(&elsewhere.uddevalla.sign_in(&sent.location, "Anders Holm"));
    let page = anders.get("/mandat").html;
    let fields = [
        ("form", "1"),
        ("adopted_by", "Kommunstyrelsen"),
        ("adopted_on", "2026-01-14"),
        ("paragraph", "§ 3"),
        ("valid_from", "2026-02-01"),
        ("clauses[0].number", "4.2"),
        ("clauses[0].gates", "1"),
        ("clauses[0].up_to_kronor", "100000"),
        ("clauses[0].holder", &pseudonym(&user(&["list"], at), "Karin Åkesson")),
    ];
    let adopted = anders.fill(&page, "/mandat/anta", &fields);
    assert!(adopted.html.contains("Kommunstyrelsen"), "{}", adopted.html);
}

async fn nine_people_walk(elsewhere: &Elsewhere, at: &[&str]) {
    let web = elsewhere.web;
    let invitation = std::thread::scope(|scope| {
        let all = scope.spawn(|| {
            write_addresses(web, at, "uddevalla", "Agneta Sund", &UDDEVALLA);
            write_addresses(web, at, "trollhattan", "Roger Ny", &TROLLHATTAN);
            write_addresses(web, at, "vanersborg", "Lisbet Ahl", &[VANERSBORG])
        });
        all.join().expect("written").expect("a link")
    });
    let browser = Chromium::start(web).await.by_name();
    browser.add_authenticator().await;
    let [_, solution] = walk(&browser, async |name, role| sign_in(&browser, name, role).await).await;

    // The ninth, of the third organisation, by a passkey of here.
    leave(&browser).await;
    browser.open(&invitation).await;
    browser.press("Välj").await;
    browser.press("Skapa en lösennyckel").await;
    browser.until(VANERSBORG).await;
    leave(&browser).await;
    browser.press("Logga in med lösennyckel").await;
    browser.until(VANERSBORG).await;
    act_as(&browser, VANERSBORG, "införare", "Vänersborgs kommun").await;
    browser.open(&solution).await;
    browser.press("Anmäl intresse").await;
    browser.until("Registrera ett värde före").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn in_one_process_each_comes_in_where_they_work() {
    let elsewhere = Elsewhere::start();
    let folder = TempDir::new().expect("a folder");
    // The sample region is somebody's own from here on.
    assert!(Server::start(folder.path(), &["--demo"]).stop().success());
    idesluss_tests::copy_folder(elsewhere.folder.path(), folder.path());
    let server = Server::start(
        folder.path(),
        &[
            "--http",
            &elsewhere.web.to_string(),
            "--address",
            &by_name(elsewhere.web),
        ],
    );
    let data = folder.path().to_string_lossy().into_owned();
    nine_people_walk(&elsewhere, &["--data", &data]).await;
    server.stop();
}

#[tokio::test(flavor = "multi_thread")]
async fn over_six_processes_each_comes_in_where_they_work() {
    let elsewhere = Elsewhere::start();
    let plan = Plan {
        demo: true,
        signs_in: Some((elsewhere.web.port(), elsewhere.folder.path().to_owned())),
        ..Plan::default()
    };
    let apart = Apart::start(plan).await;
    let settings = apart.machine_settings().display().to_string();
    let at = ["--gateway", settings.as_str()];
    // What decisions rest on, which in one process the sample region has.
    std::thread::scope(|scope| scope.spawn(|| adopt_order(&elsewhere, &at)).join().expect("adopted"));
    nine_people_walk(&elsewhere, &at).await;
}
