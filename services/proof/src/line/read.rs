use super::parse_micros;
use serde::Deserialize;
use serde_json::value::RawValue;
use std::borrow::Cow;

/// An entry's line, read. What can be is borrowed from its bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line<'a> {
    /// The position that it names.
    pub position: u64,
    /// When it was recorded. UTC microseconds.
    pub recorded_micros: i64,
    /// What it holds.
    pub body: Body<'a>,
}

/// What an entry holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Body<'a> {
    /// An event of this journal's own service.
    Own(EventLine<'a>),
    /// An event of another journal.
    Received {
        /// Its position there.
        from_position: u64,
        /// When it was recorded there. UTC microseconds.
        from_recorded_micros: i64,
        /// The event.
        event: EventLine<'a>,
    },
    /// Something from elsewhere that could not be taken in.
    Refused(super::Refused),
}

impl<'a> Body<'a> {
    /// The event, unless it was refused.
    pub fn event(&self) -> Option<&EventLine<'a>> {
        match self {
            Body::Own(event) | Body::Received { event, .. } => Some(event),
            Body::Refused(_) => None,
        }
    }
}

/// A CloudEvents event as it stands in a line.
#[derive(Debug, Clone, PartialEq, Eq)]
#[allow(
    missing_docs,
    reason = "the members are CloudEvents' own, and described at Draft and Assigned"
)]
pub struct EventLine<'a> {
    pub bytes: &'a [u8],
    pub id: Cow<'a, str>,
    pub source: Cow<'a, str>,
    pub kind: Cow<'a, str>,
    pub subject: Cow<'a, str>,
    pub time_micros: i64,
    pub epoch: u32,
    pub sequence: u64,
    pub stream_version: u64,
    pub organisation: Cow<'a, str>,
    pub actor: Cow<'a, str>,
    pub role: Cow<'a, str>,
    pub grant: Option<Cow<'a, str>>,
    /// Extension `assertion`.
    pub assertion: Option<Cow<'a, str>>,
    pub mandate: Option<Cow<'a, str>>,
    pub commandid: Cow<'a, str>,
    pub correlationid: Cow<'a, str>,
    pub causationid: Option<Cow<'a, str>>,
    pub traceparent: Option<Cow<'a, str>>,
    pub data: &'a str,
}

/// A line or event that does not have the form. Names the place, never the content.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the line does not have the form of an entry: {0}")]
pub struct LineError(pub(super) String);

