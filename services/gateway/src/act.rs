//! What a form becomes: a command of the contract, filled in from fields that are called as the contract calls them.
//! What it asks for follows from the same: a field's kind, its length, and whether it may be left empty.
//!
//! A field of a part is called after the part, `description.title`, and one of several parts after its row, `clauses[2].number`. Rows in which
//! nothing was filled in are left out.

use crate::error::{ErrorKind, WebError};
use crate::posted::{Indexed, Posted};
use crate::session::User;
use bytes::Bytes;
use idesluss_proto::pb::command::{Command, Token};
use idesluss_proto::pb::identity::identity_command_service_server::SERVICE_NAME as IDENTITY;
use idesluss_proto::status::{invalid, invalid_field};
use idesluss_proto::{Count, Field, FieldKind, FieldProblem, Fillable, MOST_PROBLEMS, Problem, Rpc};
use prost::encoding;
use tonic::Status;

/// The command behind a form.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Sends {
    path: &'static str,
    /// The service of the contract's that has it.
    service: &'static str,
    /// It can't be undone: what it leads to is read before.
    irreversible: bool,
    fields: &'static [Field],
    /// Fields that the contract takes several of and a form asks for once.
    single: &'static [&'static str],
    problems: fn(Bytes) -> Vec<FieldProblem>,
}

impl Sends {
    pub(crate) const fn of<R: Rpc + Fillable>() -> Self {
        Self {
            path: R::PATH,
            service: R::SERVICE,
            irreversible: R::IRREVERSIBLE,
            fields: R::FIELDS,
            single: &[],
            problems: |bytes| R::decode(bytes).map(R::problems).unwrap_or_default(),
        }
    }
}

/// What a form leads to.
#[derive(Debug, Clone, Copy)]
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

    /// The same with fields of which its form asks for one, though the contract takes several: what is sent beside the first counts for nothing.
    pub(crate) const fn single(self, fields: &'static [&'static str]) -> Self {
        match self {
            Self::One(sends) => Self::One(Sends {
                single: fields,
                ..sends
            }),
            either @ Self::Either(..) => either,
        }
    }

    /// Whether a form asks for a field once of which the contract takes several.
    pub(crate) fn asks_once(self, name: &str) -> bool {
        matches!(self, Self::One(sends) if sends.single.contains(&name))
    }

    pub(crate) const fn either<Yes: Rpc + Fillable, No: Rpc + Fillable>(field: &'static str) -> Self {
        Self::Either(field, Sends::of::<Yes>(), Sends::of::<No>())
    }

    /// The field at a path, such as `clauses[2].number`, and whether it must be filled in: of two commands where both ask for it. None: there is none.
    pub(crate) fn field(self, path: &str) -> Option<(&'static Field, bool)> {
        let of = |sends: Sends| field_at(sends.fields, path).map(|field| (field, !field.optional));
        match self {
            Self::One(sends) => of(sends),
            Self::Either(_, yes, no) => match (of(yes), of(no)) {
                (Some((field, yes)), Some((_, no))) => Some((field, yes && no)),
                (found, other) => found.or(other).map(|(field, _)| (field, false)),
            },
        }
    }

    fn chosen(self, posted: &Posted) -> Result<Sends, Status> {
        match self {
            Self::One(sends) => Ok(sends),
            Self::Either(field, yes, no) => match posted.get(field).as_str() {
                "ja" => only(yes, no, posted),
                "nej" => only(no, yes, posted),
                _ => Err(invalid_field(field, Problem::NotAChoice)),
            },
        }
    }
}

/// The command that was chosen. Errors: something was written that only the other one has; it would be lost.
fn only(chosen: Sends, other: Sends, posted: &Posted) -> Result<Sends, Status> {
    let has = |field: &Field| chosen.fields.iter().any(|own| own.name == field.name);
    let lost = other.fields.iter().filter(|field| !has(field));
    let lost = lost.filter(|field| !posted.get(field.name).trim().is_empty());
    let problems: Vec<FieldProblem> = lost
        .map(|field| FieldProblem {
            field: field.name.to_owned(),
            problem: Problem::OfAnotherAnswer,
        })
        .collect();
    if problems.is_empty() {
        Ok(chosen)
    } else {
        Err(invalid(&problems))
    }
}

