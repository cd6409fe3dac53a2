//! What whoever is signed in signs in with, and how they change it: just after they have signed in, and never so that nothing is left.

use super::account::{Account, OwnPasskey};
use super::codes::{self, OneTimeCodes};
use super::invited::{has_room, own};
use super::passkeys::{Owner, Question};
use super::{KnownAs, Local, LocalError, passwords};
use crate::kept::Key;
use crate::sessions::{Session, Way};
use idesluss_domain::Act;
use idesluss_domain::identity::People;
use idesluss_domain::identity::person::{Means, PersonAction};
use idesluss_domain::words::{Actor, AggregateId as _, CommandId, OrganisationId, PersonId, Rejection};
use idesluss_engine::{Call, Decided, ExecuteError, Loaded};
use idesluss_proto::pb::command::Token;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// So long after signing in somebody may change what they sign in with: a quarter of an hour, in microseconds.
const FRESH_MICROS: i64 = 15 * 60 * 1_000_000;
/// For what an app's codes are sealed until the first of them.
pub(super) const AGREED: &str = "one-time codes";

/// Codes that are agreed on when their first comes back.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Agreed {
    person: PersonId,
    pub(super) codes: OneTimeCodes,
    ends: i64,
}

/// What somebody wants changed.
pub(crate) enum Change<'a> {
    /// Another password, or the first; `current` is the one that there is.
    Password {
        current: &'a str,
        password: &'a str,
    },
    RemovePassword,
    AddPasskey {
        kept: &'a [u8],
        answer: &'a str,
        name: &'a str,
    },
    RemovePasskey(Uuid),
    AddOneTimeCodes {
        kept: &'a [u8],
        code: &'a str,
    },
    RemoveOneTimeCodes,
    RenewRecoveryCodes,
}

/// What came of it.
pub(crate) struct Changed {
    pub(crate) token: Option<Token>,
    /// Codes on paper, which nobody is shown again.
    pub(crate) recovery_codes: Vec<String>,
}

/// What somebody signs in with.
pub(crate) struct Offered {
    pub(crate) account: Account,
    pub(crate) is_fresh: bool,
    pub(crate) address: String,
}

/// Codes to be agreed on.
pub(crate) struct NewCodes {
    pub(crate) address: String,
    pub(crate) typed: String,
    pub(crate) kept: Vec<u8>,
}

impl Local {
    async fn session(&self, secret: &[u8]) -> Result<Session, LocalError> {
        let session = self.sign_in.sessions.find(secret).await?;
        session.ok_or(LocalError::SessionEnded)
    }

    fn is_fresh(&self, session: &Session) -> bool {
        let has_shown = matches!(session.way, Way::Passkey | Way::Password { .. });
        has_shown && session.begun.saturating_add(FRESH_MICROS) > self.now()
    }

    /// Errors: whoever it is has signed in too long ago, or in another way.
    async fn fresh(&self, secret: &[u8]) -> Result<PersonId, LocalError> {
        let session = self.session(secret).await?;
        match self.is_fresh(&session) {
            true => Ok(session.actor.person),
            false => Err(LocalError::NotFresh),
        }
    }

    async fn own(&self, person: PersonId) -> Result<Account, LocalError> {
        self.good(self.accounts.of(person).await?).ok_or(LocalError::NoAccount)
    }

    /// What whoever is signed in signs in with; None: not here.
    pub(crate) async fn means(&self, secret: &[u8]) -> Result<Option<Offered>, LocalError> {
        let session = self.session(secret).await?;
        let person = session.actor.person;
        let Some(account) = self.good(self.accounts.of(person).await?) else {
            return Ok(None);
        };
        let known = self.known_as(person).await?;
        Ok(Some(Offered {
            account,
            is_fresh: self.is_fresh(&session),
            address: known.map(|known| known.address).unwrap_or_default(),
        }))
    }

