//! One idea, as the user may see it.

use super::idea_forms::{self, Offers};
use super::{Asked, in_address};
use crate::components::{
    Badges, Facts, Link, Links, Message, Prose, Steps, Task, Tasks, Texts, Thread, Wording, facts, fields_of,
};
use crate::error::WebError;
use crate::form::Form;
use crate::frame::Frame;
use crate::lang::Lang;
use crate::offered::Offered;
use crate::phrases;
use crate::refill::WithForms;
use crate::services::pause;
use crate::session::User;
use crate::view::{moment, text};
use askama::Template;
use axum::extract::{Path, Query};
use axum::response::Response;
use idesluss_domain::submission::idea::rights::FEED_BACK;
use idesluss_domain::words::{IdeaId, PersonId, Role};
use idesluss_proto::pb::evaluation as ev;
use idesluss_proto::pb::submission as pb;
use std::time::{Duration, Instant};

/// How long the page waits for what follows by itself on what was just done, and how often it looks.
const FOLLOWS: Duration = Duration::from_millis(800);
const LOOK: Duration = Duration::from_millis(20);

/// An idea's page: where it stands and what comes next on top.
#[derive(Template)]
#[template(path = "idea.html")]
pub(super) struct IdeaPage {
    frame: Frame,
    title: Wording,
    badges: Badges,
    /// What happens next, in a sentence; empty: nothing is to be said.
    said: String,
    /// How far it has come; None: it goes no further on this way.
    steps: Option<Steps>,
    /// What is done until it can be assessed, for those who lead it; None: nobody's task now.
    tasks: Option<Tasks>,
    offers: Offers,
    /// Where what comes next is done; None: here.
    onwards: Option<Link>,
    /// As it was submitted, without its title.
    original: Texts,
    /// Its version and its texts; None: there is none yet.
    brief: Option<(String, Texts)>,
    messages: Thread,
    /// What came of it where it is carried out.
    at_home: Facts,
    about: Facts,
    files: Links,
    related: Links,
    rounds: Links,
}

impl WithForms for IdeaPage {
    fn frame(&mut self) -> &mut Frame {
        &mut self.frame
    }

    fn forms(&mut self) -> Vec<&mut Form> {
        self.offers.forms()
    }

    fn subject(&self, _: &str) -> Option<(Wording, Badges)> {
        Some((self.title.clone(), self.badges.clone()))
    }
}

pub(super) async fn page(
    user: User,
    Path(idea): Path<String>,
    Query(asked): Query<Asked>,
) -> Result<Response, WebError> {
    build(&user, &idea, asked.after.as_deref()).await?.draw(&user)
}

/// The page, once what was just done is shown.
pub(super) async fn build(user: &User, idea: &str, after: Option<&str>) -> Result<IdeaPage, WebError> {
    let (began, inside) = (Instant::now(), user.may::<ev::ListIdeaEvaluationsRequest>());
    let found = loop {
        let request = pb::GetIdeaRequest {
            query: user.asks(after),
            idea: idea.to_owned(),
        };
        let found = user.services().ask(request).await;
        let found = found.map_err(|status| user.web_error(&status))?;
        if after.is_none() || !is_followed(&found, inside) || began.elapsed() > FOLLOWS {
            break found;
        }
        pause(LOOK).await;
    };
    let rounds = if inside && (!found.evaluation.is_empty() || !found.imported_from.is_empty()) {
        rounds(user, idea).await?
    } else {
        Vec::new()
    };
    let reasons = match Offered(&found.actions).has(&FEED_BACK) {
        true => last_reasons(user, &rounds).await?,
        false => String::new(),
    };
    Ok(view(user, &found, &rounds, &reasons))
}

/// Whether something follows by itself in a moment on what was just done: the receipt, the evaluation, where the reader may see one, that texts are gone.
fn is_followed(found: &pb::GetIdeaResponse, inside: bool) -> bool {
    let Some(row) = &found.row else { return false };
    // What was taken over gets neither.
    let is_of_today = found.imported_from.is_empty();
    let awaits_receipt = is_of_today && row.phase() == pb::Phase::Submitted && row.reference.is_empty();
    let awaits_evaluation = is_of_today && inside && row.phase() == pb::Phase::Accepted && found.evaluation.is_empty();
    awaits_receipt || awaits_evaluation || row.erasure() == pb::ErasureState::Decided
}

