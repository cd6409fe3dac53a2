use sha2::{Digest as _, Sha256};

/// A checksum over the parts of a row, so that an altered byte is found; it is no signature.
pub(crate) fn sum(parts: &[&[u8]]) -> i64 {
    let mut hash = Sha256::new();
    for part in parts {
        hash.update((part.len() as u64).to_be_bytes());
        hash.update(part);
    }
    let digest = hash.finalize();
    let mut first = [0; 8];
    first.copy_from_slice(&digest[..8]);
    i64::from_be_bytes(first)
}

/// SHA-256 of some bytes.
pub(crate) fn digest(bytes: &[u8]) -> [u8; 32] {
    Sha256::digest(bytes).into()
}

/// The checksum of what stands of a command, with the numbers that tell its first result.
pub(crate) fn command(id: &[u8], organisation: &str, fingerprint: &[u8], told: &[i64]) -> i64 {
    let told: Vec<u8> = told.iter().flat_map(|number| number.to_be_bytes()).collect();
    sum(&[id, organisation.as_bytes(), fingerprint, &told])
}

/// The checksum of what a source said of an event that was refused.
pub(crate) fn refused(source: &str, numbers: [i64; 3], digest: &[u8]) -> i64 {
    sum(&[source.as_bytes(), &numbers.map(i64::to_be_bytes).concat(), digest])
}

/// The checksum of a key's row.
pub(crate) fn key(id: &[u8], organisation: &str, scope: &str, wrapped_by: Option<&[u8]>, wrapped: &[u8]) -> i64 {
    sum(&[
        id,
        organisation.as_bytes(),
        scope.as_bytes(),
        wrapped_by.unwrap_or_default(),
        wrapped,
    ])
}

/// The checksum of a text's row; its ciphertext is checked by the digest.
pub(crate) fn text(digest: &[u8], key: &[u8], bound_to: &str) -> i64 {
    sum(&[digest, key, bound_to.as_bytes()])
}

/// The checksum of a cursor's row.
pub(crate) fn cursor(reaction: &str, next: i64) -> i64 {
    sum(&[reaction.as_bytes(), &next.to_be_bytes()])
}

/// The checksum of the row of a source's checkpoint.
pub(crate) fn source_checkpoint(source: &str, note: &str) -> i64 {
    sum(&[source.as_bytes(), note.as_bytes()])
}

/// The checksum of a parked idea's row.
pub(crate) fn parked(reaction: &str, correlation: &str, position: i64, reason: &str) -> i64 {
    sum(&[
        reaction.as_bytes(),
        correlation.as_bytes(),
        &position.to_be_bytes(),
        reason.as_bytes(),
    ])
}

/// The checksum of a credential's row.
pub(crate) fn credential(hash: &[u8], kind: &str, owner: &str, expires: i64, value: &[u8]) -> i64 {
    sum(&[hash, kind.as_bytes(), owner.as_bytes(), &expires.to_be_bytes(), value])
}
