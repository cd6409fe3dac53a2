pub(crate) use idesluss_phrases::Language as Lang;

/// The language in which people here write, as HTML says it: what somebody wrote stands as it is on pages in every language.
pub(crate) const WRITTEN: &str = "sv";
