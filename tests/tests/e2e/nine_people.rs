//! The walk of the README as an installation has it: nine people of three organisations, each signing in where they work, one of them by a passkey, and
//! somebody without an account; in one process and over six.

use crate::browser::walk;
use fantoccini::Locator;
use idesluss_tests::{
    Apart, Chromium, Machine, Plan, Provider, Reader, Server, account_link, by_provider, free_address, write_down,
    write_providers,
};
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

/// Writes the work addresses of people of an organisation down, as its administrator, who comes in by a code. Returns them, and the pages about those people.
fn write_addresses(
    web: SocketAddr,
    machine: &Machine,
    organisation: &str,
    administrator: &str,
    names: &[&str],
) -> (Reader, Vec<String>) {
    let reader = Reader::new(web).by_name();
    let mut administrator = machine.administrator(reader, &machine.pseudonym(administrator));
    let pages = names.iter().map(|name| {
        let person = machine.pseudonym(name);
        write_down(&mut administrator, &person, name, &address(name, organisation))
    });
    let pages = pages.collect();
    (administrator, pages)
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
fn adopt_order(elsewhere: &Elsewhere, machine: &Machine) {
    write_addresses(elsewhere.web, machine, "uddevalla", "Agneta Sund", &["Anders Holm"]);
    let mut anders = Reader::new(elsewhere.web).by_name();
    by_provider(&mut anders, &elsewhere.uddevalla, "Anders Holm");
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
        ("clauses[0].holder", &machine.pseudonym("Karin Åkesson")),
    ];
    let adopted = anders.fill(&page, "/mandat/anta", &fields);
    assert!(adopted.html.contains("Kommunstyrelsen"), "{}", adopted.html);
}

async fn nine_people_walk(elsewhere: &Elsewhere, machine: &Machine) {
    let web = elsewhere.web;
    let invitation = std::thread::scope(|scope| {
        let all = scope.spawn(|| {
            let (mut agneta, _) = write_addresses(web, machine, "uddevalla", "Agneta Sund", &UDDEVALLA);
            let page = agneta.get("/organisation").html;
            let allowed = agneta.fill(&page, "/organisation/utan-konto", &[("ideas_per_day", "5")]);
            assert_eq!(allowed.status, 200, "{}", allowed.html);
            write_addresses(web, machine, "trollhattan", "Roger Ny", &TROLLHATTAN);
            let (mut lisbet, pages) = write_addresses(web, machine, "vanersborg", "Lisbet Ahl", &[VANERSBORG]);
            account_link(&mut lisbet, &pages[0], "bjud-in")
        });
        all.join().expect("a link")
    });
    let browser = Chromium::start(web).await.by_name();
    browser.add_authenticator().await;
    let [_, solution] = walk(&browser, async |name, role| sign_in(&browser, name, role).await).await;

    // The ninth, of the third organisation, by a passkey of here.
    leave(&browser).await;
    browser.open(&invitation).await;
    browser.press("Fortsätt").await;
    browser.press("Skapa en lösennyckel").await;
    browser.until(VANERSBORG).await;
    leave(&browser).await;
    browser.press("Logga in med lösennyckel").await;
    browser.until(VANERSBORG).await;
    act_as(&browser, VANERSBORG, "införare", "Vänersborgs kommun").await;
    browser.open(&solution).await;
    browser.press("Anmäl intresse").await;
    browser.until("Registrera ett värde före").await;

    // Somebody without an account gives an idea too, and comes back by its link.
    leave(&browser).await;
    browser.open("/lank/till/uddevalla").await;
    browser.write("Vad ska idén heta?", "Räcken vid badplatsen").await;
    browser.write("Vad föreslår du?", "Räcken ner i vattnet.").await;
    browser.tick("Vi delar på den").await;
    browser.tick("Jag har läst").await;
    browser.press("Lämna idén").await;
    browser.until("Tack för din idé").await;
    let link = browser.client.find(Locator::Id("lank")).await.expect("the link");
    let link = link.prop("value").await.expect("an answer").expect("an address");
    let at = link.find("/lank/").expect("of this web");
    browser.follow("Se idén").await;
    browser.press("Stäng länken").await;
    browser.open(&link[at..]).await;
    browser.press("Öppna idén").await;
    browser.until("Räcken vid badplatsen").await;
    // Whose idea it is, its coordinator does not learn.
    browser.press("Stäng länken").await;
    sign_in(&browser, "Anders Holm", "slussledare").await;
    browser.open("/inkorg").await;
    browser.follow("Räcken vid badplatsen").await;
    browser.until("någon utan konto").await;
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
    nine_people_walk(&elsewhere, &Machine::of(folder.path())).await;
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
    let machine = Machine::beyond(&apart.machine_settings());
    // What decisions rest on, which in one process the sample region has.
    std::thread::scope(|scope| {
        scope
            .spawn(|| adopt_order(&elsewhere, &machine))
            .join()
            .expect("adopted")
    });
    nine_people_walk(&elsewhere, &machine).await;
}
