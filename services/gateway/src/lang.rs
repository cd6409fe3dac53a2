pub(crate) use idesluss_phrases::Language as Lang;
