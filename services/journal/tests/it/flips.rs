//! Every bit of an entry, of the head and of what is kept of a secret, changed behind the journal's back, is found by its verification.

use crate::conformance::Instance as _;
use crate::sqlite::Folder;
use idesluss_journal::{Store, StoreError};
use rusqlite::Connection;

/// Flips each bit of a value, one at a time, and asserts that the journal is then not whole.
async fn assert_each_is_found(store: &dyn Store, conn: &Connection, read: &str, write: &str, named: &str) {
    let whole: Vec<u8> = conn.query_row(read, [], |row| row.get(0)).expect("a value");
    for bit in 0..whole.len() * 8 {
        let mut changed = whole.clone();
        changed[bit / 8] ^= 1 << (bit % 8);
        conn.execute(write, [&changed]).expect("changed");
        let found = store.verify().await;
        let Err(StoreError::Damaged(said)) = &found else {
            panic!("bit {bit} of {read}: {found:?}");
        };
        // Named where it is, or by the smallest subtree that tells.
        assert!(
            said.contains(named) || said.contains("entr"),
            "bit {bit} of {read}: {said}"
        );
    }
    conn.execute(write, [&whole]).expect("put back");
    store.verify().await.expect("whole again");
}

#[tokio::test]
async fn every_bit_of_an_entry_and_of_the_head_is_guarded() {
    let instance = Folder::new();
    let store = instance.open().await;
    for version in 0..9 {
        let part = crate::samples::part("idea/a", version, &[version]);
        store.append(crate::samples::append(vec![part])).await.expect("written");
    }
    let conn = Connection::open(instance.folder.path().join("journal.db")).expect("the same file");
    for position in [0, 4, 8] {
        let read = format!("SELECT line FROM entries WHERE position = {position}");
        let write = format!("UPDATE entries SET line = ?1 WHERE position = {position}");
        assert_each_is_found(&*store, &conn, &read, &write, &format!("entry {position}")).await;
    }
    let (read, write) = ("SELECT peaks FROM head", "UPDATE head SET peaks = ?1");
    assert_each_is_found(&*store, &conn, read, write, "its head").await;
    store.close().await;
}

#[tokio::test]
async fn every_bit_of_what_is_kept_of_a_secret_is_guarded() {
    let instance = Folder::new();
    let store = instance.open().await;
    let kept = store.keep_credential(crate::samples::credential(1), None).await;
    assert!(kept.expect("kept"));
    let conn = Connection::open(instance.folder.path().join("journal.db")).expect("the same file");
    for column in ["hash", "value"] {
        let read = format!("SELECT {column} FROM credentials");
        let write = format!("UPDATE credentials SET {column} = ?1");
        assert_each_is_found(&*store, &conn, &read, &write, "a credential").await;
    }
    for (alteration, back) in [
        ("expires = expires + 1", "expires = expires - 1"),
        ("kind = 'link'", "kind = 'session'"),
        ("sum = sum - 1", "sum = sum + 1"),
    ] {
        let alter = |alteration| conn.execute(&format!("UPDATE credentials SET {alteration}"), []);
        alter(alteration).expect("changed");
        let found = store.verify().await;
        assert!(
            matches!(&found, Err(StoreError::Damaged(said)) if said.contains("a credential")),
            "{alteration}: {found:?}"
        );
        alter(back).expect("put back");
        store.verify().await.expect("whole again");
    }
    store.close().await;
}
