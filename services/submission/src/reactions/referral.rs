use super::{act, act_apart};
use async_trait::async_trait;
use idesluss_domain::Event;
use idesluss_domain::submission::idea::{
    Action, AuthorClaimed, CoauthorAdded, DeclineReason, Idea, Receive, ReferralAnswer, ReferralAnswered,
};
use idesluss_domain::submission::{IdeaEvent, Ideas};
use idesluss_domain::words::{IdeaId, OrganisationId, Outcome, PersonId};
use idesluss_engine::{CommandContext, ExecuteError, Reaction, ReactionError, Recorded};

/// A referred idea becomes the receiver's new one; what the receiver answers comes back to its origin. Who wrote an idea, or comes to
/// have written it, is told wherever it is judged: in every case that it began elsewhere, and on the idea that it goes on as.
pub(crate) struct Referral(pub(crate) CommandContext);

/// What an event on a received idea tells its origin.
enum Answer {
    Says(ReferralAnswer),
    /// Not the receiver's business: home takes it up again.
    HandsBack,
}

fn answer(event: &IdeaEvent) -> Option<Answer> {
    Some(match event {
        IdeaEvent::IdeaAccepted(accepted) if accepted.round == 1 => Answer::Says(ReferralAnswer::Accepted),
        IdeaEvent::IdeaImplemented(_) => Answer::Says(ReferralAnswer::CarriedOut),
        IdeaEvent::IdeaDeclined(declined) if declined.reason == Some(DeclineReason::OutOfScope) => Answer::HandsBack,
        IdeaEvent::IdeaDeclined(_) => Answer::Says(ReferralAnswer::Declined),
        IdeaEvent::GateDecided(decided) if decided.outcome == Outcome::Reject => Answer::Says(ReferralAnswer::Declined),
        _ => return None,
    })
}

/// Whether others are to be told who wrote the idea.
fn tells_authors(event: &IdeaEvent) -> bool {
    use IdeaEvent as E;
    matches!(
        event,
        E::CoauthorAdded(_)
            | E::AuthorClaimed(_)
            | E::AuthorsExcluded(_)
            | E::IdeaLinkedAsDuplicate(_)
            | E::IdeaSuperseded(_)
    )
}

#[async_trait]
impl Reaction for Referral {
    const NAME: &'static str = "referral";
    // It writes to another idea than the one that it hears of, as others may at the same moment.
    const TOGETHER: usize = 1;

    fn concerns(&self, entry: &Recorded) -> bool {
        match &entry.event {
            Some(Event::Idea(event)) if entry.own => {
                matches!(event, IdeaEvent::IdeaReferred(_)) || tells_authors(event) || answer(event).is_some()
            }
            _ => false,
        }
    }

    async fn react(&self, entry: &Recorded) -> Result<(), ReactionError> {
        let Some(Event::Idea(event)) = &entry.event else {
            return Ok(());
        };
        let Some(here) = entry.idea() else { return Ok(()) };
        if let IdeaEvent::IdeaReferred(referred) = event {
            let receive = Receive {
                origin: here,
                origin_organisation: entry.meta.organisation.clone(),
                brief: referred.brief.clone(),
                authors: referred.authors.clone(),
            };
            let action = Action::Receive(receive);
            act(
                &self.0,
                "ReceiveIdea",
                &referred.receiver,
                entry,
                referred.received_as,
                action,
            )
            .await?;
            return Ok(());
        }
        let idea = self.0.engine.state::<Ideas>(here).await?;
        if tells_authors(event) {
            return self.tell_authors(entry, here, event, &idea).await;
        }
        let Some(answer) = answer(event) else { return Ok(()) };
        let Some(received) = idea.received else { return Ok(()) };
        let action = match answer {
            Answer::Says(answer) => Action::AnswerReferral(ReferralAnswered {
                receiver: received.organisation.clone(),
                answer,
            }),
            Answer::HandsBack => Action::Return(received.organisation.clone()),
        };
        let home = &received.origin_organisation;
        match act(&self.0, "AnswerReferral", home, entry, received.origin, action).await {
            // Home has taken it back or withdrawn it meanwhile: the answer comes too late to matter.
            Err(ExecuteError::Rejected(_)) => Ok(()),
            other => Ok(other?),
        }
    }
}

impl Referral {
    /// Tells who wrote the idea wherever it is judged. A case that was handed back may be taken up again: it is told too.
    async fn tell_authors(
        &self,
        entry: &Recorded,
        here: IdeaId,
        event: &IdeaEvent,
        idea: &Idea,
    ) -> Result<(), ReactionError> {
        let home = &entry.meta.organisation;
        let goes_on_as = || idea.linked.iter().map(|there| (home, *there));
        let cases = || idea.cases.iter().map(|(receiver, there)| (receiver, *there));
        let (people, to): (Vec<PersonId>, Vec<(&OrganisationId, IdeaId)>) = match event {
            IdeaEvent::CoauthorAdded(CoauthorAdded { coauthor: author })
            | IdeaEvent::AuthorClaimed(AuthorClaimed { author, .. }) => {
                let action = Action::LearnAuthor(*author);
                self.name_author(entry, "LearnAuthor", cases().collect(), action)
                    .await?;
                (vec![*author], goes_on_as().collect())
            }
            IdeaEvent::AuthorsExcluded(excluded) => (excluded.people.clone(), cases().chain(goes_on_as()).collect()),
            _ => (
                idea.excluded_where_it_goes_on().into_iter().collect(),
                goes_on_as().collect(),
            ),
        };
        let action = Action::ExcludeAuthors { of: here, people };
        self.name_author(entry, "ExcludeAuthors", to, action).await
    }

    /// Each has a command of its own: two cases may be in one organisation.
    async fn name_author(
        &self,
        entry: &Recorded,
        method: &'static str,
        to: Vec<(&OrganisationId, IdeaId)>,
        action: Action,
    ) -> Result<(), ReactionError> {
        // What took an idea's place in an older idea box may be nowhere here.
        let may_be_nowhere = matches!(&entry.event, Some(Event::Idea(IdeaEvent::IdeaSuperseded(_))));
        for (organisation, there) in to {
            match act_apart(&self.0, method, organisation, entry, there, action.clone()).await {
                Err(ExecuteError::Rejected(_)) if may_be_nowhere => {}
                other => other?,
            }
        }
        Ok(())
    }
}
