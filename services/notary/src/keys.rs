use hmac::{Hmac, KeyInit as _, Mac as _};
use idesluss_proof::note::{Algorithm, KeyError, SignerKey, VerifierKey};
use idesluss_vault::is_open_to_others;
use sha2::Sha256;
use std::fs::OpenOptions;
use std::io::{self, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};
use zeroize::Zeroizing;

/// How each line of a file begins.
const FORM: &str = "idesluss-signing-key-v1 ";

/// Why there is nothing to sign with.
#[derive(Debug, thiserror::Error)]
pub enum KeysError {
    /// The file.
    #[error("the signing key {0} can't be used: {1}")]
    File(PathBuf, io::Error),
    /// Others may read it.
    #[error("others may read the signing key {0}: chmod 600 it, and think of whether it must be replaced")]
    Open(PathBuf),
    /// A line that is none.
    #[error("line {1} of the signing key {0} is not `idesluss-signing-key-v1` and 64 hexadecimal digits")]
    Line(PathBuf, usize),
    /// No line.
    #[error("the signing key {0} has no line: make a new one with `new-signing-key`")]
    Empty(PathBuf),
    /// No randomness.
    #[error("no random bytes could be had: {0}")]
    Random(String),
    /// A name that can't be signed for.
    #[error(transparent)]
    Key(#[from] KeyError),
}

/// The secrets that keys are derived from: the first one is in force, the others sign along with it until their line is removed.
///
/// Each log and each witness has a key of its own, that of its name: a policy may name a public key only once, and a log that begins a
/// new epoch has a new name.
pub struct SigningKeys(Vec<Zeroizing<[u8; 32]>>);

impl SigningKeys {
    /// Reads a file; makes one where there is none and `create` says so.
    pub fn load(path: &Path, create: bool) -> Result<Self, KeysError> {
        let failed = |error| KeysError::File(path.to_owned(), error);
        if create && !path.exists() {
            Self::write_new(path)?;
        }
        let about = std::fs::metadata(path).map_err(failed)?;
        if is_open_to_others(&about) {
            return Err(KeysError::Open(path.to_owned()));
        }
        let text = Zeroizing::new(std::fs::read_to_string(path).map_err(failed)?);
        let mut secrets = Vec::new();
        for (index, line) in text.lines().enumerate() {
            if line.trim().is_empty() || line.starts_with('#') {
                continue;
            }
            let mut secret = Zeroizing::new([0; 32]);
            let digits = line.strip_prefix(FORM).map(str::trim).unwrap_or_default();
            hex::decode_to_slice(digits, &mut *secret).map_err(|_| KeysError::Line(path.to_owned(), index + 1))?;
            secrets.push(secret);
        }
        if secrets.is_empty() {
            return Err(KeysError::Empty(path.to_owned()));
        }
        Ok(Self(secrets))
    }

    /// Writes a new file with a new secret, for nobody else to read. Errors: there is one already, or it can't be written.
    pub fn write_new(path: &Path) -> Result<(), KeysError> {
        let failed = |error| KeysError::File(path.to_owned(), error);
        let line = Self::new_line()?;
        let mut file = OpenOptions::new()
            .write(true)
            .create_new(true)
            .mode(0o600)
            .open(path)
            .map_err(failed)?;
        file.write_all(line.as_bytes())
            .and_then(|()| file.sync_all())
            .map_err(failed)
    }

    /// A line with a new secret: put above the others it is in force from the next start on, and they sign along.
    pub fn new_line() -> Result<Zeroizing<String>, KeysError> {
        let mut secret = Zeroizing::new([0; 32]);
        getrandom::fill(&mut *secret).map_err(|error| KeysError::Random(error.to_string()))?;
        let digits = Zeroizing::new(hex::encode(*secret));
        Ok(Zeroizing::new(format!("{FORM}{}\n", *digits)))
    }

    /// The keys that sign for a log, the one in force first.
    pub fn of_log(&self, origin: &str) -> Result<Vec<SignerKey>, KeysError> {
        self.derive(origin, Algorithm::Ed25519, "log")
    }

    /// The keys that a witness of this name cosigns with.
    pub fn of_witness(&self, name: &str) -> Result<Vec<SignerKey>, KeysError> {
        self.derive(name, Algorithm::CosignatureV1, "witness")
    }

    fn derive(&self, name: &str, algorithm: Algorithm, what: &str) -> Result<Vec<SignerKey>, KeysError> {
        let key = |secret: &Zeroizing<[u8; 32]>| {
            let mut mac =
                Hmac::<Sha256>::new_from_slice(&**secret).unwrap_or_else(|_| unreachable!("any length will do"));
            mac.update(format!("idesluss signing key v1\n{what}\n{name}\n").as_bytes());
            let seed = Zeroizing::new(<[u8; 32]>::from(mac.finalize().into_bytes()));
            SignerKey::new(name, algorithm, &seed)
        };
        Ok(self.0.iter().map(key).collect::<Result<_, _>>()?)
    }

    /// The public keys that sign for a log.
    pub fn public_of_log(&self, origin: &str) -> Result<Vec<VerifierKey>, KeysError> {
        let keys = self.of_log(origin)?;
        Ok(keys.iter().map(SignerKey::verifier).collect::<Result<_, _>>()?)
    }

    /// The public keys that a witness cosigns with.
    pub fn public_of_witness(&self, name: &str) -> Result<Vec<VerifierKey>, KeysError> {
        let keys = self.of_witness(name)?;
        Ok(keys.iter().map(SignerKey::verifier).collect::<Result<_, _>>()?)
    }
}

impl std::fmt::Debug for SigningKeys {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SigningKeys").field("secrets", &self.0.len()).finish()
    }
}
