//! Every type of event is written and every rpc is called, by people at pages and at the command line.

use crate::local_accounts::Partner;
use crate::private_links;
use crate::sign_in::Region;
use idesluss_domain::words::{EvaluationId, IdeaId, SolutionId};
use idesluss_domain::{Event, SERVICES};
use idesluss_proto::DESCRIPTORS;
use idesluss_proto::pb::command::Role;
use idesluss_proto::pb::journal::journal_service_client::JournalServiceClient;
use idesluss_proto::pb::journal::{GetHeadRequest, GetTileRequest, PullGapRequest, ReadRangeRequest};
use idesluss_tests::{ClientKey, Program, Reader, Server, Someone, borrowed, eventually, run, scores};
use prost::Message as _;
use std::collections::BTreeSet;
use std::path::Path;
use std::time::{Duration, Instant};
use tempfile::TempDir;
use uuid::Uuid;

/// The seed of the sample region, from which the ids of its ideas follow.
const SEED: Uuid = Uuid::from_u128(0x1de5_1055_0000_4000_8000_2026_0101_0001);
const PROPOSALS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/data/proposals.csv");

/// What nobody calls who has been signed in for less than ten minutes.
const LATER: [&str; 1] = ["idesluss.identity.v1.SessionCommandService/KeepSession"];

fn idea(key: &str) -> IdeaId {
    IdeaId(Uuid::new_v5(&SEED, format!("{key}/idea").as_bytes()))
}

fn page_of(key: &str) -> String {
    format!("/ideer/{}", idea(key))
}

fn evaluation_of(key: &str) -> String {
    format!("/bedomningar/{}", EvaluationId::derive(idea(key), 1))
}

/// Somebody at the web who gives up when anything is refused.
struct Person(Reader);

impl Person {
    fn who(server: &Server, name: &str, role: &str) -> Self {
        let mut reader = Reader::new(server.addresses.web);
        reader.become_person(name, role);
        Self(reader)
    }

    fn see(&mut self, path: &str) -> String {
        let answer = self.0.get(path);
        assert_eq!(answer.status, 200, "{path}: {}", answer.html);
        answer.html
    }

    /// Goes to `page` and does what the form for `act` does.
    fn act(&mut self, page: &str, act: &str, fields: &[(&str, &str)]) {
        let html = self.see(page);
        let answer = self.0.fill(&html, &format!("{page}/{act}"), fields);
        assert_eq!(answer.status, 200, "{page}/{act}: {}", answer.html);
    }

    /// Signs out.
    fn leave(&mut self) {
        let html = self.see("/revision");
        let answer = self.0.fill(&html, "/lamna", &[]);
        assert_eq!(answer.status, 200, "{}", answer.html);
    }
}

