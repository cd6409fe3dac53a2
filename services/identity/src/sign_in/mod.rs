//! Signing in at a provider: where a browser is sent, who came back, and in which role their session begins.
//!
//! What has to be known between the two is kept by the browser, sealed: whoever only asks writes nothing here.

mod out;
mod roles;
mod whose;

pub(crate) use roles::OwnRole;

use crate::forms::Forms;
use crate::kept::{Kept, Records, key};
use crate::local::Accounts;
use crate::mapped::{InForce, Mapped, Said, is_good_enough};
use crate::oidc::{Known, OidcError, SignedInThere};
use crate::providers::{Provider, Providers};
use crate::sessions::{AtProvider, Begun, Sessions, Way};
use idesluss_domain::identity::People;
use idesluss_domain::words::{Actor, Label, PersonId, Role};
use idesluss_engine::{CommandContext, ExecuteError, ViewHandle};
use idesluss_proto::pb::command as pb;
use idesluss_proto::status::{Reason, refuse};
use idesluss_runtime::report_refusal;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use std::sync::Arc;
use subtle::ConstantTimeEq as _;
use tonic::Status;
use url::Url;

/// So long somebody may take to sign in at their provider: an hour, in microseconds, for whoever has to find their card first.
const PATIENCE_MICROS: i64 = 60 * 60 * 1_000_000;
/// The longest way on, in bytes.
pub(crate) const LONGEST_NEXT: usize = 1_000;
/// For what the browser's part is sealed.
const PURPOSE: &str = "sign-in";

