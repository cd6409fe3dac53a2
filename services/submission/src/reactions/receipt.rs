use async_trait::async_trait;
use idesluss_domain::submission::idea::{Action, IdeaCommand, Receipt};
use idesluss_domain::submission::register::AssignReference;
use idesluss_domain::submission::{IdeaEvent, Ideas, RegisterEvent, Registers};
use idesluss_domain::words::calendar::add_working_days;
use idesluss_domain::words::{IdeaId, OrganisationId, StreamName};
use idesluss_domain::{Decider as _, Event};
use idesluss_engine::{Call, Decided, Desk, Reaction, ReactionError, Recorded};
use idesluss_runtime::date_in_sweden;

/// A new idea gets its reference and its promises, in one append.
pub(super) struct SendReceipt(pub(super) Desk);

fn new_idea(entry: &Recorded) -> Option<(IdeaId, &OrganisationId)> {
    match entry.event.as_ref()? {
        Event::Idea(IdeaEvent::IdeaSubmitted(submitted)) if submitted.imported.is_none() => {
            Some((submitted.idea, &submitted.organisation))
        }
        Event::Idea(IdeaEvent::IdeaReceived(received)) => Some((received.idea, &received.organisation)),
        _ => None,
    }
}

#[async_trait]
impl Reaction for SendReceipt {
    const NAME: &'static str = "receipt";

    fn concerns(&self, entry: &Recorded) -> bool {
        entry.own && new_idea(entry).is_some()
    }

    async fn react(&self, entry: &Recorded) -> Result<(), ReactionError> {
        let Some((id, organisation)) = new_idea(entry) else {
            return Ok(());
        };
        let promises = self.0.directory.organisation(organisation);
        let promises = promises.ok_or_else(|| ReactionError::Park("UNKNOWN_ORGANISATION".into()))?;
        // The promise runs from the day on which the idea came in, however late the receipt goes out.
        let today = date_in_sweden(entry.recorded);
        let call = Call::reaction("SendReceipt", organisation, entry.meta.id);
        let actor = call.head.actor.clone();
        let assign = AssignReference {
            actor: actor.clone(),
            organisation: organisation.clone(),
            prefix: promises.prefix.clone(),
            year: today.year(),
            idea: id,
        };
        let days = jiff_days(promises.decision_days);
        let (answer_due, decision_due) = (
            add_working_days(today, promises.answer_working_days),
            today.saturating_add(days),
        );
        let (register, idea) = (StreamName::register(organisation, today.year()), StreamName::idea(id));
        let decide = |loaded: &idesluss_engine::Loaded| {
            let numbers = loaded.state::<Registers>(&register);
            let assigned = Registers::decide(&assign, &numbers)?;
            let reference = match assigned.first() {
                Some(RegisterEvent::ReferenceAssigned(assigned)) => assigned.reference.clone(),
                None => numbers.references.get(&id).cloned().unwrap_or_default(),
            };
            let receipt = Receipt {
                reference,
                answer_due,
                decision_due,
            };
            let command = IdeaCommand {
                idea: id,
                actor: actor.clone(),
                today,
                action: Action::SendReceipt(receipt),
            };
            let sent = Ideas::decide(&command, &loaded.state::<Ideas>(&idea))?;
            Ok(vec![
                Decided::of(&register, id.0, assigned),
                Decided::of(&idea, id.0, sent),
            ])
        };
        let streams = [register.clone(), idea.clone()];
        self.0.engine.execute(call, &streams, decide).await?;
        Ok(())
    }
}

fn jiff_days(days: u16) -> std::time::Duration {
    std::time::Duration::from_secs(u64::from(days) * 86_400)
}
