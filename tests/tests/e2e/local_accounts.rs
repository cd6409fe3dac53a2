//! People of a partner without a provider sign in with accounts of here: by HTTP, in a real browser with passkeys, and as whoever sits at the machine sees it.

use crate::accessible::Inspector;
use crate::sign_in::until;
use idesluss_proto::pb::command::Role;
use idesluss_tests::{
    Chromium, Machine, Reader, Server, Someone, account_link, by_password, follow_link, free_address, path_in, run,
    write_down, write_region,
};
use std::net::SocketAddr;
use std::time::{SystemTime, UNIX_EPOCH};
use tempfile::TempDir;
use totp_rs::{Algorithm, Builder, Secret};

const HOME: &str = "trollhattan";
const ADDRESS: &str = "maria@trollhattan.example";
const PASSWORD: &str = "fyra blå stolar i hallen";

/// An installation at which one organisation's people have accounts of here.
pub(crate) struct Partner {
    pub(crate) server: Server,
    pub(crate) web: SocketAddr,
    folder: TempDir,
}

impl Partner {
    pub(crate) fn start() -> Self {
        let folder = TempDir::new().expect("a folder");
        write_region(folder.path());
        let settings = format!("[local]\norganisations = [\"{HOME}\"]\n");
        std::fs::write(folder.path().join("providers.toml"), settings).expect("written");
        Self::on(folder)
    }

    /// Starts on a folder of before.
    pub(crate) fn on(folder: TempDir) -> Self {
        let web = free_address();
        let server = Server::start(folder.path(), &["--http", &web.to_string()]);
        Self { server, web, folder }
    }

    fn reader(&self) -> Reader {
        Reader::new(self.web)
    }

    /// Ends it, and leaves its folder.
    pub(crate) fn stop(self) -> TempDir {
        assert!(self.server.stop().success());
        self.folder
    }

    /// Has the coordinator invited, choose a password and sign in with it.
    pub(crate) fn maria_signs_in(&self) {
        let mut agneta = self.administrator(HOME);
        let at = self.maria(&mut agneta);
        let invitation = account_link(&mut agneta, &at, "bjud-in");
        let mut maria = self.reader();
        let choices = follow_link(&mut maria, &invitation);
        maria.fill(&choices.html, "/in/inbjudan/losenord", &[("losenord", PASSWORD)]);
        self.maria_signs_in_again();
    }

    /// Has her sign in with what she has chosen.
    pub(crate) fn maria_signs_in_again(&self) {
        let welcome = by_password(&mut self.reader(), ADDRESS, PASSWORD);
        assert!(welcome.html.contains("Välkommen, Maria Lindqvist"), "{}", welcome.html);
    }

    /// Does everything once that belongs to accounts of here.
    pub(crate) fn everything(&self) {
        let mut agneta = self.administrator(HOME);
        let at = self.maria(&mut agneta);
        let invitation = account_link(&mut agneta, &at, "bjud-in");
        let mut maria = self.reader().by_name();
        let choices = follow_link(&mut maria, &invitation);
        assert!(choices.html.contains("/in/inbjudan/nyckel"), "{}", choices.html);
        maria.fill(&choices.html, "/in/inbjudan/losenord", &[("losenord", PASSWORD)]);
        maria.get("/inloggning/app");
        let means = maria.get("/inloggning").html;
        let fields = [("nuvarande", PASSWORD), ("losenord", "fyra gröna stolar")];
        let changed = maria.fill(&means, "/inloggning/losenord", &fields);
        assert_eq!(changed.status, 200, "{}", changed.html);
        sign_out(&mut maria);
        assert_eq!(by_password(&mut maria, ADDRESS, "fyra gröna stolar").status, 200);
        account_link(&mut agneta, &at, "aterstall");
    }

    /// What a command about people prints. Errors: what it says instead.
    fn user(&self, arguments: &[&str]) -> Result<String, String> {
        self.machine().user(arguments)
    }

    fn machine(&self) -> Machine {
        Machine::of(self.folder.path())
    }

    /// Signs an administrator in.
    pub(crate) fn administrator(&self, organisation: &str) -> Reader {
        let who = Someone::who(organisation, Role::Administrator).person();
        self.machine().administrator(self.reader(), &who)
    }

    /// The path of a link that lets an administrator in.
    pub(crate) fn code(&self, organisation: &str) -> String {
        let who = Someone::who(organisation, Role::Administrator).person();
        self.machine().code(&who)
    }

