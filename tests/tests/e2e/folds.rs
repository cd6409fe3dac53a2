//! Every view as a fold: whatever entries come, and however they are cut into batches, the tables are the same, and what is counted is right.
//!
//! The entries are the golden bytes of every event, in any order, about a few things of a few organisations. No command would write most of these
//! orders; a view has to count right all the same.

use idesluss_domain::sharing::SolutionEvent;
use idesluss_domain::words::{Audience, OrganisationId, Timestamp};
use idesluss_domain::{Event, home, may_write};
use idesluss_engine::{ChangesView, Meta, Recorded, Service, View};
use idesluss_evaluation::EvaluationsView;
use idesluss_identity::PeopleView;
use idesluss_sharing::CatalogueView;
use idesluss_submission::IdeasView;
use proptest::prelude::*;
use rusqlite::Connection;
use rusqlite::types::Value;
use std::collections::BTreeMap;
use std::path::Path;
use std::sync::{Arc, LazyLock};
use uuid::Uuid;

/// How many of each thing there are.
const THINGS: u8 = 3;
const ORGANISATIONS: [&str; 2] = ["uddevalla", "trollhattan"];
/// What an event's subject may begin with.
const STREAMS: [&str; 18] = [
    "idea",
    "call",
    "register",
    "quota",
    "disclosure",
    "evaluation",
    "criteria",
    "delegation-order",
    "solution",
    "adoption",
    "organisations",
    "person",
    "grant",
    "account",
    "mapping",
    "program",
    "session",
    "signing-keys",
];

/// An event as it is stored: its type, and its data.
struct Golden {
    kind: String,
    data: String,
}

static GOLDEN: LazyLock<Vec<Golden>> = LazyLock::new(|| {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../services/domain/tests/golden");
    let mut all = vec![];
    for of_type in std::fs::read_dir(folder).expect("golden bytes") {
        let of_type = of_type.expect("an entry").path();
        for case in std::fs::read_dir(&of_type).into_iter().flatten() {
            let data = std::fs::read_to_string(case.expect("a case").path()).expect("its bytes");
            all.push(Golden {
                kind: of_type.file_name().expect("a type").to_string_lossy().into_owned(),
                data: data.trim_end().to_owned(),
            });
        }
    }
    all.sort_by(|one, other| (&one.kind, &one.data).cmp(&(&other.kind, &other.data)));
    all
});

/// An event of any type, about any of the things.
#[derive(Debug, Clone)]
struct Drawn {
    golden: prop::sample::Index,
    /// Which of the things each id in it names, one after the other, over and over.
    names: [u8; 4],
    hours: u8,
    ends_batch: bool,
}

fn drawn() -> impl Strategy<Value = Vec<Drawn>> {
    let one = (
        any::<prop::sample::Index>(),
        any::<[u8; 4]>(),
        0..30_u8,
        prop::bool::weighted(0.2),
    );
    let one = one.prop_map(|(golden, names, hours, ends_batch)| Drawn {
        golden,
        names,
        hours,
        ends_batch,
    });
    prop::collection::vec(one, 1..200)
}

fn thing(name: u8) -> Uuid {
    Uuid::from_u128(u128::from(name % THINGS) + 1)
}

/// The data with other ids in the place of those that stand in it.
fn about(data: &str, names: [u8; 4], organisation: &str) -> String {
    let mut names = names.into_iter().cycle();
    let mut rest = data.replace(ORGANISATIONS[0], organisation);
    let mut made = String::with_capacity(rest.len());
    while let Some(at) = rest.find('"') {
        let tail = rest.split_off(at + 1);
        made.push_str(&rest);
        let end = tail.find('"').unwrap_or(tail.len());
        match Uuid::parse_str(&tail[..end]) {
            // A digest is no id: it has no dashes.
            Ok(_) if tail[..end].contains('-') => made.push_str(&thing(names.next().unwrap_or_default()).to_string()),
            _ => made.push_str(&tail[..end]),
        }
        rest = tail[end..].to_owned();
        if rest.starts_with('"') {
            made.push('"');
            rest.remove(0);
        }
    }
    made + &rest
}

