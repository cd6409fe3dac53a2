//! A head of lines, an empty line and a signed note: so proofs and requests to witnesses are written.

/// Takes such a text apart. None: the head is no text, has more than `most` bytes, or no empty line ends it.
pub(crate) fn split(bytes: &[u8], most: usize) -> Option<(&str, &[u8])> {
    let near = &bytes[..bytes.len().min(most + 2)];
    let at = near.windows(2).position(|two| two == b"\n\n")?;
    let head = std::str::from_utf8(&bytes[..at]).ok()?;
    Some((head, &bytes[at + 2..]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_head_has_as_many_bytes_as_it_may_and_no_more() {
        for (head, taken) in [(8, true), (9, false)] {
            let bytes = [vec![b'x'; head], b"\n\nrest".to_vec()].concat();
            assert_eq!(split(&bytes, 8).is_some(), taken, "{head}");
        }
        assert_eq!(split(b"head\n\nrest", 8), Some(("head", &b"rest"[..])));
        assert_eq!(split(b"head\nrest", 8), None);
    }
}
