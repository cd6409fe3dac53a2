//! The metrics that operators watch. The names are a contract with their dashboards and alarms.

use metrics::{describe_counter, describe_gauge};

/// How many entries the newest signed checkpoint has.
pub(crate) const SIGNED: &str = "idesluss_checkpoint_size";
/// 1 while nothing is signed, since what was signed before contradicts the journal.
pub(crate) const CONTRADICTED: &str = "idesluss_checkpoint_contradicted";
/// Checkpoints that were cosigned for others.
pub(crate) const COSIGNED: &str = "idesluss_witness_cosigned_total";
/// Checkpoints of others that were not cosigned, by status.
pub(crate) const REFUSED: &str = "idesluss_witness_refused_total";
/// How many entries the newest checkpoint has that a witness has cosigned.
pub(crate) const WITNESSED: &str = "idesluss_checkpoint_cosigned_size";

/// Tells the recorder what the metrics mean. Install the recorder first.
pub fn describe() {
    describe_gauge!(SIGNED, "How many entries the newest signed checkpoint has");
    describe_gauge!(
        CONTRADICTED,
        "1 while nothing is signed, since what was signed before contradicts the journal"
    );
    describe_counter!(COSIGNED, "Checkpoints of other logs that were cosigned here");
    describe_counter!(
        REFUSED,
        "Checkpoints of other logs that were not cosigned here, by status"
    );
    describe_gauge!(
        WITNESSED,
        "How many entries the newest checkpoint has that this witness has cosigned"
    );
}
