//! A page as plain text, for a terminal: what its sections say, line by line. Forms and links are left out.

use crate::components::{Account, Badges, Bars, Facts, Table, Traced};
use std::fmt::Write as _;

/// What can be written in lines.
pub(crate) trait Plain {
    fn write_plain(&self, text: &mut String);
}

/// A page as it is being written.
pub(crate) struct PlainPage(String);

impl PlainPage {
    pub(crate) fn new(title: &str, badges: &Badges) -> Self {
        let mut text = format!("{title}\n");
        for badge in &badges.0 {
            let _ = writeln!(text, "{}", badge.text);
        }
        Self(text)
    }

    /// One more section, unless there is nothing in it.
    pub(crate) fn section(mut self, heading: &str, parts: &[&dyn Plain]) -> Self {
        let mut said = String::new();
        for part in parts {
            part.write_plain(&mut said);
        }
        if !said.is_empty() {
            let _ = write!(self.0, "\n{heading}\n{said}");
        }
        self
    }

    pub(crate) fn text(self) -> String {
        self.0
    }
}

impl<T: Plain + ?Sized> Plain for &T {
    fn write_plain(&self, text: &mut String) {
        (*self).write_plain(text);
    }
}

impl<T: Plain> Plain for Option<T> {
    fn write_plain(&self, text: &mut String) {
        if let Some(part) = self {
            part.write_plain(text);
        }
    }
}

/// A remark of ours.
impl Plain for str {
    fn write_plain(&self, text: &mut String) {
        indented(text, 2, self);
    }
}

impl Plain for Facts {
    fn write_plain(&self, text: &mut String) {
        for (name, value) in &self.0 {
            indented(text, 2, &format!("{name}: {value}"));
        }
    }
}

impl Plain for Account {
    fn write_plain(&self, text: &mut String) {
        for (name, value) in self.all() {
            indented(text, 2, &format!("{name}: {value}"));
        }
    }
}

impl Plain for Bars {
    fn write_plain(&self, text: &mut String) {
        indented(text, 2, &self.caption);
        for bar in &self.bars {
            indented(text, 4, &format!("{}: {}", bar.label, bar.said));
        }
    }
}

impl Plain for Traced {
    fn write_plain(&self, text: &mut String) {
        self.table.write_plain(text);
    }
}

/// Each row begins with its first cell; the others follow with the names of their columns, where there is something in them.
impl Plain for Table {
    fn write_plain(&self, text: &mut String) {
        indented(text, 2, &self.caption);
        if self.rows.is_empty() {
            indented(text, 4, &self.empty.said);
        }
        for row in &self.rows {
            let mut cells = row.cells.iter();
            let mut line = cells.next().map(ToString::to_string).unwrap_or_default();
            let named = self.head.iter().skip(1).zip(cells);
            for (index, (head, cell)) in named.filter(|(_, cell)| !cell.is_empty()).enumerate() {
                let between = if index == 0 { "  (" } else { "; " };
                let _ = write!(line, "{between}{head}: {cell}");
            }
            if line.contains("  (") {
                line.push(')');
            }
            indented(text, 4, &line);
        }
    }
}

/// A text with each of its lines as far in.
fn indented(text: &mut String, by: usize, words: &str) {
    for line in words.lines() {
        let _ = writeln!(text, "{:by$}{line}", "");
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::components::{Row, facts};

    #[test]
    fn a_page_is_written_line_by_line_without_what_only_a_browser_can_do() {
        let row = |cells: [&str; 3]| Row {
            href: "/somewhere".into(),
            ..Row::of(cells)
        };
        let table =
            Table::new("Things", ["What", "Who", "When"]).rows([row(["one", "Anna", ""]), row(["two", "", ""])]);
        let facts = facts([("Reasons", "First.\nSecond.")]);
        let told = PlainPage::new("A page", &Badges::default().and("Advance", false))
            .section("A section", &[&facts, &table])
            .section("Nothing", &[&Facts::default(), &None::<Table>])
            .section("Another", &[&"None."]);
        let lines = "A page\nAdvance\n\nA section\n  Reasons: First.\n  Second.\n  Things\n    one  (Who: Anna)\n    two\n\nAnother\n  None.\n";
        assert_eq!(told.text(), lines);
    }
}
