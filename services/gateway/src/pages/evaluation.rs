//! One evaluation, as the user may see it.

use super::{Asked, evaluation_forms};
use crate::error::WebError;
use crate::lang::Lang;
use crate::offered::Offered;
use crate::phrases;
use crate::refill::WithForms as _;
use crate::session::User;
use crate::view::{Bar, Bars, Link, Page, Part, Row, Table, facts, kronor, moment, text, text_part, written};
use axum::extract::{Path, Query};
use axum::response::Response;
use idesluss_domain::evaluation::evaluation::rights;
use idesluss_proto::pb::evaluation as pb;
use idesluss_proto::pb::submission::{ApproveBriefRequest, GetIdeaRequest};

pub(super) async fn page(
    user: User,
    Path(evaluation): Path<String>,
    Query(asked): Query<Asked>,
) -> Result<Response, WebError> {
    build(&user, &evaluation, asked.after.as_deref()).await?.draw(&user)
}

/// The page with what can be done, once what was just done is shown.
pub(super) async fn build(user: &User, evaluation: &str, after: Option<&str>) -> Result<Page, WebError> {
    let request = pb::GetEvaluationRequest {
        query: user.asks(after),
        evaluation: evaluation.to_owned(),
    };
    let found = user.services().ask(request).await;
    let found = found.map_err(|status| user.web_error(&status))?;
    let evaluation = found.evaluation.unwrap_or_default();
    if let Some(declared) = &evaluation.own_declaration {
        return Ok(takes_no_part(user, &evaluation, declared));
    }
    let mut page = draw(user, &evaluation);
    let l = user.lang;
    let mut parts = evaluation_forms::forms(user, &evaluation);
    if let Some(summary) = &evaluation.summary {
        let may = Offered(&evaluation.actions);
        if evaluation.decision.is_some() {
            parts.insert(
                0,
                Part::Links(vec![Link {
                    href: format!("/bedomningar/{}/grund", summary.evaluation),
                    text: l.t("common-what-the-decision-rests-on").to_owned(),
                }]),
            );
        }
        if may.has(&rights::ASSIGN) {
            parts.push(loads(user).await?);
        }
        // Who decides as a person does so, and does not write it down for a board.
        let decides = if rights::DECIDE.is_for(user.acting_as.role) {
            may.has(&rights::DECIDE) || may.has(&rights::RECONSIDER)
        } else {
            may.has(&rights::DECIDE_AS_BOARD)
        };
        if decides {
            parts.insert(
                0,
                Part::Links(vec![Link {
                    href: format!("/bedomningar/{}/beslut", summary.evaluation),
                    text: l.t("evaluation-to-the-decision-page").to_owned(),
                }]),
            );
        }
    }
    page.section(l.t("common-what-you-can-do"), parts);
    Ok(page)
}

/// What whoever takes no part sees: why, and what they declared themselves.
fn takes_no_part(user: &User, evaluation: &pb::Evaluation, declared: &pb::OwnDeclaration) -> Page {
    let l = user.lang;
    let mut page = Page::new(l.t("evaluation-you-take-no-part-in")).intro(l.t("evaluation-so-you-are-shown-neither"));
    let mut parts: Vec<Part> = Vec::new();
    if declared.author {
        parts.push(Part::Note(l.t("evaluation-you-are-one-of-the").to_owned()));
    }
    if declared.conflict {
        parts.push(Part::Note(l.t("evaluation-you-are-in-a-conflict").to_owned()));
    } else if declared.recused {
        parts.push(Part::Note(l.t("evaluation-you-have-stepped-aside-as").to_owned()));
    }
    parts.extend(text_part(l, declared.reason.as_ref()));
    let gate = evaluation
        .summary
        .as_ref()
        .map(|summary| phrases::gate(l, summary.gate()).to_owned());
    parts.extend(facts([
        (l.t("common-when"), moment(&declared.at)),
        (l.t("common-gate"), gate.unwrap_or_default()),
    ]));
    page.section(l.t("evaluation-why"), parts);
    page
}

