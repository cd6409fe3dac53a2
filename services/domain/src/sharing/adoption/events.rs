//! The stored form of what happens to an adoption.

use crate::words::{Date, OrganisationId, SealedText, SolutionId, stored_as_text};
use serde::{Deserialize, Serialize};

/// Another organisation is interested in a solution.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct InterestRegistered {
    /// The solution.
    pub solution: SolutionId,
    /// Who is interested.
    pub organisation: OrganisationId,
    /// The need that it would meet, if told.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub need: Option<SealedText>,
}

/// It was decided to take it into use.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AdoptionDecided {
    /// How.
    pub form: AdoptionForm,
    /// Why.
    pub reasons: SealedText,
}

/// How a solution is taken over.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum AdoptionForm {
    /// As it is.
    Copy,
    /// Changed to fit.
    Adapt,
    /// Bought together with others.
    JointProcurement,
}

/// Work has begun.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AdoptionStarted {
    /// The first day.
    pub starts_on: Date,
}

/// Work begins on a later day than was meant.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AdoptionPostponed {
    /// The first day now.
    pub starts_on: Date,
    /// Why.
    pub reason: SealedText,
}

/// It is in use.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AdoptionCompleted {
    /// The first day in use.
    pub in_use_from: Date,
    /// What was done otherwise than at home.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub deviations: Option<SealedText>,
}

/// A measurement.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Measurement {
    /// What is measured, in a few words such as `hours per visit`; the same before and after. It stands unsealed, since measurements are
    /// compared by it.
    pub metric: String,
    /// The unit, such as `h` or `SEK`.
    pub unit: String,
    /// The value as a decimal number, exactly as it was measured.
    pub value: Decimal,
    /// The first day that it covers.
    pub from: Date,
    /// The last day that it covers.
    pub to: Date,
}

/// A decimal number as it was written: an optional minus, digits, and at most six after a point.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decimal(String);

stored_as_text!(Decimal);

/// A text that is no decimal number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a number is written like 12, -3 or 0.25, with at most 12 digits before the point and 6 after it")]
pub struct InvalidDecimal;

impl Decimal {
    /// The number as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for Decimal {
    type Error = InvalidDecimal;
    fn try_from(text: String) -> Result<Self, InvalidDecimal> {
        let unsigned = text.strip_prefix('-').unwrap_or(&text);
        let (whole, part) = unsigned.split_once('.').unwrap_or((unsigned, "0"));
        let digits = |text: &str, most: usize| {
            (1..=most).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit())
        };
        if digits(whole, 12) && digits(part, 6) {
            Ok(Self(text))
        } else {
            Err(InvalidDecimal)
        }
    }
}

impl std::str::FromStr for Decimal {
    type Err = InvalidDecimal;
    fn from_str(text: &str) -> Result<Self, InvalidDecimal> {
        Self::try_from(text.to_owned())
    }
}

impl std::fmt::Display for Decimal {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

/// How it was before (nolläge).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BaselineRecorded {
    /// What was measured.
    pub measurement: Measurement,
}

/// How it is now, better or worse (nytta).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BenefitMeasured {
    /// What was measured.
    pub measurement: Measurement,
    /// What kind of benefit it is.
    pub class: BenefitClass,
    /// Which way its value is to go.
    pub better: Better,
    /// What shows it, in words.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub evidence: Option<SealedText>,
    /// Why there is no baseline; None: there is one.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub no_baseline: Option<SealedText>,
}

/// What kind of benefit it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum BenefitClass {
    /// Green: in the accounts.
    Money,
    /// Yellow: hours that can be used otherwise.
    Time,
    /// Red: better for people.
    Quality,
}

/// Which way a value is to go: whether something became better is told by that, whatever the class.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Better {
    /// A higher one is better, such as of people who are pleased.
    Higher,
    /// A lower one is better, such as of a cost or a wait.
    Lower,
}

/// It is no longer used, or was never taken into use.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AdoptionDiscontinued {
    /// Why.
    pub reason: SealedText,
    /// What others can learn from it.
    pub lesson: SealedText,
}

/// Somebody told others how it went, for everybody who may see the solution. Public words, not sealed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ExperienceShared {
    /// What.
    pub experience: String,
}

events! {
    /// What happens to an adoption.
    AdoptionEvent, "sharing", "adoption", [
        InterestRegistered, AdoptionDecided, AdoptionStarted, AdoptionPostponed, AdoptionCompleted, BaselineRecorded,
        BenefitMeasured, AdoptionDiscontinued, ExperienceShared,
    ]
}
