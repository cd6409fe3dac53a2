//! One's own ideas, and a new one.

use super::{Asked, back_to, solutions};
use crate::act::{Act, Acts, Became, send};
use crate::components::{Badges, Card, Cards, Empty, Link, Pager, Row, Steps, Table, Wording, in_all_up_to};
use crate::error::{ErrorKind, WebError};
use crate::form::{Form, all_called};
use crate::frame::Frame;
use crate::lang::Lang;
use crate::phrases;
use crate::posted::Posted;
use crate::refill::{WithForms, refused, shown};
use crate::session::User;
use crate::view::{drawn, moment, text};
use askama::Template;
use axum::extract::{Form as Sent, Query};
use axum::response::Response;
use idesluss_proto::pb::sharing as sh;
use idesluss_proto::pb::submission as pb;
use uuid::Uuid;

fn title(l: Lang, row: &pb::IdeaRow) -> Wording {
    text(l, row.title.as_ref()).or(l.t("ideas-no-title"))
}

/// A row of a list of ideas.
pub(super) fn row(l: Lang, row: &pb::IdeaRow) -> Row {
    let due = match (row.answer_due.as_str(), row.overdue) {
        ("", _) => String::new(),
        (due, true) => l.say("ideas-overdue", &[("day", &l.day(due))]),
        (due, false) => l.day(due),
    };
    let answered = row.phase() != pb::Phase::Submitted;
    Row {
        href: format!("/ideer/{}", row.idea),
        cells: vec![
            title(l, row),
            phrases::idea_phase(l, row.phase()).into(),
            row.reference.as_str().into(),
            moment(l, &row.submitted_at).into(),
            if answered { Wording::default() } else { due.into() },
        ],
        urgent: row.overdue && !answered,
    }
}

/// A table of ideas.
pub(super) fn table(l: Lang, caption: &str, empty: impl Into<Empty>, rows: &[pb::IdeaRow]) -> Table {
    let head = [
        l.t("common-idea"),
        l.t("common-state"),
        l.t("common-reference"),
        l.t("common-submitted"),
        l.t("common-answer-by"),
    ];
    Table::new(caption, head)
        .rows(rows.iter().map(|found| row(l, found)))
        .or(empty)
}

/// One's own ideas.
#[derive(Template)]
#[template(path = "ideas.html")]
struct MyIdeas {
    frame: Frame,
    /// What somebody asks whoever reads.
    questions: Vec<Question>,
    ideas: Cards,
    /// Leads to a new one; None: the reader submits none.
    submit: Option<Link>,
    pager: Pager,
}

struct Question {
    said: String,
    title: Wording,
    form: Form,
}

/// One's own idea: how far it has come, what happens, and who acts.
fn own(l: Lang, row: &pb::IdeaRow) -> Card {
    let waits = row.overdue || row.phase() == pb::Phase::NeedsClarification;
    Card {
        title: title(l, row),
        href: format!("/ideer/{}", row.idea),
        badges: Badges::default()
            .and(phrases::own_phase(l, row.phase(), true), waits)
            .and(row.reference.clone(), false),
        urgent: waits,
        steps: phrases::step(row.phase()).map(|here| Steps::of_an_idea(l, here)),
        note: phrases::what_waits(l, row),
        ..Card::default()
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
        Question {
            said: l.say("ideas-wants-you-as-a-co-author", &[("by", &by)]),
            title: text(l, proposal.title.as_ref()),
            form: super::idea_forms::asked(l, &proposal.idea),
        }
    });
    let submit = user.link::<pb::SubmitIdeaRequest>("/ideer/ny", "ideas-submit-a-new-idea");
    let page = MyIdeas {
        frame: Frame::of(&user),
        questions: questions.collect(),
        ideas: Cards {
            caption: in_all_up_to(l, l.t("ideas-your-ideas-the-newest-first"), found.total),
            cards: found.ideas.iter().map(|row| own(l, row)).collect(),
            empty: Empty::new(l.t("ideas-you-have-not-submitted-an"), submit.clone()),
        },
        submit,
        pager: asked.pager(l, "/ideer", &found.next_page_token),
    };
    drawn(&user, &page)
}

