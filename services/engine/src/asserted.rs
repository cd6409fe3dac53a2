//! Who asks: what identity has asserted of them, as far as this journal knows the key that it is signed with, and the session that it speaks of.

use crate::service::grants_source;
use crate::{CommandContext, Engine, ExecuteError, forbidden, metric_names};
use idesluss_access::{Assertion, Bound, Callers, Denied, METADATA, NotAsserted, Permit, Rule, Shown};
use idesluss_domain::identity::signing_key::SigningKeysRules;
use idesluss_domain::identity::{Sessions, SigningKeys};
use idesluss_domain::words::{Actor, OrganisationId, ProgramId, PublicKey, SessionId, StreamName};
use idesluss_proto::pb::command::Token;
use idesluss_proto::status::{Reason, refuse};
use idesluss_runtime::Origin;
use sha2::{Digest as _, Sha256};
use std::sync::Arc;
use std::time::{Duration, Instant};
use tonic::Status;
use tonic::codegen::http;
use tonic::metadata::MetadataMap;

/// How long a key is waited for that identity has announced a moment ago.
const PATIENCE: Duration = Duration::from_secs(2);

impl Engine {
    /// The keys of assertions that hold.
    pub async fn signing_keys(&self, instance: &OrganisationId) -> Result<Arc<SigningKeys>, ExecuteError> {
        let (known, forgotten) = self.0.signing_keys.find(&());
        if let Some(known) = known {
            return Ok(known);
        }
        let stream = StreamName::signing_keys(instance);
        let loaded = self.load(std::slice::from_ref(&stream)).await?;
        let keys = Arc::new(loaded.state::<SigningKeysRules>(&stream));
        self.0.signing_keys.keep((), keys.clone(), forgotten);
        Ok(keys)
    }

    /// Whether a session was ended.
    pub async fn has_ended(&self, session: SessionId) -> Result<bool, ExecuteError> {
        let (known, forgotten) = self.0.sessions.find(&session);
        if let Some(ended) = known {
            return Ok(ended);
        }
        let ended = self.state::<Sessions>(session).await?.ended;
        self.0.sessions.keep(session, ended, forgotten);
        Ok(ended)
    }

    /// The key of this number; None: it was retired. Errors: `Stale` where it was never heard of, and does not come.
    async fn signing_key(&self, instance: &OrganisationId, number: u32) -> Result<Option<PublicKey>, ExecuteError> {
        let mut head = self.store().head();
        let coming = async {
            loop {
                head.borrow_and_update();
                let keys = self.signing_keys(instance).await?;
                if number <= keys.last {
                    return Ok(keys.keys.get(&number).copied());
                }
                // It may have come already, and what is at hand not be forgotten yet.
                self.0.signing_keys.forget_all();
                if number <= self.signing_keys(instance).await?.last {
                    continue;
                }
                if head.changed().await.is_err() {
                    return Err(ExecuteError::Stale);
                }
            }
        };
        tokio::time::timeout(PATIENCE, coming)
            .await
            .unwrap_or(Err(ExecuteError::Stale))
    }

    /// What was shown, if identity has signed it. Whether it holds here and now is another question.
    async fn signed(
        &self,
        instance: &OrganisationId,
        shown: &[u8],
    ) -> Result<Result<Arc<Assertion>, NotAsserted>, ExecuteError> {
        let digest: [u8; 32] = Sha256::digest(shown).into();
        let (known, forgotten) = self.0.believed.find(&digest);
        if let Some(known) = known {
            return Ok(Ok(known));
        }
        let shown = match Shown::read(shown) {
            Ok(shown) => shown,
            Err(not) => return Ok(Err(not)),
        };
        let Some(key) = self.signing_key(instance, shown.key()).await? else {
            return Ok(Err(NotAsserted::Forged));
        };
        Ok(shown.verify(&key).map(|assertion| {
            let assertion = Arc::new(assertion);
            // One that is for a single command is not shown again.
            if assertion.command.is_none() {
                self.0.believed.keep(digest, assertion.clone(), forgotten);
            }
            assertion
        }))
    }
}

/// What is answered to whoever is not believed.
fn reason(not: NotAsserted) -> Reason {
    match not {
        NotAsserted::Expired => Reason::AssertionExpired,
        NotAsserted::Early => Reason::ClockSkew,
        NotAsserted::Unreadable
        | NotAsserted::Forged
        | NotAsserted::OtherInstance
        | NotAsserted::OtherAudience
        | NotAsserted::OtherPresenter => Reason::NotAsserted,
    }
}

/// Over what a request came, and what it shows of who asks.
pub(crate) struct Presented {
    origin: Origin,
    shown: Sent,
}

/// What a request's headers say of who asks.
enum Sent {
    Nothing,
    One(Vec<u8>),
    /// Two, or one that can't be read: whoever sent it meant somebody.
    Unreadable,
}

impl Presented {
    pub(crate) fn of<B>(request: &http::Request<B>) -> Self {
        Self {
            origin: Origin::of(request.extensions()).cloned().unwrap_or(Origin::Anybody),
            shown: Sent::of(request.headers()),
        }
    }
}

impl Sent {
    fn of(headers: &http::HeaderMap) -> Self {
        let mut found = headers.get_all(METADATA).iter();
        match (found.next(), found.next()) {
            (None, _) => Self::Nothing,
            (Some(only), None) => {
                let mut one = http::HeaderMap::with_capacity(1);
                one.insert(METADATA, only.clone());
                let value = MetadataMap::from_headers(one);
                let bytes = value.get_bin(METADATA).and_then(|value| value.to_bytes().ok());
                bytes.map_or(Self::Unreadable, |bytes| Self::One(bytes.to_vec()))
            }
            (Some(_), Some(_)) => Self::Unreadable,
        }
    }
}

