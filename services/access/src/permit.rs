use crate::{Callers, Reads, Rule, Sees};
use idesluss_domain::rights::{Ruled, first_that_fits};
use idesluss_domain::words::{Actor, CommandId, OrganisationId, Role};
use idesluss_domain::{MACHINE, SERVICES};

/// Leave to do what one rpc does, in one role. Nothing but a [`Rule`] makes it.
#[derive(Debug, Clone)]
pub struct Permit {
    actor: Actor,
    reads: Reads,
    bound: Option<Bound>,
}

/// What was asserted of whoever acts, for one command alone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bound {
    /// The command.
    pub command: CommandId,
    /// The signed assertion, as it was shown.
    pub shown: Vec<u8>,
}

/// Why somebody is not let in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Denied {
    /// They do not hold the role that they act in.
    RoleNotHeld,
    /// The role has no line for it.
    WrongRole,
    /// The program was not given it.
    OutsideScopes,
}

impl Rule {
    /// Lets `actor` in, if they hold the role that they act in and it has a line here. Errors: neither, or one of them.
    pub fn admit(&self, actor: &Actor, holds: impl FnOnce(&Actor) -> bool) -> Result<Permit, Denied> {
        if !holds(actor) {
            return Err(Denied::RoleNotHeld);
        }
        if !self.is_for_people(actor.role) {
            return Err(Denied::WrongRole);
        }
        Ok(self.permit(actor.clone()))
    }

    /// Lets a program in, if what it may do is this. Errors: it is nothing for a program in its role, or not for this one.
    pub fn admit_program(&self, actor: &Actor, may: impl FnOnce(&Actor) -> bool) -> Result<Permit, Denied> {
        match self.is_for_programs(actor.role) && may(actor) {
            true => Ok(self.permit(actor.clone())),
            false => Err(Denied::OutsideScopes),
        }
    }

    /// Lets in whoever asks over a connection that speaks for these members, and says of nobody that they ask: a member for itself, or whoever sits at
    /// the machine as the operator. None: it takes somebody.
    pub fn admit_alone(&self, speaks_for: impl Fn(&str) -> bool, instance: &OrganisationId) -> Option<Permit> {
        let a_service = SERVICES.into_iter().any(&speaks_for);
        let at_the_machine = speaks_for(MACHINE);
        let actor = match self.callers {
            Callers::Services | Callers::Gateway => Actor::service(instance),
            Callers::Journal if a_service || at_the_machine => Actor::service(instance),
            Callers::Act(_) | Callers::Read(_) if at_the_machine && self.is_for(Role::Operator) => {
                Actor::operator(instance)
            }
            Callers::Journal | Callers::Act(_) | Callers::Read(_) => return None,
        };
        Some(self.permit(actor))
    }

    fn permit(&self, actor: Actor) -> Permit {
        let reads = match self.callers {
            Callers::Read(reads) => reads,
            Callers::Act(_) | Callers::Services | Callers::Gateway | Callers::Journal => &[],
        };
        Permit {
            actor,
            reads,
            bound: None,
        }
    }
}

impl Permit {
    /// The same for one command alone.
    #[must_use]
    pub fn bound(self, bound: Option<Bound>) -> Self {
        Self { bound, ..self }
    }

    /// The command that it is for alone, with what was asserted for it; None: any.
    pub fn bound_to(&self) -> Option<&Bound> {
        self.bound.as_ref()
    }

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