/// Every round in which the idea has been evaluated, what was taken over among them.
async fn rounds(user: &User, idea: &str) -> Result<Vec<ev::EvaluationSummary>, WebError> {
    let request = ev::ListIdeaEvaluationsRequest {
        query: user.asks(None),
        idea: idea.to_owned(),
    };
    let found = user.services().ask(request).await;
    Ok(found.map_err(|status| user.web_error(&status))?.items)
}

fn round_links(user: &User, rounds: &[ev::EvaluationSummary]) -> Links {
    let l = user.lang;
    let link = |round: &ev::EvaluationSummary| {
        let said = format!(
            "{}: {} {}",
            phrases::gate(l, round.gate()),
            phrases::evaluation_phase(l, round.phase()),
            phrases::outcome(l, round.outcome()),
        );
        Link::new(format!("/bedomningar/{}", round.evaluation), said)
    };
    Links(rounds.iter().map(link).collect())
}

/// The reasons of the last decision, which were written to the submitter: whoever tells them need not write them again.
async fn last_reasons(user: &User, rounds: &[ev::EvaluationSummary]) -> Result<String, WebError> {
    let decided = rounds.iter().filter(|round| !round.decided_at.is_empty());
    let Some(last) = decided.max_by_key(|round| round.round) else {
        return Ok(String::new());
    };
    let request = ev::GetEvaluationRequest {
        query: user.asks(None),
        evaluation: last.evaluation.clone(),
    };
    let found = user.services().ask(request).await;
    let found = found.map_err(|status| user.web_error(&status))?;
    let decision = found.evaluation.and_then(|evaluation| evaluation.decision);
    Ok(text(user.lang, decision.and_then(|decision| decision.reasons).as_ref()).text)
}

fn view(user: &User, idea: &pb::GetIdeaResponse, rounds: &[ev::EvaluationSummary], reasons: &str) -> IdeaPage {
    let l = user.lang;
    let row = idea.row.clone().unwrap_or_default();
    let mut original = fields_of::<pb::SubmitIdeaRequest>(l, &idea.texts);
    if !original.is_empty() {
        // The title stands above everything.
        original.0.remove(0);
    }
    IdeaPage {
        frame: Frame::of(user),
        title: text(l, row.title.as_ref()).or(l.t("idea-idea-without-a-title")),
        badges: badges(user, idea, &row),
        said: match idea.own {
            true => phrases::what_happens(l, &row, idea),
            false => String::new(),
        },
        steps: phrases::step(row.phase()).map(|here| Steps::of_an_idea(l, here)),
        tasks: tasks(user, idea, &row),
        offers: idea_forms::offers(user, idea, &row, reasons),
        onwards: onwards(user, idea, &row),
        original,
        brief: idea.brief.as_ref().map(|brief| {
            let heading = format!("{} {}", l.t("common-brief-version"), brief.version);
            (heading, fields_of::<pb::ApproveBriefRequest>(l, &brief.texts))
        }),
        messages: messages(user, idea),
        at_home: facts([
            (l.t("common-unit"), text(l, idea.unit.as_ref())),
            (l.t("idea-responsible"), text(l, idea.responsible.as_ref())),
            (
                l.t("idea-by"),
                match idea.implemented {
                    true => Wording::default(),
                    false => l.day(&idea.line_due).into(),
                },
            ),
            (l.t("idea-result"), text(l, idea.result.as_ref())),
        ]),
        about: about(user, idea, &row),
        files: files(user, idea, &row),
        related: related(user, idea, &row),
        rounds: round_links(user, rounds),
    }
}

fn badges(user: &User, idea: &pb::GetIdeaResponse, row: &pb::IdeaRow) -> Badges {
    let l = user.lang;
    let is_carried_out = idea.implemented && row.phase() == pb::Phase::AtHome;
    let is_late = row.overdue && row.phase() == pb::Phase::Submitted;
    let said = |is_so: bool, name| if is_so { l.t(name) } else { "" };
    Badges::default()
        .and(
            phrases::own_phase(l, row.phase(), idea.own),
            row.phase() == pb::Phase::NeedsClarification && idea.own,
        )
        .and(row.reference.clone(), false)
        .and(said(is_carried_out, "idea-carried-out"), false)
        .and(said(is_late, "idea-the-answer-is-overdue"), true)
        .and(erasure(l, row.erasure()), row.erasure() == pb::ErasureState::Requested)
}

