//! One's own ideas, and a new one.

use super::{Asked, back_to};
use crate::error::WebError;
use crate::lang::Lang;
use crate::phrases;
use crate::posted::Posted;
use crate::session::User;
use crate::view::{Form, Link, Page, Part, Row, Table, moment, text};
use axum::extract::{Form as Sent, Query};
use axum::response::Response;
use idesluss_proto::pb::submission as pb;
use uuid::Uuid;

/// The version of the terms that a submitter accepts.
const TERMS: &str = "2026-1";

/// A row of a list of ideas.
pub(super) fn row(l: Lang, row: &pb::IdeaRow) -> Row {
    let title = text(l, row.title.as_ref());
    let due = match (row.answer_due.as_str(), row.overdue) {
        ("", _) => String::new(),
        (due, true) => format!("{due} {}", l.t("(försenat)", "(overdue)")),
        (due, false) => due.to_owned(),
    };
    let answered = row.phase() != pb::Phase::Submitted;
    Row {
        href: format!("/ideer/{}", row.idea),
        cells: vec![
            if title.is_empty() {
                l.t("(utan titel)", "(no title)").to_owned()
            } else {
                title
            },
            phrases::idea_phase(l, row.phase()).to_owned(),
            row.reference.clone(),
            moment(&row.submitted_at),
            if answered { String::new() } else { due },
        ],
        urgent: row.overdue && !answered,
    }
}

/// A table of ideas.
pub(super) fn table(l: Lang, caption: &str, empty: &str, rows: &[pb::IdeaRow]) -> Table {
    let head = [
        l.t("Idé", "Idea"),
        l.t("Läge", "State"),
        l.t("Referens", "Reference"),
        l.t("Inlämnad", "Submitted"),
        l.t("Svar senast", "Answer by"),
    ];
    Table {
        caption: caption.to_owned(),
        head: head.map(str::to_owned).to_vec(),
        rows: rows.iter().map(|found| row(l, found)).collect(),
        empty: empty.to_owned(),
    }
}

/// Links to the rows before and after.
pub(super) fn pager(l: Lang, path: &str, from: u32, shown: usize, total: u64) -> Vec<Part> {
    let shown = u32::try_from(shown).unwrap_or(u32::MAX);
    let link = |from: u32, text: &str| Link {
        href: format!("{path}fran={from}"),
        text: text.to_owned(),
    };
    let mut links = Vec::new();
    if from > 0 {
        links.push(link(from.saturating_sub(50), l.t("Föregående", "Previous")));
    }
    if u64::from(from.saturating_add(shown)) < total {
        links.push(link(from + shown, l.t("Nästa", "Next")));
    }
    if links.is_empty() {
        Vec::new()
    } else {
        vec![Part::Links(links)]
    }
}

pub(super) async fn mine(user: User, Query(asked): Query<Asked>) -> Result<Response, WebError> {
    let l = user.lang;
    let request = pb::ListMyIdeasRequest {
        query: user.asks(asked.after.as_deref()),
        limit: 50,
        offset: asked.from_row,
    };
    let found = user.services().ideas.list_my_ideas(request).await;
    let found = found.map_err(|status| user.web_error(&status))?.into_inner();
    let mut page = Page::new(l.t("Mina idéer", "My ideas"));
    let empty = l.t(
        "Du har inte lämnat någon idé än.",
        "You have not submitted an idea yet.",
    );
    let mut parts: Vec<Part> = vec![
        table(
            l,
            l.t("Dina idéer, den nyaste först", "Your ideas, the newest first"),
            empty,
            &found.ideas,
        )
        .into(),
    ];
    parts.extend(pager(l, "/ideer?", asked.from_row, found.ideas.len(), found.total));
    let proposals = found.proposals.iter().flat_map(|proposal| {
        let question = format!(
            "{} {} {}",
            user.name(&proposal.proposed_by),
            l.t("vill ha dig som medförfattare till:", "wants you as a co-author of:"),
            text(l, proposal.title.as_ref()),
        );
        [Part::Note(question), super::idea_forms::asked(l, &proposal.idea).into()]
    });
    page.section(l.t("Frågor till dig", "Questions to you"), proposals.collect());
    let submit = l.t("Lämna en ny idé", "Submit a new idea");
    parts.push(Part::Links(vec![Link {
        href: "/ideer/ny".to_owned(),
        text: submit.to_owned(),
    }]));
    page.section("", parts);
    page.draw(&user)
}

#[derive(Debug, Default, serde::Deserialize)]
#[serde(default)]
pub(super) struct New {
    #[serde(rename = "utlysning")]
    call: String,
    /// What has been written so far, to look for similar ideas.
    text: String,
}

