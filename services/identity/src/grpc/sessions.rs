//! Sessions, and what they are good for: assertions of who asks.

use super::{Answer, Answered, Identity};
use idesluss_access::{Assertion, LIFETIME_MICROS, presenter};
use idesluss_domain::SERVICES;
use idesluss_domain::words::Actor;
use idesluss_engine::{MemberCall, PendingCommand, forbidden};
use idesluss_proto::pb::identity as pb;
use idesluss_proto::requests::identity::RotateSigningKey;
use idesluss_proto::status::{Reason, refuse};
use idesluss_proto::{Reader, write_actor};
use tonic::Status;

fn ended() -> Status {
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

pub(super) async fn begin(
    identity: Identity,
    call: MemberCall<pb::BeginSessionRequest>,
) -> Answer<pb::BeginSessionRequest> {
    let pb::BeginSessionRequest { actor, replaces } = call.request;
    let mut reader = Reader::default();
    let actor = reader.actor("actor", actor.as_ref());
    let actor = reader.finish(actor)?;
    identity.may_act(&actor).await?;
    let replaces = Some(replaces.as_slice()).filter(|secret| !secret.is_empty());
    let (secret, token) = identity.sessions.begin(actor, replaces).await?.ok_or_else(ended)?;
    Ok(pb::BeginSessionResponse {
        token,
        secret: secret.to_vec(),
    })
}

pub(super) async fn keep(
    identity: Identity,
    call: MemberCall<pb::KeepSessionRequest>,
) -> Answer<pb::KeepSessionRequest> {
    match identity.sessions.keep(&call.request.secret).await? {
        true => Ok(pb::KeepSessionResponse { token: None }),
        false => Err(ended()),
    }
}

pub(super) async fn end(identity: Identity, call: MemberCall<pb::EndSessionRequest>) -> Answer<pb::EndSessionRequest> {
    let token = identity.sessions.end(&call.request.secret).await?;
    Ok(pb::EndSessionResponse { token })
}

pub(super) async fn get(identity: Identity, call: MemberCall<pb::GetSessionRequest>) -> Answer<pb::GetSessionRequest> {
    let presenter = presenter(|member| call.origin.speaks_for(member));
    let presenter = presenter.ok_or_else(|| forbidden(Reason::WrongCaller))?;
    let mut reader = Reader::default();
    let command = reader.word_if_any("bound_to", &call.request.bound_to);
    let command = reader.finish(command)?;
    let session = identity.sessions.find(&call.request.secret).await?.ok_or_else(ended)?;
    let engine = &identity.context.engine;
    let granted = engine.granted(&session.actor).await?;
    let granted = granted.ok_or_else(|| forbidden(Reason::RoleNotHeld))?;
    let (number, key) = (identity.keys.newest().await?).ok_or_else(|| refuse(Reason::IdentityUnavailable))?;
    let now = engine.clock().now().as_micros();
    let assertion = |audience: &str| Assertion {
        instance: identity.context.instance.clone(),
        audience: audience.to_owned(),
        presenter: presenter.to_owned(),
        session: session.id,
        actor: session.actor.clone(),
        granted,
        issued_micros: now,
        expires_micros: session.ends().min(now + LIFETIME_MICROS),
        command,
    };
    let signed = SERVICES.map(|audience| (audience.to_owned(), assertion(audience).sign(&key, number)));
    Ok(pb::GetSessionResponse {
        session: session.id.to_string(),
        actor: Some(write_actor(&session.actor)),
        assertions: signed.into(),
        wants_keeping: identity.sessions.wants_keeping(&session),
    })
}

impl Identity {
    /// Errors: this person does not hold the role, or it waits to be confirmed.
    async fn may_act(&self, actor: &Actor) -> Answered<()> {
        let engine = &self.context.engine;
        if engine.holds(actor).await? {
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
