use async_trait::async_trait;
use idesluss_domain::submission::idea::{Action, IdeaCommand, Receipt};
use idesluss_domain::submission::register::AssignReference;
use idesluss_domain::submission::{IdeaEvent, Ideas, RegisterEvent, Registers};
use idesluss_domain::words::calendar::add_working_days;
use idesluss_domain::words::{IdeaId, OrganisationId, StreamName};
use idesluss_domain::{Decider as _, Event};
use idesluss_engine::{Call, Course, Decided, Desk, Reaction, ReactionError, Recorded};
use idesluss_runtime::date_in_sweden;
use std::collections::HashMap;
use std::collections::hash_map::Entry;
use tokio::sync::Mutex;

/// A new idea gets its reference and its promises, in one append.
pub(super) struct SendReceipt {
    desk: Desk,
    /// The registers in use, which only this reaction writes: reading a whole one for each idea takes longer with every idea.
    registers: Mutex<HashMap<OrganisationId, Course<Registers>>>,
}

impl SendReceipt {
    pub(super) fn new(desk: Desk) -> Self {
        let registers = Mutex::default();
        Self { desk, registers }
    }
}

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
        let promises = self.desk.directory.organisation(organisation);
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
        let mut registers = self.registers.lock().await;
        let course = match registers.entry(organisation.clone()) {
            // Another year begins its numbers anew.
            Entry::Occupied(known) if *known.get().stream() == register => known.into_mut(),
            other => other.insert_entry(Course::new(register.clone())).into_mut(),
        };
        course.follow(&self.desk.engine).await?;
        let (numbers, version) = (course.state(), course.version());
        let decide = |loaded: &idesluss_engine::Loaded| {
            let assigned = Registers::decide(&assign, numbers)?;
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
        let beside = Some((&register, version));
        let (engine, streams) = (&self.desk.engine, std::slice::from_ref(&idea));
        engine.execute_beside(call, streams, beside, decide).await?;
        Ok(())
    }
}

fn jiff_days(days: u16) -> std::time::Duration {
    std::time::Duration::from_secs(u64::from(days) * 86_400)
}
