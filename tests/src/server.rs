//! The real binary as a child process, on a folder of its own.

use crate::address::Address;
use crate::apart::ask;
use crate::{Way, voices};
use idesluss_gateway::Voices;
use idesluss_proto::pb::journal::v1::journal_service_client::JournalServiceClient;
use idesluss_proto::pb::journal::{GetHeadRequest, GetHeadResponse};
use serde::Deserialize;
use std::io::{BufRead as _, BufReader};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Output, Stdio};
use std::sync::{Arc, Mutex, OnceLock};
use std::time::{Duration, Instant};
use tonic::transport::Channel;

/// What the child tells others.
#[derive(Deserialize)]
struct Published {
    web: SocketAddr,
    ops: SocketAddr,
    logs: SocketAddr,
}

/// Where the child listens.
#[derive(Debug, Clone)]
pub struct Addresses {
    /// The web.
    pub web: SocketAddr,
    /// Health and metrics.
    pub ops: SocketAddr,
    /// Checkpoints and tiles.
    pub logs: SocketAddr,
    data: PathBuf,
}

impl Addresses {
    /// A service's gRPC, by its name.
    pub fn of(&self, service: &str) -> Address {
        Address::Socket(self.data.join("run").join(format!("{service}.sock")))
    }
}

/// The names of the rpcs that are called: a test counts them.
const LOG: &str = "warn,idesluss_runtime=debug";

/// `idesluss up` on a folder. Killed when dropped.
#[derive(Debug)]
pub struct Server {
    child: Child,
    /// The data folder.
    pub data: PathBuf,
    /// Where it listens.
    pub addresses: Addresses,
    /// Who speaks to it.
    voices: OnceLock<Arc<Voices>>,
    said: Arc<Mutex<String>>,
}

/// The binary under test, built beside this test.
pub fn binary() -> PathBuf {
    beside("idesluss")
}

/// A binary built beside this test.
///
/// Panics with what to do when it is not there.
pub fn beside(name: &str) -> PathBuf {
    let test = std::env::current_exe().expect("a test knows its own path");
    let folder = test
        .parent()
        .and_then(Path::parent)
        .expect("tests lie in target/<profile>/deps");
    let binary = folder.join(name);
    assert!(
        binary.exists(),
        "{} is not there: run `cargo build --workspace` first, as `make test` does",
        binary.display()
    );
    binary
}

/// Runs another command of the binary to its end.
pub fn run(arguments: &[&str]) -> Output {
    Command::new(binary())
        .args(arguments)
        .stdin(Stdio::null())
        .output()
        .expect("the binary starts")
}

/// Copies a folder's files and what is below it.
pub fn copy_folder(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).expect("a folder");
    for entry in std::fs::read_dir(from).expect("a folder") {
        let entry = entry.expect("an entry");
        let target = to.join(entry.file_name());
        let kind = entry.file_type().expect("a type");
        if kind.is_dir() {
            copy_folder(&entry.path(), &target);
        } else if kind.is_file() {
            std::fs::copy(entry.path(), target).expect("copied");
        }
    }
}

/// Starts another command of the binary, to be waited for or killed.
pub fn spawn(arguments: &[&str]) -> Child {
    Command::new(binary())
        .args(arguments)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .expect("the binary starts")
}

impl Server {
    /// Starts it on `data` with further arguments and waits until it says where it listens.
    ///
    /// Errors: what it printed, when it ended instead.
    pub fn try_start(data: &Path, arguments: &[&str]) -> Result<Self, (ExitStatus, String)> {
        Self::try_start_by(Command::new(binary()), data, arguments, LOG)
    }

