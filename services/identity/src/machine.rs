//! What whoever sits at the machine does with a journal that nobody else writes.

use crate::grpc::Asked;
use idesluss_domain::identity::grant::{GrantAction, GrantCommand};
use idesluss_domain::words::{Actor, CommandId, OrganisationId, PersonId, Role, StreamName};
use idesluss_engine::{Call, Engine, ExecuteError};
use uuid::Uuid;

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
