//! What whoever sits at the machine does with a journal that nobody else writes.

use crate::grpc::Asked;
use idesluss_domain::identity::grant::{GrantAction, GrantCommand, GrantRejection};
use idesluss_domain::words::{
    Actor, AggregateId as _, CommandId, OrganisationId, PersonId, Rejection, Role, StreamName,
};
use idesluss_engine::{Call, Engine, ExecuteError};
use uuid::Uuid;

/// Who administered each organisation whose roles wait to be confirmed, where nobody does now; those first who began first.
pub async fn without_administrator(engine: &Engine) -> Result<Vec<(OrganisationId, Vec<PersonId>)>, ExecuteError> {
    let organisations = engine.organisations(&engine.instance()?).await?;
    let waits = organisations
        .all
        .values()
        .filter(|known| organisations.awaits_confirmation(&known.id));
    let today = engine.clock().today();
    let without = waits.filter(|known| !known.administrators.any_active_on(today));
    let each = without.map(|known| (known.id.clone(), known.suspended.longest_first()));
    Ok(each.collect())
}

/// Names an administrator of an organisation: at once where none acts. After a restore nobody else can confirm which roles count.
pub async fn name_administrator(
    engine: &Engine,
    organisation: OrganisationId,
    person: PersonId,
) -> Result<(), ExecuteError> {
    let instance = engine.instance()?;
    let asked = Asked {
        organisations: StreamName::organisations(&instance),
        command: GrantCommand {
            actor: Actor::operator(&instance),
            today: engine.clock().today(),
            person,
            organisation,
            role: Role::Administrator,
            is_known: false,
            absent: None,
            administrators: None,
            round: 0,
            action: GrantAction::NameAdministrator,
        },
    };
    let call = Call::at_the_machine("NameAdministrator", &instance, CommandId(Uuid::new_v4()));
    let streams = asked.streams();
    engine.execute(call, &streams, |loaded| asked.decide(loaded)).await?;
    Ok(())
}

/// Whether somebody can be named there. Errors: nobody is registered under the pseudonym, or there is no such organisation.
pub async fn check_administrator(
    engine: &Engine,
    organisation: &OrganisationId,
    person: PersonId,
) -> Result<(), ExecuteError> {
    let known = engine.organisations(&engine.instance()?).await?;
    let rejection = if known.get(organisation).is_none() {
        GrantRejection::NoSuchOrganisation
    } else if engine.load(&[person.stream()]).await?.exists(&person.stream()) {
        return Ok(());
    } else {
        GrantRejection::NoSuchPerson
    };
    Err(Rejection::from(rejection).into())
}
