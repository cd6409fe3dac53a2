use idesluss_auditor::MergeError;
use std::error::Error;

/// Why an export could not be made. Names places, never content.
#[derive(Debug, thiserror::Error)]
pub enum MiningError {
    /// The journals can't be read as one history.
    #[error(transparent)]
    Merge(#[from] MergeError),
    /// A member that is exported holds something else than an id, a role or a name of ours.
    #[error("entry {position} of {service}: its {member} does not have its form")]
    Form {
        /// Whose journal.
        service: &'static str,
        /// Where.
        position: u64,
        /// Which member.
        member: &'static str,
    },
    /// Two events have the same id, and the format allows it once.
    #[error("entry {position} of {service}: another event has the same id")]
    Repeated {
        /// Whose journal.
        service: &'static str,
        /// Where.
        position: u64,
    },
    /// The file, or the scratch file that it is sorted in, can't be written.
    #[error("the export can't be written: {0}")]
    Write(#[from] std::io::Error),
    /// The same, for the format that is a database.
    #[error("the export's database can't be written: {0}")]
    Database(#[source] Box<dyn Error + Send + Sync>),
    /// No such format.
    #[error("there is no format {0}: write xes, ocel-json, ocel-sqlite or csv")]
    Format(String),
}