    /// Starts it with every sync and write noted, in order and with its file, in the file `trace`.
    pub fn start_traced(data: &Path, trace: &Path) -> Self {
        let mut strace = Command::new("strace");
        // -D: the server is our child, the tracer is not. -yy: files and sockets by name.
        strace.args(["-f", "-D", "-yy", "-s", "70000", "-e"]);
        strace.arg("trace=fsync,fdatasync,write,writev,pwrite64,pwritev,pwritev2,sendto,sendmsg");
        strace.arg("-o").arg(trace).arg(binary());
        Self::try_start_by(strace, data, &[], LOG)
            .unwrap_or_else(|(status, said)| panic!("strace or the server ended with {status}: {said}"))
    }

    /// Starts it where the disk under `data` is full while the file `full` exists. Needs a C compiler, as the build does.
    pub fn start_on_full_disk(data: &Path, full: &Path) -> Self {
        let library = full.with_extension("so");
        let source = concat!(env!("CARGO_MANIFEST_DIR"), "/data/full_disk.c");
        let mut compiler = Command::new("cc");
        compiler.args(["-shared", "-fPIC", "-O1", source, "-o"]).arg(&library);
        let compiled = compiler.arg("-ldl").status().expect("there is a C compiler");
        assert!(compiled.success(), "{source} can't be compiled");
        let mut command = Command::new(binary());
        command
            .env("LD_PRELOAD", &library)
            .env("FULL_DISK", full)
            .env("FULL_FOLDER", data);
        Self::try_start_by(command, data, &[], LOG)
            .unwrap_or_else(|(status, said)| panic!("the server ended with {status}: {said}"))
    }

    fn try_start_by(
        mut command: Command,
        data: &Path,
        arguments: &[&str],
        log: &str,
    ) -> Result<Self, (ExitStatus, String)> {
        let _ = std::fs::remove_file(data.join("addresses.json"));
        let mut child = command
            .args(["up", "--data"])
            .arg(data)
            .args(arguments)
            // Whatever port is free, unless the test is about ports.
            .args(if arguments.contains(&"--http") {
                &[][..]
            } else {
                &["--http", "127.0.0.1:0"][..]
            })
            .args(["--ops", "127.0.0.1:0"])
            // Tests ask faster than people do; the one that counts requests says how many.
            .args(if arguments.contains(&"--requests-per-second") {
                &[][..]
            } else {
                &["--requests-per-second", "0"][..]
            })
            .env("RUST_LOG", log)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap_or_else(|error| panic!("{:?} does not start: {error}", command.get_program()));
        let said = Arc::new(Mutex::new(String::new()));
        let readers = [
            listen(child.stdout.take().expect("piped"), said.clone()),
            listen(child.stderr.take().expect("piped"), said.clone()),
        ];
        let deadline = Instant::now() + Duration::from_secs(120);
        loop {
            if let Some(status) = child.try_wait().expect("a child can be waited for") {
                for reader in readers {
                    let _ = reader.join();
                }
                let said = said.lock().expect("no reader panics").clone();
                return Err((status, said));
            }
            let published = std::fs::read(data.join("addresses.json")).ok();
            if let Some(Published { web, ops, logs }) = published.and_then(|bytes| serde_json::from_slice(&bytes).ok())
            {
                let data = data.to_owned();
                let addresses = Addresses {
                    web,
                    ops,
                    logs,
                    data: data.clone(),
                };
                return Ok(Self {
                    child,
                    data,
                    voices: OnceLock::new(),
                    addresses,
                    said,
                });
            }
            assert!(
                Instant::now() < deadline,
                "the server did not come up in 120 s: {}",
                said.lock().expect("no reader panics")
            );
            std::thread::sleep(Duration::from_millis(10));
        }
    }

    /// Starts it, or panics with what it said.
    pub fn start(data: &Path, arguments: &[&str]) -> Self {
        Self::try_start(data, arguments)
            .unwrap_or_else(|(status, said)| panic!("the server ended with {status}: {said}"))
    }

