//! Accounts of here, for organisations whose people sign in nowhere else: passkeys, passwords with or without codes, and the links by which they are chosen.
//!
//! `account` keeps them, `passkeys`, `passwords` and `codes` are what one signs in with, `tries` lets nobody guess, `invited` is how an account begins and
//! begins anew, `means` is what its owner changes. What signs in leads to a session like any other.

mod account;
mod codes;
mod error;
mod invited;
mod means;
mod passkeys;
mod passwords;
#[cfg(test)]
mod tests;
mod tries;

pub(crate) use account::{Accounts, Generation};
pub(crate) use error::LocalError;
pub(crate) use invited::Chosen;
pub(crate) use means::{Change, Changed};

use self::account::Account;
use self::passkeys::{Passkeys, Question};
use self::passwords::{Hasher, Lane, Looked};
use self::tries::{Counted, Trier, Tries};
use crate::kept::{Key, Records};
use crate::sessions::Way;
use crate::sign_in::{Arrived, LONGEST_NEXT, SignIn};
use crate::views;
use idesluss_domain::identity::People;
use idesluss_domain::identity::person::LocalAccount;
use idesluss_domain::words::{OrganisationId, PersonId};
use idesluss_engine::{CommandContext, ExecuteError, ViewHandle};
use idesluss_vault::{Opened, VaultError};
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// So long whoever has shown a password has for the code: twenty minutes, in microseconds. Whoever has to wait for a try waits for less.
const CODE_MICROS: i64 = 20 * 60 * 1_000_000;
const _: () = assert!(CODE_MICROS > tries::LONGEST_DELAY);
/// So long a browser is known by what it keeps: half a year, in microseconds.
const KNOWN_MICROS: i64 = 180 * 24 * 60 * 60 * 1_000_000;
/// For what a browser's parts are sealed.
const HALFWAY: &str = "halfway in";
const KNOWN: &str = "known browser";

/// The browser of somebody who signs in.
#[derive(Debug, Clone, Default)]
pub(crate) struct Browser {
    /// Which it is, in a few words.
    pub(crate) words: String,
    /// What it has kept of whoever signed in with it before; empty: nobody has.
    pub(crate) known: Vec<u8>,
    /// The secret of the session that it had; empty: none.
    pub(crate) replaces: Vec<u8>,
    /// Where they want to go.
    pub(crate) next: String,
}

/// What comes of a password.
pub(crate) enum Came {
    /// They are signed in, and what the browser keeps from now on.
    In(Arrived, Vec<u8>),
    /// A code is asked for: what the browser keeps until then.
    Halfway(Vec<u8>),
}

/// Whose browser it is that has signed in before.
#[derive(Debug, Serialize, Deserialize)]
struct KnownBrowser {
    person: PersonId,
    /// By which they signed in.
    name: Key,
    /// Of the account that it was signed in with.
    since: i64,
    browser: [u8; 16],
    ends: i64,
}

impl KnownBrowser {
    fn is_of(&self, account: &Account) -> bool {
        self.person == account.person && self.since == account.since
    }
}

/// Who has shown a password, and not yet a code.
#[derive(Debug, Serialize, Deserialize)]
struct HalfwayIn {
    person: PersonId,
    /// Whose password it was: another has to be shown anew.
    generation: Generation,
    browser: Option<[u8; 16]>,
    next: String,
    ends: i64,
}

/// How somebody is known to their organisation.
pub(crate) struct KnownAs {
    pub(crate) home: OrganisationId,
    pub(crate) name: String,
    pub(crate) address: String,
}

/// The accounts of here. Cheap to clone.
#[derive(Clone)]
pub(crate) struct Local {
    context: CommandContext,
    records: Records,
    people: ViewHandle,
    sign_in: SignIn,
    accounts: Accounts,
    passkeys: Passkeys,
    hasher: Hasher,
    tries: Arc<Tries>,
}

impl Local {
    pub(crate) fn new(context: CommandContext, people: ViewHandle, sign_in: SignIn) -> Self {
        let engine = context.engine.clone();
        Self {
            records: Records::new(engine.clone()),
            accounts: sign_in.accounts.clone(),
            passkeys: Passkeys::new(engine),
            hasher: Hasher::new(passwords::COST),
            tries: Arc::default(),
            context,
            people,
            sign_in,
        }
    }

    /// The same with hashes that cost nothing to speak of.
    #[cfg(test)]
    fn cheap(self) -> Self {
        Self {
            hasher: Hasher::new(passwords::TEST_COST),
            ..self
        }
    }

    fn now(&self) -> i64 {
        self.records.now()
    }

    /// Whether people of an organisation sign in here.
    pub(crate) fn allows(&self, organisation: &OrganisationId) -> bool {
        self.sign_in.providers.local.organisations.contains(organisation)
    }

    /// How it stands with somebody's account.
    pub(crate) async fn standing(&self, person: PersonId) -> Result<LocalAccount, ExecuteError> {
        let home = self.context.engine.state::<People>(person).await?.home;
        Ok(LocalAccount {
            is_allowed: home.is_some_and(|home| self.allows(&home)),
            has_means: self.accounts.of(person).await?.is_some(),
        })
    }