/// What a service would have in its journal of such events: its own, and those of the services that it follows. A stream begins once, with what begins
/// it, in one organisation; and an adoption is of a solution that is there.
fn entries(service: &Service, pool: &[&Golden], drawn: &[Drawn]) -> Vec<Arc<Recorded>> {
    let solutions = pool.iter().find(|golden| golden.kind == SolutionEvent::TYPES[0]);
    let solutions = solutions
        .into_iter()
        .flat_map(|golden| (0..THINGS).map(|name| (*golden, [name; 4], 0)));
    let drawn = drawn
        .iter()
        .map(|drawn| (*drawn.golden.get(pool), drawn.names, drawn.hours));
    let mut begun: BTreeMap<String, BTreeMap<&str, OrganisationId>> = BTreeMap::new();
    let (mut entries, mut micros) = (vec![], 1_764_000_000_000_000_i64);
    for (golden, names, hours) in solutions.chain(drawn) {
        let of_subject = format!("{}/{}", golden.stream(), thing(names[0]));
        let begins = begun.entry(of_subject.clone()).or_default();
        let mut told = golden;
        if begins.is_empty() && !golden.begins() {
            let beginnings = pool
                .iter()
                .filter(|other| other.begins() && other.stream() == golden.stream());
            let beginnings: Vec<_> = beginnings.collect();
            // Some have nothing that begins them.
            if !beginnings.is_empty() {
                told = beginnings[usize::from(names[3]) % beginnings.len()];
            }
        }
        micros += i64::from(hours) * 3_600_000_000 + 1;
        let recorded = told.recorded(service, entries.len() as u64, micros, of_subject, names);
        if let Some(organisation) = recorded.event.as_ref().and_then(home)
            && (begins.values().any(|known| known != organisation)
                || begins.insert(&told.kind, organisation.clone()).is_some())
        {
            continue;
        }
        entries.push(Arc::new(recorded));
    }
    entries
}

impl Golden {
    fn service(&self) -> &str {
        self.kind.split('.').nth(1).expect("a service's name")
    }

    fn audience(&self) -> Audience {
        let event = Event::from_stored(&self.kind, &self.data);
        event.expect("an event of this version").audience()
    }

    fn source(&self) -> String {
        self.audience().source("fyrbodal", self.service())
    }

    fn stream(&self) -> &'static str {
        let source = self.source();
        let mut streams = STREAMS.into_iter();
        let stream = streams.find(|stream| may_write(&source, &self.kind, &format!("{stream}/1")));
        stream.expect("a stream for each type")
    }

    /// Whether streams begin with it.
    fn begins(&self) -> bool {
        let event = Event::from_stored(&self.kind, &self.data);
        event.is_ok_and(|event| home(&event).is_some())
    }

    fn recorded(&self, service: &Service, position: u64, micros: i64, subject: String, names: [u8; 4]) -> Recorded {
        let own = self.service() == service.name;
        let at = Timestamp::from_micros(micros).expect("a time");
        let named = |id: u128| Uuid::from_u128(id).to_string();
        let organisation = ORGANISATIONS[usize::from(names[0] % THINGS) % ORGANISATIONS.len()];
        Recorded {
            position,
            recorded: at,
            own,
            meta: Meta {
                id: named(1_000 + u128::from(position)).parse().expect("an id"),
                kind: self.kind.clone(),
                subject,
                source: self.source(),
                time: at,
                organisation: organisation.parse().expect("an organisation"),
                actor: thing(names[1]).to_string().parse().expect("a person"),
                role: "coordinator".parse().expect("a role"),
                grant: None,
                mandate: None,
                command: named(100_000 + u128::from(position)).parse().expect("an id"),
                correlation: thing(names[0]),
                causation: None,
                traceparent: None,
                epoch: 1,
                sequence: position,
                stream_version: position + 1,
                from_position: (!own).then_some(position),
            },
            event: Event::from_stored(&self.kind, &about(&self.data, names, organisation)).ok(),
        }
    }
}

/// All rows of all tables.
type Rows = Vec<(String, Vec<String>)>;

