//! A head of lines, an empty line and a signed note: so proofs and requests to witnesses are written.

/// Takes such a text apart. None: the head is no text, has more than `most` bytes, or no empty line ends it.
pub(crate) fn split(bytes: &[u8], most: usize) -> Option<(&str, &[u8])> {
    let near = &bytes[..bytes.len().min(most + 2)];
    let at = near.windows(2).position(|two| two == b"\n\n")?;
    let head = std::str::from_utf8(&bytes[..at]).ok()?;
    Some((head, &bytes[at + 2..]))
}
