//! How an account begins, and begins anew: by a link that is good once, in which stand 32 random bytes of which the hash is kept.

use super::account::{Account, Generation, MOST_PASSKEYS, OwnPasskey};
use super::passkeys::{Owner, Question};
use super::{Browser, Came, KnownAs, Local, LocalError};
use crate::kept::{Kept, Key, key};
use crate::sessions::Way;
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
/// So long it is known of a link that it was made, which is not done twice: a year, in microseconds.
const KNOWN_MICROS: i64 = 365 * 24 * HOUR;

/// Who may choose what they sign in with.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct Invitation {
    person: PersonId,
    /// Until when. Microseconds since 1970.
    good_until: i64,
    /// It was used, or a later one was made.
    is_over: bool,
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
        let _changing = self.accounts.change(person).await;
        match self.was_made(hash).await? {
            true => Ok(()),
            false => self.keep_invitation(hash, person, INVITATION_MICROS).await,
        }
    }

    /// Lets nobody sign in with what somebody has chosen, and keeps the hash of a link by which they choose anew. Returns where the end of the last of
    /// their sessions stands.
    pub(crate) async fn reset(&self, hash: Key, person: PersonId) -> Result<Option<Token>, ExecuteError> {
        {
            let _changing = self.accounts.change(person).await;
            // Whoever says so again takes nothing away from whoever has chosen since.
            if self.was_made(hash).await? {
                return Ok(None);
            }
            self.accounts.forget(person).await?;
            self.keep_invitation(hash, person, RESET_MICROS).await?;
        }
        // None of them goes on without the account; here it is noted.
        self.sign_in
            .sessions
            .end_all(person, |session| session.way.is_local())
            .await
    }

    async fn was_made(&self, hash: Key) -> Result<bool, ExecuteError> {
        Ok(self.records.find::<Invitation>(hash).await?.is_some())
    }

    /// Keeps a new one. Whoever calls lets nobody change the account meanwhile.
    async fn keep_invitation(&self, hash: Key, person: PersonId, holds: i64) -> Result<(), ExecuteError> {
        for (earlier, invitation) in self.records.all_of::<Invitation>(&person.to_string(), 100).await? {
            if !invitation.is_over {
                self.end_invitation(earlier, invitation).await?;
            }
        }
        let invitation = Invitation {
            person,
            good_until: self.now().saturating_add(holds),
            is_over: false,
            ends: self.now().saturating_add(KNOWN_MICROS),
        };
        self.records.keep(hash, &invitation, None).await.map(drop)
    }

    async fn end_invitation(&self, hash: Key, invitation: Invitation) -> Result<(), ExecuteError> {
        let over = Invitation {
            is_over: true,
            ..invitation
        };
        self.records.keep(hash, &over, None).await.map(drop)
    }

    /// The link, if it is good: it was not used, and whose it is has no account yet.
    async fn good_link(&self, link: &[u8]) -> Result<Invitation, LocalError> {
        let invitation: Option<Invitation> = self.records.find(key(link)).await?;
        let good = invitation.filter(|invitation| !invitation.is_over && invitation.good_until > self.now());
        let good = good.ok_or(LocalError::BadLink)?;
        match self.accounts.of(good.person).await? {
            Some(_) => Err(LocalError::BadLink),
            None => Ok(good),
        }
    }

    async fn invited(&self, link: &[u8]) -> Result<(PersonId, KnownAs), LocalError> {
        let person = self.good_link(link).await?.person;
        let known = self.known_as(person).await?.ok_or(LocalError::BadLink)?;
        if !self.allows(&known.home) {
            return Err(LocalError::BadLink);
        }
        Ok((person, known))
    }

    /// Whom a link lets choose. It is not used up.
    pub(crate) async fn look_at(&self, link: &[u8]) -> Result<KnownAs, LocalError> {
        let (person, known) = self.invited(link).await?;
        self.could_come_in(person).await?;
        Ok(known)
    }

    /// Errors: whoever a link is for could not come in, and keeps it until they can.
    async fn could_come_in(&self, person: PersonId) -> Result<(), LocalError> {
        if self.context.engine.state::<People>(person).await?.is_disabled {
            return Err(SignInError::Disabled.into());
        }
        let roles = self.sign_in.roles_of(person, &Way::Local(Generation::new())).await?;
        match roles.is_empty() {
            true => Err(LocalError::NoRoleYet),
            false => Ok(()),
        }
    }

    /// Lets the address of whoever is to be invited lead to them. Errors: somebody else signs in by it.
    pub(crate) async fn reserve_name(&self, person: PersonId) -> Result<(), LocalError> {
        match self.known_as(person).await? {
            Some(known) => self.take_name(person, self.accounts.name(&known.address)).await,
            None => Ok(()),
        }
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
        self.could_come_in(person).await?;
        let mut account = Account {
            person,
            home: known.home.clone(),
            name: self.accounts.name(&known.address),
            since: self.now(),
            generation: Generation::new(),
            passkeys: Vec::new(),
            password: None,
            one_time_codes: None,
            recovery_codes: Vec::new(),
            recovery_codes_made: 0,
        };
        let means = match chosen {
            Chosen::Password(password) => {
                account.password = Some(self.chosen(password, &known).await?);
                Means::Password
            }
            Chosen::Passkey { .. } => Means::Passkey,
        };
        let token = {
            let _changing = self.accounts.change(person).await;
            let invitation = self.good_link(link).await?;
            self.take_name(person, account.name).await?;
            if let Chosen::Passkey { kept, answer, name } = chosen {
                let passkey = self.passkeys.new_one(person, kept, answer).await?;
                account.passkeys.push(own(passkey, name, self.now()));
            }
            let token = self.note(person, &known.home, &[(means, true)]).await?;
            // From here on the link is good for nothing, also where this is the last that is done.
            self.accounts.keep(&account).await?;
            self.end_invitation(key(link), invitation).await?;
            token
        };
        Ok((self.arrive(&account, browser, None).await?, token))
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
