//! The web: pages for people, drawn on the server. No journal, no database of its own; everything comes by gRPC.
//!
//! `pages` says what a page shows and what its forms do, as a plain struct; its template of the same name in `templates/` lays it out, and is the
//! only HTML. `components` are what pages share, `frame` is what stands around each. Words stand in `services/phrases` alone.

mod act;
mod components;
mod directory;
mod error;
mod exposure;
mod filling;
mod form;
mod forwarded;
mod frame;
mod framed;
mod guard;
mod journal_look;
mod kept;
mod lang;
mod link;
mod offered;
mod origin;
mod own_path;
mod pages;
mod phrases;
mod plain;
mod posted;
mod programs;
mod rate;
mod reader;
mod refill;
mod refusals;
mod retry;
mod server;
mod services;
mod session;
mod sessions;
mod settings;
mod view;
mod voice;

pub use directory::who_is_who;
pub use exposure::{Exposure, ExposureError};
pub use link::hand_over;
pub use origin::{NoOrigin, Origin};
pub use pages::revision::dossier_text;
pub use server::{Config, GatewayError, Mode, serve};
pub use settings::{Proxy, Settings, WebSettings};
pub use voice::{SignedIn, Voices};

/// How many requests one address may make of the web a second, unless somebody says otherwise.
pub const DEFAULT_REQUESTS_PER_SECOND: u32 = 50;
