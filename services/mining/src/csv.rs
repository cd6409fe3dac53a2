use super::facts::Facts;
use super::occurrence::Occurrence;
use super::value::Value;
use super::{MiningError, Written};
use idesluss_auditor::{MergeError, Reading};
use std::io::{self, Write};

/// The columns, in order.
const COLUMNS: [&str; 14] = [
    "case",
    "activity",
    "time",
    "resource",
    "role",
    "organisation",
    "service",
    "position",
    "event_id",
    "subject",
    "claimed",
    "mandate",
    "gate",
    "outcome",
];

/// Writes a table in UTF-8, one event a row, the first row the names of the columns: the form that most tools read.
///
/// `case` and `subject` are written as `idea/<uuid>`; `resource` is a pseudonym; `time` is when the event was recorded and
/// `claimed` when its author says that it happened, both UTC with offset and microseconds; what an event does not say is left
/// empty. No cell begins as a formula would. Memory does not grow with the number of events. Errors: those of `events`,
/// [`MiningError::Form`], [`MiningError::Write`].
pub fn write_csv(
    events: impl IntoIterator<Item = Result<Reading, MergeError>>,
    out: impl Write,
) -> Result<Written, MiningError> {
    let mut table = csv::Writer::from_writer(out);
    table.write_record(COLUMNS).map_err(io::Error::from)?;
    let mut written = Written::default();
    for event in events {
        let occurrence = Occurrence::of(event?)?;
        let row = row(&occurrence);
        if let Some(column) = row.iter().position(|cell| begins_a_formula(cell)) {
            return Err(MiningError::Form {
                service: occurrence.service,
                position: occurrence.position,
                member: COLUMNS[column],
            });
        }
        table.write_record(&row).map_err(io::Error::from)?;
        written.events += 1;
    }
    table.flush()?;
    Ok(written)
}

fn row(occurrence: &Occurrence) -> [String; COLUMNS.len()] {
    let facts = Facts::of(occurrence);
    let said = |name| {
        let value = facts.attributes.iter().find(|attribute| attribute.name == name);
        match value.and_then(|attribute| attribute.value.as_ref()) {
            Some(Value::Text(word)) => word.clone(),
            _ => String::new(),
        }
    };
    [
        occurrence.case.to_string(),
        occurrence.activity.clone(),
        occurrence.recorded.clone(),
        occurrence.person.to_string(),
        occurrence.role.to_string(),
        occurrence.organisation.to_string(),
        occurrence.service.to_owned(),
        occurrence.position.to_string(),
        occurrence.id.to_string(),
        occurrence.subject.to_string(),
        occurrence.claimed.clone(),
        occurrence.mandate.as_ref().map(ToString::to_string).unwrap_or_default(),
        said("gate"),
        said("outcome"),
    ]
}

/// What a spreadsheet would calculate instead of showing. None of our ids, names and times does; this holds for whatever comes later.
fn begins_a_formula(cell: &str) -> bool {
    cell.starts_with(['=', '+', '-', '@', '\t', '\r', '\n'])
}
