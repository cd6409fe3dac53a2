//! How many files and connections the process may have open.

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use std::sync::Once;

static RAISED: Once = Once::new();

/// Raises the limit to what the system allows: the usual 1,024 is for programs that can't count further, and a few hundred connections,
/// journals and views need more.
pub fn raise_open_files() {
    RAISED.call_once(|| {
        let limit = getrlimit(Resource::Nofile);
        let raised = Rlimit {
            current: limit.maximum,
            maximum: limit.maximum,
        };
        if let Err(error) = setrlimit(Resource::Nofile, raised) {
            tracing::debug!(%error, "the number of open files stays as it was");
        }
    });
}
