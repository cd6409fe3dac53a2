//! Debian's Chromium, with what only its DevTools can do.

use crate::window::{Driver, Window};
use fantoccini::wd::WebDriverCompatibleCommand;
use http::Method;
use serde_json::{Value, json};
use std::net::SocketAddr;
use std::ops::Deref;
use std::process::Command;
use tempfile::TempDir;
use url::{ParseError, Url};

/// A window of Chromium.
#[derive(Debug)]
pub struct Chromium {
    window: Window,
    _profile: TempDir,
}

impl Deref for Chromium {
    type Target = Window;

    fn deref(&self) -> &Window {
        &self.window
    }
}

/// A command of Chrome's DevTools protocol.
#[derive(Debug)]
struct DevTools {
    command: &'static str,
    parameters: Value,
}

impl WebDriverCompatibleCommand for DevTools {
    fn endpoint(&self, base: &Url, session: Option<&str>) -> Result<Url, ParseError> {
        base.join(&format!("session/{}/goog/cdp/execute", session.unwrap_or_default()))
    }

    fn method_and_body(&self, _: &Url) -> (Method, Option<String>) {
        let body = json!({ "cmd": self.command, "params": self.parameters });
        (Method::POST, Some(body.to_string()))
    }
}

/// An authenticator as devices have one built in, with somebody at it who agrees and is known to it (Web Authentication, level 3, section 11).
#[derive(Debug)]
struct Authenticator;

impl WebDriverCompatibleCommand for Authenticator {
    fn endpoint(&self, base: &Url, session: Option<&str>) -> Result<Url, ParseError> {
        base.join(&format!(
            "session/{}/webauthn/authenticator",
            session.unwrap_or_default()
        ))
    }

    fn method_and_body(&self, _: &Url) -> (Method, Option<String>) {
        let body = json!({
            "protocol": "ctap2",
            "transport": "internal",
            "hasResidentKey": true,
            "hasUserVerification": true,
            "isUserConsenting": true,
            "isUserVerified": true,
        });
        (Method::POST, Some(body.to_string()))
    }
}

impl Chromium {
    /// Starts a browser for the web at an address.
    ///
    /// Panics with what to install when there is none.
    pub async fn start(web: SocketAddr) -> Self {
        let mut command = Command::new("chromedriver");
        command.arg("--port=0");
        let driver = Driver {
            command,
            before_port: "successfully on port ",
            needs: "`make tools` installs chromedriver",
        };
        let profile = TempDir::new().expect("a folder for the profile");
        let own = format!("--user-data-dir={}", profile.path().display());
        let mut arguments = vec![
            "--headless",
            "--disable-gpu",
            "--disable-quic",
            "--disable-dev-shm-usage",
            "--no-first-run",
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-sync",
            "--window-size=1200,900",
            &own,
        ];
        if rustix::process::geteuid().is_root() {
            // Chromium has no sandbox for root.
            arguments.push("--no-sandbox");
        }
        let wishes = json!({ "goog:chromeOptions": { "args": arguments }, "goog:loggingPrefs": { "browser": "ALL" } });
        let Value::Object(wishes) = wishes else {
            unreachable!("an object")
        };
        Self {
            window: Window::open_by(driver, wishes, web).await,
            _profile: profile,
        }
    }

    /// Tells the browser what no script may, by Chrome's DevTools protocol.
    pub async fn tell(&self, command: &'static str, parameters: Value) {
        let command = DevTools { command, parameters };
        let told = self.client.issue_cmd(command).await;
        told.unwrap_or_else(|error| panic!("the browser does not: {error}"));
    }

    /// Lets the browser keep passkeys. Returns what the authenticator is called.
    pub async fn add_authenticator(&self) -> String {
        let added = self.client.issue_cmd(Authenticator).await.expect("an authenticator");
        added.as_str().expect("a name").to_owned()
    }

    /// The same that opens all pages under a name of this machine: passkeys are good for names, and not for digits.
    #[must_use]
    pub fn by_name(mut self) -> Self {
        self.window.base = self.window.base.replace("127.0.0.1", "localhost");
        self
    }

    /// Opens one page so.
    pub async fn open_by_name(&self, path: &str) {
        let port = self.base.rsplit(':').next().unwrap_or_default();
        let url = format!("http://localhost:{port}{path}");
        self.client
            .goto(&url)
            .await
            .unwrap_or_else(|error| panic!("{path}: {error}"));
    }

    /// Has pages speak this language from now on, as whoever has chosen it at the foot of a page.
    pub async fn speak(&self, language: &str) {
        let cookie = json!({ "name": "language", "value": language, "url": self.base });
        self.tell("Network.setCookie", cookie).await;
    }
}
