//! How an event travels: its bytes as the message, and beside them what its receivers need to write the source's own line.

use async_nats::{HeaderMap, HeaderValue};
use bytes::Bytes;
use idesluss_journal::{Announced, Received};
use idesluss_proof::line::{EventLine, format_micros, parse_micros};
use std::str::FromStr;

/// The position of the event in its source's journal.
pub(crate) const FROM_POSITION: &str = "Idesluss-From-Position";
/// When the source recorded it, as in its line: `2026-11-23T20:00:00.000001Z`.
pub(crate) const FROM_RECORDED: &str = "Idesluss-From-Recorded";
/// Its epoch.
pub(crate) const EPOCH: &str = "Idesluss-Epoch";
/// Its sequence.
pub(crate) const SEQUENCE: &str = "Idesluss-Sequence";

const CONTENT_TYPE: &str = "content-type";
const CLOUDEVENT: &str = "application/cloudevents+json";
const TRACEPARENT: &str = "traceparent";

/// The headers for an own event.
pub(crate) fn headers(event: &EventLine<'_>, position: u64, recorded_micros: i64) -> HeaderMap {
    let mut recorded = Vec::with_capacity(27);
    format_micros(recorded_micros, &mut recorded);
    let mut headers = HeaderMap::new();
    headers.insert(CONTENT_TYPE, CLOUDEVENT);
    headers.insert(FROM_POSITION, HeaderValue::from(position));
    headers.insert(FROM_RECORDED, String::from_utf8_lossy(&recorded).as_ref());
    headers.insert(EPOCH, HeaderValue::from(event.epoch));
    headers.insert(SEQUENCE, HeaderValue::from(event.sequence));
    // A value that can't stand in a header is left out: it is inside the event anyway.
    if let Some(trace) = &event.traceparent
        && let Ok(trace) = HeaderValue::from_str(trace)
    {
        headers.insert(TRACEPARENT, trace);
    }
    headers
}

/// Reads a message that claims to be an event of `source`.
///
/// Errors: a sentence, when a header is missing, or the message is not the event that its headers announce. Such a
/// message must not get a place in a journal: the true event of that place would then be refused.
pub(crate) fn read(source: &str, headers: Option<&HeaderMap>, payload: &Bytes) -> Result<Received, String> {
    let headers = headers.ok_or("it has no headers")?;
    let text = |name: &str| {
        headers
            .get(name)
            .map(HeaderValue::as_str)
            .ok_or_else(|| format!("the header {name} is missing"))
    };
    let number = |name: &str| -> Result<u64, String> {
        text(name)?
            .parse()
            .map_err(|_| format!("the header {name} is no number"))
    };
    let recorded =
        parse_micros(text(FROM_RECORDED)?).ok_or_else(|| format!("the header {FROM_RECORDED} is no time"))?;
    let announced = Announced {
        from_position: number(FROM_POSITION)?,
        from_recorded_micros: recorded,
        source,
        epoch: u32::try_from(number(EPOCH)?).map_err(|_| format!("the header {EPOCH} is too large"))?,
        sequence: number(SEQUENCE)?,
    };
    let received = Received::new(announced, payload.clone());
    match received.problem() {
        Some(problem) => Err(problem.to_owned()),
        None => Ok(received),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use idesluss_proof::line::{Assigned, Draft, check_event, event_bytes};

    const SOURCE: &str = "/fyrbodal/submission/house";
    const TRACE: &str = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

    fn event() -> Vec<u8> {
        let text = |text: &str| text.to_owned();
        let draft = Draft {
            id: text("00000000-0000-4000-8000-000000000001"),
            audience: text("house"),
            kind: text("idesluss.submission.v1.IdeaSubmitted"),
            time_micros: 1_790_000_000_000_000,
            organisation: text("uddevalla"),
            actor: text("a"),
            role: text("submitter"),
            grant: None,
            assertion: None,
            mandate: None,
            commandid: text("c"),
            correlationid: text("i"),
            causationid: None,
            traceparent: Some(text(TRACE)),
            data: text("{}"),
        };
        let assigned = Assigned {
            position: 7,
            recorded_micros: 1_790_000_000_000_001,
            source: SOURCE,
            sequence: 5,
            epoch: 2,
            stream_version: 1,
        };
        let mut bytes = Vec::new();
        event_bytes(&draft, "idea/1", &assigned, &mut bytes);
        bytes
    }

    fn sent() -> (HeaderMap, Bytes) {
        let bytes = event();
        let headers = headers(&check_event(&bytes).expect("an event"), 7, 1_790_000_000_000_001);
        (headers, bytes.into())
    }

    #[test]
    fn an_event_is_read_as_it_was_sent() {
        let (headers, bytes) = sent();
        let trace = headers.get(TRACEPARENT).map(HeaderValue::as_str);
        assert_eq!(trace, Some(TRACE));
        let received = read(SOURCE, Some(&headers), &bytes).expect("readable");
        assert_eq!(*received.bytes(), bytes);
        let announced = Announced {
            from_position: 7,
            from_recorded_micros: 1_790_000_000_000_001,
            source: SOURCE,
            epoch: 2,
            sequence: 5,
        };
        assert_eq!(received.announced(), announced);
    }

    #[test]
    fn a_message_that_is_not_what_its_headers_say_is_not_read() {
        let (good, bytes) = sent();
        assert!(read(SOURCE, None, &bytes).is_err());
        assert!(read("/fyrbodal/submission/region", Some(&good), &bytes).is_err());
        assert!(read(SOURCE, Some(&good), &Bytes::from("{}")).is_err());
        for (name, value) in [
            (FROM_POSITION, "-1"),
            (FROM_RECORDED, "yesterday"),
            (EPOCH, "99999999999"),
            (EPOCH, "1"),
            (SEQUENCE, "6"),
            (SEQUENCE, ""),
        ] {
            let mut bad = good.clone();
            bad.insert(name, value);
            assert!(read(SOURCE, Some(&bad), &bytes).is_err(), "{name}: {value}");
        }
    }
}
