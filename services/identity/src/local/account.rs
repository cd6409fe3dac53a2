//! What people sign in with here, kept beside the journal: one record a person, and one that finds it by the work address.
//!
//! After a restore of identity nothing of it is there: whoever an administrator, who has confirmed who may what, invites anew chooses anew.

use super::codes::OneTimeCodes;
use crate::kept::{Kept, Key, Records};
use idesluss_domain::identity::person::Means;
use idesluss_domain::words::{OrganisationId, PersonId};
use idesluss_engine::{Engine, ExecuteError};
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use tokio::sync::{Mutex, MutexGuard};
use uuid::Uuid;
use webauthn_rs::prelude::Passkey;

/// So many passkeys anybody has at most.
pub(crate) const MOST_PASSKEYS: usize = 10;

/// So many accounts are changed at once at most.
const LOCKS: usize = 64;

/// Until it is taken away. Microseconds since 1970.
const FOR_GOOD: i64 = i64::MAX - 1;

/// What somebody signs in with.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Account {
    pub(crate) person: PersonId,
    /// Whose they are.
    pub(crate) home: OrganisationId,
    /// The fingerprint of the work address by which they are known.
    pub(crate) name: Key,
    /// Since when. What a browser has kept from before says nothing. Microseconds since 1970.
    pub(crate) since: i64,
    /// Since what was changed last: whoever came in before is in no more.
    pub(crate) generation: Generation,
    pub(crate) passkeys: Vec<OwnPasskey>,
    /// What is kept of the password; None: there is none.
    pub(crate) password: Option<String>,
    /// What codes are made with that are asked for after the password; None: none are.
    pub(crate) one_time_codes: Option<OneTimeCodes>,
    /// What is kept of the codes on paper.
    pub(crate) recovery_codes: Vec<Key>,
    /// When they were made. Microseconds since 1970.
    pub(crate) recovery_codes_made: i64,
}

/// Which state of what somebody signs in with it is: another whenever something of it holds no longer, or asks for more.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Generation(Uuid);

impl Generation {
    pub(crate) fn new() -> Self {
        Self(Uuid::new_v4())
    }
}

/// A passkey of somebody's.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct OwnPasskey {
    pub(crate) passkey: Passkey,
    /// What its owner calls it.
    pub(crate) name: String,
    /// Microseconds since 1970.
    pub(crate) added: i64,
}

impl OwnPasskey {
    /// By which its owner names it.
    pub(crate) fn id(&self) -> Uuid {
        Uuid::new_v5(&Uuid::nil(), self.passkey.cred_id())
    }
}

impl Account {
    /// Whether there is a way in without this passkey, or without the password.
    pub(crate) fn has_another_than(&self, means: Means) -> bool {
        match means {
            Means::Passkey => self.passkeys.len() > 1 || self.password.is_some(),
            Means::Password => !self.passkeys.is_empty(),
            Means::OneTimeCodes | Means::RecoveryCodes => true,
        }
    }
}

impl Kept for Account {
    const KIND: &'static str = "local-account";

    fn owner(&self) -> String {
        self.person.to_string()
    }

    fn ends(&self) -> i64 {
        FOR_GOOD
    }
}

/// Whose a work address is.
#[derive(Debug, Serialize, Deserialize)]
struct Named {
    person: PersonId,
}

impl Kept for Named {
    const KIND: &'static str = "local-name";

    fn owner(&self) -> String {
        self.person.to_string()
    }

    fn ends(&self) -> i64 {
        FOR_GOOD
    }
}

/// All accounts. Cheap to clone.
#[derive(Clone)]
pub(crate) struct Accounts {
    engine: Engine,
    records: Records,
    /// Each held by whoever changes an account that falls to it: what is good once is used up once.
    changing: Arc<[Mutex<()>; LOCKS]>,
    /// Held by whoever takes a name.
    naming: Arc<Mutex<()>>,
}

impl Accounts {
    pub(crate) fn new(engine: Engine) -> Self {
        Self {
            records: Records::new(engine.clone()),
            engine,
            changing: Arc::new(std::array::from_fn(|_| Mutex::default())),
            naming: Arc::default(),
        }
    }

    /// Keeps all others from changing somebody's meanwhile. It is this process alone that changes any.
    pub(crate) async fn change(&self, person: PersonId) -> MutexGuard<'_, ()> {
        let last = usize::from(person.0.as_bytes()[15]);
        self.changing[last % LOCKS].lock().await
    }

    fn place(&self, person: PersonId) -> Key {
        self.engine.vault().fingerprint("local account", person.0.as_bytes())
    }

    /// Under what a work address is known, however it is written.
    pub(crate) fn name(&self, address: &str) -> Key {
        let address = address.trim().to_lowercase();
        self.engine.vault().fingerprint("local name", address.as_bytes())
    }

    /// Somebody's; None: they have none.
    pub(crate) async fn of(&self, person: PersonId) -> Result<Option<Account>, ExecuteError> {
        self.records.find(self.place(person)).await
    }

    /// That of whoever is known by a name.
    pub(crate) async fn named(&self, name: Key) -> Result<Option<Account>, ExecuteError> {
        match self.whose(name).await? {
            Some(person) => self.of(person).await,
            None => Ok(None),
        }
    }

    /// Who is known by a name and has an account.
    pub(crate) async fn whose(&self, name: Key) -> Result<Option<PersonId>, ExecuteError> {
        let named: Option<Named> = self.records.find(name).await?;
        Ok(named.map(|named| named.person))
    }

    /// Lets a name lead to somebody. `may_be_taken` says whether whoever had it may lose it. Returns whether it does.
    pub(crate) async fn take_name<E: From<ExecuteError>>(
        &self,
        person: PersonId,
        name: Key,
        may_be_taken: impl AsyncFnOnce(PersonId) -> Result<bool, E>,
    ) -> Result<bool, E> {
        let _naming = self.naming.lock().await;
        match self.whose(name).await? {
            Some(other) if other == person => return Ok(true),
            Some(other) if !may_be_taken(other).await? => return Ok(false),
            _ => {}
        }
        self.records.keep(name, &Named { person }, None).await?;
        Ok(true)
    }

    /// Keeps an account in the place of what there was; a name that is no longer theirs leads nowhere. In which order does not matter: a name alone lets
    /// nobody in.
    pub(crate) async fn keep(&self, account: &Account) -> Result<(), ExecuteError> {
        let before = self.of(account.person).await?;
        self.records.keep(self.place(account.person), account, None).await?;
        match before.filter(|before| before.name != account.name) {
            Some(before) => self.forget_name(account.person, before.name).await,
            None => Ok(()),
        }
    }

    async fn forget_name(&self, person: PersonId, name: Key) -> Result<(), ExecuteError> {
        let _naming = self.naming.lock().await;
        if self.whose(name).await? == Some(person) {
            self.records.forget(name).await?;
        }
        Ok(())
    }

    /// Lets nobody sign in with it any more.
    pub(crate) async fn forget(&self, person: PersonId) -> Result<(), ExecuteError> {
        let Some(account) = self.of(person).await? else {
            return Ok(());
        };
        self.records.forget(self.place(person)).await?;
        self.forget_name(person, account.name).await
    }
}
