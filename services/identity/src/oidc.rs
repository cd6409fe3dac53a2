//! OpenID Connect as it is spoken with a provider: where somebody is sent to sign in, and what is believed of what they come back with.
//!
//! What a provider says of itself and its keys is read when it is first needed, kept for a while, and read anew when a token is signed by a key that
//! is not known. The token is checked here and nowhere else: issuer, audience, times, nonce, and by which of the allowed algorithms it is signed.

use crate::asks::Asks;
use crate::providers::{Algorithm, Provider};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64;
use openidconnect::core::{
    CoreAuthDisplay, CoreAuthPrompt, CoreClaimName, CoreClaimType, CoreClientAuthMethod, CoreErrorResponseType,
    CoreGenderClaim, CoreGrantType, CoreJsonWebKey, CoreJweContentEncryptionAlgorithm, CoreJweKeyManagementAlgorithm,
    CoreJwsSigningAlgorithm, CoreResponseMode, CoreResponseType, CoreRevocableToken, CoreRevocationErrorResponse,
    CoreSubjectIdentifierType, CoreTokenIntrospectionResponse, CoreTokenType,
};
use openidconnect::{
    AdditionalClaims, AdditionalProviderMetadata, AuthenticationFlow, AuthorizationCode, Client, ClientId,
    ClientSecret, CsrfToken, EmptyExtraTokenFields, EndSessionUrl, EndpointNotSet, IdToken, IdTokenFields,
    LogoutRequest, Nonce, PkceCodeChallenge, PkceCodeVerifier, PostLogoutRedirectUrl, ProviderMetadata, RedirectUrl,
    Scope, StandardErrorResponse, StandardTokenResponse, TokenResponse as _,
};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};
use url::Url;

/// How long what a provider says of itself is kept.
const KEPT: Duration = Duration::from_secs(60 * 60);
/// How often in a minute a provider's keys are read anew because a token is signed by another one.
const MOST_ANEW: u32 = 5;
const MINUTE: Duration = Duration::from_secs(60);
/// How long a provider that did not answer is not asked again.
const AGAIN: Duration = Duration::from_secs(5);
/// Everything that a token says beside what is always there.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Claims(Map<String, Value>);

impl AdditionalClaims for Claims {}

type Fields = IdTokenFields<
    Claims,
    EmptyExtraTokenFields,
    CoreGenderClaim,
    CoreJweContentEncryptionAlgorithm,
    CoreJwsSigningAlgorithm,
>;

/// What a provider says of itself beside what is always there.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Extras {
    /// Where a browser signs out (RP-Initiated Logout 1.0).
    #[serde(skip_serializing_if = "Option::is_none", default)]
    end_session_endpoint: Option<EndSessionUrl>,
    /// It says who it is when it sends a browser back (RFC 9207).
    #[serde(default)]
    authorization_response_iss_parameter_supported: bool,
}

impl AdditionalProviderMetadata for Extras {}

type Metadata = ProviderMetadata<
    Extras,
    CoreAuthDisplay,
    CoreClientAuthMethod,
    CoreClaimName,
    CoreClaimType,
    CoreGrantType,
    CoreJweContentEncryptionAlgorithm,
    CoreJweKeyManagementAlgorithm,
    CoreJsonWebKey,
    CoreResponseMode,
    CoreResponseType,
    CoreSubjectIdentifierType,
>;

type Token = IdToken<Claims, CoreGenderClaim, CoreJweContentEncryptionAlgorithm, CoreJwsSigningAlgorithm>;

type Oidc<
    A = EndpointNotSet,
    D = EndpointNotSet,
    I = EndpointNotSet,
    R = EndpointNotSet,
    T = EndpointNotSet,
    U = EndpointNotSet,
> = Client<
    Claims,
    CoreAuthDisplay,
    CoreGenderClaim,
    CoreJweContentEncryptionAlgorithm,
    CoreJsonWebKey,
    CoreAuthPrompt,
    StandardErrorResponse<CoreErrorResponseType>,
    StandardTokenResponse<Fields, CoreTokenType>,
    CoreTokenIntrospectionResponse,
    CoreRevocableToken,
    CoreRevocationErrorResponse,
    A,
    D,
    I,
    R,
    T,
    U,
>;

/// Why somebody can't be sent to a provider, or is not believed.
#[derive(Debug, thiserror::Error)]
pub(crate) enum OidcError {
    /// The provider does not answer, or not as one does: whoever signs in tries again later.
    #[error("the provider can't be asked: {0}")]
    Away(String),
    /// What somebody came back with is not what the provider gave for this sign-in.
    #[error("the provider's answer is not believed: {0}")]
    NotBelieved(String),
}

