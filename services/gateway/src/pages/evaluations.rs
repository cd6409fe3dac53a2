//! What is to be assessed, to be decided, and an overview.

use super::Asked;
use super::list::{List, Listed};
use crate::components::{Empty, Link, Row, Table, Wording};
use crate::error::WebError;
use crate::lang::Lang;
use crate::phrases;
use crate::session::User;
use crate::view::{moment, text};
use axum::extract::Query;
use axum::response::Response;
use idesluss_proto::pb::evaluation as pb;
use idesluss_proto::pb::sharing::ListSolutionsRequest;
use idesluss_proto::pb::submission::SearchIdeasRequest;

fn title(l: Lang, summary: &pb::EvaluationSummary) -> Wording {
    text(l, summary.title.as_ref()).or(l.t("evaluations-taken-over"))
}

fn link(summary: &pb::EvaluationSummary) -> String {
    format!("/bedomningar/{}", summary.evaluation)
}

pub(super) async fn to_assess(user: User, Query(asked): Query<Asked>) -> Result<Response, WebError> {
    let l = user.lang;
    let request = pb::ListToAssessRequest {
        query: user.asks(asked.after.as_deref()),
        page_size: 50,
        page_token: asked.page_token.clone(),
    };
    let found = user.services().ask(request).await;
    let found = found.map_err(|status| user.web_error(&status))?;
    let state = |item: &pb::ToAssess| match (item.declared, item.assessed) {
        (_, true) => l.t("evaluations-given-may-be-changed"),
        (true, false) => l.t("evaluations-waits-for-your-assessment"),
        (false, false) => l.t("evaluations-declare-any-conflict-of-interest"),
    };
    let rows = found.items.iter().filter_map(|item| {
        let summary = item.evaluation.as_ref()?;
        Some(Row {
            href: link(summary),
            cells: vec![
                title(l, summary),
                phrases::gate(l, summary.gate()).into(),
                state(item).into(),
                moment(l, &item.assigned_at).into(),
            ],
            urgent: false,
        })
    });
    let head = [
        l.t("common-idea"),
        l.t("common-gate"),
        l.t("common-state"),
        l.t("common-assigned"),
    ];
    let empty = Empty::new(
        l.t("evaluations-nothing-to-assess"),
        user.link::<ListSolutionsRequest>("/losningar", "common-to-the-solutions"),
    );
    let listed = Table::new(l.t("evaluations-the-oldest-first"), head)
        .rows(rows)
        .or(empty);
    let mut page = List::new(&user, l.t("common-to-assess"));
    page.listed = Listed::Table(listed);
    page.pager = asked.pager(l, "/bedoma", &found.next_page_token);
    page.draw(&user)
}

pub(super) async fn to_decide(user: User, Query(asked): Query<Asked>) -> Result<Response, WebError> {
    let l = user.lang;
    let request = pb::ListToDecideRequest {
        query: user.asks(asked.after.as_deref()),
        page_size: 50,
        page_token: asked.page_token.clone(),
    };
    let found = user.services().ask(request).await;
    let found = found.map_err(|status| user.web_error(&status))?;
    let rows = found.items.iter().filter_map(|item| {
        let summary = item.evaluation.as_ref()?;
        let barred = if item.barred {
            l.t("evaluations-you-cant-decide-this")
        } else {
            ""
        };
        Some(Row {
            href: link(summary),
            cells: vec![
                title(l, summary),
                phrases::gate(l, summary.gate()).into(),
                phrases::outcome(l, item.recommendation()).into(),
                moment(l, &summary.changed_at).into(),
                barred.into(),
            ],
            urgent: false,
        })
    });
    let head = [
        l.t("common-idea"),
        l.t("common-gate"),
        l.t("evaluations-the-panel-recommends"),
        l.t("common-last-changed"),
        l.t("common-remark"),
    ];
    let empty = Empty::new(
        l.t("evaluations-nothing-to-decide"),
        user.link::<pb::ListEvaluationsRequest>("/bedomningar", "evaluations-show-all"),
    );
    let listed = Table::new(l.t("evaluations-the-oldest-first"), head)
        .rows(rows)
        .or(empty);
    let mut page = List::new(&user, l.t("common-to-decide"));
    page.listed = Listed::Table(listed);
    page.pager = asked.pager(l, "/besluta", &found.next_page_token);
    page.draw(&user)
}

pub(super) async fn overview(user: User, Query(asked): Query<Asked>) -> Result<Response, WebError> {
    let l = user.lang;
    let phase: i32 = asked.state.parse().unwrap_or(0);
    let request = pb::ListEvaluationsRequest {
        query: user.asks(asked.after.as_deref()),
        phase,
        gate: asked.kind,
        page_size: 50,
        page_token: asked.page_token.clone(),
    };
    let found = user.services().ask(request).await;
    let found = found.map_err(|status| user.web_error(&status))?;
    let row = |summary: &pb::EvaluationSummary| Row {
        href: link(summary),
        cells: vec![
            title(l, summary),
            phrases::gate(l, summary.gate()).into(),
            phrases::evaluation_phase(l, summary.phase()).into(),
            format!("{} / {}", summary.assessed, summary.assigned.max(summary.required)).into(),
            phrases::outcome(l, summary.outcome()).into(),
            moment(l, &summary.changed_at).into(),
        ],
        urgent: false,
    };
    let head = [
        l.t("common-idea"),
        l.t("common-gate"),
        l.t("common-state"),
        l.t("common-assessments"),
        l.t("common-decision"),
        l.t("common-last-changed"),
    ];
    let empty = match asked.is_of_all() {
        true => Empty::new(
            l.t("evaluations-none-has-begun"),
            user.link::<SearchIdeasRequest>("/inkorg", "evaluations-to-the-inbox"),
        ),
        false => Empty::new(
            l.t("evaluations-none-stands-there"),
            Some(Link::new("/bedomningar", l.t("evaluations-show-all"))),
        ),
    };
    let listed = Table::new(l.t("evaluations-the-newest-first"), head)
        .rows(found.items.iter().map(row))
        .or(empty);
    let all = found.counts.iter().map(|count| count.count).sum();
    let mut states = vec![(String::new(), l.t("common-all").to_owned(), l.grouped(all))];
    states.extend(found.counts.iter().map(|count| {
        let name = phrases::evaluation_phase(l, count.phase());
        (count.phase.to_string(), name, l.grouped(count.count))
    }));
    let mut page = List::new(&user, l.t("common-evaluations")).facets(vec![
        asked.states("/bedomningar", l.t("common-state"), Some(&asked.state), states),
        asked.kinds(l, "/bedomningar", l.t("common-gate"), |gate| phrases::gate(l, gate)),
    ]);
    page.listed = Listed::Table(listed.in_all(l, found.total));
    page.pager = asked.pager(l, "/bedomningar", &found.next_page_token);
    page.draw(&user)
}
