//! Reading an older register's files: every row either understood whole, or refused with a reason.

use csv::{ByteRecord, ReaderBuilder};
use idesluss_domain::words::{EarlierTime, Label, is_unseen_in_prose};
use std::collections::{HashMap, HashSet};
use std::path::{Path, PathBuf};

/// Why a whole file can't be read. A single bad row is a [`Refused`] instead.
#[derive(Debug, thiserror::Error)]
pub(crate) enum FileError {
    /// It can't be opened or read.
    #[error("the file {0} can't be read: {1}")]
    Unreadable(PathBuf, String),
    /// Columns are missing.
    #[error("the file {0} lacks the columns {1}. The first line must name the columns, separated by commas")]
    Columns(PathBuf, String),
}

/// A row that is left out, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Refused {
    /// The line in the file on which the row begins, from 1.
    pub(super) line: u64,
    /// The row's reference, if it could be read.
    pub(super) reference: String,
    /// What is wrong, for a person.
    pub(super) reason: String,
}

/// Where an idea had come to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) enum Status {
    /// Not yet decided.
    Open,
    /// Said yes to; not yet carried out.
    Accepted,
    /// Said no to.
    Rejected,
    /// Taken back by its submitter.
    Withdrawn,
    /// Put aside.
    Parked,
    /// Replaced by other ideas.
    Superseded,
    /// Carried out.
    Realised,
}

impl Status {
    const NAMES: [(&'static str, Status); 7] = [
        ("open", Status::Open),
        ("accepted", Status::Accepted),
        ("rejected", Status::Rejected),
        ("withdrawn", Status::Withdrawn),
        ("parked", Status::Parked),
        ("superseded", Status::Superseded),
        ("realised", Status::Realised),
    ];

    /// The word in the file.
    pub(super) fn as_str(self) -> &'static str {
        Self::NAMES
            .iter()
            .find(|(_, status)| *status == self)
            .map_or("", |(name, _)| name)
    }
}

/// One idea of the older register.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct IdeaRow {
    /// The line on which it begins.
    pub(super) line: u64,
    /// Its name in the older register.
    pub(super) reference: String,
    /// When it was submitted.
    pub(super) submitted: Option<EarlierTime>,
    /// Who submitted it, as the register names them; empty: unknown.
    pub(super) submitter: String,
    /// What it is called.
    pub(super) title: String,
    /// What is wrong today.
    pub(super) problem: String,
    /// What to do about it.
    pub(super) proposal: String,
    /// What it would give; empty: unknown.
    pub(super) expected_benefit: String,
    /// The area; empty: unknown.
    pub(super) area: String,
    /// Where it had come to.
    pub(super) status: Status,
    /// When that was decided.
    pub(super) decided: Option<EarlierTime>,
    /// The ideas that replace it or follow it, as references.
    pub(super) superseded_by: Vec<String>,
    /// Why it was decided so; empty: unknown.
    pub(super) decision_reasons: String,
}

impl IdeaRow {
    /// Whether the register dates the decision before the idea itself. Times known less precisely are compared as far as both are known.
    pub(super) fn decided_before_submission(&self) -> bool {
        let (Some(decided), Some(submitted)) = (&self.decided, &self.submitted) else {
            return false;
        };
        let (decided, submitted) = (decided.to_string(), submitted.to_string());
        let known = decided.len().min(submitted.len()).min(10);
        decided.get(..known) < submitted.get(..known)
    }
}

/// One assessor's score of one idea on one criterion.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct AssessmentRow {
    /// The line on which it begins.
    pub(super) line: u64,
    /// The idea's reference.
    pub(super) reference: String,
    /// Who gave it, as the register names them.
    pub(super) assessor: String,
    /// On which criterion.
    pub(super) criterion: String,
    /// 1 to 5.
    pub(super) score: u8,
    /// Why; empty: unknown.
    pub(super) rationale: String,
    /// When.
    pub(super) assessed: Option<EarlierTime>,
}

/// Rows in the order of the file, and what was refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Read<T> {
    /// What was understood.
    pub(super) rows: Vec<T>,
    /// What was not.
    pub(super) refused: Vec<Refused>,
}

const IDEA_COLUMNS: [&str; 12] = [
    "reference",
    "submitted_at",
    "submitter",
    "title",
    "problem",
    "proposal",
    "expected_benefit",
    "area",
    "status",
    "decided_at",
    "superseded_by",
    "decision_reasons",
];
const ASSESSMENT_COLUMNS: [&str; 6] = [
    "reference",
    "assessor",
    "criterion",
    "score",
    "rationale",
    "assessed_at",
];

