//! What is said of which state: documents as processes tell them, and the findings that come of it.

use super::super::ask::{Answer, Look, Reported, Seen};
use super::super::document::Document;
use super::super::finding::{Finding, Severity, exit_code};
use super::judge;
use serde_json::{Value, json};

/// A healthy process of a service.
fn process(service: &str, holds: bool) -> Value {
    let (own, other) = match service {
        "submission" => ("/fyrbodal/submission/house", "/fyrbodal/evaluation/house"),
        _ => ("/fyrbodal/evaluation/house", "/fyrbodal/submission/house"),
    };
    let relays = json!([{ "source": own, "stream": "ev", "stream_created": "then", "epoch": 1, "sequence": 40, "lag_events": 0,
        "refused": null, "problem": null }]);
    json!({
        "service": service,
        "version": "0.1.0",
        "now_micros": 0,
        "parts": { "journal": { "condition": "well" }, "broker": { "condition": "well" } },
        "certificate_left_seconds": 90 * 86_400,
        "disk": { "free_bytes": 50, "all_bytes": 100 },
        "journal": {
            "name": format!("/fyrbodal/{service}"), "size": 80, "epoch": 1, "recorded_micros": 1, "root": "aa",
            "own": { own: 40 },
            "received": { other: { "epoch": 1, "sequence": 40, "from_position": 79 } },
            "lease_held": holds, "lease_holder": null, "halted": null, "parked": [], "quarantined": 0, "orphaned": 0,
        },
        "views": [{ "view": "ideas", "position": 80, "lag_events": 0 }],
        "building": [],
        "messaging": {
            "broker": { "connected": true, "server_version": "2.12.7", "refused": null, "problem": null },
            "relays": if holds { relays } else { json!([]) },
            "receivers": [{ "source": other, "epoch": 1, "sequence": 40, "pending": 0, "gaps_filled": 0, "duplicates": 0,
                "unreadable": 0, "problem": null, "origin_problem": null }],
        },
    })
}

/// Two services with two replicas each, and the gateway.
fn installation() -> Vec<(&'static str, Value)> {
    vec![
        ("submission-1", process("submission", true)),
        ("submission-2", process("submission", false)),
        ("evaluation-1", process("evaluation", true)),
        ("evaluation-2", process("evaluation", false)),
        (
            "gateway",
            json!({ "service": "gateway", "version": "0.1.0", "now_micros": 0 }),
        ),
    ]
}

fn look(documents: &[(&str, Value)]) -> Look {
    let seen = |(name, document): &(&str, Value)| {
        let document: Document = serde_json::from_value(document.clone()).expect("a state");
        Seen {
            name: (*name).to_owned(),
            ops: "http://127.0.0.1:1".to_owned(),
            answer: Answer::Reported(Box::new(Reported {
                document,
                ..Reported::default()
            })),
        }
    };
    Look(documents.iter().map(seen).collect())
}

/// Sets members, named as JSON pointers, of a process; `*` is all.
fn changed(changes: &[(&str, &str, Value)]) -> Vec<(&'static str, Value)> {
    let mut installation = installation();
    for (whose, pointer, value) in changes {
        for (name, document) in installation
            .iter_mut()
            .filter(|(name, _)| whose == name || *whose == "*")
        {
            let place = document.pointer_mut(pointer);
            *place.unwrap_or_else(|| panic!("{name} has no {pointer}")) = value.clone();
        }
    }
    installation
}

/// What is found when nothing changes between the looks.
fn lasting(changes: &[(&str, &str, Value)]) -> Vec<Finding> {
    let look = look(&changed(changes));
    judge(&look, &look)
}

type Change = (&'static str, &'static str, Value);

#[test]
fn nothing_is_said_of_an_installation_that_is_well() {
    assert_eq!(lasting(&[]), []);
    assert_eq!(exit_code(&[]), 0);
}

/// A case: its name, what is changed, and the severity, the process, the finding and the advice that must come of it.
type Case = (
    &'static str,
    Vec<Change>,
    Severity,
    &'static str,
    &'static str,
    &'static str,
);

