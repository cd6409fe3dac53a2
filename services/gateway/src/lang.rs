//! The languages of the pages.

pub(crate) use idesluss_phrases::Language as Lang;
