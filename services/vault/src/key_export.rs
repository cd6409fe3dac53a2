//! The one copy that leaves a service: an approved brief, ciphertext and keys, to be wrapped anew by whoever imports it.

use crate::VaultError;
use crate::cipher::Key;
use crate::texts::keys_of;
use crate::vault::Inner;
use idesluss_domain::words::{Digest, OrganisationId};
use idesluss_journal::TextRow;
use zeroize::Zeroizing;

/// Sealed texts with the keys to them. Only ever sent between services of one instance.
pub struct KeyExport {
    /// The keys that the texts are sealed under.
    pub keys: Vec<ExportedKey>,
    /// The texts, as they are stored.
    pub texts: Vec<TextRow>,
}

/// A key on key_export, wiped when it is dropped.
pub struct ExportedKey {
    /// Its id, the same in both services: an erasure names it.
    pub id: [u8; 16],
    /// What it protects.
    pub scope: String,
    /// The key itself.
    pub key: Zeroizing<[u8; 32]>,
}

/// Errors: `Erased` when any of them can't be read any more.
pub(crate) async fn export(vault: &Inner, digests: &[Digest]) -> Result<KeyExport, VaultError> {
    let wanted: Vec<[u8; 32]> = digests.iter().map(|digest| digest.0).collect();
    let rows = vault.store.texts(&wanted).await?;
    let texts: Vec<TextRow> = rows.into_iter().collect::<Option<_>>().ok_or(VaultError::UnknownFile)?;
    let unwrapped = keys_of(vault, texts.iter()).await?;
    let mut ids: Vec<[u8; 16]> = unwrapped.keys().copied().collect();
    ids.sort_unstable();
    let scopes = vault.store.keys(&ids).await?;
    let mut keys = Vec::with_capacity(ids.len());
    for row in scopes.into_iter().flatten() {
        let key: Key = unwrapped.get(&row.id).cloned().flatten().ok_or(VaultError::Erased)?;
        keys.push(ExportedKey {
            id: row.id,
            scope: row.scope,
            key,
        });
    }
    let is_erased = |text: &TextRow| text.ciphertext.is_empty() || !keys.iter().any(|key| key.id == text.key);
    if texts.iter().any(is_erased) {
        Err(VaultError::Erased)
    } else {
        Ok(KeyExport { keys, texts })
    }
}

pub(crate) async fn import(vault: &Inner, organisation: &OrganisationId, export: KeyExport) -> Result<(), VaultError> {
    let mut rows = Vec::with_capacity(export.keys.len());
    for exported in &export.keys {
        if vault.ledger.holds(&exported.id) {
            return Err(VaultError::Erased);
        }
        rows.push(
            vault
                .keyring
                .rewrap(organisation, exported.id, &exported.scope, &exported.key)
                .await?,
        );
    }
    vault.store.add_keys(rows).await?;
    vault.store.add_texts(export.texts).await?;
    Ok(())
}
