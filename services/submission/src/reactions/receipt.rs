use async_trait::async_trait;
use idesluss_domain::identity::Organisations;
use idesluss_domain::submission::idea::{Action, Idea, IdeaCommand, Receipt};
use idesluss_domain::submission::register::{AssignReference, Register, RegisterRejection};
use idesluss_domain::submission::{IdeaEvent, Ideas, RegisterEvent, Registers};
use idesluss_domain::words::calendar::add_working_days;
use idesluss_domain::words::{Date, IdeaId, OrganisationId, Rejection, StreamName};
use idesluss_domain::{Decider as _, Event};
use idesluss_engine::{
    CachedState, Call, CommandContext, Decided, Loaded, Reaction, ReactionError, Recorded, reaction_span,
};
use idesluss_runtime::date_in_sweden;

use std::collections::hash_map::Entry;
use std::collections::{HashMap, HashSet};
use tokio::sync::Mutex;

/// The most receipts that are sent together.
const MOST_AHEAD: usize = 64;

/// A new idea gets its reference and its promises, in one append.
pub(crate) struct SendReceipt {
    context: CommandContext,
    /// The registers in use, which only this reaction writes: reading a whole one for each idea takes longer with every idea.
    registers: Mutex<CachedStates>,
}

type CachedStates = HashMap<OrganisationId, CachedState<Registers>>;

/// What one receipt takes.
struct Plan {
    call: Call,
    idea: IdeaId,
    register: StreamName,
    stream: StreamName,
    assign: AssignReference,
    today: Date,
    answer_due: Date,
    decision_due: Date,
}

impl SendReceipt {
    pub(crate) fn new(context: CommandContext) -> Self {
        let registers = Mutex::default();
        Self { context, registers }
    }

    /// None: it is no new idea.
    fn plan(entry: &Recorded, organisations: &Organisations) -> Result<Option<Plan>, ReactionError> {
        let Some((idea, organisation)) = new_idea(entry) else {
            return Ok(None);
        };
        // What an organisation promises may come a moment after the idea.
        let promises = organisations.get(organisation);
        let promises = promises.ok_or_else(|| ReactionError::Retry("the organisation is not known yet".into()))?;
        let promises = &promises.settings;
        // The promise runs from the day on which the idea came in, however late the receipt goes out.
        let today = date_in_sweden(entry.recorded);
        let call = Call::reaction("SendReceipt", organisation, entry.meta.id);
        let assign = AssignReference {
            actor: call.head().actor.clone(),
            organisation: organisation.clone(),
            prefix: promises.prefix.to_string(),
            year: today.year(),
            idea,
        };
        Ok(Some(Plan {
            call,
            idea,
            register: StreamName::register(organisation, today.year()),
            stream: StreamName::idea(idea),
            assign,
            today,
            answer_due: add_working_days(today, promises.answer_working_days),
            decision_due: today.saturating_add(jiff_days(promises.decision_days)),
        }))
    }
}

impl Plan {
    /// The number and the receipt; both empty where it has gone out.
    fn decide(&self, numbers: &Register, idea: &Idea) -> Result<(Vec<RegisterEvent>, Vec<IdeaEvent>), Rejection> {
        if idea.receipt.is_some() {
            return Ok((Vec::new(), Vec::new()));
        }
        let assigned = Registers::decide(&self.assign, numbers)?;
        let Some(RegisterEvent::ReferenceAssigned(given)) = assigned.first() else {
            return Err(RegisterRejection::Full.into());
        };
        let receipt = Receipt {
            reference: given.reference.clone(),
            answer_due: self.answer_due,
            decision_due: self.decision_due,
        };
        let command = IdeaCommand {
            id: self.idea,
            actor: self.assign.actor.clone(),
            today: self.today,
            action: Action::SendReceipt(receipt),
        };
        Ok((assigned, Ideas::decide(&command, idea)?))
    }