    /// The coordinator, whom mail reaches.
    fn maria(&self, administrator: &mut Reader) -> String {
        let who = Someone::who(HOME, Role::Coordinator).person();
        let page = administrator.get(&format!("/personer/{who}")).html;
        assert!(!page.contains("/bjud-in"), "by which name would she sign in? {page}");
        write_down(administrator, &who, "Maria Lindqvist", ADDRESS)
    }
}

fn sign_out(reader: &mut Reader) {
    let page = reader.get("/inloggning").html;
    reader.fill(&page, "/lamna", &[]);
    assert_eq!(reader.ask("/inkorg").status, 303);
}

/// What an app makes of a secret now.
fn code(typed: &str) -> String {
    let now = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .expect("after 1970")
        .as_secs();
    let builder = Builder::new()
        .with_algorithm(Algorithm::SHA1)
        .with_digits(6)
        .with_step_duration(30);
    let secret = Secret::try_from_base32(typed.replace(' ', "")).expect("letters and digits");
    let app = builder.with_secret(secret).build().expect("a secret");
    app.generate(now).to_string()
}

#[test]
fn whoever_is_invited_chooses_a_password_and_asks_for_a_code_after_it() {
    let partner = Partner::start();
    let mut agneta = partner.administrator(HOME);
    let at = partner.maria(&mut agneta);
    let invitation = account_link(&mut agneta, &at, "bjud-in");

    // Whoever only follows the link has not used it.
    let mut maria = partner.reader();
    partner.reader().get(&invitation);
    let choices = follow_link(&mut maria, &invitation);
    assert!(
        choices.html.contains(ADDRESS) && choices.html.contains("Maria Lindqvist"),
        "{}",
        choices.html
    );
    let poor = maria.fill(&choices.html, "/in/inbjudan/losenord", &[("losenord", "Sommar2026!")]);
    assert_eq!(poor.status, 422, "{}", poor.html);
    assert!(poor.html.contains("gissar man snabbt"), "{}", poor.html);
    let chosen = maria.fill(&poor.html, "/in/inbjudan/losenord", &[("losenord", PASSWORD)]);
    assert!(chosen.html.contains("Välkommen, Maria Lindqvist"), "{}", chosen.html);
    assert_eq!(maria.get("/inkorg").status, 200);
    let again = follow_link(&mut partner.reader(), &invitation);
    assert_eq!(again.status, 403, "once: {}", again.html);

    // A code from now on, and ten on paper.
    let page = maria.get("/inloggning/app").html;
    assert!(page.contains("<svg class=\"qr\""), "{page}");
    let typed = page
        .split("<strong class=\"typed\">")
        .nth(1)
        .and_then(|rest| rest.split('<').next());
    let typed = typed.expect("to type").to_owned();
    let wrong = maria.fill(&page, "/inloggning/koder", &[("kod", "000000")]);
    assert!(wrong.html.contains(&typed), "the picture stays: {}", wrong.html);
    let agreed = maria.fill(&wrong.html, "/inloggning/koder", &[("kod", &code(&typed))]);
    let on_paper: Vec<&str> = agreed
        .html
        .split("<code>")
        .skip(1)
        .filter_map(|rest| rest.split('<').next())
        .collect();
    assert_eq!(on_paper.len(), 10, "{}", agreed.html);
    sign_out(&mut maria);

    let wrong = by_password(&mut maria, ADDRESS, "fyra gröna stolar");
    assert_eq!(wrong.status, 403);
    assert!(
        wrong.html.contains("stämmer inte") && wrong.html.contains(ADDRESS),
        "{}",
        wrong.html
    );
    let halfway = by_password(&mut maria, ADDRESS, PASSWORD);
    assert!(halfway.html.contains("/in/engangskod"), "{}", halfway.html);
    assert_eq!(maria.ask("/inkorg").status, 303, "she is not in yet");
    let wrong = maria.fill(&halfway.html, "/in/engangskod", &[("kod", "000000")]);
    assert_eq!(wrong.status, 403, "{}", wrong.html);
    let welcome = maria.fill(&wrong.html, "/in/engangskod", &[("kod", on_paper[0])]);
    assert!(welcome.html.contains("Välkommen, Maria Lindqvist"), "{}", welcome.html);
    let means = maria.get("/inloggning").html;
    assert!(means.contains("Reservkoder kvar: 9"), "{means}");

    // Without another way in the password stays; it is changed by whoever knows it.
    assert!(!means.contains("/inloggning/ta-bort-losenord"), "{means}");
    let fields = [("nuvarande", "gissning"), ("losenord", "fyra gröna stolar")];
    assert_eq!(maria.fill(&means, "/inloggning/losenord", &fields).status, 422);
    // Elsewhere she is in with the password of before, and signed out there by the change.
    let mut elsewhere = partner.reader();
    let halfway = by_password(&mut elsewhere, ADDRESS, PASSWORD);
    elsewhere.fill(&halfway.html, "/in/engangskod", &[("kod", on_paper[1])]);
    assert_eq!(elsewhere.get("/inkorg").status, 200);
    let fields = [("nuvarande", PASSWORD), ("losenord", "fyra gröna stolar")];
    let changed = maria.fill(&means, "/inloggning/losenord", &fields);
    assert!(changed.html.contains("Din inloggning är ändrad"), "{}", changed.html);
    until("she is signed out elsewhere", || elsewhere.ask("/inkorg").status == 303);
    assert_eq!(maria.get("/inkorg").status, 200, "not here");

    // Reset, nothing of before holds, wherever she is signed in.
    let anew = account_link(&mut agneta, &at, "aterstall");
    assert_eq!(
        by_password(&mut partner.reader(), ADDRESS, "fyra gröna stolar").status,
        403
    );
    let mut other = partner.reader();
    let choices = follow_link(&mut other, &anew);
    let welcome = other.fill(&choices.html, "/in/inbjudan/losenord", &[("losenord", PASSWORD)]);
    assert!(welcome.html.contains("Välkommen"), "{}", welcome.html);
    // Of another organisation nobody is invited.
    let mut others = partner.administrator("uddevalla");
    let theirs = Someone::who("uddevalla", Role::Coordinator).person();
    let theirs = write_down(&mut others, &theirs, "Olle", "olle@uddevalla.example");
    assert!(!others.get(&theirs).html.contains("/bjud-in"));
    partner.server.stop();
}

