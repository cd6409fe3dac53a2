//! The one copy that leaves a service: an approved brief, ciphertext and keys, to be wrapped anew by the borrower.

use crate::VaultError;
use crate::cipher::Key;
use crate::texts::keys_of;
use crate::vault::Inner;
use idesluss_domain::words::{Digest, OrganisationId};
use idesluss_journal::TextRow;
use zeroize::Zeroizing;

/// Sealed texts with the keys to them. Only ever sent between services of one instance.
pub struct Loan {
    /// The keys that the texts are sealed under.
    pub keys: Vec<LentKey>,
    /// The texts, as they are stored.
    pub texts: Vec<TextRow>,
}

/// A key on loan, wiped when it is dropped.
pub struct LentKey {
    /// Its id, the same in both services: an erasure names it.
    pub id: [u8; 16],
    /// What it protects.
    pub scope: String,
    /// The key itself.
    pub key: Zeroizing<[u8; 32]>,
}

/// Errors: `Erased` when any of them can't be read any more.
pub(crate) async fn lend(vault: &Inner, digests: &[Digest]) -> Result<Loan, VaultError> {
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
        keys.push(LentKey {
            id: row.id,
            scope: row.scope,
            key,
        });
    }
    let is_erased = |text: &TextRow| text.ciphertext.is_empty() || !keys.iter().any(|key| key.id == text.key);
    if texts.iter().any(is_erased) {
        Err(VaultError::Erased)
    } else {
        Ok(Loan { keys, texts })
    }
}

pub(crate) async fn adopt(vault: &Inner, organisation: &OrganisationId, loan: Loan) -> Result<(), VaultError> {
    let mut rows = Vec::with_capacity(loan.keys.len());
    for lent in &loan.keys {
        if vault.ledger.holds(&lent.id) {
            return Err(VaultError::Erased);
        }
        rows.push(
            vault
                .keyring
                .rewrap(organisation, lent.id, &lent.scope, &lent.key)
                .await?,
        );
    }
    vault.store.add_keys(rows).await?;
    vault.store.add_texts(loan.texts).await?;
    Ok(())
}