/// Why somebody is not signed in.
#[derive(Debug, thiserror::Error)]
pub(crate) enum SignInError {
    /// What the browser has kept is none of ours, too old, or another sign-in's.
    #[error("nothing was begun that this could end")]
    NotBegun,
    #[error("there is no such provider")]
    NoSuchProvider,
    /// The provider did not let them in.
    #[error("the provider refused")]
    Refused,
    #[error("signed in by less than the organisation demands")]
    TooWeak,
    #[error("no role here")]
    NobodyHere,
    #[error("somebody who is not let in any more")]
    Disabled,
    #[error("a code that is used, too old, or none")]
    BadCode,
    #[error(transparent)]
    Provider(#[from] OidcError),
    /// The secret that was agreed with the provider can't be read.
    #[error("the secret of {0} can't be read: {1}")]
    Secret(Label, std::io::Error),
    #[error(transparent)]
    Journal(#[from] ExecuteError),
}

impl From<SignInError> for Status {
    fn from(error: SignInError) -> Self {
        let reason = match error {
            SignInError::Journal(error) => return error.into(),
            SignInError::NotBegun => Reason::SignInNotBegun,
            SignInError::NoSuchProvider => Reason::NoSuchProvider,
            SignInError::Refused => Reason::SignInRefused,
            SignInError::TooWeak => Reason::SignInTooWeak,
            SignInError::NobodyHere => Reason::NobodyHere,
            SignInError::Disabled => Reason::PersonDisabled,
            SignInError::BadCode => Reason::BadSignInCode,
            SignInError::Provider(OidcError::Away(why)) => {
                // What a provider wrote may hold anything: only whoever looks for a fault reads it.
                tracing::debug!(why, "a provider does not answer");
                Reason::ProviderAway
            }
            SignInError::Provider(OidcError::NotBelieved(why)) => {
                tracing::debug!(why, "what came from a provider is not believed");
                Reason::SignInNotBelieved
            }
            SignInError::Secret(provider, error) => {
                tracing::error!(%provider, %error, "the secret that was agreed with a provider can't be read");
                Reason::ProviderAway
            }
        };
        // What can only be an attack or a mistake in a set-up; that somebody has no role, or changes their mind, happens every day.
        if matches!(reason, Reason::SignInNotBelieved | Reason::BadSignInCode) {
            report_refusal(reason.name());
        }
        refuse(reason)
    }
}

/// What a browser keeps while whoever sits at it signs in elsewhere.
#[derive(Debug, Serialize, Deserialize)]
struct Waiting {
    provider: String,
    state: String,
    nonce: String,
    verifier: String,
    back: Url,
    next: String,
    /// The secret of the session that the browser had, which this one takes the place of; empty: none.
    replaces: Vec<u8>,
    /// Microseconds since 1970.
    ends: i64,
}

/// A sign-in that has begun: where the browser is sent, and what it keeps.
pub(crate) struct Sent {
    pub(crate) address: Url,
    pub(crate) kept: Vec<u8>,
}

/// Somebody who has signed in.
pub(crate) struct Arrived {
    pub(crate) begun: Begun,
    /// Where stands what the sign-in changed last.
    pub(crate) changed: Option<pb::Token>,
    pub(crate) person: PersonId,
    /// Where they wanted to go.
    pub(crate) next: String,
}

/// What a browser came back with.
pub(crate) struct Back {
    pub(crate) kept: Vec<u8>,
    pub(crate) state: String,
    pub(crate) code: String,
    /// Who says that it is the provider (RFC 9207); empty: nobody.
    pub(crate) issuer: String,
    /// Which browser it is, in a few words.
    pub(crate) browser: String,
    /// The provider whose own address it came back to.
    pub(crate) provider: String,
}

/// A code that was made for somebody at the machine.
#[derive(Debug, Serialize, Deserialize)]
struct Code {
    person: PersonId,
    ends: i64,
}

impl Kept for Code {
    const KIND: &'static str = "sign-in-code";

    fn owner(&self) -> String {
        self.person.to_string()
    }

    fn ends(&self) -> i64 {
        self.ends
    }
}

/// How long a code is good: a quarter of an hour, in microseconds.
const CODE_MICROS: i64 = 15 * 60 * 1_000_000;

/// Signs people in. Cheap to clone.
#[derive(Clone)]
pub(crate) struct SignIn {
    context: CommandContext,
    records: Records,
    pub(crate) sessions: Sessions,
    /// Of those who have one here.
    pub(crate) accounts: Accounts,
    pub(crate) mapped: Mapped,
    pub(crate) forms: Forms,
    people: ViewHandle,
    pub(crate) providers: Arc<Providers>,
    known: Known,
}

impl SignIn {
    pub(crate) fn new(
        context: CommandContext,
        people: ViewHandle,
        sessions: Sessions,
        mapped: Mapped,
        providers: Arc<Providers>,
    ) -> Self {
        Self {
            records: Records::new(context.engine.clone()),
            forms: Forms::new(context.clone(), sessions.clone()),
            accounts: Accounts::new(context.engine.clone()),
            context,
            sessions,
            mapped,
            people,
            providers,
            known: Known::default(),
        }
    }

    /// Whether people sign in here: then nobody is somebody because a member of the instance says so.
    pub(crate) fn people_sign_in(&self) -> bool {
        !self.providers.is_empty()
    }

    fn provider(&self, name: &str) -> Result<&Provider, SignInError> {
        let found = name.parse().ok().and_then(|name: Label| self.providers.get(&name));
        found.ok_or(SignInError::NoSuchProvider)
    }

    /// Begins a sign-in at a provider, which is to send the browser back to `back`.
    pub(crate) async fn begin(
        &self,
        provider: &str,
        back: &Url,
        next: &str,
        replaces: Vec<u8>,
    ) -> Result<Sent, SignInError> {
        let provider = self.provider(provider)?;
        let mappings = self.mapped.of_provider(provider).await?;
        let acr: BTreeSet<&String> = mappings
            .iter()
            .flat_map(|held| &held.adopted.mapping.demands.acr)
            .collect();
        let acr: Vec<String> = acr.into_iter().cloned().collect();
        let begun = self.known.begin(provider, back, &acr).await?;
        let waiting = Waiting {
            provider: provider.name.to_string(),
            state: begun.state,
            nonce: begun.nonce,
            verifier: begun.verifier,
            back: back.clone(),
            next: if next.len() <= LONGEST_NEXT {
                next.to_owned()
            } else {
                String::new()
            },
            replaces,
            ends: self.records.now().saturating_add(PATIENCE_MICROS),
        };
        let plain = serde_json::to_vec(&waiting).unwrap_or_default();
        let vault = self.context.engine.vault();
        let kept = vault
            .seal_beside(PURPOSE, PURPOSE, &plain)
            .map_err(ExecuteError::from)?;
        Ok(Sent {
            address: begun.address,
            kept,
        })
    }

    /// Ends one with what the browser came back with.
    pub(crate) async fn finish(&self, back: Back) -> Result<Arrived, SignInError> {
        let opened = self.context.engine.vault().open_beside(PURPOSE, PURPOSE, &back.kept);
        let waiting: Option<Waiting> = opened.ok().and_then(|plain| serde_json::from_slice(&plain).ok());
        let waiting = waiting.filter(|waiting| {
            waiting.ends > self.records.now() && bool::from(waiting.state.as_bytes().ct_eq(back.state.as_bytes()))
        });
        let waiting = waiting.ok_or(SignInError::NotBegun)?;
        let provider = self.provider(&waiting.provider)?;
        // Another provider that poses as this one would be given the code: each sends people back to an address of its own, and says who it is where it
        // does so at all (RFC 9207).
        let says_other = !back.issuer.is_empty() && back.issuer != provider.issuer.as_str();
        if back.provider != waiting.provider || says_other {
            return Err(OidcError::NotBelieved("another provider sent the browser back".to_owned()).into());
        }
        if back.issuer.is_empty() && self.known.says_its_issuer(provider).await? {
            return Err(OidcError::NotBelieved("it says who it is, and nobody said it".to_owned()).into());
        }
        if back.code.is_empty() {
            return Err(SignInError::Refused);
        }
        let secret = std::fs::read_to_string(&provider.client_secret_file)
            .map_err(|error| SignInError::Secret(provider.name.clone(), error))?;
        let own = (&*waiting.nonce, &*waiting.verifier);
        let finished = self
            .known
            .finish(provider, secret.trim(), &waiting.back, &back.code, own);
        let there = finished.await?;
        self.arrive(provider, there, waiting, back.browser).await
    }

    /// Who it is that a provider has let in, and their session.
    async fn arrive(
        &self,
        provider: &Provider,
        there: SignedInThere,
        waiting: Waiting,
        browser: String,
    ) -> Result<Arrived, SignInError> {
        let at = AtProvider {
            provider: provider.name.to_string(),
            key: provider.key(),
            account: self.account(provider, &there.subject),
            session: there.session.clone(),
            acr: there.acr.clone(),
            amr: there.amr.clone(),
            token: there.token.clone(),
        }
        .short();
        let mappings = self.mapped.of_provider(provider).await?;
        let (good, weak): (Vec<&InForce>, Vec<&InForce>) = mappings
            .iter()
            .partition(|held| is_good_enough(Some(&at), &held.adopted.mapping));
        let claims = there.claims();
        let gives_any = |held: &&&InForce| {
            let nothing = BTreeSet::new();
            let mapping = &held.adopted.mapping;
            let values = claims.get(&mapping.claim).unwrap_or(&nothing);
            !mapping.roles(values).is_empty()
        };
        let (person, mut changed) = match self.whose(provider, &there).await? {
            Some(known) => known,
            None => {
                // Somebody of whom nothing was known: whose they are, the first organisation says that gives them a role.
                let home = good
                    .iter()
                    .find(gives_any)
                    .map(|held| held.adopted.organisation.clone());
                match home {
                    Some(home) => self.register(&home, provider, &there).await?,
                    None if weak.iter().any(|held| gives_any(&held)) => return Err(SignInError::TooWeak),
                    None => return Err(SignInError::NobodyHere),
                }
            }
        };
        if self.context.engine.state::<People>(person).await?.is_disabled {
            return Err(SignInError::Disabled);
        }
        for held in good {
            let organisation = &held.adopted.organisation;
            let said: Said = self
                .mapped
                .note((person, organisation), provider, claims.clone())
                .await?;
            changed = self.mapped.settle(person, organisation, Some(&said)).await?.or(changed);
        }
        let way = Way::Provider(at);
        let arrived = self.begin_session(person, way, browser, &waiting.replaces).await;
        let begun = match arrived {
            // The one thing that stands in the way is how they have signed in.
            Err(SignInError::NobodyHere) if !weak.is_empty() => return Err(SignInError::TooWeak),
            begun => begun?,
        };
        Ok(Arrived {
            begun,
            changed,
            person,
            next: waiting.next,
        })
    }

    /// Begins a session of somebody who has shown who they are, in the role that is theirs before others.
    pub(crate) async fn begin_session(
        &self,
        person: PersonId,
        way: Way,
        browser: String,
        replaces: &[u8],
    ) -> Result<Begun, SignInError> {
        if self.context.engine.state::<People>(person).await?.is_disabled {
            return Err(SignInError::Disabled);
        }
        let roles = self.roles(person, &way).await?;
        // Whoever has sent a form too late goes on as whom they sent it.
        let sent_as = self.forms.sent_as(person).await?;
        let is_same = |own: &OwnRole| {
            sent_as
                .as_ref()
                .is_some_and(|actor| actor.organisation == own.organisation && actor.role == own.role)
        };
        let first = roles.into_iter().min_by_key(|own| {
            (
                !is_same(own),
                own.role == Role::Submitter,
                own.role,
                own.organisation.clone(),
            )
        });
        let first = first.ok_or(SignInError::NobodyHere)?;
        let actor = Actor {
            person,
            organisation: first.organisation,
            role: first.role,
        };
        let before = Some(replaces).filter(|secret| !secret.is_empty());
        Ok(self.sessions.begin(actor, (way, browser), before).await?)
    }

    /// Keeps the hash of a code that lets somebody in once.
    pub(crate) async fn keep_code(&self, hash: [u8; 32], person: PersonId) -> Result<(), ExecuteError> {
        let code = Code {
            person,
            ends: self.records.now().saturating_add(CODE_MICROS),
        };
        self.records.keep(hash, &code, None).await.map(drop)
    }

    /// Signs somebody in by a code that was made for them: once.
    pub(crate) async fn use_code(&self, code: &[u8], browser: String, replaces: &[u8]) -> Result<Arrived, SignInError> {
        let used: Option<Code> = self.records.take(key(code)).await?;
        let person = used.ok_or(SignInError::BadCode)?.person;
        let begun = self.begin_session(person, Way::Code, browser, replaces).await?;
        Ok(Arrived {
            begun,
            changed: None,
            person,
            next: String::new(),
        })
    }
}
