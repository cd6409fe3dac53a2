//! What is refused because it can only be an attack, or a mistake in somebody's program: one line in the log and one count in the metrics.

/// Counts such refusals by what was tried. Counter.
pub const REFUSALS: &str = "idesluss_refusals_total";

/// Logs and counts that something was refused, by a fixed word for what was tried, such as `unproved_loss`.
///
/// Never with anything that the caller sent: it may hold texts, people, or what its sender would like to see in a log.
pub fn report_refusal(what: &'static str) {
    tracing::warn!(what, "refused");
    metrics::counter!(REFUSALS, "what" => what).increment(1);
}
