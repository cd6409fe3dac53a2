use crate::VaultError;
use std::collections::HashSet;
use std::fs::{File, OpenOptions};
use std::io::{Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

/// The ids of destroyed keys, one a line, outside the database: never whom or what they protected.
///
/// Written before a key is destroyed, so that an erasure that was cut off is finished at the next start, and a restored
/// backup is erased again.
#[derive(Debug)]
pub struct Ledger {
    path: PathBuf,
    inner: Mutex<Inner>,
}

#[derive(Debug)]
struct Inner {
    file: File,
    ids: HashSet<[u8; 16]>,
}

impl Ledger {
    /// Opens the ledger, and makes an empty one if there is none. A last line that was cut off is dropped.
    pub fn open(path: &Path) -> Result<Self, VaultError> {
        let failed = |error| VaultError::File(path.to_owned(), error);
        let mut options = OpenOptions::new();
        options.read(true).append(true).create(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let mut file = options.open(path).map_err(failed)?;
        let mut text = String::new();
        file.read_to_string(&mut text).map_err(failed)?;
        let whole = text.rfind('\n').map_or(0, |end| end + 1);
        let mut ids = HashSet::new();
        for line in text[..whole].lines() {
            let mut id = [0; 16];
            let damaged = std::io::Error::other("a line is no key id: the ledger was altered, restore it");
            hex::decode_to_slice(line, &mut id).map_err(|_| failed(damaged))?;
            ids.insert(id);
        }
        file.set_len(whole as u64).map_err(failed)?;
        Ok(Self {
            path: path.to_owned(),
            inner: Mutex::new(Inner { file, ids }),
        })
    }

    /// Writes key ids down, durably.
    pub(crate) fn add(&self, ids: &[[u8; 16]]) -> Result<(), VaultError> {
        let mut inner = self.inner.lock().unwrap_or_else(PoisonError::into_inner);
        let new: Vec<_> = ids.iter().filter(|id| !inner.ids.contains(*id)).copied().collect();
        if new.is_empty() {
            return Ok(());
        }
        let lines: String = new.iter().map(|id| format!("{}\n", hex::encode(id))).collect();
        inner
            .file
            .write_all(lines.as_bytes())
            .and_then(|()| inner.file.sync_all())
            .map_err(|error| VaultError::File(self.path.clone(), error))?;
        inner.ids.extend(new);
        Ok(())
    }

    /// Whether a key was destroyed.
    pub(crate) fn holds(&self, id: &[u8; 16]) -> bool {
        self.inner
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .ids
            .contains(id)
    }

    /// Every destroyed key.
    pub(crate) fn all(&self) -> Vec<[u8; 16]> {
        self.inner
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .ids
            .iter()
            .copied()
            .collect()
    }
}
