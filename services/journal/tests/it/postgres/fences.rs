//! Who may do what, which versions go together, and what is refused at the start.

use super::{Databased, cluster};
use crate::conformance::Instance as _;
use crate::samples::{append, command, credential, draft, part, received, received_as};
use idesluss_journal::{
    Append, AppendError, CommandKey, KeyRow, Log as _, PostgresOptions, PostgresStore, Relayed, Relays as _,
    SealedTable as _, StoreError,
};
use idesluss_servers::Postgres;
use std::sync::Arc;

/// A journal with entries, commands, full tiles and a credential; closed.
async fn written() -> Databased {
    let instance = Databased::new().await;
    let store = instance.open().await;
    for round in 0..2 {
        let numbers: Vec<u64> = (round * 200..(round + 1) * 200).collect();
        let append = Append {
            command: Some(CommandKey {
                organisation: "uddevalla".into(),
                id: [round as u8; 16],
                fingerprint: [1; 32],
            }),
            ..append(vec![part("idea/a", round * 200, &numbers)])
        };
        store.append(append).await.expect("written");
    }
    let nothing = Append {
        command: Some(command(9, 1)),
        ..append(vec![part("idea/a", 400, &[])])
    };
    store.append(nothing).await.expect("remembered");
    let twice = [received(1, 1, 1_000, "idea/b"), received(1, 2, 1_000, "idea/b")];
    store.receive(twice.into()).await.expect("received");
    assert!(store.keep_credential(credential(1), None).await.expect("kept"));
    store.close().await;
    instance
}

const WRITTEN: [(&str, &str); 6] = [
    ("entries", "sequence"),
    ("tiles", "number"),
    ("empty_commands", "position"),
    ("sources", "id"),
    ("organisations", "id"),
    ("quarantine", "position"),
];

#[tokio::test]
async fn the_service_may_not_change_what_is_written() {
    let instance = written().await;
    let url = &instance.database.service_url;
    for (table, column) in WRITTEN {
        for statement in [
            format!("UPDATE journal.{table} SET {column} = {column}"),
            format!("DELETE FROM journal.{table}"),
            format!("TRUNCATE journal.{table}"),
            format!("ALTER TABLE journal.{table} DISABLE TRIGGER ALL"),
            format!("DROP TABLE journal.{table}"),
        ] {
            let refused = cluster().psql(url, &statement).expect_err("denied");
            let denied = refused.contains("permission denied") || refused.contains("must be owner");
            assert!(denied, "{statement}: {refused}");
        }
    }
    for statement in [
        "UPDATE journal.keys SET erased = true",
        "DELETE FROM journal.keys",
        "UPDATE journal.wrapped_keys SET wrapped = ''",
        "DELETE FROM journal.wrapped_keys",
        "SELECT journal.rewrite_wrapped_keys(array_agg(id), array_agg(NULL::bytea)) FROM journal.keys",
        "UPDATE journal.texts SET digest = ''",
        "DELETE FROM journal.head",
        "UPDATE journal.head SET name = ''",
        "DELETE FROM journal.orphans",
        "UPDATE journal.kinds SET kind = ''",
        "DELETE FROM journal.quarantine",
        "UPDATE journal.credentials SET hash = ''",
        "TRUNCATE journal.credentials",
        "INSERT INTO journal.schema_version (version) VALUES (99)",
        "CREATE TABLE journal.mine (id int)",
    ] {
        let refused = cluster().psql(url, statement).expect_err("denied");
        assert!(refused.contains("permission denied"), "{statement}: {refused}");
    }
}

#[tokio::test]
async fn not_even_the_owner_changes_what_is_written() {
    let instance = written().await;
    for (table, column) in WRITTEN {
        for statement in [
            format!("UPDATE journal.{table} SET {column} = {column}"),
            format!("DELETE FROM journal.{table}"),
            format!("TRUNCATE journal.{table} CASCADE"),
        ] {
            let stopped = cluster()
                .psql(&instance.database.owner_url, &statement)
                .expect_err("stopped");
            assert!(stopped.contains("append-only"), "{statement}: {stopped}");
        }
    }
    assert_eq!(instance.open().await.verify().await.expect("whole"), 402);
}

#[tokio::test(flavor = "multi_thread")]
async fn several_processes_migrate_at_once_and_again() {
    let database = cluster().database("migrated");
    let migrations: Vec<_> = (0..6)
        .map(|_| {
            let database = database.clone();
            tokio::spawn(async move {
                let owner = database.owner_url.parse().expect("an address");
                PostgresStore::migrate(&owner, &database.service_role).await
            })
        })
        .collect();
    for migration in migrations {
        migration.await.expect("no panic").expect("migrated");
    }
    let versions = "SELECT string_agg(version::text, ',' ORDER BY version) FROM journal.schema_version";
    assert_eq!(cluster().sql_in(&database.name, versions).expect("a list"), "16,17,18");
}

