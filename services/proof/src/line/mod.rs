//! The line: how an entry of the journal is written, byte for byte.
//!
//! - own: `{"position":17,"recorded":"2026-11-23T20:00:00.000001Z","event":{…}}`
//! - received: `{"position":18,"recorded":"…","from":{"position":4711,"recorded":"…"},"event":{…}}`
//! - refused: `{"position":19,"recorded":"…","refused":{"source":…,"epoch":…,"sequence":…,"reason":…}}`
//!
//! No white space between members, members in this order. `event` is a CloudEvents 1.0 event whose
//! members stand in a fixed order too. Lines are stored, hashed and sent as they were written, and
//! never serialised again.

mod draft;
mod read;
mod strict;
mod time;
mod write;

pub use draft::Draft;
pub use read::{Body, EventLine, Line, LineError, parse};
pub use strict::{MAX_EVENT_BYTES, Refusal, check_event};
pub use time::{format_micros, parse_micros};
pub use write::{Assigned, Refused, event_bytes, source_line, write_own, write_received, write_refused};
