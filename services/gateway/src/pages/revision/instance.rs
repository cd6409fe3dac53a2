//! Where the whole instance stood at a moment.

use super::{Asked, evidence, words};
use crate::components::Slider;
use crate::components::{Bar, Bars, Link, Row, Table};
use crate::error::WebError;
use crate::frame::Frame;
use crate::legacy::{Page, Part};
use crate::phrases;
use crate::refill::WithForms as _;
use crate::session::User;
use crate::view::moment;
use axum::extract::Query;
use axum::response::Response;
use idesluss_domain::AggregateStatus;
use idesluss_domain::words::Timestamp;
use idesluss_proto::pb::audit as pb;
use std::collections::BTreeMap;

/// Into how many steps the slider divides the time from the first change to the last.
const STEPS: u32 = 200;
const CHANGES: usize = 20;

pub(crate) async fn page(user: User, Query(asked): Query<Asked>) -> Result<Response, WebError> {
    build(&user, &asked).await?.draw(&user)
}

pub(super) async fn build(user: &User, asked: &Asked) -> Result<Page, WebError> {
    let l = user.lang;
    let mut at = asked.at.clone();
    let mut state = instance_state(user, &at).await?;
    if let Some(step) = asked.step.filter(|_| asked.at.is_empty() && !state.first.is_empty()) {
        at = between(&state.first, &state.last, step.min(STEPS));
        state = instance_state(user, &at).await?;
    }
    let mut page = Page::new(Frame::of(user), l.t("common-audit")).intro(l.t("revision-here-you-see-how-things"));
    if state.first.is_empty() {
        let nothing = l.t("revision-nothing-has-happened-yet");
        page.section("", vec![Part::Note(nothing.to_owned())]);
        return Ok(page);
    }
    let (decisions, changes, evidence) = tokio::join!(
        decisions(user, &at, &asked.page_token),
        changes(user, &at),
        evidence::parts(user, "/revision/paket"),
    );
    page.section(l.t("benefit-class-time"), vec![Part::Slider(slider(user, &state, &at))]);
    page.section(l.t("common-how-things-stood"), stood(user, &state));
    page.section(l.t("revision-decisions-until-then"), decisions?);
    page.section(l.t("revision-what-had-happened-last"), vec![changes?]);
    page.section(l.t("revision-evidence"), evidence);
    Ok(page)
}

/// What the three services tell of a moment, together.
async fn instance_state(user: &User, at: &str) -> Result<pb::GetInstanceStateResponse, WebError> {
    let mut all = pb::GetInstanceStateResponse::default();
    let request = pb::GetInstanceStateRequest {
        query: user.asks(None),
        at: at.to_owned(),
    };
    let told = user.services().ask_each(request).await;
    for told in told.map_err(|status| user.web_error(&status))? {
        all.counts.extend(told.counts);
        // Times are all written alike, so their order is that of their letters.
        all.first = earliest(all.first, told.first);
        all.last = all.last.max(told.last);
        all.before = all.before.max(told.before);
        all.after = earliest(all.after, told.after);
    }
    Ok(all)
}

fn earliest(one: String, other: String) -> String {
    match (one.is_empty(), other.is_empty()) {
        (false, false) => one.min(other),
        _ => one.max(other),
    }
}

/// The moment of a step between two moments.
fn between(first: &str, last: &str, step: u32) -> String {
    let micros = |time: &str| time.parse::<Timestamp>().map_or(0, Timestamp::as_micros);
    let (first, last) = (micros(first), micros(last));
    // The last step is the last moment itself, not what rounding leaves of it.
    let along = i128::from(last - first) * i128::from(step) / i128::from(STEPS);
    let time = Timestamp::from_micros(first + i64::try_from(along).unwrap_or(0));
    time.map_or_else(|_| String::new(), |time| time.to_string())
}

/// The step whose moment that is: `between` rounds down, so this rounds up, and whoever shows a step again sees the same.
fn step_at(along: i64, whole: i64) -> u32 {
    let steps = i128::from(along) * i128::from(STEPS);
    let whole = i128::from(whole.max(1));
    u32::try_from((steps + whole - 1) / whole).unwrap_or(STEPS)
}

