//! Own sources against what others have received of them.

use super::super::ask::Look;
use super::super::document::{Journal, SourcePosition};
use super::super::finding::Finding;
use std::collections::BTreeMap;

/// Each service's journal as its writer sees it; where nobody says that he may write, as anyone does.
fn journals(look: &Look) -> BTreeMap<&str, &Journal> {
    let mut journals: BTreeMap<&str, &Journal> = BTreeMap::new();
    for (_, answer) in look.answers() {
        let Some(journal) = &answer.document.journal else {
            continue;
        };
        let known = journals.entry(&answer.document.service).or_insert(journal);
        if journal.lease_held {
            *known = journal;
        }
    }
    journals
}

pub(super) fn judge(earlier: &Look, later: &Look, findings: &mut Vec<Finding>) {
    let (before, now) = (journals(earlier), journals(later));
    for (service, source_now) in &now {
        let Some(source_before) = before.get(service) else {
            continue;
        };
        for source in source_now.own.keys() {
            for receiver in now.keys().filter(|receiver| *receiver != service) {
                let of = |journals: &BTreeMap<&str, &Journal>| -> Option<SourcePosition> {
                    Some(journals.get(receiver)?.received.get(source)?.position)
                };
                let (Some(received_before), Some(received_now)) = (of(&before), of(&now)) else {
                    continue;
                };
                let end = |journal: &Journal| SourcePosition {
                    epoch: journal.epoch,
                    sequence: journal.own.get(source).copied().unwrap_or(0),
                };
                if is_ahead(received_before, end(source_now)) {
                    ahead(service, receiver, source, received_before, end(source_now), findings);
                } else {
                    behind(receiver, source, received_now, end(source_before), findings);
                }
            }
        }
    }
}

/// Whether more was received than was written: the journal was put back from a backup.
fn is_ahead(received: SourcePosition, end: SourcePosition) -> bool {
    received.epoch > end.epoch || (received.epoch == end.epoch && received.sequence > end.sequence)
}

fn ahead(
    service: &str,
    receiver: &str,
    source: &str,
    received: SourcePosition,
    end: SourcePosition,
    findings: &mut Vec<Finding>,
) {
    findings.push(Finding::bad(
        "sources",
        service,
        format!(
            "{receiver} holds {source} up to {}/{} (epoch/sequence), the journal itself ends at {}/{}: it was put back from an older backup",
            received.epoch, received.sequence, end.epoch, end.sequence
        ),
        &format!(
            "Stop every process of {service}, run `idesluss-server --services {service} restored --reason REASON` once, and start them again. What the backup did not have is then listed as orphaned."
        ),
    ));
}

fn behind(receiver: &str, source: &str, received: SourcePosition, end: SourcePosition, findings: &mut Vec<Finding>) {
    let found = if received.sequence < end.sequence {
        format!(
            "{} events of {source} have not come in",
            end.sequence - received.sequence
        )
    } else if received.epoch < end.epoch {
        format!("it has not heard yet that {source} is in epoch {}", end.epoch)
    } else {
        return;
    };
    findings.push(Finding::warning(
        "sources",
        receiver,
        found,
        "If this goes on for minutes, look at the findings on receivers and the broker, and at this service's log.",
    ));
}
