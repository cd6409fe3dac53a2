//! What happened, when, by whom and where, as a table: the same four columns wherever events are listed.

use super::words;
use crate::components::{Row, Table};
use crate::legacy::Part;
use crate::phrases;
use crate::reader::Reader;
use idesluss_auditor::Happened;

/// A table of events, each with the cells of further columns.
pub(super) struct Events<'a> {
    pub(super) caption: &'a str,
    /// The further columns.
    pub(super) columns: &'a [&'a str],
    /// Said when there are none.
    pub(super) empty: &'a str,
}

impl Events<'_> {
    pub(super) fn draw<'h>(
        self,
        reader: &Reader<'_>,
        events: impl Iterator<Item = (&'h Happened, Vec<String>)>,
    ) -> Part {
        let l = reader.lang;
        let row = |(happened, further): (&Happened, Vec<String>)| {
            let mut cells = vec![
                phrases::event(l, &happened.event),
                reader.moment(&happened.recorded),
                words::who(reader, &happened.who),
                words::place(happened),
            ];
            cells.extend(further);
            Row {
                href: String::new(),
                cells,
                urgent: false,
            }
        };
        let head = [
            l.t("common-what"),
            l.t("common-recorded"),
            l.t("common-who"),
            l.t("revision-where"),
        ];
        Table {
            caption: self.caption.to_owned(),
            head: head.iter().chain(self.columns).map(|name| (*name).to_owned()).collect(),
            rows: events.map(row).collect(),
            empty: self.empty.to_owned(),
            ..Table::default()
        }
        .into()
    }
}
