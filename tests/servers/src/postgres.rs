use crate::ports::free_port;
use std::fs::File;
use std::net::{Ipv4Addr, TcpStream};
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};
use tempfile::TempDir;

/// How long the server may take to start or to stop.
const PATIENCE: Duration = Duration::from_secs(60);

/// Waits until the tests' process has gone, however that ended, then takes the cluster away by its own process's id.
/// A static is never dropped, and a killed process drops nothing.
const LEASH: &str = r#"trap '' INT TERM HUP; cat >/dev/null
if read -r pid 2>/dev/null <"$1/data/postmaster.pid"; then
    kill -QUIT "$pid"
    while kill -0 "$pid" 2>/dev/null; do sleep 0.1; done
fi
rm -rf "$1""#;

/// A throw-away PostgreSQL cluster on a free port of the loopback address.
///
/// Dropping it takes it away, and so does the end of the process that started it.
#[derive(Debug)]
pub struct Postgres {
    folder: TempDir,
    binaries: PathBuf,
    /// Whom it runs as: PostgreSQL refuses to be root.
    user: Option<&'static str>,
    port: u16,
    child: Option<Child>,
    /// Its input is closed when this process ends.
    leash: Child,
    databases: AtomicU32,
    /// Settings as the server takes them, `name=value`.
    settings: Vec<String>,
}

/// A database with an owner and a role for the service, which owns nothing.
#[derive(Debug, Clone)]
pub struct Database {
    /// Its name.
    pub name: String,
    /// For the superuser.
    pub superuser_url: String,
    /// For its owner, who migrates it.
    pub owner_url: String,
    /// For the service.
    pub service_url: String,
    /// The service's role.
    pub service_role: String,
}

impl Postgres {
    /// Starts a cluster of the newest version that is installed, durable as it comes.
    ///
    /// Panics with a sentence that says what to install, if there is none.
    pub fn start() -> Self {
        Self::start_with(&[])
    }

    /// The same with some settings, `name=value`.
    pub fn start_with(settings: &[&str]) -> Self {
        let binaries = newest().expect("PostgreSQL is not installed: run `make tools`");
        let folder = TempDir::new().expect("a folder for PostgreSQL");
        let leash = Command::new("sh")
            .args(["-c", LEASH, "sh"])
            .arg(folder.path())
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("a shell");
        let mut cluster = Self {
            leash,
            user: other_user(),
            port: free_port(),
            folder,
            binaries,
            child: None,
            databases: AtomicU32::new(0),
            settings: settings.iter().map(|setting| (*setting).to_owned()).collect(),
        };
        cluster.create();
        cluster.run();
        cluster
    }

    /// The same over TLS, with this certificate. Whoever comes without it is let in too.
    pub fn start_over_tls(certificate: &Path, key: &Path) -> Self {
        let mut cluster = Self::start();
        cluster.stop();
        for (from, name) in [(certificate, "server.crt"), (key, "server.key")] {
            // Its own, and nobody else's: else it does not start.
            let mut copy = Command::new("install");
            copy.args(["-m", "600"]);
            if let Some(user) = cluster.user {
                copy.args(["-o", user]);
            }
            let copied = copy.arg(from).arg(cluster.data().join(name)).status();
            assert!(copied.is_ok_and(|status| status.success()), "{name} can't be copied");
        }
        cluster.settings.push("ssl=on".into());
        cluster.restart();
        cluster
    }

    /// Where its files are.
    pub fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    /// Its address as superuser.
    pub fn url(&self) -> String {
        self.address("postgres", "postgres")
    }

    /// Its port on the loopback address.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// The process that all of its others come from.
    pub fn pid(&self) -> u32 {
        let file = std::fs::read_to_string(self.data().join("postmaster.pid")).expect("it runs");
        let first = file.lines().next().and_then(|line| line.parse().ok());
        first.expect("the file begins with a process's id")
    }

    /// One of PostgreSQL's own client programs, such as pgbench.
    pub fn client(&self, program: &str) -> Command {
        Command::new(self.binaries.join(program))
    }

