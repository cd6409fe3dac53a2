//! What has come in: by state and age, and by words.

use super::Asked;
use super::ideas::table;
use super::list::List;
use super::search::{NO_IDEA_HAS_ALL, nearest_said};
use crate::components::Tab;
use crate::error::WebError;
use crate::form::Form;
use crate::lang::Lang;
use crate::phrases;
use crate::session::User;
use axum::extract::Query;
use axum::response::Response;
use idesluss_proto::pb::submission as pb;

/// The state in which an erasure waits, as an address says it.
const ERASURE: &str = "radering";

pub(super) async fn page(user: User, Query(asked): Query<Asked>) -> Result<Response, WebError> {
    let l = user.lang;
    let phase: i32 = asked.state.parse().unwrap_or(0);
    let is_search = !asked.words.is_empty();
    let request = pb::ListInboxRequest {
        query: user.asks(asked.after.as_deref()),
        phases: if phase == 0 { Vec::new() } else { vec![phase] },
        erasure_requested: asked.state == ERASURE,
        page_size: 0,
        // A search has pages of its own.
        page_token: if is_search {
            String::new()
        } else {
            asked.page_token.clone()
        },
    };
    let inbox = user.services().ask(request).await;
    let inbox = inbox.map_err(|status| user.web_error(&status))?;
    let mut search = Form::new("/inkorg", l.t("common-search"))
        .search()
        .line("ord", l.t("inbox-words-in-the-idea-or"))
        .value(asked.words.clone());
    let mut page =
        List::new(&user, l.t("common-inbox")).tabs(tabs(l, &inbox.counts, (!is_search).then_some(&*asked.state)));
    if is_search {
        page.notes.push(l.t("inbox-the-best-match-stands-first"));
        let request = pb::SearchIdeasRequest {
            query: user.asks(None),
            words: asked.words.clone(),
            page_size: 0,
            page_token: asked.page_token.clone(),
        };
        match user.services().ask(request).await {
            Ok(found) => {
                let empty = l.t("common-no-idea-has-these-words");
                page.notes
                    .extend(nearest_said(l, NO_IDEA_HAS_ALL, found.nearest, found.total));
                page.table = Some(table(l, &asked.words, empty, &found.ideas));
                page.more = asked.next_link(l, "/inkorg", &found.next_page_token);
            }
            Err(status) => search = search.problem(user.search_problem(&status)?),
        }
    } else {
        page.notes.push(l.t("inbox-those-that-came-to-the"));
        let caption = match phase {
            0 => l.t("common-ideas").to_owned(),
            _ => phrases::idea_phase(l, pb::Phase::try_from(phase).unwrap_or_default()).to_owned(),
        };
        let empty = l.t("common-there-is-nothing-here");
        page.table = Some(table(l, &caption, empty, &inbox.ideas).in_all(l, inbox.total));
        page.more = asked.next_link(l, "/inkorg", &inbox.next_page_token);
    }
    page.search = Some(search);
    page.draw(&user)
}

/// Where ideas stand, each with how many; `here` is what is looked at, None: what was found.
fn tabs(l: Lang, counts: &[pb::PhaseCount], here: Option<&str>) -> Vec<Tab> {
    let all: u64 = counts.iter().map(|count| count.count).sum();
    let tab = |state: String, text: String, count: String| Tab {
        current: here == Some(&*state),
        href: match state.is_empty() {
            true => "/inkorg".to_owned(),
            false => format!("/inkorg?lage={state}"),
        },
        text,
        count,
    };
    let mut tabs = vec![tab(String::new(), l.t("common-all").to_owned(), l.grouped(all))];
    tabs.extend(counts.iter().map(|count| {
        let state = count.phase.to_string();
        tab(state, phrases::idea_phase(l, count.phase()), l.grouped(count.count))
    }));
    tabs.push(tab(
        ERASURE.to_owned(),
        l.t("inbox-erasure-requested").to_owned(),
        String::new(),
    ));
    tabs
}
