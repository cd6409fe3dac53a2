//! An idea that is rolled out, or was carried out and is worth sharing, becomes the draft of a solution.

use async_trait::async_trait;
use idesluss_domain::Event;
use idesluss_domain::sharing::Solutions;
use idesluss_domain::sharing::solution::SolutionAction;
use idesluss_domain::submission::IdeaEvent;
use idesluss_domain::words::SolutionId;
use idesluss_engine::{Call, CommandContext, Reaction, ReactionError, Recorded};

pub(crate) struct DraftSolution(pub(crate) CommandContext);

#[async_trait]
impl Reaction for DraftSolution {
    const NAME: &'static str = "draft-solution";

    fn concerns(&self, entry: &Recorded) -> bool {
        !entry.own && matches!(&entry.event, Some(Event::Idea(IdeaEvent::SharingProposed(_))))
    }

    async fn react(&self, entry: &Recorded) -> Result<(), ReactionError> {
        let Some(Event::Idea(IdeaEvent::SharingProposed(proposed))) = &entry.event else {
            return Ok(());
        };
        let decided_in = proposed.decided_in;
        let Some(idea) = entry.idea() else { return Ok(()) };
        let solution = SolutionId::derive(idea);
        let call = Call::reaction("DraftSolution", &entry.meta.organisation, entry.meta.id);
        let draft = SolutionAction::Draft { idea, decided_in };
        let engine = &self.0.engine;
        engine.carry_out::<Solutions>(call, idea.0, solution, draft).await?;
        Ok(())
    }
}
