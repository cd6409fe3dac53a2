//! Who holds which role: what identity has said of it, as far as this journal has received it.
//!
//! A grant is one stream, whose name follows from person, organisation and role. A command covers that stream, so nobody acts under a grant that
//! this journal shows revoked; a question may be answered by what was known a moment before.

mod programs;

use crate::loaded::Stream;
use crate::{Call, Decided, Engine, ExecuteError, Loaded};
use idesluss_access::Granted;
use idesluss_domain::identity::organisations::{Organisation, OrganisationAction, OrganisationCommand};
use idesluss_domain::identity::{Grant, Grants, Organisations, OrganisationsRules};
use idesluss_domain::words::{
    Actor, AggregateId as _, CommandId, GrantId, OrganisationId, PersonId, ProgramId, Role, StreamName,
};
use idesluss_domain::{Decider as _, Event};
use std::sync::Arc;

/// How many entries are looked at at once.
const BATCH: usize = 256;

/// By what right somebody acts who is no service and does not sit at the machine.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Right {
    /// A person's: a role that they hold.
    Grant(GrantId),
    /// A program's: itself, with what it was given.
    Program(ProgramId),
}

/// What identity has said of something, as it stands in the journal.
#[derive(Debug)]
pub(crate) struct Known<T> {
    state: Arc<T>,
    /// The version of its stream.
    version: u64,
    /// Where its last event stands in identity's source.
    place: Option<Granted>,
}

impl<T> Clone for Known<T> {
    fn clone(&self) -> Self {
        Self {
            state: self.state.clone(),
            version: self.version,
            place: self.place,
        }
    }
}

impl<T> Known<T> {
    fn of(loaded: &Loaded, stream: &StreamName, state: T) -> Self {
        let last = loaded.entries(stream).last();
        Self {
            state: Arc::new(state),
            version: loaded.version(stream),
            place: last.map(|last| Granted {
                epoch: last.meta.epoch,
                sequence: last.meta.sequence,
            }),
        }
    }
}

/// The grants under which somebody may act in a role, in the order in which they are looked for: their own, and for submitting that of all who come
/// in by their organisation's provider. Who does, identity asserts, without which nobody acts.
fn grants_of(actor: &Actor) -> impl Iterator<Item = GrantId> + use<> {
    let of = |person| GrantId::of(person, &actor.organisation, actor.role);
    let members = (actor.role == Role::Submitter).then(|| of(PersonId::members_of(&actor.organisation)));
    std::iter::once(of(actor.person)).chain(members)
}

impl Engine {
    async fn known_grant(&self, id: GrantId) -> Result<Known<Grant>, ExecuteError> {
        let (known, forgotten) = self.0.grants.find(&id);
        if let Some(known) = known {
            return Ok(known);
        }
        let stream = id.stream();
        let loaded = self.load(std::slice::from_ref(&stream)).await?;
        let known = Known::of(&loaded, &stream, loaded.state::<Grants>(&stream));
        self.0.grants.keep(id, known.clone(), forgotten);
        Ok(known)
    }

    async fn known_organisations(&self, instance: &OrganisationId) -> Result<Known<Organisations>, ExecuteError> {
        let (known, forgotten) = self.0.organisations.find(&());
        if let Some(known) = known {
            return Ok(known);
        }
        let stream = StreamName::organisations(instance);
        let loaded = self.load(std::slice::from_ref(&stream)).await?;
        let known = Known::of(&loaded, &stream, loaded.state::<OrganisationsRules>(&stream));
        self.0.organisations.keep((), known.clone(), forgotten);
        Ok(known)
    }

    /// What the terms are called under which an organisation takes ideas in now, as far as this journal has heard. None: there is no such organisation.
    pub async fn terms_in_force(&self, organisation: &OrganisationId) -> Result<Option<String>, ExecuteError> {
        let known = self.known_organisations(&self.instance()?).await?;
        Ok(known.state.get(organisation).map(Organisation::terms_in_force))
    }

    /// So many ideas a day an organisation takes by private links, as far as this journal has heard. None: it takes none.
    pub async fn ideas_per_day(&self, organisation: &OrganisationId) -> Result<Option<u16>, ExecuteError> {
        let known = self.known_organisations(&self.instance()?).await?;
        Ok(known.state.get(organisation).and_then(|known| known.ideas_per_day))
    }

