//! What a source may write: a service writes the events of its own aggregates, into their streams, and nothing of another's.
//!
//! Whoever holds the password with which a service publishes could otherwise adopt a delegation order in evaluation's name.

use crate::Event;
use std::collections::HashMap;
use std::sync::LazyLock;

/// What any service's journal may write of itself.
const OF_ANY: &str = "journal";

/// Whether a source, `/<instance>/<service>/<audience>`, may write an event of this type under this subject.
///
/// Of types that this version does not know, those of the source's own service are let in: a newer one may write them.
pub fn may_write(source: &str, type_name: &str, subject: &str) -> bool {
    static STREAMS: LazyLock<HashMap<&'static str, &'static str>> = LazyLock::new(|| Event::all_streams().collect());
    let service = source.split('/').nth(2);
    let of = type_name
        .strip_prefix("idesluss.")
        .and_then(|rest| rest.split('.').next());
    let stream = subject.split('/').next().unwrap_or_default();
    let own = of.is_some_and(|of| of == OF_ANY || Some(of) == service);
    own && match STREAMS.get(type_name) {
        Some(known) => *known == stream,
        // Nor does a newer type stand in a stream that is known to be another service's.
        None => STREAMS
            .iter()
            .all(|(kind, known)| *known != stream || service_of(kind) == of),
    }
}

/// Whether `/<instance>/<service>/<audience>` is a source of the journal `/<instance>/<service>`.
pub fn is_written_by(source: &str, journal: &str) -> bool {
    source.strip_prefix(journal).is_some_and(|rest| rest.starts_with('/'))
}

/// The service whose events stand under this subject; None: of a kind that this version does not know.
pub fn writer_of(subject: &str) -> Option<&str> {
    static WRITERS: LazyLock<HashMap<&'static str, &'static str>> = LazyLock::new(|| {
        let writer = |(kind, stream): (&'static str, &'static str)| Some((stream, service_of(kind)?));
        Event::all_streams().filter_map(writer).collect()
    });
    match subject.split_once('/') {
        Some((OF_ANY, service)) => Some(service),
        other => WRITERS.get(other.map_or(subject, |(stream, _)| stream)).copied(),
    }
}

pub(crate) fn service_of(type_name: &str) -> Option<&str> {
    type_name.split('.').nth(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_source_writes_its_own_events_into_their_own_streams_alone() {
        let submission = "/fyrbodal/submission/house";
        for (kind, subject, may) in [
            ("idesluss.submission.v1.IdeaSubmitted", "idea/1", true),
            ("idesluss.journal.v1.EpochOpened", "journal/submission", true),
            ("idesluss.submission.v2.IdeaSubmitted", "idea/1", true),
            ("idesluss.submission.v1.SomethingNew", "something/1", true),
            ("idesluss.submission.v1.IdeaSubmitted", "evaluation/1", false),
            (
                "idesluss.evaluation.v1.DelegationOrderAdopted",
                "delegation-order/uddevalla",
                false,
            ),
            (
                "idesluss.submission.v1.SomethingNew",
                "delegation-order/uddevalla",
                false,
            ),
            ("idesluss.journal.v1.EpochOpened", "idea/1", false),
            ("IdeaSubmitted", "idea/1", false),
        ] {
            assert_eq!(may_write(submission, kind, subject), may, "{kind} under {subject}");
        }
    }

    #[test]
    fn a_stream_has_one_writer() {
        assert_eq!(writer_of("idea/1"), Some("submission"));
        assert_eq!(writer_of("journal/sharing"), Some("sharing"));
        assert_eq!(writer_of("something/1"), None);
        for (kind, stream) in Event::all_streams().filter(|(_, stream)| *stream != OF_ANY) {
            assert_eq!(writer_of(&format!("{stream}/1")), service_of(kind), "{kind}");
        }
    }
}
