//! People of several organisations come in by their own providers, which are not ours: who they are, what they may do, and where they are signed in.

use crate::accessible::Inspector;
use fantoccini::Locator;
use idesluss_proto::pb::command::Role;
use idesluss_tests::{
    Answer, Chromium, Machine, Provider, Reader, Server, Someone, adopt_mapping, by_provider, free_address, run,
    write_providers, write_region,
};
use serde_json::{Value, json};
use std::net::SocketAddr;
use std::time::{Duration, Instant};
use tempfile::TempDir;

/// The people of Uddevalla's provider.
fn uddevalla() -> Value {
    json!({
        "u1": {"name": "Agneta Sund", "email": "agneta@uddevalla.example", "email_verified": true, "groups": ["alla"], "acr": "urn:example:loa3", "amr": ["pwd", "mfa"]},
        "u2": {"name": "Maria Lindqvist", "email": "maria@uddevalla.example", "email_verified": true, "groups": ["alla", "sluss"], "acr": "urn:example:loa3", "amr": ["pwd", "mfa"]},
        "u3": {"name": "Olle Ny", "email": "olle@uddevalla.example", "email_verified": true, "groups": ["alla"], "acr": "urn:example:loa2", "amr": ["pwd"]},
        "u4": {"name": "Gäst", "groups": ["gaster"], "acr": "urn:example:loa3", "amr": ["pwd", "mfa"]}
    })
}

/// An installation at which people of two organisations sign in.
pub(crate) struct Region {
    pub(crate) server: Server,
    pub(crate) uddevalla: Provider,
    pub(crate) trollhattan: Provider,
    pub(crate) web: SocketAddr,
    pub(crate) folder: TempDir,
}

impl Region {
    pub(crate) fn start() -> Self {
        let (folder, web) = (TempDir::new().expect("a folder"), free_address());
        let own = Provider::start(web, "uddevalla", uddevalla());
        let others = Provider::start(
            web,
            "trollhattan",
            json!({"t1": {"name": "Tor Ek", "email": "tor@trollhattan.example", "email_verified": true, "groups": ["alla"]}}),
        );
        write_region(folder.path());
        write_providers(
            folder.path(),
            &[
                (&own, &["uddevalla"], &["uddevalla.example"]),
                (&others, &["trollhattan"], &["trollhattan.example"]),
            ],
        );
        let server = Server::start(folder.path(), &["--http", &web.to_string()]);
        Self {
            server,
            uddevalla: own,
            trollhattan: others,
            web,
            folder,
        }
    }

    pub(crate) fn reader(&self) -> Reader {
        Reader::new(self.web)
    }

    /// Signs an administrator in by a code that is made at the machine.
    pub(crate) fn administrator(&self, organisation: &str) -> Reader {
        let who = Someone::who(organisation, Role::Administrator).person();
        self.machine().administrator(self.reader(), &who)
    }

    fn machine(&self) -> Machine {
        Machine::of(self.folder.path())
    }

    /// The path of a link for an administrator.
    pub(crate) fn code(&self, organisation: &str) -> String {
        self.machine()
            .code(&Someone::who(organisation, Role::Administrator).person())
    }

