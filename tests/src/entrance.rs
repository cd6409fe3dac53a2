//! How people come in where they sign in: by a code that is made at the machine, by a provider, or with an account of here.

use crate::browser::{Answer, Reader};
use crate::provider::Provider;
use crate::server::run;
use std::path::Path;

/// Whoever sits at the machine, before the services of a folder or those that a gateway's settings name.
#[derive(Debug, Clone)]
pub struct Machine([String; 2]);

impl Machine {
    /// Before a folder.
    pub fn of(data: &Path) -> Self {
        Self(["--data".to_owned(), data.display().to_string()])
    }

    /// Before services apart.
    pub fn beyond(settings: &Path) -> Self {
        Self(["--gateway".to_owned(), settings.display().to_string()])
    }

    /// What a command about people prints. Errors: what it says instead.
    pub fn user(&self, arguments: &[&str]) -> Result<String, String> {
        let own = self.0.iter().map(String::as_str);
        let all: Vec<&str> = ["user"]
            .into_iter()
            .chain(arguments.iter().copied())
            .chain(own)
            .collect();
        let done = run(&all);
        let said = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        match done.status.success() {
            true => Ok(said(&done.stdout)),
            false => Err(said(&done.stderr)),
        }
    }

    /// The pseudonym of somebody by their name, where nobody else has it.
    pub fn pseudonym(&self, name: &str) -> String {
        let list = self.user(&["list"]).expect("listed");
        let mut lines = list.lines().filter(|line| line.contains(name));
        let first = lines.next().and_then(|line| line.split_whitespace().next());
        let person = first.unwrap_or_else(|| panic!("no {name} in {list}"));
        assert_eq!(lines.next(), None, "two are called {name}");
        person.to_owned()
    }

    /// The path of the link by which an administrator comes in once.
    pub fn code(&self, person: &str) -> String {
        let said = self.user(&["code", person]);
        path_in(&said.expect("made"), "/in/kod/")
    }

    /// Signs an administrator in by such a code.
    pub fn administrator(&self, mut reader: Reader, person: &str) -> Reader {
        let page = reader.get(&self.code(person)).html;
        let welcome = reader.fill(&page, "/in/kod", &[]);
        assert!(welcome.html.contains("Välkommen"), "{}", welcome.html);
        reader
    }
}

/// The path in what was said that begins so.
pub fn path_in(said: &str, begins: &str) -> String {
    let start = said.find(begins).unwrap_or_else(|| panic!("no {begins} in {said}"));
    let ends = |letter: char| !letter.is_ascii_alphanumeric() && letter != '/' && letter != '-';
    let rest = &said[start..];
    rest[..rest.find(ends).unwrap_or(rest.len())].to_owned()
}

/// Has an administrator write down what somebody is called and where mail reaches them. Returns the path of the page about them.
pub fn write_down(administrator: &mut Reader, person: &str, name: &str, address: &str) -> String {
    let at = format!("/personer/{person}");
    let page = administrator.get(&at).html;
    let fields = [("name", name), ("address", address)];
    let written = administrator.fill(&page, &format!("{at}/andra"), &fields);
    assert_eq!(written.status, 200, "{}", written.html);
    at
}

/// Has an administrator make a link for somebody to an account of here, by one of the forms on the page about them.
pub fn account_link(administrator: &mut Reader, at: &str, act: &str) -> String {
    let page = administrator.get(at).html;
    let made = administrator.fill(&page, &format!("{at}/{act}"), &[]);
    assert_eq!(made.status, 200, "{}", made.html);
    path_in(&made.html, "/in/inbjudan/")
}

/// Where whoever has such a link chooses what they sign in with: behind a button.
pub fn follow_link(reader: &mut Reader, link: &str) -> Answer {
    let page = reader.get(link).html;
    reader.fill(&page, "/in/inbjudan", &[])
}

/// Signs somebody in with an account of here.
pub fn by_password(reader: &mut Reader, address: &str, password: &str) -> Answer {
    let page = reader.get("/").html;
    reader.fill(&page, "/in/losenord", &[("adress", address), ("losenord", password)])
}

/// Signs somebody in at the provider where they work. Returns what their browser is sent back to.
pub fn by_provider(reader: &mut Reader, provider: &Provider, who: &str) -> Answer {
    let sent = reader.ask(&format!("/in/hos/{}", provider.name));
    assert_eq!(sent.status, 303, "{}", sent.html);
    let back = provider.sign_in(&sent.location, who);
    reader.ask(&back)
}

/// Has an administrator decide who gets which role by their groups at a provider: pairs of a group and a role's number. `amr`: how they must have signed in.
pub fn adopt_mapping(administrator: &mut Reader, provider: &str, amr: &str, lines: &[(&str, &str)]) -> Answer {
    let page = administrator.get("/organisation/inloggning");
    assert_eq!(page.status, 200, "{}", page.html);
    let row = |(row, (group, role)): (usize, &(&str, &str))| {
        let field = |name: &str| format!("mapping.lines[{row}].{name}");
        [
            (field("value"), (*group).to_owned()),
            (field("role"), (*role).to_owned()),
        ]
    };
    let rows: Vec<(String, String)> = lines.iter().enumerate().flat_map(row).collect();
    let mut fields = vec![
        ("mapping.provider", provider),
        ("mapping.claim", "groups"),
        ("mapping.amr", amr),
    ];
    fields.extend(rows.iter().map(|(name, value)| (name.as_str(), value.as_str())));
    administrator.fill(&page.html, "/organisation/inloggning/anta", &fields)
}
