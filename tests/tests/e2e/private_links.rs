//! Ideas without an account: one of the walk's people gives an idea, follows it by its private link, renews the link, ends it, and claims another; in a
//! browser, in one process and over six.

use crate::accessible::Inspector;
use crate::sign_in::until;
use fantoccini::Locator;
use idesluss_domain::SERVICES;
use idesluss_tests::{Answer, Apart, Chromium, Plan, Reader, Server, run};
use std::net::SocketAddr;
use std::path::Path;
use tempfile::TempDir;

const FORM: &str = "/lank/till/uddevalla";
const TITLE: &str = "Räcken vid badplatsen";
const PROBLEM: &str = "Den som har svårt att gå kommer inte ner i vattnet.";
const SECRET_LETTERS: usize = 64;

/// Those at the pages who have accounts, who take turns at one browser.
struct Staff {
    reader: Reader,
    administrator: &'static str,
    coordinator: &'static str,
    submitter: &'static str,
}

impl Staff {
    /// Of the sample region.
    fn of(reader: Reader) -> Self {
        Self {
            reader,
            administrator: "Agneta Sund",
            coordinator: "Anders Holm",
            submitter: "Maria Lindqvist",
        }
    }

    /// Leaves the browser to another of them.
    fn turn(&mut self, name: &str, role: &str) -> &mut Reader {
        let page = self.reader.get("/").html;
        if page.contains("action=\"/lamna\"") {
            self.reader.fill(&page, "/lamna", &[]);
        }
        self.reader.become_person(name, role);
        &mut self.reader
    }

    fn administrator(&mut self) -> &mut Reader {
        self.turn(self.administrator, "administrator")
    }

    fn coordinator(&mut self) -> &mut Reader {
        self.turn(self.coordinator, "coordinator")
    }

    fn submitter(&mut self) -> &mut Reader {
        self.turn(self.submitter, "submitter")
    }

    /// Lets anybody give so many ideas a day.
    fn allow(&mut self, ideas_per_day: usize) {
        let administrator = self.administrator();
        let page = administrator.get("/organisation").html;
        let number = ideas_per_day.to_string();
        let allowed = administrator.fill(&page, "/organisation/utan-konto", &[("ideas_per_day", &number)]);
        assert!(
            allowed
                .html
                .contains("Vem som helst kan nu lämna idéer till er utan konto."),
            "{}",
            allowed.html
        );
        assert!(
            allowed.html.contains(FORM),
            "where it is done is told: {}",
            allowed.html
        );
    }

    /// Has the organisation take no more.
    fn stop(&mut self) {
        let administrator = self.administrator();
        let page = administrator.get("/organisation").html;
        let stopped = administrator.fill(&page, "/organisation/bara-med-konto", &[]);
        assert!(
            stopped.html.contains("Ni tar inte längre emot nya idéer utan konto"),
            "{}",
            stopped.html
        );
    }

    /// Asks whoever has given an idea.
    fn asks(&mut self, idea: &str, question: &str) {
        let coordinator = self.coordinator();
        let page = coordinator.get(idea).html;
        assert!(page.contains("någon utan konto"), "{page}");
        let asked = coordinator.fill(&page, &format!("{idea}/fraga"), &[("question", question)]);
        assert_eq!(asked.status, 200, "{}", asked.html);
    }
}

/// Where somebody stands who has given an idea so.
struct Given {
    holder: Reader,
    link: String,
    idea: String,
    reference: String,
    /// The form as it was sent.
    page: String,
}

/// What stands in a page between two marks.
fn between<'a>(html: &'a str, before: &str, after: &str) -> &'a str {
    let rest = html.split(before).nth(1);
    let found = rest.and_then(|rest| rest.split(after).next());
    found.unwrap_or_else(|| panic!("no {before} in {html}"))
}

/// The path of the link that a page shows.
fn link_on(html: &str) -> String {
    let address = between(html, "id=\"lank\" value=\"", "\"");
    let secret = address.rsplit('/').next().expect("a secret");
    assert_eq!(secret.len(), SECRET_LETTERS, "{address}");
    format!("/lank/{secret}")
}

