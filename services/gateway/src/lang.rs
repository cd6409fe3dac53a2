pub(crate) use idesluss_phrases::Language as Lang;

/// The attributes of an element in which stands what somebody wrote, as it is on pages in every language: the language in which people here
/// write, and a direction of its own, so that nothing in it turns around what stands beside it.
pub(crate) const WRITTEN: &str = r#"lang="sv" dir="auto""#;
