//! What has come in: by state and age, and by words.

use super::Asked;
use super::ideas::table;
use super::search::{NO_IDEA_HAS_ALL, nearest};
use crate::error::WebError;
use crate::phrases;
use crate::session::User;
use crate::view::{Form, Link, Page, Part};
use axum::extract::Query;
use axum::response::Response;
use idesluss_proto::pb::submission as pb;

pub(super) async fn page(user: User, Query(asked): Query<Asked>) -> Result<Response, WebError> {
    let l = user.lang;
    let phase: i32 = asked.state.parse().unwrap_or(0);
    let request = pb::ListInboxRequest {
        query: user.asks(asked.after.as_deref()),
        phases: if phase == 0 { Vec::new() } else { vec![phase] },
        erasure_requested: asked.state == "radering",
        page_size: 0,
        // A search has pages of its own.
        page_token: if asked.words.is_empty() {
            asked.page_token.clone()
        } else {
            String::new()
        },
    };
    let inbox = user.services().ask(request).await;
    let inbox = inbox.map_err(|status| user.web_error(&status))?;
    let order = if asked.words.is_empty() {
        l.t(
            "De som kom först till slussen står först.",
            "Those that came to the sluice first stand first.",
        )
    } else {
        l.t(
            "Bästa träffen står först. Delar av ord, andra former och de flesta felskrivningar hittas också. Högst 200 visas: skriv fler ord för att hitta den du söker.",
            "The best match stands first. Parts of words, other forms and most misspellings are found too. At most 200 are shown: write more words to find yours.",
        )
    };
    let mut page = Page::new(l.t("Inkorg", "Inbox")).intro(order);

    let all: u64 = inbox.counts.iter().map(|count| count.count).sum();
    let mut links = vec![Link {
        href: "/inkorg".to_owned(),
        text: format!("{} ({all})", l.t("Alla", "All")),
    }];
    links.extend(inbox.counts.iter().map(|count| Link {
        href: format!("/inkorg?lage={}", count.phase),
        text: format!("{} ({})", phrases::idea_phase(l, count.phase()), count.count),
    }));
    links.push(Link {
        href: "/inkorg?lage=radering".to_owned(),
        text: l.t("Begäran om radering", "Erasure requested").to_owned(),
    });
    let search = Form::new("/inkorg", l.t("Sök", "Search"))
        .search()
        .line(
            "ord",
            l.t("Ord i idén, eller dess referens", "Words in the idea, or its reference"),
        )
        .value(asked.words.clone());
    let mut problem = String::new();
    if asked.words.is_empty() {
        let empty = l.t("Här är tomt.", "There is nothing here.");
        let caption = match phase {
            0 => l.t("Idéer", "Ideas").to_owned(),
            _ => phrases::idea_phase(l, pb::Phase::try_from(phase).unwrap_or_default()).to_owned(),
        };
        let mut parts: Vec<Part> = vec![table(l, &caption, empty, &inbox.ideas).in_all(l, inbox.total).into()];
        parts.extend(asked.next(l, "/inkorg", &inbox.next_page_token));
        page.section("", parts);
    } else {
        let request = pb::SearchIdeasRequest {
            query: user.asks(None),
            words: asked.words.clone(),
            page_size: 0,
            page_token: asked.page_token.clone(),
        };
        match user.services().ask(request).await {
            Ok(found) => {
                let empty = l.t("Ingen idé har de orden.", "No idea has these words.");
                let mut parts: Vec<Part> = Vec::new();
                parts.extend(nearest(l, NO_IDEA_HAS_ALL, found.nearest, found.total));
                parts.push(table(l, &asked.words, empty, &found.ideas).into());
                parts.extend(asked.next(l, "/inkorg", &found.next_page_token));
                page.section("", parts);
            }
            Err(status) => problem = user.search_problem(&status)?,
        }
    }
    page.section(
        l.t("Visa", "Show"),
        vec![Part::Links(links), search.problem(problem).into()],
    );
    page.draw(&user)
}
