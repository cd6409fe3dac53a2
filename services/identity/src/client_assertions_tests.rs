//! Assertions of programs, and what looks like them.

use super::*;
use rcgen::{KeyPair, PKCS_ECDSA_P256_SHA256, PKCS_ED25519, PublicKeyData as _, SigningKey as _};
use serde_json::{Value, json};

/// 2026-11-29 in seconds.
const NOW: i64 = 1_795_908_600;
const TOKEN: &str = "https://idesluss.example/oauth/token";
const ISSUER: &str = "https://idesluss.example";

/// A program's own key.
struct Own(KeyPair);

impl Own {
    fn ed25519() -> Self {
        Self(KeyPair::generate_for(&PKCS_ED25519).expect("a key"))
    }

    fn p256() -> Self {
        Self(KeyPair::generate_for(&PKCS_ECDSA_P256_SHA256).expect("a key"))
    }

    fn is_p256(&self) -> bool {
        self.0.algorithm() == &PKCS_ECDSA_P256_SHA256
    }

    fn jwk(&self) -> Value {
        let raw = self.0.der_bytes();
        let part = |bytes: &[u8]| BASE64.encode(bytes);
        match self.is_p256() {
            true => json!({"kty": "EC", "crv": "P-256", "x": part(&raw[1..33]), "y": part(&raw[33..])}),
            false => json!({"kty": "OKP", "crv": "Ed25519", "x": part(raw)}),
        }
    }

    fn public(&self) -> ClientKey {
        ClientKey::read(&self.jwk().to_string()).expect("a public key")
    }

    fn sign(&self, message: &str) -> Vec<u8> {
        let signed = self.0.sign(message.as_bytes()).expect("signed");
        match self.is_p256() {
            true => fixed(&signed),
            false => signed,
        }
    }

    fn token(&self, header: &Value, claims: &Value) -> String {
        let part = |value: &Value| BASE64.encode(value.to_string());
        let message = format!("{}.{}", part(header), part(claims));
        let signature = BASE64.encode(self.sign(&message));
        format!("{message}.{signature}")
    }
}

/// The two numbers of a signature, 32 bytes each, of its DER.
fn fixed(der: &[u8]) -> Vec<u8> {
    let mut rest = &der[2..];
    let mut both = Vec::new();
    for _ in 0..2 {
        let length = usize::from(rest[1]);
        let number = &rest[2..2 + length];
        let number = &number[number.len().saturating_sub(32)..];
        both.extend(std::iter::repeat_n(0, 32 - number.len()));
        both.extend(number);
        rest = &rest[2 + length..];
    }
    both
}

fn program() -> ProgramId {
    ProgramId::derive(uuid::Uuid::from_u128(7))
}

fn claims() -> Value {
    json!({"iss": program().to_string(), "sub": program().to_string(), "aud": TOKEN, "exp": NOW + 60, "iat": NOW, "jti": "one"})
}

fn check(token: &str, keys: &[ClientKey]) -> Result<Believed, NotBelieved> {
    let audiences = [TOKEN.to_owned(), ISSUER.to_owned()];
    Shown::read(token)?.check(keys, &audiences, NOW * 1_000_000)
}

#[test]
fn a_program_is_believed_by_its_own_key_of_either_kind_for_us_and_now() {
    for own in [Own::ed25519(), Own::p256()] {
        let algorithm = if own.is_p256() { "ES256" } else { "EdDSA" };
        let keys = [own.public()];
        for header in [
            json!({"alg": algorithm}),
            json!({"alg": algorithm, "typ": "JWT", "kid": "any"}),
            json!({"alg": algorithm, "typ": "client-authentication+jwt"}),
        ] {
            let believed = check(&own.token(&header, &claims()), &keys).expect("believed");
            assert_eq!(believed.id, "one");
            assert_eq!(believed.ends, (NOW + 91) * 1_000_000);
        }
        let header = json!({"alg": algorithm});
        for (member, value, not) in [
            ("aud", json!(ISSUER), None),
            ("aud", json!([TOKEN]), None),
            (
                "aud",
                json!([TOKEN, "https://other.example"]),
                Some(NotBelieved::Unreadable),
            ),
            (
                "aud",
                json!("https://other.example/oauth/token"),
                Some(NotBelieved::OtherAudience),
            ),
            ("iss", json!("somebody"), Some(NotBelieved::OtherProgram)),
            ("sub", json!("somebody"), Some(NotBelieved::Unreadable)),
            ("exp", json!(NOW - 31), Some(NotBelieved::Expired)),
            ("exp", json!(NOW + 3_600), Some(NotBelieved::Expired)),
            ("exp", json!("soon"), Some(NotBelieved::Unreadable)),
            ("nbf", json!(NOW + 60), Some(NotBelieved::Early)),
            ("iat", json!(NOW + 60), Some(NotBelieved::Early)),
            ("jti", json!(""), Some(NotBelieved::Unreadable)),
            ("jti", json!("x".repeat(201)), Some(NotBelieved::Unreadable)),
        ] {
            let mut said = claims();
            said[member] = value;
            assert_eq!(check(&own.token(&header, &said), &keys).err(), not, "{said}");
        }
        for missing in ["iss", "sub", "aud", "exp", "jti"] {
            let mut said = claims();
            said.as_object_mut().expect("an object").remove(missing);
            assert_eq!(
                check(&own.token(&header, &said), &keys),
                Err(NotBelieved::Unreadable),
                "{missing}"
            );
        }
    }
}

