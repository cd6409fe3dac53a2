use super::object_attributes::ObjectAttributes;
use super::{Happening, Log, form_name};
use crate::object::{Kind, Object};
use crate::value::{Attribute, Form, Value, moment};
use crate::{MiningError, Written};
use idesluss_auditor::{MergeError, Reading};
use serde::ser::{Serialize, Serializer};
use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, BufWriter, Seek as _, Write};
use std::path::Path;

/// Writes an object-centric event log in JSON (OCEL 2.0): the types of objects and events that occur, the events in their order, the objects by id.
///
/// An event's id is its own, its time when it was recorded (UTC with offset and microseconds), `claimed` when its author says that it happened.
/// Objects are written as `idea/<uuid>`; what is so of one from the beginning has the time 1970-01-01T00:00:00Z, as the standard wants it.
/// Of one and the same thing told twice from its beginning the first is written.
///
/// Readers that take such a file piece by piece want the types first, and which they are is known last: so the events wait in a
/// scratch file without a name in the folder `scratch`, and what is told of objects is sorted through others. Memory: some bytes
/// for each object (40 to 80 MB a million) and that of the sorter, about 70 MB. Disc: twice the export. Errors: those of
/// `events`, [`MiningError::Form`], [`MiningError::Write`].
pub fn write_ocel_json(
    events: impl IntoIterator<Item = Result<Reading, MergeError>>,
    mut out: impl Write,
    scratch: &Path,
) -> Result<Written, MiningError> {
    let mut log = Log::default();
    let mut attributes = ObjectAttributes::new(scratch);
    let mut types = Types::default();
    let mut written = Written::default();
    let mut waiting = BufWriter::new(tempfile::tempfile_in(scratch)?);
    for event in events {
        let happening = log.take(event?)?;
        types.note(&happening);
        attributes.note(&happening)?;
        let separator: &[u8] = if written.events == 0 { b"\n" } else { b",\n" };
        waiting.write_all(separator)?;
        serde_json::to_writer(&mut waiting, &event_of(&happening)).map_err(io::Error::from)?;
        written.events += 1;
    }
    out.write_all(b"{\"objectTypes\":")?;
    serde_json::to_writer(&mut out, &types.objects()).map_err(io::Error::from)?;
    out.write_all(b",\n\"eventTypes\":")?;
    serde_json::to_writer(&mut out, &types.events()).map_err(io::Error::from)?;
    out.write_all(b",\n\"events\":[")?;
    let mut waiting = waiting.into_inner().map_err(|error| error.into_error())?;
    waiting.rewind()?;
    io::copy(&mut waiting, &mut out)?;
    out.write_all(b"\n],\"objects\":[")?;
    attributes.write(&mut out)?;
    out.write_all(b"\n]}\n")?;
    out.flush()?;
    written.objects = Some(log.objects());
    Ok(written)
}

impl Serialize for Value {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Text(text) => serializer.serialize_str(text),
            Self::Whole(number) => serializer.serialize_i64(*number),
            Self::Truth(truth) => serializer.serialize_bool(*truth),
            Self::Moment(time) => serializer.serialize_str(&moment(*time)),
        }
    }
}

#[derive(serde::Serialize)]
struct JsonEvent<'a> {
    id: String,
    #[serde(rename = "type")]
    kind: &'a str,
    time: &'a str,
    attributes: Vec<JsonValue<'a>>,
    relationships: Vec<JsonRelation>,
}

#[derive(serde::Serialize)]
pub(super) struct JsonValue<'a> {
    pub(super) name: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) time: Option<&'a str>,
    pub(super) value: &'a Value,
}

#[derive(serde::Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct JsonRelation {
    pub(super) object_id: String,
    pub(super) qualifier: &'static str,
}

#[derive(serde::Serialize)]
struct JsonType<'a> {
    name: &'a str,
    attributes: Vec<JsonMember>,
}

#[derive(serde::Serialize)]
struct JsonMember {
    name: &'static str,
    #[serde(rename = "type")]
    form: &'static str,
}

fn event_of(happening: &Happening) -> JsonEvent<'_> {
    let relation = |(qualifier, object): &(&'static str, Object)| JsonRelation {
        object_id: object.to_string(),
        qualifier,
    };
    JsonEvent {
        id: happening.occurrence.id.to_string(),
        kind: &happening.occurrence.activity,
        time: &happening.occurrence.recorded,
        attributes: happening.attributes.iter().filter_map(value_of).collect(),
        relationships: happening.relations.iter().map(relation).collect(),
    }
}

fn value_of(attribute: &Attribute) -> Option<JsonValue<'_>> {
    Some(JsonValue {
        name: attribute.name,
        time: None,
        value: attribute.value.as_ref()?,
    })
}

/// The types that were met.
#[derive(Default)]
struct Types {
    events: BTreeMap<String, Vec<(&'static str, Form)>>,
    objects: BTreeSet<Kind>,
}

impl Types {
    fn note(&mut self, happening: &Happening) {
        let activity = &happening.occurrence.activity;
        if !self.events.contains_key(activity) {
            let members = happening.attributes.iter();
            let members = members.map(|attribute| (attribute.name, attribute.form)).collect();
            self.events.insert(activity.clone(), members);
        }
        self.objects.extend(happening.new.iter().map(Object::kind));
    }

    fn events(&self) -> Vec<JsonType<'_>> {
        self.events
            .iter()
            .map(|(name, members)| json_type(name, members))
            .collect()
    }

    fn objects(&self) -> Vec<JsonType<'_>> {
        self.objects
            .iter()
            .map(|kind| json_type(kind.as_str(), kind.attributes()))
            .collect()
    }
}

fn json_type<'a>(name: &'a str, members: &[(&'static str, Form)]) -> JsonType<'a> {
    let member = |(name, form): &(&'static str, Form)| JsonMember {
        name,
        form: form_name(*form),
    };
    JsonType {
        name,
        attributes: members.iter().map(member).collect(),
    }
}
