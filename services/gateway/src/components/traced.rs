use crate::components::{Row, Table};
use crate::lang::Lang;
use askama::Template;

/// A table of which some columns are for whoever checks it, such as places in journals: they are folded away below it, beside what they are of.
#[derive(Debug, Clone, Template)]
#[template(path = "components/traced.html")]
pub(crate) struct Traced {
    l: Lang,
    /// With all its columns.
    pub(crate) table: Table,
    folded: &'static [usize],
}

impl Traced {
    /// A table with these columns folded away, from 0.
    pub(crate) fn new(l: Lang, table: Table, folded: &'static [usize]) -> Self {
        Self { l, table, folded }
    }

    fn shown(&self) -> Table {
        self.with(|column| !self.folded.contains(&column))
    }

    fn details(&self) -> Table {
        // The first two say of what they are.
        let mut table = self.with(|column| column < 2 || self.folded.contains(&column));
        table.caption = self.l.say("trace-of", &[("what", &table.caption)]);
        for row in &mut table.rows {
            row.href.clear();
            row.urgent = false;
        }
        table
    }

    fn with(&self, is_kept: impl Fn(usize) -> bool) -> Table {
        let row = |row: &Row| Row {
            cells: kept(&row.cells, &is_kept),
            ..row.clone()
        };
        Table {
            head: kept(&self.table.head, &is_kept),
            rows: self.table.rows.iter().map(row).collect(),
            ..self.table.clone()
        }
    }
}

fn kept<T: Clone>(columns: &[T], is_kept: impl Fn(usize) -> bool) -> Vec<T> {
    let columns = columns.iter().enumerate().filter(|(column, _)| is_kept(*column));
    columns.map(|(_, cell)| cell.clone()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::components::Wording;

    #[test]
    fn what_is_folded_away_stands_beside_what_it_is_of_and_nowhere_else() {
        let table = Table::new("Things", ["What", "When", "Where", "Text"]);
        let table = table.rows([Row::of(["a", "b", "c", "d"])]);
        let traced = Traced::new(Lang::ENGLISH, table, &[2]);
        let (shown, details) = (traced.shown(), traced.details());
        assert_eq!(
            (shown.head, &shown.rows[0].cells[..]),
            (
                ["What", "When", "Text"].map(str::to_owned).to_vec(),
                &["a", "b", "d"].map(Wording::from)[..]
            )
        );
        assert_eq!(details.rows[0].cells, ["a", "b", "c"].map(Wording::from));
    }
}
