//! The words of submission, from the contract to the domain and back.

use crate::pb::submission as pb;
use idesluss_domain::submission::idea::{DeclineReason, Erasure, IdeaOwner, Phase, SecrecyCheck};

same_words! {
    /// Where an idea stands; None for "not stated".
    read_phase,
    /// Where an idea stands.
    write_phase: pb::Phase = Phase [
        Submitted, NeedsClarification, Accepted, InEvaluation, Decided, AtHome, Referred, Declined, Duplicate,
        Superseded, Parked, Withdrawn, Closed,
    ]
}

same_words! {
    /// Who owns an idea; None for "not stated".
    read_owner,
    /// Who owns an idea.
    write_owner: pb::IdeaOwner = IdeaOwner [Organisation, Submitter, Shared]
}

same_words! {
    /// Why an idea was declined; None for "not stated".
    read_decline_reason,
    /// Why an idea was declined.
    write_decline_reason: pb::DeclineReason = DeclineReason [OutOfScope, Exists, NoIdea, NotAllowed, TooVague]
}

same_words! {
    /// What a secrecy check said; None for "not stated".
    read_secrecy_check,
    /// What a secrecy check said.
    write_secrecy_check: pb::SecrecyCheck = SecrecyCheck [NothingSecret, MayBeDisclosed]
}

/// How far an erasure has come.
pub fn write_erasure(erasure: Option<&Erasure>) -> pb::ErasureState {
    match erasure {
        None => pb::ErasureState::Unspecified,
        Some(Erasure::Requested(_)) => pb::ErasureState::Requested,
        Some(Erasure::Waiting(_)) => pb::ErasureState::Decided,
        Some(Erasure::Done) => pb::ErasureState::Done,
        Some(Erasure::Refused) => pb::ErasureState::Refused,
    }
}
