//! A partner who follows the logs whatever breaks, and asks now this replica, now that one, as behind a load balancer.

use super::SERVICES;
use crate::signed::{covers, extends, judge};
use idesluss_proof::checkpoint::Checkpoint;
use idesluss_proof::note::SignedNote;
use idesluss_proof::tree::Hash;
use idesluss_tests::Apart;
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::task::JoinHandle;

const EACH: Duration = Duration::from_millis(100);

/// What one replica has shown: its name, and the note.
type Shown = Vec<(String, SignedNote)>;

/// Somebody who reads checkpoints.
pub(super) struct Follower {
    stop: Arc<AtomicBool>,
    shown: Arc<Mutex<Shown>>,
    reading: Option<JoinHandle<()>>,
}

/// A test that has failed must not wait for this for ever.
impl Drop for Follower {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::Relaxed);
    }
}

impl Follower {
    pub(super) fn start(apart: &Apart) -> Self {
        let (stop, shown) = (Arc::<AtomicBool>::default(), Arc::<Mutex<Shown>>::default());
        let processes = apart.processes.values().filter(|process| process.signed > 0);
        let replicas: Vec<_> = processes
            .map(|process| (process.name.clone(), process.signed))
            .collect();
        let (until, list) = (stop.clone(), shown.clone());
        let reading = tokio::task::spawn_blocking(move || {
            let agent: ureq::Agent = ureq::Agent::config_builder()
                .timeout_global(Some(Duration::from_secs(1)))
                .build()
                .into();
            while !until.load(Ordering::Relaxed) {
                for (name, port) in &replicas {
                    let answer = agent.get(format!("http://127.0.0.1:{port}/checkpoint")).call();
                    // Away, or not signed yet: the next one is asked.
                    let Some(bytes) = answer.ok().and_then(|mut answer| answer.body_mut().read_to_vec().ok()) else {
                        continue;
                    };
                    let note = SignedNote::read(&bytes).expect("a note");
                    list.lock().expect("whole").push((name.clone(), note));
                }
                std::thread::sleep(EACH);
            }
        });
        let reading = Some(reading);
        Self { stop, shown, reading }
    }

    /// Checks that whatever was shown, by whom and when ever, was signed for one history, and that all replicas have come to its end.
    pub(super) async fn end(mut self, apart: &Apart) {
        self.stop.store(true, Ordering::Relaxed);
        let reading = self.reading.take().expect("it is ended once");
        reading.await.expect("the follower has not panicked");
        let shown = std::mem::take(&mut *self.shown.lock().expect("whole"));
        for service in SERVICES {
            let of = |(name, _): &&(String, SignedNote)| name.starts_with(service);
            let (mut roots, mut by) = (BTreeMap::<u64, Hash>::new(), BTreeMap::<&str, u64>::new());
            for (name, note) in shown.iter().filter(of) {
                let Checkpoint { size, root, .. } = note.text().parse().expect("a checkpoint");
                if let Err(why) = judge(apart, service, note) {
                    // The witness may be away or behind, the log's own signature never.
                    assert!(why.contains("quorum"), "{name}: {why}");
                }
                assert_eq!(
                    *roots.entry(size).or_insert(root),
                    root,
                    "{service}: two trees of {size}"
                );
                *by.entry(name).or_default() += 1;
            }
            let size = apart.state(&format!("{service}-1")).await["journal"]["size"].as_u64();
            let size = size.expect("a size");
            for name in apart.processes.keys().filter(|name| name.starts_with(service)) {
                let newest = covers(apart, name, size).await;
                roots.insert(newest.size, newest.root);
                assert!(by.contains_key(name.as_str()), "{name} has shown nothing: {by:?}");
            }
            let mut before = None;
            for (size, root) in &roots {
                if let Some(before) = before.replace((*size, *root)) {
                    extends(apart, &format!("{service}-1"), before, (*size, *root)).await;
                }
            }
            eprintln!("{service}: {} checkpoints, shown {by:?}", roots.len());
        }
    }
}