    /// The same, with what it writes to its log, as `RUST_LOG` has it.
    pub fn start_saying(data: &Path, arguments: &[&str], log: &str) -> Self {
        Self::try_start_by(Command::new(binary()), data, arguments, log)
            .unwrap_or_else(|(status, said)| panic!("the server ended with {status}: {said}"))
    }

    /// The child's process id.
    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    /// Everything that it has printed so far.
    pub fn output(&self) -> String {
        self.said.lock().expect("no reader panics").clone()
    }

    /// Everything that it has printed by the time that these words are among it. Panics when that takes 20 s: it answers before it prints.
    pub fn until_printed(&self, words: &str) -> String {
        let deadline = Instant::now() + Duration::from_secs(20);
        loop {
            let said = self.output();
            if said.contains(words) {
                return said;
            }
            assert!(Instant::now() < deadline, "{words} is not among what it said: {said}");
            std::thread::sleep(Duration::from_millis(10));
        }
    }

    /// Ends it at once, as a power cut to the process would.
    pub fn kill(mut self) {
        self.child.kill().expect("the child is ours");
        self.child.wait().expect("a child can be waited for");
    }

    /// The same while others still hold it; it is reaped when it is dropped.
    pub fn kill_now(&self) {
        let pid = rustix::process::Pid::from_child(&self.child);
        rustix::process::kill_process(pid, rustix::process::Signal::KILL).expect("the child is ours");
    }

    /// Asks it to end (SIGTERM) and waits until it has.
    pub fn stop(mut self) -> ExitStatus {
        let pid = rustix::process::Pid::from_child(&self.child);
        rustix::process::kill_process(pid, rustix::process::Signal::TERM).expect("the child is ours");
        self.child.wait().expect("a child can be waited for")
    }

    /// A connection to one of its services, in nobody's name.
    pub fn channel(&self, service: &str) -> Channel {
        self.addresses.of(service).channel()
    }

    /// A way to one of its services, for the people of its instance.
    pub fn way(&self, service: &str) -> Way {
        let voices = self.voices.get_or_init(|| voices(self.channel("identity")));
        Way::new(service, self.channel(service), voices)
    }

    /// The head of a service's journal.
    pub async fn head(&self, service: &str) -> GetHeadResponse {
        let mut journal = JournalServiceClient::new(self.channel(service));
        journal.get_head(GetHeadRequest {}).await.expect("a head").into_inner()
    }

    /// What it tells operators as metrics.
    pub async fn metrics(&self) -> String {
        let told = ask(self.addresses.ops.port(), "/metrics").await;
        told.expect("operators are answered").1
    }

    /// The most memory that it has used so far, in MiB (VmHWM).
    pub fn peak_memory_mib(&self) -> u64 {
        peak_memory_mib(self.pid())
    }

    /// The memory that it uses now, in MiB: its own (RssAnon), and with the pages of files that it has at hand (VmRSS).
    pub fn memory_mib(&self) -> [u64; 2] {
        ["RssAnon:", "VmRSS:"].map(|line| memory_mib(self.pid(), line))
    }
}

/// The most memory that a process has used so far, in MiB (VmHWM).
pub(crate) fn peak_memory_mib(pid: u32) -> u64 {
    memory_mib(pid, "VmHWM:")
}

fn memory_mib(pid: u32, begins: &str) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{pid}/status")).expect("the child runs");
    let line = status
        .lines()
        .find_map(|line| line.strip_prefix(begins))
        .expect("Linux tells of memory");
    line.trim()
        .trim_end_matches(" kB")
        .trim()
        .parse::<u64>()
        .expect("a number of kB")
        / 1024
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn listen(pipe: impl std::io::Read + Send + 'static, said: Arc<Mutex<String>>) -> std::thread::JoinHandle<()> {
    std::thread::spawn(move || {
        for line in BufReader::new(pipe).lines().map_while(Result::ok) {
            let mut said = said.lock().expect("no reader panics");
            said.push_str(&line);
            said.push('\n');
        }
    })
}
