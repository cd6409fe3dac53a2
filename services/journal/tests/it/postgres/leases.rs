//! Who writes: one at a time, and never one that was replaced.

use super::{Databased, cluster, until};
use crate::samples::{announced, append, credential, part, received};
use idesluss_journal::{
    Append, AppendError, CommandKey, Credentials as _, Cursors as _, Lease, Log as _, Outcome, PostgresOptions,
    PostgresStore,
};
use std::sync::Arc;
use std::time::Duration;

fn is_held(store: &PostgresStore) -> bool {
    store.lease().borrow().is_held()
}

#[tokio::test]
async fn one_replica_writes_and_tells_the_others_its_address() {
    let instance = Databased::new().await;
    let (one, two) = (instance.replica("one:1").await, instance.replica("two:2").await);
    assert!(is_held(&one) && !is_held(&two));
    let address = Some("one:1".to_owned());
    assert_eq!(*two.lease().borrow(), Lease::Elsewhere { address });
    let refused = two.append(append(vec![part("idea/a", 0, &[1])])).await;
    assert!(matches!(refused, Err(AppendError::Elsewhere)), "{refused:?}");
    let refused = two.set_cursor("receipts", 3).await;
    assert!(matches!(refused, Err(AppendError::Elsewhere)), "{refused:?}");
    one.append(append(vec![part("idea/a", 0, &[1])]))
        .await
        .expect("written");
}

#[tokio::test]
async fn every_replica_reads_credentials_and_one_writes_them() {
    let instance = Databased::new().await;
    let (one, two) = (instance.replica("one").await, instance.replica("two").await);
    assert!(one.keep_credential(credential(1), None).await.expect("kept"));
    assert_eq!(two.credential([1; 32]).await.expect("readable"), Some(credential(1)));
    let kept = two.keep_credential(credential(2), Some([1; 32])).await;
    assert!(matches!(kept, Err(AppendError::Elsewhere)), "{kept:?}");
    let forgotten = two.forget_credential([1; 32]).await;
    assert!(matches!(forgotten, Err(AppendError::Elsewhere)), "{forgotten:?}");
    let swept = two.sweep_credentials(i64::MAX).await;
    assert!(matches!(swept, Err(AppendError::Elsewhere)), "{swept:?}");
    for replica in [&one, &two] {
        assert_eq!(
            replica.credential([1; 32]).await.expect("readable"),
            Some(credential(1))
        );
        assert_eq!(replica.credential([2; 32]).await.expect("readable"), None);
    }
    one.forget_credential([1; 32]).await.expect("forgotten");
    assert_eq!(two.credential([1; 32]).await.expect("readable"), None);
}

#[tokio::test]
async fn the_head_moves_on_every_replica() {
    let instance = Databased::new().await;
    let (one, two) = (instance.replica("one").await, instance.replica("two").await);
    let mut head = two.head();
    one.append(append(vec![part("idea/a", 0, &[1, 2])]))
        .await
        .expect("written");
    // What was refused is followed too, as far as where it stood in its own journal.
    let torn = announced(1, 2, b"{".to_vec());
    one.receive([received(1, 1, 3, "idea/a"), torn].into())
        .await
        .expect("received");
    let waiting = head.wait_for(|head| head.size == 4);
    let seen = tokio::time::timeout(Duration::from_secs(2), waiting)
        .await
        .expect("in time")
        .expect("open")
        .clone();
    assert_eq!(seen, *one.head().borrow());
    assert_eq!(two.streams(&["idea/a".into()]).await.expect("readable")[0].version, 2);
    assert_eq!(two.root(4).await.expect("a root"), one.root(4).await.expect("a root"));
    // Whoever takes over knows the same.
    one.close().await;
    let mut lease = two.lease();
    lease.wait_for(Lease::is_held).await.expect("open");
    assert_eq!(*two.head().borrow(), seen);
}

#[tokio::test]
async fn a_head_that_was_moved_within_its_table_is_found_again() {
    let instance = Databased::new().await;
    let store = instance.replica("one").await;
    store
        .append(append(vec![part("idea/a", 0, &[1])]))
        .await
        .expect("written");
    for version in 1..3 {
        cluster()
            .sql_in(&instance.database.name, "VACUUM FULL journal.head")
            .expect("moved");
        until("it writes again", async || {
            let written = store
                .append(append(vec![part("idea/a", version, &[version + 1])]))
                .await;
            match written {
                Ok(_) => true,
                Err(AppendError::Elsewhere) => false,
                other => panic!("{other:?}"),
            }
        })
        .await;
    }
    assert_eq!(store.verify().await.expect("whole"), 3);
}

#[tokio::test]
async fn the_lease_moves_at_once_when_its_holder_closes() {
    let instance = Databased::new().await;
    // It does not lapse while the test runs: whoever has it then was given it.
    let replica = async |address| {
        let lease = Duration::from_secs(3_600);
        let options = PostgresOptions {
            lease,
            ..instance.options(address)
        };
        PostgresStore::open(options).await.expect("opened")
    };
    let (one, two) = (replica("one").await, replica("two").await);
    one.append(append(vec![part("idea/a", 0, &[1])]))
        .await
        .expect("written");
    one.set_cursor("receipts", 1).await.expect("moved");
    one.close().await;
    until("the other holds it", async || is_held(&two)).await;
    assert_eq!(two.cursor("receipts").await.expect("readable"), 1);
    two.append(append(vec![part("idea/a", 1, &[2])]))
        .await
        .expect("written");
    assert_eq!(two.verify().await.expect("whole"), 2);
}

