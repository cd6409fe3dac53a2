//! What was done with an evaluation, sent on.

use super::{back_to, evaluation};
use crate::error::{ErrorKind, WebError};
use crate::posted::Posted;
use crate::session::User;
use axum::extract::{Form as Sent, Path};
use axum::response::Response;
use idesluss_proto::pb::command::{Command, Token};
use idesluss_proto::pb::evaluation as pb;
use idesluss_proto::status::Problems;
use tonic::Status;

pub(super) async fn act(
    user: User,
    Path((evaluation, act)): Path<(String, String)>,
    Sent(fields): Sent<Vec<(String, String)>>,
) -> Result<Response, WebError> {
    let posted = Posted(fields);
    let command = posted.command(&user)?;
    let page = format!("/bedomningar/{evaluation}");
    match send(&user, &act, &posted, command, evaluation.clone()).await {
        Some(Ok(token)) => Ok(back_to(&page, token)),
        Some(Err(status)) => match evaluation::build(&user, &evaluation, None).await {
            Ok(drawn) => drawn.refused(&user, &format!("{page}/{act}"), &posted, &status),
            Err(_) => Err(user.web_error(&status).keeping(posted.written())),
        },
        None => Err(WebError::new(user.lang, ErrorKind::NoPage)),
    }
}

/// Scores and why, from fields named after the criteria.
fn scores(posted: &Posted) -> Vec<pb::Score> {
    let scored = posted
        .0
        .iter()
        .filter_map(|(name, score)| Some((name.strip_prefix("betyg.")?, score)));
    let score = |(criterion, score): (&str, &String)| pb::Score {
        criterion: criterion.to_owned(),
        score: score.parse().unwrap_or(0),
        rationale: posted.get(&format!("varfor.{criterion}")),
    };
    scored.map(score).collect()
}

/// The rpc behind each form. None: there is no such form.
async fn send(
    user: &User,
    act: &str,
    posted: &Posted,
    command: Option<Command>,
    evaluation: String,
) -> Option<Result<Option<Token>, Status>> {
    let mut to = user.services().evaluation;
    let get = |name: &str| posted.get(name);
    macro_rules! send {
        ($rpc:ident, $request:ident { $($field:ident: $value:expr),* $(,)? }) => {
            to.$rpc(pb::$request { command, evaluation, $($field: $value),* }).await.map(|answer| answer.into_inner().token)
        };
    }
    if let Err(status) = posted.check_numbers(&["amount", "hours"]) {
        return Some(Err(status));
    }
    Some(match act {
        "jav" => match posted.yes_or_no("conflict") {
            Ok(true) => send!(declare_conflict, DeclareConflictRequest { reason: get("reason") }),
            Ok(false) => send!(declare_no_conflict, DeclareNoConflictRequest {}),
            // Silence is no declaration.
            Err(status) => Err(status),
        },
        "omdome" => send!(submit_assessment, SubmitAssessmentRequest { scores: scores(posted) }),
        "andra" => send!(revise_assessment, ReviseAssessmentRequest { scores: scores(posted) }),
        "behov" => send!(confirm_need_owner, ConfirmNeedOwnerRequest {}),
        "utse" => send!(
            assign_assessors,
            AssignAssessorsRequest {
                assessors: posted.all("assessor")
            }
        ),
        "tabort" => match posted.yes_or_no("conflict") {
            Ok(conflict) => send!(
                recuse_assessor,
                RecuseAssessorRequest {
                    assessor: get("assessor"),
                    reason: get("reason"),
                    replaced_by: get("replaced_by"),
                    cause: if conflict {
                        pb::RecusalCause::Conflict
                    } else {
                        pb::RecusalCause::Other
                    }
                    .into(),
                }
            ),
            Err(status) => Err(status),
        },
        "visa" => send!(reveal_assessments, RevealAssessmentsRequest {}),
        "rekommendera" => {
            let (assessor, reasons) = (get("dissenter"), get("dissent"));
            if assessor.is_empty() && !reasons.trim().is_empty() {
                let mut problems = Problems::default();
                problems.add("dissenter", "choose who sees it otherwise");
                return Some(Err(problems.into()));
            }
            let voices = if assessor.is_empty() {
                Vec::new()
            } else {
                vec![pb::Dissent { assessor, reasons }]
            };
            send!(
                issue_recommendation,
                IssueRecommendationRequest {
                    proposal: posted.choice("proposal"),
                    reasons: get("reasons"),
                    panel: posted.all("panel"),
                    dissent: voices,
                }
            )
        }
        "anmal" => send!(
            report_decision,
            ReportDecisionRequest {
                board: get("board"),
                meeting: get("meeting"),
                paragraph: get("paragraph"),
            }
        ),
        "ratta" => send!(
            correct_decision,
            CorrectDecisionRequest {
                correction: get("correction")
            }
        ),
        "avsatt" => send!(
            commit_resources,
            CommitResourcesRequest {
                amount_kronor: posted.number("amount"),
                hours: u32::try_from(posted.number("hours")).unwrap_or(u32::MAX),
                until: get("until"),
                note: get("note"),
            }
        ),
        "stod" => send!(
            arrange_support,
            ArrangeSupportRequest {
                partner: get("partner"),
                kind: posted.choice("kind"),
                note: get("note"),
            }
        ),
        "pilot" => send!(
            start_pilot,
            StartPilotRequest {
                hypothesis: get("hypothesis"),
                metric: get("metric"),
                starts_on: get("starts_on"),
                ends_on: get("ends_on"),
            }
        ),
        "pilot-slut" => send!(
            complete_pilot,
            CompletePilotRequest {
                verdict: posted.choice("verdict"),
                result: get("result"),
                completed_on: get("completed_on"),
            }
        ),
        _ => return None,
    })
}
