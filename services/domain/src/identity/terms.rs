//! The terms under which an organisation takes ideas in, in versions.

use super::organisations::{OrganisationEvent, OrganisationRejection};
use crate::words::{OrganisationId, holds_personal_number, is_unseen_in_prose};
use serde::{Deserialize, Serialize};

/// Under other terms than before an organisation takes ideas in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TermsAdopted {
    /// Whose.
    pub organisation: OrganisationId,
    /// Of the organisation's own terms, from 1.
    pub version: u32,
    /// What they say.
    pub terms: Terms,
}

/// What terms say; in English where somebody has written it in English too.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Terms {
    /// In Swedish.
    pub sv: String,
    /// In English; empty: in Swedish alone.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub en: String,
}

/// What the usual terms are called, under which ideas are taken in by whoever has adopted none.
pub const USUAL_TERMS: &str = "2026-1";

/// How many characters terms have at most, in each language.
pub const LONGEST_TERMS: usize = 20_000;

/// How many bytes terms have at most in all languages together: an event's data has to hold them.
const MOST_BYTES: usize = 50_000;

impl Terms {
    /// Whether they can stand open for everybody: whatever has the shape of a personal number could never be erased from them.
    fn are_open(&self) -> bool {
        let fits = |text: &String| {
            text.chars().count() <= LONGEST_TERMS && !text.contains(is_unseen_in_prose) && !holds_personal_number(text)
        };
        // An event has its bounds, and letters of some scripts take three bytes each.
        let bytes = self.sv.len() + self.en.len();
        !self.sv.trim().is_empty() && bytes <= MOST_BYTES && fits(&self.sv) && fits(&self.en)
    }
}

/// The next version; nothing where these hold already.
pub(super) fn adopt(
    organisation: OrganisationId,
    before: Option<&TermsAdopted>,
    terms: &Terms,
) -> Result<Vec<OrganisationEvent>, OrganisationRejection> {
    if before.is_some_and(|before| before.terms == *terms) {
        return Ok(vec![]);
    }
    if !terms.are_open() {
        return Err(OrganisationRejection::BadTerms);
    }
    let adopted = TermsAdopted {
        organisation,
        version: before.map_or(1, |before| before.version + 1),
        terms: terms.clone(),
    };
    Ok(vec![adopted.into()])
}
