use idesluss_journal::{Announced, Append, CommandKey, Credential, Received, StreamAppend};
use idesluss_proof::line::{Assigned, Draft, event_bytes};

/// A UUID that is easy to tell apart.
pub(crate) fn id(number: u64) -> String {
    format!("00000000-0000-4000-8000-{number:012x}")
}

/// An event with the id `number`.
pub(crate) fn draft(number: u64) -> Draft {
    Draft {
        id: id(number),
        audience: "house".into(),
        kind: "idesluss.submission.v1.IdeaSubmitted".into(),
        time_micros: 1_790_000_000_000_000,
        organisation: "uddevalla".into(),
        actor: id(900_001),
        role: "submitter".into(),
        grant: None,
        assertion: None,
        mandate: None,
        commandid: id(800_000 + number),
        correlationid: id(700_000),
        causationid: None,
        traceparent: None,
        data: format!(r#"{{"number":{number}}}"#),
    }
}

/// A command's key; `body` makes its fingerprint.
pub(crate) fn command(number: u8, body: u8) -> CommandKey {
    CommandKey {
        organisation: "uddevalla".into(),
        id: [number; 16],
        fingerprint: [body; 32],
    }
}

/// Events with these ids for one stream that is at version `expected`.
pub(crate) fn part(stream: &str, expected: u64, events: &[u64]) -> StreamAppend {
    StreamAppend {
        stream: stream.into(),
        expected,
        events: events.iter().copied().map(draft).collect(),
    }
}

/// An append without a command.
pub(crate) fn append(parts: Vec<StreamAppend>) -> Append {
    Append {
        streams: parts,
        ..Append::default()
    }
}

/// What is kept of a secret whose hash is all `number`.
pub(crate) fn credential(number: u8) -> Credential {
    Credential {
        hash: [number; 32],
        kind: "session".into(),
        owner: "somebody".into(),
        expires_micros: 1_790_000_003_600_000,
        value: vec![number, 0, 0xff],
    }
}

/// The source that the samples are received from.
pub(crate) const ELSEWHERE: &str = "/orust/submission/region";

/// A source of the journal's own instance.
pub(crate) const NEIGHBOUR: &str = "/fyrbodal/evaluation/house";

/// An event as another journal has written it.
pub(crate) fn received(epoch: u32, sequence: u64, number: u64, subject: &str) -> Received {
    received_as(epoch, sequence, draft(number), subject)
}

/// The same of any event.
pub(crate) fn received_as(epoch: u32, sequence: u64, draft: Draft, subject: &str) -> Received {
    received_from(ELSEWHERE, (epoch, sequence), draft, subject)
}

/// An evaluation's event as the neighbour has written it.
pub(crate) fn judged(sequence: u64, number: u64, subject: &str) -> Received {
    let mut draft = draft(number);
    draft.kind = "idesluss.evaluation.v1.SomethingNew".into();
    received_from(NEIGHBOUR, (1, sequence), draft, subject)
}

fn received_from(source: &str, (epoch, sequence): (u32, u64), draft: Draft, subject: &str) -> Received {
    let assigned = Assigned {
        position: 100 + sequence,
        recorded_micros: 1_790_000_000_000_000,
        source,
        sequence,
        epoch,
        stream_version: 1,
    };
    let mut event = Vec::new();
    event_bytes(&draft, subject, &assigned, &mut event);
    announced_by(source, epoch, sequence, event)
}

/// Bytes that a feed gives out as an event of this place.
pub(crate) fn announced(epoch: u32, sequence: u64, event: Vec<u8>) -> Received {
    announced_by(ELSEWHERE, epoch, sequence, event)
}

fn announced_by(source: &str, epoch: u32, sequence: u64, event: Vec<u8>) -> Received {
    let announced = Announced {
        from_position: 100 + sequence,
        from_recorded_micros: 1_790_000_000_000_000,
        source,
        epoch,
        sequence,
    };
    Received::new(announced, event.into())
}
