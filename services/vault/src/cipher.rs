//! XChaCha20-Poly1305 with a random nonce in front.

use crate::VaultError;
use chacha20poly1305::aead::{Aead as _, KeyInit as _, Payload};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};
use zeroize::Zeroizing;

/// A key of 32 random bytes, wiped when it is dropped.
pub(crate) type Key = Zeroizing<[u8; 32]>;

const NONCE_BYTES: usize = 24;

pub(crate) fn random<const N: usize>() -> Result<[u8; N], VaultError> {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).map_err(VaultError::Random)?;
    Ok(bytes)
}

/// Encrypts `plaintext`, bound to `to`: it opens only where the same is expected.
pub(crate) fn seal(key: &Key, to: &str, plaintext: &[u8]) -> Result<Vec<u8>, VaultError> {
    let nonce: [u8; NONCE_BYTES] = random()?;
    let sealed = XChaCha20Poly1305::new((&**key).into())
        .encrypt(
            &XNonce::from(nonce),
            Payload {
                msg: plaintext,
                aad: to.as_bytes(),
            },
        )
        .map_err(|_| VaultError::Altered(to.to_owned()))?;
    Ok([&nonce[..], &sealed].concat())
}

/// Opens what [`seal`] has made. Errors: it was altered, or is bound to something else.
pub(crate) fn open(key: &Key, to: &str, sealed: &[u8]) -> Result<Zeroizing<Vec<u8>>, VaultError> {
    let altered = || VaultError::Altered(to.to_owned());
    let (nonce, rest) = sealed.split_first_chunk::<NONCE_BYTES>().ok_or_else(altered)?;
    XChaCha20Poly1305::new((&**key).into())
        .decrypt(
            &XNonce::from(*nonce),
            Payload {
                msg: rest,
                aad: to.as_bytes(),
            },
        )
        .map(Zeroizing::new)
        .map_err(|_| altered())
}

/// Opens a wrapped key.
pub(crate) fn unwrap(by: &Key, to: &str, wrapped: &[u8]) -> Result<Key, VaultError> {
    let bytes = open(by, to, wrapped)?;
    <[u8; 32]>::try_from(&bytes[..])
        .map(Zeroizing::new)
        .map_err(|_| VaultError::Altered(to.to_owned()))
}
