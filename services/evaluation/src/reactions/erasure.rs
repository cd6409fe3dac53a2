use async_trait::async_trait;
use idesluss_domain::Event;
use idesluss_domain::evaluation::evaluation::{Action, Erased, Evaluations};
use idesluss_domain::submission::{IdeaEvent, Ideas};
use idesluss_domain::words::Scope;
use idesluss_domain::words::{EvaluationId, StreamName};
use idesluss_engine::{Call, CommandContext, Reaction, ReactionError, Recorded};
use idesluss_runtime::report_refusal;

/// What was decided to be erased goes here too: the copy of the brief, and all that was written about the idea.
pub(crate) struct Erase(pub(crate) CommandContext);

#[async_trait]
impl Reaction for Erase {
    const NAME: &'static str = "erasure";
    // Each writes a part of the keys anew: others would feel many.
    const TOGETHER: usize = 1;

    fn concerns(&self, entry: &Recorded) -> bool {
        !entry.own && matches!(&entry.event, Some(Event::Idea(IdeaEvent::ErasureDecided(_))))
    }

    async fn react(&self, entry: &Recorded) -> Result<(), ReactionError> {
        let Some(Event::Idea(IdeaEvent::ErasureDecided(decided))) = &entry.event else {
            return Ok(());
        };
        let (engine, stream) = (&self.0.engine, StreamName::idea(decided.idea));
        let idea = engine.state::<Ideas>(decided.idea).await?;
        // Nobody but the idea's own organisation erases, whatever an event from elsewhere says.
        let organisation = match idea.organisation() {
            Some(home) if *home == entry.meta.organisation && entry.is_of(&stream) => home,
            _ => {
                report_refusal("erasure_by_another_organisation");
                return Ok(());
            }
        };
        let evaluations = (0..=idea.rounds).map(|round| Scope::Evaluation(EvaluationId::derive(decided.idea, round)));
        let scopes: Vec<Scope> = std::iter::once(Scope::Brief(decided.idea)).chain(evaluations).collect();
        let erased = engine.vault().erase(organisation, &scopes).await;
        erased.map_err(|error| ReactionError::Retry(error.to_string()))?;
        let action = Action::Erased(Erased {
            idea: decided.idea,
            scopes: scopes.iter().map(ToString::to_string).collect(),
        });
        let records = EvaluationId::derive(decided.idea, 0);
        let call = Call::reaction("ConfirmErasure", &entry.meta.organisation, entry.meta.id);
        engine
            .carry_out::<Evaluations>(call, decided.idea.0, records, action)
            .await?;
        Ok(())
    }
}
