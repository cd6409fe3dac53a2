use crate::components::{Empty, Wording};
use crate::lang::Lang;
use askama::Template;
use idesluss_proto::MOST_COUNTED;

/// A table; the first cell of a row is its heading, and may be a link.
#[derive(Debug, Clone, Default, Template)]
#[template(path = "components/table.html")]
pub(crate) struct Table {
    pub(crate) caption: String,
    pub(crate) head: Vec<String>,
    pub(crate) rows: Vec<Row>,
    /// What stands there when there are no rows.
    pub(crate) empty: Empty,
    /// What it leads to opens in a tab of its own: whoever reads is writing something.
    pub(crate) beside: bool,
}

/// A row.
#[derive(Debug, Clone, Default)]
pub(crate) struct Row {
    /// Where its first cell leads; empty: nowhere.
    pub(crate) href: String,
    pub(crate) cells: Vec<Wording>,
    pub(crate) urgent: bool,
}

impl Row {
    /// A row that leads nowhere.
    pub(crate) fn of<const N: usize, C: Into<Wording>>(cells: [C; N]) -> Self {
        Self {
            cells: cells.map(Into::into).into(),
            ..Self::default()
        }
    }
}

impl Table {
    /// A table with these columns.
    pub(crate) fn new<const N: usize>(caption: impl Into<String>, head: [&str; N]) -> Self {
        Self {
            caption: caption.into(),
            head: head.map(str::to_owned).to_vec(),
            ..Self::default()
        }
    }

    pub(crate) fn rows(mut self, rows: impl IntoIterator<Item = Row>) -> Self {
        self.rows = rows.into_iter().collect();
        self
    }

    /// What it leads to opens in a tab of its own.
    pub(crate) fn beside(mut self) -> Self {
        self.beside = true;
        self
    }

    /// What stands there when there are no rows.
    pub(crate) fn or(mut self, empty: impl Into<Empty>) -> Self {
        self.empty = empty.into();
        self
    }

    /// What the column of a cell is called: beside it where a row is a card.
    pub(crate) fn named(&self, column: usize) -> &str {
        self.head.get(column).map(String::as_str).unwrap_or_default()
    }

    /// Says in the caption how many there are in all.
    pub(crate) fn in_all(mut self, l: Lang, total: u64) -> Self {
        self.caption = in_all(l, &self.caption, total);
        self
    }

    /// The same of a list that is counted up to a limit.
    pub(crate) fn in_all_up_to(mut self, l: Lang, total: u64) -> Self {
        self.caption = in_all_up_to(l, &self.caption, total);
        self
    }
}

/// A caption that says how many there are in all.
pub(crate) fn in_all(l: Lang, caption: &str, total: u64) -> String {
    match total {
        0 => caption.to_owned(),
        total => format!("{caption} ({})", l.grouped(total)),
    }
}

/// The same of a list that is counted up to a limit.
pub(crate) fn in_all_up_to(l: Lang, caption: &str, total: u64) -> String {
    if total <= MOST_COUNTED.into() {
        return in_all(l, caption, total);
    }
    let most = l.say("common-more-than", &[("most", &MOST_COUNTED.to_string())]);
    format!("{caption} ({most})")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_caption_says_how_many_there_are_and_of_what_is_counted_up_to_a_limit_no_more_than_is_known() {
        let listed = |total, is_exact: bool, l| {
            let table = Table::new("X", [""]);
            let table = if is_exact {
                table.in_all(l, total)
            } else {
                table.in_all_up_to(l, total)
            };
            table.caption
        };
        assert_eq!(listed(0, true, Lang::SWEDISH), "X");
        assert_eq!(listed(999, true, Lang::SWEDISH), "X (999)");
        assert_eq!(listed(1_001, true, Lang::SWEDISH), "X (1\u{a0}001)");
        assert_eq!(listed(1_234_567, true, Lang::ENGLISH), "X (1,234,567)");
        assert_eq!(listed(1_000, false, Lang::SWEDISH), "X (1\u{a0}000)");
        assert_eq!(listed(1_001, false, Lang::SWEDISH), "X (fler än 1\u{a0}000)");
        assert_eq!(listed(1_001, false, Lang::ENGLISH), "X (more than 1,000)");
    }
}
