use crate::cipher::{Key, random};
use crate::{VaultError, is_open_to_others};
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;
use std::fs::{self, OpenOptions};
use std::io::{ErrorKind, Read as _, Write as _};
use std::path::Path;
use zeroize::Zeroizing;

/// The instance's key, from which follow the key that wraps organisations' keys and the one that tells commands apart.
///
/// Kept in a file outside the database, 64 hexadecimal digits, readable by its owner only.
pub struct MasterKey {
    wrapping: Key,
    fingerprinting: Key,
}

impl std::fmt::Debug for MasterKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("MasterKey(…)")
    }
}

impl MasterKey {
    /// Reads the key file, which nobody else may read; makes it first when there is none and `may_create` allows it.
    ///
    /// Allow it only while there are no journals yet: a new key can't open what another has sealed.
    pub fn load_or_create(path: &Path, may_create: bool) -> Result<Self, VaultError> {
        let failed = |error| VaultError::File(path.to_owned(), error);
        match read(path) {
            Ok((about, _)) if is_open_to_others(&about) => Err(VaultError::Open(path.to_owned())),
            Ok((_, text)) => {
                let mut bytes = Zeroizing::new([0; 32]);
                hex::decode_to_slice(text.trim(), &mut bytes[..])
                    .map_err(|_| VaultError::BadMaster(path.to_owned()))?;
                Ok(Self::from_bytes(&bytes))
            }
            Err(error) if error.kind() == ErrorKind::NotFound && may_create => {
                let bytes = Zeroizing::new(random::<32>()?);
                write_new(path, Zeroizing::new(hex::encode(&bytes[..])).as_bytes()).map_err(failed)?;
                Ok(Self::from_bytes(&bytes))
            }
            Err(error) if error.kind() == ErrorKind::NotFound => Err(VaultError::NoMaster(path.to_owned())),
            Err(error) => Err(failed(error)),
        }
    }

    /// The keys that follow from 32 bytes.
    pub fn from_bytes(bytes: &[u8; 32]) -> Self {
        Self {
            wrapping: mac(bytes, &[b"idesluss/wrap"]),
            fingerprinting: mac(bytes, &[b"idesluss/fingerprint"]),
        }
    }

    pub(crate) fn wrapping(&self) -> &Key {
        &self.wrapping
    }

    /// HMAC-SHA-256 of a command's method and body.
    pub(crate) fn fingerprint(&self, method: &str, body: &[u8]) -> [u8; 32] {
        *mac(&self.fingerprinting, &[method.as_bytes(), &[0], body])
    }
}

fn mac(key: &[u8; 32], parts: &[&[u8]]) -> Key {
    // HMAC takes keys of any length, so 32 bytes can't be refused; a zero key would still be a keyed hash.
    let mut mac = Hmac::<Sha256>::new_from_slice(key).unwrap_or_else(|_| Hmac::new(&Default::default()));
    parts.iter().for_each(|part| mac.update(part));
    Zeroizing::new(mac.finalize().into_bytes().into())
}

/// What is known of the file, and what it holds: of the same file, whatever is put in its place meanwhile.
fn read(path: &Path) -> std::io::Result<(fs::Metadata, Zeroizing<String>)> {
    let mut file = fs::File::open(path)?;
    let about = file.metadata()?;
    let mut text = Zeroizing::new(String::new());
    file.read_to_string(&mut text)?;
    Ok((about, text))
}

/// Writes a file that must not exist yet, for its owner only, and syncs it and its folder.
fn write_new(path: &Path, bytes: &[u8]) -> std::io::Result<()> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(path)?;
    file.write_all(bytes)?;
    file.sync_all()?;
    fs::File::open(
        path.parent()
            .filter(|folder| !folder.as_os_str().is_empty())
            .unwrap_or(Path::new(".")),
    )?
    .sync_all()
}
