//! A real browser, used as people use one: by what they read on the page.

use fantoccini::elements::Element;
use fantoccini::wd::WebDriverCompatibleCommand;
use fantoccini::{Client, ClientBuilder, Locator};
use http::Method;
use serde_json::json;
use std::io::{BufRead as _, BufReader};
use std::net::SocketAddr;
use std::os::unix::process::CommandExt as _;
use std::process::{Child, Command, Stdio};
use std::time::Duration;
use tempfile::TempDir;
use url::{ParseError, Url};

/// How long something may take to appear on a page.
const PATIENCE: Duration = Duration::from_secs(20);

/// Debian's Chromium, headless, with a profile of its own. Ended when dropped.
#[derive(Debug)]
pub struct Chromium {
    /// For what the methods here do not offer.
    pub client: Client,
    base: String,
    driver: Child,
    _profile: TempDir,
}

/// A command of Chrome's DevTools protocol.
#[derive(Debug)]
struct DevTools {
    command: &'static str,
    parameters: serde_json::Value,
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

impl Chromium {
    /// Starts a browser for the web at an address.
    ///
    /// Panics with what to install when there is none.
    pub async fn start(web: SocketAddr) -> Self {
        let mut driver = Command::new("chromedriver")
            .arg("--port=0")
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            // The browser that it starts goes with it.
            .process_group(0)
            .spawn()
            .expect("chromedriver is there: `make tools` installs it");
        let said = BufReader::new(driver.stdout.take().expect("piped")).lines();
        let port = said
            .map_while(Result::ok)
            .find_map(|line| {
                line.split("successfully on port ")
                    .nth(1)?
                    .trim_end_matches('.')
                    .parse::<u16>()
                    .ok()
            })
            .expect("chromedriver says its port");
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
        let serde_json::Value::Object(wishes) = wishes else {
            unreachable!("an object")
        };
        let client = ClientBuilder::new(hyper_util::client::legacy::connect::HttpConnector::new())
            .capabilities(wishes)
            .connect(&format!("http://127.0.0.1:{port}"))
            .await
            .expect("Chromium starts");
        Self {
            client,
            base: format!("http://{web}"),
            driver,
            _profile: profile,
        }
    }

    /// Tells the browser what no script may, by Chrome's DevTools protocol.
    pub async fn tell(&self, command: &'static str, parameters: serde_json::Value) {
        let command = DevTools { command, parameters };
        let told = self.client.issue_cmd(command).await;
        told.unwrap_or_else(|error| panic!("the browser does not: {error}"));
    }

    /// Has pages speak this language from now on, as whoever has chosen it at the foot of a page.
    pub async fn speak(&self, language: &str) {
        let cookie = json!({ "name": "language", "value": language, "url": self.base });
        self.tell("Network.setCookie", cookie).await;
    }

    /// Opens a page by its path.
    pub async fn open(&self, path: &str) {
        let url = format!("{}{path}", self.base);
        self.client
            .goto(&url)
            .await
            .unwrap_or_else(|error| panic!("{path}: {error}"));
    }

    /// The path that is shown.
    pub async fn path(&self) -> String {
        self.client.current_url().await.expect("a page").path().to_owned()
    }

    async fn find(&self, xpath: &str) -> Element {
        let found = self
            .client
            .wait()
            .at_most(PATIENCE)
            .for_element(Locator::XPath(xpath))
            .await;
        match found {
            Ok(element) => element,
            Err(error) => panic!("{xpath}: {error} at {}: {}", self.path().await, self.text().await),
        }
    }

    /// What a reader sees of the page.
    pub async fn text(&self) -> String {
        let body = self.client.find(Locator::Css("body")).await.expect("a page");
        body.text().await.expect("text")
    }

    /// Waits until the page says something, reloading it: what reactions do comes a moment later.
    pub async fn until(&self, says: &str) {
        let deadline = std::time::Instant::now() + PATIENCE;
        while !self.text().await.contains(says) {
            assert!(
                std::time::Instant::now() < deadline,
                "{} never says {says}: {}",
                self.path().await,
                self.text().await
            );
            tokio::time::sleep(Duration::from_millis(200)).await;
            self.client.refresh().await.expect("reloaded");
        }
    }

    /// Becomes somebody, from wherever one is.
    pub async fn become_person(&self, name: &str, role: &str) {
        self.open("/").await;
        if let Ok(leave) = self.client.find(Locator::XPath("//button[.='Byt person']")).await {
            self.leave_by(&leave).await;
        }
        let button = format!("//button[strong[.='{name}'] and contains(., '{role}')]");
        let button = self.find(&button).await;
        self.leave_by(&button).await;
    }

    /// Follows the link with this text.
    pub async fn follow(&self, text: &str) {
        let link = self.find(&format!("//a[normalize-space(.)='{text}']")).await;
        self.leave_by(&link).await;
    }

