//! The journals themselves, over gRPC: every line, the tree over them, and the copies that others hold.
//!
//! Lines come as a stream and are let go one by one. What is kept is 24 bytes an entry (a hash and a position, to compare copies) and 32 bytes
//! for each 256 entries: 25 MB for a million entries of all journals together.

mod copies;
mod lines;
mod read;
mod tree;

use super::ask::Look;
use super::finding::Finding;
use super::installation::Installation;
use crate::progress::progress;
use copies::Copies;
use idesluss_runtime::{Tls, dial};
use indicatif::ProgressBar;
use lines::Lines;
use read::{Reader, Unread};
use std::collections::BTreeMap;

/// How many wrong places are named of one journal.
const NAMED: usize = 20;

const RESTORE: &str = "Let nobody write: stop the service's processes. Keep the database as it is for those who find out what happened, and put it back from the last backup that passes this check; then run `restored` and start them again.";

/// Whom to ask for a journal.
struct Target {
    service: String,
    /// `/<instance>/<service>`.
    journal: String,
    addresses: Vec<String>,
}

/// Reads all journals and compares what they hold.
pub(super) async fn check(installation: &Installation, look: &Look, tls: Option<&Tls>, quiet: bool) -> Vec<Finding> {
    let mut findings = Vec::new();
    let mut opened = Vec::new();
    for target in targets(installation, look, &mut findings) {
        match open(&target, tls).await {
            Ok(reader) => opened.push((target, reader)),
            Err(unread) => findings.push(not_read(&target.service, &unread)),
        }
    }
    let all = opened.iter().map(|(_, reader)| reader.head().size).sum();
    let bar = progress(all, "entries", quiet);
    let mut copies = Copies::default();
    for (target, mut reader) in opened {
        if let Err(unread) = journal(&target, &mut reader, &mut copies, &bar, &mut findings).await {
            findings.push(not_read(&target.service, &unread));
        }
    }
    bar.finish_and_clear();
    findings.extend(copies.compare(NAMED));
    findings
}

/// One target for each journal, with its writer first: what it tells is the newest.
fn targets(installation: &Installation, look: &Look, findings: &mut Vec<Finding>) -> Vec<Target> {
    let mut targets: BTreeMap<String, Target> = BTreeMap::new();
    for process in &installation.processes {
        let answer = look.of(&process.name).map(|answer| &answer.document);
        let Some((document, journal)) = answer.and_then(|document| Some((document, document.journal.as_ref()?))) else {
            continue;
        };
        let target = targets.entry(journal.name.clone()).or_insert_with(|| Target {
            service: document.service.clone(),
            journal: journal.name.clone(),
            addresses: Vec::new(),
        });
        if let Some(address) = &process.grpc {
            let place = if journal.lease_held { 0 } else { target.addresses.len() };
            target.addresses.insert(place, address.clone());
        }
    }
    let (with, without): (Vec<_>, Vec<_>) = targets.into_values().partition(|target| !target.addresses.is_empty());
    findings.extend(without.iter().map(|target| {
        Finding::unchecked(
            "journal",
            &target.service,
            "its journal can't be read: the installation's file names no gRPC address of it",
            "Write grpc = \"https://host:port\" beside ops for one of its processes at least.",
        )
    }));
    with
}

async fn open(target: &Target, tls: Option<&Tls>) -> Result<Reader, Unread> {
    let channel = dial(&target.service, &target.addresses, tls).map_err(|error| Unread(error.to_string()))?;
    Reader::open(channel).await
}

fn not_read(service: &str, unread: &Unread) -> Finding {
    Finding::unchecked(
        "journal",
        service,
        format!("its journal could not be read to its end: {unread}"),
        "See that the service runs, that grpc in the installation's file is its address, and that the certificate is of its authority and names a service; then check again.",
    )
}

/// Reads one journal to its end and holds it against its own tree.
async fn journal(
    target: &Target,
    reader: &mut Reader,
    copies: &mut Copies,
    bar: &ProgressBar,
    findings: &mut Vec<Finding>,
) -> Result<(), Unread> {
    let service = &target.service;
    let mut lines = Lines::new(&target.journal, NAMED);
    let read = read_all(&mut lines, reader, copies, bar).await;
    for (position, what) in lines.wrong() {
        let found = format!("entry {position} of its journal is not as it was written: {what}");
        findings.push(Finding::bad("journal", service, found, RESTORE));
    }
    read?;
    let parted = tree::compare(&lines, reader, NAMED).await?;
    for found in &parted {
        findings.push(Finding::bad("tree", service, found.clone(), RESTORE));
    }
    if lines.wrong().is_empty() && parted.is_empty() {
        let head = reader.head();
        let root: String = head.root.iter().map(|byte| format!("{byte:02x}")).collect();
        findings.push(Finding::well(
            "journal",
            service,
            format!("{} entries are whole, root {root}", head.size),
        ));
    }
    Ok(())
}

async fn read_all(
    lines: &mut Lines,
    reader: &mut Reader,
    copies: &mut Copies,
    bar: &ProgressBar,
) -> Result<(), Unread> {
    while let Some(entries) = reader.next().await? {
        for entry in &entries {
            lines.take(entry.position, &entry.line, copies);
        }
        bar.inc(entries.len() as u64);
    }
    Ok(())
}
