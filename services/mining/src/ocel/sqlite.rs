//! The only file of this crate that knows SQLite: here it is not a store but the form of an export.

use super::tables::{TABLES, columns, map_name, table};
use super::{BEGINNING, Happening, Log};
use crate::object::{Kind, Object};
use crate::value::{Attribute, Value, moment};
use crate::{MiningError, Written};
use idesluss_auditor::{Beside, MergeError, Reading};
use rusqlite::types::{ToSql, ToSqlOutput};
use rusqlite::{Connection, ErrorCode, params, params_from_iter};
use std::collections::BTreeSet;
use std::path::Path;

/// How many events are committed at once.
const BATCH: u64 = 10_000;

/// Writes an object-centric event log as an SQLite database (OCEL 2.0, relational) to `path`, replacing what stands there.
///
/// The database is made under another name in the same folder and gets its own when it is whole and on the disc. Ids, times and values are those of
/// [`write_ocel_json`](super::write_ocel_json); each type that occurs has a table, with a dot in its name left out.
/// Memory: some bytes for each object (40 to 80 MB a million) and 64 MB of pages. Errors: those of `events`, [`MiningError::Form`],
/// [`MiningError::Repeated`], [`MiningError::Database`], [`MiningError::Write`].
pub fn write_ocel_sqlite(
    events: impl IntoIterator<Item = Result<Reading, MergeError>>,
    path: &Path,
) -> Result<Written, MiningError> {
    let beside = Beside::new(path)?;
    let mut database = Database::create(beside.path()).map_err(fault)?;
    let mut log = Log::default();
    let mut written = Written::default();
    for event in events {
        let happening = log.take(event?)?;
        let (service, position) = (happening.occurrence.service, happening.occurrence.position);
        database.add(&happening).map_err(|error| match &error {
            Fault::SameId => MiningError::Repeated { service, position },
            Fault::Other(_) => MiningError::Database(Box::new(error)),
        })?;
        written.events += 1;
        if written.events.is_multiple_of(BATCH) {
            database.commit().map_err(fault)?;
        }
    }
    database.close().map_err(fault)?;
    beside.finish()?;
    written.objects = Some(log.objects());
    Ok(written)
}

fn fault(error: impl Into<Fault>) -> MiningError {
    MiningError::Database(Box::new(error.into()))
}

#[derive(Debug, thiserror::Error)]
enum Fault {
    #[error("two events have the same id")]
    SameId,
    #[error(transparent)]
    Other(#[from] rusqlite::Error),
}

struct Database {
    connection: Connection,
    event_types: BTreeSet<String>,
    object_types: BTreeSet<Kind>,
}

impl Database {
    fn create(path: &Path) -> Result<Self, rusqlite::Error> {
        let connection = Connection::open(path)?;
        // Nobody sees the file before it is whole: a journal, and a sync for each batch, would protect nothing.
        connection.pragma_update(None, "journal_mode", "OFF")?;
        connection.pragma_update(None, "synchronous", "OFF")?;
        connection.pragma_update(None, "cache_size", -65_536)?;
        connection.pragma_update(None, "foreign_keys", true)?;
        // One for each type of event, and the few that there are beside.
        connection.set_prepared_statement_cache_capacity(256);
        connection.execute_batch(TABLES)?;
        connection.execute_batch("BEGIN")?;
        Ok(Self {
            connection,
            event_types: BTreeSet::new(),
            object_types: BTreeSet::new(),
        })
    }

    fn commit(&self) -> Result<(), rusqlite::Error> {
        self.connection.execute_batch("COMMIT; BEGIN")
    }

    fn close(self) -> Result<(), rusqlite::Error> {
        self.connection.execute_batch("COMMIT")?;
        self.connection.close().map_err(|(_, error)| error)
    }

