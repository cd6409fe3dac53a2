use serde::Serialize;
use std::collections::BTreeMap;
use std::sync::Arc;
use tokio::sync::watch;

/// How each part is: 0 well, 1 degraded, 2 not ready. Gauge, by part.
pub const PART: &str = "idesluss_part_condition";

/// How a part of a process is. In JSON: `{"condition": "degraded", "why": "…"}`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "condition", content = "why", rename_all = "lowercase")]
pub enum Condition {
    /// It does its work.
    Well,
    /// Something is missing that others make up for: work goes on, somebody should look.
    Degraded(String),
    /// It can't do its work: send requests elsewhere.
    Unready(String),
}

/// The condition of every part of a process, by name. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Health(Arc<watch::Sender<BTreeMap<&'static str, Condition>>>);

impl Health {
    /// Nothing is known yet: `parts` are unready until they say otherwise.
    pub fn starting(parts: &[&'static str]) -> Self {
        let begin = parts
            .iter()
            .map(|part| (*part, Condition::Unready("it is starting".into())));
        Self(Arc::new(watch::Sender::new(begin.collect())))
    }

    /// Notes how a part is. A change is logged.
    pub fn set(&self, part: &'static str, condition: Condition) {
        self.0.send_if_modified(|parts| {
            if parts.get(part) == Some(&condition) {
                return false;
            }
            let metric = match &condition {
                Condition::Well => 0.0,
                Condition::Degraded(_) => 1.0,
                Condition::Unready(_) => 2.0,
            };
            metrics::gauge!(PART, "part" => part).set(metric);
            match &condition {
                Condition::Well => tracing::info!(part, "well"),
                Condition::Degraded(why) => tracing::warn!(part, why, "degraded"),
                Condition::Unready(why) => tracing::warn!(part, why, "not ready"),
            }
            parts.insert(part, condition);
            true
        });
    }

    /// Whether every part can do its work, with or without something missing.
    pub fn is_ready(&self) -> bool {
        let ready = |condition: &Condition| !matches!(condition, Condition::Unready(_));
        self.0.borrow().values().all(ready)
    }

    /// Every part's condition now.
    pub fn parts(&self) -> BTreeMap<&'static str, Condition> {
        self.0.borrow().clone()
    }

    /// Wakes at every change.
    pub fn changes(&self) -> watch::Receiver<BTreeMap<&'static str, Condition>> {
        self.0.subscribe()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_degraded_part_is_ready_and_a_starting_one_is_not() {
        let health = Health::starting(&["journal"]);
        assert!(!health.is_ready());
        health.set("journal", Condition::Well);
        health.set("broker", Condition::Degraded("it is away".into()));
        assert!(health.is_ready());
        health.set("journal", Condition::Unready("the database is away".into()));
        assert!(!health.is_ready());
    }
}
