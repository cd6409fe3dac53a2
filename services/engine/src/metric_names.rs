//! The metrics that an engine keeps, by name.

/// Time from handing an append to the journal to its answer. Histogram, seconds.
pub const APPEND_SECONDS: &str = "idesluss_append_seconds";
/// How many entries a view has not applied yet. Gauge, by view.
pub const VIEW_LAG: &str = "idesluss_view_lag_events";
/// How long the oldest entry that a view has not applied has stood in the journal. Gauge, seconds, by view.
pub const VIEW_OLDEST: &str = "idesluss_view_oldest_unapplied_seconds";
/// How many entries a reaction has not looked at yet. Gauge, by reaction.
pub const REACTION_LAG: &str = "idesluss_reaction_lag_events";
