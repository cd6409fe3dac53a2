//! What a form sent.

use crate::error::{ErrorKind, WebError};
use crate::session::User;
use idesluss_proto::pb::command::Command;
use std::collections::{BTreeMap, BTreeSet};
use uuid::Uuid;

/// What comes along unseen where a text is pasted from elsewhere: marks of direction without an end, spaces without width. They say nothing here,
/// where each text has a direction of its own, and nobody can take out what they can't see.
const PASTED: [char; 4] = ['\u{200b}', '\u{200e}', '\u{200f}', '\u{feff}'];

/// What lets somebody in stands in these fields: passwords, codes, links, what passkeys say, and what was sealed for the time between.
fn is_secret(field: &str) -> bool {
    matches!(
        field,
        "losenord" | "nuvarande" | "kod" | "lank" | "halften" | "svar" | "nyckel" | "secret"
    )
}

/// What a form brings along that nobody has written: it goes with the form, and is told nowhere. The last two make the private link of an idea, which
/// is nobody's before the idea has come.
const UNWRITTEN: [&str; 4] = ["csrf", "command", "privat", "forsegling"];

/// A value as it was written, with our ends of lines.
fn plain(value: &str) -> String {
    value.replace("\r\n", "\n").replace(PASTED, "")
}

/// The fields of a form, in order, as they were written.
#[derive(Debug, Clone, Default)]
pub(crate) struct Posted(pub(crate) Vec<(String, String)>);

impl Posted {
    /// The same with another value of one field.
    pub(crate) fn with(mut self, name: &str, value: String) -> Self {
        self.0.retain(|(field, _)| field != name);
        self.0.push((name.to_owned(), value));
        self
    }

    /// The first value of a field; empty when it was not sent.
    pub(crate) fn get(&self, name: &str) -> String {
        let found = self.0.iter().find(|(field, _)| field == name);
        found.map(|(_, value)| plain(value)).unwrap_or_default()
    }

    /// Whether a box was ticked.
    pub(crate) fn ticked(&self, name: &str) -> bool {
        self.get(name) == "ja"
    }

    /// The same by name, for whoever looks up many.
    pub(crate) fn indexed(&self) -> Indexed<'_> {
        let mut fields: BTreeMap<&str, Vec<String>> = BTreeMap::new();
        for (name, value) in &self.0 {
            fields.entry(name).or_default().push(plain(value));
        }
        Indexed(fields)
    }

    /// The field of the form that a field of the request was read from: rows that were left out count here.
    pub(crate) fn place(&self, field: &str) -> String {
        let Some((list, _)) = field.split_once('[') else {
            return field.to_owned();
        };
        match row(field, list) {
            // One of several that are written into one field.
            Some((_, "")) if self.0.iter().any(|(sent, _)| sent == list) => list.to_owned(),
            Some((number, rest)) => {
                let row = self.indexed().rows(list).get(number).copied().unwrap_or(number);
                format!("{list}[{row}]{rest}")
            }
            None => field.to_owned(),
        }
    }

    /// Everything that a person wrote, by field, to be given back when something was wrong.
    pub(crate) fn written(&self) -> impl Iterator<Item = (&str, &str)> {
        let is_word = |value: &str| {
            let value = value.trim();
            let is_number = value.len() < 3 && value.bytes().all(|byte| byte.is_ascii_digit());
            !value.is_empty() && !is_number && value != "ja" && value.parse::<Uuid>().is_err()
        };
        let fields = self.0.iter().map(|(name, value)| (name.as_str(), value.as_str()));
        fields.filter(move |(name, value)| !UNWRITTEN.contains(name) && !is_secret(name) && is_word(value))
    }

    /// Whether something in it is good for signing in: it is shown again nowhere, and kept nowhere.
    pub(crate) fn holds_secrets(&self) -> bool {
        self.0.iter().any(|(name, _)| is_secret(name))
    }

    /// The command that the form stands for. Errors: it is not this session's form, or an old one, or is only to be shown.
    pub(crate) fn command(&self, user: &User) -> Result<Option<Command>, WebError> {
        user.check(&self.get("csrf"))?;
        if user.is_looking {
            // Nobody who forgets to show it carries it out.
            return Err(WebError::new(user.lang, ErrorKind::OldForm));
        }
        let id: Uuid = self
            .get("command")
            .parse()
            .map_err(|_| WebError::new(user.lang, ErrorKind::OldForm))?;
        Ok(user.command(id))
    }
}

/// The fields of a form by name, each with its values in order.
pub(crate) struct Indexed<'a>(BTreeMap<&'a str, Vec<String>>);

impl Indexed<'_> {
    /// The first value of a field; empty when it was not sent.
    pub(crate) fn get(&self, name: &str) -> &str {
        self.all(name).first().map(String::as_str).unwrap_or_default()
    }

    /// All values of a field, such as boxes that were ticked; none when it was not sent.
    pub(crate) fn all(&self, name: &str) -> &[String] {
        self.0.get(name).map(Vec::as_slice).unwrap_or_default()
    }

    /// The rows of a list in which anything was filled in, in order.
    pub(crate) fn rows(&self, list: &str) -> Vec<usize> {
        let filled = |values: &[String]| values.iter().any(|value| !value.trim().is_empty());
        let of_list = self.0.range(list..).take_while(|(name, _)| name.starts_with(list));
        let rows = of_list.filter(|(_, values)| filled(values));
        let rows: BTreeSet<usize> = rows.filter_map(|(name, _)| Some(row(name, list)?.0)).collect();
        rows.into_iter().collect()
    }
}

/// The row in `list[row].member`, and what stands behind it.
fn row<'a>(field: &'a str, list: &str) -> Option<(usize, &'a str)> {
    let (row, rest) = field.strip_prefix(list)?.strip_prefix('[')?.split_once(']')?;
    Some((row.parse().ok()?, rest))
}

#[cfg(test)]
impl Posted {
    /// What a form with these fields sends.
    pub(crate) fn of(fields: &[(&str, &str)]) -> Self {
        let field = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
        Self(fields.iter().map(field).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_contracts_field_is_found_where_it_was_filled_in() {
        let fields = [("clauses[0].number", " "), ("clauses[2].number", "4.2")];
        let posted = Posted(fields.map(|(name, value)| (name.to_owned(), value.to_owned())).to_vec());
        for (field, place) in [
            ("reasons", "reasons"),
            ("description.lowest_kronor", "description.lowest_kronor"),
            ("clauses", "clauses"),
            ("clauses[0].up_to_kronor", "clauses[2].up_to_kronor"),
            ("clauses[7].number", "clauses[7].number"),
        ] {
            assert_eq!(posted.place(field), place, "{field}");
        }
    }
}
