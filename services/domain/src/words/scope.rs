use super::{AdoptionId, CallId, EvaluationId, IdeaId, PersonId, StreamName};
use std::fmt;

/// What one destroyable key protects, within the organisation whose key it is.
///
/// Kinds are told apart: a call and an idea of the same id have keys of their own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Scope {
    /// Everything that was written about an idea, and its attachments.
    Idea(IdeaId),
    /// What an organisation wrote about its call.
    Call(CallId),
    /// An idea's de-identified brief, which evaluation keeps a copy of.
    Brief(IdeaId),
    /// What is known of a person: name, contact.
    Person(PersonId),
    /// Rationales and recommendations of an evaluation, and scores that wait to be revealed.
    Evaluation(EvaluationId),
    /// What an organisation wrote about its use of a solution.
    Adoption(AdoptionId),
}

impl Scope {
    /// The stream whose first entry says whose it is.
    pub fn stream(self) -> StreamName {
        match self {
            Self::Idea(id) | Self::Brief(id) => StreamName::idea(id),
            Self::Call(id) => StreamName::call(id),
            Self::Evaluation(id) => StreamName::evaluation(id),
            Self::Adoption(id) => StreamName::adoption(id),
            Self::Person(id) => StreamName::person(id),
        }
    }
}

impl fmt::Display for Scope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Idea(id) => write!(f, "idea/{id}"),
            Self::Call(id) => write!(f, "call/{id}"),
            Self::Brief(id) => write!(f, "brief/{id}"),
            Self::Person(id) => write!(f, "person/{id}"),
            Self::Evaluation(id) => write!(f, "evaluation/{id}"),
            Self::Adoption(id) => write!(f, "adoption/{id}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    #[test]
    fn a_scope_is_written_as_its_kind_and_id_and_owned_by_whoever_began_its_stream() {
        let id = Uuid::from_u128(7);
        for (scope, kind, stream) in [
            (Scope::Idea(IdeaId(id)), "idea", "idea"),
            (Scope::Brief(IdeaId(id)), "brief", "idea"),
            (Scope::Call(CallId(id)), "call", "call"),
            (Scope::Evaluation(EvaluationId(id)), "evaluation", "evaluation"),
            (Scope::Adoption(AdoptionId(id)), "adoption", "adoption"),
            (Scope::Person(PersonId(id)), "person", "person"),
        ] {
            assert_eq!(scope.to_string(), format!("{kind}/{id}"));
            assert_eq!(scope.stream().to_string(), format!("{stream}/{id}"));
        }
    }
}
