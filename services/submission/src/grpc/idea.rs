use super::access::{load, sees};
use super::{Answer, Submission};
use idesluss_access::Sees;
use idesluss_domain::rights::offered;
use idesluss_domain::submission::IdeaEvent;
use idesluss_domain::submission::idea::rights::RULES;
use idesluss_domain::submission::idea::{Erasure, Idea, ReferralAnswer};
use idesluss_domain::words::{CopiedText, IdeaId, Role, SealedText, StreamName, copied};
use idesluss_domain::{Event, SealedMember};
use idesluss_engine::{Asker, CommandContext, Loaded, Recorded, Texts, members_in};
use idesluss_proto::pb::command::Text;
use idesluss_proto::pb::submission as pb;
use idesluss_proto::requests::submission::GetIdea;
use std::collections::{BTreeMap, HashMap};
use tonic::Status;

/// One idea's page.
pub(super) async fn get(submission: Submission, asker: Asker, asked: GetIdea) -> Answer<pb::GetIdeaRequest> {
    let (context, id) = (&submission.context, asked.idea);
    let (loaded, idea) = load(context, &asker, id).await?;
    let sees = sees(context, &asker, id, &idea).await?;
    let stream = StreamName::idea(id);
    let entries = loaded.entries(&stream);
    let mut details = IdeaDetails::gather(entries);
    // What the asker is in conflict with is told nowhere, nor that it is like this.
    let similar = submission.found(&asker, std::mem::take(&mut details.similar)).await?;
    let (mut members, written) = written(context, &loaded, id, &idea).await?;
    members.extend(members_in(entries, details.sealed_texts()));
    if let Some(brief) = &idea.brief {
        let holder = context.engine.holder(&loaded, &stream, &brief.texts).await?;
        members.extend(holder.iter().flat_map(Recorded::sealed_members));
    }
    let texts = context.open(&asker.permit, members).await?;
    let mut page = details.page(&id.to_string(), &idea, &asker, &texts, texts.fields(&written));
    page.similar = similar.into_iter().map(|row| row.idea).collect();
    page.position = context.engine.store().head().borrow().size;
    if sees != Sees::All {
        page = only_brief(page);
    }
    Ok(page)
}

/// What an idea began with, by field: as what each text may be opened, and its digest. Of one that was received, its origin's brief.
pub(super) async fn written(
    context: &CommandContext,
    loaded: &Loaded,
    id: IdeaId,
    idea: &Idea,
) -> Result<(Vec<SealedMember>, BTreeMap<String, CopiedText>), Status> {
    match (&idea.submitted, &idea.received) {
        (Some(submitted), _) => {
            let entries = loaded.entries(&StreamName::idea(id));
            let members = members_in(entries, submitted.texts.values().copied());
            Ok((members, copied(&submitted.texts)))
        }
        (None, Some(received)) => {
            let origin = StreamName::idea(received.origin);
            let holder = context.engine.holder(loaded, &origin, &received.brief).await?;
            let members = holder.map(|holder| holder.sealed_members()).unwrap_or_default();
            Ok((members, received.brief.clone()))
        }
        (None, None) => Ok(Default::default()),
    }
}

/// What a page shows beside what the rules remember: the last of each.
#[derive(Default)]
struct IdeaDetails {
    submitted_at: String,
    terms: String,
    question: Option<SealedText>,
    answer: Option<SealedText>,
    feedback: Option<SealedText>,
    declined: Option<idesluss_domain::submission::idea::IdeaDeclined>,
    line: Option<idesluss_domain::submission::idea::IdeaHandedToLine>,
    result: Option<SealedText>,
    shareable: bool,
    answered: Option<ReferralAnswer>,
    similar: Vec<IdeaId>,
    attachments: Vec<idesluss_domain::submission::idea::AttachmentAdded>,
}

