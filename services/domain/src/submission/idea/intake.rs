//! What submitters and their colleagues do: submit, attach, support, answer, take back.

use super::*;
use crate::words::{IdeaId, Role, SealedText};

pub(super) type Decided = Result<Vec<IdeaEvent>, IdeaRejection>;

pub(super) fn submit(command: &IdeaCommand, submit: &Submit, idea: &Idea) -> Decided {
    let takes_over = submit.imported.is_some();
    // A link is good for its own idea alone.
    if command.actor.role == Role::LinkHolder && command.id != IdeaId::of_link(command.actor.person) {
        return Err(IdeaRejection::NotYours);
    }
    let submitted = IdeaSubmitted {
        idea: command.id,
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
    if let (Some((accepted, _)), Some(in_force)) = (&submit.terms, &submit.terms_in_force)
        && accepted != in_force
    {
        return Err(IdeaRejection::TermsChanged);
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
    if receive.origin == command.id {
        return Err(IdeaRejection::Itself);
    }
    let received = IdeaReceived {
        idea: command.id,
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
    command.in_state(idea)?;
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
    if idea.attachments.contains(&attach.attachment) {
        return Err(IdeaRejection::OtherAttachment);
    }
    command.in_state(idea)?;
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
    command.in_state(idea)?;
    let supporter = command.actor.person;
    if idea.authors.contains(&supporter) || idea.supporters.contains(&supporter) {
        return Ok(vec![]);
    }
    Ok(vec![SupportExpressed { supporter }.into()])
}

pub(super) fn consent(command: &IdeaCommand, given: bool, idea: &Idea) -> Decided {
    let person = command.actor.person;
    match (given, idea.named.contains(&person)) {
        (true, false) => Ok(vec![ConsentGiven { person }.into()]),
        (false, true) => Ok(vec![ConsentWithdrawn { person }.into()]),
        _ => Ok(vec![]),
    }
}

pub(super) fn answer(command: &IdeaCommand, answer: SealedText, idea: &Idea) -> Decided {
    command.in_state(idea)?;
    Ok(vec![ClarificationProvided { answer }.into()])
}

pub(super) fn withdraw(command: &IdeaCommand, reason: Option<SealedText>, idea: &Idea) -> Decided {
    if idea.phase == Some(Phase::Withdrawn) {
        return Ok(vec![]);
    }
    command.in_state(idea)?;
    Ok(vec![IdeaWithdrawn { reason }.into()])
}