    /// Somebody's account, as long as their organisation's people sign in here.
    fn good(&self, account: Option<Account>) -> Option<Account> {
        account.filter(|account| self.allows(&account.home))
    }

    /// How somebody is known; None: nobody is registered under the pseudonym, or nothing is known of where mail reaches them.
    pub(crate) async fn known_as(&self, person: PersonId) -> Result<Option<KnownAs>, ExecuteError> {
        let Some(home) = self.context.engine.state::<People>(person).await?.home else {
            return Ok(None);
        };
        self.people.catch_up().await?;
        let of = home.to_string();
        let ask = move |conn: &rusqlite::Connection| views::person(conn, &of, person);
        let (row, _) = self.people.query(None, ask).await?;
        let members = row.and_then(|row| Some([row.name_for(&home)?.clone(), row.address_for(&home)?.clone()]));
        let Some(members) = members else {
            return Ok(None);
        };
        let opened = self.context.engine.vault().open_texts(&members).await?;
        let mut texts = opened.into_iter().map(|opened| match opened {
            Opened::Text(text) => text.as_str().trim().to_owned(),
            _ => String::new(),
        });
        let (name, address) = (texts.next().unwrap_or_default(), texts.next().unwrap_or_default());
        Ok((!address.is_empty()).then_some(KnownAs { home, name, address }))
    }

    /// Whether a name is the one that somebody's work address makes today.
    async fn is_called(&self, person: PersonId, name: Key) -> Result<bool, ExecuteError> {
        let known = self.known_as(person).await?;
        Ok(known.is_some_and(|known| self.accounts.name(&known.address) == name))
    }

    fn seal<T: Serialize>(&self, purpose: &str, kept: &T) -> Result<Vec<u8>, ExecuteError> {
        // Plain parts can always be written.
        let plain = serde_json::to_vec(kept).unwrap_or_default();
        Ok(self.context.engine.vault().seal_beside(purpose, purpose, &plain)?)
    }

    fn open<T: for<'de> Deserialize<'de>>(&self, purpose: &str, kept: &[u8]) -> Option<T> {
        let opened = self.context.engine.vault().open_beside(purpose, purpose, kept);
        serde_json::from_slice(&opened.ok()?).ok()
    }

    /// What a browser says of whoever signed in with it before, which may have ended since.
    fn known_browser(&self, kept: &[u8]) -> Option<KnownBrowser> {
        let known: KnownBrowser = self.open(KNOWN, kept)?;
        (known.ends > self.now()).then_some(known)
    }

    fn begin_try(&self, what: Key, browser: Option<[u8; 16]>) -> Result<Counted, LocalError> {
        let who = Trier { what, browser };
        self.tries.begin(who, self.now()).map_err(LocalError::TooEarly)
    }

    /// Looks at a password that was counted as a wrong one. Errors: it is one, or it was not looked at, and not counted.
    async fn look(
        &self,
        counted: &Counted,
        lane: Lane,
        kept: Option<&str>,
        password: &str,
    ) -> Result<Looked, LocalError> {
        let looked = self.hasher.verify(lane, kept, password).await;
        match looked.inspect_err(|_| self.tries.take_back(counted))? {
            Looked::Wrong => Err(LocalError::WrongPassword),
            right => {
                self.tries.right(counted);
                Ok(right)
            }
        }
    }

    /// Signs in whoever knows a password. Whether the address or the password is wrong, nobody learns, nor by how long it takes.
    pub(crate) async fn by_password(
        &self,
        browser: &Browser,
        address: &str,
        password: &str,
    ) -> Result<Came, LocalError> {
        if passwords::is_too_long(password) {
            return Err(LocalError::WrongPassword);
        }
        let name = self.accounts.name(address);
        let known = self.known_browser(&browser.known).filter(|known| known.name == name);
        // Before anything is read: whoever has to wait learns from nothing whether there is an account.
        let mut counted = self.begin_try(name, known.as_ref().map(|known| known.browser))?;
        let account = self.good(self.accounts.named(name).await?);
        let known = match (known, &account) {
            (Some(known), Some(account)) if known.is_of(account) => Some(known.browser),
            // Of an account that was: whoever has it is a stranger.
            (Some(_), _) => {
                counted = self.begin_try(name, None)?;
                None
            }
            (None, _) => None,
        };
        let kept = account.as_ref().and_then(|account| account.password.as_deref());
        let lane = match known {
            Some(_) => Lane::Known,
            None => Lane::Strangers,
        };
        let looked = self.look(&counted, lane, kept, password).await?;
        let account = account.ok_or(LocalError::WrongPassword)?;
        // A name leads to whoever had the address; whose it is, their organisation says. Only whoever knows the password learns of it.
        if !self.is_called(account.person, name).await? {
            return Err(LocalError::WrongPassword);
        }
        if looked == Looked::Outdated {
            self.hash_anew(&account, password).await?;
        }
        if account.one_time_codes.is_none() {
            return self.arrive(&account, browser, known).await;
        }
        let halfway = HalfwayIn {
            person: account.person,
            generation: account.generation,
            browser: known,
            next: shortened(&browser.next),
            ends: self.now().saturating_add(CODE_MICROS),
        };
        Ok(Came::Halfway(self.seal(HALFWAY, &halfway)?))
    }

