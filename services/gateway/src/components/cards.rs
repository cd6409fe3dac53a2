use crate::components::{Badges, Empty, Facts, Link, Prose, Steps, Texts};
use crate::form::Form;

/// Things in a list of which each shows more than a line of a table does: a card each.
#[derive(Debug, Clone, Default)]
pub(crate) struct Cards {
    /// Above the list: what it holds, and how many there are.
    pub(crate) caption: String,
    pub(crate) cards: Vec<Card>,
    /// What stands there when there are none.
    pub(crate) empty: Empty,
}

/// A card; what is empty or None is left out.
#[derive(Debug, Clone, Default)]
pub(crate) struct Card {
    pub(crate) title: Title,
    /// Where the title leads.
    pub(crate) href: String,
    pub(crate) badges: Badges,
    /// Somebody should do something soon.
    pub(crate) urgent: bool,
    /// How far it has come.
    pub(crate) steps: Option<Steps>,
    /// What is to be known, in our words.
    pub(crate) note: String,
    pub(crate) prose: Prose,
    pub(crate) texts: Texts,
    pub(crate) about: Facts,
    /// Where it leads on.
    pub(crate) act: Option<Link>,
    pub(crate) form: Option<Form>,
}

/// What a thing is called: as somebody wrote it, or in our words where nobody did.
#[derive(Debug, Clone, Default)]
pub(crate) struct Title {
    pub(crate) text: String,
    pub(crate) is_written: bool,
}

impl Title {
    /// What somebody wrote, or, where that is nothing, our word for it.
    pub(crate) fn or(written: String, ours: &str) -> Self {
        match written.is_empty() {
            true => Self {
                text: ours.to_owned(),
                is_written: false,
            },
            false => Self {
                text: written,
                is_written: true,
            },
        }
    }
}
