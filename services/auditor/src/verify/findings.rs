use super::{Code, Report, Severity};

/// Where something was found.
#[derive(Debug, Clone, Copy)]
pub(super) struct At<'a> {
    pub(super) log: &'a str,
    pub(super) position: Option<u64>,
}

/// What a rule has to say: None: it holds.
pub(super) type Found = Option<String>;

/// Gathers what is found.
#[derive(Debug, Default)]
pub(super) struct Findings {
    pub(super) report: Report,
}

impl Findings {
    pub(super) fn broken(&mut self, code: Code, at: At<'_>, text: impl Into<String>) {
        let (log, position) = (Some(at.log), at.position);
        self.report.add(code, Severity::Broken, log, position, text.into());
    }

    pub(super) fn note(&mut self, code: Code, at: At<'_>, text: impl Into<String>) {
        let (log, position) = (Some(at.log), at.position);
        self.report.add(code, Severity::Note, log, position, text.into());
    }

    /// Something about the file as a whole.
    pub(super) fn file(&mut self, code: Code, text: impl Into<String>) {
        self.report.add(code, Severity::Broken, None, None, text.into());
    }

    /// What a rule found, if it found anything.
    pub(super) fn rule(&mut self, code: Code, at: At<'_>, found: Found) {
        if let Some(text) = found {
            self.broken(code, at, text);
        }
    }
}
