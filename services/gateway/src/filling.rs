//! A request filled in from what a form sent, field for field as the contract has them.

use crate::act::Sends;
use crate::posted::{Indexed, Posted};
use bytes::Bytes;
use idesluss_proto::pb::command::Command;
use idesluss_proto::status::invalid;
use idesluss_proto::{Count, Field, FieldKind, FieldProblem, MOST_PROBLEMS, Problem};
use prost::encoding;
use tonic::Status;

/// Fills a request in. Errors: INVALID_ARGUMENT for what can't be written as the contract wants it, together with everything else that is wrong.
pub(crate) fn fill(sends: Sends, posted: &Posted, command: Option<Command>) -> Result<Bytes, Status> {
    let mut filling = Filling {
        posted: posted.indexed(),
        single: sends.single,
        command,
        problems: Vec::new(),
    };
    let request: Bytes = filling.message(sends.fields, "", "").into();
    let mut problems = filling.problems;
    // What is asked about before it is sent has nothing wrong with it that shows beforehand.
    if problems.is_empty() && !sends.irreversible {
        return Ok(request);
    }
    for problem in (sends.problems)(request.clone()) {
        if !problems.iter().any(|noted| noted.field == problem.field) {
            problems.push(problem);
        }
    }
    if problems.is_empty() {
        return Ok(request);
    }
    problems.truncate(MOST_PROBLEMS);
    Err(invalid(&problems))
}

struct Filling<'a> {
    posted: Indexed<'a>,
    single: &'static [&'static str],
    command: Option<Command>,
    problems: Vec<FieldProblem>,
}

impl Filling<'_> {
    /// `within` leads to the message in the form, `contract` in the contract, which does not count rows that were left empty.
    fn message(&mut self, fields: &'static [Field], within: &str, contract: &str) -> Vec<u8> {
        let mut bytes = Vec::new();
        for field in fields {
            let [name, told] = [within, contract].map(|prefix| format!("{prefix}{}", field.name));
            self.field(field, &name, &told, &mut bytes);
        }
        bytes
    }

    /// `name` is the field's in the form, `told` what a problem with it is told under.
    fn field(&mut self, field: &Field, name: &str, told: &str, bytes: &mut Vec<u8>) {
        match field.kind {
            FieldKind::Command => {
                if let Some(command) = &self.command {
                    encoding::message::encode(field.tag, command, bytes);
                }
            }
            FieldKind::Text(_) | FieldKind::Word | FieldKind::Date | FieldKind::Id | FieldKind::Decimal => {
                let most = self.most(field);
                let values = self.posted.all(name).iter().take(most);
                for value in values.filter(|value| !value.is_empty()) {
                    encoding::string::encode(field.tag, &written(&field.kind, value), bytes);
                }
            }
            FieldKind::Bool => encoding::bool::encode(field.tag, &(self.posted.get(name) == "ja"), bytes),
            FieldKind::Number(largest) => {
                if let Some(number) = self.number(field, (name, told), largest) {
                    encoding::uint64::encode(field.tag, &number, bytes);
                }
            }
            FieldKind::Choice(_) => {
                let most = self.most(field);
                for choice in self
                    .posted
                    .all(name)
                    .iter()
                    .take(most)
                    .filter(|choice| !choice.is_empty())
                {
                    // What is not written as a number is, and what is none, is none of the choices: the service says so.
                    let number = choice
                        .parse::<i32>()
                        .ok()
                        .filter(|number| number.to_string() == *choice);
                    encoding::int32::encode(field.tag, &number.unwrap_or(0), bytes);
                }
            }
            FieldKind::Part(fields) if let Some(Count { min, max }) = field.many => {
                let rows = self.posted.rows(name);
                if rows.len() > max {
                    self.problem(told, Problem::WrongCount { min, max });
                }
                for (number, row) in rows.into_iter().take(max).enumerate() {
                    let (name, told) = (format!("{name}[{row}]."), format!("{told}[{number}]."));
                    part(field.tag, &self.message(fields, &name, &told), bytes);
                }
            }
            FieldKind::Part(fields) => {
                let message = self.message(fields, &format!("{name}."), &format!("{told}."));
                part(field.tag, &message, bytes);
            }
            FieldKind::Other => {}
        }
    }

    /// How many values of a field are looked at.
    fn most(&self, field: &Field) -> usize {
        match field.many {
            Some(_) if !self.single.contains(&field.name) => usize::MAX,
            _ => 1,
        }
    }

    /// A whole number; spaces between digits are fine. A field that was sent empty is no zero.
    fn number(&mut self, field: &Field, (name, told): (&str, &str), largest: u64) -> Option<u64> {
        if self.posted.all(name).is_empty() {
            return None;
        }
        let digits: String = self.posted.get(name).chars().filter(|c| !c.is_whitespace()).collect();
        if digits.is_empty() {
            if !field.optional {
                self.problem(told, Problem::Missing);
            }
            return None;
        }
        let number = digits.parse::<u64>().ok().filter(|number| *number <= largest);
        if number.is_none() {
            let unsigned = digits.strip_prefix(['-', '−']).unwrap_or(&digits);
            let is_number = unsigned.bytes().all(|digit| digit.is_ascii_digit());
            let beyond = Problem::OutOfRange { min: 0, max: largest };
            self.problem(told, if is_number { beyond } else { Problem::NotANumber });
        }
        number
    }

    fn problem(&mut self, field: &str, problem: Problem) {
        if self.problems.len() < MOST_PROBLEMS {
            let field = field.to_owned();
            self.problems.push(FieldProblem { field, problem });
        }
    }
}

