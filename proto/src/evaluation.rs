//! The words of evaluation, from the contract to the domain and back.

use crate::pb::evaluation as pb;
use idesluss_domain::evaluation::evaluation::{CloseReason, Phase, PilotVerdict, SupportKind};
use idesluss_domain::words::{Gate, Outcome};

same_words! {
    /// A gate; None for "not stated".
    read_gate,
    /// A gate.
    write_gate: pb::Gate = Gate [Opportunity, Concept, Pilot, Rollout]
}

same_words! {
    /// An outcome; None for "not stated".
    read_outcome,
    /// An outcome.
    write_outcome: pb::Outcome = Outcome [Advance, Return, Park, Reject]
}

same_words! {
    /// How far an evaluation has come; None for "not stated".
    read_evaluation_phase,
    /// How far an evaluation has come.
    write_evaluation_phase: pb::Phase = Phase [Assessing, Revealed, Recommended, Decided, Closed]
}

same_words! {
    /// How a pilot came out; None for "not stated".
    read_verdict,
    /// How a pilot came out.
    write_verdict: pb::PilotVerdict = PilotVerdict [Confirmed, Refuted, Inconclusive]
}

same_words! {
    /// A kind of support; None for "not stated".
    read_support,
    /// A kind of support.
    write_support: pb::SupportKind = SupportKind [
        Development, Implementation, Commercialisation, Procurement, Testbed,
    ]
}

same_words! {
    /// Why an evaluation ended; None for "not stated".
    read_close_reason,
    /// Why an evaluation ended.
    write_close_reason: pb::CloseReason = CloseReason [Withdrawn, Linked, Superseded, Parked]
}
