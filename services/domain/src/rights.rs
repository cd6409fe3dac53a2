//! Who may do what with a thing, and while it is how: the words in which the tables beside the aggregates are written.
//!
//! `decide` asks the table first, pages offer what it allows now, and the matrix of actions is drawn from it. Nobody else repeats a rule.
//! `evolve` never asks: what stands in a journal is read as it was written.

use crate::words::{Actor, Role};
use crate::{evaluation, identity, instance, sharing, submission};
use std::fmt;

/// How somebody stands to the thing that they want to do something with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Relation {
    /// Whoever they are: it does not exist yet, or it is nobody's.
    Any,
    /// They act in the organisation whose thing it is.
    OwnOrganisation,
    /// The same, and they neither wrote it nor are in conflict with it.
    Impartial,
    /// The same as their own organisation's, where it was taken over from an older idea box: who takes a box over may have written in it.
    TakenOver,
    /// The same as their own organisation's, and it was not they who asked for it.
    NotAsking,
    /// They wrote it, and act in its organisation.
    Author,
    /// They have been asked to be its author, and act in its organisation.
    Proposed,
    /// They have been asked to assess it, at some time.
    Assigned,
    /// They assess it: asked, impartial and have said so, not taken off.
    Assessing,
    /// They assess it, and have given their assessment.
    HasAssessed,
    /// What they assessed was shown.
    OnPanel,
    /// Impartial and have said so, and they have not assessed at this gate.
    Independent,
    /// It is shown to their organisation: its own, or published for others.
    Offered,
    /// They made the decision that holds, or wrote it down for a board.
    Decided,
    /// They hold the mandate that it is about.
    Holder,
    /// They hold the mandate that it was handed on from.
    Giver,
    /// They have the private link that it is about.
    OwnLink,
}

impl fmt::Display for Relation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Relation::Any => "any",
            Relation::OwnOrganisation => "own organisation",
            Relation::Impartial => "own organisation, impartial",
            Relation::TakenOver => "own organisation, taken over",
            Relation::NotAsking => "own organisation, not who asked",
            Relation::Author => "author",
            Relation::Proposed => "proposed author",
            Relation::Assigned => "assigned",
            Relation::Assessing => "assessing",
            Relation::HasAssessed => "has assessed",
            Relation::OnPanel => "on the panel",
            Relation::Independent => "own organisation, independent",
            Relation::Offered => "shown to the organisation",
            Relation::Decided => "decided it",
            Relation::Holder => "holds the mandate",
            Relation::Giver => "gave the mandate",
            Relation::OwnLink => "has the link",
        })
    }
}

/// A thing with a table of what may be done with it.
pub trait Ruled: 'static {
    /// Why something is refused.
    type Rejection: Copy + fmt::Debug + PartialEq;

    /// What is said to a role that the action has no line for.
    const WRONG_ROLE: Self::Rejection;

    /// Whether `actor` stands so to this thing. Errors: why not.
    fn relation(&self, relation: Relation, actor: &Actor) -> Result<(), Self::Rejection>;

    /// Whether `actor` has done it already, so that nothing would come of offering it.
    fn is_settled(&self, _rule: &Rule<Self>, _actor: &Actor) -> bool
    where
        Self: Sized,
    {
        false
    }
}

/// Which roles may do something, and how they must stand to the thing.
pub type By = &'static [(&'static [Role], Relation)];

/// A line of the table: what may be done, by whom, while the thing is how.
pub struct Rule<T: Ruled> {
    /// What is done, such as `hand-to-line`: one name in a table, on pages and in the matrix.
    pub action: &'static str,
    /// Who may.
    pub by: By,
    /// The types of the events that may come of it, and no others.
    pub writes: &'static [&'static str],
    /// Whether the thing is such that it may be done now. Errors: why not.
    pub state: fn(&T) -> Result<(), T::Rejection>,
}

