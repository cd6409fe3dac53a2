//! What was found.

use serde::Serialize;

/// The exit code when something is bad, and when something could not be checked.
pub(super) const BAD: u8 = 1;
pub(super) const UNCHECKED: u8 = 2;

/// How bad it is; the worst first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Severity {
    /// Something does not work, or is not whole.
    Bad,
    /// It is not known how it is.
    Unchecked,
    /// Work goes on; somebody should look.
    Warning,
    /// As it should be.
    Well,
}

/// One finding.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(super) struct Finding {
    pub(super) severity: Severity,
    /// What was looked at, in a word that stays the same: for programs.
    pub(super) check: &'static str,
    /// Whom it is about: a process or a service.
    pub(super) about: String,
    /// What was found: a sentence.
    pub(super) found: String,
    /// What is to be done: a sentence; empty where there is nothing to do.
    #[serde(rename = "do")]
    pub(super) advice: String,
}

impl Finding {
    fn new(severity: Severity, check: &'static str, about: &str, found: String, advice: &str) -> Self {
        Self {
            severity,
            check,
            about: about.to_owned(),
            found,
            advice: advice.to_owned(),
        }
    }

    pub(super) fn bad(check: &'static str, about: &str, found: impl Into<String>, advice: &str) -> Self {
        Self::new(Severity::Bad, check, about, found.into(), advice)
    }

    pub(super) fn unchecked(check: &'static str, about: &str, found: impl Into<String>, advice: &str) -> Self {
        Self::new(Severity::Unchecked, check, about, found.into(), advice)
    }

    pub(super) fn warning(check: &'static str, about: &str, found: impl Into<String>, advice: &str) -> Self {
        Self::new(Severity::Warning, check, about, found.into(), advice)
    }

    pub(super) fn well(check: &'static str, about: &str, found: impl Into<String>) -> Self {
        Self::new(Severity::Well, check, about, found.into(), "")
    }

    /// By what findings are sorted.
    pub(super) fn order(&self) -> (Severity, &str, &str, &str) {
        (self.severity, &self.about, self.check, &self.found)
    }
}

/// The exit code for all findings.
pub(super) fn exit_code(findings: &[Finding]) -> u8 {
    match findings.iter().map(|finding| finding.severity).min() {
        Some(Severity::Bad) => BAD,
        Some(Severity::Unchecked) => UNCHECKED,
        _ => 0,
    }
}