    fn add(&mut self, happening: &Happening) -> Result<(), Fault> {
        for object in &happening.new {
            self.object(object)?;
        }
        self.event(happening)?;
        let connection = &self.connection;
        let event = happening.occurrence.id.to_string();
        let mut relate = connection.prepare_cached("INSERT INTO event_object VALUES (?1, ?2, ?3)")?;
        for (qualifier, object) in &happening.relations {
            relate.execute(params![event, object.to_string(), qualifier])?;
        }
        let mut link = connection.prepare_cached("INSERT OR IGNORE INTO object_object VALUES (?1, ?2, ?3)")?;
        for (from, qualifier, to) in &happening.links {
            link.execute(params![from.to_string(), to.to_string(), qualifier])?;
        }
        for (object, attribute) in &happening.initial {
            let (table, name) = (table("object", object.kind().as_str()), attribute.name);
            let sql = format!(
                "UPDATE {table} SET {name} = coalesce({name}, ?1) WHERE ocel_id = ?2 AND ocel_changed_field IS NULL"
            );
            connection
                .prepare_cached(&sql)?
                .execute(params![attribute, object.to_string()])?;
        }
        for (object, attribute) in &happening.changes {
            let (table, name) = (table("object", object.kind().as_str()), attribute.name);
            // Two journals may have written of it in the same microsecond: the later of them holds.
            let sql = format!(
                "INSERT OR REPLACE INTO {table} (ocel_id, ocel_time, ocel_changed_field, {name}) VALUES (?1, ?2, '{name}', ?3)"
            );
            let time = &happening.occurrence.recorded;
            connection
                .prepare_cached(&sql)?
                .execute(params![object.to_string(), time, attribute])?;
        }
        Ok(())
    }

    /// Adds an object of which nothing is known but that it exists.
    fn object(&mut self, object: &Object) -> Result<(), rusqlite::Error> {
        let kind = object.kind();
        let table = table("object", kind.as_str());
        if self.object_types.insert(kind) {
            let map = "INSERT INTO object_map_type VALUES (?1, ?2)";
            self.connection
                .execute(map, params![kind.as_str(), map_name(kind.as_str())])?;
            self.connection.execute_batch(&format!(
                "CREATE TABLE {table} (ocel_id TEXT NOT NULL REFERENCES object (ocel_id), ocel_time TIMESTAMP NOT NULL, \
                 ocel_changed_field TEXT{}, PRIMARY KEY (ocel_id, ocel_time, ocel_changed_field))",
                columns(kind.attributes().iter().copied())
            ))?;
        }
        let id = object.to_string();
        let mut insert = self.connection.prepare_cached("INSERT INTO object VALUES (?1, ?2)")?;
        insert.execute(params![id, kind.as_str()])?;
        let insert = format!("INSERT INTO {table} (ocel_id, ocel_time) VALUES (?1, ?2)");
        self.connection
            .prepare_cached(&insert)?
            .execute(params![id, BEGINNING])?;
        Ok(())
    }

    fn event(&mut self, happening: &Happening) -> Result<(), Fault> {
        let occurrence = &happening.occurrence;
        let table = table("event", &occurrence.activity);
        if !self.event_types.contains(&occurrence.activity) {
            let map = "INSERT INTO event_map_type VALUES (?1, ?2)";
            self.connection
                .execute(map, params![occurrence.activity, map_name(&occurrence.activity)])?;
            let members = happening.attributes.iter();
            self.connection.execute_batch(&format!(
                "CREATE TABLE {table} (ocel_id TEXT NOT NULL PRIMARY KEY REFERENCES event (ocel_id), ocel_time TIMESTAMP NOT NULL{}) WITHOUT ROWID",
                columns(members.map(|attribute| (attribute.name, attribute.form)))
            ))?;
            self.event_types.insert(occurrence.activity.clone());
        }
        let id = occurrence.id.to_string();
        let mut insert = self.connection.prepare_cached("INSERT INTO event VALUES (?1, ?2)")?;
        insert.execute(params![id, occurrence.activity]).map_err(|error| {
            let twice = error.sqlite_error_code() == Some(ErrorCode::ConstraintViolation);
            if twice { Fault::SameId } else { error.into() }
        })?;
        let places = ", ?".repeat(happening.attributes.len());
        let mut insert = self
            .connection
            .prepare_cached(&format!("INSERT INTO {table} VALUES (?, ?{places})"))?;
        let first: [&dyn ToSql; 2] = [&id, &occurrence.recorded];
        let members = happening.attributes.iter().map(|attribute| attribute as &dyn ToSql);
        insert.execute(params_from_iter(first.into_iter().chain(members)))?;
        Ok(())
    }
}

impl ToSql for Attribute {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(match &self.value {
            None => rusqlite::types::Null.into(),
            Some(Value::Text(text)) => text.as_str().into(),
            Some(Value::Whole(number)) => (*number).into(),
            Some(Value::Truth(truth)) => (*truth).into(),
            Some(Value::Moment(time)) => moment(*time).into(),
        })
    }
}
