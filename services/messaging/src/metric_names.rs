//! The metrics that operators watch. The names are a contract with their dashboards and alarms.

use metrics::{describe_counter, describe_gauge};

/// 1 while a broker that may be used is connected.
pub(crate) const BROKER_CONNECTED: &str = "idesluss_broker_connected";
/// When a stream was created, in Unix seconds: another value means that it was wiped.
pub(crate) const BROKER_INCARNATION: &str = "idesluss_broker_incarnation_seconds";
/// Own events that the broker has not taken yet.
pub(crate) const PUBLISH_LAG: &str = "idesluss_publish_lag_events";
/// 1 while publishing is refused because the stream is ahead of the journal.
pub(crate) const PUBLISH_REFUSED: &str = "idesluss_publish_refused";
/// Events that the broker has taken.
pub(crate) const PUBLISHED: &str = "idesluss_published_total";
/// Foreign events written into the journal, from the stream or from the source.
pub(crate) const RECEIVED: &str = "idesluss_received_total";
/// Gaps that were filled from the source.
pub(crate) const GAPS: &str = "idesluss_source_gaps_total";
/// Foreign events that came again.
pub(crate) const DUPLICATES: &str = "idesluss_duplicates_total";
/// Messages in the stream that the receiver has not been given yet.
pub(crate) const PENDING: &str = "idesluss_consumer_pending";

/// Tells the recorder what the metrics mean. Install the recorder first.
pub(crate) fn describe() {
    describe_gauge!(BROKER_CONNECTED, "1 while a broker that may be used is connected");
    describe_gauge!(
        BROKER_INCARNATION,
        "When the stream was created, in Unix seconds; a change means that it was wiped"
    );
    describe_gauge!(PUBLISH_LAG, "Own events that the broker has not taken yet");
    describe_gauge!(
        PUBLISH_REFUSED,
        "1 while publishing is refused because the stream is ahead of the journal"
    );
    describe_counter!(PUBLISHED, "Events that the broker has taken");
    describe_counter!(
        RECEIVED,
        "Events of other journals that were written, from the stream or from their source"
    );
    describe_counter!(GAPS, "Gaps that were filled from the source");
    describe_counter!(DUPLICATES, "Events of other journals that came again");
    describe_gauge!(
        PENDING,
        "Messages in the stream that this receiver has not been given yet"
    );
}
