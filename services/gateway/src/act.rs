//! What a form becomes: a command of the contract, filled in from fields that are called as the contract calls them.
//! What it asks for follows from the same: a field's kind, its length, and whether it may be left empty.
//!
//! A field of a part is called after the part, `description.title`, and one of several parts after its row, `clauses[2].number`. Rows in which
//! nothing was filled in are left out.

use crate::error::{ErrorKind, WebError};
use crate::filling::fill;
use crate::posted::Posted;
use crate::session::User;
use bytes::Bytes;
use idesluss_proto::pb::command::Token;
use idesluss_proto::pb::identity::identity_command_service_server::SERVICE_NAME as IDENTITY;
use idesluss_proto::status::{invalid, invalid_field};
use idesluss_proto::{Field, FieldKind, FieldProblem, Fillable, Problem, Rpc};
use tonic::Status;

/// The command behind a form.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Sends {
    path: &'static str,
    /// The service of the contract's that has it.
    service: &'static str,
    /// It can't be undone: what it leads to is read before.
    pub(crate) irreversible: bool,
    pub(crate) fields: &'static [Field],
    /// Fields that the contract takes several of and a form asks for once.
    pub(crate) single: &'static [&'static str],
    pub(crate) problems: fn(Bytes) -> Vec<FieldProblem>,
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
                    // Whoever may act otherwise from now on does so at once, as far as they come by this gateway.
                    user.web.sessions.hear_anew();
                    user.web.programs.hear_anew();
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
    use idesluss_proto::pb::submission as sub;
    use idesluss_proto::status::Refusal;

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
        let chosen = |fields: &[(&str, &str)]| act.chosen(&Posted::of(fields)).map(|sends| sends.path);
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
