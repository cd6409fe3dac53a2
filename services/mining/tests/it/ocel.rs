//! The object-centric forms, piece by piece.

use crate::books::{Books, whole_way};
use crate::forms::{decided, object};
use idesluss_mining::{MiningError, write_ocel_json, write_ocel_sqlite};
use rusqlite::Connection;
use serde_json::{Value, json};

fn ocel(books: &Books) -> Value {
    let folder = tempfile::tempdir().expect("a folder");
    let mut out = Vec::new();
    write_ocel_json(books.events(), &mut out, folder.path()).expect("a log");
    serde_json::from_slice(&out).expect("JSON")
}

fn find<'a>(log: &'a Value, list: &str, member: &str, wanted: &str) -> &'a Value {
    let items = log[list].as_array().expect("a list");
    let found = items.iter().find(|item| item[member] == wanted);
    found.unwrap_or_else(|| panic!("no {wanted} in {list}"))
}

#[test]
fn an_event_is_about_its_evaluation_idea_actor_organisation_and_mandate() {
    let log = ocel(&decided());
    let related = |object: String, qualifier: &str| json!({"objectId": object, "qualifier": qualifier});
    let decision = find(&log, "events", "type", "DecisionMade");
    assert_eq!(decision["id"], "00000000-0000-0003-0000-000000000005");
    assert_eq!(decision["time"], "2026-11-23T20:03:00.000003+00:00");
    let wanted = [
        related(object("evaluation", 'E', 0), "evaluation"),
        related(object("idea", 'I', 0), "idea"),
        related(object("person", 'Q', 0), "actor"),
        related("organisation/uddevalla".to_owned(), "organisation"),
        related("mandate/uddevalla/3/4.2".to_owned(), "mandate"),
        related(object("person", 'Q', 0), "decider"),
    ];
    assert_eq!(decision["relationships"], json!(wanted));
    let cost = json!({"name": "cost_kronor", "value": 250_000});
    assert!(decision["attributes"].as_array().expect("a list").contains(&cost));
    let kind = find(&log, "eventTypes", "name", "DecisionMade");
    assert!(
        kind["attributes"]
            .as_array()
            .expect("a list")
            .contains(&json!({"name": "cost_kronor", "type": "integer"}))
    );
}

#[test]
fn a_thing_has_its_first_values_from_the_beginning_and_later_ones_with_their_times() {
    let log = ocel(&decided());
    let idea = find(&log, "objects", "id", &object("idea", 'I', 0));
    let from_the_beginning = "1970-01-01T00:00:00Z";
    let wanted = json!([
        {"name": "organisation", "time": from_the_beginning, "value": "uddevalla"},
        {"name": "state", "time": from_the_beginning, "value": "submitted"},
        {"name": "state", "time": "2026-11-23T20:01:00.000001+00:00", "value": "in evaluation"},
        {"name": "state", "time": "2026-11-23T20:04:00.000004+00:00", "value": "decided"},
    ]);
    assert_eq!(idea["type"], "idea");
    assert_eq!(idea["attributes"], wanted);
    let evaluation = find(&log, "objects", "id", &object("evaluation", 'E', 0));
    let outcome = json!({"name": "outcome", "time": "2026-11-23T20:03:00.000003+00:00", "value": "advance"});
    assert!(
        evaluation["attributes"].as_array().expect("a list").contains(&outcome),
        "{evaluation}"
    );
}

