//! What has come in: by state and age, and by words.

use super::Asked;
use super::ideas::table;
use super::list::{List, Listed};
use super::search::{NO_IDEA_HAS_ALL, nearest_said};
use crate::components::{Empty, Facet, Link};
use crate::error::WebError;
use crate::lang::Lang;
use crate::phrases;
use crate::session::User;
use axum::extract::Query;
use axum::response::Response;
use idesluss_proto::MOST_FOUND;
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
    // All that came in is searched, wherever it stands.
    let everywhere = Asked {
        words: asked.words.clone(),
        ..Asked::default()
    };
    let mut search = everywhere.search(l, "/inkorg", l.t("inbox-words-in-the-idea-or"));
    let mut page = List::new(&user, l.t("common-inbox")).facets(vec![states(l, &asked, &inbox.counts)]);
    if is_search {
        let most = MOST_FOUND.to_string();
        page.notes
            .push(l.say("inbox-the-best-match-stands-first", &[("max", &most)]));
        let request = pb::SearchIdeasRequest {
            query: user.asks(None),
            words: asked.words.clone(),
            page_size: 0,
            page_token: asked.page_token.clone(),
        };
        match user.services().ask(request).await {
            Ok(found) => {
                let empty = Empty::new(l.t("common-no-idea-has-these-words"), Some(to_all(l)));
                page.notes
                    .extend(nearest_said(l, NO_IDEA_HAS_ALL, found.nearest, found.total).map(str::to_owned));
                page.listed = Listed::Table(table(l, &asked.words, empty, &found.ideas));
                page.pager = asked.pager(l, "/inkorg", &found.next_page_token);
            }
            Err(status) => search = search.problem(user.search_problem(&status)?),
        }
    } else {
        page.notes.push(l.t("inbox-those-that-came-to-the").to_owned());
        let caption = match phase {
            0 => l.t("common-ideas").to_owned(),
            _ => phrases::idea_phase(l, pb::Phase::try_from(phase).unwrap_or_default()).to_owned(),
        };
        let empty = match asked.is_of_all() {
            true => Empty::new(
                l.t("inbox-nothing-has-come-in"),
                user.link::<pb::ListCallsRequest>("/utlysningar", "inbox-to-the-calls"),
            ),
            false => Empty::new(l.t("inbox-no-idea-stands-there"), Some(to_all(l))),
        };
        page.listed = Listed::Table(table(l, &caption, empty, &inbox.ideas).in_all(l, inbox.total));
        page.pager = asked.pager(l, "/inkorg", &inbox.next_page_token);
    }
    page.search = Some(search);
    page.draw(&user)
}

/// Leads to all that has come in.
fn to_all(l: Lang) -> Link {
    Link::new("/inkorg", l.t("inbox-show-all"))
}

/// Where ideas stand, each with how many. What was found by words stands nowhere in particular.
fn states(l: Lang, asked: &Asked, counts: &[pb::PhaseCount]) -> Facet {
    let all: u64 = counts.iter().map(|count| count.count).sum();
    let mut states = vec![(String::new(), l.t("common-all").to_owned(), l.grouped(all))];
    states.extend(counts.iter().map(|count| {
        let name = phrases::idea_phase(l, count.phase());
        (count.phase.to_string(), name, l.grouped(count.count))
    }));
    let erasure = l.t("inbox-erasure-requested").to_owned();
    states.push((ERASURE.to_owned(), erasure, String::new()));
    let here = asked.words.is_empty().then_some(&*asked.state);
    let listed = Asked {
        words: String::new(),
        ..asked.clone()
    };
    listed.states("/inkorg", l.t("common-state"), here, states)
}
