//! Opening texts, one batch at a time, with a bounded memory of the last ones.

use crate::cipher::{Key, open};
use crate::{VaultError, vault::Inner};
use idesluss_domain::SealedMember;
use idesluss_domain::words::Digest;
use idesluss_journal::TextRow;
use lru::LruCache;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use zeroize::Zeroizing;

/// A text in memory, wiped when the last who holds it lets it go.
pub type Plaintext = Arc<Zeroizing<String>>;

/// What became of a text.
#[derive(Clone, PartialEq, Eq)]
pub enum Opened {
    /// It can be read.
    Text(Plaintext),
    /// Its key was destroyed.
    Erased,
    /// It is there, its key is not, and nobody has erased it: restore the keys.
    KeyMissing,
    /// No such text is kept here.
    Unknown,
    /// It is kept here, and was sealed for another member of another event: it is not opened as this one.
    NotItsOwn,
}

/// Never shows the text: what is printed of it ends in logs.
impl std::fmt::Debug for Opened {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Text(_) => "Text(…)",
            Self::Erased => "Erased",
            Self::KeyMissing => "KeyMissing",
            Self::Unknown => "Unknown",
            Self::NotItsOwn => "NotItsOwn",
        })
    }
}

impl Opened {
    /// The text, if it can be read.
    pub fn text(self) -> Option<Plaintext> {
        match self {
            Self::Text(text) => Some(text),
            _ => None,
        }
    }
}

/// How many bytes of plaintext are remembered, unless something else is said.
const CACHE_BYTES: usize = 16 * 1024 * 1024;

/// Opened texts, oldest use first out.
pub(crate) struct Cache(Mutex<Remembered>);

/// A text, and what it was sealed for: it is given as nothing else, remembered or not.
struct Remembrance {
    bound_to: String,
    text: Plaintext,
}

impl Remembrance {
    fn bytes(&self) -> usize {
        self.bound_to.len() + self.text.len()
    }
}

struct Remembered {
    most_bytes: usize,
    texts: LruCache<Digest, Remembrance>,
    bytes: usize,
    /// Counts erasures: what was read before one must not be remembered after it.
    generation: u64,
}

impl Remembered {
    /// Forgets what was used longest ago, down to the bound.
    fn shrink(&mut self) {
        while self.bytes > self.most_bytes {
            let Some((_, oldest)) = self.texts.pop_lru() else {
                break;
            };
            self.bytes -= oldest.bytes();
        }
    }
}

impl Cache {
    pub(crate) fn new() -> Self {
        Self(Mutex::new(Remembered {
            most_bytes: CACHE_BYTES,
            texts: LruCache::unbounded(),
            bytes: 0,
            generation: 0,
        }))
    }

    fn find(&self, members: &[SealedMember]) -> (Vec<Option<Opened>>, u64) {
        let mut inner = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let find = |member: &SealedMember| {
            let known = inner.texts.get(&member.digest)?;
            Some(if known.bound_to == member.bound_to {
                Opened::Text(Arc::clone(&known.text))
            } else {
                Opened::NotItsOwn
            })
        };
        (members.iter().map(find).collect(), inner.generation)
    }

    /// What must be told to `remember` by whoever begins now.
    pub(crate) fn generation(&self) -> u64 {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).generation
    }

    pub(crate) fn remember(&self, member: &SealedMember, text: &Plaintext, generation: u64) {
        let mut inner = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if inner.generation != generation || inner.texts.contains(&member.digest) {
            return;
        }
        let known = Remembrance {
            bound_to: member.bound_to.clone(),
            text: Arc::clone(text),
        };
        inner.bytes += known.bytes();
        inner.texts.put(member.digest, known);
        inner.shrink();
    }

    pub(crate) fn bound(&self, most_bytes: usize) {
        let mut inner = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        inner.most_bytes = most_bytes;
        inner.shrink();
    }

    pub(crate) fn forget(&self) {
        let mut inner = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        inner.generation += 1;
        inner.bytes = 0;
        inner.texts.clear();
    }
}

pub(crate) async fn open_texts(vault: &Inner, members: &[SealedMember]) -> Result<Vec<Opened>, VaultError> {
    let (remembered, generation) = vault.cache.find(members);
    let wanted: Vec<[u8; 32]> = members
        .iter()
        .zip(&remembered)
        .filter(|(_, text)| text.is_none())
        .map(|(member, _)| member.digest.0)
        .collect();
    let mut rows = Vec::new();
    if !wanted.is_empty() {
        rows = vault.store.texts(&wanted).await?;
    }
    let keys = keys_of(vault, rows.iter().flatten()).await?;
    let mut rows = rows.into_iter();
    let mut opened = Vec::with_capacity(members.len());
    for (member, text) in members.iter().zip(remembered) {
        opened.push(match text {
            Some(text) => text,
            None => match rows.next().flatten() {
                None => Opened::Unknown,
                Some(row) => one(vault, member, &row, &keys, generation)?,
            },
        });
    }
    Ok(opened)
}

fn one(
    vault: &Inner,
    member: &SealedMember,
    row: &TextRow,
    keys: &HashMap<[u8; 16], Option<Key>>,
    generation: u64,
) -> Result<Opened, VaultError> {
    if row.bound_to != member.bound_to {
        return Ok(Opened::NotItsOwn);
    }
    if row.ciphertext.is_empty() || vault.ledger.holds(&row.key) {
        return Ok(Opened::Erased);
    }
    match keys.get(&row.key) {
        None => Ok(Opened::KeyMissing),
        Some(None) => Ok(Opened::Erased),
        Some(Some(key)) => {
            // By what is asked for, not by what the row says: an altered row opens nothing.
            let mut bytes = open(key, &member.bound_to, &row.ciphertext)?;
            let text = String::from_utf8(std::mem::take(&mut *bytes)).map_err(|error| {
                drop(Zeroizing::new(error.into_bytes()));
                VaultError::Altered(row.bound_to.clone())
            })?;
            let text = Arc::new(Zeroizing::new(text));
            vault.cache.remember(member, &text, generation);
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
