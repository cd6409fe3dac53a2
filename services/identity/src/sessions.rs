//! Who is signed in: what is kept of a session under the hash of its secret, beside the journal. That one was ended stands in the journal, for all to
//! hear.

use crate::kept::{Kept, Key, Records, key};
use crate::local::Generation;
use async_trait::async_trait;
use idesluss_domain::identity::organisations::{USUAL_IDLE_MINUTES, USUAL_SESSION_HOURS};
use idesluss_domain::identity::session::SessionAction;
use idesluss_domain::words::{AccountId, Actor, AggregateId as _, CommandId, OrganisationId, PersonId, SessionId};
use idesluss_domain::{Act, identity::Sessions as Ended};
use idesluss_engine::{Call, CommandContext, Decided, ExecuteError, Loaded, Timer};
use idesluss_proto::pb::command::Token;
use idesluss_vault::VaultError;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use std::time::Duration;
use uuid::Uuid;

const MINUTE: i64 = 60 * 1_000_000;
const HOUR: i64 = 60 * MINUTE;
/// So often it is noted that one is used; more often where it ends after less.
const KEPT_MICROS: i64 = 10 * MINUTE;
/// For so long it is known whose a session was that has ended by itself: what they send then is kept for them.
const REMEMBERED_MICROS: i64 = HOUR;
/// So many of somebody's sessions are listed, and ended, at once.
const MOST: u32 = 1_000;
/// So often it is looked whether there are more of them to end.
const ROUNDS: usize = 20;

/// The sessions of the instance.
#[derive(Clone)]
pub(crate) struct Sessions {
    context: CommandContext,
    records: Records,
}

/// Somebody who is signed in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Session {
    pub(crate) id: SessionId,
    pub(crate) actor: Actor,
    /// When it began, or the first of those whose place it has taken. Microseconds since 1970.
    pub(crate) begun: i64,
    /// When it was used last, as far as that is noted.
    pub(crate) used: i64,
    /// After how long without use it ends, and after how long whatever is done, in microseconds.
    limits: Limits,
    /// How whoever it is has signed in; the same for all that take its place.
    pub(crate) way: Way,
    /// In which browser, in a few words.
    pub(crate) browser: String,
}

/// How long a session lasts, in microseconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
struct Limits {
    idle: i64,
    longest: i64,
}

/// How somebody has signed in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Way {
    /// Whoever asked for the session knew who it is: a program at the machine, or an instance in which nobody signs in.
    Trusted,
    /// By a code that was made at the machine.
    Code,
    /// At a provider.
    Provider(AtProvider),
    /// With an account of here, as long as what they sign in with is this.
    Local(Generation),
    /// By a private link: as whoever has it, and as nobody else.
    Link,
}

impl Way {
    /// Whether it was with an account of here.
    pub(crate) fn is_local(&self) -> bool {
        matches!(self, Self::Local(_))
    }
}

/// How somebody has signed in at a provider.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct AtProvider {
    /// What it is called here.
    pub(crate) provider: String,
    /// The same with its issuer.
    pub(crate) key: String,
    /// With which account, as long as that is theirs.
    pub(crate) account: AccountId,
    /// The session there, which a logout names.
    pub(crate) session: Option<String>,
    /// How well: the token's `acr` and `amr`.
    pub(crate) acr: Option<String>,
    pub(crate) amr: BTreeSet<String>,
    /// The token itself, which the provider wants back when somebody signs out there; empty: it was too long to keep.
    pub(crate) token: String,
}

/// The longest token that is kept.
const LONGEST_TOKEN: usize = 16_384;

impl AtProvider {
    /// Without a token that is too long to keep: then the provider asks whoever signs out whether they mean it.
    pub(crate) fn short(mut self) -> Self {
        if self.token.len() > LONGEST_TOKEN {
            self.token.clear();
        }
        self
    }
}

/// Whose the session at a provider is, by which a logout there finds it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Elsewhere {
    person: PersonId,
    ends: i64,
}

impl Session {
    /// When it ends unless it is used again. Microseconds since 1970.
    pub(crate) fn ends(&self) -> i64 {
        let Limits { idle, longest } = self.limits;
        self.used.saturating_add(idle).min(self.begun.saturating_add(longest))
    }

    /// So often it is noted that it is used.
    fn noted_each(&self) -> i64 {
        KEPT_MICROS.min(self.limits.idle / 4)
    }
}

impl Kept for Session {
    const KIND: &'static str = "session";

    fn owner(&self) -> String {
        self.actor.person.to_string()
    }

