//! Passkeys: what a browser is asked, and whether what it says is believed.
//!
//! What has to be known between the two is kept by the browser, sealed. A passkey is found by the browser, not by a name that somebody writes, and whoever
//! uses it has shown to it who they are.

use super::LocalError;
use super::account::{Account, Accounts, OwnPasskey};
use crate::kept::{Kept, Records, key};
use idesluss_domain::words::PersonId;
use idesluss_engine::{Engine, ExecuteError};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use url::Url;
use uuid::Uuid;
use webauthn_rs::prelude::{
    CreationChallengeResponse, DiscoverableAuthentication, Passkey, PasskeyRegistration, PublicKeyCredential,
    RegisterPublicKeyCredential, WebauthnError,
};
use webauthn_rs::{Webauthn, WebauthnBuilder};
use webauthn_rs_proto::ResidentKeyRequirement;

/// For so long what a browser says is waited for: an hour, in microseconds, as the page of a visitor may lie open.
const PATIENCE_MICROS: i64 = 60 * 60 * 1_000_000;
/// For what the browser's part is sealed.
const PURPOSE: &str = "passkey";
/// Who asks, as browsers and key rings show it.
const NAME: &str = "Idésluss";

/// What a browser keeps meanwhile.
#[derive(Debug, Serialize, Deserialize)]
struct Waiting<S> {
    /// Which ceremony it is: each ends once.
    id: Uuid,
    origin: Url,
    /// Whose passkey it will be; None: whoever it is says the passkey.
    person: Option<PersonId>,
    state: S,
    /// Microseconds since 1970.
    ends: i64,
}

/// A ceremony that has ended, until it could not begin any more.
#[derive(Debug, Serialize, Deserialize)]
struct Ended {
    ends: i64,
}

impl Kept for Ended {
    const KIND: &'static str = "passkey-ceremony";

    fn owner(&self) -> String {
        String::new()
    }

    fn ends(&self) -> i64 {
        self.ends
    }
}

/// What a browser is asked, and what it keeps meanwhile.
pub(crate) struct Question {
    /// As JSON.
    pub(crate) options: String,
    pub(crate) kept: Vec<u8>,
}

/// Whose a new passkey is to be.
pub(crate) struct Owner<'a> {
    pub(crate) person: PersonId,
    pub(crate) address: &'a str,
    pub(crate) name: &'a str,
}

/// Asks for passkeys. Cheap to clone.
#[derive(Clone)]
pub(crate) struct Passkeys {
    engine: Engine,
    records: Records,
}

fn not_believed(error: WebauthnError) -> LocalError {
    // Its words name no person and no key.
    tracing::debug!(%error, "what a passkey says is not believed");
    LocalError::PasskeyNotBelieved
}

fn asker(origin: &Url) -> Result<Webauthn, LocalError> {
    let domain = origin.domain().ok_or(LocalError::NoPasskeysHere)?;
    let builder = WebauthnBuilder::new(domain, origin).map_err(|_| LocalError::NoPasskeysHere)?;
    builder.rp_name(NAME).build().map_err(|_| LocalError::NoPasskeysHere)
}

/// The same, to be kept by whatever keeps it, so that it is found without a name.
fn discoverable(mut options: CreationChallengeResponse) -> CreationChallengeResponse {
    if let Some(which) = &mut options.public_key.authenticator_selection {
        which.resident_key = Some(ResidentKeyRequirement::Required);
        which.require_resident_key = true;
    }
    options
}

impl Passkeys {
    pub(crate) fn new(engine: Engine) -> Self {
        Self {
            records: Records::new(engine.clone()),
            engine,
        }
    }

    fn seal<S: Serialize>(&self, origin: Url, person: Option<PersonId>, state: S) -> Result<Vec<u8>, LocalError> {
        let waiting = Waiting {
            id: Uuid::new_v4(),
            origin,
            person,
            state,
            ends: self.records.now().saturating_add(PATIENCE_MICROS),
        };
        let plain = serde_json::to_vec(&waiting).map_err(|_| LocalError::NoPasskeysHere)?;
        let sealed = self.engine.vault().seal_beside(PURPOSE, PURPOSE, &plain);
        Ok(sealed.map_err(ExecuteError::from)?)
    }

