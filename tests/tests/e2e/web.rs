//! The web, as people use it.

use idesluss_tests::{Answer, Reader, Server, borrowed, scores};
use std::time::{Duration, Instant};
use tempfile::TempDir;

/// The first link on a page whose text holds `text`.
fn link(html: &str, text: &str) -> String {
    let found = html
        .split("<a href=\"")
        .skip(1)
        .find(|rest| rest.split("</a>").next().is_some_and(|link| link.contains(text)));
    let found = found.unwrap_or_else(|| panic!("no link says {text}: {html}"));
    found.split('"').next().unwrap_or_default().to_owned()
}

/// Asks again until something is there; panics after 20 s.
fn wait<T>(mut ask: impl FnMut() -> Option<T>) -> T {
    let deadline = Instant::now() + Duration::from_secs(20);
    loop {
        if let Some(found) = ask() {
            return found;
        }
        assert!(Instant::now() < deadline, "it has not come in 20 s");
        std::thread::sleep(Duration::from_millis(50));
    }
}

#[test]
fn an_idea_goes_from_a_submitter_over_a_coordinator_to_assessors_and_a_decision() {
    let folder = TempDir::new().expect("a folder");
    let server = Server::start(folder.path(), &["--demo"]);
    let web = server.addresses.web;
    let (mut maria, mut anders) = (Reader::new(web), Reader::new(web));

    maria.become_person("Maria Lindqvist", "submitter");
    let form = maria.get("/ideer/ny").html;
    let short = [
        ("title", "Ny"),
        ("problem", "Vi saknar en plats att ladda elcyklar på."),
        ("owner", "1"),
        ("terms", "ja"),
    ];
    let refused = maria.fill(&form, "/ideer", &short);
    assert_eq!(refused.status, 422);
    assert!(
        refused.html.contains("aria-invalid=\"true\"")
            && refused.html.contains("skriv minst 3 tecken")
            && refused.html.contains(">Vi saknar en plats"),
        "{}",
        refused.html
    );
    // A title in which there is nothing to look for: the form stands there all the same.
    for (title, problem) in [("   ", "skriv en titel"), ("Lådor \u{7}", "ta bort styrtecken")] {
        let mut wrong = short;
        wrong[0].1 = title;
        let refused = maria.fill(&form, "/ideer", &wrong);
        assert_eq!(refused.status, 422, "{}", refused.html);
        assert!(
            refused.html.contains(problem) && refused.html.contains(">Vi saknar en plats"),
            "{}",
            refused.html
        );
    }
    assert_eq!(maria.get("/ideer/xyz").status, 404);
    let fields = [
        ("title", "Laddplats för elcyklar"),
        ("problem", "Vi saknar en plats att ladda elcyklar på."),
        ("concerned", "Medarbetare i Munkedal"),
        ("owner", "1"),
        ("terms", "ja"),
    ];
    // Corrected and sent again: what was refused is not remembered.
    let page = maria.fill(&form, "/ideer", &fields);
    assert_eq!(page.status, 200, "{}", page.html);
    // Whoever has just submitted sees the receipt, though it follows a moment later.
    assert!(page.html.contains("Du får svar av en människa senast"), "{}", page.html);
    assert!(page.html.contains(">Laddplats för elcyklar</h1>"), "{}", page.html);
    assert!(
        page.html.contains("<h2") && page.html.contains("Berörda"),
        "{}",
        page.html
    );
    assert!(page.html.contains("Medarbetare i Munkedal"), "{}", page.html);
    // Sent once more, as an impatient finger does, it is the same idea.
    let again = maria.fill(&form, "/ideer", &fields);
    assert_eq!(again.status, 200);
    let mine = maria.get("/ideer").html;
    assert_eq!(mine.matches("Laddplats för elcyklar").count(), 1);

    anders.become_person("Anders Holm", "coordinator");
    // The index follows the journal a moment later.
    let idea = wait(|| {
        let found = anders.get("/inkorg?ord=elcyklarna").html;
        found
            .contains(">Laddplats för elcyklar<")
            .then(|| link(&found, "Laddplats"))
    });
    let page = anders.get(&idea).html;
    assert!(
        page.contains("value=\"Medarbetare i Munkedal\""),
        "the brief begins with it: {page}"
    );
    let brief = [
        ("title", "Laddplats"),
        ("problem", "En plats att ladda saknas."),
        ("concerned", "Medarbetare"),
        ("deidentified", "ja"),
    ];
    let page = anders.fill(&page, &format!("{idea}/underlag"), &brief).html;
    let page = anders.fill(&page, &format!("{idea}/anta"), &[]).html;
    assert!(page.contains("Antagen") || page.contains("Bedöms"), "{page}");

    let evaluation = wait(|| {
        let page = anders.get("/bedomningar?lage=1").html;
        page.contains(">Laddplats<").then(|| link(&page, "Laddplats"))
    });
    let page = anders.get(&evaluation).html;
    let assessor = |name: &str| {
        let before = page.split(&format!(">{name} (")).next().unwrap_or_default();
        before
            .rsplit("value=\"")
            .next()
            .and_then(|rest| rest.split('"').next())
            .unwrap_or_default()
            .to_owned()
    };
    let (eva, jonas) = (assessor("Eva Sandberg"), assessor("Jonas Ek"));
    let assign = [("assessors", eva.as_str()), ("assessors", jonas.as_str())];
    let page = anders.fill(&page, &format!("{evaluation}/utse"), &assign).html;
    assert!(page.contains("Utsedd"), "{page}");

    for (name, score) in [("Eva Sandberg", "4"), ("Jonas Ek", "3")] {
        let mut reader = Reader::new(web);
        reader.become_person(name, "assessor");
        assert!(reader.get("/bedoma").html.contains("Laddplats"));
        let page = reader.get(&evaluation).html;
        assert!(
            page.contains("<dt>Berörda</dt><dd lang=\"sv\" dir=\"auto\"><p>Medarbetare</p></dd>"),
            "{page}"
        );
        assert!(
            !page.contains("Maria Lindqvist"),
            "an assessor sees who submitted the idea"
        );
        let page = reader
            .fill(&page, &format!("{evaluation}/jav"), &[("conflict", "nej")])
            .html;
        let given = scores(&page, score, "Därför.");
        assert_eq!(given.len(), 14);
        let page = reader.fill(&page, &format!("{evaluation}/omdome"), &borrowed(&given));
        assert_eq!(page.status, 200, "{}", page.html);
        assert!(page.html.contains("Därför."), "one's own assessment can be read");
    }
    let page = anders.get(&evaluation).html;
    assert!(!page.contains("Därför."), "assessments are hidden until all are shown");
    let page = anders.fill(&page, &format!("{evaluation}/visa"), &[]).html;
    assert!(
        page.contains("Därför.") && page.contains("<svg") && page.contains("Talen i bilden"),
        "{page}"
    );

    let mut karin = Reader::new(web);
    karin.become_person("Karin Åkesson", "decision-maker");
    let page = karin.get(&evaluation).html;
    karin.fill(&page, &format!("{evaluation}/jav"), &[("conflict", "nej")]);
    let decision = format!("{evaluation}/beslut");
    let page = karin.get(&decision).html;
    assert!(
        page.contains("Ditt mandat: delegationsordningen, punkt 4.1, högst"),
        "{page}"
    );
    let fields = [
        ("outcome", "1"),
        ("home", "ja"),
        ("reasons", "Billigt och bra. Vi bygger den i vår."),
        ("cost_kronor", "20000"),
    ];
    // An emptied cost is no decision that costs nothing.
    let mut unsaid = fields;
    unsaid[3].1 = "";
    let refused = karin.fill(&page, &decision, &unsaid);
    assert!(
        refused.status == 422 && refused.html.contains("skriv kostnaden"),
        "{}",
        refused.html
    );
    let decided = karin.fill(&page, &decision, &fields);
    assert_eq!(decided.status, 200, "{}", decided.html);
    assert!(decided.html.contains("Beslutad"), "{}", decided.html);

    wait(|| {
        maria
            .get(&idea)
            .html
            .contains("verksamheten genomför idén direkt")
            .then_some(())
    });
    let history = anders.get(&format!("{idea}/historik")).html;
    assert!(
        history.contains("Omdömena visades")
            && history.contains("Maria Lindqvist")
            && history.contains("Nytta för medborgaren 4")
            && !history.contains("citizen-benefit"),
        "{history}"
    );
    let english = maria.get("/sprak/en");
    assert_eq!(english.status, 200);
    assert!(maria.get(&idea).html.contains("<html lang=\"en\">"));
}

