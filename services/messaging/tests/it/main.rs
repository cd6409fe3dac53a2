//! Messaging against a real broker that is stopped, killed, wiped, cut back and written into.

mod broker;
mod flow;
mod instance;
mod lease;
mod raw;
mod receive;
mod restore;
mod settings;
mod stream;
