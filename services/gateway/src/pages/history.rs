//! Everything that has happened to an idea, across the services.

use super::histories;
use crate::components::{Row, Table, Traced, Wording};
use crate::error::WebError;
use crate::frame::Frame;
use crate::lang::Lang;
use crate::phrases;
use crate::session::User;
use crate::view::{drawn, moment, text};
use askama::Template;
use axum::extract::Path;
use axum::response::Response;
use idesluss_proto::pb::command::TextState;
use idesluss_proto::pb::evaluation as pb;
use idesluss_proto::pb::journal::HistoryEntry;
use jiff::{SignedDuration, Timestamp};
use serde_json::Value;
use std::collections::BTreeMap;

/// An idea's history.
#[derive(Template)]
#[template(path = "revision/history.html")]
struct HistoryPage {
    frame: Frame,
    idea: String,
    /// Its title, or its reference; empty: neither can be read.
    name: Wording,
    steps: Traced,
}

/// One thing that happened where it happened; what other services received of it is not told twice.
struct Step {
    recorded: String,
    cells: Vec<Wording>,
}

pub(super) async fn page(user: User, Path(idea): Path<String>) -> Result<Response, WebError> {
    let l = user.lang;
    let all = histories::of_idea(&user, &idea).await?;
    let names = criteria(&user).await;
    let [submission, ..] = &all;
    let entries = all.iter().flatten();
    let mut steps: Vec<Step> = entries.filter_map(|entry| step(&user, entry, &names)).collect();
    steps.sort_by(|a, b| a.recorded.cmp(&b.recorded));
    let rows = steps.into_iter().map(|step| Row {
        cells: step.cells,
        ..Row::default()
    });
    let head = [
        l.t("common-when"),
        l.t("common-what"),
        l.t("common-who"),
        l.t("common-text"),
        l.t("revision-where"),
    ];
    let table = Table::new(l.t("history-everything-that-has-happened-in"), head).rows(rows);
    let page = HistoryPage {
        frame: Frame::of(&user),
        name: name(submission),
        idea,
        steps: Traced::new(l, table, &[4]),
    };
    drawn(&user, &page)
}

/// What an idea is called in its own service: the last title that can be read, or else its reference.
fn name(entries: &[HistoryEntry]) -> Wording {
    let (mut title, mut reference) = (String::new(), String::new());
    for entry in entries {
        let line: Value = serde_json::from_slice(&entry.line).unwrap_or_default();
        // What was received is about something else.
        let data = match line.get("from") {
            None => &line["event"]["data"],
            Some(_) => continue,
        };
        let written = data["texts"]["title"]
            .as_str()
            .and_then(|digest| entry.texts.get(digest));
        if let Some(written) = written.filter(|written| written.state() == TextState::Readable) {
            title.clone_from(&written.text);
        }
        if let Some(said) = data["reference"].as_str() {
            said.clone_into(&mut reference);
        }
    }
    Wording::written(title).or(&reference)
}

/// When it was recorded; what was taken over also says when it happened where it came from.
fn when(l: Lang, recorded: &str, time: &str) -> String {
    let shown = moment(l, recorded);
    let apart = match (recorded.parse::<Timestamp>(), time.parse::<Timestamp>()) {
        (Ok(recorded), Ok(time)) => recorded.duration_since(time).abs() > SignedDuration::from_mins(1),
        _ => false,
    };
    if apart {
        let moments = [("recorded", &*shown), ("time", &*moment(l, time))];
        l.say("history-according-to-what-was-taken", &moments)
    } else {
        shown
    }
}

/// What the criteria are called by which the user's organisation assesses or has assessed, by key.
async fn criteria(user: &User) -> BTreeMap<String, String> {
    let request = pb::ListCriteriaSetsRequest { query: user.asks(None) };
    let told = user.services().ask(request).await;
    // Without them the standard criteria are known, and others by their keys.
    let sets = told.map(|told| told.sets).unwrap_or_default();
    // The newest set stands first, and what it says holds.
    let all = sets.iter().rev().flat_map(|set| &set.criteria);
    all.map(|criterion| (criterion.key.clone(), phrases::criterion_of(user.lang, criterion)))
        .collect()
}

