//! What comes new, as whoever follows is given it.

use crate::{Instance, execute};
use std::time::Duration;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn everybody_who_follows_is_given_every_entry_once_as_it_stands_in_the_journal() {
    let instance = Instance::new();
    let engine = instance.engine("submission").await;
    const ALL: u64 = 400;
    // Some from the beginning, some from later on; some take much at a time, some little, and some are slow.
    let followers = [
        (0, 1, 0),
        (0, 7, 0),
        (0, 256, 1),
        (50, 3, 0),
        (200, 64, 3),
        (0, 1_000, 0),
    ];
    let following = followers.map(|(from, limit, pause)| {
        let engine = engine.clone();
        tokio::spawn(async move {
            let (mut head, mut told) = (engine.store().head(), Vec::new());
            let mut next = from;
            while next < ALL {
                head.wait_for(|head| head.size > next).await.expect("it goes on");
                for news in engine.news(next, limit).await.expect("readable") {
                    assert_eq!(news.position, next, "none is left out, none comes twice");
                    assert_eq!(news.recorded().map(|read| read.position), Some(next));
                    told.push(news.line.clone());
                    next += 1;
                }
                tokio::time::sleep(Duration::from_millis(pause)).await;
            }
            (from, told)
        })
    });
    for number in 0..ALL {
        execute(&engine, number.into(), b"", number.into())
            .await
            .expect("carried out");
    }
    let size = engine.store().head().borrow().size;
    let stored = engine
        .store()
        .read(0, usize::try_from(size).expect("a few"))
        .await
        .expect("readable");
    for follower in following {
        let (from, told) = follower.await.expect("it followed");
        let stored = stored.iter().skip(usize::try_from(from).expect("a few"));
        assert!(
            stored
                .map(|entry| &entry.line)
                .zip(&told)
                .all(|(stored, told)| stored == told)
        );
        assert!(told.len() as u64 >= ALL - from);
    }
    engine.close().await;
}
