//! What whoever is signed in signs in with, and how they change it: just after they have signed in, and never so that nothing is left.

use super::account::{Account, Generation, OwnPasskey};
use super::codes::{self, OneTimeCodes};
use super::invited::{has_room, own};
use super::passkeys::{Owner, Question};
use super::passwords::Lane;
use super::{KnownAs, Local, LocalError};
use crate::kept::Key;
use crate::sessions::{Session, Way};
use idesluss_domain::Act;
use idesluss_domain::identity::People;
use idesluss_domain::identity::person::{Means, PersonAction};
use idesluss_domain::words::{Actor, AggregateId as _, CommandId, OrganisationId, PersonId, Rejection, Timestamp};
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
    /// Those that were made then.
    RenewRecoveryCodes(Timestamp),
}

/// What came of it.
pub(crate) struct Changed {
    pub(crate) token: Option<Token>,
    /// Codes on paper, which nobody is shown again.
    pub(crate) recovery_codes: Vec<String>,
}

/// What somebody signs in with.
pub(crate) struct Offered {
    /// None: they have no account here.
    pub(crate) account: Option<Account>,
    pub(crate) is_fresh: bool,
    pub(crate) address: String,
    /// They have come in by a code that was made at the machine.
    pub(crate) came_by_code: bool,
    pub(crate) may_have_account: bool,
}

/// Codes to be agreed on.
pub(crate) struct NewCodes {
    pub(crate) address: String,
    pub(crate) setup_key: String,
    pub(crate) kept: Vec<u8>,
}

impl Local {
    async fn session(&self, secret: &[u8]) -> Result<Session, LocalError> {
        let session = self.sign_in.sessions.find(secret).await?;
        session.ok_or(LocalError::SessionEnded)
    }

    fn is_fresh(&self, session: &Session) -> bool {
        session.way.is_local() && session.begun.saturating_add(FRESH_MICROS) > self.now()
    }

    /// The account of whoever has just signed in with it, as it was then. Errors: it was too long ago, or in another way, or something has changed since.
    async fn fresh(&self, secret: &[u8]) -> Result<Account, LocalError> {
        let session = self.session(secret).await?;
        if !self.is_fresh(&session) {
            return Err(LocalError::NotFresh);
        }
        let account = self.own(session.actor.person).await?;
        match session.way == Way::Local(account.generation) {
            true => Ok(account),
            false => Err(LocalError::SessionEnded),
        }
    }

    async fn own(&self, person: PersonId) -> Result<Account, LocalError> {
        self.good(self.accounts.of(person).await?).ok_or(LocalError::NoAccount)
    }

    /// What whoever is signed in signs in with.
    pub(crate) async fn means(&self, secret: &[u8]) -> Result<Offered, LocalError> {
        let session = self.session(secret).await?;
        let person = session.actor.person;
        let known = self.known_as(person).await?;
        Ok(Offered {
            account: self.good(self.accounts.of(person).await?),
            is_fresh: self.is_fresh(&session),
            address: known.map(|known| known.address).unwrap_or_default(),
            came_by_code: session.way == Way::Code,
            may_have_account: self.standing(person).await?.is_allowed,
        })
    }

    /// What a browser is asked so that whoever is signed in gets another passkey.
    pub(crate) async fn ask_signed_in(&self, origin: &str, secret: &[u8]) -> Result<Question, LocalError> {
        let account = self.fresh(secret).await?;
        has_room(&account)?;
        let KnownAs { name, address, .. } = self.shown_as(&account).await?;
        let owner = Owner {
            person: account.person,
            address: &address,
            name: &name,
        };
        self.passkeys.ask_for_new(origin, owner, &account.passkeys)
    }

    /// Codes that an app could make for whoever is signed in; those that were sealed in `kept`, where there are some, to be shown again.
    pub(crate) async fn new_codes(&self, secret: &[u8], kept: &[u8]) -> Result<NewCodes, LocalError> {
        let account = self.fresh(secret).await?;
        let agreed = match kept {
            [] => Agreed {
                person: account.person,
                codes: OneTimeCodes::new()?,
                ends: self.now().saturating_add(FRESH_MICROS),
            },
            kept => self.agreed(account.person, kept)?,
        };
        let known = self.shown_as(&account).await?;
        let (address, setup_key) = agreed.codes.shown(&known.address).ok_or(LocalError::NotBegun)?;
        Ok(NewCodes {
            address,
            setup_key,
            kept: self.seal(AGREED, &agreed)?,
        })
    }

    fn agreed(&self, person: PersonId, kept: &[u8]) -> Result<Agreed, LocalError> {
        let agreed: Option<Agreed> = self.open(AGREED, kept);
        let agreed = agreed.filter(|agreed| agreed.person == person && agreed.ends > self.now());
        agreed.ok_or(LocalError::NotBegun)
    }

