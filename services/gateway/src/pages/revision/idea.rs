//! An idea at each moment of its life.

use super::{Asked, evidence, gather, words};
use crate::components::{Account, Badges, Facts, Link, Links, Mark, Row, Slider, Table, Timeline, Wording};
use crate::error::{ErrorKind, WebError};
use crate::form::Form;
use crate::frame::Frame;
use crate::phrases;
use crate::reader::Reader;
use crate::refill::WithForms;
use crate::refusals;
use crate::session::User;
use crate::view::moment;
use askama::Template;
use axum::extract::{Path, Query};
use axum::response::Response;
use idesluss_auditor::{History, Service, State, Step, Text, replay};
use idesluss_proto::pb::audit as pb;

/// An idea's life, and where it stood after one of its events.
#[derive(Template)]
#[template(path = "revision/idea.html")]
pub(super) struct LifePage {
    frame: Frame,
    reference: String,
    /// As it can be read now; empty: it can't.
    title: Wording,
    badges: Badges,
    slider: Slider,
    timeline: Timeline,
    happened: Account,
    stood: Facts,
    /// How many ideas there were then.
    rest: String,
    events: Table,
    links: Links,
    bundle: Form,
}

impl WithForms for LifePage {
    fn frame(&mut self) -> &mut Frame {
        &mut self.frame
    }

    fn forms(&mut self) -> Vec<&mut Form> {
        vec![&mut self.bundle]
    }
}

pub(crate) async fn page(
    user: User,
    Path(idea): Path<String>,
    Query(asked): Query<Asked>,
) -> Result<Response, WebError> {
    build(&user, &idea, &asked).await?.draw(&user)
}

pub(super) async fn build(user: &User, idea: &str, asked: &Asked) -> Result<LifePage, WebError> {
    let l = user.lang;
    let entries = gather::history(user, idea).await?;
    let id = idea.parse().map_err(|_| WebError::new(l, ErrorKind::NoPage))?;
    let history = replay(id, &entries, None).map_err(|error| {
        tracing::warn!(%error, "an idea's life could not be replayed");
        WebError::new(l, ErrorKind::Ours)
    })?;
    let last = u32::try_from(history.steps.len()).unwrap_or(u32::MAX);
    let step = asked.step.unwrap_or(last).clamp(1, last);
    let chosen = usize::try_from(step).unwrap_or(1) - 1;
    let now = &history.steps[chosen];
    Ok(LifePage {
        frame: Frame::of(user),
        reference: history.state.reference.clone(),
        title: name(&history),
        badges: Badges::default().and(words::state(l, "idea", &now.state.idea), false),
        slider: slider(user, idea, step, last, now),
        timeline: timeline(user, &history, chosen),
        happened: happened(user, now),
        stood: stood(user, &now.state),
        rest: the_rest(user, &now.recorded).await?,
        events: table(user, idea, &history, chosen),
        links: links(user, idea, &history),
        bundle: evidence::bundle_form(user, &format!("/revision/ideer/{idea}/paket")),
    })
}

/// The last title that can be read of it; empty: none can.
fn name(history: &History) -> Wording {
    let steps = history.steps.iter().rev();
    let mut titles = steps
        .filter(|step| step.service == Service::Submission)
        .filter_map(|step| match step.texts.get("title")? {
            Text::Readable(title) => Some(Wording::written(title)),
            _ => None,
        });
    titles.next().unwrap_or_default()
}

/// How many ideas there were then. Asked of the service that tells auditors alone: nobody else gets this page.
async fn the_rest(user: &User, at: &str) -> Result<String, WebError> {
    let l = user.lang;
    let request = pb::GetInstanceStateRequest {
        query: user.asks(None),
        at: at.to_owned(),
    };
    let told = user.services().ask_submission(request).await;
    let told = told.map_err(|status| user.web_error(&status))?;
    let own = user.acting_as.organisation.as_str();
    let ideas = told.counts.iter().filter(|count| count.thing == "idea");
    let ours: u64 = ideas
        .filter(|count| count.organisation == own)
        .map(|count| count.count)
        .sum();
    let count = [("count", &*ours.to_string())];
    Ok(l.say("revision-idea-the-organisations-ideas-at-that", &count))
}

fn title(user: &User, step: &Step) -> String {
    format!(
        "{}, {}",
        phrases::event(user.lang, &step.event),
        moment(user.lang, &step.recorded)
    )
}

fn slider(user: &User, idea: &str, step: u32, last: u32, now: &Step) -> Slider {
    let l = user.lang;
    let action = format!("/revision/ideer/{idea}");
    let link = |step: u32, text: &str| Link::new(format!("{action}?steg={step}"), text);
    let mut links = Vec::new();
    if step > 1 {
        links.push(link(1, l.t("revision-idea-first-event")));
        links.push(link(step - 1, l.t("revision-idea-event-before")));
    }
    if step < last {
        links.push(link(step + 1, l.t("revision-idea-event-after")));
        links.push(link(last, l.t("revision-idea-last-event")));
    }
    Slider {
        name: "steg",
        label: l.t("revision-idea-choose-an-event").to_owned(),
        said: l.say(
            "revision-idea-event-of",
            &[
                ("step", &step.to_string()),
                ("last", &last.to_string()),
                ("what", &title(user, now)),
            ],
        ),
        least: 1,
        most: last,
        value: step,
        button: l.t("common-show-it").to_owned(),
        links,
        action,
    }
}

