//! Signing what a journal holds, and cosigning what others hold.
//!
//! A [`Notary`] signs its journal's tree soon after every append, never two trees that contradict each other: a [`Guard`] outside the
//! journal's database remembers what was signed last. A [`Witness`] does the same for other logs that it has checked. Both are served
//! over HTTP in the C2SP forms, so that public tools can follow a log: [`log_routes`], [`witness_routes`].

mod attach;
mod authorities;
mod error;
mod follow;
mod guard;
mod keys;
mod metric_names;
mod notary;
mod seek;
mod serve;
mod submit;
mod witness;

pub use attach::attach;
pub use authorities::{Authorities, AuthoritiesError};
pub use error::{Look, SigningError};
pub use guard::{FolderGuard, Guard, GuardError};
pub use keys::{KeysError, SigningKeys};
pub use metric_names::describe;
pub use notary::{Notary, Signed};
pub use serve::{log_routes, serve, serve_all, witness_routes};
pub use submit::{WitnessAt, submit_to};
pub use witness::{Answer, Witness};
