//! One evaluation, as the user may see it.

use super::Asked;
use super::evaluation_forms;
use super::evaluation_view::EvaluationView;
use crate::components::{Badges, Facts, Link, Prose, Row, Table, Task, Tasks, Wording, facts};
use crate::error::{ErrorKind, WebError};
use crate::form::Form;
use crate::frame::Frame;
use crate::offered::Offered;
use crate::phrases;
use crate::refill::WithForms;
use crate::session::User;
use crate::view::{drawn, moment, text};
use askama::Template;
use axum::extract::{Path, Query};
use axum::response::Response;
use idesluss_domain::evaluation::evaluation::rights;
use idesluss_domain::words::Role;
use idesluss_proto::pb::evaluation as pb;

/// An evaluation's page: what comes next on top, then all that may be seen.
#[derive(Template)]
#[template(path = "evaluation.html")]
pub(super) struct EvaluationPage {
    frame: Frame,
    view: EvaluationView,
    /// What is done until it can be decided, for those who lead it.
    tasks: Option<Tasks>,
    /// Where what comes next is done; None: here.
    onwards: Option<Link>,
    /// What comes next.
    next: Vec<Form>,
    /// What can be done as well.
    others: Vec<Form>,
    /// Where it can be decided though that is not what comes next.
    decide: Option<Link>,
    /// How much the assessors have to do, for whoever assigns them.
    loads: Option<Table>,
    /// Where it is told what a decision rests on.
    dossier: Option<Link>,
}

impl WithForms for EvaluationPage {
    fn frame(&mut self) -> &mut Frame {
        &mut self.frame
    }

    fn forms(&mut self) -> Vec<&mut Form> {
        self.next.iter_mut().chain(&mut self.others).collect()
    }

    fn subject(&self, _: &str) -> Option<(Wording, Badges)> {
        Some((self.view.title.clone(), self.view.badges.clone()))
    }
}

/// What whoever takes no part sees: why, and what they declared themselves.
#[derive(Template)]
#[template(path = "no_part.html")]
pub(super) struct NoPart {
    frame: Frame,
    why: Vec<&'static str>,
    /// A conflict of interest is why.
    is_conflict: bool,
    reason: Prose,
    about: Facts,
}

/// The page of one who takes part, or of one who does not.
pub(super) enum Shown {
    Whole(Box<EvaluationPage>),
    NoPart(Box<NoPart>),
}

pub(super) async fn page(
    user: User,
    Path(evaluation): Path<String>,
    Query(asked): Query<Asked>,
) -> Result<Response, WebError> {
    match look(&user, &evaluation, asked.after.as_deref()).await? {
        Shown::Whole(page) => page.draw(&user),
        Shown::NoPart(page) => drawn(&user, &*page),
    }
}

/// The page with what can be done. Errors: the user takes no part, and nothing can be done.
pub(super) async fn build(user: &User, evaluation: &str) -> Result<EvaluationPage, WebError> {
    match look(user, evaluation, None).await? {
        Shown::Whole(page) => Ok(*page),
        Shown::NoPart(_) => Err(WebError::new(user.lang, ErrorKind::NoPage)),
    }
}

/// What the user sees of it, once what was just done is shown.
async fn look(user: &User, evaluation: &str, after: Option<&str>) -> Result<Shown, WebError> {
    let request = pb::GetEvaluationRequest {
        query: user.asks(after),
        evaluation: evaluation.to_owned(),
    };
    let found = user.services().ask(request).await;
    let found = found.map_err(|status| user.web_error(&status))?;
    let evaluation = found.evaluation.unwrap_or_default();
    if let Some(declared) = &evaluation.own_declaration {
        return Ok(Shown::NoPart(Box::new(takes_no_part(user, &evaluation, declared))));
    }
    let (l, may) = (user.lang, Offered(&evaluation.actions));
    let at = |rest: &str| {
        let evaluation = evaluation.summary.as_ref().map(|summary| summary.evaluation.as_str());
        format!("/bedomningar/{}{rest}", evaluation.unwrap_or_default())
    };
    // Who decides as a person does so, and does not write it down for a board.
    let is_decider = rights::DECIDE.is_for(user.acting_as.role);
    let decides = if is_decider {
        may.has(&rights::DECIDE)
    } else {
        may.has(&rights::DECIDE_AS_BOARD)
    };
    // A board's decision is written down once the panel has said what it thinks.
    let is_next = evaluation.decision.is_none() && (is_decider || evaluation.recommendation.is_some());
    let reconsiders = is_decider && may.has(&rights::RECONSIDER);
    let to_decision = |name: &'static str| Link::new(at("/beslut"), l.t(name));
    let (next, others) = evaluation_forms::forms(user, &evaluation);
    Ok(Shown::Whole(Box::new(EvaluationPage {
        frame: Frame::of(user),
        tasks: tasks(user, &evaluation),
        onwards: (decides && is_next).then(|| to_decision("evaluation-to-the-decision-page")),
        decide: ((decides && !is_next) || reconsiders).then(|| match reconsiders {
            true => to_decision("decide-reconsider"),
            false => to_decision("evaluation-to-the-decision-page"),
        }),
        next,
        others,
        loads: match may.has(&rights::ASSIGN) {
            true => Some(loads(user).await?),
            false => None,
        },
        dossier: evaluation
            .decision
            .is_some()
            .then(|| Link::new(at("/grund"), l.t("common-what-the-decision-rests-on"))),
        view: EvaluationView::of(user, &evaluation, may.has(&rights::DECLARE_NO_CONFLICT)),
    })))
}

