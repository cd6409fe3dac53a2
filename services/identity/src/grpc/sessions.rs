//! Sessions, and what they are good for: assertions of who asks.

use super::{Answer, Answered, Identity};
use crate::providers::Provider;
use crate::sessions::{Session, Way};
use crate::sign_in::{Arrived, Back, OwnRole};
use idesluss_access::{Assertion, Granted, LIFETIME_MICROS, presenter};
use idesluss_domain::words::{Actor, CommandId, Role, SessionId, Timestamp};
use idesluss_domain::{MACHINE, SERVICES};
use idesluss_engine::{MemberCall, PendingCommand, forbidden};
use idesluss_proto::pb::identity as pb;
use idesluss_proto::requests::identity::RotateSigningKey;
use idesluss_proto::status::{Reason, invalid_field, refuse};
use idesluss_proto::{Problem, Reader, write_actor};
use std::collections::HashMap;
use tonic::Status;

pub(super) fn ended() -> Status {
    refuse(Reason::SessionEnded)
}

pub(super) async fn rotate(
    identity: Identity,
    pending: PendingCommand,
    _: RotateSigningKey,
) -> Answer<pb::RotateSigningKeyRequest> {
    let (keys, actor) = (identity.keys, pending.actor().clone());
    let stream = keys.stream();
    let streams = std::slice::from_ref(&stream);
    let done = pending.run(streams, |loaded| keys.next(&actor, loaded)).await?;
    Ok(done.into())
}

pub(super) async fn list_providers(
    identity: Identity,
    call: MemberCall<pb::ListProvidersRequest>,
) -> Answer<pb::ListProvidersRequest> {
    let providers = &identity.sign_in.providers;
    let address = call.request.address.trim();
    let found: Vec<&Provider> = match address.is_empty() {
        true => providers.iter().collect(),
        false => providers.of_address(address).into_iter().collect(),
    };
    let write = |provider: &Provider| pb::Provider {
        provider: provider.name.to_string(),
        organisations: provider.organisations.iter().map(ToString::to_string).collect(),
    };
    Ok(pb::ListProvidersResponse {
        providers: found.into_iter().map(write).collect(),
        has_local_accounts: !providers.local.organisations.is_empty(),
    })
}

pub(super) async fn begin_sign_in(
    identity: Identity,
    call: MemberCall<pb::BeginSignInRequest>,
) -> Answer<pb::BeginSignInRequest> {
    let pb::BeginSignInRequest {
        provider,
        back,
        next,
        replaces,
    } = call.request;
    let back = back.parse().map_err(|_| invalid_field("back", Problem::NotAPage))?;
    let sent = identity.sign_in.begin(&provider, &back, &next, replaces).await?;
    Ok(pb::BeginSignInResponse {
        address: sent.address.into(),
        kept: sent.kept,
    })
}

pub(super) async fn finish_sign_in(
    identity: Identity,
    call: MemberCall<pb::FinishSignInRequest>,
) -> Answer<pb::FinishSignInRequest> {
    let request = call.request;
    let back = Back {
        kept: request.kept,
        state: request.state,
        code: request.code,
        issuer: request.issuer,
        browser: request.browser,
        provider: request.provider,
    };
    let arrived = identity.sign_in.finish(back).await?;
    identity.arrived(arrived).await
}

pub(super) async fn use_code(
    identity: Identity,
    call: MemberCall<pb::UseSignInCodeRequest>,
) -> Answer<pb::UseSignInCodeRequest> {
    let pb::UseSignInCodeRequest {
        code,
        browser,
        replaces,
    } = call.request;
    let arrived = identity.sign_in.use_code(&code, browser, &replaces).await?;
    identity.arrived(arrived).await
}

pub(super) async fn begin(
    identity: Identity,
    call: MemberCall<pb::BeginSessionRequest>,
) -> Answer<pb::BeginSessionRequest> {
    let pb::BeginSessionRequest { actor, replaces } = call.request;
    let mut reader = Reader::default();
    let actor = reader.actor("actor", actor.as_ref());
    let actor = reader.finish(actor)?;
    let sessions = &identity.sign_in.sessions;
    let at_the_machine = call.origin.speaks_for(MACHINE);
    let begun = match sessions.find(&replaces).await? {
        Some(before)
            if before.actor.person == actor.person
                && (before.way != Way::Trusted || at_the_machine || !identity.sign_in.people_sign_in()) =>
        {
            identity.may_act(&actor, &before.way).await?;
            sessions.change_role(actor, &replaces).await?.ok_or_else(ended)?
        }
        // Where people sign in, nobody is somebody because the gateway says so.
        _ if !at_the_machine && identity.sign_in.people_sign_in() => {
            return Err(match replaces.is_empty() {
                true => forbidden(Reason::SignInRequired),
                false => ended(),
            });
        }
        before => {
            if before.is_none() && !replaces.is_empty() {
                return Err(ended());
            }
            identity.may_act(&actor, &Way::Trusted).await?;
            let before = Some(replaces.as_slice()).filter(|secret| !secret.is_empty());
            sessions.begin(actor, (Way::Trusted, String::new()), before).await?
        }
    };
    Ok(pb::BeginSessionResponse {
        token: begun.ended,
        secret: begun.secret.to_vec(),
    })
}

