//! The manners that no page lacks, in a real browser: what was done is said once, what was wrong leads to its field, the menu tells where one is.

use fantoccini::Locator;
use idesluss_tests::{Chromium, Server};
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
    let expected = json!({ "title": "Fel:", "links": 2, "lead": true, "focus": "title", "invalid": true, "kept": "Äldre orkar inte hela vägen." });
    assert_eq!(said, expected, "{}", browser.text().await);
    assert!(browser.text().await.contains("Rätta 2 fel"), "{}", browser.text().await);
    browser.write("Vad ska idén heta?", "Sittbänkar längs älven").await;
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
