//! How a program shows who it is by signing (RFC 7523, `private_key_jwt`): keys as they are taken in, and what is believed of an assertion.
//!
//! The key says by which algorithm it signs, never the assertion: none, and no other one with the same key.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64;
use idesluss_domain::words::ProgramId;
use openidconnect::JsonWebKey as _;
use openidconnect::core::{CoreJsonWebKey, CoreJwsSigningAlgorithm};
use serde::{Deserialize, Serialize};

/// The longest assertion, in bytes.
const LONGEST: usize = 8_192;
/// The longest id of one.
const LONGEST_ID: usize = 200;
/// How long one holds at most, and how far two clocks may be apart, in seconds.
const LONGEST_SECONDS: i64 = 300;
const SKEW_SECONDS: i64 = 30;
/// What members only a private key has, or a secret one.
const OF_PRIVATE_KEYS: [&str; 8] = ["d", "p", "q", "dp", "dq", "qi", "oth", "k"];

/// A program's public key, with nothing in it but the key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct ClientKey {
    kty: String,
    crv: String,
    x: String,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    y: Option<String>,
}

/// Why a key is not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct NoPublicKey;

impl ClientKey {
    /// Reads a JWK. Errors: it is none for ES256 or EdDSA, or it holds more than the public half.
    pub(crate) fn read(jwk: &str) -> Result<Self, NoPublicKey> {
        let value: serde_json::Value = serde_json::from_str(jwk).map_err(|_| NoPublicKey)?;
        let members = value.as_object().ok_or(NoPublicKey)?;
        if OF_PRIVATE_KEYS.iter().any(|member| members.contains_key(*member)) {
            return Err(NoPublicKey);
        }
        let key: Self = serde_json::from_value(value.clone()).map_err(|_| NoPublicKey)?;
        let is_coordinate = |text: &str| BASE64.decode(text).is_ok_and(|bytes| bytes.len() == 32);
        let algorithm = key.algorithm().ok_or(NoPublicKey)?;
        let says = |member: &str, what: &str| members.get(member).is_none_or(|said| said.as_str() == Some(what));
        let coordinates = is_coordinate(&key.x) && key.y.as_deref().is_none_or(is_coordinate);
        match coordinates && says("alg", name(&algorithm)) && says("use", "sig") {
            true => Ok(key),
            false => Err(NoPublicKey),
        }
    }

    /// By what it signs; None: by nothing that is allowed.
    fn algorithm(&self) -> Option<CoreJwsSigningAlgorithm> {
        match (&*self.kty, &*self.crv, self.y.is_some()) {
            ("EC", "P-256", true) => Some(CoreJwsSigningAlgorithm::EcdsaP256Sha256),
            ("OKP", "Ed25519", false) => Some(CoreJwsSigningAlgorithm::EdDsa),
            _ => None,
        }
    }

    /// Whether it has signed this.
    fn has_signed(&self, said: &str, message: &[u8], signature: &[u8]) -> bool {
        let Some(algorithm) = self.algorithm().filter(|algorithm| name(algorithm) == said) else {
            return false;
        };
        let key = serde_json::to_value(self).and_then(serde_json::from_value::<CoreJsonWebKey>);
        key.is_ok_and(|key| key.verify_signature(&algorithm, message, signature).is_ok())
    }
}

fn name(algorithm: &CoreJwsSigningAlgorithm) -> &'static str {
    match algorithm {
        CoreJwsSigningAlgorithm::EcdsaP256Sha256 => "ES256",
        CoreJwsSigningAlgorithm::EdDsa => "EdDSA",
        _ => "",
    }
}

/// Why an assertion is not believed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum NotBelieved {
    /// It is none, or lacks something that it must say.
    Unreadable,
    /// None of the program's keys has signed it.
    Forged,
    /// It speaks of another program than who shows it.
    OtherProgram,
    /// It was made for somebody else.
    OtherAudience,
    /// It holds no longer, or for longer than one may.
    Expired,
    /// It holds later.
    Early,
    /// It was shown before.
    Replayed,
}

impl NotBelieved {
    /// What is counted.
    pub(crate) fn what(self) -> &'static str {
        match self {
            Self::Unreadable => "program_assertion_unreadable",
            Self::Forged => "program_assertion_forged",
            Self::OtherProgram => "program_assertion_of_another",
            Self::OtherAudience => "program_assertion_for_another",
            Self::Expired => "program_assertion_expired",
            Self::Early => "program_assertion_early",
            Self::Replayed => "program_assertion_replayed",
        }
    }
}

