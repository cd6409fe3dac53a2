//! A gRPC client that is none of ours, for what strangers may try: gRPC's own library for Python, driven by lines of JSON.

use crate::{Address, Apart, Instance, Shown, Someone};
use idesluss_access::METADATA;
use idesluss_proto::DESCRIPTORS;
use idesluss_proto::status::Refusal;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use std::io::{BufRead as _, BufReader, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::sync::{Arc, Mutex};
use tempfile::NamedTempFile;
use tonic::Status;
use tonic::metadata::BinaryMetadataValue;

/// The client, running. One call after the other; ended when the last copy is dropped.
#[derive(Debug, Clone)]
pub struct ForeignClient(Arc<Mutex<Running>>);

#[derive(Debug)]
struct Running {
    child: Child,
    tell: ChildStdin,
    hear: BufReader<ChildStdout>,
    _contract: NamedTempFile,
}

/// What is to be called, and how. See `foreign_client.py` for what each member means.
#[derive(Debug, Clone, Serialize)]
pub struct ForeignCall {
    /// `host:port`, or `unix:` and a path.
    pub address: String,
    /// The rpc, such as `/idesluss.journal.v1.JournalService/GetHead`.
    pub method: String,
    /// The message in protobuf's JSON form, in bytes base64; a list where the client streams.
    pub request: Value,
    /// Certificates; None: no TLS.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tls: Option<ForeignTls>,
    /// Metadata; what a name that ends in `-bin` stands for in base64.
    pub metadata: Vec<(String, String)>,
    /// How long each call may take.
    pub seconds: f64,
    /// So many messages are read of a stream, then it is cancelled.
    pub most: usize,
    /// So many connections of its own make the calls.
    pub connections: usize,
    /// So many calls at once on each connection.
    pub calls: usize,
}

/// Files of certificates.
#[derive(Debug, Clone, Serialize)]
pub struct ForeignTls {
    /// The authority that is trusted.
    pub ca: PathBuf,
    /// The certificate that is shown; None: none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cert: Option<PathBuf>,
    /// Its key.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub key: Option<PathBuf>,
}

/// What the client heard.
#[derive(Debug, Clone, Deserialize)]
pub struct ForeignAnswer {
    /// The status code's name, such as `PERMISSION_DENIED`.
    pub code: String,
    /// The sentence.
    pub message: String,
    /// The details of google.rpc.Status, each with its type as `@type`.
    pub details: Vec<Value>,
    /// The messages that came, in protobuf's JSON form with the contract's names.
    pub responses: Vec<Value>,
}

#[derive(Deserialize)]
struct Answers {
    answers: Vec<ForeignAnswer>,
}

impl ForeignCall {
    /// One call without TLS.
    pub fn new(address: &Address, method: &str, request: Value) -> Self {
        Self::at(address.to_string(), method, request)
    }

    /// One call to a process of an installation, with its certificates.
    pub fn apart(apart: &Apart, process: &str, method: &str, request: Value) -> Self {
        let address = format!("localhost:{}", apart.processes[process].grpc);
        let file = |name: &str| apart.certificates().join(name);
        Self {
            tls: Some(ForeignTls {
                ca: file("ca.pem"),
                cert: Some(file("cert.pem")),
                key: Some(file("key.pem")),
            }),
            ..Self::at(address, method, request)
        }
    }

    /// The same call in the name of somebody of whom this is asserted.
    #[must_use]
    pub fn by(mut self, assertion: &BinaryMetadataValue) -> Self {
        let encoded = String::from_utf8_lossy(assertion.as_encoded_bytes()).into_owned();
        self.metadata.push((METADATA.to_owned(), encoded));
        self
    }

    fn at(address: String, method: &str, request: Value) -> Self {
        Self {
            address,
            method: method.to_owned(),
            request,
            tls: None,
            metadata: Vec::new(),
            seconds: 10.0,
            most: 1_000,
            connections: 1,
            calls: 1,
        }
    }
}

/// What whoever is not even signed in is answered.
impl From<Status> for ForeignAnswer {
    fn from(status: Status) -> Self {
        let mut code = String::new();
        for letter in format!("{:?}", status.code()).chars() {
            if letter.is_uppercase() && !code.is_empty() {
                code.push('_');
            }
            code.push(letter.to_ascii_uppercase());
        }
        let reason = Refusal::from(&status).reason;
        Self {
            code,
            message: status.message().to_owned(),
            details: vec![json!({ "@type": "google.rpc.ErrorInfo", "reason": reason })],
            responses: Vec::new(),
        }
    }
}

impl ForeignAnswer {
    /// The stable reason that the answer carries; empty: none.
    pub fn reason(&self) -> &str {
        let mut reasons = self.details.iter().filter_map(|detail| detail["reason"].as_str());
        reasons.next_back().unwrap_or_default()
    }

    /// Checks that the call was refused with this code and a sentence with these words.
    #[track_caller]
    pub fn is_refused(&self, code: &str, words: &str) {
        assert_eq!(self.code, code, "{self:?}");
        assert!(self.message.contains(words), "{words:?} is not in {self:?}");
    }
}

impl ForeignClient {
    /// Starts it. Its library is installed by `tests/wheels.sh` when it is not there.
    pub fn start() -> Self {
        let mut contract = NamedTempFile::new().expect("a file");
        contract.write_all(DESCRIPTORS).expect("written");
        let here = Path::new(env!("CARGO_MANIFEST_DIR"));
        let installed = Command::new(here.join("wheels.sh"))
            .arg("grpc")
            .stderr(Stdio::inherit())
            .output();
        let installed = installed.expect("the script can be run");
        assert!(installed.status.success(), "gRPC for Python can't be installed");
        let libraries = String::from_utf8(installed.stdout).expect("a path");
        let mut child = Command::new("python3")
            .arg(here.join("src/foreign_client.py"))
            .arg(contract.path())
            .env("PYTHONPATH", libraries.trim())
            // Its library says on standard error what a call's answer says too.
            .env("GRPC_VERBOSITY", "NONE")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("Python starts");
        let tell = child.stdin.take().expect("piped");
        let hear = BufReader::new(child.stdout.take().expect("piped"));
        Self(Arc::new(Mutex::new(Running {
            child,
            tell,
            hear,
            _contract: contract,
        })))
    }

    /// Makes the calls; an answer each. Panics with what the client said when it did not understand.
    pub async fn calls(&self, call: ForeignCall) -> Vec<ForeignAnswer> {
        let running = self.0.clone();
        let asking = tokio::task::spawn_blocking(move || {
            let mut running = running.lock().expect("no call panics");
            let line = json!(call).to_string();
            writeln!(running.tell, "{line}").expect("the client listens");
            let mut heard = String::new();
            running.hear.read_line(&mut heard).expect("the client answers");
            let answers: Answers =
                serde_json::from_str(&heard).unwrap_or_else(|error| panic!("{error}: {heard:?} to {line}"));
            answers.answers
        });
        asking.await.expect("the client understood")
    }

    /// Makes one call.
    pub async fn call(&self, call: ForeignCall) -> ForeignAnswer {
        let mut answers = self.calls(call).await;
        assert_eq!(answers.len(), 1, "one call has one answer");
        answers.remove(0)
    }

    /// Makes one call to a service of a process that runs all, such as `submission`, in nobody's name.
    pub async fn call_to(&self, instance: &Instance, service: &str, method: &str, request: Value) -> ForeignAnswer {
        let address = instance.server.addresses.of(service);
        self.call(ForeignCall::new(&address, method, request)).await
    }

    /// The same in somebody's name. Whoever can't be signed in as that is answered by identity.
    pub async fn call_by(
        &self,
        instance: &Instance,
        who: &Someone,
        service: &str,
        method: &str,
        request: Value,
    ) -> ForeignAnswer {
        let address = instance.server.addresses.of(service);
        let is_bound = idesluss_access::rule(method).is_some_and(|rule| rule.is_bound);
        let command = request["command"]["command_id"].as_str().filter(|_| is_bound);
        let identity = instance.server.channel("identity");
        match Shown::for_command(who, identity, command.unwrap_or_default()).await {
            Ok(shown) => {
                let call = ForeignCall::new(&address, method, request);
                self.call(call.by(shown.to(service))).await
            }
            Err(status) => status.into(),
        }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