impl IdeaDetails {
    fn gather(entries: &[Recorded]) -> Self {
        let mut details = Self::default();
        for entry in entries {
            let Some(Event::Idea(event)) = &entry.event else {
                continue;
            };
            match event {
                IdeaEvent::IdeaSubmitted(submitted) => {
                    details.submitted_at = match &submitted.imported {
                        None => entry.recorded.to_string(),
                        Some(imported) => imported.submitted.as_ref().map(ToString::to_string).unwrap_or_default(),
                    };
                }
                IdeaEvent::IdeaReceived(_) => details.submitted_at = entry.recorded.to_string(),
                IdeaEvent::TermsAccepted(accepted) => details.terms = accepted.terms.to_string(),
                IdeaEvent::ClarificationRequested(asked) => {
                    (details.question, details.answer) = (Some(asked.question), None);
                }
                IdeaEvent::ClarificationProvided(provided) => details.answer = Some(provided.answer),
                IdeaEvent::FeedbackDelivered(delivered) => details.feedback = Some(delivered.message),
                IdeaEvent::IdeaDeclined(declined) => details.declined = Some(declined.clone()),
                IdeaEvent::IdeaReopened(_) => details.declined = None,
                IdeaEvent::IdeaHandedToLine(handed) => details.line = Some(handed.clone()),
                IdeaEvent::IdeaImplemented(done) => (details.result, details.shareable) = (done.result, done.shareable),
                IdeaEvent::ReferralAnswered(answered) => details.answered = Some(answered.answer),
                IdeaEvent::IdeaReturned(_) => details.answered = None,
                IdeaEvent::SimilarIdeasSuggested(similar) => {
                    details.similar.clone_from(&similar.ideas);
                }
                IdeaEvent::AttachmentAdded(added) => details.attachments.push(added.clone()),
                _ => {}
            }
        }
        details
    }

    fn sealed_texts(&self) -> Vec<SealedText> {
        let mut digests: Vec<SealedText> = [self.question, self.answer, self.feedback, self.result]
            .into_iter()
            .flatten()
            .collect();
        if let Some(declined) = &self.declined {
            digests.extend(declined.text.into_iter().chain(declined.instead));
        }
        if let Some(line) = &self.line {
            digests.extend([line.unit, line.responsible]);
        }
        digests.extend(self.attachments.iter().map(|added| added.name));
        digests
    }

