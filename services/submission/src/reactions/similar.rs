use super::act;
use crate::search::distinct;
use async_trait::async_trait;
use idesluss_domain::Event;
use idesluss_domain::submission::IdeaEvent;
use idesluss_domain::submission::idea::Action;
use idesluss_engine::{CommandContext, Reaction, ReactionError, Recorded};
use idesluss_search::{Among, Search};

/// How many are noted.
const SUGGESTED: usize = 5;

/// Ideas like a new one are noted for its coordinator. Its authors see them too: so they come from briefs alone.
pub(crate) struct SuggestSimilar {
    pub(crate) context: CommandContext,
    pub(crate) briefs: Search,
}

#[async_trait]
impl Reaction for SuggestSimilar {
    const NAME: &'static str = "similar";

    fn concerns(&self, entry: &Recorded) -> bool {
        let Some(Event::Idea(IdeaEvent::IdeaSubmitted(submitted))) = &entry.event else {
            return false;
        };
        entry.own && submitted.imported.is_none()
    }

    async fn react(&self, entry: &Recorded) -> Result<(), ReactionError> {
        let Some(Event::Idea(IdeaEvent::IdeaSubmitted(submitted))) = &entry.event else {
            return Ok(());
        };
        // Everything before it can be found: a repeat finds at least as much, and the first result stands.
        self.briefs.reached(entry.position).await;
        let opened = self.context.engine.vault().open_texts(&entry.sealed_members()).await;
        let opened = opened.map_err(|error| ReactionError::Retry(error.to_string()))?;
        let words: Vec<_> = opened.into_iter().filter_map(|opened| opened.text()).collect();
        let words: Vec<&str> = words.iter().map(|text| text.as_str()).collect();
        if words.is_empty() {
            return Ok(());
        }
        let found = self
            .briefs
            .similar(
                words.join("\n"),
                Among::own(submitted.organisation.clone()),
                SUGGESTED + 1,
            )
            .await;
        let mut found = distinct(found.map_err(|error| ReactionError::Retry(error.to_string()))?);
        found.retain(|idea| *idea != submitted.idea);
        found.truncate(SUGGESTED);
        if found.is_empty() {
            return Ok(());
        }
        let action = Action::SuggestSimilar(found);
        match act(
            &self.context,
            "SuggestSimilar",
            &submitted.organisation,
            entry,
            submitted.idea,
            action,
        )
        .await
        {
            // It ended meanwhile: nobody needs the suggestion.
            Err(idesluss_engine::ExecuteError::Rejected(_)) => Ok(()),
            other => Ok(other?),
        }
    }
}