#[derive(Debug, Default, serde::Deserialize)]
#[serde(default)]
pub(super) struct New {
    #[serde(rename = "utlysning")]
    call: String,
}

/// A new idea, and what resembles it.
#[derive(Template)]
#[template(path = "submit.html")]
struct NewIdea {
    frame: Frame,
    form: Form,
    /// What resembles what has been written so far; None: nobody has looked.
    alike: Option<Alike>,
    /// A word on what can't be looked for; empty: nothing.
    problem: String,
}

/// What resembles an idea.
struct Alike {
    ideas: Table,
    solutions: Option<Table>,
}

impl WithForms for NewIdea {
    fn frame(&mut self) -> &mut Frame {
        &mut self.frame
    }

    fn forms(&mut self) -> Vec<&mut Form> {
        vec![&mut self.form]
    }
}

pub(super) async fn new(user: User, Query(asked): Query<New>) -> Result<Response, WebError> {
    if !user.may::<pb::SubmitIdeaRequest>() {
        return Err(WebError::new(user.lang, ErrorKind::NoPage));
    }
    build(&user, &asked.call).draw(&user)
}

/// Where a look for what is alike is sent.
const LOOK: &str = "/ideer/ny";
const SUBMIT: &str = "/ideer";

fn build(user: &User, call: &str) -> NewIdea {
    NewIdea {
        frame: Frame::of(user),
        form: form(user, call),
        alike: None,
        problem: String::new(),
    }
}

pub(super) fn form(user: &User, call: &str) -> Form {
    let l = user.lang;
    let form = of_idea(
        l,
        SUBMIT,
        l.t("ideas-my-organisation-may-use-it"),
        user.terms_in_force(),
    )
    .look(LOOK, l.t("ideas-look"))
    // The id stands in addresses that assessors see: it tells nothing of when the idea came.
    .hidden("idea", Uuid::new_v4().to_string());
    match call.is_empty() {
        true => form,
        false => form.hidden("call", call),
    }
}

/// The form for an idea, which is sent to an address: what is asked is the same of everybody. `terms` are those that whoever reads the page can have read.
pub(super) fn of_idea(l: Lang, sent_to: &str, organisation_owns: &'static str, terms: String) -> Form {
    let owners = all_called(|owner| match owner {
        pb::IdeaOwner::Unspecified => "",
        pb::IdeaOwner::Organisation => organisation_owns,
        pb::IdeaOwner::Submitter => l.t("ideas-i-own-it-myself"),
        pb::IdeaOwner::Shared => l.t("ideas-we-share-it"),
    });
    Form::of(ACTS, SUBMIT, "lamna", l.t("ideas-submit-the-idea"))
        .sent_to(sent_to)
        .ask("title", l.t("ideas-what-is-the-idea-called"))
        .ask("problem", l.t("ideas-what-is-the-problem-or"))
        .one_of_several()
        .help(l.t("ideas-do-not-write-the-names"))
        .ask("proposal", l.t("ideas-what-do-you-propose"))
        .one_of_several()
        .help(l.t("ideas-one-of-the-two-is-enough"))
        .ask("expected_benefit", l.t("ideas-what-would-it-give"))
        .ask("area", l.t("ideas-which-part-of-the-work"))
        .ask("concerned", l.t("ideas-whom-does-the-idea-concern"))
        .help(l.t("ideas-for-example-service-users-relatives"))
        .radio("owner", l.t("ideas-who-owns-the-idea"), owners)
        .help(l.t("ideas-who-owns-means"))
        .tick("terms", l.t("ideas-i-have-read-and-accept"))
        .renewed("terms_read", terms)
}

/// So many solutions are shown beside a new idea.
const SOLUTIONS: u32 = 5;