#[tokio::test]
async fn a_newer_schema_or_an_unknown_type_is_left_alone() {
    let instance = written().await;
    let unknown = PostgresOptions {
        knows: Arc::new(|_| false),
        ..instance.options("one")
    };
    let refused = PostgresStore::open(unknown).await.expect_err("refused");
    assert!(matches!(refused, StoreError::Newer(_)), "{refused}");
    let unreleased =
        "BEGIN; DELETE FROM journal.schema_version; INSERT INTO journal.schema_version (version) VALUES (3); COMMIT";
    let as_it_was = "BEGIN; DELETE FROM journal.schema_version; INSERT INTO journal.schema_version SELECT generate_series(16, 18); COMMIT";
    let owner = instance.database.owner_url.parse().expect("an address");
    cluster().sql_in(&instance.database.name, unreleased).expect("recorded");
    let refused = PostgresStore::open(instance.options("one")).await.expect_err("refused");
    assert!(matches!(refused, StoreError::Older(_)), "{refused}");
    let refused = PostgresStore::migrate(&owner, &instance.database.service_role).await;
    assert!(matches!(refused, Err(StoreError::Older(_))), "{refused:?}");
    cluster().sql_in(&instance.database.name, as_it_was).expect("recorded");
    let newer = "INSERT INTO journal.schema_version (version) VALUES (99)";
    cluster().sql_in(&instance.database.name, newer).expect("recorded");
    let refused = PostgresStore::open(instance.options("one")).await.expect_err("refused");
    assert!(matches!(refused, StoreError::Newer(_)), "{refused}");
    let refused = PostgresStore::migrate(&owner, &instance.database.service_role).await;
    assert!(matches!(refused, Err(StoreError::Newer(_))), "{refused:?}");
}

#[tokio::test]
async fn a_database_that_is_not_ours_is_refused_with_a_sentence() {
    let instance = Databased::new().await;
    let open = |url: &str, instance: &str| {
        let address = url.parse().expect("an address");
        PostgresStore::open(PostgresOptions::new(
            address,
            instance,
            "submission",
            "one",
            Arc::new(|| 0),
        ))
    };
    let bare = cluster().database("bare");
    let refused = open(&bare.service_url, "fyrbodal").await.expect_err("refused");
    assert!(
        matches!(&refused, StoreError::Unavailable(why) if why.contains("migrate")),
        "{refused}"
    );
    instance.open().await.close().await;
    let refused = open(&instance.database.service_url, "orust")
        .await
        .expect_err("refused");
    assert!(
        matches!(&refused, StoreError::Unavailable(why) if why.contains("/fyrbodal/submission")),
        "{refused}"
    );
    let refused = open("postgres://nobody@127.0.0.1:1/none", "fyrbodal").await;
    assert!(matches!(refused, Err(StoreError::Unavailable(_))), "{refused:?}");
}

#[tokio::test]
async fn a_server_that_may_lose_commits_is_refused() {
    let cluster = Postgres::start_with(&["fsync=off"]);
    let instance = Databased::in_cluster(&cluster).await;
    let refused = PostgresStore::open(instance.options("one")).await.expect_err("refused");
    assert!(
        matches!(&refused, StoreError::Unavailable(why) if why.contains("fsync=off")),
        "{refused}"
    );
    let allowed = PostgresOptions {
        allow_unsafe_server: true,
        ..instance.options("one")
    };
    PostgresStore::open(allowed).await.expect("opened").close().await;
}

const KEY_ALTERED: &str =
    "INSERT INTO journal.keys (id, organisation, scope, sum) VALUES ('a', 'uddevalla', 'idea/a', 1);
    INSERT INTO journal.wrapped_keys (key, wrapped) VALUES ('a', 'b')";
const KEY_LOST: &str = "INSERT INTO journal.keys (id, organisation, scope, sum) VALUES ('a', 'uddevalla', 'idea/a', 1)";

