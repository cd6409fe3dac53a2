use crate::SealedParts;
use crate::cipher;
use crate::keyring::{Keyring, Wrapping};
use crate::texts::{Cache, open_texts};
use crate::{FileReader, FileWriter, KeyExport, Ledger, MasterKey, Opened, Sealer, VaultError, key_export};
use idesluss_domain::SealedMember;
use idesluss_domain::words::Scope;
use idesluss_domain::words::{Digest, OrganisationId};
use idesluss_journal::Store;
use std::sync::Arc;
use zeroize::Zeroizing;

/// Seals, opens and erases for one service. Cheap to clone.
#[derive(Clone)]
pub struct Vault(Arc<Inner>);

pub(crate) struct Inner {
    pub(crate) store: Arc<dyn Store>,
    pub(crate) keyring: Keyring,
    pub(crate) ledger: Arc<Ledger>,
    pub(crate) cache: Cache,
}

impl Vault {
    /// Opens the vault over a store, and erases again what the ledger says was erased.
    ///
    /// Where another replica writes the journal, it waits until that one has begun it. Errors: `WrongMaster` when the store's keys were wrapped with another master key.
    pub async fn open(store: Arc<dyn Store>, master: MasterKey, ledger: Arc<Ledger>) -> Result<Self, VaultError> {
        let keyring = Keyring::open(Arc::clone(&store), master).await?;
        let vault = Self(Arc::new(Inner {
            store,
            keyring,
            ledger,
            cache: Cache::new(),
        }));
        if vault.0.store.lease().borrow().is_held() {
            vault.erase_again().await?;
        }
        Ok(vault)
    }

    /// Remembers opened texts up to so many bytes.
    pub fn remember_up_to(&self, bytes: usize) {
        self.0.cache.bound(bytes);
    }

    /// Erases again what the ledger says was erased and a restored backup has brought back. For whoever holds the writer's lease.
    pub async fn erase_again(&self) -> Result<(), VaultError> {
        let destroyed = self.0.ledger.all();
        let rows = self.0.store.keys(&destroyed).await?.into_iter().flatten();
        let back: Vec<[u8; 16]> = rows.filter(|row| !row.wrapped.is_empty()).map(|row| row.id).collect();
        if !back.is_empty() {
            self.0.store.erase(back).await?;
        }
        Ok(())
    }

    /// How the instance's own key is wrapped, by the master key's file as it is now.
    pub async fn wrapping(&self) -> Result<Wrapping, VaultError> {
        self.0.keyring.wrapping().await
    }

    /// Wraps it under the newest key of that file, where it is wrapped under the older one. For whoever holds the writer's lease. Returns how
    /// it was wrapped before.
    pub async fn wrap_anew(&self) -> Result<Wrapping, VaultError> {
        self.0.keyring.wrap_anew().await
    }

    /// Notes in this machine's ledger what other replicas have erased: whichever ledger outlives a loss knows it all.
    pub async fn copy_ledger(&self) -> Result<(), VaultError> {
        self.0.ledger.add(&self.0.store.erased_keys().await?)
    }

    /// HMAC-SHA-256 of a command, to tell whether the same id came with another body.
    pub fn fingerprint(&self, method: &str, body: &[u8]) -> [u8; 32] {
        self.0.keyring.fingerprint(method, body)
    }

    /// 32 bytes that nobody knows who does not hold this service's keys: the same for the same purpose, on every replica and after every change of the
    /// master key.
    pub fn secret(&self, purpose: &str) -> Zeroizing<[u8; 32]> {
        self.0.keyring.secret(purpose)
    }

    /// Seals what is kept beside the journal, bound to `to`, under the secret of a purpose: nobody reads it, or makes such a thing, without this service's
    /// keys.
    pub fn seal_beside(&self, purpose: &str, to: &str, plaintext: &[u8]) -> Result<Vec<u8>, VaultError> {
        cipher::seal(&self.secret(purpose), to, plaintext)
    }

    /// Opens what [`Vault::seal_beside`] has made. Errors: it was altered, or is bound to something else.
    pub fn open_beside(&self, purpose: &str, to: &str, sealed: &[u8]) -> Result<Zeroizing<Vec<u8>>, VaultError> {
        cipher::open(&self.secret(purpose), to, sealed)
    }

