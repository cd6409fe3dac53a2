//! The catalogue.

use super::Asked;
use super::search::{NO_SOLUTION_HAS_ALL, nearest};
use crate::error::WebError;
use crate::phrases;
use crate::session::User;
use crate::view::{Form, Link, Page, Part, Row, Table};
use axum::extract::Query;
use axum::response::Response;
use idesluss_proto::pb::sharing as pb;

/// Solutions, a line each.
pub(super) fn table(user: &User, caption: &str, rows: &[pb::SolutionRow]) -> Table {
    let l = user.lang;
    let row = |row: &pb::SolutionRow| Row {
        href: format!("/losningar/{}", row.solution),
        cells: vec![
            if row.title.is_empty() {
                l.t("(utkast utan titel)", "(draft without a title)").to_owned()
            } else {
                row.title.clone()
            },
            phrases::kind(l, row.kind()).to_owned(),
            user.organisation_name(&row.organisation),
            format!("{} ({})", row.in_use, row.adoptions),
            row.benefits.to_string(),
        ],
        urgent: false,
    };
    let head = [
        l.t("Lösning", "Solution"),
        l.t("Slag", "Kind"),
        l.t("Från", "From"),
        l.t("I bruk (införanden)", "In use (adoptions)"),
        l.t("Mätningar", "Measurements"),
    ];
    Table {
        caption: caption.to_owned(),
        head: head.map(str::to_owned).to_vec(),
        rows: rows.iter().map(row).collect(),
        empty: l.t("Ingen lösning hittades.", "No solution was found.").to_owned(),
    }
}

pub(super) async fn page(user: User, Query(asked): Query<Asked>) -> Result<Response, WebError> {
    let l = user.lang;
    let phase: i32 = asked.state.parse().unwrap_or(0);
    let request = pb::ListSolutionsRequest {
        query: user.asks(asked.after.as_deref()),
        words: asked.words.clone(),
        kind: asked.kind,
        phase,
        organisation: String::new(),
        page_size: 0,
        page_token: asked.page_token.clone(),
    };
    let (found, problem) = match user.services().ask(request).await {
        Ok(found) => (found, String::new()),
        Err(status) => (pb::ListSolutionsResponse::default(), user.search_problem(&status)?),
    };
    // Without a choice the service lists what is offered.
    let shown = match pb::SolutionPhase::try_from(phase) {
        Ok(phase) if phase != pb::SolutionPhase::Unspecified => phase,
        _ => pb::SolutionPhase::Published,
    };
    let search = Form::new("/losningar", l.t("Sök", "Search"))
        .search()
        .line("ord", l.t("Sök i lösningar", "Search solutions"))
        .value(asked.words.clone())
        .problem(problem);
    let mut parts: Vec<Part> = vec![search.into()];
    parts.extend(nearest(l, NO_SOLUTION_HAS_ALL, found.nearest, found.total));
    let listed = table(&user, &phrases::solution_phase(l, shown), &found.solutions);
    // Of a search the best are shown: how many they are says little.
    let listed = if asked.words.is_empty() {
        listed.in_all(l, found.total)
    } else {
        listed
    };
    parts.push(listed.into());
    parts.extend(asked.next(l, "/losningar", &found.next_page_token));
    let mut page = Page::new(l.t("Lösningar", "Solutions")).intro(l.t(
        "Det som fungerar, att kopiera eller anpassa.",
        "What works, to be copied or adapted.",
    ));
    page.section("", parts);
    if user.may::<pb::PublishSolutionRequest>() {
        let phases = [
            pb::SolutionPhase::Published,
            pb::SolutionPhase::Drafted,
            pb::SolutionPhase::Retired,
        ];
        let link = |phase: pb::SolutionPhase| Link {
            href: format!("/losningar?lage={}", i32::from(phase)),
            text: phrases::solution_phase(l, phase).to_owned(),
        };
        page.section(l.t("Visa", "Show"), vec![Part::Links(phases.map(link).to_vec())]);
    }
    page.draw(&user)
}
