use crate::cipher::{Key, seal};
use crate::{Vault, VaultError};
use idesluss_domain::words::Scope;
use idesluss_domain::words::{Digest, EventId, OrganisationId, SealedText};
use idesluss_domain::{SealedMember, bound_to};
use idesluss_journal::{KeyRow, TextRow};
use sha2::{Digest as _, Sha256};
use std::collections::HashMap;
use std::sync::Arc;
use zeroize::Zeroizing;

/// Everything that was sealed for one command: it goes into the same transaction as the events.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SealedParts {
    /// Keys that were made for it.
    pub keys: Vec<KeyRow>,
    /// The sealed texts.
    pub texts: Vec<TextRow>,
    /// Files that its events speak of.
    pub claimed: Vec<[u8; 32]>,
}

/// Seals the texts of one command.
pub struct Sealer {
    vault: Vault,
    organisation: OrganisationId,
    keys: HashMap<Scope, ([u8; 16], Key)>,
    /// What begins with it: no key of it is looked for.
    begun: Option<Scope>,
    parts: SealedParts,
    /// Of the vault's memory, when it began.
    generation: u64,
}

impl Sealer {
    pub(crate) fn new(vault: Vault, organisation: OrganisationId) -> Self {
        let generation = vault.cache().generation();
        Self {
            vault,
            generation,
            organisation,
            keys: HashMap::new(),
            begun: None,
            parts: SealedParts::default(),
        }
    }

    /// Seals under keys of `organisation` from now on.
    pub fn own(&mut self, organisation: &OrganisationId) {
        if self.organisation != *organisation {
            self.organisation = organisation.clone();
            self.keys.clear();
        }
    }

    /// Takes it that nothing has been sealed to be erased together with `scope`: it gets a key of its own, also should it have one.
    pub fn begin(&mut self, scope: Scope) {
        self.begun = Some(scope);
    }

    /// Seals a text for one member of the event that will be written, see [`bound_to`]. Returns the digest that the event carries.
    pub async fn text(
        &mut self,
        scope: &Scope,
        event: EventId,
        kind: &str,
        field: &str,
        plaintext: &str,
    ) -> Result<SealedText, VaultError> {
        if !self.keys.contains_key(scope) {
            let (id, key, row) = match self.begun == Some(*scope) {
                true => self.vault.keyring().begin(&self.organisation, scope).await?,
                false => self.vault.keyring().scope(&self.organisation, scope).await?,
            };
            self.parts.keys.extend(row);
            self.keys.insert(*scope, (id, key));
        }
        let (id, key) = &self.keys[scope];
        let bound_to = bound_to(event, kind, field);
        let ciphertext = seal(key, &bound_to, plaintext.as_bytes())?;
        let digest: [u8; 32] = Sha256::digest(&ciphertext).into();
        let member = SealedMember {
            digest: Digest(digest),
            bound_to,
        };
        // Its index, what resembles it and its author's page open it in a moment. Unless it is written, nobody learns of this digest.
        let text = Arc::new(Zeroizing::new(plaintext.to_owned()));
        self.vault.cache().remember(&member, &text, self.generation);
        self.parts.texts.push(TextRow {
            digest,
            key: *id,
            bound_to: member.bound_to,
            ciphertext: ciphertext.into(),
        });
        Ok(SealedText(Digest(digest)))
    }

    /// Claims an uploaded file for the command's events.
    pub fn claim(&mut self, file: Digest) {
        self.parts.claimed.push(file.0);
    }

    /// Everything sealed, for the append.
    pub fn finish(self) -> SealedParts {
        self.parts
    }
}
