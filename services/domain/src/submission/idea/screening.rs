//! What coordinators do: ask, accept, hand to the line, refer, decline, park, link.

use super::intake::Decided;
use super::*;
use crate::words::{CallId, Citation, Date, IdeaId, OrganisationId, PersonId, RegisterNumber, SealedText, copied};

pub(super) fn assign(command: &IdeaCommand, coordinator: PersonId, idea: &Idea) -> Decided {
    idea.not_own(coordinator)?;
    if idea.coordinator == Some(coordinator) {
        return Ok(vec![]);
    }
    command.in_state(idea)?;
    Ok(vec![CoordinatorAssigned { coordinator }.into()])
}

pub(super) fn register(number: &RegisterNumber, secrecy: &Option<Citation>, idea: &Idea) -> Decided {
    let registered = IdeaRegistered {
        number: number.clone(),
        secrecy: secrecy.clone(),
    };
    if idea.registered.as_ref() == Some(&registered) {
        return Ok(vec![]);
    }
    Ok(vec![registered.into()])
}

pub(super) fn move_due(command: &IdeaCommand, answer_due: Date, reason: SealedText, idea: &Idea) -> Decided {
    command.in_state(idea)?;
    if answer_due < command.today {
        return Err(IdeaRejection::DatePast);
    }
    if idea.answer_due == Some(answer_due) {
        return Ok(vec![]);
    }
    Ok(vec![AnswerDueMoved { answer_due, reason }.into()])
}

pub(super) fn ask(command: &IdeaCommand, question: SealedText, idea: &Idea) -> Decided {
    command.in_state(idea)?;
    Ok(vec![ClarificationRequested { question }.into()])
}

pub(super) fn suggest(command: &IdeaCommand, ideas: &[IdeaId], idea: &Idea) -> Decided {
    command.in_state(idea)?;
    if ideas.contains(&command.id) {
        return Err(IdeaRejection::Itself);
    }
    if ideas.is_empty() {
        return Ok(vec![]);
    }
    Ok(vec![SimilarIdeasSuggested { ideas: ideas.to_vec() }.into()])
}

pub(super) fn approve_brief(command: &IdeaCommand, brief: &Brief, idea: &Idea) -> Decided {
    command.in_state(idea)?;
    if !brief.deidentified {
        return Err(IdeaRejection::NotDeidentified);
    }
    if !brief.texts.contains_key("title") {
        return Err(IdeaRejection::TextsMissing);
    }
    let texts = brief.texts.clone();
    Ok(vec![match &idea.brief {
        None => BriefApproved { version: 1, texts }.into(),
        Some(before) if before.texts == copied(&texts) => return Ok(vec![]),
        Some(before) => BriefReplaced {
            version: before.version + 1,
            texts,
        }
        .into(),
    }])
}

/// To evaluation.
pub(super) fn accept(command: &IdeaCommand, idea: &Idea) -> Decided {
    command.in_state(idea)?;
    let brief = idea.brief.as_ref().ok_or(IdeaRejection::NoBrief)?;
    let (gate, round) = (Some(idea.next_gate()), idea.rounds + 1);
    Ok(vec![
        IdeaAccepted {
            brief_version: brief.version,
            gate,
            round,
        }
        .into(),
    ])
}

pub(super) fn hand_to_line(command: &IdeaCommand, hand: &HandToLine, idea: &Idea) -> Decided {
    command.in_state(idea)?;
    if hand.due < command.today {
        return Err(IdeaRejection::DatePast);
    }
    let HandToLine { unit, responsible, due } = *hand;
    Ok(vec![IdeaHandedToLine { unit, responsible, due }.into()])
}

pub(super) fn refer(command: &IdeaCommand, refer: &Refer, idea: &Idea) -> Decided {
    command.in_state(idea)?;
    if refer.receiver == *idea.home()? {
        return Err(IdeaRejection::SameOrganisation);
    }
    if refer.received_as == command.id {
        return Err(IdeaRejection::Itself);
    }
    if !refer.submitter_told {
        return Err(IdeaRejection::SubmitterNotTold);
    }
    let brief = idea.brief.as_ref().ok_or(IdeaRejection::NoBrief)?;
    Ok(vec![
        IdeaReferred {
            receiver: refer.receiver.clone(),
            secrecy_check: refer.secrecy_check,
            brief_version: brief.version,
            brief: brief.texts.clone(),
            received_as: refer.received_as,
            authors: idea.all_excluded().into_iter().collect(),
        }
        .into(),
    ])
}

