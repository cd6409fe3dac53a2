//! Programs of organisations: registered on a page, let in by what they show, and calling the contract with a client of gRPC at the web's one address.

use crate::accessible::Inspector;
use crate::attacks::exposed::{behind_nginx, by_itself};
use crate::local_accounts::Partner;
use crate::sharing::publication;
use crate::sign_in::until;
use idesluss_domain::words::{IdeaId, SolutionId};
use idesluss_proto::pb::command::Role;
use idesluss_proto::pb::journal::ReadRangeRequest;
use idesluss_proto::pb::journal::journal_service_client::JournalServiceClient;
use idesluss_proto::pb::{sharing as sh, submission as sub};
use idesluss_proto::status::Refusal;
use idesluss_tests::{
    Address, Apart, Chromium, ClientKey, Exposed, ForeignAnswer, ForeignCall, ForeignClient, ForeignTls, Plan, Program,
    Reader, Someone, Ways, eventually, npm, run,
};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::Command;
use tonic::transport::Channel;
use tonic::{Code, Status};
use uuid::Uuid;

/// The roles in which programs act here, by their numbers in the contract.
const SUBMITTER: &str = "1";
const COORDINATOR: &str = "2";
const ADOPTER: &str = "8";

const SUBMIT: &str = "submission.v1.SubmissionCommandService/SubmitIdea";
const ANSWER: &str = "submission.v1.SubmissionCommandService/ProvideClarification";
const ASK: &str = "submission.v1.SubmissionCommandService/RequestClarification";
const IMPLEMENT: &str = "submission.v1.SubmissionCommandService/ImplementIdea";
const OWN_IDEAS: &str = "submission.v1.SubmissionQueryService/ListMyIdeas";
const IDEA: &str = "submission.v1.SubmissionQueryService/GetIdea";
const INBOX: &str = "submission.v1.SubmissionQueryService/ListInbox";
const SOLUTIONS: &str = "sharing.v1.SharingQueryService/ListSolutions";
const INTEREST: &str = "sharing.v1.SharingCommandService/RegisterInterest";
const BASELINE: &str = "sharing.v1.SharingCommandService/RecordBaseline";

/// Where programs come in, however the services run.
struct Site {
    web: SocketAddr,
    ways: Ways,
}

impl Site {
    fn of(partner: &Partner) -> Self {
        let way = |service| partner.server.way(service);
        Self {
            web: partner.web,
            ways: Ways {
                submission: way("submission"),
                evaluation: way("evaluation"),
                sharing: way("sharing"),
            },
        }
    }
}

/// A new idea, as a program gives it.
fn new_idea() -> sub::SubmitIdeaRequest {
    Someone::who("uddevalla", Role::Submitter).idea()
}

fn get_idea(idea: &str) -> sub::GetIdeaRequest {
    sub::GetIdeaRequest {
        query: Someone::who("uddevalla", Role::Submitter).asks(),
        idea: idea.to_owned(),
    }
}

fn own_ideas() -> sub::ListMyIdeasRequest {
    sub::ListMyIdeasRequest {
        query: Someone::who("uddevalla", Role::Submitter).asks(),
        ..sub::ListMyIdeasRequest::default()
    }
}

/// A program that submits ideas for Uddevalla, with a secret.
fn submits(agneta: &mut Reader, web: SocketAddr, name: &str) -> (Program, String) {
    let program = Program::register(agneta, web, name, SUBMITTER, &[SUBMIT, OWN_IDEAS]);
    let secret = program.secret(agneta);
    (program, secret)
}

/// By which types of events a program stands in a journal, and under which right.
async fn written_by(program: &Program, journal: Channel) -> BTreeSet<(String, String)> {
    let mut journal = JournalServiceClient::new(journal);
    let mut all = BTreeSet::new();
    let range = journal.read_range(ReadRangeRequest::default()).await.expect("entries");
    let mut range = range.into_inner();
    while let Some(some) = range.message().await.expect("entries") {
        for entry in some.entries {
            let line: Value = serde_json::from_slice(&entry.line).expect("a line");
            let event = &line["event"];
            let text = |member: &str| event[member].as_str().unwrap_or_default().to_owned();
            if text("actor") == program.id {
                let kind = text("type").rsplit('.').next().unwrap_or_default().to_owned();
                all.insert((kind, text("grant")));
            }
        }
    }
    all
}

/// Checks that all that a program has written says so, and that this is among it.
async fn stands(program: &Program, journal: Channel, types: &[&str]) {
    let own = format!("program:{}", program.id);
    let written = written_by(program, journal).await;
    for kind in types {
        assert!(
            written.contains(&((*kind).to_owned(), own.clone())),
            "{kind}: {written:?}"
        );
    }
    assert!(written.iter().all(|(_, right)| *right == own), "{written:?}");
}

