//! The web: pages for people, drawn on the server. No journal, no database of its own; everything comes by gRPC.
//!
//! `pages` says what a page shows and what its forms do, in terms of `view`: sections of parts. `templates/` is the only HTML.

mod error;
mod form;
mod lang;
mod pages;
mod phrases;
mod plain;
mod posted;
mod reader;
mod retry;
mod server;
mod services;
mod session;
mod sessions;
mod settings;
mod slider;
mod timeline;
mod view;

pub use pages::revision::dossier_text;
pub use server::{Config, GatewayError, Mode, serve};
pub use settings::Settings;
