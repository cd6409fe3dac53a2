//! Opening texts, one batch at a time, with a bounded memory of the last ones.

use crate::cipher::{Key, open};
use crate::{VaultError, vault::Inner};
use idesluss_domain::words::Digest;
use idesluss_journal::TextRow;
use lru::LruCache;
use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

/// What became of a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Opened {
    /// It can be read.
    Text(String),
    /// Its key was destroyed.
    Erased,
    /// It is there, its key is not, and nobody has erased it: restore the keys.
    KeyMissing,
    /// No such text is kept here.
    Unknown,
}

impl Opened {
    /// The text, if it can be read.
    pub fn text(self) -> Option<String> {
        match self {
            Self::Text(text) => Some(text),
            _ => None,
        }
    }
}

/// How many bytes of plaintext are remembered.
const CACHE_BYTES: usize = 16 * 1024 * 1024;

/// Opened texts, oldest use first out.
pub(crate) struct Cache(Mutex<Remembered>);

struct Remembered {
    texts: LruCache<Digest, String>,
    bytes: usize,
    /// Counts erasures: what was read before one must not be remembered after it.
    generation: u64,
}

impl Cache {
    pub(crate) fn new() -> Self {
        Self(Mutex::new(Remembered {
            texts: LruCache::unbounded(),
            bytes: 0,
            generation: 0,
        }))
    }

    fn find(&self, digests: &[Digest]) -> (Vec<Option<String>>, u64) {
        let mut inner = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let found = digests.iter().map(|digest| inner.texts.get(digest).cloned()).collect();
        (found, inner.generation)
    }

    fn remember(&self, digest: Digest, text: &str, generation: u64) {
        let mut inner = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if inner.generation != generation || inner.texts.contains(&digest) {
            return;
        }
        inner.bytes += text.len();
        inner.texts.put(digest, text.to_owned());
        while inner.bytes > CACHE_BYTES {
            let Some((_, oldest)) = inner.texts.pop_lru() else {
                break;
            };
            inner.bytes -= oldest.len();
        }
    }

    pub(crate) fn forget(&self) {
        let mut inner = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        inner.generation += 1;
        inner.bytes = 0;
        inner.texts.clear();
    }
}

pub(crate) async fn open_texts(vault: &Inner, digests: &[Digest]) -> Result<Vec<Opened>, VaultError> {
    let (remembered, generation) = vault.cache.find(digests);
    let wanted: Vec<[u8; 32]> = digests
        .iter()
        .zip(&remembered)
        .filter(|(_, text)| text.is_none())
        .map(|(digest, _)| digest.0)
        .collect();
    let mut rows = Vec::new();
    if !wanted.is_empty() {
        rows = vault.store.texts(&wanted).await?;
    }
    let keys = keys_of(vault, rows.iter().flatten()).await?;
    let mut rows = rows.into_iter();
    let mut opened = Vec::with_capacity(digests.len());
    for (digest, text) in digests.iter().zip(remembered) {
        opened.push(match text {
            Some(text) => Opened::Text(text),
            None => match rows.next().flatten() {
                None => Opened::Unknown,
                Some(row) => one(vault, digest, &row, &keys, generation)?,
            },
        });
    }
    Ok(opened)
}

fn one(
    vault: &Inner,
    digest: &Digest,
    row: &TextRow,
    keys: &HashMap<[u8; 16], Option<Key>>,
    generation: u64,
) -> Result<Opened, VaultError> {
    if row.ciphertext.is_empty() || vault.ledger.holds(&row.key) {
        return Ok(Opened::Erased);
    }
    match keys.get(&row.key) {
        None => Ok(Opened::KeyMissing),
        Some(None) => Ok(Opened::Erased),
        Some(Some(key)) => {
            let bytes = open(key, &row.bound_to, &row.ciphertext)?;
            let text = String::from_utf8(bytes.to_vec()).map_err(|_| VaultError::Altered(row.bound_to.clone()))?;
            vault.cache.remember(*digest, &text, generation);
            Ok(Opened::Text(text))
        }
    }
}

/// The keys of some texts, in one batch.
pub(crate) async fn keys_of<'a>(
    vault: &Inner,
    rows: impl Iterator<Item = &'a TextRow>,
) -> Result<HashMap<[u8; 16], Option<Key>>, VaultError> {
    let mut ids: Vec<[u8; 16]> = rows.map(|row| row.key).collect();
    ids.sort_unstable();
    ids.dedup();
    if ids.is_empty() {
        return Ok(HashMap::new());
    }
    let rows: Vec<_> = vault.store.keys(&ids).await?.into_iter().flatten().collect();
    vault.keyring.unwrap_rows(&rows).await
}