/// Who has how much to do already.
async fn loads(user: &User) -> Result<Part, WebError> {
    let l = user.lang;
    let request = pb::ListAssessorLoadsRequest { query: user.asks(None) };
    let found = user.services().ask(request).await;
    let found = found.map_err(|status| user.web_error(&status))?;
    let row = |load: &pb::AssessorLoad| Row {
        href: String::new(),
        cells: vec![user.name(&load.assessor), load.open.to_string(), load.done.to_string()],
        urgent: load.open >= found.cap,
    };
    Ok(Part::Table(Table {
        caption: format!("{} {}", l.t("evaluation-how-much-the-assessors-have"), found.cap),
        head: [l.t("common-assessor"), l.t("evaluation-open"), l.t("evaluation-done")]
            .map(str::to_owned)
            .to_vec(),
        rows: found.loads.iter().map(row).collect(),
        empty: l.t("evaluation-nobody-has-anything-to-assess").to_owned(),
    }))
}

/// Everything that may be seen, without what can be done.
pub(super) fn draw(user: &User, evaluation: &pb::Evaluation) -> Page {
    let l = user.lang;
    let Some(summary) = &evaluation.summary else {
        return Page::default();
    };
    let title = text(l, summary.title.as_ref());
    let earlier = l.t("evaluation-before-the-sluice");
    let mut page = Page::new(if title.is_empty() { earlier.to_owned() } else { title });
    page.badge(phrases::gate(l, summary.gate()), false);
    page.badge(phrases::evaluation_phase(l, summary.phase()), false);
    page.badge(phrases::outcome(l, summary.outcome()), false);
    if evaluation.falls_short {
        page.intro = l.t("evaluation-an-assessor-has-become-a").to_owned();
    }
    decision(user, &mut page, evaluation);
    if let Some(brief) = &evaluation.brief {
        let heading = format!("{} {}", l.t("common-brief-version"), brief.version);
        let texts = written::<ApproveBriefRequest>(l, &brief.texts);
        page.section(&heading, vec![Part::Written(texts)]);
    }
    assessments(user, &mut page, evaluation);
    afterwards(user, &mut page, evaluation);
    taken_over(user, &mut page, evaluation);
    let need_owner = if evaluation.need_owner.is_empty() {
        String::new()
    } else {
        user.name(&evaluation.need_owner)
    };
    let mut about = facts([
        (l.t("evaluation-opened"), moment(&summary.opened_at)),
        (
            l.t("common-organisation"),
            user.organisation_name(&summary.organisation),
        ),
        (l.t("common-need-owner"), need_owner),
        (l.t("evaluation-assessments-required"), summary.required.to_string()),
    ]);
    let home = summary.organisation == user.acting_as.organisation.as_str();
    if home && user.may::<GetIdeaRequest>() {
        about.push(Part::Links(vec![Link {
            href: format!("/ideer/{}", summary.idea),
            text: l.t("common-to-the-idea").to_owned(),
        }]));
    }
    page.section(l.t("evaluation-about-the-evaluation"), about);
    page
}