    fn decided(&self, assigned: Vec<RegisterEvent>, sent: Vec<IdeaEvent>) -> Vec<Decided> {
        vec![
            Decided::of(&self.register, self.idea.0, assigned),
            Decided::of(&self.stream, self.idea.0, sent),
        ]
    }

    /// The cached state of its register.
    fn state_of<'a>(&self, states: &'a mut CachedStates) -> &'a mut CachedState<Registers> {
        match states.entry(self.assign.organisation.clone()) {
            // Another year begins its numbers anew.
            Entry::Occupied(known) if *known.get().stream() == self.register => known.into_mut(),
            other => other.insert_entry(CachedState::new(self.register.clone())).into_mut(),
        }
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
    // Whatever can be sent together is sent ahead; they take numbers of one register.
    const TOGETHER: usize = 1;

    fn concerns(&self, entry: &Recorded) -> bool {
        entry.own && new_idea(entry).is_some()
    }

    async fn react(&self, entry: &Recorded) -> Result<(), ReactionError> {
        let Some(plan) = Self::plan(entry, &self.context.organisations().await?)? else {
            return Ok(());
        };
        let mut states = self.registers.lock().await;
        let state = plan.state_of(&mut states);
        state.follow_last(&self.context.engine).await?;
        let decide = |loaded: &Loaded| {
            let (assigned, sent) = plan.decide(state.state(), &loaded.state::<Ideas>(&plan.stream))?;
            Ok(plan.decided(assigned, sent))
        };
        let beside = Some((&plan.register, state.version()));
        let (engine, streams) = (&self.context.engine, std::slice::from_ref(&plan.stream));
        engine
            .execute_beside(plan.call.clone(), streams, beside, decide)
            .await?;
        Ok(())
    }

    /// One after another they would wait for a commit each, and fall behind when ideas come in faster than that.
    async fn ahead(&self, entries: &[&Recorded]) -> usize {
        let Ok(organisations) = self.context.organisations().await else {
            return 0;
        };
        let plan = |entry: &&Recorded| Self::plan(entry, &organisations).ok().flatten();
        let plans: Vec<Plan> = entries.iter().take(MOST_AHEAD).map_while(plan).collect();
        let streams: Vec<StreamName> = plans.iter().map(|plan| plan.stream.clone()).collect();
        let engine = &self.context.engine;
        let Ok(loaded) = engine.load(&streams).await else {
            return 0;
        };
        let mut states = self.registers.lock().await;
        let mut followed = HashSet::new();
        let mut commands = Vec::with_capacity(plans.len());
        // How many have been looked at before each command, and in all: some have their receipt, as after a crash.
        let (mut before, mut looked_at) = (Vec::with_capacity(plans.len()), 0);
        for (plan, entry) in plans.iter().zip(entries) {
            let state = plan.state_of(&mut states);
            if followed.insert(&plan.register) && state.follow_last(engine).await.is_err() {
                break;
            }
            let idea = loaded.state::<Ideas>(&plan.stream);
            let Ok((assigned, sent)) = plan.decide(state.state(), &idea) else {
                break;
            };
            if !assigned.is_empty() && !sent.is_empty() {
                let versions = [
                    (&plan.register, state.version()),
                    (&plan.stream, loaded.version(&plan.stream)),
                ];
                state.apply_uncommitted(&assigned);
                let decided = plan.decided(assigned, sent);
                let command =
                    reaction_span::<Self>(entry).in_scope(|| engine.pipelined(&plan.call, &versions, decided));
                let Ok(command) = command else { break };
                commands.push(command);
                before.push(looked_at);
            }
            looked_at += 1;
        }
        let written = engine.append_pipelined(commands).await;
        let answered = before.get(written).copied().unwrap_or(looked_at);
        if answered < plans.len() {
            // What ran ahead may not stand in the journal.
            states.retain(|_, state| !followed.contains(state.stream()));
        }
        answered
    }
}

fn jiff_days(days: u16) -> std::time::Duration {
    std::time::Duration::from_secs(u64::from(days) * 86_400)
}
