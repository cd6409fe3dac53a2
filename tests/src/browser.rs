//! Somebody at the web, without a browser: cookies, forms, links, as they stand in the pages.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

/// How long somebody may take to be listed.
const PATIENCE: Duration = Duration::from_secs(20);

/// A page as it was answered.
#[derive(Debug, Clone)]
pub struct Answer {
    /// The HTTP status.
    pub status: u16,
    /// The page.
    pub html: String,
    /// What came, byte for byte.
    pub bytes: Vec<u8>,
    /// Where a redirect leads; empty: nowhere.
    pub location: String,
}

impl Answer {
    /// Whether it is the page that says what something leads to that can't be undone.
    pub fn asks_whether_sure(&self) -> bool {
        self.html.contains("class=\"confirm\"")
    }

    /// The session's secret in the page's forms. Panics when it has none.
    pub fn csrf(&self) -> String {
        let field = self.html.split("name=\"csrf\"").nth(1);
        attribute(field.expect("a form on the page"), "value")
    }
}

/// Somebody's cookies and the server that they belong to.
#[derive(Debug, Clone)]
pub struct Reader {
    agent: ureq::Agent,
    base: String,
    cookies: Vec<(String, String)>,
}

impl Reader {
    /// Somebody who has not been here.
    pub fn new(web: SocketAddr) -> Self {
        let config = ureq::Agent::config_builder()
            .http_status_as_error(false)
            .max_redirects(0);
        Self {
            agent: config.build().into(),
            base: format!("http://{web}"),
            cookies: Vec::new(),
        }
    }

    /// The same who asks under a name of this machine: passkeys are good for names, and not for digits.
    #[must_use]
    pub fn by_name(mut self) -> Self {
        self.base = self.base.replace("127.0.0.1", "localhost");
        self
    }

    /// The same browser, before the web at another address.
    #[must_use]
    pub fn at(mut self, web: SocketAddr) -> Self {
        self.base = format!("http://{web}");
        self
    }

    /// What is sent along with every request, as one header's value: for clients of another kind.
    pub fn cookie(&self) -> String {
        let pairs: Vec<_> = self
            .cookies
            .iter()
            .map(|(name, value)| format!("{name}={value}"))
            .collect();
        pairs.join("; ")
    }

    fn take(&mut self, mut response: http::Response<ureq::Body>) -> Answer {
        for cookie in response.headers().get_all("set-cookie") {
            let pair = cookie
                .to_str()
                .ok()
                .and_then(|cookie| cookie.split(';').next()?.split_once('='));
            if let Some((name, value)) = pair {
                self.cookies.retain(|(known, _)| known != name);
                self.cookies.push((name.to_owned(), value.to_owned()));
            }
        }
        let location = response
            .headers()
            .get("location")
            .and_then(|location| location.to_str().ok());
        let (status, location) = (response.status().as_u16(), location.unwrap_or_default().to_owned());
        // What is broken off comes as nothing.
        let bytes = response.body_mut().read_to_vec().unwrap_or_default();
        Answer {
            status,
            location,
            html: String::from_utf8_lossy(&bytes).into_owned(),
            bytes,
        }
    }

    /// Asks for a page, and does not follow where it leads.
    pub fn ask(&mut self, path: &str) -> Answer {
        let request = self
            .agent
            .get(format!("{}{path}", self.base))
            .header("cookie", self.cookie());
        let answer = request
            .call()
            .unwrap_or_else(|error| panic!("{path} is not answered: {error}"));
        self.take(answer)
    }

    /// Asks for a page, and follows where it leads.
    pub fn get(&mut self, path: &str) -> Answer {
        let mut path = path.to_owned();
        for _ in 0..5 {
            let answer = self.ask(&path);
            if answer.location.is_empty() {
                return answer;
            }
            path = answer.location;
        }
        panic!("{path} leads nowhere");
    }

    /// Sends a form with the fields as they are.
    pub fn post_raw(&mut self, path: &str, fields: &[(&str, &str)]) -> Answer {
        let request = self
            .agent
            .post(format!("{}{path}", self.base))
            .header("cookie", self.cookie());
        let answer = request
            .send_form(fields.iter().copied())
            .unwrap_or_else(|error| panic!("{path} is not answered: {error}"));
        self.take(answer)
    }

    /// Fills in the form on `page` that leads to `action`, sends it, and follows where it leads.
    ///
    /// Hidden fields are sent as they stand. What can't be undone is confirmed. Panics when there is no such form.
    pub fn fill(&mut self, page: &str, action: &str, fields: &[(&str, &str)]) -> Answer {
        self.fill_and_send(page, action, action, fields)
    }

