//! A real browser's window, used as people use one: by what they read on the page.

use fantoccini::elements::Element;
use fantoccini::{Client, ClientBuilder, Locator};
use serde_json::{Map, Value, json};
use std::io::{BufRead as _, BufReader};
use std::net::SocketAddr;
use std::os::unix::process::CommandExt as _;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

/// How long something may take to appear on a page.
const PATIENCE: Duration = Duration::from_secs(20);

/// The window of a headless browser that has a profile of its own. Ended when dropped.
#[derive(Debug)]
pub struct Window {
    /// For what the methods here do not offer.
    pub client: Client,
    pub(crate) base: String,
    driver: Child,
}

/// What is started to drive a browser.
pub(crate) struct Driver {
    pub(crate) command: Command,
    /// The words in what it prints that its port follows.
    pub(crate) before_port: &'static str,
    /// What to do where it is not there.
    pub(crate) needs: &'static str,
}

impl Window {
    /// Has a driver open a window of this kind, for the web at an address.
    pub(crate) async fn open_by(mut driver: Driver, capabilities: Map<String, Value>, web: SocketAddr) -> Self {
        let started = driver.command.stdout(Stdio::piped()).stderr(Stdio::null());
        // The browser that it starts goes with it.
        let started = started.process_group(0).spawn();
        let mut child = started.unwrap_or_else(|error| panic!("{error}: {}", driver.needs));
        let mut said = BufReader::new(child.stdout.take().expect("piped")).lines();
        let port = said.by_ref().map_while(Result::ok).find_map(|line| {
            let (_, port) = line.split_once(driver.before_port)?;
            port.trim_end_matches('.').parse::<u16>().ok()
        });
        let port = port.expect("the driver says its port");
        // What it prints later is read too: nobody writes into a pipe that is closed.
        std::thread::spawn(move || said.for_each(drop));
        let client = ClientBuilder::new(hyper_util::client::legacy::connect::HttpConnector::new())
            .capabilities(capabilities)
            .connect(&format!("http://127.0.0.1:{port}"))
            .await
            .expect("the browser starts");
        Self {
            client,
            base: format!("http://{web}"),
            driver: child,
        }
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
        self.until_left().await;
    }

    /// Has a script do what leads to another page, and waits until that is there.
    pub async fn leave_by_script(&self, script: &str, arguments: Vec<Value>) {
        let script = format!("window.leaving = true;\n{script}");
        self.client.execute(&script, arguments).await.expect("done");
        self.until_left().await;
    }

    async fn until_left(&self) {
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
    pub async fn ask(&self, script: &str) -> Value {
        self.client.execute(script, Vec::new()).await.expect("answered")
    }

    /// Makes it so wide and so high, in pixels.
    pub async fn resize(&self, width: u32, height: u32) {
        self.client.set_window_size(width, height).await.expect("a window");
    }

    /// By how many pixels the page is wider than the window; None: it is not.
    pub async fn too_wide(&self) -> Option<i64> {
        let pixels = self
            .ask("return document.documentElement.scrollWidth - document.documentElement.clientWidth")
            .await;
        pixels.as_i64().filter(|pixels| *pixels > 0)
    }

    /// Checks that the page is no wider than the window.
    pub async fn fits(&self) {
        let pixels = self.too_wide().await;
        assert_eq!(pixels, None, "{} is too wide", self.path().await);
    }
}

impl Drop for Window {
    fn drop(&mut self) {
        let group = rustix::process::Pid::from_child(&self.driver);
        let _ = rustix::process::kill_process_group(group, rustix::process::Signal::KILL);
        let _ = self.driver.wait();
    }
}