#[test]
fn forms_of_others_foreign_hosts_and_used_links_are_turned_away() {
    let folder = TempDir::new().expect("a folder");
    idesluss_tests::write_region(folder.path());
    let server = Server::start(folder.path(), &[]);
    let web = server.addresses.web;
    let mut stranger = Reader::new(web);
    let entrance = stranger.get("/").html;
    assert!(!entrance.contains("/valj"), "without the link nobody is let in");
    server.until_printed("lies in ");
    assert!(
        !server.output().contains("/in/"),
        "a link in a log lets in whoever reads it"
    );
    let link = std::fs::read_to_string(folder.path().join("link")).expect("a link");
    let invitation = link.trim().rsplit('/').next().expect("a link");
    let mut browser = Reader::new(web);
    assert_eq!(browser.get(&format!("/in/{invitation}")).status, 200);
    assert_eq!(
        stranger.get(&format!("/in/{invitation}")).status,
        403,
        "the link works once"
    );
    let start = browser.become_person("coordinator 1 i uddevalla", "coordinator");
    assert!(start.html.contains("Inkorg"), "{}", start.html);
    let forged = browser.post_raw("/lamna", &[("csrf", "0")]);
    assert_eq!(forged.status, 403);
    let old = browser.post_raw("/utlysningar", &[("csrf", ""), ("command", "")]);
    assert_eq!(old.status, 403);
    assert_eq!(browser.get("/finns-inte").status, 404);
    // What a session was known by before somebody chose, or left, opens nothing afterwards.
    let before = browser.cookie();
    let page = browser.get("/").html;
    browser.fill(&page, "/lamna", &[]);
    let asked = |header: &str, value: &str, cookie: &str| {
        let agent = ureq::Agent::config_builder()
            .http_status_as_error(false)
            .max_redirects(0)
            .build();
        let agent: ureq::Agent = agent.into();
        let request = agent.get(format!("http://{web}/inkorg")).header("cookie", cookie);
        request
            .header(header, value)
            .call()
            .expect("an answer")
            .status()
            .as_u16()
    };
    assert_eq!(
        asked("accept", "*/*", &before),
        303,
        "the old session leads to the entrance"
    );
    for proxy in ["forwarded", "x-forwarded-for", "x-real-ip"] {
        assert_eq!(asked(proxy, "203.0.113.7", &before), 403, "{proxy}");
    }
    server.until_printed("what=\"forwarded_request\"");
    for (header, value) in [("origin", "http://elsewhere.example"), ("sec-fetch-site", "cross-site")] {
        let agent: ureq::Agent = ureq::Agent::config_builder().http_status_as_error(false).build().into();
        let request = agent.post(format!("http://{web}/lamna")).header(header, value);
        let mut answer = request.send_form([("csrf", "")]).expect("an answer");
        let told = answer.body_mut().read_to_string().expect("a page");
        assert_eq!(answer.status().as_u16(), 403, "{header}");
        assert!(
            told.contains("en sida som inte är vår"),
            "in the reader's language: {told}"
        );
    }
    server.until_printed("what=\"cross_site_form\"");

    let foreign = ureq::Agent::config_builder().http_status_as_error(false).build();
    let foreign: ureq::Agent = foreign.into();
    let answer = foreign
        .get(format!("http://{web}/"))
        .header("host", "ond.example")
        .call()
        .expect("an answer");
    assert_eq!(answer.status().as_u16(), 421);
    let policy = answer
        .headers()
        .get("content-security-policy")
        .and_then(|policy| policy.to_str().ok());
    assert!(policy.is_some_and(|policy| policy.contains("default-src 'none'")));

    let elsewhere = Server::try_start(folder.path(), &[]).expect_err("the folder is in use");
    assert!(elsewhere.1.contains("already runs on"), "{}", elsewhere.1);
}

