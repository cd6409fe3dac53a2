use super::stored::stored_as_text;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

/// 32 bytes, written as 64 small hexadecimal digits.
macro_rules! hexadecimal {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub struct $name(pub [u8; 32]);

        stored_as_text!($name);

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&hex::encode(self.0))
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, concat!(stringify!($name), "({})"), self)
            }
        }

        impl FromStr for $name {
            type Err = InvalidDigest;
            fn from_str(text: &str) -> Result<Self, InvalidDigest> {
                let mut bytes = [0; 32];
                let small = !text.bytes().any(|b| b.is_ascii_uppercase());
                match hex::decode_to_slice(text, &mut bytes) {
                    Ok(()) if small => Ok(Self(bytes)),
                    _ => Err(InvalidDigest),
                }
            }
        }
    };
}

hexadecimal! {
    /// A SHA-256.
    Digest
}

hexadecimal! {
    /// An Ed25519 public key.
    PublicKey
}

/// 64 small hexadecimal digits; this was not.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("write 64 hexadecimal digits in small letters")]
pub struct InvalidDigest;

/// A text that was encrypted for this member of this event, under a key that can be destroyed; all that the event knows of it is the
/// SHA-256 of its ciphertext.
///
/// It is opened as that member alone (see [`crate::SealedMember`]). Stored like any digest; the name under which it is serialised
/// is what tells it from the others.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Deserialize)]
#[serde(transparent)]
pub struct SealedText(pub Digest);

impl SealedText {
    /// The name of the newtype in serde's data model; JSON does not show it.
    pub(crate) const NAME: &'static str = "idesluss::SealedText";
}

impl Serialize for SealedText {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_newtype_struct(Self::NAME, &self.0)
    }
}

/// The digest of a text that stands sealed in another event: it tells which text was meant, and opens nothing by itself.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct CopiedText(pub Digest);

macro_rules! digest_of_a_text {
    ($($name:ident),+) => {$(
        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, concat!(stringify!($name), "({})"), self.0)
            }
        }

        impl From<$name> for Digest {
            fn from(text: $name) -> Digest {
                text.0
            }
        }
    )+};
}

digest_of_a_text!(SealedText, CopiedText);

impl From<SealedText> for CopiedText {
    fn from(text: SealedText) -> Self {
        Self(text.0)
    }
}

/// What other events say of sealed texts, by field.
pub fn copied(texts: &BTreeMap<String, SealedText>) -> BTreeMap<String, CopiedText> {
    let copy = |(field, text): (&String, &SealedText)| (field.clone(), (*text).into());
    texts.iter().map(copy).collect()
}