#[test]
fn each_fault_is_named_once_with_whom_it_is_about_and_what_to_do() {
    use Severity::{Bad, Warning};
    const S1: &str = "submission-1";
    const E1: &str = "evaluation-1";
    let day = 86_400;
    let cases: Vec<Case> = vec![
        (
            "versions",
            vec![("evaluation-2", "/version", json!("0.2.0"))],
            Warning,
            "installation",
            "0.2.0 on evaluation-2",
            "newest",
        ),
        (
            "parts",
            vec![(
                S1,
                "/parts/journal",
                json!({ "condition": "unready", "why": "the database does not answer" }),
            )],
            Bad,
            S1,
            "the database does not answer",
            "Start its database",
        ),
        (
            "parts",
            vec![(
                S1,
                "/parts/journal",
                json!({ "condition": "degraded", "why": "the clock is behind" }),
            )],
            Warning,
            S1,
            "the clock is behind",
            "Work goes on",
        ),
        (
            "certificate",
            vec![(S1, "/certificate_left_seconds", json!(10 * day))],
            Warning,
            S1,
            "10 days",
            "new certificate",
        ),
        (
            "certificate",
            vec![(S1, "/certificate_left_seconds", json!(day))],
            Bad,
            S1,
            "24 hours",
            "new certificate",
        ),
        (
            "certificate",
            vec![(S1, "/certificate_left_seconds", json!(-1))],
            Bad,
            S1,
            "has run out",
            "new certificate",
        ),
        (
            "disk",
            vec![(S1, "/disk/free_bytes", json!(14))],
            Warning,
            S1,
            "14 %",
            "Make room",
        ),
        (
            "disk",
            vec![(S1, "/disk/free_bytes", json!(4))],
            Bad,
            S1,
            "4 %",
            "Make room",
        ),
        (
            "journal",
            vec![("submission-2", "/journal/name", json!("/other/submission"))],
            Bad,
            "submission",
            "different journals",
            "database.url",
        ),
        (
            "lease",
            vec![(S1, "/journal/lease_held", json!(false))],
            Bad,
            "submission",
            "may write",
            "takes over",
        ),
        (
            "lease",
            vec![("submission-2", "/journal/lease_held", json!(true))],
            Bad,
            "submission",
            "more than one",
            "database.url",
        ),
        (
            "halted",
            vec![(S1, "/journal/halted", json!("the stream is ahead"))],
            Bad,
            S1,
            "the stream is ahead",
            "idesluss-server --services submission restored",
        ),
        (
            "heads",
            vec![("submission-2", "/journal/root", json!("bb"))],
            Bad,
            "submission",
            "submission-1 against submission-2",
            "--deep",
        ),
        (
            "heads",
            vec![("submission-2", "/journal/size", json!(70))],
            Warning,
            "submission-2",
            "70 entries",
            "log",
        ),
        (
            "views",
            vec![(S1, "/views/0/position", json!(75))],
            Warning,
            S1,
            "5 entries behind",
            "remove its file",
        ),
        (
            "building",
            vec![(
                S1,
                "/building",
                json!([{ "view": "ideas", "done": 30, "of": 80, "seconds_left": 7 }]),
            )],
            Warning,
            S1,
            "30 of 80 entries, about 7 seconds",
            "Nothing to do",
        ),
        (
            "parked",
            vec![(
                E1,
                "/journal/parked",
                json!([{ "reaction": "open", "idea": "17", "position": 5, "reason": "unknown type x" }]),
            )],
            Warning,
            "evaluation",
            "entry 5",
            "update this service",
        ),
        (
            "quarantined",
            vec![(E1, "/journal/quarantined", json!(2))],
            Warning,
            "evaluation",
            "2 events",
            "Ask",
        ),
        (
            "orphaned",
            vec![(E1, "/journal/orphaned", json!(3))],
            Warning,
            "evaluation",
            "3 entries",
            "coordinator",
        ),
        (
            "uncovered",
            vec![(
                E1,
                "/journal/received/~1fyrbodal~1submission~1house",
                json!({ "epoch": 1, "sequence": 40, "from_position": 79, "checked": 70, "uncovered": 4 }),
            )],
            Bad,
            "evaluation",
            "4 entries of /fyrbodal/submission/house, from its entry 70 on",
            "IdeslussSourceContradicted",
        ),
        (
            "broker",
            vec![(
                S1,
                "/messaging/broker",
                json!({ "connected": false, "problem": "refused" }),
            )],
            Warning,
            S1,
            "degraded",
            "Start the NATS server",
        ),
        (
            "broker",
            vec![(
                S1,
                "/messaging/broker",
                json!({ "connected": false, "refused": "NATS 2.9.10" }),
            )],
            Bad,
            S1,
            "2.9.10",
            "Update",
        ),
        (
            "relays",
            vec![(S1, "/messaging/relays/0/refused", json!("the broker holds more"))],
            Bad,
            "submission",
            "the broker holds more",
            "restored",
        ),
        (
            "relays",
            vec![(
                S1,
                "/messaging/relays/0/problem",
                json!("the stream ev has max_age 1 s, and not 7 d"),
            )],
            Bad,
            "submission",
            "max_age",
            "nats stream",
        ),
        (
            "relays",
            vec![(S1, "/messaging/relays/0/sequence", json!(30))],
            Warning,
            "submission",
            "10 events",
            "disk full",
        ),
        (
            "receivers",
            vec![(E1, "/messaging/receivers/0/problem", json!("the stream is not there"))],
            Warning,
            "evaluation",
            "over gRPC",
            "NATS",
        ),
        (
            "receivers",
            vec![
                (E1, "/messaging/receivers/0/problem", json!("the stream is not there")),
                (E1, "/messaging/receivers/0/origin_problem", json!("nobody answers")),
            ],
            Bad,
            "evaluation",
            "nobody answers",
            "Start the source's service",
        ),
        (
            "receivers",
            vec![(E1, "/messaging/receivers/0/unreadable", json!(1))],
            Warning,
            "evaluation",
            "1 messages",
            "who else",
        ),
        (
            "sources",
            vec![(
                E1,
                "/journal/received/~1fyrbodal~1submission~1house/sequence",
                json!(37),
            )],
            Warning,
            "evaluation",
            "3 events",
            "receivers",
        ),
        (
            "sources",
            vec![(
                E1,
                "/journal/received/~1fyrbodal~1submission~1house/sequence",
                json!(41),
            )],
            Bad,
            "submission",
            "older backup",
            "idesluss-server --services submission restored",
        ),
    ];
    for (check, changes, severity, about, found, advice) in cases {
        let findings = lasting(&changes);
        let [finding] = &findings[..] else {
            panic!("{changes:?} gives {findings:#?}");
        };
        assert_eq!(
            (finding.check, finding.severity, finding.about.as_str()),
            (check, severity, about),
            "{finding:?}"
        );
        assert!(
            finding.found.contains(found) && finding.advice.contains(advice),
            "{finding:?}"
        );
        assert_eq!(exit_code(&findings), u8::from(severity == Bad), "{finding:?}");
    }
}

