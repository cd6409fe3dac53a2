use super::act;
use async_trait::async_trait;
use idesluss_domain::Event;
use idesluss_domain::submission::idea::{Action, DeclineReason, Receive, ReferralAnswer, ReferralAnswered};
use idesluss_domain::submission::{IdeaEvent, Ideas};
use idesluss_domain::words::{Outcome, StreamName};
use idesluss_engine::{CommandContext, ExecuteError, Reaction, ReactionError, Recorded};

/// A referred idea becomes the receiver's new one; what the receiver answers comes back to its origin.
pub(super) struct Referral(pub(super) CommandContext);

/// What an event on a received idea tells its origin. What its origin tells it is that somebody has become a co-author.
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

#[async_trait]
impl Reaction for Referral {
    const NAME: &'static str = "referral";

    fn concerns(&self, entry: &Recorded) -> bool {
        match &entry.event {
            Some(Event::Idea(event)) if entry.own => {
                matches!(event, IdeaEvent::IdeaReferred(_) | IdeaEvent::CoauthorAdded(_)) || answer(event).is_some()
            }
            _ => false,
        }
    }

    async fn react(&self, entry: &Recorded) -> Result<(), ReactionError> {
        let Some(Event::Idea(event)) = &entry.event else {
            return Ok(());
        };
        let Ok(here) = entry.meta.subject.trim_start_matches("idea/").parse() else {
            return Ok(());
        };
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
        let stream = StreamName::idea(here);
        let idea = self
            .0
            .engine
            .load(std::slice::from_ref(&stream))
            .await?
            .state::<Ideas>(&stream);
        if let IdeaEvent::CoauthorAdded(added) = event {
            // Where it was handed back the receiver judges it no more.
            let Some(referred) = idea.referred else { return Ok(()) };
            let action = Action::LearnAuthor(added.coauthor);
            let (receiver, there) = (&referred.receiver, referred.received_as);
            act(&self.0, "LearnAuthor", receiver, entry, there, action).await?;
            return Ok(());
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
