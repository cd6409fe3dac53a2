//! Reactions: what they answer together, what they wait for, and what they leave.

use crate::{Instance, Numbers, close_idea, count, execute, serve};
use async_trait::async_trait;
use idesluss_domain::Event;
use idesluss_engine::{Engine, Reaction, ReactionError, Recorded, UNKNOWN_TYPE};
use idesluss_journal::Parked;
use idesluss_runtime::Peer;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::sync::Barrier;

/// Notes what it has heard; refuses one idea for good, and fails twice before it works.
struct Listener {
    heard: Arc<Mutex<Vec<u128>>>,
    failures: Mutex<u32>,
}

#[async_trait]
impl Reaction for Listener {
    const NAME: &'static str = "listener";

    fn concerns(&self, entry: &Recorded) -> bool {
        matches!(entry.event, Some(Event::Register(_) | Event::Idea(_)))
    }

    async fn react(&self, entry: &Recorded) -> Result<(), ReactionError> {
        let idea = entry.meta.correlation.as_u128();
        if idea == 2 {
            return Err(ReactionError::Park("NOT_THIS_ONE".into()));
        }
        let mut failures = self.failures.lock().expect("unpoisoned");
        if *failures < 2 {
            *failures += 1;
            return Err(ReactionError::Retry("not yet".into()));
        }
        self.heard.lock().expect("unpoisoned").push(idea);
        Ok(())
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_parked_by_an_older_version_is_taken_up_and_what_still_stops_one_idea_stops_no_other() {
    let instance = Instance::new();
    let engine = instance.engine("submission").await;
    for number in 0..5 {
        execute(&engine, number, b"", number).await.expect("carried out");
    }
    let store = engine.store();
    let size = store.head().borrow().size;
    let entries = store.read(0, 256).await.expect("readable");
    for entry in entries.iter().filter_map(|entry| Recorded::read(&entry.line)) {
        let idea = entry.meta.correlation;
        if [2, 3].contains(&idea.as_u128()) {
            let parked = Parked {
                reaction: Listener::NAME.into(),
                correlation: idea.to_string(),
                position: entry.position,
                reason: format!("{UNKNOWN_TYPE}{}", entry.meta.kind),
            };
            store.park(parked).await.expect("parked");
        }
    }
    store.set_cursor(Listener::NAME, size).await.expect("moved");
    let heard = Arc::new(Mutex::new(Vec::new()));
    engine.react(Listener {
        heard: Arc::clone(&heard),
        failures: Mutex::new(2),
    });
    execute(&engine, 5, b"", 5).await.expect("carried out");
    let done = async {
        while heard.lock().expect("unpoisoned").len() < 2 {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(20), done)
        .await
        .expect("it goes on");
    assert_eq!(*heard.lock().expect("unpoisoned"), [3, 5]);
    let parked = store.parked().await.expect("readable");
    let parked: Vec<_> = parked.iter().map(|parked| parked.reason.as_str()).collect();
    assert_eq!(parked, ["NOT_THIS_ONE"]);
    engine.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_service_follows_another_and_what_it_cannot_answer_parks_that_idea_alone() {
    let instance = Instance::new();
    let (from, to) = (instance.engine("submission").await, instance.engine("evaluation").await);
    for number in 0..5 {
        close_idea(&from, number).await.expect("carried out");
    }
    to.follow(
        Peer::new("submission", serve(&from).await),
        "/fyrbodal/submission/house".into(),
    );
    let heard = Arc::new(Mutex::new(Vec::new()));
    to.react(Listener {
        heard: Arc::clone(&heard),
        failures: Mutex::new(0),
    });
    let view = to.view::<Numbers>(&instance.views("evaluation")).await.expect("a view");
    let last = close_idea(&from, 5).await.expect("carried out");
    assert_eq!(count(&view, Some(&last)).await.expect("an answer"), 6);
    // Those beside one that failed may be answered again with it.
    let all = || {
        heard
            .lock()
            .expect("unpoisoned")
            .iter()
            .copied()
            .collect::<BTreeSet<_>>()
    };
    let done = async {
        while all().len() < 5 {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(20), done)
        .await
        .expect("it hears them all");
    assert_eq!(all(), [0, 1, 3, 4, 5].into());
    let parked = to.store().parked().await.expect("readable");
    assert_eq!(
        parked.iter().map(|parked| parked.reason.as_str()).collect::<Vec<_>>(),
        ["NOT_THIS_ONE"]
    );
    // What stands here is what stands there, byte for byte, and both trees verify.
    assert_eq!(
        (
            from.store().verify().await.expect("whole"),
            to.store().verify().await.expect("whole")
        ),
        (6, 6)
    );
    to.close().await;
    from.close().await;
}

/// Answers three ideas only once all three are being answered; notes when each entry begins and ends.
struct Together {
    three: Barrier,
    noted: Arc<Mutex<Vec<Noted>>>,
}

/// The idea, the entry's position, and what it does.
type Noted = (u128, u64, &'static str);

#[async_trait]
impl Reaction for Together {
    const NAME: &'static str = "together";

    fn concerns(&self, entry: &Recorded) -> bool {
        matches!(entry.event, Some(Event::Register(_)))
    }

    async fn react(&self, entry: &Recorded) -> Result<(), ReactionError> {
        let note = |what| {
            let idea = entry.meta.correlation.as_u128();
            self.noted
                .lock()
                .expect("unpoisoned")
                .push((idea, entry.position, what));
        };
        note("begins");
        self.three.wait().await;
        note("ends");
        Ok(())
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn ideas_are_answered_at_once_and_what_happens_to_one_of_them_one_after_the_other() {
    let instance = Instance::new();
    let engine = instance.engine("submission").await;
    let mut last = None;
    for (number, idea) in [1, 2, 3, 3, 1, 2].into_iter().enumerate() {
        last = Some(execute(&engine, number as u128, b"", idea).await.expect("carried out"));
    }
    let noted = Arc::new(Mutex::new(Vec::new()));
    engine.react(Together {
        three: Barrier::new(3),
        noted: Arc::clone(&noted),
    });
    let size = last.expect("the last").position + 1;
    let done = async {
        while engine.store().cursor(Together::NAME).await.expect("readable") < size {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    };
    // With one idea at a time nobody would ever be the third.
    tokio::time::timeout(Duration::from_secs(20), done)
        .await
        .expect("three are answered at once");
    for idea in 1..=3 {
        let of_idea: Vec<_> = noted.lock().expect("unpoisoned").clone();
        let of_idea: Vec<_> = of_idea.into_iter().filter(|(of, ..)| *of == idea).collect();
        assert!(
            of_idea
                .iter()
                .map(|(.., what)| *what)
                .eq(["begins", "ends", "begins", "ends"])
        );
        assert!(of_idea.is_sorted_by_key(|(_, position, _)| *position));
    }
    engine.close().await;
}

/// What is answered each time that an entry about an idea is to be.
#[derive(Clone, Copy)]
enum Answer {
    Done,
    Wait,
    Leave,
}

/// Answers as it is told to, idea by idea; then all is done. Notes each.
struct Scripted {
    answers: Mutex<BTreeMap<u128, Vec<Answer>>>,
    heard: Arc<Mutex<Vec<(u128, u64)>>>,
}

#[async_trait]
impl Reaction for Scripted {
    const NAME: &'static str = "scripted";
    const TOGETHER: usize = 4;

    fn concerns(&self, entry: &Recorded) -> bool {
        matches!(entry.event, Some(Event::Register(_)))
    }

    async fn react(&self, entry: &Recorded) -> Result<(), ReactionError> {
        let idea = entry.meta.correlation.as_u128();
        self.heard.lock().expect("unpoisoned").push((idea, entry.position));
        let mut answers = self.answers.lock().expect("unpoisoned");
        let left = answers.entry(idea).or_default();
        match if left.is_empty() { Answer::Done } else { left.remove(0) } {
            Answer::Done => Ok(()),
            Answer::Wait => Err(ReactionError::Retry("not yet".into())),
            Answer::Leave => Err(ReactionError::Park(format!("NOT_{idea}"))),
        }
    }
}

async fn reaches(engine: &Engine, reaction: &str, size: u64) {
    let reached = async {
        while engine.store().cursor(reaction).await.expect("readable") < size {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    let reached = tokio::time::timeout(Duration::from_secs(20), reached).await;
    reached.expect("it goes on");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_that_waits_stops_none_beside_it_and_one_that_is_left_is_left_alone() {
    use Answer::{Done, Leave, Wait};
    let instance = Instance::new();
    let engine = instance.engine("submission").await;
    // More than are answered together, several times over.
    let mut size = 0;
    for (number, idea) in (0..9).chain(0..9).enumerate() {
        let token = execute(&engine, number as u128, b"", 100 * (number as u128 / 9) + idea).await;
        size = token.expect("carried out").position + 1;
    }
    let heard = Arc::new(Mutex::new(Vec::new()));
    let answers = [
        // Left beside one that waits, before it and after it; the last of four waits; it waits twice; it is left after it has waited.
        (0, vec![Leave]),
        (1, vec![Wait, Wait]),
        (2, vec![Leave]),
        (3, vec![Wait]),
        (4, vec![Done]),
        (7, vec![Wait, Leave]),
    ];
    engine.react(Scripted {
        answers: Mutex::new(answers.into()),
        heard: Arc::clone(&heard),
    });
    reaches(&engine, Scripted::NAME, size).await;
    let heard = heard.lock().expect("unpoisoned").clone();
    let times = |idea: u128| heard.iter().filter(|(of, _)| *of == idea).count();
    // Each until it was answered, and not once more.
    let expected = [
        (0, 1),
        (1, 3),
        (2, 1),
        (3, 2),
        (4, 1),
        (5, 1),
        (6, 1),
        (7, 2),
        (8, 1),
        (100, 1),
        (108, 1),
    ];
    assert_eq!(expected.map(|(idea, _)| (idea, times(idea))), expected);
    let parked = engine.store().parked().await.expect("readable");
    let parked: BTreeSet<String> = parked.into_iter().map(|parked| parked.reason).collect();
    assert_eq!(parked, ["NOT_0", "NOT_2", "NOT_7"].map(str::to_owned).into());
    engine.close().await;
}
