//! Whom an auditor trusts: logs, witnesses, and how many of them must have cosigned, in the form of C2SP tlog-policy.

use crate::checkpoint::{Checkpoint, CheckpointError};
use crate::note::{Algorithm, KeyError, NoteError, SignedNote, VerifierKey};
use crate::number::decimal;
use std::collections::{BTreeMap, BTreeSet};
use std::str::FromStr;

/// The largest policy that is read, in bytes.
pub const MAX_POLICY_BYTES: usize = 1024 * 1024;

/// Why a file is no policy.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("line {line}: {what}")]
pub struct PolicyError {
    /// Which line, from 1; the last one where something is missing.
    pub line: usize,
    /// What is wrong with it.
    pub what: Wrong,
}

/// What is wrong with a line of a policy.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Wrong {
    /// Too large or with control characters.
    #[error(
        "a policy is a text of at most {MAX_POLICY_BYTES} bytes whose only control characters are tabs and newlines"
    )]
    Text,
    /// An unknown word.
    #[error("a line begins with log, witness, group or quorum")]
    Word,
    /// Too few or too many items.
    #[error("write `{0}`")]
    Items(&'static str),
    /// A key.
    #[error(transparent)]
    Key(#[from] KeyError),
    /// A log with a witness's key or the other way.
    #[error("a log's key is of type 1 (Ed25519), a witness's of type 4 (cosignature)")]
    Type,
    /// The same key under two names.
    #[error("this key stands on an earlier line already")]
    Twice,
    /// A name that is taken.
    #[error("the name {0} is taken")]
    Taken(String),
    /// A name that is not there.
    #[error("no witness or group above has the name {0}")]
    Missing(String),
    /// A member of two groups.
    #[error("{0} is a member of a group already: it would count twice")]
    Member(String),
    /// A number that can't be reached.
    #[error("write any, all, or a number from 1 to the number of members")]
    Threshold,
    /// Not one quorum.
    #[error("a policy has exactly one line that begins with quorum")]
    Quorum,
}

/// Why a checkpoint is not to be trusted.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Distrust {
    /// It is none.
    #[error(transparent)]
    Checkpoint(#[from] CheckpointError),
    /// A trusted key's signature does not hold.
    #[error(transparent)]
    Note(NoteError),
    /// No log of the policy has signed it.
    #[error("no log of the policy with the origin {0} has signed it")]
    Log(String),
    /// Too few have cosigned.
    #[error("the quorum {quorum} is not reached; cosigned: {}", if cosigned.is_empty() { "nobody".to_owned() } else { cosigned.join(", ") })]
    Quorum {
        /// The quorum's name.
        quorum: String,
        /// The witnesses that have cosigned.
        cosigned: Vec<String>,
    },
}

/// A log, or a witness, with where it is reached.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Trusted {
    /// The name in the policy; a log's is its origin.
    pub name: String,
    /// Its key.
    pub key: VerifierKey,
    /// Where it is reached.
    pub url: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Member {
    Witness(usize),
    Group { least: usize, members: Vec<String> },
}

/// Whom to trust.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Policy {
    logs: Vec<Trusted>,
    witnesses: Vec<Trusted>,
    members: BTreeMap<String, Member>,
    quorum: Option<String>,
}

/// What a policy says of a checkpoint that it trusts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Trust {
    /// The checkpoint.
    pub checkpoint: Checkpoint,
    /// The witnesses that have cosigned it, with the times that they say, in seconds since 1970.
    pub cosigned: Vec<(String, u64)>,
}

impl Policy {
    /// The logs.
    pub fn logs(&self) -> &[Trusted] {
        &self.logs
    }

    /// The witnesses.
    pub fn witnesses(&self) -> &[Trusted] {
        &self.witnesses
    }

    /// Judges a signed checkpoint.
    pub fn judge(&self, note: &SignedNote) -> Result<Trust, Distrust> {
        let checkpoint: Checkpoint = note.text().parse()?;
        let of_origin = |log: &&Trusted| log.key.name() == checkpoint.origin;
        let logs: Vec<VerifierKey> = self.logs.iter().filter(of_origin).map(|log| log.key.clone()).collect();
        match note.verify(&logs) {
            Ok(_) => {}
            Err(NoteError::Nobody) => return Err(Distrust::Log(checkpoint.origin)),
            Err(error) => return Err(Distrust::Note(error)),
        }
        let keys: Vec<VerifierKey> = self.witnesses.iter().map(|witness| witness.key.clone()).collect();
        let verified = match note.verify(&keys) {
            Ok(verified) => verified,
            Err(NoteError::Nobody) => Vec::new(),
            Err(error) => return Err(Distrust::Note(error)),
        };
        let has_cosigned: BTreeSet<usize> = verified.iter().map(|verified| verified.key).collect();
        let cosigned: Vec<(String, u64)> = verified
            .iter()
            .map(|verified| {
                (
                    self.witnesses[verified.key].name.clone(),
                    verified.time.unwrap_or_default(),
                )
            })
            .collect();
        match &self.quorum {
            Some(quorum) if !self.holds(quorum, &has_cosigned) => Err(Distrust::Quorum {
                quorum: quorum.clone(),
                cosigned: cosigned.into_iter().map(|(name, _)| name).collect(),
            }),
            _ => Ok(Trust { checkpoint, cosigned }),
        }
    }

