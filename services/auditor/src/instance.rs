use crate::happened::Happened;
use crate::{MergeError, Moment, Reading, Service};
use idesluss_domain::evaluation::{CriteriaEvent, DelegationOrderEvent};
use idesluss_domain::{AggregateStatus, Event, home};
use serde::Serialize;
use std::collections::{BTreeMap, HashMap, VecDeque};
use uuid::Uuid;

/// How many of the last events are told.
const LAST: usize = 20;

/// Where everything of an instance stood at a moment.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Instance {
    /// How far each service's journal was read.
    pub journals: BTreeMap<Service, Upto>,
    /// How many things stood where, by thing, organisation and state.
    pub counts: Vec<Count>,
    /// What happened last, the newest first; twenty at the most.
    pub last: Vec<Happened>,
}

/// How far a journal was read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Upto {
    /// How many of its own events there were. Received copies are counted where they happened.
    pub events: u64,
    /// The position of the last one.
    pub position: u64,
    /// When that was recorded, UTC.
    pub recorded: String,
}

/// How many things of an organisation stood in one state.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Count {
    /// `idea`, `call`, `evaluation`, `solution` or `adoption`.
    pub thing: String,
    /// Whose; empty: the event with which it began is not there.
    pub organisation: String,
    /// The state, such as `in evaluation`.
    pub state: String,
    /// How many.
    pub count: u64,
}

/// Says where an instance stood at a moment; None: at the end.
///
/// `events` are those of [`merge`](fn@crate::merge). Memory: 20 bytes a thing and the map's room to grow, 24 to 48 bytes, and half as
/// much again while it grows; nothing for an event. Where an idea and its evaluation have some fifteen entries in all journals, a million
/// entries take about 6 MB.
/// Errors: those of the merge.
pub fn instance(
    events: impl IntoIterator<Item = Result<Reading, MergeError>>,
    until: Option<Moment>,
) -> Result<Instance, MergeError> {
    let (mut things, mut journals, mut last) = (Things::default(), BTreeMap::new(), VecDeque::new());
    for reading in events {
        let reading = reading?;
        // Not the end: a journal whose times go backwards has more.
        if until.is_some_and(|until| !until.covers(&reading)) {
            continue;
        }
        things.take(&reading);
        let upto = journals.entry(reading.service).or_insert_with(|| Upto {
            events: 0,
            position: 0,
            recorded: String::new(),
        });
        upto.events += 1;
        upto.position = reading.position;
        if last.len() == LAST {
            last.pop_front();
        }
        last.push_back(reading);
        if let Some(newest) = last.back() {
            upto.recorded = newest.recorded.to_string();
        }
    }
    Ok(Instance {
        journals,
        counts: things.counts(),
        last: last.iter().rev().map(Happened::of).collect(),
    })
}

/// Every thing that has states, as small as it can be kept.
#[derive(Debug, Default)]
pub(crate) struct Things {
    status: HashMap<Key, Kept>,
    organisations: Vec<String>,
    sets: BTreeMap<String, Set>,
}

/// What stands for a thing in the map: its kind is in its state.
type Key = Uuid;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Kept {
    status: Option<AggregateStatus>,
    /// Index in `houses`, from 1; 0: not known.
    organisation: u16,
}

/// What is told of the few things that have no states: an organisation's criteria, its delegation order.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct Set {
    version: u32,
    handed_on: u32,
    revoked: u32,
}

