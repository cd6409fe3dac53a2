use idesluss_domain::identity::organisations::{OrganisationKind, USUAL_IDLE_MINUTES, USUAL_SESSION_HOURS};
use idesluss_domain::words::{Actor, Colour, OrganisationId, PersonId, Role, is_unseen};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};

/// Who the instance is, which organisations it serves, and who may act in which role.
///
/// A file that identity writes down in its journal, once. From then on identity tells who is who, and the file names the instance: all else may
/// be taken out of it, and for other services it need never have stood there.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Directory {
    /// The instance's short name, the first part of every source; never changed after the first start.
    pub instance: OrganisationId,
    /// The organisations that it serves.
    #[serde(rename = "organisation", default)]
    pub organisations: Vec<Organisation>,
    /// The people who may act.
    #[serde(rename = "person", default)]
    pub people: Vec<Person>,
    /// The folder in which the file lies; None: it was not read from one.
    #[serde(skip)]
    pub folder: Option<PathBuf>,
}

/// An organisation and what it promises its submitters.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Organisation {
    /// Its short name.
    pub id: OrganisationId,
    /// Its name as people write it.
    pub name: String,
    /// The beginning of its references, such as `UDD`: 2 to 5 capital letters.
    pub prefix: String,
    /// What it is.
    pub kind: OrganisationKind,
    /// Whether it is a public body in the sense of the law on public access, as companies under municipal control are.
    pub public_body: bool,
    /// In how many working days a submitter hears from a person.
    #[serde(default = "answer_working_days")]
    pub answer_working_days: u16,
    /// In how many days an idea is decided.
    #[serde(default = "decision_days")]
    pub decision_days: u16,
    /// After how many minutes without use whoever acts for it is signed out.
    #[serde(default = "idle_minutes")]
    pub idle_minutes: u16,
    /// After how many hours they are signed out whatever they do.
    #[serde(default = "session_hours")]
    pub session_hours: u16,
    /// What identity alone tells, and no file.
    #[serde(skip)]
    pub shown: Shown,
}

/// What an organisation shows to those who work in it: which terms for ideas are in force, and its look.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Shown {
    /// What the terms are called that whoever submits an idea accepts now.
    pub terms_in_force: String,
    /// The colour of its pages; None: the usual one.
    pub colour: Option<Colour>,
    /// Its logo, a PNG picture; None: there is none.
    pub logo: Option<Vec<u8>>,
    /// So many ideas a day it takes without an account; 0: none.
    pub ideas_per_day: u32,
    /// What its own terms say in Swedish and in English, of which the latter may be empty; None: the usual ones hold.
    pub own_terms: Option<(String, String)>,
}

/// A person and the roles that they may act in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Person {
    /// The pseudonym under which the person stands in the journals.
    pub id: PersonId,
    /// The name that is shown; never written to a journal.
    pub name: String,
    /// The roles, each in an organisation.
    pub roles: Vec<HeldRole>,
    /// The organisation whose own people alone learn the name, as identity tells it; None: everybody does.
    #[serde(skip)]
    pub named_in: Option<OrganisationId>,
}

impl Person {
    /// What the person is called, for somebody of `organisation`; None: there they don't learn it.
    pub fn name_for(&self, organisation: &OrganisationId) -> Option<&str> {
        let may = self.named_in.as_ref().is_none_or(|home| home == organisation);
        may.then_some(&*self.name)
    }
}

/// A role in an organisation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HeldRole {
    /// The organisation.
    pub organisation: OrganisationId,
    /// The role.
    pub role: Role,
}

/// Why the directory can't be used.
#[derive(Debug, thiserror::Error)]
pub enum DirectoryError {
    /// The file can't be read or written.
    #[error("{0} can't be read or written: {1}")]
    File(PathBuf, std::io::Error),
    /// The file is not in its form.
    #[error("{0} is not understood: {1}")]
    Form(PathBuf, String),
    /// The file says something that can't be.
    #[error("{0} can't be used: {1}")]
    Content(PathBuf, String),
}

fn answer_working_days() -> u16 {
    10
}

fn decision_days() -> u16 {
    60
}

fn idle_minutes() -> u16 {
    USUAL_IDLE_MINUTES
}

fn session_hours() -> u16 {
    USUAL_SESSION_HOURS
}

impl Directory {
    /// An instance of which nothing else is known.
    pub fn of(instance: &OrganisationId) -> Self {
        Self {
            instance: instance.clone(),
            organisations: Vec::new(),
            people: Vec::new(),
            folder: None,
        }
    }

    /// Where it stands at which providers people sign in: in a file beside this one. None: there is no such file, and nobody signs in.
    pub fn providers(&self) -> Option<PathBuf> {
        let file = self.folder.as_ref()?.join("providers.toml");
        // What is there and can't be read is no reason to let everybody in: whoever reads it says what is wrong.
        let is_none = fs::symlink_metadata(&file).is_err_and(|error| error.kind() == std::io::ErrorKind::NotFound);
        (!is_none).then_some(file)
    }

