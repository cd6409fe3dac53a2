use crate::pb::command as pb;
use idesluss_domain::words::{Actor, CommandId};

/// A command's id, and who gives it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CommandHead {
    /// The sender's id for this command.
    pub id: CommandId,
    /// Who acts.
    pub actor: Actor,
}

/// Writes what a command begins with.
pub fn write_command(id: CommandId) -> pb::Command {
    pb::Command {
        command_id: id.to_string(),
    }
}

/// Writes who acts.
pub fn write_actor(actor: &Actor) -> pb::Actor {
    pb::Actor {
        person: actor.person.to_string(),
        organisation: actor.organisation.to_string(),
        role: pb::Role::from(actor.role).into(),
    }
}