fn ideas(server: &Server) {
    let mut maria = Person::who(server, "Maria Lindqvist", "submitter");
    let mut samir = Person::who(server, "Samir Haddad", "submitter");
    let mut anders = Person::who(server, "Anders Holm", "coordinator");
    let toys = page_of("leksaker");
    samir.act(&toys, "stod", &[]);
    anders.act(
        &toys,
        "svarsdag",
        &[("answer_due", "2999-01-01"), ("reason", "Vi väntar på förskolorna.")],
    );
    anders.act(&toys, "liknande", &[("similar", &idea("kaffe").to_string())]);
    let html = maria.see(&toys);
    let sent = maria.0.upload(
        &html,
        &format!("{toys}/fil"),
        "leksaker.txt",
        "en bild av lådorna".as_bytes(),
    );
    assert_eq!(sent.status, 200, "{}", sent.html);
    let file = sent
        .html
        .split("/fil/")
        .nth(1)
        .and_then(|rest| rest.split('"').next())
        .expect("the file is listed")
        .to_owned();
    assert_eq!(maria.see(&format!("{toys}/fil/{file}")), "en bild av lådorna");
    let colleague = maria.see(&toys);
    let colleague = colleague
        .split("Samir Haddad")
        .next()
        .and_then(|before| before.rsplit("value=\"").next()?.split('"').next())
        .expect("a colleague");
    let colleague = colleague.to_owned();
    for (page, answer) in [(toys.clone(), "ja"), (page_of("lunchbio"), "nej")] {
        maria.act(&page, "medforfattare", &[("coauthor", &colleague)]);
        let questions = samir.see("/ideer");
        let sent = samir.0.fill(
            &questions,
            &format!("{page}/medforfattarskap"),
            &[("medforfattare", answer)],
        );
        assert_eq!(sent.status, 200, "{}", sent.html);
    }
    maria.act(&toys, "namn", &[("named", "ja")]);
    maria.act(&toys, "namn", &[("named", "nej")]);
    maria.act(&toys, "begar-radering", &[]);
    assert!(
        maria.see(&toys).contains("href=\"/villkor/uddevalla/2026-1\""),
        "an idea leads to the terms that were accepted with it"
    );
    let mut lars = Person::who(server, "Lars Nyberg", "registrar");
    lars.act(&toys, "radera", &[("basis", "GDPR art. 17.1 a")]);
    let dogs = page_of("hundrastgard");
    Person::who(server, "Elin Rask", "submitter").act(&dogs, "begar-radering", &[]);
    let refuse = [("basis", "arkivlagen 3 §"), ("reasons", "Handlingen ska bevaras.")];
    Person::who(server, "Bo Frisk", "registrar").act(&dogs, "neka-radering", &refuse);
    let mut lena = Person::who(server, "Lena Fors", "coordinator");
    lena.act(&page_of("gratis-buss"), "ateroppna", &[("reason", "Vi läste fel.")]);
    lena.act(&page_of("regnvatten"), "vack", &[("need", "Torkan i somras.")]);
    samir.act(
        &page_of("simkunnighet"),
        "aterta",
        &[("reason", "Skolan gör det redan.")],
    );
    let html = maria.see("/ideer/ny");
    let found = maria
        .0
        .fill_and_send(&html, "/ideer", "/ideer/ny", &[("title", "Cyklar")]);
    assert!(found.html.contains("value=\"Cyklar\""), "{}", found.html);
    anders.see("/inkorg?ord=cykel");
    anders.see(&format!("{}/historik", page_of("cykelpool")));
    anders.see(&page_of("parkering"));
}

