//! How a service runs as a process of its own: its journal in PostgreSQL, its events over NATS, several replicas behind one another.
//!
//! What no program on a laptop needs is here too: traces to a collector (`telemetry`), word to systemd.
//!
//! `settings` says where everything is, `command` what the command line offers, `program` is what a service says of itself, `process` puts the parts together, `journal` opens what it stands on, `exchange` joins it to the others, `forward` passes commands on to
//! whoever may write, `watch` looks after the parts, `state` tells operators how they are,
//! `signing` has the journal signed and cosigned, `newest` follows what another replica has signed.

mod command;
mod error;
mod exchange;
mod files;
mod forward;
mod journal;
mod newest;
mod origin;
mod process;
mod program;
mod settings;
mod signing;
mod state;
mod systemd;
mod telemetry;
mod watch;

pub use command::main;
pub use error::LaunchError;
pub use program::{Peers, Program, Running, ServiceContext};
pub use settings::Settings;
pub use systemd::notify_systemd;
pub use telemetry::{Flush, Traces, TracesError, start_telemetry};