impl Things {
    /// Folds an event in. Returns the state of its subject before and after, in words; empty: it has none.
    pub(crate) fn take(&mut self, reading: &Reading) -> (String, String) {
        match &reading.event {
            Event::Criteria(CriteriaEvent::CriteriaAdopted(adopted)) => {
                return self.set(reading, |set| set.version = adopted.version);
            }
            Event::DelegationOrder(DelegationOrderEvent::DelegationOrderAdopted(adopted)) => {
                let version = adopted.version;
                return self.set(reading, |set| {
                    *set = Set {
                        version,
                        ..Set::default()
                    }
                });
            }
            Event::DelegationOrder(DelegationOrderEvent::MandateSubdelegated(_)) => {
                return self.set(reading, |set| set.handed_on += 1);
            }
            Event::DelegationOrder(DelegationOrderEvent::MandateRevoked(_)) => {
                return self.set(reading, |set| set.revoked += 1);
            }
            _ => {}
        }
        let organisation = home(&reading.event).map(|organisation| self.index_of(organisation.as_str()));
        let Some(key) = id_of(&reading.subject) else {
            return Default::default();
        };
        let known = self.status.get(&key).copied();
        let before = known.and_then(|kept| kept.status);
        let after = AggregateStatus::after(before, &reading.event);
        let organisation = organisation.or(known.map(|kept| kept.organisation)).unwrap_or(0);
        let kept = Kept {
            status: after,
            organisation,
        };
        if after.is_some() && known != Some(kept) {
            self.status.insert(key, kept);
        }
        let words =
            |status: Option<AggregateStatus>| status.map(AggregateStatus::as_str).unwrap_or_default().to_owned();
        (words(before), words(after))
    }

    /// The organisation whose thing it is, as far as is known.
    pub(crate) fn organisation(&self, subject: &str) -> String {
        let named = ["criteria/", "delegation-order/", "register/", "quota/"];
        if let Some(rest) = named.iter().find_map(|kind| subject.strip_prefix(kind)) {
            return rest.split('/').next().unwrap_or_default().to_owned();
        }
        let organisation = id_of(subject)
            .and_then(|key| self.status.get(&key))
            .map_or(0, |kept| kept.organisation);
        self.name(organisation).to_owned()
    }

    fn set(&mut self, reading: &Reading, change: impl FnOnce(&mut Set)) -> (String, String) {
        let set = self.sets.entry(reading.subject.clone()).or_default();
        let before = set.words();
        change(set);
        (before, set.words())
    }

    fn index_of(&mut self, name: &str) -> u16 {
        let found = self.organisations.iter().position(|organisation| organisation == name);
        let index = found.unwrap_or_else(|| {
            self.organisations.push(name.to_owned());
            self.organisations.len() - 1
        });
        u16::try_from(index + 1).unwrap_or(0)
    }

    fn name(&self, organisation: u16) -> &str {
        let index = usize::from(organisation).checked_sub(1);
        index
            .and_then(|index| self.organisations.get(index))
            .map_or("", String::as_str)
    }

    /// How many stand where, in the order of [`AggregateStatus::ALL`] within each organisation.
    fn counts(&self) -> Vec<Count> {
        let order = |status| AggregateStatus::ALL.iter().position(|other| *other == status);
        let mut counted: BTreeMap<(Option<usize>, &str), u64> = BTreeMap::new();
        for kept in self.status.values() {
            if let Some(status) = kept.status {
                *counted
                    .entry((order(status), self.name(kept.organisation)))
                    .or_default() += 1;
            }
        }
        let count = |((at, organisation), count): ((Option<usize>, &str), u64)| {
            let status = AggregateStatus::ALL.get(at?)?;
            Some(Count {
                thing: status.thing().to_owned(),
                organisation: organisation.to_owned(),
                state: status.as_str().to_owned(),
                count,
            })
        };
        counted.into_iter().filter_map(count).collect()
    }
}

impl Set {
    fn words(&self) -> String {
        if *self == Self::default() {
            return String::new();
        }
        let mut words = format!("version {}", self.version);
        for (count, what) in [(self.handed_on, "handed on"), (self.revoked, "revoked")] {
            if count > 0 {
                words.push_str(&format!(", {count} {what}"));
            }
        }
        words
    }
}

/// The UUID of a thing that has states; ids of different kinds of things never meet, since those that follow from others are hashes.
fn id_of(subject: &str) -> Option<Key> {
    let (kind, id) = subject.split_once('/')?;
    let has_states = matches!(kind, "idea" | "call" | "evaluation" | "solution" | "adoption");
    has_states.then(|| id.parse().ok()).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_thing_takes_no_more_than_was_reckoned_with() {
        assert_eq!(std::mem::size_of::<(Key, Kept)>(), 20);
    }
}