fn fields(title: &str) -> [(&str, &str); 4] {
    [("title", title), ("problem", PROBLEM), ("owner", "1"), ("terms", "ja")]
}

fn send(anybody: &mut Reader, page: &str, title: &str) -> Answer {
    anybody.fill(page, FORM, &fields(title))
}

/// Gives an idea without an account.
fn give(web: SocketAddr, title: &str) -> Given {
    let mut holder = Reader::new(web);
    // That it is allowed, and the link, has to have been heard of everywhere.
    until("a form is there", || holder.ask(FORM).status == 200);
    let page = holder.get(FORM).html;
    assert_eq!(holder.cookie(), "", "no cookie before it is sent");
    let mut given = send(&mut holder, &page, title);
    until("the idea is taken", || {
        if given.status != 200 {
            given = send(&mut holder, &page, title);
        }
        given.status == 200
    });
    assert!(given.html.contains("Tack för din idé"), "{}", given.html);
    assert!(given.html.contains("<svg class=\"qr\""), "{}", given.html);
    assert!(holder.cookie().starts_with("lank="), "{}", holder.cookie());
    let idea = format!("/ideer/{}", between(&given.html, "href=\"/ideer/", "\""));
    let mut seen = String::new();
    until("it has a reference", || {
        seen = holder.get(&idea).html;
        seen.contains("UDD-")
    });
    assert!(seen.contains(title), "{seen}");
    Given {
        link: link_on(&given.html),
        reference: format!("UDD-{}", between(&seen, "UDD-", "<")),
        holder,
        idea,
        page,
    }
}

/// Opens a link by its button.
fn open(web: SocketAddr, link: &str) -> (Reader, Answer) {
    let mut reader = Reader::new(web);
    let answer = open_by(&mut reader, link);
    (reader, answer)
}

fn open_by(reader: &mut Reader, link: &str) -> Answer {
    let page = reader.get(link);
    assert_eq!(page.status, 200, "{}", page.html);
    reader.fill(&page.html, "/lank/oppna", &[])
}

/// What whoever opens a link hears that opens nothing: all of them the same.
fn opens_nothing(web: SocketAddr, link: &str) -> String {
    let (mut reader, answer) = open(web, link);
    assert_eq!(answer.status, 404, "{link}: {}", answer.html);
    assert!(answer.html.contains("Länken öppnar ingenting"), "{}", answer.html);
    assert_eq!(reader.cookie(), "");
    assert_eq!(reader.ask("/lank/min").status, 303);
    answer.html
}

