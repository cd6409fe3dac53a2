use crate::npm;
use base64::prelude::{BASE64_STANDARD, BASE64_URL_SAFE_NO_PAD, Engine as _};
use serde_json::Value;
use sha2::{Digest as _, Sha256};
use std::collections::BTreeMap;
use std::io::{BufRead as _, BufReader};
use std::net::{SocketAddr, TcpListener};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use tempfile::TempDir;
use url::form_urlencoded;
use uuid::Uuid;

/// A provider of OpenID Connect that is not ours, in a process of its own: at it people sign in by choosing who they are. Ended when dropped.
#[derive(Debug)]
pub struct Provider {
    /// What it is called in tokens, and where it is.
    pub issuer: String,
    /// What the web calls it.
    pub name: String,
    people: Value,
    web: String,
    child: Child,
    lines: std::io::Lines<BufReader<std::process::ChildStdout>>,
    folder: TempDir,
}

/// What was agreed with every provider, as whom the web speaks to it.
pub const CLIENT: &str = "idesluss";
/// And what the web shows it.
pub const SECRET: &str = "a secret that was agreed";

/// An address of this machine on which nothing listens now.
pub fn free_address() -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    listener.local_addr().expect("an address")
}

impl Provider {
    /// Starts one for the web on this machine, which goes by its name, with people by subject: the claims of each.
    pub fn start(web: SocketAddr, name: &str, people: Value) -> Self {
        Self::start_for(format!("http://localhost:{}", web.port()), name, people)
    }

    /// The same for the web that people reach at an address such as `http://localhost:8080`.
    pub fn start_for(web: String, name: &str, people: Value) -> Self {
        let folder = TempDir::new().expect("a folder");
        let (child, lines, issuer) = run(&folder, (&web, name), &people, free_address());
        Self {
            issuer,
            name: name.to_owned(),
            people,
            web,
            child,
            lines,
            folder,
        }
    }

    /// Lets nobody reach it any more.
    pub fn kill(&mut self) {
        self.child.kill().expect("killed");
        self.child.wait().expect("gone");
    }

    /// Starts it again where it was, with other keys.
    pub fn restart(&mut self) {
        let at = self.issuer.trim_start_matches("http://").parse().expect("an address");
        (self.child, self.lines, self.issuer) = run(&self.folder, (&self.web, &self.name), &self.people, at);
    }

    /// Has it sign with other keys from now on.
    pub fn change_keys(&mut self) {
        let hup = Command::new("kill")
            .args(["-HUP", &self.child.id().to_string()])
            .status();
        assert!(hup.expect("kill runs").success());
        let said = self.lines.by_ref().map(|line| line.expect("a line"));
        assert!(said.into_iter().any(|line| line == "new keys"), "it goes on");
    }

    /// Says otherwise who there is, and what is said of them.
    pub fn say(&mut self, people: Value) {
        let request = agent().put(format!("{}/people", self.issuer));
        request.send(people.to_string()).expect("it listens");
        self.people = people;
    }

    /// What stands in `providers.toml` of it.
    pub fn settings(&self, organisations: &[&str], domains: &[&str]) -> String {
        let list = |words: &[&str]| {
            words
                .iter()
                .map(|word| format!("\"{word}\""))
                .collect::<Vec<_>>()
                .join(", ")
        };
        let name = &self.name;
        format!(
            "[[provider]]\nname = \"{name}\"\nissuer = \"{}\"\nclient_id = \"{CLIENT}\"\nclient_secret_file = \"{name}.secret\"\n\
             organisations = [{}]\ndomains = [{}]\n\n",
            self.issuer,
            list(organisations),
            list(domains),
        )
    }