#[test]
fn a_process_that_does_not_answer_or_is_another_is_bad() {
    let mut look = look(&installation());
    let names = |findings: &[Finding]| {
        let each = findings
            .iter()
            .map(|finding| (finding.check, finding.about.clone(), finding.severity));
        each.collect::<Vec<_>>()
    };
    look.0[1].answer = Answer::Silent("connection refused".into());
    let findings = judge(&look, &look);
    assert_eq!(
        names(&findings),
        [("reachable", "submission-2".to_owned(), Severity::Bad)]
    );
    assert!(findings[0].advice.starts_with("Start the process"), "{findings:?}");
    look.0[1].answer = Answer::Strange("status code 404".into());
    assert_eq!(
        names(&judge(&look, &look)),
        [("reachable", "submission-2".to_owned(), Severity::Bad)]
    );
}

#[test]
fn clocks_are_judged_by_how_far_they_are_off_on_either_side() {
    for (ahead, severity) in [
        (900_000, None),
        (-2_000_000, Some(Severity::Warning)),
        (5_100_000, Some(Severity::Bad)),
        (-6_000_000, Some(Severity::Bad)),
    ] {
        let mut look = look(&installation());
        if let Answer::Reported(answer) = &mut look.0[0].answer {
            answer.ahead_micros = ahead;
        }
        let findings = judge(&look, &look);
        assert_eq!(
            findings.first().map(|finding| finding.severity),
            severity,
            "{ahead}: {findings:?}"
        );
    }
}

#[test]
fn what_moves_on_between_the_looks_is_not_behind_and_not_ahead() {
    // Everything has grown by ten, and each has what there was before; the receiver was asked after its source had written more.
    let earlier = changed(&[(
        "evaluation-1",
        "/journal/received/~1fyrbodal~1submission~1house/sequence",
        json!(45),
    )]);
    let later = changed(&[
        ("submission-1", "/journal/size", json!(90)),
        ("submission-1", "/journal/own/~1fyrbodal~1submission~1house", json!(50)),
        (
            "evaluation-1",
            "/journal/received/~1fyrbodal~1submission~1house/sequence",
            json!(45),
        ),
    ]);
    assert_eq!(judge(&look(&earlier), &look(&later)), []);
    // A lease that moved is with two, or nobody, in one look alone.
    let nobody = changed(&[("submission-1", "/journal/lease_held", json!(false))]);
    let findings = judge(&look(&installation()), &look(&nobody));
    assert!(
        findings.iter().all(|finding| finding.severity == Severity::Warning),
        "{findings:?}"
    );
    let two = changed(&[("submission-2", "/journal/lease_held", json!(true))]);
    assert_eq!(judge(&look(&installation()), &look(&two)), []);
    // A problem that was not there a moment ago may go by itself.
    let moment = changed(&[(
        "submission-1",
        "/messaging/relays/0/problem",
        json!("the stream has moved"),
    )]);
    let findings = judge(&look(&installation()), &look(&moment));
    assert_eq!(exit_code(&findings), 0, "{findings:?}");
}
