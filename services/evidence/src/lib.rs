//! What running services hand to an auditor: their journals' entries, tree and signed checkpoints, an idea's history with its texts, and the
//! bundle that is packed from all of it.
//!
//! Everything is asked over gRPC, so it is the same beside one process and beside many. Nothing is judged here; that is the auditor's
//! library, which trusts none of it.

mod bounds;
mod disclose;
mod error;
mod histories;
mod history;
mod journal;
mod journals;
mod package;
mod picks;
mod services;
mod status;

pub use disclose::Disclosure;
pub use error::EvidenceError;
pub use histories::Histories;
pub use history::{entries, entry, history};
pub use journal::{Journal, Messages, Signed};
pub use journals::Journals;
pub use package::{Package, Scope, Wanted};
pub use services::Services;
pub use status::{JournalStatus, Witness, journal_statuses};
