//! The metrics that an engine keeps, by name.

use std::time::Duration;

/// Time from handing an append to the journal to its answer. Histogram, seconds, by service.
pub const APPEND_SECONDS: &str = "idesluss_append_seconds";
/// Time that a request's rights take. Histogram, seconds, by service and part: `assertion` (who asks, believed), `rule` (let in by the table
/// and the role held), `grant` (covered by the append).
pub const RIGHTS_SECONDS: &str = "idesluss_rights_seconds";
/// How many entries a view has not applied yet. Gauge, by service and view.
pub const VIEW_LAG: &str = "idesluss_view_lag_events";
/// How long the oldest entry that a view has not applied has stood in the journal. Gauge, seconds, by service and view.
pub const VIEW_OLDEST: &str = "idesluss_view_oldest_unapplied_seconds";
/// How many entries a reaction has not looked at yet. Gauge, by service and reaction.
pub const REACTION_LAG: &str = "idesluss_reaction_lag_events";

/// Notes that a service's append was answered after so long.
pub(crate) fn appended(service: &'static str, after: Duration) {
    metrics::histogram!(APPEND_SECONDS, "service" => service).record(after.as_secs_f64());
}

/// Notes that a part of a request's rights took so long.
pub(crate) fn rights(service: &'static str, part: &'static str, took: Duration) {
    metrics::histogram!(RIGHTS_SECONDS, "service" => service, "part" => part).record(took.as_secs_f64());
}