    /// The instance whose journal this is.
    pub fn instance(&self) -> Result<OrganisationId, ExecuteError> {
        let name = self.store().name();
        let instance = name.split('/').nth(1).and_then(|instance| instance.parse().ok());
        instance.ok_or_else(|| ExecuteError::Stream(name.to_owned()))
    }

    /// Whether a grant may be acted under today: held, and not waiting for somebody to confirm it after a restore of identity.
    async fn is_in_force(&self, grant: &Grant) -> Result<bool, ExecuteError> {
        let organisations = self.known_organisations(&self.instance()?).await?;
        Ok(organisations.state.in_force(grant, self.clock().today()))
    }

    /// Whether somebody holds a role today.
    pub async fn holds(&self, actor: &Actor) -> Result<bool, ExecuteError> {
        Ok(self.granted(actor).await?.is_some())
    }

    /// Whether somebody holds a role today by a grant of their own: of anybody but whoever is asserted, it is not known whether they are among all who
    /// come in by a provider.
    pub async fn holds_by_themselves(&self, actor: &Actor) -> Result<bool, ExecuteError> {
        let id = GrantId::of(actor.person, &actor.organisation, actor.role);
        let known = self.known_grant(id).await?;
        self.is_in_force(&known.state).await
    }

    /// Where the event stands by which somebody was granted a role that they hold today; None: they do not hold it.
    pub async fn granted(&self, actor: &Actor) -> Result<Option<Granted>, ExecuteError> {
        for id in grants_of(actor) {
            let known = self.known_grant(id).await?;
            if self.is_in_force(&known.state).await? {
                return Ok(known.place);
            }
        }
        Ok(None)
    }

