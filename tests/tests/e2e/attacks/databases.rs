//! PostgreSQL as `deploy/postgres` sets it up: what a service's password opens is that service's database, over TLS, and nothing else.

use idesluss_domain::SERVICES;
use idesluss_servers::Postgres;
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};
use tempfile::TempDir;

const DEPLOY: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../deploy/postgres");

/// Runs `init.sh` as whoever installs it does.
fn set_up(cluster: &Postgres, passwords: &Path) {
    let psql = cluster.client("psql");
    let programs = Path::new(psql.get_program()).parent().expect("a folder").to_owned();
    let path = std::env::var("PATH").unwrap_or_default();
    let done = Command::new("bash")
        .arg(format!("{DEPLOY}/init.sh"))
        .arg(passwords)
        .env("PATH", format!("{}:{path}", programs.display()))
        .envs([("PGHOST", "127.0.0.1"), ("PGUSER", "postgres")])
        .env("PGPORT", cluster.port().to_string())
        .output()
        .expect("bash is there");
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
}

/// Lets in whom the deployed rules let in, and the superuser of the test by another line.
fn deployed_rules(cluster: &Postgres) {
    let rules = std::fs::read_to_string(format!("{DEPLOY}/pg_hba.conf")).expect("the rules");
    let rules = format!("{rules}\nhost all postgres 127.0.0.1/32 trust\n");
    std::fs::write(cluster.data().join("pg_hba.conf"), rules).expect("written");
    cluster.sql("SELECT pg_reload_conf()");
    // The server's first process reads them when it comes to it: until then it trusts everybody.
    let stranger = format!(
        "postgres://submission@127.0.0.1:{}/evaluation?sslmode=require",
        cluster.port()
    );
    let until = Instant::now() + Duration::from_secs(20);
    while cluster.psql(&stranger, "SELECT 1").is_ok() {
        assert!(Instant::now() < until, "the rules were not read");
        std::thread::sleep(Duration::from_millis(50));
    }
    let wrong = cluster.sql("SELECT count(*) FROM pg_hba_file_rules WHERE error IS NOT NULL");
    assert_eq!(wrong, "0");
}

#[test]
fn a_services_password_opens_its_own_database_over_tls_and_no_other() {
    let folder = TempDir::new().expect("a folder");
    let _ = idesluss_tests::tls_settings(folder.path());
    let cluster = Postgres::start_over_tls(&folder.path().join("cert.pem"), &folder.path().join("key.pem"));
    let passwords = folder.path().join("passwords");
    std::fs::create_dir(&passwords).expect("a folder");
    let owner = |service: &str| format!("{service}_owner");
    for service in SERVICES {
        std::fs::write(passwords.join(service), format!("of-{service}")).expect("written");
        std::fs::write(
            passwords.join(format!("{service}-owner")),
            format!("of-{}", owner(service)),
        )
        .expect("written");
    }
    std::fs::write(passwords.join("backup"), "of-backup").expect("written");
    set_up(&cluster, &passwords);
    // Once more changes nothing.
    set_up(&cluster, &passwords);
    deployed_rules(&cluster);

    let comes_in = |role: &str, password: &str, database: &str, tls: &str| {
        let port = cluster.port();
        let url = format!("postgres://{role}:{password}@127.0.0.1:{port}/{database}?sslmode={tls}");
        cluster.psql(&url, "SELECT 1").is_ok()
    };
    let copies = |password: &str| {
        let port = cluster.port();
        let url = format!("postgres://backup:{password}@127.0.0.1:{port}/?sslmode=require&replication=true");
        cluster.psql(&url, "IDENTIFY_SYSTEM").is_ok()
    };
    assert!(copies("of-backup") && !copies("of-submission"));
    let databases: Vec<&str> = SERVICES.into_iter().chain(["postgres", "template1"]).collect();
    for service in SERVICES {
        for role in [service.to_owned(), owner(service)] {
            let password = format!("of-{role}");
            for &database in &databases {
                let own = database == service;
                assert_eq!(
                    comes_in(&role, &password, database, "require"),
                    own,
                    "{role} into {database}"
                );
            }
            assert!(!comes_in(&role, &password, service, "disable"), "{role} without TLS");
            assert!(
                !comes_in(&role, "of-somebody", service, "require"),
                "{role} by another password"
            );
        }
        assert!(!comes_in("backup", "of-backup", service, "require"));
        let own = |statement: &str| {
            let port = cluster.port();
            let url = format!("postgres://{service}:of-{service}@127.0.0.1:{port}/{service}?sslmode=require");
            cluster.psql(&url, statement)
        };
        // What it works under owns nothing, makes nothing, and becomes nobody else.
        for statement in [
            "CREATE TABLE public.mine (id int)".to_owned(),
            "CREATE SCHEMA mine".to_owned(),
            "CREATE ROLE mine".to_owned(),
            "CREATE DATABASE mine".to_owned(),
            "COPY (SELECT 1) TO PROGRAM 'true'".to_owned(),
            "SELECT pg_read_file('/etc/hostname')".to_owned(),
            format!("SET ROLE {}", owner(service)),
            "SET ROLE postgres".to_owned(),
        ] {
            assert!(own(&statement).is_err(), "{service}: {statement}");
        }
    }
}
