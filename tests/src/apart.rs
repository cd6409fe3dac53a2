//! The services apart: each a process of its own, PostgreSQL and NATS between them, certificates on every way.

use crate::browser::Reader;
use crate::certificates::{Authority, certificate, certificates};
use crate::foreign_client::ForeignTls;
use crate::region::{INSTANCE, write_region};
use crate::secured;
use crate::server::{beside, peak_memory_mib};
use crate::signers::Signers;
use crate::ways::Ways;
use crate::{Way, voices};
use idesluss_domain::{MACHINE, SERVICES};
use idesluss_runtime::{Tls, TlsFiles, dial};
use idesluss_servers::{Database, Nats, Postgres, free_port};
use serde_json::Value;
use sha2::{Digest as _, Sha256};
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};
use tempfile::TempDir;
use tokio_util::sync::CancellationToken;
use tonic::transport::Channel;
use uuid::Uuid;

/// How long a process may take to become ready.
const PATIENCE: Duration = Duration::from_secs(60);

/// What is to be started.
#[derive(Debug, Clone)]
pub struct Plan {
    /// How many replicas each service has.
    pub replicas: usize,
    /// Whether whoever opens the web chooses whom to be, in the sample region.
    pub demo: bool,
    /// Whether the database and the broker are spoken to over TLS too, the broker by the users of the deployment.
    pub secured: bool,
    /// Where services reach the broker instead of at the broker itself, such as a proxy's port.
    pub broker_port: Option<u16>,
    /// Where submission's first replica listens, and where the others reach it instead, such as a proxy's port.
    pub submission_behind: Option<(u16, u16)>,
    /// Which services and whether the `gateway` share one process; all others have one of their own. With one replica each.
    pub together: &'static [&'static str],
    /// Where the databases of a version stand that was released, `SERVICE.sql.gz`, on which they go on.
    pub kept: Option<PathBuf>,
    /// Where the web is, and a folder with `providers.toml` and what it names: people sign in, and nobody chooses whom to be.
    pub signs_in: Option<(u16, PathBuf)>,
    /// Where a collector takes traces; then every one is kept.
    pub otlp_port: Option<u16>,
    /// What the processes write to their logs, as `RUST_LOG` has it.
    pub log: &'static str,
}

impl Default for Plan {
    fn default() -> Self {
        Self {
            replicas: 1,
            demo: false,
            secured: false,
            broker_port: None,
            submission_behind: None,
            together: &[],
            kept: None,
            signs_in: None,
            otlp_port: None,
            // The names of the rpcs that are called: tests count them.
            log: "info,idesluss_runtime=debug",
        }
    }
}

/// One replica of a service, or the gateway: a process, or a part of another's.
#[derive(Debug)]
pub struct Process {
    /// The service and the replica's number, such as `submission-1`.
    pub name: String,
    /// What it runs, as `--services` has it; nothing where it runs in another's process.
    members: String,
    /// Where its gRPC is; 0 for the gateway.
    pub grpc: u16,
    /// Where operators ask after it.
    pub ops: u16,
    /// Where its checkpoint and tiles are read; 0 for the gateway.
    pub signed: u16,
    config: PathBuf,
    child: Option<Child>,
}

/// An installation, running.
pub struct Apart {
    /// Settings, secrets, views and logs.
    pub folder: TempDir,
    /// The database server.
    pub postgres: Postgres,
    /// The broker.
    pub nats: Nats,
    /// Each service's database.
    pub databases: BTreeMap<&'static str, Database>,
    /// The processes, by name.
    pub processes: BTreeMap<String, Process>,
    /// The web's port.
    pub web: u16,
    /// By service, the policy of somebody who follows what it signs: its keys, and that the witness must have cosigned, where there is one.
    pub trust: BTreeMap<&'static str, String>,
    log: &'static str,
    tls: Tls,
    ended: CancellationToken,
    /// Where the certificates lie.
    certificates: TempDir,
    authority: Authority,
}

/// Settings with every table below a member's own.
fn under(member: &str, settings: &str) -> String {
    settings
        .replace("\n[", &format!("\n[services.{member}."))
        .replacen('[', &format!("[services.{member}."), 1)
}

