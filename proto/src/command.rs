use crate::pb::command as pb;
use idesluss_domain::words::{Actor, CommandId};

/// What every command begins with, read and checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CommandHead {
    /// The sender's id for this command.
    pub id: CommandId,
    /// Who acts.
    pub actor: Actor,
}

/// Writes a command's head.
pub fn write_command(head: &CommandHead) -> pb::Command {
    pb::Command {
        command_id: head.id.to_string(),
        actor: Some(write_actor(&head.actor)),
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