pub(super) async fn keep(
    identity: Identity,
    call: MemberCall<pb::KeepSessionRequest>,
) -> Answer<pb::KeepSessionRequest> {
    match identity.sign_in.sessions.keep(&call.request.secret).await? {
        true => Ok(pb::KeepSessionResponse { token: None }),
        false => Err(ended()),
    }
}

pub(super) async fn end(identity: Identity, call: MemberCall<pb::EndSessionRequest>) -> Answer<pb::EndSessionRequest> {
    let pb::EndSessionRequest { secret, back } = call.request;
    let Some((token, session)) = identity.sign_in.sessions.end(&secret).await? else {
        return Ok(pb::EndSessionResponse::default());
    };
    let address = identity.sign_in.leave_address(&session, &back).await;
    Ok(pb::EndSessionResponse {
        token: Some(token),
        address: address.map(String::from).unwrap_or_default(),
    })
}

pub(super) async fn end_others(
    identity: Identity,
    call: MemberCall<pb::EndOtherSessionsRequest>,
) -> Answer<pb::EndOtherSessionsRequest> {
    let pb::EndOtherSessionsRequest { secret, sessions } = call.request;
    let own = identity.sign_in.sessions.find(&secret).await?.ok_or_else(ended)?;
    let which =
        |session: &Session| session.id != own.id && (sessions.is_empty() || sessions.contains(&session.id.to_string()));
    let token = identity.sign_in.sessions.end_all(own.actor.person, which).await?;
    Ok(pb::EndSessionResponse {
        token,
        address: String::new(),
    })
}

pub(super) async fn end_by_provider(
    identity: Identity,
    call: MemberCall<pb::EndSessionsOfProviderRequest>,
) -> Answer<pb::EndSessionsOfProviderRequest> {
    let pb::EndSessionsOfProviderRequest {
        logout_token,
        issuer,
        session,
    } = call.request;
    let token = match logout_token.is_empty() {
        false => identity.sign_in.signed_out(&logout_token).await?,
        true => identity.sign_in.signed_out_in_front(&issuer, &session).await?,
    };
    Ok(pb::EndSessionResponse {
        token,
        address: String::new(),
    })
}

pub(super) async fn keep_form(
    identity: Identity,
    call: MemberCall<pb::KeepFormRequest>,
) -> Answer<pb::KeepFormRequest> {
    let pb::KeepFormRequest { secret, form } = call.request;
    let form = String::from_utf8_lossy(&form).into_owned();
    let kept = identity.sign_in.forms.keep(&secret, form).await?.ok_or_else(ended)?;
    Ok(pb::KeepFormResponse { token: None, kept })
}

pub(super) async fn take_form(
    identity: Identity,
    call: MemberCall<pb::TakeFormRequest>,
) -> Answer<pb::TakeFormRequest> {
    let own = identity
        .sign_in
        .sessions
        .find(&call.request.secret)
        .await?
        .ok_or_else(ended)?;
    let form = identity.sign_in.forms.take(&own.actor).await?;
    Ok(pb::TakeFormResponse {
        token: None,
        form: form.map(String::into_bytes).unwrap_or_default(),
    })
}

pub(super) async fn list(
    identity: Identity,
    call: MemberCall<pb::ListSessionsRequest>,
) -> Answer<pb::ListSessionsRequest> {
    let own = identity
        .sign_in
        .sessions
        .find(&call.request.secret)
        .await?
        .ok_or_else(ended)?;
    let all = identity.sign_in.sessions.all_of(own.actor.person).await?;
    let moment = |micros| {
        Timestamp::from_micros(micros)
            .map(|at| at.to_string())
            .unwrap_or_default()
    };
    let row = |session: &Session| pb::SessionRow {
        session: session.id.to_string(),
        role: Some(pb::MemberRole {
            organisation: session.actor.organisation.to_string(),
            role: write_role(session.actor.role),
            substitute_for: String::new(),
        }),
        begun: moment(session.begun),
        used: moment(session.used),
        browser: session.browser.clone(),
        is_own: session.id == own.id,
    };
    Ok(pb::ListSessionsResponse {
        sessions: all.iter().map(|(_, session)| row(session)).collect(),
    })
}