    /// What is kept of a password that somebody has chosen. Errors: it is quickly guessed by whoever knows them and the instance, or has another length.
    async fn chosen(&self, password: &str, known: &KnownAs) -> Result<String, LocalError> {
        let organisations = self.context.organisations().await?.all;
        let mut words: Vec<String> = vec![known.address.clone(), known.name.clone()];
        words.extend(
            organisations
                .into_values()
                .map(|organisation| organisation.settings.name),
        );
        let text = password.to_owned();
        let checked = self.hasher.look_at(move || {
            let words: Vec<&str> = words.iter().map(String::as_str).collect();
            passwords::check(&text, &words)
        });
        checked.await??;
        Ok(self.hasher.hash(password).await?)
    }

    /// Keeps the hash of a password at what hashes cost today.
    async fn hash_anew(&self, seen: &Account, password: &str) -> Result<(), LocalError> {
        let hash = self.hasher.hash(password).await?;
        let _changing = self.accounts.change(seen.person).await;
        match self.accounts.of(seen.person).await? {
            Some(account) if account.generation == seen.generation => {
                let password = Some(hash);
                Ok(self.accounts.keep(&Account { password, ..account }).await?)
            }
            _ => Ok(()),
        }
    }

    /// Signs in whoever has shown a password, by the code that is asked for after it.
    pub(crate) async fn by_code(&self, browser: &Browser, kept: &[u8], code: &str) -> Result<Came, LocalError> {
        let halfway: Option<HalfwayIn> = self.open(HALFWAY, kept);
        let halfway = halfway.filter(|halfway| halfway.ends > self.now());
        let halfway = halfway.ok_or(LocalError::NotBegun)?;
        let person = halfway.person;
        // Whoever guesses passwords keeps nobody from their code.
        let counted = self.begin_try(self.tried("a code", person), halfway.browser)?;
        let account = {
            let _changing = self.accounts.change(person).await;
            let account = self.good(self.accounts.of(person).await?);
            let account = account.filter(|account| account.generation == halfway.generation);
            let mut account = account.ok_or(LocalError::NotBegun)?;
            let codes = account.one_time_codes.as_mut().ok_or(LocalError::NotBegun)?;
            let vault = self.context.engine.vault();
            let on_paper = codes::kept(vault, person, code);
            if !codes.takes(code, self.now()) && !codes::take(&mut account.recovery_codes, on_paper) {
                return Err(LocalError::WrongCode);
            }
            // Used up before anybody is in.
            self.accounts.keep(&account).await?;
            account
        };
        self.tries.right(&counted);
        let browser = Browser {
            next: halfway.next,
            ..browser.clone()
        };
        self.arrive(&account, &browser, halfway.browser).await
    }

    /// What is tried of somebody, other than the password at the entrance.
    fn tried(&self, what: &str, person: PersonId) -> Key {
        let vault = self.context.engine.vault();
        vault.fingerprint("tried", format!("{what}\n{person}").as_bytes())
    }

    /// What a browser is asked so that somebody signs in with a passkey.
    pub(crate) fn ask_passkey(&self, origin: &str) -> Result<Question, LocalError> {
        self.passkeys.ask(origin)
    }

    /// Signs in whoever has a passkey.
    pub(crate) async fn by_passkey(&self, browser: &Browser, kept: &[u8], answer: &str) -> Result<Came, LocalError> {
        let account = self.passkeys.answered(&self.accounts, kept, answer).await?;
        let account = self.good(Some(account)).ok_or(LocalError::PasskeyNotBelieved)?;
        let known = self.known_browser(&browser.known);
        let known = known.filter(|known| known.is_of(&account));
        self.arrive(&account, browser, known.map(|known| known.browser)).await
    }

    /// Begins the session of somebody who has shown who they are: it goes on as long as nothing of that has changed since.
    async fn arrive(&self, account: &Account, browser: &Browser, known: Option<[u8; 16]>) -> Result<Came, LocalError> {
        let (person, way) = (account.person, Way::Local(account.generation));
        let begun = self
            .sign_in
            .begin_session(person, way, browser.words.clone(), &browser.replaces)
            .await?;
        let mut fresh = [0; 16];
        getrandom::fill(&mut fresh)
            .map_err(VaultError::Random)
            .map_err(ExecuteError::from)?;
        let kept = KnownBrowser {
            person,
            name: account.name,
            since: account.since,
            browser: known.unwrap_or(fresh),
            ends: self.now().saturating_add(KNOWN_MICROS),
        };
        let arrived = Arrived {
            begun,
            changed: None,
            person,
            next: shortened(&browser.next),
        };
        Ok(Came::In(arrived, self.seal(KNOWN, &kept)?))
    }
}

fn shortened(next: &str) -> String {
    match next.len() <= LONGEST_NEXT {
        true => next.to_owned(),
        false => String::new(),
    }
}