    /// How whoever has an account is known, also where their organisation has taken the address away since.
    async fn shown_as(&self, account: &Account) -> Result<KnownAs, LocalError> {
        let known = self.known_as(account.person).await?;
        Ok(known.unwrap_or_else(|| KnownAs {
            home: account.home.clone(),
            name: String::new(),
            address: account.home.to_string(),
        }))
    }

    /// Changes what whoever is signed in signs in with. Whoever may have come in by what holds no longer, or without what is asked for from now on, is signed
    /// out, wherever that was.
    pub(crate) async fn change(&self, secret: &[u8], change: Change<'_>) -> Result<Changed, LocalError> {
        let account = self.fresh(secret).await?;
        let person = account.person;
        // What takes long is done before everybody else waits.
        let hash = match change {
            Change::Password { current, password } => Some(self.new_password(&account, current, password).await?),
            _ => None,
        };
        let _changing = self.accounts.change(person).await;
        let mut account = self.fresh(secret).await?;
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
                let mut codes = self.agreed(person, kept)?.codes;
                // Whoever loads the page with the codes anew asks for them twice.
                if account.password.is_none() || account.one_time_codes.is_some() {
                    return Err(LocalError::NothingThere);
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
            Change::RenewRecoveryCodes(made) => {
                if account.one_time_codes.is_none() || account.recovery_codes_made != made.as_micros() {
                    return Err(LocalError::NothingThere);
                }
                shown = self.on_paper(&mut account)?;
                noted.push((Means::RecoveryCodes, true));
            }
        }
        if noted.is_empty() {
            return Ok(Changed {
                token: None,
                recovery_codes: shown,
            });
        }
        let mut token = self.note(person, &account.home, &noted).await?;
        let signs_out = noted
            .iter()
            .any(|(means, added)| !added || matches!(means, Means::Password | Means::OneTimeCodes));
        if signs_out {
            account.generation = Generation::new();
        }
        self.accounts.keep(&account).await?;
        if signs_out {
            // Whoever has changed it has shown just now who they are.
            let sessions = &self.sign_in.sessions;
            sessions.goes_on_by(secret, Way::Local(account.generation)).await?;
            let is_other = |session: &Session| session.way.is_local() && session.way != Way::Local(account.generation);
            token = sessions.end_all(person, is_other).await?.unwrap_or(token);
        }
        Ok(Changed {
            token: Some(token),
            recovery_codes: shown,
        })
    }

    async fn new_password(&self, account: &Account, current: &str, password: &str) -> Result<String, LocalError> {
        if let Some(kept) = &account.password {
            // Whoever has come by somebody's open browser guesses here as little as at the entrance.
            let counted = self.begin_try(self.tried("a change", account.person), None)?;
            let looked = self.look(&counted, Lane::Known, Some(kept), current).await;
            looked.map_err(|error| match error {
                LocalError::WrongPassword => LocalError::WrongCurrentPassword,
                other => other,
            })?;
        }
        self.chosen(password, &self.shown_as(account).await?).await
    }

    fn on_paper(&self, account: &mut Account) -> Result<Vec<String>, ExecuteError> {
        let written = codes::on_paper()?;
        let vault = self.context.engine.vault();
        let kept = written.iter().map(|code| codes::kept(vault, account.person, code));
        account.recovery_codes = kept.collect();
        account.recovery_codes_made = self.now();
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

    /// Lets a name lead to somebody. Errors: somebody else is called so.
    pub(crate) async fn take_name(&self, person: PersonId, name: Key) -> Result<(), LocalError> {
        // Whoever had it and is called otherwise today has no use for it.
        let is_free = async |other| Ok::<_, LocalError>(!self.is_called(other, name).await?);
        match self.accounts.take_name(person, name, is_free).await? {
            true => Ok(()),
            false => Err(LocalError::AddressTaken),
        }
    }

    /// Lets whoever has an account sign in by another address, before it is theirs. Errors: it is somebody else's.
    pub(crate) async fn prepare_name(&self, person: PersonId, address: &str) -> Result<(), LocalError> {
        match self.accounts.of(person).await? {
            Some(_) => self.take_name(person, self.accounts.name(address)).await,
            None => Ok(()),
        }
    }

    /// Has whoever has an account be known by the address that they have now.
    pub(crate) async fn rename(&self, person: PersonId) -> Result<(), LocalError> {
        let _changing = self.accounts.change(person).await;
        let (Some(account), Some(known)) = (self.accounts.of(person).await?, self.known_as(person).await?) else {
            return Ok(());
        };
        let name = self.accounts.name(&known.address);
        match name == account.name {
            true => Ok(()),
            false => Ok(self.accounts.keep(&Account { name, ..account }).await?),
        }
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