/// How far an erasure of its texts has come; empty: nobody has asked for one.
fn erasure(l: Lang, state: pb::ErasureState) -> &'static str {
    match state {
        pb::ErasureState::Unspecified => "",
        pb::ErasureState::Requested => l.t("idea-erasure-is-requested"),
        pb::ErasureState::Decided => l.t("idea-texts-are-being-erased"),
        pb::ErasureState::Done => l.t("idea-texts-are-erased"),
        pb::ErasureState::Refused => l.t("idea-erasure-was-refused"),
    }
}

/// What whoever leads it has done of what comes before an assessment.
fn tasks(user: &User, idea: &pb::GetIdeaResponse, row: &pb::IdeaRow) -> Option<Tasks> {
    let l = user.lang;
    let is_before = matches!(
        row.phase(),
        pb::Phase::Submitted | pb::Phase::NeedsClarification | pb::Phase::Accepted
    );
    if !is_before || user.acting_as.role != Role::Coordinator || !idea.imported_from.is_empty() {
        return None;
    }
    let task = |text: &str, done: bool, state: String| Task {
        text: text.to_owned(),
        state: match (state.is_empty(), done) {
            (false, _) => state,
            (true, true) => l.t("tasks-done").to_owned(),
            (true, false) => l.t("tasks-to-do").to_owned(),
        },
        done,
    };
    let coordinator = match row.coordinator.is_empty() {
        true => String::new(),
        false => user.name(&row.coordinator),
    };
    // Who leads it is of no use any more where somebody has done what they would.
    let leads = (!coordinator.is_empty() || idea.brief.is_none())
        .then(|| task(l.t("tasks-somebody-leads-it"), !coordinator.is_empty(), coordinator));
    let rest = [
        task(l.t("tasks-the-brief-is-approved"), idea.brief.is_some(), String::new()),
        task(
            l.t("tasks-accepted-for-evaluation"),
            row.phase() == pb::Phase::Accepted,
            String::new(),
        ),
    ];
    Some(Tasks {
        label: l.t("tasks-until-it-is-assessed"),
        tasks: leads.into_iter().chain(rest).collect(),
    })
}

/// Leads to the evaluation that is under way.
fn onwards(user: &User, idea: &pb::GetIdeaResponse, row: &pb::IdeaRow) -> Option<Link> {
    let is_assessed = matches!(row.phase(), pb::Phase::Accepted | pb::Phase::InEvaluation);
    let leads = is_assessed && !idea.evaluation.is_empty() && user.may::<ev::GetEvaluationRequest>();
    leads.then(|| {
        Link::new(
            format!("/bedomningar/{}", idea.evaluation),
            user.lang.t("idea-to-the-evaluation"),
        )
    })
}

/// What was asked, answered, decided and told.
fn messages(user: &User, idea: &pb::GetIdeaResponse) -> Thread {
    let l = user.lang;
    let message = |heading: &'static str, written: Option<&idesluss_proto::pb::command::Text>| Message {
        heading: l.t(heading).to_owned(),
        text: Prose(text(l, written)),
        ..Message::default()
    };
    let mut answer = message("idea-answer-to-the-question", idea.answer.as_ref());
    answer.own = idea.own;
    let mut declined = message("idea-why-the-idea-was-declined", idea.decline_text.as_ref());
    phrases::decline_reason(l, idea.decline_reason()).clone_into(&mut declined.note);
    let mut decided = Message {
        heading: l.t("common-decision").to_owned(),
        ..Message::default()
    };
    let outcome = phrases::outcome(l, phrases::outcome_of(&idea.outcome));
    if !outcome.is_empty() {
        let home = if idea.home { l.t("evaluation-at-home") } else { "" };
        decided.note = format!("{outcome}{home}");
    }
    Thread::default()
        .and(message("idea-question-to-the-submitter", idea.question.as_ref()))
        .and(answer)
        .and(declined)
        .and(message("idea-where-to-turn", idea.instead.as_ref()))
        .and(decided)
        .and(message("idea-feedback", idea.feedback.as_ref()))
}

