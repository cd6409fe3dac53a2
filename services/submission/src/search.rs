//! What ideas can be found by.
//!
//! Two indexes, for two kinds of people. Coordinators, registrars and auditors search the words with which ideas were submitted, or the
//! brief with which they were received. What resembles something is found, and ranked, by the words of approved briefs alone: whoever
//! types a name there learns nothing of whose idea holds it.

use futures_util::FutureExt as _;
use futures_util::future::BoxFuture;
use idesluss_domain::Event;
use idesluss_domain::submission::IdeaEvent;
use idesluss_domain::submission::idea::{BriefApproved, BriefReplaced, IdeaReceived, IdeaSubmitted, TextsErased};
use idesluss_domain::words::{IdeaId, StreamName};
use idesluss_engine::{Engine, ExecuteError, Recorded};
use idesluss_search::{Document, SearchError, Subject, Words};
use std::collections::BTreeSet;
use uuid::Uuid;

/// Ideas by the words with which they came.
pub(crate) const IDEAS: Subject = Subject {
    name: "ideas",
    version: 1,
    read: &[(IdeaSubmitted::TYPE, submitted), (IdeaReceived::TYPE, received)],
    gone: Some((TextsErased::TYPE, gone)),
};

/// Ideas by the words of their approved brief.
pub(crate) const BRIEFS: Subject = Subject {
    name: "briefs",
    version: 1,
    read: &[
        (BriefApproved::TYPE, brief),
        (BriefReplaced::TYPE, brief),
        (IdeaReceived::TYPE, received),
    ],
    gone: Some((TextsErased::TYPE, gone)),
};

/// An idea whose texts were erased, and those that other organisations received from it, also by way of others: they hold the same brief.
pub(crate) async fn with_received(engine: &Engine, idea: IdeaId) -> Result<Vec<Uuid>, ExecuteError> {
    let (mut all, mut looked_at) = (vec![idea], 0);
    while let Some(next) = all.get(looked_at) {
        let stream = StreamName::idea(*next);
        let loaded = engine.load(std::slice::from_ref(&stream)).await?;
        for entry in loaded.entries(&stream) {
            if let Some(Event::Idea(IdeaEvent::IdeaReferred(referred))) = &entry.event
                && !all.contains(&referred.received_as)
            {
                all.push(referred.received_as);
            }
        }
        looked_at += 1;
    }
    Ok(all.into_iter().map(|idea| idea.0).collect())
}

fn gone<'a>(engine: &'a Engine, entry: &'a Recorded) -> BoxFuture<'a, Result<Vec<Uuid>, SearchError>> {
    async move {
        if !entry.own {
            return Ok(Vec::new());
        }
        let ids = with_received(engine, IdeaId(entry.meta.correlation)).await;
        ids.map_err(|error| SearchError::Engine(error.to_string()))
    }
    .boxed()
}

/// The words with which it was submitted.
fn submitted(entry: &Recorded) -> Option<Document> {
    let Some(Event::Idea(IdeaEvent::IdeaSubmitted(submitted))) = &entry.event else {
        return None;
    };
    entry.own.then(|| Document {
        id: submitted.idea.0,
        organisation: submitted.organisation.clone(),
        is_open: false,
        words: Words::Sealed(entry.sealed_members()),
    })
}

/// The brief with which it came from elsewhere.
fn received(entry: &Recorded) -> Option<Document> {
    let Some(Event::Idea(IdeaEvent::IdeaReceived(received))) = &entry.event else {
        return None;
    };
    entry.own.then(|| Document {
        id: received.idea.0,
        organisation: received.organisation.clone(),
        is_open: false,
        words: Words::Copied(StreamName::idea(received.origin), received.brief.clone()),
    })
}

/// The brief that was approved.
fn brief(entry: &Recorded) -> Option<Document> {
    entry.own.then(|| Document {
        id: entry.meta.correlation,
        organisation: entry.meta.organisation.clone(),
        is_open: false,
        words: Words::Sealed(entry.sealed_members()),
    })
}

/// What was found, as ideas, the first of each.
pub(crate) fn distinct(found: Vec<Uuid>) -> Vec<IdeaId> {
    let mut seen = BTreeSet::new();
    found
        .into_iter()
        .map(IdeaId)
        .filter(|idea| seen.insert(*idea))
        .collect()
}
