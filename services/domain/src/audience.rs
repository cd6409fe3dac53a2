//! For whom an event is: who outside the writing service takes it in, and keeps it.
//!
//! Each audience is a source of its own, without gaps, so a follower stores what it acts on and nothing can be left out of it unseen.

use crate::Event;
use crate::evaluation::evaluation as ev;
use crate::identity::{GrantEvent, OrganisationEvent, ProgramEvent, SessionEvent, SigningKeyEvent};
use crate::instance::InstanceEvent;
use crate::sharing::{AdoptionEvent, SolutionEvent};
use crate::source::{audience_of, service_of};
use crate::submission::IdeaEvent;
use crate::submission::idea::SharingProposed;
use crate::words::Audience;
use std::collections::{BTreeSet, HashMap};
use std::sync::LazyLock;

/// For whom the types are that are not for their own service alone. The first line in which a type stands holds.
const FOR_OTHERS: &[(Audience, &[&[&str]])] = &[
    (Audience::Sharing, &[&[SharingProposed::TYPE]]),
    // Who somebody is, identity tells when it is asked, and nobody keeps.
    (
        Audience::Grants,
        &[
            OrganisationEvent::TYPES,
            GrantEvent::TYPES,
            ProgramEvent::TYPES,
            SessionEvent::TYPES,
            SigningKeyEvent::TYPES,
        ],
    ),
    (
        Audience::House,
        &[
            InstanceEvent::TYPES,
            // All of an idea: what an evaluation's decision rests on is what had come of it.
            IdeaEvent::TYPES,
            // Of an evaluation submission follows what becomes of the idea, and who may not lead it.
            &[
                ev::EvaluationOpened::TYPE,
                ev::ConflictDeclared::TYPE,
                ev::AssessorRecused::TYPE,
                ev::DecisionMade::TYPE,
                ev::DecisionReconsidered::TYPE,
                ev::TextsErased::TYPE,
            ],
            // Nobody follows sharing yet; what it publishes, the broker remembers.
            SolutionEvent::TYPES,
            AdoptionEvent::TYPES,
        ],
    ),
];

static BY_TYPE: LazyLock<HashMap<&'static str, Audience>> = LazyLock::new(|| {
    let lines = FOR_OTHERS.iter().rev();
    let types = lines.flat_map(|(audience, types)| types.iter().copied().flatten().map(move |kind| (*kind, *audience)));
    types.collect()
});

impl Audience {
    /// Every audience that there is.
    const ALL: [Self; 5] = [Self::House, Self::Grants, Self::Sharing, Self::Service, Self::Region];

    /// For whom events of a type are; of a type that nothing is said of, for their own service alone.
    pub fn of(type_name: &str) -> Self {
        BY_TYPE.get(type_name).copied().unwrap_or(Self::Service)
    }

    /// For whom whatever comes from a source, `/<instance>/<service>/<audience>`, is; None: no audience of this version is called so.
    pub fn of_source(source: &str) -> Option<Self> {
        let name = audience_of(source)?;
        Self::ALL.into_iter().find(|audience| audience.as_str() == name)
    }

    /// The audiences for which a service writes.
    pub fn written_by(service: &str) -> BTreeSet<Self> {
        let own = Event::all_types().filter(|kind| service_of(kind) == Some(service));
        // What a journal says of itself.
        let all = own.chain(InstanceEvent::TYPES.iter().copied());
        all.map(Self::of).collect()
    }

    /// The source of what a service of an instance writes for it: `/<instance>/<service>/<audience>`.
    pub fn source(self, instance: &str, service: &str) -> String {
        format!("/{instance}/{service}/{}", self.as_str())
    }

    /// Whether what is for it leaves the writing service: published, and handed to whoever follows it.
    pub fn is_published(self) -> bool {
        self != Self::Service
    }
}
