use crate::words::{Actor, AggregateId, Date};

/// One aggregate's rules: what a command leads to, and what an event changes.
///
/// `decide` either names every event that follows, names none (the command was already carried
/// out), or refuses. `evolve` is total: it accepts every event in every state, also in orders that
/// `decide` would never produce, because history is read as it is.
pub trait Decider {
    /// What somebody wants done. Carries the actor, the time and every id it needs.
    type Command;
    /// What happened.
    type Event;
    /// What the rules need to remember; `Default` is "nothing has happened yet".
    type State: Default;
    /// Why a command is refused.
    type Rejection;

    /// Returns the events that `command` leads to in `state`.
    ///
    /// Shape: 0..=256 events; none when the command has already been carried out.
    fn decide(command: &Self::Command, state: &Self::State) -> Result<Vec<Self::Event>, Self::Rejection>;

    /// Returns the state after `event`.
    fn evolve(state: Self::State, event: &Self::Event) -> Self::State;
}

/// Folds a stream's events, oldest first, into its state.
pub fn fold<'a, D: Decider>(events: impl IntoIterator<Item = &'a D::Event>) -> D::State
where
    D::Event: 'a,
{
    events.into_iter().fold(D::State::default(), D::evolve)
}

/// What somebody wants done with one aggregate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Act<Id, Action> {
    /// Which one.
    pub id: Id,
    /// Who acts.
    pub actor: Actor,
    /// The day in Sweden.
    pub today: Date,
    /// What.
    pub action: Action,
}

impl<Id, Action> Act<Id, Action> {
    /// The same person's, on the same aggregate and day, with this to be done.
    pub fn with<Other>(self, action: Other) -> Act<Id, Other> {
        Act {
            id: self.id,
            actor: self.actor,
            today: self.today,
            action,
        }
    }
}

/// An aggregate that somebody acts on by its id alone.
pub trait Aggregate: Decider<Command = Act<Self::Id, Self::Action>> {
    /// Which one.
    type Id: AggregateId;
    /// What can be done with it.
    type Action;
}

impl<D, Id, Action> Aggregate for D
where
    D: Decider<Command = Act<Id, Action>>,
    Id: AggregateId,
{
    type Id = Id;
    type Action = Action;
}
