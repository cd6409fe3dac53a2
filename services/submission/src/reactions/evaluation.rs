use super::act;
use async_trait::async_trait;
use idesluss_domain::Event;
use idesluss_domain::evaluation::EvaluationEvent;
use idesluss_domain::evaluation::evaluation::DecisionMade;
use idesluss_domain::submission::Ideas;
use idesluss_domain::submission::idea::{Action, EvaluationStarted, GateDecision};
use idesluss_engine::{CommandContext, Reaction, ReactionError, Recorded};

/// What evaluation opens and decides is noted on the idea; the next gate follows from it.
pub(crate) struct FollowEvaluation(pub(crate) CommandContext);

#[async_trait]
impl Reaction for FollowEvaluation {
    const NAME: &'static str = "evaluation";

    fn concerns(&self, entry: &Recorded) -> bool {
        use EvaluationEvent as E;
        let known = |event: &E| {
            matches!(
                event,
                E::EvaluationOpened(_) | E::DecisionMade(_) | E::DecisionReconsidered(_)
            )
        };
        !entry.own && matches!(&entry.event, Some(Event::Evaluation(event)) if known(event))
    }

    async fn react(&self, entry: &Recorded) -> Result<(), ReactionError> {
        match &entry.event {
            Some(Event::Evaluation(EvaluationEvent::EvaluationOpened(opened))) => {
                let started = EvaluationStarted {
                    evaluation: opened.evaluation,
                    gate: opened.gate,
                    round: opened.round,
                };
                let action = Action::StartEvaluation(started);
                act(
                    &self.0,
                    "StartEvaluation",
                    &opened.organisation,
                    entry,
                    opened.idea,
                    action,
                )
                .await?;
            }
            Some(Event::Evaluation(EvaluationEvent::DecisionMade(decision))) => self.record(entry, decision).await?,
            Some(Event::Evaluation(EvaluationEvent::DecisionReconsidered(anew))) => {
                self.record(entry, &anew.decision).await?;
            }
            _ => {}
        }
        Ok(())
    }
}

impl FollowEvaluation {
    async fn record(&self, entry: &Recorded, decision: &DecisionMade) -> Result<(), ReactionError> {
        let idea = self.0.engine.state::<Ideas>(decision.idea).await?;
        // The evaluation's id follows from idea and round: the round that it fits is the one that was decided.
        let round = (1..=idea.rounds)
            .find(|round| idesluss_domain::words::EvaluationId::derive(decision.idea, *round) == decision.evaluation);
        let (Some(round), Some(organisation)) = (round, idea.organisation()) else {
            return Err(ReactionError::Park("OTHER_EVALUATION".into()));
        };
        let action = Action::RecordDecision(GateDecision {
            evaluation: decision.evaluation,
            gate: decision.gate,
            round,
            outcome: decision.outcome,
            home: decision.home,
        });
        act(&self.0, "RecordDecision", organisation, entry, decision.idea, action).await?;
        Ok(())
    }
}
