//! Registering somebody of whom this service knows by itself: from the file with which the instance began, or from a provider at which they sign in.

use idesluss_domain::Act;
use idesluss_domain::identity::person::{PersonAction, PersonCommand, PersonRegistered};
use idesluss_domain::words::{Actor, OrganisationId, PersonId, Scope};
use idesluss_engine::{Call, CommandContext, ExecuteError};

/// What a person is registered with, in the clear.
pub(crate) struct Registered<'a> {
    pub(crate) person: PersonId,
    /// Whose they are.
    pub(crate) home: &'a OrganisationId,
    pub(crate) name: &'a str,
    /// Where mail reaches them; None: nobody knows.
    pub(crate) address: Option<&'a str>,
}

/// Seals it for the event that `call` will write, and says what is to be done.
pub(crate) async fn seal(
    context: &CommandContext,
    call: &mut Call,
    of: Registered<'_>,
) -> Result<PersonCommand, ExecuteError> {
    let event = PersonRegistered::TYPE;
    let id = context.engine.event_id(call.head(), event, 0);
    let mut sealer = context.engine.vault().sealer(of.home);
    let scope = Scope::Person(of.person);
    let name = sealer.text(&scope, id, event, "name", of.name).await?;
    let address = match of.address {
        Some(address) => Some(sealer.text(&scope, id, event, "address", address).await?),
        None => None,
    };
    call.sealed = sealer.finish();
    Ok(Act {
        id: of.person,
        actor: Actor::service(of.home),
        today: context.engine.clock().today(),
        action: PersonAction::Register {
            organisation: of.home.clone(),
            name,
            address,
        },
    })
}
