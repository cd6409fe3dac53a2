use crate::entry::{Entry, Reading, ReplayError, Service};
use crate::history::{Author, Cut, History, Knew, KnewEntry, SourceSeen, Step, Text};
use crate::state::{Folded, basis};
use idesluss_domain::words::{IdeaId, Timestamp};
use serde_json::Value;
use std::collections::BTreeMap;

/// Replays everything that happened to an idea, in the order in which it was recorded where it happened.
///
/// `entries` are those of the idea's streams in each service's journal, what was received among them. Errors: see [`ReplayError`].
pub fn replay(idea: IdeaId, entries: &[Entry], until: Option<Cut>) -> Result<History, ReplayError> {
    let mut read = Vec::with_capacity(entries.len());
    for entry in entries {
        read.extend(entry.read()?);
    }
    // Services keep clocks of their own; at the same microsecond the order is submission, evaluation, sharing.
    read.sort_by_key(|reading| (reading.recorded, reading.service, reading.position));
    let until = until.map(|cut| moment(cut, &read));
    let within = |reading: &&Reading| until.is_none_or(|until| reading.recorded <= until);
    let mut folded = Folded::default();
    let mut steps = Vec::new();
    // What was received has happened elsewhere: there it is a step of its own.
    for reading in read.iter().filter(within).filter(|reading| reading.own) {
        folded.take(&reading.subject, &reading.event);
        steps.push(step(reading, &folded, &read));
    }
    if steps.is_empty() {
        return Err(ReplayError::Nothing);
    }
    Ok(History {
        idea,
        steps,
        state: folded.stands(),
    })
}

/// The moment of a cut: that of the last entry that still belongs to it.
fn moment(cut: Cut, read: &[Reading]) -> Timestamp {
    match cut {
        Cut::Time(time) => time,
        Cut::Position(service, position) => {
            let before = |reading: &&Reading| reading.service == service && reading.position <= position;
            let last = read.iter().filter(before).map(|reading| reading.recorded).max();
            last.unwrap_or_else(|| Timestamp::from_micros(0).unwrap_or_else(|_| unreachable!("1970 is a time")))
        }
    }
}

fn step(reading: &Reading, folded: &Folded, read: &[Reading]) -> Step {
    let data: Value = serde_json::from_str(&reading.data).unwrap_or(Value::Null);
    let mut texts = BTreeMap::new();
    find_texts(&data, String::new(), &reading.texts, &mut texts);
    Step {
        service: reading.service,
        position: reading.position,
        recorded: reading.recorded.to_string(),
        time: reading.time.to_string(),
        id: reading.id.clone(),
        event: reading.kind.clone(),
        subject: reading.subject.clone(),
        who: Author::of(reading),
        mandate: reading.mandate.clone(),
        texts,
        data,
        state: folded.stands(),
        knew: basis(&reading.event).map(|basis| knew(basis, reading, read)),
    }
}

/// Every digest in an event's data that a text is known for, by the path to it.
pub(crate) fn find_texts(
    data: &Value,
    path: String,
    known: &BTreeMap<String, Text>,
    found: &mut BTreeMap<String, Text>,
) {
    let below = |name: &str| {
        if path.is_empty() {
            name.to_owned()
        } else {
            format!("{path}.{name}")
        }
    };
    match data {
        Value::String(digest) => {
            if let Some(text) = known.get(digest) {
                found.insert(path, text.clone());
            }
        }
        Value::Array(items) => {
            for (index, item) in items.iter().enumerate() {
                find_texts(item, below(&index.to_string()), known, found);
            }
        }
        Value::Object(members) => {
            for (name, member) in members {
                find_texts(member, below(name), known, found);
            }
        }
        _ => {}
    }
}

fn knew(basis: &idesluss_domain::evaluation::evaluation::Basis, decision: &Reading, read: &[Reading]) -> Knew {
    let source = |source: &idesluss_domain::evaluation::evaluation::SourceSeen| SourceSeen {
        source: source.source.clone(),
        epoch: source.epoch,
        sequence: source.sequence,
        from_position: source.from_position,
    };
    let about = |reading: &&Reading| {
        let here = reading.subject == decision.subject || reading.subject.starts_with("idea/");
        reading.service == Service::Evaluation && here && reading.position < basis.size
    };
    let mut entries: Vec<&Reading> = read.iter().filter(about).collect();
    entries.sort_by_key(|reading| reading.position);
    let entry = |reading: &&Reading| KnewEntry {
        position: reading.position,
        event: reading.kind.clone(),
        recorded: reading.recorded.to_string(),
        seen: reading.position <= basis.seen,
    };
    Knew {
        seen: basis.seen,
        size: basis.size,
        root: basis.root.to_string(),
        sources: basis.sources.iter().map(source).collect(),
        brief_version: basis.brief_version,
        entries: entries.iter().map(entry).collect(),
    }
}
