//! What has the same words, ideas and solutions in one answer, each as far as its service shows it to whoever asks.

use super::{Asked, ideas, in_address, solutions};
use crate::components::Link;
use crate::error::WebError;
use crate::form::Form;
use crate::frame::Frame;
use crate::lang::Lang;
use crate::legacy::{Page, Part};
use crate::refill::WithForms as _;
use crate::session::User;
use axum::extract::Query;
use axum::response::Response;
use idesluss_proto::pb::sharing as sh;
use idesluss_proto::pb::submission as sub;

/// So many of each are shown here; the inbox and the catalogue have the rest.
const OF_EACH: u32 = 10;

/// What is said where nothing has all the words.
pub(super) const NO_IDEA_HAS_ALL: &str = "search-no-idea-has-all";
pub(super) const NO_SOLUTION_HAS_ALL: &str = "search-no-solution-has-all";

/// What is said of those that lack some of the words.
pub(super) fn nearest(l: Lang, none_has_all: &'static str, nearest: u64, total: u64) -> Option<Part> {
    nearest_said(l, none_has_all, nearest, total).map(|said| Part::Note(said.to_owned()))
}

/// The same as a sentence.
pub(super) fn nearest_said(l: Lang, none_has_all: &'static str, nearest: u64, total: u64) -> Option<&'static str> {
    match nearest {
        0 => None,
        all if all == total => Some(l.t(none_has_all)),
        _ => Some(l.t("search-those-that-have-all-the")),
    }
}

pub(super) async fn page(user: User, Query(asked): Query<Asked>) -> Result<Response, WebError> {
    let l = user.lang;
    let form = Form::new("/sok", l.t("common-search"))
        .search()
        .line("ord", l.t("search-words-or-an-ideas-reference"))
        .value(asked.words.clone());
    let mut page = Page::new(Frame::of(&user), l.t("common-search")).intro(l.t("search-ideas-and-solutions-that-you"));
    if asked.words.trim().is_empty() {
        page.section("", vec![form.into()]);
        return page.draw(&user);
    }
    let ideas_asked = user.may::<sub::SearchIdeasRequest>().then(|| sub::SearchIdeasRequest {
        query: user.asks(None),
        words: asked.words.clone(),
        page_size: OF_EACH,
        page_token: String::new(),
    });
    let solutions_asked = sh::ListSolutionsRequest {
        query: user.asks(None),
        words: asked.words.clone(),
        page_size: OF_EACH,
        ..sh::ListSolutionsRequest::default()
    };
    let services = user.services();
    let of_ideas = async {
        match ideas_asked {
            Some(asked) => services.ask(asked).await.map(Some),
            None => Ok(None),
        }
    };
    let (found_ideas, found_solutions) = match tokio::join!(of_ideas, services.ask(solutions_asked)) {
        (Ok(ideas), Ok(solutions)) => (ideas, solutions),
        (Err(status), _) | (_, Err(status)) => {
            let problem = user.search_problem(&status)?;
            page.section("", vec![form.problem(problem).into()]);
            return page.draw(&user);
        }
    };
    page.section("", vec![form.into()]);
    let more = |path: &str, text: &str, token: &str| {
        let link = Link {
            href: format!("{path}?ord={}", in_address(&asked.words)),
            text: text.to_owned(),
        };
        (!token.is_empty()).then(|| Part::Links(vec![link]))
    };
    if let Some(found) = found_ideas {
        let mut parts: Vec<Part> = Vec::new();
        parts.extend(nearest(l, NO_IDEA_HAS_ALL, found.nearest, found.total));
        let empty = l.t("common-no-idea-has-these-words");
        parts.push(ideas::table(l, &hits(l, found.total, found.limited), empty, &found.ideas).into());
        let text = l.t("search-more-ideas-in-the-inbox");
        parts.extend(more("/inkorg", text, &found.next_page_token));
        page.section(l.t("common-ideas"), parts);
    }
    let found = found_solutions;
    let mut parts: Vec<Part> = Vec::new();
    parts.extend(nearest(l, NO_SOLUTION_HAS_ALL, found.nearest, found.total));
    parts.push(solutions::table(&user, &hits(l, found.total, found.limited), &found.solutions).into());
    let text = l.t("search-more-solutions-in-the-catalogue");
    parts.extend(more("/losningar", text, &found.next_page_token));
    page.section(l.t("common-solutions"), parts);
    page.draw(&user)
}

/// How many were found; where there may be more, that these are the best.
fn hits(l: Lang, total: u64, limited: bool) -> String {
    match total {
        1 => l.t("search-1-hit").to_owned(),
        _ if limited => {
            let (the, best) = (l.t("search-the"), l.t("search-best-hits"));
            format!("{the} {total} {best}")
        }
        _ => format!("{total} {}", l.t("search-hits")),
    }
}