    fn page(
        &self,
        id: &str,
        idea: &Idea,
        asker: &Asker,
        texts: &Texts,
        written: HashMap<String, Text>,
    ) -> pb::GetIdeaResponse {
        let receipt = idea.receipt.as_ref();
        let imported = idea
            .submitted
            .as_ref()
            .and_then(|submitted| submitted.imported.as_ref());
        let last = idea.decisions.values().next_back();
        let text = |digest: Option<SealedText>| texts.get(digest);
        let row = pb::IdeaRow {
            idea: id.to_owned(),
            organisation: idea.organisation().map(ToString::to_string).unwrap_or_default(),
            title: written.get("title").cloned(),
            phase: idea.phase.map_or(pb::Phase::Unspecified, pb::Phase::from).into(),
            reference: receipt.map(|receipt| receipt.reference.to_string()).unwrap_or_default(),
            submitted_at: self.submitted_at.clone(),
            answer_due: idea.answer_due.map(|due| due.to_string()).unwrap_or_default(),
            overdue: idea.answer_due.is_some_and(|due| idea.overdue.contains(&due)),
            coordinator: idea.coordinator.map(|person| person.to_string()).unwrap_or_default(),
            erasure: pb::ErasureState::from(idea.erasure.as_ref()).into(),
            imported: idea.is_imported(),
            supporters: u32::try_from(idea.supporters.len()).unwrap_or(u32::MAX),
        };
        pb::GetIdeaResponse {
            row: Some(row),
            texts: written,
            brief: idea.brief.as_ref().map(|brief| pb::Brief {
                version: brief.version,
                texts: texts.fields(&brief.texts),
            }),
            // The receiver of a referred idea never learns who wrote it.
            authors: match idea.received {
                None => idea.authors.iter().map(ToString::to_string).collect(),
                Some(_) => Vec::new(),
            },
            named: match idea.received {
                None => idea.named.iter().map(ToString::to_string).collect(),
                Some(_) => Vec::new(),
            },
            decision_due: receipt
                .map(|receipt| receipt.decision_due.to_string())
                .unwrap_or_default(),
            question: text(self.question),
            answer: text(self.answer),
            feedback: text(self.feedback),
            decline_text: text(self.declined.as_ref().and_then(|declined| declined.text)),
            decline_reason: self
                .declined
                .as_ref()
                .and_then(|declined| declined.reason)
                .map_or(pb::DeclineReason::Unspecified, pb::DeclineReason::from)
                .into(),
            instead: text(self.declined.as_ref().and_then(|declined| declined.instead)),
            unit: text(self.line.as_ref().map(|line| line.unit)),
            responsible: text(self.line.as_ref().map(|line| line.responsible)),
            line_due: self.line.as_ref().map(|line| line.due.to_string()).unwrap_or_default(),
            result: text(self.result),
            shareable: self.shareable,
            evaluation: idea
                .evaluation
                .map(|(evaluation, _, _)| evaluation.to_string())
                .unwrap_or_default(),
            outcome: last.map(|last| last.outcome.as_str().to_owned()).unwrap_or_default(),
            home: last.is_some_and(|last| last.home),
            receiver: idea
                .referred
                .as_ref()
                .map(|referred| referred.receiver.to_string())
                .unwrap_or_default(),
            received_as: idea
                .referred
                .as_ref()
                .map(|referred| referred.received_as.to_string())
                .unwrap_or_default(),
            referral_answer: self.answered.map(answered).unwrap_or_default().to_owned(),
            origin: idea
                .received
                .as_ref()
                .map(|received| received.origin.to_string())
                .unwrap_or_default(),
            origin_organisation: idea
                .received
                .as_ref()
                .map(|received| received.origin_organisation.to_string())
                .unwrap_or_default(),
            linked: idea.linked.iter().map(ToString::to_string).collect(),
            similar: Vec::new(),
            attachments: self
                .attachments
                .iter()
                .map(|added| pb::Attachment {
                    attachment: added.attachment.to_string(),
                    name: text(Some(added.name)),
                    media_type: added.media_type.as_str().to_owned(),
                    bytes: added.bytes,
                })
                .collect(),
            register_number: idea
                .registered
                .as_ref()
                .map(|it| it.number.to_string())
                .unwrap_or_default(),
            secrecy: idea
                .registered
                .as_ref()
                .and_then(|it| it.secrecy.as_ref().map(ToString::to_string))
                .unwrap_or_default(),
            call: idea.call.map(|call| call.to_string()).unwrap_or_default(),
            imported_from: imported
                .map(|it| format!("{} {}", it.import, it.reference))
                .unwrap_or_default(),
            imported_submitted: imported
                .and_then(|it| it.submitted.as_ref())
                .map(ToString::to_string)
                .unwrap_or_default(),
            told: idea.told,
            own: idea.authors.contains(&asker.actor().person) && idea.received.is_none(),
            implemented: idea.implemented,
            supported: idea.supporters.contains(&asker.actor().person),
            position: 0,
            asked_to_coauthor: asker.actor().role == Role::Submitter && idea.proposed.contains(&asker.actor().person),
            proposed_coauthors: match idea.received {
                None => idea.proposed.iter().map(ToString::to_string).collect(),
                Some(_) => Vec::new(),
            },
            asked_for_erasure: idea.erasure == Some(Erasure::Requested(asker.actor().person)),
            actions: offered(RULES, asker.actor(), idea),
            terms: self.terms.clone(),
        }
    }
}

fn answered(answer: ReferralAnswer) -> &'static str {
    match answer {
        ReferralAnswer::Accepted => "accepted",
        ReferralAnswer::CarriedOut => "carried-out",
        ReferralAnswer::Declined => "declined",
    }
}

/// What is left for those who see the brief alone: where the idea stands, nothing that its authors or coordinator wrote, and nothing
/// that points to them.
fn only_brief(page: pb::GetIdeaResponse) -> pb::GetIdeaResponse {
    let title = page.brief.as_ref().and_then(|brief| brief.texts.get("title").cloned());
    let row = page.row.map(|row| without_traces(pb::IdeaRow { title, ..row }));
    pb::GetIdeaResponse {
        row,
        brief: page.brief,
        unit: page.unit,
        line_due: page.line_due,
        shareable: page.shareable,
        evaluation: page.evaluation,
        outcome: page.outcome,
        home: page.home,
        implemented: page.implemented,
        own: page.own,
        supported: page.supported,
        position: page.position,
        asked_to_coauthor: page.asked_to_coauthor,
        asked_for_erasure: page.asked_for_erasure,
        actions: page.actions,
        ..Default::default()
    }
}

/// A row without what tells, beside a list of who was at work or of what was registered, who wrote the idea: its exact time and the days
/// that follow from it, its reference and its coordinator. The month is left.
pub(super) fn without_traces(row: pb::IdeaRow) -> pb::IdeaRow {
    pb::IdeaRow {
        submitted_at: row.submitted_at.chars().take("2026-11".len()).collect(),
        reference: String::new(),
        answer_due: String::new(),
        overdue: false,
        coordinator: String::new(),
        ..row
    }
}
