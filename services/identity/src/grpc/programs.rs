//! Programs: what is registered of them, and how they come in.

use super::sessions::ended;
use super::{Answer, Identity};
use crate::client_assertions::ClientKey;
use crate::programs::{GoesOn, SESSION_SECONDS, Showing};
use crate::views::{self, ProgramRow};
use idesluss_access::{presenter, scopes};
use idesluss_domain::identity::program::{
    CredentialKind, HeldCredential, ProgramAction, ProgramRejection, REVOKE_PROGRAM_CREDENTIAL, RULES,
};
use idesluss_domain::identity::{People, Program, Programs};
use idesluss_domain::rights::Relation;
use idesluss_domain::rights::{Ruled as _, offered};
use idesluss_domain::words::{CredentialId, Date, OrganisationId, ProgramId, Role, ScopeName};
use idesluss_engine::{Asker, MemberCall, Page, PendingCommand, forbidden, rejected};
use idesluss_proto::pb::command::{Text, TextState};
use idesluss_proto::pb::identity as pb;
use idesluss_proto::requests::identity::{
    AddProgramKey, AddProgramSecret, ChangeProgramScopes, GetProgram, ListPrograms, RegisterProgram,
    RevokeProgramCredential,
};
use idesluss_proto::status::{Reason, invalid_field, refuse};
use idesluss_proto::{PageToken, Problem, write_actor};
use std::collections::BTreeSet;
use tonic::Status;

pub(super) async fn register(
    identity: Identity,
    pending: PendingCommand,
    command: RegisterProgram,
) -> Answer<pb::RegisterProgramRequest> {
    let engine = &identity.context.engine;
    // Nobody knows it beforehand, so nobody has done anything in its name.
    let organisation = pending.actor().organisation.clone();
    let program = ProgramId::derive(engine.own_id(&format!("program {organisation} {}", pending.id())));
    let contact = engine.state::<People>(command.contact).await?;
    let action = ProgramAction::Register {
        name: command.name.trim().to_owned(),
        contact: command.contact,
        is_contact_known: contact.registered.is_some() && contact.home.as_ref() == Some(&organisation),
        role: command.role,
        round: identity.context.organisations().await?.round,
        organisation,
    };
    let token = pending.carry_out::<Programs>(program, action).await?;
    Ok(pb::RegisterProgramResponse {
        token: Some(token),
        program: program.to_string(),
    })
}

pub(super) async fn change_scopes(
    identity: Identity,
    pending: PendingCommand,
    command: ChangeProgramScopes,
) -> Answer<pb::ChangeProgramScopesRequest> {
    let known = identity.context.engine.state::<Programs>(command.program).await?;
    let given: BTreeSet<ScopeName> = (known.registered.iter())
        .flat_map(|registered| scopes(registered.role))
        .collect();
    let scopes: BTreeSet<ScopeName> = command.scopes.into_iter().collect();
    let action = ProgramAction::ChangeScopes {
        are_given: scopes.is_subset(&given),
        scopes,
    };
    Ok(pending.carry_out::<Programs>(command.program, action).await?.into())
}

/// The id of what a command adds: the same when it is sent again, and nobody else's.
fn credential(pending: &PendingCommand, program: ProgramId) -> CredentialId {
    let engine = &pending.context().engine;
    CredentialId(engine.own_id(&format!("credential {program} {}", pending.id())))
}

fn adds(credential: CredentialId, kind: CredentialKind, until: Option<Date>) -> ProgramAction {
    ProgramAction::AddCredential {
        credential,
        kind,
        until,
    }
}

pub(super) async fn add_secret(
    identity: Identity,
    pending: PendingCommand,
    command: AddProgramSecret,
) -> Answer<pb::AddProgramSecretRequest> {
    let AddProgramSecret { program, hash, until } = command;
    let credential = credential(&pending, program);
    let action = adds(credential, CredentialKind::Secret, until);
    let token = pending.carry_out::<Programs>(program, action).await?;
    match identity
        .programs
        .keep_secret((program, credential), hash.0, until)
        .await?
    {
        true => Ok(token.into()),
        false => Err(invalid_field("hash", Problem::NotADigest)),
    }
}

pub(super) async fn add_key(
    identity: Identity,
    pending: PendingCommand,
    command: AddProgramKey,
) -> Answer<pb::AddProgramKeyRequest> {
    let AddProgramKey { program, jwk, until } = command;
    let key = ClientKey::read(&jwk).map_err(|_| invalid_field("jwk", Problem::NotAPublicKey))?;
    let credential = credential(&pending, program);
    let action = adds(credential, CredentialKind::Key, until);
    let token = pending.carry_out::<Programs>(program, action).await?;
    identity.programs.keep_key((program, credential), key, until).await?;
    Ok(token.into())
}

pub(super) async fn revoke_credential(
    _: Identity,
    pending: PendingCommand,
    command: RevokeProgramCredential,
) -> Answer<pb::RevokeProgramCredentialRequest> {
    let action = ProgramAction::RevokeCredential(command.credential);
    Ok(pending.carry_out::<Programs>(command.program, action).await?.into())
}

pub(super) async fn enable(
    identity: Identity,
    pending: PendingCommand,
    command: idesluss_proto::requests::identity::EnableProgram,
) -> Answer<pb::EnableProgramRequest> {
    let round = identity.context.organisations().await?.round;
    let action = ProgramAction::Enable { round };
    Ok(pending.carry_out::<Programs>(command.program, action).await?.into())
}

