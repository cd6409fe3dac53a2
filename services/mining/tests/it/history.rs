//! Three journals as one history.

use crate::books::{Books, START_MICROS};
use crate::samples::sample;
use idesluss_auditor::{Entry, MergeError, ReplayError, Service, merge};
use idesluss_mining::{MiningError, write_csv};
use std::cell::Cell;
use std::collections::BTreeMap;

/// Service and position of each event, in the order of the export.
fn order(books: &Books) -> Vec<(String, u64)> {
    let mut out = Vec::new();
    write_csv(books.events(), &mut out).expect("an export");
    let mut rows = csv::Reader::from_reader(out.as_slice());
    let cell = |row: csv::StringRecord| (row[6].to_owned(), row[7].parse().expect("a position"));
    rows.records().map(|row| cell(row.expect("a row"))).collect()
}

#[test]
fn events_of_three_journals_come_in_the_order_in_which_they_were_recorded() {
    let mut books = Books::default();
    books.happens("submission", "IdeaSubmitted", 0);
    books.happens("evaluation", "CriteriaAdopted", 0);
    books.happens("submission", "IdeaAccepted", 0);
    books.happens("sharing", "SolutionDrafted", 0);
    books.happens("evaluation", "EvaluationOpened", 0);
    let wanted = [
        ("submission", 0),
        ("evaluation", 0),
        ("submission", 1),
        ("sharing", 0),
        ("evaluation", 1),
    ];
    assert_eq!(
        order(&books),
        wanted.map(|(service, position)| (service.to_owned(), position))
    );
}

#[test]
fn in_the_same_microsecond_the_order_is_submission_evaluation_sharing() {
    let mut books = Books::default();
    for (service, name) in [
        ("sharing", "SolutionDrafted"),
        ("evaluation", "EvaluationOpened"),
        ("submission", "IdeaClosed"),
    ] {
        let mut alone = Books::default();
        alone.happens(service, name, 0);
        books.lines.append(&mut alone.lines);
    }
    let services: Vec<String> = order(&books).into_iter().map(|(service, _)| service).collect();
    assert_eq!(services, ["submission", "evaluation", "sharing"]);
}

#[test]
fn a_journal_keeps_its_own_order_whatever_its_times_say() {
    let mut books = Books::default();
    for name in ["IdeaSubmitted", "IdeaAccepted", "IdeaClosed"] {
        books.happens("submission", name, 0);
    }
    let lines = books.lines.get_mut(&Service::Submission).expect("lines");
    // The second says that it was recorded an hour before the first.
    let line = String::from_utf8(lines[1].clone()).expect("text");
    lines[1] = line.replacen("T20:01", "T19:01", 1).into_bytes();
    books.happens("evaluation", "EvaluationOpened", 0);
    let positions: Vec<u64> = order(&books).into_iter().map(|(_, position)| position).collect();
    assert_eq!(positions, [0, 1, 2, 0]);
}

#[test]
fn what_was_received_or_refused_is_no_event() {
    let mut books = Books::default();
    books.happens("submission", "IdeaSubmitted", 0);
    books.receives(Service::Evaluation, "submission", "IdeaSubmitted", 0);
    books.refuses(Service::Evaluation);
    books.happens("evaluation", "EvaluationOpened", 0);
    let wanted = [("submission", 0), ("evaluation", 2)];
    assert_eq!(
        order(&books),
        wanted.map(|(service, position)| (service.to_owned(), position))
    );
}

#[test]
fn journals_are_read_one_entry_ahead_and_no_further() {
    let mut books = Books::default();
    for _ in 0..100 {
        books.happens("submission", "FeedbackDelivered", 0);
    }
    let read = Cell::new(0);
    let journals = books
        .journals()
        .into_iter()
        .map(|journal| journal.inspect(|_| read.set(read.get() + 1)));
    let mut history = merge(journals);
    for taken in 1..=10 {
        assert!(history.next().is_some_and(|event| event.is_ok()));
        assert_eq!(read.get(), taken);
    }
}