#[test]
fn what_was_typed_comes_back_when_its_session_is_over_and_nobody_else_sends_it_with_a_button() {
    let folder = TempDir::new().expect("a folder");
    let server = Server::start(folder.path(), &["--demo"]);
    let mut browser = Reader::new(server.addresses.web);
    browser.become_person("Maria Lindqvist", "submitter");
    let form = browser.get("/ideer/ny").html;
    let fields = [
        ("title", "Cykelställ"),
        ("problem", "Cyklarna står <i> vägen."),
        ("owner", "1"),
        ("terms", "ja"),
    ];
    let comes_back = |answer: &Answer, said: &str| {
        assert_eq!(answer.status, 403, "{}", answer.html);
        for text in [said, "Det du skrev", "Cykelställ", "Cyklarna står &#60;i&#62; vägen."] {
            assert!(answer.html.contains(text), "{text}: {}", answer.html);
        }
        assert!(!answer.html.contains("Skicka igen"), "{}", answer.html);
    };
    let leaves = |browser: &mut Reader| {
        let page = browser.get("/utlysningar").html;
        browser.fill(&page, "/lamna", &[]);
    };
    leaves(&mut browser);
    comes_back(&browser.fill(&form, "/ideer", &fields), "Du är inte inloggad längre");
    browser.become_person("Anders Holm", "coordinator");
    comes_back(
        &browser.fill(&form, "/ideer", &fields),
        "öppnades i en annan inloggning",
    );
    leaves(&mut browser);
    browser.become_person("Maria Lindqvist", "submitter");
    assert!(!browser.get("/ideer").html.contains("Cykelställ"));
}

/// What has more fields than any form of ours would keep everybody waiting: it is not read.
#[test]
fn a_form_of_more_fields_than_any_of_ours_is_not_read() {
    let folder = TempDir::new().expect("a folder");
    let server = Server::start(folder.path(), &["--demo"]);
    let mut agneta = Reader::new(server.addresses.web);
    agneta.become_person("Agneta Sund", "administrator");
    let page = agneta.get("/organisation").html;
    let names: Vec<String> = (0..3_000).map(|row| format!("codes[{row}].name")).collect();
    let fields: Vec<(&str, &str)> = names.iter().map(|name| (name.as_str(), "a")).collect();
    let refused = agneta.fill(&page, "/organisation/omraden", &fields);
    assert_eq!(refused.status, 400, "{}", refused.html);
    assert!(refused.html.contains("role=\"alert\""), "{}", refused.html);
}