/// Reads the ideas' file.
pub(super) fn ideas(path: &Path) -> Result<Read<IdeaRow>, FileError> {
    let mut seen = HashSet::new();
    read(path, &IDEA_COLUMNS, |fields, line| {
        let reference = fields.label("reference")?;
        if !seen.insert(reference.clone()) {
            return Err(format!("the reference {reference} stands on an earlier line too"));
        }
        let status = fields.get("status")?;
        let status = Status::NAMES
            .iter()
            .find(|(name, _)| *name == status)
            .map(|(_, status)| *status)
            .ok_or("the status is none of open, accepted, rejected, withdrawn, parked, superseded, realised")?;
        let mut superseded_by: Vec<String> = Vec::new();
        for target in fields
            .get("superseded_by")?
            .split(';')
            .map(str::trim)
            .filter(|target| !target.is_empty())
        {
            if target == reference {
                return Err("the idea is said to be superseded by itself".to_owned());
            }
            if !superseded_by.iter().any(|known| known == target) {
                superseded_by.push(target.to_owned());
            }
        }
        Ok(IdeaRow {
            line,
            submitted: fields.when("submitted_at")?,
            submitter: fields.at_most("submitter", 200)?,
            title: fields.at_most("title", 500)?,
            problem: fields.at_most("problem", 40_000)?,
            proposal: fields.at_most("proposal", 40_000)?,
            expected_benefit: fields.at_most("expected_benefit", 40_000)?,
            area: fields.at_most("area", 500)?,
            status,
            decided: fields.when("decided_at")?,
            superseded_by,
            decision_reasons: fields.at_most("decision_reasons", 40_000)?,
            reference,
        })
    })
}

/// Reads the assessments' file.
pub(super) fn assessments(path: &Path) -> Result<Read<AssessmentRow>, FileError> {
    let mut seen = HashSet::new();
    read(path, &ASSESSMENT_COLUMNS, |fields, line| {
        let reference = fields.label("reference")?;
        let assessor = fields.needed("assessor", 200)?;
        let criterion = fields.label("criterion")?;
        if !seen.insert((reference.clone(), assessor.clone(), criterion.clone())) {
            return Err(
                "this assessor's score of this idea on this criterion stands on an earlier line too".to_owned(),
            );
        }
        let score = match fields.get("score")?.parse::<u8>() {
            Ok(score @ 1..=5) => score,
            _ => return Err("the score is no whole number from 1 to 5".to_owned()),
        };
        let rationale = fields.at_most("rationale", 40_000)?;
        Ok(AssessmentRow {
            line,
            reference,
            assessor,
            criterion,
            score,
            rationale,
            assessed: fields.when("assessed_at")?,
        })
    })
}

/// A row's fields by column name.
struct Fields<'a> {
    columns: &'a HashMap<String, usize>,
    record: &'a ByteRecord,
}

impl Fields<'_> {
    fn get(&self, column: &str) -> Result<String, String> {
        let bytes = self
            .columns
            .get(column)
            .and_then(|index| self.record.get(*index))
            .unwrap_or_default();
        let text = std::str::from_utf8(bytes).map_err(|_| format!("{column} is not UTF-8: save the file as UTF-8"))?;
        if text.contains(is_unseen_in_prose) {
            return Err(format!(
                "{column} holds control characters, or marks that turn the direction of writing"
            ));
        }
        Ok(text.trim().to_owned())
    }

    fn at_most(&self, column: &str, characters: usize) -> Result<String, String> {
        let text = self.get(column)?;
        let count = text.chars().count();
        if count > characters {
            return Err(format!(
                "{column} has {count} characters; at most {characters} are taken"
            ));
        }
        Ok(text)
    }

    fn needed(&self, column: &str, characters: usize) -> Result<String, String> {
        let text = self.at_most(column, characters)?;
        if text.is_empty() {
            Err(format!("{column} is empty"))
        } else {
            Ok(text)
        }
    }

    /// A word that may stand unsealed; what is none is told before anything is sent.
    fn label(&self, column: &str) -> Result<String, String> {
        let text = self.needed(column, 200)?;
        let label = text.parse::<Label>().map_err(|wrong| format!("{column}: {wrong}"))?;
        Ok(label.into())
    }

    fn when(&self, column: &str) -> Result<Option<EarlierTime>, String> {
        let text = self.get(column)?;
        if text.is_empty() {
            return Ok(None);
        }
        let time = text.parse().map_err(|_| {
            format!("{column} is no time: write it as precisely as it is known, 2004, 2004-05, 2004-05-31 or 2004-05-31T08:30:00Z")
        });
        time.map(Some)
    }
}

