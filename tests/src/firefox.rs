//! Debian's Firefox ESR.

use crate::window::{Driver, Window};
use fantoccini::cookies::Cookie;
use fantoccini::wd::WebDriverCompatibleCommand;
use http::Method;
use serde_json::{Value, json};
use std::net::SocketAddr;
use std::ops::Deref;
use std::path::Path;
use std::process::Command;
use tempfile::TempDir;
use url::{ParseError, Url};

/// No window is narrower.
const NARROWEST: u32 = 500;

/// A window of Firefox.
#[derive(Debug)]
pub struct Firefox {
    window: Window,
    _profiles: TempDir,
}

impl Deref for Firefox {
    type Target = Window;

    fn deref(&self) -> &Window {
        &self.window
    }
}

/// Has scripts run in the page, `content`, or in what stands around it, `chrome`.
#[derive(Debug)]
struct RunIn(&'static str);

impl WebDriverCompatibleCommand for RunIn {
    fn endpoint(&self, base: &Url, session: Option<&str>) -> Result<Url, ParseError> {
        base.join(&format!("session/{}/moz/context", session.unwrap_or_default()))
    }

    fn method_and_body(&self, _: &Url) -> (Method, Option<String>) {
        (Method::POST, Some(json!({ "context": self.0 }).to_string()))
    }
}

impl Firefox {
    /// Starts a browser for the web at an address, on its first page.
    ///
    /// Panics with what to install when there is none.
    pub async fn start(web: SocketAddr) -> Self {
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("firefox.sh");
        let output = Command::new(script).output().expect("firefox.sh runs");
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{said}");
        let paths = String::from_utf8_lossy(&output.stdout);
        let (browser, driver) = paths.trim().split_once('\n').expect("two paths");
        let profiles = TempDir::new().expect("a folder for the profile");
        let mut command = Command::new(driver);
        command.args(["--port=0", "--allow-system-access", "--profile-root"]);
        command.arg(profiles.path());
        let driver = Driver {
            command,
            before_port: "Listening on 127.0.0.1:",
            needs: "`make test-firefox` installs geckodriver",
        };
        let wishes = json!({ "moz:firefoxOptions": { "binary": browser, "args": ["-headless"] } });
        let Value::Object(wishes) = wishes else {
            unreachable!("an object")
        };
        let window = Window::open_by(driver, wishes, web).await;
        window.open("/").await;
        Self {
            window,
            _profiles: profiles,
        }
    }

    /// Has pages speak this language from now on, as whoever has chosen it at the foot of a page.
    pub async fn speak(&self, language: &str) {
        // Without a word on other sites it would be theirs too, and of those only what travels encrypted is taken.
        let cookie = format!("language={language}; Path=/; SameSite=Strict");
        let cookie = Cookie::parse(cookie).expect("a cookie");
        self.client.add_cookie(cookie).await.expect("a cookie");
    }

    /// Makes it so wide and so high, in the page's own pixels: a narrow page stands in a window of twice its size, and is shown twice as large.
    pub async fn resize(&self, width: u32, height: u32) {
        let zoom = if width < NARROWEST { 2 } else { 1 };
        self.run_in("chrome").await;
        let script = "FullZoom.setZoom(arguments[0], gBrowser.selectedBrowser)";
        let zoomed = self.client.execute(script, vec![json!(zoom)]).await;
        zoomed.expect("shown larger");
        self.run_in("content").await;
        self.window.resize(width * zoom, height * zoom).await;
        let wide = self.ask("return innerWidth").await;
        assert_eq!(wide, json!(width), "how wide the page is");
    }

    async fn run_in(&self, context: &'static str) {
        let run = self.client.issue_cmd(RunIn(context)).await;
        run.unwrap_or_else(|error| panic!("the browser does not: {error}"));
    }
}