fn evaluations(server: &Server) {
    let blood = evaluation_of("blodtryck");
    let mut eva = Person::who(server, "Eva Sandberg", "assessor");
    eva.see("/bedoma");
    eva.act(&blood, "jav", &[("conflict", "nej")]);
    for act in ["omdome", "andra"] {
        let given = scores(&eva.see(&blood), "3", "Så här tänker jag.");
        eva.act(&blood, act, &borrowed(&given));
    }
    Person::who(server, "Jonas Ek", "assessor").act(
        &blood,
        "jav",
        &[("conflict", "ja"), ("reason", "Min syster arbetar där.")],
    );
    let clothes = evaluation_of("lanegarderob");
    let mut lena = Person::who(server, "Lena Fors", "coordinator");
    let html = lena.see(&clothes);
    let form = html.split("/tabort\"").nth(1).expect("a form to take an assessor off");
    let ove = form
        .split(">Ove Strand<")
        .next()
        .and_then(|before| before.rsplit("value=\"").next()?.split('"').next())
        .expect("an assessor");
    let ove = ove.to_owned();
    lena.act(
        &clothes,
        "tabort",
        &[("assessor", &ove), ("cause", "2"), ("reason", "Är sjukskriven.")],
    );

    let mut anders = Person::who(server, "Anders Holm", "coordinator");
    let parking = evaluation_of("parkering");
    let board = [
        ("outcome", "1"),
        ("cost_kronor", "0"),
        ("reasons", "Nämnden ser nyttan."),
        ("board", "Samhällsnämnden"),
        ("meeting", today()),
        ("paragraph", "§ 88"),
    ];
    let html = anders.see(&format!("{parking}/beslut"));
    let decided = anders.0.fill(&html, &format!("{parking}/beslut"), &board);
    assert_eq!(decided.status, 200, "{}", decided.html);

    let call = evaluation_of("trygghetsringning");
    let mut karin = Person::who(server, "Karin Åkesson", "decision-maker");
    karin.see("/besluta");
    karin.act(&call, "ratta", &[("correction", "Ska stå hösten 2027.")]);
    karin.act(
        &call,
        "anmal",
        &[("board", "Socialnämnden"), ("meeting", "2999-01-01")]
            .map(|(name, value)| (name, if name == "meeting" { today() } else { value })),
    );
    karin.act(
        &call,
        "avsatt",
        &[("amount_kronor", "20 000"), ("hours", "40"), ("note", "Samordnare")],
    );
    anders.act(&call, "stod", &[("partner", "innovatum"), ("kind", "1")]);
    let html = karin.see(&format!("{call}/beslut"));
    let anew = [
        ("outcome", "3"),
        ("reasons", "Vi väntar till våren."),
        ("cost_kronor", "0"),
    ];
    let decided = karin.0.fill(&html, &format!("{call}/beslut"), &anew);
    assert_eq!(decided.status, 200, "{}", decided.html);
    karin.see(&format!("{call}/grund"));

    let html = karin.see("/mandat");
    let form = html.split("/mandat/vidare\"").nth(1).expect("a form to hand on");
    let anybody = form
        .split("name=\"to\"")
        .nth(1)
        .and_then(|rest| rest.split("<option value=\"").nth(2)?.split('"').next())
        .expect("somebody")
        .to_owned();
    let hand_on = [
        ("mandate", "uddevalla/1/4.1"),
        ("to", &anybody),
        ("gates", "1"),
        ("up_to_kronor", "10000"),
        ("valid_from", "2026-12-01"),
    ];
    karin.act("/mandat", "vidare", &hand_on);
    karin.act(
        "/mandat",
        "aterkalla",
        &[("mandate", "uddevalla/1/4.1/1"), ("from", "2027-01-01")],
    );
    anders.act(
        "/mandat",
        "kriterier",
        &[("assessments_required", "3"), ("load_cap", "8")],
    );
    anders.see("/bedomningar");
}

/// Today, as pages write it. Sweden's day is never behind UTC's by more than the test would notice.
fn today() -> &'static str {
    use idesluss_runtime::Clock as _;
    static TODAY: std::sync::LazyLock<String> =
        std::sync::LazyLock::new(|| idesluss_runtime::SystemClock.today().to_string());
    &TODAY
}

fn sharing(server: &Server) {
    let alarm = format!("/losningar/{}", SolutionId::derive(idea("kylskapslarm")));
    let mut daniel = Person::who(server, "Daniel Kvist", "steward");
    let description = [
        ("description.title", "Temperaturlarm, andra utgåvan"),
        ("description.summary", "Nu med reservgivare."),
        ("description.kind", "1"),
        ("description.licence", "CC-BY-4.0"),
        ("description.contact", "kost@trollhattan.example"),
        ("description.prerequisites", "Nät i köket."),
        ("visibility", "2"),
        ("changes", "Reservgivare ingår."),
        ("cleared", "ja"),
    ];
    daniel.act(&alarm, "version", &description);
    let mut sofia = Person::who(server, "Sofia Marklund", "adopter");
    let html = sofia.see(&alarm);
    let begun = sofia.0.fill(&html, &format!("{alarm}/intresse"), &[]);
    assert_eq!(begun.status, 200, "{}", begun.html);
    let id = html.split("name=\"adoption\" value=\"").nth(1);
    let id = id.and_then(|rest| rest.split('"').next()).expect("its new id");
    let adoption = format!("/inforanden/{id}");
    sofia.act(&adoption, "besluta", &[("form", "1"), ("reasons", "Billigt.")]);
    sofia.act(&adoption, "borja", &[("starts_on", "2027-01-11")]);
    let later = [("starts_on", "2027-02-01"), ("reason", "Givarna är försenade.")];
    sofia.act(&adoption, "skjut-upp", &later);
    assert!(sofia.see(&adoption).contains("2027-02-01"));
    let html = sofia.see(&adoption);
    let earlier = sofia.0.fill(&html, &format!("{adoption}/skjut-upp"), &later);
    assert_eq!(earlier.status, 422, "{}", earlier.html);
    assert!(earlier.html.contains("senare än den som gällde"), "{}", earlier.html);
    daniel.act(&alarm, "dra-in", &[("reason", "Tillverkaren har slutat.")]);
    sofia.see("/losningar?ord=cyklar");
    sofia.see("/nytta");
    let list = sofia.see("/inforanden");
    let own = list
        .split("href=\"/inforanden/")
        .nth(1)
        .and_then(|rest| rest.split('"').next())
        .expect("an adoption of ours")
        .to_owned();
    sofia.see(&format!("/inforanden/{own}"));
    let mut helena = Person::who(server, "Helena Bratt", "need-owner");
    helena.see("/utlysningar");
}