#[test]
fn the_lease_moves_when_its_holder_is_killed() {
    let runtime = || tokio::runtime::Runtime::new().expect("a runtime");
    let (mine, its) = (runtime(), runtime());
    let instance = Arc::new(mine.block_on(Databased::new()));
    let holder = Arc::clone(&instance);
    let one = its.block_on(async move {
        let one = holder.replica("one").await;
        one.append(append(vec![part("idea/a", 0, &[1])]))
            .await
            .expect("written");
        one
    });
    mine.block_on(async {
        let two = instance.replica("two").await;
        assert!(!is_held(&two));
        // Nothing of it runs any more, and nothing was said to the database.
        its.shutdown_background();
        let waited = until("the other holds it", async || is_held(&two)).await;
        assert!(waited < Duration::from_secs(7), "{waited:?}");
        two.append(append(vec![part("idea/a", 1, &[2])]))
            .await
            .expect("written");
        assert_eq!(two.verify().await.expect("whole"), 2);
    });
    drop(one);
}

#[test]
fn whoever_comes_back_at_the_address_of_a_holder_that_was_killed_knows_no_writer_until_it_is_one() {
    let runtime = || tokio::runtime::Runtime::new().expect("a runtime");
    let (mine, its) = (runtime(), runtime());
    let instance = Arc::new(mine.block_on(Databased::new()));
    let holder = Arc::clone(&instance);
    let killed = its.block_on(async move { holder.replica("one").await });
    its.shutdown_background();
    mine.block_on(async {
        let back = instance.replica("one").await;
        // To pass commands on to that address would be to pass them on to itself.
        assert_eq!(*back.lease().borrow(), Lease::Elsewhere { address: None });
        until("it holds it", async || {
            let lease = back.lease().borrow().clone();
            assert!(!matches!(lease, Lease::Elsewhere { address: Some(_) }), "{lease:?}");
            lease.is_held()
        })
        .await;
    });
    drop(killed);
}

#[tokio::test]
async fn a_holder_that_was_replaced_never_commits() {
    let instance = Databased::new().await;
    let one = instance.replica("one").await;
    one.append(append(vec![part("idea/a", 0, &[1])]))
        .await
        .expect("written");
    // As if another had taken it while this one was paused.
    let taken = "UPDATE journal.lease SET number = number + 1, holder = 'x', address = 'x', \
                 until = now() + interval '3 s'; UPDATE journal.head SET lease = lease + 1";
    cluster().sql_in(&instance.database.name, taken).expect("taken");
    let refused = one.append(append(vec![part("idea/a", 1, &[2])])).await;
    assert!(matches!(refused, Err(AppendError::Elsewhere)), "{refused:?}");
    assert!(!is_held(&one));
    let parked = idesluss_journal::Parked {
        reaction: "receipts".into(),
        correlation: "x".into(),
        position: 1,
        reason: "unknown".into(),
    };
    assert!(matches!(one.park(parked).await, Err(AppendError::Elsewhere)));
    let kept = one.keep_credential(credential(1), None).await;
    assert!(matches!(kept, Err(AppendError::Elsewhere)), "{kept:?}");
    assert_eq!(one.credential([1; 32]).await.expect("readable"), None);
    assert_eq!(one.read(0, 10).await.expect("readable").len(), 1);
    // The other is never heard of again: the lease runs out, and this one takes it back.
    until("it is held again", async || is_held(&one)).await;
    one.append(append(vec![part("idea/a", 1, &[2])]))
        .await
        .expect("written");
    assert_eq!(one.verify().await.expect("whole"), 2);
}

/// An append that may be sent again.
fn once(writer: u8, number: u64) -> Append {
    let mut id = [writer; 16];
    id[..8].copy_from_slice(&number.to_be_bytes());
    Append {
        command: Some(CommandKey {
            organisation: "uddevalla".into(),
            id,
            fingerprint: [1; 32],
        }),
        ..append(vec![part(
            &format!("idea/{writer}"),
            number,
            &[u64::from(writer) * 100_000 + number],
        )])
    }
}

/// Sends an append until it is answered, to whoever holds the lease.
pub(super) async fn insist(stores: &[Arc<PostgresStore>], writer: u8, number: u64) {
    loop {
        let holder = stores.iter().find(|store| is_held(store)).unwrap_or(&stores[0]);
        match holder.append(once(writer, number)).await {
            Ok(Outcome::Written(_) | Outcome::Repeated(_)) => return,
            Err(AppendError::Unknown(_) | AppendError::Closed(_) | AppendError::Elsewhere) => {
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
            Err(other) => panic!("writer {writer}, number {number}: {other}"),
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn when_the_holders_connections_are_cut_nothing_is_lost_and_nothing_doubled() {
    let instance = Databased::new().await;
    let stores = vec![instance.replica("one").await, instance.replica("two").await];
    let writers: Vec<_> = (0..8u8)
        .map(|writer| {
            let stores = stores.clone();
            tokio::spawn(async move {
                for number in 0..300 {
                    insist(&stores, writer, number).await;
                }
            })
        })
        .collect();
    let name = &instance.database.name;
    for _ in 0..6 {
        tokio::time::sleep(Duration::from_millis(150)).await;
        let cut = format!(
            "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity \
             WHERE datname = '{name}' AND application_name LIKE '%writer'"
        );
        cluster().sql(&cut);
    }
    for writer in writers {
        writer.await.expect("a writer does not panic");
    }
    let holder = stores.iter().find(|store| is_held(store)).expect("a holder");
    assert_eq!(holder.verify().await.expect("whole"), 8 * 300);
    for store in &stores {
        until("its head is there", async || store.head().borrow().size == 8 * 300).await;
    }
}
