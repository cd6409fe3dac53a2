//! What holds for all formats.

use crate::books::{Books, group, whole_way};
use crate::samples::{NOT_TO_LEAVE, SAMPLES, filled, id};
use idesluss_domain::Event;
use idesluss_mining::{Format, Written};
use proptest::prelude::*;
use rusqlite::Connection;
use std::path::PathBuf;
use tempfile::TempDir;

struct Exports {
    folder: TempDir,
    written: [Written; 4],
}

fn exports(books: &Books) -> Exports {
    let folder = tempfile::tempdir().expect("a folder");
    let written = Format::ALL.map(|format| {
        let path = folder.path().join(format!("export.{}", format.extension()));
        format.write_file(books.events(), &path).expect("an export")
    });
    Exports { folder, written }
}

impl Exports {
    fn path(&self, format: Format) -> PathBuf {
        self.folder.path().join(format!("export.{}", format.extension()))
    }

    fn text(&self, format: Format) -> String {
        String::from_utf8_lossy(&std::fs::read(self.path(format)).expect("the export")).into_owned()
    }

    fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.text(Format::OcelJson)).expect("JSON")
    }

    fn count(&self, table: &str) -> u64 {
        let database = Connection::open(self.path(Format::OcelSqlite)).expect("a database");
        let sql = format!("SELECT count(*) FROM {table}");
        let number: i64 = database.query_row(&sql, [], |row| row.get(0)).expect("a number");
        number.unsigned_abs()
    }
}

#[test]
fn every_type_of_event_has_a_sample_and_passes_through_every_format() {
    let mut types: Vec<&str> = Event::all_types().collect();
    types.sort_unstable();
    let mut sampled: Vec<String> = SAMPLES
        .iter()
        .map(|(service, name, subject, _)| format!("idesluss.{}.v1.{name}", group(service, subject)))
        .collect();
    sampled.sort_unstable();
    assert_eq!(sampled, types);
    let mut books = Books::default();
    for sample in SAMPLES.iter() {
        books.sample(sample, 0);
    }
    let exports = exports(&books);
    for written in exports.written {
        assert_eq!(written.events, SAMPLES.len() as u64);
    }
}

#[test]
fn no_text_no_digest_and_no_reference_leaves() {
    let mut books = Books::default();
    for sample in SAMPLES.iter() {
        assert!(!filled(sample.3, 0).contains('$'), "{}", sample.1);
        books.sample(sample, 0);
    }
    let exports = exports(&books);
    for format in Format::ALL {
        let text = exports.text(format);
        assert!(
            text.contains(&id('I', 0).to_string()) && text.contains("DecisionMade"),
            "{format:?}"
        );
        for unwanted in NOT_TO_LEAVE {
            // A brief is told of by its version, and benefits by the name of their event.
            let text = text.replace("BenefitMeasured", "");
            assert!(!text.contains(unwanted), "{format:?} tells {unwanted}");
        }
    }
}

#[test]
fn an_export_is_readable_by_its_owner_alone_and_nothing_else_is_left_in_its_folder() {
    use std::os::unix::fs::PermissionsExt as _;
    let mut books = Books::default();
    whole_way(&mut books, 0);
    let exports = exports(&books);
    for format in Format::ALL {
        let mode = std::fs::metadata(exports.path(format))
            .expect("the export")
            .permissions()
            .mode();
        assert_eq!(mode & 0o777, 0o600, "{format:?}");
    }
    assert_eq!(std::fs::read_dir(exports.folder.path()).expect("a folder").count(), 4);
}

#[test]
fn an_export_that_fails_leaves_what_stood_there_before() {
    let folder = tempfile::tempdir().expect("a folder");
    for format in Format::ALL {
        let path = folder.path().join(format.as_str());
        std::fs::write(&path, "before").expect("a file");
        let mut books = Books::default();
        whole_way(&mut books, 0);
        let broken = std::iter::once(Err(idesluss_auditor::MergeError::Source("gone".into())));
        format
            .write_file(books.events().chain(broken), &path)
            .expect_err("an error");
        assert_eq!(std::fs::read(&path).expect("the file"), b"before", "{format:?}");
    }
    assert_eq!(
        std::fs::read_dir(folder.path()).expect("a folder").count(),
        4,
        "no half-written file"
    );
}

#[test]
fn formats_are_chosen_by_their_names() {
    for format in Format::ALL {
        assert_eq!(format.as_str().parse::<Format>().ok(), Some(format));
    }
    let error = "pdf".parse::<Format>().expect_err("no format");
    assert_eq!(
        error.to_string(),
        "there is no format pdf: write xes, ocel-json, ocel-sqlite or csv"
    );
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn all_formats_hold_the_same_events_and_objects(
        steps in prop::collection::vec((0..SAMPLES.len(), 0_u32..6, 0_u8..8), 0..120)
    ) {
        let mut books = Books::default();
        let mut events = 0;
        for (at, idea, what) in steps {
            let sample = &SAMPLES[at];
            let service = sample.0.parse().expect("a service");
            match what {
                0 => books.receives(service, sample.0, sample.1, idea),
                1 => books.refuses(service),
                _ => {
                    books.sample(sample, idea);
                    events += 1;
                }
            }
        }
        let exports = exports(&books);
        for written in exports.written {
            prop_assert_eq!(written.events, events);
        }
        let xes = exports.text(Format::Xes);
        prop_assert_eq!(xes.matches("<event>").count() as u64, events);
        let [of_xes, of_json, of_sqlite, _] = exports.written;
        prop_assert_eq!(xes.matches("<trace>").count() as u64, of_xes.cases.expect("cases"));
        let mut table = csv::Reader::from_path(exports.path(Format::Csv)).expect("a table");
        let rows: Vec<csv::StringRecord> = table.records().collect::<Result<_, _>>().expect("rows");
        prop_assert_eq!(rows.len() as u64, events);
        let cases: std::collections::BTreeSet<&str> = rows.iter().map(|row| &row[0]).collect();
        prop_assert_eq!(Some(cases.len() as u64), of_xes.cases);

        let json = exports.json();
        let count = |list: &str| json[list].as_array().expect("a list").len() as u64;
        let relations = |list: &str| json[list].as_array().expect("a list").iter()
            .map(|item| item["relationships"].as_array().expect("a list").len() as u64).sum::<u64>();
        prop_assert_eq!(count("events"), events);
        prop_assert_eq!(Some(count("objects")), of_json.objects);
        prop_assert_eq!(of_json.objects, of_sqlite.objects);
        for (table, number) in [
            ("event", events), ("object", count("objects")), ("event_object", relations("events")),
            ("object_object", relations("objects")), ("event_map_type", count("eventTypes")),
            ("object_map_type", count("objectTypes")),
        ] {
            prop_assert_eq!(exports.count(table), number, "{}", table);
        }
    }
}
