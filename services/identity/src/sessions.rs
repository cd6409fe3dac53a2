//! Who is signed in: what is kept of a session under the hash of its secret, beside the journal. That one was ended stands in the journal, for all to
//! hear.

use async_trait::async_trait;
use idesluss_domain::identity::session::SessionAction;
use idesluss_domain::words::{Actor, AggregateId as _, CommandId, SessionId};
use idesluss_domain::{Act, identity::Sessions as Ended};
use idesluss_engine::{Call, CommandContext, Decided, ExecuteError, Loaded, Timer};
use idesluss_journal::Credential;
use idesluss_proto::pb::command::Token;
use idesluss_vault::VaultError;
use sha2::{Digest as _, Sha256};
use std::time::Duration;
use subtle::ConstantTimeEq as _;
use uuid::Uuid;

const KIND: &str = "session";
const MINUTE: i64 = 60 * 1_000_000;
/// After so long without use a session ends, in microseconds.
const IDLE_MICROS: i64 = 8 * 60 * MINUTE;
/// After so long it ends whatever was done in it: a working day.
const LONGEST_MICROS: i64 = 12 * 60 * MINUTE;
/// So often it is noted that one is used.
const KEPT_MICROS: i64 = 10 * MINUTE;

/// The sessions of the instance.
#[derive(Clone)]
pub(crate) struct Sessions {
    context: CommandContext,
}

/// Somebody who is signed in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Session {
    pub(crate) id: SessionId,
    pub(crate) actor: Actor,
    /// When it began, or the first of those whose place it has taken. Microseconds since 1970.
    begun: i64,
    /// When it was used last, as far as that is noted.
    used: i64,
}

impl Session {
    /// When it ends unless it is used again. Microseconds since 1970.
    pub(crate) fn ends(&self) -> i64 {
        (self.used + IDLE_MICROS).min(self.begun + LONGEST_MICROS)
    }
}

fn hash(secret: &[u8]) -> [u8; 32] {
    Sha256::digest(secret).into()
}

impl Sessions {
    /// A session as it is kept: nobody who can write into the table, and does not hold this service's keys, can make one.
    fn credential(&self, secret: &[u8], session: &Session) -> Credential {
        let Session { id, actor, begun, used } = session;
        let Actor {
            person,
            organisation,
            role,
        } = actor;
        let (hash, told) = (
            hash(secret),
            format!("{id} {person} {organisation} {role} {begun} {used}"),
        );
        Credential {
            hash,
            kind: KIND.to_owned(),
            owner: person.to_string(),
            expires_micros: session.ends(),
            value: [&self.seal(hash, told.as_bytes())[..], told.as_bytes()].concat(),
        }
    }

    fn seal(&self, hash: [u8; 32], told: &[u8]) -> [u8; 32] {
        let vault = self.context.engine.vault();
        vault.fingerprint("session", &[&hash[..], told].concat())
    }

    /// What a session was kept as, if this service has kept it.
    fn open(&self, kept: &Credential) -> Option<Session> {
        let (seal, told) = kept.value.split_first_chunk::<32>()?;
        let is_own = bool::from(self.seal(kept.hash, told).ct_eq(seal));
        is_own.then(|| read(told)).flatten()
    }
}

fn read(value: &[u8]) -> Option<Session> {
    let mut words = std::str::from_utf8(value).ok()?.split(' ');
    let mut word = || words.next();
    Some(Session {
        id: word()?.parse().ok()?,
        actor: Actor {
            person: word()?.parse().ok()?,
            organisation: word()?.parse().ok()?,
            role: word()?.parse().ok()?,
        },
        begun: word()?.parse().ok()?,
        used: word()?.parse().ok()?,
    })
}

impl Sessions {
    pub(crate) fn new(context: CommandContext) -> Self {
        Self { context }
    }

    fn now(&self) -> i64 {
        self.context.engine.clock().now().as_micros()
    }

