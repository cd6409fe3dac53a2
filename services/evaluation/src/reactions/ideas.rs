use async_trait::async_trait;
use idesluss_domain::Event;
use idesluss_domain::evaluation::criteria::Criteria;
use idesluss_domain::evaluation::evaluation::{
    Action, Close, CloseReason, Evaluation, Evaluations, Open, OpenedBrief, WeightedCriterion,
};
use idesluss_domain::submission::IdeaEvent;
use idesluss_domain::words::Scope;
use idesluss_domain::words::{CopiedText, EvaluationId, Gate, IdeaId, PersonId, StreamName};
use idesluss_engine::{Call, CommandContext, Loaded, Reaction, ReactionError, Recorded};
use idesluss_proto::pb::command;
use idesluss_proto::pb::submission as pb;
use idesluss_proto::pb::submission::submission_query_service_client::SubmissionQueryServiceClient;
use idesluss_runtime::Peer;
use idesluss_vault::{ExportedKey, KeyExport, SealedParts, VaultError};
use std::collections::BTreeMap;

/// An idea that comes to a gate is evaluated there; one that goes another way no longer is.
pub(crate) struct FollowIdeas {
    context: CommandContext,
    submission: SubmissionQueryServiceClient<Peer>,
}

impl FollowIdeas {
    pub(crate) fn new(context: CommandContext, submission: Peer) -> Self {
        Self {
            context,
            submission: SubmissionQueryServiceClient::new(submission),
        }
    }
}

/// What an event on an idea means here.
enum Turn {
    /// It comes to a gate, in a round.
    Opens(Gate, u32),
    /// It goes another way.
    Leaves(CloseReason),
}

fn turn(event: &IdeaEvent) -> Option<Turn> {
    Some(match event {
        IdeaEvent::IdeaAccepted(accepted) => Turn::Opens(accepted.gate?, accepted.round),
        IdeaEvent::GateDecided(decided) => {
            let next = decided.next?;
            Turn::Opens(next.gate, next.round)
        }
        IdeaEvent::IdeaWithdrawn(_) => Turn::Leaves(CloseReason::Withdrawn),
        IdeaEvent::IdeaLinkedAsDuplicate(_) => Turn::Leaves(CloseReason::Linked),
        IdeaEvent::IdeaSuperseded(_) => Turn::Leaves(CloseReason::Superseded),
        IdeaEvent::IdeaParked(_) => Turn::Leaves(CloseReason::Parked),
        _ => return None,
    })
}

#[async_trait]
impl Reaction for FollowIdeas {
    const NAME: &'static str = "ideas";

    fn concerns(&self, entry: &Recorded) -> bool {
        !entry.own && matches!(&entry.event, Some(Event::Idea(event)) if turn(event).is_some())
    }

    async fn react(&self, entry: &Recorded) -> Result<(), ReactionError> {
        let Some(Event::Idea(event)) = &entry.event else {
            return Ok(());
        };
        let Some(idea) = entry.idea() else { return Ok(()) };
        match turn(event) {
            Some(Turn::Opens(gate, round)) => self.open(entry, idea, gate, round).await,
            Some(Turn::Leaves(reason)) => self.close(entry, idea, reason).await,
            None => Ok(()),
        }
    }
}

impl FollowIdeas {
    async fn open(&self, entry: &Recorded, idea: IdeaId, gate: Gate, round: u32) -> Result<(), ReactionError> {
        let organisation = &entry.meta.organisation;
        let evaluation = EvaluationId::derive(idea, round);
        let earlier: Vec<StreamName> = (1..round)
            .map(|round| StreamName::evaluation(EvaluationId::derive(idea, round)))
            .collect();
        let criteria = StreamName::criteria(organisation);
        let mut streams = earlier.clone();
        streams.extend([criteria.clone(), StreamName::evaluation(evaluation)]);
        let loaded = self.context.engine.load(&streams).await?;
        if loaded.exists(&StreamName::evaluation(evaluation)) {
            return Ok(());
        }
        let rounds = earlier.iter().map(|stream| loaded.state::<Evaluations>(stream));
        let assessed_before = rounds
            .filter(|state| is_at(state, gate))
            .flat_map(who_assessed)
            .collect();
        let (brief, excluded, sealed) = self.borrow_brief(idea).await?;
        let set = loaded.state::<Criteria>(&criteria);
        let set = set.in_force_or_standard(organisation);
        let weighted = set.criteria.iter().map(|criterion| WeightedCriterion {
            key: criterion.key.clone(),
            weight: criterion.weight,
        });
        let open = Open {
            idea,
            gate,
            round,
            organisation: organisation.clone(),
            brief,
            excluded,
            assessed_before,
            criteria_set: set.name.clone(),
            criteria_version: set.version,
            criteria: weighted.collect(),
            assessments_required: set.assessments_required,
        };
        let action = Action::Open(Box::new(open));
        let mut call = Call::reaction("OpenEvaluation", organisation, entry.meta.id);
        call.sealed = sealed;
        let engine = &self.context.engine;
        engine
            .carry_out::<Evaluations>(call, idea.0, evaluation, action)
            .await?;
        Ok(())
    }

