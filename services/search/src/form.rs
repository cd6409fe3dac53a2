//! What an index holds of a text: the stems of its words, and the letters that they are made of, four at a time.
//!
//! Stems find a word in any of its forms. Swedish writes words together, and people mistype: what stems do not find, letters do, as a part of a
//! longer word or as most of one.

use crate::SearchError;
use crate::letters::{Letters, Once};
use std::path::Path;
use tantivy::schema::{Field, IndexRecordOption, STORED, STRING, Schema, TextFieldIndexing, TextOptions};
use tantivy::tokenizer::{
    Language, LowerCaser, RemoveLongFilter, SimpleTokenizer, Stemmer, StopWordFilter, TextAnalyzer, TokenStream as _,
};
use tantivy::{Index, Term};

/// Raise it with every change of how words are indexed: every index is then built anew.
pub(crate) const FORM: u32 = 7;

/// What stands in `open` of what everybody may find.
pub(crate) const OPEN: &str = "open";

/// The stems of all words.
const SWEDISH: &str = "swedish";
/// The same without the words that every text has.
const TELLING: &str = "swedish-telling";
/// The letters of all words.
const LETTERS: &str = "letters";
/// Longer words, in bytes, are none.
const LONGEST: usize = 120;

#[derive(Clone, Copy)]
pub(crate) struct Fields {
    pub(crate) id: Field,
    pub(crate) organisation: Field,
    pub(crate) open: Field,
    pub(crate) words: Field,
    /// Those of its title, again.
    pub(crate) title: Field,
    pub(crate) grams: Field,
}

/// How a text is cut into words.
#[derive(Clone, Copy)]
pub(crate) enum Cut {
    /// Stems of those that tell something.
    Telling,
    /// Stems of all, each once.
    All,
}

pub(crate) fn open_or_create(folder: &Path) -> Result<(Index, Fields), SearchError> {
    let failed = |error| SearchError::Folder(folder.to_owned(), error);
    std::fs::create_dir_all(folder).map_err(failed)?;
    // The words of every text that is not erased stand in it: for nobody else to read.
    #[cfg(unix)]
    std::fs::set_permissions(folder, std::os::unix::fs::PermissionsExt::from_mode(0o700)).map_err(failed)?;
    let mut schema = Schema::builder();
    // Neither how often nor how long: no question weighs by them. No positions: with them whole sentences could be read off the index.
    let holding = |tokenizer| {
        TextFieldIndexing::default()
            .set_tokenizer(tokenizer)
            .set_fieldnorms(false)
            .set_index_option(IndexRecordOption::Basic)
    };
    let fields = Fields {
        id: schema.add_text_field("id", STRING | STORED),
        organisation: schema.add_text_field("organisation", STRING),
        open: schema.add_text_field("open", STRING),
        words: schema.add_text_field("words", TextOptions::default().set_indexing_options(holding(SWEDISH))),
        title: schema.add_text_field("title", TextOptions::default().set_indexing_options(holding(SWEDISH))),
        grams: schema.add_text_field("grams", TextOptions::default().set_indexing_options(holding(LETTERS))),
    };
    let directory = tantivy::directory::MmapDirectory::open(folder).map_err(tantivy::TantivyError::from)?;
    let index = Index::open_or_create(directory, schema.build())?;
    let written = || {
        TextAnalyzer::builder(SimpleTokenizer::default())
            .filter(RemoveLongFilter::limit(LONGEST))
            .filter(LowerCaser)
    };
    let everywhere = StopWordFilter::new(Language::Swedish).unwrap_or_else(|| StopWordFilter::remove([]));
    let telling = written().filter(everywhere).filter(Stemmer::new(Language::Swedish));
    index.tokenizers().register(
        SWEDISH,
        written().filter(Once).filter(Stemmer::new(Language::Swedish)).build(),
    );
    index.tokenizers().register(TELLING, telling.build());
    index
        .tokenizers()
        .register(LETTERS, written().filter(Once).filter(Letters).build());
    Ok((index, fields))
}

/// The words of a text, in order.
pub(crate) fn words(index: &Index, cut: Cut, text: &str) -> Vec<String> {
    let name = match cut {
        Cut::Telling => TELLING,
        Cut::All => SWEDISH,
    };
    let mut found = Vec::new();
    if let Some(mut analyser) = index.tokenizers().get(name) {
        let mut words = analyser.token_stream(text);
        while let Some(word) = words.next() {
            found.push(word.text.clone());
        }
    }
    found
}

impl Fields {
    pub(crate) fn stem(self, word: &str) -> Term {
        Term::from_field_text(self.words, word)
    }

    pub(crate) fn titled(self, word: &str) -> Term {
        Term::from_field_text(self.title, word)
    }

    pub(crate) fn gram(self, gram: &str) -> Term {
        Term::from_field_text(self.grams, gram)
    }
}