#[test]
fn strangers_who_guess_keep_nobody_out_whose_browser_is_known() {
    let partner = Partner::start();
    let mut agneta = partner.administrator(HOME);
    let at = partner.maria(&mut agneta);
    let invitation = account_link(&mut agneta, &at, "bjud-in");
    let mut maria = partner.reader();
    let choices = follow_link(&mut maria, &invitation);
    maria.fill(&choices.html, "/in/inbjudan/losenord", &[("losenord", PASSWORD)]);
    sign_out(&mut maria);
    let (mut stranger, mut answers) = (partner.reader(), Vec::new());
    for number in 0..30 {
        for address in [ADDRESS, "ingen@trollhattan.example"] {
            let answer = by_password(&mut stranger, address, &format!("gissning nummer {number}"));
            answers.push((
                address == ADDRESS,
                answer.status,
                answer.html.contains("För många försök"),
            ));
        }
    }
    for is_known in [true, false] {
        let own: Vec<_> = answers.iter().filter(|(known, ..)| *known == is_known).collect();
        assert!(own[..5].iter().all(|(_, status, _)| *status == 403), "{own:?}");
        assert!(
            own[5..].iter().any(|(_, status, waits)| *status == 429 && *waits),
            "{own:?}"
        );
    }
    let welcome = by_password(&mut maria, ADDRESS, PASSWORD);
    assert!(welcome.html.contains("Välkommen"), "{}", welcome.html);
    partner.server.stop();
}

#[test]
fn whoever_sits_at_the_machine_adds_invites_resets_and_shuts_out() {
    let partner = Partner::start();
    let refused = partner.user(&["invite", &Someone::who(HOME, Role::Coordinator).person()]);
    assert!(refused.expect_err("no address").contains("e-mail address"));
    let added = partner.user(&[
        "add",
        "--name",
        "Eva Ny",
        "--address",
        "eva@trollhattan.example",
        "--organisation",
        HOME,
    ]);
    let eva = added.expect("added").trim().to_owned();
    assert!(partner.user(&["list"]).expect("listed").contains("Eva Ny"));
    assert!(partner.user(&["reset", &eva]).is_err(), "there is nothing");
    let said = partner.user(&["invite", &eva]).expect("invited");
    let invitation = path_in(&said, "/in/inbjudan/");
    let mut reader = partner.reader();
    let nobody = follow_link(&mut reader, &invitation);
    assert!(nobody.html.contains("ingen roll här än"), "{}", nobody.html);
    let mut agneta = partner.administrator(HOME);
    let at = format!("/personer/{eva}");
    let page = agneta.get(&at).html;
    let granted = agneta.fill(&page, &format!("{at}/roll"), &[("role", "2")]);
    assert_eq!(granted.status, 200, "{}", granted.html);
    // The link was not used up by that.
    let choices = follow_link(&mut reader, &invitation);
    let welcome = reader.fill(&choices.html, "/in/inbjudan/losenord", &[("losenord", PASSWORD)]);
    assert!(welcome.html.contains("Välkommen, Eva Ny"), "{}", welcome.html);
    assert!(partner.user(&["invite", &eva]).is_err(), "she signs in already");

    let said = partner.user(&["reset", &eva]).expect("reset");
    assert_eq!(
        by_password(&mut partner.reader(), "eva@trollhattan.example", PASSWORD).status,
        403
    );
    partner.user(&["disable", &eva]).expect("shut out");
    let anew = path_in(&said, "/in/inbjudan/");
    let refused = follow_link(&mut reader, &anew);
    assert!(
        refused.status == 403 && refused.html.contains("spärrad"),
        "{}",
        refused.html
    );
    partner.user(&["enable", &eva]).expect("let in again");
    let choices = follow_link(&mut reader, &anew);
    let welcome = reader.fill(&choices.html, "/in/inbjudan/losenord", &[("losenord", PASSWORD)]);
    assert!(welcome.html.contains("Välkommen"), "{}", welcome.html);
    partner.server.stop();
}

