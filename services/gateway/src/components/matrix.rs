use crate::components::Wording;
use askama::Template;

/// What several people said of several things: a row a thing, a column a person.
#[derive(Debug, Clone, Default, Template)]
#[template(path = "components/matrix.html")]
pub(crate) struct Matrix {
    pub(crate) caption: String,
    /// What the first column holds.
    pub(crate) corner: String,
    pub(crate) columns: Vec<String>,
    pub(crate) rows: Vec<MatrixRow>,
}

/// One thing.
#[derive(Debug, Clone)]
pub(crate) struct MatrixRow {
    pub(crate) name: String,
    pub(crate) cells: Vec<MatrixCell>,
    /// What was said lies far apart: in a word; empty: it does not.
    pub(crate) apart: String,
}

/// What one person said of one thing.
#[derive(Debug, Clone, Default)]
pub(crate) struct MatrixCell {
    /// In short; empty: nothing.
    pub(crate) said: String,
    /// Why, as they wrote it; empty: nothing.
    pub(crate) why: Wording,
}