    /// Makes a new database, whose name begins with `name`, and its two roles.
    pub fn database(&self, name: &str) -> Database {
        let number = self.databases.fetch_add(1, Ordering::Relaxed);
        let name = format!("{name}_{number}");
        let (owner, service) = (format!("{name}_owner"), format!("{name}_service"));
        self.sql(&format!("CREATE ROLE \"{owner}\" LOGIN"));
        self.sql(&format!("CREATE ROLE \"{service}\" LOGIN"));
        self.sql(&format!("CREATE DATABASE \"{name}\" OWNER \"{owner}\""));
        Database {
            superuser_url: self.address("postgres", &name),
            owner_url: self.address(&owner, &name),
            service_url: self.address(&service, &name),
            service_role: service,
            name,
        }
    }

    /// Runs a statement as superuser and returns what psql prints.
    pub fn sql(&self, statement: &str) -> String {
        self.sql_in("postgres", statement).expect("a statement that works")
    }

    /// Runs a statement as superuser in a database. Errors: what psql says.
    pub fn sql_in(&self, database: &str, statement: &str) -> Result<String, String> {
        self.psql(&self.address("postgres", database), statement)
    }

    /// Runs a statement at an address, whoever that names. Errors: what psql says.
    pub fn psql(&self, url: &str, statement: &str) -> Result<String, String> {
        let output = self
            .client("psql")
            .args(["-XAtq", "-v", "ON_ERROR_STOP=1", "-c", statement, url])
            .output()
            .map_err(|error| error.to_string())?;
        if output.status.success() {
            Ok(String::from_utf8_lossy(&output.stdout).trim_end().to_owned())
        } else {
            Err(String::from_utf8_lossy(&output.stderr).into_owned())
        }
    }

    /// What stands in a database's schema `journal`, as statements that make it anew in another one, whoever that belongs to.
    pub fn dump(&self, database: &Database) -> Vec<u8> {
        let mut dump = self.client("pg_dump");
        dump.args([
            "--schema=journal",
            "--no-owner",
            "--no-privileges",
            &database.superuser_url,
        ]);
        let done = dump.output().expect("pg_dump can be run");
        assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
        done.stdout
    }

    /// Runs the statements of such a dump, packed by gzip, as the owner of a database.
    pub fn load(&self, database: &Database, dump: &Path) {
        let mut unpacked = Command::new("gzip")
            .arg("-dc")
            .arg(dump)
            .stdout(Stdio::piped())
            .spawn()
            .expect("gzip can be run");
        let statements = unpacked.stdout.take().expect("piped");
        let mut load = self.client("psql");
        load.args(["-Xq", "-v", "ON_ERROR_STOP=1", "-f", "-", &database.owner_url]);
        let done = load.stdin(statements).output().expect("psql can be run");
        assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
        assert!(
            unpacked.wait().is_ok_and(|status| status.success()),
            "{}",
            dump.display()
        );
    }

    /// Stops it in an orderly way: connections are cut, nothing is lost.
    pub fn stop(&mut self) {
        self.pg_ctl(&["stop", "-m", "fast", "-w"]);
        self.wait();
    }

    /// Stops it as a crash would: it has to recover from its log at the next start.
    pub fn kill(&mut self) {
        self.pg_ctl(&["stop", "-m", "immediate", "-w"]);
        self.wait();
    }

    /// Ends every one of its processes at once, as a power cut would.
    pub fn kill_all(&mut self) {
        if self.child.is_none() {
            return;
        }
        let written = std::fs::read_to_string(self.data().join("postmaster.pid")).expect("it runs");
        let first = written.lines().next().expect("its process").to_owned();
        let mut all = vec![first.clone()];
        for process in std::fs::read_dir("/proc").expect("Linux lists processes").flatten() {
            let stat = std::fs::read_to_string(process.path().join("stat")).unwrap_or_default();
            // `pid (name) state parent …`; the name may hold anything but is the last that ends with a parenthesis.
            let parent = stat.rsplit(") ").next().and_then(|rest| rest.split(' ').nth(1));
            if parent == Some(&first) {
                all.push(process.file_name().to_string_lossy().into_owned());
            }
        }
        let killed = Command::new("kill").arg("-9").args(&all).stderr(Stdio::null()).status();
        killed.expect("kill can be run");
        // Whoever changed the user sees its child end, and ends too.
        self.wait();
    }

    /// Starts it again at the same port.
    pub fn restart(&mut self) {
        if self.child.is_some() {
            self.stop();
        }
        self.run();
    }

    fn address(&self, user: &str, database: &str) -> String {
        format!("postgres://{user}@127.0.0.1:{}/{database}", self.port)
    }