    /// What a browser is asked so that whoever is signed in gets another passkey.
    pub(crate) async fn ask_signed_in(&self, origin: &str, secret: &[u8]) -> Result<Question, LocalError> {
        let account = self.own(self.fresh(secret).await?).await?;
        has_room(&account)?;
        let known = self.known_as(account.person).await?;
        let KnownAs { name, address, .. } = known.ok_or(LocalError::NoAccount)?;
        let owner = Owner {
            person: account.person,
            address: &address,
            name: &name,
        };
        self.passkeys.ask_for_new(origin, owner, &account.passkeys)
    }

    /// Codes that an app could make for whoever is signed in.
    pub(crate) async fn new_codes(&self, secret: &[u8]) -> Result<NewCodes, LocalError> {
        let account = self.own(self.fresh(secret).await?).await?;
        let known = self.known_as(account.person).await?;
        let codes = OneTimeCodes::new()?;
        let shown = codes.shown(&known.map(|known| known.address).unwrap_or_default());
        let (address, typed) = shown.ok_or(LocalError::NoAccount)?;
        let agreed = Agreed {
            person: account.person,
            codes,
            ends: self.now().saturating_add(FRESH_MICROS),
        };
        Ok(NewCodes {
            address,
            typed,
            kept: self.seal(AGREED, &agreed)?,
        })
    }

    /// Changes what whoever is signed in signs in with. Whoever may have come in by what holds no longer is signed out, wherever that was.
    pub(crate) async fn change(&self, secret: &[u8], change: Change<'_>) -> Result<Changed, LocalError> {
        let person = self.fresh(secret).await?;
        let leaves_nobody_in = matches!(
            change,
            Change::Password { .. } | Change::RemovePassword | Change::RemovePasskey(_)
        );
        // What takes long is done before everybody else waits.
        let hash = match change {
            Change::Password { current, password } => Some(self.new_password(person, current, password).await?),
            _ => None,
        };
        let _changing = self.accounts.change().await;
        let mut account = self.own(person).await?;
        let (mut noted, mut shown) = (Vec::new(), Vec::new());
        match change {
            Change::Password { .. } => {
                account.password = hash;
                noted.push((Means::Password, true));
            }
            Change::RemovePassword => {
                if account.password.is_some() {
                    left(&account, Means::Password)?;
                    account.password = None;
                    noted.push((Means::Password, false));
                    // Without a password nobody asks for codes.
                    noted.extend(without_codes(&mut account));
                }
            }
            Change::AddPasskey { kept, answer, name } => {
                has_room(&account)?;
                let passkey = self.passkeys.new_one(person, kept, answer).await?;
                account.passkeys.push(own(passkey, name, self.now()));
                noted.push((Means::Passkey, true));
            }
            Change::RemovePasskey(id) => {
                let is_it = |own: &OwnPasskey| own.id() == id;
                if account.passkeys.iter().any(is_it) {
                    left(&account, Means::Passkey)?;
                    account.passkeys.retain(|own| !is_it(own));
                    noted.push((Means::Passkey, false));
                }
            }
            Change::AddOneTimeCodes { kept, code } => {
                let agreed: Option<Agreed> = self.open(AGREED, kept);
                let agreed = agreed.filter(|agreed| agreed.person == person && agreed.ends > self.now());
                let mut codes = agreed.ok_or(LocalError::NotBegun)?.codes;
                if account.password.is_none() {
                    return Err(LocalError::NoAccount);
                }
                if !codes.takes(code, self.now()) {
                    return Err(LocalError::WrongCode);
                }
                account.one_time_codes = Some(codes);
                noted.push((Means::OneTimeCodes, true));
                shown = self.on_paper(&mut account)?;
                noted.push((Means::RecoveryCodes, true));
            }
            Change::RemoveOneTimeCodes => noted.extend(without_codes(&mut account)),
            Change::RenewRecoveryCodes => {
                if account.one_time_codes.is_none() {
                    return Err(LocalError::NoAccount);
                }
                shown = self.on_paper(&mut account)?;
                noted.push((Means::RecoveryCodes, true));
            }
        }
        let token = match noted.is_empty() {
            true => None,
            false => Some(self.note(person, &account.home, &noted).await?),
        };
        self.accounts.keep(&account).await?;
        let mut token = token;
        if leaves_nobody_in {
            let own = self.session(secret).await?.id;
            let is_other = |session: &Session| session.way.is_of_here() && session.id != own;
            token = self.sign_in.sessions.end_all(person, is_other).await?.or(token);
        }
        Ok(Changed {
            token,
            recovery_codes: shown,
        })
    }

