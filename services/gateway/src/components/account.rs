use crate::components::{Facts, Texts, Wording};
use crate::lang::Lang;
use askama::Template;

/// What is known of a thing, in order: in our words, as somebody wrote it, and, folded away, what only whoever checks it needs.
#[derive(Debug, Clone, Template)]
#[template(path = "components/account.html")]
pub(crate) struct Account {
    l: Lang,
    parts: Vec<Part>,
}

#[derive(Debug, Clone)]
struct Part {
    kind: Kind,
    name: String,
    value: Wording,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Said,
    Written,
    Folded,
}

impl Account {
    pub(crate) fn new(l: Lang) -> Self {
        Self { l, parts: Vec::new() }
    }

    /// One more, in our words.
    pub(crate) fn said(self, name: impl Into<String>, value: impl Into<Wording>) -> Self {
        self.and(Kind::Said, name.into(), value.into())
    }

    /// One more that only whoever checks it needs: a place in a journal, an id, a checksum.
    pub(crate) fn folded(self, name: impl Into<String>, value: impl Into<Wording>) -> Self {
        self.and(Kind::Folded, name.into(), value.into())
    }

    /// What somebody wrote, field for field.
    pub(crate) fn all_written(self, texts: impl IntoIterator<Item = (String, Wording)>) -> Self {
        let texts = texts.into_iter();
        texts.fold(self, |account, (name, text)| account.and(Kind::Written, name, text))
    }

    fn and(mut self, kind: Kind, name: String, value: Wording) -> Self {
        self.parts.push(Part { kind, name, value });
        self
    }

    /// All of it with its names, in order.
    pub(crate) fn all(&self) -> impl Iterator<Item = (&str, &str)> {
        self.parts.iter().map(|part| (&*part.name, &*part.value.text))
    }

    fn of(&self, kind: Kind) -> Vec<(String, Wording)> {
        let parts = self.parts.iter().filter(|part| part.kind == kind);
        parts.map(|part| (part.name.clone(), part.value.clone())).collect()
    }

    fn facts(&self) -> Facts {
        Facts(self.of(Kind::Said))
    }

    fn texts(&self) -> Texts {
        Texts(self.of(Kind::Written))
    }

    fn details(&self) -> Facts {
        Facts(self.of(Kind::Folded))
    }
}
