use super::json::{JsonRelation, JsonValue};
use super::{BEGINNING, Happening};
use crate::object::Object;
use crate::sorter::Sorter;
use crate::value::Attribute;
use serde::Serialize;
use std::io::{self, Write};
use std::path::Path;

/// What is told of objects, to be written when all of it is known.
///
/// A key is the object's id, then what is told in the order in which it is written, then how manieth it is of all. Ids hold no zero byte.
pub(super) struct ObjectAttributes {
    sorter: Sorter,
    count: u64,
}

const EXISTS: u8 = 0;
const INITIAL: u8 = 1;
const CHANGE: u8 = 2;
const RELATION: u8 = 3;

impl ObjectAttributes {
    pub(super) fn new(scratch: &Path) -> Self {
        let sorter = Sorter::new(scratch);
        Self { sorter, count: 0 }
    }

    pub(super) fn note(&mut self, happening: &Happening) -> io::Result<()> {
        for object in &happening.new {
            self.push(object, EXISTS, "", &())?;
        }
        for (object, attribute) in &happening.initial {
            self.value(object, INITIAL, attribute.name, attribute, BEGINNING)?;
        }
        for (object, attribute) in &happening.changes {
            self.value(object, CHANGE, "", attribute, &happening.occurrence.recorded)?;
        }
        for (from, qualifier, to) in &happening.links {
            let object_id = to.to_string();
            let what = format!("{object_id}\0{qualifier}");
            self.push(from, RELATION, &what, &JsonRelation { object_id, qualifier })?;
        }
        Ok(())
    }

    fn value(&mut self, object: &Object, rank: u8, what: &str, of: &Attribute, time: &str) -> io::Result<()> {
        let Some(value) = &of.value else {
            return Ok(());
        };
        let time = Some(time);
        self.push(
            object,
            rank,
            what,
            &JsonValue {
                name: of.name,
                time,
                value,
            },
        )
    }

    fn push(&mut self, object: &Object, rank: u8, what: &str, told: &impl Serialize) -> io::Result<()> {
        let mut key = format!("{object}\0").into_bytes();
        key.push(rank);
        key.extend_from_slice(what.as_bytes());
        key.extend_from_slice(&self.count.to_be_bytes());
        self.count += 1;
        self.sorter.push(&key, &serde_json::to_vec(told)?)
    }

    /// Writes the objects, one a line.
    pub(super) fn write(self, out: &mut impl Write) -> io::Result<()> {
        let mut before: Vec<u8> = Vec::new();
        let mut place = Cursor::Nowhere;
        for record in self.sorter.sorted()? {
            let (key, told) = record?;
            let end = key.iter().position(|byte| *byte == 0).unwrap_or(key.len());
            let (id, rest) = key.split_at(end);
            let rank = rest.get(1).copied().unwrap_or(EXISTS);
            // The same told again, but for its number; changes differ in nothing else.
            let same = rank != CHANGE && key.get(..key.len() - 8) == before.get(..before.len().saturating_sub(8));
            if rank == EXISTS {
                place.next_object(id, out)?;
            } else if !same {
                place.next_told(rank, &told, out)?;
            }
            before = key;
        }
        place.end(out)
    }
}

/// Where in the list of objects the writer is.
enum Cursor {
    Nowhere,
    /// In an object's values; whether there are any yet.
    Values(bool),
    /// In its relations, of which there are some.
    Relations,
}

impl Cursor {
    fn next_object(&mut self, id: &[u8], out: &mut impl Write) -> io::Result<()> {
        let separator: &[u8] = if matches!(self, Self::Nowhere) { b"\n" } else { b",\n" };
        self.close(out)?;
        out.write_all(separator)?;
        let id = String::from_utf8_lossy(id);
        let kind = id.split('/').next().unwrap_or_default();
        write!(
            out,
            "{{\"id\":{},\"type\":\"{kind}\",\"attributes\":[",
            serde_json::to_string(&id)?
        )?;
        *self = Self::Values(false);
        Ok(())
    }

    fn next_told(&mut self, rank: u8, told: &[u8], out: &mut impl Write) -> io::Result<()> {
        match self {
            Self::Values(_) if rank == RELATION => {
                out.write_all(b"],\"relationships\":[")?;
                *self = Self::Relations;
            }
            Self::Values(some @ false) => *some = true,
            _ => out.write_all(b",")?,
        }
        out.write_all(told)
    }

    fn close(&self, out: &mut impl Write) -> io::Result<()> {
        match self {
            Self::Nowhere => Ok(()),
            Self::Values(_) => out.write_all(b"],\"relationships\":[]}"),
            Self::Relations => out.write_all(b"]}"),
        }
    }

    fn end(self, out: &mut impl Write) -> io::Result<()> {
        self.close(out)
    }
}
