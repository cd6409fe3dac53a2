//! The page from which a decision is confirmed: what the decider sees here is what the journal says was seen.

use super::evaluation_forms::outcomes;
use super::evaluation_view::EvaluationView;
use super::{Asked, Way, carry_out};
use crate::act::{Act, Acts};
use crate::components::{Badges, Wording};
use crate::error::WebError;
use crate::form::Form;
use crate::frame::Frame;
use crate::phrases;
use crate::posted::Posted;
use crate::refill::WithForms;
use crate::session::User;
use crate::view::{kronor, moment};
use askama::Template;
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
    build(&user, &evaluation, asked.after.as_deref(), 0).await?.draw(&user)
}

/// The page from which a decision is confirmed.
#[derive(Template)]
#[template(path = "decide.html")]
struct DecidePage {
    frame: Frame,
    view: EvaluationView,
    heading: &'static str,
    /// What stands in the way, each in a sentence.
    obstacles: Vec<String>,
    /// Where a conflict of interest is answered for, and all else of the evaluation is done.
    evaluation: String,
    /// The mandate by which whoever reads it would decide; empty: nobody decides by one here.
    mandate: String,
    /// What the decider may be asked to look at again: what has arrived since.
    arrived: Vec<String>,
    form: Form,
}

impl WithForms for DecidePage {
    fn frame(&mut self) -> &mut Frame {
        &mut self.frame
    }

    fn forms(&mut self) -> Vec<&mut Form> {
        vec![&mut self.form]
    }

    fn subject(&self, _: &str) -> Option<(Wording, Badges)> {
        Some((self.view.title.clone(), self.view.badges.clone()))
    }
}

/// The page as it stands now; its `seen` is what a decision made on it confirms. What has arrived after `since` is told.
async fn build(user: &User, evaluation: &str, after: Option<&str>, since: u64) -> Result<DecidePage, WebError> {
    let l = user.lang;
    let request = pb::GetDecisionPageRequest {
        query: user.asks(after),
        evaluation: evaluation.to_owned(),
        cost_kronor: 0,
        since,
    };
    let found = user.services().ask(request).await;
    let found = found.map_err(|status| user.web_error(&status))?;
    let shown = found.evaluation.unwrap_or_default();
    let decides = rights::DECIDE.is_for(user.acting_as.role);
    let stands = |code: &&String| decides || !matches!(code.as_str(), "NOT_DECLARED" | "ASSESSED_THIS_GATE");
    let sentence = |code: &String| l.phrase(Kind::Refusal, code, &[]).unwrap_or_else(|| code.clone());
    let anew = shown.decision.is_some();
    let is_asked = decides && found.obstacles.iter().any(|code| code == "NOT_DECLARED");
    Ok(DecidePage {
        frame: Frame::of(user),
        heading: match anew {
            true => l.t("decide-reconsider"),
            false => l.t("common-decide"),
        },
        evaluation: format!("/bedomningar/{evaluation}"),
        obstacles: found.obstacles.iter().filter(stands).map(sentence).collect(),
        mandate: match (&found.mandate, decides) {
            (_, false) => String::new(),
            (None, true) => l.t("decide-you-have-no-mandate-that").to_owned(),
            (Some(mandate), true) => {
                let (clause, limit) = (phrases::mandate(l, &mandate.reference), kronor(l, mandate.up_to_kronor));
                l.say("decide-your-mandate", &[("clause", &clause), ("limit", &limit)])
            }
        },
        arrived: found.arrived.iter().map(|entry| arrived(user, entry)).collect(),
        form: form(user, evaluation, found.seen, anew),
        view: EvaluationView::of(user, &shown, is_asked),
    })
}

/// What has arrived, in a word and when.
fn arrived(user: &User, entry: &pb::Arrived) -> String {
    let kind = entry.r#type.rsplit('.').next().unwrap_or_default();
    format!(
        "{}, {}",
        phrases::event(user.lang, kind),
        moment(user.lang, &entry.recorded)
    )
}

pub(super) fn form(user: &User, evaluation: &str, seen: u64, anew: bool) -> Form {
    let l = user.lang;
    let button = if anew {
        l.t("decide-decide-anew")
    } else {
        l.t("common-decide")
    };
    let at = format!("/bedomningar/{evaluation}");
    let mut form = Form::of(ACTS, &at, act_of(user, anew), button)
        .sent_to(format!("{at}/beslut"))
        .note(l.t("decide-by-deciding-you-confirm-that"))
        .renewed("seen", seen.to_string())
        .hidden("anew", if anew { "ja" } else { "" })
        .radio("outcome", l.t("common-decision"), outcomes(l))
        .ask("home", l.t("decide-carried-out-at-home-only"))
        .ask("reasons", l.t("decide-reasons-for-the-submitter"))
        .help(l.t("decide-write-so-that-who-submitted"))
        .ask("conditions", l.t("common-conditions"))
        .ask("cost_kronor", l.t("decide-cost-in-kronor"))
        .value("0");
    if !rights::DECIDE.is_for(user.acting_as.role) {
        form = form
            .ask("board", l.t("decide-board-that-decided"))
            .ask("meeting", l.t("common-day-of-the-meeting"))
            .ask("paragraph", l.t("common-paragraph"));
    }
    form
}

/// The act behind the form, by who sends it and whether it was decided before.
fn act_of(user: &User, anew: bool) -> &'static str {
    match rights::DECIDE.is_for(user.acting_as.role) {
        false => "board",
        true if anew => "reconsider",
        true => "decide",
    }
}

/// The command behind each act.
pub(super) const ACTS: &Acts = &[
    ("decide", Act::one::<pb::MakeDecisionRequest>()),
    ("reconsider", Act::one::<pb::ReconsiderDecisionRequest>()),
    ("board", Act::one::<pb::RecordBoardDecisionRequest>()),
];

pub(super) async fn decide(
    user: User,
    Path(evaluation): Path<String>,
    Sent(fields): Sent<Vec<(String, String)>>,
) -> Result<Response, WebError> {
    let posted = Posted(fields).with("evaluation", evaluation.clone());
    let page = format!("/bedomningar/{evaluation}");
    let act = act_of(&user, posted.ticked("anew"));
    let way = Way {
        action: &format!("{page}/beslut"),
        next: &page,
    };
    // Drawn anew, with a new `seen`: what has arrived meanwhile stands on it.
    let since = posted.get("seen").parse().unwrap_or(0);
    carry_out(&user, (ACTS, act), &posted, way, build(&user, &evaluation, None, since)).await
}
