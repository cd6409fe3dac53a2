//! Who holds which role: what identity has said of it, as far as this journal has received it.
//!
//! A grant is one stream, whose name follows from person, organisation and role. A command covers that stream, so nobody acts under a grant that
//! this journal shows revoked; a question may be answered by what was known a moment before.

use crate::loaded::Stream;
use crate::{Engine, ExecuteError, Loaded};
use idesluss_domain::Event;
use idesluss_domain::identity::{Grant, Grants, Organisations, OrganisationsRules};
use idesluss_domain::words::{Actor, AggregateId as _, GrantId, OrganisationId, PersonId, Role, StreamName};
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

/// How many grants are kept at hand; beyond that they are read anew.
const MOST: usize = 10_000;
/// How many entries are looked at at once.
const BATCH: usize = 256;

/// A grant as it stands in the journal.
#[derive(Debug, Clone)]
struct Known {
    grant: Arc<Grant>,
    /// The version of its stream.
    version: u64,
}

/// The grants at hand. What has changed is forgotten as soon as it is seen.
#[derive(Debug, Default)]
pub(crate) struct GrantCache(Mutex<Inner>);

#[derive(Debug, Default)]
struct Inner {
    known: HashMap<GrantId, Known>,
    /// How often something was forgotten: what was read before that is not kept.
    forgotten: u64,
}

impl GrantCache {
    fn inner(&self) -> std::sync::MutexGuard<'_, Inner> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What is known of a grant, and how often something was forgotten until now.
    fn find(&self, id: GrantId) -> (Option<Known>, u64) {
        let inner = self.inner();
        (inner.known.get(&id).cloned(), inner.forgotten)
    }

    fn keep(&self, id: GrantId, known: Known, forgotten: u64) {
        let mut inner = self.inner();
        if inner.forgotten != forgotten {
            return;
        }
        if inner.known.len() >= MOST {
            inner.known.clear();
        }
        inner.known.insert(id, known);
    }

    pub(crate) fn forget(&self, id: GrantId) {
        let mut inner = self.inner();
        inner.known.remove(&id);
        inner.forgotten += 1;
    }
}

impl Engine {
    async fn known_grant(&self, id: GrantId) -> Result<Known, ExecuteError> {
        let (known, forgotten) = self.0.grants.find(id);
        if let Some(known) = known {
            return Ok(known);
        }
        let stream = id.stream();
        let loaded = self.load(std::slice::from_ref(&stream)).await?;
        let known = Known {
            grant: Arc::new(loaded.state::<Grants>(&stream)),
            version: loaded.version(&stream),
        };
        self.0.grants.keep(id, known.clone(), forgotten);
        Ok(known)
    }

    /// Whether somebody holds a role today.
    pub async fn holds(&self, actor: &Actor) -> Result<bool, ExecuteError> {
        let id = GrantId::of(actor.person, &actor.organisation, actor.role);
        Ok(self.known_grant(id).await?.grant.is_in_force(self.clock().today()))
    }

    /// Whether each of these people holds a role today in some organisation.
    pub async fn hold_anywhere(
        &self,
        instance: &OrganisationId,
        people: &[PersonId],
        role: Role,
    ) -> Result<bool, ExecuteError> {
        let organisations = self.organisations(instance).await?;
        for person in people {
            let mut holds = false;
            for organisation in organisations.all.keys() {
                let actor = Actor {
                    person: *person,
                    organisation: organisation.clone(),
                    role,
                };
                holds = holds || self.holds(&actor).await?;
            }
            if !holds {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// The organisations of the instance.
    pub async fn organisations(&self, instance: &OrganisationId) -> Result<Organisations, ExecuteError> {
        let stream = StreamName::organisations(instance);
        let loaded = self.load(std::slice::from_ref(&stream)).await?;
        Ok(loaded.state::<OrganisationsRules>(&stream))
    }

    /// Adds the grant under which somebody acts to what a command covers: it is decided anew when the grant has moved meanwhile. None: they act
    /// under none that holds today.
    pub(crate) async fn cover_grant(
        &self,
        actor: &Actor,
        loaded: &mut Loaded,
    ) -> Result<Option<GrantId>, ExecuteError> {
        let id = GrantId::of(actor.person, &actor.organisation, actor.role);
        let known = self.known_grant(id).await?;
        if !known.grant.is_in_force(self.clock().today()) {
            return Ok(None);
        }
        loaded.0.entry(id.stream()).or_insert_with(|| Stream::at(known.version));
        Ok(Some(id))
    }

    /// Whether this journal has heard of anybody who may do anything: until identity has said it, nobody may.
    pub async fn knows_who_may(&self, instance: &OrganisationId) -> Result<bool, ExecuteError> {
        Ok(self.organisations(instance).await?.imported)
    }

    /// Forgets grants as they change, until the service ends.
    pub(crate) fn watch_grants(&self) {
        let engine = self.clone();
        self.spawn(async move {
            let mut head = engine.store().head();
            let mut next = head.borrow_and_update().size;
            loop {
                while next >= head.borrow_and_update().size {
                    if head.changed().await.is_err() {
                        return;
                    }
                }
                let Ok(news) = engine.news(next, BATCH).await else {
                    tokio::time::sleep(std::time::Duration::from_millis(100)).await;
                    continue;
                };
                for entry in &news {
                    next = entry.position + 1;
                    let read = crate::Recorded::read(&entry.line);
                    if let Some(entry) = read.filter(|entry| matches!(entry.event, Some(Event::Grant(_))))
                        && let Ok(id) = entry.aggregate_id().parse()
                    {
                        engine.0.grants.forget(id);
                    }
                }
            }
        });
    }
}

/// By what right an event says that it was written.
pub(crate) fn written(actor: &Actor, service: &str, grant: Option<GrantId>) -> Option<String> {
    match (actor.role, grant) {
        (Role::Service, _) => Some(format!("service:{service}")),
        (_, Some(grant)) => Some(format!("grant:{grant}")),
        (Role::Operator, None) => Some("operator".to_owned()),
        (_, None) => None,
    }
}
