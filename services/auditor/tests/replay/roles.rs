use crate::book::*;
use idesluss_auditor::{Moment, RoleHeld, Service, roles_held};
use idesluss_domain::words::Date;
use std::convert::Infallible;

const GRANT: &str = "grant/00000000-0000-0000-0000-0000000000f1";
const OTHERS: &str = "grant/00000000-0000-0000-0000-0000000000f2";
const OPERATOR: By = (usize::MAX, "operator");

fn day(number: i8) -> Date {
    Date::new(2026, 11, number).expect("a day")
}

/// What a journal knows of the coordinator's roles, as words.
fn roles(book: &Book, service: Service, until: Option<Moment>, day: Date) -> Vec<String> {
    let mut entries = book.entries();
    entries.retain(|entry| entry.service == service);
    let person = PEOPLE[1].parse().expect("a pseudonym");
    let held = roles_held(entries.into_iter().map(Ok::<_, Infallible>), person, until, day);
    let told = |held: &RoleHeld| {
        let granted = &held.granted;
        format!(
            "{} {} {}:{}",
            held.role,
            held.organisation,
            granted.service.as_str(),
            granted.position
        )
    };
    let held = held.expect("a journal");
    held.map_or_else(|| vec!["unknown".to_owned()], |held| held.iter().map(told).collect())
}

#[test]
fn a_journal_knows_of_a_role_from_the_entry_that_grants_it_until_the_one_that_takes_it_back_and_within_its_days() {
    let mut book = Book::default();
    let granted =
        r#"{"person":"$K","organisation":"uddevalla","role":"coordinator","from":"2026-11-20","until":"2026-11-25"}"#;
    let first = book.happens(Service::Identity, "RoleGranted", GRANT, OPERATOR, granted);
    let others = r#"{"person":"$D","organisation":"uddevalla","role":"decision-maker","from":"2026-11-20"}"#;
    book.happens(Service::Identity, "RoleGranted", OTHERS, OPERATOR, others);
    // Evaluation hears of it after two entries about somebody else.
    for _ in 0..2 {
        book.arrives(Service::Identity, 1, Evaluation);
    }
    book.arrives(Service::Identity, first, Evaluation);
    let revoked = book.happens(Service::Identity, "RoleRevoked", GRANT, OPERATOR, "{}");
    let before = |service, position| Some(Moment::of(service, book.line(service, position)).expect("a line"));

    assert_eq!(
        roles(&book, Service::Identity, before(Service::Identity, 1), day(23)),
        ["coordinator uddevalla identity:0"]
    );
    assert_eq!(
        roles(&book, Service::Identity, before(Service::Identity, revoked), day(23)),
        [""; 0]
    );
    // Nobody has told evaluation that it was taken back, and before the third entry nobody had told it anything.
    assert_eq!(
        roles(&book, Evaluation, None, day(23)),
        ["coordinator uddevalla evaluation:2"]
    );
    assert_eq!(roles(&book, Evaluation, before(Evaluation, 1), day(23)), ["unknown"]);
    for (day, holds) in [(day(19), 0), (day(20), 1), (day(25), 1), (day(26), 0)] {
        assert_eq!(roles(&book, Evaluation, None, day).len(), holds, "{day}");
    }
}