    async fn new_password(&self, person: PersonId, current: &str, password: &str) -> Result<String, LocalError> {
        let account = self.own(person).await?;
        if let Some(kept) = &account.password {
            // Whoever has come by somebody's open browser guesses here as little as at the entrance.
            let who = (account.name, Some([0; 16]));
            self.begin_try(who, true)?;
            let is_right = self.hasher.verify(Some(kept), current).await;
            if !is_right.inspect_err(|_| self.tries.take_back(&who))? {
                return Err(LocalError::WrongPassword);
            }
            self.tries.right(&who);
        }
        let known = self.known_as(person).await?;
        let known = known
            .as_ref()
            .map(|known| [known.address.as_str(), known.name.as_str()]);
        passwords::check(password, known.as_ref().map(<[&str; 2]>::as_slice).unwrap_or_default())?;
        Ok(self.hasher.hash(password).await?)
    }

    fn on_paper(&self, account: &mut Account) -> Result<Vec<String>, ExecuteError> {
        let written = codes::on_paper()?;
        let vault = self.context.engine.vault();
        let kept = written.iter().map(|code| codes::kept(vault, account.person, code));
        account.recovery_codes = kept.collect();
        Ok(written)
    }

    /// Notes in the journal that what somebody signs in with has changed.
    pub(super) async fn note(
        &self,
        person: PersonId,
        home: &OrganisationId,
        changes: &[(Means, bool)],
    ) -> Result<Token, ExecuteError> {
        let engine = &self.context.engine;
        let call = Call::by_service("ChangeSignInMeans", home, CommandId(Uuid::new_v4()), None);
        let stream = person.stream();
        let decide = |loaded: &Loaded| -> Result<Vec<Decided>, Rejection> {
            let mut events = Vec::new();
            let state = loaded.state::<People>(&stream);
            for (means, added) in changes {
                let act = Act {
                    id: person,
                    actor: Actor::service(home),
                    today: engine.clock().today(),
                    action: PersonAction::ChangeMeans {
                        means: *means,
                        added: *added,
                    },
                };
                events.extend(<People as idesluss_domain::Decider>::decide(&act, &state)?);
            }
            Ok(vec![Decided::of(&stream, person.0, events)])
        };
        engine.execute(call, std::slice::from_ref(&stream), decide).await
    }

    /// Under what a work address is known.
    pub(crate) fn name(&self, address: &str) -> Key {
        self.accounts.name(address)
    }

    /// Errors: somebody else signs in by this name.
    pub(crate) async fn may_be_named(&self, person: PersonId, name: Key) -> Result<(), LocalError> {
        match self.accounts.whose(name).await? {
            Some(other) if other != person => Err(LocalError::AddressTaken),
            _ => Ok(()),
        }
    }

    /// Lets whoever has an account be known by another name.
    pub(crate) async fn rename(&self, person: PersonId, name: Key) -> Result<(), LocalError> {
        let _changing = self.accounts.change().await;
        self.may_be_named(person, name).await?;
        let Some(account) = self.accounts.of(person).await? else {
            return Ok(());
        };
        Ok(self.accounts.keep(&Account { name, ..account }).await?)
    }
}

/// Errors: nothing would be left to sign in with.
fn left(account: &Account, without: Means) -> Result<(), LocalError> {
    match account.has_another_than(without) {
        true => Ok(()),
        false => Err(LocalError::LastMeans),
    }
}

/// Asks for codes no more. Returns what has changed by that.
fn without_codes(account: &mut Account) -> Vec<(Means, bool)> {
    if account.one_time_codes.take().is_none() {
        return Vec::new();
    }
    account.recovery_codes.clear();
    vec![(Means::OneTimeCodes, false), (Means::RecoveryCodes, false)]
}
