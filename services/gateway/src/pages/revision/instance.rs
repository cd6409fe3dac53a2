//! Where the whole instance stood at a moment.

use super::super::titles;
use super::evidence::Evidence;
use super::{Asked, words};
use crate::components::{Bar, Bars, Link, Pager, Row, Slider, Table, Wording};
use crate::error::WebError;
use crate::form::Form;
use crate::frame::Frame;
use crate::lang::Lang;
use crate::phrases;
use crate::refill::WithForms;
use crate::session::User;
use crate::view::{moment, to_the_second};
use askama::Template;
use axum::extract::Query;
use axum::response::Response;
use idesluss_domain::AggregateStatus;
use idesluss_domain::words::Timestamp;
use idesluss_proto::pb::audit as pb;
use std::collections::BTreeMap;

/// Into how many steps the slider divides the time from the first change to the last.
const STEPS: u32 = 200;
const CHANGES: usize = 20;

/// The first page of the audit.
#[derive(Template)]
#[template(path = "revision/instance.html")]
pub(super) struct InstancePage {
    frame: Frame,
    /// None: nothing has happened yet.
    shown: Option<Shown>,
}

/// What is shown of a moment.
struct Shown {
    slider: Slider,
    /// The organisation's ideas by state; None: there were none.
    ideas: Option<Bars>,
    numbers: Table,
    decisions: Table,
    pager: Pager,
    changes: Table,
    evidence: Evidence,
}

impl WithForms for InstancePage {
    fn frame(&mut self) -> &mut Frame {
        &mut self.frame
    }

    fn forms(&mut self) -> Vec<&mut Form> {
        let shown = self.shown.iter_mut();
        shown.map(|shown| &mut shown.evidence.bundle).collect()
    }
}

pub(crate) async fn page(user: User, Query(asked): Query<Asked>) -> Result<Response, WebError> {
    build(&user, &asked).await?.draw(&user)
}

pub(super) async fn build(user: &User, asked: &Asked) -> Result<InstancePage, WebError> {
    let mut at = asked.at.clone();
    let mut state = instance_state(user, &at).await?;
    if let Some(step) = asked.step.filter(|_| asked.at.is_empty() && !state.first.is_empty()) {
        at = between(&state.first, &state.last, step.min(STEPS));
        state = instance_state(user, &at).await?;
    }
    let frame = Frame::of(user);
    if state.first.is_empty() {
        return Ok(InstancePage { frame, shown: None });
    }
    let (decided, changed, evidence) = tokio::join!(
        decided(user, &at, &asked.page_token),
        changed(user, &at),
        Evidence::of(user, "/revision/paket"),
    );
    let (decided, changed) = (decided?, changed?);
    let own = decided
        .changes
        .iter()
        .chain(&changed)
        .filter(|change| is_about_own(change));
    let titles = titles::of_ideas(user, own.map(|change| &*change.idea)).await;
    let (ideas, numbers) = stood(user, &state);
    let page = |token: &str, text: &'static str| {
        let href = match token {
            "" => format!("/revision?tid={at}"),
            token => format!("/revision?tid={at}&sida={token}"),
        };
        Link::new(href, user.lang.t(text))
    };
    let (here, older) = (&*asked.page_token, &*decided.next_page_token);
    let pager = Pager {
        first: (!here.is_empty()).then(|| page("", "revision-newest-decisions")),
        next: (!older.is_empty()).then(|| page(older, "revision-older-decisions")),
    };
    let shown = Shown {
        slider: slider(user, &state, &at),
        ideas,
        numbers,
        decisions: decisions(user, &decided.changes, &titles),
        pager,
        changes: changes(user, &changed, &titles),
        evidence,
    };
    Ok(InstancePage {
        frame,
        shown: Some(shown),
    })
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
    let link = |time: &str, text: &str| Link::new(format!("/revision?tid={time}"), text);
    let mut links = Vec::new();
    if !state.before.is_empty() {
        links.push(link(&state.first, l.t("revision-first-change")));
        links.push(link(&state.before, l.t("revision-change-before")));
    }
    if !state.after.is_empty() {
        links.push(link(&state.after, l.t("revision-change-after")));
    }
    if !at.is_empty() {
        links.push(Link::new("/revision", l.t("revision-now")));
    }
    let said = match at {
        "" => l.say(
            "revision-you-see-how-things-stand",
            &[("moment", &to_the_second(l, &state.last))],
        ),
        at => l.say(
            "revision-you-see-how-things-stood",
            &[("moment", &to_the_second(l, at))],
        ),
    };
    Slider {
        action: "/revision".to_owned(),
        name: "steg",
        label: l.t("revision-choose-the-time").to_owned(),
        said,
        least: 0,
        most: STEPS,
        value: step,
        button: l.t("common-show-it").to_owned(),
        links,
    }
}

