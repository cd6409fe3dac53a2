//! What the end-to-end tests share: the real process, and who plays which part.

pub mod server;