impl CommandContext {
    /// Lets a request in, by the table of rights, before anything of it is read.
    ///
    /// Errors: UNAUTHENTICATED where it does not say who asks, or is not believed; PERMISSION_DENIED for whoever may not; UNAVAILABLE while it is
    /// not known here who may.
    pub(crate) async fn admit(&self, rule: &Rule, presented: Presented) -> Result<Permit, Status> {
        let Presented { origin, shown } = &presented;
        let speaks_for = |member: &str| origin.speaks_for(member);
        if !rule.is_reached(self.engine.service(), speaks_for) {
            return Err(forbidden(Reason::WrongCaller));
        }
        let shown = match shown {
            Sent::One(shown) => shown,
            Sent::Unreadable => return Err(forbidden(Reason::NotAsserted)),
            Sent::Nothing => {
                let alone = rule.admit_alone(speaks_for, &self.instance);
                return alone.ok_or_else(|| forbidden(Reason::NoAssertion));
            }
        };
        let began = Instant::now();
        let assertion = self.believe(shown, speaks_for).await?;
        let believed = began.elapsed();
        let bound = assertion.command.map(|command| Bound {
            command,
            shown: shown.clone(),
        });
        let permit = self.admit_person(rule, &assertion).await?;
        let service = self.engine.service();
        metric_names::rights(service, "assertion", believed);
        metric_names::rights(service, "rule", began.elapsed().saturating_sub(believed));
        // A question is no command, and what can't be taken back is nothing that any assertion is good for.
        match (&bound, rule.callers) {
            (None, _) if rule.is_bound => Err(forbidden(Reason::NotBound)),
            (Some(_), Callers::Read(_) | Callers::Journal) => Err(forbidden(Reason::NotAsserted)),
            _ => Ok(permit.bound(bound)),
        }
    }

    /// What was shown, if it holds here and now.
    async fn believe(&self, shown: &[u8], speaks_for: impl Fn(&str) -> bool) -> Result<Arc<Assertion>, Status> {
        let (engine, not) = (&self.engine, |not| forbidden(reason(not)));
        let assertion = engine.signed(&self.instance, shown).await?;
        let assertion = match assertion {
            Ok(assertion) => assertion,
            Err(_) if !engine.knows_who_may(&self.instance).await? => return Err(refuse(Reason::NotKnownWhoMay)),
            Err(why) => return Err(not(why)),
        };
        let now = engine.clock().now().as_micros();
        assertion
            .check(&self.instance, engine.service(), speaks_for, now)
            .map_err(not)?;
        if engine.has_ended(assertion.session).await? {
            return Err(forbidden(Reason::SessionEnded));
        }
        Ok(assertion)
    }

    async fn admit_person(&self, rule: &Rule, assertion: &Assertion) -> Result<Permit, Status> {
        let actor = &assertion.actor;
        if let Some(program) = ProgramId::of(actor.person) {
            return self.admit_program(program, rule, assertion).await;
        }
        let holds = self.engine.holds(actor).await? || self.comes_to_hold(actor, assertion).await?;
        match rule.admit(actor, |_| holds) {
            Ok(permit) => Ok(permit),
            Err(Denied::WrongRole) => Err(forbidden(Reason::WrongRole)),
            // Before anybody has said who may, nobody is turned away for good.
            Err(Denied::RoleNotHeld) if !self.engine.knows_who_may(&self.instance).await? => {
                Err(refuse(Reason::NotKnownWhoMay))
            }
            Err(Denied::RoleNotHeld) => Err(forbidden(Reason::RoleNotHeld)),
            Err(Denied::OutsideScopes) => Err(forbidden(Reason::OutsideScopes)),
        }
    }

    /// Lets a program in to what it was given, once this journal has what identity has said of it last.
    async fn admit_program(&self, program: ProgramId, rule: &Rule, assertion: &Assertion) -> Result<Permit, Status> {
        let (actor, engine) = (&assertion.actor, &self.engine);
        let may = engine.program_may(program, actor, rule.rpc).await?
            || (self.has_come(assertion).await? && engine.program_may_by_now(program, actor, rule.rpc).await?);
        match rule.admit_program(actor, |_| may) {
            Ok(permit) => Ok(permit),
            Err(_) if engine.program_acts(program, actor).await?.is_some() => Err(forbidden(Reason::OutsideScopes)),
            Err(_) if !engine.knows_who_may(&self.instance).await? => Err(refuse(Reason::NotKnownWhoMay)),
            Err(_) => Err(forbidden(Reason::RoleNotHeld)),
        }
    }

    /// Whether somebody holds a role once this journal has the event by which it was granted, which may be on its way.
    async fn comes_to_hold(&self, actor: &Actor, assertion: &Assertion) -> Result<bool, Status> {
        Ok(self.has_come(assertion).await? && self.engine.holds_by_now(actor).await?)
    }

    /// Waits for the event on which an assertion rests, which may be on its way. Returns whether it is one of this instance's.
    async fn has_come(&self, assertion: &Assertion) -> Result<bool, Status> {
        let granted = Token {
            source: grants_source(&self.instance),
            epoch: assertion.granted.epoch,
            sequence: assertion.granted.sequence,
            position: u64::MAX,
        };
        match self.engine.arrived(&granted).await {
            Ok(_) => Ok(true),
            Err(crate::QueryError::Token) => Ok(false),
            Err(late) => Err(late.into()),
        }
    }
}