#[derive(Deserialize)]
struct Header {
    alg: String,
    typ: Option<String>,
    crit: Option<serde_json::Value>,
}

#[derive(Deserialize)]
struct Claims {
    iss: String,
    sub: String,
    aud: Audience,
    exp: f64,
    nbf: Option<f64>,
    iat: Option<f64>,
    jti: String,
}

/// One, or a list of one: what is good elsewhere too could be shown there by whoever it was shown to here.
#[derive(Deserialize)]
#[serde(untagged)]
enum Audience {
    One(String),
    List([String; 1]),
}

/// An assertion that has been taken apart; nothing of it is believed yet.
pub(crate) struct Shown<'a> {
    header: Header,
    claims: Claims,
    message: &'a str,
    signature: Vec<u8>,
    /// Of which program it speaks.
    pub(crate) program: ProgramId,
}

/// What is known of an assertion that is believed.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Believed {
    /// Its id, which is good once.
    pub(crate) id: String,
    /// Until when it could be shown. Microseconds since 1970.
    pub(crate) ends: i64,
}

impl<'a> Shown<'a> {
    /// Takes one apart.
    pub(crate) fn read(token: &'a str) -> Result<Self, NotBelieved> {
        let not = NotBelieved::Unreadable;
        if token.len() > LONGEST {
            return Err(not);
        }
        let (message, signature) = token.rsplit_once('.').ok_or(not)?;
        let (header, claims) = message.split_once('.').ok_or(not)?;
        let decode = |part: &str| BASE64.decode(part).map_err(|_| not);
        let header: Header = serde_json::from_slice(&decode(header)?).map_err(|_| not)?;
        let claims: Claims = serde_json::from_slice(&decode(claims)?).map_err(|_| not)?;
        let is_one = |kind: &str| matches!(&*kind.to_ascii_lowercase(), "jwt" | "client-authentication+jwt");
        let fits = header.crit.is_none() && header.typ.as_deref().is_none_or(is_one);
        let has_id = (1..=LONGEST_ID).contains(&claims.jti.len());
        let program = claims.sub.parse().map_err(|_| not)?;
        match fits && has_id {
            true => Ok(Self {
                header,
                claims,
                message,
                signature: decode(signature)?,
                program,
            }),
            false => Err(not),
        }
    }

    /// Whether it holds: signed by one of these keys, by the program about itself, for one of these audiences, and now.
    pub(crate) fn check(
        &self,
        keys: &[ClientKey],
        audiences: &[String],
        now_micros: i64,
    ) -> Result<Believed, NotBelieved> {
        let Claims { iss, sub, aud, .. } = &self.claims;
        let signs = |key: &ClientKey| key.has_signed(&self.header.alg, self.message.as_bytes(), &self.signature);
        // First who it is from: of what was not signed nothing is worth a word.
        if !keys.iter().any(signs) {
            return Err(NotBelieved::Forged);
        }
        if iss != sub {
            return Err(NotBelieved::OtherProgram);
        }
        let (Audience::One(aud) | Audience::List([aud])) = aud;
        if !audiences.contains(aud) {
            return Err(NotBelieved::OtherAudience);
        }
        let now = now_micros / 1_000_000;
        let exp = seconds(self.claims.exp);
        if exp <= now.saturating_sub(SKEW_SECONDS) || exp > now.saturating_add(LONGEST_SECONDS + SKEW_SECONDS) {
            return Err(NotBelieved::Expired);
        }
        let begins = [self.claims.nbf, self.claims.iat].into_iter().flatten().map(seconds);
        if begins
            .into_iter()
            .any(|begins| begins > now.saturating_add(SKEW_SECONDS))
        {
            return Err(NotBelieved::Early);
        }
        Ok(Believed {
            id: self.claims.jti.clone(),
            ends: exp.saturating_add(SKEW_SECONDS + 1).saturating_mul(1_000_000),
        })
    }
}

/// A number of seconds since 1970, which JSON may say with a fraction.
#[allow(
    clippy::cast_possible_truncation,
    reason = "what is beyond any time is far away all the same"
)]
fn seconds(said: f64) -> i64 {
    said as i64
}

#[cfg(test)]
#[path = "client_assertions_tests.rs"]
mod tests;
