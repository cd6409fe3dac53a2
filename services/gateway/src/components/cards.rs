use crate::components::{Badges, Empty, Facts, Link, Prose, Steps, Texts, Wording};
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
    /// What it is called.
    pub(crate) title: Wording,
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::frame::Frame;
    use crate::lang::Lang;
    use askama::Template as _;

    fn drawn(cards: &Cards) -> String {
        let frame = Frame::bare(Lang::ENGLISH);
        frame.cards(cards).render().expect("drawn")
    }

    #[test]
    fn where_there_are_none_it_says_what_would_stand_there_and_leads_on() {
        let next = Link::new("/ideer/ny", "Submit an idea");
        let none = Cards {
            caption: "Your ideas".to_owned(),
            cards: Vec::new(),
            empty: Empty::new("Your ideas appear here.", Some(next)),
        };
        let html = drawn(&none);
        let leads_on = "<a class=\"act\" href=\"/ideer/ny\">Submit an idea</a>";
        assert!(
            html.contains("Your ideas appear here.") && html.contains(leads_on),
            "{html}"
        );
        assert!(!html.contains("<ul") && !html.contains("<h2"), "{html}");
    }

    #[test]
    fn a_card_shows_what_there_is_of_a_thing_and_nothing_in_the_place_of_what_there_is_not() {
        let card = |written: &str| Card {
            title: Wording::written(written).or("(no title)"),
            href: "/ideer/1".to_owned(),
            ..Card::default()
        };
        let html = drawn(&Cards {
            cards: vec![card("Cyklar"), card("")],
            ..Cards::default()
        });
        let written = "<h3 lang=\"sv\" dir=\"auto\"><a href=\"/ideer/1\">Cyklar</a></h3>";
        assert!(html.contains(written), "{html}");
        assert!(html.contains("<h3><a href=\"/ideer/1\">(no title)</a></h3>"), "{html}");
        for part in ["<p", "<dl", "<form"] {
            assert!(!html.contains(part), "{part}: {html}");
        }
    }
}