impl Apart {
    /// Starts the database server, the broker, every replica of every service, and the gateway; waits until all are ready.
    pub async fn start(plan: Plan) -> Self {
        let safe = TempDir::new().expect("a folder");
        let (files, authority) = certificates(safe.path());
        let (postgres, nats) = if plan.secured {
            secured::servers(&files)
        } else {
            (Postgres::start(), Nats::start())
        };
        Self::begin_all(plan, postgres, nats, safe, (files, authority)).await
    }

    /// The same on servers that run already.
    pub async fn start_on(plan: Plan, postgres: Postgres, nats: Nats) -> Self {
        let safe = TempDir::new().expect("a folder");
        let (files, authority) = certificates(safe.path());
        Self::begin_all(plan, postgres, nats, safe, (files, authority)).await
    }

    async fn begin_all(
        plan: Plan,
        postgres: Postgres,
        nats: Nats,
        safe: TempDir,
        (files, authority): (TlsFiles, Authority),
    ) -> Self {
        let folder = TempDir::new().expect("a folder");
        let root = folder.path();
        if plan.demo {
            // The binary writes the sample region's directory when it begins a folder.
            let begun = crate::server::Server::start(root, &["--demo"]);
            assert!(begun.stop().success(), "the sample region begins");
        } else {
            write_region(root);
        }
        if let Some((_, beside)) = &plan.signs_in {
            crate::server::copy_folder(beside, root);
        }
        for service in SERVICES {
            // Each its own, as derived ones are.
            let key = Sha256::digest(service);
            crate::write_secret(&root.join(format!("{service}.master")), hex::encode(key).as_bytes());
        }
        let ended = CancellationToken::new();
        let tls = Tls::load(files.clone(), ended.clone()).expect("certificates");
        let databases: BTreeMap<_, _> = SERVICES.map(|service| (service, postgres.database(service))).into();
        for (service, database) in &databases {
            let dump = plan.kept.as_ref().map(|kept| kept.join(format!("{service}.sql.gz")));
            // A service that came later begins anew.
            if let Some(dump) = dump.filter(|dump| dump.exists()) {
                postgres.load(database, &dump);
            }
        }
        let mut apart = Self {
            folder,
            postgres,
            nats,
            databases,
            processes: BTreeMap::new(),
            web: plan.signs_in.as_ref().map_or_else(free_port, |(port, _)| *port),
            trust: BTreeMap::new(),
            log: plan.log,
            tls,
            ended,
            certificates: safe,
            authority,
        };
        apart.plan(&plan, &files);
        let names: Vec<String> = apart.processes.keys().cloned().collect();
        for name in &names {
            apart.begin(name);
        }
        for name in &names {
            apart.ready(name).await;
        }
        apart
    }

    /// Writes every process's settings.
    fn plan(&mut self, plan: &Plan, files: &TlsFiles) {
        let mut ports: BTreeMap<&str, Vec<u16>> = BTreeMap::new();
        for service in SERVICES {
            ports.insert(service, (0..plan.replicas).map(|_| free_port()).collect());
        }
        if let Some((port, _)) = plan.submission_behind {
            ports.entry("submission").or_default()[0] = port;
        }
        let root = self.folder.path().to_owned();
        let signers = Signers::new(&root);
        let mut shared = Vec::new();
        for service in SERVICES {
            for (number, grpc) in ports[service].iter().enumerate() {
                let (signing, signed) = signers.settings(service, number + 1);
                let own = self.own_settings(plan, files, (service, number + 1), *grpc) + &signing;
                let name = format!("{service}-{}", number + 1);
                let data = root.join(&name);
                std::fs::create_dir_all(&data).expect("a folder");
                let data = format!("data = \"{}\"\n", data.display());
                if plan.together.contains(&service) {
                    let own = under(service, &own);
                    shared.push((name, [*grpc, signed], format!("[services.{service}]\n{data}{own}")));
                } else {
                    let ops = free_port();
                    let text = format!("{data}{}{own}", self.common_settings(plan, files, &ports, &[], ops));
                    self.add(&name, service, [*grpc, ops, signed], &text);
                }
            }
        }
        let chosen = match plan.signs_in {
            Some(_) => format!("address = \"http://localhost:{}\"", self.web),
            None => format!("demo = {}", plan.demo),
        };
        let web = format!(
            "[web]\nlisten = \"127.0.0.1:{}\"\n{chosen}\nrequests_per_second = 0\n",
            self.web
        );
        if plan.together.contains(&"gateway") {
            shared.push(("gateway".to_owned(), [0, 0], under("gateway", &web)));
        } else {
            let ops = free_port();
            let text = format!("{}{web}", self.common_settings(plan, files, &ports, &[], ops));
            self.add("gateway", "gateway", [0, ops, 0], &text);
        }
        self.add_together(plan, files, &ports, shared);
        self.trust = signers.trust(|name| self.command(name));
    }

