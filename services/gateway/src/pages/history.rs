//! Everything that has happened to an idea, across the services.

use super::histories;
use crate::error::WebError;
use crate::lang::Lang;
use crate::session::User;
use crate::view::{Link, Page, Part, Row, Table, moment, text};
use axum::extract::Path;
use axum::response::Response;
use idesluss_proto::pb::journal::HistoryEntry;
use jiff::{SignedDuration, Timestamp};
use serde_json::Value;

/// One thing that happened where it happened; what other services received of it is not told twice.
struct Step {
    recorded: String,
    cells: Vec<String>,
}

pub(super) async fn page(user: User, Path(idea): Path<String>) -> Result<Response, WebError> {
    let l = user.lang;
    let all = histories::of_idea(&user, &idea).await?;
    let mut steps: Vec<Step> = all.iter().flatten().filter_map(|entry| step(&user, entry)).collect();
    steps.sort_by(|a, b| a.recorded.cmp(&b.recorded));
    let rows = steps.into_iter().map(|step| Row {
        href: String::new(),
        cells: step.cells,
        urgent: false,
    });
    let table = Table {
        caption: l
            .t("Allt som har hänt, i ordning", "Everything that has happened, in order")
            .to_owned(),
        head: [
            l.t("När", "When"),
            l.t("Vad", "What"),
            l.t("Vem", "Who"),
            l.t("Text", "Text"),
        ]
        .map(str::to_owned)
        .to_vec(),
        rows: rows.collect(),
        empty: String::new(),
    };
    let back = Link {
        href: format!("/ideer/{idea}"),
        text: l.t("Till idén", "To the idea").to_owned(),
    };
    let mut page = Page::new(l.t("Historik", "History"));
    page.section("", vec![table.into(), Part::Links(vec![back])]);
    page.draw(&user)
}

/// When it was recorded; what was taken over also says when it happened where it came from.
fn when(l: Lang, recorded: &str, time: &str) -> String {
    let shown = moment(recorded);
    let apart = match (recorded.parse::<Timestamp>(), time.parse::<Timestamp>()) {
        (Ok(recorded), Ok(time)) => recorded.duration_since(time).abs() > SignedDuration::from_mins(1),
        _ => false,
    };
    if apart {
        format!(
            "{shown} ({} {})",
            l.t("enligt det som togs över:", "according to what was taken over:"),
            moment(time)
        )
    } else {
        shown
    }
}

fn step(user: &User, entry: &HistoryEntry) -> Option<Step> {
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
        .map(|role| crate::phrases::role(l, role))
        .unwrap_or_default();
    let who = match get("role") {
        "service" => l.t("tjänsten själv", "the service itself").to_owned(),
        _ => format!(
            "{}, {role}, {}",
            user.name(get("actor")),
            user.organisation_name(get("organisation"))
        ),
    };
    let mut texts: Vec<String> = entry.texts.values().map(|written| text(l, Some(written))).collect();
    texts.sort();
    let recorded = line
        .get("recorded")
        .and_then(Value::as_str)
        .unwrap_or_default()
        .to_owned();
    let place = format!("{service}:{}", entry.position);
    Some(Step {
        cells: vec![
            when(l, &recorded, get("time")),
            format!("{} ({place})", crate::phrases::event(l, kind)),
            who,
            texts.join(" – "),
        ],
        recorded,
    })
}