    /// Begins to seal one command's texts under keys of `organisation`.
    pub fn sealer(&self, organisation: &OrganisationId) -> Sealer {
        Sealer::new(self.clone(), organisation.clone())
    }

    /// Opens texts in the order asked for, in one batch, each as the member of the event that it was sealed for and as no other.
    pub async fn open_texts(&self, members: &[SealedMember]) -> Result<Vec<Opened>, VaultError> {
        open_texts(&self.0, members).await
    }

    /// Which of these digests are texts that are kept here, whatever they were sealed for. Nothing is opened.
    pub async fn keeps(&self, digests: &[Digest]) -> Result<Vec<bool>, VaultError> {
        let digests: Vec<[u8; 32]> = digests.iter().map(|digest| digest.0).collect();
        let rows = self.0.store.texts(&digests).await?;
        Ok(rows.iter().map(Option::is_some).collect())
    }

    /// Exports sealed texts with their keys for another service of the instance.
    ///
    /// Errors: `Erased` when any of them can't be read any more; `NotItsOwn` for what was sealed for something else, or under another
    /// key than this scope's of this organisation.
    pub async fn export_keys(
        &self,
        organisation: &OrganisationId,
        scope: &Scope,
        members: &[SealedMember],
    ) -> Result<KeyExport, VaultError> {
        key_export::export(&self.0, organisation, scope, members).await
    }

    /// Takes over what another service has exported for `members`: the same ciphertext, the keys wrapped anew as this scope's of this
    /// organisation, to be written with the event that speaks of it. Errors: `Erased`; `NotItsOwn` when it is anything else that was exported.
    pub async fn import_keys(
        &self,
        organisation: &OrganisationId,
        scope: &Scope,
        members: &[SealedMember],
        export: KeyExport,
    ) -> Result<SealedParts, VaultError> {
        key_export::import(&self.0, organisation, scope, members, export).await
    }

    /// Destroys an organisation's keys of scopes and everything under them, and nobody else's. Repeatable: returns the digests of all that they ever sealed.
    ///
    /// The intent is in the ledger first, so that a crash in between is made good at the next start.
    pub async fn erase(&self, organisation: &OrganisationId, scopes: &[Scope]) -> Result<Vec<Digest>, VaultError> {
        let mut keys = Vec::new();
        for scope in scopes {
            keys.extend(
                self.0
                    .store
                    .keys_of(organisation.as_str(), &scope.to_string())
                    .await?
                    .into_iter()
                    .map(|row| row.id),
            );
        }
        if keys.is_empty() {
            return Ok(Vec::new());
        }
        self.0.ledger.add(&keys)?;
        self.0.cache.forget();
        let gone = self.0.store.erase(keys).await?;
        // Once more: a page may have opened a text between the first time and the erasure.
        self.0.cache.forget();
        Ok(gone.into_iter().map(Digest).collect())
    }

    /// Forgets every opened text that it remembers: another replica has erased something.
    pub fn forget(&self) {
        self.0.cache.forget();
    }

    /// Begins to take a file in. `bound_to` names the event and member that will speak of it, and is needed to read it.
    pub async fn receive_file(
        &self,
        organisation: &OrganisationId,
        scope: &Scope,
        bound_to: &str,
    ) -> Result<FileWriter, VaultError> {
        FileWriter::begin(self.clone(), organisation, scope, bound_to).await
    }

    /// Opens a file for reading. Errors: `UnknownFile`, `Erased`.
    pub async fn open_file(&self, file: Digest, bound_to: &str) -> Result<FileReader, VaultError> {
        FileReader::open(self.clone(), file, bound_to).await
    }

    pub(crate) fn cache(&self) -> &Cache {
        &self.0.cache
    }

    pub(crate) fn ledger(&self) -> &Ledger {
        &self.0.ledger
    }

    pub(crate) fn keyring(&self) -> &Keyring {
        &self.0.keyring
    }

    pub(crate) fn store(&self) -> &Arc<dyn Store> {
        &self.0.store
    }
}
