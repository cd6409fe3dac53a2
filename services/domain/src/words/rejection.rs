/// What sort of refusal a rejection is. Each has one gRPC status code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RejectionKind {
    /// The thing spoken of does not exist, or this actor may not know that it does.
    NotFound,
    /// A rule said no: the state, an invariant, or a missing step.
    Precondition,
    /// The command itself makes no sense: empty, too long, out of range.
    Invalid,
    /// This actor may not do this.
    Forbidden,
}

/// A refusal of any aggregate, ready to leave the domain. What people are told of it stands with the phrases, under its code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{code}")]
pub struct Rejection {
    /// What sort of refusal it is.
    pub kind: RejectionKind,
    /// Machine-readable, stable, in `SCREAMING_SNAKE_CASE`.
    pub code: &'static str,
    /// The limits that its sentence speaks of, by name.
    pub limits: &'static [(&'static str, u64)],
}