    /// Does everything once that belongs to signing in.
    pub(crate) fn everything(&self) {
        let mut agneta = self.administrator("uddevalla");
        assert_eq!(adopt(&mut agneta, "", &[("alla", SUBMITTER)]).status, 200);
        let (mut olle, _) = self.in_uddevalla("u3");
        let form = olle.get("/ideer/ny").html;
        let mut before = olle.clone();
        olle.fill(&form, "/lamna", &[]);
        let late = before.fill(&form, "/ideer", &[]);
        assert_eq!(late.status, 403, "signed out");
        assert!(late.html.contains("inte inloggad längre"), "{}", late.html);
        let page = self.reader().get("/").html;
        for (address, found) in [("Maria@uddevalla.example", true), ("maria@orust.example", false)] {
            let led = self.reader().fill(&page, "/in/adress", &[("adress", address)]);
            assert_eq!(led.html.contains("url=/in/hos/uddevalla"), found, "{}", led.html);
            assert_eq!(
                led.html.contains("Ingen inloggning hör till den adressen"),
                !found,
                "{}",
                led.html
            );
        }
        let (mut maria, welcome) = self.in_uddevalla("u2");
        assert_eq!(welcome.status, 200, "{}", welcome.html);
        self.in_uddevalla("u2");
        let list = maria.get("/inloggningar").html;
        assert_eq!(maria.fill(&list, "/inloggningar", &[]).status, 200);
        assert_eq!(maria.post_raw("/ut/bakvag", &[("logout_token", "x")]).status, 400);
        let people = agneta.get("/personer").html;
        let row = people.split("Maria Lindqvist").next().expect("a page");
        let at = row
            .rsplit("href=\"")
            .next()
            .and_then(|rest| rest.split('"').next())
            .expect("a link");
        for act in ["koppla-bort", "stang-av", "slapp-in"] {
            let page = agneta.get(at).html;
            let done = agneta.fill(&page, &format!("{at}/{act}"), &[]);
            assert_eq!(done.status, 200, "{act}: {}", done.html);
        }
        let page = agneta.get("/organisation/inloggning").html;
        let withdrawn = agneta.fill(&page, "/organisation/inloggning/dra-in", &[]);
        assert_eq!(withdrawn.status, 200, "{}", withdrawn.html);
    }

    pub(crate) fn in_uddevalla(&self, who: &str) -> (Reader, Answer) {
        let mut reader = self.reader();
        let answer = by_provider(&mut reader, &self.uddevalla, who);
        (reader, answer)
    }
}

/// Fills in who gets what in Uddevalla.
pub(crate) fn adopt(administrator: &mut Reader, amr: &str, lines: &[(&str, &str)]) -> Answer {
    adopt_mapping(administrator, "uddevalla", amr, lines)
}

pub(crate) fn until(what: &str, mut holds: impl FnMut() -> bool) {
    let deadline = Instant::now() + Duration::from_secs(30);
    while !holds() {
        assert!(Instant::now() < deadline, "never: {what}");
        std::thread::sleep(Duration::from_millis(100));
    }
}

const SUBMITTER: &str = "1";
const COORDINATOR: &str = "2";

