//! What a form becomes: a command of the contract, filled in from fields that are called as the contract calls them.
//!
//! A field of a part is called after the part, `description.title`, and one of several parts after its row, `clauses[2].number`. Rows in which
//! nothing was filled in are left out.

use crate::error::{ErrorKind, WebError};
use crate::posted::Posted;
use crate::session::User;
use crate::view::Page;
use axum::response::Response;
use bytes::Bytes;
use idesluss_proto::pb::command::{Command, Token};
use idesluss_proto::status::{invalid, invalid_field};
use idesluss_proto::{Field, FieldKind, FieldProblem, Fillable, Problem, Rpc};
use prost::encoding;
use tonic::Status;

/// The command behind a form.
#[derive(Clone, Copy)]
pub(crate) struct Sends {
    path: &'static str,
    fields: &'static [Field],
}

impl Sends {
    pub(crate) const fn of<R: Rpc + Fillable>() -> Self {
        Self {
            path: R::PATH,
            fields: R::FIELDS,
        }
    }
}

/// What a form leads to.
#[derive(Clone, Copy)]
pub(crate) enum Act {
    /// Always the same command.
    One(Sends),
    /// One command for yes, another for no, by this field. Silence is neither.
    Either(&'static str, Sends, Sends),
}

impl Act {
    pub(crate) const fn one<R: Rpc + Fillable>() -> Self {
        Self::One(Sends::of::<R>())
    }

    pub(crate) const fn either<Yes: Rpc + Fillable, No: Rpc + Fillable>(field: &'static str) -> Self {
        Self::Either(field, Sends::of::<Yes>(), Sends::of::<No>())
    }