    /// Unfolds the form under this heading.
    pub async fn unfold(&self, summary: &str) {
        let summary = self.find(&format!("//summary[normalize-space(.)='{summary}']")).await;
        summary.click().await.expect("clicked");
    }

    /// The field whose label begins so, among those that can be seen.
    async fn field(&self, label: &str) -> Element {
        let labels = format!("//label[starts-with(normalize-space(.), '{label}')]");
        self.find(&labels).await;
        for label in self.client.find_all(Locator::XPath(&labels)).await.expect("labels") {
            if label.is_displayed().await.expect("a label") {
                let id = label.attr("for").await.expect("read").expect("a label is for a field");
                return self.find(&format!("//*[@id='{id}']")).await;
            }
        }
        panic!("{label} can't be seen: {}", self.text().await);
    }

    /// Writes into a field, after what stands there has been taken away.
    pub async fn write(&self, label: &str, text: &str) {
        let field = self.field(label).await;
        field.clear().await.expect("emptied");
        field.send_keys(text).await.expect("written");
    }

    /// Ticks a box or chooses an answer.
    pub async fn tick(&self, label: &str) {
        self.field(label).await.click().await.expect("ticked");
    }

    /// Chooses from a list.
    pub async fn choose(&self, label: &str, choice: &str) {
        let field = self.field(label).await;
        field.select_by_label(choice).await.expect("chosen");
    }

    /// Sets a date, as the browser's calendar would.
    pub async fn date(&self, label: &str, day: &str) {
        let field = self.field(label).await;
        let field = serde_json::to_value(field).expect("an element");
        let set = "arguments[0].value = arguments[1]; return arguments[0].value";
        let set = self.client.execute(set, vec![field, json!(day)]).await.expect("set");
        assert_eq!(set, json!(day), "{label} is no date");
    }

    /// Fills in a measurement: people who rest, per day.
    pub async fn measure(&self, value: &str, from: &str, to: &str) {
        self.write("Mått", "vilande per dag").await;
        self.write("Värde", value).await;
        self.write("Enhet", "personer").await;
        self.date("Från och med", from).await;
        self.date("Till och med", to).await;
    }

    /// Presses the button with this text, among those that can be seen.
    pub async fn press(&self, text: &str) {
        let buttons = format!("//button[normalize-space(.)='{text}']");
        self.find(&buttons).await;
        for button in self.client.find_all(Locator::XPath(&buttons)).await.expect("buttons") {
            if button.is_displayed().await.expect("a button") {
                self.leave_by(&button).await;
                return;
            }
        }
        panic!("{text} can't be seen: {}", self.text().await);
    }

    /// Gives the same score and the same reasons for every criterion, and sends them.
    pub async fn assess(&self, score: &str, why: &str) {
        let scores =
            format!("form[action$='/omdome'] input[type=radio][value='{score}'], form[action$='/omdome'] select");
        for field in self.client.find_all(Locator::Css(&scores)).await.expect("scores") {
            if field.tag_name().await.expect("a name") == "select" {
                field.select_by_value(score).await.expect("chosen");
            } else {
                field.click().await.expect("chosen");
            }
        }
        let reasons = Locator::Css("form[action$='/omdome'] textarea");
        for field in self.client.find_all(reasons).await.expect("reasons") {
            field.send_keys(why).await.expect("written");
        }
        let send = self
            .client
            .find(Locator::Css("form[action$='/omdome'] button"))
            .await
            .expect("a button");
        self.leave_by(&send).await;
    }

    /// Clicks on something that leads to another page, and waits until that is there.
    async fn leave_by(&self, element: &Element) {
        self.ask("window.leaving = true").await;
        element.click().await.expect("clicked");
        let deadline = std::time::Instant::now() + PATIENCE;
        let there = "return window.leaving === undefined && document.readyState === 'complete'";
        while self.client.execute(there, Vec::new()).await.ok() != Some(json!(true)) {
            assert!(
                std::time::Instant::now() < deadline,
                "a click led nowhere: {}",
                self.text().await
            );
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    /// What a script says about the page; for checks only.
    pub async fn ask(&self, script: &str) -> serde_json::Value {
        self.client.execute(script, Vec::new()).await.expect("answered")
    }

    /// Checks that the page is no wider than the window.
    pub async fn fits(&self) {
        let too_wide = self
            .ask("return document.documentElement.scrollWidth - document.documentElement.clientWidth")
            .await;
        assert!(
            too_wide.as_i64().is_some_and(|pixels| pixels <= 0),
            "{} is {too_wide} px too wide",
            self.path().await
        );
    }
}

impl Drop for Chromium {
    fn drop(&mut self) {
        let group = rustix::process::Pid::from_child(&self.driver);
        let _ = rustix::process::kill_process_group(group, rustix::process::Signal::KILL);
        let _ = self.driver.wait();
    }
}