#[test]
fn people_come_in_by_their_own_providers_and_hold_what_their_groups_say() {
    let mut region = Region::start();
    // Nobody chooses whom to be, and nobody is anybody because a form says so.
    let mut stranger = region.reader();
    let entrance = stranger.get("/").html;
    assert!(
        entrance.contains("/in/hos/uddevalla") && entrance.contains("/in/hos/trollhattan"),
        "{entrance}"
    );
    assert!(!entrance.contains("/valj"), "{entrance}");
    assert_eq!(stranger.cookie(), "", "no cookie before anybody does anything");
    let (_, nobody) = region.in_uddevalla("u2");
    assert_eq!(nobody.status, 403, "nothing was adopted: {}", nobody.html);
    assert!(nobody.html.contains("har ingen roll här"), "{}", nobody.html);
    let wanted = stranger.ask("/ideer/ny");
    assert_eq!(
        wanted.location, "/?till=%2Fideer%2Fny",
        "where one wanted to go is kept"
    );

    // Who would get what is shown before; then it holds.
    let mut agneta = region.administrator("uddevalla");
    let page = agneta.get("/organisation/inloggning").html;
    let fields = [
        ("mapping.provider", "uddevalla"),
        ("mapping.claim", "groups"),
        ("mapping.lines[0].value", "alla"),
        ("mapping.lines[0].role", SUBMITTER),
    ];
    let look = agneta.fill_and_send(
        &page,
        "/organisation/inloggning/anta",
        "/organisation/inloggning/visa",
        &fields,
    );
    assert_eq!(look.status, 200, "{}", look.html);
    assert!(look.html.contains("Så här skulle det bli"), "{}", look.html);
    let adopted = adopt(&mut agneta, "", &[("alla", SUBMITTER), ("sluss", COORDINATOR)]);
    assert_eq!(adopted.status, 200, "{}", adopted.html);
    assert!(adopted.html.contains("Rollerna är ändrade"), "{}", adopted.html);
    for (value, role) in [("chef", "12"), ("drift", "10")] {
        let refused = adopt(&mut agneta, "", &[(value, role)]);
        assert_eq!(refused.status, 422, "who administers, no group says: {}", refused.html);
    }

    // Olle submits, by what everybody may, and holds no role of his own.
    let (mut olle, welcome) = region.in_uddevalla("u3");
    assert_eq!(welcome.status, 200, "{}", welcome.html);
    assert!(welcome.html.contains("Välkommen, Olle Ny"), "{}", welcome.html);
    let page = olle.get("/ideer/ny");
    assert_eq!(page.status, 200, "{}", page.html);
    assert!(page.html.contains("Olle Ny, idégivare, uddevalla"), "{}", page.html);
    assert_eq!(olle.get("/inkorg").status, 403);

    // Maria coordinates by her group, and changes role without signing in again.
    let (mut maria, welcome) = region.in_uddevalla("u2");
    assert_eq!(welcome.status, 200, "{}", welcome.html);
    let inbox = maria.get("/inkorg");
    assert_eq!(inbox.status, 200, "{}", inbox.html);
    assert!(inbox.html.contains("Byt roll"), "{}", inbox.html);
    let before = maria.cookie();
    let mine = maria.fill(&inbox.html, "/roll", &[]);
    assert_eq!(mine.status, 200, "{}", mine.html);
    assert!(mine.html.contains("Maria Lindqvist, idégivare"), "{}", mine.html);
    assert_ne!(maria.cookie(), before, "a new secret at each change of role");
    let back = maria.fill(&mine.html, "/roll", &[]);
    assert!(back.html.contains("slussledare"), "{}", back.html);

    // A group that she is in no longer takes the role with it, at her next sign-in and at once.
    let mut others = uddevalla();
    others["u2"]["groups"] = json!(["alla"]);
    region.uddevalla.say(others);
    let (mut maria_again, welcome) = region.in_uddevalla("u2");
    assert_eq!(welcome.status, 200, "{}", welcome.html);
    assert_eq!(maria_again.get("/inkorg").status, 403);
    until("she coordinates nowhere any more", || {
        maria.get("/inkorg").status != 200
    });

    // Tor's provider may not speak for Uddevalla, whoever he says that he is.
    let mut tor = region.reader();
    let refused = by_provider(&mut tor, &region.trollhattan, "t1");
    assert_eq!(refused.status, 403, "{}", refused.html);

    // What is demanded of signing in holds for who comes, and for who has come.
    let adopted = adopt(&mut agneta, "mfa", &[("alla", SUBMITTER)]);
    assert_eq!(adopted.status, 200, "{}", adopted.html);
    let (_, weak) = region.in_uddevalla("u3");
    assert_eq!(weak.status, 403, "{}", weak.html);
    assert!(weak.html.contains("säkrare inloggning"), "{}", weak.html);
    until("he is out", || olle.ask("/ideer/ny").status != 200);
    let (mut maria, welcome) = region.in_uddevalla("u2");
    assert_eq!(welcome.status, 200, "{}", welcome.html);
    assert_eq!(maria.get("/ideer/ny").status, 200);

    // Withdrawn, it lets nobody in.
    let page = agneta.get("/organisation/inloggning").html;
    let withdrawn = agneta.fill(&page, "/organisation/inloggning/dra-in", &[]);
    assert_eq!(withdrawn.status, 200, "{}", withdrawn.html);
    until("she submits no more", || maria.ask("/ideer/ny").status != 200);
    region.server.stop();
}

