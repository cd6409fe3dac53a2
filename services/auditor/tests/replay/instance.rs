use crate::book::*;
use idesluss_auditor::{Instance, Moment, instance};

fn at(book: &Book, until: Option<Moment>) -> Instance {
    instance(book.events(), until).expect("a history")
}

/// The counts as words.
fn counts(stood: &Instance) -> Vec<String> {
    let count = |count: &idesluss_auditor::Count| {
        format!("{} {} {} {}", count.count, count.organisation, count.thing, count.state)
    };
    stood.counts.iter().map(count).collect()
}

#[test]
fn an_instance_stands_where_its_events_have_brought_it() {
    let stood = at(&decided(), None);
    assert_eq!(
        counts(&stood),
        ["1 uddevalla idea in evaluation", "1 uddevalla evaluation decided"]
    );
    let upto = &stood.journals[&Evaluation];
    // Two terms, seven on the way, the mandate and the decision; what was received is counted where it happened.
    assert_eq!((upto.events, upto.position), (11, 14));
    assert_eq!(stood.journals[&Submission].events, 5);
    assert_eq!(stood.last[0].event, "DecisionMade");
    assert_eq!(stood.last.len(), 16);
}

#[test]
fn at_an_earlier_position_only_what_was_recorded_by_then_counts() {
    let book = decided();
    let accepted = Moment::of(Submission, book.line(Submission, 2)).expect("a line");
    let stood = at(&book, Some(accepted));
    assert_eq!(counts(&stood), ["1 uddevalla idea accepted"]);
    assert_eq!(stood.last[0].event, "IdeaAccepted");
    // The moment before the evaluation opened, as a time.
    let revealed = Moment::of(Evaluation, book.line(Evaluation, 9)).expect("a line");
    let same = Moment::at(revealed.time());
    for moment in [revealed, same] {
        let stood = at(&book, Some(moment));
        assert_eq!(
            counts(&stood),
            ["1 uddevalla idea accepted", "1 uddevalla evaluation revealed"]
        );
    }
}

#[test]
fn before_the_first_entry_nothing_stood_anywhere() {
    let before = "2020-01-01T00:00:00Z".parse().expect("a time");
    assert_eq!(at(&decided(), Some(Moment::at(before))), Instance::default());
}

#[test]
fn the_last_twenty_events_are_told_and_no_more() {
    let mut book = decided();
    for _ in 0..30 {
        book.happens(
            Submission,
            "SupportExpressed",
            "idea/$I",
            COLLEAGUE,
            r#"{"supporter":"$C"}"#,
        );
    }
    let stood = at(&book, None);
    assert_eq!(stood.last.len(), 20);
    assert!(stood.last.iter().all(|happened| happened.event == "SupportExpressed"));
    assert_eq!(stood.last[0].position, book.size(Submission) - 1);
}