    /// Makes the cluster's files.
    fn create(&self) {
        if let Some(user) = self.user {
            let owned = Command::new("chown").arg(user).arg(self.folder.path()).status();
            assert!(
                owned.is_ok_and(|status| status.success()),
                "the folder can't be given to {user}"
            );
        }
        let made = self
            .command("initdb")
            .arg("--pgdata")
            .arg(self.data())
            .args([
                "--username=postgres",
                "--auth=trust",
                "--encoding=UTF8",
                "--locale=C",
                "--no-sync",
            ])
            .output()
            .expect("initdb can be run");
        assert!(
            made.status.success(),
            "initdb: {}",
            String::from_utf8_lossy(&made.stderr)
        );
    }

    fn run(&mut self) {
        let log = File::create(self.folder.path().join("log")).expect("a log");
        let errors = log.try_clone().expect("a log");
        let mut command = self.command("postgres");
        command.arg("-D").arg(self.data()).arg("-p").arg(self.port.to_string());
        for setting in [
            "listen_addresses=127.0.0.1",
            "unix_socket_directories=",
            "max_connections=200",
            "shared_buffers=64MB",
        ] {
            command.args(["-c", setting]);
        }
        for setting in &self.settings {
            command.args(["-c", setting]);
        }
        let child = command.stdout(log).stderr(errors).spawn().expect("postgres can be run");
        self.child = Some(child);
        let until = Instant::now() + PATIENCE;
        while self.psql(&self.url(), "SELECT 1").is_err() {
            assert!(Instant::now() < until, "PostgreSQL did not start: {}", self.log());
            std::thread::sleep(Duration::from_millis(50));
        }
    }

    fn pg_ctl(&self, arguments: &[&str]) {
        let done = self
            .command("pg_ctl")
            .arg("-D")
            .arg(self.data())
            .args(arguments)
            .output();
        assert!(
            done.is_ok_and(|output| output.status.success()),
            "pg_ctl: {}",
            self.log()
        );
    }

    /// Waits until the server's process has gone.
    fn wait(&mut self) {
        if let Some(mut child) = self.child.take() {
            let _ = child.wait();
        }
        let until = Instant::now() + PATIENCE;
        while TcpStream::connect((Ipv4Addr::LOCALHOST, self.port)).is_ok() && Instant::now() < until {
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    fn log(&self) -> String {
        std::fs::read_to_string(self.folder.path().join("log")).unwrap_or_default()
    }

    /// One of PostgreSQL's programs, as the other user where that is needed.
    fn command(&self, program: &str) -> Command {
        let program = self.binaries.join(program);
        let mut command = match self.user {
            Some(user) => {
                let mut command = Command::new("runuser");
                command.args(["-u", user, "--"]).arg(program);
                command
            }
            None => Command::new(program),
        };
        // The other user can't look into the folder that the tests run in.
        command.current_dir("/").stdin(Stdio::null());
        command
    }
}

impl Drop for Postgres {
    fn drop(&mut self) {
        if self.child.is_some() {
            let mut command = self.command("pg_ctl");
            let stop = command
                .arg("-D")
                .arg(self.data())
                .args(["stop", "-m", "immediate", "-w"]);
            let _ = stop.stdout(Stdio::null()).stderr(Stdio::null()).status();
            self.wait();
        }
        drop(self.leash.stdin.take());
        let _ = self.leash.wait();
    }
}

/// The folder of the newest version's programs.
fn newest() -> Option<PathBuf> {
    let versions = std::fs::read_dir("/usr/lib/postgresql").ok()?.flatten();
    versions
        .filter_map(|version| {
            let number: u32 = version.file_name().to_str()?.parse().ok()?;
            let binaries = version.path().join("bin");
            binaries.join("initdb").exists().then_some((number, binaries))
        })
        .max()
        .map(|(_, binaries)| binaries)
}

/// Whom to run it as when we are root.
fn other_user() -> Option<&'static str> {
    let is_root = std::fs::metadata("/proc/self").is_ok_and(|about| about.uid() == 0);
    if !is_root {
        return None;
    }
    let users = std::fs::read_to_string(Path::new("/etc/passwd")).unwrap_or_default();
    let has = |name: &str| users.lines().any(|line| line.starts_with(&format!("{name}:")));
    Some(if has("postgres") { "postgres" } else { "nobody" })
}