#[test]
fn whoever_is_known_by_their_address_is_who_they_were_and_may_be_shut_out() {
    let region = Region::start();
    let mut agneta = region.administrator("uddevalla");
    // An assessor of before gets the address by which her provider knows her.
    let assessor = Someone::who("uddevalla", Role::Assessor).person();
    let at = format!("/personer/{assessor}");
    let page = agneta.get(&at).html;
    let fields = [("name", "Maria Lindqvist"), ("address", "Maria@Uddevalla.example")];
    let named = agneta.fill(&page, &format!("{at}/andra"), &fields);
    assert_eq!(named.status, 200, "{}", named.html);
    let (mut maria, welcome) = region.in_uddevalla("u2");
    assert_eq!(welcome.status, 200, "{}", welcome.html);
    let page = maria.get("/bedoma");
    assert_eq!(page.status, 200, "{}", page.html);
    assert!(page.html.contains("Maria Lindqvist, bedömare"), "{}", page.html);

    // Where she is signed in, and ending it elsewhere.
    let (mut elsewhere, welcome) = region.in_uddevalla("u2");
    assert_eq!(welcome.status, 200, "{}", welcome.html);
    let list = maria.get("/inloggningar");
    assert_eq!(list.html.matches("name=\"session\"").count(), 1, "{}", list.html);
    let ended = maria.fill(&list.html, "/inloggningar", &[]);
    assert!(ended.html.contains("Du är utloggad på det"), "{}", ended.html);
    until("the other browser is out", || elsewhere.ask("/bedoma").status == 303);
    assert_eq!(maria.get("/bedoma").status, 200);

    // Signed out at the provider, she is signed out here.
    let page = maria.get("/bedoma").html;
    let left = maria.fill(&page, "/lamna", &[]);
    assert!(
        left.html.contains("id_token_hint") && left.html.contains(&region.uddevalla.issuer),
        "{}",
        left.html
    );
    assert_eq!(maria.ask("/bedoma").status, 303);

    // Shut out, she is out at once and comes in no more; let in again, she does.
    let (mut maria, welcome) = region.in_uddevalla("u2");
    assert_eq!(welcome.status, 200, "{}", welcome.html);
    let page = agneta.get(&at).html;
    let shut = agneta.fill(&page, &format!("{at}/stang-av"), &[]);
    assert!(shut.html.contains("Personen är spärrad"), "{}", shut.html);
    until("she is out", || maria.ask("/bedoma").status != 200);
    let (_, refused) = region.in_uddevalla("u2");
    assert_eq!(refused.status, 403);
    assert!(refused.html.contains("spärrad"), "{}", refused.html);
    let page = agneta.get(&at).html;
    agneta.fill(&page, &format!("{at}/slapp-in"), &[]);
    let (mut maria, welcome) = region.in_uddevalla("u2");
    assert_eq!(welcome.status, 200, "{}", welcome.html);

    // Unlinked, and known by another address, she is nobody here.
    let page = agneta.get(&at).html;
    let fields = [("name", "Maria Lindqvist"), ("address", "annan@uddevalla.example")];
    agneta.fill(&page, &format!("{at}/andra"), &fields);
    let page = agneta.get(&at).html;
    let unlinked = agneta.fill(&page, &format!("{at}/koppla-bort"), &[]);
    assert!(unlinked.html.contains("bortkopplad"), "{}", unlinked.html);
    until("she is out", || maria.ask("/bedoma").status != 200);
    assert_eq!(region.in_uddevalla("u2").1.status, 403);
    region.server.stop();
}

