//! An idea that is rolled out, or was carried out and is worth sharing, becomes the draft of a solution.

use async_trait::async_trait;
use idesluss_domain::Event;
use idesluss_domain::sharing::Solutions;
use idesluss_domain::sharing::solution::SolutionAction;
use idesluss_domain::submission::IdeaEvent;
use idesluss_domain::words::{EvaluationId, Gate, Outcome, SolutionId};
use idesluss_engine::{Call, CommandContext, Reaction, ReactionError, Recorded};

pub(crate) struct DraftSolution(pub(crate) CommandContext);

/// Whether an event leads to a solution, and the evaluation that decided so.
fn leads(event: &IdeaEvent) -> Option<Option<EvaluationId>> {
    match event {
        IdeaEvent::IdeaImplemented(implemented) if implemented.shareable => Some(None),
        IdeaEvent::GateDecided(decided) if decided.gate == Gate::Rollout && decided.outcome == Outcome::Advance => {
            Some(Some(decided.evaluation))
        }
        _ => None,
    }
}

#[async_trait]
impl Reaction for DraftSolution {
    const NAME: &'static str = "draft-solution";

    fn concerns(&self, entry: &Recorded) -> bool {
        !entry.own && matches!(&entry.event, Some(Event::Idea(event)) if leads(event).is_some())
    }

    async fn react(&self, entry: &Recorded) -> Result<(), ReactionError> {
        let Some(Event::Idea(event)) = &entry.event else {
            return Ok(());
        };
        let Some(decided_in) = leads(event) else { return Ok(()) };
        let Some(idea) = entry.idea() else { return Ok(()) };
        let solution = SolutionId::derive(idea);
        let call = Call::reaction("DraftSolution", &entry.meta.organisation, entry.meta.id);
        let draft = SolutionAction::Draft { idea, decided_in };
        let engine = &self.0.engine;
        engine.carry_out::<Solutions>(call, idea.0, solution, draft).await?;
        Ok(())
    }
}
