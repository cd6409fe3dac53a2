use super::facts::Facts;
use super::occurrence::Occurrence;
use super::sorter::Sorter;
use super::value::{Form, Value, moment};
use super::{MiningError, Written};
use idesluss_auditor::{MergeError, Reading};
use quick_xml::Writer;
use quick_xml::events::{BytesDecl, BytesEnd, BytesStart, Event};
use std::io::{self, Write};
use std::path::Path;

const EXTENSIONS: [(&str, &str, &str); 4] = [
    ("Concept", "concept", "http://www.xes-standard.org/concept.xesext"),
    ("Time", "time", "http://www.xes-standard.org/time.xesext"),
    ("Lifecycle", "lifecycle", "http://www.xes-standard.org/lifecycle.xesext"),
    ("Organizational", "org", "http://www.xes-standard.org/org.xesext"),
];

/// What every event has, with the value that a reader may assume: element, key, value.
const GLOBAL: [(&str, &str, &str); 6] = [
    ("string", "concept:name", "unknown"),
    ("date", "time:timestamp", "1970-01-01T00:00:00.000000+00:00"),
    ("string", "lifecycle:transition", "complete"),
    ("string", "org:resource", "unknown"),
    ("string", "org:role", "unknown"),
    ("string", "org:group", "unknown"),
];

/// Writes an event log in XES (IEEE 1849): one trace a case, named `idea/<uuid>`, its events in the order of `events`.
///
/// `time:timestamp` is when an event was recorded, UTC with offset and microseconds; `claimed` is when its author says that it
/// happened. `org:resource` is the pseudonym, `org:group` the organisation. Other members keep their own names.
///
/// Shape: traces by name. A stream of events is not ordered by case, and XES nests events in their trace, so they are sorted
/// through a scratch file without a name in the folder `scratch`, about as large as the export; a second pass over the journals
/// would need every case's events in memory, or one pass a case. Memory: that of the sorter, about 70 MB, however many events
/// there are. Errors: those of `events`, [`MiningError::Form`], [`MiningError::Write`].
pub fn write_xes(
    events: impl IntoIterator<Item = Result<Reading, MergeError>>,
    out: impl Write,
    scratch: &Path,
) -> Result<Written, MiningError> {
    let mut sorter = Sorter::new(scratch);
    let mut written = Written::default();
    let mut key = Vec::new();
    for event in events {
        let occurrence = Occurrence::of(event?)?;
        key.clear();
        write!(key, "{}\0", occurrence.case)?;
        // Numbers in this form sort as bytes as they do as numbers.
        key.extend_from_slice(&written.events.to_be_bytes());
        sorter.push(&key, &element(&occurrence)?)?;
        written.events += 1;
    }
    written.cases = Some(write_log(sorter, out)?);
    Ok(written)
}

/// Writes the log around the sorted events. Returns how many traces it has.
fn write_log(sorter: Sorter, out: impl Write) -> io::Result<u64> {
    let mut xml = Writer::new(out);
    open(&mut xml)?;
    let mut cases = 0;
    let mut current: Option<Vec<u8>> = None;
    for record in sorter.sorted()? {
        let (key, event) = record?;
        let case = key.split(|byte| *byte == 0).next().unwrap_or_default();
        if current.as_deref() != Some(case) {
            if current.is_some() {
                close(&mut xml, "trace")?;
            }
            start(&mut xml, "trace")?;
            attribute(&mut xml, "string", "concept:name", &String::from_utf8_lossy(case))?;
            xml.get_mut().write_all(b"\n")?;
            current = Some(case.to_owned());
            cases += 1;
        }
        xml.get_mut().write_all(&event)?;
    }
    if current.is_some() {
        close(&mut xml, "trace")?;
    }
    close(&mut xml, "log")?;
    xml.get_mut().flush()?;
    Ok(cases)
}