    fn chosen(self, posted: &Posted) -> Result<Sends, Status> {
        match self {
            Self::One(sends) => Ok(sends),
            Self::Either(field, yes, no) => match posted.get(field).as_str() {
                "ja" => Ok(yes),
                "nej" => Ok(no),
                _ => Err(invalid_field(field, Problem::NotAChoice)),
            },
        }
    }
}

/// Forms by the last part of their address.
pub(crate) type Acts = [(&'static str, Act)];

/// Sends the form `act` on. Errors: there is no such form, it is an old one, or another session's.
pub(crate) async fn send(
    user: &User,
    acts: &Acts,
    act: &str,
    posted: &Posted,
) -> Result<Result<Option<Token>, Status>, WebError> {
    let command = posted.command(user)?;
    let found = acts.iter().find(|(name, _)| *name == act);
    let (_, act) = found.ok_or_else(|| WebError::new(user.lang, ErrorKind::NoPage))?;
    let filled = act
        .chosen(posted)
        .and_then(|sends| Ok((sends.path, fill(sends.fields, posted, command)?)));
    Ok(match filled {
        Ok((path, request)) => user.services().send(path, request).await,
        Err(status) => Err(status),
    })
}

/// The page again, with what was wrong in the form that was sent; without the page, what was written.
pub(crate) fn refused(
    user: &User,
    page: Result<Page, WebError>,
    action: &str,
    posted: &Posted,
    status: &Status,
) -> Result<Response, WebError> {
    match page {
        Ok(drawn) => drawn.refused(user, action, posted, status),
        Err(_) => Err(WebError::from_status(user.lang, status).keeping(posted.written())),
    }
}

/// Fills a request in. Errors: INVALID_ARGUMENT for what can't be written as the contract wants it.
fn fill(fields: &'static [Field], posted: &Posted, command: Option<Command>) -> Result<Bytes, Status> {
    let mut filling = Filling {
        posted,
        command,
        problems: Vec::new(),
    };
    let request = filling.message(fields, "");
    if filling.problems.is_empty() {
        Ok(request.into())
    } else {
        Err(invalid(&filling.problems))
    }
}

struct Filling<'a> {
    posted: &'a Posted,
    command: Option<Command>,
    problems: Vec<FieldProblem>,
}

impl Filling<'_> {
    fn message(&mut self, fields: &'static [Field], within: &str) -> Vec<u8> {
        let mut bytes = Vec::new();
        for field in fields {
            self.field(field, &format!("{within}{}", field.name), &mut bytes);
        }
        bytes
    }

    fn field(&mut self, field: &Field, name: &str, bytes: &mut Vec<u8>) {
        match field.kind {
            FieldKind::Command => {
                if let Some(command) = &self.command {
                    encoding::message::encode(field.tag, command, bytes);
                }
            }
            FieldKind::Text | FieldKind::Id | FieldKind::Decimal => {
                let values = if field.many {
                    self.posted.all(name)
                } else {
                    vec![self.posted.get(name)]
                };
                for value in values.iter().filter(|value| !value.is_empty()) {
                    encoding::string::encode(field.tag, &written(&field.kind, value), bytes);
                }
            }
            FieldKind::Bool => encoding::bool::encode(field.tag, &self.posted.ticked(name), bytes),
            FieldKind::Number(largest) => {
                if let Some(number) = self.number(field, name, largest) {
                    encoding::uint64::encode(field.tag, &number, bytes);
                }
            }
            FieldKind::Choice => {
                for choice in self.posted.all(name) {
                    // What is no number at all is none of the choices: the service says so.
                    encoding::int32::encode(field.tag, &choice.parse().unwrap_or(0), bytes);
                }
            }
            FieldKind::Part(fields) if field.many => {
                for row in self.posted.rows(name) {
                    part(field.tag, &self.message(fields, &format!("{name}[{row}].")), bytes);
                }
            }
            FieldKind::Part(fields) => part(field.tag, &self.message(fields, &format!("{name}.")), bytes),
            FieldKind::Other => {}
        }
    }

    /// A whole number; spaces between digits are fine. A field that was sent empty is no zero.
    fn number(&mut self, field: &Field, name: &str, largest: u64) -> Option<u64> {
        if !self.posted.has(name) {
            return None;
        }
        let digits: String = self.posted.get(name).chars().filter(|c| !c.is_whitespace()).collect();
        if digits.is_empty() {
            if !field.optional {
                self.problem(name, Problem::Missing);
            }
            return None;
        }
        let number = digits.parse::<u64>().ok().filter(|number| *number <= largest);
        if number.is_none() {
            self.problem(name, Problem::NotANumber);
        }
        number
    }

    fn problem(&mut self, field: &str, problem: Problem) {
        let field = field.to_owned();
        self.problems.push(FieldProblem { field, problem });
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

    fn posted(fields: &[(&str, &str)]) -> Posted {
        let field = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
        Posted(fields.iter().map(field).collect())
    }

    fn filled<R: Rpc + Fillable>(fields: &[(&str, &str)]) -> R {
        let bytes = fill(R::FIELDS, &posted(fields), Some(Command::default())).expect("filled in");
        R::decode(bytes).expect("a request of the contract")
    }

    #[test]
    fn texts_ids_ticks_and_choices_stand_where_the_contract_has_them() {
        let refer: sub::ReferIdeaRequest = filled(&[
            ("idea", "https://sluss.example/ideer/17/"),
            ("receiver", "trollhattan"),
            ("secrecy_check", "2"),
            ("submitter_told", "ja"),
        ]);
        assert_eq!(refer.command, Some(Command::default()));
        assert_eq!((refer.idea.as_str(), refer.receiver.as_str()), ("17", "trollhattan"));
        assert_eq!(
            (refer.secrecy_check(), refer.submitter_told),
            (sub::SecrecyCheck::MayBeDisclosed, true)
        );
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
    fn parts_and_decimals_are_written_as_the_contract_wants_them() {
        let baseline: sh::RecordBaselineRequest =
            filled(&[("measurement.value", "1 000,5"), ("measurement.unit", "h")]);
        let measurement = baseline.measurement.expect("a part");
        assert_eq!((measurement.value.as_str(), measurement.unit.as_str()), ("1000.5", "h"));
    }

    #[test]
    fn an_emptied_number_is_no_zero_unless_it_may_be_left_out() {
        let problems = |fields: &[(&str, &str)]| {
            let refused = fill(ev::MakeDecisionRequest::FIELDS, &posted(fields), None);
            let refused = refused
                .err()
                .map(|status| Refusal::from(&status).fields)
                .unwrap_or_default();
            refused.into_iter().map(|field| field.code).collect::<Vec<_>>()
        };
        assert_eq!(problems(&[("cost_kronor", "")]), ["MISSING"]);
        assert_eq!(problems(&[("cost_kronor", "tusen")]), ["NOT_A_NUMBER"]);
        assert_eq!(problems(&[("cost_kronor", "0")]), Vec::<String>::new());
        let resources: ev::CommitResourcesRequest = filled(&[("amount_kronor", ""), ("hours", "4")]);
        assert_eq!((resources.amount_kronor, resources.hours), (0, 4));
    }
}