/// A sign-in that has been begun at a provider: what must be known to finish it, and by nobody else.
#[derive(Debug, Clone)]
pub(crate) struct Begun {
    /// Where the browser is sent.
    pub(crate) address: Url,
    /// What it comes back with.
    pub(crate) state: String,
    /// What the token must hold.
    pub(crate) nonce: String,
    /// What shows that whoever exchanges the code has begun this sign-in.
    pub(crate) verifier: String,
}

/// Who came back from a provider, as its token says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct SignedInThere {
    /// Whose account it is there: never changes, and is nobody else's at this issuer.
    pub(crate) subject: String,
    /// What the provider calls the person; empty: it does not say.
    pub(crate) name: String,
    /// The address that the provider vouches for; empty: for none.
    pub(crate) address: String,
    /// How the person signed in there.
    pub(crate) acr: Option<String>,
    /// By which means.
    pub(crate) amr: BTreeSet<String>,
    /// The session there, which a logout names.
    pub(crate) session: Option<String>,
    /// All else.
    claims: Map<String, Value>,
    /// The token itself: the provider wants it back when somebody logs out there.
    pub(crate) token: String,
}

impl SignedInThere {
    /// What else it says, each claim with its values: one, or a list of them. Claims that are no words are left out.
    pub(crate) fn claims(&self) -> BTreeMap<String, BTreeSet<String>> {
        let text = |value: &Value| value.as_str().map(str::to_owned);
        let values = |value: &Value| match value {
            Value::Array(all) => all.iter().filter_map(text).collect(),
            one => text(one).into_iter().collect(),
        };
        let all = self
            .claims
            .iter()
            .filter(|(claim, _)| !OF_THE_TOKEN.contains(&claim.as_str()));
        let all = all.map(|(claim, value)| (claim.clone(), values(value)));
        all.filter(|(_, values): &(_, BTreeSet<String>)| !values.is_empty())
            .collect()
    }
}

/// Claims that are about the token, or the session there, and not about whose it is.
const OF_THE_TOKEN: [&str; 8] = ["iss", "aud", "azp", "jti", "sid", "at_hash", "c_hash", "s_hash"];

/// Somebody who was signed out at a provider.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct SignedOutThere {
    /// Whose account it is there.
    pub(crate) subject: String,
    /// The session there; None: all of theirs.
    pub(crate) session: Option<String>,
}

/// What a logout token says happened (OpenID Connect Back-Channel Logout 1.0, 2.4).
const LOGOUT: &str = "http://schemas.openid.net/event/backchannel-logout";

/// A provider as it described itself last, or that it did not.
#[derive(Debug, Default)]
struct Described {
    last: Option<(Instant, Metadata)>,
    /// When it was asked and did not answer.
    failed: Option<Instant>,
    /// Since when its keys were read anew, and how often.
    anew: Option<(Instant, u32)>,
}

impl Described {
    /// Whether its keys may be read anew once more: however often somebody comes with a key that nobody knows.
    fn may_be_read_anew(&mut self) -> bool {
        let (since, times) = self
            .anew
            .filter(|(since, _)| since.elapsed() < MINUTE)
            .unwrap_or((Instant::now(), 0));
        self.anew = Some((since, times + 1));
        times < MOST_ANEW
    }
}

/// The providers as they describe themselves. Cheap to clone.
#[derive(Clone, Default)]
pub(crate) struct Known {
    all: Arc<Mutex<BTreeMap<String, Arc<tokio::sync::Mutex<Described>>>>>,
    asks: Asks,
}

impl Known {
    /// What a provider says of itself and its keys. It is asked by one at a time, and not again at once after it has not answered. `anew`: its keys may be
    /// others by now, which is asked once in a while however often somebody comes with another key.
    async fn metadata(&self, provider: &Provider, anew: bool) -> Result<Metadata, OidcError> {
        let place = {
            let mut all = self.all.lock().unwrap_or_else(PoisonError::into_inner);
            all.entry(provider.name.to_string()).or_default().clone()
        };
        let mut described = place.lock().await;
        let is_due = anew && described.may_be_read_anew();
        if let Some((read, metadata)) = &described.last
            && !is_due
            && read.elapsed() < KEPT
        {
            return Ok(metadata.clone());
        }
        if described.failed.is_some_and(|failed| failed.elapsed() < AGAIN) {
            return Err(OidcError::Away("it did not answer a moment ago".to_owned()));
        }
        let found = Metadata::discover_async(provider.issuer.clone(), &self.asks.of(provider)).await;
        match found {
            Ok(metadata) => {
                described.last = Some((Instant::now(), metadata.clone()));
                described.failed = None;
                Ok(metadata)
            }
            Err(error) => {
                described.failed = Some(Instant::now());
                Err(OidcError::Away(chain(&error)))
            }
        }
    }