fn decision(user: &User, page: &mut Page, evaluation: &pb::Evaluation) {
    let l = user.lang;
    for made in evaluation.decision.iter().chain(&evaluation.reconsidered) {
        let mut parts: Vec<Part> = text_part(l, made.reasons.as_ref()).into_iter().collect();
        if made.decider_is_author {
            parts.push(Part::Note(l.t("evaluation-who-decided-has-become-a").to_owned()));
        }
        let decider = match (made.decider.as_str(), made.board.as_str()) {
            ("", board) => format!("{board} {} {}", made.meeting, made.paragraph),
            (person, _) => user.name(person),
        };
        let outcome = phrases::outcome(l, made.outcome());
        let home = if made.home { l.t("evaluation-at-home") } else { "" };
        parts.extend(facts([
            (l.t("common-decision"), format!("{outcome}{home}")),
            (l.t("common-by"), decider),
            (l.t("common-day"), made.decided_on.clone()),
            (
                l.t("common-mandate"),
                made.mandate
                    .as_ref()
                    .map(|mandate| mandate.reference.clone())
                    .unwrap_or_default(),
            ),
            (l.t("common-cost"), kronor(made.cost_kronor)),
            (l.t("common-conditions"), text(l, made.conditions.as_ref())),
            (
                l.t("evaluation-reported-to"),
                made.reports
                    .iter()
                    .map(|report| format!("{} {} {}", report.board, report.meeting, report.paragraph))
                    .collect::<Vec<_>>()
                    .join("; "),
            ),
            (
                l.t("evaluation-corrections"),
                made.corrections
                    .iter()
                    .map(|correction| text(l, Some(correction)))
                    .collect::<Vec<_>>()
                    .join("; "),
            ),
        ]));
        page.section(l.t("common-decision"), parts);
    }
    if let Some(recommendation) = &evaluation.recommendation {
        let mut parts = vec![Part::Note(phrases::outcome(l, recommendation.proposal()).to_owned())];
        if recommendation.set_aside {
            parts.push(Part::Note(l.t("evaluation-does-not-count-one-of").to_owned()));
        }
        parts.extend(text_part(l, recommendation.reasons.as_ref()));
        for voice in &recommendation.dissent {
            let who = format!("{} {}", user.name(&voice.assessor), l.t("evaluation-sees-it-otherwise"));
            parts.push(Part::Note(who));
            parts.extend(text_part(l, voice.reasons.as_ref()));
        }
        page.section(l.t("evaluation-the-panels-recommendation"), parts);
    }
}

/// What the criteria are called.
fn criterion_name(l: Lang, evaluation: &pb::Evaluation, key: &str) -> String {
    let set = evaluation.criteria.iter().flat_map(|set| &set.criteria);
    let known = set.into_iter().find(|criterion| criterion.key == key);
    known.map_or_else(
        || key.to_owned(),
        |criterion| l.either(&criterion.name_sv, &criterion.name_en).to_owned(),
    )
}

/// A place on the scale 1 to 5, in thousandths, from a score in hundredths.
fn place(hundredths: u32) -> u32 {
    hundredths.saturating_sub(100) * 10 / 4
}

fn assessments(user: &User, page: &mut Page, evaluation: &pb::Evaluation) {
    let l = user.lang;
    let mut parts: Vec<Part> = Vec::new();
    if !evaluation.summaries.is_empty() {
        let bar = |summary: &pb::CriterionSummary| Bar {
            label: criterion_name(l, evaluation, &summary.criterion),
            said: format!(
                "{} {}, {} {}–{}",
                l.t("common-mean"),
                hundredths(l, summary.mean_hundredths),
                l.t("common-spread"),
                summary.lowest,
                summary.highest
            ),
            from: place(summary.lowest * 100),
            length: place(summary.highest * 100)
                .saturating_sub(place(summary.lowest * 100))
                .max(8),
            mark: Some(place(summary.mean_hundredths).min(992)),
            class: "span",
        };
        parts.push(Part::Bars(Bars {
            caption: format!(
                "{} {}",
                l.t("common-scores-1-5-spread-and"),
                hundredths(l, evaluation.weighted_hundredths)
            ),
            bars: evaluation.summaries.iter().map(bar).collect(),
        }));
    }
    for assessment in &evaluation.assessments {
        let row = |criterion: &pb::AssessedCriterion| Row {
            href: String::new(),
            cells: vec![
                criterion_name(l, evaluation, &criterion.criterion),
                criterion.score.to_string(),
                text(l, criterion.rationale.as_ref()),
            ],
            urgent: false,
        };
        parts.push(Part::Table(Table {
            caption: format!(
                "{} {}",
                l.t("evaluation-assessment-by"),
                user.name(&assessment.assessor)
            ),
            head: [l.t("common-criterion"), l.t("evaluation-score"), l.t("evaluation-why")]
                .map(str::to_owned)
                .to_vec(),
            rows: assessment.criteria.iter().map(row).collect(),
            empty: String::new(),
        }));
    }
    page.section(l.t("common-assessments"), parts);
    let state = |assessor: &pb::AssessorState| match assessor {
        pb::AssessorState { author: true, .. } => l.t("evaluation-wrote-the-idea-or-one"),
        pb::AssessorState { recused: true, .. } => l.t("evaluation-stepped-aside"),
        pb::AssessorState {
            declared_conflict: true,
            ..
        } => l.t("evaluation-conflict-declared"),
        pb::AssessorState { assessed: true, .. } => l.t("evaluation-has-assessed"),
        pb::AssessorState {
            declared_no_conflict: true,
            ..
        } => l.t("evaluation-no-conflict-assessing"),
        _ => l.t("common-assigned"),
    };
    let rows = evaluation.assessors.iter().map(|assessor| Row {
        href: String::new(),
        cells: vec![user.name(&assessor.assessor), state(assessor).to_owned()],
        urgent: false,
    });
    let rows: Vec<Row> = rows.collect();
    if !rows.is_empty() {
        let table = Table {
            caption: l.t("evaluation-who-assesses").to_owned(),
            head: [l.t("common-assessor"), l.t("common-state")]
                .map(str::to_owned)
                .to_vec(),
            rows,
            empty: String::new(),
        };
        page.section(l.t("evaluation-assessors"), vec![table.into()]);
    }
}