fn part(tag: u32, part: &[u8], bytes: &mut Vec<u8>) {
    encoding::bytes::encode(tag, &part.to_vec(), bytes);
}

/// A value as the contract writes it.
fn written(kind: &FieldKind, value: &str) -> String {
    match kind {
        // What somebody pasted: the id itself, or an address that ends in it.
        FieldKind::Id => {
            let pasted = value.trim().trim_end_matches('/');
            pasted.rsplit('/').next().unwrap_or_default().to_owned()
        }
        // Swedish decimals are written with a comma.
        FieldKind::Decimal => value.replace(',', ".").replace([' ', '\u{a0}'], ""),
        _ => value.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use idesluss_proto::pb::evaluation as ev;
    use idesluss_proto::pb::sharing as sh;
    use idesluss_proto::pb::submission as sub;
    use idesluss_proto::status::Refusal;
    use idesluss_proto::{Fillable, Rpc};

    fn filled<R: Rpc + Fillable>(fields: &[(&str, &str)]) -> R {
        let bytes = fill(Sends::of::<R>(), &Posted::of(fields), Some(Command::default())).expect("filled in");
        R::decode(bytes).expect("a request of the contract")
    }

    #[test]
    fn texts_ids_ticks_and_choices_stand_where_the_contract_has_them() {
        let refer: sub::ReferIdeaRequest = filled(&[
            (
                "idea",
                "https://sluss.example/ideer/0190a000-0000-7000-8000-000000000001/",
            ),
            ("receiver", "trollhattan"),
            ("secrecy_check", "2"),
            ("submitter_told", "ja"),
        ]);
        assert_eq!(refer.command, Some(Command::default()));
        let idea = "0190a000-0000-7000-8000-000000000001";
        assert_eq!((refer.idea.as_str(), refer.receiver.as_str()), (idea, "trollhattan"));
        assert_eq!(
            (refer.secrecy_check(), refer.submitter_told),
            (sub::SecrecyCheck::MayBeDisclosed, true)
        );
    }

    #[test]
    fn of_one_choice_the_first_answer_counts_and_is_written_as_the_page_shows_it() {
        let proposal = |fields: &[(&str, &str)]| filled::<ev::IssueRecommendationRequest>(fields).proposal;
        assert_eq!(proposal(&[("proposal", "1"), ("proposal", "4")]), 1);
        for written in ["04", "+4", " 4"] {
            assert_eq!(proposal(&[("proposal", written)]), 0, "{written}");
        }
    }

    #[test]
    fn rows_without_anything_in_them_are_left_out() {
        let order: ev::AdoptDelegationOrderRequest = filled(&[
            ("clauses[0].number", " "),
            ("clauses[2].number", "4.2"),
            ("clauses[2].gates", "1"),
            ("clauses[2].gates", "3"),
            ("clauses[2].up_to_kronor", "20 000"),
        ]);
        assert_eq!(order.clauses.len(), 1);
        assert_eq!(order.clauses[0].gates, [1, 3]);
        assert_eq!(
            (order.clauses[0].number.as_str(), order.clauses[0].up_to_kronor),
            ("4.2", 20_000)
        );
    }

    #[test]
    fn a_problem_in_a_row_is_told_once_and_leads_back_to_that_row() {
        let fields = [
            ("clauses[0].number", " "),
            ("clauses[1].number", "4.2"),
            ("clauses[1].up_to_kronor", "tusen"),
            ("clauses[2].number", "4.3"),
        ];
        let found = refused::<ev::AdoptDelegationOrderRequest>(&fields);
        let kronor: Vec<_> = found
            .iter()
            .filter(|(field, _)| field.ends_with("up_to_kronor"))
            .collect();
        let told = "clauses[0].up_to_kronor";
        assert_eq!(kronor, [&(told.to_owned(), "NOT_A_NUMBER".to_owned())]);
        assert_eq!(Posted::of(&fields).place(told), "clauses[1].up_to_kronor");
    }

    #[test]
    fn parts_and_decimals_are_written_as_the_contract_wants_them() {
        let baseline: sh::RecordBaselineRequest =
            filled(&[("measurement.value", "1 000,5"), ("measurement.unit", "h")]);
        let measurement = baseline.measurement.expect("a part");
        assert_eq!((measurement.value.as_str(), measurement.unit.as_str()), ("1000.5", "h"));
    }

    #[test]
    fn an_emptied_number_is_no_zero_unless_it_may_be_left_out() {
        let problems = |fields: &[(&str, &str)]| {
            let refused = fill(Sends::of::<ev::MakeDecisionRequest>(), &Posted::of(fields), None);
            let refused = refused
                .err()
                .map(|status| Refusal::from(&status).fields)
                .unwrap_or_default();
            let own = refused.into_iter().filter(|problem| problem.field == "cost_kronor");
            own.map(|problem| problem.code).collect::<Vec<_>>()
        };
        assert_eq!(problems(&[("cost_kronor", "")]), ["MISSING"]);
        assert_eq!(problems(&[("cost_kronor", "tusen")]), ["NOT_A_NUMBER"]);
        assert_eq!(problems(&[("cost_kronor", "0")]), Vec::<String>::new());
        let resources: ev::CommitResourcesRequest = filled(&[("amount_kronor", ""), ("hours", "4")]);
        assert_eq!((resources.amount_kronor, resources.hours), (0, 4));
    }

    fn refused<R: Rpc + Fillable>(fields: &[(&str, &str)]) -> Vec<(String, String)> {
        let refused = fill(Sends::of::<R>(), &Posted::of(fields), None).expect_err("something is wrong");
        let problems = Refusal::from(&refused).fields.into_iter();
        problems.map(|problem| (problem.field, problem.code)).collect()
    }

    #[test]
    fn what_is_no_number_is_told_together_with_everything_else_that_is_wrong() {
        let found = refused::<ev::MakeDecisionRequest>(&[("cost_kronor", "-5"), ("outcome", "1")]);
        for expected in [("cost_kronor", "OUT_OF_RANGE"), ("reasons", "MISSING")] {
            let expected = (expected.0.to_owned(), expected.1.to_owned());
            assert!(found.contains(&expected), "{found:?}");
        }
        assert_eq!(found.iter().filter(|(field, _)| field == "cost_kronor").count(), 1);
    }

    #[test]
    fn more_rows_than_the_contract_takes_are_not_filled_in() {
        let rows: Vec<(String, &str)> = (0..40_000).map(|row| (format!("clauses[{row}].number"), "x")).collect();
        let fields: Vec<(&str, &str)> = rows.iter().map(|(name, value)| (name.as_str(), *value)).collect();
        let found = refused::<ev::AdoptDelegationOrderRequest>(&fields);
        assert_eq!(found[0], ("clauses".to_owned(), "WRONG_COUNT".to_owned()));
        assert!(found.len() <= MOST_PROBLEMS);
    }
}
