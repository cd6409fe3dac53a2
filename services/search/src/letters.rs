//! Words as an index holds them: each of a text once, and the letters of each, four at a time.

use std::collections::HashSet;
use std::hash::{BuildHasher as _, RandomState};
use tantivy::tokenizer::{Token, TokenFilter, TokenStream, Tokenizer};

/// How many letters stand together.
const GRAM: usize = 4;

/// The letters of one word, four at a time; none of a shorter one.
pub(crate) fn grams(word: &str) -> Vec<&str> {
    let mut cuts = vec![];
    cut(word, &mut cuts);
    cuts.windows(GRAM + 1)
        .map(|around| &word[around[0]..around[GRAM]])
        .collect()
}

/// Where the letters of a word begin, and where it ends.
fn cut(word: &str, cuts: &mut Vec<usize>) {
    cuts.clear();
    cuts.extend(word.char_indices().map(|(at, _)| at));
    cuts.push(word.len());
}

/// Lets each word of a text through once: an index that does not count them is made of no more.
#[derive(Clone)]
pub(crate) struct Once;

#[derive(Clone)]
pub(crate) struct OnceTokenizer<T>(T);

pub(crate) struct OnceStream<T> {
    words: T,
    /// What each word that came is hashed to, by keys that nobody else knows.
    seen: HashSet<u64>,
    keys: RandomState,
}

impl TokenFilter for Once {
    type Tokenizer<T: Tokenizer> = OnceTokenizer<T>;

    fn transform<T: Tokenizer>(self, words: T) -> OnceTokenizer<T> {
        OnceTokenizer(words)
    }
}

impl<T: Tokenizer> Tokenizer for OnceTokenizer<T> {
    type TokenStream<'a> = OnceStream<T::TokenStream<'a>>;

    fn token_stream<'a>(&'a mut self, text: &'a str) -> Self::TokenStream<'a> {
        OnceStream {
            words: self.0.token_stream(text),
            seen: HashSet::new(),
            keys: RandomState::new(),
        }
    }
}

impl<T: TokenStream> TokenStream for OnceStream<T> {
    fn advance(&mut self) -> bool {
        while self.words.advance() {
            if self.seen.insert(self.keys.hash_one(&self.words.token().text)) {
                return true;
            }
        }
        false
    }

    fn token(&self) -> &Token {
        self.words.token()
    }

    fn token_mut(&mut self) -> &mut Token {
        self.words.token_mut()
    }
}

/// Gives the letters of each word in the place of the word.
#[derive(Clone)]
pub(crate) struct Letters;

#[derive(Clone)]
pub(crate) struct LetterTokenizer<T>(T);

pub(crate) struct LetterStream<T> {
    words: T,
    /// Of the word.
    cuts: Vec<usize>,
    /// How many fours of it have been given.
    given: usize,
    letters: Token,
}

impl TokenFilter for Letters {
    type Tokenizer<T: Tokenizer> = LetterTokenizer<T>;

    fn transform<T: Tokenizer>(self, words: T) -> LetterTokenizer<T> {
        LetterTokenizer(words)
    }
}

impl<T: Tokenizer> Tokenizer for LetterTokenizer<T> {
    type TokenStream<'a> = LetterStream<T::TokenStream<'a>>;

    fn token_stream<'a>(&'a mut self, text: &'a str) -> Self::TokenStream<'a> {
        LetterStream {
            words: self.0.token_stream(text),
            cuts: vec![],
            given: 0,
            letters: Token::default(),
        }
    }
}

impl<T: TokenStream> TokenStream for LetterStream<T> {
    fn advance(&mut self) -> bool {
        while self.given + GRAM >= self.cuts.len() {
            if !self.words.advance() {
                return false;
            }
            cut(&self.words.token().text, &mut self.cuts);
            self.given = 0;
        }
        let four = self.cuts[self.given]..self.cuts[self.given + GRAM];
        self.given += 1;
        let word = self.words.token();
        self.letters.position = word.position;
        self.letters.text.clear();
        self.letters.text.push_str(&word.text[four]);
        true
    }

    fn token(&self) -> &Token {
        &self.letters
    }

    fn token_mut(&mut self) -> &mut Token {
        &mut self.letters
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tantivy::tokenizer::{LowerCaser, SimpleTokenizer, TextAnalyzer};

    #[test]
    fn a_word_is_its_letters_four_at_a_time() {
        assert_eq!(grams("larmknapp"), ["larm", "armk", "rmkn", "mkna", "knap", "napp"]);
        assert_eq!(grams("åäöé"), ["åäöé"]);
        assert_eq!(grams("blåbär"), ["blåb", "låbä", "åbär"]);
        for short in ["", "ö", "båt"] {
            assert_eq!(grams(short), Vec::<&str>::new());
        }
    }

    #[test]
    fn a_text_is_the_letters_of_its_words_each_taken_once() {
        let mut analyser = TextAnalyzer::builder(SimpleTokenizer::default())
            .filter(LowerCaser)
            .filter(Once)
            .filter(Letters)
            .build();
        let mut of = |text| {
            let mut letters = analyser.token_stream(text);
            let mut found = vec![];
            letters.process(&mut |token| found.push((token.text.clone(), token.position)));
            found
        };
        let found = of("På Ölands blåbär – ej båt, BLÅBÄR 2026");
        let (letters, positions): (Vec<_>, Vec<_>) = found.into_iter().unzip();
        assert_eq!(letters, ["ölan", "land", "ands", "blåb", "låbä", "åbär", "2026"]);
        // Of their word in the text: the library counts on from them.
        assert_eq!(positions, [1, 1, 1, 2, 2, 2, 6]);
        assert_eq!(of("ölands ö").len(), 3);
    }
}
