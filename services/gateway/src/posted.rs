//! What a form sent.

use crate::error::{ErrorKind, WebError};
use crate::session::User;
use idesluss_proto::pb::command::Command;
use idesluss_proto::status::Problems;
use std::collections::BTreeSet;
use tonic::Status;
use uuid::Uuid;

/// The fields of a form, in order, as they were written.
#[derive(Debug, Clone, Default)]
pub(crate) struct Posted(pub(crate) Vec<(String, String)>);

impl Posted {
    /// The same with another value of one field.
    pub(crate) fn with(mut self, name: &str, value: String) -> Self {
        self.0.retain(|(field, _)| field != name);
        self.0.push((name.to_owned(), value));
        self
    }

    /// The first value of a field; empty when it was not sent.
    pub(crate) fn get(&self, name: &str) -> String {
        let found = self.0.iter().find(|(field, _)| field == name);
        found.map(|(_, value)| value.replace("\r\n", "\n")).unwrap_or_default()
    }

    /// All values of a field: boxes that were ticked.
    pub(crate) fn all(&self, name: &str) -> Vec<String> {
        let found = self
            .0
            .iter()
            .filter(|(field, value)| field == name && !value.is_empty());
        found.map(|(_, value)| value.clone()).collect()
    }

    /// Whether a box was ticked.
    pub(crate) fn ticked(&self, name: &str) -> bool {
        self.get(name) == "ja"
    }

    /// The answer to a question that must be answered. Errors: INVALID_ARGUMENT when it was not.
    pub(crate) fn yes_or_no(&self, name: &str) -> Result<bool, Status> {
        match self.get(name).as_str() {
            "ja" => Ok(true),
            "nej" => Ok(false),
            _ => {
                let mut problems = Problems::default();
                problems.add(name, "choose one of those that there are");
                Err(problems.into())
            }
        }
    }

    /// A whole number; spaces between digits are fine. 0 when there is none: see `check_numbers`.
    pub(crate) fn number(&self, name: &str) -> u64 {
        self.digits(name).parse().unwrap_or(0)
    }

    fn digits(&self, name: &str) -> String {
        self.get(name).chars().filter(|c| !c.is_whitespace()).collect()
    }

    /// Errors: INVALID_ARGUMENT for every one of these fields that holds something else than a whole number.
    pub(crate) fn check_numbers(&self, names: &[&str]) -> Result<(), Status> {
        let mut problems = Problems::default();
        for name in names {
            let digits = self.digits(name);
            if !digits.is_empty() {
                problems.parse::<u32>(name, &digits, "write a whole number, such as 20000");
            }
        }
        problems.finish(Some(()))
    }

    /// Errors: INVALID_ARGUMENT for every one of these fields that is empty.
    pub(crate) fn check_filled(&self, names: &[&str]) -> Result<(), Status> {
        let mut problems = Problems::default();
        for name in names.iter().filter(|name| self.get(name).trim().is_empty()) {
            problems.add(*name, "fill this in");
        }
        problems.finish(Some(()))
    }

    /// One of a contract's choices by its number; 0: none.
    pub(crate) fn choice(&self, name: &str) -> i32 {
        self.get(name).parse().unwrap_or(0)
    }

    /// The field of the form that a field of the contract was read from.
    pub(crate) fn place(&self, field: &str) -> String {
        let last = field.rsplit('.').next().unwrap_or(field);
        if let Some(index) = numbered(field, "scores") {
            let scored = self.0.iter().filter_map(|(name, _)| name.strip_prefix("betyg."));
            let criterion = scored.into_iter().nth(index).unwrap_or_default();
            let kind = if last == "rationale" { "varfor" } else { "betyg" };
            return format!("{kind}.{criterion}");
        }
        if let Some(index) = numbered(field, "clauses") {
            let row = self.clause_rows().get(index).copied().unwrap_or(index);
            let name = if last == "up_to_kronor" { "kronor" } else { last };
            return format!("{row}.{name}");
        }
        if numbered(field, "dissent").is_some() {
            let name = if last == "assessor" { "dissenter" } else { "dissent" };
            return name.to_owned();
        }
        let same = match last {
            "expected_benefit" => "benefit",
            "assessors" => "assessor",
            "lowest_kronor" => "lowest",
            "highest_kronor" => "highest",
            "cost_kronor" => "cost",
            "amount_kronor" => "amount",
            "up_to_kronor" => "kronor",
            "assessments_required" => "required",
            "load_cap" => "cap",
            "clauses" => "0.number",
            "secrecy_check" => "secrecy",
            "coauthor" | "coordinator" => "person",
            other => other,
        };
        same.to_owned()
    }

    /// The rows of clauses in which anything was filled in, in order.
    pub(crate) fn clause_rows(&self) -> Vec<usize> {
        let filled = self.0.iter().filter(|(_, value)| !value.trim().is_empty());
        let rows = filled.filter_map(|(name, _)| name.split_once('.')?.0.parse().ok());
        let rows: BTreeSet<usize> = rows.collect();
        rows.into_iter().collect()
    }

    /// Everything that a person wrote, to be given back when something was wrong.
    pub(crate) fn written(&self) -> Vec<String> {
        let long = self
            .0
            .iter()
            .filter(|(name, value)| !matches!(name.as_str(), "csrf" | "command") && value.chars().count() > 20);
        long.map(|(_, value)| value.clone()).collect()
    }

    /// The command that the form stands for. Errors: it is not this session's form, or an old one.
    pub(crate) fn command(&self, user: &User) -> Result<Option<Command>, WebError> {
        user.check(&self.get("csrf"))?;
        let id: Uuid = self
            .get("command")
            .parse()
            .map_err(|_| WebError::new(user.lang, ErrorKind::OldForm))?;
        Ok(user.command(id))
    }
}

/// The number in `list[number].member`.
fn numbered(field: &str, list: &str) -> Option<usize> {
    let rest = field.strip_prefix(list)?.strip_prefix('[')?;
    rest.split(']').next()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_contracts_field_is_found_where_it_was_filled_in() {
        let fields = [
            ("betyg.citizen-benefit", "4"),
            ("betyg.feasibility", ""),
            ("0.number", " "),
            ("2.number", "4.2"),
        ];
        let posted = Posted(fields.map(|(name, value)| (name.to_owned(), value.to_owned())).to_vec());
        for (field, place) in [
            ("expected_benefit", "benefit"),
            ("description.lowest_kronor", "lowest"),
            ("scores[1].rationale", "varfor.feasibility"),
            ("scores[0].score", "betyg.citizen-benefit"),
            ("clauses", "0.number"),
            ("clauses[0].up_to_kronor", "2.kronor"),
            ("dissent[0].reasons", "dissent"),
            ("dissent[0].assessor", "dissenter"),
            ("reasons", "reasons"),
        ] {
            assert_eq!(posted.place(field), place, "{field}");
        }
    }
}
