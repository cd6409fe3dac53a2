//! The catalogue.

use super::list::{List, Listed};
use super::search::{NO_SOLUTION_HAS_ALL, nearest_said};
use super::{Asked, titles};
use crate::components::{Badges, Card, Cards, Empty, Link, Row, Table, Wording, facts, in_all};
use crate::error::WebError;
use crate::phrases;
use crate::session::User;
use axum::extract::Query;
use axum::response::Response;
use idesluss_proto::Choices as _;
use idesluss_proto::pb::sharing as pb;
use std::collections::BTreeMap;

/// Solutions, a line each.
pub(super) fn table(user: &User, caption: &str, rows: &[pb::SolutionRow]) -> Table {
    let l = user.lang;
    let row = |row: &pb::SolutionRow| Row {
        href: address(row),
        cells: vec![
            title(user, row),
            phrases::kind(l, row.kind()).into(),
            user.organisation_name(&row.organisation).into(),
            format!("{} ({})", row.in_use, row.adoptions).into(),
            row.benefits.to_string().into(),
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
    Table::new(caption, head)
        .rows(rows.iter().map(row))
        .or(l.t("solutions-none-has-these-words"))
}

fn address(row: &pb::SolutionRow) -> String {
    format!("/losningar/{}", row.solution)
}

fn title(user: &User, row: &pb::SolutionRow) -> Wording {
    Wording::written(&row.title).or(user.lang.t("solutions-draft-without-a-title"))
}

/// What drafts are about that nobody has given a title yet: the ideas that they come from.
pub(super) async fn of_drafts(user: &User, rows: &[pb::SolutionRow]) -> BTreeMap<String, Wording> {
    let untitled = rows.iter().filter(|row| row.title.is_empty());
    titles::of_ideas(user, untitled.map(|row| &*row.idea)).await
}

/// The same as a card: what it is, whose, and who uses it.
fn card(user: &User, row: &pb::SolutionRow, ideas: &BTreeMap<String, Wording>) -> Card {
    let l = user.lang;
    let counted = |number: u32| match number {
        0 => String::new(),
        number => l.grouped(number.into()),
    };
    Card {
        title: ideas.get(&row.idea).cloned().unwrap_or_else(|| title(user, row)),
        href: address(row),
        badges: Badges::default().and(phrases::kind(l, row.kind()), false),
        about: facts([
            (l.t("common-from-2"), user.organisation_name(&row.organisation)),
            (l.t("common-adoptions"), counted(row.adoptions)),
            (l.t("solutions-in-use"), counted(row.in_use)),
            (l.t("solutions-measurements"), counted(row.benefits)),
        ]),
        ..Card::default()
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
    let ideas = of_drafts(&user, &found.solutions).await;
    // Without a choice the service lists what is offered.
    let shown = match pb::SolutionPhase::try_from(phase) {
        Ok(phase) if phase != pb::SolutionPhase::Unspecified => phase,
        _ => pb::SolutionPhase::Published,
    };
    let search = asked.search(l, "/losningar", l.t("solutions-search-solutions"));
    let search = search.problem(problem);
    let mut page = List::new(&user, l.t("common-solutions"));
    let mut facets = vec![asked.kinds(l, "/losningar", l.t("common-kind"), |kind| phrases::kind(l, kind))];
    if user.may::<pb::PublishSolutionRequest>() {
        let mut phases = pb::SolutionPhase::ALL.to_vec();
        // What is shown without a choice stands first.
        phases.sort_by_key(|phase| *phase != pb::SolutionPhase::Published);
        let value = |phase: pb::SolutionPhase| i32::from(phase).to_string();
        let phases = phases
            .into_iter()
            .map(|phase| (value(phase), phrases::solution_phase(l, phase), String::new()));
        let label = l.t("common-state");
        facets.insert(0, asked.states("/losningar", label, Some(&value(shown)), phases));
    }
    page = page.facets(facets);
    page.intro = l.t("solutions-what-works-to-be-copied");
    page.search = Some(search);
    page.notes
        .extend(nearest_said(l, NO_SOLUTION_HAS_ALL, found.nearest, found.total).map(str::to_owned));
    let caption = phrases::solution_phase(l, shown);
    page.listed = Listed::Cards(Cards {
        // Of a search the best are shown: how many they are says little.
        caption: match asked.words.is_empty() {
            true => in_all(l, &caption, found.total),
            false => caption,
        },
        cards: found.solutions.iter().map(|row| card(&user, row, &ideas)).collect(),
        empty: empty(&user, &asked),
    });
    page.pager = asked.pager(l, "/losningar", &found.next_page_token);
    page.draw(&user)
}

/// What stands in the catalogue when nothing does.
fn empty(user: &User, asked: &Asked) -> Empty {
    let l = user.lang;
    if asked.is_of_all() {
        let next = user.link::<pb::PublishSolutionRequest>(
            &asked.address("/losningar", |asked| {
                asked.state = i32::from(pb::SolutionPhase::Drafted).to_string();
            }),
            "solutions-to-the-drafts",
        );
        return Empty::new(l.t("solutions-none-is-published"), next);
    }
    let all = Link::new("/losningar", l.t("solutions-show-all"));
    let said = match asked.words.is_empty() {
        true => l.t("solutions-no-solution-was-found"),
        false => l.t("solutions-none-has-these-words"),
    };
    Empty::new(said, Some(all))
}
