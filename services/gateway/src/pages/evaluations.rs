//! What is to be assessed, to be decided, and an overview.

use super::Asked;
use crate::error::WebError;
use crate::lang::Lang;
use crate::phrases;
use crate::session::User;
use crate::view::{Link, Page, Part, Row, Table, moment, text};
use axum::extract::Query;
use axum::response::Response;
use idesluss_proto::pb::evaluation as pb;

fn title(l: Lang, summary: &pb::EvaluationSummary) -> String {
    let title = text(l, summary.title.as_ref());
    if title.is_empty() {
        l.t("(övertagen)", "(taken over)").to_owned()
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
        empty: l.t("Här är tomt.", "There is nothing here.").to_owned(),
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
        (_, true) => l.t("Lämnat, går att ändra", "Given, may be changed"),
        (true, false) => l.t("Väntar på ditt omdöme", "Waits for your assessment"),
        (false, false) => l.t("Svara på frågan om jäv", "Declare any conflict of interest"),
    };
    let rows = found.items.iter().filter_map(|item| {
        let summary = item.evaluation.as_ref()?;
        Some(Row {
            href: link(summary),
            cells: vec![
                title(l, summary),
                phrases::gate(l, summary.gate()).to_owned(),
                state(item).to_owned(),
                moment(&item.assigned_at),
            ],
            urgent: false,
        })
    });
    let head = [
        l.t("Idé", "Idea"),
        l.t("Grind", "Gate"),
        l.t("Läge", "State"),
        l.t("Utsedd", "Assigned"),
    ];
    let listed = table(l, l.t("Den äldsta först", "The oldest first"), &head, rows.collect());
    let mut parts: Vec<Part> = vec![listed.into()];
    parts.extend(asked.next(l, "/bedoma", &found.next_page_token));
    let mut page = Page::new(l.t("Att bedöma", "To assess"));
    page.section("", parts);
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
            l.t("Du kan inte besluta här", "You can't decide this")
        } else {
            ""
        };
        Some(Row {
            href: link(summary),
            cells: vec![
                title(l, summary),
                phrases::gate(l, summary.gate()).to_owned(),
                phrases::outcome(l, item.recommendation()).to_owned(),
                moment(&summary.changed_at),
                barred.to_owned(),
            ],
            urgent: false,
        })
    });
    let head = [
        l.t("Idé", "Idea"),
        l.t("Grind", "Gate"),
        l.t("Panelen rekommenderar", "The panel recommends"),
        l.t("Senast ändrad", "Last changed"),
        l.t("Anmärkning", "Remark"),
    ];
    let listed = table(l, l.t("Den äldsta först", "The oldest first"), &head, rows.collect());
    let mut parts: Vec<Part> = vec![listed.into()];
    parts.extend(asked.next(l, "/besluta", &found.next_page_token));
    let mut page = Page::new(l.t("Att besluta", "To decide"));
    page.section("", parts);
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
            moment(&summary.changed_at),
        ],
        urgent: false,
    };
    let head = [
        l.t("Idé", "Idea"),
        l.t("Grind", "Gate"),
        l.t("Läge", "State"),
        l.t("Omdömen", "Assessments"),
        l.t("Beslut", "Decision"),
        l.t("Senast ändrad", "Last changed"),
    ];
    let rows = found.items.iter().map(row).collect();
    let listed = table(l, l.t("Den nyaste först", "The newest first"), &head, rows);
    let mut parts: Vec<Part> = vec![listed.in_all(l, found.total).into()];
    parts.extend(asked.next(l, "/bedomningar", &found.next_page_token));
    let mut page = Page::new(l.t("Bedömningar", "Evaluations"));
    page.section("", parts);
    let mut links = vec![Link {
        href: "/bedomningar".to_owned(),
        text: l.t("Alla", "All").to_owned(),
    }];
    links.extend(found.counts.iter().map(|count| Link {
        href: format!("/bedomningar?lage={}", count.phase),
        text: format!("{} ({})", phrases::evaluation_phase(l, count.phase()), count.count),
    }));
    page.section(l.t("Visa", "Show"), vec![Part::Links(links)]);
    page.draw(&user)
}