fn slider(user: &User, state: &pb::GetInstanceStateResponse, at: &str) -> Slider {
    let l = user.lang;
    let micros = |time: &str| time.parse::<Timestamp>().map_or(0, Timestamp::as_micros);
    let (first, last) = (micros(&state.first), micros(&state.last));
    let now = if at.is_empty() {
        last
    } else {
        micros(at).clamp(first, last)
    };
    let step = step_at(now - first, last - first);
    let link = |time: &str, text: &str| Link {
        href: format!("/revision?tid={time}"),
        text: text.to_owned(),
    };
    let mut links = Vec::new();
    if !state.before.is_empty() {
        links.push(link(&state.first, l.t("revision-first-change")));
        links.push(link(&state.before, l.t("revision-change-before")));
    }
    if !state.after.is_empty() {
        links.push(link(&state.after, l.t("revision-change-after")));
    }
    if !at.is_empty() {
        links.push(Link {
            href: "/revision".to_owned(),
            text: l.t("revision-now").to_owned(),
        });
    }
    let shown = if at.is_empty() { state.last.as_str() } else { at };
    let what = if at.is_empty() {
        l.t("revision-you-see-how-things-stand")
    } else {
        l.t("revision-you-see-how-things-stood")
    };
    Slider {
        action: "/revision".to_owned(),
        name: "steg",
        label: l.t("revision-choose-the-time").to_owned(),
        said: format!("{what} {}.", exact(shown)),
        least: 0,
        most: STEPS,
        value: step,
        button: l.t("common-show-it").to_owned(),
        links,
    }
}

/// A moment to the second: on one day much can happen.
fn exact(time: &str) -> String {
    let Ok(stamp) = time.parse::<jiff::Timestamp>() else {
        return time.to_owned();
    };
    stamp.in_tz("Europe/Stockholm").map_or_else(
        |_| time.to_owned(),
        |zoned| zoned.strftime("%Y-%m-%d %H:%M:%S").to_string(),
    )
}

fn stood(user: &User, state: &pb::GetInstanceStateResponse) -> Vec<Part> {
    let l = user.lang;
    let own = user.acting_as.organisation.as_str();
    // Own and all, by thing and state in their usual order.
    let mut counted: BTreeMap<usize, (u64, u64)> = BTreeMap::new();
    for count in &state.counts {
        let found = AggregateStatus::ALL
            .iter()
            .position(|state| state.thing() == count.thing && state.as_str() == count.state);
        let Some(order) = found else { continue };
        let (ours, all) = counted.entry(order).or_default();
        *all += count.count;
        if count.organisation == own {
            *ours += count.count;
        }
    }
    let ideas: Vec<(usize, u64)> = counted
        .iter()
        .filter(|(order, (ours, _))| matches!(AggregateStatus::ALL[**order], AggregateStatus::Idea(_)) && *ours > 0)
        .map(|(order, (ours, _))| (*order, *ours))
        .collect();
    let mut parts = Vec::new();
    if let Some(most) = ideas.iter().map(|(_, count)| *count).max() {
        let bar = |(order, count): &(usize, u64)| Bar {
            label: words::state(l, "idea", AggregateStatus::ALL[*order].as_str()),
            said: count.to_string(),
            from: 0,
            length: u32::try_from(count * 1_000 / most).unwrap_or(1_000),
            mark: None,
            class: "span",
        };
        parts.push(Part::Bars(Bars {
            change: None,
            caption: format!("{} {}", l.t("revision-ideas-in"), user.organisation_name(own)),
            bars: ideas.iter().map(bar).collect(),
        }));
    }
    let row = |(order, (ours, all)): (&usize, &(u64, u64))| {
        let state = AggregateStatus::ALL[*order];
        Row {
            href: String::new(),
            cells: vec![
                format!(
                    "{}: {}",
                    words::things(l, state.thing()),
                    words::state(l, state.thing(), state.as_str())
                ),
                ours.to_string(),
                all.to_string(),
            ],
            urgent: false,
        }
    };
    parts.push(
        Table {
            caption: l.t("revision-numbers-at-that-time").to_owned(),
            head: vec![
                l.t("revision-what-and-where").to_owned(),
                user.organisation_name(own),
                l.t("revision-all-organisations").to_owned(),
            ],
            rows: counted.iter().map(row).collect(),
            empty: l.t("revision-there-was-nothing-then").to_owned(),
            ..Table::default()
        }
        .into(),
    );
    parts
}