#[test]
fn what_was_not_begun_here_signs_nobody_in_and_a_provider_that_is_away_keeps_no_administrator_out() {
    let mut region = Region::start();
    let mut agneta = region.administrator("uddevalla");
    adopt(&mut agneta, "", &[("alla", SUBMITTER)]);

    // A code once, for an administrator alone, and not by looking.
    let code = region.code("uddevalla");
    let (mut first, mut second) = (region.reader(), region.reader());
    let page = first.get(&code).html;
    second.get(&code);
    assert_eq!(first.fill(&page, "/in/kod", &[]).status, 200);
    assert_eq!(second.fill(&page, "/in/kod", &[]).status, 403);
    let nobody = Someone::who("uddevalla", Role::Coordinator).person();
    let refused = run(&[
        "user",
        "code",
        &nobody,
        "--data",
        &region.folder.path().to_string_lossy(),
    ]);
    assert!(!refused.status.success());

    // Another browser's answer, an old one again, an answer of nobody's, another issuer, a provider that says no.
    let mut olle = region.reader();
    let sent = olle.ask("/in/hos/uddevalla");
    let back = region.uddevalla.sign_in(&sent.location, "u3");
    let mut other = region.reader();
    assert_eq!(other.ask(&back).status, 403, "it never began");
    other.ask("/in/hos/uddevalla");
    assert_eq!(other.ask(&back).status, 403, "another sign-in's");
    let issuer = percent(&region.trollhattan.issuer);
    let mixed = format!("{}&iss={issuer}", back.split("&iss=").next().expect("a path"));
    assert_eq!(olle.clone().ask(&mixed).status, 403, "another issuer");
    let silent = back.split("&iss=").next().expect("a path");
    assert_eq!(
        olle.clone().ask(silent).status,
        403,
        "it says who it is, and here nobody does"
    );
    let others = back.replace("/in/tillbaka/uddevalla", "/in/tillbaka/trollhattan");
    assert_eq!(olle.clone().ask(&others).status, 403, "another provider's address");
    let mut kept = olle.clone();
    let welcome = olle.ask(&back);
    assert_eq!(welcome.status, 200, "{}", welcome.html);
    assert_eq!(kept.ask(&back).status, 403, "a code is good once");
    let mut refused = region.reader();
    let sent = refused.ask("/in/hos/uddevalla");
    let state = sent
        .location
        .split("state=")
        .nth(1)
        .expect("a state")
        .split('&')
        .next()
        .expect("it");
    let no = refused.ask(&format!(
        "/in/tillbaka/uddevalla?error=access_denied&state={state}&iss={}",
        percent(&region.uddevalla.issuer)
    ));
    assert_eq!(no.status, 403);
    assert!(no.html.contains("släppte inte in dig"), "{}", no.html);
    // Nowhere else than here.
    for next in ["https://evil.example/", "//evil.example", "/\\evil.example"] {
        let mut reader = region.reader();
        let sent = reader.ask(&format!("/in/hos/uddevalla?till={}", percent(next)));
        let back = region.uddevalla.sign_in(&sent.location, "u3");
        let page = reader.ask(&back).html;
        assert!(!page.contains("evil.example"), "{page}");
    }
    // Nobody's word for it signs anybody out.
    for token in ["", "x", "a.b.c"] {
        assert_eq!(
            region
                .reader()
                .post_raw("/ut/bakvag", &[("logout_token", token)])
                .status,
            400
        );
    }
    assert_eq!(olle.get("/ideer/ny").status, 200);

    // Other keys, and away.
    region.uddevalla.change_keys();
    assert_eq!(region.in_uddevalla("u3").1.status, 200);
    region.uddevalla.kill();
    let away = region.reader().ask("/in/hos/uddevalla");
    assert!(away.status == 303 || away.status == 503, "{}", away.status);
    assert_eq!(olle.get("/ideer/ny").status, 200, "who is in stays in");
    let mut still = region.administrator("uddevalla");
    assert_eq!(still.get("/personer").status, 200);
    region.uddevalla.restart();
    assert_eq!(region.in_uddevalla("u3").1.status, 200);
    // After a restart of ours nobody signs in again.
    let web = region.web.to_string();
    region.server.stop();
    let server = Server::start(region.folder.path(), &["--http", &web]);
    assert_eq!(olle.get("/ideer/ny").status, 200);
    server.stop();
    let demo = run(&["up", "--demo", "--data", &region.folder.path().to_string_lossy()]);
    assert!(!demo.status.success());
}