pub(super) async fn new(user: User, Query(asked): Query<New>) -> Result<Response, WebError> {
    build(&user, asked).await?.draw(&user)
}

async fn build(user: &User, asked: New) -> Result<Page, WebError> {
    let l = user.lang;
    let mut page = Page::new(l.t("Lämna en idé", "Submit an idea")).intro(l.t(
        "Skriv med egna ord. Du får ett kvitto direkt, och svar av en människa inom tio arbetsdagar.",
        "Use your own words. You get a receipt at once, and an answer from a person within ten working days.",
    ));
    let owners = crate::view::choices([
        (
            1,
            l.t(
                "Min organisation får använda den fritt",
                "My organisation may use it freely",
            ),
        ),
        (2, l.t("Jag äger den själv", "I own it myself")),
        (3, l.t("Vi delar på den", "We share it")),
    ]);
    let mut form = Form::new("/ideer", l.t("Lämna idén", "Submit the idea"))
        .line("title", l.t("Vad ska idén heta?", "What is the idea called?"))
        .lines(
            "problem",
            l.t("Vilket problem eller behov finns?", "What is the problem or need?"),
        )
        .optional()
        .help(l.t(
            "Skriv inte namn på brukare eller anhöriga.",
            "Do not write the names of service users or relatives.",
        ))
        .lines("proposal", l.t("Vad föreslår du?", "What do you propose?"))
        .optional()
        .lines("benefit", l.t("Vad skulle det ge?", "What would it give?"))
        .optional()
        .line(
            "area",
            l.t(
                "Vilken verksamhet gäller det?",
                "Which part of the work does it concern?",
            ),
        )
        .optional()
        .radio("owner", l.t("Vem äger idén?", "Who owns the idea?"), owners)
        .value("1")
        .tick(
            "terms",
            l.t(
                "Jag har läst och godtar villkoren för idéer (2026-1).",
                "I have read and accept the terms for ideas (2026-1).",
            ),
        )
        // The id stands in addresses that assessors see: it tells nothing of when the idea came.
        .hidden("idea", Uuid::new_v4().to_string());
    if !asked.call.is_empty() {
        form = form.hidden("call", asked.call);
    }
    let mut similar: Vec<Part> = Vec::new();
    let look = Form::new("/ideer/ny", l.t("Leta", "Look"))
        .search()
        .line(
            "text",
            l.t("Beskriv idén med några ord", "Describe the idea in a few words"),
        )
        .value(asked.text.clone());
    let mut problem = String::new();
    if !asked.text.is_empty() {
        let request = pb::FindSimilarIdeasRequest {
            query: user.asks(None),
            text: asked.text,
            idea: String::new(),
        };
        match user.services().ideas.find_similar_ideas(request).await {
            Ok(found) => {
                let empty = l.t("Ingen liknande idé hittades.", "No similar idea was found.");
                let caption = l.t("Liknande idéer", "Similar ideas");
                similar.push(table(l, caption, empty, &found.into_inner().ideas).into());
            }
            Err(status) => problem = user.search_problem(&status)?,
        }
    }
    similar.push(look.problem(problem).into());
    page.section(
        l.t("Har någon redan tänkt på det?", "Has somebody thought of it already?"),
        similar,
    );
    page.section(l.t("Din idé", "Your idea"), vec![form.into()]);
    Ok(page)
}

pub(super) async fn submit(user: User, Sent(fields): Sent<Vec<(String, String)>>) -> Result<Response, WebError> {
    let posted = Posted(fields);
    let request = pb::SubmitIdeaRequest {
        command: posted.command(&user)?,
        idea: posted.get("idea"),
        title: posted.get("title"),
        problem: posted.get("problem"),
        proposal: posted.get("proposal"),
        expected_benefit: posted.get("benefit"),
        area: posted.get("area"),
        call: posted.get("call"),
        terms: if posted.ticked("terms") {
            TERMS.to_owned()
        } else {
            String::new()
        },
        owner: posted.choice("owner"),
    };
    match user.services().submission.submit_idea(request).await {
        Ok(answer) => {
            let answer = answer.into_inner();
            Ok(back_to(&format!("/ideer/{}", answer.idea), answer.token))
        }
        Err(status) => {
            // Similar ideas may help, but the form must come back even where its title is nothing to look for.
            let asked = |text| New {
                call: posted.get("call"),
                text,
            };
            let drawn = match build(&user, asked(posted.get("title"))).await {
                Ok(drawn) if !drawn.has_problem() => Ok(drawn),
                _ => build(&user, asked(String::new())).await,
            };
            match drawn {
                Ok(drawn) => drawn.refused(&user, "/ideer", &posted, &status),
                Err(_) => Err(user.web_error(&status).keeping(posted.written())),
            }
        }
    }
}
