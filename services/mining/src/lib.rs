//! Exports for process-mining tools: the journals' events as XES, OCEL 2.0 (JSON and SQLite) and CSV.
//!
//! An own entry of a journal is an event. A received one is a copy of an event of another journal, and a refused one is none;
//! both are left out. The auditor's [`merge`](idesluss_auditor::merge()) reads the journals of the three services as one history, and each writer takes that history event
//! by event: none of them holds the events in memory.
//!
//! What leaves is pseudonymous: ids, pseudonyms, organisations, roles, types, dates, numbers and states, all of which stand in
//! the entries. Texts, their digests, references and register numbers do not leave. Every member is looked at on its way out,
//! since a line is only bytes to an auditor.
//!
//! **Cases.** An idea is a case (`idea/<uuid>`), with everything about it in any service. What is about no idea is a case by its
//! own aggregate: a call, an organisation's criteria, its delegation order, a journal (an opened epoch), a solution or adoption
//! that began with no idea.

mod csv;
mod error;
mod facts;
mod file;
mod object;
mod occurrence;
mod ocel;
mod sorter;
mod status;
mod value;
mod xes;

pub use csv::write_csv;
pub use error::MiningError;
pub use ocel::{write_ocel_json, write_ocel_sqlite};
pub use xes::write_xes;

use std::str::FromStr;

/// A form that process-mining tools read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Format {
    /// IEEE 1849, events in cases.
    Xes,
    /// OCEL 2.0 in JSON, events about objects.
    OcelJson,
    /// OCEL 2.0 as an SQLite database.
    OcelSqlite,
    /// A table, which nearly everything reads.
    Csv,
}

impl Format {
    /// All formats.
    pub const ALL: [Self; 4] = [Self::Xes, Self::OcelJson, Self::OcelSqlite, Self::Csv];

    /// Its name, as it is chosen by.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Xes => "xes",
            Self::OcelJson => "ocel-json",
            Self::OcelSqlite => "ocel-sqlite",
            Self::Csv => "csv",
        }
    }

    /// How a file in this format is called by those who read it, without a dot at the front: tools tell the format by it.
    pub fn extension(self) -> &'static str {
        match self {
            Self::Xes => "xes",
            Self::OcelJson => "jsonocel",
            Self::OcelSqlite => "sqlite",
            Self::Csv => "csv",
        }
    }
}

impl FromStr for Format {
    type Err = MiningError;
    fn from_str(name: &str) -> Result<Self, MiningError> {
        let found = Self::ALL.into_iter().find(|format| format.as_str() == name);
        found.ok_or_else(|| MiningError::Format(name.to_owned()))
    }
}

/// How much an export holds.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Written {
    /// Events.
    pub events: u64,
    /// Cases; None: the format's writer does not count them.
    pub cases: Option<u64>,
    /// Objects; None: the format has none.
    pub objects: Option<u64>,
}