    /// Whether a provider says who it is when it sends a browser back: then whoever does not say it is not the provider.
    pub(crate) async fn says_its_issuer(&self, provider: &Provider) -> Result<bool, OidcError> {
        let metadata = self.metadata(provider, false).await?;
        Ok(metadata
            .additional_metadata()
            .authorization_response_iss_parameter_supported)
    }

    /// Begins a sign-in at a provider, which sends the browser back to `back`.
    pub(crate) async fn begin(&self, provider: &Provider, back: &Url, acr: &[String]) -> Result<Begun, OidcError> {
        let metadata = self.metadata(provider, false).await?;
        let client = Oidc::from_provider_metadata(metadata, ClientId::new(provider.client_id.clone()), None)
            .set_redirect_uri(RedirectUrl::from_url(back.clone()));
        let (challenge, verifier) = PkceCodeChallenge::new_random_sha256();
        let mut asked = client
            .authorize_url(
                AuthenticationFlow::<CoreResponseType>::AuthorizationCode,
                CsrfToken::new_random,
                Nonce::new_random,
            )
            .set_pkce_challenge(challenge);
        for scope in &provider.scopes {
            asked = asked.add_scope(Scope::new(scope.clone()));
        }
        for acr in acr {
            asked = asked.add_auth_context_value(openidconnect::AuthenticationContextClass::new(acr.clone()));
        }
        let (address, state, nonce) = asked.url();
        Ok(Begun {
            address,
            state: state.secret().clone(),
            nonce: nonce.secret().clone(),
            verifier: verifier.secret().clone(),
        })
    }

    /// Exchanges the code that somebody came back with, and checks the token that is given for it.
    ///
    /// A token by a key that is not known is looked at again with the keys that the provider has now: it may have changed them.
    pub(crate) async fn finish(
        &self,
        provider: &Provider,
        secret: &str,
        back: &Url,
        code: &str,
        (nonce, verifier): (&str, &str),
    ) -> Result<SignedInThere, OidcError> {
        let metadata = self.metadata(provider, false).await?;
        let not = |error: &dyn std::error::Error| OidcError::NotBelieved(chain(error));
        let secret = ClientSecret::new(secret.to_owned());
        let client = |metadata| {
            Oidc::from_provider_metadata(
                metadata,
                ClientId::new(provider.client_id.clone()),
                Some(secret.clone()),
            )
            .set_redirect_uri(RedirectUrl::from_url(back.clone()))
        };
        let own = client(metadata);
        let answer = own
            .exchange_code(AuthorizationCode::new(code.to_owned()))
            .map_err(|error| not(&error))?
            .set_pkce_verifier(PkceCodeVerifier::new(verifier.to_owned()))
            .request_async(&self.asks.of(provider))
            .await;
        let answer = answer.map_err(|error| match error {
            openidconnect::RequestTokenError::Request(error) => OidcError::Away(chain(&error)),
            other => not(&other),
        })?;
        let token = answer
            .id_token()
            .ok_or_else(|| OidcError::NotBelieved("it gives no token of who signed in".to_owned()))?;
        let nonce = Nonce::new(nonce.to_owned());
        let claims = match token.claims(&own.id_token_verifier().set_allowed_algs(allowed(provider)), &nonce) {
            Ok(claims) => claims.clone(),
            Err(_) => {
                let anew = client(self.metadata(provider, true).await?);
                let verifier = anew.id_token_verifier().set_allowed_algs(allowed(provider));
                token.claims(&verifier, &nonce).map_err(|error| not(&error))?.clone()
            }
        };
        let vouched = claims.email_verified().unwrap_or(false);
        let address = claims.email().filter(|_| vouched).map(|address| address.to_string());
        let extra = claims.additional_claims().0.clone();
        Ok(SignedInThere {
            subject: claims.subject().to_string(),
            name: (claims.name().and_then(|name| name.get(None))).map_or_else(String::new, |name| name.to_string()),
            address: address.unwrap_or_default(),
            acr: claims.auth_context_ref().map(|acr| acr.to_string()),
            amr: claims
                .auth_method_refs()
                .into_iter()
                .flatten()
                .map(|amr| amr.to_string())
                .collect(),
            session: extra.get("sid").and_then(Value::as_str).map(str::to_owned),
            claims: extra,
            token: token.to_string(),
        })
    }
}

