//! Under which key a stream's entries stand.

use crate::store::service_of;
use idesluss_domain::writer_of;
use sha2::{Digest as _, Sha256};
use uuid::Uuid;

/// How much of a thing's id a key begins with: the time, where ids are made in order (UUIDv7).
const BEGINNING: usize = 6;

/// The beginning of the id that a stream's name ends with, then bytes of the SHA-256 over who writes it, `/<instance>/<service>`, a NUL, and its name. So
/// own streams and those that come from others never share a key, and each is numbered in its own way; and what was made at about the same time lies side
/// by side in an index: were keys a hash alone, each append would change a page of its own, which takes SQLite twice as long.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct StreamKey(pub(crate) [u8; 16]);

impl StreamKey {
    /// Of a stream that the journal `origin` writes.
    pub(crate) fn of(origin: &str, name: &str) -> Self {
        let digest = Sha256::new()
            .chain_update(origin)
            .chain_update([0])
            .chain_update(name)
            .finalize();
        let mut key = [0; 16];
        key.copy_from_slice(&digest[..16]);
        if let Some(Ok(id)) = name.rsplit_once('/').map(|(_, id)| Uuid::parse_str(id)) {
            key[..BEGINNING].copy_from_slice(&id.as_bytes()[..BEGINNING]);
        }
        Self(key)
    }

    /// Of a stream that the service writes whose it is, in the instance of the journal `own`; of one that nobody is known to write, `own`.
    pub(crate) fn in_instance(own: &str, name: &str) -> Self {
        let service = service_of(own);
        match writer_of(name) {
            Some(writer) if writer != service => {
                let instance = own.strip_suffix(service).unwrap_or(own);
                Self::of(&format!("{instance}{writer}"), name)
            }
            _ => Self::of(own, name),
        }
    }

    /// Of the stream in which an event of this source, `/<instance>/<service>/<audience>`, stands.
    pub(crate) fn in_source(source: &str, name: &str) -> Self {
        Self::of(source.rsplit_once('/').map_or(source, |(origin, _)| origin), name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stream_is_found_where_its_writer_puts_it() {
        let own = StreamKey::in_instance("/fyrbodal/submission", "idea/1");
        assert_eq!(own, StreamKey::in_source("/fyrbodal/submission/house", "idea/1"));
        assert_eq!(own, StreamKey::in_instance("/fyrbodal/evaluation", "idea/1"));
        for other in [
            StreamKey::in_source("/orust/submission/region", "idea/1"),
            StreamKey::in_source("/fyrbodal/submission/house", "idea/2"),
            StreamKey::in_instance("/fyrbodal/submission", "evaluation/1"),
        ] {
            assert_ne!(own, other);
        }
        // In the order in which their ids were made.
        let [one, later] = [
            "019aa000-0000-7000-8000-00000000000f",
            "019aa000-0001-7000-8000-00000000000e",
        ];
        let of = |id: &str| StreamKey::of("/fyrbodal/submission", &format!("idea/{id}"));
        assert!(of(one) < of(later) && of(one).0[..BEGINNING] == [0x01, 0x9a, 0xa0, 0, 0, 0]);
        let unknown = StreamKey::in_instance("/fyrbodal/submission", "something/1");
        assert_eq!(unknown, StreamKey::of("/fyrbodal/submission", "something/1"));
    }
}
