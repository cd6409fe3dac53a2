//! What has the same words, ideas and solutions in one answer, each as far as its service shows it to whoever asks.

use super::{Asked, ideas, solutions};
use crate::error::WebError;
use crate::lang::Lang;
use crate::session::User;
use crate::view::{Form, Page, Part};
use axum::extract::Query;
use axum::response::Response;
use idesluss_proto::pb::sharing as sh;
use idesluss_proto::pb::submission as sub;

/// So many of each are shown here; the inbox and the catalogue have the rest.
const OF_EACH: u32 = 10;

/// What is said where nothing has all the words.
pub(super) const NO_IDEA_HAS_ALL: (&str, &str) = (
    "Ingen idé har alla orden. Här är de som ligger närmast.",
    "No idea has all the words. These are the nearest.",
);
pub(super) const NO_SOLUTION_HAS_ALL: (&str, &str) = (
    "Ingen lösning har alla orden. Här är de som ligger närmast.",
    "No solution has all the words. These are the nearest.",
);

/// What is said of those that lack some of the words.
pub(super) fn nearest(l: Lang, none_has_all: (&'static str, &'static str), nearest: u64, total: u64) -> Option<Part> {
    if nearest == 0 {
        return None;
    }
    let said = if nearest == total {
        l.t(none_has_all.0, none_has_all.1)
    } else {
        l.t(
            "De som har alla orden står först. Sedan kommer de som ligger närmast.",
            "Those that have all the words stand first. The nearest follow.",
        )
    };
    Some(Part::Note(said.to_owned()))
}

pub(super) async fn page(user: User, Query(asked): Query<Asked>) -> Result<Response, WebError> {
    let l = user.lang;
    let form = Form::new("/sok", l.t("Sök", "Search"))
        .search()
        .line(
            "ord",
            l.t("Ord, eller en idés referens", "Words, or an idea's reference"),
        )
        .value(asked.words.clone());
    let mut page = Page::new(l.t("Sök", "Search")).intro(l.t(
        "Idéer i er inkorg och lösningar som ni kan se. Delar av ord, andra former och felskrivningar hittas också.",
        "Ideas in your inbox, and solutions that you can see. Parts of words, other forms and misspellings are found too.",
    ));
    if asked.words.trim().is_empty() {
        page.section("", vec![form.into()]);
        return page.draw(&user);
    }
    let ideas_asked = sub::SearchIdeasRequest {
        query: user.asks(None),
        words: asked.words.clone(),
        page_size: OF_EACH,
        page_token: String::new(),
    };
    let solutions_asked = sh::ListSolutionsRequest {
        query: user.asks(None),
        words: asked.words.clone(),
        page_size: OF_EACH,
        ..sh::ListSolutionsRequest::default()
    };
    let services = user.services();
    let (found_ideas, found_solutions) = tokio::join!(services.ask(ideas_asked), services.ask(solutions_asked));
    let (found_ideas, found_solutions) = match (found_ideas, found_solutions) {
        (Ok(ideas), Ok(solutions)) => (ideas, solutions),
        (Err(status), _) | (_, Err(status)) => {
            let problem = user.search_problem(&status)?;
            page.section("", vec![form.problem(problem).into()]);
            return page.draw(&user);
        }
    };
    page.section("", vec![form.into()]);
    let mut parts: Vec<Part> = Vec::new();
    parts.extend(nearest(l, NO_IDEA_HAS_ALL, found_ideas.nearest, found_ideas.total));
    let empty = l.t("Ingen idé har de orden.", "No idea has these words.");
    parts.push(ideas::table(l, &asked.words, empty, &found_ideas.ideas).into());
    parts.extend(asked.next(l, "/inkorg", &found_ideas.next_page_token));
    page.section(l.t("Idéer", "Ideas"), parts);
    let mut parts: Vec<Part> = Vec::new();
    parts.extend(nearest(
        l,
        NO_SOLUTION_HAS_ALL,
        found_solutions.nearest,
        found_solutions.total,
    ));
    parts.push(solutions::table(&user, &asked.words, &found_solutions.solutions).into());
    parts.extend(asked.next(l, "/losningar", &found_solutions.next_page_token));
    page.section(l.t("Lösningar", "Solutions"), parts);
    page.draw(&user)
}
