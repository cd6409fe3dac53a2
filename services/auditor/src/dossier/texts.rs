use super::Case;
use crate::replay::find_texts;
use crate::{Author, Entry, Reading, ReplayError, Service, Text};
use idesluss_domain::Event;
use idesluss_domain::evaluation::EvaluationEvent;
use idesluss_domain::submission::IdeaEvent;
use serde::Serialize;
use serde_json::Value;
use std::collections::BTreeMap;

/// A text as it can be read now.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum TextNow {
    /// As it was written.
    Readable(String),
    /// It was erased.
    Erased {
        /// When, UTC; None: no event says so.
        on: Option<String>,
        /// The legal basis; None: no event says so.
        basis: Option<String>,
    },
    /// Its key is not there, and nobody decided to erase it.
    KeyMissing,
    /// Whoever asks may not read it.
    Hidden,
}

/// What was decided about erasing the idea's texts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Erasure {
    /// When it was decided, UTC.
    pub decided: String,
    /// The legal basis.
    pub basis: String,
    /// Who decided.
    pub by: Author,
    /// When each service had erased its texts, UTC; those that have not are not named.
    pub erased: BTreeMap<Service, String>,
}

/// The erasure of an idea's texts that was decided, and how far it has come; None: there was none.
pub fn erasure_in(entries: &[Entry]) -> Result<Option<Erasure>, ReplayError> {
    let read: Result<Vec<_>, _> = entries.iter().filter_map(|entry| entry.read().transpose()).collect();
    Ok(erasure(&read?))
}

/// See [`erasure_in`].
pub(super) fn erasure(read: &[Reading]) -> Option<Erasure> {
    let decided = |reading: &Reading| match &reading.event {
        Event::Idea(IdeaEvent::ErasureDecided(decided)) => Some(Erasure {
            decided: reading.recorded.to_string(),
            basis: decided.basis.to_string(),
            by: Author::of(reading),
            erased: BTreeMap::new(),
        }),
        _ => None,
    };
    // Where it was decided, or else what evaluation received of it.
    let own = read.iter().filter(|reading| reading.own).find_map(decided);
    let mut erasure = own.or_else(|| read.iter().find_map(decided))?;
    for reading in read {
        let service = match &reading.event {
            Event::Evaluation(EvaluationEvent::TextsErased(_)) if reading.own => Some(Service::Evaluation),
            // Submission notes its own, and what others confirm; they noted it themselves before.
            Event::Idea(IdeaEvent::TextsErased(erased)) if reading.own => erased.service.as_str().parse().ok(),
            _ => None,
        };
        if let Some(service) = service {
            let earlier = erasure.erased.entry(service);
            earlier.or_insert_with(|| reading.recorded.to_string());
        }
    }
    Some(erasure)
}

impl Case<'_> {
    /// What was written in an event, by member. The sealed form of scores is left out: they are told where they were revealed.
    pub(super) fn texts(&self, reading: &Reading) -> BTreeMap<String, TextNow> {
        let data: Value = serde_json::from_str(&reading.data).unwrap_or(Value::Null);
        let mut found = BTreeMap::new();
        find_texts(&data, String::new(), &reading.texts, &mut found);
        let written = found.into_iter().filter(|(path, _)| path != "sealed");
        written
            .map(|(path, text)| (path, self.now(reading.service, text)))
            .collect()
    }

    fn now(&self, service: Service, text: Text) -> TextNow {
        match text {
            Text::Readable(text) => TextNow::Readable(text),
            Text::KeyMissing => TextNow::KeyMissing,
            Text::Hidden => TextNow::Hidden,
            Text::Erased => TextNow::Erased {
                on: self
                    .erasure
                    .as_ref()
                    .map(|erasure| erasure.erased.get(&service).unwrap_or(&erasure.decided).clone()),
                basis: self.erasure.as_ref().map(|erasure| erasure.basis.clone()),
            },
        }
    }
}