#[test]
fn what_was_sent_after_the_end_of_a_session_goes_on_once_its_writer_has_signed_in_again() {
    let region = Region::start();
    let mut agneta = region.administrator("uddevalla");
    let adopted = adopt(&mut agneta, "", &[("alla", SUBMITTER)]);
    assert_eq!(adopted.status, 200, "{}", adopted.html);
    let page = agneta.get("/organisation").html;
    let details = [
        ("settings.name", "uddevalla"),
        ("settings.prefix", "UDD"),
        ("settings.kind", "1"),
        ("settings.public_body", "ja"),
        ("settings.answer_working_days", "10"),
        ("settings.decision_days", "60"),
        ("settings.idle_minutes", "1"),
        ("settings.session_hours", "12"),
    ];
    let changed = agneta.fill(&page, "/organisation/andra", &details);
    assert_eq!(changed.status, 200, "{}", changed.html);
    let (mut olle, _) = region.in_uddevalla("u3");
    let (mut maria, _) = region.in_uddevalla("u2");
    let idea = [
        ("title", "Lån av cyklar"),
        ("problem", "Många har ingen cykel att ta sig till bussen med."),
        ("owner", "1"),
        ("terms", "ja"),
    ];
    let form = olle.get("/ideer/ny").html;
    let others = maria.get("/ideer/ny").html;
    let left = maria.clone();
    maria.fill(&others, "/lamna", &[]);
    // For want of use.
    std::thread::sleep(Duration::from_secs(62));
    let late = olle.fill(&form, "/ideer", &idea);
    assert_eq!(late.status, 403, "{}", late.html);
    assert!(
        late.html.contains("sparas i en timme") && late.html.contains("Lån av cyklar"),
        "{}",
        late.html
    );
    // Whoever has left by themselves, or holds a form of another session's, keeps nothing.
    let mut left = left;
    let refused = left.fill(&others, "/ideer", &idea);
    assert!(!refused.html.contains("sparas i en timme"), "{}", refused.html);
    let (_, welcome) = region.in_uddevalla("u2");
    assert!(
        !welcome.html.contains("Lån av cyklar"),
        "it is another person's: {}",
        welcome.html
    );
    // In any browser, once.
    let (mut olle, welcome) = region.in_uddevalla("u3");
    assert!(welcome.html.contains("Lån av cyklar"), "{}", welcome.html);
    let sent = olle.fill(&welcome.html, "/ideer", &[]);
    assert_eq!(sent.status, 200, "{}", sent.html);
    assert!(sent.html.contains("Lån av cyklar"), "{}", sent.html);
    assert!(olle.get("/ideer").html.contains("Lån av cyklar"));
    let (_, welcome) = region.in_uddevalla("u3");
    assert!(!welcome.html.contains("Lån av cyklar"), "once: {}", welcome.html);
    region.server.stop();
}

/// What is found on the page by somebody who goes by the keyboard, to whom a browser shows where they are.
async fn seen(inspector: &Inspector, browser: &Chromium) -> Vec<String> {
    let at = browser.client.active_element().await.expect("something");
    at.send_keys("\u{e004}").await.expect("the tabulator's key");
    inspector.inspect(browser, "sv").await
}

