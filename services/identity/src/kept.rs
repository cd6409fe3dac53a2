//! What is kept beside the journal under the hash of a secret, or of what it is about: sealed, so that whoever reads the table learns nothing, and
//! whoever writes into it makes nothing up.

use idesluss_engine::{Engine, ExecuteError};
use idesluss_journal::Credential;
use serde::Serialize;
use serde::de::DeserializeOwned;
use sha2::{Digest as _, Sha256};

/// Something that is kept so.
pub(crate) trait Kept: Serialize + DeserializeOwned {
    /// What it is good for: nothing of one kind is taken for another.
    const KIND: &'static str;

    /// Whose it is, by which all of somebody's are found; empty: nobody asks.
    fn owner(&self) -> String;

    /// When it holds no longer. Microseconds since 1970.
    fn ends(&self) -> i64;
}

/// What is kept so, of all kinds. Cheap to clone.
#[derive(Clone)]
pub(crate) struct Records {
    engine: Engine,
}

/// What something is kept under.
pub(crate) type Key = [u8; 32];

/// What a secret's is kept under.
pub(crate) fn key(secret: &[u8]) -> Key {
    Sha256::digest(secret).into()
}

/// What it is bound to: its kind, whose it is, and what it is kept under.
fn bound(kind: &str, owner: &str, key: Key) -> String {
    let key: String = key.iter().map(|byte| format!("{byte:02x}")).collect();
    format!("{kind} {owner} {key}")
}

/// The purpose for which it is sealed.
const PURPOSE: &str = "kept beside the journal";

impl Records {
    pub(crate) fn new(engine: Engine) -> Self {
        Self { engine }
    }

    pub(crate) fn now(&self) -> i64 {
        self.engine.clock().now().as_micros()
    }

    fn open<K: Kept>(&self, found: &Credential) -> Option<K> {
        let holds = found.kind == K::KIND && found.expires_micros > self.now();
        let to = bound(K::KIND, &found.owner, found.hash);
        let opened = (holds.then(|| self.engine.vault().open_beside(PURPOSE, &to, &found.value)))?;
        // What does not open was not made here.
        let kept: K = serde_json::from_slice(&opened.ok()?).ok()?;
        // Nor is what holds for longer than it says.
        (kept.ends() > self.now()).then_some(kept)
    }

    /// What is kept under `key`, if it holds.
    pub(crate) async fn find<K: Kept>(&self, key: Key) -> Result<Option<K>, ExecuteError> {
        let found = self.engine.store().credential(key).await?;
        Ok(found.and_then(|found| self.open(&found)))
    }

    /// All of somebody's of a kind that hold, so many at the most.
    pub(crate) async fn all_of<K: Kept>(&self, owner: &str, most: u32) -> Result<Vec<(Key, K)>, ExecuteError> {
        let found = self.engine.store().credentials_of(K::KIND, owner, most).await?;
        let held = |found: &Credential| Some((found.hash, self.open(found)?));
        Ok(found.iter().filter_map(held).collect())
    }

    /// Keeps something under `key`, in the place of what is there and of `replaces`. Returns whether it is kept: what it was to replace is still there.
    pub(crate) async fn keep<K: Kept>(&self, key: Key, kept: &K, replaces: Option<Key>) -> Result<bool, ExecuteError> {
        let owner = kept.owner();
        // Plain parts can always be written.
        let plain = serde_json::to_vec(kept).unwrap_or_default();
        let value = (self.engine.vault()).seal_beside(PURPOSE, &bound(K::KIND, &owner, key), &plain)?;
        let credential = Credential {
            hash: key,
            kind: K::KIND.to_owned(),
            owner,
            expires_micros: kept.ends(),
            value,
        };
        Ok(self.engine.store().keep_credential(credential, replaces).await?)
    }

    /// Forgets what is kept under `key`. Returns whether it was there: of several who use it up at once, one is told so.
    pub(crate) async fn forget(&self, key: Key) -> Result<bool, ExecuteError> {
        Ok(self.engine.store().forget_credential(key).await?)
    }

    /// Uses up what is kept under `key`: returned once.
    pub(crate) async fn take<K: Kept>(&self, key: Key) -> Result<Option<K>, ExecuteError> {
        let found = self.find(key).await?;
        Ok(match found {
            Some(found) if self.forget(key).await? => Some(found),
            _ => None,
        })
    }

    /// Forgets all that hold no longer. Returns how many there were.
    pub(crate) async fn sweep(&self) -> Result<u64, ExecuteError> {
        Ok(self.engine.store().sweep_credentials(self.now()).await?)
    }
}
