//! Which servers are new enough.

/// The oldest server that is used. Older ones silently ignore settings of streams and consumers, and lose events after a store was cut.
const OLDEST: (u64, u64, u64) = (2, 12, 7);

/// Says why a server of this version is not used; None: it is.
pub(crate) fn refusal(version: &str) -> Option<String> {
    let (major, minor, patch) = OLDEST;
    let wanted = format!("{major}.{minor}.{patch} or newer is needed");
    match read(version) {
        None => Some(format!(
            "the broker does not say a version that can be read ({version:?}); {wanted}"
        )),
        // What comes before a release, such as 2.12.7-RC.1, is older than it.
        Some((numbers, before)) if numbers < OLDEST || (numbers == OLDEST && before) => Some(format!(
            "the broker is NATS server {version}, which can lose events silently; {wanted}"
        )),
        Some(_) => None,
    }
}

fn read(version: &str) -> Option<((u64, u64, u64), bool)> {
    let version = version.split('+').next().unwrap_or_default();
    let (numbers, before) = version
        .split_once('-')
        .map_or((version, false), |(numbers, _)| (numbers, true));
    let mut parts = numbers.split('.').map(|part| part.parse().ok());
    let read = (parts.next()??, parts.next()??, parts.next()??);
    parts.next().is_none().then_some((read, before))
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
