//! The metrics that a journal's writer keeps, by name.

/// How many events a committed batch has. Histogram, events.
pub const BATCH_EVENTS: &str = "idesluss_append_batch_events";

/// Notes a commit by which a journal of `before` entries has `after`; one that only moved cursors or keys is none.
pub(crate) fn committed(before: u64, after: u64) {
    if after > before {
        metrics::histogram!(BATCH_EVENTS).record((after - before) as f64);
    }
}
