use crate::{Callers, Reads, Rule, Sees};
use idesluss_domain::rights::{Ruled, first_that_fits};
use idesluss_domain::words::{Actor, OrganisationId};

/// Leave to do what one rpc does, in one role. Nothing but a [`Rule`] makes it.
#[derive(Debug, Clone)]
pub struct Permit {
    actor: Actor,
    reads: Reads,
}

/// Why somebody is not let in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Denied {
    /// They do not hold the role that they act in.
    RoleNotHeld,
    /// The role has no line for it.
    WrongRole,
}

impl Rule {
    /// Lets `actor` in, if they hold the role that they act in and it has a line here. Errors: neither, or one of them.
    pub fn admit(&self, actor: &Actor, holds: impl FnOnce(&Actor) -> bool) -> Result<Permit, Denied> {
        if !holds(actor) {
            return Err(Denied::RoleNotHeld);
        }
        if !self.is_for(actor.role) {
            return Err(Denied::WrongRole);
        }
        Ok(self.permit(actor.clone()))
    }

    /// Lets in whoever has reached it and asks for itself; None: it is asked in somebody's name.
    pub fn admit_member(&self, instance: &OrganisationId) -> Option<Permit> {
        (!self.is_asked_by_people()).then(|| self.permit(Actor::service(instance)))
    }

    /// Lets in whoever sits at the machine as nobody else; None: it is nothing for who runs the machines.
    pub fn admit_operator(&self, instance: &OrganisationId) -> Option<Permit> {
        let operator = Actor::operator(instance);
        (self.is_asked_by_people() && self.is_for(operator.role)).then(|| self.permit(operator))
    }

    fn permit(&self, actor: Actor) -> Permit {
        let reads = match self.callers {
            Callers::Read(reads) => reads,
            Callers::Act(_) | Callers::Services | Callers::Gateway | Callers::Journal => &[],
        };
        Permit { actor, reads }
    }
}

impl Permit {
    /// Who holds it.
    pub fn actor(&self) -> &Actor {
        &self.actor
    }

    /// What its holder sees of `thing`. Errors: how they stand to it does not let them.
    pub fn sees<T: Ruled>(&self, thing: &T) -> Result<Sees, T::Rejection> {
        self.sees_by(self.reads, thing)
    }

    /// The same by another rule, where one question leads to what another is about.
    pub fn sees_by<T: Ruled>(&self, reads: Reads, thing: &T) -> Result<Sees, T::Rejection> {
        let lines = reads.iter().map(|line| (line.roles, line.relation, line.sees));
        first_that_fits(lines, &self.actor, thing)
    }

    /// What its holder sees of a list, which holds nothing but what stands to them as the rule says.
    pub fn sees_listed(&self) -> Sees {
        let line = self.reads.iter().find(|line| line.roles.contains(&self.actor.role));
        // Nobody was let in without a line.
        line.map_or(Sees::Published, |line| line.sees)
    }
}
