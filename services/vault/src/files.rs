//! Attachments: 64 KiB chunks in the STREAM construction, staged until an event speaks of them.

use crate::cipher::random;
use crate::{Vault, VaultError};
use aead_stream::{DecryptorBE32, EncryptorBE32, Nonce, StreamBE32};
use chacha20poly1305::XChaCha20Poly1305;
use chacha20poly1305::aead::Payload;
use idesluss_domain::words::Scope;
use idesluss_domain::words::{Digest, OrganisationId};
use idesluss_journal::{KeyRow, StagedFile};
use sha2::{Digest as _, Sha256};
use zeroize::Zeroizing;

pub use idesluss_domain::words::MAX_FILE_BYTES;

const CHUNK_BYTES: usize = 64 * 1024;

/// STREAM takes 5 of the 24 bytes for the counter and the mark of the last chunk.
const NONCE_BYTES: usize = 19;

/// A file that is complete and known by its digest.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SealedFile {
    /// SHA-256 over all chunks of ciphertext.
    pub digest: Digest,
    /// How many bytes the file itself has.
    pub plain_bytes: u64,
}

/// Takes a file in, piece by piece. Dropped unfinished, what was staged is swept later.
pub struct FileWriter {
    vault: Vault,
    upload: [u8; 16],
    bound_to: String,
    key: [u8; 16],
    new_key: Option<KeyRow>,
    cipher: EncryptorBE32<XChaCha20Poly1305>,
    /// Goes in front of the first chunk.
    nonce: Option<[u8; NONCE_BYTES]>,
    waiting: Zeroizing<Vec<u8>>,
    plain_bytes: u64,
    chunks: u32,
    hash: Sha256,
}

impl FileWriter {
    pub(crate) async fn begin(
        vault: Vault,
        organisation: &OrganisationId,
        scope: &Scope,
        bound_to: &str,
    ) -> Result<Self, VaultError> {
        let (key, raw, new_key) = vault.keyring().scope(organisation, scope).await?;
        let nonce = random::<NONCE_BYTES>()?;
        Ok(Self {
            vault,
            upload: random()?,
            bound_to: bound_to.to_owned(),
            key,
            new_key,
            cipher: EncryptorBE32::new((&*raw).into(), &stream_nonce(nonce)),
            nonce: Some(nonce),
            waiting: Zeroizing::new(Vec::with_capacity(CHUNK_BYTES)),
            plain_bytes: 0,
            chunks: 0,
            hash: Sha256::new(),
        })
    }

    /// Takes the next piece, of any length. Errors: `TooLarge`.
    pub async fn write(&mut self, mut piece: &[u8]) -> Result<(), VaultError> {
        self.plain_bytes += piece.len() as u64;
        if self.plain_bytes > MAX_FILE_BYTES {
            return Err(VaultError::TooLarge { max: MAX_FILE_BYTES });
        }
        while !piece.is_empty() {
            if self.waiting.len() == CHUNK_BYTES {
                let sealed = self.cipher.encrypt_next(Payload {
                    msg: &self.waiting,
                    aad: self.bound_to.as_bytes(),
                });
                let sealed = sealed.map_err(|_| VaultError::Altered(self.bound_to.clone()))?;
                self.waiting.clear();
                self.stage(sealed).await?;
            }
            let room = (CHUNK_BYTES - self.waiting.len()).min(piece.len());
            self.waiting.extend_from_slice(&piece[..room]);
            piece = &piece[room..];
        }
        Ok(())
    }