    fn open<S: DeserializeOwned>(&self, kept: &[u8]) -> Result<Waiting<S>, LocalError> {
        let opened = self.engine.vault().open_beside(PURPOSE, PURPOSE, kept);
        let waiting: Option<Waiting<S>> = opened.ok().and_then(|plain| serde_json::from_slice(&plain).ok());
        let waiting = waiting.filter(|waiting| waiting.ends > self.records.now());
        waiting.ok_or(LocalError::NotBegun)
    }

    /// Ends a ceremony, which it does once. Whoever calls lets nobody else do so meanwhile.
    async fn end<S>(&self, waiting: &Waiting<S>) -> Result<(), LocalError> {
        let place = key(waiting.id.as_bytes());
        if self.records.find::<Ended>(place).await?.is_some() {
            return Err(LocalError::NotBegun);
        }
        self.records.keep(place, &Ended { ends: waiting.ends }, None).await?;
        Ok(())
    }

    /// Asks for one of whoever signs in.
    pub(crate) fn ask(&self, origin: &str) -> Result<Question, LocalError> {
        let origin: Url = origin.parse().map_err(|_| LocalError::NoPasskeysHere)?;
        let (mut options, state) = asker(&origin)?
            .start_discoverable_authentication()
            .map_err(not_believed)?;
        // By a button, not while somebody writes into a field.
        options.mediation = None;
        Ok(Question {
            options: serde_json::to_string(&options).map_err(|_| LocalError::NoPasskeysHere)?,
            kept: self.seal(origin, None, state)?,
        })
    }

    /// Whose the passkey is that has answered. It is noted that it was used.
    pub(crate) async fn answered(&self, accounts: &Accounts, kept: &[u8], answer: &str) -> Result<Account, LocalError> {
        let waiting: Waiting<DiscoverableAuthentication> = self.open(kept)?;
        let answer: PublicKeyCredential = serde_json::from_str(answer).map_err(|_| LocalError::PasskeyNotBelieved)?;
        let asker = asker(&waiting.origin)?;
        let (person, credential) = asker
            .identify_discoverable_authentication(&answer)
            .map_err(not_believed)?;
        let _changing = accounts.change(PersonId(person)).await;
        let account = accounts.of(PersonId(person)).await?;
        let mut account = account.ok_or(LocalError::PasskeyNotBelieved)?;
        let own = account
            .passkeys
            .iter_mut()
            .find(|own| own.passkey.cred_id().as_slice() == credential)
            .ok_or(LocalError::PasskeyNotBelieved)?;
        let result = asker
            .finish_discoverable_authentication_v2(&answer, waiting.state.clone(), &own.passkey)
            .map_err(not_believed)?;
        self.end(&waiting).await?;
        if own.passkey.update_credential(&result) == Some(true) {
            accounts.keep(&account).await?;
        }
        Ok(account)
    }

    /// Asks for a new one.
    pub(crate) fn ask_for_new(
        &self,
        origin: &str,
        owner: Owner<'_>,
        there: &[OwnPasskey],
    ) -> Result<Question, LocalError> {
        let origin: Url = origin.parse().map_err(|_| LocalError::NoPasskeysHere)?;
        let there = there.iter().map(|own| own.passkey.cred_id().clone()).collect();
        let (options, state) = asker(&origin)?
            .start_passkey_registration(owner.person.0, owner.address, owner.name, Some(there))
            .map_err(not_believed)?;
        Ok(Question {
            options: serde_json::to_string(&discoverable(options)).map_err(|_| LocalError::NoPasskeysHere)?,
            kept: self.seal(origin, Some(owner.person), state)?,
        })
    }

    /// The new one of a person. Whoever calls lets nobody change their account meanwhile.
    pub(crate) async fn new_one(&self, person: PersonId, kept: &[u8], answer: &str) -> Result<Passkey, LocalError> {
        let waiting: Waiting<PasskeyRegistration> = self.open(kept)?;
        if waiting.person != Some(person) {
            return Err(LocalError::NotBegun);
        }
        let answer: RegisterPublicKeyCredential =
            serde_json::from_str(answer).map_err(|_| LocalError::PasskeyNotBelieved)?;
        let passkey = asker(&waiting.origin)?
            .finish_passkey_registration(&answer, &waiting.state)
            .map_err(not_believed)?;
        self.end(&waiting).await?;
        Ok(passkey)
    }
}