    /// One process for all of `members`; the first of them stands for it.
    fn add_together(
        &mut self,
        plan: &Plan,
        files: &TlsFiles,
        ports: &BTreeMap<&str, Vec<u16>>,
        members: Vec<(String, [u16; 2], String)>,
    ) {
        let ops = free_port();
        let own = members.iter().map(|(_, _, own)| own.as_str()).collect::<String>();
        let text = format!("{}{own}", self.common_settings(plan, files, ports, plan.together, ops));
        for (index, (name, [grpc, signed], _)) in members.iter().enumerate() {
            let runs = if index == 0 {
                plan.together.join(",")
            } else {
                String::new()
            };
            self.add(name, &runs, [*grpc, ops, *signed], &text);
        }
    }

    /// What is the same for all that a process runs, `beside` one another.
    fn common_settings(
        &self,
        plan: &Plan,
        files: &TlsFiles,
        ports: &BTreeMap<&str, Vec<u16>>,
        beside: &[&str],
        ops: u16,
    ) -> String {
        let address = |port: &u16| format!("\"https://localhost:{port}\"");
        let directory = self.folder.path().join("instance.toml");
        let mut text = format!(
            "directory = \"{}\"\n[ops]\nlisten = \"127.0.0.1:{ops}\"\n[tls]\nca_file = \"{}\"\ncert_file = \"{}\"\nkey_file = \"{}\"\nrevoked_file = \"{}\"\n[peers]\n",
            directory.display(),
            files.ca_file.display(),
            files.cert_file.display(),
            files.key_file.display(),
            self.certificates.path().join("revoked").display()
        );
        // Whoever shares a process is found in it: settings name the others.
        for (service, ports) in ports.iter().filter(|(service, _)| !beside.contains(service)) {
            let addresses: Vec<String> = match plan.submission_behind {
                Some((_, proxy)) if *service == "submission" => vec![address(&proxy)],
                _ => ports.iter().map(address).collect(),
            };
            let _ = writeln!(text, "{service} = [{}]", addresses.join(", "));
        }
        if let Some(port) = plan.otlp_port {
            let _ = write!(text, "[telemetry]\notlp = \"http://127.0.0.1:{port}\"\nsampled = 1.0\n");
        }
        text
    }

    /// What is one replica's own, without its signing.
    fn own_settings(&self, plan: &Plan, files: &TlsFiles, (service, number): (&str, usize), grpc: u16) -> String {
        let root = self.folder.path();
        let data = root.join(format!("{service}-{number}"));
        let broker = plan.broker_port.unwrap_or(self.nats.port());
        let database = &self.databases[service];
        let (url, owner_url, reached) = if plan.secured {
            let over_tls = |url: &str| secured::database(url, files);
            let reached = secured::broker(service, broker, root);
            (over_tls(&database.service_url), over_tls(&database.owner_url), reached)
        } else {
            let reached = format!("urls = [\"nats://127.0.0.1:{broker}\"]\n");
            (database.service_url.clone(), database.owner_url.clone(), reached)
        };
        format!(
            "[grpc]\nlisten = \"127.0.0.1:{grpc}\"\nadvertise = \"https://localhost:{grpc}\"\n\
             [database]\nurl = \"{url}\"\nowner_url = \"{owner_url}\"\nlease_seconds = 3\n\
             [broker]\n{reached}\
             [keys]\nmaster_file = \"{}\"\nledger_file = \"{}\"\n",
            root.join(format!("{service}.master")).display(),
            data.join("ledger").display(),
        )
    }