impl Known {
    /// Where a browser is sent so that it is signed out at the provider too, which sends it on to `back`. None: the provider offers no such thing.
    pub(crate) async fn leave_address(
        &self,
        provider: &Provider,
        token: &str,
        back: Option<Url>,
    ) -> Result<Option<Url>, OidcError> {
        let metadata = self.metadata(provider, false).await?;
        let Some(place) = metadata.additional_metadata().end_session_endpoint.clone() else {
            return Ok(None);
        };
        let mut asked = LogoutRequest::from(place).set_client_id(ClientId::new(provider.client_id.clone()));
        if let Ok(token) = token.parse::<Token>() {
            asked = asked.set_id_token_hint(&token);
        }
        if let Some(back) = back {
            asked = asked.set_post_logout_redirect_uri(PostLogoutRedirectUrl::from_url(back));
        }
        Ok(Some(asked.http_get_url()))
    }

    /// Who was signed out at a provider, as a token of its says. Errors: it is not the provider's, for somebody else, too old, or says something else.
    pub(crate) async fn signed_out(&self, provider: &Provider, token: &str) -> Result<SignedOutThere, OidcError> {
        let token: Token = token
            .parse()
            .map_err(|_| OidcError::NotBelieved("it is no token".to_owned()))?;
        // It answers no question of ours, and must not look as if it did: an identity token has a nonce.
        let none = |nonce: Option<&Nonce>| match nonce {
            None => Ok(()),
            Some(_) => Err("it has a nonce".to_owned()),
        };
        let check = |metadata: Metadata| {
            let client = Oidc::from_provider_metadata(metadata, ClientId::new(provider.client_id.clone()), None);
            let verifier = client.id_token_verifier().set_allowed_algs(allowed(provider));
            // Typed as what it is, or not at all.
            let verifier = verifier.allow_all_jose_types();
            token
                .claims(&verifier, none)
                .cloned()
                .map_err(|error| OidcError::NotBelieved(chain(&error)))
        };
        let claims = match check(self.metadata(provider, false).await?) {
            Ok(claims) => claims,
            Err(_) => check(self.metadata(provider, true).await?)?,
        };
        let extra = &claims.additional_claims().0;
        let says_so = extra.get("events").and_then(|events| events.get(LOGOUT));
        if !says_so.is_some_and(Value::is_object) {
            return Err(OidcError::NotBelieved("it says nothing of a logout".to_owned()));
        }
        Ok(SignedOutThere {
            subject: claims.subject().to_string(),
            session: extra.get("sid").and_then(Value::as_str).map(str::to_owned),
        })
    }
}

/// Whom a token says that it comes from, which nothing has checked: only to know with whose keys to check it.
pub(crate) fn said_issuer(token: &str) -> Option<String> {
    let payload = BASE64.decode(token.split('.').nth(1)?.trim_end_matches('=')).ok()?;
    let payload: Value = serde_json::from_slice(&payload).ok()?;
    payload.get("iss").and_then(Value::as_str).map(str::to_owned)
}

/// An error with all that led to it: of a provider's set-up, the last says what to mend.
fn chain(error: &dyn std::error::Error) -> String {
    let mut said = error.to_string();
    let mut next = error.source();
    while let Some(cause) = next {
        said = format!("{said}: {cause}");
        next = cause.source();
    }
    said
}

/// By which algorithms a provider's tokens may be signed.
fn allowed(provider: &Provider) -> Vec<CoreJwsSigningAlgorithm> {
    provider
        .algorithms
        .iter()
        .map(|algorithm| CoreJwsSigningAlgorithm::from(*algorithm))
        .collect()
}

impl From<Algorithm> for CoreJwsSigningAlgorithm {
    fn from(algorithm: Algorithm) -> Self {
        match algorithm {
            Algorithm::RS256 => Self::RsaSsaPkcs1V15Sha256,
            Algorithm::PS256 => Self::RsaSsaPssSha256,
            Algorithm::ES256 => Self::EcdsaP256Sha256,
            Algorithm::EdDSA => Self::EdDsa,
        }
    }
}

#[cfg(test)]
#[path = "oidc_tests.rs"]
mod tests;
