//! An event that another journal wrote, read once on its way in.

use crate::{number, sum};
use bytes::Bytes;
use idesluss_domain::{Event, may_write};
use idesluss_proof::line::check_event;
use uuid::Uuid;

/// The end of the type name of the event that opens an epoch.
const EPOCH_OPENED: &str = ".EpochOpened";

/// Longest subject or id of a received event, in bytes.
const NAME_BYTES: usize = 1_000;

/// What a feed says of an event beside its bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Announced<'a> {
    /// Its position in the source's journal.
    pub from_position: u64,
    /// When the source recorded it. UTC microseconds.
    pub from_recorded_micros: i64,
    /// Its source.
    pub source: &'a str,
    /// Its epoch in there.
    pub epoch: u32,
    /// Its sequence in that epoch.
    pub sequence: u64,
}

/// An event that another journal wrote, verbatim. Cheap to clone but for its names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Received {
    pub(crate) from_position: u64,
    pub(crate) from_recorded_micros: i64,
    pub(crate) source: String,
    pub(crate) epoch: u32,
    pub(crate) sequence: u64,
    pub(crate) event: Bytes,
    pub(crate) form: Result<Form, String>,
}

/// What a journal keeps of an event beside its bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Form {
    /// 16 bytes of a UUID, or its text.
    pub(crate) id: Vec<u8>,
    pub(crate) subject: String,
    pub(crate) opens_epoch: bool,
}

impl Received {
    /// The CloudEvents event in `event`, byte for byte, as a feed has announced it. It is read here, strictly and once; one that breaks the form
    /// is kept as refused.
    pub fn new(announced: Announced<'_>, event: Bytes) -> Self {
        Self {
            form: read(announced, &event),
            from_position: announced.from_position,
            from_recorded_micros: announced.from_recorded_micros,
            source: announced.source.to_owned(),
            epoch: announced.epoch,
            sequence: announced.sequence,
            event,
        }
    }

    /// Why it breaks the form, or is not the event that was announced; None: it is as it should be.
    pub fn problem(&self) -> Option<&str> {
        self.form.as_ref().err().map(String::as_str)
    }

    /// What its feed said of it.
    pub fn announced(&self) -> Announced<'_> {
        Announced {
            from_position: self.from_position,
            from_recorded_micros: self.from_recorded_micros,
            source: &self.source,
            epoch: self.epoch,
            sequence: self.sequence,
        }
    }

    /// The checksum of what its source said of it, if it is refused.
    pub(crate) fn refused_sum(&self, digest: &[u8; 32]) -> i64 {
        let numbers = [
            i64::from(self.epoch),
            number::to(self.sequence),
            number::to(self.from_position),
        ];
        sum::refused(&self.source, numbers, digest)
    }

    /// The event's bytes.
    pub fn bytes(&self) -> &Bytes {
        &self.event
    }
}

fn read(announced: Announced<'_>, event: &[u8]) -> Result<Form, String> {
    let line = check_event(event).map_err(|refusal| refusal.to_string())?;
    if line.source != announced.source || line.epoch != announced.epoch || line.sequence != announced.sequence {
        return Err("the event names another place than its feed".into());
    }
    if !may_write(announced.source, &line.kind, &line.subject) {
        return Err("its source does not write such events, or not of such a thing".into());
    }
    // What is known is read as its type, which takes more than one way to write a thing: only the one that it is written in is let in.
    let is_written_so = match Event::from_stored(&line.kind, line.data) {
        Ok(event) => event.to_data() == line.data,
        Err(_) => line.data.starts_with('{'),
    };
    if !is_written_so {
        return Err("its data is written in another way than such an event's is".into());
    }
    // Both become keys of indexes, and some databases' text has no NUL.
    if line.subject.len() > NAME_BYTES || line.id.len() > NAME_BYTES || line.subject.contains('\0') {
        return Err("the event's subject or id is too long, or holds a NUL".into());
    }
    Ok(Form {
        id: id_bytes(&line.id),
        subject: line.subject.to_string(),
        opens_epoch: line.kind.ends_with(EPOCH_OPENED),
    })
}

/// How an event's id is kept: 16 bytes of a UUID, or its text.
pub(crate) fn id_bytes(id: &str) -> Vec<u8> {
    Uuid::parse_str(id).map_or_else(|_| id.as_bytes().to_vec(), |uuid| uuid.as_bytes().to_vec())
}
