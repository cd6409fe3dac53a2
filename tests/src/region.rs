//! A small region with one person a role, and how they speak to the services.

use idesluss_proto::pb::command::{Actor, Command, Query, Role, Token};
use idesluss_runtime::ForCommand;
use std::fmt::Write as _;
use std::path::Path;
use tonic::Request;
use uuid::Uuid;

/// The organisations of the test region: short name, prefix, kind.
pub(crate) const ORGANISATIONS: [(&str, &str, &str); 3] = [
    ("uddevalla", "UDD", "municipality"),
    ("trollhattan", "THN", "municipality"),
    ("fyrbodal", "FBK", "federation"),
];

/// Every role that somebody holds in each organisation; two people submit, assess, and register.
const ROLES: [(&str, Role); 14] = [
    ("submitter", Role::Submitter),
    ("coordinator", Role::Coordinator),
    ("assessor", Role::Assessor),
    ("assessor", Role::Assessor),
    ("need-owner", Role::NeedOwner),
    ("decision-maker", Role::DecisionMaker),
    ("registrar", Role::Registrar),
    ("steward", Role::Steward),
    ("adopter", Role::Adopter),
    ("auditor", Role::Auditor),
    ("operator", Role::Operator),
    ("submitter", Role::Submitter),
    ("registrar", Role::Registrar),
    ("administrator", Role::Administrator),
];

/// Who may submit ideas as well, as most employees may.
const SUBMIT_TOO: [Role; 2] = [Role::Assessor, Role::DecisionMaker];

/// The region's instance.
pub(crate) const INSTANCE: &str = "fyrbodal-test";

/// Writes the region's `instance.toml` into a data folder.
pub fn write_region(data: &Path) {
    let mut text = format!("instance = \"{INSTANCE}\"\n");
    for (id, prefix, kind) in ORGANISATIONS {
        let _ = write!(
            text,
            "\n[[organisation]]\nid = \"{id}\"\nname = \"{id}\"\nprefix = \"{prefix}\"\nkind = \"{kind}\"\npublic_body = true\n"
        );
    }
    for (id, ..) in ORGANISATIONS {
        for (number, (role, held)) in ROLES.iter().enumerate() {
            let person = pseudonym(id, number);
            let too = if SUBMIT_TOO.contains(held) {
                format!(", {{ organisation = \"{id}\", role = \"submitter\" }}")
            } else {
                String::new()
            };
            let _ = write!(
                text,
                "\n[[person]]\nid = \"{person}\"\nname = \"{role} {number} i {id}\"\nroles = [{{ organisation = \"{id}\", role = \"{role}\" }}{too}]\n"
            );
        }
    }
    std::fs::create_dir_all(data).expect("a folder for the test");
    std::fs::write(data.join("instance.toml"), text).expect("a folder that can be written to");
}

/// Writes a new file that nobody else may read.
pub fn write_secret(path: &Path, bytes: &[u8]) {
    use std::io::Write as _;
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create_new(true);
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(path).expect("a new file");
    file.write_all(bytes).expect("written");
}

fn pseudonym(organisation: &str, number: usize) -> Uuid {
    Uuid::new_v5(&Uuid::NAMESPACE_OID, format!("{organisation}/{number}").as_bytes())
}

/// Somebody of the region in a role.
#[derive(Debug, Clone, PartialEq)]
pub struct Someone(Actor);

impl Someone {
    /// The person who holds `role` in `organisation`.
    pub fn who(organisation: &str, role: Role) -> Self {
        Self::nth(organisation, role, 0)
    }

    /// The second, where two hold the same role.
    pub fn second(organisation: &str, role: Role) -> Self {
        Self::nth(organisation, role, 1)
    }

    fn nth(organisation: &str, role: Role, nth: usize) -> Self {
        let number = ROLES.iter().enumerate().filter(|(_, (_, held))| *held == role).nth(nth);
        let (number, _) = number.expect("a role that somebody holds");
        Self::of(pseudonym(organisation, number).to_string(), organisation, role)
    }

    /// Somebody by their pseudonym, also of another region.
    pub fn of(person: String, organisation: &str, role: Role) -> Self {
        Self(Actor {
            person,
            organisation: organisation.to_owned(),
            role: role.into(),
        })
    }

    /// The same person, claiming another role.
    pub fn claiming(&self, role: Role) -> Self {
        Self(Actor {
            role: role.into(),
            ..self.0.clone()
        })
    }

    /// Who they are, in the domain's words.
    pub fn actor(&self) -> idesluss_domain::words::Actor {
        let role = self.0.role().try_into().expect("a role");
        idesluss_domain::words::Actor {
            person: self.0.person.parse().expect("an id"),
            organisation: self.0.organisation.parse().expect("a name"),
            role,
        }
    }

    /// A request of this person's.
    pub fn says<T>(&self, request: T) -> Request<T> {
        let mut request = Request::new(request);
        request.extensions_mut().insert(self.clone());
        request
    }

    /// A command of this person's that can't be taken back, and is asserted for itself alone.
    pub fn decides<T>(&self, command: &Option<Command>, request: T) -> Request<T> {
        let id = command.as_ref().map(|command| command.command_id.clone());
        let mut request = ForCommand::request(&id.unwrap_or_default(), request);
        request.extensions_mut().insert(self.clone());
        request
    }

    /// What a new command begins with, in protobuf's JSON form.
    pub fn command_as_json(&self) -> serde_json::Value {
        serde_json::json!({ "command_id": Uuid::new_v4().to_string() })
    }

    /// The pseudonym.
    pub fn person(&self) -> String {
        self.0.person.clone()
    }

    /// A new command of this person's.
    pub fn command(&self) -> Option<Command> {
        self.repeat(Uuid::new_v4())
    }

    /// A command with this id.
    pub fn repeat(&self, id: Uuid) -> Option<Command> {
        Some(Command {
            command_id: id.to_string(),
        })
    }

    /// A query of this person's.
    pub fn asks(&self) -> Option<Query> {
        self.asks_after(None)
    }

    /// A query that waits for what was done.
    pub fn asks_after(&self, after: Option<Token>) -> Option<Query> {
        Some(Query { after })
    }
}
