//! What must be true once everything runs again, whatever has happened.

use super::load::Acknowledged;
use idesluss_domain::SERVICES;
use idesluss_proof::line::{Body, Line, parse};
use idesluss_proof::tree::{CompactRange, leaf_hash};
use idesluss_proto::pb::journal::v1::journal_service_client::JournalServiceClient;
use idesluss_proto::pb::journal::{GetHeadRequest, ReadRangeRequest};
use idesluss_tests::Apart;
use sha2::{Digest as _, Sha256};
use std::collections::{BTreeMap, HashMap, HashSet};
use std::convert::Infallible;
use std::path::Path;
use std::time::{Duration, Instant};

/// How long nothing may move while it is not yet even.
const PATIENCE: Duration = Duration::from_secs(60);

/// A journal, read from one replica.
struct Journal {
    service: &'static str,
    lines: Vec<Vec<u8>>,
}

impl Journal {
    async fn read(apart: &Apart, service: &'static str, replica: &str) -> Self {
        let channel = apart.channel_to(replica);
        let mut client = JournalServiceClient::new(channel).max_decoding_message_size(16 * 1024 * 1024);
        let head = client.get_head(GetHeadRequest {}).await.expect("a head").into_inner();
        let range = ReadRangeRequest { from: 0, to: head.size };
        let mut stream = client.read_range(range).await.expect("entries").into_inner();
        let (mut lines, mut compact_range) = (Vec::new(), CompactRange::default());
        while let Some(message) = stream.message().await.expect("entries") {
            for entry in message.entries {
                assert_eq!(entry.position, lines.len() as u64, "{service}: positions have no gap");
                let pushed = compact_range.push(leaf_hash(&entry.line), |_| Ok::<(), Infallible>(()));
                pushed.unwrap_or_else(|never| match never {});
                lines.push(entry.line);
            }
        }
        assert_eq!(lines.len() as u64, head.size);
        // I5: the tree over what is read is the one that the journal keeps.
        assert_eq!(compact_range.root().to_vec(), head.root, "{service}: another tree");
        Self { service, lines }
    }

    fn parsed(&self) -> impl Iterator<Item = Line<'_>> {
        self.lines.iter().map(|line| parse(line).expect("a line"))
    }
}

/// Waits until nothing is on its way any more, then checks I1 to I5.
pub(super) async fn everything(apart: &mut Apart, acknowledged: &[Acknowledged]) {
    even(apart).await;
    let mut journals = Vec::new();
    for service in SERVICES {
        let replicas: Vec<String> = replicas(apart, service);
        let first = Journal::read(apart, service, &replicas[0]).await;
        for other in &replicas[1..] {
            let other = Journal::read(apart, service, other).await;
            assert!(
                first.lines == other.lines,
                "{service}: replicas show different journals"
            );
        }
        journals.push(first);
    }
    once(&journals[0], acknowledged);
    journals.iter().for_each(not_doubled);
    order(&journals);
    views(apart).await;
}

/// After a restore: what the backup had is there, what it did not have is not, and no command of it stands there under another number.
pub(super) async fn kept(apart: &Apart, kept: &[Acknowledged], lost: &[Acknowledged]) {
    let journal = Journal::read(apart, "submission", "submission-1").await;
    once(&journal, kept);
    let commands: HashSet<String> = journal
        .parsed()
        .filter_map(|line| line.body.event().map(|event| event.commandid.to_string()))
        .collect();
    assert!(lost.iter().all(|one| !commands.contains(&one.command)));
}

fn replicas(apart: &Apart, service: &str) -> Vec<String> {
    apart
        .processes
        .keys()
        .filter(|name| name.starts_with(service))
        .cloned()
        .collect()
}

