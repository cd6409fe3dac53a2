use crate::pb::evaluation as pb;
use crate::requests::evaluation as read;
use idesluss_domain::evaluation::criteria::Criterion;
use idesluss_domain::evaluation::delegation_order::{Clause, Mandate};
use idesluss_domain::evaluation::evaluation::{Basis, SourceSeen};
use idesluss_domain::words::Date;

impl From<&Criterion> for pb::Criterion {
    fn from(criterion: &Criterion) -> Self {
        let criterion = criterion.clone();
        Self {
            key: criterion.key.into(),
            name_sv: criterion.name_sv,
            name_en: criterion.name_en,
            weight: criterion.weight,
            steps_sv: criterion.steps_sv,
            steps_en: criterion.steps_en,
        }
    }
}

impl From<read::Criterion> for Criterion {
    fn from(read: read::Criterion) -> Self {
        Self {
            key: read.key,
            name_sv: read.name_sv,
            name_en: read.name_en,
            weight: read.weight,
            steps_sv: read.steps_sv,
            steps_en: read.steps_en,
        }
    }
}

impl From<read::Clause> for Clause {
    fn from(read: read::Clause) -> Self {
        Self {
            number: read.number,
            gates: read.gates,
            up_to_kronor: read.up_to_kronor,
            holder: read.holder,
            may_subdelegate: read.may_subdelegate,
        }
    }
}

impl From<&Mandate> for pb::Mandate {
    fn from(mandate: &Mandate) -> Self {
        let day = |day: Option<Date>| day.map(|day| day.to_string()).unwrap_or_default();
        let from_mandate = mandate.from_mandate.as_ref();
        Self {
            reference: mandate.reference.to_string(),
            clause: mandate.clause.to_string(),
            holder: mandate.holder.to_string(),
            gates: mandate.gates.iter().map(|gate| pb::Gate::from(*gate).into()).collect(),
            up_to_kronor: mandate.up_to_kronor,
            valid_from: mandate.valid_from.to_string(),
            valid_until: day(mandate.valid_until),
            from_mandate: from_mandate.map(ToString::to_string).unwrap_or_default(),
            revoked_from: day(mandate.revoked_from),
            may_subdelegate: mandate.may_subdelegate,
            actions: Vec::new(),
        }
    }
}

impl From<&Basis> for pb::Basis {
    fn from(basis: &Basis) -> Self {
        let source = |source: &SourceSeen| pb::SourceSeen {
            source: source.source.clone(),
            epoch: source.epoch,
            sequence: source.sequence,
            from_position: source.from_position,
        };
        Self {
            seen: basis.seen,
            size: basis.size,
            root: basis.root.to_string(),
            sources: basis.sources.iter().map(source).collect(),
            brief_version: basis.brief_version,
        }
    }
}
