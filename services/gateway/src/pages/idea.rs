//! One idea, as the user may see it.

use super::{Asked, idea_forms};
use crate::error::WebError;
use crate::offered::Offered;
use crate::phrases;
use crate::refill::WithForms as _;
use crate::session::User;
use crate::view::{Link, Page, Part, facts, moment, text, text_part, written};
use axum::extract::{Path, Query};
use axum::response::Response;
use idesluss_domain::submission::idea::rights::FEED_BACK;
use idesluss_proto::pb::evaluation as ev;
use idesluss_proto::pb::submission as pb;
use std::time::{Duration, Instant};

/// How long the page waits for what follows by itself on what was just done, and how often it looks.
const FOLLOWS: Duration = Duration::from_millis(800);
const LOOK: Duration = Duration::from_millis(20);

pub(super) async fn page(
    user: User,
    Path(idea): Path<String>,
    Query(asked): Query<Asked>,
) -> Result<Response, WebError> {
    build(&user, &idea, asked.after.as_deref()).await?.draw(&user)
}

/// The page, once what was just done is shown.
pub(super) async fn build(user: &User, idea: &str, after: Option<&str>) -> Result<Page, WebError> {
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
        tokio::time::sleep(LOOK).await;
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
    let mut page = draw(user, &found, &reasons);
    page.section(user.lang.t("common-evaluations"), round_links(user, &rounds));
    Ok(page)
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

fn round_links(user: &User, rounds: &[ev::EvaluationSummary]) -> Vec<Part> {
    let l = user.lang;
    let link = |round: &ev::EvaluationSummary| Link {
        href: format!("/bedomningar/{}", round.evaluation),
        text: format!(
            "{}: {} {}",
            phrases::gate(l, round.gate()),
            phrases::evaluation_phase(l, round.phase()),
            phrases::outcome(l, round.outcome()),
        ),
    };
    if rounds.is_empty() {
        return Vec::new();
    }
    vec![Part::Links(rounds.iter().map(link).collect())]
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
    Ok(text(user.lang, decision.and_then(|decision| decision.reasons).as_ref()))
}

fn draw(user: &User, idea: &pb::GetIdeaResponse, reasons: &str) -> Page {
    let l = user.lang;
    let Some(row) = &idea.row else { return Page::default() };
    let title = text(l, row.title.as_ref());
    let untitled = l.t("idea-idea-without-a-title");
    let mut page = Page::new(if title.is_empty() { untitled.to_owned() } else { title });
    page.badge(
        phrases::idea_phase(l, row.phase()),
        row.phase() == pb::Phase::NeedsClarification && idea.own,
    );
    page.badge(row.reference.clone(), false);
    if idea.implemented && row.phase() == pb::Phase::AtHome {
        page.badge(l.t("idea-carried-out"), false);
    }
    if row.overdue && row.phase() == pb::Phase::Submitted {
        page.badge(l.t("idea-the-answer-is-overdue"), true);
    }
    if idea.own {
        page.intro = next_for_submitter(user, idea, row);
    }
    words(user, &mut page, idea);
    answers(user, &mut page, idea);
    page.section(l.t("idea-about-the-idea"), about(user, idea, row));
    links(user, &mut page, idea);
    page.section(
        l.t("common-what-you-can-do"),
        idea_forms::forms(user, idea, row, reasons),
    );
    page
}

/// What happens next, for who waits for it.
fn next_for_submitter(user: &User, idea: &pb::GetIdeaResponse, row: &pb::IdeaRow) -> String {
    let l = user.lang;
    let said = match row.phase() {
        pb::Phase::Submitted if row.overdue => {
            return format!(
                "{} {}. {}",
                l.t("idea-thank-you-the-answer-is"),
                row.answer_due,
                l.t("idea-a-person-will-answer-you")
            );
        }
        pb::Phase::Submitted if !row.answer_due.is_empty() => {
            return format!("{} {}.", l.t("idea-thank-you-a-person-answers"), row.answer_due);
        }
        pb::Phase::NeedsClarification => l.t("idea-the-coordinator-has-a-question"),
        pb::Phase::Accepted | pb::Phase::InEvaluation => l.t("idea-people-with-different-competence-are"),
        pb::Phase::Decided if idea.home => l.t("idea-decided-the-idea-is-carried"),
        pb::Phase::Decided => l.t("idea-the-idea-has-been-decided"),
        pb::Phase::AtHome if idea.implemented => l.t("idea-the-idea-has-been-carried"),
        pb::Phase::AtHome => l.t("idea-the-unit-that-it-concerns"),
        pb::Phase::Referred => l.t("idea-another-organisation-takes-the-idea"),
        pb::Phase::Parked => l.t("idea-the-idea-rests-until-there"),
        _ => "",
    };
    said.to_owned()
}

fn words(user: &User, page: &mut Page, idea: &pb::GetIdeaResponse) {
    let l = user.lang;
    // The title stands above everything.
    for (heading, text) in written::<pb::SubmitIdeaRequest>(l, &idea.texts).into_iter().skip(1) {
        page.section(&heading, vec![Part::Text(text)]);
    }
    if let Some(brief) = &idea.brief {
        let heading = format!("{} {}", l.t("common-brief-version"), brief.version);
        let texts = written::<pb::ApproveBriefRequest>(l, &brief.texts);
        page.section(&heading, vec![Part::Written(texts)]);
    }
}

/// What was asked, answered, decided.
fn answers(user: &User, page: &mut Page, idea: &pb::GetIdeaResponse) {
    let l = user.lang;
    let one = |written: Option<&idesluss_proto::pb::command::Text>| -> Vec<Part> {
        text_part(l, written).into_iter().collect()
    };
    page.section(l.t("idea-question-to-the-submitter"), one(idea.question.as_ref()));
    page.section(l.t("idea-answer-to-the-question"), one(idea.answer.as_ref()));
    let mut declined = one(idea.decline_text.as_ref());
    if idea.decline_reason() != pb::DeclineReason::Unspecified {
        declined.insert(
            0,
            Part::Note(phrases::decline_reason(l, idea.decline_reason()).to_owned()),
        );
    }
    declined.extend(one(idea.instead.as_ref()));
    page.section(l.t("idea-why-the-idea-was-declined"), declined);
    let mut line = one(idea.result.as_ref());
    line.extend(facts([
        (l.t("common-unit"), text(l, idea.unit.as_ref())),
        (l.t("idea-responsible"), text(l, idea.responsible.as_ref())),
        (l.t("idea-by"), idea.line_due.clone()),
    ]));
    page.section(l.t("idea-at-home"), line);
    page.section(l.t("idea-feedback"), one(idea.feedback.as_ref()));
}

fn about(user: &User, idea: &pb::GetIdeaResponse, row: &pb::IdeaRow) -> Vec<Part> {
    let l = user.lang;
    let coordinator = if row.coordinator.is_empty() {
        String::new()
    } else {
        user.name(&row.coordinator)
    };
    let authors: Vec<_> = idea.authors.iter().map(|author| user.name(author)).collect();
    let asked: Vec<_> = idea.proposed_coauthors.iter().map(|person| user.name(person)).collect();
    let receiver = if idea.receiver.is_empty() {
        String::new()
    } else {
        user.organisation_name(&idea.receiver)
    };
    let origin = if idea.origin_organisation.is_empty() {
        String::new()
    } else {
        user.organisation_name(&idea.origin_organisation)
    };
    let supporters = if row.supporters == 0 {
        String::new()
    } else {
        row.supporters.to_string()
    };
    facts([
        (l.t("common-submitted"), moment(&row.submitted_at)),
        (l.t("common-answer-by"), row.answer_due.clone()),
        (l.t("idea-decision-by"), idea.decision_due.clone()),
        (l.t("idea-coordinator"), coordinator),
        (l.t("common-by"), authors.join(", ")),
        (l.t("idea-asked-to-be-co-authors"), asked.join(", ")),
        (l.t("common-organisation"), user.organisation_name(&row.organisation)),
        (l.t("idea-referred-to"), receiver),
        (l.t("idea-came-from"), origin),
        (l.t("idea-register-number"), idea.register_number.clone()),
        (l.t("idea-supported-by"), supporters),
        (l.t("idea-taken-over-from"), idea.imported_from.clone()),
        (l.t("idea-submitted-there"), idea.imported_submitted.clone()),
    ])
}

fn links(user: &User, page: &mut Page, idea: &pb::GetIdeaResponse) {
    let l = user.lang;
    let mut links = Vec::new();
    if !idea.evaluation.is_empty() && user.may::<ev::GetEvaluationRequest>() {
        links.push(Link {
            href: format!("/bedomningar/{}", idea.evaluation),
            text: l.t("idea-to-the-evaluation").to_owned(),
        });
    }
    if let Some(row) = idea.row.as_ref().filter(|_| user.may::<ev::GetHistoryRequest>()) {
        links.push(Link {
            href: format!("/ideer/{}/historik", row.idea),
            text: l.t("common-history").to_owned(),
        });
    }
    let to_idea = |idea: &String, text: &str| Link {
        href: format!("/ideer/{idea}"),
        text: text.to_owned(),
    };
    links.extend(idea.linked.iter().map(|other| to_idea(other, l.t("idea-goes-on-here"))));
    links.extend(
        idea.similar
            .iter()
            .map(|other| to_idea(other, l.t("idea-similar-idea"))),
    );
    if let Some(row) = &idea.row {
        links.extend(idea.attachments.iter().map(|file| Link {
            href: format!("/ideer/{}/fil/{}", row.idea, file.attachment),
            text: format!("{} ({} kB)", text(l, file.name.as_ref()), file.bytes.div_ceil(1024)),
        }));
    }
    if !links.is_empty() {
        page.section(l.t("idea-related"), vec![Part::Links(links)]);
    }
}