/// Everything that is done with links, by people at pages; returns the secrets of all that there were, and how many ideas came.
fn walk(web: SocketAddr, staff: &mut Staff) -> (Vec<String>, usize) {
    staff.allow(20);
    let Given {
        mut holder,
        link,
        idea,
        reference,
        page: form,
    } = give(web, TITLE);
    // A form that is sent again is the same idea.
    let again = send(&mut Reader::new(web), &form, TITLE);
    assert_eq!(again.status, 200, "{}", again.html);
    assert!(
        again.html.contains(&idea) && again.html.contains(&reference),
        "{}",
        again.html
    );

    // Whoever only follows the link has not opened it; whoever presses the button sees the idea, as often as they like.
    let mut scanner = Reader::new(web);
    scanner.get(&link);
    assert_eq!(scanner.cookie(), "");
    for _ in 0..2 {
        let (_, opened) = open(web, &link);
        assert!(
            opened.html.contains(TITLE) && opened.html.contains(&reference),
            "{}",
            opened.html
        );
    }

    // A question comes, and is answered.
    staff.asks(&idea, "Vilken badplats menar du?");
    let mut seen = String::new();
    until("the question is there", || {
        seen = holder.get(&idea).html;
        seen.contains("Vilken badplats menar du?")
    });
    let answered = holder.fill(&seen, &format!("{idea}/svar"), &[("answer", "Den vid Gustafsberg.")]);
    assert_eq!(answered.status, 200, "{}", answered.html);
    assert!(answered.html.contains("Den vid Gustafsberg."), "{}", answered.html);
    let file = holder.upload(&answered.html, &format!("{idea}/fil"), "karta.txt", "här".as_bytes());
    assert!(file.html.contains("karta.txt"), "{}", file.html);
    let told = staff.coordinator().get(&idea).html;
    assert!(told.contains("Den vid Gustafsberg."), "{told}");

    // Nobody's, and no other page, is opened by it.
    let other = give(web, "En annan idé");
    assert_ne!(other.idea, idea);
    for path in [
        &*other.idea,
        "/inkorg",
        "/ideer",
        "/ideer/ny",
        "/losningar",
        "/revision",
        "/personer",
    ] {
        let answer = holder.ask(path);
        assert!(
            answer.status != 200 && !answer.html.contains("En annan idé"),
            "{path}: {}",
            answer.html
        );
    }
    let csrf = seen_csrf(&mut holder, &idea);
    let taken = holder.post_raw(&format!("{}/aterta", other.idea), &[("csrf", &csrf), ("saker", "ja")]);
    assert!(taken.status >= 400, "{}", taken.html);

    // Nothing is done by a form of another session's.
    for act in ["fornya", "avsluta", "stang"] {
        for csrf in ["", &seen_csrf(&mut other.holder.clone(), &other.idea)] {
            let refused = holder.post_raw(
                &format!("/lank/min/{act}"),
                &[("csrf", csrf), ("nyckel", &"ab".repeat(32)), ("saker", "ja")],
            );
            assert_eq!(refused.status, 403, "{act}: {}", refused.html);
        }
    }
    assert_eq!(holder.get(&idea).status, 200);

    // Renewed, the old one opens nothing, nor goes on what it has opened.
    let (mut elsewhere, _) = open(web, &link);
    let page = holder.get("/lank/min/ny").html;
    let new = link_on(&page);
    assert_ne!(new, link);
    assert_eq!(
        opens_nothing(web, &new),
        opens_nothing(web, &format!("/lank/{}", "0".repeat(SECRET_LETTERS)))
    );
    let renewed = holder.fill(&page, "/lank/min/fornya", &[]);
    assert!(renewed.html.contains("Bara den nya öppnar idén"), "{}", renewed.html);
    assert_eq!(holder.get(&idea).status, 200, "the browser goes on");
    until("what the old one had opened has ended", || {
        elsewhere.ask(&idea).status == 303
    });
    let unknown = opens_nothing(web, &format!("/lank/{}", "f".repeat(SECRET_LETTERS)));
    assert_eq!(opens_nothing(web, &link), unknown);
    assert_eq!(opens_nothing(web, "/lank/abc"), unknown);
    let (_, opened) = open(web, &new);
    assert!(opened.html.contains(TITLE), "{}", opened.html);

    // Erasure is asked for; the idea is taken back.
    let page = holder.get(&idea).html;
    let asked = holder.fill(&page, &format!("{idea}/begar-radering"), &[]);
    assert!(asked.html.contains("radering begärd"), "{}", asked.html);
    let back = holder.fill(&asked.html, &format!("{idea}/aterta"), &[("reason", "Det görs redan.")]);
    assert_eq!(back.status, 200, "{}", back.html);
    assert!(back.html.contains("Återtagen"), "{}", back.html);

    // Closed here, it opens again; revoked, it does not, anywhere.
    let page = holder.get("/lank/min").html;
    let closed = holder.fill(&page, "/lank/min/stang", &[]);
    assert!(
        closed.html.contains("Den här webbläsaren har glömt idén"),
        "{}",
        closed.html
    );
    assert_eq!(holder.ask(&idea).status, 303);
    open_by(&mut holder, &new);
    let (mut elsewhere, _) = open(web, &new);
    let page = holder.get("/lank/min").html;
    let revoked = holder.fill(&page, "/lank/min/avsluta", &[]);
    assert!(revoked.html.contains("Länken är avslutad"), "{}", revoked.html);
    assert_eq!(holder.ask(&idea).status, 303);
    until("it is out elsewhere too", || elsewhere.ask(&idea).status == 303);
    assert_eq!(opens_nothing(web, &new), unknown);
    // Nor does the form that made it bring it back.
    let again = send(&mut Reader::new(web), &form, TITLE);
    assert!(
        again.status != 200 && again.html.contains("redan skickat"),
        "{}",
        again.html
    );

    let claimed = claims(web, staff, &unknown);
    let secrets = [&link, &new, &other.link, &claimed];
    let secrets = secrets.map(|link| link.trim_start_matches("/lank/").to_owned());
    (secrets.into(), 3)
}