#[tokio::test]
async fn altered_rows_are_found() {
    for (alteration, at_start) in [
        (
            "UPDATE journal.entries SET line = set_byte(line, 30, 48) WHERE position = 7",
            true,
        ),
        (
            "UPDATE journal.tiles SET hashes = set_byte(hashes, 0, get_byte(hashes, 0) # 1)",
            true,
        ),
        ("DELETE FROM journal.entries WHERE position = 400", true),
        (
            "UPDATE journal.entries SET event_id = 'other' WHERE position = 400",
            true,
        ),
        (
            "UPDATE journal.entries SET version = version + 1 WHERE position = 400",
            true,
        ),
        (
            "UPDATE journal.entries SET stream = set_byte(stream, 0, get_byte(stream, 0) # 1) WHERE position = 7",
            true,
        ),
        (
            "UPDATE journal.entries SET fingerprint = set_byte(fingerprint, 0, 7) WHERE position = 0",
            true,
        ),
        (
            "UPDATE journal.entries SET entries = entries + 1 WHERE position = 200",
            true,
        ),
        ("UPDATE journal.organisations SET name = 'orust'", true),
        ("UPDATE journal.sources SET own = NOT own", true),
        ("UPDATE journal.head SET epoch = 2", true),
        ("UPDATE journal.quarantine SET from_position = from_position + 1", true),
        ("UPDATE journal.sources SET name = name || '-' WHERE NOT own", true),
        ("UPDATE journal.empty_commands SET position = position + 1", true),
        (KEY_ALTERED, true),
        (KEY_LOST, true),
        ("UPDATE journal.credentials SET expires = expires + 1", true),
        ("UPDATE journal.credentials SET value = value || '0'", true),
    ] {
        let instance = written().await;
        let store = instance.open().await;
        let unfenced = format!("SET session_replication_role = replica; {alteration}");
        cluster().sql_in(&instance.database.name, &unfenced).expect("altered");
        let found = store.verify().await.expect_err("found");
        assert!(matches!(found, StoreError::Damaged(_)), "{alteration}: {found}");
        store.close().await;
        let opened = PostgresStore::open(instance.options("one")).await;
        assert_eq!(
            matches!(opened, Err(StoreError::Damaged(_))),
            at_start,
            "{alteration}: {opened:?}"
        );
    }
}

#[tokio::test]
async fn an_erased_key_is_in_no_page_of_its_table() {
    let instance = Databased::new().await;
    let store = instance.replica("one").await;
    let wrapped = |number: u8| format!("wrapped key number {number} of a person").into_bytes();
    let key = |number: u8| KeyRow {
        id: [number; 16],
        organisation: "uddevalla".into(),
        scope: "idea/a".into(),
        wrapped_by: None,
        wrapped: wrapped(number),
    };
    store.add_keys(vec![key(1), key(2), key(3)]).await.expect("added");
    let pages = || {
        let read = "CHECKPOINT; SELECT string_agg(encode(pg_read_binary_file(pg_relation_filepath(oid)), 'hex'), ' ')
                    FROM pg_class WHERE relnamespace = 'journal'::regnamespace AND (relname = 'keys' OR relname LIKE 'wrapped\\_keys\\_%')";
        cluster().sql_in(&instance.database.name, read).expect("readable")
    };
    let hex = |number| {
        wrapped(number)
            .iter()
            .map(|byte| format!("{byte:02x}"))
            .collect::<String>()
    };
    assert!(pages().contains(&hex(2)));
    store.erase(vec![[2; 16]]).await.expect("erased");
    assert!(!pages().contains(&hex(2)) && pages().contains(&hex(3)));
    assert_eq!(store.erased_keys().await.expect("readable"), [[2; 16]]);
    let left = store.keys_of("uddevalla", "idea/a").await.expect("readable");
    assert_eq!(left.iter().map(|key| key.id[0]).collect::<Vec<_>>(), [1, 2, 3]);
    let sealed_anew = store.add_keys(vec![key(2)]).await;
    assert!(matches!(sealed_anew, Err(AppendError::Refused(_))), "{sealed_anew:?}");
    store.add_keys(vec![key(4)]).await.expect("the table takes keys again");
    assert_eq!(store.verify().await.expect("whole"), 0);
}

#[tokio::test]
async fn names_that_no_index_takes_are_refused_and_block_nothing() {
    let instance = Databased::new().await;
    let store = instance.replica("one").await;
    let long = format!("idea/{}", "x".repeat(20_000));
    let events = vec![
        received(1, 1, 1, &long),
        received(1, 2, 2, "idea/\0"),
        received_as(1, 3, draft(3), "idea/a"),
    ];
    let report = store.receive(events.into()).await.expect("received");
    assert_eq!((report.stored, report.refused), (1, 2));
    let own = store.append(append(vec![part("idea/\0", 0, &[4])])).await;
    assert!(matches!(own, Err(AppendError::Refused(_))), "{own:?}");
    assert_eq!(store.verify().await.expect("whole"), 3);
}

#[tokio::test]
async fn a_relay_finds_where_it_has_come_to() {
    let instance = Databased::new().await;
    let store = instance.replica("one").await;
    let source = "/fyrbodal/submission/region";
    assert_eq!(store.relayed(source).await.expect("readable"), None);
    for sequence in [1, 2] {
        let relayed = Relayed {
            stream_created: "2026-11-23T20:00:00Z".into(),
            epoch: 1,
            sequence,
            stream_sequence: sequence + 10,
        };
        store.set_relayed(source, relayed.clone()).await.expect("noted");
        assert_eq!(store.relayed(source).await.expect("readable"), Some(relayed));
    }
    let other = instance.replica("two").await;
    assert_eq!(
        other.relayed(source).await.expect("readable").map(|at| at.sequence),
        Some(2)
    );
    let elsewhere = Relayed {
        stream_created: String::new(),
        epoch: 1,
        sequence: 9,
        stream_sequence: 9,
    };
    let refused = other.set_relayed(source, elsewhere).await;
    assert!(matches!(refused, Err(AppendError::Elsewhere)), "{refused:?}");
}
