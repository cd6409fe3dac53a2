//! What streams, subjects and consumers are called.

/// The names that belong to a source, `/<instance>/<service>/<audience>`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Names {
    /// `ev-<instance>-<service>-<audience>`.
    pub(crate) stream: String,
    /// `ev.<instance>.<service>.<audience>`; an event's aggregate comes after it.
    pub(crate) prefix: String,
}

impl Names {
    /// None unless the source has three parts of a-z, 0-9 and hyphens.
    pub(crate) fn of(source: &str) -> Option<Self> {
        let parts: Vec<_> = source.strip_prefix('/')?.split('/').collect();
        if parts.len() != 3 || !parts.iter().all(|part| is_plain(part)) {
            return None;
        }
        Some(Self {
            stream: format!("ev-{}", parts.join("-")),
            prefix: format!("ev.{}", parts.join(".")),
        })
    }

    /// All subjects of the source.
    pub(crate) fn all(&self) -> String {
        format!("{}.*", self.prefix)
    }

    /// The subject of an event whose CloudEvents `subject` is given: `idea/<uuid>` ends in `idea`.
    pub(crate) fn subject(&self, of_event: &str) -> String {
        let aggregate = of_event.split('/').next().unwrap_or_default();
        // What can't be part of a subject is still published: receivers read the event, not its subject.
        let aggregate = if is_plain(aggregate) { aggregate } else { "other" };
        format!("{}.{aggregate}", self.prefix)
    }
}

/// The durable consumer of a journal, `/<instance>/<service>`: `<instance>-<service>`.
pub(crate) fn durable(journal: &str) -> String {
    journal.trim_start_matches('/').replace('/', "-")
}

fn is_plain(part: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    !part.is_empty() && part.bytes().all(plain)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_source_names_its_stream_and_its_subjects() {
        let names = Names::of("/fyrbodal/submission/house").expect("a source");
        assert_eq!(names.stream, "ev-fyrbodal-submission-house");
        assert_eq!(names.all(), "ev.fyrbodal.submission.house.*");
        assert_eq!(names.subject("idea/0190"), "ev.fyrbodal.submission.house.idea");
        assert_eq!(names.subject("journal"), "ev.fyrbodal.submission.house.journal");
        assert_eq!(names.subject("a.b>/1"), "ev.fyrbodal.submission.house.other");
        assert_eq!(durable("/fyrbodal/evaluation"), "fyrbodal-evaluation");
    }

    #[test]
    fn what_is_no_source_has_no_names() {
        for source in ["", "/a/b", "/a/b/c/d", "a/b/c", "/a/b/>", "/a//c", "/A/b/c"] {
            assert_eq!(Names::of(source), None, "{source}");
        }
    }
}
