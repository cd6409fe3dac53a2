//! How a service runs in a process of its own or beside others: its journal in PostgreSQL, its events over NATS, several replicas behind one
//! another.
//!
//! What no program on a laptop needs is here too: traces to a collector (`telemetry`), word to systemd.
//!
//! `settings` says where everything is, `process` is what the members of a process share, `member` puts a service together, `journal` opens
//! what it stands on, `exchange` joins it to the others, `forward` passes commands on to whoever may write, `watch` looks after the parts,
//! `state` tells operators how they are, `signing` has the journal signed and cosigned, `newest` follows what another replica has signed,
//! `files` checks what settings name before anything runs.

mod error;
mod exchange;
mod files;
mod forward;
mod journal;
mod member;
mod newest;
mod origin;
mod process;
mod settings;
mod signing;
mod state;
mod systemd;
mod telemetry;
mod watch;

pub use error::LaunchError;
pub use files::check;
pub use journal::{await_new_master_key, migrate, restored};
pub use member::Member;
pub use process::{Process, listen};
pub use settings::Settings;
pub use signing::{new_signing_key, print_keys};