    /// The same by another of its buttons, which sends it to `to`.
    pub fn fill_and_send(&mut self, page: &str, action: &str, to: &str, fields: &[(&str, &str)]) -> Answer {
        let start = page.find(&format!("action=\"{action}\""));
        let start = start.unwrap_or_else(|| panic!("no form leads to {action} on {page}"));
        let form = &page[start..start + page[start..].find("</form>").expect("a form ends")];
        let mut all: Vec<(String, String)> = Vec::new();
        for input in form.split("<input type=\"hidden\"").skip(1) {
            all.push((attribute(input, "name"), attribute(input, "value")));
        }
        all.extend(
            fields
                .iter()
                .map(|(name, value)| ((*name).to_owned(), (*value).to_owned())),
        );
        let all: Vec<_> = all
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_str()))
            .collect();
        let answer = self.post_raw(to, &all);
        if answer.asks_whether_sure() {
            self.fill(&answer.html, action, &[("saker", "ja")])
        } else if answer.location.is_empty() {
            answer
        } else {
            self.get(&answer.location)
        }
    }

    /// Sends the form on `page` that leads to `action` with a file.
    pub fn upload(&mut self, page: &str, action: &str, name: &str, bytes: &[u8]) -> Answer {
        self.upload_as(page, action, "fil", (name, bytes))
    }

    /// The same of a file in a field of another name.
    pub fn upload_as(&mut self, page: &str, action: &str, field: &str, (name, bytes): (&str, &[u8])) -> Answer {
        let start = page.find(&format!("action=\"{action}\"")).expect("a form for a file");
        let form = &page[start..start + page[start..].find("</form>").expect("a form ends")];
        let mut body: Vec<u8> = Vec::new();
        for input in form.split("<input type=\"hidden\"").skip(1) {
            let (field, value) = (attribute(input, "name"), attribute(input, "value"));
            body.extend(
                format!("--tvatt7grans\r\ncontent-disposition: form-data; name=\"{field}\"\r\n\r\n{value}\r\n")
                    .into_bytes(),
            );
        }
        let head = format!(
            "--tvatt7grans\r\ncontent-disposition: form-data; name=\"{field}\"; filename=\"{name}\"\r\ncontent-type: text/plain\r\n\r\n"
        );
        body.extend(head.into_bytes());
        body.extend(bytes);
        body.extend("\r\n--tvatt7grans--\r\n".as_bytes());
        let request = self
            .agent
            .post(format!("{}{action}", self.base))
            .header("cookie", self.cookie());
        let request = request.header("content-type", "multipart/form-data; boundary=tvatt7grans");
        let answer = request.send(&body[..]).expect("the web answers");
        let answer = self.take(answer);
        if answer.location.is_empty() {
            answer
        } else {
            self.get(&answer.location)
        }
    }

    /// Sends a form that could have a file without one, with these fields.
    pub fn upload_with(&mut self, page: &str, action: &str, fields: &[(&str, &str)]) -> Answer {
        let mut form = page.to_owned();
        let at = form.find(&format!("action=\"{action}\"")).expect("a form for a file");
        let end = at + form[at..].find("</form>").expect("a form ends");
        let hidden: String = fields
            .iter()
            .map(|(name, value)| format!("<input type=\"hidden\" name=\"{name}\" value=\"{value}\">"))
            .collect();
        form.insert_str(end, &hidden);
        self.upload_as(&form, action, "logo", ("", b""))
    }

    /// Becomes a person in a role, as the first page offers it.
    pub fn become_person(&mut self, name: &str, role: &str) -> Answer {
        // Identity writes the people down one after the other when it begins.
        let deadline = Instant::now() + PATIENCE;
        let sign = loop {
            let entrance = self.get("/").html;
            let mut signs = entrance.split("<form method=\"post\" action=\"/valj\">").skip(1);
            let sign = signs.find(|form| {
                let form = form.split("</form>").next().unwrap_or_default();
                form.contains(name) && form.contains(&format!("name=\"role\" value=\"{role}\""))
            });
            if let Some(sign) = sign {
                break sign.to_owned();
            }
            assert!(
                Instant::now() < deadline,
                "nobody called {name} can be chosen as {role}: {entrance}"
            );
            std::thread::sleep(Duration::from_millis(100));
        };
        let sign = format!(
            "action=\"/valj\"{}</form>",
            sign.split("</form>").next().unwrap_or_default()
        );
        self.fill(&sign, "/valj", &[])
    }
}

fn attribute(tag: &str, name: &str) -> String {
    let value = tag
        .split(&format!("{name}=\""))
        .nth(1)
        .and_then(|rest| rest.split('"').next());
    value
        .unwrap_or_default()
        .replace("&#34;", "\"")
        .replace("&#39;", "'")
        .replace("&#60;", "<")
        .replace("&#62;", ">")
        .replace("&#38;", "&")
        .replace("&amp;", "&")
        .replace("&quot;", "\"")
        .replace("&#34;", "\"")
}

/// The fields of a form with scores, each criterion scored so and for this reason.
pub fn scores(page: &str, score: &str, rationale: &str) -> Vec<(String, String)> {
    let rows = page.matches("name=\"scores[").count();
    let row = |row| {
        let score_field = format!("scores[{row}].score");
        page.contains(&format!("name=\"{score_field}\"")).then(|| {
            [
                (score_field, score.to_owned()),
                (format!("scores[{row}].rationale"), rationale.to_owned()),
            ]
        })
    };
    (0..rows).filter_map(row).flatten().collect()
}

/// Fields as they are filled in.
pub fn borrowed(fields: &[(String, String)]) -> Vec<(&str, &str)> {
    fields
        .iter()
        .map(|(name, value)| (name.as_str(), value.as_str()))
        .collect()
}
