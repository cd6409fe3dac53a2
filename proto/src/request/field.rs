use super::FieldProblem;

/// A message that can be filled in field by field, as forms are.
pub trait Fillable {
    /// Its fields, in the contract's order.
    const FIELDS: &'static [Field];

    /// Everything that is wrong with it by the contract's rules.
    fn problems(self) -> Vec<FieldProblem>;
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
    /// How many there may be, where there may be several.
    pub many: Option<Count>,
    /// Whether it may be left empty, or of a yes or no, whether it may be no.
    pub optional: bool,
}

/// How many there may be of a field of a request at the most, as the contract has it; 1 of what there is one of.
pub fn most<R: Fillable>(field: &str) -> usize {
    let field = R::FIELDS.iter().find(|own| own.name == field);
    field.and_then(|field| field.many).map_or(1, |count| count.max)
}

/// Words of the contract of which one is chosen.
pub trait Choices: Copy + Into<i32> + 'static {
    /// All of them, in the contract's order, but the one that says that none is stated.
    const ALL: &'static [Self];
}

/// How many there may be of a field.
#[derive(Debug, Clone, Copy)]
pub struct Count {
    /// The fewest.
    pub min: usize,
    /// The most.
    pub max: usize,
}

/// What stands in a field.
#[derive(Debug)]
pub enum FieldKind {
    /// Who acts, and the command's id.
    Command,
    /// A text of so many characters at the most.
    Text(usize),
    /// A word in a form of its own.
    Word,
    /// A day.
    Date,
    /// The id of a thing.
    Id,
    /// A decimal number, written with a point.
    Decimal,
    /// Yes or no.
    Bool,
    /// A whole number up to this one.
    Number(u64),
    /// One of the contract's words, by its number: these may be chosen.
    Choice(&'static [i32]),
    /// Fields of its own.
    Part(&'static [Field]),
    /// What no form fills in.
    Other,
}
