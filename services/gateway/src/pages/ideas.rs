//! One's own ideas, and a new one.

use super::{Asked, back_to};
use crate::act::{Act, Acts, send};
use crate::components::Steps;
use crate::error::WebError;
use crate::frame::Frame;
use crate::lang::Lang;
use crate::phrases;
use crate::posted::Posted;
use crate::refill::{WithForms as _, refused};
use crate::session::User;
use crate::view::{Form, Link, Page, Part, Row, Table, drawn, in_all_up_to, moment, text};
use askama::Template;
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
        (due, true) => format!("{due} {}", l.t("ideas-overdue")),
        (due, false) => due.to_owned(),
    };
    let answered = row.phase() != pb::Phase::Submitted;
    Row {
        href: format!("/ideer/{}", row.idea),
        cells: vec![
            if title.is_empty() {
                l.t("ideas-no-title").to_owned()
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
        l.t("common-idea"),
        l.t("common-state"),
        l.t("common-reference"),
        l.t("common-submitted"),
        l.t("common-answer-by"),
    ];
    Table {
        caption: caption.to_owned(),
        head: head.map(str::to_owned).to_vec(),
        rows: rows.iter().map(|found| row(l, found)).collect(),
        empty: empty.to_owned(),
    }
}

/// One's own ideas.
#[derive(Template)]
#[template(path = "ideas.html")]
struct MyIdeas {
    frame: Frame,
    /// What somebody asks whoever reads.
    questions: Vec<Question>,
    /// Above the list: how many there are.
    caption: String,
    ideas: Vec<OwnIdea>,
    more: Option<Link>,
}

struct Question {
    said: String,
    form: Form,
}

struct OwnIdea {
    href: String,
    title: String,
    state: String,
    reference: String,
    /// Something waits for whoever wrote it, or is overdue.
    waits: bool,
    /// How far it has come; None: it goes no further on this way.
    steps: Option<Steps>,
    /// What happens, and who acts.
    said: String,
}

impl OwnIdea {
    fn of(l: Lang, row: &pb::IdeaRow) -> Self {
        let title = text(l, row.title.as_ref());
        let step = match row.phase() {
            pb::Phase::Submitted => Some(0),
            pb::Phase::NeedsClarification => Some(1),
            pb::Phase::Accepted | pb::Phase::InEvaluation => Some(2),
            pb::Phase::Decided => Some(3),
            pb::Phase::AtHome => Some(4),
            _ => None,
        };
        Self {
            href: format!("/ideer/{}", row.idea),
            title: match title.is_empty() {
                true => l.t("ideas-no-title").to_owned(),
                false => title,
            },
            state: phrases::idea_phase(l, row.phase()),
            reference: row.reference.clone(),
            waits: row.overdue || row.phase() == pb::Phase::NeedsClarification,
            steps: step.map(|here| Steps::of_an_idea(l, here)),
            said: phrases::what_happens(l, row),
        }
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
    let questions = found.proposals.iter().map(|proposal| {
        let by = user.name(&proposal.proposed_by);
        let title = text(l, proposal.title.as_ref());
        Question {
            said: l.say("ideas-wants-you-as-a-co-author", &[("by", &by), ("title", &title)]),
            form: super::idea_forms::asked(l, &proposal.idea),
        }
    });
    let page = MyIdeas {
        frame: Frame::of(&user),
        questions: questions.collect(),
        caption: in_all_up_to(l, l.t("ideas-your-ideas-the-newest-first"), found.total),
        ideas: found.ideas.iter().map(|row| OwnIdea::of(l, row)).collect(),
        more: asked.next_link(l, "/ideer", &found.next_page_token),
    };
    drawn(&user, &page)
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
    let mut page = Page::new(l.t("common-submit-an-idea")).intro(l.t("ideas-use-your-own-words-you"));
    let owners = crate::view::choices([
        (1, l.t("ideas-my-organisation-may-use-it")),
        (2, l.t("ideas-i-own-it-myself")),
        (3, l.t("ideas-we-share-it")),
    ]);
    let mut form = Form::new("/ideer", l.t("ideas-submit-the-idea"))
        .line("title", l.t("ideas-what-is-the-idea-called"))
        .lines("problem", l.t("ideas-what-is-the-problem-or"))
        .optional()
        .help(l.t("ideas-do-not-write-the-names"))
        .lines("proposal", l.t("ideas-what-do-you-propose"))
        .optional()
        .lines("expected_benefit", l.t("ideas-what-would-it-give"))
        .optional()
        .line("area", l.t("ideas-which-part-of-the-work"))
        .optional()
        .line("concerned", l.t("ideas-whom-does-the-idea-concern"))
        .optional()
        .help(l.t("ideas-for-example-service-users-relatives"))
        .radio("owner", l.t("ideas-who-owns-the-idea"), owners)
        .value("1")
        .tick("terms", l.t("ideas-i-have-read-and-accept"))
        // The id stands in addresses that assessors see: it tells nothing of when the idea came.
        .hidden("idea", Uuid::new_v4().to_string());
    if !asked.call.is_empty() {
        form = form.hidden("call", asked.call);
    }
    let mut similar: Vec<Part> = Vec::new();
    let look = Form::new("/ideer/ny", l.t("ideas-look"))
        .search()
        .line("text", l.t("ideas-describe-the-idea-in-a"))
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
                let empty = l.t("ideas-no-similar-idea-was-found");
                let caption = l.t("ideas-similar-ideas");
                similar.push(table(l, caption, empty, &found.ideas).into());
            }
            Err(status) => problem = user.search_problem(&status)?,
        }
    }
    similar.push(look.problem(problem).into());
    page.section(l.t("ideas-has-somebody-thought-of-it"), similar);
    page.section(l.t("ideas-your-idea"), vec![form.into()]);
    Ok(page)
}

/// The command behind the form.
const ACTS: &Acts = &[("lamna", Act::one::<pb::SubmitIdeaRequest>())];

pub(super) async fn submit(user: User, Sent(fields): Sent<Vec<(String, String)>>) -> Result<Response, WebError> {
    let posted = Posted(fields);
    let terms = if posted.ticked("terms") { TERMS } else { "" };
    let filled = posted.clone().with("terms", terms.to_owned());
    match send(&user, ACTS, "lamna", &filled).await? {
        Ok(done) => Ok(back_to(&user, &format!("/ideer/{}", posted.get("idea")), done)),
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