    /// Whether a witness or group counts as having cosigned. Groups speak only of what stands above them, so this ends; how deep they
    /// lie within each other is counted without recursion.
    fn holds(&self, name: &str, cosigned: &BTreeSet<usize>) -> bool {
        let mut held: BTreeMap<&str, bool> = BTreeMap::new();
        let mut open = vec![name];
        while let Some(name) = open.last().copied() {
            match self.members.get(name) {
                None => return false,
                Some(Member::Witness(index)) => {
                    held.insert(name, cosigned.contains(index));
                    open.pop();
                }
                Some(Member::Group { least, members }) => {
                    if let Some(unknown) = members.iter().find(|member| !held.contains_key(member.as_str())) {
                        open.push(unknown);
                    } else {
                        let count = members.iter().filter(|member| held[member.as_str()]).count();
                        held.insert(name, count >= *least);
                        open.pop();
                    }
                }
            }
        }
        held.get(name).copied().unwrap_or(false)
    }
}

/// A policy while it is read.
struct Reading {
    policy: Policy,
    quorum: bool,
    /// Those that are in a group.
    grouped: BTreeSet<String>,
}

impl Reading {
    fn trusted(&self, name: &str, key: &str, url: Option<&&str>, of: Algorithm) -> Result<Trusted, Wrong> {
        let key: VerifierKey = key.parse()?;
        if !(key.algorithm() == of || matches!(key.algorithm(), Algorithm::Unsupported(_))) {
            return Err(Wrong::Type);
        }
        let known = match of {
            Algorithm::Ed25519 => &self.policy.logs,
            _ => &self.policy.witnesses,
        };
        if known.iter().any(|known| known.key.bytes() == key.bytes()) {
            return Err(Wrong::Twice);
        }
        Ok(Trusted {
            name: if name.is_empty() {
                key.name().to_owned()
            } else {
                name.to_owned()
            },
            key,
            url: url.map(|url| (*url).to_owned()),
        })
    }

    fn free(&self, name: &str) -> Result<(), Wrong> {
        if name == "none" || self.policy.members.contains_key(name) {
            Err(Wrong::Taken(name.to_owned()))
        } else {
            Ok(())
        }
    }

    fn line(&mut self, items: &[&str]) -> Result<(), Wrong> {
        match items {
            ["log", key, url @ ..] if url.len() < 2 => {
                let log = self.trusted("", key, url.first(), Algorithm::Ed25519)?;
                self.policy.logs.push(log);
            }
            ["log", ..] => return Err(Wrong::Items("log <key> [<url>]")),
            ["witness", name, key, url @ ..] if url.len() < 2 => {
                self.free(name)?;
                let witness = self.trusted(name, key, url.first(), Algorithm::CosignatureV1)?;
                let index = self.policy.witnesses.len();
                self.policy.members.insert((*name).to_owned(), Member::Witness(index));
                self.policy.witnesses.push(witness);
            }
            ["witness", ..] => return Err(Wrong::Items("witness <name> <key> [<url>]")),
            ["group", name, least, members @ ..] if !members.is_empty() => self.group(name, least, members)?,
            ["group", ..] => return Err(Wrong::Items("group <name> <any|all|number> <name>…")),
            ["quorum", name] => {
                if std::mem::replace(&mut self.quorum, true) {
                    return Err(Wrong::Quorum);
                }
                if *name != "none" {
                    if !self.policy.members.contains_key(*name) {
                        return Err(Wrong::Missing((*name).to_owned()));
                    }
                    self.policy.quorum = Some((*name).to_owned());
                }
            }
            ["quorum", ..] => return Err(Wrong::Items("quorum <name>")),
            _ => return Err(Wrong::Word),
        }
        Ok(())
    }

    fn group(&mut self, name: &str, least: &str, members: &[&str]) -> Result<(), Wrong> {
        self.free(name)?;
        for member in members {
            if !self.policy.members.contains_key(*member) {
                return Err(Wrong::Missing((*member).to_owned()));
            }
            if !self.grouped.insert((*member).to_owned()) {
                return Err(Wrong::Member((*member).to_owned()));
            }
        }
        let least = match least {
            "any" => 1,
            "all" => members.len(),
            number => decimal(number)
                .and_then(|number| usize::try_from(number).ok())
                .filter(|number| (1..=members.len()).contains(number))
                .ok_or(Wrong::Threshold)?,
        };
        let members = members.iter().map(|member| (*member).to_owned()).collect();
        self.policy
            .members
            .insert(name.to_owned(), Member::Group { least, members });
        Ok(())
    }
}

impl FromStr for Policy {
    type Err = PolicyError;

    fn from_str(text: &str) -> Result<Self, PolicyError> {
        let wrong = |char: char| char.is_ascii_control() && char != '\t' && char != '\n';
        if text.len() > MAX_POLICY_BYTES || text.contains(wrong) {
            return Err(PolicyError {
                line: 1,
                what: Wrong::Text,
            });
        }
        let mut reading = Reading {
            policy: Self {
                logs: Vec::new(),
                witnesses: Vec::new(),
                members: BTreeMap::new(),
                quorum: None,
            },
            quorum: false,
            grouped: BTreeSet::new(),
        };
        let mut last = 1;
        for (index, line) in text.split('\n').enumerate() {
            let items: Vec<&str> = line.split([' ', '\t']).filter(|item| !item.is_empty()).collect();
            if items.first().is_none_or(|first| first.starts_with('#')) {
                continue;
            }
            last = index + 1;
            reading.line(&items).map_err(|what| PolicyError { line: last, what })?;
        }
        if !reading.quorum {
            return Err(PolicyError {
                line: last,
                what: Wrong::Quorum,
            });
        }
        Ok(reading.policy)
    }
}
