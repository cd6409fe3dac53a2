//! The tables of the relational form (OCEL 2.0). pm4py checks their keys, and readers tell what a value is by its declared type.

use crate::value::Form;

/// The tables that do not depend on types. Names and columns are the standard's.
pub(super) const TABLES: &str = "
CREATE TABLE event_map_type (
    ocel_type TEXT NOT NULL PRIMARY KEY,
    ocel_type_map TEXT NOT NULL UNIQUE
) WITHOUT ROWID;
CREATE TABLE object_map_type (
    ocel_type TEXT NOT NULL PRIMARY KEY,
    ocel_type_map TEXT NOT NULL UNIQUE
) WITHOUT ROWID;
CREATE TABLE event (
    ocel_id TEXT NOT NULL PRIMARY KEY,
    ocel_type TEXT NOT NULL REFERENCES event_map_type (ocel_type)
) WITHOUT ROWID;
CREATE TABLE object (
    ocel_id TEXT NOT NULL PRIMARY KEY,
    ocel_type TEXT NOT NULL REFERENCES object_map_type (ocel_type)
) WITHOUT ROWID;
CREATE TABLE event_object (
    ocel_event_id TEXT NOT NULL REFERENCES event (ocel_id),
    ocel_object_id TEXT NOT NULL REFERENCES object (ocel_id),
    ocel_qualifier TEXT NOT NULL,
    PRIMARY KEY (ocel_event_id, ocel_object_id, ocel_qualifier)
) WITHOUT ROWID;
CREATE TABLE object_object (
    ocel_source_id TEXT NOT NULL REFERENCES object (ocel_id),
    ocel_target_id TEXT NOT NULL REFERENCES object (ocel_id),
    ocel_qualifier TEXT NOT NULL,
    PRIMARY KEY (ocel_source_id, ocel_target_id, ocel_qualifier)
) WITHOUT ROWID;
";

/// A type's name as part of its table's: `delegation-order` is `DelegationOrder`, `DecisionMade.v2` is `DecisionMadeV2`.
///
/// The types are ours and known, so no name holds a quotation mark.
pub(super) fn map_name(name: &str) -> String {
    let part = |part: &str| {
        let mut letters = part.chars();
        let first = letters.next().map(|letter| letter.to_ascii_uppercase());
        first.into_iter().chain(letters).collect::<String>()
    };
    name.split(['-', '.']).map(part).collect()
}

/// The table of a type of events or objects, quoted.
pub(super) fn table(of: &str, name: &str) -> String {
    format!("\"{of}_{}\"", map_name(name))
}

/// The columns of a type's own members, to stand behind the standard's own.
pub(super) fn columns(members: impl Iterator<Item = (&'static str, Form)>) -> String {
    let column = |(name, form): (&str, Form)| {
        let declared = match form {
            Form::Text => "TEXT",
            Form::Whole => "INTEGER",
            Form::Truth => "BOOLEAN",
            Form::Moment => "TIMESTAMP",
        };
        format!(", \"{name}\" {declared}")
    };
    members.map(column).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_table_is_named_after_its_type_without_what_names_of_tables_do_not_hold() {
        assert_eq!(table("object", "delegation-order"), "\"object_DelegationOrder\"");
        assert_eq!(table("event", "DecisionMade.v2"), "\"event_DecisionMadeV2\"");
    }
}
