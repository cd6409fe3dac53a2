//! From the master key down to scope keys.

use crate::cipher::{Key, open, random, seal, unwrap};
use crate::{MasterKey, VaultError};
use hmac::{Hmac, KeyInit as _, Mac as _};
use idesluss_domain::words::OrganisationId;
use idesluss_domain::words::Scope;
use idesluss_journal::{KeyRow, Store};
use sha2::Sha256;
use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::Mutex;
use zeroize::Zeroizing;

/// Whose the instance's own key is, and its scope: the master key wraps it, and it wraps the organisations' keys.
const INSTANCE: (&str, &str) = ("", "instance");

/// The scope of the key that wraps an organisation's other keys.
const ORGANISATION: &str = "organisation";

/// How long a replica waits before it looks again whether the journal has been begun.
const RETRY: Duration = Duration::from_millis(200);

pub(crate) struct Keyring {
    store: Arc<dyn Store>,
    master: MasterKey,
    /// The instance's own key with its id, unwrapped once. Changing the master key leaves it as it is.
    instance: ([u8; 16], Key),
    fingerprinting: Key,
    /// Of what secrets for other purposes are made.
    deriving: Key,
    /// Organisations' keys, unwrapped once; few, and never erased.
    organisations: Mutex<HashMap<OrganisationId, ([u8; 16], Key)>>,
}

/// What a wrapped key is bound to: its id, whose it is and what it protects. A row that was moved to another organisation does not open.
fn bound(id: &[u8; 16], (organisation, scope): (&str, &str)) -> String {
    format!("{}/{organisation}/{scope}", hex::encode(id))
}

fn bound_row(row: &KeyRow) -> String {
    bound(&row.id, (&row.organisation, &row.scope))
}

impl Keyring {
    /// Opens the instance's own key; makes it at the journal's beginning. Errors: `WrongMaster` when the master key does not open it.
    pub(crate) async fn open(store: Arc<dyn Store>, master: MasterKey) -> Result<Self, VaultError> {
        let mut lease = store.lease();
        let rows = loop {
            let held = lease.borrow_and_update().is_held();
            let rows = store.keys_of(INSTANCE.0, INSTANCE.1).await?;
            if held || !rows.is_empty() {
                break rows;
            }
            // Whoever writes makes the row; or nobody does, and it may become this process.
            let _ = tokio::time::timeout(RETRY, lease.changed()).await;
        };
        let instance = match rows.first() {
            Some(row) => (row.id, unwrap_with(&master, row).ok_or(VaultError::WrongMaster)?),
            None => {
                let key = Zeroizing::new(random()?);
                let row = wrap(&key, INSTANCE, master.newest(), None)?;
                let id = row.id;
                store.add_keys(vec![row]).await?;
                (id, key)
            }
        };
        Ok(Self {
            store,
            master,
            fingerprinting: mac(&instance.1, &[b"idesluss/fingerprint"]),
            deriving: mac(&instance.1, &[b"idesluss/secret"]),
            instance,
            organisations: Mutex::default(),
        })
    }

    /// HMAC-SHA-256 of a command's method and body.
    pub(crate) fn fingerprint(&self, method: &str, body: &[u8]) -> [u8; 32] {
        *mac(&self.fingerprinting, &[method.as_bytes(), &[0], body])
    }

    /// A secret of this service for a purpose of its own.
    pub(crate) fn secret(&self, purpose: &str) -> Zeroizing<[u8; 32]> {
        mac(&self.deriving, &[purpose.as_bytes()])
    }

    /// How the instance's own key is wrapped, by the keys of the master key's file as it is now.
    pub(crate) async fn wrapping(&self) -> Result<Wrapping, VaultError> {
        let again = self.master.again()?;
        self.wrapping_by(again.as_ref().unwrap_or(&self.master)).await
    }

    async fn wrapping_by(&self, master: &MasterKey) -> Result<Wrapping, VaultError> {
        let row = self.store.keys_of(INSTANCE.0, INSTANCE.1).await?.into_iter().next();
        let row = row.ok_or(VaultError::WrongMaster)?;
        Ok(if open(master.newest(), &bound_row(&row), &row.wrapped).is_ok() {
            Wrapping::Newest
        } else if unwrap_with(master, &row).is_some() {
            Wrapping::Older
        } else {
            Wrapping::Neither
        })
    }

    /// Wraps the instance's own key under the newest key of the master key's file, where it is wrapped under the older one. For whoever holds
    /// the writer's lease. Returns how it was wrapped before.
    pub(crate) async fn wrap_anew(&self) -> Result<Wrapping, VaultError> {
        let again = self.master.again()?;
        let master = again.as_ref().unwrap_or(&self.master);
        let before = self.wrapping_by(master).await?;
        if before == Wrapping::Older {
            let (id, key) = &self.instance;
            self.store
                .rewrap_key(KeyRow {
                    id: *id,
                    organisation: INSTANCE.0.to_owned(),
                    scope: INSTANCE.1.to_owned(),
                    wrapped_by: None,
                    wrapped: seal(master.newest(), &bound(id, INSTANCE), &**key)?,
                })
                .await?;
        }
        Ok(before)
    }

