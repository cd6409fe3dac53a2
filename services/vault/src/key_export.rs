//! The one copy that leaves a service: an approved brief, ciphertext and keys, to be wrapped anew by whoever imports it.

use crate::VaultError;
use crate::sealer::SealedParts;
use crate::texts::keys_of;
use crate::vault::Inner;
use idesluss_domain::SealedMember;
use idesluss_domain::words::OrganisationId;
use idesluss_domain::words::Scope;
use idesluss_journal::TextRow;
use zeroize::Zeroizing;

/// Sealed texts of one organisation's scope, with the keys to them. Only ever sent between services of one instance.
pub struct KeyExport {
    /// The keys that the texts are sealed under.
    pub keys: Vec<ExportedKey>,
    /// The texts, as they are stored.
    pub texts: Vec<TextRow>,
}

/// An exported key, wiped when it is dropped.
pub struct ExportedKey {
    /// Its id, the same in both services: an erasure names it.
    pub id: [u8; 16],
    /// The key itself.
    pub key: Zeroizing<[u8; 32]>,
}

pub(crate) async fn export(
    vault: &Inner,
    organisation: &OrganisationId,
    scope: &Scope,
    members: &[SealedMember],
) -> Result<KeyExport, VaultError> {
    let wanted: Vec<[u8; 32]> = members.iter().map(|member| member.digest.0).collect();
    let rows = vault.store.texts(&wanted).await?;
    let texts: Vec<TextRow> = rows.into_iter().collect::<Option<_>>().ok_or(VaultError::UnknownFile)?;
    if !are_those(members, &texts) {
        return Err(VaultError::NotItsOwn);
    }
    // A restored backup may hold what was erased, until it is erased again.
    let is_erased = |text: &TextRow| text.ciphertext.is_empty() || vault.ledger.holds(&text.key);
    if texts.iter().any(is_erased) {
        return Err(VaultError::Erased);
    }
    let mut unwrapped = keys_of(vault, texts.iter()).await?;
    let mut ids: Vec<[u8; 16]> = unwrapped.keys().copied().collect();
    ids.sort_unstable();
    let scope = scope.to_string();
    let mut keys = Vec::with_capacity(ids.len());
    for row in vault.store.keys(&ids).await?.into_iter().flatten() {
        if (row.organisation.as_str(), row.scope.as_str()) != (organisation.as_str(), scope.as_str()) {
            return Err(VaultError::NotItsOwn);
        }
        let key = unwrapped.remove(&row.id).flatten().ok_or(VaultError::Erased)?;
        keys.push(ExportedKey { id: row.id, key });
    }
    if texts.iter().all(|text| keys.iter().any(|key| key.id == text.key)) {
        Ok(KeyExport { keys, texts })
    } else {
        Err(VaultError::Erased)
    }
}

/// Nothing is written: what is returned goes into one commit with the event that speaks of it.
pub(crate) async fn import(
    vault: &Inner,
    organisation: &OrganisationId,
    scope: &Scope,
    members: &[SealedMember],
    export: KeyExport,
) -> Result<SealedParts, VaultError> {
    if !are_those(members, &export.texts) {
        return Err(VaultError::NotItsOwn);
    }
    let mut keys = Vec::with_capacity(export.keys.len());
    for exported in &export.keys {
        if vault.ledger.holds(&exported.id) {
            return Err(VaultError::Erased);
        }
        let row = vault
            .keyring
            .rewrap(organisation, scope, exported.id, &exported.key)
            .await?;
        keys.push(row);
    }
    Ok(SealedParts {
        keys,
        texts: export.texts,
        claimed: Vec::new(),
    })
}

/// Whether the texts are those that the members speak of, in their order, and sealed for them.
fn are_those(members: &[SealedMember], texts: &[TextRow]) -> bool {
    let same =
        |(member, text): (&SealedMember, &TextRow)| member.digest.0 == text.digest && member.bound_to == text.bound_to;
    members.len() == texts.len() && members.iter().zip(texts).all(same)
}
