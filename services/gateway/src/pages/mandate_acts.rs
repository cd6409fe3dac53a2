//! What was done with mandates and criteria, sent on.

use super::back_to;
use super::mandates::{self, CLAUSES};
use crate::error::{ErrorKind, WebError};
use crate::posted::Posted;
use crate::session::User;
use axum::extract::{Form as Sent, Path};
use axum::response::Response;
use idesluss_proto::pb::evaluation as pb;

pub(super) async fn act(
    user: User,
    Path(act): Path<String>,
    Sent(fields): Sent<Vec<(String, String)>>,
) -> Result<Response, WebError> {
    let posted = Posted(fields);
    let command = posted.command(&user)?;
    let mut to = user.services().evaluation;
    let get = |name: &str| posted.get(name);
    let rows: Vec<String> = (0..CLAUSES).map(|index| format!("{index}.kronor")).collect();
    let numbers: Vec<&str> = ["kronor", "required", "cap"]
        .into_iter()
        .chain(rows.iter().map(String::as_str))
        .collect();
    let checked = posted.check_numbers(&numbers).and_then(|()| match act.as_str() {
        "kriterier" => posted.check_filled(&["required", "cap"]),
        // An emptied field is no zero: a mandate of 0 kr would be handed on.
        "vidare" => posted.check_filled(&["kronor"]),
        _ => Ok(()),
    });
    let answer = match act.as_str() {
        _ if checked.is_err() => checked.map(|()| None),
        "anta" => {
            let request = pb::AdoptDelegationOrderRequest {
                command,
                form: posted.choice("form"),
                adopted_by: get("adopted_by"),
                adopted_on: get("adopted_on"),
                paragraph: get("paragraph"),
                valid_from: get("valid_from"),
                valid_until: get("valid_until"),
                clauses: posted
                    .clause_rows()
                    .into_iter()
                    .filter(|row| *row < CLAUSES)
                    .map(|row| clause(&posted, row))
                    .collect(),
            };
            to.adopt_delegation_order(request)
                .await
                .map(|answer| answer.into_inner().token)
        }
        "vidare" => {
            let request = pb::SubdelegateMandateRequest {
                command,
                mandate: get("mandate"),
                to: get("to"),
                gates: gates(&posted, "gates"),
                up_to_kronor: posted.number("kronor"),
                valid_from: get("valid_from"),
                valid_until: get("valid_until"),
            };
            to.subdelegate_mandate(request)
                .await
                .map(|answer| answer.into_inner().token)
        }
        "aterkalla" => {
            let request = pb::RevokeMandateRequest {
                command,
                mandate: get("mandate"),
                from: get("from"),
            };
            to.revoke_mandate(request).await.map(|answer| answer.into_inner().token)
        }
        "kriterier" => {
            let request = pb::AdoptCriteriaRequest {
                command,
                name: "standard".to_owned(),
                criteria: Vec::new(),
                assessments_required: u32::try_from(posted.number("required")).unwrap_or(u32::MAX),
                load_cap: u32::try_from(posted.number("cap")).unwrap_or(u32::MAX),
                earlier: false,
            };
            to.adopt_criteria(request).await.map(|answer| answer.into_inner().token)
        }
        _ => return Err(WebError::new(user.lang, ErrorKind::NoPage)),
    };
    match answer {
        Ok(token) => Ok(back_to("/mandat", token)),
        Err(status) => match mandates::build(&user, None).await {
            Ok(drawn) => drawn.refused(&user, &format!("/mandat/{act}"), &posted, &status),
            Err(_) => Err(user.web_error(&status).keeping(posted.written())),
        },
    }
}

fn gates(posted: &Posted, name: &str) -> Vec<i32> {
    posted.all(name).iter().filter_map(|gate| gate.parse().ok()).collect()
}

/// The clause of one row of the form.
fn clause(posted: &Posted, index: usize) -> pb::Clause {
    pb::Clause {
        number: posted.get(&format!("{index}.number")),
        gates: gates(posted, &format!("{index}.gates")),
        up_to_kronor: posted.number(&format!("{index}.kronor")),
        holder: posted.get(&format!("{index}.holder")),
        may_subdelegate: posted.ticked(&format!("{index}.onwards")),
    }
}
