//! The manners that no page lacks, in a real browser: what was done is said once, what was wrong leads to its field, the menu tells where one is.

use fantoccini::Locator;
use idesluss_tests::{Chromium, Reader, Server};
use serde_json::{Value, json};
use tempfile::TempDir;

/// Sends the form on the page as it is: what a browser would ask for first is not asked for.
async fn send_as_it_is(browser: &Chromium, button: &str) {
    browser
        .ask("document.querySelectorAll('form').forEach(form => form.noValidate = true)")
        .await;
    browser.press(button).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_done_is_said_once_and_what_was_wrong_leads_to_its_field() {
    let folder = TempDir::new().expect("a folder");
    let server = Server::start(folder.path(), &["--demo"]);
    let browser = Chromium::start(server.addresses.web).await;
    browser.become_person("Maria Lindqvist", "idégivare").await;
    browser.open("/ideer/ny").await;
    browser
        .write("Vilket problem eller behov", "Äldre orkar inte hela vägen.")
        .await;
    send_as_it_is(&browser, "Lämna idén").await;
    let said = browser
        .ask(
            "const links = [...document.querySelectorAll('#fel a')];
             const leads = link => document.getElementById(link.hash.slice(1));
             links[0].click();
             return { title: document.title.split(' ')[0], links: links.length, lead: links.every(leads),
                      focus: document.activeElement.name, invalid: document.querySelectorAll('[aria-invalid=true]').length > 0,
                      kept: document.querySelector('textarea[name=problem]').value };",
        )
        .await;
    let expected = json!({ "title": "Fel:", "links": 3, "lead": true, "focus": "title", "invalid": true, "kept": "Äldre orkar inte hela vägen." });
    assert_eq!(said, expected, "{}", browser.text().await);
    assert!(browser.text().await.contains("Rätta 3 fel"), "{}", browser.text().await);
    browser.write("Vad ska idén heta?", "Sittbänkar längs älven").await;
    browser.tick("Min organisation får använda den fritt").await;
    browser.tick("Jag har läst").await;
    browser.press("Lämna idén").await;
    browser.until("Idén är lämnad.").await;
    let idea = browser.path().await;
    browser.open(&idea).await;
    browser.until("Sittbänkar längs älven").await;
    let again = browser.ask("return document.querySelector('[role=status]')").await;
    assert_eq!(again, Value::Null, "it is said once");

    browser.open("/ideer").await;
    let here = browser
        .ask("return [...document.querySelectorAll('nav [aria-current]')].map(link => link.textContent + ' ' + link.ariaCurrent)")
        .await;
    assert_eq!(here, json!(["Mina idéer page"]));
    browser.open(&idea).await;
    let below = browser
        .ask("return document.querySelector('nav [aria-current]').ariaCurrent")
        .await;
    assert_eq!(below, json!("true"));

    // Who has lost the way has the menu, and the title says so.
    browser.open("/ideer/ingenstans").await;
    let lost = browser
        .ask("return { title: document.title.split(' ')[0], menu: document.querySelectorAll('nav a').length > 2, headings: document.querySelectorAll('h1').length }")
        .await;
    assert_eq!(lost, json!({ "title": "Fel:", "menu": true, "headings": 1 }));
    browser.client.clone().close().await.expect("closed");
}

#[tokio::test(flavor = "multi_thread")]
async fn on_a_phone_the_menu_opens_without_script_and_tables_are_cards() {
    let folder = TempDir::new().expect("a folder");
    let server = Server::start(folder.path(), &["--demo"]);
    let browser = Chromium::start(server.addresses.web).await;
    browser.become_person("Anders Holm", "slussledare").await;
    browser.client.set_window_size(390, 844).await.expect("a phone");
    browser.open("/inkorg").await;
    let drawn = "return { top: document.querySelector('.top').offsetHeight < 160, menu: document.querySelector('nav').offsetHeight > 0,
                          row: getComputedStyle(document.querySelector('tbody tr')).display,
                          role: document.querySelector('tbody tr').getAttribute('role') }";
    let expected = json!({ "top": true, "menu": false, "row": "block", "role": "row" });
    assert_eq!(browser.ask(drawn).await, expected);
    let button = browser
        .client
        .find(Locator::Css("button.menu"))
        .await
        .expect("a button");
    button.click().await.expect("pressed");
    let open = browser
        .ask("return document.querySelector('nav').offsetHeight > 0")
        .await;
    assert_eq!(open, json!(true));
    browser.follow("Bedömningar").await;
    assert_eq!(browser.path().await, "/bedomningar");
    for path in [
        "/inkorg",
        "/bedomningar",
        "/losningar",
        "/nytta",
        "/mandat",
        "/inforanden",
    ] {
        browser.open(path).await;
        browser.fits().await;
    }
    browser.client.clone().close().await.expect("closed");
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_typed_is_lost_by_a_look_for_what_is_alike_another_language_or_second_thoughts() {
    let folder = TempDir::new().expect("a folder");
    let server = Server::start(folder.path(), &["--demo"]);
    let browser = Chromium::start(server.addresses.web).await;
    browser.become_person("Maria Lindqvist", "idégivare").await;
    let typed = "return { title: document.querySelector('[name=title]').value, problem: document.querySelector('[name=problem]').value,
                          owner: document.querySelector('[name=owner]:checked')?.value, terms: document.querySelector('[name=terms]').checked,
                          language: document.documentElement.lang }";
    let written = |language: &str| json!({ "title": "Cykelpool", "problem": "Bilarna räcker inte.", "owner": "2", "terms": true, "language": language });
    browser.open("/ideer/ny").await;
    browser.write("Vad ska idén heta?", "Cykelpool").await;
    browser
        .write("Vilket problem eller behov", "Bilarna räcker inte.")
        .await;
    browser.tick("Jag äger den själv").await;
    browser.tick("Jag har läst").await;
    browser.press("Leta efter liknande").await;
    let text = browser.text().await;
    assert!(
        text.contains("Cykelpool för hemtjänsten i centrum"),
        "a like idea: {text}"
    );
    assert!(
        text.contains("Cykelpool med tjänstekort"),
        "a solution that is there: {text}"
    );
    assert_eq!(browser.ask(typed).await, written("sv"));
    browser.press("In English").await;
    assert_eq!(browser.ask(typed).await, written("en"));
    // The language stays with whoever chose it.
    browser.press("Submit the idea").await;
    browser.until("The idea is submitted.").await;
    let idea = browser.path().await;
    browser.open("/sprak/sv").await;

    // What can't be undone is asked about; whoever thinks better of it finds what they wrote.
    browser.open(&idea).await;
    browser.unfold("Ta tillbaka idén").await;
    browser.write("Varför?", "Jag tänker om.").await;
    // A folded form that is written in goes along where scripts run.
    browser.follow("In English").await;
    let reason = "return document.querySelector('[name=reason]').value";
    assert_eq!(
        browser.ask(reason).await,
        json!("Jag tänker om."),
        "{}",
        browser.text().await
    );
    browser.press("På svenska").await;
    browser.press("Ta tillbaka").await;
    let asked = browser.text().await;
    assert!(
        asked.contains("Det går inte att ångra.") && asked.contains("Jag tänker om."),
        "{asked}"
    );
    browser.press("Nej, gå tillbaka").await;
    assert_eq!(browser.ask(reason).await, json!("Jag tänker om."));
    browser.press("Ta tillbaka").await;
    browser.press("Ta tillbaka idén").await;
    browser.until("Idén är återtagen.").await;
    browser.client.clone().close().await.expect("closed");
}

