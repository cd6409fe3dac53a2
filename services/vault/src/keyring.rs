//! From the master key down to scope keys.

use crate::cipher::{Key, open, random, seal, unwrap};
use crate::{MasterKey, VaultError};
use idesluss_domain::words::OrganisationId;
use idesluss_domain::words::Scope;
use idesluss_journal::{KeyRow, Store};
use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::Mutex;
use zeroize::Zeroizing;

/// Whose the row is that only tells whether the master key is the right one, and its scope.
const PROOF: (&str, &str) = ("", "instance");

/// The scope of the key that wraps an organisation's other keys.
const ORGANISATION: &str = "organisation";

/// How long a replica waits before it looks again whether the journal has been begun.
const RETRY: Duration = Duration::from_millis(200);

pub(crate) struct Keyring {
    store: Arc<dyn Store>,
    pub(crate) master: MasterKey,
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
    /// Checks that the master key is the one that the store's keys are wrapped with.
    pub(crate) async fn open(store: Arc<dyn Store>, master: MasterKey) -> Result<Self, VaultError> {
        let mut lease = store.lease();
        let rows = loop {
            let held = lease.borrow_and_update().is_held();
            let rows = store.keys_of(PROOF.0, PROOF.1).await?;
            if held || !rows.is_empty() {
                break rows;
            }
            // Whoever writes makes the row; or nobody does, and it may become this process.
            let _ = tokio::time::timeout(RETRY, lease.changed()).await;
        };
        if let Some(row) = rows.first() {
            open(master.wrapping(), &bound_row(row), &row.wrapped).map_err(|_| VaultError::WrongMaster)?;
        } else {
            let row = wrap(&Zeroizing::new(random()?), PROOF, master.wrapping(), None)?;
            store.add_keys(vec![row]).await?;
        }
        Ok(Self {
            store,
            master,
            organisations: Mutex::default(),
        })
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
            Some(row) => (row.id, unwrap(self.master.wrapping(), &bound_row(&row), &row.wrapped)?),
            None => {
                let key = Zeroizing::new(random()?);
                let row = wrap(&key, of, self.master.wrapping(), None)?;
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
        let scope = scope.to_string();
        let (wrapper, wrapping) = self.organisation(organisation).await?;
        let rows = self.store.keys_of(organisation.as_str(), &scope).await?;
        let usable = rows
            .into_iter()
            .find(|row| !row.wrapped.is_empty() && row.wrapped_by == Some(wrapper));
        if let Some(row) = usable {
            return Ok((row.id, unwrap(&wrapping, &bound_row(&row), &row.wrapped)?, None));
        }
        let key = Zeroizing::new(random()?);
        let row = wrap(&key, (organisation.as_str(), &scope), &wrapping, Some(wrapper))?;
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
        let mut wrappers: Vec<[u8; 16]> = rows.iter().filter_map(|row| row.wrapped_by).collect();
        wrappers.sort_unstable();
        wrappers.dedup();
        let mut wrapping = HashMap::new();
        for row in self.store.keys(&wrappers).await?.into_iter().flatten() {
            wrapping.insert(row.id, unwrap(self.master.wrapping(), &bound_row(&row), &row.wrapped)?);
        }
        let mut keys = HashMap::new();
        for row in rows {
            let by = match &row.wrapped_by {
                None => Some(self.master.wrapping()),
                Some(id) => wrapping.get(id),
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
