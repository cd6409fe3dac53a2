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
    let parts: Vec<&str> = source.split('/').collect();
    let service = match parts[..] {
        ["", _, service, _] => Some(service),
        _ => None,
    };
    let of = type_name
        .strip_prefix("idesluss.")
        .and_then(|rest| rest.split('.').next());
    let stream = subject.split('/').next().unwrap_or_default();
    let own = of.is_some_and(|of| of == OF_ANY || Some(of) == service);
    service.is_some()
        && own
        && match STREAMS.get(type_name) {
            Some(known) => *known == stream,
            // Nor does a newer type stand in a stream that is known to be another service's.
            None => STREAMS
                .iter()
                .all(|(kind, known)| *known != stream || service_of(kind) == of),
        }
}

/// The audience of a source, `/<instance>/<service>/<audience>`, as it is called there; None: it is no source.
pub fn audience_of(source: &str) -> Option<&str> {
    let parts: Vec<&str> = source.split('/').collect();
    match parts[..] {
        ["", _, _, audience] if !audience.is_empty() => Some(audience),
        _ => None,
    }
}

/// Whether `/<instance>/<service>/<audience>` is a source of the journal `/<instance>/<service>`.
pub fn is_written_by(source: &str, journal: &str) -> bool {
    let audience = source.strip_prefix(journal).and_then(|rest| rest.strip_prefix('/'));
    audience.is_some_and(|audience| !audience.is_empty() && !audience.contains('/'))
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
    fn a_source_has_just_three_parts() {
        let kind = "idesluss.submission.v1.IdeaSubmitted";
        for source in [
            "/fyrbodal/submission/x/house",
            "/fyrbodal/submission//house",
            "fyrbodal/submission/house",
            "/fyrbodal/submission",
        ] {
            assert!(!may_write(source, kind, "idea/1"), "{source}");
            assert!(
                source == "fyrbodal/submission/house" || !is_written_by(source, "/fyrbodal/submission"),
                "{source}"
            );
        }
        assert!(is_written_by("/fyrbodal/submission/house", "/fyrbodal/submission"));
        assert!(!is_written_by("/fyrbodal/submission/", "/fyrbodal/submission"));
        assert!(!is_written_by("/fyrbodal/submissions/house", "/fyrbodal/submission"));
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