    fn add(&mut self, name: &str, members: &str, [grpc, ops, signed]: [u16; 3], text: &str) {
        let config = self.folder.path().join(format!("{name}.toml"));
        std::fs::write(&config, text).expect("written");
        let process = Process {
            name: name.to_owned(),
            members: members.to_owned(),
            grpc,
            ops,
            signed,
            config,
            child: None,
        };
        self.processes.insert(name.to_owned(), process);
    }

    /// The file with a process's settings.
    pub fn settings(&self, name: &str) -> &Path {
        &self.processes[name].config
    }

    /// A command of a process's binary, with its settings.
    pub fn command(&self, name: &str) -> Command {
        let process = &self.processes[name];
        // Commands are about one service, also where it runs beside others.
        let members = match name.split_once('-') {
            Some((service, _)) => service,
            None => name,
        };
        let mut command = Command::new(beside("idesluss-server"));
        command
            .args(["--services", members])
            .arg("--config")
            .arg(&process.config);
        command
    }

    /// Starts a process that does not run; one that is a part of another's is left to that.
    pub fn begin(&mut self, name: &str) {
        let members = self.processes[name].members.clone();
        if members.is_empty() {
            return;
        }
        let log = self.folder.path().join(format!("{name}.log"));
        let log = File::options().create(true).append(true).open(log).expect("a log");
        let mut command = Command::new(beside("idesluss-server"));
        command
            .args(["--services", &members])
            .arg("--config")
            .arg(&self.processes[name].config)
            .env("RUST_LOG", self.log)
            .stdin(Stdio::null())
            .stdout(log.try_clone().expect("a log"))
            .stderr(log);
        let child = command.spawn().expect("the binary starts");
        self.process(name).child = Some(child);
    }

    fn process(&mut self, name: &str) -> &mut Process {
        self.processes.get_mut(name).expect("there is such a process")
    }

    /// Starts a process again that has ended by itself, as whoever looks after it would: its database may have been away when it began.
    pub fn supervise(&mut self, name: &str) {
        let child = &mut self.process(name).child;
        let ended = child
            .as_mut()
            .is_some_and(|child| child.try_wait().expect("a child").is_some());
        if ended {
            *child = None;
            self.begin(name);
        }
    }