/// Until every receiver has what its source has, nothing is waiting to be published, and nobody writes any more.
async fn even(apart: &Apart) {
    let mut deadline = Instant::now() + PATIENCE;
    let mut before = Vec::new();
    loop {
        let mut sizes = Vec::new();
        let (mut own, mut received) = (BTreeMap::new(), Vec::new());
        let mut settled = true;
        for name in apart.processes.keys().filter(|name| name.contains('-')) {
            let state = apart.state(name).await;
            let journal = &state["journal"];
            settled &= journal["size"].is_u64() && journal["parked"].as_array().is_some_and(Vec::is_empty);
            sizes.push(journal["size"].clone());
            for (source, sequence) in journal["own"].as_object().into_iter().flatten() {
                own.insert(source.clone(), sequence.clone());
            }
            for (source, place) in journal["received"].as_object().into_iter().flatten() {
                received.push((source.clone(), place["sequence"].clone()));
            }
            let relays = state["messaging"]["relays"].as_array().cloned().unwrap_or_default();
            settled &= relays
                .iter()
                .all(|relay| relay["lag_events"] == 0 && relay["refused"].is_null());
            let views = state["views"].as_array().cloned().unwrap_or_default();
            settled &= views.iter().all(|view| view["lag_events"] == 0);
        }
        settled &= received
            .iter()
            .all(|(source, sequence)| own.get(source) == Some(sequence));
        if settled && sizes == before {
            return;
        }
        if sizes != before {
            // Reactions answer one idea after the other: after a long load they have much to do.
            deadline = Instant::now() + PATIENCE;
        }
        before = sizes;
        assert!(
            Instant::now() < deadline,
            "it does not even out: own {own:?}, received {received:?}, sizes {before:?}\n{}",
            told(apart).await
        );
        // Longer than a reaction waits before it tries again at most.
        tokio::time::sleep(Duration::from_millis(1_500)).await;
    }
}

async fn told(apart: &Apart) -> String {
    let mut all = String::new();
    for name in apart.processes.keys() {
        let log = apart.log(name);
        let last: Vec<&str> = log
            .lines()
            .rev()
            .filter(|line| !line.contains("\"DEBUG\""))
            .take(8)
            .collect();
        all.push_str(&format!("{name}: {:#}\n{}\n", apart.state(name).await, last.join("\n")));
    }
    all
}

/// I1: each acknowledged command's event stands in the journal exactly once, where its token says.
fn once(submission: &Journal, acknowledged: &[Acknowledged]) {
    let mut written: HashMap<(String, String), Vec<(u64, String)>> = HashMap::new();
    for line in submission.parsed() {
        if let Body::Own(event) = &line.body {
            let kind = event.kind.rsplit('.').next().unwrap_or_default().to_owned();
            let key = (event.commandid.to_string(), kind);
            written
                .entry(key)
                .or_default()
                .push((line.position, event.subject.to_string()));
        }
    }
    for one in acknowledged {
        let found = written.get(&(one.command.clone(), one.event.to_owned()));
        let found = found.unwrap_or_else(|| panic!("{} of {} was acknowledged and is not there", one.event, one.idea));
        assert_eq!(
            found.len(),
            1,
            "{} of {} stands there more than once",
            one.event,
            one.idea
        );
        assert_eq!(found[0].1, format!("idea/{}", one.idea));
        // The token speaks of the command's last event.
        let last = submission
            .lines
            .get(usize::try_from(one.token.position).expect("small"));
        let last = last
            .and_then(|line| parse(line).ok())
            .expect("the token's place is there");
        let of = last.body.event().map(|event| event.commandid.to_string());
        assert_eq!(
            of.as_ref(),
            Some(&one.command),
            "{} of {}: another command's place",
            one.event,
            one.idea
        );
    }
}

/// I2: no event, place or number stands anywhere twice, and no source has a gap.
fn not_doubled(journal: &Journal) {
    let service = journal.service;
    let (mut ids, mut opened, mut references) = (HashSet::new(), HashSet::new(), HashSet::new());
    let mut last: HashMap<String, (u32, u64)> = HashMap::new();
    for line in journal.parsed() {
        let (own, event) = match &line.body {
            Body::Own(event) => (true, event),
            Body::Received { event, .. } => (false, event),
            Body::Refused(refused) => panic!("{service}: an event was refused: {}", refused.reason),
        };
        assert!(ids.insert(event.id.to_string()), "{service}: {} twice", event.id);
        let place = last.entry(event.source.to_string()).or_insert((1, 0));
        assert_eq!(
            event.sequence,
            place.1 + 1,
            "{service}: {} has a gap or goes back",
            event.source
        );
        assert!(event.epoch >= place.0);
        *place = (event.epoch, event.sequence);
        if own && event.kind.ends_with(".EvaluationOpened") {
            assert!(
                opened.insert(event.subject.to_string()),
                "{} was opened twice",
                event.subject
            );
        }
        if own && event.kind.ends_with(".ReferenceAssigned") {
            let data: serde_json::Value = serde_json::from_str(event.data).expect("JSON");
            assert!(
                references.insert(data["reference"].to_string()),
                "{} was given twice",
                data["reference"]
            );
        }
    }
}

