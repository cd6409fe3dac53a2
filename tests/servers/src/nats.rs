//! A NATS server with JetStream, on loopback.

use crate::ports::free_port;
use std::io::{BufRead as _, BufReader};
use std::net::{Ipv4Addr, SocketAddr, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;
use std::time::{Duration, Instant};
use tempfile::TempDir;

/// How long a server may take until it answers.
const STARTING: Duration = Duration::from_secs(20);
const MOMENT: Duration = Duration::from_millis(10);
/// Without a limit of its own the server promises no more than three quarters of what the disk has free, and refuses
/// the streams of a test that holds a few kilobytes because somebody's disk is nearly full.
const LIMITS: &str = "jetstream { max_file_store: 64GB }\n";

/// A running, or stopped, server. It ends with this value; a folder that it made itself goes too.
#[derive(Debug)]
pub struct Nats {
    folder: PathBuf,
    own_folder: Option<TempDir>,
    port: u16,
    /// What a test adds to the server's configuration.
    more: String,
    child: Option<Child>,
}

impl Nats {
    /// Starts a server with an empty store on a free port. Panics with a sentence when that fails.
    pub fn start() -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let mut server = Self::new(folder.path(), free_port());
        server.own_folder = Some(folder);
        server.resume();
        server
    }

    /// Starts a server on a store and port of the caller's choice.
    pub fn start_on(folder: &Path, port: u16) -> Self {
        let mut server = Self::new(folder, port);
        server.resume();
        server
    }

    /// A server with an empty store that is not started yet: [`Nats::resume`] does that.
    pub fn absent() -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let mut server = Self::new(folder.path(), free_port());
        server.own_folder = Some(folder);
        server
    }

    fn new(folder: &Path, port: u16) -> Self {
        Self {
            folder: folder.to_owned(),
            own_folder: None,
            port,
            more: String::new(),
            child: None,
        }
    }

    /// The users and their rights as `deploy/nats/nats.conf` has them, each with this password: settings for [`Nats::configure`].
    pub fn deployed_users(password: &str) -> String {
        let file = concat!(env!("CARGO_MANIFEST_DIR"), "/../../deploy/nats/nats.conf");
        let text = std::fs::read_to_string(file).expect("the deployed configuration");
        let accounts = text.find("\naccounts {").expect("its accounts");
        let passwords = ["SUBMISSION", "EVALUATION", "SHARING", "IDENTITY"]
            .map(|user| format!("{user}_PASSWORD: \"{password}\"\n"));
        format!("{}{}", passwords.concat(), &text[accounts..])
    }

    /// Writes more of the server's configuration, in its own language; it holds from the next start on.
    pub fn configure(&mut self, text: &str) {
        text.clone_into(&mut self.more);
    }

    /// Where clients connect to.
    pub fn url(&self) -> String {
        format!("nats://127.0.0.1:{}", self.port)
    }

    /// The port, on 127.0.0.1.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// Where the store lies. Copy it only while the server is stopped.
    pub fn store(&self) -> PathBuf {
        self.folder.join("store")
    }

    /// Starts the server again on the same store and port. Returns when JetStream answers.
    pub fn resume(&mut self) {
        assert!(self.child.is_none(), "the server runs already");
        let settings = self.folder.join("server.conf");
        std::fs::write(&settings, format!("{LIMITS}{}", self.more)).expect("the folder can be written");
        let mut command = Command::new(program());
        command
            .args(["--addr", "127.0.0.1", "--port", &self.port.to_string(), "--jetstream"])
            .arg("--store_dir")
            .arg(self.store())
            .arg("--log")
            .arg(self.folder.join("server.log"))
            .arg("--config")
            .arg(settings)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        let mut child = command.spawn().expect("nats-server can be started");
        let until = Instant::now() + STARTING;
        while !self.answers() {
            let ended = child.try_wait().expect("the server's state");
            assert!(
                ended.is_none() && Instant::now() < until,
                "nats-server does not answer on port {} ({ended:?}): {}",
                self.port,
                self.log()
            );
            std::thread::sleep(MOMENT);
        }
        self.child = Some(child);
    }

    /// Whether a server greets on the port, and says that it has JetStream.
    fn answers(&self) -> bool {
        let address = SocketAddr::from((Ipv4Addr::LOCALHOST, self.port));
        let Ok(socket) = TcpStream::connect_timeout(&address, STARTING) else {
            return false;
        };
        if socket.set_read_timeout(Some(STARTING)).is_err() {
            return false;
        }
        let mut greeting = String::new();
        let read = BufReader::new(socket).read_line(&mut greeting);
        read.is_ok() && greeting.contains("\"jetstream\":true")
    }

    /// The server's process; None when it is stopped.
    pub fn pid(&self) -> Option<u32> {
        self.child.as_ref().map(Child::id)
    }

    /// What the server has logged.
    pub fn log(&self) -> String {
        std::fs::read_to_string(self.folder.join("server.log")).unwrap_or_default()
    }

    /// Stops the server in good order: what it has acknowledged is in its store. Nothing happens when it is stopped.
    pub fn stop(&mut self) {
        let Some(mut child) = self.child.take() else {
            return;
        };
        // SIGTERM without unsafe code; the process is ours and not yet waited for, so its id is still its own.
        let told = Command::new("kill").arg(child.id().to_string()).status();
        assert!(
            told.is_ok_and(|status| status.success()),
            "the server can be told to stop"
        );
        child.wait().expect("the server ends");
    }

    /// Kills the server where it stands.
    pub fn kill(&mut self) {
        if let Some(mut child) = self.child.take() {
            child.kill().expect("the server can be killed");
            child.wait().expect("the server ends");
        }
    }

    /// Removes the whole store. The server must be stopped.
    pub fn wipe(&mut self) {
        assert!(self.child.is_none(), "stop the server first");
        let store = self.store();
        if store.exists() {
            std::fs::remove_dir_all(store).expect("the store can be removed");
        }
    }

    /// Copies the whole store to `to`, which must not exist. The server must be stopped.
    pub fn save(&self, to: &Path) {
        assert!(self.child.is_none(), "stop the server first");
        copy(&self.store(), to);
    }

    /// Puts a copy made by [`Nats::save`] into the store's place. The server must be stopped.
    pub fn restore(&mut self, from: &Path) {
        self.wipe();
        copy(from, &self.store());
    }
}

impl Drop for Nats {
    fn drop(&mut self) {
        if let Some(mut child) = self.child.take() {
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}

/// The server's program; installed by `tests/nats.sh` when it is not there.
fn program() -> &'static Path {
    static PROGRAM: OnceLock<PathBuf> = OnceLock::new();
    PROGRAM.get_or_init(|| {
        let script = concat!(env!("CARGO_MANIFEST_DIR"), "/../nats.sh");
        let output = Command::new(script).output().expect("tests/nats.sh can be run");
        assert!(
            output.status.success(),
            "{}",
            String::from_utf8_lossy(&output.stderr).trim()
        );
        PathBuf::from(String::from_utf8_lossy(&output.stdout).trim())
    })
}

fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).expect("a folder can be made");
    for entry in std::fs::read_dir(from).expect("the folder can be read") {
        let entry = entry.expect("an entry");
        let target = to.join(entry.file_name());
        if entry.file_type().expect("its type").is_dir() {
            copy(&entry.path(), &target);
        } else {
            std::fs::copy(entry.path(), target).expect("the file can be copied");
        }
    }
}