fn takes_no_part(user: &User, evaluation: &pb::Evaluation, declared: &pb::OwnDeclaration) -> NoPart {
    let l = user.lang;
    let of_conflict = match (declared.conflict, declared.recused) {
        (true, _) => Some("evaluation-you-are-in-a-conflict"),
        (false, true) => Some("evaluation-you-have-stepped-aside-as"),
        (false, false) => None,
    };
    let of_author = declared.author.then_some("evaluation-you-are-one-of-the");
    let gate = evaluation
        .summary
        .as_ref()
        .map(|summary| phrases::gate(l, summary.gate()));
    NoPart {
        frame: Frame::of(user),
        is_conflict: declared.conflict,
        why: of_author.into_iter().chain(of_conflict).map(|name| l.t(name)).collect(),
        reason: Prose(text(l, declared.reason.as_ref())),
        about: facts([
            (l.t("common-when"), moment(l, &declared.at)),
            (l.t("common-gate"), gate.unwrap_or_default().to_owned()),
        ]),
    }
}

/// What is done until it can be decided, for whoever leads it.
fn tasks(user: &User, evaluation: &pb::Evaluation) -> Option<Tasks> {
    let l = user.lang;
    let summary = evaluation.summary.as_ref()?;
    let leads = matches!(user.acting_as.role, Role::Coordinator | Role::NeedOwner);
    let is_over = matches!(summary.phase(), pb::Phase::Decided | pb::Phase::Closed);
    if !leads || is_over {
        return None;
    }
    let task = |text: &'static str, done: u32, of: u32| Task {
        text: l.t(text).to_owned(),
        state: match (of, done >= of) {
            (1, true) => l.t("tasks-done").to_owned(),
            (1, false) => l.t("tasks-to-do").to_owned(),
            _ => format!("{done}/{of}"),
        },
        done: done >= of,
    };
    let mut tasks = vec![
        task("tasks-assessors-are-assigned", summary.assigned, summary.required),
        task("tasks-assessments-are-given", summary.assessed, summary.required),
        task(
            "tasks-assessments-are-shown",
            (!evaluation.summaries.is_empty()).into(),
            1,
        ),
        task(
            "tasks-the-panel-recommends",
            evaluation.recommendation.is_some().into(),
            1,
        ),
    ];
    // From the concept on somebody must need it.
    if summary.gate() != pb::Gate::Opportunity {
        tasks.push(task("tasks-a-need-owner-confirms", summary.need_owner.into(), 1));
    }
    Some(Tasks {
        label: l.t("tasks-until-it-is-decided"),
        tasks,
    })
}

/// Who has how much to do already.
async fn loads(user: &User) -> Result<Table, WebError> {
    let l = user.lang;
    let request = pb::ListAssessorLoadsRequest { query: user.asks(None) };
    let found = user.services().ask(request).await;
    let found = found.map_err(|status| user.web_error(&status))?;
    let row = |load: &pb::AssessorLoad| Row {
        urgent: load.open >= found.cap,
        ..Row::of([user.name(&load.assessor), load.open.to_string(), load.done.to_string()])
    };
    let caption = format!("{} {}", l.t("evaluation-how-much-the-assessors-have"), found.cap);
    let head = [l.t("common-assessor"), l.t("evaluation-open"), l.t("evaluation-done")];
    Ok(Table::new(caption, head)
        .rows(found.loads.iter().map(row))
        .or(l.t("evaluation-nobody-has-anything-to-assess")))
}

impl EvaluationPage {
    /// Whether there is a next step.
    fn is_open(&self) -> bool {
        self.onwards.is_some() || !self.next.is_empty() || self.tasks.is_some()
    }
}
