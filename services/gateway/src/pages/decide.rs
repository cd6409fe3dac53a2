//! The page from which a decision is confirmed: what the decider sees here is what the journal says was seen.

use super::evaluation::draw;
use super::evaluation_forms::outcomes;
use super::{Asked, back_to};
use crate::error::WebError;
use crate::posted::Posted;
use crate::session::User;
use crate::view::{Form, Page, Part, kronor};
use axum::extract::{Form as Sent, Path, Query};
use axum::response::Response;
use idesluss_domain::words::Role;
use idesluss_proto::pb::evaluation as pb;
use idesluss_proto::status::Refusal;

pub(super) async fn page(
    user: User,
    Path(evaluation): Path<String>,
    Query(asked): Query<Asked>,
) -> Result<Response, WebError> {
    build(&user, &evaluation, asked.after.as_deref()).await?.draw(&user)
}

/// The page as it stands now; its `seen` is what a decision made on it confirms.
async fn build(user: &User, evaluation: &str, after: Option<&str>) -> Result<Page, WebError> {
    let l = user.lang;
    let request = pb::GetDecisionPageRequest {
        query: user.asks(after),
        evaluation: evaluation.to_owned(),
        cost_kronor: 0,
    };
    let found = user.services().evaluations.get_decision_page(request).await;
    let found = found.map_err(|status| user.web_error(&status))?.into_inner();
    let shown = found.evaluation.unwrap_or_default();
    let mut page = draw(user, &shown);
    let decides = user.is(&[Role::DecisionMaker]);
    let mut parts: Vec<Part> = Vec::new();
    let stands = |code: &&String| decides || !matches!(code.as_str(), "NOT_DECLARED" | "ASSESSED_THIS_GATE");
    for code in found.obstacles.iter().filter(stands) {
        let refusal = Refusal {
            code: tonic::Code::FailedPrecondition,
            reason: code.clone(),
            sentence: code.replace('_', " ").to_lowercase(),
            fields: Vec::new(),
        };
        parts.push(Part::Note(crate::refusals::refusal(l, &refusal)));
    }
    if decides {
        parts.push(Part::Note(match &found.mandate {
            Some(mandate) => format!(
                "{} {}, {} {}.",
                l.t("Ditt mandat:", "Your mandate:"),
                mandate.reference,
                l.t("högst", "at most"),
                kronor(mandate.up_to_kronor)
            ),
            None => l
                .t(
                    "Du har inget mandat som täcker beslutet i dag.",
                    "You have no mandate that covers the decision today.",
                )
                .to_owned(),
        }));
    }
    let anew = shown.decision.is_some();
    parts.push(form(user, evaluation, found.seen, anew).into());
    page.section(
        if anew {
            l.t("Ompröva", "Reconsider")
        } else {
            l.t("Besluta", "Decide")
        },
        parts,
    );
    Ok(page)
}

fn form(user: &User, evaluation: &str, seen: u64, anew: bool) -> Form {
    let l = user.lang;
    let button = if anew {
        l.t("Besluta på nytt", "Decide anew")
    } else {
        l.t("Besluta", "Decide")
    };
    let mut form = Form::new(format!("/bedomningar/{evaluation}/beslut"), button)
        .note(l.t(
            "Genom att besluta bekräftar du att du har sett det som står på sidan. Kommer något nytt in innan dess får du se sidan igen.",
            "By deciding you confirm that you have seen what stands on this page. If anything new arrives before, you are shown the page again.",
        ))
        .hidden("seen", seen.to_string())
        .hidden("anew", if anew { "ja" } else { "" })
        .radio("outcome", l.t("Beslut", "Decision"), outcomes(l))
        .tick("home", l.t("Genomförs på hemmaplan (bara när idén går vidare)", "Carried out at home (only when the idea advances)"))
        .optional()
        .lines("reasons", l.t("Motivering till idégivaren", "Reasons, for the submitter"))
        .help(l.t("Skriv så att den som lämnade idén förstår.", "Write so that who submitted the idea understands."))
        .lines("conditions", l.t("Villkor", "Conditions"))
        .optional()
        .number("cost", l.t("Kostnad i kronor", "Cost in kronor"))
        .value("0");
    if !user.is(&[Role::DecisionMaker]) {
        form = form
            .line("board", l.t("Nämnd som beslutade", "Board that decided"))
            .date("meeting", l.t("Sammanträdesdag", "Day of the meeting"))
            .line("paragraph", l.t("Paragraf", "Paragraph"));
    }
    form
}

pub(super) async fn decide(
    user: User,
    Path(evaluation): Path<String>,
    Sent(fields): Sent<Vec<(String, String)>>,
) -> Result<Response, WebError> {
    let posted = Posted(fields);
    let command = posted.command(&user)?;
    let page = format!("/bedomningar/{evaluation}");
    let mut to = user.services().evaluation;
    let get = |name: &str| posted.get(name);
    let (outcome, home, seen) = (posted.choice("outcome"), posted.ticked("home"), posted.number("seen"));
    let (reasons, conditions, cost_kronor) = (get("reasons"), get("conditions"), posted.number("cost"));
    // An emptied field is no zero.
    let checked = posted
        .check_filled(&["cost"])
        .and_then(|()| posted.check_numbers(&["cost"]));
    let answer = if let Err(status) = checked {
        Err(status)
    } else if !user.is(&[Role::DecisionMaker]) {
        let request = pb::RecordBoardDecisionRequest {
            command,
            evaluation,
            outcome,
            home,
            reasons,
            conditions,
            cost_kronor,
            seen,
            board: get("board"),
            meeting: get("meeting"),
            paragraph: get("paragraph"),
        };
        to.record_board_decision(request)
            .await
            .map(|answer| answer.into_inner().token)
    } else if posted.ticked("anew") {
        let request = pb::ReconsiderDecisionRequest {
            command,
            evaluation,
            outcome,
            home,
            reasons,
            conditions,
            cost_kronor,
            seen,
        };
        to.reconsider_decision(request)
            .await
            .map(|answer| answer.into_inner().token)
    } else {
        let request = pb::MakeDecisionRequest {
            command,
            evaluation,
            outcome,
            home,
            reasons,
            conditions,
            cost_kronor,
            seen,
        };
        to.make_decision(request).await.map(|answer| answer.into_inner().token)
    };
    match answer {
        Ok(token) => Ok(back_to(&page, token)),
        Err(status) => match build(&user, page.trim_start_matches("/bedomningar/"), None).await {
            // Drawn anew, with a new `seen`: what has arrived meanwhile stands on it.
            Ok(drawn) => {
                let seen = drawn.hidden("seen");
                drawn.refused(&user, &format!("{page}/beslut"), &posted.with("seen", seen), &status)
            }
            Err(_) => Err(user.web_error(&status).keeping(posted.written())),
        },
    }
}
