//! A process by itself: is it there, ready, of the right version, on a machine that is well?

use super::super::ask::{Answer, Look, Reported, Seen};
use super::super::document::{Disk, Part};
use super::super::finding::Finding;
use std::collections::BTreeMap;

/// How far a clock may be off before it is worth a warning, and before it is bad. Microseconds.
const CLOCK_WARNING: i64 = 1_000_000;
const CLOCK_BAD: i64 = 5_000_000;
/// How much of a disk must be free, in percent.
const DISK_WARNING: u64 = 15;
const DISK_BAD: u64 = 5;
/// How long a certificate must hold, in days.
const CERTIFICATE_WARNING: i64 = 14;
const CERTIFICATE_BAD: i64 = 2;

const DAY: i64 = 86_400;
const MIB: u64 = 1024 * 1024;

pub(super) fn judge(seen: &Seen, findings: &mut Vec<Finding>) {
    let name = &seen.name;
    match &seen.answer {
        Answer::Silent(why) => findings.push(Finding::bad(
            "reachable",
            name,
            format!("nobody answers at {} ({why})", seen.ops),
            "Start the process. If it runs, look at its log, and whether its ops.listen is the address in the installation's file.",
        )),
        Answer::Strange(why) => findings.push(Finding::bad(
            "reachable",
            name,
            format!("what answers at {} does not tell the state of a process of Idésluss ({why})", seen.ops),
            "Set its ops address right in the installation's file; it is the process's ops.listen.",
        )),
        Answer::Reported(answer) => {
            parts(name, answer, findings);
            clock(name, answer.ahead_micros, findings);
            if let Some(about) = &answer.document.disk {
                disk(name, about, findings);
            }
            if let Some(left) = answer.document.certificate_left_seconds {
                certificate(name, left, findings);
            }
        }
    }
}

fn parts(name: &str, answer: &Reported, findings: &mut Vec<Finding>) {
    let mut is_explained = false;
    for (part, condition) in &answer.document.parts {
        match condition {
            Part::Well => {}
            // These two are judged by what the journal and the broker tell in detail.
            Part::Degraded { .. } if part == "commands" => {}
            Part::Degraded { .. } if part == "broker" && answer.document.messaging.is_some() => {}
            Part::Degraded { why } => findings.push(Finding::warning(
                "parts",
                name,
                format!("its part {part} is degraded: {why}"),
                "Work goes on, with something missing: set right what the sentence names; the process notices by itself.",
            )),
            Part::Unready { why } => {
                is_explained = true;
                let advice = match part.as_str() {
                    "journal" => {
                        "Start its database, or mend the way to it; the process goes on by itself as soon as it answers."
                    }
                    _ => "If it is starting or stopping, wait a moment; otherwise look at its log.",
                };
                let found = format!("it is not ready: its part {part} says: {why}");
                findings.push(Finding::bad("parts", name, found, advice));
            }
        }
    }
    if let Some(why) = answer.unready.as_ref().filter(|_| !is_explained) {
        let found = format!("it is not ready: {why}");
        findings.push(Finding::bad(
            "parts",
            name,
            found,
            "Look at its log, and set right what it names.",
        ));
    }
}

fn clock(name: &str, ahead_micros: i64, findings: &mut Vec<Finding>) {
    let off = ahead_micros.saturating_abs();
    if off <= CLOCK_WARNING {
        return;
    }
    let side = if ahead_micros > 0 { "ahead of" } else { "behind" };
    let found = format!("its clock is {:.1} s {side} this machine's", off as f64 / 1e6);
    let advice = "Set both machines' clocks by NTP (chrony or systemd-timesyncd). With a clock far behind its journal a service takes no commands.";
    findings.push(if off > CLOCK_BAD {
        Finding::bad("clock", name, found, advice)
    } else {
        Finding::warning("clock", name, found, advice)
    });
}

fn disk(name: &str, disk: &Disk, findings: &mut Vec<Finding>) {
    let percent = disk.free_bytes.saturating_mul(100) / disk.all_bytes.max(1);
    if percent >= DISK_WARNING {
        return;
    }
    let found = format!(
        "the disk under its folder has {percent} % free: {} of {} MiB",
        disk.free_bytes / MIB,
        disk.all_bytes / MIB
    );
    let advice = "Make room or enlarge the disk. What lies in the process's own folder can be made again; journals are in the database.";
    findings.push(if percent < DISK_BAD {
        Finding::bad("disk", name, found, advice)
    } else {
        Finding::warning("disk", name, found, advice)
    });
}

fn certificate(name: &str, left_seconds: i64, findings: &mut Vec<Finding>) {
    if left_seconds >= CERTIFICATE_WARNING * DAY {
        return;
    }
    let found = match left_seconds {
        ..0 => "its certificate has run out: nobody speaks to it any more".to_owned(),
        left if left < 2 * DAY => format!("its certificate runs out in {} hours", left / 3_600),
        left => format!("its certificate runs out in {} days", left / DAY),
    };
    let advice =
        "Put a new certificate in the place of the old one; it comes into force within seconds, without a restart.";
    findings.push(if left_seconds < CERTIFICATE_BAD * DAY {
        Finding::bad("certificate", name, found, advice)
    } else {
        Finding::warning("certificate", name, found, advice)
    });
}

/// Whether all run the same version.
pub(super) fn versions(look: &Look, findings: &mut Vec<Finding>) {
    let mut versions: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for (name, answer) in look.answers() {
        versions.entry(&answer.document.version).or_default().push(name);
    }
    if versions.len() > 1 {
        let each = versions
            .iter()
            .map(|(version, names)| format!("{version} on {}", names.join(", ")));
        findings.push(Finding::warning(
            "versions",
            "installation",
            format!("different versions run: {}", each.collect::<Vec<_>>().join("; ")),
            "Finish the update: bring every process to the newest of these versions.",
        ));
    }
}
