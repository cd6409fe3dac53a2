//! The tables of rights that this version knows: its own, and those of the versions before it.

use idesluss_domain::words::Digest;

include!(concat!(env!("OUT_DIR"), "/policies.rs"));

/// The text of a table of rights, as it stands in `services/access/policies`; None: no version up to this one has written by it.
pub fn policy_text(digest: Digest) -> Option<&'static str> {
    let name = digest.to_string();
    TABLES.iter().find(|(of, _)| *of == name).map(|(_, text)| *text)
}

#[cfg(test)]
mod tests {
    use super::*;
    use idesluss_domain::policy;

    #[test]
    fn every_table_is_known_by_its_digest_and_no_other() {
        assert!(!TABLES.is_empty());
        for (name, text) in TABLES {
            let digest = policy::digest(text.as_bytes());
            assert_eq!(digest.to_string(), *name);
            assert_eq!(policy_text(digest), Some(*text));
        }
        assert_eq!(policy_text(policy::digest(b"")), None);
    }
}
