//! Erasing what was written about and by people: asked for, decided, confirmed by every service that holds a copy.
//!
//! It can't be undone, so it takes two: whoever asked for it does not decide it. To refuse it one is enough.

use super::intake::{Decided, allow};
use super::*;
use crate::words::{Citation, Label, Role, SealedText};
use std::collections::BTreeSet;

/// What was received lies under its origin's keys: an erasure here can't reach it, and must not say that it did.
fn reaches_all(origin_erased: bool, idea: &Idea) -> Result<(), IdeaRejection> {
    if idea.received.is_some() && !origin_erased {
        return Err(IdeaRejection::AskOrigin);
    }
    Ok(())
}

/// Also after one that is done: what was written since is asked for anew.
pub(super) fn request(command: &IdeaCommand, origin_erased: bool, idea: &Idea) -> Decided {
    allow(command, &[Role::Submitter, Role::Coordinator, Role::Registrar], idea)?;
    if command.actor.role == Role::Submitter && !idea.authors.contains(&command.actor.person) {
        return Err(IdeaRejection::NotYours);
    }
    reaches_all(origin_erased, idea)?;
    match idea.erasure {
        None | Some(Erasure::Refused | Erasure::Done) => Ok(vec![
            ErasureRequested {
                requested_by: command.actor.person,
            }
            .into(),
        ]),
        Some(Erasure::Requested(_) | Erasure::Waiting(_)) => Ok(vec![]),
    }
}

pub(super) fn decide(command: &IdeaCommand, decide: &DecideErasure, idea: &Idea) -> Decided {
    allow(command, &[Role::Registrar, Role::DecisionMaker], idea)?;
    match idea.erasure {
        Some(Erasure::Requested(by)) if by == command.actor.person => return Err(IdeaRejection::OwnErasure),
        Some(Erasure::Requested(_)) => {}
        Some(Erasure::Waiting(_) | Erasure::Done) => return Err(IdeaRejection::ErasureDecided),
        None | Some(Erasure::Refused) => return Err(IdeaRejection::NoErasure),
    }
    reaches_all(decide.origin_erased, idea)?;
    let services: BTreeSet<&Label> = decide.services.iter().collect();
    Ok(vec![
        ErasureDecided {
            basis: decide.basis.clone(),
            idea: command.idea,
            services: services.into_iter().cloned().collect(),
        }
        .into(),
    ])
}

pub(super) fn refuse(command: &IdeaCommand, basis: &Citation, reasons: SealedText, idea: &Idea) -> Decided {
    allow(command, &[Role::Registrar, Role::DecisionMaker], idea)?;
    match idea.erasure {
        Some(Erasure::Requested(_)) => Ok(vec![
            ErasureRefused {
                basis: basis.clone(),
                reasons,
            }
            .into(),
        ]),
        Some(Erasure::Waiting(_) | Erasure::Done) => Err(IdeaRejection::ErasureDecided),
        None | Some(Erasure::Refused) => Err(IdeaRejection::NoErasure),
    }
}

/// The last confirmation completes it.
pub(super) fn confirm(command: &IdeaCommand, service: &Label, idea: &Idea) -> Decided {
    allow(command, &[Role::Service], idea)?;
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