/// A program's idea on its way: submitted, asked about and answered, carried out, and published, all but what takes a person by programs; then a
/// neighbour's program takes an interest in it. Returns the three programs.
async fn walk(site: &Site, administrator: &mut dyn FnMut(&str) -> Reader) -> [Program; 3] {
    let (web, agneta) = (site.web, &mut administrator("uddevalla"));
    let service = Program::register(agneta, web, "E-tjänsten", SUBMITTER, &[SUBMIT, ANSWER, OWN_IDEAS, IDEA]);
    let service_calls = service.calls(&service.shows(&service.secret(agneta)).token());
    let cases = Program::register(
        agneta,
        web,
        "Ärendesystemet",
        COORDINATOR,
        &[INBOX, IDEA, ASK, IMPLEMENT],
    );
    // This one signs, and has no secret.
    let key = ClientKey::new();
    let jwk = key.jwk().to_string();
    let added = cases.act(agneta, "nyckel", &[("jwk", &jwk)]);
    assert_eq!(added.status, 200, "{}", added.html);
    let cases_calls = cases.calls(&cases.asserts(&key.signs(&cases.claims())).token());

    let submitted = service_calls
        .submission()
        .submit_idea(new_idea())
        .await
        .expect("submitted");
    let token = submitted.into_inner().token;
    let mine = sub::ListMyIdeasRequest {
        query: Someone::who("uddevalla", Role::Submitter).asks_after(token),
        ..own_ideas()
    };
    let mine = service_calls
        .ideas()
        .list_my_ideas(mine)
        .await
        .expect("its own")
        .into_inner();
    let idea = mine.ideas.first().expect("its idea").idea.clone();

    let coordinator = Someone::who("uddevalla", Role::Coordinator);
    let inbox = sub::ListInboxRequest {
        query: coordinator.asks(),
        ..sub::ListInboxRequest::default()
    };
    let inbox = cases_calls
        .ideas()
        .list_inbox(inbox)
        .await
        .expect("the inbox")
        .into_inner();
    assert!(inbox.ideas.iter().any(|listed| listed.idea == idea), "{inbox:?}");
    let question = sub::RequestClarificationRequest {
        command: coordinator.command(),
        idea: idea.clone(),
        question: "I vilka kök?".into(),
    };
    cases_calls
        .submission()
        .request_clarification(question)
        .await
        .expect("asked");
    let answer = sub::ProvideClarificationRequest {
        command: coordinator.command(),
        idea: idea.clone(),
        answer: "I skolornas.".into(),
    };
    service_calls
        .submission()
        .provide_clarification(answer)
        .await
        .expect("answered");

    // Handing it to the line takes a person, whatever a program was given; carrying out is what the case system knows.
    let hand = sub::HandToLineRequest {
        command: coordinator.command(),
        idea: idea.clone(),
        unit: "Kostenheten".into(),
        responsible: "Enhetschefen".into(),
        due: "2027-01-31".into(),
    };
    let refused = cases_calls.submission().hand_to_line(hand.clone()).await;
    is_refused(&refused.expect_err("no program answers for that"), "OUTSIDE_SCOPES");
    let handed = site.ways.submission().hand_to_line(coordinator.says(hand)).await;
    handed.expect("handed to the line");
    let implement = sub::ImplementIdeaRequest {
        command: coordinator.command(),
        idea: idea.clone(),
        result: "Mindre svinn.".into(),
        shareable: true,
    };
    cases_calls
        .submission()
        .implement_idea(implement)
        .await
        .expect("carried out");
    let seen = service_calls
        .ideas()
        .get_idea(get_idea(&idea))
        .await
        .expect("its own")
        .into_inner();
    assert!(format!("{seen:?}").contains("Mindre svinn."), "{seen:?}");

    // A person publishes.
    let steward = Someone::who("uddevalla", Role::Steward);
    let parsed: IdeaId = idea.parse().expect("a UUID");
    let solution = SolutionId::derive(parsed).to_string();
    eventually(async || {
        let published = publication(&steward, &solution);
        site.ways
            .sharing()
            .publish_solution(steward.says(published))
            .await
            .map(Some)
    })
    .await;

    // A neighbour's program finds it, and takes an interest.
    let tora = &mut administrator("trollhattan");
    let neighbour = Program::register(tora, web, "Katalogen", ADOPTER, &[SOLUTIONS, INTEREST, BASELINE]);
    let calls = neighbour.calls(&neighbour.shows(&neighbour.secret(tora)).token());
    let adopter = Someone::who("trollhattan", Role::Adopter);
    eventually(async || {
        let list = sh::ListSolutionsRequest {
            query: adopter.asks(),
            ..sh::ListSolutionsRequest::default()
        };
        let found = calls.solutions().list_solutions(list).await?.into_inner();
        Ok(found
            .solutions
            .iter()
            .any(|found| found.solution == solution)
            .then_some(()))
    })
    .await;
    let adoption = Uuid::new_v4().to_string();
    let interest = sh::RegisterInterestRequest {
        command: adopter.command(),
        adoption: adoption.clone(),
        solution,
        need: "Vi slänger för mycket mat.".into(),
    };
    calls.sharing().register_interest(interest).await.expect("interest");
    let baseline = sh::RecordBaselineRequest {
        command: adopter.command(),
        adoption,
        measurement: Some(sh::Measurement {
            metric: "timmar per vecka".into(),
            unit: "h".into(),
            value: "12".into(),
            from: "2026-01-01".into(),
            to: "2026-03-31".into(),
        }),
    };
    calls.sharing().record_baseline(baseline).await.expect("a baseline");
    // Of another organisation's idea it reads nothing.
    let refused = calls.ideas().get_idea(get_idea(&idea)).await.expect_err("another's");
    is_refused(&refused, "OUTSIDE_SCOPES");
    [service, cases, neighbour]
}

