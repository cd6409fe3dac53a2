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

pub(crate) use error::LocalError;
pub(crate) use invited::Chosen;
pub(crate) use means::{Change, Changed, Offered};

use self::account::{Account, Accounts};
use self::passkeys::{Passkeys, Question};
use self::passwords::Hasher;
use self::tries::{Trier, Tries};
use crate::kept::{Key, Records};
use crate::sessions::Way;
use crate::sign_in::{Arrived, SignIn};
use crate::views;
use idesluss_domain::identity::People;
use idesluss_domain::identity::person::LocalAccount;
use idesluss_domain::words::{OrganisationId, PersonId};
use idesluss_engine::{CommandContext, ExecuteError, ViewHandle};
use idesluss_vault::{Opened, VaultError};
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// So long whoever has shown a password has for the code: ten minutes, in microseconds.
const CODE_MICROS: i64 = 10 * 60 * 1_000_000;
/// So long a browser is known by what it keeps: half a year, in microseconds.
const KNOWN_MICROS: i64 = 180 * 24 * 60 * 60 * 1_000_000;
/// For what a browser's parts are sealed.
const HALFWAY: &str = "halfway in";
const KNOWN: &str = "known browser";
/// The longest way on, in bytes.
const LONGEST_NEXT: usize = 1_000;

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
    /// Of the account that it was signed in with.
    since: i64,
    browser: [u8; 16],
    ends: i64,
}

/// Who has shown a password, and not yet a code.
#[derive(Debug, Serialize, Deserialize)]
struct HalfwayIn {
    person: PersonId,
    since: i64,
    name: Key,
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
        let cost = match sign_in.providers.local.cheap_hashes {
            true => {
                tracing::warn!("passwords are kept so that they are quickly guessed: that is for tests alone");
                passwords::TEST_COST
            }
            false => passwords::COST,
        };
        let engine = context.engine.clone();
        Self {
            records: Records::new(engine.clone()),
            accounts: Accounts::new(engine.clone()),
            passkeys: Passkeys::new(engine),
            hasher: Hasher::new(cost),
            tries: Arc::default(),
            context,
            people,
            sign_in,
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

    fn seal<T: Serialize>(&self, purpose: &str, kept: &T) -> Result<Vec<u8>, ExecuteError> {
        // Plain parts can always be written.
        let plain = serde_json::to_vec(kept).unwrap_or_default();
        Ok(self.context.engine.vault().seal_beside(purpose, purpose, &plain)?)
    }

    fn open<T: for<'de> Deserialize<'de>>(&self, purpose: &str, kept: &[u8]) -> Option<T> {
        let opened = self.context.engine.vault().open_beside(purpose, purpose, kept);
        serde_json::from_slice(&opened.ok()?).ok()
    }

    /// The browser, if whoever it is has signed in with it before.
    fn known_browser(&self, account: &Account, kept: &[u8]) -> Option<[u8; 16]> {
        let known: KnownBrowser = self.open(KNOWN, kept)?;
        let is_theirs = known.person == account.person && known.since == account.since;
        (is_theirs && known.ends > self.now()).then_some(known.browser)
    }

    fn begin_try(&self, who: Trier, has_account: bool) -> Result<(), LocalError> {
        self.tries
            .begin(who, has_account, self.now())
            .map_err(LocalError::TooEarly)
    }

    /// Signs in whoever knows a password. Whether the address or the password is wrong, nobody learns, nor by how long it takes.
    pub(crate) async fn by_password(
        &self,
        browser: &Browser,
        address: &str,
        password: &str,
    ) -> Result<Came, LocalError> {
        let name = self.accounts.name(address);
        let account = self.good(self.accounts.named(name).await?);
        let known = account
            .as_ref()
            .and_then(|account| self.known_browser(account, &browser.known));
        let who = (name, known);
        self.begin_try(who, account.is_some())?;
        let kept = account.as_ref().and_then(|account| account.password.as_deref());
        let is_right = self
            .hasher
            .verify(kept, password)
            .await
            .inspect_err(|_| self.tries.take_back(&who))?;
        let account = account.filter(|_| is_right).ok_or(LocalError::WrongPassword)?;
        if account.one_time_codes.is_none() {
            return self
                .arrive(&account, Way::Password { with_code: false }, browser, known)
                .await;
        }
        // Until the code is right the try counts as a wrong one.
        let halfway = HalfwayIn {
            person: account.person,
            since: account.since,
            name,
            browser: known,
            next: shortened(&browser.next),
            ends: self.now().saturating_add(CODE_MICROS),
        };
        Ok(Came::Halfway(self.seal(HALFWAY, &halfway)?))
    }

    /// Signs in whoever has shown a password, by the code that is asked for after it.
    pub(crate) async fn by_code(&self, browser: &Browser, kept: &[u8], code: &str) -> Result<Came, LocalError> {
        let halfway: Option<HalfwayIn> = self.open(HALFWAY, kept);
        let halfway = halfway.filter(|halfway| halfway.ends > self.now());
        let halfway = halfway.ok_or(LocalError::NotBegun)?;
        self.begin_try((halfway.name, halfway.browser), true)?;
        let account = {
            let _changing = self.accounts.change().await;
            let account = self.good(self.accounts.of(halfway.person).await?);
            let account = account.filter(|account| account.since == halfway.since);
            let mut account = account.ok_or(LocalError::NotBegun)?;
            let codes = account.one_time_codes.as_mut().ok_or(LocalError::NotBegun)?;
            let vault = self.context.engine.vault();
            let on_paper = codes::kept(vault, account.person, code);
            if !codes.takes(code, self.now()) && !codes::take(&mut account.recovery_codes, on_paper) {
                return Err(LocalError::WrongCode);
            }
            // Used up before anybody is in.
            self.accounts.keep(&account).await?;
            account
        };
        let browser = Browser {
            next: halfway.next,
            ..browser.clone()
        };
        self.arrive(&account, Way::Password { with_code: true }, &browser, halfway.browser)
            .await
    }

    /// What a browser is asked so that somebody signs in with a passkey.
    pub(crate) fn ask_passkey(&self, origin: &str) -> Result<Question, LocalError> {
        self.passkeys.ask(origin)
    }

    /// Signs in whoever has a passkey.
    pub(crate) async fn by_passkey(&self, browser: &Browser, kept: &[u8], answer: &str) -> Result<Came, LocalError> {
        let account = self.passkeys.answered(&self.accounts, kept, answer).await?;
        let account = self.good(Some(account)).ok_or(LocalError::PasskeyNotBelieved)?;
        let known = self.known_browser(&account, &browser.known);
        self.arrive(&account, Way::Passkey, browser, known).await
    }

    /// Begins the session of somebody who has shown who they are.
    async fn arrive(
        &self,
        account: &Account,
        way: Way,
        browser: &Browser,
        known: Option<[u8; 16]>,
    ) -> Result<Came, LocalError> {
        let person = account.person;
        let begun = self
            .sign_in
            .begin_session(person, way, browser.words.clone(), &browser.replaces)
            .await?;
        self.tries.right(&(account.name, known));
        let mut fresh = [0; 16];
        getrandom::fill(&mut fresh)
            .map_err(VaultError::Random)
            .map_err(ExecuteError::from)?;
        let kept = KnownBrowser {
            person,
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