    /// Ends the file. It is kept from the moment an append claims its digest.
    pub async fn finish(mut self) -> Result<SealedFile, VaultError> {
        let spare = EncryptorBE32::new(&Default::default(), &stream_nonce([0; NONCE_BYTES]));
        let cipher = std::mem::replace(&mut self.cipher, spare);
        let sealed = cipher.encrypt_last(Payload {
            msg: &self.waiting,
            aad: self.bound_to.as_bytes(),
        });
        self.stage(sealed.map_err(|_| VaultError::Altered(self.bound_to.clone()))?)
            .await?;
        let digest: [u8; 32] = self.hash.finalize().into();
        let file = StagedFile {
            digest,
            key: self.key,
            plain_bytes: self.plain_bytes,
            chunks: self.chunks,
            claimed: false,
        };
        self.vault.store().stage_done(self.upload, file, self.new_key).await?;
        Ok(SealedFile {
            digest: Digest(digest),
            plain_bytes: self.plain_bytes,
        })
    }

    async fn stage(&mut self, sealed: Vec<u8>) -> Result<(), VaultError> {
        let chunk = match self.nonce.take() {
            Some(nonce) => [&nonce[..], &sealed].concat(),
            None => sealed,
        };
        self.hash.update(&chunk);
        self.vault.store().stage_chunk(self.upload, self.chunks, chunk).await?;
        self.chunks += 1;
        Ok(())
    }
}

/// Reads a file, chunk by chunk.
pub struct FileReader {
    vault: Vault,
    file: StagedFile,
    bound_to: String,
    next: u32,
    key: Zeroizing<[u8; 32]>,
    cipher: Option<DecryptorBE32<XChaCha20Poly1305>>,
}

impl FileReader {
    /// Errors: `UnknownFile`, `Erased`.
    pub(crate) async fn open(vault: Vault, digest: Digest, bound_to: &str) -> Result<Self, VaultError> {
        let file = vault.store().file(digest.0).await?.ok_or(VaultError::UnknownFile)?;
        // A restored backup may hold what was erased, until it is erased again.
        if vault.ledger().holds(&file.key) {
            return Err(VaultError::Erased);
        }
        let row = vault
            .store()
            .keys(&[file.key])
            .await?
            .remove(0)
            .ok_or(VaultError::Erased)?;
        let key = vault
            .keyring()
            .unwrap_rows(&[row])
            .await?
            .remove(&file.key)
            .flatten()
            .ok_or(VaultError::Erased)?;
        Ok(Self {
            vault,
            file,
            bound_to: bound_to.to_owned(),
            next: 0,
            key,
            cipher: None,
        })
    }

    /// How many bytes the file has.
    pub fn plain_bytes(&self) -> u64 {
        self.file.plain_bytes
    }

    /// The next chunk, or `None` after the last one.
    pub async fn next(&mut self) -> Result<Option<Zeroizing<Vec<u8>>>, VaultError> {
        if self.next == self.file.chunks {
            return Ok(None);
        }
        // It may have been erased since the first chunk.
        if self.vault.ledger().holds(&self.file.key) {
            return Err(VaultError::Erased);
        }
        let altered = |_| VaultError::Altered(self.bound_to.clone());
        let chunk = self
            .vault
            .store()
            .file_chunk(self.file.digest, self.next)
            .await?
            .ok_or(VaultError::Erased)?;
        let mut sealed = chunk.as_slice();
        let mut cipher = match self.cipher.take() {
            Some(cipher) => cipher,
            None => {
                let (nonce, rest) = sealed
                    .split_first_chunk::<NONCE_BYTES>()
                    .ok_or(VaultError::Altered(self.bound_to.clone()))?;
                sealed = rest;
                DecryptorBE32::new((&*self.key).into(), &stream_nonce(*nonce))
            }
        };
        self.next += 1;
        let payload = Payload {
            msg: sealed,
            aad: self.bound_to.as_bytes(),
        };
        if self.next == self.file.chunks {
            return cipher
                .decrypt_last(payload)
                .map(Zeroizing::new)
                .map(Some)
                .map_err(altered);
        }
        let plain = cipher.decrypt_next(payload).map_err(altered)?;
        self.cipher = Some(cipher);
        Ok(Some(Zeroizing::new(plain)))
    }
}

fn stream_nonce(bytes: [u8; NONCE_BYTES]) -> Nonce<XChaCha20Poly1305, StreamBE32<XChaCha20Poly1305>> {
    bytes.into()
}