fn about(user: &User, idea: &pb::GetIdeaResponse, row: &pb::IdeaRow) -> Facts {
    let l = user.lang;
    let person = |person: &str| match person.is_empty() {
        true => String::new(),
        false => user.name(person),
    };
    let organisation = |organisation: &str| match organisation.is_empty() {
        true => String::new(),
        false => user.organisation_name(organisation),
    };
    let people = |people: &[String]| -> String {
        let names: Vec<_> = people.iter().map(|person| author(user, row, person)).collect();
        names.join(", ")
    };
    // A promise is shown as long as somebody waits for it to be kept.
    let while_it_lives = |lives: bool, day: &str| if lives { l.day(day) } else { String::new() };
    let awaits_answer = matches!(row.phase(), pb::Phase::Submitted | pb::Phase::NeedsClarification);
    let awaits_decision = matches!(row.phase(), pb::Phase::Accepted | pb::Phase::InEvaluation);
    facts([
        (l.t("common-submitted"), moment(l, &row.submitted_at)),
        (l.t("common-answer-by"), while_it_lives(awaits_answer, &row.answer_due)),
        (
            l.t("idea-decision-by"),
            while_it_lives(awaits_decision, &idea.decision_due),
        ),
        (l.t("idea-coordinator"), person(&row.coordinator)),
        (l.t("common-by"), people(&idea.authors)),
        (l.t("idea-asked-to-be-co-authors"), people(&idea.proposed_coauthors)),
        (l.t("common-organisation"), user.organisation_name(&row.organisation)),
        (l.t("idea-referred-to"), organisation(&idea.receiver)),
        (l.t("idea-came-from"), organisation(&idea.origin_organisation)),
        (l.t("idea-register-number"), idea.register_number.clone()),
        (
            l.t("idea-supported-by"),
            match row.supporters {
                0 => String::new(),
                supporters => l.say("idea-supporters", &[("count", &supporters.to_string())]),
            },
        ),
        (l.t("idea-taken-over-from"), idea.imported_from.clone()),
        (l.t("idea-submitted-there"), l.day(&idea.imported_submitted)),
    ])
}

/// What an author is called: of whoever gave it by a private link nothing is known.
fn author(user: &User, row: &pb::IdeaRow, person: &str) -> String {
    let by_link = |person: PersonId| IdeaId::of_link(person).to_string() == row.idea;
    match person.parse().is_ok_and(by_link) {
        true => user.lang.t("link-an-author-without-account").to_owned(),
        false => user.name(person),
    }
}

fn files(user: &User, idea: &pb::GetIdeaResponse, row: &pb::IdeaRow) -> Links {
    let l = user.lang;
    let file = |file: &pb::Attachment| Link {
        href: format!("/ideer/{}/fil/{}", row.idea, file.attachment),
        text: text(l, file.name.as_ref())
            .within(|name| format!("{name} ({} kB)", l.grouped(file.bytes.div_ceil(1024)))),
    };
    Links(idea.attachments.iter().map(file).collect())
}

fn related(user: &User, idea: &pb::GetIdeaResponse, row: &pb::IdeaRow) -> Links {
    let l = user.lang;
    let link = |href: String, text: &'static str| Link::new(href, l.t(text));
    let mut links = Vec::new();
    if !idea.evaluation.is_empty() && user.may::<ev::GetEvaluationRequest>() {
        links.push(link(
            format!("/bedomningar/{}", idea.evaluation),
            "idea-to-the-evaluation",
        ));
    }
    if user.may::<ev::GetHistoryRequest>() {
        links.push(link(format!("/ideer/{}/historik", row.idea), "common-history"));
    }
    if !idea.terms.is_empty() {
        let version = [("version", &*idea.terms)];
        links.push(Link::new(
            format!("/villkor/{}/{}", row.organisation, in_address(&idea.terms)),
            l.say("idea-terms-that-were-accepted", &version),
        ));
    }
    let to_idea = |text: &'static str| move |idea: &String| link(format!("/ideer/{idea}"), text);
    links.extend(idea.linked.iter().map(to_idea("idea-goes-on-here")));
    links.extend(idea.similar.iter().map(to_idea("idea-similar-idea")));
    Links(links)
}

impl IdeaPage {
    /// Whether anything at all can be done with it.
    fn is_open(&self) -> bool {
        !self.offers.next.is_empty() || self.onwards.is_some() || self.tasks.is_some() || !self.offers.notes.is_empty()
    }
}
