//! The forms that have cases, piece by piece.

use crate::books::Books;
use crate::samples::id;
use idesluss_mining::{write_csv, write_xes};

/// A thing as an export writes it.
pub(crate) fn object(kind: &str, letter: char, idea: u32) -> String {
    format!("{kind}/{}", id(letter, idea))
}

/// An idea that is evaluated and decided.
pub(crate) fn decided() -> Books {
    let mut books = Books::default();
    for (service, name) in [
        ("submission", "IdeaSubmitted"),
        ("submission", "EvaluationStarted"),
        ("evaluation", "EvaluationOpened"),
        ("evaluation", "DecisionMade"),
        ("submission", "GateDecided"),
    ] {
        books.happens(service, name, 0);
    }
    books
}

#[test]
fn a_table_has_one_row_an_event_under_the_names_of_its_columns() {
    let mut out = Vec::new();
    write_csv(decided().events(), &mut out).expect("a table");
    let table = String::from_utf8(out).expect("UTF-8");
    let lines: Vec<&str> = table.lines().collect();
    assert_eq!(
        lines[0],
        "case,activity,time,resource,role,organisation,service,position,event_id,subject,claimed,mandate,gate,outcome"
    );
    let [idea, evaluation] = [object("idea", 'I', 0), object("evaluation", 'E', 0)];
    let person = id('Q', 0);
    assert_eq!(
        lines[4],
        format!(
            "{idea},DecisionMade,2026-11-23T20:03:00.000003+00:00,{person},coordinator,uddevalla,evaluation,1,\
             00000000-0000-0003-0000-000000000005,{evaluation},2026-11-23T20:02:00.000003+00:00,mandate/uddevalla/3/4.2,concept,advance"
        )
    );
    assert_eq!(lines.len(), 6);
}

#[test]
fn a_log_has_its_extensions_globals_and_classifier_and_an_event_its_standard_members() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut out = Vec::new();
    let written = write_xes(decided().events(), &mut out, folder.path()).expect("a log");
    assert_eq!((written.events, written.cases), (5, Some(1)));
    let log = String::from_utf8(out).expect("UTF-8");
    for piece in [
        r#"<?xml version="1.0" encoding="UTF-8"?>"#,
        r#"<log xes.version="1849-2016" xes.features="" xmlns="http://www.xes-standard.org/">"#,
        r#"<extension name="Lifecycle" prefix="lifecycle" uri="http://www.xes-standard.org/lifecycle.xesext"/>"#,
        r#"<global scope="trace"><string key="concept:name" value="unknown"/></global>"#,
        r#"<classifier name="Activity" scope="event" keys="concept:name"/>"#,
    ] {
        assert!(log.contains(piece), "{piece} is missing in {log}");
    }
    let person = id('Q', 0);
    let event = format!(
        "<event><string key=\"concept:name\" value=\"EvaluationStarted\"/>\
         <date key=\"time:timestamp\" value=\"2026-11-23T20:01:00.000001+00:00\"/>\
         <string key=\"lifecycle:transition\" value=\"complete\"/><string key=\"org:resource\" value=\"{person}\"/>\
         <string key=\"org:role\" value=\"coordinator\"/><string key=\"org:group\" value=\"uddevalla\"/>\
         <string key=\"event_id\" value=\"00000000-0000-0001-0000-000000000005\"/><string key=\"subject\" value=\"{}\"/>\
         <string key=\"service\" value=\"submission\"/><int key=\"position\" value=\"1\"/>\
         <date key=\"claimed\" value=\"2026-11-23T20:00:00.000001+00:00\"/><string key=\"gate\" value=\"concept\"/>\
         <int key=\"round\" value=\"1\"/></event>",
        object("idea", 'I', 0)
    );
    assert!(log.contains(&event), "{event} is missing in {log}");
}

#[test]
fn a_trace_holds_its_case_from_all_journals_in_order_and_what_is_about_no_idea_is_a_case_of_its_own() {
    let mut books = Books::default();
    for (service, name, idea) in [
        ("submission", "IdeaSubmitted", 2),
        ("evaluation", "DelegationOrderAdopted", 0),
        ("submission", "IdeaSubmitted", 0),
        ("submission", "EpochOpened", 0),
        ("evaluation", "EvaluationOpened", 2),
        ("submission", "IdeaWithdrawn", 2),
    ] {
        books.happens(service, name, idea);
    }
    let folder = tempfile::tempdir().expect("a folder");
    let mut out = Vec::new();
    write_xes(books.events(), &mut out, folder.path()).expect("a log");
    let log = String::from_utf8(out).expect("UTF-8");
    let name = |piece: &str| {
        piece
            .split("concept:name\" value=\"")
            .nth(1)?
            .split('"')
            .next()
            .map(str::to_owned)
    };
    let mut traces = Vec::new();
    for trace in log.split("<trace>").skip(1) {
        let mut pieces = trace.split("<event>");
        traces.push((
            pieces.next().and_then(name),
            pieces.filter_map(name).collect::<Vec<_>>(),
        ));
    }
    let wanted = [
        ("delegation-order/uddevalla".to_owned(), vec!["DelegationOrderAdopted"]),
        (object("idea", 'I', 0), vec!["IdeaSubmitted"]),
        (
            object("idea", 'I', 2),
            vec!["IdeaSubmitted", "EvaluationOpened", "IdeaWithdrawn"],
        ),
        ("service/submission".to_owned(), vec!["EpochOpened"]),
    ];
    let wanted = wanted.map(|(case, names)| (Some(case), names.into_iter().map(str::to_owned).collect::<Vec<_>>()));
    assert_eq!(traces, wanted);
}