    fn ends(&self) -> i64 {
        Session::ends(self).saturating_add(REMEMBERED_MICROS)
    }
}

impl Kept for Elsewhere {
    const KIND: &'static str = "session-at-provider";

    fn owner(&self) -> String {
        self.person.to_string()
    }

    fn ends(&self) -> i64 {
        self.ends
    }
}

/// A session that has begun.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Begun {
    /// Its secret.
    pub(crate) secret: [u8; 32],
    /// Where the end of the one before stands.
    pub(crate) ended: Option<Token>,
}

impl Sessions {
    pub(crate) fn new(context: CommandContext) -> Self {
        let records = Records::new(context.engine.clone());
        Self { context, records }
    }

    fn now(&self) -> i64 {
        self.records.now()
    }

    /// How long whoever acts for an organisation stays signed in.
    async fn limits(&self, organisation: &OrganisationId) -> Result<Limits, ExecuteError> {
        let known = self.context.organisation(organisation).await?;
        let (minutes, hours) = known.map_or((USUAL_IDLE_MINUTES, USUAL_SESSION_HOURS), |known| {
            (known.settings.idle_minutes, known.settings.session_hours)
        });
        Ok(Limits {
            idle: i64::from(minutes) * MINUTE,
            longest: i64::from(hours) * HOUR,
        })
    }

    /// The session with this secret; None: there is none, or it has ended.
    pub(crate) async fn find(&self, secret: &[u8]) -> Result<Option<Session>, ExecuteError> {
        let Some(session) = self.records.find::<Session>(key(secret)).await? else {
            return Ok(None);
        };
        Ok(self.goes_on(&session).await?.then_some(session))
    }

    /// The session with this secret that has ended by itself, for want of use or with the day, and not long ago. None: it was ended, or there is none.
    pub(crate) async fn find_ended(&self, secret: &[u8]) -> Result<Option<Session>, ExecuteError> {
        let Some(session) = self.records.find::<Session>(key(secret)).await? else {
            return Ok(None);
        };
        let by_itself = session.ends() <= self.now() && !self.context.engine.has_ended(session.id).await?;
        Ok(by_itself.then_some(session))
    }

    async fn goes_on(&self, session: &Session) -> Result<bool, ExecuteError> {
        // One that begins later was begun by a clock that ran ahead.
        let has_begun = session.begun <= self.now().saturating_add(MINUTE);
        let is_over = session.ends() <= self.now();
        Ok(has_begun && !is_over && !self.context.engine.has_ended(session.id).await?)
    }

    /// Begins one for somebody who has just signed in. The one that the browser had ends: whoever knows its secret learns nothing of this one.
    pub(crate) async fn begin(
        &self,
        actor: Actor,
        (way, browser): (Way, String),
        before: Option<&[u8]>,
    ) -> Result<Begun, ExecuteError> {
        let ended = match before {
            Some(before) => self.end(before).await?.map(|(ended, _)| ended),
            None => None,
        };
        let now = self.now();
        let session = Session {
            id: SessionId(Uuid::new_v4()),
            limits: self.limits(&actor.organisation).await?,
            actor,
            begun: now,
            used: now,
            way,
            browser,
        };
        let secret = fresh_secret()?;
        self.keep_new(&secret, &session, None).await?;
        Ok(Begun { secret, ended })
    }

    /// Begins one in another role of the same person, in the place of `before`, which ends; the day goes on counting. None: that one has ended already.
    pub(crate) async fn change_role(&self, actor: Actor, before: &[u8]) -> Result<Option<Begun>, ExecuteError> {
        let Some(old) = self.find(before).await? else {
            return Ok(None);
        };
        let session = Session {
            id: SessionId(Uuid::new_v4()),
            limits: self.limits(&actor.organisation).await?,
            actor,
            used: self.now(),
            ..old.clone()
        };
        let secret = fresh_secret()?;
        if !self.keep_new(&secret, &session, Some(key(before))).await? {
            return Ok(None);
        }
        let ended = Some(self.write_end(&old).await?);
        Ok(Some(Begun { secret, ended }))
    }

    async fn keep_new(&self, secret: &[u8], session: &Session, replaces: Option<Key>) -> Result<bool, ExecuteError> {
        if let Way::Provider(at) = &session.way
            && let Some(there) = &at.session
        {
            let elsewhere = Elsewhere {
                person: session.actor.person,
                ends: session.begun.saturating_add(session.limits.longest),
            };
            self.records
                .keep(self.elsewhere(&at.provider, there), &elsewhere, None)
                .await?;
        }
        self.records.keep(key(secret), session, replaces).await
    }

