use std::hash::{BuildHasher, RandomState};

/// Makes short tags of long things, to remember many of them.
///
/// 64 bits under a key that is drawn anew for each verification: nobody can prepare two things with the same tag. By chance two of a million
/// things share one once in 37 million verifications.
#[derive(Debug, Clone, Default)]
pub(crate) struct Tags(RandomState);

impl Tags {
    /// The tag of some bytes.
    pub(crate) fn of(&self, bytes: &[u8]) -> u64 {
        self.0.hash_one(bytes)
    }
}
