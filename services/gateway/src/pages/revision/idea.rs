//! An idea at each moment of its life.

use super::{Asked, evidence, gather, words};
use crate::components::Slider;
use crate::components::{Link, Row, Table};
use crate::components::{Mark, Timeline};
use crate::error::{ErrorKind, WebError};
use crate::frame::Frame;
use crate::legacy::{Page, Part};
use crate::phrases;
use crate::reader::Reader;
use crate::refill::WithForms as _;
use crate::refusals;
use crate::session::User;
use crate::view::moment;
use axum::extract::{Path, Query};
use axum::response::Response;
use idesluss_auditor::{History, Service, State, Step, Text, replay};
use idesluss_proto::pb::audit as pb;

pub(crate) async fn page(
    user: User,
    Path(idea): Path<String>,
    Query(asked): Query<Asked>,
) -> Result<Response, WebError> {
    build(&user, &idea, &asked).await?.draw(&user)
}

pub(super) async fn build(user: &User, idea: &str, asked: &Asked) -> Result<Page, WebError> {
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
    let rest = the_rest(user, &now.recorded).await?;

    let mut page = Page::new(
        Frame::of(user),
        format!("{} {}", l.t("revision-idea-audit-of-idea"), history.state.reference),
    );
    page.badge(words::state(l, "idea", &now.state.idea), false);
    page.section(
        l.t("benefit-class-time"),
        vec![
            Part::Slider(slider(user, idea, step, last, now)),
            Part::Timeline(timeline(user, &history, chosen)),
        ],
    );
    page.section(l.t("revision-idea-this-happened"), happened(user, now));
    let mut stood = vec![stands(user, &now.state)];
    stood.push(Part::Note(rest));
    page.section(l.t("common-how-things-stood"), stood);
    page.section(
        l.t("revision-idea-everything-that-happened"),
        vec![
            table(user, idea, &history, chosen),
            Part::Links(links(user, idea, &history)),
            Part::Form(evidence::bundle_form(user, &format!("/revision/ideer/{idea}/paket"))),
        ],
    );
    Ok(page)
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
    Ok(format!(
        "{} {ours}.",
        l.t("revision-idea-the-organisations-ideas-at-that")
    ))
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
    let link = |step: u32, text: &str| Link {
        href: format!("{action}?steg={step}"),
        text: text.to_owned(),
    };
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
        said: format!(
            "{} {step} {} {last}: {}",
            l.t("common-event"),
            l.t("common-of"),
            title(user, now)
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
        day: moment(user.lang, &step.recorded).chars().take(10).collect(),
        state: words::state(l, "idea", &step.state.idea),
        decision: step.knew.is_some(),
    };
    Timeline {
        caption: l.t("revision-idea-the-ideas-way").to_owned(),
        said: format!(
            "{} {}",
            history.steps.len(),
            l.t("revision-idea-events-from-left-to-right")
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

fn happened(user: &User, step: &Step) -> Vec<Part> {
    let l = user.lang;
    let mut facts = vec![
        (l.t("common-what").to_owned(), phrases::event(l, &step.event)),
        (l.t("common-who").to_owned(), words::who(&Reader::of(user), &step.who)),
        (l.t("common-recorded").to_owned(), moment(user.lang, &step.recorded)),
        (
            l.t("common-place-in-the-journal").to_owned(),
            format!("{}:{}", step.service.as_str(), step.position),
        ),
    ];
    if let Some(mandate) = &step.mandate {
        facts.push((l.t("common-mandate").to_owned(), mandate.clone()));
    }
    // The sealed form of scores is no text; they are told where they were shown.
    for (field, written) in step.texts.iter().filter(|(field, _)| *field != "sealed") {
        let said = match written {
            Text::Readable(text) => text.clone(),
            Text::Erased => l.t("common-erased-by-decision").to_owned(),
            Text::KeyMissing => l.t("revision-idea-cant-be-read-its-key").to_owned(),
            Text::Hidden => l.t("common-not-shown-to-you-now").to_owned(),
        };
        facts.push((refusals::field(l, field), said));
    }
    vec![Part::Facts(facts)]
}

fn stands(user: &User, state: &State) -> Part {
    let l = user.lang;
    let mut facts = vec![(words::thing(l, "idea").to_owned(), words::state(l, "idea", &state.idea))];
    for evaluation in &state.evaluations {
        let name = format!(
            "{} {}, {}",
            words::thing(l, "evaluation"),
            evaluation.round,
            words::gate(l, &evaluation.gate)
        );
        let mut said = format!(
            "{}, {}: {}",
            words::state(l, "evaluation", &evaluation.phase),
            l.t("revision-idea-assessments"),
            evaluation.assessed
        );
        if !evaluation.outcome.is_empty() {
            said.push_str(&format!(", {}", words::outcome(l, &evaluation.outcome)));
        }
        facts.push((name, said));
    }
    if !state.solution.is_empty() {
        facts.push((
            words::thing(l, "solution").to_owned(),
            words::state(l, "solution", &state.solution),
        ));
    }
    for adoption in &state.adoptions {
        facts.push((
            format!(
                "{}, {}",
                words::thing(l, "adoption"),
                user.organisation_name(&adoption.organisation)
            ),
            words::state(l, "adoption", &adoption.phase),
        ));
    }
    Part::Facts(facts)
}

fn table(user: &User, idea: &str, history: &History, chosen: usize) -> Part {
    let l = user.lang;
    let row = |(index, step): (usize, &Step)| Row {
        href: format!("/revision/ideer/{idea}?steg={}", index + 1),
        cells: vec![
            format!("{}. {}", index + 1, phrases::event(l, &step.event)),
            moment(user.lang, &step.recorded),
            words::who(&Reader::of(user), &step.who),
            words::state(l, "idea", &step.state.idea),
            match index.cmp(&chosen) {
                std::cmp::Ordering::Less => l.t("revision-idea-had-happened"),
                std::cmp::Ordering::Equal => l.t("revision-idea-happened-then"),
                std::cmp::Ordering::Greater => l.t("revision-idea-came-later"),
            }
            .to_owned(),
        ],
        urgent: index == chosen,
    };
    let head = [
        l.t("common-what"),
        l.t("common-recorded"),
        l.t("common-who"),
        l.t("revision-idea-the-ideas-state-afterwards"),
        l.t("revision-idea-at-the-chosen-time"),
    ];
    Table {
        caption: l.t("revision-idea-the-events-in-the-picture").to_owned(),
        head: head.map(str::to_owned).to_vec(),
        rows: history.steps.iter().enumerate().map(row).collect(),
        empty: String::new(),
        ..Table::default()
    }
    .into()
}

fn links(user: &User, idea: &str, history: &History) -> Vec<Link> {
    let l = user.lang;
    let mut links = Vec::new();
    for step in history.steps.iter().filter(|step| step.knew.is_some()) {
        let evaluation = step.subject.trim_start_matches("evaluation/");
        links.push(Link {
            href: format!("/revision/beslut/{evaluation}?handelse={}", step.id),
            text: format!(
                "{} {}",
                l.t("revision-idea-what-the-decision-rested-on"),
                moment(user.lang, &step.recorded)
            ),
        });
    }
    links.push(Link {
        href: format!("/ideer/{idea}/historik"),
        text: l.t("revision-idea-history-with-all-texts").to_owned(),
    });
    links.push(Link {
        href: "/revision".to_owned(),
        text: l.t("common-to-the-audits-first-page").to_owned(),
    });
    links
}
