//! What submitters and their colleagues do: submit, attach, support, answer, take back.

use super::*;
use crate::words::{OrganisationId, PersonId, Role, SealedText};

pub(super) type Decided = Result<Vec<IdeaEvent>, IdeaRejection>;

/// The organisation of an idea that exists.
pub(super) fn organisation(idea: &Idea) -> Result<&OrganisationId, IdeaRejection> {
    idea.organisation().ok_or(IdeaRejection::Unknown)
}

/// Whether the actor holds one of `roles` in the idea's organisation.
pub(super) fn allow(command: &IdeaCommand, roles: &[Role], idea: &Idea) -> Result<(), IdeaRejection> {
    let organisation = organisation(idea)?;
    if !roles.contains(&command.actor.role) {
        return Err(IdeaRejection::WrongRole);
    }
    if command.actor.organisation != *organisation {
        return Err(IdeaRejection::WrongOrganisation);
    }
    Ok(())
}

/// Whether `person` wrote neither the idea nor one that goes on as it: whoever did leads nothing of what becomes of it.
pub(super) fn not_own(person: PersonId, idea: &Idea) -> Result<(), IdeaRejection> {
    if idea.authors.contains(&person) || idea.excluded.contains(&person) {
        return Err(IdeaRejection::OwnIdea);
    }
    Ok(())
}

/// Whether the actor is a coordinator of the idea's organisation, and the idea is not their own.
pub(super) fn allow_coordinator(command: &IdeaCommand, idea: &Idea) -> Result<(), IdeaRejection> {
    allow(command, &[Role::Coordinator], idea)?;
    not_own(command.actor.person, idea)
}

/// Whether the actor is the submitter or a co-author.
pub(super) fn allow_author(command: &IdeaCommand, idea: &Idea) -> Result<(), IdeaRejection> {
    allow(command, &[Role::Submitter], idea)?;
    if idea.authors.contains(&command.actor.person) {
        Ok(())
    } else {
        Err(IdeaRejection::NotYours)
    }
}

/// Whether the idea is in one of `phases`.
pub(super) fn within(idea: &Idea, phases: &[Phase]) -> Result<(), IdeaRejection> {
    match idea.phase {
        None => Err(IdeaRejection::Unknown),
        Some(phase) if phases.contains(&phase) => Ok(()),
        Some(Phase::Closed) => Err(IdeaRejection::Ended),
        Some(_) => Err(IdeaRejection::WrongState),
    }
}

/// Whether the idea has not ended.
pub(super) fn going_on(idea: &Idea) -> Result<(), IdeaRejection> {
    match idea.phase {
        None => Err(IdeaRejection::Unknown),
        Some(Phase::Closed | Phase::Withdrawn | Phase::Duplicate | Phase::Superseded) => Err(IdeaRejection::Ended),
        Some(_) => Ok(()),
    }
}

pub(super) fn submit(command: &IdeaCommand, submit: &Submit, idea: &Idea) -> Decided {
    let takes_over = submit.imported.is_some();
    let role = if takes_over { Role::Coordinator } else { Role::Submitter };
    if command.actor.role != role {
        return Err(IdeaRejection::WrongRole);
    }
    let submitted = IdeaSubmitted {
        idea: command.idea,
        organisation: command.actor.organisation.clone(),
        submitter: submit.submitter.filter(|_| takes_over).unwrap_or(command.actor.person),
        call: submit.call,
        texts: submit.texts.clone(),
        imported: submit.imported.clone(),
    };
    if let Some(before) = &idea.submitted {
        return if *before == submitted {
            Ok(vec![])
        } else {
            Err(IdeaRejection::OtherIdea)
        };
    }
    if idea.phase.is_some() {
        return Err(IdeaRejection::OtherIdea);
    }
    let earlier = submit
        .imported
        .as_ref()
        .and_then(|imported| imported.submitted.as_ref());
    if earlier.is_some_and(|earlier| earlier.first_day() > command.today) {
        return Err(IdeaRejection::DateAhead);
    }
    let has = |field: &str| submit.texts.contains_key(field);
    // An older idea box may hold next to nothing; unknown stays unknown.
    if !takes_over && !(has("title") && (has("problem") || has("proposal"))) {
        return Err(IdeaRejection::TextsMissing);
    }
    match &submit.terms {
        Some((terms, owner)) if !takes_over => Ok(vec![
            submitted.into(),
            TermsAccepted {
                terms: terms.clone(),
                owner: *owner,
            }
            .into(),
        ]),
        None if takes_over => Ok(vec![submitted.into()]),
        _ => Err(IdeaRejection::TermsMissing),
    }
}

