//! What one journal holds of another: received lines against their source's own.

use super::super::finding::{Finding, Severity};
use sha2::{Digest as _, Sha256};
use std::collections::BTreeMap;

/// A line, in 24 bytes: enough of its hash to tell it from any other, and where it stands.
#[derive(Debug, Clone, Copy)]
struct Held {
    hash: [u8; 16],
    position: u64,
}

/// Lines of one source in one journal: runs without a gap, by epoch and first sequence.
#[derive(Debug, Default)]
struct Runs {
    runs: BTreeMap<(u32, u64), Vec<Held>>,
}

impl Runs {
    fn put(&mut self, (epoch, sequence): (u32, u64), held: Held) {
        if let Some(((last_epoch, first), run)) = self.runs.last_key_value()
            && *last_epoch == epoch
            && first + run.len() as u64 == sequence
            && let Some(mut run) = self.runs.last_entry()
        {
            run.get_mut().push(held);
            return;
        }
        self.runs.insert((epoch, sequence), vec![held]);
    }

    fn find(&self, (epoch, sequence): (u32, u64)) -> Option<Held> {
        let ((of, first), run) = self.runs.range(..=(epoch, sequence)).next_back()?;
        let at = usize::try_from(sequence - first).ok().filter(|_| *of == epoch)?;
        run.get(at).copied()
    }

    fn all(&self) -> impl Iterator<Item = ((u32, u64), Held)> {
        self.runs.iter().flat_map(|((epoch, first), run)| {
            let numbered = (*first..).zip(run);
            numbered.map(|(sequence, held)| ((*epoch, sequence), *held))
        })
    }
}

/// All journals' lines, by source.
#[derive(Debug, Default)]
pub(super) struct Copies {
    own: BTreeMap<String, Runs>,
    /// By receiver's journal and source.
    received: BTreeMap<(String, String), Runs>,
}

fn held(position: u64, line: &[u8]) -> Held {
    let digest = Sha256::digest(line);
    let mut hash = [0; 16];
    hash.copy_from_slice(&digest[..16]);
    Held { hash, position }
}

impl Copies {
    /// Notes an own line.
    pub(super) fn own(&mut self, source: &str, place: (u32, u64), position: u64, line: &[u8]) {
        entry(&mut self.own, source).put(place, held(position, line));
    }

    /// Notes a received line: at `position` of `journal`, as its source holds it.
    pub(super) fn received(&mut self, journal: &str, source: &str, place: (u32, u64), position: u64, of_source: &[u8]) {
        let key = (journal.to_owned(), source.to_owned());
        self.received
            .entry(key)
            .or_default()
            .put(place, held(position, of_source));
    }

    /// Compares every copy with its original, where both were read; at most `named` differences of each pair are told.
    pub(super) fn compare(&self, named: usize) -> Vec<Finding> {
        let mut findings = Vec::new();
        let mut compared = 0_u64;
        for ((journal, source), runs) in &self.received {
            let Some(own) = self.own.get(source) else { continue };
            let (at, from) = (service(journal), source_service(source));
            let mut different = 0;
            for (place, copy) in runs.all() {
                // What is not there was written after the source was read, or cut off when it was put back from a backup.
                let Some(original) = own.find(place) else { continue };
                compared += 1;
                if original.hash == copy.hash {
                    continue;
                }
                different += 1;
                if different <= named {
                    findings.push(Finding::bad(
                        "copies",
                        at,
                        format!(
                            "entry {} of {from} and its copy, entry {} of {at}, are not the same",
                            original.position, copy.position
                        ),
                        "One of the two was changed after it was written: the findings on journal and tree say in which. Put that service's database back from the last backup that passes this check.",
                    ));
                }
            }
        }
        if findings.iter().all(|finding| finding.severity == Severity::Well) && compared > 0 {
            let found = format!("{compared} entries that one journal holds of another are the same in both");
            findings.push(Finding::well("copies", "installation", found));
        }
        findings
    }
}

/// A journal's runs, without making a new name for each entry.
fn entry<'a>(map: &'a mut BTreeMap<String, Runs>, name: &str) -> &'a mut Runs {
    if !map.contains_key(name) {
        map.insert(name.to_owned(), Runs::default());
    }
    map.entry(name.to_owned()).or_default()
}

/// `/<instance>/<service>`: the service.
fn service(journal: &str) -> &str {
    journal.rsplit('/').next().unwrap_or(journal)
}

/// `/<instance>/<service>/<audience>`: the service.
fn source_service(source: &str) -> &str {
    source.split('/').nth(2).unwrap_or(source)
}