/// A text that may be missing: serde borrows a `Cow` where it can, but copies the one in an `Option`.
#[derive(Deserialize)]
#[serde(transparent)]
struct Text<'a>(#[serde(borrow)] Cow<'a, str>);

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawLine<'a> {
    position: u64,
    #[serde(borrow)]
    recorded: Cow<'a, str>,
    #[serde(borrow)]
    from: Option<RawFrom<'a>>,
    #[serde(borrow)]
    event: Option<&'a RawValue>,
    #[serde(borrow)]
    refused: Option<RawRefused<'a>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawFrom<'a> {
    position: u64,
    #[serde(borrow)]
    recorded: Cow<'a, str>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawRefused<'a> {
    #[serde(borrow)]
    source: Cow<'a, str>,
    epoch: u32,
    sequence: u64,
    #[serde(borrow)]
    reason: Cow<'a, str>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawEvent<'a> {
    #[serde(borrow)]
    specversion: Cow<'a, str>,
    #[serde(borrow)]
    id: Cow<'a, str>,
    #[serde(borrow)]
    source: Cow<'a, str>,
    #[serde(borrow, rename = "type")]
    kind: Cow<'a, str>,
    #[serde(borrow)]
    subject: Cow<'a, str>,
    #[serde(borrow)]
    time: Cow<'a, str>,
    #[serde(borrow)]
    datacontenttype: Cow<'a, str>,
    #[serde(borrow)]
    sequence: Cow<'a, str>,
    epoch: u32,
    streamversion: u64,
    #[serde(borrow)]
    organisation: Cow<'a, str>,
    #[serde(borrow)]
    actor: Cow<'a, str>,
    #[serde(borrow)]
    role: Cow<'a, str>,
    #[serde(borrow)]
    grant: Option<Text<'a>>,
    #[serde(borrow)]
    assertion: Option<Text<'a>>,
    #[serde(borrow)]
    mandate: Option<Text<'a>>,
    #[serde(borrow)]
    commandid: Cow<'a, str>,
    #[serde(borrow)]
    correlationid: Cow<'a, str>,
    #[serde(borrow)]
    causationid: Option<Text<'a>>,
    #[serde(borrow)]
    traceparent: Option<Text<'a>>,
    #[serde(borrow)]
    data: &'a RawValue,
}

/// Reads an entry's line, given without its newline.
///
/// Errors: a member is missing, unknown, doubled, or of another type. That the bytes are the very
/// ones that were written is for the tree's hash to say.
pub fn parse(line: &[u8]) -> Result<Line<'_>, LineError> {
    let raw: RawLine<'_> = serde_json::from_slice(line).map_err(place)?;
    let body = match (raw.from, raw.event, raw.refused) {
        (None, Some(event), None) => Body::Own(parse_event(event.get())?),
        (Some(from), Some(event), None) => Body::Received {
            from_position: from.position,
            from_recorded_micros: moment(&from.recorded, "from.recorded")?,
            event: parse_event(event.get())?,
        },
        (None, None, Some(refused)) => Body::Refused(super::Refused {
            source: refused.source.into_owned(),
            epoch: refused.epoch,
            sequence: refused.sequence,
            reason: refused.reason.into_owned(),
        }),
        _ => return Err(LineError("neither an event nor a refusal".to_owned())),
    };
    Ok(Line {
        position: raw.position,
        recorded_micros: moment(&raw.recorded, "recorded")?,
        body,
    })
}

fn parse_event(text: &str) -> Result<EventLine<'_>, LineError> {
    read_event(text, serde_json::from_str(text).map_err(place)?)
}

/// Reads an event's members, which stand in `text`.
pub(super) fn read_event<'a>(text: &'a str, raw: RawEvent<'a>) -> Result<EventLine<'a>, LineError> {
    if raw.specversion != "1.0" {
        return Err(LineError("specversion is not 1.0".to_owned()));
    }
    if raw.datacontenttype != "application/json" {
        return Err(LineError("datacontenttype is not application/json".to_owned()));
    }
    let sequence = match raw.sequence.parse() {
        Ok(sequence) if raw.sequence.len() == 20 && raw.sequence.bytes().all(|byte| byte.is_ascii_digit()) => sequence,
        _ => return Err(LineError("sequence is not 20 digits".to_owned())),
    };
    Ok(EventLine {
        bytes: text.as_bytes(),
        id: raw.id,
        source: raw.source,
        kind: raw.kind,
        subject: raw.subject,
        time_micros: moment(&raw.time, "time")?,
        epoch: raw.epoch,
        sequence,
        stream_version: raw.streamversion,
        organisation: raw.organisation,
        actor: raw.actor,
        role: raw.role,
        grant: raw.grant.map(|text| text.0),
        assertion: raw.assertion.map(|text| text.0),
        mandate: raw.mandate.map(|text| text.0),
        commandid: raw.commandid,
        correlationid: raw.correlationid,
        causationid: raw.causationid.map(|text| text.0),
        traceparent: raw.traceparent.map(|text| text.0),
        data: raw.data.get(),
    })
}

fn moment(text: &str, member: &str) -> Result<i64, LineError> {
    parse_micros(text).ok_or_else(|| LineError(format!("{member} is no time")))
}

/// serde's messages may quote content; only the kind and the place are kept.
fn place(error: serde_json::Error) -> LineError {
    LineError(format!("{:?} error at column {}", error.classify(), error.column()))
}