/// A rule is its action: a table has one line for each.
impl<T: Ruled> PartialEq for Rule<T> {
    fn eq(&self, other: &Self) -> bool {
        self.action == other.action
    }
}

impl<T: Ruled> Rule<T> {
    /// Whether there is anything that somebody in this role may do it with.
    pub fn is_for(&self, role: Role) -> bool {
        self.by.iter().any(|(roles, _)| roles.contains(&role))
    }

    /// Whether `actor` may do it at all. Errors: the role may not, or what is missing between actor and thing.
    pub fn may(&self, actor: &Actor, thing: &T) -> Result<(), T::Rejection> {
        let lines = self.by.iter().map(|(roles, relation)| (*roles, *relation, ()));
        first_that_fits(lines, actor, thing)
    }

    /// Whether `actor` may do it now, and something would come of it. What is said with it may still be refused.
    pub fn offers(&self, actor: &Actor, thing: &T) -> bool {
        self.may(actor, thing).is_ok() && (self.state)(thing).is_ok() && !thing.is_settled(self, actor)
    }
}

/// What stands on the first of `lines` that is for the actor's role and whose relation they have to `thing`. Errors: no line is for the role, or
/// why the last of those does not fit.
pub fn first_that_fits<T: Ruled, L>(
    lines: impl IntoIterator<Item = (&'static [Role], Relation, L)>,
    actor: &Actor,
    thing: &T,
) -> Result<L, T::Rejection> {
    let mut refusal = T::WRONG_ROLE;
    for (_, relation, line) in lines.into_iter().filter(|(roles, ..)| roles.contains(&actor.role)) {
        match thing.relation(relation, actor) {
            Ok(()) => return Ok(line),
            Err(why) => refusal = why,
        }
    }
    Err(refusal)
}

/// A line of any of the tables.
#[derive(Debug, Clone, Copy)]
pub struct Line {
    /// With what something is done, such as `Idea`.
    pub of: &'static str,
    /// What.
    pub action: &'static str,
    /// By whom.
    pub by: By,
    /// The types of the events that may come of it.
    pub writes: &'static [&'static str],
}

/// Every line of every table.
pub fn lines() -> impl Iterator<Item = Line> {
    fn of<T: Ruled>(of: &'static str, rules: &'static [&'static Rule<T>]) -> Vec<Line> {
        let line = |rule: &&Rule<T>| Line {
            of,
            action: rule.action,
            by: rule.by,
            writes: rule.writes,
        };
        rules.iter().map(line).collect()
    }
    [
        of("Idea", submission::idea::rights::RULES),
        of("Call", submission::call::RULES),
        of("Disclosure", submission::disclosure::RULES),
        of("Register", submission::register::RULES),
        of("Quota", submission::quota::RULES),
        of("Evaluation", evaluation::evaluation::rights::RULES),
        of("Criteria", evaluation::criteria::RULES),
        of("DelegationOrder", evaluation::delegation_order::rights::RULES),
        of("Solution", sharing::solution::rights::RULES),
        of("Adoption", sharing::adoption::rights::RULES),
        of("Organisation", identity::organisations::RULES),
        of("Person", identity::person::RULES),
        of("Grant", identity::grant::RULES),
        of("PrivateLink", identity::private_link::RULES),
        of("Account", identity::account::RULES),
        of("Mapping", identity::mapping::RULES),
        of("Program", identity::program::RULES),
        of("Session", identity::session::RULES),
        of("SigningKey", identity::signing_key::RULES),
        of("Journal", instance::RULES),
    ]
    .into_iter()
    .flatten()
}

/// The names of what `actor` may do with `thing` now.
pub fn offered<T: Ruled>(rules: &[&Rule<T>], actor: &Actor, thing: &T) -> Vec<String> {
    let offered = rules.iter().filter(|rule| rule.offers(actor, thing));
    offered.map(|rule| rule.action.to_owned()).collect()
}