pub(super) fn receive(command: &IdeaCommand, receive: &Receive, idea: &Idea) -> Decided {
    if command.actor.role != Role::Service {
        return Err(IdeaRejection::WrongRole);
    }
    if receive.origin == command.idea {
        return Err(IdeaRejection::Itself);
    }
    let received = IdeaReceived {
        idea: command.idea,
        organisation: command.actor.organisation.clone(),
        origin: receive.origin,
        origin_organisation: receive.origin_organisation.clone(),
        brief: receive.brief.clone(),
        authors: receive.authors.clone(),
    };
    match (&idea.received, idea.phase) {
        (Some(before), _) if *before == received => Ok(vec![]),
        (None, None) => Ok(vec![received.into()]),
        _ => Err(IdeaRejection::OtherIdea),
    }
}

pub(super) fn send_receipt(command: &IdeaCommand, receipt: &Receipt, idea: &Idea) -> Decided {
    allow(command, &[Role::Service], idea)?;
    if idea.is_imported() {
        return Err(IdeaRejection::NoReceipt);
    }
    let sent = ReceiptSent {
        reference: receipt.reference.clone(),
        answer_due: receipt.answer_due,
        decision_due: receipt.decision_due,
    };
    match &idea.receipt {
        Some(before) if *before == sent => Ok(vec![]),
        Some(_) => Err(IdeaRejection::ReceiptSent),
        None => Ok(vec![sent.into()]),
    }
}

pub(super) fn attach(command: &IdeaCommand, attach: &Attach, idea: &Idea) -> Decided {
    if command.actor.role == Role::Coordinator {
        allow(command, &[Role::Coordinator], idea)?;
    } else {
        allow_author(command, idea)?;
    }
    if idea.attachments.contains(&attach.attachment) {
        return Ok(vec![]);
    }
    going_on(idea)?;
    Ok(vec![
        AttachmentAdded {
            attachment: attach.attachment,
            file: attach.file,
            name: attach.name,
            media_type: attach.media_type,
            bytes: attach.bytes,
        }
        .into(),
    ])
}

pub(super) fn support(command: &IdeaCommand, idea: &Idea) -> Decided {
    allow(command, &[Role::Submitter, Role::Coordinator, Role::NeedOwner], idea)?;
    going_on(idea)?;
    let supporter = command.actor.person;
    if idea.authors.contains(&supporter) || idea.supporters.contains(&supporter) {
        return Ok(vec![]);
    }
    Ok(vec![SupportExpressed { supporter }.into()])
}

/// A person's consent is theirs alone, also after the idea has ended.
pub(super) fn consent(command: &IdeaCommand, given: bool, idea: &Idea) -> Decided {
    allow_author(command, idea)?;
    let person = command.actor.person;
    match (given, idea.named.contains(&person)) {
        (true, false) => Ok(vec![ConsentGiven { person }.into()]),
        (false, true) => Ok(vec![ConsentWithdrawn { person }.into()]),
        _ => Ok(vec![]),
    }
}

pub(super) fn answer(command: &IdeaCommand, answer: SealedText, idea: &Idea) -> Decided {
    allow_author(command, idea)?;
    match idea.phase {
        Some(Phase::NeedsClarification) => Ok(vec![ClarificationProvided { answer }.into()]),
        _ => Err(IdeaRejection::NothingAsked),
    }
}

pub(super) fn withdraw(command: &IdeaCommand, reason: Option<SealedText>, idea: &Idea) -> Decided {
    allow_author(command, idea)?;
    match idea.phase {
        Some(Phase::Withdrawn) => Ok(vec![]),
        _ => {
            going_on(idea)?;
            Ok(vec![IdeaWithdrawn { reason }.into()])
        }
    }
}
