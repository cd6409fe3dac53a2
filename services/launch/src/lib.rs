//! How a service runs as a process of its own: its journal in PostgreSQL, its events over NATS, several replicas behind one another.
//!
//! `settings` says where everything is, `command` what the command line offers, `process` puts the parts together, `forward` passes commands on to
//! whoever may write, `watch` looks after the parts, `state` tells operators how they are,
//! `signing` has the journal signed and cosigned, `newest` follows what another replica has signed.

mod command;
mod files;
mod forward;
mod newest;
mod origin;
mod process;
mod settings;
mod signing;
mod state;
mod watch;

pub use command::main;
pub use process::{LaunchError, Peers, Program, Running, ServiceContext};
pub use settings::Settings;
