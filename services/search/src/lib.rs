//! The only place that holds words: indexes over Swedish text, fed from a journal.
//!
//! How far an index has come stands in its commits, so it goes on where it was and can be thrown away at any time. Nothing is
//! stored in it but ids; an erasure writes the segments anew that held the words, and counts as done when no file holds them.

mod ask;
mod form;
mod index;
mod letters;

pub use ask::{Among, Found, shown};
pub use index::{Document, Gone, Read, Search, SearchError, Subject, Words};
