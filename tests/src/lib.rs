//! What the end-to-end tests share: the real binary, a region, and people who speak to it.

mod address;
mod apart;
mod browser;
mod certificates;
mod chromium;
mod dice;
mod foreign_client;
mod instance;
mod npm;
mod raw;
mod region;
mod report;
mod secured;
mod server;
mod shown;
mod signers;
mod usual;
mod way;
mod ways;

pub use address::{Address, Wire};
pub use apart::{Apart, Plan, Process};
pub use browser::{Answer, Reader, borrowed, scores};
pub use certificates::tls_settings;
pub use chromium::Chromium;
pub use dice::Dice;
pub use foreign_client::{ForeignAnswer, ForeignCall, ForeignClient, ForeignTls};
pub use instance::{Instance, eventually, gathered, settled};
pub use npm::npm;
pub use raw::call;
pub use region::{Someone, write_region, write_secret};
pub use report::{Aim, Times, aim, figure, median, note, rate, save};
pub use server::{Addresses, Server, beside, binary, copy_folder, run, spawn};
pub use shown::Shown;
pub use way::{Way, voices};
pub use ways::Ways;