#[track_caller]
fn is_refused(refused: &Status, reason: &str) {
    assert_eq!(Refusal::from(refused).reason, reason, "{refused:?}");
    assert!(refused.message().len() > 10, "without a sentence: {refused:?}");
}

/// What each of the three has written.
const BY_SERVICE: [&str; 2] = ["IdeaSubmitted", "ClarificationProvided"];
const BY_CASES: [&str; 2] = ["ClarificationRequested", "IdeaImplemented"];
const BY_NEIGHBOUR: [&str; 2] = ["InterestRegistered", "BaselineRecorded"];

#[tokio::test(flavor = "multi_thread")]
async fn programs_take_an_idea_from_submission_to_a_neighbour_and_are_named_in_the_journals() {
    let partner = Partner::start();
    let mut administrator = |organisation: &str| partner.administrator(organisation);
    let [service, cases, neighbour] = walk(&Site::of(&partner), &mut administrator).await;
    let (mut agneta, mut tora) = (administrator("uddevalla"), administrator("trollhattan"));
    let journal = |service: &str| partner.server.channel(service);
    stands(&service, journal("submission"), &BY_SERVICE).await;
    stands(&cases, journal("submission"), &BY_CASES).await;
    stands(&neighbour, journal("sharing"), &BY_NEIGHBOUR).await;
    // Its administrator reads who that was, and the other organisation's sees nothing of it.
    let page = agneta.get(&service.page()).html;
    assert!(page.contains("E-tjänsten") && page.contains(&service.id), "{page}");
    assert_eq!(tora.get(&service.page()).status, 403);
    assert!(!tora.get("/program").html.contains(&service.id));
    let folder = partner.stop();
    is_verified(folder.path());
}

/// Checks that an auditor finds nothing against what stands in a folder.
fn is_verified(folder: &Path) {
    let data = folder.to_string_lossy();
    let [policy, bundle] = ["policy", "bundle.tar"].map(|name| folder.join(name).to_string_lossy().into_owned());
    let keys = run(&["audit", "keys", "--data", &data]);
    std::fs::write(&policy, &keys.stdout).expect("written");
    let exported = run(&["audit", "export", "--quiet", "--data", &data, "--out", &bundle]);
    assert!(exported.status.success(), "{exported:?}");
    let verified = run(&["audit", "verify", &bundle, "--policy", &policy]);
    let said = String::from_utf8_lossy(&verified.stdout).into_owned();
    assert!(verified.status.success(), "{said}");
    assert!(said.contains("Nothing is broken in what this bundle holds."), "{said}");
    // Nor was anything left unjudged for want of knowing who might.
    assert!(!said.contains("R29") && !said.contains("R31"), "{said}");
}

#[tokio::test(flavor = "multi_thread")]
async fn programs_come_in_where_the_services_run_apart() {
    let apart = Apart::start(Plan::default()).await;
    // One browser, in which one administrator leaves before the other comes.
    let mut browser = apart.browser("gateway");
    let mut administrator = |organisation: &str| {
        let page = browser.get("/program").html;
        if page.contains("action=\"/lamna\"") {
            browser.fill(&page, "/lamna", &[]);
        }
        browser.become_person(&format!("administrator 13 i {organisation}"), "administrator");
        browser.clone()
    };
    let site = Site {
        web: ([127, 0, 0, 1], apart.web).into(),
        ways: apart.ways(),
    };
    let [service, cases, neighbour] = walk(&site, &mut administrator).await;
    let mut agneta = administrator("uddevalla");
    stands(&service, apart.channel("submission"), &BY_SERVICE).await;
    stands(&cases, apart.channel("submission"), &BY_CASES).await;
    stands(&neighbour, apart.channel("sharing"), &BY_NEIGHBOUR).await;

    // Shut out, it is out everywhere as soon as the services have heard of it.
    let token = service.shows(&service.secret(&mut agneta)).token();
    let calls = service.calls(&token);
    calls.submission().submit_idea(new_idea()).await.expect("submitted");
    assert_eq!(service.act(&mut agneta, "stang-av", &[]).status, 200);
    until_refused(async || calls.submission().submit_idea(new_idea()).await.err()).await;
}

