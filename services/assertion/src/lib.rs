//! What identity asserts of whoever acts, as bytes: what is signed, by which key, and how it is read back.
//!
//! The messages are those of the contract (`idesluss.identity.v1`), written here once more for whoever verifies and has no gRPC.

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use ed25519_dalek::{Signature, Signer as _, SigningKey, VerifyingKey};
use prost::Message;

/// What is signed begins with this, so that no signature of another kind stands for it.
const DOMAIN: &[u8] = b"idesluss-assertion-v1\0";

/// Who acts.
#[derive(Clone, PartialEq, Eq, Message)]
pub struct Actor {
    /// The pseudonym, a UUID.
    #[prost(string, tag = "1")]
    pub person: String,
    /// The organisation's short name.
    #[prost(string, tag = "2")]
    pub organisation: String,
    /// The role's number in the contract.
    #[prost(int32, tag = "3")]
    pub role: i32,
}

/// What is asserted.
#[derive(Clone, PartialEq, Eq, Message)]
pub struct Assertion {
    /// The instance's short name.
    #[prost(string, tag = "1")]
    pub instance: String,
    /// The service that may believe it.
    #[prost(string, tag = "2")]
    pub audience: String,
    /// Who may show it.
    #[prost(string, tag = "3")]
    pub presenter: String,
    /// The session, a UUID.
    #[prost(string, tag = "4")]
    pub session: String,
    /// Who acts.
    #[prost(message, optional, tag = "5")]
    pub actor: Option<Actor>,
    /// The epoch of the event by which the role was granted.
    #[prost(uint32, tag = "6")]
    pub granted_epoch: u32,
    /// Its sequence.
    #[prost(uint64, tag = "7")]
    pub granted_sequence: u64,
    /// Since when it holds, in microseconds since 1970.
    #[prost(int64, tag = "8")]
    pub issued_micros: i64,
    /// Until when.
    #[prost(int64, tag = "9")]
    pub expires_micros: i64,
    /// The command that it was made for alone, a UUID; empty: any.
    #[prost(string, tag = "10")]
    pub command: String,
}

/// An assertion with its signature.
#[derive(Clone, PartialEq, Eq, Message)]
pub struct SignedAssertion {
    /// The assertion, encoded.
    #[prost(bytes = "vec", tag = "1")]
    pub assertion: Vec<u8>,
    /// The number of the key.
    #[prost(uint32, tag = "2")]
    pub key: u32,
    /// The Ed25519 signature, 64 bytes.
    #[prost(bytes = "vec", tag = "3")]
    pub signature: Vec<u8>,
}

/// Why what was signed is nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NotSigned {
    /// It is none.
    Unreadable,
    /// It is not signed by this key.
    Forged,
}

impl Assertion {
    /// Signs it with the key of this number. Returns a [`SignedAssertion`], encoded.
    pub fn sign(&self, key: &SigningKey, number: u32) -> Vec<u8> {
        let assertion = self.encode_to_vec();
        let signature = key.sign(&signed(&assertion)).to_bytes().to_vec();
        SignedAssertion {
            assertion,
            key: number,
            signature,
        }
        .encode_to_vec()
    }
}

/// The roles by their numbers in the contract, from 1, as events name them.
const ROLES: [&str; 13] = [
    "submitter",
    "coordinator",
    "assessor",
    "need-owner",
    "decision-maker",
    "registrar",
    "steward",
    "adopter",
    "auditor",
    "operator",
    "service",
    "administrator",
    "link-holder",
];

impl Actor {
    /// The role as events name it; None: there is none of this number.
    pub fn role_name(&self) -> Option<&'static str> {
        let place = usize::try_from(self.role).ok()?.checked_sub(1)?;
        ROLES.get(place).copied()
    }
}

/// A signed assertion as an event's member holds it: in base64.
pub fn write_member(signed: &[u8]) -> String {
    BASE64_STANDARD.encode(signed)
}

impl SignedAssertion {
    /// Reads what an event's member holds.
    pub fn read_member(text: &str) -> Result<Self, NotSigned> {
        let bytes = BASE64_STANDARD.decode(text).map_err(|_| NotSigned::Unreadable)?;
        Self::read(&bytes)
    }

    /// Reads one that is written in the one way in which it is signed. Whatever else stood in its bytes would stand in an event for good.
    pub fn read(bytes: &[u8]) -> Result<Self, NotSigned> {
        let read = Self::decode(bytes).map_err(|_| NotSigned::Unreadable)?;
        match read.encode_to_vec() == bytes {
            true => Ok(read),
            false => Err(NotSigned::Unreadable),
        }
    }

    /// What it asserts, if this is the public key that it is signed with.
    pub fn verify(&self, key: &[u8; 32]) -> Result<Assertion, NotSigned> {
        let signature = Signature::from_slice(&self.signature).map_err(|_| NotSigned::Unreadable)?;
        let key = VerifyingKey::from_bytes(key).map_err(|_| NotSigned::Forged)?;
        let signed = signed(&self.assertion);
        key.verify_strict(&signed, &signature).map_err(|_| NotSigned::Forged)?;
        Assertion::decode(self.assertion.as_slice()).map_err(|_| NotSigned::Unreadable)
    }
}

fn signed(assertion: &[u8]) -> Vec<u8> {
    [DOMAIN, assertion].concat()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asserted() -> (Vec<u8>, [u8; 32]) {
        let key = SigningKey::from_bytes(&[7; 32]);
        let assertion = Assertion {
            instance: "fyrbodal".to_owned(),
            audience: "submission".to_owned(),
            ..Assertion::default()
        };
        (assertion.sign(&key, 1), key.verifying_key().to_bytes())
    }

    #[test]
    fn what_was_signed_reads_back_as_what_was_asserted() {
        let (signed, key) = asserted();
        let read = SignedAssertion::read(&signed).expect("one");
        assert_eq!(read.verify(&key).map(|said| said.audience), Ok("submission".to_owned()));
        assert_eq!(SignedAssertion::read_member(&write_member(&signed)), Ok(read.clone()));
        assert_eq!(read.verify(&[9; 32]), Err(NotSigned::Forged));
    }

    #[test]
    fn one_that_is_written_otherwise_or_with_more_is_none() {
        let (signed, _) = asserted();
        // A member that the form does not have, with somebody's words; the same twice; the key's number in two bytes.
        let with_words = [&signed[..], b"\x4a\x05words"].concat();
        let twice = [&signed[..], &signed[..]].concat();
        let number = signed
            .windows(2)
            .position(|pair| pair == [0x10, 0x01])
            .expect("a number");
        let mut longer = signed.clone();
        longer.splice(number + 1..number + 2, [0x81, 0x00]);
        for other in [with_words, twice, longer] {
            assert!(SignedAssertion::decode(&other[..]).is_ok(), "protobuf reads it");
            assert_eq!(SignedAssertion::read(&other), Err(NotSigned::Unreadable));
        }
    }
}