    /// Whether it is only that the role waits to be confirmed after a restore of identity.
    pub async fn awaits_confirmation(&self, actor: &Actor) -> Result<bool, ExecuteError> {
        for id in grants_of(actor) {
            let grant = self.known_grant(id).await?.state;
            if grant.is_in_force(self.clock().today()) && !self.is_in_force(&grant).await? {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Whether they hold it, read from the journal as it is now.
    pub(crate) async fn holds_by_now(&self, actor: &Actor) -> Result<bool, ExecuteError> {
        for id in grants_of(actor) {
            self.0.grants.forget(&id);
        }
        self.holds(actor).await
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

    /// The organisations of the instance, as they stand in the journal now.
    pub async fn organisations(&self, instance: &OrganisationId) -> Result<Organisations, ExecuteError> {
        let stream = StreamName::organisations(instance);
        let loaded = self.load(std::slice::from_ref(&stream)).await?;
        Ok(loaded.state::<OrganisationsRules>(&stream))
    }

    /// Adds the right by which somebody gives a command, by its rpc's name, and what is said of all, to what a command covers: it is decided anew when one of them
    /// has moved meanwhile. None: they act by none that holds today.
    pub(crate) async fn cover_right(
        &self,
        actor: &Actor,
        command: &str,
        loaded: &mut Loaded,
    ) -> Result<Option<Right>, ExecuteError> {
        if let Some(program) = ProgramId::of(actor.person) {
            return self.cover_program(program, (actor, command), loaded).await;
        }
        for id in grants_of(actor) {
            if self.covers(id, loaded).await? {
                return Ok(Some(Right::Grant(id)));
            }
        }
        Ok(None)
    }

    /// Forgets what is at hand of a right: it may have moved.
    pub(crate) fn forget_right(&self, right: Right) {
        match right {
            Right::Grant(id) => self.0.grants.forget(&id),
            Right::Program(id) => self.0.programs.forget(&id),
        }
    }

    /// Adds a grant to what a command covers. Returns whether it holds today.
    async fn covers(&self, id: GrantId, loaded: &mut Loaded) -> Result<bool, ExecuteError> {
        let instance = self.instance()?;
        let (of_grant, of_all) = (id.stream(), StreamName::organisations(&instance));
        loop {
            let (grant, all) = (self.known_grant(id).await?, self.known_organisations(&instance).await?);
            let mut is_old = false;
            for (stream, version) in [(&of_grant, grant.version), (&of_all, all.version)] {
                // What the command has read of the same streams is newer than what was at hand: then that is read anew.
                is_old |= loaded.0.get(stream).is_some_and(|read| read.version > version);
            }
            if is_old {
                self.0.grants.forget(&id);
                self.0.organisations.forget_all();
                continue;
            }
            if !all.state.in_force(&grant.state, self.clock().today()) {
                return Ok(false);
            }
            loaded.0.entry(of_grant).or_insert_with(|| Stream::at(grant.version));
            // Before the first restore nothing in it says whether a role counts, and it moves with every setting of every organisation.
            if all.state.round > 0 {
                loaded.0.entry(of_all).or_insert_with(|| Stream::at(all.version));
            }
            return Ok(true);
        }
    }

    /// Makes every role wait, where this journal was restored and that has not been written down: whoever opened the epoch may have been interrupted.
    pub async fn suspend_after_restore(&self) -> Result<(), ExecuteError> {
        let epoch = self.store().head().borrow().epoch;
        if epoch > 1 {
            self.suspend_roles(epoch).await?;
        }
        Ok(())
    }

    /// Lets every role wait until it is confirmed: identity was restored, and may have forgotten which were taken back.
    pub(crate) async fn suspend_roles(&self, epoch: u32) -> Result<(), ExecuteError> {
        let instance = self.instance()?;
        let stream = StreamName::organisations(&instance);
        let id = CommandId(self.own_id(&format!("suspend-roles {epoch}")));
        let command = OrganisationCommand {
            organisation: instance.clone(),
            actor: Actor::service(&instance),
            action: OrganisationAction::SuspendRoles(epoch),
        };
        let decide = |loaded: &Loaded| {
            let events = OrganisationsRules::decide(&command, &loaded.state::<OrganisationsRules>(&stream))?;
            Ok(vec![Decided::of(&stream, id.0, events)])
        };
        let call = Call::by_service("SuspendRoles", &instance, id, None);
        self.execute(call, std::slice::from_ref(&stream), decide).await?;
        self.0.organisations.forget_all();
        Ok(())
    }

    /// Whether this journal has heard of anybody who may do anything: until identity has said it, nobody may.
    pub async fn knows_who_may(&self, instance: &OrganisationId) -> Result<bool, ExecuteError> {
        Ok(self.organisations(instance).await?.imported)
    }

    /// Forgets what identity has said as it says it otherwise, until the service ends.
    pub(crate) fn watch_rights(&self) {
        let engine = self.clone();
        // From before anything is kept at hand.
        let mut head = self.store().head();
        let mut next = head.borrow_and_update().size;
        self.spawn(async move {
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
                    if let Some(entry) = entry.recorded() {
                        engine.forget_rights(entry);
                    }
                }
            }
        });
    }

    fn forget_rights(&self, entry: &crate::Recorded) {
        let inner = &self.0;
        match entry.event {
            Some(Event::Grant(_)) => drop(entry.aggregate_id().parse().map(|id| inner.grants.forget(&id))),
            Some(Event::Program(_)) => drop(entry.aggregate_id().parse().map(|id| inner.programs.forget(&id))),
            Some(Event::Organisation(_)) => inner.organisations.forget_all(),
            Some(Event::Session(_)) => drop(entry.aggregate_id().parse().map(|id| inner.sessions.forget(&id))),
            Some(Event::SigningKey(_)) => {
                inner.signing_keys.forget_all();
                inner.believed.forget_all();
            }
            _ => {}
        }
    }
}

/// By what right an event says that it was written.
pub(crate) fn written(actor: &Actor, service: &str, right: Option<Right>) -> Option<String> {
    match (actor.role, right) {
        (Role::Service, _) => Some(format!("service:{service}")),
        (Role::LinkHolder, Some(Right::Grant(grant))) => Some(format!("link:{grant}")),
        (_, Some(Right::Grant(grant))) => Some(format!("grant:{grant}")),
        (_, Some(Right::Program(program))) => Some(format!("program:{program}")),
        (Role::Operator, None) => Some("operator".to_owned()),
        (_, None) => None,
    }
}
