//! Asking every process over HTTP what it tells of itself.

use super::document::Document;
use super::installation::Installation;
use serde::Deserialize;
use serde::de::IgnoredAny;
use std::collections::BTreeMap;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// How long a process may take for an answer. With its database away it takes up to two seconds.
const ANSWER: Duration = Duration::from_secs(5);

/// Everybody's answers at about one moment.
#[derive(Debug, Clone, Default)]
pub(super) struct Look(pub(super) Vec<Seen>);

/// One process's answer.
#[derive(Debug, Clone)]
pub(super) struct Seen {
    /// What the installation's file calls it.
    pub(super) name: String,
    /// Where it was asked.
    pub(super) ops: String,
    pub(super) answer: Answer,
}

/// What came.
#[derive(Debug, Clone)]
pub(super) enum Answer {
    Reported(Box<Reported>),
    /// Nothing, and why.
    Silent(String),
    /// Something that is no state of a process of ours.
    Strange(String),
}

/// What a process told.
#[derive(Debug, Clone, Default)]
pub(super) struct Reported {
    pub(super) document: Document,
    /// Why it is not ready; None: it is.
    pub(super) unready: Option<String>,
    /// By how much its clock is ahead of this machine's at the least, in microseconds: what the way there and back may explain is taken off.
    pub(super) ahead_micros: i64,
}

impl Look {
    /// What those told who answered, with their names.
    pub(super) fn answers(&self) -> impl Iterator<Item = (&str, &Reported)> {
        self.0.iter().filter_map(|seen| match &seen.answer {
            Answer::Reported(answer) => Some((seen.name.as_str(), &**answer)),
            Answer::Silent(_) | Answer::Strange(_) => None,
        })
    }

    /// What one process told.
    pub(super) fn of(&self, name: &str) -> Option<&Reported> {
        self.answers()
            .find(|(known, _)| *known == name)
            .map(|(_, answer)| answer)
    }
}

/// Asks all processes at once.
pub(super) async fn look(installation: &Installation) -> Look {
    let asked: Vec<_> = installation
        .processes
        .iter()
        .map(|process| {
            let ops = process.ops.trim_end_matches('/').to_owned();
            tokio::task::spawn_blocking(move || ask(&ops))
        })
        .collect();
    let mut seen = Vec::new();
    for (process, asked) in installation.processes.iter().zip(asked) {
        let answer = asked.await.unwrap_or_else(|error| Answer::Silent(error.to_string()));
        seen.push(Seen {
            name: process.name.clone(),
            ops: process.ops.clone(),
            answer,
        });
    }
    Look(seen)
}

fn ask(ops: &str) -> Answer {
    let agent: ureq::Agent = ureq::Agent::config_builder()
        .http_status_as_error(false)
        .timeout_global(Some(ANSWER))
        .build()
        .into();
    let get = |path: &str| -> Result<(u16, String), ureq::Error> {
        let mut answer = agent.get(format!("{ops}{path}")).call()?;
        let text = answer.body_mut().read_to_string()?;
        Ok((answer.status().as_u16(), text))
    };
    // First, so that the connection stands already when the clock is looked at.
    let ready = match get("/readyz") {
        Ok(ready) => ready,
        Err(error) => return Answer::Silent(error.to_string()),
    };
    let sent = now_micros();
    let status = match get("/status") {
        Ok(status) => status,
        Err(error) => return Answer::Silent(error.to_string()),
    };
    let came = now_micros();
    let document = match (status.0, serde_json::from_str(&status.1)) {
        (
            200,
            Ok(Status {
                services: Some(services),
                ..
            }),
        ) => return Answer::Strange(of_which(&services)),
        (200, Ok(Status { document, .. })) => document,
        (200, Err(error)) => return Answer::Strange(error.to_string()),
        (code, _) => return Answer::Strange(format!("status code {code}")),
    };
    let ahead = document.now_micros.map_or(0, |answer| ahead_micros(answer, sent, came));
    Answer::Reported(Box::new(Reported {
        unready: (ready.0 != 200).then(|| ready.1.trim().replace('\n', "; ")),
        ahead_micros: ahead,
        document,
    }))
}

/// What was told: of one service, or of a whole process.
#[derive(Deserialize)]
struct Status {
    services: Option<BTreeMap<String, IgnoredAny>>,
    #[serde(flatten)]
    document: Document,
}

/// An address that leads to a whole process says of nobody how it is.
fn of_which(services: &BTreeMap<String, IgnoredAny>) -> String {
    let names: Vec<_> = services.keys().map(|name| format!("/{name}")).collect();
    format!(
        "it tells of a whole process: write behind the address which of it is meant, {}",
        names.join(" or ")
    )
}

fn now_micros() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_micros()).unwrap_or(i64::MAX)
}

/// By how much a clock that said `told`, asked between `sent` and `came`, is ahead at the least.
fn ahead_micros(answer: i64, sent: i64, came: i64) -> i64 {
    let half = came.saturating_sub(sent).max(0) / 2;
    let ahead = answer.saturating_sub(sent.saturating_add(half));
    ahead.signum() * (ahead.saturating_abs() - half).max(0)
}

#[cfg(test)]
mod tests {
    use super::ahead_micros;

    #[test]
    fn what_the_way_may_explain_is_no_difference_of_clocks() {
        for (answer, sent, came, ahead) in [(5, 0, 10, 0), (0, 0, 10, 0), (25, 0, 10, 15), (-20, 0, 10, -20)] {
            assert_eq!(
                ahead_micros(answer, sent, came),
                ahead,
                "{answer} between {sent} and {came}"
            );
        }
    }
}