/// What the forms of whoever has a link must send back.
fn seen_csrf(holder: &mut Reader, idea: &str) -> String {
    holder.get(idea).csrf()
}

/// Somebody who has given an idea so has an account by now. Returns the link.
fn claims(web: SocketAddr, staff: &mut Staff, unknown: &str) -> String {
    let mut given = give(web, "Bänkar vid biblioteket");
    let page = staff.coordinator().get(&given.link).html;
    assert!(
        !page.contains("gor-till-min"),
        "a coordinator claims nothing as one: {page}"
    );
    let submitter = staff.submitter();
    let page = submitter.get(&given.link).html;
    // Another's form is none of theirs, and without a yes nothing is done.
    let secret = given.link.trim_start_matches("/lank/");
    let forged = [("csrf", "0"), ("secret", secret), ("saker", "ja")];
    assert_eq!(submitter.post_raw("/lank/gor-till-min", &forged).status, 403);
    let wrong = page.replace(secret, &"e".repeat(SECRET_LETTERS));
    let refused = submitter.fill(&wrong, "/lank/gor-till-min", &[]);
    assert!(
        refused.status == 404 && refused.html.contains("Länken öppnar ingenting"),
        "{}",
        refused.html
    );
    let claimed = submitter.fill(&page, "/lank/gor-till-min", &[]);
    assert!(claimed.html.contains("Idén är din."), "{}", claimed.html);
    until("it is theirs", || {
        submitter.get(&given.idea).html.contains("Bänkar vid biblioteket")
    });
    let own = submitter.get("/ideer").html;
    assert!(own.contains(&given.idea), "{own}");
    let mine = submitter.get(&given.idea).html;
    assert!(
        mine.contains("/medforfattare") && !mine.contains("någon utan konto"),
        "{mine}"
    );
    until("the link is over", || given.holder.ask(&given.idea).status == 303);
    assert_eq!(opens_nothing(web, &given.link), unknown);
    let mut other = Reader::new(web);
    let again = send(&mut other, &given.page, "Bänkar vid biblioteket");
    assert!(
        again.status != 200 && again.html.contains("redan skickat"),
        "{}",
        again.html
    );
    given.link
}

/// Calls everything once that there is for links.
pub(crate) fn everything(web: SocketAddr) {
    let mut staff = Staff::of(Reader::new(web));
    walk(web, &mut staff);
    staff.stop();
}

/// Whether any file below a folder holds a text, as it is or as the bytes that it writes in hexadecimal digits.
fn holds(folder: &Path, secret: &str) -> Option<String> {
    let bytes: Vec<u8> = (0..secret.len() / 2)
        .map(|place| u8::from_str_radix(&secret[2 * place..2 * place + 2], 16).expect("digits"))
        .collect();
    for entry in std::fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            if let Some(found) = holds(&path, secret) {
                return Some(found);
            }
            continue;
        }
        let Ok(file) = std::fs::read(&path) else { continue };
        let has = |what: &[u8]| file.windows(what.len()).any(|window| window == what);
        if has(secret.as_bytes()) || has(&bytes) {
            return Some(path.display().to_string());
        }
    }
    None
}

