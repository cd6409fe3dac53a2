//! Which entries go out one by one, each with its proof, instead of in a run.

use crate::EvidenceError;
use crate::Journal;
use idesluss_auditor::bundle::{Belongs, Covers};
use idesluss_domain::words::{GrantId, IdeaId, OrganisationId, StreamName};
use idesluss_proof::line::{Body, EventLine, parse};
use std::collections::{BTreeMap, BTreeSet};

/// A line and its position.
pub(super) type Picked = (u64, Vec<u8>);

/// The entries of the first `to` whose events are wanted.
async fn pick(
    journal: &Journal,
    to: u64,
    mut wanted: impl FnMut(&EventLine<'_>) -> bool,
) -> Result<Vec<Picked>, EvidenceError> {
    let mut picked = Vec::new();
    let mut messages = journal.entries(0, to);
    while let Some(entries) = messages.recv().await {
        for entry in entries? {
            let read = parse(&entry.line).map_err(|error| journal.failed(error))?;
            if read.body.event().is_some_and(&mut wanted) {
                picked.push((entry.position, entry.line));
            }
        }
    }
    Ok(picked)
}

/// What is about an idea, and the grants that are named in what is shown of it, with their lines. What it says of others is picked too, and written
/// as a hash: without it the idea's own stream would have gaps.
pub(super) async fn about(
    journal: &Journal,
    to: u64,
    idea: IdeaId,
    covers: &Covers,
) -> Result<(Vec<Picked>, BTreeSet<GrantId>), EvidenceError> {
    let (mut belongs, id) = (Belongs::new(covers, &BTreeSet::new()), idea.to_string());
    let mut named = BTreeSet::new();
    let mut picked = pick(journal, to, |event| {
        let is_shown = belongs.shows(event);
        let grant = event.grant.as_deref().filter(|_| is_shown);
        named.extend(grant.and_then(named_in));
        // A grant stands before what names it: all are kept until it is known which are named.
        is_shown || event.correlationid == id || right_of(&event.subject).is_some()
    })
    .await?;
    // Who gave a role acted under one too.
    let mut given: BTreeMap<GrantId, BTreeSet<GrantId>> = BTreeMap::new();
    for (_, line) in &picked {
        let Ok(read) = parse(line) else { continue };
        let Some(event) = read.body.event() else { continue };
        if let (Some(grant), Some(by)) = (
            right_of(&event.subject),
            named_in(event.grant.as_deref().unwrap_or_default()),
        ) {
            given.entry(grant).or_default().insert(by);
        }
    }
    let mut asked: Vec<GrantId> = named.iter().copied().collect();
    while let Some(grant) = asked.pop() {
        asked.extend(given.get(&grant).into_iter().flatten().filter(|by| named.insert(**by)));
    }
    let is_wanted = |line: &[u8]| {
        let read = parse(line).ok()?;
        let event = read.body.event()?;
        Some(right_of(&event.subject).is_none_or(|grant| named.contains(&grant)))
    };
    picked.retain(|(_, line)| is_wanted(line).unwrap_or(true));
    Ok((picked, named))
}

/// The right that an entry names: a grant, that of a private link, or a program, which is its own. Ids of the two are never alike.
fn named_in(said: &str) -> Option<GrantId> {
    let kinds = ["grant:", "link:", "program:"];
    kinds.iter().find_map(|kind| said.strip_prefix(kind))?.parse().ok()
}

/// The right whose stream it is.
fn right_of(subject: &str) -> Option<GrantId> {
    let id = subject
        .strip_prefix("grant/")
        .or_else(|| subject.strip_prefix("program/"));
    id?.parse().ok()
}

/// Orders and criteria from before a period, since a decision in it may rest on them, and what happened to the journal itself: by which tables of
/// rights it was written, and in which epochs.
pub(super) async fn in_force(journal: &Journal, before: u64) -> Result<Vec<Picked>, EvidenceError> {
    let in_force = |subject: &str| subject.starts_with("delegation-order/") || subject.starts_with("criteria/");
    let own = StreamName::journal(journal.service.as_str());
    pick(journal, before, |event| {
        in_force(&event.subject) || *event.subject == *own.as_str()
    })
    .await
}

/// Whose idea it is: the organisation of its stream's first event in submission's journal.
pub(super) async fn owner(idea: IdeaId, submission: &Journal) -> Result<OrganisationId, EvidenceError> {
    let subject = format!("idea/{idea}");
    let mut messages = submission.entries(0, submission.size);
    while let Some(entries) = messages.recv().await {
        for entry in entries? {
            let read = parse(&entry.line).map_err(|error| submission.failed(error))?;
            if let Body::Own(event) = &read.body
                && *event.subject == *subject
            {
                return event
                    .organisation
                    .parse()
                    .map_err(|_| submission.failed("an organisation's id is none"));
            }
        }
    }
    Err(EvidenceError::NoSuchIdea(idea))
}

/// The earlier sizes of the tree that picked decisions name as their basis.
pub(super) fn bases(picked: &[Picked], size: u64) -> BTreeSet<u64> {
    let mut sizes = BTreeSet::new();
    for (_, line) in picked {
        let Ok(read) = parse(line) else { continue };
        let Body::Own(event) = &read.body else { continue };
        let data: serde_json::Value = serde_json::from_str(event.data).unwrap_or_default();
        for basis in [&data["basis"], &data["decision"]["basis"]] {
            sizes.extend(basis["size"].as_u64().filter(|older| (1..size).contains(older)));
        }
    }
    sizes
}

/// The idea that begins with an entry, if it is one of the organisation's.
pub(super) fn begins_idea(line: &[u8], organisation: &OrganisationId) -> Option<IdeaId> {
    let read = parse(line).ok()?;
    let Body::Own(event) = &read.body else { return None };
    let first = event.stream_version == 1 && *event.organisation == *organisation.as_str();
    event.subject.strip_prefix("idea/").filter(|_| first)?.parse().ok()
}
