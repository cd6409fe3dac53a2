//! What auditors look at: where the instance and an idea stood at any moment, what a decider knew, and what vouches for it.
//!
//! The pages show what the auditor's own library makes of the journals' lines, the same as `idesluss audit`. Who may see them is checked
//! by the services; `evidence` is the place for what proves the lines themselves.

mod bundle;
mod decision;
#[cfg(test)]
mod dossier_tests;
mod evidence;
mod gather;
mod happened;
mod idea;
mod instance;
mod mandates;
mod proceedings;
mod words;

pub(super) use bundle::{idea as idea_bundle, organisation as bundle};
pub(super) use decision::page as decision;
pub(super) use idea::page as idea;
pub(super) use instance::page as instance;

use crate::reader::Reader;
use idesluss_auditor::Dossier;
use idesluss_runtime::Directory;
use std::sync::Arc;

use serde::Deserialize;

/// A dossier as plain text, in English: what the page says, with pseudonyms beside names and times in UTC as they were recorded.
pub fn dossier_text(dossier: &Dossier, directory: Arc<Directory>) -> String {
    decision::DecisionPage::of(&Reader::exact(directory), dossier).plain()
}

/// What the addresses of these pages may carry.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Asked {
    /// The step on a slider; not there: the end.
    #[serde(rename = "steg")]
    step: Option<u32>,
    /// A moment, RFC 3339.
    #[serde(rename = "tid")]
    at: String,
    /// Where a list's page begins.
    #[serde(rename = "sida")]
    page_token: String,
    /// Which of an evaluation's decisions: the id of its event.
    #[serde(rename = "handelse")]
    event: String,
}
