use serde::Serialize;
use std::collections::BTreeMap;
use std::fmt::{self, Write as _};
use std::sync::Arc;
use tokio::sync::watch;

/// How each part is: 0 well, 1 degraded, 2 not ready. Gauge, by service and part.
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

/// The condition of every part of every service that a process runs. Cheap to clone.
#[derive(Debug, Clone, Default)]
pub struct Health(Arc<watch::Sender<Parts>>);

/// By service and part.
type Parts = BTreeMap<(&'static str, &'static str), Condition>;

impl Health {
    /// What a service tells of itself.
    pub fn of(&self, service: &'static str) -> ServiceHealth {
        ServiceHealth {
            all: self.clone(),
            service,
        }
    }

    /// Whether every part of every service can do its work, with or without something missing.
    pub fn is_ready(&self) -> bool {
        self.0.borrow().values().all(is_ready)
    }

    /// A line for each part: whose it is, its name, how it is.
    pub fn lines(&self) -> String {
        let mut text = String::new();
        for ((service, part), condition) in self.0.borrow().iter() {
            let _ = writeln!(text, "{service} {part}: {condition}");
        }
        text
    }
}

fn is_ready(condition: &Condition) -> bool {
    !matches!(condition, Condition::Unready(_))
}

impl fmt::Display for Condition {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Well => to.write_str("well"),
            Self::Degraded(why) => write!(to, "degraded, {why}"),
            Self::Unready(why) => write!(to, "not ready, {why}"),
        }
    }
}

/// The condition of the parts of one service. Cheap to clone.
#[derive(Debug, Clone)]
pub struct ServiceHealth {
    all: Health,
    service: &'static str,
}

impl ServiceHealth {
    /// Whose it is.
    pub fn service(&self) -> &'static str {
        self.service
    }

    /// Nothing is known yet: `parts` are unready until they say otherwise.
    #[must_use]
    pub fn starting(self, parts: &[&'static str]) -> Self {
        self.all.0.send_modify(|all| {
            for part in parts {
                all.insert((self.service, *part), Condition::Unready("it is starting".into()));
            }
        });
        self
    }

    /// Notes how a part is. A change is logged.
    pub fn set(&self, part: &'static str, condition: Condition) {
        let service = self.service;
        self.all.0.send_if_modified(|parts| {
            if parts.get(&(service, part)) == Some(&condition) {
                return false;
            }
            let metric = match &condition {
                Condition::Well => 0.0,
                Condition::Degraded(_) => 1.0,
                Condition::Unready(_) => 2.0,
            };
            metrics::gauge!(PART, "service" => service, "part" => part).set(metric);
            match &condition {
                Condition::Well => tracing::info!(service, part, "well"),
                Condition::Degraded(why) => tracing::warn!(service, part, why, "degraded"),
                Condition::Unready(why) => tracing::warn!(service, part, why, "not ready"),
            }
            parts.insert((service, part), condition);
            true
        });
    }

    /// Whether every part of the service can do its work.
    pub fn is_ready(&self) -> bool {
        self.own(self.all.0.borrow().iter())
            .all(|(_, condition)| is_ready(condition))
    }

    /// Every part's condition now.
    pub fn parts(&self) -> BTreeMap<&'static str, Condition> {
        let all = self.all.0.borrow();
        let own = self.own(all.iter());
        own.map(|(part, condition)| (part, condition.clone())).collect()
    }

    /// Wakes at every change.
    pub(crate) fn changes(&self) -> watch::Receiver<Parts> {
        self.all.0.subscribe()
    }

    fn own<'a>(
        &self,
        all: impl Iterator<Item = (&'a (&'static str, &'static str), &'a Condition)>,
    ) -> impl Iterator<Item = (&'static str, &'a Condition)> {
        let service = self.service;
        all.filter(move |((of, _), _)| *of == service)
            .map(|((_, part), condition)| (*part, condition))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_degraded_part_is_ready_and_a_starting_one_is_not() {
        let all = Health::default();
        let health = all.of("submission").starting(&["journal"]);
        assert!(!health.is_ready() && !all.is_ready());
        health.set("journal", Condition::Well);
        health.set("broker", Condition::Degraded("it is away".into()));
        assert!(health.is_ready());
        health.set("journal", Condition::Unready("the database is away".into()));
        assert!(!health.is_ready());
    }

    #[test]
    fn one_service_that_is_not_ready_is_told_as_that_one_and_holds_the_process_back() {
        let all = Health::default();
        let (well, away) = (all.of("evaluation"), all.of("sharing"));
        well.set("journal", Condition::Well);
        away.set("journal", Condition::Unready("the database is away".into()));
        assert!(well.is_ready() && !away.is_ready() && !all.is_ready());
        assert_eq!(well.parts().len(), 1);
        assert_eq!(
            all.lines(),
            "evaluation journal: well\nsharing journal: not ready, the database is away\n"
        );
    }
}