#[test]
fn a_journal_that_is_handed_over_out_of_order_is_refused() {
    let mut books = Books::default();
    books.happens("submission", "IdeaSubmitted", 0);
    books.happens("submission", "IdeaAccepted", 0);
    books.lines.get_mut(&Service::Submission).expect("lines").swap(0, 1);
    let last = books.events().last();
    assert!(
        matches!(
            last,
            Some(Err(MergeError::Order {
                service: "submission",
                position: 0
            }))
        ),
        "{last:?}"
    );
}

#[test]
fn an_error_of_whoever_reads_the_journals_ends_the_history_and_is_told() {
    let entry = || Err::<Entry, _>("the disk is gone");
    let mut history = merge([vec![entry(), entry()].into_iter()]);
    let error = history.next().expect("an error").expect_err("an error");
    assert_eq!(error.to_string(), "the journals can't be read: the disk is gone");
    assert!(history.next().is_none());
}

#[test]
fn an_own_event_of_a_newer_type_ends_the_export_and_a_received_one_does_not() {
    let (service, _, subject, data) = sample("submission", "IdeaClosed");
    let mut books = Books::default();
    let (mut draft, subject) = books.draft(service, "IdeaForgotten", subject, data, 0);
    let (mut event, mut line) = (Vec::new(), Vec::new());
    let assigned = idesluss_proof::line::Assigned {
        position: 0,
        recorded_micros: START_MICROS,
        source: "/fyrbodal/submission/house",
        sequence: 1,
        epoch: 1,
        stream_version: 1,
    };
    idesluss_proof::line::event_bytes(&draft, &subject, &assigned, &mut event);
    idesluss_proof::line::write_received(0, START_MICROS, 0, START_MICROS, &event, &mut line);
    books.lines.insert(Service::Evaluation, vec![line]);
    assert_eq!(order(&books), []);

    draft.kind = "idesluss.submission.v2.IdeaClosed".to_owned();
    books.write(Service::Submission, &draft, &subject);
    let error = write_csv(books.events(), std::io::sink()).expect_err("an error");
    assert!(
        matches!(
            error,
            MiningError::Merge(MergeError::Entry(ReplayError::UnknownType { .. }))
        ),
        "{error}"
    );
}

#[test]
fn a_line_with_something_else_than_an_id_is_named_by_its_place_and_not_exported() {
    let (service, name, subject, data) = *sample("submission", "IdeaClosed");
    for (member, spoil) in [
        (
            "actor",
            (|draft, _| draft.actor = "=HYPERLINK(\"x\")".to_owned())
                as fn(&mut idesluss_proof::line::Draft, &mut String),
        ),
        ("role", |draft, _| draft.role = "Kalle".to_owned()),
        ("organisation", |draft, _| draft.organisation = "+46".to_owned()),
        ("id", |draft, _| draft.id = "@x".to_owned()),
        ("correlationid", |draft, _| draft.correlationid = "-".to_owned()),
        ("mandate", |draft, _| draft.mandate = Some("=1+1/3".to_owned())),
        ("subject", |_, subject| *subject = "idea/Kalle".to_owned()),
    ] {
        let mut books = Books::default();
        let (mut draft, mut subject) = books.draft(service, name, subject, data, 0);
        spoil(&mut draft, &mut subject);
        books.write(Service::Submission, &draft, &subject);
        let error = write_csv(books.events(), std::io::sink()).expect_err("an error");
        assert_eq!(
            error.to_string(),
            format!("entry 0 of submission: its {member} does not have its form")
        );
    }
}

#[test]
fn a_line_that_is_none_is_told_with_its_journal() {
    let line = b"{}".to_vec();
    let entry = Entry {
        service: Service::Sharing,
        line,
        texts: BTreeMap::new(),
    };
    let error = merge([std::iter::once(Ok::<_, String>(entry))]).next();
    assert!(matches!(
        error,
        Some(Err(MergeError::Entry(ReplayError::Line { service: "sharing", .. })))
    ));
}
