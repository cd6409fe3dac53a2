//! Ways back: a path that came from elsewhere, and is only followed where it leads to a page of ours.

/// The path, if it is one of ours: no address of another host, however a browser would read it.
pub(crate) fn own_path(text: &str) -> Option<&str> {
    let rest = text.strip_prefix('/')?;
    // A browser takes a backslash for a slash, and two of them for another host.
    let is_own = !rest.starts_with(['/', '\\']) && !text.contains(|letter: char| letter.is_control() || letter == '\\');
    is_own.then_some(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_leads_to_another_host() {
        for own in ["/", "/ideer", "/ideer/1?sida=2#tre", "/sok?text=a%2F%2Fb"] {
            assert_eq!(own_path(own), Some(own));
        }
        for foreign in [
            "",
            "ideer",
            "//evil.example",
            "/\\evil.example",
            "/a\\b",
            "https://evil.example/",
            "/\tx",
            "/\n/evil",
        ] {
            assert_eq!(own_path(foreign), None, "{foreign:?}");
        }
    }
}
