//! What an organisation's pages look like, beside its name.

use super::organisations::{OrganisationEvent, OrganisationRejection};
use crate::words::{Colour, Logo, OrganisationId};
use serde::{Deserialize, Serialize};

/// An organisation's pages look otherwise.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LookChanged {
    /// Whose.
    pub organisation: OrganisationId,
    /// How they look from now on.
    pub look: Look,
}

/// What an organisation's pages look like, beside its name.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Look {
    /// Behind what stands above every page; None: the usual one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub colour: Option<Colour>,
    /// Beside its name; None: there is none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub logo: Option<Logo>,
}

/// How well white words must be read on a colour: WCAG 2.2, 1.4.3.
const LEAST_CONTRAST: f64 = 4.5;

/// Another look; nothing where it is so already.
pub(super) fn change(
    organisation: OrganisationId,
    before: Option<&Look>,
    look: &Look,
) -> Result<Vec<OrganisationEvent>, OrganisationRejection> {
    if before == Some(look) {
        return Ok(vec![]);
    }
    let is_read = |colour: &Colour| colour.contrast_with_white() >= LEAST_CONTRAST;
    if !look.colour.as_ref().is_none_or(is_read) {
        return Err(OrganisationRejection::FaintColour);
    }
    let look = look.clone();
    Ok(vec![LookChanged { organisation, look }.into()])
}