    /// Fetches the approved brief, and tells who wrote the idea. What is to be kept of it goes into one commit with the evaluation.
    async fn borrow_brief(&self, idea: IdeaId) -> Result<(OpenedBrief, Vec<PersonId>, SealedParts), ReactionError> {
        let request = pb::ExportBriefRequest {
            query: Some(command::Query::default()),
            idea: idea.to_string(),
        };
        let exported = self.submission.clone().export_brief(request).await?.into_inner();
        let unreadable = || ReactionError::Park("UNREADABLE_BRIEF".into());
        let texts: BTreeMap<String, CopiedText> = exported
            .digests
            .iter()
            .map(|(field, digest)| Some((field.clone(), CopiedText(digest.parse().ok()?))))
            .collect::<Option<_>>()
            .ok_or_else(unreadable)?;
        let authors = exported.authors.iter().map(|author| author.parse().ok());
        let authors = authors.collect::<Option<Vec<PersonId>>>().ok_or_else(unreadable)?;
        let version = exported.version;
        let export = read_export(exported).ok_or_else(unreadable)?;
        let sealed = self.take_over(idea, &texts, export).await?;
        Ok((OpenedBrief { version, texts }, authors, sealed))
    }

    /// What is to be kept of an export, if it is what the event that approved the brief speaks of, as that organisation's and that idea's.
    async fn take_over(
        &self,
        idea: IdeaId,
        texts: &BTreeMap<String, CopiedText>,
        export: KeyExport,
    ) -> Result<SealedParts, ReactionError> {
        let engine = &self.context.engine;
        let holder = engine
            .holder(&Loaded::default(), &StreamName::idea(idea), texts)
            .await?;
        let owner = holder.as_ref().and_then(|holder| Some((holder, holder.idea()?)));
        let Some((holder, owner)) = owner else {
            return Err(ReactionError::Park("UNKNOWN_BRIEF".into()));
        };
        let (organisation, scope) = (&holder.meta.organisation, Scope::Brief(owner));
        let taken_over = engine
            .vault()
            .import_keys(organisation, &scope, &holder.sealed_members(), export)
            .await;
        taken_over.map_err(|error| match error {
            VaultError::Erased => ReactionError::Park("ERASED".into()),
            VaultError::NotItsOwn => ReactionError::Park("OTHER_BRIEF".into()),
            error => ReactionError::Retry(error.to_string()),
        })
    }

    async fn close(&self, entry: &Recorded, idea: IdeaId, reason: CloseReason) -> Result<(), ReactionError> {
        // Rounds follow each other without a gap; the last one is the one that goes on.
        let mut last = None;
        for round in 1.. {
            let evaluation = EvaluationId::derive(idea, round);
            match self.context.engine.state::<Evaluations>(evaluation).await?.opened {
                Some(opened) => last = Some((evaluation, opened.organisation)),
                None => break,
            }
        }
        if let Some((evaluation, organisation)) = last {
            let action = Action::Close(Close { reason });
            let call = Call::reaction("CloseEvaluation", &organisation, entry.meta.id);
            let engine = &self.context.engine;
            engine
                .carry_out::<Evaluations>(call, idea.0, evaluation, action)
                .await?;
        }
        Ok(())
    }
}

fn is_at(state: &Evaluation, gate: Gate) -> bool {
    state.opened.as_ref().is_some_and(|opened| opened.gate == gate)
}

fn who_assessed(state: Evaluation) -> Vec<PersonId> {
    let assessors = state.assessors.into_iter();
    assessors
        .filter(|(_, assessor)| assessor.given.is_some())
        .map(|(person, _)| person)
        .collect()
}

fn read_export(exported: pb::ExportBriefResponse) -> Option<KeyExport> {
    let key = |key: pb::ExportedKey| {
        Some(ExportedKey {
            id: key.id.try_into().ok()?,
            key: <[u8; 32]>::try_from(key.key).ok()?.into(),
        })
    };
    let text = |text: pb::ExportedText| {
        Some(idesluss_journal::TextRow {
            digest: text.digest.try_into().ok()?,
            key: text.key.try_into().ok()?,
            bound_to: text.bound_to,
            ciphertext: text.ciphertext.into(),
        })
    };
    Some(KeyExport {
        keys: exported.keys.into_iter().map(key).collect::<Option<_>>()?,
        texts: exported.texts.into_iter().map(text).collect::<Option<_>>()?,
    })
}
