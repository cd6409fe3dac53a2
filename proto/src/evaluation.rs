//! The words of evaluation, from the contract to the domain and back.

use crate::pb::evaluation as pb;
use idesluss_domain::EvaluationStatus;
use idesluss_domain::evaluation::criteria::Criterion;
use idesluss_domain::evaluation::delegation_order::{Mandate, OrderForm};
use idesluss_domain::evaluation::evaluation::{Basis, CloseReason, PilotVerdict, SourceSeen, SupportKind};
use idesluss_domain::words::{Date, Gate, Label, Outcome};

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

same_words! {
    /// Where mandates come from; None for "not stated".
    read_order_form,
    /// Where mandates come from.
    write_order_form: pb::OrderForm = OrderForm [Delegation, SigningAuthority]
}

/// Where an evaluation stands, with those that only hold what an older idea box knew; None for "not stated".
pub fn read_status(phase: pb::Phase) -> Option<EvaluationStatus> {
    match phase {
        pb::Phase::Unspecified => None,
        pb::Phase::Earlier => Some(EvaluationStatus::TakenOver),
        pb::Phase::Assessing => Some(EvaluationStatus::Assessing),
        pb::Phase::Revealed => Some(EvaluationStatus::Revealed),
        pb::Phase::Recommended => Some(EvaluationStatus::Recommended),
        pb::Phase::Decided => Some(EvaluationStatus::Decided),
        pb::Phase::Closed => Some(EvaluationStatus::Closed),
    }
}

/// Where an evaluation stands, with those that only hold what an older idea box knew.
pub fn write_status(status: EvaluationStatus) -> pb::Phase {
    match status {
        EvaluationStatus::TakenOver => pb::Phase::Earlier,
        EvaluationStatus::Assessing => pb::Phase::Assessing,
        EvaluationStatus::Revealed => pb::Phase::Revealed,
        EvaluationStatus::Recommended => pb::Phase::Recommended,
        EvaluationStatus::Decided => pb::Phase::Decided,
        EvaluationStatus::Closed => pb::Phase::Closed,
    }
}

/// Several gates; None if one of them is not stated.
pub fn read_gates(gates: impl Iterator<Item = pb::Gate>) -> Option<Vec<Gate>> {
    gates.map(read_gate).collect()
}

/// A criterion as it was written in a request, under its key.
pub fn read_criterion(key: Label, criterion: pb::Criterion) -> Criterion {
    Criterion {
        key,
        name_sv: criterion.name_sv,
        name_en: criterion.name_en,
        weight: criterion.weight,
        steps_sv: criterion.steps_sv,
        steps_en: criterion.steps_en,
    }
}

/// A criterion.
pub fn write_criterion(criterion: &Criterion) -> pb::Criterion {
    let criterion = criterion.clone();
    pb::Criterion {
        key: criterion.key.into(),
        name_sv: criterion.name_sv,
        name_en: criterion.name_en,
        weight: criterion.weight,
        steps_sv: criterion.steps_sv,
        steps_en: criterion.steps_en,
    }
}

/// A mandate.
pub fn write_mandate(mandate: &Mandate) -> pb::Mandate {
    let day = |day: Option<Date>| day.map(|day| day.to_string()).unwrap_or_default();
    pb::Mandate {
        reference: mandate.reference.to_string(),
        clause: mandate.clause.to_string(),
        holder: mandate.holder.to_string(),
        gates: mandate.gates.iter().map(|gate| write_gate(*gate).into()).collect(),
        up_to_kronor: mandate.up_to_kronor,
        valid_from: mandate.valid_from.to_string(),
        valid_until: day(mandate.valid_until),
        from_mandate: mandate
            .from_mandate
            .as_ref()
            .map(ToString::to_string)
            .unwrap_or_default(),
        revoked_from: day(mandate.revoked_from),
        may_subdelegate: mandate.may_subdelegate,
    }
}

/// What a decider had received and seen.
pub fn write_basis(basis: &Basis) -> pb::Basis {
    let source = |source: &SourceSeen| pb::SourceSeen {
        source: source.source.clone(),
        epoch: source.epoch,
        sequence: source.sequence,
        from_position: source.from_position,
    };
    pb::Basis {
        seen: basis.seen,
        size: basis.size,
        root: basis.root.to_string(),
        sources: basis.sources.iter().map(source).collect(),
        brief_version: basis.brief_version,
    }
}
