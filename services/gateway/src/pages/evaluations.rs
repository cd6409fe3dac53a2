//! What is to be assessed, to be decided, and an overview.

use super::Asked;
use super::list::List;
use crate::components::Tab;
use crate::components::{Row, Table};
use crate::error::WebError;
use crate::lang::Lang;
use crate::phrases;
use crate::session::User;
use crate::view::{moment, text};
use axum::extract::Query;
use axum::response::Response;
use idesluss_proto::pb::evaluation as pb;

fn title(l: Lang, summary: &pb::EvaluationSummary) -> String {
    let title = text(l, summary.title.as_ref());
    if title.is_empty() {
        l.t("evaluations-taken-over").to_owned()
    } else {
        title
    }
}

fn link(summary: &pb::EvaluationSummary) -> String {
    format!("/bedomningar/{}", summary.evaluation)
}

fn table(l: Lang, caption: &str, head: &[&str], rows: Vec<Row>) -> Table {
    Table {
        caption: caption.to_owned(),
        head: head.iter().map(|head| (*head).to_owned()).collect(),
        rows,
        empty: l.t("common-there-is-nothing-here").to_owned(),
        ..Table::default()
    }
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
                phrases::gate(l, summary.gate()).to_owned(),
                state(item).to_owned(),
                moment(l, &item.assigned_at),
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
    let listed = table(l, l.t("evaluations-the-oldest-first"), &head, rows.collect());
    let mut page = List::new(&user, l.t("common-to-assess"));
    page.table = Some(listed);
    page.more = asked.next_link(l, "/bedoma", &found.next_page_token);
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
                phrases::gate(l, summary.gate()).to_owned(),
                phrases::outcome(l, item.recommendation()).to_owned(),
                moment(l, &summary.changed_at),
                barred.to_owned(),
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
    let listed = table(l, l.t("evaluations-the-oldest-first"), &head, rows.collect());
    let mut page = List::new(&user, l.t("common-to-decide"));
    page.table = Some(listed);
    page.more = asked.next_link(l, "/besluta", &found.next_page_token);
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
            phrases::gate(l, summary.gate()).to_owned(),
            phrases::evaluation_phase(l, summary.phase()).to_owned(),
            format!("{} / {}", summary.assessed, summary.assigned.max(summary.required)),
            phrases::outcome(l, summary.outcome()).to_owned(),
            moment(l, &summary.changed_at),
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
    let rows = found.items.iter().map(row).collect();
    let listed = table(l, l.t("evaluations-the-newest-first"), &head, rows);
    let tab = |phase: i32, text: String, count: u64| Tab {
        href: match phase {
            0 => "/bedomningar".to_owned(),
            phase => format!("/bedomningar?lage={phase}"),
        },
        text,
        count: l.grouped(count),
        current: asked.state.is_empty() && phase == 0 || asked.state == phase.to_string(),
    };
    let all = found.counts.iter().map(|count| count.count).sum();
    let mut tabs = vec![tab(0, l.t("common-all").to_owned(), all)];
    tabs.extend(
        (found.counts.iter()).map(|count| tab(count.phase, phrases::evaluation_phase(l, count.phase()), count.count)),
    );
    let mut page = List::new(&user, l.t("common-evaluations")).tabs(tabs);
    page.table = Some(listed.in_all(l, found.total));
    page.more = asked.next_link(l, "/bedomningar", &found.next_page_token);
    page.draw(&user)
}