/// Looks for what has been thought of before: what is like all of it, or where nothing is, what is like its title.
async fn alike(user: &User, title: &str, whole: &str) -> Result<Result<Alike, String>, WebError> {
    let l = user.lang;
    let solutions = user
        .may::<sh::ListSolutionsRequest>()
        .then(|| sh::ListSolutionsRequest {
            query: user.asks(None),
            words: whole.chars().take(WORDS).collect(),
            page_size: SOLUTIONS,
            ..sh::ListSolutionsRequest::default()
        });
    let services = user.services();
    let of_ideas = async {
        let found = similar(user, whole).await?;
        match found.ideas.is_empty() && !title.trim().is_empty() {
            true => similar(user, title).await,
            false => Ok(found),
        }
    };
    let of_solutions = async {
        match solutions {
            Some(asked) => services.ask(asked).await.map(Some),
            None => Ok(None),
        }
    };
    match tokio::join!(of_ideas, of_solutions) {
        (Ok(ideas), Ok(solutions)) => Ok(Ok(Alike {
            ideas: table(
                l,
                l.t("ideas-similar-ideas"),
                l.t("ideas-no-similar-idea-was-found"),
                &ideas.ideas,
            )
            .beside(),
            solutions: (solutions.filter(|found| !found.solutions.is_empty()))
                .map(|found| solutions::table(user, l.t("ideas-solutions-that-are-there"), &found.solutions).beside()),
        })),
        (Err(status), _) | (_, Err(status)) => user.search_problem(&status).map(Err),
    }
}

async fn similar(user: &User, text: &str) -> Result<pb::FindSimilarIdeasResponse, tonic::Status> {
    let request = pb::FindSimilarIdeasRequest {
        query: user.asks(None),
        text: text.to_owned(),
        idea: String::new(),
    };
    user.services().ask(request).await
}

/// So many characters of what is written are looked for among solutions.
const WORDS: usize = 200;

/// The form as it was sent, with what resembles it.
pub(super) async fn look(user: User, Sent(fields): Sent<Vec<(String, String)>>) -> Result<Response, WebError> {
    let posted = read_anew(&user, Posted(fields));
    user.check(&posted.get("csrf"))?;
    let mut page = build(&user, &posted.get("call"));
    page.look(&user, &posted).await?;
    shown(&user, Ok(page), SUBMIT, &posted)
}

impl NewIdea {
    async fn look(&mut self, user: &User, posted: &Posted) -> Result<(), WebError> {
        let written = ["title", "problem", "proposal"].map(|field| posted.get(field));
        let written: Vec<&str> = written
            .iter()
            .map(String::as_str)
            .filter(|text| !text.trim().is_empty())
            .collect();
        if written.is_empty() {
            user.lang.t("ideas-write-something-first").clone_into(&mut self.problem);
            return Ok(());
        }
        match alike(user, &posted.get("title"), &written.join(" ")).await? {
            Ok(alike) => self.alike = Some(alike),
            Err(problem) => self.problem = problem,
        }
        Ok(())
    }
}

/// The command behind the form.
pub(super) const ACTS: &Acts = &[("lamna", Act::one::<pb::SubmitIdeaRequest>())];

pub(super) async fn submit(user: User, Sent(fields): Sent<Vec<(String, String)>>) -> Result<Response, WebError> {
    let posted = Posted(fields);
    let terms = match posted.ticked("terms") {
        true => posted.get("terms_read"),
        false => String::new(),
    };
    let filled = posted.clone().with("terms", terms);
    let posted = read_anew(&user, posted);
    let drawn = || build(&user, &posted.get("call"));
    match send(&user, ACTS, "lamna", &filled).await? {
        Became::Done(done) => Ok(back_to(&user, &format!("/ideer/{}", posted.get("idea")), done)),
        Became::Refused(status) => refused(&user, Ok(drawn()), SUBMIT, &posted, &status),
        Became::Unsure(_) | Became::Shown => shown(&user, Ok(drawn()), SUBMIT, &posted),
    }
}

/// Terms that hold no longer are accepted by nobody: whoever had read them reads the new ones.
fn read_anew(user: &User, posted: Posted) -> Posted {
    match posted.get("terms_read") == user.terms_in_force() {
        true => posted,
        false => posted.with("terms", String::new()),
    }
}
