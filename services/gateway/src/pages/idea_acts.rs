//! What was done with an idea, sent on.

use super::{back_to, idea};
use crate::error::{ErrorKind, WebError};
use crate::posted::Posted;
use crate::session::User;
use axum::extract::{Form as Sent, Path};
use axum::response::Response;
use idesluss_proto::pb::command::Token;
use idesluss_proto::pb::submission as pb;
use tonic::Status;

pub(super) async fn act(
    user: User,
    Path((idea, act)): Path<(String, String)>,
    Sent(fields): Sent<Vec<(String, String)>>,
) -> Result<Response, WebError> {
    let posted = Posted(fields);
    let command = posted.command(&user)?;
    let page = format!("/ideer/{idea}");
    let sent = send(&user, &act, &posted, command, idea.clone()).await;
    match sent {
        // To somebody who is no author the idea's page may have nothing to show.
        Some(Ok(token)) if act == "medforfattarskap" && posted.get("medforfattare") == "nej" => {
            Ok(back_to("/ideer", token))
        }
        Some(Ok(token)) => Ok(back_to(&page, token)),
        Some(Err(status)) => match idea::build(&user, &idea, None).await {
            Ok(drawn) => drawn.refused(&user, &format!("{page}/{act}"), &posted, &status),
            Err(_) => Err(user.web_error(&status).keeping(posted.written())),
        },
        None => Err(WebError::new(user.lang, ErrorKind::NoPage)),
    }
}

/// The rpc behind each form. None: there is no such form.
async fn send(
    user: &User,
    act: &str,
    posted: &Posted,
    command: Option<idesluss_proto::pb::command::Command>,
    idea: String,
) -> Option<Result<Option<Token>, Status>> {
    let mut to = user.services().submission;
    let get = |name: &str| posted.get(name);
    macro_rules! send {
        ($rpc:ident, $request:ident { $($field:ident: $value:expr),* $(,)? }) => {
            to.$rpc(pb::$request { command, idea, $($field: $value),* }).await.map(|answer| answer.into_inner().token)
        };
    }
    Some(match act {
        "svar" => send!(
            provide_clarification,
            ProvideClarificationRequest { answer: get("answer") }
        ),
        "stod" => send!(express_support, ExpressSupportRequest {}),
        "medforfattare" => send!(
            propose_coauthor,
            ProposeCoauthorRequest {
                coauthor: get("person")
            }
        ),
        "medforfattarskap" => match posted.yes_or_no("medforfattare") {
            Ok(true) => send!(agree_to_coauthorship, AgreeToCoauthorshipRequest {}),
            Ok(false) => send!(decline_coauthorship, DeclineCoauthorshipRequest {}),
            // Silence is no consent.
            Err(status) => Err(status),
        },
        "namn" => match posted.yes_or_no("named") {
            Ok(true) => send!(give_consent, GiveConsentRequest {}),
            Ok(false) => send!(withdraw_consent, WithdrawConsentRequest {}),
            Err(status) => Err(status),
        },
        "aterta" => send!(withdraw_idea, WithdrawIdeaRequest { reason: get("reason") }),
        "begar-radering" => send!(request_erasure, RequestErasureRequest {}),
        "radera" => send!(decide_erasure, DecideErasureRequest { basis: get("basis") }),
        "neka-radering" => send!(
            refuse_erasure,
            RefuseErasureRequest {
                basis: get("basis"),
                reasons: get("reasons")
            }
        ),
        "diarium" => send!(
            register_idea,
            RegisterIdeaRequest {
                number: get("number"),
                secrecy: get("secrecy")
            }
        ),
        "ta" => send!(
            assign_coordinator,
            AssignCoordinatorRequest {
                coordinator: get("person")
            }
        ),
        "fraga" => send!(
            request_clarification,
            RequestClarificationRequest {
                question: get("question")
            }
        ),
        "underlag" => send!(
            approve_brief,
            ApproveBriefRequest {
                title: get("title"),
                problem: get("problem"),
                proposal: get("proposal"),
                expected_benefit: get("benefit"),
                deidentified: posted.ticked("deidentified"),
            }
        ),
        "anta" => send!(accept_idea, AcceptIdeaRequest {}),
        "verksamheten" => send!(
            hand_to_line,
            HandToLineRequest {
                unit: get("unit"),
                responsible: get("responsible"),
                due: get("due"),
            }
        ),
        "slussa" => send!(
            refer_idea,
            ReferIdeaRequest {
                receiver: get("receiver"),
                secrecy_check: posted.choice("secrecy"),
                submitter_told: posted.ticked("told"),
            }
        ),
        "avboj" => send!(
            decline_idea,
            DeclineIdeaRequest {
                reason: posted.choice("reason"),
                text: get("text"),
                instead: get("instead"),
            }
        ),
        "ateroppna" => send!(reopen_idea, ReopenIdeaRequest { reason: get("reason") }),
        "parkera" => send!(park_idea, ParkIdeaRequest { terms: get("terms") }),
        "vack" => send!(
            reactivate_idea,
            ReactivateIdeaRequest {
                call: get("call"),
                need: get("need")
            }
        ),
        "dubblett" => send!(
            link_duplicate,
            LinkDuplicateRequest {
                of: get("of"),
                consented: posted.ticked("consented")
            }
        ),
        "liknande" => send!(
            suggest_similar_ideas,
            SuggestSimilarIdeasRequest {
                similar: vec![id_in(&get("similar"))]
            }
        ),
        "ersatt" => send!(
            supersede_idea,
            SupersedeIdeaRequest {
                by: vec![id_in(&get("by"))]
            }
        ),
        "svarsdag" => send!(
            move_answer_due,
            MoveAnswerDueRequest {
                answer_due: get("answer_due"),
                reason: get("reason")
            }
        ),
        "genomford" => send!(
            implement_idea,
            ImplementIdeaRequest {
                result: get("result"),
                shareable: posted.ticked("shareable"),
            }
        ),
        "aterkoppla" => send!(
            deliver_feedback,
            DeliverFeedbackRequest {
                message: get("message")
            }
        ),
        "avsluta" => send!(close_idea, CloseIdeaRequest {}),
        _ => return None,
    })
}

/// The id in what somebody pasted: the id itself, or an address that ends in it.
fn id_in(pasted: &str) -> String {
    let pasted = pasted.trim().trim_end_matches('/');
    pasted.rsplit('/').next().unwrap_or_default().to_owned()
}
