//! The master key's file: outside the database, and the only thing that opens what lies in there.

use crate::cipher::{Key, random};
use crate::{VaultError, is_open_to_others};
use sha2::{Digest as _, Sha256};
use std::fs::{self, OpenOptions};
use std::io::{ErrorKind, Read as _, Write as _};
use std::path::{Path, PathBuf};
use zeroize::Zeroizing;

/// What wraps a service's instance key, and with it everything that the service has sealed.
///
/// Kept in a file that nobody else may read: a line of 64 hexadecimal digits. While the key is changed there are two, the new one first:
/// whatever either of them opens is opened, and what is wrapped is wrapped under the first.
pub struct MasterKey {
    /// The newest first; never none.
    keys: Vec<Key>,
    file: Option<File>,
}

/// Where it came from, to look again.
struct File {
    path: PathBuf,
    /// The service for which it is derived; None: the file's lines are the service's own.
    service: Option<&'static str>,
}

impl std::fmt::Debug for MasterKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("MasterKey(…)")
    }
}

impl MasterKey {
    /// Reads a service's own key file.
    pub fn load(path: &Path) -> Result<Self, VaultError> {
        Self::load_as(path, None)
    }

    /// Reads the instance's key file, and derives the service's own key as everybody does who hands the services theirs.
    pub fn load_for(path: &Path, service: &'static str) -> Result<Self, VaultError> {
        Self::load_as(path, Some(service))
    }

    /// Makes the instance's key file. Errors: there is one.
    ///
    /// Only while there are no journals yet: a new key can't open what another has sealed.
    pub fn create(path: &Path) -> Result<(), VaultError> {
        let line = new_line()?;
        write_new(path, line.as_bytes()).map_err(|error| VaultError::File(path.to_owned(), error))
    }

    /// A key of 32 bytes, without a file.
    pub fn from_bytes(bytes: &[u8; 32]) -> Self {
        Self {
            keys: vec![Zeroizing::new(*bytes)],
            file: None,
        }
    }

    fn load_as(path: &Path, service: Option<&'static str>) -> Result<Self, VaultError> {
        let text = read(path)?;
        let lines = text.lines().filter(|line| !line.trim().is_empty());
        let bad = || VaultError::BadMaster(path.to_owned());
        let key = |line: &str| match service {
            None => decode(line.trim()).ok_or_else(bad),
            Some(service) => derived(line.trim(), service).ok_or_else(bad),
        };
        let keys: Vec<Key> = lines.map(key).collect::<Result<_, _>>()?;
        if !(1..=2).contains(&keys.len()) {
            return Err(bad());
        }
        let file = File {
            path: path.to_owned(),
            service,
        };
        Ok(Self { keys, file: Some(file) })
    }

    /// The same file as it is now; None: it has none.
    pub(crate) fn again(&self) -> Result<Option<Self>, VaultError> {
        let again = |file: &File| Self::load_as(&file.path, file.service);
        self.file.as_ref().map(again).transpose()
    }

    /// The newest, with which is wrapped.
    pub(crate) fn newest(&self) -> &Key {
        &self.keys[0]
    }

    /// All, the newest first.
    pub(crate) fn all(&self) -> &[Key] {
        &self.keys
    }

    /// Puts a new key before the one in a file, unless there is a second one already. Returns whether it was put there.
    pub fn begin_rotation(path: &Path) -> Result<bool, VaultError> {
        if Self::is_rotating(path)? {
            return Ok(false);
        }
        let text = Zeroizing::new([new_line()?.as_str(), read(path)?.as_str()].concat());
        replace(path, text.as_bytes())?;
        Ok(true)
    }

    /// Whether a file's key is being changed: it has two.
    pub fn is_rotating(path: &Path) -> Result<bool, VaultError> {
        Ok(Self::load(path)?.keys.len() > 1)
    }

