use super::stored::stored_as_text;
use std::fmt;
use std::str::FromStr;

/// What a program may be let do: an rpc of the contract, such as `submission.v1.SubmissionCommandService/SubmitIdea`.
///
/// Shape: a service of ours, its version, the contract's service and the rpc; ASCII letters and digits alone.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ScopeName(String);

/// It is no name of an rpc.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("write an rpc as the contract has it, such as submission.v1.SubmissionCommandService/SubmitIdea")]
pub struct InvalidScopeName;

/// What every path of an rpc begins with.
const PREFIX: &str = "/idesluss.";

impl ScopeName {
    /// The rpc that is called by this path; None: it is no path of ours.
    pub fn of_path(path: &str) -> Option<Self> {
        path.strip_prefix(PREFIX)?.parse().ok()
    }

    /// The path by which it is called.
    pub fn path(&self) -> String {
        format!("{PREFIX}{}", self.0)
    }

    /// The name as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The service whose it is, such as `submission`.
    pub fn service(&self) -> &str {
        self.0.split('.').next().unwrap_or_default()
    }

    /// The rpc alone, such as `SubmitIdea`.
    pub fn rpc(&self) -> &str {
        self.0.rsplit('/').next().unwrap_or_default()
    }
}

impl FromStr for ScopeName {
    type Err = InvalidScopeName;

    fn from_str(text: &str) -> Result<Self, InvalidScopeName> {
        let is_small =
            |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit());
        let is_name = |part: &str| {
            part.starts_with(|c: char| c.is_ascii_uppercase()) && part.bytes().all(|b| b.is_ascii_alphanumeric())
        };
        let fits = || {
            let (full, rpc) = text.split_once('/')?;
            let mut parts = full.split('.');
            let (service, version, name) = (parts.next()?, parts.next()?, parts.next()?);
            let fits = is_small(service) && is_small(version) && is_name(name) && is_name(rpc);
            (fits && parts.next().is_none()).then_some(())
        };
        match (1..=120).contains(&text.len()) && fits().is_some() {
            true => Ok(Self(text.to_owned())),
            false => Err(InvalidScopeName),
        }
    }
}

impl fmt::Display for ScopeName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

stored_as_text!(ScopeName);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_scope_is_an_rpc_and_no_sentence() {
        let scope: ScopeName = "submission.v1.SubmissionCommandService/SubmitIdea".parse().unwrap();
        assert_eq!(ScopeName::of_path(&scope.path()), Some(scope.clone()));
        assert_eq!((scope.service(), scope.rpc()), ("submission", "SubmitIdea"));
        for wrong in [
            "",
            "SubmitIdea",
            "submission.v1.SubmissionCommandService",
            "submission.v1.a.SubmissionCommandService/SubmitIdea",
            "submission.v1.SubmissionCommandService/Submit/Idea",
            "submission.v1.SubmissionCommandService/Anna ringde",
            "/idesluss.submission.v1.SubmissionCommandService/SubmitIdea",
        ] {
            assert_eq!(wrong.parse::<ScopeName>(), Err(InvalidScopeName), "{wrong}");
        }
        assert_eq!(ScopeName::of_path("/grpc.health.v1.Health/Check"), None);
    }
}
