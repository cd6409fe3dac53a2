//! The Revision page: for auditors, and for nobody else.

use super::{json, told};
use idesluss_tests::{Chromium, Reader, Server, borrowed, run, scores};
use serde_json::json as value;
use tempfile::TempDir;

/// Every link of a page that begins so, in order.
fn links(html: &str, begins: &str) -> Vec<String> {
    let found = html.split("href=\"").skip(1).filter_map(|rest| rest.split('"').next());
    let ours = found.filter(|href| href.starts_with(begins));
    ours.map(|href| href.replace("&#38;", "&").replace("&amp;", "&"))
        .collect()
}

#[test]
fn an_auditor_goes_through_time_and_to_the_dossier_and_nobody_else_gets_in() {
    let folder = TempDir::new().expect("a folder");
    let server = Server::start(folder.path(), &["--demo"]);
    let data = folder.path().to_string_lossy().into_owned();
    let mut birgitta = Reader::new(server.addresses.web);
    let start = birgitta.become_person("Birgitta Wallin", "auditor");
    assert!(start.html.contains("<h1>Revision</h1>"), "{}", start.html);
    let now = birgitta.get("/revision").html;
    assert!(
        now.contains("type=\"range\"") && now.contains("method=\"get\""),
        "{now}"
    );
    assert!(
        now.contains("href=\"/revision\" aria-current=\"page\">Revision</a>"),
        "the menu leads there: {now}"
    );
    // What is signed is told, and by whom; a checkpoint comes within a second.
    assert!(now.contains("Senaste kontrollpunkten för varje journal"), "{now}");
    // At the very beginning there was less.
    let first = birgitta.get("/revision?steg=0").html;
    assert!(first.contains("Inget var beslutat då."), "{first}");
    let earlier = links(&now, "/revision?tid=");
    assert_eq!(birgitta.get(&earlier[1]).status, 200);
    for wrong in ["/revision?tid=ig%C3%A5r", "/revision?sida=x"] {
        let answer = birgitta.get(wrong);
        assert!(
            answer.status == 422 && answer.html.contains("role=\"alert\""),
            "{wrong}: {}",
            answer.html
        );
    }

    // The page and the command line say the same of a decision.
    let decisions = links(&now, "/revision/beslut/");
    let event = decisions[0].rsplit('=').next().expect("an event").to_owned();
    let dossier = json(&data, &["dossier", &event]);
    let page = birgitta.get(&decisions[0]);
    assert_eq!(page.status, 200, "{}", page.html);
    let root = dossier["basis"]["root"].as_str().expect("a root");
    let reasons = dossier["decision"]["texts"]["reasons"]["readable"]
        .as_str()
        .expect("reasons");
    let mandate = dossier["mandates"]["used"].as_str().expect("a mandate");
    let idea = "<h1>Vad beslutet vilade på: <span lang=\"sv\" dir=\"auto\">";
    for says in [
        root,
        reasons,
        mandate,
        "Karin Åkesson",
        "Allt om bedömningen och idén",
        idea,
    ] {
        assert!(page.html.contains(says), "{says} is not in: {}", page.html);
    }
    let known = dossier["known"].as_array().map_or(0, Vec::len);
    let table = page
        .html
        .split("<caption>Allt om bedömningen")
        .nth(1)
        .and_then(|rest| rest.split("</table>").next());
    assert_eq!(table.map_or(0, |table| table.matches(">sett<").count()), known);

    // An idea at each of its events.
    let idea = links(&page.html, "/revision/ideer/").remove(0);
    let life = told(&data, &["replay", "--idea", idea.rsplit('/').next().expect("an id")]);
    let page = birgitta.get(&idea).html;
    let steps = life.matches("\n    now:").count();
    assert!(page.contains(&format!("max=\"{steps}\"")), "{steps}: {page}");
    assert!(
        page.contains("role=\"img\"") && page.matches("<title>").count() == steps + 1,
        "{page}"
    );
    let first = birgitta.get(&format!("{idea}?steg=1")).html;
    assert!(
        first.contains("Händelse 1 av") && first.contains("kom senare"),
        "{first}"
    );
    // A step that there is not is the nearest.
    assert_eq!(birgitta.get(&format!("{idea}?steg=9999")).status, 200);
    assert_eq!(birgitta.get(&format!("{idea}?steg=x")).status, 400);
    let nobody = "00000000-0000-4000-8000-000000000000";
    for path in [
        format!("/revision/ideer/{nobody}"),
        format!("/revision/beslut/{nobody}"),
    ] {
        assert_eq!(birgitta.get(&path).status, 404, "{path}");
    }
    assert_eq!(birgitta.get(&format!("{}x", decisions[0])).status, 404);

    // Everybody else, and auditors of other organisations.
    for (name, role) in [
        ("Anders Holm", "coordinator"),
        ("Lars Nyberg", "registrar"),
        ("Karin Åkesson", "decision-maker"),
        ("Maria Lindqvist", "submitter"),
        ("Mikael Öst", "operator"),
    ] {
        let mut person = Reader::new(server.addresses.web);
        let start = person.become_person(name, role);
        assert!(!start.html.contains("href=\"/revision\""), "{role}: {}", start.html);
        for path in ["/revision", &idea, &decisions[0]] {
            assert_eq!(person.get(path).status, 403, "{role} at {path}");
        }
    }
    let mut inger = Reader::new(server.addresses.web);
    inger.become_person("Inger Palm", "auditor");
    let hers = inger.get("/revision");
    assert_eq!(hers.status, 200);
    assert!(
        !hers.html.contains(&decisions[0].replace('&', "&#38;")),
        "{}",
        hers.html
    );
    for path in [&idea, &decisions[0]] {
        assert_eq!(inger.get(path).status, 403, "{path}");
    }
    let mut nobody = Reader::new(server.addresses.web);
    assert!(!nobody.get("/revision").html.contains("<h1>Revision</h1>"));
}

