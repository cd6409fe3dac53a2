//! One's own ideas, and a new one.

use super::{Asked, back_to};
use crate::act::{Act, Acts, refused, send};
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

pub(super) async fn mine(user: User, Query(asked): Query<Asked>) -> Result<Response, WebError> {
    let l = user.lang;
    let request = pb::ListMyIdeasRequest {
        query: user.asks(asked.after.as_deref()),
        page_size: 0,
        page_token: asked.page_token.clone(),
    };
    let found = user.services().ask(request).await;
    let found = found.map_err(|status| user.web_error(&status))?;
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
        .in_all_up_to(l, found.total)
        .into(),
    ];
    parts.extend(asked.next(l, "/ideer", &found.next_page_token));
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
        .lines("expected_benefit", l.t("Vad skulle det ge?", "What would it give?"))
        .optional()
        .line(
            "area",
            l.t(
                "Vilken verksamhet gäller det?",
                "Which part of the work does it concern?",
            ),
        )
        .optional()
        .line("concerned", l.t("Vilka berörs av idén?", "Whom does the idea concern?"))
        .optional()
        .help(l.t(
            "Till exempel brukare, anhöriga, medarbetare eller invånare. Skriv grupper, inte namn.",
            "For example service users, relatives, staff or residents. Write groups, not names.",
        ))
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
        match user.services().ask(request).await {
            Ok(found) => {
                let empty = l.t("Ingen liknande idé hittades.", "No similar idea was found.");
                let caption = l.t("Liknande idéer", "Similar ideas");
                similar.push(table(l, caption, empty, &found.ideas).into());
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

/// The command behind the form.
const ACTS: &Acts = &[("lamna", Act::one::<pb::SubmitIdeaRequest>())];

pub(super) async fn submit(user: User, Sent(fields): Sent<Vec<(String, String)>>) -> Result<Response, WebError> {
    let posted = Posted(fields);
    let terms = if posted.ticked("terms") { TERMS } else { "" };
    let filled = posted.clone().with("terms", terms.to_owned());
    match send(&user, ACTS, "lamna", &filled).await? {
        Ok(token) => Ok(back_to(&format!("/ideer/{}", posted.get("idea")), token)),
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
            refused(&user, drawn, "/ideer", &posted, &status)
        }
    }
}
