//! A page as plain text, for a terminal.

use crate::components::Table;
use crate::legacy::{Page, Part, Section};
use std::fmt::Write as _;

impl Page {
    /// Everything that the page says, line by line; forms, links and pictures of what stands beside them are left out.
    pub(crate) fn plain(&self) -> String {
        let mut text = format!("{}\n", self.title);
        for badge in &self.badges {
            let _ = writeln!(text, "{}", badge.text);
        }
        for section in &self.sections {
            plain_section(&mut text, section);
        }
        text
    }
}

fn plain_section(text: &mut String, section: &Section) {
    let mut said = String::new();
    for part in &section.parts {
        match part {
            Part::Text(words) | Part::Note(words) => indented(&mut said, 2, words),
            Part::Facts(facts) | Part::Written(facts) => {
                for (name, value) in facts {
                    indented(&mut said, 2, &format!("{name}: {value}"));
                }
            }
            Part::Table(table) => plain_table(&mut said, table),
            Part::Bars(bars) => {
                indented(&mut said, 2, &bars.caption);
                for bar in &bars.bars {
                    indented(&mut said, 4, &format!("{}: {}", bar.label, bar.said));
                }
            }
            Part::Links(_) | Part::Form(_) | Part::Slider(_) | Part::Timeline(_) => {}
        }
    }
    if !said.is_empty() {
        let _ = write!(text, "\n{}\n{said}", section.heading);
    }
}

/// Each row begins with its first cell; the others follow with the names of their columns, where there is something in them.
fn plain_table(text: &mut String, table: &Table) {
    indented(text, 2, &table.caption);
    if table.rows.is_empty() {
        indented(text, 4, &table.empty);
    }
    for row in &table.rows {
        let mut cells = row.cells.iter();
        let mut line = cells.next().cloned().unwrap_or_default();
        let named = table.head.iter().skip(1).zip(cells);
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

/// A text with each of its lines as far in.
fn indented(text: &mut String, by: usize, words: &str) {
    for line in words.lines() {
        let _ = writeln!(text, "{:by$}{line}", "");
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::frame::Frame;
    use crate::view::{Link, Row};

    #[test]
    fn a_page_is_told_line_by_line_without_what_only_a_browser_can_do() {
        let mut page = Page::new(Frame::default(), "A page");
        page.badge("Advance", false);
        let row = |cells: [&str; 3]| Row {
            href: "/somewhere".into(),
            cells: cells.map(str::to_owned).to_vec(),
            urgent: false,
        };
        let table = Table {
            caption: "Things".into(),
            head: ["What", "Who", "When"].map(str::to_owned).to_vec(),
            rows: vec![row(["one", "Anna", ""]), row(["two", "", ""])],
            empty: "None.".into(),
            ..Table::default()
        };
        let facts = Part::Facts(vec![("Reasons".into(), "First.\nSecond.".into())]);
        page.section("A section", vec![facts, table.into()]);
        let link = Link {
            href: "/".into(),
            text: "Away".into(),
        };
        page.section("", vec![Part::Links(vec![link])]);
        let told =
            "A page\nAdvance\n\nA section\n  Reasons: First.\n  Second.\n  Things\n    one  (Who: Anna)\n    two\n";
        assert_eq!(page.plain(), told);
    }
}