    /// Leaves nothing but the newest key in a file.
    pub fn end_rotation(path: &Path) -> Result<(), VaultError> {
        let text = read(path)?;
        let first = text.lines().find(|line| !line.trim().is_empty());
        let first = first.ok_or_else(|| VaultError::BadMaster(path.to_owned()))?;
        replace(path, Zeroizing::new(format!("{}\n", first.trim())).as_bytes())
    }

    /// The line of a service's own key file, from a line of the instance's.
    ///
    /// SHA-256 over `idesluss/master/<service>`, a newline and the 64 digits in lower case, so that any tool can make it.
    fn derive(line: &str, service: &str) -> Key {
        let mut hash = Sha256::new();
        hash.update(format!("idesluss/master/{service}\n"));
        hash.update(Zeroizing::new(line.to_ascii_lowercase()).as_bytes());
        Zeroizing::new(hash.finalize().into())
    }
}

fn derived(line: &str, service: &str) -> Option<Key> {
    decode(line).map(|_| MasterKey::derive(line, service))
}

fn decode(line: &str) -> Option<Key> {
    let mut bytes = Zeroizing::new([0; 32]);
    hex::decode_to_slice(line, &mut bytes[..]).ok()?;
    Some(bytes)
}

fn new_line() -> Result<Zeroizing<String>, VaultError> {
    let bytes = Zeroizing::new(random::<32>()?);
    Ok(Zeroizing::new(format!("{}\n", hex::encode(&bytes[..]))))
}

/// What the file holds; nobody else may read it. What is known of it is of the same file, whatever is put in its place meanwhile.
fn read(path: &Path) -> Result<Zeroizing<String>, VaultError> {
    let failed = |error: std::io::Error| match error.kind() {
        ErrorKind::NotFound => VaultError::NoMaster(path.to_owned()),
        _ => VaultError::File(path.to_owned(), error),
    };
    let mut file = fs::File::open(path).map_err(failed)?;
    if is_open_to_others(&file.metadata().map_err(failed)?) {
        return Err(VaultError::Open(path.to_owned()));
    }
    let mut text = Zeroizing::new(String::new());
    file.read_to_string(&mut text).map_err(failed)?;
    Ok(text)
}

/// Puts a file in the place of another, with that one's owner and mode, all or nothing.
fn replace(path: &Path, bytes: &[u8]) -> Result<(), VaultError> {
    let mut draft = path.as_os_str().to_owned();
    draft.push(".new");
    let draft = PathBuf::from(draft);
    let put = || {
        let about = fs::metadata(path)?;
        let _ = fs::remove_file(&draft);
        write_new(&draft, bytes)?;
        keep_owner(&draft, &about)?;
        fs::rename(&draft, path)?;
        sync_folder(path)
    };
    put().map_err(|error| VaultError::File(path.to_owned(), error))
}

#[cfg(unix)]
fn keep_owner(path: &Path, about: &fs::Metadata) -> std::io::Result<()> {
    use std::os::unix::fs::MetadataExt as _;
    std::os::unix::fs::chown(path, Some(about.uid()), Some(about.gid()))?;
    fs::set_permissions(path, about.permissions())
}

#[cfg(not(unix))]
fn keep_owner(path: &Path, about: &fs::Metadata) -> std::io::Result<()> {
    fs::set_permissions(path, about.permissions())
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
    sync_folder(path)
}

fn sync_folder(path: &Path) -> std::io::Result<()> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    fs::File::open(folder.unwrap_or(Path::new(".")))?.sync_all()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_services_own_key_is_the_digest_that_any_tool_makes() {
        let line = "5e".repeat(32);
        // printf 'idesluss/master/submission\n%s' $line | sha256sum
        let made = MasterKey::derive(&line, "submission");
        assert_eq!(
            hex::encode(*made),
            "3e48359685f0e68368fb684e2d336444d82358826c6bbce431f2679eded4bcf9"
        );
        assert_ne!(*made, *MasterKey::derive(&line, "evaluation"));
        assert_eq!(*made, *MasterKey::derive(&line.to_uppercase(), "submission"));
    }
}