pub(super) fn decline(command: &IdeaCommand, decline: &Decline, idea: &Idea) -> Decided {
    command.in_state(idea)?;
    let (reason, text) = (Some(decline.reason), Some(decline.text));
    Ok(vec![
        IdeaDeclined {
            reason,
            text,
            instead: decline.instead,
        }
        .into(),
    ])
}

pub(super) fn reopen(command: &IdeaCommand, reason: SealedText, idea: &Idea) -> Decided {
    command.in_state(idea)?;
    Ok(vec![IdeaReopened { reason }.into()])
}

pub(super) fn park(command: &IdeaCommand, terms: SealedText, idea: &Idea) -> Decided {
    command.in_state(idea)?;
    Ok(vec![IdeaParked { terms: Some(terms) }.into()])
}

pub(super) fn reactivate(command: &IdeaCommand, call: Option<CallId>, need: SealedText, idea: &Idea) -> Decided {
    command.in_state(idea)?;
    Ok(vec![IdeaReactivated { call, need }.into()])
}

pub(super) fn link(
    command: &IdeaCommand,
    of: IdeaId,
    home: Option<&OrganisationId>,
    consented: bool,
    idea: &Idea,
) -> Decided {
    if idea.phase == Some(Phase::Duplicate) && idea.linked == [of] {
        return Ok(vec![]);
    }
    command.in_state(idea)?;
    if of == command.id {
        return Err(IdeaRejection::Itself);
    }
    // Whether another organisation has such an idea is not told either.
    if home != Some(idea.home()?) {
        return Err(IdeaRejection::NoSuchOriginal);
    }
    if !consented {
        return Err(IdeaRejection::NoConsent);
    }
    Ok(vec![IdeaLinkedAsDuplicate { of }.into()])
}

pub(super) fn supersede(
    command: &IdeaCommand,
    by: &[IdeaId],
    homes: &[Option<OrganisationId>],
    idea: &Idea,
) -> Decided {
    if by.contains(&command.id) {
        return Err(IdeaRejection::Itself);
    }
    if idea.phase == Some(Phase::Superseded) && idea.linked == by {
        return Ok(vec![]);
    }
    command.in_state(idea)?;
    // Only an older idea box may have forgotten what took the idea's place, or have it where nobody has taken it over.
    if !idea.is_imported() {
        if by.is_empty() {
            return Err(IdeaRejection::WrongState);
        }
        let home = Some(idea.home()?);
        if homes.iter().any(|other| other.as_ref() != home) {
            return Err(IdeaRejection::NoSuchOriginal);
        }
    }
    Ok(vec![IdeaSuperseded { by: by.to_vec() }.into()])
}

/// Brings a taken-over idea to its last state, with nothing made up on the way.
pub(super) fn take_over(command: &IdeaCommand, status: &EarlierStatus, idea: &Idea) -> Decided {
    command.in_state(idea)?;
    Ok(match status {
        EarlierStatus::Accepted => vec![
            IdeaAccepted {
                brief_version: 0,
                gate: None,
                round: 0,
            }
            .into(),
        ],
        EarlierStatus::Rejected(text) => vec![
            IdeaDeclined {
                reason: None,
                text: *text,
                instead: None,
            }
            .into(),
        ],
        EarlierStatus::Withdrawn => vec![IdeaWithdrawn { reason: None }.into()],
        EarlierStatus::Parked => vec![IdeaParked { terms: None }.into()],
        EarlierStatus::Realised => {
            vec![
                IdeaImplemented {
                    result: None,
                    shareable: true,
                }
                .into(),
                SharingProposed { decided_in: None }.into(),
                IdeaClosed {}.into(),
            ]
        }
    })
}