#[test]
fn no_other_algorithm_no_other_key_and_nothing_that_was_changed_is_believed() {
    let (own, other) = (Own::p256(), Own::p256());
    let keys = [own.public()];
    let forged = Err(NotBelieved::Forged);
    // Another's, and one that says that it is not signed, or by another algorithm.
    assert_eq!(check(&other.token(&json!({"alg": "ES256"}), &claims()), &keys), forged);
    for algorithm in ["none", "None", "HS256", "RS256", "EdDSA", ""] {
        let token = own.token(&json!({"alg": algorithm}), &claims());
        assert_eq!(check(&token, &keys), forged, "{algorithm}");
        let (message, _) = token.rsplit_once('.').expect("a signature");
        assert_eq!(check(&format!("{message}."), &keys), forged, "{algorithm}, unsigned");
    }
    // Signed with the public key as if it were a secret.
    let hmac = {
        use sha2::{Digest as _, Sha256};
        let message = {
            let part = |value: &Value| BASE64.encode(value.to_string());
            format!("{}.{}", part(&json!({"alg": "HS256"})), part(&claims()))
        };
        let mut key = own.jwk().to_string().into_bytes();
        key = Sha256::digest(&key).to_vec();
        key.resize(64, 0);
        let pad = |byte: u8| key.iter().map(|k| k ^ byte).collect::<Vec<u8>>();
        let inner = Sha256::digest([pad(0x36), message.clone().into_bytes()].concat());
        let mac = Sha256::digest([pad(0x5c), inner.to_vec()].concat());
        format!("{message}.{}", BASE64.encode(mac))
    };
    assert_eq!(check(&hmac, &keys), forged);
    // Every part is covered.
    let token = own.token(&json!({"alg": "ES256"}), &claims());
    let parts: Vec<&str> = token.split('.').collect();
    let later = BASE64.encode(claims().to_string().replace("\"one\"", "\"two\""));
    assert_eq!(check(&format!("{}.{later}.{}", parts[0], parts[2]), &keys), forged);
    assert_eq!(check(&token, &[]), forged, "no key holds");
    for nothing in [
        "",
        "a",
        "a.b",
        "a.b.c",
        "....",
        &*format!("{token}.x"),
        &*"x".repeat(9_000),
    ] {
        assert_eq!(check(nothing, &keys), Err(NotBelieved::Unreadable), "{nothing}");
    }
    let critical = own.token(&json!({"alg": "ES256", "crit": ["exp"]}), &claims());
    assert_eq!(check(&critical, &keys), Err(NotBelieved::Unreadable));
    let another_kind = own.token(&json!({"alg": "ES256", "typ": "logout+jwt"}), &claims());
    assert_eq!(check(&another_kind, &keys), Err(NotBelieved::Unreadable));
}

#[test]
fn what_says_something_twice_is_no_assertion() {
    let own = Own::ed25519();
    let message = format!(
        "{}.{}",
        BASE64.encode(r#"{"alg":"EdDSA"}"#),
        BASE64.encode(claims().to_string().replacen('{', r#"{"jti":"other","#, 1))
    );
    let token = format!("{message}.{}", BASE64.encode(own.sign(&message)));
    assert_eq!(check(&token, &[own.public()]), Err(NotBelieved::Unreadable));
}

#[test]
fn a_key_is_taken_that_is_public_and_signs_by_what_is_allowed() {
    for own in [Own::ed25519(), Own::p256()] {
        let with = |member: &str, value: Value| {
            let mut jwk = own.jwk();
            jwk[member] = value;
            ClientKey::read(&jwk.to_string())
        };
        let algorithm = if own.is_p256() { "ES256" } else { "EdDSA" };
        assert!(with("alg", json!(algorithm)).is_ok() && with("use", json!("sig")).is_ok());
        for (member, value) in [
            ("alg", json!("RS256")),
            ("use", json!("enc")),
            ("d", json!("AAAA")),
            ("k", json!("AAAA")),
            ("kty", json!("RSA")),
            ("crv", json!("P-384")),
            ("x", json!("AAAA")),
            ("x", json!("?")),
        ] {
            assert_eq!(with(member, value), Err(NoPublicKey), "{member}");
        }
    }
    for nothing in ["", "[]", "{}", "\"key\"", "-----BEGIN PUBLIC KEY-----"] {
        assert_eq!(ClientKey::read(nothing), Err(NoPublicKey), "{nothing}");
    }
}