/// How many stood where: the organisation's ideas as a picture, and everything as a table.
fn stood(user: &User, state: &pb::GetInstanceStateResponse) -> (Option<Bars>, Table) {
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
    let row = |(order, (ours, all)): (&usize, &(u64, u64))| {
        let state = AggregateStatus::ALL[*order];
        let (thing, state) = (state.thing(), state.as_str());
        Row::of([
            format!("{}: {}", words::things(l, thing), words::state(l, thing, state)),
            l.grouped(*ours),
            l.grouped(*all),
        ])
    };
    let organisation = user.organisation_name(own);
    let head = [
        l.t("revision-what-and-where"),
        &organisation,
        l.t("revision-all-organisations"),
    ];
    let numbers = Table::new(l.t("revision-numbers-at-that-time"), head)
        .rows(counted.iter().map(row))
        .or(l.t("revision-there-was-nothing-then"));
    (picture(l, &organisation, &counted), numbers)
}

/// The organisation's ideas by state.
fn picture(l: Lang, organisation: &str, counted: &BTreeMap<usize, (u64, u64)>) -> Option<Bars> {
    let ideas: Vec<(usize, u64)> = counted
        .iter()
        .filter(|(order, (ours, _))| matches!(AggregateStatus::ALL[**order], AggregateStatus::Idea(_)) && *ours > 0)
        .map(|(order, (ours, _))| (*order, *ours))
        .collect();
    let most = ideas.iter().map(|(_, count)| *count).max()?;
    let bar = |(order, count): &(usize, u64)| Bar {
        label: words::state(l, "idea", AggregateStatus::ALL[*order].as_str()),
        said: l.grouped(*count),
        from: 0,
        length: u32::try_from(count * 1_000 / most).unwrap_or(1_000),
        mark: None,
        class: "span",
    };
    Some(Bars {
        change: None,
        caption: l.say("revision-ideas-in", &[("organisation", organisation)]),
        bars: ideas.iter().map(bar).collect(),
    })
}

/// A page of the decisions of the auditor's organisation.
async fn decided(user: &User, at: &str, page: &str) -> Result<pb::ListChangesResponse, WebError> {
    let request = pb::ListChangesRequest {
        query: user.asks(None),
        until: at.to_owned(),
        decisions: true,
        page_size: 20,
        page_token: page.to_owned(),
    };
    let told = user.services().ask_evaluation(request).await;
    told.map_err(|status| user.web_error(&status))
}

/// What changed last in the auditor's organisation, in all services.
async fn changed(user: &User, at: &str) -> Result<Vec<pb::Change>, WebError> {
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
    Ok(all)
}

/// Whether it is about an idea of the auditor's organisation.
fn is_about_own(change: &pb::Change) -> bool {
    matches!(thing(change), "idea" | "evaluation" | "solution") && !change.idea.is_empty()
}

/// Each decision with a link to its dossier.
fn decisions(user: &User, decided: &[pb::Change], titles: &BTreeMap<String, Wording>) -> Table {
    let l = user.lang;
    let row = |change: &pb::Change| {
        let id = change.subject.trim_start_matches("evaluation/");
        Row {
            href: format!("/revision/beslut/{id}?handelse={}", change.event),
            ..Row::of([
                moment(l, &change.recorded).into(),
                titles.get(&change.idea).cloned().unwrap_or_default(),
                phrases::event(l, kind(&change.r#type)).into(),
                words::outcome(l, &change.outcome).into(),
                user.name(&change.actor).into(),
            ])
        }
    };
    let head = [
        l.t("common-when"),
        l.t("common-idea"),
        l.t("common-what"),
        l.t("common-outcome"),
        l.t("common-who"),
    ];
    Table::new(l.t("revision-decisions-the-newest-first"), head)
        .rows(decided.iter().map(row))
        .or(l.t("revision-nothing-was-decided-then"))
}

fn changes(user: &User, changed: &[pb::Change], titles: &BTreeMap<String, Wording>) -> Table {
    let l = user.lang;
    let row = |change: &pb::Change| {
        let thing = thing(change);
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
            href: match is_about_own(change) {
                true => format!("/revision/ideer/{}", change.idea),
                false => String::new(),
            },
            ..Row::of([
                moment(l, &change.recorded).into(),
                titles.get(&change.idea).cloned().unwrap_or_default(),
                phrases::event(l, kind(&change.r#type)).into(),
                format!("{}: {way}", words::thing(l, thing)).into(),
                who.into(),
            ])
        }
    };
    let head = [
        l.t("common-when"),
        l.t("common-idea"),
        l.t("common-what"),
        l.t("common-state"),
        l.t("common-who"),
    ];
    let organisation = user.organisation_name(user.acting_as.organisation.as_str());
    let caption = l.say("revision-last-changes-in", &[("organisation", &organisation)]);
    Table::new(caption, head)
        .rows(changed.iter().map(row))
        .or(l.t("revision-nothing-had-happened-then"))
}

/// What kind of thing it happened to.
fn thing(change: &pb::Change) -> &str {
    change.subject.split('/').next().unwrap_or_default()
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
