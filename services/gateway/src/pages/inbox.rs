//! What has come in: by state and age, and by words.

use super::Asked;
use super::ideas::{pager, table};
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
        limit: 50,
        offset: asked.from_row,
    };
    let inbox = user.services().ideas.list_inbox(request).await;
    let inbox = inbox.map_err(|status| user.web_error(&status))?.into_inner();
    let mut page = Page::new(l.t("Inkorg", "Inbox")).intro(l.t("De äldsta står först.", "The oldest come first."));

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
        .line("ord", l.t("Ord i idén", "Words in the idea"))
        .value(asked.words.clone());
    let mut problem = String::new();
    if asked.words.is_empty() {
        let empty = l.t("Här är tomt.", "There is nothing here.");
        let caption = match phase {
            0 => l.t("Idéer", "Ideas").to_owned(),
            _ => phrases::idea_phase(l, pb::Phase::try_from(phase).unwrap_or_default()).to_owned(),
        };
        let mut parts: Vec<Part> = vec![table(l, &caption, empty, &inbox.ideas).into()];
        parts.extend(pager(
            l,
            &format!("/inkorg?lage={}&", asked.state),
            asked.from_row,
            inbox.ideas.len(),
            inbox.total,
        ));
        page.section("", parts);
    } else {
        let request = pb::SearchIdeasRequest {
            query: user.asks(None),
            words: asked.words.clone(),
            limit: 50,
        };
        match user.services().ideas.search_ideas(request).await {
            Ok(found) => {
                let empty = l.t("Ingen idé har de orden.", "No idea has these words.");
                page.section(
                    "",
                    vec![table(l, &asked.words, empty, &found.into_inner().ideas).into()],
                );
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
