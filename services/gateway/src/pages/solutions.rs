//! The catalogue.

use super::Asked;
use super::list::List;
use super::search::{NO_SOLUTION_HAS_ALL, nearest_said};
use crate::components::Tab;
use crate::components::{Row, Table};
use crate::error::WebError;
use crate::form::Form;
use crate::phrases;
use crate::session::User;
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
                l.t("solutions-draft-without-a-title").to_owned()
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
        l.t("common-solution"),
        l.t("common-kind"),
        l.t("common-from-2"),
        l.t("solutions-in-use-adoptions"),
        l.t("solutions-measurements"),
    ];
    Table {
        caption: caption.to_owned(),
        head: head.map(str::to_owned).to_vec(),
        rows: rows.iter().map(row).collect(),
        empty: l.t("solutions-no-solution-was-found").to_owned(),
        ..Table::default()
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
    let search = Form::new("/losningar", l.t("common-search"))
        .search()
        .line("ord", l.t("solutions-search-solutions"))
        .value(asked.words.clone())
        .problem(problem);
    let listed = table(&user, &phrases::solution_phase(l, shown), &found.solutions);
    let mut page = List::new(&user, l.t("common-solutions"));
    if user.may::<pb::PublishSolutionRequest>() {
        let phases = [
            pb::SolutionPhase::Published,
            pb::SolutionPhase::Drafted,
            pb::SolutionPhase::Retired,
        ];
        let tab = |phase: pb::SolutionPhase| Tab {
            href: format!("/losningar?lage={}", i32::from(phase)),
            text: phrases::solution_phase(l, phase),
            count: String::new(),
            current: asked.words.is_empty() && phase == shown,
        };
        page = page.tabs(phases.map(tab).into());
    }
    page.intro = l.t("solutions-what-works-to-be-copied");
    page.search = Some(search);
    page.notes
        .extend(nearest_said(l, NO_SOLUTION_HAS_ALL, found.nearest, found.total));
    // Of a search the best are shown: how many they are says little.
    page.table = Some(match asked.words.is_empty() {
        true => listed.in_all(l, found.total),
        false => listed,
    });
    page.more = asked.next_link(l, "/losningar", &found.next_page_token);
    page.draw(&user)
}
