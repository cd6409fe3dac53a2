//! What a process tells of its journal and of the views on it.

use super::super::ask::Reported;
use super::super::document::{Journal, Parked};
use super::super::finding::Finding;

/// How many parked ideas are named.
const NAMED: usize = 5;

pub(super) fn judge(name: &str, earlier: Option<&Reported>, answer: &Reported, findings: &mut Vec<Finding>) {
    let Some(journal) = &answer.document.journal else {
        return;
    };
    let service = &answer.document.service;
    if let Some(why) = &journal.halted {
        findings.push(Finding::bad(
            "halted",
            name,
            format!("it takes no commands: {why}"),
            &format!(
                "If its database was put back from a backup: stop every process of {service}, run `idesluss-server --services {service} restored --reason REASON` once, and start them again. If it was only started just now, wait a moment."
            ),
        ));
    }
    // Side tables are the same for all replicas: whoever may write tells of them.
    if journal.lease_held {
        tables(service, journal, findings);
    }
    for build in &answer.document.building {
        let left = match build.seconds_left {
            Some(seconds) => format!("about {seconds} seconds are left"),
            None => "it has not begun yet".to_owned(),
        };
        findings.push(Finding::warning(
            "building",
            name,
            format!("its view {} is being built: {} of {} entries, {left}", build.view, build.done, build.of),
            "Nothing to do. After an upgrade the one of before answers meanwhile; where there is none, the service begins when it is built.",
        ));
    }
    let before = earlier.and_then(|earlier| earlier.document.journal.as_ref());
    let Some(there) = before.map(|before| before.size) else {
        return;
    };
    for view in &answer.document.views {
        if view.position < there {
            findings.push(Finding::warning(
                "views",
                name,
                format!("its view {} is {} entries behind", view.view, there - view.position),
                "Pages show what was known a while ago. If this goes on for minutes, look at its log; a view can be made anew: stop the process, remove its file from the process's folder, start it.",
            ));
        }
    }
}

fn tables(service: &str, journal: &Journal, findings: &mut Vec<Finding>) {
    if let Some(parked) = &journal.parked {
        parked_ideas(service, parked, findings);
    }
    if let Some(count @ 1..) = journal.quarantined {
        findings.push(Finding::warning(
            "quarantined",
            service,
            format!(
                "it has refused {count} events that came from other journals; their bytes are in the table quarantine"
            ),
            "Ask who runs the source why it sent them; what is refused stays refused, and nothing waits for it.",
        ));
    }
    if let Some(count @ 1..) = journal.orphaned {
        findings.push(Finding::warning(
            "orphaned",
            service,
            format!("it holds {count} entries that their source lost when it was put back from a backup; they are in the table orphans"),
            "Have a coordinator look at the ideas that they are about, and do again what was lost. Nothing is undone by itself.",
        ));
    }
    for (source, received) in &journal.received {
        if let Some(count @ 1..) = received.uncovered {
            let from = received.checked.unwrap_or_default();
            findings.push(Finding::bad(
                "uncovered",
                service,
                format!("it holds {count} entries of {source}, from its entry {from} on, that the log of {source} does not cover"),
                "Do as deploy/README.md says under IdeslussSourceContradicted. Until then nothing is decided that rests on them; `doctor --deep` names those that differ.",
            ));
        }
    }
}

fn parked_ideas(service: &str, parked: &[Parked], findings: &mut Vec<Finding>) {
    for parked in parked.iter().take(NAMED) {
        let Parked {
            reaction,
            position,
            reason,
        } = parked;
        let advice = if reason.starts_with(idesluss_engine::UNKNOWN_TYPE) {
            "A newer version of another service has written it: update this service, and it goes on by itself."
        } else {
            "Show the idea to its coordinator, who can do by hand what was to follow; all other ideas go on."
        };
        let found = format!("the idea of entry {position} waits: the reaction {reaction} could not go on ({reason})");
        findings.push(Finding::warning("parked", service, found, advice));
    }
    if parked.len() > NAMED {
        findings.push(Finding::warning(
            "parked",
            service,
            format!("{} more ideas wait like these", parked.len() - NAMED),
            "The process's /status lists them all under journal.parked.",
        ));
    }
}
