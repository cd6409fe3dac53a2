use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ed25519_dalek::VerifyingKey;
use sha2::{Digest as _, Sha256};
use std::fmt;
use std::str::FromStr;

/// How a private key begins where it is written down.
pub(super) const PRIVATE: &str = "PRIVATE+KEY+";

/// How many characters of what is no key an error repeats.
const LONGEST_SHOWN: usize = 120;

/// What a key signs, and how. Another algorithm is added here and in [`VerifierKey::check`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Algorithm {
    /// Ed25519 over the note's text: how a log signs (type 1).
    Ed25519,
    /// A witness's dated Ed25519 cosignature (type 4, `cosignature/v1`).
    CosignatureV1,
    /// Any other type, such as 6 for ML-DSA-44: it can be named, but nothing that it signs is counted.
    Unsupported(u8),
}

impl Algorithm {
    pub(crate) fn byte(self) -> u8 {
        match self {
            Self::Ed25519 => 1,
            Self::CosignatureV1 => 4,
            Self::Unsupported(byte) => byte,
        }
    }
}

/// Why something is no key.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum KeyError {
    /// The parts are not there.
    #[error("a key is written name+id+base64; this is not: {0:?}")]
    Form(String),
    /// A private key where a public one belongs. What stood there is not repeated.
    #[error("this is a private key: write the public one here, and replace the private one if others could read this")]
    Private,
    /// A name that could not stand in a signature line.
    #[error("a key's name has no spaces, no control characters and no plus sign, and is not empty")]
    Name,
    /// The id does not belong to the key.
    #[error("the id of key {0} is not the one that its name and bytes give")]
    Id(String),
    /// The bytes are no key of their type.
    #[error("the bytes of key {0} are no key of their type")]
    Bytes(String),
}

/// A public key with a name, as it stands in trust files: `name+id+base64`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VerifierKey {
    name: String,
    id: [u8; 4],
    algorithm: Algorithm,
    bytes: Vec<u8>,
    point: Option<VerifyingKey>,
}

/// Whether a name can stand in a signature line.
pub(crate) fn is_name(name: &str) -> bool {
    let wrong = |char: char| char.is_whitespace() || matches!(char, '\0'..='\x1f' | '+');
    !name.is_empty() && !name.chars().any(wrong)
}

/// Reads an id: eight hexadecimal digits, of which the form knows only the small ones.
pub(super) fn id_of(text: &str) -> Option<[u8; 4]> {
    let small = text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
    let mut id = [0; 4];
    hex::decode_to_slice(text, &mut id).ok().filter(|()| small)?;
    Some(id)
}

/// What an error repeats of a text that was meant to be a key.
fn form(text: &str) -> KeyError {
    if text.contains(PRIVATE) {
        return KeyError::Private;
    }
    let mut shown: String = text.chars().take(LONGEST_SHOWN).collect();
    if shown.len() < text.len() {
        shown.push('\u{2026}');
    }
    KeyError::Form(shown)
}

/// The id that a name and a key give: the first four bytes of a hash, enough to tell keys apart.
pub(crate) fn key_id(name: &str, algorithm: Algorithm, bytes: &[u8]) -> [u8; 4] {
    let hash = Sha256::new()
        .chain_update(name)
        .chain_update([b'\n', algorithm.byte()])
        .chain_update(bytes)
        .finalize();
    [hash[0], hash[1], hash[2], hash[3]]
}

impl VerifierKey {
    /// A key of a name. Errors: the name can't stand in a signature line, or the bytes are no public key.
    pub fn new(name: &str, algorithm: Algorithm, bytes: &[u8]) -> Result<Self, KeyError> {
        if !is_name(name) {
            return Err(KeyError::Name);
        }
        let point = match algorithm {
            Algorithm::Unsupported(_) => None,
            Algorithm::Ed25519 | Algorithm::CosignatureV1 => {
                let wrong = || KeyError::Bytes(name.to_owned());
                let bytes: &[u8; 32] = bytes.try_into().map_err(|_| wrong())?;
                let point = VerifyingKey::from_bytes(bytes).map_err(|_| wrong())?;
                // Under such a key everything would count as signed.
                if point.is_weak() {
                    return Err(wrong());
                }
                Some(point)
            }
        };
        Ok(Self {
            name: name.to_owned(),
            id: key_id(name, algorithm, bytes),
            algorithm,
            bytes: bytes.to_vec(),
            point,
        })
    }

    /// Its name; a log's is its origin.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Its id.
    pub fn id(&self) -> [u8; 4] {
        self.id
    }

    /// What it signs.
    pub fn algorithm(&self) -> Algorithm {
        self.algorithm
    }

    /// The public key itself, whatever its name.
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// Whether this version can check what it signs.
    pub fn is_supported(&self) -> bool {
        self.point.is_some()
    }

    /// Checks a signature over a note's text. None: this version can't tell. A cosignature gives its time in seconds since 1970.
    pub(crate) fn check(&self, text: &str, blob: &[u8]) -> Option<Result<Option<u64>, ()>> {
        let point = self.point.as_ref()?;
        let holds = |message: &[u8], signature: &[u8]| {
            let signature = signature.try_into().map_err(|_| ())?;
            point.verify_strict(message, &signature).map_err(|_| ())
        };
        Some(match self.algorithm {
            Algorithm::Ed25519 => holds(text.as_bytes(), blob).map(|()| None),
            Algorithm::CosignatureV1 => match blob.split_first_chunk::<8>() {
                Some((time, signature)) => {
                    let time = u64::from_be_bytes(*time);
                    let dated = (1..=i64::MAX as u64).contains(&time);
                    match dated {
                        true => holds(&cosigned(text, time), signature).map(|()| Some(time)),
                        false => Err(()),
                    }
                }
                None => Err(()),
            },
            Algorithm::Unsupported(_) => return None,
        })
    }
}

/// What a witness signs: the note's text behind a heading of its own, and a time.
pub(crate) fn cosigned(text: &str, time: u64) -> Vec<u8> {
    format!("cosignature/v1\ntime {time}\n{text}").into_bytes()
}

impl FromStr for VerifierKey {
    type Err = KeyError;

    fn from_str(text: &str) -> Result<Self, KeyError> {
        let form = || form(text);
        let mut parts = text.splitn(3, '+');
        let (Some(name), Some(id), Some(encoded)) = (parts.next(), parts.next(), parts.next()) else {
            return Err(form());
        };
        let id = id_of(id).ok_or_else(form)?;
        let decoded = STANDARD.decode(encoded).map_err(|_| form())?;
        let (kind, bytes) = decoded.split_first().ok_or_else(form)?;
        let algorithm = match kind {
            1 => Algorithm::Ed25519,
            4 => Algorithm::CosignatureV1,
            other => Algorithm::Unsupported(*other),
        };
        let mut key = Self::new(name, algorithm, bytes)?;
        match algorithm {
            // How such a type gives its ids is not known here; the file's word is taken, and counts for nothing.
            Algorithm::Unsupported(_) => key.id = id,
            _ if key.id != id => return Err(KeyError::Id(name.to_owned())),
            _ => {}
        }
        Ok(key)
    }
}

impl fmt::Display for VerifierKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut bytes = vec![self.algorithm.byte()];
        bytes.extend(&self.bytes);
        write!(f, "{}+{}+{}", self.name, hex::encode(self.id), STANDARD.encode(bytes))
    }
}
