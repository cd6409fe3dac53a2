use crate::lang::Lang;
use askama::Template;

/// A word that not everybody knows, explained as the glossary does where it first stands on a page.
#[derive(Debug, Clone, Copy, Template)]
#[template(path = "components/word.html")]
pub(crate) struct Word {
    question: &'static str,
    meaning: &'static str,
}

impl Word {
    pub(crate) fn gate(l: Lang) -> Self {
        Self {
            question: l.t("words-what-is-a-gate"),
            meaning: l.t("words-gate-means"),
        }
    }

    pub(crate) fn baseline(l: Lang) -> Self {
        Self {
            question: l.t("words-what-is-a-baseline"),
            meaning: l.t("words-baseline-means"),
        }
    }

    pub(crate) fn conflict(l: Lang) -> Self {
        Self {
            question: l.t("words-what-is-a-conflict"),
            meaning: l.t("words-conflict-means"),
        }
    }
}