/// Waits until a call is refused, and checks that it says so as it should.
async fn until_refused(call: impl AsyncFn() -> Option<Status>) {
    let refused = eventually(async || Ok(call().await)).await;
    let known = [
        ("SESSION_ENDED", Code::Unauthenticated),
        ("ROLE_NOT_HELD", Code::PermissionDenied),
    ];
    let said = (Refusal::from(&refused).reason, refused.code());
    assert!(
        known
            .iter()
            .any(|(reason, code)| (*reason, *code) == (&*said.0, said.1)),
        "{refused:?}"
    );
}

/// How often the process has refused something of this kind.
async fn refusals(partner: &Partner, what: &str) -> u64 {
    let series = format!("idesluss_refusals_total{{what=\"{what}\"}} ");
    let metrics = partner.server.metrics().await;
    let value = metrics.lines().find_map(|line| line.strip_prefix(&series));
    value.and_then(|value| value.parse().ok()).unwrap_or(0)
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_does_not_show_that_they_are_the_program_hears_the_same_whatever_is_wrong_and_it_is_counted() {
    let partner = Partner::start();
    let mut agneta = partner.administrator("uddevalla");
    let (program, secret) = submits(&mut agneta, partner.web, "E-tjänsten");
    let key = ClientKey::new();
    let jwk = key.jwk().to_string();
    assert_eq!(program.act(&mut agneta, "nyckel", &[("jwk", &jwk)]).status, 200);
    let mut strangers = Vec::new();
    let mut shown = vec![secret.clone()];

    // By secret: none, another's, a changed one, and the right one of a program that is none.
    let (other, others_secret) = submits(&mut agneta, partner.web, "Ett annat");
    let nobody = Program::known(partner.web, &Uuid::new_v4().to_string());
    let changed = secret.chars().rev().collect::<String>();
    for answer in [
        program.shows(&changed),
        program.shows(&others_secret),
        program.shows("*"),
        nobody.shows(&secret),
        other.shows(&secret),
    ] {
        strangers.push(("program_secret_wrong", answer));
    }
    // By assertion: each wrong in one thing alone.
    let with = |member: &str, value: Value| {
        let mut claims = program.claims();
        claims[member] = value;
        claims
    };
    let now = program.claims()["iat"].as_i64().expect("a time");
    let header = |algorithm: &str| json!({"alg": algorithm, "typ": "JWT"});
    let unsigned = {
        let signed = key.signs_as(&header("none"), &program.claims());
        format!("{}.", signed.rsplit_once('.').expect("a signature").0)
    };
    let wrong = [
        ("program_assertion_forged", ClientKey::new().signs(&program.claims())),
        ("program_assertion_forged", unsigned),
        (
            "program_assertion_forged",
            key.signs_as(&header("none"), &program.claims()),
        ),
        (
            "program_assertion_forged",
            key.signs_as(&header("HS256"), &program.claims()),
        ),
        (
            "program_assertion_forged",
            key.signs_as(&header("ES256"), &program.claims()),
        ),
        ("program_assertion_forged", key.signs(&other.claims())),
        ("program_assertion_expired", key.signs(&with("exp", json!(now - 60)))),
        (
            "program_assertion_expired",
            key.signs(&with("exp", json!(now + 86_400))),
        ),
        ("program_assertion_early", key.signs(&with("nbf", json!(now + 3_600)))),
        ("program_assertion_of_another", key.signs(&with("iss", json!(other.id)))),
        (
            "program_assertion_for_another",
            key.signs(&with("aud", json!("https://idesluss.example/oauth/token"))),
        ),
        ("program_assertion_unreadable", key.signs(&with("jti", json!("")))),
        ("program_assertion_unreadable", "x.y.z".to_owned()),
    ];
    for (what, assertion) in wrong {
        shown.push(assertion.clone());
        strangers.push((what, program.asserts(&assertion)));
        // Strangers who ask for the same program from here wait for their turn.
        tokio::time::sleep(std::time::Duration::from_millis(1_050)).await;
    }
    let assertion = key.signs(&program.claims());
    shown.push(assertion.clone());
    let token = program.asserts(&assertion).token();
    shown.push(token.clone());
    strangers.push(("program_assertion_replayed", program.asserts(&assertion)));

    let same = strangers[0].1.said.clone();
    for (what, answer) in &strangers {
        assert_eq!(
            (answer.status, answer.error()),
            (401, "invalid_client"),
            "{what}: {answer:?}"
        );
        assert_eq!(answer.said, same, "{what} is told apart: {answer:?}");
        assert!(answer.is_kept_by_nobody, "{what}");
        let of_kind = strangers.iter().filter(|(other, _)| other == what).count() as u64;
        assert_eq!(refusals(&partner, what).await, of_kind, "{what}");
    }
    assert!(strangers[0].1.challenge.starts_with("Basic"), "{:?}", strangers[0]);

    // What OAuth has words for.
    let grant = ("grant_type", "client_credentials");
    let client = ("client_id", &*other.id);
    let own = ("client_secret", &*others_secret);
    for (error, fields) in [
        ("unsupported_grant_type", &[("grant_type", "password"), client, own][..]),
        ("invalid_request", &[client, own]),
        (
            "invalid_request",
            &[grant, client, own, ("client_assertion", &assertion)],
        ),
        ("invalid_scope", &[grant, client, own, ("scope", INBOX)]),
    ] {
        let answer = other.asks(fields, None);
        assert_eq!((answer.status, answer.error()), (400, error), "{answer:?}");
    }
    let granted = other.asks(&[grant, client, own, ("scope", SUBMIT)], None);
    assert_eq!(granted.said["token_type"], "Bearer", "{granted:?}");
    assert_eq!(granted.said["expires_in"], 600, "{granted:?}");
    shown.push(granted.token());

    // Nothing of what was shown stands in the log, nor beside it.
    let said = partner.server.output();
    assert!(
        said.contains("program_assertion_forged"),
        "it is logged that something was refused"
    );
    for secret in &shown {
        assert!(!said.contains(secret.as_str()), "{secret} stands in the log");
    }
    let folder = partner.stop();
    for secret in shown.iter().filter(|secret| secret.len() > 20) {
        let found = holding(folder.path(), secret.as_bytes());
        assert!(found.is_empty(), "{secret} stands in {found:?}");
    }
}

/// The files in a folder that hold these bytes.
fn holding(folder: &Path, bytes: &[u8]) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).expect("a folder") {
        let entry = entry.expect("an entry");
        let (path, kind) = (entry.path(), entry.file_type().expect("a kind"));
        if kind.is_dir() {
            found.extend(holding(&path, bytes));
        } else if kind.is_file() {
            let content = std::fs::read(&path).expect("readable");
            if content.windows(bytes.len()).any(|part| part == bytes) {
                found.push(path);
            }
        }
    }
    found
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_is_good_for_what_its_program_was_given_and_for_nothing_else() {
    let partner = Partner::start();
    let (mut agneta, mut tora) = (partner.administrator("uddevalla"), partner.administrator("trollhattan"));
    let (program, secret) = submits(&mut agneta, partner.web, "E-tjänsten");
    let token = program.shows(&secret).token();
    let calls = program.calls(&token);
    calls.submission().submit_idea(new_idea()).await.expect("submitted");
    // The same command again is the same idea.
    let again = new_idea();
    for _ in 0..2 {
        calls.submission().submit_idea(again.clone()).await.expect("the same");
    }
    let mine = calls
        .ideas()
        .list_my_ideas(own_ideas())
        .await
        .expect("its own")
        .into_inner();
    assert_eq!(mine.ideas.len(), 2, "{mine:?}");

    // Outside its scopes, and outside what any program may.
    let idea = mine.ideas[0].idea.clone();
    let refused = calls.ideas().get_idea(get_idea(&idea)).await.expect_err("not given");
    assert_eq!(refused.code(), Code::PermissionDenied);
    is_refused(&refused, "OUTSIDE_SCOPES");
    // Another organisation's ids: the neighbour's program may read ideas, and reads none of these.
    let neighbour = Program::register(&mut tora, partner.web, "Grannens", COORDINATOR, &[IDEA, ASK]);
    let others = neighbour.calls(&neighbour.shows(&neighbour.secret(&mut tora)).token());
    let refused = others.ideas().get_idea(get_idea(&idea)).await.expect_err("another's");
    assert!(
        matches!(refused.code(), Code::PermissionDenied | Code::NotFound),
        "{refused:?}"
    );
    let question = sub::RequestClarificationRequest {
        command: Someone::who("trollhattan", Role::Coordinator).command(),
        idea: idea.clone(),
        question: "Varför?".into(),
    };
    let refused = others
        .submission()
        .request_clarification(question)
        .await
        .expect_err("another's");
    assert!(
        matches!(refused.code(), Code::PermissionDenied | Code::NotFound),
        "{refused:?}"
    );
    // Nor does anybody change another's program.
    let page = tora.get(&neighbour.page()).html.replace(&neighbour.id, &program.id);
    let shut = tora.fill(&page, &format!("{}/stang-av", program.page()), &[]);
    assert_eq!(shut.status, 403, "{}", shut.html);

    // Tokens that are none, or no program's, or shown otherwise.
    for none in ["x", &token[1..], &*format!("{token}x"), &secret] {
        let refused = program.calls(none).submission().submit_idea(new_idea()).await;
        let refused = refused.expect_err("no token");
        assert_eq!(refused.code(), Code::Unauthenticated, "{none}: {refused:?}");
        is_refused(&refused, "SESSION_ENDED");
    }
    assert!(refusals(&partner, "program_token_unknown").await >= 4);
    let cookie = agneta.cookie();
    let session = cookie.split('=').nth(1).expect("a cookie").to_owned();
    let refused = program.calls(&session).ideas().list_my_ideas(own_ideas()).await;
    is_refused(&refused.expect_err("a person's session is no token"), "SESSION_ENDED");
    let mut bare = Reader::new(partner.web);
    let page = bare.post_raw("/idesluss.submission.v1.SubmissionQueryService/ListMyIdeas", &[]);
    assert_eq!(page.status, 415, "no form calls the contract: {}", page.html);
    assert_eq!(bare.ask("/oauth/token").status, 405);

    // What one may from now on holds at once, for tokens that are out too.
    program.may(&mut agneta, &[OWN_IDEAS, IDEA]);
    let refused = calls
        .submission()
        .submit_idea(new_idea())
        .await
        .expect_err("taken away");
    is_refused(&refused, "OUTSIDE_SCOPES");
    calls.ideas().get_idea(get_idea(&idea)).await.expect("given now");
    // Nothing that takes a person can be given.
    let wants_all = program.act(
        &mut agneta,
        "ratta",
        &[("scopes", "evaluation.v1.EvaluationCommandService/MakeDecision")],
    );
    assert_eq!(wants_all.status, 422, "{}", wants_all.html);
    partner.stop();
}