fn rows(conn: &Connection) -> Rows {
    let list = |sql: &str| -> Vec<String> {
        let mut asked = conn.prepare(sql).expect("a question");
        let columns = asked.column_count();
        let read = asked.query_map([], |row| {
            (0..columns)
                .map(|at| row.get::<_, Value>(at))
                .collect::<Result<Vec<_>, _>>()
        });
        let read = read.expect("rows").map(|row| row.expect("a row"));
        read.map(|row| match &row[..] {
            [Value::Text(name)] => name.clone(),
            row => format!("{row:?}"),
        })
        .collect()
    };
    let tables = list("SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name");
    let rows_of = |table: &String| {
        let mut rows = list(&format!("SELECT * FROM {table}"));
        rows.sort_unstable();
        rows
    };
    tables.iter().map(|table| (table.clone(), rows_of(table))).collect()
}

/// Folds batches into new tables, and looks at what is counted after each.
fn fold<V: View>(batches: &[&[Arc<Recorded>]]) -> Result<Rows, TestCaseError> {
    let mut conn = Connection::open_in_memory().expect("a database");
    conn.execute_batch(V::schema()).expect("tables");
    let mut view = V::new();
    for batch in batches {
        let tx = conn.transaction().expect("a transaction");
        let applied = view.apply(&tx, batch);
        prop_assert!(applied.is_ok(), "{}: {applied:?}", V::NAME);
        tx.commit().expect("committed");
        for derived in V::derived() {
            let (kept, counted) = (derived.kept, derived.counted);
            let sql =
                format!("SELECT * FROM ({kept} EXCEPT {counted}) UNION ALL SELECT * FROM ({counted} EXCEPT {kept})");
            let differs: bool = conn
                .query_row(&format!("SELECT EXISTS ({sql})"), [], |row| row.get(0))
                .expect("an answer");
            let told = batches
                .iter()
                .flat_map(|batch| batch.iter())
                .map(|entry| (&entry.meta.kind, &entry.meta.subject, entry.own));
            prop_assert!(
                !differs,
                "{} counts {} wrong: {:?}",
                V::NAME,
                derived.name,
                told.collect::<Vec<_>>()
            );
        }
    }
    Ok(rows(&conn))
}

fn is_a_fold<V: View>(service: &Service) {
    let follows = |golden: &Golden| {
        let comes = (golden.service(), golden.audience());
        golden.service() == service.name || service.follows.contains(&comes)
    };
    let pool: Vec<&Golden> = GOLDEN.iter().filter(|golden| follows(golden)).collect();
    let config = ProptestConfig {
        cases: 64,
        failure_persistence: None,
        ..ProptestConfig::default()
    };
    proptest!(config, |(drawn in drawn())| {
        let entries = entries(service, &pool, &drawn);
        let readable = entries.iter().filter(|entry| entry.event.is_some()).count();
        prop_assert!(readable * 10 >= entries.len() * 9, "{readable} of {} are events", entries.len());
        let ends = drawn.iter().zip(1..entries.len()).filter(|(drawn, _)| drawn.ends_batch).map(|(_, end)| end);
        let (mut batches, mut from) = (vec![], 0);
        for end in ends {
            batches.push(&entries[from..end]);
            from = end;
        }
        batches.push(&entries[from..]);
        let cut = fold::<V>(&batches)?;
        prop_assert_eq!(cut, fold::<V>(&[&entries])?, "{} depends on how entries are cut", V::NAME);
    });
}

#[test]
fn every_view_counts_right_whatever_comes_and_however_it_is_cut() {
    is_a_fold::<IdeasView>(&idesluss_submission::SERVICE);
    is_a_fold::<EvaluationsView>(&idesluss_evaluation::SERVICE);
    is_a_fold::<CatalogueView>(&idesluss_sharing::SERVICE);
    is_a_fold::<PeopleView>(&idesluss_identity::SERVICE);
}

#[test]
fn what_stood_at_each_moment_follows_from_the_changes_of_every_service() {
    for service in [
        &idesluss_submission::SERVICE,
        &idesluss_evaluation::SERVICE,
        &idesluss_sharing::SERVICE,
        &idesluss_identity::SERVICE,
    ] {
        is_a_fold::<ChangesView>(service);
    }
}
