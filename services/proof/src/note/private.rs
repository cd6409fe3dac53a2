use super::key::{PRIVATE, cosigned, id_of, is_name, key_id};
use super::{Algorithm, KeyError, Signature, VerifierKey};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ed25519_dalek::{Signer as _, SigningKey};
use std::fmt;
use zeroize::Zeroizing;

/// A private key with a name. Its bytes are wiped when it goes.
pub struct SignerKey {
    name: String,
    id: [u8; 4],
    algorithm: Algorithm,
    key: SigningKey,
}

impl SignerKey {
    /// A key from 32 random bytes, which are the key. Errors: the name can't stand in a signature line, or the algorithm signs nothing here.
    pub fn new(name: &str, algorithm: Algorithm, seed: &[u8; 32]) -> Result<Self, KeyError> {
        if !is_name(name) {
            return Err(KeyError::Name);
        }
        if matches!(algorithm, Algorithm::Unsupported(_)) {
            return Err(KeyError::Bytes(name.to_owned()));
        }
        let key = SigningKey::from_bytes(seed);
        Ok(Self {
            name: name.to_owned(),
            id: key_id(name, algorithm, key.verifying_key().as_bytes()),
            algorithm,
            key,
        })
    }

    /// Reads a key as [`SignerKey::written`] writes it.
    pub fn read(text: &str) -> Result<Self, KeyError> {
        // The text is a secret: no error repeats it.
        let form = || KeyError::Form("PRIVATE+KEY+…".to_owned());
        let rest = text.strip_prefix(PRIVATE).ok_or_else(form)?;
        let mut parts = rest.splitn(3, '+');
        let (Some(name), Some(id), Some(encoded)) = (parts.next(), parts.next(), parts.next()) else {
            return Err(form());
        };
        let decoded = Zeroizing::new(STANDARD.decode(encoded).map_err(|_| form())?);
        let (kind, seed) = decoded.split_first().ok_or_else(form)?;
        let algorithm = match kind {
            1 => Algorithm::Ed25519,
            4 => Algorithm::CosignatureV1,
            _ => return Err(KeyError::Bytes(name.to_owned())),
        };
        let seed: &[u8; 32] = seed.try_into().map_err(|_| KeyError::Bytes(name.to_owned()))?;
        let key = Self::new(name, algorithm, seed)?;
        if id_of(id) == Some(key.id) {
            Ok(key)
        } else {
            Err(KeyError::Id(name.to_owned()))
        }
    }

    /// The key as a line for a file that nobody else may read, in the form of Go's `note` package.
    pub fn written(&self) -> Zeroizing<String> {
        let mut bytes = Zeroizing::new([0; 33]);
        bytes[0] = self.algorithm.byte();
        bytes[1..].copy_from_slice(self.key.as_bytes());
        let encoded = Zeroizing::new(STANDARD.encode(&bytes[..]));
        let public = format!("{PRIVATE}{}+{}+", self.name, hex::encode(self.id));
        // All the room at once: a string that grows leaves copies behind that nobody wipes.
        let mut text = Zeroizing::new(String::with_capacity(public.len() + encoded.len()));
        text.push_str(&public);
        text.push_str(&encoded);
        text
    }

    /// The same key under another name, such as that of a log's next epoch.
    pub fn named(&self, name: &str) -> Result<Self, KeyError> {
        Self::new(name, self.algorithm, self.key.as_bytes())
    }

    /// Its name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The public key.
    pub fn verifier(&self) -> Result<VerifierKey, KeyError> {
        VerifierKey::new(&self.name, self.algorithm, self.key.verifying_key().as_bytes())
    }

    /// Signs a note's text; a witness's key says that it has seen it at `time`.
    ///
    /// Units: seconds since 1970, from 1 to 2^63 - 1; nobody accepts a cosignature of another time. A log's key does not look at it.
    pub fn sign(&self, text: &str, time: u64) -> Signature {
        let blob = match self.algorithm {
            Algorithm::CosignatureV1 => {
                let signature = self.key.sign(&cosigned(text, time));
                [&time.to_be_bytes()[..], &signature.to_bytes()].concat()
            }
            Algorithm::Ed25519 | Algorithm::Unsupported(_) => self.key.sign(text.as_bytes()).to_bytes().to_vec(),
        };
        Signature {
            name: self.name.clone(),
            id: self.id,
            blob,
        }
    }
}

impl fmt::Debug for SignerKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SignerKey")
            .field("name", &self.name)
            .finish_non_exhaustive()
    }
}
