//! How an account begins, and begins anew: by a link that is good once, in which stand 32 random bytes of which the hash is kept.

use super::account::{Account, MOST_PASSKEYS, OwnPasskey};
use super::passkeys::{Owner, Question};
use super::{Browser, Came, KnownAs, Local, LocalError, passwords};
use crate::kept::{Kept, Key, key};
use crate::sessions::{Session, Way};
use crate::sign_in::SignInError;
use idesluss_domain::identity::People;
use idesluss_domain::identity::person::Means;
use idesluss_domain::words::PersonId;
use idesluss_engine::ExecuteError;
use idesluss_proto::pb::command::Token;
use serde::{Deserialize, Serialize};

const HOUR: i64 = 60 * 60 * 1_000_000;
/// How long a link is good for whoever is invited: seven days, in microseconds.
const INVITATION_MICROS: i64 = 7 * 24 * HOUR;
/// How long for whoever begins anew.
const RESET_MICROS: i64 = HOUR;

/// Who may choose what they sign in with.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct Invitation {
    person: PersonId,
    ends: i64,
}

impl Kept for Invitation {
    const KIND: &'static str = "invitation";

    fn owner(&self) -> String {
        self.person.to_string()
    }

    fn ends(&self) -> i64 {
        self.ends
    }
}

/// What somebody chooses to sign in with.
pub(crate) enum Chosen<'a> {
    Password(&'a str),
    Passkey {
        kept: &'a [u8],
        answer: &'a str,
        name: &'a str,
    },
}

impl Local {
    /// Keeps the hash of a link for somebody; no earlier one is good any more.
    pub(crate) async fn invite(&self, hash: Key, person: PersonId) -> Result<(), ExecuteError> {
        self.keep_invitation(hash, person, INVITATION_MICROS).await
    }

    /// Lets nobody sign in with what somebody has chosen, and keeps the hash of a link by which they choose anew. Returns where the end of the last of
    /// their sessions stands.
    pub(crate) async fn reset(&self, hash: Key, person: PersonId) -> Result<Option<Token>, ExecuteError> {
        {
            let _changing = self.accounts.change().await;
            self.accounts.forget(person).await?;
        }
        let began_here = |session: &Session| session.way.is_of_here();
        let ended = self.sign_in.sessions.end_all(person, began_here).await?;
        self.keep_invitation(hash, person, RESET_MICROS).await?;
        Ok(ended)
    }

    async fn keep_invitation(&self, hash: Key, person: PersonId, holds: i64) -> Result<(), ExecuteError> {
        for (earlier, _) in self.records.all_of::<Invitation>(&person.to_string(), 100).await? {
            self.records.forget(earlier).await?;
        }
        let invitation = Invitation {
            person,
            ends: self.now().saturating_add(holds),
        };
        self.records.keep(hash, &invitation, None).await.map(drop)
    }

    async fn invited(&self, link: &[u8]) -> Result<(PersonId, KnownAs), LocalError> {
        let invitation: Option<Invitation> = self.records.find(key(link)).await?;
        let person = invitation.ok_or(LocalError::BadLink)?.person;
        let known = self.known_as(person).await?.ok_or(LocalError::BadLink)?;
        if !self.allows(&known.home) {
            return Err(LocalError::BadLink);
        }
        Ok((person, known))
    }

    /// Whom a link lets choose. It is not used up.
    pub(crate) async fn look_at(&self, link: &[u8]) -> Result<KnownAs, LocalError> {
        Ok(self.invited(link).await?.1)
    }

    /// What a browser is asked so that whoever has a link gets a passkey.
    pub(crate) async fn ask_invited(&self, origin: &str, link: &[u8]) -> Result<Question, LocalError> {
        let (person, known) = self.invited(link).await?;
        let owner = Owner {
            person,
            address: &known.address,
            name: &known.name,
        };
        self.passkeys.ask_for_new(origin, owner, &[])
    }

    /// Uses a link up: what was chosen is what they sign in with from now on, and nothing else. They are signed in.
    pub(crate) async fn accept(
        &self,
        browser: &Browser,
        link: &[u8],
        chosen: Chosen<'_>,
    ) -> Result<(Came, Token), LocalError> {
        let (person, known) = self.invited(link).await?;
        // Whoever could not come in keeps the link until they can.
        if self.context.engine.state::<People>(person).await?.is_disabled {
            return Err(SignInError::Disabled.into());
        }
        if self.sign_in.roles(person, &Way::Passkey).await?.is_empty() {
            return Err(SignInError::NobodyHere.into());
        }
        let mut account = Account {
            person,
            home: known.home.clone(),
            name: self.accounts.name(&known.address),
            since: self.now(),
            passkeys: Vec::new(),
            password: None,
            one_time_codes: None,
            recovery_codes: Vec::new(),
        };
        let (way, means) = match chosen {
            Chosen::Password(password) => {
                passwords::check(password, &[&known.address, &known.name])?;
                account.password = Some(self.hasher.hash(password).await?);
                (Way::Password { with_code: false }, Means::Password)
            }
            Chosen::Passkey { .. } => (Way::Passkey, Means::Passkey),
        };
        let token = {
            let _changing = self.accounts.change().await;
            self.may_be_named(person, account.name).await?;
            if let Chosen::Passkey { kept, answer, name } = chosen {
                let passkey = self.passkeys.new_one(person, kept, answer).await?;
                account.passkeys.push(own(passkey, name, self.now()));
            }
            let used: Option<Invitation> = self.records.take(key(link)).await?;
            used.ok_or(LocalError::BadLink)?;
            let token = self.note(person, &known.home, &[(means, true)]).await?;
            self.accounts.keep(&account).await?;
            token
        };
        Ok((self.arrive(&account, way, browser, None).await?, token))
    }
}

/// So many characters of a passkey's name are kept.
const LONGEST_NAME: usize = 60;

/// A new passkey of somebody's.
pub(super) fn own(passkey: webauthn_rs::prelude::Passkey, name: &str, added: i64) -> OwnPasskey {
    let seen = name
        .chars()
        .filter(|letter| !idesluss_domain::words::is_unseen(*letter));
    OwnPasskey {
        passkey,
        name: seen.take(LONGEST_NAME).collect::<String>().trim().to_owned(),
        added,
    }
}

/// Errors: one more would be too many.
pub(super) fn has_room(account: &Account) -> Result<(), LocalError> {
    match account.passkeys.len() < MOST_PASSKEYS {
        true => Ok(()),
        false => Err(LocalError::ManyPasskeys),
    }
}
