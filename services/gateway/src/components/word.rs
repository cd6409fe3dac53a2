use crate::lang::Lang;
use askama::Template;

/// A word that not everybody knows, by its names in the files.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Word {
    /// Where it stands in the glossary.
    pub(crate) id: &'static str,
    pub(crate) name: &'static str,
    pub(crate) meaning: &'static str,
    /// What whoever meets it asks; empty: the glossary alone explains it.
    question: &'static str,
}

/// A word explained as the glossary does, where it first stands on a page.
#[derive(Template)]
#[template(path = "components/word.html")]
pub(crate) struct Explained {
    question: &'static str,
    meaning: &'static str,
}

impl Word {
    pub(crate) const GATE: Self = Self::new("grind", "words-gate", "words-gate-means").asked("words-what-is-a-gate");
    pub(crate) const CONFLICT: Self =
        Self::new("jav", "words-conflict", "words-conflict-means").asked("words-what-is-a-conflict");
    pub(crate) const BASELINE: Self =
        Self::new("fore", "words-baseline", "words-baseline-means").asked("words-what-is-a-baseline");

    /// Those of the glossary, in its order.
    pub(crate) const ALL: [Self; 11] = [
        Self::new("slussledare", "words-coordinator", "words-coordinator-means"),
        Self::new("underlag", "words-brief", "words-brief-means"),
        Self::GATE,
        Self::CONFLICT,
        Self::new("behovsagare", "words-need-owner", "words-need-owner-means"),
        Self::new("mandat", "words-mandate", "words-mandate-means"),
        Self::new("avvikande", "words-dissent", "words-dissent-means"),
        Self::new("utlysning", "words-call", "words-call-means"),
        Self::new("losning", "words-solution", "words-solution-means"),
        Self::new("inforande", "words-adoption", "words-adoption-means"),
        Self::BASELINE,
    ];

    const fn new(id: &'static str, name: &'static str, meaning: &'static str) -> Self {
        Self {
            id,
            name,
            meaning,
            question: "",
        }
    }

    const fn asked(self, question: &'static str) -> Self {
        Self { question, ..self }
    }

    /// For whoever reads that language.
    pub(crate) fn explained(self, l: Lang) -> Explained {
        Explained {
            question: l.t(self.question),
            meaning: l.t(self.meaning),
        }
    }
}