#[tokio::test(flavor = "multi_thread")]
async fn in_a_browser_people_of_three_organisations_come_in_act_in_other_roles_and_leave() {
    let region = Region::start();
    let inspector = Inspector::new();
    let mut found = Vec::new();
    let browser = Chromium::start(region.web).await.by_name();
    // The first administrator comes in by a code.
    browser.open(&region.code("uddevalla")).await;
    found.extend(seen(&inspector, &browser).await);
    browser.press("Logga in").await;
    browser.until("organisationsadministratör").await;
    browser.open("/organisation/inloggning").await;
    browser.unfold("Bestäm vem som får vad").await;
    found.extend(seen(&inspector, &browser).await);
    browser.write("Grupp (1)", "alla").await;
    browser.choose("Roll (1)", "idégivare").await;
    browser.write("Grupp (2)", "sluss").await;
    browser.choose("Roll (2)", "slussledare").await;
    browser.press("Visa vem som får vad").await;
    browser.until("Så här skulle det bli").await;
    browser.press("Anta").await;
    browser.until("Vad det leder till").await;
    found.extend(seen(&inspector, &browser).await);
    browser.press("Anta").await;
    browser.until("Rollerna är ändrade").await;
    browser.press("Logga ut").await;

    // Maria is led where she wanted to go, by choosing where she works.
    browser.open("/inkorg").await;
    browser.until("Var arbetar du?").await;
    found.extend(seen(&inspector, &browser).await);
    browser.follow("uddevalla").await;
    browser.press("Maria Lindqvist").await;
    browser.until("Maria Lindqvist, slussledare, uddevalla").await;
    assert_eq!(browser.path().await, "/inkorg");
    // In whichever role she acts, it is said.
    let others = browser.client.find(Locator::Css("[popovertarget=roller]")).await;
    others.expect("a button").click().await.expect("clicked");
    found.extend(seen(&inspector, &browser).await);
    browser.press("idégivare, uddevalla").await;
    browser.until("Maria Lindqvist, idégivare, uddevalla").await;
    browser.follow("Var du är inloggad").await;
    browser.until("Chrome, Linux (den här)").await;
    found.extend(seen(&inspector, &browser).await);

    // Signed out at her provider, she is here too.
    let there = format!("{}/session/end", region.uddevalla.issuer);
    browser.client.goto(&there).await.expect("the provider's page");
    browser.press("Yes, sign me out").await;
    browser.open("/inkorg").await;
    browser.until("Var arbetar du?").await;
    browser.follow("uddevalla").await;
    browser.press("Maria Lindqvist").await;
    browser.until("Maria Lindqvist, slussledare, uddevalla").await;

    // Signed out here, she is at her provider too.
    browser.press("Logga ut").await;
    browser.press("Yes, sign me out").await;
    browser.until("Var arbetar du?").await;
    assert_eq!(browser.path().await, "/");

    // By the address that she knows.
    browser.write("E-postadress på jobbet", "tor@trollhattan.example").await;
    browser.press("Logga in").await;
    browser.press("Tor Ek").await;
    browser.until("har ingen roll här").await;
    found.extend(seen(&inspector, &browser).await);
    assert!(found.is_empty(), "{found:#?}");
    region.server.stop();
}

fn percent(text: &str) -> String {
    text.bytes().map(|byte| format!("%{byte:02X}")).collect()
}

#[test]
fn settings_that_can_not_be_are_refused_with_a_sentence() {
    let folder = TempDir::new().expect("a folder");
    write_region(folder.path());
    let start = |text: &str| {
        std::fs::write(folder.path().join("providers.toml"), text).expect("written");
        Server::try_start(folder.path(), &[]).err().map(|(_, said)| said)
    };
    for (text, word) in [
        ("[[provider]]\nname = \"x\"\n", "issuer"),
        (
            "[[provider]]\nname = \"x\"\nissuer = \"http://login.example\"\nclient_id = \"i\"\nclient_secret_file = \"s\"\norganisations = [\"uddevalla\"]\n",
            "https",
        ),
    ] {
        let said = start(text).expect("refused");
        assert!(said.contains(word) && said.contains("providers.toml"), "{said}");
    }
}