#[test]
fn after_a_restore_of_identity_nobody_is_in_before_an_administrator_has_confirmed_and_invited_anew() {
    let partner = Partner::start();
    partner.maria_signs_in();
    let mut before = partner.reader();
    by_password(&mut before, ADDRESS, PASSWORD);
    assert_eq!(before.get("/inkorg").status, 200);
    let folder = partner.stop();
    let data = folder.path().to_string_lossy().into_owned();
    let opened = run(&["restored", "--reason", "exercise", "--data", &data]);
    assert!(opened.status.success(), "{opened:?}");

    let partner = Partner::on(folder);
    assert_eq!(
        before.at(partner.web).ask("/inkorg").status,
        303,
        "no session of before"
    );
    assert_eq!(by_password(&mut partner.reader(), ADDRESS, PASSWORD).status, 403);
    let agneta = Someone::who(HOME, Role::Administrator).person();
    assert!(partner.user(&["code", &agneta]).is_err(), "nor does anybody administer");
    let named = run(&[
        "role",
        "administrator",
        "--organisation",
        HOME,
        "--person",
        &agneta,
        "--data",
        &data,
    ]);
    assert!(named.status.success(), "{named:?}");
    let mut agneta = partner.administrator(HOME);
    let page = agneta.get("/organisation").html;
    let confirmed = agneta.fill(&page, "/organisation/bekrafta-roller", &[]);
    assert_eq!(confirmed.status, 200, "{}", confirmed.html);
    let at = format!("/personer/{}", Someone::who(HOME, Role::Coordinator).person());
    let invitation = account_link(&mut agneta, &at, "bjud-in");
    let mut maria = partner.reader();
    let choices = follow_link(&mut maria, &invitation);
    let welcome = maria.fill(
        &choices.html,
        "/in/inbjudan/losenord",
        &[("losenord", "fyra gröna stolar")],
    );
    assert!(welcome.html.contains("Välkommen, Maria Lindqvist"), "{}", welcome.html);
    partner.server.stop();
}

#[test]
fn a_substitute_acts_in_their_own_name_and_it_is_said_for_whom() {
    let partner = Partner::start();
    let mut agneta = partner.administrator(HOME);
    let away = Someone::who(HOME, Role::Coordinator).person();
    write_down(&mut agneta, &away, "Maria Lindqvist", ADDRESS);
    let substitute = Someone::who(HOME, Role::Steward).person();
    let at = write_down(&mut agneta, &substitute, "Olle Ek", "olle@trollhattan.example");
    let page = agneta.get(&at).html;
    let fields = [("role", "2"), ("until", "2099-12-31"), ("substitute_for", &away)];
    let granted = agneta.fill(&page, &format!("{at}/roll"), &fields);
    assert_eq!(granted.status, 200, "{}", granted.html);
    let invitation = account_link(&mut agneta, &at, "bjud-in");
    let mut olle = partner.reader();
    let choices = follow_link(&mut olle, &invitation);
    olle.fill(&choices.html, "/in/inbjudan/losenord", &[("losenord", PASSWORD)]);
    let page = olle.get("/start").html;
    let acting = "slussledare som ersättare för Maria Lindqvist, trollhattan";
    if !page.contains(&format!("Olle Ek, {acting}")) {
        assert!(page.contains(acting), "it can be chosen: {page}");
        olle.fill(&page, "/roll", &[("organisation", HOME), ("role", "2")]);
    }
    let inbox = olle.get("/inkorg");
    assert!(
        inbox.status == 200 && inbox.html.contains(&format!("Olle Ek, {acting}")),
        "{}",
        inbox.html
    );
    partner.server.stop();
}