/// What a program is called, which anybody may know.
pub(super) fn named(row: ProgramRow) -> pb::Name {
    pb::Name {
        person: row.program,
        name: Some(open_text(row.name)),
    }
}

/// A program among people, with no role in which anybody would choose it.
pub(super) fn member(row: ProgramRow) -> pb::Member {
    pb::Member {
        person: row.program,
        name: Some(open_text(row.name)),
        roles: Vec::new(),
        named_in: String::new(),
    }
}

fn open_text(text: String) -> Text {
    Text {
        state: TextState::Readable.into(),
        text,
    }
}

fn role(role: Role) -> i32 {
    idesluss_proto::pb::command::Role::from(role).into()
}

impl Identity {
    /// Whether what was registered in a round waits to be confirmed.
    async fn waits(&self, organisation: &OrganisationId, round: u32) -> Result<bool, Status> {
        let all = self.context.organisations().await?;
        Ok(!all.counts_of_round(organisation, round))
    }
}

pub(super) async fn list(identity: Identity, asker: Asker, asked: ListPrograms) -> Answer<pb::ListProgramsRequest> {
    let own = asker.actor().organisation.clone();
    let page = Page::of(asked.page_size, asked.page_token)?;
    let of = own.to_string();
    let ask = move |conn: &rusqlite::Connection| views::programs(conn, &of, page);
    let (rows, position) = identity.people.query(asker.after.as_ref(), ask).await?;
    let all = identity.context.organisations().await?;
    let shown = |row: &ProgramRow| pb::Program {
        program: row.program.clone(),
        name: row.name.clone(),
        role: row.role,
        disabled: row.is_disabled,
        awaits_confirmation: !all.counts_of_round(&own, row.round),
        contact: row.contact.clone(),
    };
    Ok(pb::ListProgramsResponse {
        programs: rows.iter().map(shown).collect(),
        next_page_token: PageToken::after(&rows, asked.page_size, |row| row.since),
        actions: offered(RULES, asker.actor(), &Program::of(&own)),
        position,
    })
}

pub(super) async fn get(identity: Identity, asker: Asker, asked: GetProgram) -> Answer<pb::GetProgramRequest> {
    identity.context.wait(&asker).await?;
    let program = identity.context.engine.state::<Programs>(asked.program).await?;
    let Some(registered) = program.registered.clone() else {
        return Err(rejected(ProgramRejection::Unknown));
    };
    // Of another organisation's nothing is told.
    program
        .relation(Relation::OwnOrganisation, asker.actor())
        .map_err(rejected)?;
    let held: Vec<_> = program.held(identity.today()).collect();
    let write = |(id, held): (CredentialId, HeldCredential)| pb::ProgramCredential {
        credential: id.to_string(),
        kind: pb::CredentialKind::from(held.kind).into(),
        from: held.from.to_string(),
        until: held.until.map(|day| day.to_string()).unwrap_or_default(),
    };
    let mut actions = offered(RULES, asker.actor(), &program);
    actions.retain(|action| *action != REVOKE_PROGRAM_CREDENTIAL.action || !held.is_empty());
    Ok(pb::GetProgramResponse {
        program: Some(pb::Program {
            program: asked.program.to_string(),
            name: registered.name.clone(),
            role: role(registered.role),
            disabled: program.is_disabled,
            awaits_confirmation: identity.waits(&registered.organisation, program.round()).await?,
            contact: registered.contact.to_string(),
        }),
        scopes: program.scopes.iter().map(ToString::to_string).collect(),
        scopes_to_give: scopes(registered.role).map(|scope| scope.to_string()).collect(),
        credentials: held.into_iter().map(write).collect(),
        actions,
        position: identity.people.position(),
    })
}

pub(super) async fn begin_session(
    identity: Identity,
    call: MemberCall<pb::BeginProgramSessionRequest>,
) -> Answer<pb::BeginProgramSessionRequest> {
    let pb::BeginProgramSessionRequest {
        client,
        proof,
        audiences,
    } = call.request;
    let showing = Showing {
        client: &client,
        proof: proof.as_ref(),
        audiences: &audiences,
    };
    let begun = identity.programs.begin(showing).await?;
    // Why not, is counted and nobody's business.
    let begun = begun.ok_or_else(|| refuse(Reason::NotThisProgram))?;
    Ok(pb::BeginProgramSessionResponse {
        token: None,
        secret: begun.secret.to_vec(),
        seconds: SESSION_SECONDS,
        scopes: begun.program.scopes.iter().map(ToString::to_string).collect(),
    })
}

pub(super) async fn get_session(
    identity: Identity,
    call: MemberCall<pb::GetProgramSessionRequest>,
) -> Answer<pb::GetProgramSessionRequest> {
    let presenter = presenter(|member| call.origin.speaks_for(member));
    let presenter = presenter.ok_or_else(|| forbidden(Reason::WrongCaller))?;
    let found = identity.programs.find(&call.request.secret).await?;
    let GoesOn {
        session,
        actor,
        granted,
    } = found.ok_or_else(ended)?;
    let assertions = identity
        .assertions(presenter, (session.id, session.ends), (&actor, granted), None)
        .await?;
    Ok(pb::GetProgramSessionResponse {
        session: session.id.to_string(),
        actor: Some(write_actor(&actor)),
        assertions,
    })
}