/// The field at a path.
fn field_at(fields: &'static [Field], path: &str) -> Option<&'static Field> {
    let (own, within) = path.split_once('.').unwrap_or((path, ""));
    let name = own.split('[').next().unwrap_or(own);
    let field = fields.iter().find(|field| field.name == name)?;
    match field.kind {
        FieldKind::Part(fields) if !within.is_empty() => field_at(fields, within),
        _ => within.is_empty().then_some(field),
    }
}

/// Forms by the last part of their address.
pub(crate) type Acts = [(&'static str, Act)];

/// What a form of this name leads to. None: there is no such form.
pub(crate) fn find(acts: &Acts, name: &str) -> Option<Act> {
    let found = acts.iter().find(|(known, _)| *known == name);
    found.map(|(_, act)| *act)
}

/// What was carried out.
pub(crate) struct Done {
    /// Where it ended.
    pub(crate) token: Option<Token>,
    /// The rpc by its name, such as `SubmitIdea`: what is said of it.
    pub(crate) rpc: &'static str,
}

/// What became of a form that was sent.
pub(crate) enum Became {
    Done(Done),
    /// Why it was not carried out.
    Refused(Status),
    /// It waits until whoever sent it has read what it leads to: the rpc by its name.
    Unsure(&'static str),
    /// It is shown as it was filled in: to be read in another language, or to be changed after all.
    Shown,
}

/// Whether somebody has read what a form leads to, and still means it.
pub(crate) const SURE: &str = "saker";

/// That a form comes from the page which asks whether somebody is sure.
pub(crate) const ASKED: &str = "fraga";

/// Sends the form `act` on. Errors: there is no such form, it is an old one, or another session's.
pub(crate) async fn send(user: &User, acts: &Acts, act: &str, posted: &Posted) -> Result<Became, WebError> {
    user.check(&posted.get("csrf"))?;
    let act = find(acts, act).ok_or_else(|| WebError::new(user.lang, ErrorKind::NoPage))?;
    if user.is_looking && posted.ticked(ASKED) {
        // The question itself is read in another language, where there is one.
        let read = |sends: Sends| match sends.irreversible {
            true => Became::Unsure(rpc(sends.path)),
            false => Became::Shown,
        };
        return Ok(act.chosen(posted).map_or_else(Became::Refused, read));
    }
    if user.is_looking || posted.get(SURE) == "nej" {
        return Ok(Became::Shown);
    }
    let command = posted.command(user)?;
    let id = command
        .as_ref()
        .map(|command| command.command_id.clone())
        .unwrap_or_default();
    let filled = act
        .chosen(posted)
        .and_then(|sends| Ok((sends, fill(sends, posted, command)?)));
    Ok(match filled {
        Ok((sends, _)) if sends.irreversible && !posted.ticked(SURE) => Became::Unsure(rpc(sends.path)),
        Ok((Sends { path, service, .. }, request)) => match user.services().send(path, &id, request).await {
            Ok(token) => {
                // Pages name people and organisations as they are known here: the next one shows what was done to them.
                if let Some(token) = token.as_ref().filter(|_| service == IDENTITY) {
                    user.web.who.wait_for(token).await;
                }
                Became::Done(Done { token, rpc: rpc(path) })
            }
            Err(status) => Became::Refused(status),
        },
        Err(status) => Became::Refused(status),
    })
}

/// An rpc's name by its path.
fn rpc(path: &'static str) -> &'static str {
    path.rsplit('/').next().unwrap_or(path)
}

/// Fills a request in. Errors: INVALID_ARGUMENT for what can't be written as the contract wants it, together with everything else that is wrong.
fn fill(sends: Sends, posted: &Posted, command: Option<Command>) -> Result<Bytes, Status> {
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
impl Act {
    /// The paths of its commands.
    pub(crate) fn paths(self) -> Vec<&'static str> {
        match self {
            Self::One(sends) => vec![sends.path],
            Self::Either(_, yes, no) => vec![yes.path, no.path],
        }
    }

    /// Every field, by its path, whether it must be filled in or not; of several rows in the first.
    pub(crate) fn paths_of_fields(self) -> Vec<String> {
        fn of(fields: &[Field], within: &str) -> Vec<String> {
            let of_field = |field: &Field| {
                let path = format!("{within}{}", field.name);
                match (&field.kind, field.many) {
                    (FieldKind::Command | FieldKind::Other, _) => Vec::new(),
                    (FieldKind::Part(parts), Some(_)) => of(parts, &format!("{path}[0].")),
                    (FieldKind::Part(parts), None) => of(parts, &format!("{path}.")),
                    _ => vec![path],
                }
            };
            fields.iter().flat_map(of_field).collect()
        }
        match self {
            Self::One(sends) => of(sends.fields, ""),
            Self::Either(answer, yes, no) => {
                let both = of(yes.fields, "").into_iter().chain(of(no.fields, ""));
                both.chain([answer.to_owned()]).collect()
            }
        }
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
        let bytes = fill(Sends::of::<R>(), &posted(fields), Some(Command::default())).expect("filled in");
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
        assert_eq!(posted(&fields).place(told), "clauses[1].up_to_kronor");
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
            let refused = fill(Sends::of::<ev::MakeDecisionRequest>(), &posted(fields), None);
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
        let refused = fill(Sends::of::<R>(), &posted(fields), None).expect_err("something is wrong");
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

    #[test]
    fn a_field_is_asked_for_as_the_contract_has_it() {
        let order = Act::one::<ev::AdoptDelegationOrderRequest>();
        let asked = |act: Act, path: &str| act.field(path).map(|(field, required)| (field.name, required));
        assert_eq!(asked(order, "adopted_by"), Some(("adopted_by", true)));
        assert_eq!(asked(order, "valid_until"), Some(("valid_until", false)));
        assert_eq!(asked(order, "clauses[3].up_to_kronor"), Some(("up_to_kronor", false)));
        for unknown in ["adopted", "adopted_by.name", "clauses[3].limit", "number"] {
            assert_eq!(asked(order, unknown), None, "{unknown}");
        }
        let brief = Act::one::<sub::ApproveBriefRequest>();
        assert_eq!(asked(brief, "deidentified"), Some(("deidentified", true)));
        let kind = |act: Act, path: &str| act.field(path).map(|(field, _)| &field.kind);
        assert!(matches!(kind(brief, "title"), Some(FieldKind::Text(200))));
        assert!(matches!(kind(order, "valid_from"), Some(FieldKind::Date)));
        assert!(matches!(kind(order, "clauses[0].number"), Some(FieldKind::Word)));
    }

    #[test]
    fn of_two_commands_a_form_asks_for_what_either_has_and_insists_on_what_both_do() {
        let act = Act::either::<ev::RecordBoardDecisionRequest, ev::MakeDecisionRequest>("by_board");
        let insists = |path: &str| act.field(path).map(|(_, required)| required);
        assert_eq!(insists("reasons"), Some(true));
        assert_eq!(insists("conditions"), Some(false));
        assert_eq!(insists("board"), Some(false));
        assert_eq!(insists("by_board"), None);
    }

    #[test]
    fn what_only_the_other_answer_has_room_for_is_not_lost() {
        let act = Act::either::<ev::DeclareConflictRequest, ev::DeclareNoConflictRequest>("conflict");
        let chosen = |fields: &[(&str, &str)]| act.chosen(&posted(fields)).map(|sends| sends.path);
        let no = chosen(&[("conflict", "nej"), ("reason", " ")]).expect("nothing was written");
        assert_eq!(no, ev::DeclareNoConflictRequest::PATH);
        let lost = chosen(&[("conflict", "nej"), ("reason", "Min svåger")]).expect_err("it would be lost");
        let problems = Refusal::from(&lost).fields;
        assert_eq!(
            (problems[0].field.as_str(), problems[0].code.as_str()),
            ("reason", "OF_ANOTHER_ANSWER")
        );
    }
}