/// The beginning of a log: what it uses, what every event has, and what makes two events alike.
fn open(xml: &mut Writer<impl Write>) -> io::Result<()> {
    xml.write_event(Event::Decl(BytesDecl::new("1.0", Some("UTF-8"), None)))?;
    xml.get_mut().write_all(b"\n")?;
    let mut log = BytesStart::new("log");
    log.push_attribute(("xes.version", "1849-2016"));
    log.push_attribute(("xes.features", ""));
    log.push_attribute(("xmlns", "http://www.xes-standard.org/"));
    xml.write_event(Event::Start(log))?;
    xml.get_mut().write_all(b"\n")?;
    for (name, prefix, uri) in EXTENSIONS {
        let extension = xml.create_element("extension");
        let extension = extension.with_attributes([("name", name), ("prefix", prefix), ("uri", uri)]);
        extension.write_empty()?;
        xml.get_mut().write_all(b"\n")?;
    }
    for (scope, members) in [("trace", &GLOBAL[..1]), ("event", &GLOBAL[..])] {
        let mut global = BytesStart::new("global");
        global.push_attribute(("scope", scope));
        xml.write_event(Event::Start(global))?;
        for (element, key, value) in members {
            attribute(xml, element, key, value)?;
        }
        close(xml, "global")?;
    }
    for (name, keys) in [
        ("Activity", "concept:name"),
        ("Activity and role", "concept:name org:role"),
    ] {
        let classifier = xml.create_element("classifier");
        let classifier = classifier.with_attributes([("name", name), ("scope", "event"), ("keys", keys)]);
        classifier.write_empty()?;
        xml.get_mut().write_all(b"\n")?;
    }
    Ok(())
}

/// One event, as it stands in its trace.
fn element(occurrence: &Occurrence) -> io::Result<Vec<u8>> {
    let mut xml = Writer::new(Vec::with_capacity(1_024));
    start(&mut xml, "event")?;
    let text = |xml: &mut Writer<Vec<u8>>, key: &str, value: &str| attribute(xml, "string", key, value);
    text(&mut xml, "concept:name", &occurrence.activity)?;
    attribute(&mut xml, "date", "time:timestamp", &occurrence.recorded)?;
    text(&mut xml, "lifecycle:transition", "complete")?;
    text(&mut xml, "org:resource", &occurrence.person.to_string())?;
    text(&mut xml, "org:role", occurrence.role.as_str())?;
    text(&mut xml, "org:group", occurrence.organisation.as_str())?;
    text(&mut xml, "event_id", &occurrence.id.to_string())?;
    text(&mut xml, "subject", &occurrence.subject.to_string())?;
    text(&mut xml, "service", occurrence.service)?;
    attribute(&mut xml, "int", "position", &occurrence.position.to_string())?;
    attribute(&mut xml, "date", "claimed", &occurrence.claimed)?;
    if let Some(mandate) = &occurrence.mandate {
        text(&mut xml, "mandate", &mandate.to_string())?;
    }
    for said in Facts::of(occurrence).attributes {
        let element = match said.form {
            Form::Text => "string",
            Form::Whole => "int",
            Form::Truth => "boolean",
            Form::Moment => "date",
        };
        match said.value {
            None => {}
            Some(Value::Text(word)) => attribute(&mut xml, element, said.name, &word)?,
            Some(Value::Whole(number)) => attribute(&mut xml, element, said.name, &number.to_string())?,
            Some(Value::Truth(truth)) => attribute(&mut xml, element, said.name, &truth.to_string())?,
            Some(Value::Moment(time)) => attribute(&mut xml, element, said.name, &moment(time))?,
        }
    }
    close(&mut xml, "event")?;
    Ok(xml.into_inner())
}

/// An XES attribute, such as `<string key="org:role" value="assessor"/>`; what XML would read otherwise is escaped.
fn attribute(xml: &mut Writer<impl Write>, element: &str, key: &str, value: &str) -> io::Result<()> {
    let element = xml
        .create_element(element)
        .with_attributes([("key", key), ("value", value)]);
    element.write_empty().map(drop)
}

fn start(xml: &mut Writer<impl Write>, name: &str) -> io::Result<()> {
    xml.write_event(Event::Start(BytesStart::new(name)))
}

fn close(xml: &mut Writer<impl Write>, name: &str) -> io::Result<()> {
    xml.write_event(Event::End(BytesEnd::new(name)))?;
    xml.get_mut().write_all(b"\n")
}