/// I4: what happened to an idea stands in the same order wherever it is known.
fn order(journals: &[Journal]) {
    let mut own: HashMap<String, HashMap<String, Vec<String>>> = HashMap::new();
    for line in journals.iter().flat_map(Journal::parsed) {
        if let Body::Own(event) = &line.body {
            let of_source = own.entry(event.source.to_string()).or_default();
            of_source
                .entry(event.correlationid.to_string())
                .or_default()
                .push(event.id.to_string());
        }
    }
    for journal in journals {
        let mut received: HashMap<(String, String), Vec<String>> = HashMap::new();
        for line in journal.parsed() {
            if let Body::Received { event, .. } = &line.body {
                let key = (event.source.to_string(), event.correlationid.to_string());
                received.entry(key).or_default().push(event.id.to_string());
            }
        }
        for ((source, idea), ids) in received {
            assert_eq!(own[&source][&idea], ids, "{}: {idea} of {source}", journal.service);
        }
    }
}

/// I3: each replica's views are what a fresh build makes of the journal.
async fn views(apart: &mut Apart) {
    for service in SERVICES {
        for name in replicas(apart, service) {
            assert!(
                apart.stop(&name).success(),
                "{name} ends in order: {}",
                apart.log(&name)
            );
            let folder = apart.folder.path().join(&name).join("views");
            let before = prints(&folder);
            assert!(!before.is_empty(), "{name} has views");
            std::fs::remove_dir_all(&folder).expect("views can be thrown away");
            apart.begin(&name);
            apart.ready(&name).await;
            // Stopped again, so that everything is in the files.
            assert!(apart.stop(&name).success());
            assert_eq!(
                prints(&folder),
                before,
                "{name}: its views are not what a fresh build makes"
            );
            apart.begin(&name);
            apart.ready(&name).await;
        }
    }
}

/// A fingerprint of every table of every view in a folder.
fn prints(folder: &Path) -> BTreeMap<String, String> {
    let mut prints = BTreeMap::new();
    let files = std::fs::read_dir(folder)
        .expect("views")
        .map(|file| file.expect("a file").path());
    for file in files.filter(|file| file.extension().is_some_and(|end| end == "db")) {
        let conn = rusqlite::Connection::open(&file).expect("a view");
        let view = file.file_name().and_then(|name| name.to_str()).unwrap_or_default();
        let view = view.split('.').next().unwrap_or_default().to_owned();
        let tables = "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name";
        let mut tables = conn.prepare(tables).expect("tables");
        let tables: Vec<String> = tables
            .query_map([], |row| row.get(0))
            .and_then(Iterator::collect)
            .expect("tables");
        for table in tables {
            let mut rows = conn.prepare(&format!("SELECT * FROM \"{table}\"")).expect("rows");
            let columns = rows.column_count();
            let row = |row: &rusqlite::Row<'_>| {
                let values = (0..columns).map(|column| row.get::<_, rusqlite::types::Value>(column));
                Ok(format!("{:?}", values.collect::<Result<Vec<_>, _>>()?))
            };
            let mut rows: Vec<String> = rows.query_map([], row).and_then(Iterator::collect).expect("rows");
            rows.sort();
            let print = Sha256::digest(rows.join("\n"));
            let print: String = print.iter().map(|byte| format!("{byte:02x}")).collect();
            prints.insert(format!("{view}.{table}"), format!("{} rows, {print}", rows.len()));
        }
    }
    prints
}