/// Each version of an organisation's terms is read, the one in force first.
fn terms_of_before(reader: &mut Person) {
    let in_force = reader.see("/villkor");
    assert!(
        in_force.contains("Vi delar på idén.") && in_force.contains("version 2") && in_force.contains("Agneta Sund"),
        "{in_force}"
    );
    for (version, said) in [
        ("1", "Idén är din."),
        ("2026-1", "Du lämnar din idé till organisationen."),
    ] {
        let path = format!("/villkor/uddevalla/{version}");
        assert!(in_force.contains(&format!("href=\"{path}\"")), "{in_force}");
        let before = reader.see(&path);
        assert!(
            before.contains(said)
                && before.contains("gäller inte för nya idéer")
                && !before.contains("Vi delar på idén."),
            "{before}"
        );
    }
    for nowhere in ["uddevalla/3", "uddevalla/0", "uddevalla/x", "nowhere/1"] {
        assert_eq!(reader.0.get(&format!("/villkor/{nowhere}")).status, 404, "{nowhere}");
    }
}

/// What administrators do at their pages, and whoever sits at the machine there.
fn administering(server: &Server, data: &Path) {
    let said = idesluss(&["organisation", "list"], data);
    assert!(
        said.contains("uddevalla  UDD  Uddevalla kommun  administrators: 1"),
        "{said}"
    );
    let new = [
        "organisation",
        "add",
        "--id",
        "orust",
        "--name",
        "Orust kommun",
        "--prefix",
        "ORU",
        "--kind",
        "municipality",
    ];
    idesluss(&new, data);
    let rut = [
        "--name",
        "Rut Alm",
        "--address",
        "rut@orust.example",
        "--organisation",
        "orust",
    ];
    let person = idesluss(&[&["user", "add"][..], &rut].concat(), data);
    let named = [
        "role",
        "administrator",
        "--person",
        person.trim(),
        "--organisation",
        "orust",
    ];
    idesluss(&named, data);
    idesluss(&["rotate-signing-key"], data);
    let mut agneta = Person::who(server, "Agneta Sund", "administrator");
    let list = agneta.see("/personer");
    let added = agneta.0.fill(
        &list,
        "/personer/ny",
        &[("name", "Nils Ny"), ("address", "nils@uddevalla.example")],
    );
    assert_eq!(added.status, 200, "{}", added.html);
    assert!(added.html.contains("nils@uddevalla.example"), "{}", added.html);
    let nils = list
        .split("name=\"person\" value=\"")
        .nth(1)
        .and_then(|rest| rest.split('"').next())
        .expect("a new pseudonym");
    let page = format!("/personer/{nils}");
    let away = Uuid::new_v5(&SEED, "Jonas Ek".as_bytes()).to_string();
    let role = [("role", "3"), ("until", "2999-01-01"), ("substitute_for", &*away)];
    agneta.act(&page, "roll", &role);
    assert!(agneta.see(&page).contains("Jonas Ek"));
    agneta.act(&page, "ta-tillbaka", &[("role", "3")]);
    agneta.act(&page, "andra", &[("name", "Nils Nyström")]);
    // Somebody of another organisation, who assesses here too, has a name, and no mail address but there.
    let rut = person.trim();
    assert_eq!(agneta.0.ask(&format!("/personer/{rut}")).status, 404);
    let others = agneta.see(&page).replace(nils, rut);
    let granted = agneta
        .0
        .fill(&others, &format!("/personer/{rut}/roll"), &[("role", "3")]);
    assert_eq!(granted.status, 200, "{}", granted.html);
    assert!(
        granted.html.contains("Rut Alm") && !granted.html.contains("rut@"),
        "{}",
        granted.html
    );
    // A neighbour's submitter who assesses here has no name here either: on no page, and in no list to choose from.
    let amina = Uuid::new_v5(&SEED, "Amina Yusuf".as_bytes()).to_string();
    let granted = agneta.see(&page).replace(nils, &amina);
    let granted = agneta
        .0
        .fill(&granted, &format!("/personer/{amina}/roll"), &[("role", "3")]);
    assert_eq!(granted.status, 200, "{}", granted.html);
    assert!(!granted.html.contains("Amina Yusuf"), "{}", granted.html);
    let told = Instant::now();
    while !agneta.see(&page).contains("Någon i Trollhättans stad") {
        assert!(
            told.elapsed() < Duration::from_secs(30),
            "nobody is offered without a name"
        );
        std::thread::sleep(Duration::from_millis(100));
    }
    assert!(!agneta.see(&page).contains("Amina Yusuf"));
    agneta.act(&format!("/personer/{amina}"), "ta-tillbaka", &[("role", "3")]);
    // Nor is anybody registered for an organisation that is none, or the only administrator made one of some later day.
    let folder = data.to_string_lossy();
    let nowhere = [
        "user",
        "add",
        "--name",
        "Rut Alm",
        "--organisation",
        "nowhere",
        "--data",
        &folder,
    ];
    assert!(!run(&nowhere).status.success(), "an organisation that is none");
    let own = format!("/personer/{}", Uuid::new_v5(&SEED, "Agneta Sund".as_bytes()));
    let later = [("role", "12"), ("from", "2999-01-01")];
    let page = agneta.see(&own);
    let refused = agneta.0.fill(&page, &format!("{own}/roll"), &later);
    assert_eq!(refused.status, 409, "{}", refused.html);
    let details = [
        ("settings.name", "Uddevalla kommun"),
        ("settings.prefix", "UDD"),
        ("settings.kind", "1"),
        ("settings.public_body", "ja"),
        ("settings.answer_working_days", "10"),
        ("settings.decision_days", "90"),
        ("settings.idle_minutes", "60"),
        ("settings.session_hours", "10"),
    ];
    agneta.act("/organisation", "andra", &details);
    let areas = [("codes[0].code", "hemtjanst"), ("codes[0].name", "Hemtjänst")];
    agneta.act("/organisation", "omraden", &areas);
    let terms = [
        ("terms.sv", "Idén är din. Vi får använda den."),
        ("terms.en", "The idea is yours. We may use it."),
    ];
    agneta.act("/organisation", "villkor", &terms);
    agneta.act("/organisation", "villkor", &[("terms.sv", "Vi delar på idén.")]);
    terms_of_before(&mut agneta);
    let html = agneta.see("/organisation");
    let logo = ("logga.png", &b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x40\0\0\0\x40"[..]);
    let sent = agneta.0.upload_as(&html, "/organisation/utseende", "logo", logo);
    assert_eq!(sent.status, 200, "{}", sent.html);
    // The index takes a name in a moment later.
    let deadline = Instant::now() + Duration::from_secs(20);
    while !agneta.see("/personer?ord=Nystr%C3%B6m").contains("Nils Nyström") {
        assert!(Instant::now() < deadline, "a name is not found");
        std::thread::sleep(Duration::from_millis(50));
    }
}

/// Registers a program, lets it in by what it shows and in no more, and has it call.
async fn programs(server: &Server) {
    const SUBMIT: &str = "submission.v1.SubmissionCommandService/SubmitIdea";
    let mut agneta = Person::who(server, "Agneta Sund", "administrator");
    let program = Program::register(&mut agneta.0, server.addresses.web, "E-tjänsten", "1", &[SUBMIT]);
    let secret = program.secret(&mut agneta.0);
    let key = ClientKey::new().jwk().to_string();
    agneta.act(&program.page(), "nyckel", &[("jwk", &key), ("until", "2999-01-01")]);
    let calls = program.calls(&program.shows(&secret).token());
    let idea = Someone::who("uddevalla", Role::Submitter).idea();
    let page = format!("/ideer/{}", idea.idea);
    calls.submission().submit_idea(idea).await.expect("submitted");
    let mut anders = Person::who(server, "Anders Holm", "coordinator");
    eventually(async || Ok(anders.0.clone().get(&page).html.contains("E-tjänsten").then_some(()))).await;
    assert!(
        anders
            .see(&format!("{page}/historik"))
            .contains("E-tjänsten, idégivare")
    );
    let held = program.credentials(&mut agneta.0);
    agneta.act(&program.page(), "aterkalla", &[("credential", &held[0])]);
    for act in ["stang-av", "slapp-in"] {
        agneta.act(&program.page(), act, &[]);
    }
}

/// Goes through the auditor's pages.
fn auditing(server: &Server) {
    let mut birgitta = Person::who(server, "Birgitta Wallin", "auditor");
    birgitta.see("/revision");
    birgitta.see("/revision?steg=100");
    birgitta.see(&format!("/revision/ideer/{}?steg=3", idea("cykelpool")));
    let evaluation = EvaluationId::derive(idea("trygghetsringning"), 1);
    birgitta.see(&format!("/revision/beslut/{evaluation}"));
    birgitta.act("/revision", "paket", &[("purpose", "Årsrevision")]);
    birgitta.leave();
}

/// Everything in every journal, and what services ask each other.
async fn written(server: &Server) -> BTreeSet<String> {
    let mut types = BTreeSet::new();
    for service in SERVICES {
        let mut journal = JournalServiceClient::new(server.channel(service));
        let head = journal.get_head(GetHeadRequest {}).await.expect("a head").into_inner();
        // Where nothing was written yet, there is nothing to be had.
        if let Some(source) = head.sources.first().cloned() {
            let pull = PullGapRequest {
                source,
                limit: 1,
                ..PullGapRequest::default()
            };
            journal.pull_gap(pull).await.expect("entries");
        }
        journal.get_tile(GetTileRequest::default()).await.expect("hashes");
        let mut range = journal
            .read_range(ReadRangeRequest::default())
            .await
            .expect("entries")
            .into_inner();
        while let Some(some) = range.message().await.expect("entries") {
            for entry in some.entries {
                let line: serde_json::Value = serde_json::from_slice(&entry.line).expect("a line");
                types.extend(line["event"]["type"].as_str().map(str::to_owned));
            }
        }
    }
    types
}

/// Waits until all of `types` stand in the journals; what still lacks after a while is said.
async fn until_written(server: &Server, types: &[&str]) {
    let deadline = Instant::now() + Duration::from_secs(20);
    loop {
        let written = written(server).await;
        let missing: Vec<_> = types.iter().filter(|kind| !written.contains(**kind)).collect();
        if missing.is_empty() {
            return;
        }
        assert!(Instant::now() < deadline, "nobody wrote {missing:?}");
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}

/// The rpcs that the server says were called.
fn called(server: &Server) -> BTreeSet<String> {
    let said = server.output();
    let names = said.split("rpc=\"/").skip(1).filter_map(|rest| rest.split('"').next());
    names.map(str::to_owned).collect()
}

/// All rpcs of the contract.
fn rpcs() -> BTreeSet<String> {
    let set = prost_types::FileDescriptorSet::decode(DESCRIPTORS).expect("the contract");
    let mut names = BTreeSet::new();
    for file in &set.file {
        for service in &file.service {
            let rpcs = service.method.iter();
            names.extend(rpcs.map(|rpc| format!("{}.{}/{}", file.package(), service.name(), rpc.name())));
        }
    }
    names
}

fn idesluss(arguments: &[&str], data: &Path) -> String {
    let data = data.to_string_lossy();
    let output = run(&[arguments, &["--data", &data]].concat());
    assert!(
        output.status.success(),
        "{arguments:?}: {}",
        String::from_utf8_lossy(&output.stderr)
    );
    String::from_utf8_lossy(&output.stdout).into_owned()
}

/// After a restore: as the program has said, an administrator is named at the machine and confirms the roles on their page.
async fn confirming(server: &Server, data: &Path, said: &str) {
    let of_uddevalla = "idesluss role administrator --organisation uddevalla";
    let line = said.lines().find(|line| line.starts_with(of_uddevalla));
    let arguments: Vec<&str> = line.expect("it says what to do").split(' ').skip(1).collect();
    assert!(idesluss(&arguments, data).contains("at once"));
    let mut browser = Reader::new(server.addresses.web);
    eventually(async || {
        let entrance = browser.clone().get("/").html;
        Ok(entrance.contains("name=\"role\" value=\"administrator\"").then_some(()))
    })
    .await;
    browser.become_person("Agneta Sund", "administrator");
    let people = browser.get("/personer").html;
    assert!(
        people.contains("(väntar)") && people.contains("väntar på att bli bekräftade"),
        "{people}"
    );
    let page = browser.get("/organisation").html;
    let confirmed = browser.fill(&page, "/organisation/bekrafta-roller", &[]);
    assert_eq!(confirmed.status, 200, "{}", confirmed.html);
    assert!(!confirmed.html.contains("bekrafta-roller"), "{}", confirmed.html);
    assert!(!browser.get("/personer").html.contains("(väntar)"));
}

#[tokio::test(flavor = "multi_thread")]
async fn every_event_is_written_and_every_rpc_called_from_a_page_or_the_command_line() {
    let folder = TempDir::new().expect("a folder");
    let server = Server::start(folder.path(), &["--demo"]);
    ideas(&server);
    evaluations(&server);
    sharing(&server);
    auditing(&server);
    programs(&server).await;
    administering(&server, folder.path());
    let web = server.addresses.web;
    let without_accounts = tokio::task::spawn_blocking(move || private_links::everything(web));
    without_accounts.await.expect("done");
    let assessments = folder.path().join("omdömen.csv");
    std::fs::write(
        &assessments,
        "reference,assessor,criterion,score,rationale,assessed_at\nP-0248,x,Nytta,4,,\n",
    )
    .expect("written");
    let assessments = assessments.to_string_lossy().into_owned();
    let import = [
        "import",
        "--quiet",
        "--organisation",
        "vanersborg",
        "--ideas",
        PROPOSALS,
        "--assessments",
        &assessments,
    ];
    idesluss(&import, folder.path());
    idesluss(&["replay", "--idea", &idea("cykelpool").to_string()], folder.path());
    idesluss(&["audit", "keys"], folder.path());
    // What reactions do: confirm the erasure, close what was withdrawn.
    let after_reactions = [
        "idesluss.submission.v1.PersonalDataErased",
        "idesluss.evaluation.v1.EvaluationClosed",
    ];
    until_written(&server, &after_reactions).await;
    let mut heard = called(&server);
    assert!(server.stop().success());
    // In a sample region nobody signs in.
    let region = Region::start();
    region.everything();
    let by_signing_in = written(&region.server).await;
    heard.extend(called(&region.server));
    assert!(region.server.stop().success());
    let partner = Partner::start();
    partner.everything();
    let by_accounts = written(&partner.server).await;
    heard.extend(called(&partner.server));
    partner.server.stop();
    let said = idesluss(&["restored", "--reason", "moved"], folder.path());
    // Promised days pass.
    let server = Server::start(folder.path(), &["--demo", "--days-ahead", "60"]);
    confirming(&server, folder.path(), &said).await;
    let all: Vec<&str> = Event::all_types()
        .filter(|kind| !by_signing_in.contains(*kind) && !by_accounts.contains(*kind))
        .collect();
    until_written(&server, &all).await;
    heard.extend(called(&server));
    let is_called = |rpc: &String| heard.contains(rpc) || LATER.contains(&&**rpc);
    let silent: Vec<_> = rpcs().into_iter().filter(|rpc| !is_called(rpc)).collect();
    assert!(silent.is_empty(), "nobody called {silent:?}");
}
