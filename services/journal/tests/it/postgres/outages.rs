//! The database goes away and comes back; the processes stay.

use super::leases::insist;
use super::{Databased, until};
use crate::samples::{append, part};
use idesluss_journal::{AppendError, Lease, Log as _, StoreError};
use idesluss_servers::Postgres;
use std::time::Duration;

#[tokio::test(flavor = "multi_thread")]
async fn while_the_database_is_away_everything_says_so_and_goes_on_afterwards() {
    let mut cluster = Postgres::start();
    let instance = Databased::in_cluster(&cluster).await;
    let (one, two) = (instance.replica("one").await, instance.replica("two").await);
    one.append(append(vec![part("idea/a", 0, &[1])]))
        .await
        .expect("written");
    cluster.stop();
    until("the lease is gone", async || !one.lease().borrow().is_held()).await;
    let refused = one.append(append(vec![part("idea/a", 1, &[2])])).await;
    assert!(
        matches!(refused, Err(AppendError::Closed(_) | AppendError::Unknown(_))),
        "{refused:?}"
    );
    for store in [&one, &two] {
        let unread = store.read(0, 1).await;
        assert!(matches!(unread, Err(StoreError::Unavailable(_))), "{unread:?}");
        // Nor is it still said that the other one writes.
        let nobody = Lease::Elsewhere { address: None };
        until("no writer is known", async || *store.lease().borrow() == nobody).await;
    }
    cluster.restart();
    let held = async || one.lease().borrow().is_held() || two.lease().borrow().is_held();
    let waited = until("one of them holds the lease", held).await;
    assert!(waited < Duration::from_secs(7), "{waited:?}");
    insist(&[one.clone(), two.clone()], 9, 0).await;
    for store in [&one, &two] {
        until("its head is there", async || store.head().borrow().size == 2).await;
        assert_eq!(store.verify().await.expect("whole"), 2);
    }
    one.close().await;
    two.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_crash_of_the_database_under_writers_loses_nothing_and_doubles_nothing() {
    let mut cluster = Postgres::start();
    let instance = Databased::in_cluster(&cluster).await;
    let stores = vec![instance.replica("one").await, instance.replica("two").await];
    let writers: Vec<_> = (0..8u8)
        .map(|writer| {
            let stores = stores.clone();
            tokio::spawn(async move {
                for number in 0..600 {
                    insist(&stores, writer, number).await;
                }
            })
        })
        .collect();
    for round in 0..3 {
        tokio::time::sleep(Duration::from_millis(150)).await;
        assert!(
            writers.iter().any(|writer| !writer.is_finished()),
            "they were too quick"
        );
        if round == 1 {
            cluster.stop()
        } else {
            cluster.kill()
        }
        cluster.restart();
    }
    for writer in writers {
        writer.await.expect("a writer does not panic");
    }
    for store in &stores {
        until("its head is there", async || store.head().borrow().size == 8 * 600).await;
        assert_eq!(store.verify().await.expect("whole"), 8 * 600);
        store.close().await;
    }
}