#[tokio::test(flavor = "multi_thread")]
async fn secrets_and_keys_are_changed_without_a_moment_without_and_outlive_a_restart() {
    let partner = Partner::start();
    let mut agneta = partner.administrator("uddevalla");
    let (program, before) = submits(&mut agneta, partner.web, "E-tjänsten");
    let old_token = program.shows(&before).token();
    let after = program.secret(&mut agneta);
    let credentials = program.credentials(&mut agneta);
    assert_eq!(credentials.len(), 2, "both hold: {credentials:?}");
    for secret in [&before, &after] {
        let calls = program.calls(&program.shows(secret).token());
        calls.submission().submit_idea(new_idea()).await.expect("submitted");
    }
    // The old one goes, and what had begun with it.
    let revoked = program.act(&mut agneta, "aterkalla", &[("credential", &credentials[0])]);
    assert_eq!(revoked.status, 200, "{}", revoked.html);
    assert_eq!(program.shows(&before).status, 401);
    let old = program.calls(&old_token);
    until_refused(async || old.submission().submit_idea(new_idea()).await.err()).await;
    let token = program.shows(&after).token();
    // A third, and a key, and no more than that at once.
    program.secret(&mut agneta);
    let jwk = ClientKey::new().jwk().to_string();
    assert_eq!(program.act(&mut agneta, "nyckel", &[("jwk", &jwk)]).status, 200);
    let fourth = program.act(&mut agneta, "hemlighet", &[]);
    assert_eq!(fourth.status, 409, "{}", fourth.html);
    let private = json!({"kty": "OKP", "crv": "Ed25519", "x": "AAAA", "d": "AAAA"}).to_string();
    let refused = program.act(&mut agneta, "nyckel", &[("jwk", &private)]);
    assert_eq!(refused.status, 422, "a private key stays at home: {}", refused.html);

    // All of it outlives a restart: program, secret, and the token.
    let id = program.id.clone();
    let partner = Partner::on(partner.stop());
    let program = Program::known(partner.web, &id);
    let calls = program.calls(&token);
    calls
        .submission()
        .submit_idea(new_idea())
        .await
        .expect("the token goes on");
    program.calls(&program.shows(&after).token());
    let mut agneta = partner.administrator("uddevalla");
    // Shut out it is out at once, with all that it shows and has; let in again, it comes in by what it had.
    assert_eq!(program.act(&mut agneta, "stang-av", &[]).status, 200);
    let refused = calls
        .submission()
        .submit_idea(new_idea())
        .await
        .expect_err("out at once");
    assert!(
        matches!(refused.code(), Code::Unauthenticated | Code::PermissionDenied),
        "{refused:?}"
    );
    assert_eq!(program.shows(&after).status, 401);
    assert_eq!(program.act(&mut agneta, "slapp-in", &[]).status, 200);
    let calls = program.calls(&program.shows(&after).token());
    calls.submission().submit_idea(new_idea()).await.expect("in again");
    partner.stop();
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_asks_for_tokens_too_often_waits_and_keeps_no_other_program_out() {
    let partner = Partner::start();
    let mut agneta = partner.administrator("uddevalla");
    let (program, _) = submits(&mut agneta, partner.web, "E-tjänsten");
    let (other, secret) = submits(&mut agneta, partner.web, "Ett annat");
    let answers: Vec<_> = (0..40).map(|_| program.shows("wrong")).collect();
    let told: Vec<_> = answers.iter().map(|answer| answer.status).collect();
    assert!(told[..10].iter().all(|status| *status == 401), "{told:?}");
    assert!(told.contains(&429), "{told:?}");
    assert!(told.iter().all(|status| matches!(status, 401 | 429)), "{told:?}");
    other.shows(&secret).token();
    assert!(refusals(&partner, "too_many_web_requests").await > 0);
    partner.stop();
}

/// A call of a foreign client with an access token.
fn with_token(mut call: ForeignCall, token: &str) -> ForeignCall {
    call.metadata
        .push(("authorization".to_owned(), format!("Bearer {token}")));
    call
}

#[tokio::test(flavor = "multi_thread")]
async fn clients_of_others_come_in_as_the_standards_say() {
    let partner = Partner::start();
    let mut agneta = partner.administrator("uddevalla");
    let program = Program::register(&mut agneta, partner.web, "E-tjänsten", SUBMITTER, &[SUBMIT, OWN_IDEAS]);
    // What it needs to know it finds where OAuth has it.
    let told = program.metadata();
    // Where people have accounts of here, the web of one machine is called by its name.
    let issuer = format!("http://localhost:{}", partner.web.port());
    let endpoint = format!("{issuer}/oauth/token");
    assert_eq!(
        (&told["issuer"], &told["token_endpoint"]),
        (&json!(issuer), &json!(endpoint))
    );
    assert!(
        told["scopes_supported"]
            .as_array()
            .expect("a list")
            .contains(&json!(SUBMIT))
    );
    // Another's library makes the key, and signs with it by ES256, for the issuer.
    let installed = npm("oidc");
    let script = "import('jose').then(async ({ generateKeyPair, exportJWK, SignJWT }) => {
        const { publicKey, privateKey } = await generateKeyPair('ES256');
        const [id, issuer] = process.argv.slice(1);
        const signed = await new SignJWT({}).setProtectedHeader({ alg: 'ES256' }).setIssuer(id).setSubject(id)
            .setAudience(issuer).setIssuedAt().setExpirationTime('1m').setJti(crypto.randomUUID()).sign(privateKey);
        console.log(JSON.stringify([await exportJWK(publicKey), signed]));
    });";
    let made = Command::new(installed.join("node"))
        .current_dir(&installed)
        .args(["-e", script, &program.id, &issuer])
        .output()
        .expect("node runs");
    let [jwk, signed]: [Value; 2] = serde_json::from_slice(&made.stdout)
        .unwrap_or_else(|error| panic!("{error}: {}", String::from_utf8_lossy(&made.stderr)));
    let jwk = jwk.to_string();
    let added = program.act(&mut agneta, "nyckel", &[("jwk", &jwk)]);
    assert_eq!(added.status, 200, "{}", added.html);
    let token = program.asserts(signed.as_str().expect("a token")).token();

    // gRPC's own library calls with it.
    let client = ForeignClient::start();
    let address = Address::Port(partner.web);
    let method = "/idesluss.submission.v1.SubmissionQueryService/ListMyIdeas";
    let answer = client
        .call(with_token(ForeignCall::new(&address, method, json!({})), &token))
        .await;
    assert_eq!(answer.code, "OK", "{answer:?}");
    let answer = client.call(ForeignCall::new(&address, method, json!({}))).await;
    assert_eq!(
        (answer.code.as_str(), answer.reason()),
        ("UNAUTHENTICATED", "NO_ASSERTION"),
        "{answer:?}"
    );
    for inner in [
        "/idesluss.journal.v1.JournalService/GetHead",
        "/idesluss.identity.v1.SessionQueryService/GetSession",
        "/idesluss.identity.v1.SessionCommandService/BeginSession",
        "/idesluss.identity.v1.IdentityQueryService/ReadDirectory",
    ] {
        let answer = client
            .call(with_token(ForeignCall::new(&address, inner, json!({})), &token))
            .await;
        assert!(is_kept_out(&answer), "{inner}: {answer:?}");
    }
    // No row of the table lets a program in to what it was not given.
    for rule in idesluss_access::table().filter(|rule| rule.rpc != method && !rule.rpc.ends_with("/SubmitIdea")) {
        let bare = match rule.rpc.ends_with("/AttachFile") {
            true => json!([{}]),
            false => json!({}),
        };
        let answer = client
            .call(with_token(ForeignCall::new(&address, rule.rpc, bare), &token))
            .await;
        assert!(is_kept_out(&answer), "{}: {answer:?}", rule.rpc);
    }
    partner.stop();
}