    /// Under what it is kept whose a session at a provider is.
    fn elsewhere(&self, provider: &str, session: &str) -> Key {
        let vault = self.context.engine.vault();
        vault.fingerprint("session at a provider", format!("{provider}\n{session}").as_bytes())
    }

    /// Whether it is time to note that a session is used.
    pub(crate) fn wants_keeping(&self, session: &Session) -> bool {
        self.now() - session.used > session.noted_each()
    }

    /// Notes that a session is used. Returns whether there is one.
    pub(crate) async fn keep(&self, secret: &[u8]) -> Result<bool, ExecuteError> {
        let Some(session) = self.find(secret).await? else {
            return Ok(false);
        };
        let used = Session {
            used: self.now(),
            limits: self.limits(&session.actor.organisation).await?,
            ..session
        };
        // Ended meanwhile, it does not come back.
        self.records.keep(key(secret), &used, Some(key(secret))).await
    }

    /// Lets one go on that has changed how whoever it is signs in. Returns whether there is one.
    pub(crate) async fn goes_on_by(&self, secret: &[u8], way: Way) -> Result<bool, ExecuteError> {
        let Some(session) = self.find(secret).await? else {
            return Ok(false);
        };
        // Ended meanwhile, it does not come back.
        let changed = Session { way, ..session };
        self.records.keep(key(secret), &changed, Some(key(secret))).await
    }

    /// Ends one everywhere. Returns where that stands, and what it was; None: there was none.
    pub(crate) async fn end(&self, secret: &[u8]) -> Result<Option<(Token, Session)>, ExecuteError> {
        let Some(session) = self.find(secret).await? else {
            return Ok(None);
        };
        let ended = self.end_known(key(secret), &session).await?;
        Ok(Some((ended, session)))
    }

    async fn end_known(&self, key: Key, session: &Session) -> Result<Token, ExecuteError> {
        // First where all hear it: what is forgotten is found no more.
        let ended = self.write_end(session).await?;
        self.records.forget(key).await?;
        Ok(ended)
    }

    /// Those of somebody that go on, the one that was used last first.
    pub(crate) async fn all_of(&self, person: PersonId) -> Result<Vec<(Key, Session)>, ExecuteError> {
        let mut found = Vec::new();
        for (key, session) in self.records.all_of::<Session>(&person.to_string(), MOST).await? {
            if self.goes_on(&session).await? {
                found.push((key, session));
            }
        }
        found.sort_by_key(|(_, session)| std::cmp::Reverse(session.used));
        Ok(found)
    }

    /// Ends those of somebody of which `which` says so. Returns where the end of the last stands.
    pub(crate) async fn end_all(
        &self,
        person: PersonId,
        which: impl Fn(&Session) -> bool,
    ) -> Result<Option<Token>, ExecuteError> {
        let mut ended = None;
        // Until none is left: there may be more than are looked at once, and one may have been replaced meanwhile.
        for _ in 0..ROUNDS {
            let mut found = false;
            for (key, session) in self.all_of(person).await? {
                if which(&session) {
                    found = true;
                    ended = Some(self.end_known(key, &session).await?);
                }
            }
            if !found {
                break;
            }
        }
        Ok(ended)
    }

    /// Ends those of whoever was signed out of their session at a provider. Returns where the end of the last stands; None: nobody's here.
    pub(crate) async fn end_elsewhere(&self, provider: &str, session: &str) -> Result<Option<Token>, ExecuteError> {
        let place = self.elsewhere(provider, session);
        let Some(elsewhere) = self.records.find::<Elsewhere>(place).await? else {
            return Ok(None);
        };
        let is_it = |own: &Session| matches!(&own.way, Way::Provider(at) if at.provider == provider && at.session.as_deref() == Some(session));
        self.end_all(elsewhere.person, is_it).await
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

/// 32 random bytes.
pub(crate) fn fresh_secret() -> Result<[u8; 32], ExecuteError> {
    let mut secret = [0; 32];
    getrandom::fill(&mut secret).map_err(VaultError::Random)?;
    Ok(secret)
}

#[async_trait]
impl Timer for Sessions {
    const NAME: &'static str = "sweep-sessions";

    fn period(&self) -> Duration {
        Duration::from_secs(600)
    }

    async fn fire_due(&self) -> Result<usize, ExecuteError> {
        Ok(usize::try_from(self.records.sweep().await?).unwrap_or(usize::MAX))
    }
}
