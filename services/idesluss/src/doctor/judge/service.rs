//! The replicas of one service side by side: one journal, one writer, one head.

use super::super::ask::{Look, Reported};
use super::super::document::Journal;
use super::super::finding::Finding;
use std::collections::{BTreeMap, BTreeSet};

/// Processes by service, those that have a journal.
fn services(look: &Look) -> BTreeMap<&str, Vec<(&str, &Journal)>> {
    let mut services: BTreeMap<&str, Vec<_>> = BTreeMap::new();
    for (name, Reported { document, .. }) in look.answers() {
        if let Some(journal) = &document.journal {
            services.entry(&document.service).or_default().push((name, journal));
        }
    }
    services
}

fn holders<'a>(replicas: &[(&'a str, &Journal)]) -> BTreeSet<&'a str> {
    let held = replicas.iter().filter(|(_, journal)| journal.lease_held);
    held.map(|(name, _)| *name).collect()
}

pub(super) fn judge(earlier: &Look, later: &Look, findings: &mut Vec<Finding>) {
    let before = services(earlier);
    for (service, replicas) in services(later) {
        let was = before.get(service).map_or(&[][..], Vec::as_slice);
        let names: BTreeSet<_> = replicas.iter().map(|(_, journal)| journal.name.as_str()).collect();
        if names.len() > 1 {
            findings.push(Finding::bad(
                "journal",
                service,
                format!("its processes write different journals: {}", list(&names)),
                "Give all of them the same database.url and the same directory file, then start them again.",
            ));
            continue;
        }
        lease(service, &holders(was), &holders(&replicas), findings);
        heads(service, was, &replicas, findings);
    }
}

fn lease(service: &str, was: &BTreeSet<&str>, is: &BTreeSet<&str>, findings: &mut Vec<Finding>) {
    match (is.len(), was.len()) {
        (0, 0) => findings.push(Finding::bad(
            "lease",
            service,
            "none of its processes may write: no command is taken",
            "If a process of it was lost, another takes over within seconds: check again. Otherwise see whether its database can be written to.",
        )),
        (0, _) => findings.push(Finding::warning(
            "lease",
            service,
            "the right to write is changing hands",
            "Check again in a few seconds.",
        )),
        // One look may see both sides of a change of hands; two can't.
        (2.., 2..) => findings.push(Finding::bad(
            "lease",
            service,
            format!("more than one process says that it may write: {}", list(is)),
            "They must be on different databases: give all of them the same database.url. On the same one, the database lets only one commit.",
        )),
        _ => {}
    }
}

fn heads(service: &str, was: &[(&str, &Journal)], replicas: &[(&str, &Journal)], findings: &mut Vec<Finding>) {
    let written = was.iter().map(|(_, journal)| journal.size).max().unwrap_or(0);
    for (name, journal) in replicas {
        if journal.size < written {
            findings.push(Finding::warning(
                "heads",
                name,
                format!(
                    "it knows of {} entries of its journal, another process of {service} of {written}",
                    journal.size
                ),
                "If this goes on, look at its log: it can't read the database's head, or not the same database.",
            ));
        }
    }
    let mut roots: BTreeMap<u64, BTreeMap<&str, BTreeSet<&str>>> = BTreeMap::new();
    for (name, journal) in replicas {
        if let Some(root) = &journal.root {
            roots
                .entry(journal.size)
                .or_default()
                .entry(root)
                .or_default()
                .insert(name);
        }
    }
    for (size, roots) in roots.into_iter().filter(|(_, roots)| roots.len() > 1) {
        let sides: Vec<_> = roots.values().map(list).collect();
        findings.push(Finding::bad(
            "heads",
            service,
            format!(
                "its processes see different journals, of {size} entries each: {}",
                sides.join(" against ")
            ),
            "Stop all of them, find out which database is the true one, give that to all, and check with --deep.",
        ));
    }
}

fn list(names: &BTreeSet<&str>) -> String {
    names.iter().copied().collect::<Vec<_>>().join(", ")
}