#[test]
fn an_assessment_is_hidden_in_every_history_until_all_are_shown() {
    let folder = TempDir::new().expect("a folder");
    let server = Server::start(folder.path(), &["--demo"]);
    let data = folder.path().to_string_lossy().into_owned();
    let mut eva = Reader::new(server.addresses.web);
    eva.become_person("Eva Sandberg", "assessor");
    // The one that she has not answered yet comes last.
    let evaluation = links(&eva.get("/bedoma").html, "/bedomningar/")
        .pop()
        .expect("something to assess");
    let page = eva.get(&evaluation).html;
    let page = eva
        .fill(&page, &format!("{evaluation}/jav"), &[("conflict", "nej")])
        .html;
    let given = scores(&page, "2", "Det här vet bara jag.");
    let given = borrowed(&given);
    assert_eq!(eva.fill(&page, &format!("{evaluation}/omdome"), &given).status, 200);

    let mut anders = Reader::new(server.addresses.web);
    anders.become_person("Anders Holm", "coordinator");
    let idea = links(&anders.get(&evaluation).html, "/ideer/").remove(0);
    let history = anders.get(&format!("{idea}/historik"));
    assert_eq!(history.status, 200);
    assert!(
        history.html.contains("<h1>Historik: <span lang=\"sv\" dir=\"auto\">"),
        "{}",
        history.html
    );
    assert!(history.html.contains("Omdöme lämnades") && history.html.contains("(visas inte för dig nu)"));
    let mut birgitta = Reader::new(server.addresses.web);
    birgitta.become_person("Birgitta Wallin", "auditor");
    let page = birgitta.get(&format!("/revision{idea}")).html;
    assert!(
        page.contains("Omdöme lämnades") && page.contains("(visas inte för dig nu)"),
        "{page}"
    );
    let life = told(&data, &["replay", "--idea", idea.rsplit('/').next().expect("an id")]);
    assert!(life.contains("(hidden)"), "{life}");
    for told in [&history.html, &page, &life] {
        assert!(
            !told.contains("Det här vet bara jag") && !told.contains(":2,"),
            "{told}"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_revision_pages_are_sound_small_and_worked_by_keyboard_in_both_languages() {
    let folder = TempDir::new().expect("a folder");
    let server = Server::start(folder.path(), &["--demo"]);
    let browser = Chromium::start(server.addresses.web).await;
    browser.become_person("Birgitta Wallin", "revisor").await;
    browser.open("/revision").await;
    let href = |begins: &str| format!("return document.querySelector('a[href^=\"{begins}\"]').getAttribute('href')");
    let decision = browser.ask(&href("/revision/beslut/")).await;
    let decision = decision.as_str().expect("a decision").to_owned();
    browser.open(&decision).await;
    let idea = browser.ask(&href("/revision/ideer/")).await;
    let idea = idea.as_str().expect("an idea").to_owned();
    let pages = ["/revision".to_owned(), idea.clone(), decision];
    for lang in ["sv", "en"] {
        browser.open(&format!("/sprak/{lang}")).await;
        for path in &pages {
            browser.open(path).await;
            let faults = browser
                .ask(
                    "const nameless = [...document.querySelectorAll('input:not([type=hidden]),select,textarea')]
                        .filter(field => !field.labels.length);
                     const unsaid = [...document.querySelectorAll('[aria-describedby]')]
                        .filter(element => !document.getElementById(element.getAttribute('aria-describedby')));
                     const ids = [...document.querySelectorAll('[id]')].map(element => element.id);
                     const twice = ids.filter((id, index) => ids.indexOf(id) !== index);
                     const mute = [...document.querySelectorAll('svg')]
                        .filter(svg => !svg.getAttribute('aria-label') && !svg.closest('[aria-hidden]'));
                     const styled = document.querySelectorAll('[style],script:not([src]),style');
                     const headless = [...document.querySelectorAll('table')].filter(table => !table.caption);
                     return { nameless: nameless.length, unsaid: unsaid.length, twice, mute: mute.length,
                              styled: styled.length, headless: headless.length, lang: document.documentElement.lang,
                              headings: document.querySelectorAll('h1').length };",
                )
                .await;
            let sound = value!({ "nameless": 0, "unsaid": 0, "twice": [], "mute": 0, "styled": 0, "headless": 0,
                                 "lang": lang, "headings": 1 });
            assert_eq!(faults, sound, "{path}");
        }
    }
    browser.open("/sprak/sv").await;
    browser.client.set_window_size(360, 800).await.expect("narrow");
    for path in &pages {
        browser.open(path).await;
        browser.fits().await;
    }
    // By the keyboard alone: the slider one step back, then the button.
    browser.open(&idea).await;
    let slider = browser
        .client
        .find(fantoccini::Locator::Css("input[type=range]"))
        .await
        .expect("a slider");
    slider.send_keys("\u{e011}").await.expect("Home");
    slider.send_keys("\u{e014}").await.expect("to the right");
    browser.press("Visa läget").await;
    browser.until("Händelse 2 av").await;
    browser.follow("Händelsen efter").await;
    browser.until("Händelse 3 av").await;
    browser.client.clone().close().await.expect("closed");
}

#[test]
fn an_auditor_takes_bundles_home_that_verify_and_nobody_else_does() {
    let folder = TempDir::new().expect("a folder");
    let server = Server::start(folder.path(), &["--demo"]);
    let data = folder.path().to_string_lossy().into_owned();
    let home = TempDir::new().expect("a folder");
    let path = |name: &str| home.path().join(name).to_string_lossy().into_owned();
    std::fs::write(path("policy"), told(&data, &["keys"])).expect("written");
    let verify = |name: &str, bytes: &[u8]| {
        std::fs::write(path(name), bytes).expect("written");
        let (bundle, policy) = (path(name), path("policy"));
        let checked = run(&["audit", "verify", &bundle, "--policy", &policy, "--quiet"]);
        assert!(checked.status.success(), "{name}: {checked:?}");
    };
    let mut birgitta = Reader::new(server.addresses.web);
    birgitta.become_person("Birgitta Wallin", "auditor");
    let page = birgitta.get("/revision").html;
    assert!(page.contains("undertecknad i sin helhet, och trädet stämmer"), "{page}");
    let bare = birgitta.fill(&page, "/revision/paket", &[("purpose", "")]);
    assert_eq!(bare.status, 200);
    verify("bare", &bare.bytes);
    let with_texts = birgitta.fill(&page, "/revision/paket", &[("purpose", "Årsrevision")]);
    verify("texts", &with_texts.bytes);
    assert!(with_texts.bytes.len() > bare.bytes.len());
    let idea = links(&page, "/revision/ideer/").remove(0);
    let action = format!("{idea}/paket");
    let life = birgitta.get(&idea).html;
    assert!(life.contains("Texter lämnades ut till en revisor"), "{life}");
    let one = birgitta.fill(&life, &action, &[("purpose", "Granskning av ett beslut")]);
    verify("one", &one.bytes);
    assert!(one.bytes.len() < bare.bytes.len());
    let long = "x".repeat(501);
    assert_eq!(
        birgitta.fill(&page, "/revision/paket", &[("purpose", &long)]).status,
        422
    );
    let token = page.split("name=\"csrf\"").nth(1).is_some();
    assert!(token && birgitta.post_raw("/revision/paket", &[]).status == 403);

    // Coordinators read the idea, and take nothing home; nor do auditors of another organisation.
    for (name, role, targets) in [
        ("Anders Holm", "coordinator", vec!["/revision/paket", &action]),
        ("Inger Palm", "auditor", vec![&action]),
    ] {
        let mut other = Reader::new(server.addresses.web);
        let csrf = other.become_person(name, role).csrf();
        for target in targets {
            for purpose in ["", "Nyfikenhet"] {
                let command = uuid::Uuid::new_v4().to_string();
                let fields = [("csrf", &*csrf), ("command", &command), ("purpose", purpose)];
                assert_eq!(other.post_raw(target, &fields).status, 403, "{name} {target} {purpose}");
            }
        }
    }
    let life = birgitta.get(&idea).html;
    assert!(!life.contains("Nyfikenhet"), "{life}");
}