/// Whether it is refused for who asks, before anything else.
fn is_kept_out(answer: &ForeignAnswer) -> bool {
    match answer.code.as_str() {
        "UNIMPLEMENTED" => true,
        "PERMISSION_DENIED" => matches!(answer.reason(), "OUTSIDE_SCOPES" | "WRONG_ROLE" | "WRONG_CALLER"),
        _ => false,
    }
}

/// A program's call over TLS in nobody's name, of a port that shows a certificate of the web's.
fn over_tls(exposed: &Exposed, host: &str, port: u16) -> ForeignCall {
    let method = "/idesluss.submission.v1.SubmissionQueryService/ListMyIdeas";
    ForeignCall {
        address: format!("{host}:{port}"),
        tls: Some(ForeignTls {
            ca: exposed.certificates.authority().to_owned(),
            cert: None,
            key: None,
        }),
        ..ForeignCall::new(&Address::Port(exposed.web()), method, json!({}))
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn over_tls_and_behind_nginx_a_program_speaks_http2_and_a_browser_what_it_always_has() {
    let (by_itself, client) = (Exposed::start(by_itself).await, ForeignClient::start());
    let (behind, _nginx, at) = behind_nginx(0).await;
    for (exposed, port) in [(&by_itself, by_itself.port), (&behind, at)] {
        let answer = client.call(over_tls(exposed, "localhost", port)).await;
        assert_eq!(
            (answer.code.as_str(), answer.reason()),
            ("UNAUTHENTICATED", "NO_ASSERTION"),
            "{answer:?}"
        );
        let told = "GET /.well-known/oauth-authorization-server HTTP/1.1\r\nconnection: close\r\n";
        let told = exposed.browse(port, &format!("{told}host: localhost:{port}\r\n\r\n"));
        assert_eq!(told.status(), 200, "{told:?}");
        assert!(
            told.0.contains(&format!("\"https://localhost:{port}/oauth/token\"")),
            "{told:?}"
        );
    }
}

/// The status of a page that is asked for over HTTP/2 under a name, with another in a header beside it, if any.
async fn http2_asks(web: SocketAddr, authority: &str, host: Option<&str>) -> u16 {
    let stream = tokio::net::TcpStream::connect(web).await.expect("the port answers");
    let (mut sender, connection) = h2::client::handshake(stream).await.expect("HTTP/2");
    let connection = tokio::spawn(connection);
    let mut request = http::Request::get(format!("http://{authority}/.well-known/oauth-authorization-server"));
    if let Some(host) = host {
        request = request.header("host", host);
    }
    let (answer, _) = sender
        .send_request(request.body(()).expect("a request"), true)
        .expect("sent");
    let status = answer.await.expect("an answer").status().as_u16();
    connection.abort();
    status
}

#[tokio::test(flavor = "multi_thread")]
async fn over_http2_it_answers_under_its_own_name_alone() {
    let partner = Partner::start();
    let web = partner.web;
    let own = web.to_string();
    assert_eq!(http2_asks(web, &own, None).await, 200);
    assert_eq!(http2_asks(web, &own, Some(&own)).await, 200);
    for (authority, host) in [
        ("other.example", None),
        ("other.example", Some(&*own)),
        (&*own, Some("other.example")),
    ] {
        assert_eq!(http2_asks(web, authority, host).await, 421, "{authority} {host:?}");
    }
    assert_eq!(refusals(&partner, "another_host").await, 3);
    // Somebody who opens a connection and says half of what it begins with keeps no other waiting.
    let mut half = std::net::TcpStream::connect(web).expect("the port answers");
    std::io::Write::write_all(&mut half, b"PRI * HTTP/2.0").expect("sent");
    assert_eq!(http2_asks(web, &own, None).await, 200);
    assert_eq!(Reader::new(web).get("/").status, 200);
    partner.stop();
}

#[tokio::test(flavor = "multi_thread")]
async fn an_administrator_registers_a_program_in_a_browser() {
    let partner = Partner::start();
    let code = partner.code("uddevalla");
    let browser = Chromium::start(partner.web).await;
    let inspector = Inspector::new();
    let usable = async |page: &str| {
        let found = inspector.inspect(&browser, "sv").await;
        assert!(found.is_empty(), "{page}: {found:?}");
    };
    browser.open(&code).await;
    browser.press("Logga in").await;
    browser.open("/program").await;
    usable("no programs yet").await;
    // Who looks has unfolded all of it.
    browser.write("Namn", "E-tjänsten").await;
    browser.choose("Roll", "idégivare").await;
    browser.press("Lägg till").await;
    browser.follow("E-tjänsten").await;
    let page = browser.text().await;
    assert!(page.contains("Bestäm vad programmet får göra."), "{page}");
    usable("a program that may do nothing").await;
    browser.tick("Idéer: lämna in idéer").await;
    browser.press("Ändra").await;
    browser.unfold("Gör en hemlighet").await;
    browser.press("Gör en hemlighet").await;
    browser.until("Den visas bara här").await;
    usable("a secret, this once").await;
    let text = browser.text().await;
    browser.follow("Jag har sparat den").await;
    let after = browser.text().await;
    assert!(
        after.contains("Idéer: lämna in idéer") && !after.contains("Bestäm vad"),
        "{after}"
    );
    usable("a program that may do something").await;
    let secret = text
        .lines()
        .find(|line| line.len() == 43 && !line.contains(' '))
        .expect("a secret")
        .to_owned();
    assert!(!after.contains(&secret), "it is shown once");
    let at = browser.path().await;
    let program = Program::known(partner.web, at.rsplit('/').next().expect("an id"));
    let token = tokio::task::block_in_place(|| program.shows(&secret).token());
    program
        .calls(&token)
        .submission()
        .submit_idea(new_idea())
        .await
        .expect("submitted");
    tokio::task::block_in_place(|| until("it goes on", || program.shows(&secret).status == 200));
    partner.stop();
}
