//! However young the tables, and whatever the server has counted in them: every look-up goes by an index and reads what it seeks.

use super::address::DatabaseAddress;
use super::options::PostgresOptions;
use super::session::readers;
use super::{PostgresStore, sql};
use idesluss_servers::Postgres;
use sqlx::postgres::PgConnection;
use std::sync::Arc;

/// What is asked for every command, every event, every reader or every secret.
const LOOK_UPS: [(&str, &str); 19] = [
    ("stream_version", sql::STREAM_VERSION),
    ("head_follow", sql::HEAD_FOLLOW),
    ("sources_read", sql::SOURCES_READ),
    ("streams_read", sql::STREAMS_READ),
    ("stream_after", sql::STREAM_AFTER),
    ("look_up", sql::LOOK_UP),
    ("look_up_lines", sql::LOOK_UP_LINES),
    ("feed", sql::FEED),
    ("entry_by_source", sql::ENTRY_BY_SOURCE),
    ("command_find", sql::COMMAND_FIND),
    ("entries_scan", sql::ENTRIES_SCAN),
    ("tiles_find", sql::TILES_FIND),
    ("texts_find", sql::TEXTS_FIND),
    ("keys_find", sql::KEYS_FIND),
    ("keys_of_scope", sql::KEYS_OF_SCOPE),
    ("chunk_find", sql::CHUNK_FIND),
    ("credential_find", sql::CREDENTIAL_FIND),
    ("credentials_of", sql::CREDENTIALS_OF),
    ("credentials_sweep", sql::CREDENTIALS_SWEEP),
];

/// The tables that grow.
const GROWING: [&str; 8] = [
    "entries",
    "empty_commands",
    "quarantine",
    "tiles",
    "texts",
    "keys",
    "chunks",
    "credentials",
];

/// Fills every growing table from `first` to `last`.
fn fill(first: u64, last: u64) -> String {
    let series = format!("FROM generate_series({first}, {last}) i");
    format!(
        "INSERT INTO journal.entries (position, stream, version, sequence, source, epoch, command, organisation, fingerprint, entries, sum, event_id, line)
             SELECT i, decode(md5(i::text), 'hex'), 1, i, 1 + i % 6, 1, decode(md5(i::text), 'hex'), 1, '', 1, 0,
                 decode(md5(i::text), 'hex'), repeat('x', 900)::bytea {series};
         INSERT INTO journal.empty_commands SELECT 1, decode(md5(i::text), 'hex'), '', 1, 1, i, i, 0 {series};
         INSERT INTO journal.quarantine (source, epoch, sequence, from_position, reason, digest, event, sum)
             SELECT '/f/s/1', 1, i, i, '', '', '', 0 {series};
         INSERT INTO journal.tiles SELECT 0, i, '' {series};
         INSERT INTO journal.texts (digest, key, bound_to, ciphertext, sum)
             SELECT decode(md5(i::text), 'hex'), '', '', '', 0 {series};
         INSERT INTO journal.keys (id, organisation, scope, sum)
             SELECT decode(md5(i::text), 'hex'), 'uddevalla', 'idea/' || i, 0 {series};
         INSERT INTO journal.wrapped_keys SELECT decode(md5(i::text), 'hex'), '' {series};
         INSERT INTO journal.chunks SELECT i, 0, '' {series};
         INSERT INTO journal.credentials SELECT decode(md5(i::text), 'hex'), 'session', md5(i::text), i, '', 0 {series};"
    )
}

async fn plan(conn: &mut PgConnection, statement: &'static str) -> Vec<String> {
    let parameters = (1..)
        .take_while(|number| statement.contains(&format!("${number}")))
        .count();
    let nothing = match parameters {
        0 => String::new(),
        some => format!("({})", vec!["NULL"; some].join(", ")),
    };
    let told = sqlx::AssertSqlSafe(format!("PREPARE asked AS {statement}"));
    sqlx::raw_sql(told).execute(&mut *conn).await.expect("prepared");
    let asked = sqlx::AssertSqlSafe(format!("EXPLAIN (COSTS OFF) EXECUTE asked{nothing}"));
    let lines = sqlx::query_scalar(asked).fetch_all(&mut *conn).await;
    sqlx::raw_sql("DEALLOCATE asked")
        .execute(&mut *conn)
        .await
        .expect("forgotten");
    lines.expect("explained")
}

/// The scans of growing tables that neither a condition on an index narrows nor a limit ends at once.
fn reads_all(plan: &[String]) -> Vec<&String> {
    let growing = |line: &&String| {
        let table = line.split(" on ").nth(1).and_then(|rest| rest.split(' ').next());
        let grows = |table: &str| GROWING.contains(&table) || table.starts_with("wrapped_keys_");
        line.contains("Scan") && table.is_some_and(grows)
    };
    let narrowed = |index: usize| {
        let is_filtered = plan.get(index + 1).is_some_and(|line| line.contains("Filter"));
        let is_first_alone =
            !is_filtered && plan[index].contains("Index Scan") && index > 0 && plan[index - 1].ends_with("Limit");
        is_first_alone || plan.get(index + 1).is_some_and(|line| line.contains("Index Cond"))
    };
    let scans = plan.iter().enumerate();
    scans
        .filter(|(index, line)| growing(line) && !narrowed(*index))
        .map(|(_, line)| line)
        .collect()
}

#[tokio::test]
async fn every_look_up_goes_by_an_index_at_every_age_of_the_tables() {
    let cluster = Postgres::start_with(&["autovacuum=off"]);
    let database = cluster.database("journal");
    let owner: DatabaseAddress = database.owner_url.parse().expect("an address");
    PostgresStore::migrate(&owner, &database.service_role)
        .await
        .expect("migrated");
    let service = database.service_url.parse().expect("an address");
    let options = PostgresOptions::new(service, "fyrbodal", "submission", "one", Arc::new(|| 0));
    let pool = readers(owner.options(), &options);
    let mut conn = pool.acquire().await.expect("connected");
    let run = |statement: &str| cluster.psql(&database.owner_url, statement).expect("carried out");
    run("INSERT INTO journal.sources SELECT i, '/f/s/' || i, i < 3 FROM generate_series(1, 6) i");
    let (mut filled, mut looked) = (0, 0);
    for size in [0, 1, 5, 20, 60, 200, 1_000, 10_000] {
        run(&fill(filled + 1, size));
        filled = size;
        for counted in ["", "ANALYZE", "VACUUM (ANALYZE)"] {
            if !counted.is_empty() {
                run(counted);
            }
            for (name, statement) in LOOK_UPS {
                let plan = plan(&mut conn, statement).await;
                looked += usize::from(plan.iter().any(|line| line.contains("Index Cond")));
                let reads_all = reads_all(&plan);
                assert!(
                    reads_all.is_empty(),
                    "{name} with {size} rows, {counted:?}: {reads_all:?} in {plan:#?}"
                );
            }
        }
    }
    assert_eq!(looked, 8 * 3 * LOOK_UPS.len(), "a plan without any index was explained");
}
