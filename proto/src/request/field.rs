/// A message that can be filled in field by field, as forms are.
pub trait Fillable {
    /// Its fields, in the contract's order.
    const FIELDS: &'static [Field];
}

/// A field of a request, as the contract has it.
#[derive(Debug)]
pub struct Field {
    /// Its name.
    pub name: &'static str,
    /// Its number.
    pub tag: u32,
    /// What stands in it.
    pub kind: FieldKind,
    /// Whether there may be several.
    pub many: bool,
    /// Whether it may be left empty.
    pub optional: bool,
}

/// What stands in a field.
#[derive(Debug)]
pub enum FieldKind {
    /// Who acts, and the command's id.
    Command,
    /// A text, or a word in a form of its own.
    Text,
    /// The id of a thing.
    Id,
    /// A decimal number, written with a point.
    Decimal,
    /// Yes or no.
    Bool,
    /// A whole number up to this one.
    Number(u64),
    /// One of the contract's words, by its number.
    Choice,
    /// Fields of its own.
    Part(&'static [Field]),
    /// What no form fills in.
    Other,
}
