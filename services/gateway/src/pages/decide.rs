//! The page from which a decision is confirmed: what the decider sees here is what the journal says was seen.

use super::evaluation::draw;
use super::evaluation_forms::outcomes;
use super::{Asked, back_to};
use crate::act::{Act, Acts, send};
use crate::error::WebError;
use crate::posted::Posted;
use crate::refill::{WithForms as _, refused};
use crate::session::User;
use crate::view::{Form, Page, Part, kronor};
use axum::extract::{Form as Sent, Path, Query};
use axum::response::Response;
use idesluss_domain::evaluation::evaluation::rights;
use idesluss_phrases::Kind;
use idesluss_proto::pb::evaluation as pb;

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
    let found = user.services().ask(request).await;
    let found = found.map_err(|status| user.web_error(&status))?;
    let shown = found.evaluation.unwrap_or_default();
    let mut page = draw(user, &shown);
    let decides = rights::DECIDE.is_for(user.acting_as.role);
    let mut parts: Vec<Part> = Vec::new();
    let stands = |code: &&String| decides || !matches!(code.as_str(), "NOT_DECLARED" | "ASSESSED_THIS_GATE");
    for code in found.obstacles.iter().filter(stands) {
        let sentence = l.phrase(Kind::Refusal, code, &[]);
        parts.push(Part::Note(sentence.unwrap_or_else(|| code.clone())));
    }
    if decides {
        parts.push(Part::Note(match &found.mandate {
            Some(mandate) => format!(
                "{} {}, {} {}.",
                l.t("decide-your-mandate"),
                mandate.reference,
                l.t("decide-at-most"),
                kronor(mandate.up_to_kronor)
            ),
            None => l.t("decide-you-have-no-mandate-that").to_owned(),
        }));
    }
    let anew = shown.decision.is_some();
    parts.push(form(user, evaluation, found.seen, anew).into());
    page.section(
        if anew {
            l.t("decide-reconsider")
        } else {
            l.t("common-decide")
        },
        parts,
    );
    Ok(page)
}

fn form(user: &User, evaluation: &str, seen: u64, anew: bool) -> Form {
    let l = user.lang;
    let button = if anew {
        l.t("decide-decide-anew")
    } else {
        l.t("common-decide")
    };
    let mut form = Form::new(format!("/bedomningar/{evaluation}/beslut"), button)
        .note(l.t("decide-by-deciding-you-confirm-that"))
        .hidden("seen", seen.to_string())
        .hidden("anew", if anew { "ja" } else { "" })
        .radio("outcome", l.t("common-decision"), outcomes(l))
        .tick("home", l.t("decide-carried-out-at-home-only"))
        .optional()
        .lines("reasons", l.t("decide-reasons-for-the-submitter"))
        .help(l.t("decide-write-so-that-who-submitted"))
        .lines("conditions", l.t("common-conditions"))
        .optional()
        .number("cost_kronor", l.t("decide-cost-in-kronor"))
        .value("0");
    if !rights::DECIDE.is_for(user.acting_as.role) {
        form = form
            .line("board", l.t("decide-board-that-decided"))
            .date("meeting", l.t("common-day-of-the-meeting"))
            .line("paragraph", l.t("common-paragraph"));
    }
    form
}

/// The command behind the form, by who sends it and whether it was decided before.
const ACTS: &Acts = &[
    ("besluta", Act::one::<pb::MakeDecisionRequest>()),
    ("ompröva", Act::one::<pb::ReconsiderDecisionRequest>()),
    ("nämnd", Act::one::<pb::RecordBoardDecisionRequest>()),
];

pub(super) async fn decide(
    user: User,
    Path(evaluation): Path<String>,
    Sent(fields): Sent<Vec<(String, String)>>,
) -> Result<Response, WebError> {
    let posted = Posted(fields).with("evaluation", evaluation.clone());
    let page = format!("/bedomningar/{evaluation}");
    let act = match rights::DECIDE.is_for(user.acting_as.role) {
        false => "nämnd",
        true if posted.ticked("anew") => "ompröva",
        true => "besluta",
    };
    match send(&user, ACTS, act, &posted).await? {
        Ok(done) => Ok(back_to(&user, &page, done)),
        Err(status) => {
            let drawn = build(&user, &evaluation, None).await;
            // Drawn anew, with a new `seen`: what has arrived meanwhile stands on it.
            let seen = drawn.as_ref().map(|drawn| drawn.hidden("seen"));
            let posted = posted.with("seen", seen.unwrap_or_default());
            refused(&user, drawn, &format!("{page}/beslut"), &posted, &status)
        }
    }
}
