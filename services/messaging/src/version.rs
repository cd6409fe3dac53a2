//! Which servers are new enough.

use semver::Version;

/// The oldest server that is used. Older ones silently ignore settings of streams and consumers, and lose events after a store was cut.
const OLDEST: Version = Version::new(2, 12, 7);

/// Says why a server of this version is not used; None: it is. What comes before a release, such as 2.12.7-RC.1, is older than it.
pub(crate) fn refusal(version: &str) -> Option<String> {
    match Version::parse(version) {
        Err(_) => Some(format!(
            "the broker does not say a version that can be read ({version:?}); {OLDEST} or newer is needed"
        )),
        Ok(found) if found < OLDEST => Some(format!(
            "the broker is NATS server {version}, which can lose events silently; {OLDEST} or newer is needed"
        )),
        Ok(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn old_servers_are_refused_and_new_ones_are_not() {
        for old in [
            "2.9.10",
            "2.12.6",
            "1.99.99",
            "2.12.7-RC.1",
            "",
            "two",
            "2.12",
            "2.12.7.1",
        ] {
            assert!(refusal(old).is_some_and(|why| why.contains("2.12.7")), "{old}");
        }
        for new in ["2.12.7", "2.15.1", "3.0.0", "2.14.0-dev", "2.12.8+build"] {
            assert_eq!(refusal(new), None, "{new}");
        }
    }
}