#[test]
fn an_idea_without_an_account_is_followed_renewed_revoked_and_claimed_by_its_link_in_one_process() {
    let folder = TempDir::new().expect("a folder");
    let server = Server::start_saying(folder.path(), &["--demo"], "debug");
    let web = server.addresses.web;
    let mut staff = Staff::of(Reader::new(web));
    let closed = Reader::new(web).ask(FORM);
    assert!(
        closed.status >= 400 && closed.html.contains("tar inte emot idéer utan konto"),
        "{}",
        closed.html
    );
    assert!(!Reader::new(web).get("/").html.contains("href=\"/lank\""));
    let (secrets, ideas) = walk(web, &mut staff);

    // As many a day as the organisation has said, and not one more; what was written is not lost.
    staff.allow(ideas);
    let mut anybody = Reader::new(web);
    let page = anybody.get(FORM).html;
    let full = send(&mut anybody, &page, "En för mycket");
    assert_eq!(full.status, 409, "{}", full.html);
    assert!(
        full.html.contains("så många idéer utan konto som den hinner läsa"),
        "{}",
        full.html
    );
    assert!(
        full.html.contains("value=\"En för mycket\"") && full.html.contains(PROBLEM),
        "{}",
        full.html
    );
    assert_eq!(anybody.cookie(), "", "nothing was given");
    // The same form is taken once there is room.
    staff.allow(ideas + 1);
    let mut taken = send(&mut anybody, &full.html, "En för mycket");
    until("there is room", || {
        if taken.status != 200 {
            taken = send(&mut anybody, &full.html, "En för mycket");
        }
        taken.status == 200
    });
    staff.stop();
    let stopped = anybody.ask(FORM);
    assert!(
        stopped.status >= 400 && stopped.html.contains("tar inte emot idéer utan konto"),
        "{}",
        stopped.html
    );
    // The links that there are go on.
    let (_, opened) = open(web, &link_on(&taken.html));
    assert!(opened.html.contains("En för mycket"), "{}", opened.html);

    // No secret is written down anywhere, and what the journals hold is verified.
    let said = server.output();
    assert!(server.stop().success());
    for secret in &secrets {
        assert!(!said.contains(secret.as_str()), "a link stands in the log");
        assert_eq!(holds(folder.path(), secret), None);
    }
    let data = folder.path().to_string_lossy().into_owned();
    let bundle = folder.path().join("bundle");
    let out = bundle.to_string_lossy().into_owned();
    let exported = run(&["audit", "export", "--quiet", "--data", &data, "--out", &out]);
    assert!(exported.status.success(), "{exported:?}");
    let keys = run(&["audit", "keys", "--data", &data]);
    let policy = folder.path().join("policy");
    std::fs::write(&policy, keys.stdout).expect("written");
    let verified = run(&[
        "audit",
        "verify",
        &out,
        "--policy",
        &policy.to_string_lossy(),
        "--quiet",
    ]);
    let told = String::from_utf8_lossy(&verified.stdout).into_owned();
    assert!(
        verified.status.success(),
        "{told}{}",
        String::from_utf8_lossy(&verified.stderr)
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn an_idea_without_an_account_is_followed_renewed_revoked_and_claimed_by_its_link_over_six_processes() {
    let apart = Apart::start(Plan::default()).await;
    let (reader, web) = (apart.browser("gateway"), SocketAddr::from(([127, 0, 0, 1], apart.web)));
    let mut staff = Staff {
        reader,
        administrator: "i uddevalla",
        coordinator: "i uddevalla",
        submitter: "i uddevalla",
    };
    let walked = tokio::task::spawn_blocking(move || walk(web, &mut staff)).await;
    let (secrets, _) = walked.expect("walked");
    let names = SERVICES.iter().map(|service| format!("{service}-1"));
    for name in names.chain(["gateway".to_owned()]) {
        let log = apart.log(&name);
        assert!(
            secrets.iter().all(|secret| !log.contains(secret)),
            "a link stands in the log of {name}"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn somebody_without_an_account_gives_an_idea_in_a_browser_and_comes_back_by_the_link() {
    let folder = TempDir::new().expect("a folder");
    let server = Server::start(folder.path(), &["--demo"]);
    let web = server.addresses.web;
    tokio::task::spawn_blocking(move || Staff::of(Reader::new(web)).allow(5))
        .await
        .expect("allowed");
    let browser = Chromium::start(web).await;
    let inspector = Inspector::new();
    let usable = async |page: &str| {
        for language in ["en", "sv"] {
            browser.speak(language).await;
            browser.client.refresh().await.expect("the page again");
            let found = inspector.inspect(&browser, language).await;
            assert!(found.is_empty(), "{page} in {language}: {found:?}");
            if let Some(folder) = std::env::var_os("PICTURES") {
                let picture = browser.client.screenshot().await.expect("a picture");
                let name = format!("{}-{language}.png", page.replace(' ', "-"));
                std::fs::write(Path::new(&folder).join(name), picture).expect("written");
            }
        }
    };
    let shown = async |page: &str| {
        let found = inspector.inspect(&browser, "sv").await;
        assert!(found.is_empty(), "{page}: {found:?}");
        if let Some(folder) = std::env::var_os("PICTURES") {
            let picture = browser.client.screenshot().await.expect("a picture");
            std::fs::write(
                Path::new(&folder).join(format!("{}.png", page.replace(' ', "-"))),
                picture,
            )
            .expect("written");
        }
    };
    let cookies = async || browser.client.get_all_cookies().await.expect("cookies").len();

    browser.open("/lank").await;
    browser.follow("Uddevalla kommun").await;
    assert_eq!(cookies().await, 0, "no cookie before it is sent");
    browser.write("Vad ska idén heta?", TITLE).await;
    browser.tick("Organisationen får använda den fritt").await;
    browser.tick("Jag har läst").await;
    browser.press("Lämna idén").await;
    browser.until("beskriv problemet eller skriv ett förslag").await;
    assert_eq!(cookies().await, 0, "nor when something was wrong");
    browser.write("Vilket problem eller behov", PROBLEM).await;
    shown("the form refused").await;
    browser.press("Lämna idén").await;
    browser.until("Tack för din idé").await;
    browser.until("UDD-").await;
    shown("given").await;
    let link = browser.client.find(Locator::Id("lank")).await.expect("the link");
    let address = link.prop("value").await.expect("an answer").expect("an address");
    let path = address.split_once(&format!("{web}")).expect("of this web").1.to_owned();
    assert_eq!(cookies().await, 1);
    browser.follow("Se idén").await;
    browser.until("Du får svar av en människa senast").await;
    let idea = browser.path().await;
    usable("the idea").await;
    browser.press("Stäng länken").await;
    browser.until("Den här webbläsaren har glömt idén").await;
    shown("closed").await;
    browser.open(&idea).await;
    assert_eq!(browser.path().await, "/", "nobody is known here");
    browser.follow("Lämna en idé utan att logga in").await;
    browser.until("Har du redan en länk?").await;
    usable("start").await;
    browser.open(FORM).await;
    usable("the form").await;
    browser.open(&format!("{FORM}/villkor")).await;
    usable("the terms").await;
    browser.open(&path).await;
    usable("the link").await;
    // Read in another language, the page is the same one.
    browser.press("In English").await;
    browser.press("Open the idea").await;
    browser.until(TITLE).await;
    browser.speak("sv").await;
    browser.open("/lank/min").await;
    usable("my link").await;
    browser.follow("Gör en ny länk").await;
    let link = browser.client.find(Locator::Id("lank")).await.expect("the link");
    let address = link.prop("value").await.expect("an answer").expect("an address");
    let new = address.split_once(&format!("{web}")).expect("of this web").1.to_owned();
    shown("another link").await;
    browser.press("Byt till den nya länken").await;
    browser.until("Bara den nya öppnar idén").await;
    browser.open(&path).await;
    browser.press("Öppna idén").await;
    browser.until("Länken öppnar ingenting").await;
    shown("a link that opens nothing").await;
    browser.open(&new).await;
    browser.press("Öppna idén").await;
    browser.until(TITLE).await;
    browser.open("/lank/min").await;
    browser.press("Avsluta länken").await;
    browser.until("Det går inte att ångra").await;
    shown("whether it is to end").await;
    browser.press("Avsluta länken").await;
    browser.until("Den öppnar ingenting längre").await;

    // Without an account in this browser, another idea becomes Maria's who signs in.
    browser.open(FORM).await;
    browser.write("Vad ska idén heta?", "Bänkar vid biblioteket").await;
    browser.write("Vad föreslår du?", "Fyra bänkar i skuggan.").await;
    browser.tick("Vi delar på den").await;
    browser.tick("Jag har läst").await;
    browser.press("Lämna idén").await;
    browser.until("Tack för din idé").await;
    let link = browser.client.find(Locator::Id("lank")).await.expect("the link");
    let address = link.prop("value").await.expect("an answer").expect("an address");
    let path = address.split_once(&format!("{web}")).expect("of this web").1.to_owned();
    browser.become_person("Maria Lindqvist", "idégivare").await;
    browser.open(&path).await;
    usable("the link of whoever is signed in").await;
    browser.press("Gör idén till min").await;
    browser.until("Slussledaren ser ditt namn").await;
    shown("whether it is mine").await;
    browser.press("Gör idén till din").await;
    browser.until("Idén är din.").await;
    browser.until("Bänkar vid biblioteket").await;
    shown("mine").await;
    browser.become_person("Agneta Sund", "organisationsadministratör").await;
    browser.open("/organisation").await;
    usable("the setting").await;
}

#[test]
fn whoever_sends_and_opens_too_often_waits_and_loses_nothing() {
    let folder = TempDir::new().expect("a folder");
    let server = Server::start(folder.path(), &["--demo"]);
    let web = server.addresses.web;
    Staff::of(Reader::new(web)).allow(5);
    let mut anybody = Reader::new(web);
    let page = anybody.get(FORM).html;
    let mut answers = Vec::new();
    for number in 0..25 {
        let title = format!("Nummer {number}");
        let answer = anybody.fill(&page, FORM, &[("title", title.as_str())]);
        if answer.status == 429 {
            assert!(
                answer.html.contains("Vänta") && answer.html.contains(&title),
                "{}",
                answer.html
            );
            let secret = between(&page, "name=\"privat\" value=\"", "\"");
            let written = answer.html.split("<form").next().unwrap_or_default();
            assert!(!written.contains(secret), "{}", answer.html);
        }
        answers.push(answer.status);
    }
    assert_eq!(answers[..20], [422; 20]);
    assert!(answers[21..].iter().all(|status| *status == 429), "{answers:?}");
    let mut opened = Vec::new();
    for number in 0..65 {
        let lank = format!("{number:064x}");
        opened.push(anybody.post_raw("/lank/oppna", &[("lank", &lank)]).status);
    }
    assert_eq!(opened[..60], [404; 60]);
    assert!(opened[61..].iter().all(|status| *status == 429), "{opened:?}");
    assert_eq!(anybody.get("/lank").status, 200, "everything else is there");
    assert!(server.stop().success());
}

#[test]
fn the_address_of_a_link_goes_nowhere_and_no_other_site_sends_its_forms_nor_anybody_an_old_one() {
    let folder = TempDir::new().expect("a folder");
    let server = Server::start(folder.path(), &["--demo"]);
    let web = server.addresses.web;
    Staff::of(Reader::new(web)).allow(5);
    let given = give(web, TITLE);
    let agent: ureq::Agent = ureq::Agent::config_builder()
        .http_status_as_error(false)
        .max_redirects(0)
        .build()
        .into();
    let url = |path: &str| format!("http://{web}{path}");
    let header = |response: &http::Response<ureq::Body>, name: &str| {
        let value = response.headers().get(name).and_then(|value| value.to_str().ok());
        value.unwrap_or_default().to_owned()
    };
    let page = agent.get(url(&given.link)).call().expect("answered");
    assert_eq!(header(&page, "referrer-policy"), "strict-origin");
    assert!(header(&page, "x-robots-tag").contains("noindex"));
    assert_eq!(header(&page, "cache-control"), "no-store");
    let form = agent.get(url(FORM)).call().expect("answered");
    assert_eq!(header(&form, "x-robots-tag"), "", "the form may be found");
    assert_eq!(header(&form, "set-cookie"), "");
    let secret = given.link.trim_start_matches("/lank/");
    for (name, value) in [("origin", "https://evil.example"), ("sec-fetch-site", "cross-site")] {
        for (path, field) in [
            ("/lank/oppna", "lank"),
            ("/lank/gor-till-min", "secret"),
            (FORM, "privat"),
        ] {
            let sent = agent.post(url(path)).header(name, value);
            let refused = sent.send_form([(field, secret)]).expect("answered");
            assert_eq!(refused.status().as_u16(), 403, "{path} from {name}");
            assert_eq!(header(&refused, "set-cookie"), "");
        }
    }
    // A form of before, or one that was changed, makes no link.
    let mut anybody = Reader::new(web);
    let page = anybody.get(FORM).html;
    let kept = between(&page, "name=\"forsegling\" value=\"", "\"").to_owned();
    for wrong in [String::new(), "AAAA".to_owned(), kept[..kept.len() - 4].to_owned()] {
        let refused = send(&mut anybody, &page.replace(&kept, &wrong), TITLE);
        assert!(
            refused.status >= 400 && refused.html.contains("för gammalt"),
            "{}",
            refused.html
        );
        assert!(refused.html.contains(PROBLEM), "{}", refused.html);
        assert_eq!(anybody.cookie(), "");
    }
    let other = page.replace(
        between(&page, "name=\"privat\" value=\"", "\""),
        &"a".repeat(SECRET_LETTERS),
    );
    let refused = send(&mut anybody, &other, TITLE);
    assert!(refused.status >= 400, "sealed for another secret: {}", refused.html);
    // What comes back goes on as a new one.
    assert_eq!(send(&mut anybody, &refused.html, TITLE).status, 200);
    // It is Uddevalla's form, and nobody else's.
    let mut elsewhere = Reader::new(web);
    let page = elsewhere
        .get(FORM)
        .html
        .replace("/lank/till/uddevalla", "/lank/till/trollhattan");
    let refused = elsewhere.fill(&page, "/lank/till/trollhattan", &fields(TITLE));
    assert!(refused.status >= 400, "{}", refused.html);
    assert_eq!(Reader::new(web).ask("/lank/till/ingenstans").status, 404);

    // A link whose idea never came has lapsed after a while, and a form has grown old; one that has its idea goes on.
    Staff::of(Reader::new(web)).allow(2);
    let page = anybody.get(FORM).html;
    let full = send(&mut anybody, &page, TITLE);
    assert_eq!(full.status, 409, "{}", full.html);
    let lapsed = format!("/lank/{}", between(&page, "name=\"privat\" value=\"", "\""));
    let (_, waits) = open(web, &lapsed);
    assert_eq!(waits.status, 404, "{}", waits.html);
    assert!(
        !waits.html.contains("Länken öppnar ingenting"),
        "it waits for its idea: {}",
        waits.html
    );
    let before = anybody.get(FORM).html;
    assert!(server.stop().success());
    let server = Server::start(folder.path(), &["--demo", "--days-ahead", "2"]);
    let web = server.addresses.web;
    opens_nothing(web, &lapsed);
    let (_, opened) = open(web, &given.link);
    assert!(
        opened.html.contains(TITLE) && opened.html.contains(&given.reference),
        "{}",
        opened.html
    );
    let mut anybody = Reader::new(web);
    let old = send(&mut anybody, &before, TITLE);
    assert!(
        old.status >= 400 && old.html.contains("för gammalt") && old.html.contains(PROBLEM),
        "{}",
        old.html
    );
    assert_eq!(send(&mut anybody, &old.html, TITLE).status, 200, "a new day has room");
    assert!(server.stop().success());
}
