//! The metrics that a journal's writer keeps, by name.

/// How many events a committed batch has. Histogram, events, by service.
pub const BATCH_EVENTS: &str = "idesluss_append_batch_events";

/// Notes a commit by which the journal of this name, of `before` entries has `after`; one that only moved cursors or keys is none.
pub(crate) fn committed(journal: &str, before: u64, after: u64) {
    if after > before {
        metrics::histogram!(BATCH_EVENTS, "service" => crate::service_of(journal).to_owned())
            .record((after - before) as f64);
    }
}
