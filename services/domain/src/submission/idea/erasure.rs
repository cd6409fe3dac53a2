//! Erasing what was written about and by people: asked for, decided, confirmed by every service that holds a copy.

use super::intake::Decided;
use super::*;
use crate::words::{Citation, Label, SealedText};
use std::collections::BTreeSet;

/// What was received lies under its origin's keys: an erasure here can't reach it, and must not say that it did.
fn reaches_all(origin_erased: bool, idea: &Idea) -> Result<(), IdeaRejection> {
    if idea.received.is_some() && !origin_erased {
        return Err(IdeaRejection::AskOrigin);
    }
    Ok(())
}

pub(super) fn request(command: &IdeaCommand, origin_erased: bool, idea: &Idea) -> Decided {
    reaches_all(origin_erased, idea)?;
    if command.in_state(idea).is_err() {
        return Ok(vec![]);
    }
    let requested_by = command.actor.person;
    Ok(vec![ErasureRequested { requested_by }.into()])
}

pub(super) fn decide(command: &IdeaCommand, decide: &DecideErasure, idea: &Idea) -> Decided {
    command.in_state(idea)?;
    reaches_all(decide.origin_erased, idea)?;
    let services: BTreeSet<&Label> = decide.services.iter().collect();
    Ok(vec![
        ErasureDecided {
            basis: decide.basis.clone(),
            idea: command.id,
            services: services.into_iter().cloned().collect(),
        }
        .into(),
    ])
}

pub(super) fn refuse(command: &IdeaCommand, basis: &Citation, reasons: SealedText, idea: &Idea) -> Decided {
    command.in_state(idea)?;
    let basis = basis.clone();
    Ok(vec![ErasureRefused { basis, reasons }.into()])
}

/// The last confirmation completes it.
pub(super) fn confirm(service: &Label, idea: &Idea) -> Decided {
    match &idea.erasure {
        Some(Erasure::Waiting(waiting)) if waiting.contains(service) => {
            let mut events = vec![
                TextsErased {
                    service: service.clone(),
                }
                .into(),
            ];
            if waiting.len() == 1 {
                events.push(PersonalDataErased {}.into());
            }
            Ok(events)
        }
        Some(Erasure::Waiting(_) | Erasure::Done) => Ok(vec![]),
        _ => Err(IdeaRejection::NoErasure),
    }
}
