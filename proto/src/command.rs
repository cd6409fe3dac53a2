use crate::pb::command as pb;
use crate::status::Problems;
use idesluss_domain::words::{Actor, CommandId, Role};

/// What every command begins with, read and checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CommandHead {
    /// The sender's id for this command.
    pub id: CommandId,
    /// Who acts.
    pub actor: Actor,
}

/// Reads a command's head, noting what is wrong in `problems`.
pub fn read_command(command: Option<&pb::Command>, problems: &mut Problems) -> Option<CommandHead> {
    let Some(command) = command else {
        problems.add("command", "say who acts and give the command an id");
        return None;
    };
    let id = problems.parse::<CommandId>("command.command_id", &command.command_id, "give a UUID");
    let actor = read_actor("command.actor", command.actor.as_ref(), problems);
    Some(CommandHead { id: id?, actor: actor? })
}

/// Reads who acts, noting what is wrong in `problems`.
pub fn read_actor(field: &str, actor: Option<&pb::Actor>, problems: &mut Problems) -> Option<Actor> {
    let Some(actor) = actor else {
        problems.add(field, "say who acts, for which organisation and in which role");
        return None;
    };
    let person = problems.parse(
        &format!("{field}.person"),
        &actor.person,
        "give the person's pseudonym, a UUID",
    );
    let organisation = problems.parse(
        &format!("{field}.organisation"),
        &actor.organisation,
        "give the organisation's short name, such as uddevalla",
    );
    let role = read_role(actor.role());
    if role.is_none() {
        problems.add(format!("{field}.role"), "choose one of the roles");
    }
    Some(Actor {
        person: person?,
        organisation: organisation?,
        role: role?,
    })
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
        role: write_role(actor.role).into(),
    }
}

fn read_role(role: pb::Role) -> Option<Role> {
    Some(match role {
        pb::Role::Unspecified => return None,
        pb::Role::Submitter => Role::Submitter,
        pb::Role::Coordinator => Role::Coordinator,
        pb::Role::Assessor => Role::Assessor,
        pb::Role::NeedOwner => Role::NeedOwner,
        pb::Role::DecisionMaker => Role::DecisionMaker,
        pb::Role::Registrar => Role::Registrar,
        pb::Role::Steward => Role::Steward,
        pb::Role::Adopter => Role::Adopter,
        pb::Role::Auditor => Role::Auditor,
        pb::Role::Operator => Role::Operator,
        pb::Role::Service => Role::Service,
    })
}

fn write_role(role: Role) -> pb::Role {
    match role {
        Role::Submitter => pb::Role::Submitter,
        Role::Coordinator => pb::Role::Coordinator,
        Role::Assessor => pb::Role::Assessor,
        Role::NeedOwner => pb::Role::NeedOwner,
        Role::DecisionMaker => pb::Role::DecisionMaker,
        Role::Registrar => pb::Role::Registrar,
        Role::Steward => pb::Role::Steward,
        Role::Adopter => pb::Role::Adopter,
        Role::Auditor => pb::Role::Auditor,
        Role::Operator => pb::Role::Operator,
        Role::Service => pb::Role::Service,
    }
}