/// The decisions of the auditor's organisation, each with a link to its dossier.
async fn decisions(user: &User, at: &str, page: &str) -> Result<Vec<Part>, WebError> {
    let l = user.lang;
    let request = pb::ListChangesRequest {
        query: user.asks(None),
        until: at.to_owned(),
        decisions: true,
        page_size: 20,
        page_token: page.to_owned(),
    };
    let told = user.services().ask_evaluation(request).await;
    let told = told.map_err(|status| user.web_error(&status))?;
    let row = |change: &pb::Change| {
        let id = change.subject.trim_start_matches("evaluation/");
        Row {
            href: format!("/revision/beslut/{id}?handelse={}", change.event),
            cells: vec![
                moment(l, &change.recorded),
                phrases::event(l, kind(&change.r#type)),
                words::outcome(l, &change.outcome).to_owned(),
                user.name(&change.actor),
            ],
            urgent: false,
        }
    };
    let head = [
        l.t("common-when"),
        l.t("common-what"),
        l.t("common-outcome"),
        l.t("common-who"),
    ];
    let table = Table {
        caption: l.t("revision-decisions-the-newest-first").to_owned(),
        head: head.map(str::to_owned).to_vec(),
        rows: told.changes.iter().map(row).collect(),
        empty: l.t("revision-nothing-was-decided-then").to_owned(),
        ..Table::default()
    };
    let mut parts = vec![table.into()];
    if !told.next_page_token.is_empty() {
        parts.push(Part::Links(vec![Link {
            href: format!("/revision?tid={at}&sida={}", told.next_page_token),
            text: l.t("revision-older-decisions").to_owned(),
        }]));
    }
    Ok(parts)
}

/// What changed last in the auditor's organisation, in all services.
async fn changes(user: &User, at: &str) -> Result<Part, WebError> {
    let l = user.lang;
    let request = pb::ListChangesRequest {
        query: user.asks(None),
        until: at.to_owned(),
        page_size: u32::try_from(CHANGES).unwrap_or_default(),
        ..pb::ListChangesRequest::default()
    };
    let told = user.services().ask_each(request).await;
    let told = told.map_err(|status| user.web_error(&status))?;
    let mut all: Vec<_> = told.into_iter().flat_map(|told| told.changes).collect();
    all.sort_by(|one, other| other.recorded.cmp(&one.recorded));
    all.truncate(CHANGES);
    let row = |change: &pb::Change| {
        let thing = change.subject.split('/').next().unwrap_or_default();
        let about_own = matches!(thing, "idea" | "evaluation" | "solution") && !change.idea.is_empty();
        let who = match change.role.as_str() {
            "service" => l.t("role-the-service-itself").to_owned(),
            _ => user.name(&change.actor),
        };
        let after = words::state(l, thing, &change.after);
        let way = match change.before.as_str() {
            "" => after,
            before => format!("{} → {after}", words::state(l, thing, before)),
        };
        Row {
            href: if about_own {
                format!("/revision/ideer/{}", change.idea)
            } else {
                String::new()
            },
            cells: vec![
                moment(l, &change.recorded),
                phrases::event(l, kind(&change.r#type)),
                format!("{}: {way}", words::thing(l, thing)),
                who,
            ],
            urgent: false,
        }
    };
    let head = [
        l.t("common-when"),
        l.t("common-what"),
        l.t("common-state"),
        l.t("common-who"),
    ];
    Ok(Table {
        caption: format!(
            "{} {}",
            l.t("revision-last-changes-in"),
            user.organisation_name(user.acting_as.organisation.as_str())
        ),
        head: head.map(str::to_owned).to_vec(),
        rows: all.iter().map(row).collect(),
        empty: l.t("revision-nothing-had-happened-then").to_owned(),
        ..Table::default()
    }
    .into())
}

fn kind(type_name: &str) -> &str {
    type_name.rsplit('.').next().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_and_last_steps_are_the_first_and_last_moments() {
        let (first, last) = ("2026-11-23T20:00:00.000001Z", "2026-11-24T07:11:13.999999Z");
        assert_eq!(between(first, last, 0), first);
        assert_eq!(between(first, last, STEPS), last);
        assert!(between(first, last, 100).starts_with("2026-11-24T01:35:37"));
        let micros = |time: &str| time.parse::<Timestamp>().expect("a time").as_micros();
        for step in 0..=STEPS {
            let along = micros(&between(first, last, step)) - micros(first);
            assert_eq!(step_at(along, micros(last) - micros(first)), step);
        }
        assert_eq!((step_at(0, 0), step_at(0, 5), step_at(5, 5)), (0, 0, STEPS));
    }

    #[test]
    fn the_earlier_of_two_moments_is_the_one_that_there_is() {
        let [none, one, two] = ["", "2026", "2027"].map(str::to_owned);
        assert_eq!(earliest(none.clone(), two.clone()), two);
        assert_eq!(earliest(two.clone(), none), two);
        assert_eq!(earliest(two, one.clone()), one);
    }
}