fn read<T>(
    path: &Path,
    needed: &[&str],
    mut understand: impl FnMut(&Fields<'_>, u64) -> Result<T, String>,
) -> Result<Read<T>, FileError> {
    let unreadable = |error: &dyn std::fmt::Display| FileError::Unreadable(path.to_owned(), error.to_string());
    let mut reader = ReaderBuilder::new()
        .flexible(true)
        .from_path(path)
        .map_err(|error| unreadable(&error))?;
    let headers = reader.byte_headers().map_err(|error| unreadable(&error))?.clone();
    let mut columns = HashMap::new();
    for (index, name) in headers.iter().enumerate() {
        let name = String::from_utf8_lossy(name);
        // Spreadsheets put a byte order mark before the first name.
        columns
            .entry(name.trim_start_matches('\u{feff}').trim().to_lowercase())
            .or_insert(index);
    }
    let missing: Vec<_> = needed
        .iter()
        .copied()
        .filter(|name| !columns.contains_key(*name))
        .collect();
    if !missing.is_empty() {
        return Err(FileError::Columns(path.to_owned(), missing.join(", ")));
    }
    let mut read = Read {
        rows: Vec::new(),
        refused: Vec::new(),
    };
    let mut record = ByteRecord::new();
    loop {
        match reader.read_byte_record(&mut record) {
            Ok(true) => {}
            Ok(false) => return Ok(read),
            Err(error) => return Err(unreadable(&error)),
        }
        let line = record.position().map_or(0, csv::Position::line);
        let fields = Fields {
            columns: &columns,
            record: &record,
        };
        let understood = if record.len() == headers.len() {
            understand(&fields, line)
        } else {
            Err(format!(
                "the row has {} fields, not {}: is a quotation mark or a comma missing?",
                record.len(),
                headers.len()
            ))
        };
        match understood {
            Ok(row) => read.rows.push(row),
            Err(reason) => {
                let reference = fields.get("reference").unwrap_or_default();
                read.refused.push(Refused {
                    line,
                    reference,
                    reason,
                });
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write as _;

    fn file(content: &[u8]) -> tempfile::NamedTempFile {
        let mut file = tempfile::NamedTempFile::new().expect("a temporary file");
        file.write_all(content).expect("written");
        file
    }

    const HEAD: &str = "reference,submitted_at,submitter,title,problem,proposal,expected_benefit,area,status,decided_at,superseded_by,decision_reasons\n";

    #[test]
    fn a_bad_row_is_refused_by_its_line_and_the_rest_goes_on() {
        let text = format!(
            "\u{feff}{HEAD}A-1,2020-01-02,p,T,\"P\nover two lines\",Q,,,open,,,\nA-2,2020-13-02,p,T,P,Q,,,open,,,\nA-3,,p,T,P,Q,,,gone,,,\nA-1,,p,T,P,Q,,,open,,,\nA-5,2020-01-02T03:04:05Z,,T,P,Q,,,superseded,,A-1; A-3;A-1,\nshort,row\n"
        );
        let read = ideas(file(text.as_bytes()).path()).expect("readable");
        let rows: Vec<_> = read.rows.iter().map(|row| (row.line, row.reference.as_str())).collect();
        assert_eq!(rows, [(2, "A-1"), (7, "A-5")]);
        assert_eq!(read.rows[1].superseded_by, ["A-1", "A-3"]);
        assert_eq!(
            read.rows[1].submitted.as_ref().map(ToString::to_string).as_deref(),
            Some("2020-01-02T03:04:05Z")
        );
        let refused: Vec<_> = read
            .refused
            .iter()
            .map(|row| (row.line, row.reference.as_str()))
            .collect();
        assert_eq!(refused, [(4, "A-2"), (5, "A-3"), (6, "A-1"), (8, "short")]);
    }

    #[test]
    fn letters_that_nobody_sees_refuse_their_row_only() {
        let text = format!(
            "{HEAD}A-1,,p,one\u{202e}owt,P,Q,,,open,,,\nA-2,,p,T\u{1b}[2J,P,Q,,,open,,,\nA-3,,p,T,P,Q,,,open,,,\n"
        );
        let read = ideas(file(text.as_bytes()).path()).expect("readable");
        let refused: Vec<_> = (read.refused.iter())
            .map(|row| (row.line, row.reason.starts_with("title holds")))
            .collect();
        assert_eq!((refused, read.rows.len()), (vec![(2, true), (3, true)], 1));
    }

    #[test]
    fn missing_columns_are_named() {
        let error = ideas(file(b"reference,title\nA,B\n").path()).expect_err("columns are missing");
        assert!(
            error.to_string().contains("submitted_at, submitter, problem"),
            "{error}"
        );
    }

    #[test]
    fn a_score_outside_the_scale_is_refused() {
        let text = "reference,assessor,criterion,score,rationale,assessed_at\nA,b,c,6,,\nA,b,d,5,,\nA,b,e,,,\nA,b,f,,why,2020-01-01\n";
        let read = assessments(file(text.as_bytes()).path()).expect("readable");
        assert_eq!(read.rows.len(), 1);
        assert_eq!(read.refused.iter().map(|row| row.line).collect::<Vec<_>>(), [2, 4, 5]);
    }

    #[test]
    fn bytes_that_are_not_utf8_refuse_their_row_only() {
        let mut bytes = HEAD.as_bytes().to_vec();
        bytes.extend_from_slice(b"A-1,,p,\xff\xfe,P,Q,,,open,,,\nA-2,,p,T,P,Q,,,open,,,\n");
        let read = ideas(file(&bytes).path()).expect("readable");
        assert_eq!((read.rows.len(), read.refused.len()), (1, 1));
        assert!(read.refused[0].reason.contains("UTF-8"));
    }
}
