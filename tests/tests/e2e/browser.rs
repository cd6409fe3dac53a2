//! In a real browser, by the README: an idea's way from who has it to the decision, and pages that everybody can use.

use idesluss_tests::{Chromium, Server};
use serde_json::{Value, json};
use tempfile::TempDir;

#[tokio::test(flavor = "multi_thread")]
async fn a_newcomer_walks_an_idea_the_whole_way_by_the_readme() {
    let folder = TempDir::new().expect("a folder");
    let server = Server::start(folder.path(), &["--demo"]);
    let browser = Chromium::start(server.addresses.web).await;

    walk(&browser, async |name, role| browser.become_person(name, role).await).await;
    browser.client.clone().close().await.expect("closed");
}

/// Walks an idea the whole way, from who has it to a neighbour's benefit; `come_in` says how whoever does the next step comes in, by their name and in which
/// role. Returns the pages of the idea and of the solution.
pub(crate) async fn walk(browser: &Chromium, come_in: impl AsyncFn(&str, &str)) -> [String; 2] {
    come_in("Maria Lindqvist", "idégivare").await;
    browser.follow("Lämna en idé").await;
    browser.write("Vad ska idén heta?", "Sittbänkar längs älven").await;
    browser
        .write("Vilket problem eller behov", "Äldre orkar inte hela vägen.")
        .await;
    browser
        .write("Vad föreslår du?", "En bänk var tvåhundrade meter.")
        .await;
    browser.tick("Min organisation får använda den fritt").await;
    browser.tick("Jag har läst").await;
    browser.press("Lämna idén").await;
    let idea = browser.path().await;
    assert!(idea.starts_with("/ideer/"), "{idea}: {}", browser.text().await);
    browser.until("UDD-").await;
    browser.until("Du får svar av en människa senast").await;

    come_in("Anders Holm", "slussledare").await;
    browser.open(&idea).await;
    browser.unfold("Skriv underlaget").await;
    browser.tick("Ingenting i underlaget pekar ut en person").await;
    browser.press("Godkänn underlaget").await;
    browser.press("Anta idén till bedömning").await;
    browser.open("/bedomningar?lage=1").await;
    browser.until("Sittbänkar längs älven").await;
    browser.follow("Sittbänkar längs älven").await;
    let evaluation = browser.path().await;
    browser.unfold("Utse bedömare").await;
    browser.tick("Eva Sandberg").await;
    browser.tick("Jonas Ek").await;
    browser.press("Utse").await;

    for name in ["Eva Sandberg", "Jonas Ek"] {
        come_in(name, "bedömare").await;
        browser.open(&evaluation).await;
        browser.tick("Nej, jag har inget jäv").await;
        browser.press("Svara").await;
        let fields = browser
            .ask("return [...document.querySelectorAll('form[action$=\"/omdome\"] textarea')].map(area => area.id)")
            .await;
        let fields = fields.as_array().expect("fields").len();
        assert_eq!(fields, 7, "{}", browser.text().await);
        browser.assess("4", "Det är enkelt och hjälper många.").await;
        assert!(
            browser.text().await.contains("hjälper många"),
            "{}",
            browser.text().await
        );
    }

    come_in("Anders Holm", "slussledare").await;
    browser.open(&evaluation).await;
    // Asked about once more, since it can't be undone.
    browser.press("Visa alla omdömen").await;
    browser.press("Visa alla omdömen").await;
    assert!(
        browser.text().await.contains("hjälper många"),
        "{}",
        browser.text().await
    );

    come_in("Karin Åkesson", "beslutsfattare").await;
    browser.open(&evaluation).await;
    browser.tick("Nej, jag har inget jäv").await;
    browser.press("Svara").await;
    browser.open(&format!("{evaluation}/beslut")).await;
    browser.tick("Går vidare").await;
    browser.tick("Verksamheten genomför direkt").await;
    let reasons = "Det är billigt och många har nytta av det.";
    browser.write("Motivering till idégivaren", reasons).await;
    browser.press("Besluta").await;
    let asked = browser.text().await;
    assert!(asked.contains("Går vidare") && asked.contains(reasons), "{asked}");
    browser.press("Besluta").await;
    browser.until("Beslutad").await;

    // What the decider wrote stands in the coordinator's message already.
    come_in("Anders Holm", "slussledare").await;
    browser.open(&idea).await;
    browser.until("Återkoppla till idégivaren").await;
    browser.unfold("Återkoppla till idégivaren").await;
    browser.press("Skicka").await;
    come_in("Maria Lindqvist", "idégivare").await;
    browser.open(&idea).await;
    browser.until(reasons).await;

    come_in("Anders Holm", "slussledare").await;
    browser.open(&idea).await;
    browser.unfold("Till verksamheten").await;
    browser.write("Enhet", "Park och gata").await;
    browser.write("Ansvarig", "Enhetschefen").await;
    browser.date("Klart senast", "2027-05-31").await;
    browser.press("Lämna över").await;
    browser.unfold("Idén är genomförd").await;
    browser
        .write("Vad blev resultatet?", "Åtta bänkar står på plats.")
        .await;
    browser.tick("Andra kan ha nytta av den").await;
    browser.press("Spara").await;

    come_in("Sofia Marklund", "förvaltare").await;
    browser.open("/losningar").await;
    browser.follow("Utkast").await;
    browser.until("(utkast utan titel)").await;
    browser.follow("(utkast utan titel)").await;
    let solution = browser.path().await;
    browser.write("Titel", "Sittbänkar längs älven").await;
    browser
        .write("Vilket problem löser den", "Äldre orkar gå längre när de kan vila.")
        .await;
    browser.choose("Typ", "Arbetssätt").await;
    browser.write("Kontakt", "Park och gata, kontaktcenter").await;
    browser.write("Vad krävs?", "En karta över gångvägarna.").await;
    browser.choose("Vilka får se den?", "Hela regionen").await;
    browser.tick("Texten har inga personuppgifter").await;
    browser.press("Publicera").await;
    browser.press("Publicera lösningen").await;

    come_in("Daniel Kvist", "införare").await;
    browser.open(&solution).await;
    browser.press("Anmäl intresse").await;
    browser.unfold("Registrera ett värde före").await;
    browser.measure("12", "2026-08-01", "2026-08-31").await;
    browser.press("Registrera").await;
    browser.tick("Anpassa").await;
    browser.write("Motivering", "Vi har samma behov vid kanalen.").await;
    browser.press("Besluta").await;
    browser.date("Första dagen", "2026-10-01").await;
    browser.press("Börja").await;
    browser.date("Från och med", "2026-11-01").await;
    browser.press("Spara").await;
    browser.measure("31", "2026-11-01", "2026-11-20").await;
    browser.tick("Kvalitet").await;
    browser.tick("När värdet ökar").await;
    browser.press("Registrera").await;
    browser.open(&solution).await;
    browser.until("vilande per dag").await;

    come_in("Birgitta Wallin", "revisor").await;
    browser.open(&format!("{idea}/historik")).await;
    browser.until("Omdömena visades").await;
    [idea, solution]
}

