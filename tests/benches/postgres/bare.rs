//! What the server does without a journal: pgbench's one-row inserts, and rows in batches from one connection.
//!
//! Both insert the bytes of a line into a table with the columns and the indexes of the journal's entries.

use crate::kit::ideas::Ids;
use idesluss_servers::{Database, Postgres};
use idesluss_tests::rate;
use sqlx::Connection as _;
use sqlx::postgres::PgConnection;
use std::path::Path;
use std::time::{Duration, Instant};
use tempfile::TempDir;

const TABLES: &str = "
CREATE TABLE single (
    position bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, version bigint, epoch bigint NOT NULL, sequence bigint NOT NULL,
    source integer NOT NULL, organisation integer, stream bytea, command bytea, fingerprint bytea, line bytea NOT NULL
);
CREATE UNIQUE INDEX single_by_stream ON single (stream, version) WHERE stream IS NOT NULL;
CREATE UNIQUE INDEX single_by_source ON single (source, epoch, sequence);
CREATE UNIQUE INDEX single_by_command ON single (command, organisation) WHERE command IS NOT NULL;
CREATE TABLE batched (
    position bigint PRIMARY KEY, version bigint, epoch bigint NOT NULL, sequence bigint NOT NULL,
    source integer NOT NULL, organisation integer, stream bytea, command bytea, fingerprint bytea, line bytea NOT NULL
);
CREATE UNIQUE INDEX batched_by_stream ON batched (stream, version) WHERE stream IS NOT NULL;
CREATE UNIQUE INDEX batched_by_source ON batched (source, epoch, sequence);
CREATE UNIQUE INDEX batched_by_command ON batched (command, organisation) WHERE command IS NOT NULL;";

/// Every row a stream of its own, as every append of the journal begins an idea; the line travels as a parameter.
const SCRIPT: &str = "\\set n :n + 1
INSERT INTO single (stream, version, source, epoch, sequence, command, organisation, fingerprint, line)
VALUES (uuid_send(gen_random_uuid()), 1, :client_id, :turn, :n, uuid_send(gen_random_uuid()), 1, '\\x01', :line);
";

const BATCH: &str = "INSERT INTO batched (position, stream, version, source, epoch, sequence, command, organisation, fingerprint, line)
SELECT * FROM unnest($1::bigint[], $2::bytea[], $3::bigint[], $4::integer[], $5::bigint[], $1::bigint[], $6::bytea[], $4::integer[], $7::bytea[], $8::bytea[])";

/// The tables, and how far they have come.
pub(crate) struct Bare<'a> {
    postgres: &'a Postgres,
    database: Database,
    folder: TempDir,
    conn: PgConnection,
    rows: i64,
    turns: u32,
    line: Vec<u8>,
}

impl<'a> Bare<'a> {
    /// Makes empty tables for copies of `line`.
    pub(crate) async fn new(postgres: &'a Postgres, name: &str, line: Vec<u8>) -> Self {
        let database = postgres.database(name);
        postgres.sql_in(&database.name, TABLES).expect("tables");
        let conn = PgConnection::connect(&database.superuser_url).await;
        let folder = TempDir::new().expect("a folder");
        std::fs::write(folder.path().join("script"), SCRIPT).expect("written");
        Self {
            postgres,
            database,
            folder,
            conn: conn.expect("a connection"),
            rows: 0,
            turns: 0,
            line,
        }
    }

    /// Runs pgbench with `clients` clients for some seconds. Returns its own transactions per second, and each one's time.
    pub(crate) fn one_by_one(&mut self, clients: usize, seconds: u32) -> (f64, Vec<Duration>) {
        self.turns += 1;
        let line = std::str::from_utf8(&self.line).expect("a line is UTF-8");
        let log = self.folder.path().join("log");
        let ran = self
            .postgres
            .client("pgbench")
            .args(["-n", "-M", "prepared", "-l", "-f"])
            .arg(self.folder.path().join("script"))
            .arg("--log-prefix")
            .arg(&log)
            .args(["-D", "n=0", "-D", &format!("turn={}", self.turns)])
            .args(["-D", &format!("line={line}"), "-T", &seconds.to_string()])
            .args(["-c", &clients.to_string(), "-j", &clients.min(2).to_string()])
            .arg(&self.database.superuser_url)
            .output()
            .expect("pgbench can be run");
        let said = String::from_utf8_lossy(&ran.stdout);
        let tps = said.lines().find_map(|line| line.strip_prefix("tps = "));
        let tps = tps.and_then(|rest| rest.split_whitespace().next()?.parse().ok());
        let complaint = || panic!("{said}{}", String::from_utf8_lossy(&ran.stderr));
        (tps.unwrap_or_else(complaint), times(self.folder.path()))
    }

    /// Inserts transactions of `batch` rows for one turn. Returns rows per second.
    pub(crate) async fn batches(&mut self, (batch, ids): (usize, Ids), turn: Duration) -> f64 {
        let began = Instant::now();
        let mut rows = 0;
        while began.elapsed() < turn {
            let first = self.rows;
            self.rows += i64::try_from(batch).expect("few");
            let positions: Vec<i64> = (first..self.rows).collect();
            let fresh = || -> Vec<[u8; 16]> { (0..batch).map(|_| ids.fresh().into_bytes()).collect() };
            let insert = sqlx::query(BATCH)
                .bind(&positions)
                .bind(fresh())
                .bind(vec![1i64; batch])
                .bind(vec![1i32; batch])
                .bind(vec![1i64; batch])
                .bind(fresh())
                .bind(vec![[1u8; 32]; batch])
                .bind(vec![&self.line[..]; batch]);
            insert.execute(&mut self.conn).await.expect("inserted");
            rows += batch;
        }
        rate(rows, began.elapsed())
    }
}

/// Each transaction's time, from pgbench's logs, which are removed.
fn times(folder: &Path) -> Vec<Duration> {
    let mut times = Vec::new();
    for file in std::fs::read_dir(folder).expect("the folder").flatten() {
        if file.file_name().to_string_lossy().starts_with("log.") {
            let log = std::fs::read_to_string(file.path()).expect("a log");
            let micros = log.lines().filter_map(|line| line.split(' ').nth(2)?.parse().ok());
            times.extend(micros.map(Duration::from_micros));
            std::fs::remove_file(file.path()).expect("removed");
        }
    }
    times
}
