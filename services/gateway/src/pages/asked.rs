//! What the address of a list carries: what it is narrowed down by, the words to find, and where the next page begins.

use super::number;
use crate::components::{Choice, Facet, Link, Pager};
use crate::form::Form;
use crate::lang::Lang;
use idesluss_proto::Choices;
use serde::{Deserialize, Serialize};

/// What an address may carry.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct Asked {
    /// What the user has just done.
    #[serde(rename = "efter", skip_serializing)]
    pub(super) after: Option<String>,
    /// A list's filter.
    #[serde(rename = "lage", skip_serializing_if = "String::is_empty")]
    pub(super) state: String,
    /// Words to find.
    #[serde(rename = "ord", skip_serializing_if = "String::is_empty")]
    pub(super) words: String,
    /// Another filter.
    #[serde(rename = "typ", skip_serializing_if = "is_zero")]
    pub(super) kind: i32,
    /// Where the next page of a list begins.
    #[serde(rename = "sida", skip_serializing_if = "String::is_empty")]
    pub(super) page_token: String,
}

#[allow(clippy::trivially_copy_pass_by_ref, reason = "serde asks so")]
fn is_zero(kind: &i32) -> bool {
    *kind == 0
}

impl Asked {
    /// The address of the list at `path` asked for in the same way, from its beginning, but for a change.
    pub(super) fn address(&self, path: &str, change: impl FnOnce(&mut Self)) -> String {
        let mut asked = Self {
            page_token: String::new(),
            ..self.clone()
        };
        change(&mut asked);
        match serde_urlencoded::to_string(&asked) {
            Ok(said) if !said.is_empty() => format!("{path}?{said}"),
            _ => path.to_owned(),
        }
    }

    /// The form in which words are written that the list at `path` is searched for; it stays narrowed down as it is.
    pub(super) fn search(&self, l: Lang, path: &str, label: &str) -> Form {
        let form = Form::new(path, l.t("common-search")).search();
        let narrowed = [("lage", self.state.clone()), ("typ", number(self.kind))];
        let narrowed = narrowed.into_iter().filter(|(_, value)| !value.is_empty());
        let form = narrowed.fold(form, |form, (name, value)| form.hidden(name, value));
        form.line("ord", label).value(self.words.clone())
    }

    /// The way through the list at `path`, whose next page begins at `token`.
    pub(super) fn pager(&self, l: Lang, path: &str, token: &str) -> Pager {
        let link = |token: &str, text: &'static str| {
            let href = self.address(path, |asked| token.clone_into(&mut asked.page_token));
            Link::new(href, l.t(text))
        };
        Pager {
            first: (!self.page_token.is_empty()).then(|| link("", "common-to-the-beginning")),
            next: (!token.is_empty()).then(|| link(token, "common-next")),
        }
    }

    /// What the list at `path` is narrowed down by: each state with what it is called and how many there are, and which is shown now.
    pub(super) fn states(
        &self,
        path: &str,
        label: &'static str,
        here: Option<&str>,
        values: impl IntoIterator<Item = (String, String, String)>,
    ) -> Facet {
        let choice = |(value, text, count): (String, String, String)| Choice {
            current: here == Some(&*value),
            href: self.address(path, |asked| asked.state = value),
            text,
            count,
        };
        Facet {
            name: "lage",
            label,
            choices: values.into_iter().map(choice).collect(),
        }
    }

    /// The same of all that the contract has of a word for what things are, each called so; all of them first.
    pub(super) fn kinds<C: Choices>(
        &self,
        l: Lang,
        path: &str,
        label: &'static str,
        called: impl Fn(C) -> &'static str,
    ) -> Facet {
        let choice = |(kind, text): (i32, &str)| Choice {
            current: kind == self.kind,
            href: self.address(path, |asked| asked.kind = kind),
            text: text.to_owned(),
            count: String::new(),
        };
        let all = [(0, l.t("common-all"))];
        let kinds = C::ALL.iter().map(|kind| ((*kind).into(), called(*kind)));
        Facet {
            name: "typ",
            label,
            choices: all.into_iter().chain(kinds).map(choice).collect(),
        }
    }

    /// Whether all of a list is asked for, and no part of it.
    pub(super) fn is_of_all(&self) -> bool {
        self.state.is_empty() && self.words.is_empty() && self.kind == 0 && self.page_token.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use idesluss_proto::pb::sharing::Better;

    #[test]
    fn the_rest_of_a_list_is_asked_for_as_the_list_was() {
        let asked = Asked {
            state: "2".into(),
            words: "larm & kök".into(),
            ..Asked::default()
        };
        let way = |asked: &Asked, token| {
            let pager = asked.pager(Lang::SWEDISH, "/losningar", token);
            (pager.first.map(|link| link.href), pager.next.map(|link| link.href))
        };
        let next = "/losningar?lage=2&ord=larm+%26+k%C3%B6k&sida=p40";
        assert_eq!(way(&asked, "p40"), (None, Some(next.to_owned())));
        let later = Asked {
            page_token: "p40".into(),
            ..asked
        };
        let first = "/losningar?lage=2&ord=larm+%26+k%C3%B6k";
        assert_eq!(way(&later, ""), (Some(first.to_owned()), None));
    }

    #[test]
    fn a_list_is_narrowed_down_further_and_begins_anew() {
        let asked = Asked {
            state: "2".into(),
            kind: 1,
            page_token: "p40".into(),
            ..Asked::default()
        };
        let kinds = asked.kinds(Lang::SWEDISH, "/losningar", "Typ", |way: Better| way.as_str_name());
        let shown: Vec<_> = kinds
            .choices
            .iter()
            .map(|choice| (&*choice.href, choice.current))
            .collect();
        let expected = [
            ("/losningar?lage=2", false),
            ("/losningar?lage=2&typ=1", true),
            ("/losningar?lage=2&typ=2", false),
        ];
        assert_eq!(shown, expected);
        let values = [(String::new(), "Alla".into(), "3".into())];
        let all = Asked::default().states("/inkorg", "Läge", None, values);
        assert_eq!((&*all.choices[0].href, all.choices[0].current), ("/inkorg", false));
    }

    #[test]
    fn what_is_searched_stays_narrowed_down() {
        let asked = Asked {
            kind: 2,
            words: "larm".into(),
            page_token: "p40".into(),
            ..Asked::default()
        };
        let form = asked.search(Lang::SWEDISH, "/losningar", "Sök lösningar");
        let sent: Vec<_> = form.fields.iter().map(|field| (&*field.name, &*field.value)).collect();
        assert_eq!(sent, [("typ", "2"), ("ord", "larm")]);
    }
}