    /// The session with this secret; None: there is none, or it has ended.
    pub(crate) async fn find(&self, secret: &[u8]) -> Result<Option<Session>, ExecuteError> {
        let engine = &self.context.engine;
        let found = engine.store().credential(hash(secret)).await?;
        let Some(found) = found.filter(|found| found.kind == KIND && found.expires_micros > self.now()) else {
            return Ok(None);
        };
        let Some(session) = self.open(&found) else {
            return Ok(None);
        };
        // One that begins later was begun by a clock that ran ahead.
        let has_begun = session.begun <= self.now().saturating_add(MINUTE);
        Ok((has_begun && !engine.has_ended(session.id).await?).then_some(session))
    }

    /// Begins one, in the place of another, which ends, or of none. Returns its secret, and where the end of the other stands; None: the other has
    /// ended already.
    pub(crate) async fn begin(
        &self,
        actor: Actor,
        replaces: Option<&[u8]>,
    ) -> Result<Option<([u8; 32], Option<Token>)>, ExecuteError> {
        let now = self.now();
        let before = match replaces {
            None => None,
            Some(before) => match self.find(before).await? {
                Some(before) => Some(before),
                None => return Ok(None),
            },
        };
        let session = Session {
            id: SessionId(Uuid::new_v4()),
            actor,
            begun: before.as_ref().map_or(now, |before| before.begun),
            used: now,
        };
        let mut secret = [0; 32];
        getrandom::fill(&mut secret).map_err(VaultError::Random)?;
        let kept = (self.context.engine.store())
            .keep_credential(self.credential(&secret, &session), replaces.map(hash))
            .await?;
        if !kept {
            return Ok(None);
        }
        let ended = match &before {
            Some(before) => Some(self.write_end(before).await?),
            None => None,
        };
        Ok(Some((secret, ended)))
    }

    /// Whether it is time to note that a session is used.
    pub(crate) fn wants_keeping(&self, session: &Session) -> bool {
        self.now() - session.used > KEPT_MICROS
    }

    /// Notes that a session is used. Returns whether there is one.
    pub(crate) async fn keep(&self, secret: &[u8]) -> Result<bool, ExecuteError> {
        let Some(session) = self.find(secret).await? else {
            return Ok(false);
        };
        let used = self.now();
        let used = self.credential(secret, &Session { used, ..session });
        // Ended meanwhile, it does not come back.
        let own = used.hash;
        Ok(self.context.engine.store().keep_credential(used, Some(own)).await?)
    }

    /// Ends one everywhere. Returns where that stands; None: there was none.
    pub(crate) async fn end(&self, secret: &[u8]) -> Result<Option<Token>, ExecuteError> {
        let Some(session) = self.find(secret).await? else {
            return Ok(None);
        };
        // First where all hear it: what is forgotten is found no more.
        let ended = self.write_end(&session).await?;
        self.context.engine.store().forget_credential(hash(secret)).await?;
        Ok(Some(ended))
    }

    async fn write_end(&self, session: &Session) -> Result<Token, ExecuteError> {
        let engine = &self.context.engine;
        let id = CommandId(Uuid::new_v5(&session.id.0, b"end"));
        let call = Call::by_service("EndSession", &session.actor.organisation, id, None);
        let act = Act {
            id: session.id,
            actor: call.head().actor.clone(),
            today: engine.clock().today(),
            action: SessionAction::End,
        };
        let stream = session.id.stream();
        let decide = |loaded: &Loaded| Ok(vec![Decided::by::<Ended>(&act, loaded, session.id.0)?]);
        engine.execute(call, std::slice::from_ref(&stream), decide).await
    }
}

#[async_trait]
impl Timer for Sessions {
    const NAME: &'static str = "sweep-sessions";

    fn period(&self) -> Duration {
        Duration::from_secs(600)
    }

    async fn fire_due(&self) -> Result<usize, ExecuteError> {
        let swept = self.context.engine.store().sweep_credentials(self.now()).await?;
        Ok(usize::try_from(swept).unwrap_or(usize::MAX))
    }
}