/// 467 as 4,67.
pub(super) fn hundredths(l: Lang, number: u32) -> String {
    format!("{}{}{:02}", number / 100, l.t("common-mark"), number % 100)
}

fn afterwards(user: &User, page: &mut Page, evaluation: &pb::Evaluation) {
    let l = user.lang;
    for pilot in &evaluation.pilots {
        let mut parts: Vec<Part> = vec![Part::Note(phrases::verdict(l, pilot.verdict()).to_owned())];
        parts.extend(facts([
            (l.t("evaluation-what-is-believed"), text(l, pilot.hypothesis.as_ref())),
            (l.t("evaluation-what-is-measured"), text(l, pilot.metric.as_ref())),
            (l.t("evaluation-began"), pilot.starts_on.clone()),
            (l.t("evaluation-ended"), pilot.completed_on.clone()),
            (l.t("evaluation-result"), text(l, pilot.result.as_ref())),
        ]));
        page.section(l.t("gate-pilot"), parts);
    }
    let set_aside = evaluation.resources.iter().map(|resources| {
        let hours = format!("{} h", resources.hours);
        format!(
            "{}, {hours} {} {}",
            kronor(resources.amount_kronor),
            resources.until,
            text(l, resources.note.as_ref())
        )
    });
    let support = evaluation.support.iter().map(|support| {
        format!(
            "{}: {} {}",
            user.organisation_name(&support.partner),
            phrases::support(l, support.kind()),
            text(l, support.note.as_ref())
        )
    });
    let parts = facts([
        (l.t("evaluation-set-aside"), set_aside.collect::<Vec<_>>().join("; ")),
        (l.t("evaluation-support"), support.collect::<Vec<_>>().join("; ")),
    ]);
    page.section(l.t("evaluation-resources-and-support"), parts);
}

fn taken_over(user: &User, page: &mut Page, evaluation: &pb::Evaluation) {
    let l = user.lang;
    for earlier in &evaluation.earlier_decisions {
        let mut parts: Vec<Part> = text_part(l, earlier.reasons.as_ref()).into_iter().collect();
        let flag = if earlier.before_submission {
            l.t("evaluation-dated-before-the-idea")
        } else {
            ""
        };
        parts.extend(facts([
            (l.t("common-outcome"), phrases::outcome(l, earlier.outcome()).to_owned()),
            (l.t("evaluation-status-in-the-register"), earlier.stated_status.clone()),
            (l.t("evaluation-decided"), earlier.decided.clone()),
            (l.t("evaluation-taken-over-from"), earlier.import.clone()),
            (l.t("common-remark"), flag.to_owned()),
        ]));
        page.section(l.t("evaluation-earlier-decision"), parts);
    }
}