    /// An organisation's key; makes it at its first use.
    async fn organisation(&self, name: &OrganisationId) -> Result<([u8; 16], Key), VaultError> {
        let of = (name.as_str(), ORGANISATION);
        let mut known = self.organisations.lock().await;
        if let Some((id, key)) = known.get(name) {
            return Ok((*id, key.clone()));
        }
        let rows = self.store.keys_of(of.0, of.1).await?;
        let (id, key) = match rows.into_iter().find(|row| !row.wrapped.is_empty()) {
            Some(row) => (row.id, unwrap(&self.instance.1, &bound_row(&row), &row.wrapped)?),
            None => {
                let key = Zeroizing::new(random()?);
                let row = wrap(&key, of, &self.instance.1, Some(self.instance.0))?;
                let id = row.id;
                self.store.add_keys(vec![row]).await?;
                (id, key)
            }
        };
        known.insert(name.clone(), (id, key.clone()));
        Ok((id, key))
    }

    /// A scope's key, with its row when it was made just now and has to be written with what it seals.
    pub(crate) async fn scope(
        &self,
        organisation: &OrganisationId,
        scope: &Scope,
    ) -> Result<([u8; 16], Key, Option<KeyRow>), VaultError> {
        let name = scope.to_string();
        let (wrapper, wrapping) = self.organisation(organisation).await?;
        let rows = self.store.keys_of(organisation.as_str(), &name).await?;
        let usable = rows
            .into_iter()
            .find(|row| !row.wrapped.is_empty() && row.wrapped_by == Some(wrapper));
        match usable {
            Some(row) => Ok((row.id, unwrap(&wrapping, &bound_row(&row), &row.wrapped)?, None)),
            None => self.begin(organisation, scope).await,
        }
    }

    /// A new key of a scope, whether it has one or not.
    pub(crate) async fn begin(
        &self,
        organisation: &OrganisationId,
        scope: &Scope,
    ) -> Result<([u8; 16], Key, Option<KeyRow>), VaultError> {
        let (wrapper, wrapping) = self.organisation(organisation).await?;
        let key = Zeroizing::new(random()?);
        let of = (organisation.as_str(), &*scope.to_string());
        let row = wrap(&key, of, &wrapping, Some(wrapper))?;
        Ok((row.id, key, Some(row)))
    }

    /// Wraps an imported key anew, under the organisation's own key here. Its id stays.
    pub(crate) async fn rewrap(
        &self,
        organisation: &OrganisationId,
        scope: &Scope,
        id: [u8; 16],
        key: &Key,
    ) -> Result<KeyRow, VaultError> {
        let (wrapper, wrapping) = self.organisation(organisation).await?;
        let scope = scope.to_string();
        let wrapped = seal(&wrapping, &bound(&id, (organisation.as_str(), &scope)), &**key)?;
        Ok(KeyRow {
            id,
            organisation: organisation.to_string(),
            scope,
            wrapped_by: Some(wrapper),
            wrapped,
        })
    }

    /// Unwraps keys, asking for those that wrap them in one batch. Erased ones come as `None`.
    pub(crate) async fn unwrap_rows(&self, rows: &[KeyRow]) -> Result<HashMap<[u8; 16], Option<Key>>, VaultError> {
        let (instance, by_instance) = &self.instance;
        let mut wrappers: Vec<[u8; 16]> = rows.iter().filter_map(|row| row.wrapped_by).collect();
        wrappers.retain(|id| id != instance);
        wrappers.sort_unstable();
        wrappers.dedup();
        // Organisations' keys are at hand once something was sealed under them.
        let mut wrapping = HashMap::new();
        for (id, key) in self.organisations.lock().await.values() {
            if let Ok(at) = wrappers.binary_search(id) {
                wrappers.remove(at);
                wrapping.insert(*id, key.clone());
            }
        }
        if !wrappers.is_empty() {
            for row in self.store.keys(&wrappers).await?.into_iter().flatten() {
                wrapping.insert(row.id, unwrap(by_instance, &bound_row(&row), &row.wrapped)?);
            }
        }
        let mut keys = HashMap::new();
        for row in rows {
            let by = match &row.wrapped_by {
                Some(id) if id == instance => Some(by_instance),
                Some(id) => wrapping.get(id),
                // Only the instance's own key is wrapped by none of these, and it seals nothing.
                None => None,
            };
            let key = match by {
                _ if row.wrapped.is_empty() => None,
                Some(by) => Some(unwrap(by, &bound_row(row), &row.wrapped)?),
                None => return Err(VaultError::Altered(row.scope.clone())),
            };
            keys.insert(row.id, key);
        }
        Ok(keys)
    }
}

/// How the instance's own key is wrapped just now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wrapping {
    /// Under the newest master key.
    Newest,
    /// Under the one that is being replaced.
    Older,
    /// Under a key that the file does not hold.
    Neither,
}

fn unwrap_with(master: &MasterKey, row: &KeyRow) -> Option<Key> {
    let open = |by: &Key| unwrap(by, &bound_row(row), &row.wrapped).ok();
    master.all().iter().find_map(open)
}

fn mac(key: &[u8; 32], parts: &[&[u8]]) -> Key {
    // HMAC takes keys of any length, so 32 bytes can't be refused; a zero key would still be a keyed hash.
    let mut mac = Hmac::<Sha256>::new_from_slice(key).unwrap_or_else(|_| Hmac::new(&Default::default()));
    parts.iter().for_each(|part| mac.update(part));
    Zeroizing::new(mac.finalize().into_bytes().into())
}

fn wrap(key: &Key, of: (&str, &str), by: &Key, wrapped_by: Option<[u8; 16]>) -> Result<KeyRow, VaultError> {
    let id = random()?;
    let wrapped = seal(by, &bound(&id, of), &**key)?;
    Ok(KeyRow {
        id,
        organisation: of.0.to_owned(),
        scope: of.1.to_owned(),
        wrapped_by,
        wrapped,
    })
}