    /// Reads the file. Errors name the file and the place.
    pub fn load(path: &Path) -> Result<Self, DirectoryError> {
        let text = fs::read_to_string(path).map_err(|error| DirectoryError::File(path.to_owned(), error))?;
        let mut directory: Self =
            toml::from_str(&text).map_err(|error| DirectoryError::Form(path.to_owned(), error.to_string()))?;
        directory
            .check()
            .map_err(|sentence| DirectoryError::Content(path.to_owned(), sentence))?;
        directory.folder = path.parent().map(Path::to_owned);
        Ok(directory)
    }

    /// Writes the file, whole or not at all.
    pub fn save(&self, path: &Path) -> Result<(), DirectoryError> {
        let failed = |error| DirectoryError::File(path.to_owned(), error);
        let text = toml::to_string(self).map_err(|error| DirectoryError::Form(path.to_owned(), error.to_string()))?;
        let draft = path.with_extension("new");
        let mut file = fs::File::create(&draft).map_err(failed)?;
        file.write_all(text.as_bytes())
            .and_then(|()| file.sync_all())
            .map_err(failed)?;
        fs::rename(&draft, path).map_err(failed)
    }

    /// The organisation with this short name.
    pub fn organisation(&self, id: &OrganisationId) -> Option<&Organisation> {
        self.organisations.iter().find(|organisation| organisation.id == *id)
    }

    /// The person with this pseudonym.
    pub fn person(&self, id: PersonId) -> Option<&Person> {
        self.people.iter().find(|person| person.id == id)
    }

    /// Whether the actor holds the role in the organisation.
    pub fn holds(&self, actor: &Actor) -> bool {
        let held = |held: &HeldRole| held.organisation == actor.organisation && held.role == actor.role;
        self.person(actor.person)
            .is_some_and(|person| person.roles.iter().any(held))
    }

    fn check(&self) -> Result<(), String> {
        let mut ids = BTreeSet::new();
        let mut prefixes = BTreeSet::new();
        for organisation in &self.organisations {
            let prefix = &organisation.prefix;
            if !(2..=5).contains(&prefix.len()) || !prefix.bytes().all(|byte| byte.is_ascii_uppercase()) {
                return Err(format!(
                    "the prefix of {} is not 2 to 5 capital letters A-Z",
                    organisation.id
                ));
            }
            if !ids.insert(&organisation.id) || !prefixes.insert(prefix) {
                return Err(format!(
                    "the organisation {} or its prefix stands twice",
                    organisation.id
                ));
            }
        }
        let mut people = BTreeSet::new();
        for person in &self.people {
            if !people.insert(person.id) {
                return Err(format!("the person {} stands twice", person.id));
            }
            if person.name.contains(is_unseen) {
                return Err(format!(
                    "the name of the person {} holds letters that nobody sees",
                    person.id
                ));
            }
            if let Some(held) = person.roles.iter().find(|held| !ids.contains(&held.organisation)) {
                return Err(format!(
                    "the person {} holds a role in {}, which is not named",
                    person.id, held.organisation
                ));
            }
            if person.roles.iter().any(|held| held.role == Role::Service) {
                return Err(format!(
                    "the person {} holds the role service, which only programs hold",
                    person.id
                ));
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sample() -> Directory {
        toml::from_str(
            r#"
            instance = "fyrbodal"
            [[organisation]]
            id = "uddevalla"
            name = "Uddevalla kommun"
            prefix = "UDD"
            kind = "municipality"
            public_body = true
            [[person]]
            id = "3f2504e0-4f89-41d3-9a0c-0305e82c3301"
            name = "Maria"
            roles = [{ organisation = "uddevalla", role = "submitter" }]
            "#,
        )
        .expect("the sample is in the form")
    }

    #[test]
    fn a_directory_is_written_and_read_back() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("instance.toml");
        sample().save(&path).expect("saved");
        let read = Directory::load(&path).expect("loaded");
        assert_eq!(read.folder.as_deref(), Some(folder.path()));
        assert_eq!(read.providers(), None);
        assert_eq!(
            Directory {
                folder: None,
                ..read.clone()
            },
            sample()
        );
        fs::write(folder.path().join("providers.toml"), "").expect("written");
        assert_eq!(read.providers(), Some(folder.path().join("providers.toml")));
    }

    #[test]
    fn a_file_that_names_the_instance_alone_is_enough() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("instance.toml");
        fs::write(&path, "instance = \"fyrbodal\"\n").expect("written");
        let read = Directory::load(&path).expect("loaded");
        let known = Directory {
            folder: read.folder.clone(),
            ..Directory::of(&sample().instance)
        };
        assert_eq!(read, known);
    }

    #[test]
    fn what_can_not_be_is_refused_with_a_sentence() {
        let mut twice = sample();
        twice.organisations.push(twice.organisations[0].clone());
        assert!(twice.check().expect_err("refused").contains("twice"));
        let mut elsewhere = sample();
        elsewhere.people[0].roles[0].organisation = "orust".parse().expect("a short name");
        assert!(elsewhere.check().expect_err("refused").contains("orust"));
        let mut turned = sample();
        turned.people[0].name = "Maria\u{202e}airaM".to_owned();
        assert!(turned.check().expect_err("refused").contains("nobody sees"));
        let mut small = sample();
        small.organisations[0].prefix = "u".to_owned();
        assert!(small.check().expect_err("refused").contains("capital letters"));
    }
}
