//! The one place that maps refusals to gRPC status codes, and reads them back.
//!
//! A refusal carries `google.rpc.ErrorInfo` with a stable reason and, for wrong input,
//! `google.rpc.BadRequest` with a sentence per field.

use idesluss_domain::words::{Rejection, RejectionKind};
use std::str::FromStr;
use tonic::{Code, Status};
use tonic_types::{ErrorDetails, StatusExt as _};

const DOMAIN: &str = "idesluss";

/// Everything that is wrong with a request's fields, gathered so that people hear all of it at once.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Problems(Vec<(String, String)>);

impl Problems {
    /// Notes that `field` is wrong; `sentence` says what to do.
    pub fn add(&mut self, field: impl Into<String>, sentence: impl Into<String>) {
        self.0.push((field.into(), sentence.into()));
    }

    /// Parses a field, or notes that it is wrong.
    pub fn parse<T: FromStr>(&mut self, field: &str, text: &str, sentence: &str) -> Option<T> {
        let parsed = text.parse().ok();
        if parsed.is_none() {
            self.add(field, sentence);
        }
        parsed
    }

    /// Checks a text's length in characters after trimming, or notes that it is wrong. Returns the trimmed text.
    pub fn text(&mut self, field: &str, text: &str, lengths: std::ops::RangeInclusive<usize>) -> String {
        let trimmed = text.trim();
        let count = trimmed.chars().count();
        if count < *lengths.start() {
            self.add(
                field,
                if count == 0 {
                    "fill this in".to_owned()
                } else {
                    format!("write at least {} characters", lengths.start())
                },
            );
        } else if count > *lengths.end() {
            self.add(
                field,
                format!("write at most {} characters; these are {count}", lengths.end()),
            );
        } else if trimmed
            .chars()
            .any(|c| c.is_control() && !matches!(c, '\n' | '\r' | '\t'))
        {
            self.add(field, "remove the control characters");
        }
        trimmed.to_owned()
    }

    /// Ends the reading: `value` if nothing was wrong, else INVALID_ARGUMENT with every field.
    pub fn finish<T>(self, value: Option<T>) -> Result<T, Status> {
        match value {
            Some(value) if self.0.is_empty() => Ok(value),
            _ => Err(self.into()),
        }
    }
}

impl From<Problems> for Status {
    fn from(problems: Problems) -> Self {
        let mut details = ErrorDetails::with_error_info("INVALID_FIELDS", DOMAIN, []);
        for (field, sentence) in &problems.0 {
            details.add_bad_request_violation(field, sentence);
        }
        let said: Vec<_> = problems
            .0
            .iter()
            .map(|(field, sentence)| format!("{field}: {sentence}"))
            .collect();
        Status::with_error_details(Code::InvalidArgument, said.join("; "), details)
    }
}

/// A status with a stable reason and a sentence that says what to do.
pub fn refuse(code: Code, reason: &'static str, sentence: impl Into<String>) -> Status {
    Status::with_error_details(code, sentence, ErrorDetails::with_error_info(reason, DOMAIN, []))
}

/// Turns a domain refusal into its status.
pub fn from_rejection(rejection: Rejection) -> Status {
    let code = match rejection.kind {
        RejectionKind::NotFound => Code::NotFound,
        RejectionKind::Precondition => Code::FailedPrecondition,
        RejectionKind::Invalid => Code::InvalidArgument,
        RejectionKind::Forbidden => Code::PermissionDenied,
    };
    refuse(code, rejection.code, rejection.sentence)
}

/// A refusal as a caller reads it back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// The status code.
    pub code: Code,
    /// The stable reason, such as `CONFLICT_OF_INTEREST`; empty when the other side gave none.
    pub reason: String,
    /// The English sentence.
    pub sentence: String,
    /// What is wrong with which field.
    pub fields: Vec<(String, String)>,
}

impl From<&Status> for Refusal {
    fn from(status: &Status) -> Self {
        let details = status.get_error_details();
        Self {
            code: status.code(),
            reason: details.error_info().map(|info| info.reason.clone()).unwrap_or_default(),
            sentence: status.message().to_owned(),
            fields: details
                .bad_request()
                .map(|bad| {
                    bad.field_violations
                        .iter()
                        .map(|v| (v.field.clone(), v.description.clone()))
                        .collect()
                })
                .unwrap_or_default(),
        }
    }
}
