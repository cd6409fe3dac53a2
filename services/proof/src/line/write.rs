use super::{Draft, format_micros};
use std::io::Write as _;

/// What the journal's writer gives an event.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Assigned<'a> {
    /// The position in the journal, from 0.
    pub position: u64,
    /// When it was recorded. UTC microseconds.
    pub recorded_micros: i64,
    /// `/<instance>/<service>/<audience>`.
    pub source: &'a str,
    /// The sequence in source and epoch, from 1.
    pub sequence: u64,
    /// The epoch, from 1.
    pub epoch: u32,
    /// Which event of its stream it is, from 1.
    pub stream_version: u64,
}

/// Why an event from elsewhere was not taken in. Holds nothing of its content.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refused {
    /// The source that the feed named.
    pub source: String,
    /// Its epoch.
    pub epoch: u32,
    /// Its sequence.
    pub sequence: u64,
    /// Why.
    pub reason: String,
}

/// Writes an own entry's line, without a newline.
pub fn write_own(draft: &Draft, subject: &str, assigned: &Assigned<'_>, out: &mut Vec<u8>) {
    open(assigned.position, assigned.recorded_micros, out);
    out.extend_from_slice(b",\"event\":");
    event_bytes(draft, subject, assigned, out);
    out.push(b'}');
}

/// Writes the CloudEvents event alone, as it stands in its own line and in every other journal's.
pub fn event_bytes(draft: &Draft, subject: &str, assigned: &Assigned<'_>, out: &mut Vec<u8>) {
    let members = Members {
        id: &draft.id,
        kind: &draft.kind,
        subject,
        time_micros: draft.time_micros,
        organisation: &draft.organisation,
        actor: &draft.actor,
        role: &draft.role,
        grant: draft.grant.as_deref(),
        assertion: draft.assertion.as_deref(),
        mandate: draft.mandate.as_deref(),
        commandid: &draft.commandid,
        correlationid: &draft.correlationid,
        causationid: draft.causationid.as_deref(),
        traceparent: draft.traceparent.as_deref(),
        data: &draft.data,
    };
    members.write(assigned, out);
}

/// What an event's author knows of it, wherever it is kept.
struct Members<'a> {
    id: &'a str,
    kind: &'a str,
    subject: &'a str,
    time_micros: i64,
    organisation: &'a str,
    actor: &'a str,
    role: &'a str,
    grant: Option<&'a str>,
    assertion: Option<&'a str>,
    mandate: Option<&'a str>,
    commandid: &'a str,
    correlationid: &'a str,
    causationid: Option<&'a str>,
    traceparent: Option<&'a str>,
    data: &'a str,
}

impl Members<'_> {
    fn write(&self, assigned: &Assigned<'_>, out: &mut Vec<u8>) {
        out.extend_from_slice(b"{\"specversion\":\"1.0\",\"id\":");
        text(self.id, out);
        out.extend_from_slice(b",\"source\":");
        text(assigned.source, out);
        out.extend_from_slice(b",\"type\":");
        text(self.kind, out);
        out.extend_from_slice(b",\"subject\":");
        text(self.subject, out);
        out.extend_from_slice(b",\"time\":\"");
        format_micros(self.time_micros, out);
        out.extend_from_slice(b"\",\"datacontenttype\":\"application/json\",\"sequence\":\"");
        zero_padded(assigned.sequence, out);
        out.extend_from_slice(b"\",\"epoch\":");
        number(u64::from(assigned.epoch), out);
        out.extend_from_slice(b",\"streamversion\":");
        number(assigned.stream_version, out);
        member("organisation", self.organisation, out);
        member("actor", self.actor, out);
        member("role", self.role, out);
        optional("grant", self.grant, out);
        optional("assertion", self.assertion, out);
        optional("mandate", self.mandate, out);
        member("commandid", self.commandid, out);
        member("correlationid", self.correlationid, out);
        optional("causationid", self.causationid, out);
        optional("traceparent", self.traceparent, out);
        out.extend_from_slice(b",\"data\":");
        out.extend_from_slice(self.data.as_bytes());
        out.push(b'}');
    }
}

impl super::EventLine<'_> {
    /// The event's bytes as this form writes them.
    pub(super) fn written_again(&self) -> Vec<u8> {
        let members = Members {
            id: &self.id,
            kind: &self.kind,
            subject: &self.subject,
            time_micros: self.time_micros,
            organisation: &self.organisation,
            actor: &self.actor,
            role: &self.role,
            grant: self.grant.as_deref(),
            assertion: self.assertion.as_deref(),
            mandate: self.mandate.as_deref(),
            commandid: &self.commandid,
            correlationid: &self.correlationid,
            causationid: self.causationid.as_deref(),
            traceparent: self.traceparent.as_deref(),
            data: self.data,
        };
        let assigned = Assigned {
            position: 0,
            recorded_micros: 0,
            source: &self.source,
            sequence: self.sequence,
            epoch: self.epoch,
            stream_version: self.stream_version,
        };
        let mut bytes = Vec::with_capacity(self.bytes.len());
        members.write(&assigned, &mut bytes);
        bytes
    }
}

/// Writes the line of an event from another journal, whose bytes stay as they are.
pub fn write_received(
    position: u64,
    recorded_micros: i64,
    from_position: u64,
    from_recorded_micros: i64,
    event: &[u8],
    out: &mut Vec<u8>,
) {
    open(position, recorded_micros, out);
    out.extend_from_slice(b",\"from\":");
    open(from_position, from_recorded_micros, out);
    out.extend_from_slice(b"},\"event\":");
    out.extend_from_slice(event);
    out.push(b'}');
}

/// Writes the line that stands for an event that could not be taken in.
pub fn write_refused(position: u64, recorded_micros: i64, refused: &Refused, out: &mut Vec<u8>) {
    open(position, recorded_micros, out);
    out.extend_from_slice(b",\"refused\":{\"source\":");
    text(&refused.source, out);
    out.extend_from_slice(b",\"epoch\":");
    number(u64::from(refused.epoch), out);
    out.extend_from_slice(b",\"sequence\":");
    number(refused.sequence, out);
    out.extend_from_slice(b",\"reason\":");
    text(&refused.reason, out);
    out.extend_from_slice(b"}}");
}

/// Rebuilds the line under which the source itself holds an event that was received from it.
pub fn source_line(from_position: u64, from_recorded_micros: i64, event: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(event.len() + 80);
    open(from_position, from_recorded_micros, &mut out);
    out.extend_from_slice(b",\"event\":");
    out.extend_from_slice(event);
    out.push(b'}');
    out
}

fn open(position: u64, recorded_micros: i64, out: &mut Vec<u8>) {
    out.extend_from_slice(b"{\"position\":");
    number(position, out);
    out.extend_from_slice(b",\"recorded\":\"");
    format_micros(recorded_micros, out);
    out.push(b'"');
}

fn member(name: &str, value: &str, out: &mut Vec<u8>) {
    out.extend_from_slice(b",\"");
    out.extend_from_slice(name.as_bytes());
    out.extend_from_slice(b"\":");
    text(value, out);
}

fn optional(name: &str, value: Option<&str>, out: &mut Vec<u8>) {
    if let Some(value) = value {
        member(name, value, out);
    }
}

// Writing into a Vec can't fail.
fn number(value: u64, out: &mut Vec<u8>) {
    let _ = write!(out, "{value}");
}

fn zero_padded(value: u64, out: &mut Vec<u8>) {
    let _ = write!(out, "{value:020}");
}

fn text(value: &str, out: &mut Vec<u8>) {
    let _ = serde_json::to_writer(out, value);
}
