//! The tables of rights, and of who takes in what, as one text, under whose digest a journal says which held when.
//!
//! A table is written once, in one way, and read by whoever judges a journal later: by another version of this program, or another program.
//! The text stands beside `services/access`, which adds who may call what.

use crate::Event;
use crate::instance::EpochOpened;
use crate::rights::{self, By};
use crate::words::{Audience, Digest, Role};
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::fmt::Write as _;

/// Who may do what, and call what, and who takes in what, as a text holds it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Policy {
    /// The form of the text: 1.
    pub form: u32,
    /// What may be done with what.
    pub actions: Vec<Action>,
    /// For whom which types of events are; all others are for the service that writes them.
    pub audiences: Vec<ForWhom>,
    /// Who may call what.
    pub rpcs: Vec<Rpc>,
}

/// A line of what may be done.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Action {
    /// With what, such as `Idea`.
    pub of: String,
    /// What, such as `hand-to-line`.
    pub action: String,
    /// By whom.
    pub by: Vec<Who>,
    /// The types of the events that may come of it.
    pub writes: Vec<String>,
}

/// A line of who takes in what.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ForWhom {
    /// Who, as the last part of the events' sources says it.
    pub audience: String,
    /// The types of the events.
    pub types: Vec<String>,
}

/// A line of who may call an rpc.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rpc {
    /// The rpc as it is called.
    pub rpc: String,
    /// People, by role; empty for callers that are no people.
    pub by: Vec<Who>,
    /// Members of the instance, such as `services`; empty where people call it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub members: Vec<String>,
    /// Whether whoever acts must have been asserted for that very command.
    pub bound: bool,
    /// The roles in which a program may be given it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub programs: Vec<String>,
}

/// Some roles, and how they must stand to the thing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Who {
    /// Which roles.
    pub roles: Vec<String>,
    /// How they must stand to it, such as `own organisation`.
    pub relation: String,
    /// What of it they see, where they ask for it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sees: Option<String>,
}

/// A text that is no table of rights.
#[derive(Debug, thiserror::Error)]
pub enum InvalidPolicy {
    /// It has not the form.
    #[error("it is no table of rights: {0}")]
    Form(#[from] serde_json::Error),
    /// It says that it has a form that no version knew.
    #[error("no table of rights has the form {0}")]
    NoForm(u32),
    /// It is of a form that this version does not know.
    #[error("its form is {0}, this version knows 1")]
    Newer(u32),
}

impl Policy {
    /// The domain's tables, with who may call these rpcs.
    pub fn with(rpcs: Vec<Rpc>) -> Self {
        let action = |line: rights::Line| Action {
            of: line.of.to_owned(),
            action: line.action.to_owned(),
            by: who(line.by),
            writes: line.writes.iter().map(|kind| (*kind).to_owned()).collect(),
        };
        Self {
            form: 1,
            actions: rights::lines().map(action).collect(),
            audiences: audiences(),
            rpcs,
        }
    }

    /// The one text of it: an object with a line for each action, audience and rpc.
    pub fn text(&self) -> String {
        let mut text = format!("{{\"form\":{},\"actions\":[\n", self.form);
        lines(&mut text, &self.actions);
        text.push_str("],\"audiences\":[\n");
        lines(&mut text, &self.audiences);
        text.push_str("],\"rpcs\":[\n");
        lines(&mut text, &self.rpcs);
        text.push_str("]}\n");
        text
    }

    /// Reads a text. Errors: it is none, or of a newer form.
    pub fn read(text: &[u8]) -> Result<Self, InvalidPolicy> {
        #[derive(Deserialize)]
        struct OnlyForm {
            form: u32,
        }
        match serde_json::from_slice(text)? {
            OnlyForm { form: 1 } => Ok(serde_json::from_slice(text)?),
            OnlyForm { form: 0 } => Err(InvalidPolicy::NoForm(0)),
            OnlyForm { form } => Err(InvalidPolicy::Newer(form)),
        }
    }

    /// For whom events of a type are; None: what a journal says of itself, which stands in all of its sources.
    pub fn audience(&self, kind: &str) -> Option<&str> {
        if kind == EpochOpened::TYPE {
            return None;
        }
        let found = self
            .audiences
            .iter()
            .find(|line| line.types.iter().any(|known| known == kind));
        Some(found.map_or(Audience::Service.as_str(), |line| &line.audience))
    }

    /// Those of these pairs of type and role that no action names together: what nobody may write so.
    pub fn unnamed<'a>(&'a self, mut pairs: BTreeSet<(&'a str, &'a str)>) -> BTreeSet<(&'a str, &'a str)> {
        for action in &self.actions {
            let roles: HashSet<&str> = action
                .by
                .iter()
                .flat_map(|who| &who.roles)
                .map(String::as_str)
                .collect();
            let kinds: HashSet<&str> = action.writes.iter().map(String::as_str).collect();
            for kind in kinds {
                let of_kind = pairs.range((kind, "")..).take_while(|(of, _)| *of == kind);
                let named: Vec<_> = of_kind.filter(|(_, role)| roles.contains(role)).copied().collect();
                for pair in named {
                    pairs.remove(&pair);
                }
            }
        }
        pairs
    }
}

fn audiences() -> Vec<ForWhom> {
    let mut types: BTreeMap<Audience, Vec<String>> = BTreeMap::new();
    for kind in Event::all_types() {
        types.entry(Audience::of(kind)).or_default().push(kind.to_owned());
    }
    types.remove(&Audience::Service);
    let line = |(audience, types): (Audience, Vec<String>)| ForWhom {
        audience: audience.as_str().to_owned(),
        types,
    };
    types.into_iter().map(line).collect()
}

/// The roles and relations of a line, as they are written.
pub fn who(by: By) -> Vec<Who> {
    let who = |(roles, relation): &(&[Role], rights::Relation)| Who {
        roles: roles.iter().map(|role| role.as_str().to_owned()).collect(),
        relation: relation.to_string(),
        sees: None,
    };
    by.iter().map(who).collect()
}

/// The digest under which a text is named.
pub fn digest(text: &[u8]) -> Digest {
    Digest(Sha256::digest(text).into())
}

fn lines<T: Serialize>(text: &mut String, rows: &[T]) {
    for (number, row) in rows.iter().enumerate() {
        let comma = if number + 1 < rows.len() { "," } else { "" };
        // Writing into a text does not fail.
        let _ = writeln!(text, "{}{comma}", crate::words::json::to_string(row));
    }
}