/// Nothing that a browser complains about, and what people with other eyes, hands or screens need.
#[tokio::test(flavor = "multi_thread")]
async fn pages_are_sound_small_and_usable_by_keyboard() {
    let folder = TempDir::new().expect("a folder");
    let server = Server::start(folder.path(), &["--demo"]);
    let browser = Chromium::start(server.addresses.web).await;
    browser.become_person("Anders Holm", "slussledare").await;
    for path in [
        "/inkorg",
        "/bedomningar",
        "/losningar",
        "/nytta",
        "/mandat",
        "/inforanden",
        "/utlysningar",
    ] {
        browser.open(path).await;
        let faults = browser
            .ask(
                "const nameless = [...document.querySelectorAll('input:not([type=hidden]),select,textarea')]
                    .filter(field => !field.labels.length);
                 const ids = [...document.querySelectorAll('[id]')].map(element => element.id);
                 const twice = ids.filter((id, index) => ids.indexOf(id) !== index);
                 return { nameless: nameless.length, twice, lang: document.documentElement.lang,
                          headings: document.querySelectorAll('h1').length,
                          skip: !!document.querySelector('a[href=\"#innehall\"]') };",
            )
            .await;
        let sound = json!({ "nameless": 0, "twice": [], "lang": "sv", "headings": 1, "skip": true });
        assert_eq!(faults, sound, "{path}");
    }
    // As wide as a page at 400 % on an ordinary screen.
    browser.client.set_window_size(360, 800).await.expect("narrow");
    for path in ["/inkorg", "/nytta", "/mandat", "/losningar"] {
        browser.open(path).await;
        browser.fits().await;
    }
    // From the top of the page, by the Tab key alone: the first stop leads past the menu.
    browser.open("/inkorg").await;
    let body = browser
        .client
        .find(fantoccini::Locator::Css("body"))
        .await
        .expect("a page");
    body.send_keys("\u{e004}").await.expect("Tab");
    let first = browser.ask("return document.activeElement.getAttribute('href')").await;
    assert_eq!(first, Value::String("#innehall".into()));
    browser.client.clone().close().await.expect("closed");
}