    /// Waits until a process says that it is ready. Panics with its log after a minute, or when it has ended.
    pub async fn ready(&mut self, name: &str) {
        let deadline = Instant::now() + PATIENCE;
        let ops = self.processes[name].ops;
        loop {
            if ask(ops, "/readyz").await.is_some_and(|(status, _)| status == 200) {
                return;
            }
            let ended = self
                .process(name)
                .child
                .as_mut()
                .and_then(|child| child.try_wait().expect("a child"));
            assert!(
                ended.is_none() && Instant::now() < deadline,
                "{name} is not ready ({ended:?}): {}",
                self.log(name)
            );
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    /// A certificate of the installation's authority that speaks for these members of instances; and its serial.
    pub fn certificate(&self, members: &[(&str, &str)]) -> (ForeignTls, String) {
        let name = format!("{}-", Uuid::new_v4());
        let (files, serial) = certificate(&self.authority, self.certificates.path(), &name, members);
        let tls = ForeignTls {
            ca: files.ca_file,
            cert: Some(files.cert_file),
            key: Some(files.key_file),
        };
        (tls, serial)
    }

    /// Settings by which whoever sits at the machine reaches the processes.
    pub fn machine_settings(&self) -> PathBuf {
        let (files, _) = certificate(
            &self.authority,
            self.certificates.path(),
            "machine-",
            &[(INSTANCE, MACHINE)],
        );
        let text = std::fs::read_to_string(self.settings("gateway")).expect("settings");
        let mut settings: toml::Table = text.parse().expect("settings");
        let tls = settings["tls"].as_table_mut().expect("a table");
        for (name, file) in [("cert_file", files.cert_file), ("key_file", files.key_file)] {
            tls.insert(name.to_owned(), file.display().to_string().into());
        }
        let file = self.folder.path().join("machine.toml");
        std::fs::write(&file, settings.to_string()).expect("written");
        file
    }

    /// Has the processes take a certificate of this serial no longer.
    pub fn revoke(&self, serial: &str) {
        let file = self.certificates.path().join("revoked");
        let before = std::fs::read_to_string(&file).expect("a list");
        std::fs::write(&file, format!("{before}{serial} # lost\n")).expect("written");
    }

    /// The folder of the certificates: `ca.pem`, `cert.pem`, `key.pem`.
    pub fn certificates(&self) -> &Path {
        self.certificates.path()
    }

    /// A process's id; None while it does not run.
    pub fn pid(&self, name: &str) -> Option<u32> {
        self.processes[name].child.as_ref().map(Child::id)
    }

    /// What a process has written to its log.
    pub fn log(&self, name: &str) -> String {
        std::fs::read_to_string(self.folder.path().join(format!("{name}.log"))).unwrap_or_default()
    }

    /// Ends a process at once, as a power cut would. One that does not run is left alone.
    pub fn kill(&mut self, name: &str) {
        if let Some(mut child) = self.process(name).child.take() {
            child.kill().expect("the child is ours");
            child.wait().expect("a child can be waited for");
        }
    }

    /// The most memory that a process has used so far, in MiB.
    pub fn peak_memory_mib(&self, name: &str) -> u64 {
        let child = self.processes[name].child.as_ref().expect("it runs");
        peak_memory_mib(child.id())
    }

    /// The path of the link that the gateway wrote last; `name` is the process that it runs in.
    pub fn link(&self, name: &str) -> String {
        let log = self.log(name);
        let file = log.rsplit("lies in ").next().and_then(|rest| rest.lines().next());
        let file = file
            .expect("the gateway tells where its link lies")
            .trim_end_matches('.');
        let link = std::fs::read_to_string(file).expect("a link that its owner may read");
        assert!(!log.contains("/in/"), "a link in a log lets in whoever reads it");
        format!("/in/{}", link.trim().rsplit('/').next().expect("a link"))
    }

    /// A browser that has come in by the link that the gateway told last; `name` is the process that the gateway runs in.
    pub fn browser(&self, name: &str) -> Reader {
        let mut browser = Reader::new(([127, 0, 0, 1], self.web).into());
        browser.get(&self.link(name));
        browser
    }

    /// Asks a process to end and waits until it has.
    pub fn stop(&mut self, name: &str) -> ExitStatus {
        let mut child = self.process(name).child.take().expect("it runs");
        let pid = rustix::process::Pid::from_child(&child);
        rustix::process::kill_process(pid, rustix::process::Signal::TERM).expect("the child is ours");
        child.wait().expect("a child can be waited for")
    }

    /// What a process tells operators of its state.
    pub async fn state(&self, name: &str) -> Value {
        let service = name.split('-').next().unwrap_or_default();
        let told = ask(self.processes[name].ops, &format!("/{service}/status")).await;
        told.and_then(|(_, text)| serde_json::from_str(&text).ok())
            .unwrap_or(Value::Null)
    }

    /// A process's metrics.
    pub async fn metrics(&self, name: &str) -> String {
        ask(self.processes[name].ops, "/metrics")
            .await
            .map_or_else(String::new, |(_, text)| text)
    }

    /// What a replica serves of its log, by a path such as `checkpoint`; None: it does not answer, or not with 200.
    pub async fn signed(&self, name: &str, path: &str) -> Option<Vec<u8>> {
        let answer = fetch(self.processes[name].signed, format!("/{path}")).await;
        answer.filter(|(status, _)| *status == 200).map(|(_, bytes)| bytes)
    }

    /// Whether a process is ready, and what it says.
    pub async fn readiness(&self, name: &str) -> Option<(u16, String)> {
        ask(self.processes[name].ops, "/readyz").await
    }

    /// Whether a process says that it is alive.
    pub async fn is_alive(&self, name: &str) -> bool {
        let answer = ask(self.processes[name].ops, "/livez").await;
        answer.is_some_and(|(status, _)| status == 200)
    }

    /// Writes the file by which `idesluss doctor` finds all processes.
    pub fn installation(&self) -> PathBuf {
        let mut text = String::new();
        for process in self.processes.values() {
            let _ = write!(
                text,
                "[[process]]\nname = \"{}\"\nops = \"http://127.0.0.1:{}/{}\"\n",
                process.name,
                process.ops,
                process.name.split('-').next().unwrap_or_default()
            );
            if process.grpc > 0 {
                let _ = writeln!(text, "grpc = \"https://localhost:{}\"", process.grpc);
            }
        }
        text.push_str("[tls]\n");
        for (member, file) in [
            ("ca_file", "ca.pem"),
            ("cert_file", "cert.pem"),
            ("key_file", "key.pem"),
        ] {
            let path = self.certificates.path().join(file);
            let _ = writeln!(text, "{member} = \"{}\"", path.display());
        }
        let file = self.folder.path().join("installation.toml");
        std::fs::write(&file, text).expect("written");
        file
    }

    /// A channel to whichever replica of a service answers.
    pub fn channel(&self, service: &str) -> Channel {
        let replicas = self
            .processes
            .values()
            .filter(|process| process.name.starts_with(service));
        let addresses: Vec<String> = replicas
            .map(|process| format!("https://localhost:{}", process.grpc))
            .collect();
        dial(service, &addresses, Some(&self.tls)).expect("addresses")
    }

    /// A way to whichever replica of a service answers, for the people of the instance.
    pub fn way(&self, service: &str) -> Way {
        Way::new(service, self.channel(service), &voices(self.channel("identity")))
    }

    /// A channel to one replica.
    pub fn channel_to(&self, name: &str) -> Channel {
        let address = format!("https://localhost:{}", self.processes[name].grpc);
        dial(name.split('-').next().unwrap_or_default(), &[address], Some(&self.tls)).expect("an address")
    }

    /// Ways to all services.
    pub fn ways(&self) -> Ways {
        Ways {
            submission: self.way("submission"),
            evaluation: self.way("evaluation"),
            sharing: self.way("sharing"),
        }
    }
}

impl Drop for Apart {
    fn drop(&mut self) {
        self.ended.cancel();
        if std::thread::panicking() {
            // What a process has said against itself is the first thing that whoever reads of a failure asks for.
            for name in self.processes.keys() {
                for line in self.log(name).lines().filter(|line| is_warning(line)) {
                    eprintln!("{name}: {line}");
                }
            }
        }
        for process in self.processes.values_mut() {
            if let Some(mut child) = process.child.take() {
                let _ = child.kill();
                let _ = child.wait();
            }
        }
    }
}

/// Whether a line of a log is worth a look: whoever waits for a peer that starts says so too.
fn is_warning(line: &str) -> bool {
    ["WARN", "ERROR", "panicked"].iter().any(|word| line.contains(word))
}

/// Asks a process over HTTP on loopback; None when nobody answers within two seconds.
pub(crate) async fn ask(port: u16, path: &str) -> Option<(u16, String)> {
    let (status, bytes) = fetch(port, path.to_owned()).await?;
    Some((status, String::from_utf8(bytes).ok()?))
}

async fn fetch(port: u16, path: String) -> Option<(u16, Vec<u8>)> {
    let asking = tokio::task::spawn_blocking(move || {
        let agent = ureq::Agent::config_builder()
            .http_status_as_error(false)
            .timeout_global(Some(Duration::from_secs(2)))
            .build();
        let agent: ureq::Agent = agent.into();
        let mut answer = agent.get(format!("http://127.0.0.1:{port}{path}")).call().ok()?;
        let bytes = answer.body_mut().read_to_vec().ok()?;
        Some((answer.status().as_u16(), bytes))
    });
    asking.await.expect("asking does not panic")
}