/// What the entrance has kept and what the browser's passkey says to it, without sending it.
async fn says(browser: &Chromium) -> [String; 2] {
    browser.open_by_name("/").await;
    let script = "const done = arguments[0];
        const form = document.querySelector('form[data-passkey]');
        const asked = PublicKeyCredential.parseRequestOptionsFromJSON(JSON.parse(form.dataset.passkey).publicKey);
        navigator.credentials.get({ publicKey: asked }).then(
            (said) => done([form.elements.halften.value, JSON.stringify(said.toJSON())]),
            (error) => done([String(error), '']),
        );";
    let said = browser
        .client
        .execute_async(script, Vec::new())
        .await
        .expect("it answers");
    serde_json::from_value(said).expect("two texts")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_passkey_is_made_in_a_browser_and_signs_in_without_a_name() {
    let partner = Partner::start();
    let invitation = std::thread::scope(|scope| {
        let made = scope.spawn(|| {
            let mut agneta = partner.administrator(HOME);
            let at = partner.maria(&mut agneta);
            account_link(&mut agneta, &at, "bjud-in")
        });
        made.join().expect("a link")
    });
    let browser = Chromium::start(partner.web).await;
    browser.add_authenticator().await;
    let inspector = Inspector::new();
    let usable = async |page: &str| {
        let found = inspector.inspect(&browser, "sv").await;
        assert!(found.is_empty(), "{page}: {found:?}");
    };
    browser.open_by_name(&invitation).await;
    usable("the link").await;
    browser.press("Fortsätt").await;
    usable("the choice").await;
    browser.press("Skapa en lösennyckel").await;
    browser.until("Maria Lindqvist").await;
    browser.open_by_name("/inkorg").await;
    assert_eq!(browser.path().await, "/inkorg", "{}", browser.text().await);

    // Signed out, what the key says is good once, and for what was asked.
    browser.press("Logga ut").await;
    let (first, second) = (says(&browser).await, says(&browser).await);
    let web = partner.web;
    let sent = move |kept: &str, said: &str| {
        let fields = [("halften", kept), ("svar", said), ("till", "")];
        Reader::new(web).post_raw("/in/nyckel", &fields)
    };
    let tried = tokio::task::spawn_blocking(move || {
        let [kept, said] = &first;
        let mixed = sent(&second[0], said);
        assert_eq!(mixed.status, 403, "for another question: {}", mixed.html);
        for wrong in ["", "{}", "null", &said[..said.len() / 2]] {
            assert_eq!(sent(kept, wrong).status, 403, "{wrong}");
        }
        let welcome = sent(kept, said);
        assert!(welcome.html.contains("Välkommen, Maria Lindqvist"), "{}", welcome.html);
        let again = sent(kept, said);
        assert_eq!(again.status, 403, "once: {}", again.html);
    });
    tried.await.expect("tried");

    // She comes in again by the key alone.
    browser.open_by_name("/").await;
    usable("the entrance").await;
    browser.press("Logga in med lösennyckel").await;
    browser.open_by_name("/inloggning").await;
    let page = browser.text().await;
    assert!(
        page.contains("Du har inget lösenord") && page.contains("Chrome, Linux"),
        "{page}"
    );
    assert!(!page.contains("Ta bort"), "it is the only one: {page}");
    usable("her own").await;

    // A password beside it; then the key may go.
    browser.write("Nytt lösenord", PASSWORD).await;
    browser.press("Lägg till ett lösenord").await;
    assert!(
        browser.text().await.contains("Din inloggning är ändrad"),
        "{}",
        browser.text().await
    );
    browser.follow("Slå på koder").await;
    usable("an app's picture").await;
    browser.open_by_name("/inloggning").await;
    let remove = "document.querySelector(\"form[action='/inloggning/ta-bort-nyckel'] button\").click()";
    browser.leave_by_script(remove, Vec::new()).await;
    assert!(
        browser.text().await.contains("Du har ingen lösennyckel"),
        "{}",
        browser.text().await
    );
    browser.press("Logga ut").await;
    browser.open_by_name("/").await;
    // What the browser still keeps is good for nothing here.
    browser.press("Logga in med lösennyckel").await;
    assert!(
        browser.text().await.contains("Lösennyckeln gäller inte här"),
        "{}",
        browser.text().await
    );
    browser.write("E-postadress", ADDRESS).await;
    browser.write("Lösenord", PASSWORD).await;
    browser.press("Logga in").await;
    browser.until("Maria Lindqvist").await;
    partner.server.stop();
}
