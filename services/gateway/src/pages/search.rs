//! What has the same words, ideas and solutions in one answer, each as far as its service shows it to whoever asks.

use super::{Asked, ideas, in_address, solutions};
use crate::components::{Link, Table};
use crate::error::WebError;
use crate::form::Form;
use crate::frame::Frame;
use crate::lang::Lang;
use crate::session::User;
use crate::view::drawn;
use askama::Template;
use axum::extract::Query;
use axum::response::Response;
use idesluss_proto::pb::sharing as sh;
use idesluss_proto::pb::submission as sub;

/// What was found, under the form that asks for it.
#[derive(Template)]
#[template(path = "search.html")]
struct SearchPage {
    frame: Frame,
    form: Form,
    /// None: nobody has looked, or whoever looks sees none.
    ideas: Option<Found>,
    solutions: Option<Found>,
}

/// What was found of one kind.
struct Found {
    /// That some of it lacks some of the words; empty: it does not.
    note: &'static str,
    table: Table,
    /// Leads to the rest, in a list of its own; None: this is all.
    more: Option<Link>,
}

/// So many of each are shown here; the inbox and the catalogue have the rest.
const OF_EACH: u32 = 10;

/// What is said where nothing has all the words.
pub(super) const NO_IDEA_HAS_ALL: &str = "search-no-idea-has-all";
pub(super) const NO_SOLUTION_HAS_ALL: &str = "search-no-solution-has-all";

/// What is said of those that lack some of the words.
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
    let mut page = SearchPage {
        frame: Frame::of(&user),
        form,
        ideas: None,
        solutions: None,
    };
    if !asked.words.trim().is_empty() {
        page.look(&user, &asked.words).await?;
    }
    drawn(&user, &page)
}

impl SearchPage {
    async fn look(&mut self, user: &User, words: &str) -> Result<(), WebError> {
        let l = user.lang;
        let ideas_asked = user.may::<sub::SearchIdeasRequest>().then(|| sub::SearchIdeasRequest {
            query: user.asks(None),
            words: words.to_owned(),
            page_size: OF_EACH,
            page_token: String::new(),
        });
        let solutions_asked = sh::ListSolutionsRequest {
            query: user.asks(None),
            words: words.to_owned(),
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
        let (ideas, solutions) = match tokio::join!(of_ideas, services.ask(solutions_asked)) {
            (Ok(ideas), Ok(solutions)) => (ideas, solutions),
            (Err(status), _) | (_, Err(status)) => {
                let problem = user.search_problem(&status)?;
                self.form
                    .fields
                    .iter_mut()
                    .for_each(|field| field.problem.clone_from(&problem));
                return Ok(());
            }
        };
        let more = |path: &str, text: &'static str, token: &str| {
            (!token.is_empty()).then(|| Link::new(format!("{path}?ord={}", in_address(words)), l.t(text)))
        };
        self.ideas = ideas.map(|found| {
            let (hits, empty) = (
                hits(l, found.total, found.limited),
                l.t("common-no-idea-has-these-words"),
            );
            Found {
                note: nearest_said(l, NO_IDEA_HAS_ALL, found.nearest, found.total).unwrap_or_default(),
                table: ideas::table(l, &hits, empty, &found.ideas),
                more: more("/inkorg", "search-more-ideas-in-the-inbox", &found.next_page_token),
            }
        });
        let hits = hits(l, solutions.total, solutions.limited);
        self.solutions = Some(Found {
            note: nearest_said(l, NO_SOLUTION_HAS_ALL, solutions.nearest, solutions.total).unwrap_or_default(),
            table: solutions::table(user, &hits, &solutions.solutions),
            more: more(
                "/losningar",
                "search-more-solutions-in-the-catalogue",
                &solutions.next_page_token,
            ),
        });
        Ok(())
    }
}

/// How many were found; where there may be more, that these are the best.
fn hits(l: Lang, total: u64, limited: bool) -> String {
    let name = match limited {
        true => "search-best-hits",
        false => "search-hits",
    };
    l.say(name, &[("total", &total.to_string())])
}
