//! The stored bytes of every event, held still. How to add one stands in `tests/golden/README.md`.
//!
//! A sample is a value written out member by member; its bytes lie in `tests/golden/<type>/<case>.json`. The value is written as
//! those bytes, and the bytes read back as that value. What the samples must cover is asked of the code itself: its types, the
//! members that a type reads as optional, the words of its enums.

mod evaluation;
mod free;
mod identity;
mod samples;
mod sharing;
mod submission;

use crate::ids::text;
use idesluss_domain::Event;
use idesluss_domain::instance::{EpochOpened, InstanceEvent, PolicyInForce, RestoreReason};
use samples::{Samples, WHOLE};
use serde_json::Value;
use std::collections::BTreeSet;
use std::fs::File;
use std::io::Write as _;
use std::path::{Path, PathBuf};

pub(crate) fn all() -> Samples {
    let mut samples = Samples::default();
    submission::write(&mut samples);
    evaluation::write(&mut samples);
    sharing::write(&mut samples);
    identity::write(&mut samples);
    let opened = EpochOpened {
        epoch: 2,
        kept: [("/fyrbodal/submission/house".to_owned(), 17)].into(),
        size: 18,
        root: text(1).0,
        reason: RestoreReason::HardwareLost,
    };
    samples.words(InstanceEvent::from, opened.clone(), "reason", |event, word| {
        event.reason = word
    });
    samples.page(InstanceEvent::from, opened, &[]);
    let policy = PolicyInForce {
        version: "0.2.0".parse().expect("a label"),
        table: text(2).0,
    };
    samples.page(InstanceEvent::from, policy, &[]);
    samples
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden")
}

fn path(type_name: &str, case: &str) -> PathBuf {
    folder().join(type_name).join(format!("{case}.json"))
}

/// Lays the bytes of samples that have none into their files; a file that is there is never touched.
fn add(missing: &[(&str, &str, &Event)]) {
    for (type_name, case, event) in missing {
        let path = path(type_name, case);
        std::fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
        let mut file = File::create_new(&path).expect("a new file");
        writeln!(file, "{}", event.to_data()).expect("written");
    }
}

#[test]
fn every_event_is_written_as_its_golden_bytes_and_they_read_back_as_the_event() {
    let samples = all();
    let mut missing = vec![];
    for (type_name, case, event) in samples.iter() {
        let Ok(golden) = std::fs::read_to_string(path(type_name, case)) else {
            missing.push((type_name, case, event));
            continue;
        };
        assert_eq!(format!("{}\n", event.to_data()), golden, "{type_name}, {case}");
        let read = Event::from_stored(type_name, golden.trim_end());
        let read = read.unwrap_or_else(|unknown| panic!("{type_name}, {case}: {unknown}"));
        assert_eq!(&read, event, "{type_name}, {case}");
    }
    let names: Vec<_> = missing
        .iter()
        .map(|(type_name, case, _)| format!("{type_name}/{case}"))
        .collect();
    if std::env::var("GOLDEN").is_ok_and(|word| word == "add") {
        add(&missing);
        assert!(
            names.is_empty(),
            "these were added; read them, and commit them: {names:#?}"
        );
    }
    assert!(
        names.is_empty(),
        "no golden bytes (see tests/golden/README.md): {names:#?}"
    );
}

#[test]
fn every_type_has_golden_bytes_and_all_golden_bytes_have_a_type_and_a_sample() {
    let samples = all();
    let sampled: BTreeSet<_> = samples.iter().map(|(type_name, ..)| type_name).collect();
    let known: BTreeSet<_> = Event::all_types().collect();
    assert_eq!(sampled, known, "every type needs a sample");
    let wanted: BTreeSet<_> = samples
        .iter()
        .map(|(type_name, case, _)| path(type_name, case))
        .collect();
    for entry in std::fs::read_dir(folder()).expect("a folder") {
        let entry = entry.expect("an entry").path();
        if entry.file_name().is_some_and(|name| name == "README.md") {
            continue;
        }
        for golden in std::fs::read_dir(&entry).unwrap_or_else(|error| panic!("{}: {error}", entry.display())) {
            let golden = golden.expect("an entry").path();
            assert!(wanted.contains(&golden), "nothing is stored like {}", golden.display());
        }
    }
}

#[test]
fn a_whole_event_leaves_nothing_out() {
    for (type_name, case, event) in all().iter() {
        let debug = format!("{event:?}");
        let left_out = debug.split(|c: char| !c.is_alphanumeric()).any(|word| word == "None");
        assert!(case != WHOLE || !left_out, "{type_name}: {debug}");
    }
}

/// The places of members that `event` is read without, each as its object's place and its name.
fn optional(type_name: &str, event: &Value) -> Vec<(String, String)> {
    let reads = |changed: &Value| Event::from_stored(type_name, &changed.to_string()).ok();
    let mut found = vec![];
    let mut places = vec![String::new()];
    while let Some(place) = places.pop() {
        match event.pointer(&place).expect("a place") {
            Value::Object(members) => {
                // Names in a map are no members: another one is read and written too.
                let mut more = event.clone();
                let another = members.values().next().cloned().unwrap_or_default();
                let object = more
                    .pointer_mut(&place)
                    .and_then(Value::as_object_mut)
                    .expect("an object");
                object.insert("another".into(), another);
                let map = reads(&more).is_some_and(|read| read.to_data().contains("\"another\""));
                for name in members.keys() {
                    // A pointer's own signs, RFC 6901.
                    places.push(format!("{place}/{}", name.replace('~', "~0").replace('/', "~1")));
                    let mut less = event.clone();
                    let object = less
                        .pointer_mut(&place)
                        .and_then(Value::as_object_mut)
                        .expect("an object");
                    object.remove(name);
                    if !map && reads(&less).is_some() {
                        found.push((place.clone(), name.clone()));
                    }
                }
            }
            Value::Array(values) if !values.is_empty() => places.push(format!("{place}/0")),
            _ => {}
        }
    }
    found
}

#[test]
fn every_optional_member_has_golden_bytes_with_and_without_it() {
    let samples = all();
    let values: Vec<(&str, &str, Value)> = samples
        .iter()
        .map(|(type_name, case, event)| (type_name, case, serde_json::from_str(&event.to_data()).expect("JSON")))
        .collect();
    let mut count = 0;
    for (type_name, _, whole) in values.iter().filter(|(_, case, _)| *case == WHOLE) {
        for (place, member) in optional(type_name, whole) {
            count += 1;
            let left_out = |value: &Value| {
                let object = value.pointer(&place).and_then(Value::as_object);
                object.is_some_and(|object| object.get(&member).is_none_or(Value::is_null))
            };
            let without = values
                .iter()
                .any(|(other, _, value)| other == type_name && left_out(value));
            assert!(without, "{type_name}: no sample is without {place}/{member}");
        }
    }
    assert!(count > 30, "only {count} optional members were found");
}
