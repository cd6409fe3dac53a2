use super::act;
use crate::{SERVICE, search};
use async_trait::async_trait;
use idesluss_domain::Event;
use idesluss_domain::evaluation::EvaluationEvent;
use idesluss_domain::submission::IdeaEvent;
use idesluss_domain::submission::idea::Action;
use idesluss_domain::words::Scope;
use idesluss_domain::words::{IdeaId, OrganisationId};
use idesluss_engine::{CommandContext, Reaction, ReactionError, Recorded};
use idesluss_search::Search;

/// What was decided to be erased goes: keys, texts, files, and the words in the indexes. Then it is confirmed.
pub(crate) struct Erase {
    pub(crate) context: CommandContext,
    pub(crate) indexes: [Search; 2],
}

#[async_trait]
impl Reaction for Erase {
    const NAME: &'static str = "erasure";
    // Each writes a part of the keys, and of an index, anew: others would feel many.
    const TOGETHER: usize = 1;

    fn concerns(&self, entry: &Recorded) -> bool {
        match &entry.event {
            Some(Event::Idea(IdeaEvent::ErasureDecided(_))) => entry.own,
            Some(Event::Evaluation(EvaluationEvent::TextsErased(_))) => !entry.own,
            _ => false,
        }
    }

    async fn react(&self, entry: &Recorded) -> Result<(), ReactionError> {
        match &entry.event {
            Some(Event::Idea(IdeaEvent::ErasureDecided(decided))) => {
                self.erase(&entry.meta.organisation, decided.idea).await?;
                self.confirm(entry, decided.idea, SERVICE.name).await
            }
            Some(Event::Evaluation(EvaluationEvent::TextsErased(erased))) => {
                self.confirm(entry, erased.idea, "evaluation").await
            }
            _ => Ok(()),
        }
    }
}

impl Erase {
    /// The keys of the organisation whose idea it is: the rules let nobody else decide it.
    async fn erase(&self, organisation: &OrganisationId, idea: IdeaId) -> Result<(), ReactionError> {
        let retry = |error: &dyn std::fmt::Display| ReactionError::Retry(error.to_string());
        let scopes = [Scope::Idea(idea), Scope::Brief(idea)];
        let vault = self.context.engine.vault();
        vault
            .erase(organisation, &scopes)
            .await
            .map_err(|error| retry(&error))?;
        let ideas = search::with_received(&self.context.engine, idea).await?;
        for index in &self.indexes {
            index.forget(&ideas).await.map_err(|error| retry(&error))?;
        }
        Ok(())
    }

    async fn confirm(&self, entry: &Recorded, idea: IdeaId, service: &str) -> Result<(), ReactionError> {
        let action = Action::ConfirmErasure(crate::service(service));
        act(
            &self.context,
            "ConfirmErasure",
            &entry.meta.organisation,
            entry,
            idea,
            action,
        )
        .await?;
        Ok(())
    }
}