/// The texts of an entry; scores and their rationales under the names of their criteria.
fn texts(l: Lang, entry: &HistoryEntry, data: Option<&Value>, names: &BTreeMap<String, String>) -> Wording {
    let name = |key: &str| match names.get(key) {
        Some(name) if !name.is_empty() => name.clone(),
        _ => phrases::criterion(l, key),
    };
    let member = |name: &str| data.and_then(|data| data.get(name));
    let sealed = member("sealed").and_then(Value::as_str);
    let rationales = member("rationales").and_then(Value::as_object);
    let criterion = |digest: &str| {
        let found = rationales?.iter().find(|(_, sealed)| sealed.as_str() == Some(digest));
        found.map(|(key, _)| key)
    };
    let said = entry.texts.iter().map(|(digest, written)| {
        let said = text(l, Some(written));
        if written.state() != TextState::Readable {
            said
        } else if sealed == Some(digest) {
            scores(&said.text, name).into()
        } else if let Some(key) = criterion(digest) {
            said.within(|said| format!("{}: {said}", name(key)))
        } else {
            said
        }
    });
    // What can't be read is said once.
    let said: BTreeMap<String, Wording> = said.map(|said| (said.text.clone(), said)).collect();
    Wording::joined(said.into_values(), " – ")
}

/// The scores in what an assessor gave: random digits that kept them secret, and each criterion's score. Empty: there are none.
fn scores(given: &str, name: impl Fn(&str) -> String) -> String {
    let scores = given.find('{').and_then(|begins| given.get(begins..));
    let scores: Option<BTreeMap<String, u8>> = scores.and_then(|scores| serde_json::from_str(scores).ok());
    let said = scores
        .iter()
        .flatten()
        .map(|(key, score)| format!("{} {score}", name(key)));
    said.collect::<Vec<_>>().join(", ")
}

fn step(user: &User, entry: &HistoryEntry, names: &BTreeMap<String, String>) -> Option<Step> {
    let l = user.lang;
    let line: Value = serde_json::from_slice(&entry.line).ok()?;
    if line.get("from").is_some() {
        return None;
    }
    let event = line.get("event")?;
    let get = |name: &str| event.get(name).and_then(Value::as_str).unwrap_or_default();
    let kind = get("type").rsplit('.').next().unwrap_or_default();
    let service = get("source").split('/').nth(2).unwrap_or_default();
    let role = get("role")
        .parse()
        .ok()
        .map(|role| phrases::role(l, role))
        .unwrap_or_default();
    let who = match get("role") {
        "service" => role.to_owned(),
        _ => format!(
            "{}, {role}, {}",
            user.name(get("actor")),
            user.organisation_name(get("organisation"))
        ),
    };
    let texts = texts(l, entry, event.get("data"), names);
    let recorded = line
        .get("recorded")
        .and_then(Value::as_str)
        .unwrap_or_default()
        .to_owned();
    Some(Step {
        cells: vec![
            when(l, &recorded, get("time")).into(),
            phrases::event(l, kind).into(),
            who.into(),
            texts,
            format!("{service}:{}", entry.position).into(),
        ],
        recorded,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scores_are_told_in_words_without_what_kept_them_secret() {
        let given = format!("{}{{\"citizen-benefit\":4,\"feasibility\":2}}", "e9b9".repeat(16));
        let said = scores(&given, |key| phrases::criterion(Lang::SWEDISH, key));
        assert_eq!(said, "Nytta för medborgaren 4, Genomförbarhet 2");
        assert_eq!(scores("e9b9", str::to_owned), "");
    }
}
