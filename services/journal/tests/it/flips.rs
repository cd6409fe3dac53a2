//! Every bit of an entry, of the head and of what is kept of a secret, changed behind the journal's back, is found by its verification.

use crate::conformance::Instance as _;
use crate::sqlite::Folder;
use idesluss_journal::{Append, Store, StoreError};
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

#[tokio::test]
async fn what_stands_beside_a_line_is_guarded() {
    let instance = Folder::new();
    let store = instance.open().await;
    let command = |number, expected, events: &[u64]| Append {
        command: Some(crate::samples::command(number, 1)),
        ..crate::samples::append(vec![crate::samples::part("idea/a", expected, events)])
    };
    store.append(command(1, 0, &[1, 2])).await.expect("written");
    store.append(command(2, 2, &[3])).await.expect("written");
    store.append(command(3, 3, &[])).await.expect("remembered");
    let received = [
        crate::samples::judged(1, 1, "evaluation/a"),
        crate::samples::judged(2, 1, "evaluation/b"),
    ];
    let report = store.receive(received.into()).await.expect("received");
    assert_eq!((report.stored, report.refused), (1, 1));
    let conn = Connection::open(instance.folder.path().join("journal.db")).expect("the same file");
    for (column, position) in [
        ("stream", 1),
        ("stream", 3),
        ("event_id", 3),
        ("command", 0),
        ("fingerprint", 2),
    ] {
        let read = format!("SELECT {column} FROM entries WHERE position = {position}");
        let write = format!("UPDATE entries SET {column} = ?1 WHERE position = {position}");
        assert_each_is_found(&*store, &conn, &read, &write, "entry").await;
    }
    for column in ["id", "fingerprint"] {
        let read = format!("SELECT {column} FROM empty_commands");
        let write = format!("UPDATE empty_commands SET {column} = ?1");
        assert_each_is_found(&*store, &conn, &read, &write, "a command").await;
    }
    for (alteration, back) in [
        (
            "entries SET version = 9 WHERE position = 2",
            "entries SET version = 3 WHERE position = 2",
        ),
        (
            "entries SET version = 1 WHERE position = 3",
            "entries SET version = 4 WHERE position = 3",
        ),
        (
            "entries SET entries = 1 WHERE position = 0",
            "entries SET entries = 2 WHERE position = 0",
        ),
        (
            "entries SET organisation = 2 WHERE position = 0",
            "entries SET organisation = 1 WHERE position = 0",
        ),
        (
            "entries SET sum = sum + 1 WHERE position = 0",
            "entries SET sum = sum - 1 WHERE position = 0",
        ),
        (
            "entries SET command = x'00', organisation = 1, fingerprint = x'00', entries = 1, sum = 0 WHERE position = 3",
            "entries SET command = NULL, organisation = NULL, fingerprint = NULL, entries = NULL, sum = NULL WHERE position = 3",
        ),
        ("head SET epoch = 2", "head SET epoch = 1"),
        ("sources SET own = 1 - own", "sources SET own = 1 - own"),
        (
            "quarantine SET from_position = from_position + 1",
            "quarantine SET from_position = from_position - 1",
        ),
        (
            "organisations SET name = 'orust'",
            "organisations SET name = 'uddevalla'",
        ),
        ("empty_commands SET position = 1", "empty_commands SET position = 2"),
    ] {
        let alter = |alteration| conn.execute(&format!("UPDATE {alteration}"), []);
        alter(alteration).expect("changed");
        let found = store.verify().await;
        assert!(matches!(&found, Err(StoreError::Damaged(_))), "{alteration}: {found:?}");
        alter(back).expect("put back");
        store.verify().await.expect("whole again");
    }
    // Past the table's own check, which the file's verification looks at too.
    conn.pragma_update(None, "ignore_check_constraints", true).expect("set");
    conn.execute("UPDATE entries SET command = NULL WHERE position = 0", [])
        .expect("changed");
    let found = store.verify().await;
    assert!(matches!(&found, Err(StoreError::Damaged(_))), "{found:?}");
    store.close().await;
}
