//! No refusal without a test: every code of every aggregate is provoked by name.
//!
//! Each aggregate says in one `match` without a wildcard how each of its refusals comes about, in `refusals.rs` beside its
//! other tests, so a new refusal does not compile before somebody has said how it does. A new aggregate stands in
//! `Rejection::all`, and fails the test below until it is provoked here.

use idesluss_domain::evaluation::criteria::{Criteria, CriteriaRejection};
use idesluss_domain::evaluation::delegation_order::{DelegationOrderRejection, DelegationOrders};
use idesluss_domain::evaluation::evaluation::{EvaluationRejection, Evaluations};
use idesluss_domain::identity::account::AccountRejection;
use idesluss_domain::identity::grant::GrantRejection;
use idesluss_domain::identity::mapping::MappingRejection;
use idesluss_domain::identity::organisations::OrganisationRejection;
use idesluss_domain::identity::person::PersonRejection;
use idesluss_domain::identity::program::ProgramRejection;
use idesluss_domain::identity::session::SessionRejection;
use idesluss_domain::identity::signing_key::SigningKeyRejection;
use idesluss_domain::identity::{
    Accounts, Grants, Mappings, OrganisationsRules, People, Programs, Sessions, SigningKeysRules,
};
use idesluss_domain::sharing::adoption::AdoptionRejection;
use idesluss_domain::sharing::solution::SolutionRejection;
use idesluss_domain::sharing::{Adoptions, Solutions};
use idesluss_domain::submission::call::CallRejection;
use idesluss_domain::submission::disclosure::DisclosureRejection;
use idesluss_domain::submission::idea::IdeaRejection;
use idesluss_domain::submission::quota::QuotaRejection;
use idesluss_domain::submission::register::RegisterRejection;
use idesluss_domain::submission::{Calls, Disclosures, Ideas, Quotas, Registers};
use idesluss_domain::words::Rejection;
use idesluss_domain::{Decider, fold};
use std::collections::BTreeSet;
use std::fmt::Debug;

/// An aggregate, each of whose refusals somebody can bring about.
pub(crate) trait Provoke: Decider + Sized {
    /// What had happened, and the command that is then refused with just this.
    fn provoke(refusal: Self::Rejection) -> (Vec<Self::Event>, Self::Command);

    /// The state that the events make; an aggregate overrides this whose rules rest on what it has received as well.
    fn state(_: Self::Rejection, given: &[Self::Event]) -> Self::State {
        fold::<Self>(given)
    }

    /// What comes of it; an aggregate overrides this that also refuses what is no command of its own.
    fn refused(state: &Self::State, command: &Self::Command) -> Option<Self::Rejection> {
        Self::decide(command, state).err()
    }
}

/// Provokes these refusals; returns their codes.
fn provoked<D>(aggregate: &'static str, refusals: &[D::Rejection]) -> BTreeSet<(&'static str, &'static str)>
where
    D: Provoke,
    D::Rejection: Copy + Debug + PartialEq + Into<Rejection>,
{
    let provoke = |&refusal: &D::Rejection| {
        let (given, command) = D::provoke(refusal);
        assert_eq!(
            D::refused(&D::state(refusal, &given), &command),
            Some(refusal),
            "{aggregate}"
        );
        (aggregate, refusal.into().code)
    };
    refusals.iter().map(provoke).collect()
}

#[test]
fn every_refusal_of_every_aggregate_is_provoked() {
    let provoked: BTreeSet<_> = [
        provoked::<Ideas>("Idea", IdeaRejection::ALL),
        provoked::<Calls>("Call", CallRejection::ALL),
        provoked::<Registers>("Register", RegisterRejection::ALL),
        provoked::<Quotas>("Quota", QuotaRejection::ALL),
        provoked::<Disclosures>("Disclosure", DisclosureRejection::ALL),
        provoked::<Evaluations>("Evaluation", EvaluationRejection::ALL),
        provoked::<Criteria>("Criteria", CriteriaRejection::ALL),
        provoked::<DelegationOrders>("DelegationOrder", DelegationOrderRejection::ALL),
        provoked::<Solutions>("Solution", SolutionRejection::ALL),
        provoked::<Adoptions>("Adoption", AdoptionRejection::ALL),
        provoked::<OrganisationsRules>("Organisation", OrganisationRejection::ALL),
        provoked::<People>("Person", PersonRejection::ALL),
        provoked::<Grants>("Grant", GrantRejection::ALL),
        provoked::<Accounts>("Account", AccountRejection::ALL),
        provoked::<Programs>("Program", ProgramRejection::ALL),
        provoked::<Mappings>("Mapping", MappingRejection::ALL),
        provoked::<Sessions>("Session", SessionRejection::ALL),
        provoked::<SigningKeysRules>("SigningKey", SigningKeyRejection::ALL),
    ]
    .into_iter()
    .flatten()
    .collect();
    let all: BTreeSet<_> = Rejection::all()
        .map(|(aggregate, refusal)| (aggregate, refusal.code))
        .collect();
    let missing: Vec<_> = all.difference(&provoked).collect();
    assert!(
        missing.is_empty(),
        "nobody provokes {missing:?}: say how in the aggregate's refusals.rs, and list it here"
    );
    assert_eq!(provoked, all);
}

#[test]
fn every_refusal_has_a_code_of_its_own() {
    let mut codes = BTreeSet::new();
    for (aggregate, Rejection { code, .. }) in Rejection::all() {
        assert!(codes.insert((aggregate, code)), "{aggregate} says {code} twice");
        assert!(
            code.bytes().all(|byte| byte.is_ascii_uppercase() || byte == b'_'),
            "{code}"
        );
    }
    assert!(codes.len() > 100, "only {}", codes.len());
}
