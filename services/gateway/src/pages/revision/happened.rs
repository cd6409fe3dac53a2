//! What happened, when, by whom and where, as a table: the same four columns wherever events are listed.

use super::words;
use crate::components::{Row, Table, Traced, Wording};
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
        events: impl Iterator<Item = (&'h Happened, Vec<Wording>)>,
    ) -> Traced {
        let l = reader.lang;
        let row = |(happened, further): (&Happened, Vec<Wording>)| {
            let mut row = Row::of([
                phrases::event(l, &happened.event),
                reader.moment(&happened.recorded),
                words::who(reader, &happened.who),
                words::place(happened),
            ]);
            row.cells.extend(further);
            row
        };
        let head = [
            l.t("common-what"),
            l.t("common-recorded"),
            l.t("common-who"),
            l.t("revision-where"),
        ];
        let mut table = Table::new(self.caption, head).rows(events.map(row)).or(self.empty);
        table.head.extend(self.columns.iter().map(|name| (*name).to_owned()));
        Traced::new(l, table, &[3])
    }
}