    /// Signs somebody in there and fetches what is said of them, as a client that does nothing else: what no web is quicker than.
    pub fn sign_in_alone(&self, who: &str) {
        let verifier = Uuid::new_v4().simple().to_string().repeat(2);
        let challenge = BASE64_URL_SAFE_NO_PAD.encode(Sha256::digest(&verifier));
        let back = format!("{}/in/tillbaka/{}", self.web, self.name);
        let asked = [
            ("client_id", CLIENT),
            ("response_type", "code"),
            ("scope", "openid profile email"),
            ("redirect_uri", &back),
            ("state", &verifier),
            ("nonce", &verifier),
            ("code_challenge", &challenge),
            ("code_challenge_method", "S256"),
        ];
        let asked = form_urlencoded::Serializer::new(String::new())
            .extend_pairs(asked)
            .finish();
        let came = self.sign_in(&format!("{}/auth?{asked}", self.issuer), who);
        let (_, said) = came.split_once('?').expect("a code");
        let code = form_urlencoded::parse(said.as_bytes()).find(|(name, _)| name == "code");
        let (_, code) = code.expect("a code");
        let secret: String = form_urlencoded::byte_serialize(SECRET.as_bytes()).collect();
        let fields = [
            ("grant_type", "authorization_code"),
            ("code", &code),
            ("redirect_uri", &back),
            ("code_verifier", &verifier),
        ];
        let request = agent().post(format!("{}/token", self.issuer));
        let shown = format!("Basic {}", BASE64_STANDARD.encode(format!("{CLIENT}:{secret}")));
        let mut answer = request
            .header("authorization", shown)
            .send_form(fields)
            .expect("it answers");
        let said = answer.body_mut().read_to_string().expect("it answers");
        assert!(said.contains("id_token"), "{said}");
    }

    /// Signs somebody in there whose browser was sent to `address`. Returns the path on the web that it is sent back to.
    pub fn sign_in(&self, address: &str, who: &str) -> String {
        let (mut cookies, mut at) = (BTreeMap::new(), address.to_owned());
        for _ in 0..6 {
            let sent: Vec<String> = cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
            let sent = sent.join("; ");
            let answer = match at
                .strip_prefix(&self.issuer)
                .is_some_and(|path| path.starts_with("/in/"))
            {
                true => agent().post(&at).header("cookie", sent).send_form([("who", who)]),
                false => agent().get(&at).header("cookie", sent).call(),
            };
            let answer = answer.expect("the provider answers");
            for cookie in answer.headers().get_all("set-cookie") {
                let cookie = cookie.to_str().expect("text").split(';').next().expect("a pair");
                let (name, value) = cookie.split_once('=').expect("a pair");
                cookies.insert(name.to_owned(), value.to_owned());
            }
            let led = answer.headers().get("location");
            let led = led
                .unwrap_or_else(|| panic!("{at} leads nowhere"))
                .to_str()
                .expect("text");
            if let Some(path) = led.strip_prefix(&self.web) {
                return path.to_owned();
            }
            at = if led.starts_with('/') {
                format!("{}{led}", self.issuer)
            } else {
                led.to_owned()
            };
        }
        panic!("{at} leads nowhere");
    }
}

/// The settings of several, with their secrets, in a data folder.
pub fn write_providers(data: &Path, providers: &[(&Provider, &[&str], &[&str])]) {
    let mut text = String::new();
    for (provider, organisations, domains) in providers {
        text.push_str(&provider.settings(organisations, domains));
        crate::write_secret(&data.join(format!("{}.secret", provider.name)), SECRET.as_bytes());
    }
    std::fs::write(data.join("providers.toml"), text).expect("written");
}

impl Drop for Provider {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn agent() -> ureq::Agent {
    let config = ureq::Agent::config_builder()
        .max_redirects(0)
        .http_status_as_error(false);
    config.build().into()
}

type Lines = std::io::Lines<BufReader<std::process::ChildStdout>>;

fn run(folder: &TempDir, (web, name): (&str, &str), people: &Value, at: SocketAddr) -> (Child, Lines, String) {
    let installed = npm("oidc");
    let script = folder.path().join("provider.mjs");
    std::fs::copy(Path::new(env!("CARGO_MANIFEST_DIR")).join("oidc/provider.mjs"), &script).expect("copied");
    let modules = folder.path().join("node_modules");
    if !modules.exists() {
        std::os::unix::fs::symlink(installed.join("node_modules"), modules).expect("a link");
    }
    let mut child = Command::new(installed.join("node"))
        .arg(script)
        .env("PEOPLE", people.to_string())
        .env("WEB", web)
        .env("NAME", name)
        .env("SECRET", SECRET)
        .env("PORT", at.port().to_string())
        .stdout(Stdio::piped())
        .spawn()
        .expect("node runs");
    let mut lines = BufReader::new(child.stdout.take().expect("piped")).lines();
    let mut said = lines.by_ref().map(|line| line.expect("a line"));
    let issuer = said
        .find(|line| line.starts_with("http://"))
        .expect("it prints its issuer");
    (child, lines, issuer)
}