#[tokio::test(flavor = "multi_thread")]
async fn terms_that_changed_while_somebody_wrote_are_read_before_they_are_accepted_and_the_look_is_the_organisations() {
    let folder = TempDir::new().expect("a folder");
    let server = Server::start(folder.path(), &["--demo"]);
    let mut maria = Reader::new(server.addresses.web);
    maria.become_person("Maria Lindqvist", "submitter");
    let form = maria.get("/ideer/ny").html;
    assert!(
        maria.get("/villkor").html.contains("allmän handling"),
        "the usual terms"
    );

    let mut agneta = Reader::new(server.addresses.web);
    agneta.become_person("Agneta Sund", "administrator");
    let own = agneta.get("/organisation").html;
    let faint = agneta.upload_with(&own, "/organisation/utseende", &[("colour", "#ffd166")]);
    assert_eq!(faint.status, 422, "{}", faint.html);
    assert!(faint.html.contains("Vit text syns för dåligt"), "{}", faint.html);
    let is_marked = |name: &str| {
        let mut fields = faint
            .html
            .split("<input")
            .filter(|field| field.contains(&format!("name=\"{name}\"")));
        fields.any(|field| {
            field
                .split('>')
                .next()
                .is_some_and(|field| field.contains("aria-invalid"))
        })
    };
    assert!(is_marked("colour") && !is_marked("logo"), "{}", faint.html);
    let dark = agneta.upload_with(&own, "/organisation/utseende", &[("colour", "#5b1a5e")]);
    assert_eq!(dark.status, 200, "{}", dark.html);
    let terms = [("terms.sv", "Du äger idén.\n\nVi frågar dig först."), ("terms.en", "")];
    let adopted = agneta.fill(&own, "/organisation/villkor", &terms);
    assert!(adopted.html.contains("Villkoren är antagna."), "{}", adopted.html);

    let fields = [
        ("title", "Bänkar i skugga"),
        ("problem", "Det finns ingenstans att vila i solen."),
        ("owner", "1"),
        ("terms", "ja"),
    ];
    // Whoever adopted them was led on only when every page knew of them.
    assert!(maria.get("/villkor").html.contains("Vi frågar dig först."));
    let refused = maria.fill(&form, "/ideer", &fields);
    assert_eq!(refused.status, 409, "{}", refused.html);
    assert!(
        refused.html.contains("Villkoren för idéer har ändrats"),
        "{}",
        refused.html
    );
    assert!(
        refused.html.contains("Det finns ingenstans att vila i solen."),
        "{}",
        refused.html
    );
    let form = maria.get("/ideer/ny").html;
    let sent = maria.fill(&form, "/ideer", &fields);
    assert!(sent.html.contains("Idén är lämnad."), "{}", sent.html);

    let page = maria.get("/ideer").html;
    assert!(page.contains("/farg/uddevalla"), "the colour of Uddevalla");
    assert!(maria.get("/farg/uddevalla").html.contains("#5b1a5e"));
    assert_eq!(maria.get("/farg/orust").status, 404);
}