fn timeline(user: &User, history: &History, chosen: usize) -> Timeline {
    let l = user.lang;
    let mark = |step: &Step| Mark {
        lane: match step.service {
            Service::Submission => 0,
            Service::Evaluation => 1,
            // Nothing happens to an idea in identity.
            Service::Sharing | Service::Identity => 2,
        },
        title: title(user, step),
        day: day(user, &step.recorded),
        state: words::state(l, "idea", &step.state.idea),
        decision: step.knew.is_some(),
    };
    Timeline {
        caption: l.t("revision-idea-the-ideas-way").to_owned(),
        said: l.say(
            "revision-idea-events-from-left-to-right",
            &[("count", &history.steps.len().to_string())],
        ),
        legend: l.t("revision-idea-each-dot-is-an-event").to_owned(),
        lanes: [
            words::thing(l, "idea").to_owned(),
            words::thing(l, "evaluation").to_owned(),
            words::thing(l, "solution").to_owned(),
        ],
        marks: history.steps.iter().map(mark).collect(),
        chosen: Some(chosen),
    }
}

/// The day of a time, without the minute.
fn day(user: &User, time: &str) -> String {
    let moment = moment(user.lang, time);
    let day = moment.rsplit_once(' ').map(|(day, _)| day.to_owned());
    day.unwrap_or(moment)
}

fn happened(user: &User, step: &Step) -> Account {
    let l = user.lang;
    let mut account = Account::new(l)
        .said(l.t("common-what"), phrases::event(l, &step.event))
        .said(l.t("common-who"), words::who(&Reader::of(user), &step.who))
        .said(l.t("common-recorded"), moment(l, &step.recorded));
    if let Some(mandate) = &step.mandate {
        account = account.said(l.t("common-mandate"), mandate.clone());
    }
    // The sealed form of scores is no text; they are told where they were shown.
    let texts = step.texts.iter().filter(|(field, _)| *field != "sealed");
    let texts = texts.map(|(field, written)| {
        let said = match written {
            Text::Readable(text) => Wording::written(text),
            Text::Erased => l.t("common-erased-by-decision").into(),
            Text::KeyMissing => l.t("revision-idea-cant-be-read-its-key").into(),
            Text::Hidden => l.t("common-not-shown-to-you-now").into(),
        };
        (refusals::field(l, field), said)
    });
    account.all_written(texts).folded(
        l.t("common-place-in-the-journal"),
        format!("{}:{}", step.service.as_str(), step.position),
    )
}

fn stood(user: &User, state: &State) -> Facts {
    let l = user.lang;
    let mut facts = vec![(
        words::thing(l, "idea").to_owned(),
        words::state(l, "idea", &state.idea).into(),
    )];
    for evaluation in &state.evaluations {
        let name = l.say(
            "revision-idea-evaluation-in-round",
            &[
                ("round", &evaluation.round.to_string()),
                ("gate", words::gate(l, &evaluation.gate)),
            ],
        );
        let mut said = vec![
            words::state(l, "evaluation", &evaluation.phase),
            l.say(
                "revision-idea-assessments",
                &[("count", &evaluation.assessed.to_string())],
            ),
        ];
        if !evaluation.outcome.is_empty() {
            said.push(words::outcome(l, &evaluation.outcome).to_owned());
        }
        facts.push((name, said.join(", ").into()));
    }
    if !state.solution.is_empty() {
        facts.push((
            words::thing(l, "solution").to_owned(),
            words::state(l, "solution", &state.solution).into(),
        ));
    }
    for adoption in &state.adoptions {
        let organisation = user.organisation_name(&adoption.organisation);
        facts.push((
            format!("{}, {organisation}", words::thing(l, "adoption")),
            words::state(l, "adoption", &adoption.phase).into(),
        ));
    }
    Facts(facts)
}

fn table(user: &User, idea: &str, history: &History, chosen: usize) -> Table {
    let l = user.lang;
    let row = |(index, step): (usize, &Step)| Row {
        href: format!("/revision/ideer/{idea}?steg={}", index + 1),
        urgent: index == chosen,
        ..Row::of([
            format!("{}. {}", index + 1, phrases::event(l, &step.event)),
            moment(l, &step.recorded),
            words::who(&Reader::of(user), &step.who),
            words::state(l, "idea", &step.state.idea),
            match index.cmp(&chosen) {
                std::cmp::Ordering::Less => l.t("revision-idea-had-happened"),
                std::cmp::Ordering::Equal => l.t("revision-idea-happened-then"),
                std::cmp::Ordering::Greater => l.t("revision-idea-came-later"),
            }
            .to_owned(),
        ])
    };
    let head = [
        l.t("common-what"),
        l.t("common-recorded"),
        l.t("common-who"),
        l.t("revision-idea-the-ideas-state-afterwards"),
        l.t("revision-idea-at-the-chosen-time"),
    ];
    Table::new(l.t("revision-idea-the-events-in-the-picture"), head).rows(history.steps.iter().enumerate().map(row))
}

fn links(user: &User, idea: &str, history: &History) -> Links {
    let l = user.lang;
    let mut links = Vec::new();
    for step in history.steps.iter().filter(|step| step.knew.is_some()) {
        let evaluation = step.subject.trim_start_matches("evaluation/");
        links.push(Link::new(
            format!("/revision/beslut/{evaluation}?handelse={}", step.id),
            l.say(
                "revision-idea-what-the-decision-rested-on",
                &[("moment", &moment(l, &step.recorded))],
            ),
        ));
    }
    links.push(Link::new(
        format!("/ideer/{idea}/historik"),
        l.t("revision-idea-history-with-all-texts"),
    ));
    links.push(Link::new("/revision", l.t("common-to-the-audits-first-page")));
    Links(links)
}
