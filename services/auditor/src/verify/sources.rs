use super::peaks::WINDOW;
use super::{Code, findings::Found};
use idesluss_domain::{is_written_by, may_write};
use idesluss_proof::line::EventLine;
use std::collections::{HashMap, VecDeque};

/// More sources than a region ever has: so that no list of them grows without end, whatever was written.
const MOST_SOURCES: usize = 10_000;

/// How far a source had come at some entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Come {
    /// The entry's position in this log.
    pub(super) position: u64,
    pub(super) epoch: u32,
    pub(super) sequence: u64,
    /// Its position in its own log; None: it was refused, and the line does not tell.
    pub(super) from_position: Option<u64>,
}

#[derive(Debug)]
struct Source {
    come: VecDeque<Come>,
    /// How many entries could not be read when its last one came.
    unread: u64,
}

/// One step of a source.
#[derive(Debug, Clone, Copy)]
pub(super) struct Step<'a> {
    pub(super) source: &'a str,
    pub(super) own: bool,
    /// Whether it opens an epoch. None: it was refused, and nobody can tell.
    pub(super) opens_epoch: Option<bool>,
    pub(super) come: Come,
}

/// The sources whose entries a log holds, each with how far it had come during the last 65,536 entries.
///
/// Memory: 40 bytes for each received entry of those, and as much as the names of the sources.
#[derive(Debug, Default)]
pub(super) struct Sources {
    sources: HashMap<String, Source>,
    /// Whether the log is read from its beginning.
    from_start: bool,
}

impl Sources {
    pub(super) fn new(from_start: bool) -> Self {
        Self {
            from_start,
            ..Self::default()
        }
    }

    /// Takes a source's next entry. `unread`: how many entries of the log could not be read so far, any of which may be the source's.
    pub(super) fn take(&mut self, step: Step<'_>, unread: u64) -> Option<(Code, String)> {
        let found = self.judge(&step, unread);
        let come = step.come;
        let many = self.sources.len() >= MOST_SOURCES;
        match self.sources.get_mut(step.source) {
            Some(source) => {
                if step.own {
                    source.come.clear();
                }
                source.come.push_back(come);
                // One before the window stays: it says how far the source had come when the window began.
                while source
                    .come
                    .get(1)
                    .is_some_and(|next| next.position.saturating_add(WINDOW) < come.position)
                {
                    source.come.pop_front();
                }
                source.unread = unread;
            }
            None if many => {
                let text = format!("the log is said to have more than {MOST_SOURCES} sources");
                return Some((Code::L05, text));
            }
            None => {
                let come = VecDeque::from([come]);
                self.sources.insert(step.source.to_owned(), Source { come, unread });
            }
        }
        found
    }

    fn judge(&self, step: &Step<'_>, unread: u64) -> Option<(Code, String)> {
        let Come { epoch, sequence, .. } = step.come;
        let last = self.sources.get(step.source);
        let slack = unread - last.map_or(0, |source| source.unread);
        let next = |last: u64| sequence > last && sequence - last <= 1 + slack;
        let named = |before: &str| {
            format!(
                "it is {epoch}/{sequence} of {} (epoch/sequence), and {before}",
                step.source
            )
        };
        let Some(Come {
            epoch: before,
            sequence: last,
            ..
        }) = last.and_then(|source| source.come.back())
        else {
            let begins = !self.from_start || (next(0) && epoch > 0);
            return (!begins).then(|| (Code::L05, named("nothing of it came before")));
        };
        let came = || named(&format!("{before}/{last} came before it"));
        if epoch == *before {
            return (!next(*last)).then(|| (Code::L05, came()));
        }
        if epoch < *before || (step.opens_epoch == Some(false) && slack == 0) {
            return Some((Code::L06, came()));
        }
        // After a restore a source goes on from what it had kept: others may have had more.
        let goes_on = next(*last) || (!step.own && sequence <= *last && sequence > 0);
        (!goes_on).then(|| (Code::L05, came()))
    }

    /// How far each foreign source had come before `size` entries were there, or that one is not known: it came before the window.
    pub(super) fn at(&self, size: u64, journal: &str) -> HashMap<&str, Option<Come>> {
        let foreign = self.sources.iter().filter(|(name, _)| !is_written_by(name, journal));
        let mut at = HashMap::new();
        for (name, source) in foreign {
            let before = source.come.partition_point(|come| come.position < size);
            let come = before.checked_sub(1).and_then(|index| source.come.get(index));
            let oldest = source.come.front().map_or(0, |come| come.position);
            let come = match come {
                Some(come) => Some(*come),
                // It had not come at all yet, as far as can be told.
                None if oldest >= size => continue,
                None => None,
            };
            at.insert(name.as_str(), come);
        }
        at
    }
}

/// L04: an own entry is of a type of this log's service, and in a stream of such events.
pub(super) fn is_written_here(event: &EventLine<'_>) -> Found {
    (!may_write(&event.source, &event.kind, &event.subject)).then(|| {
        let kind: String = event.kind.chars().take(100).collect();
        format!("this service does not write {kind}, or not in such a stream")
    })
}

/// L04: an own entry has a source of this log, a received or refused one has not.
pub(super) fn stands_here(source: &str, journal: &str, own: bool) -> Found {
    (is_written_by(source, journal) != own).then(|| match own {
        true => format!("{source} is another log's, and the entry does not say from where it came"),
        false => format!("{source} is this log's own, and the entry says that it came from elsewhere"),
    })
}
