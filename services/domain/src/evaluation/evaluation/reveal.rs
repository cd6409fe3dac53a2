//! What nobody may read before all assessments are shown together.

use super::EvaluationEvent;

impl EvaluationEvent {
    /// Whether the event's sealed texts stay closed, to everybody but whoever wrote them, until the assessments are revealed.
    pub fn is_hidden_until_reveal(&self) -> bool {
        match self {
            Self::AssessmentSubmitted(_) | Self::AssessmentRevised(_) => true,
            Self::EvaluationOpened(_)
            | Self::NeedOwnerConfirmed(_)
            | Self::AssessorAssigned(_)
            | Self::NoConflictDeclared(_)
            | Self::ConflictDeclared(_)
            | Self::AssessorRecused(_)
            | Self::AssessmentsRevealed(_)
            | Self::RecommendationIssued(_)
            | Self::MandateVerified(_)
            | Self::DecisionMade(_)
            | Self::DecisionReported(_)
            | Self::DecisionCorrected(_)
            | Self::DecisionReconsidered(_)
            | Self::ResourcesCommitted(_)
            | Self::SupportArranged(_)
            | Self::PilotStarted(_)
            | Self::PilotCompleted(_)
            | Self::EvaluationClosed(_)
            | Self::EarlierDecisionRecorded(_)
            | Self::EarlierAssessmentRecorded(_)
            | Self::TextsErased(_) => false,
        }
    }

    /// Whether what was hidden in its stream is shown from this event on.
    pub fn reveals(&self) -> bool {
        matches!(self, Self::AssessmentsRevealed(_))
    }
}
