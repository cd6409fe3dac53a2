use crate::lang::Lang;
use std::fmt::{self, Display, Formatter};

/// Words on a page: as somebody wrote them, or ours in the language of the page.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Wording {
    pub(crate) text: String,
    /// The language in which somebody wrote it; None: it is ours.
    written: Option<Lang>,
}

impl Wording {
    /// What somebody wrote, in the language in which people here write.
    pub(crate) fn written(text: impl Into<String>) -> Self {
        Self::written_in(Lang::SWEDISH, text)
    }

    /// What somebody wrote in that language.
    pub(crate) fn written_in(lang: Lang, text: impl Into<String>) -> Self {
        Self {
            text: text.into(),
            written: Some(lang),
        }
    }

    /// The same, or our word for it where nothing was written.
    pub(crate) fn or(self, ours: &str) -> Self {
        if self.is_empty() { ours.into() } else { self }
    }

    /// Several in one place: as somebody wrote it where any of them is.
    pub(crate) fn joined(all: impl IntoIterator<Item = Self>, between: &str) -> Self {
        let all: Vec<Self> = all.into_iter().filter(|one| !one.is_empty()).collect();
        let texts: Vec<&str> = all.iter().map(|one| &*one.text).collect();
        Self {
            text: texts.join(between),
            written: all.iter().find_map(|one| one.written),
        }
    }

    /// The same with words of ours beside it.
    pub(crate) fn within(self, around: impl FnOnce(&str) -> String) -> Self {
        Self {
            text: around(&self.text),
            ..self
        }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.text.is_empty()
    }

    /// What the element around it says of it: its language, and that its direction is its own, so that nothing in it
    /// turns around what stands beside it. Empty: it is as the page is.
    pub(crate) fn attributes(&self) -> String {
        match self.written {
            Some(lang) if !self.is_empty() => format!(" lang=\"{}\" dir=\"auto\"", lang.code()),
            _ => String::new(),
        }
    }

    pub(crate) fn paragraphs(&self) -> impl Iterator<Item = &str> {
        let paragraphs = self.text.split("\n\n").map(str::trim);
        paragraphs.filter(|paragraph| !paragraph.is_empty())
    }
}

impl Display for Wording {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl From<String> for Wording {
    fn from(ours: String) -> Self {
        Self {
            text: ours,
            written: None,
        }
    }
}

impl From<&str> for Wording {
    fn from(ours: &str) -> Self {
        ours.to_owned().into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::components::{
        Account, Card, Cards, Facts, Link, Links, Matrix, MatrixCell, MatrixRow, Message, Prose, Row, Table, Texts,
        Thread, Traced,
    };
    use crate::frame::Frame;
    use crate::view::text;
    use askama::Template as _;
    use idesluss_proto::pb::command::{Text, TextState};

    /// What older journals may hold.
    const TURNED: &str = "Idé \u{202e}tetttuls";
    const WRITTEN: &str = "lang=\"sv\" dir=\"auto\"";

    /// The attributes of what stands around a text, from the inside.
    fn around<'a>(html: &'a str, text: &str) -> Vec<&'a str> {
        let (before, _) = html.split_once(text).expect("it is drawn");
        let mut open: Vec<&str> = Vec::new();
        for tag in before.split('<').skip(1) {
            let tag = tag.split('>').next().unwrap_or_default();
            match tag.starts_with('/') {
                true => drop(open.pop()),
                false => open.push(tag),
            }
        }
        open.reverse();
        open
    }

    /// The same words in each component that draws what somebody wrote, on an English page.
    fn drawn(words: &Wording) -> Vec<String> {
        let l = Lang::ENGLISH;
        let words = || words.clone();
        let named = || vec![("Title".to_owned(), words())];
        let table = || Table::new("Ideas", ["State", "Idea"]).rows([Row::of(["Submitted".into(), words()])]);
        let matrix = Matrix {
            columns: vec!["Eva".to_owned()],
            rows: vec![MatrixRow {
                name: "Benefit".to_owned(),
                cells: vec![MatrixCell {
                    said: "4".to_owned(),
                    why: words(),
                }],
                apart: String::new(),
            }],
            ..Matrix::default()
        };
        let message = Message {
            text: Prose(words()),
            ..Message::default()
        };
        let card = Card {
            title: words(),
            href: "/ideer/1".to_owned(),
            ..Card::default()
        };
        let cards = Cards {
            cards: vec![card],
            ..Cards::default()
        };
        let heading = Table::new("Ideas", ["Idea"]).rows([Row {
            href: "/ideer/1".to_owned(),
            ..Row::of([words()])
        }]);
        let drawn = [
            Prose(words()).render(),
            Texts(named()).render(),
            Facts(named()).render(),
            Links(vec![Link::new("/ideer/1", words())]).render(),
            Thread(vec![message]).render(),
            matrix.render(),
            table().render(),
            heading.render(),
            Frame::bare(l).cards(&cards).render(),
            Account::new(l).all_written(named()).render(),
            Account::new(l).said("Title", words()).render(),
            Traced::new(l, table(), &[0]).render(),
        ];
        drawn.map(|html| html.expect("it is drawn")).into()
    }

    #[test]
    fn what_somebody_wrote_has_a_direction_of_its_own() {
        for html in drawn(&Wording::written(TURNED)) {
            let around = around(&html, TURNED);
            let own = around.iter().take(2).any(|tag| tag.contains(WRITTEN));
            assert!(own, "{around:?}: {html}");
        }
    }

    #[test]
    fn words_of_ours_in_the_place_of_a_text_are_in_the_language_of_the_page() {
        for state in [TextState::Erased, TextState::KeyMissing, TextState::Hidden] {
            let gone = Text {
                state: state.into(),
                ..Text::default()
            };
            let ours = text(Lang::ENGLISH, Some(&gone));
            for html in drawn(&ours) {
                let html = html.replace("&#39;", "'");
                assert!(html.contains(&ours.text) && !html.contains("lang="), "{html}");
            }
        }
    }

    #[test]
    fn what_is_joined_is_written_where_any_of_it_is_and_nothing_is_marked_that_is_empty() {
        let joined = Wording::joined(["Erased".into(), Wording::default(), Wording::written("Därför")], "; ");
        assert_eq!((&*joined.text, joined.attributes().trim()), ("Erased; Därför", WRITTEN));
        let english = Wording::written_in(Lang::ENGLISH, "Terms");
        assert_eq!(english.attributes(), " lang=\"en\" dir=\"auto\"");
        assert_eq!(Wording::written("").attributes(), "");
        assert_eq!(Wording::written("").or("(no title)"), "(no title)".into());
    }
}