#[test]
fn things_hang_together_as_the_events_say() {
    let mut books = Books::default();
    whole_way(&mut books, 0);
    books.happens("evaluation", "DelegationOrderAdopted", 0);
    let log = ocel(&books);
    let [idea, evaluation, solution] =
        [('I', "idea"), ('E', "evaluation"), ('S', "solution")].map(|(letter, kind)| object(kind, letter, 0));
    for (from, qualifier, to) in [
        (&evaluation, "idea", &idea),
        (&solution, "idea", &idea),
        (&solution, "decided-in", &evaluation),
        (&object("adoption", 'A', 0), "solution", &solution),
        (&idea, "call", &object("call", 'C', 0)),
        (
            &"mandate/uddevalla/3/4.2".to_owned(),
            "delegation-order",
            &"delegation-order/uddevalla".to_owned(),
        ),
    ] {
        let links = &find(&log, "objects", "id", from)["relationships"];
        let wanted = json!({"objectId": to, "qualifier": qualifier});
        // Told twice, by submission and by evaluation, and written once.
        let times = links
            .as_array()
            .expect("a list")
            .iter()
            .filter(|link| **link == wanted)
            .count();
        assert_eq!(times, 1, "{from} {qualifier} {to}: {links}");
    }
}

#[test]
fn where_a_service_acted_by_itself_it_is_the_actor_and_no_person_is() {
    let mut books = Books::default();
    books.happens("submission", "IdeaClosed", 1);
    let log = ocel(&books);
    let relations = &log["events"][0]["relationships"];
    let actor = json!({"objectId": "service/submission", "qualifier": "actor"});
    assert!(relations.as_array().expect("a list").contains(&actor), "{relations}");
}

#[test]
fn nothing_is_an_empty_log_in_every_form() {
    let books = Books::default();
    let log = ocel(&books);
    assert_eq!(
        log,
        json!({"events": [], "objects": [], "objectTypes": [], "eventTypes": []})
    );
    let folder = tempfile::tempdir().expect("a folder");
    let written = write_ocel_sqlite(books.events(), &folder.path().join("x.sqlite")).expect("a database");
    assert_eq!((written.events, written.objects), (0, Some(0)));
}

#[test]
fn a_database_holds_whole_keys_and_a_change_beside_the_first_value() {
    let mut books = Books::default();
    whole_way(&mut books, 0);
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("x.sqlite");
    write_ocel_sqlite(books.events(), &path).expect("a database");
    let database = Connection::open(&path).expect("a database");
    let broken: i64 = database
        .query_row("SELECT count(*) FROM pragma_foreign_key_check", [], |row| row.get(0))
        .expect("a number");
    assert_eq!(broken, 0);
    let whole: String = database
        .query_row("PRAGMA integrity_check", [], |row| row.get(0))
        .expect("an answer");
    assert_eq!(whole, "ok");
    let mut states = database
        .prepare("SELECT ocel_time, coalesce(ocel_changed_field, ''), state FROM object_Adoption ORDER BY ocel_time")
        .expect("a table");
    let states: Vec<(String, String, Option<String>)> = states
        .query_map([], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))
        .and_then(Iterator::collect)
        .expect("rows");
    assert_eq!(
        states[0],
        (
            "1970-01-01T00:00:00Z".to_owned(),
            String::new(),
            Some("interested".to_owned())
        )
    );
    let later: Vec<(&str, Option<&str>)> = states[1..]
        .iter()
        .map(|(_, field, state)| (field.as_str(), state.as_deref()))
        .collect();
    assert_eq!(
        later,
        [
            ("form", None),
            ("state", Some("decided")),
            ("state", Some("started")),
            ("state", Some("in use"))
        ]
    );
}

#[test]
fn two_events_with_one_id_make_no_database() {
    let mut books = Books::default();
    books.happens("submission", "IdeaSubmitted", 0);
    let mut again = Books::default();
    again.happens("evaluation", "EvaluationOpened", 0);
    books.lines.append(&mut again.lines);
    let folder = tempfile::tempdir().expect("a folder");
    let error = write_ocel_sqlite(books.events(), &folder.path().join("x.sqlite")).expect_err("an error");
    assert!(
        matches!(
            error,
            MiningError::Repeated {
                service: "evaluation",
                position: 0
            }
        ),
        "{error}"
    );
    assert_eq!(std::fs::read_dir(folder.path()).expect("a folder").count(), 0);
}