pub(super) async fn get(identity: Identity, call: MemberCall<pb::GetSessionRequest>) -> Answer<pb::GetSessionRequest> {
    let presenter = presenter(|member| call.origin.speaks_for(member));
    let presenter = presenter.ok_or_else(|| forbidden(Reason::WrongCaller))?;
    let mut reader = Reader::default();
    let command = reader.word_if_any("bound_to", &call.request.bound_to);
    let command = reader.finish(command)?;
    let session = identity
        .sign_in
        .sessions
        .find(&call.request.secret)
        .await?
        .ok_or_else(ended)?;
    let engine = &identity.context.engine;
    // Once people sign in, nobody is somebody because a gateway said so before.
    let by_trust = session.way == Way::Trusted && identity.sign_in.people_sign_in();
    if by_trust && !call.origin.speaks_for(MACHINE) {
        return Err(ended());
    }
    if !identity.sign_in.may_act(&session.actor, &session.way).await? {
        return Err(forbidden(Reason::RoleNotHeld));
    }
    let granted = engine.granted(&session.actor).await?;
    let granted = granted.ok_or_else(|| forbidden(Reason::RoleNotHeld))?;
    let until = session.ends();
    let assertions = identity
        .assertions(presenter, (session.id, until), (&session.actor, granted), command)
        .await?;
    // What is asked for one command alone is asked by whoever knows already what else they may do.
    let roles = match command {
        None => identity.sign_in.roles(session.actor.person, &session.way).await?,
        Some(_) => Vec::new(),
    };
    Ok(pb::GetSessionResponse {
        session: session.id.to_string(),
        actor: Some(write_actor(&session.actor)),
        assertions,
        wants_keeping: identity.sign_in.sessions.wants_keeping(&session),
        roles: roles.into_iter().map(write_own_role).collect(),
    })
}

fn write_role(role: Role) -> i32 {
    idesluss_proto::pb::command::Role::from(role).into()
}

fn write_own_role(own: OwnRole) -> pb::MemberRole {
    pb::MemberRole {
        organisation: own.organisation.to_string(),
        role: write_role(own.role),
        substitute_for: own.substitute_for.map(|away| away.to_string()).unwrap_or_default(),
    }
}

impl Identity {
    /// An assertion for each service by its name, of whoever acts in a session until it ends, to be shown by `presenter`; for one command alone, if it
    /// is named.
    pub(super) async fn assertions(
        &self,
        presenter: &str,
        (session, until): (SessionId, i64),
        (actor, granted): (&Actor, Granted),
        command: Option<CommandId>,
    ) -> Answered<HashMap<String, Vec<u8>>> {
        let (number, key) = (self.keys.newest().await?).ok_or_else(|| refuse(Reason::IdentityUnavailable))?;
        let now = self.context.engine.clock().now().as_micros();
        let assertion = |audience: &str| Assertion {
            instance: self.context.instance.clone(),
            audience: audience.to_owned(),
            presenter: presenter.to_owned(),
            session,
            actor: actor.clone(),
            granted,
            issued_micros: now,
            expires_micros: until.min(now + LIFETIME_MICROS),
            command,
        };
        let signed = SERVICES.map(|audience| (audience.to_owned(), assertion(audience).sign(&key, number)));
        Ok(signed.into())
    }

    /// What whoever has signed in is answered.
    pub(super) async fn arrived(&self, arrived: Arrived) -> Answered<pb::FinishSignInResponse> {
        let Arrived {
            begun,
            changed,
            person,
            next,
        } = arrived;
        Ok(pb::FinishSignInResponse {
            token: begun.ended.or(changed),
            secret: begun.secret.to_vec(),
            next,
            person: person.to_string(),
            ..pb::FinishSignInResponse::default()
        })
    }

    /// Errors: this person does not hold the role, or it waits to be confirmed.
    async fn may_act(&self, actor: &Actor, way: &Way) -> Answered<()> {
        let engine = &self.context.engine;
        if self.sign_in.may_act(actor, way).await? {
            return Ok(());
        }
        if !engine.knows_who_may(&self.context.instance).await? {
            return Err(refuse(Reason::NotKnownWhoMay));
        }
        Err(match engine.awaits_confirmation(actor).await? {
            true => forbidden(Reason::RoleUnconfirmed),
            false => forbidden(Reason::RoleNotHeld),
        })
    }
}
