use super::{Kind, Member, Policy, PolicyError, PolicyErrorKind, Trusted};
use crate::note::{Algorithm, VerifierKey};
use crate::number::decimal;
use std::collections::BTreeMap;
use std::str::FromStr;

/// The largest policy that is read, in bytes.
pub const MAX_POLICY_BYTES: usize = 1024 * 1024;

/// The most logs in a policy that is read.
pub const MAX_LOGS: usize = 1_024;

/// The most witnesses and groups together in a policy that is read.
pub const MAX_NAMES: usize = 1_024;

/// A name's place among the members, and whether a group has it.
struct Named {
    place: usize,
    grouped: bool,
}

/// A policy while it is read.
struct Reading {
    policy: Policy,
    names: BTreeMap<String, Named>,
    /// Whether the quorum's line was there.
    quorum: bool,
}

impl Reading {
    fn line(&mut self, items: &[&str]) -> Result<(), PolicyErrorKind> {
        match items {
            ["log", key, url @ ..] if url.len() < 2 => self.log(key, url.first()),
            ["log", ..] => Err(PolicyErrorKind::Items("log <key> [<url>]")),
            ["witness", name, key, url @ ..] if url.len() < 2 => self.witness(name, key, url.first()),
            ["witness", ..] => Err(PolicyErrorKind::Items("witness <name> <key> [<url>]")),
            ["group", name, least, members @ ..] if !members.is_empty() => self.group(name, least, members),
            ["group", ..] => Err(PolicyErrorKind::Items("group <name> <any|all|number> <name>…")),
            ["quorum", name] => self.quorum(name),
            ["quorum", ..] => Err(PolicyErrorKind::Items("quorum <name>")),
            _ => Err(PolicyErrorKind::Word),
        }
    }

    fn log(&mut self, key: &str, url: Option<&&str>) -> Result<(), PolicyErrorKind> {
        let key = key_of(key, Algorithm::Ed25519, &self.policy.logs)?;
        if self.policy.logs.len() == MAX_LOGS {
            return Err(PolicyErrorKind::Many);
        }
        self.policy.logs.push(Trusted {
            name: key.name().to_owned(),
            key,
            url: url.map(|url| (*url).to_owned()),
        });
        Ok(())
    }

    fn witness(&mut self, name: &str, key: &str, url: Option<&&str>) -> Result<(), PolicyErrorKind> {
        let key = key_of(key, Algorithm::CosignatureV1, &self.policy.witnesses)?;
        self.name(name, Kind::Witness(self.policy.witnesses.len()))?;
        self.policy.witnesses.push(Trusted {
            name: name.to_owned(),
            key,
            url: url.map(|url| (*url).to_owned()),
        });
        Ok(())
    }

    fn group(&mut self, name: &str, least: &str, members: &[&str]) -> Result<(), PolicyErrorKind> {
        let mut places = Vec::new();
        for member in members {
            let Some(named) = self.names.get_mut(*member) else {
                return Err(PolicyErrorKind::Missing((*member).to_owned()));
            };
            if std::mem::replace(&mut named.grouped, true) {
                return Err(PolicyErrorKind::Member((*member).to_owned()));
            }
            places.push(named.place);
        }
        let least = match least {
            "any" => 1,
            "all" => members.len(),
            number => decimal(number)
                .and_then(|number| usize::try_from(number).ok())
                .filter(|number| (1..=members.len()).contains(number))
                .ok_or(PolicyErrorKind::Threshold)?,
        };
        self.name(name, Kind::Group { least, members: places })
    }

    fn quorum(&mut self, name: &str) -> Result<(), PolicyErrorKind> {
        if std::mem::replace(&mut self.quorum, true) {
            return Err(PolicyErrorKind::Quorum);
        }
        if name != "none" {
            let named = self
                .names
                .get(name)
                .ok_or_else(|| PolicyErrorKind::Missing(name.to_owned()))?;
            self.policy.quorum = Some(named.place);
        }
        Ok(())
    }

    /// Gives a name to what it is to stand for from here on.
    fn name(&mut self, name: &str, kind: Kind) -> Result<(), PolicyErrorKind> {
        if name == "none" || self.names.contains_key(name) {
            return Err(PolicyErrorKind::Taken(name.to_owned()));
        }
        if self.names.len() == MAX_NAMES {
            return Err(PolicyErrorKind::Many);
        }
        let place = self.policy.members.len();
        self.names.insert(name.to_owned(), Named { place, grouped: false });
        self.policy.members.push(Member {
            name: name.to_owned(),
            kind,
        });
        Ok(())
    }
}

/// Reads a key of the kind that belongs here, or of a kind to come; it must not be among the `known` ones.
fn key_of(text: &str, kind: Algorithm, known: &[Trusted]) -> Result<VerifierKey, PolicyErrorKind> {
    let key: VerifierKey = text.parse()?;
    if key.algorithm() != kind && key.is_supported() {
        return Err(PolicyErrorKind::Type);
    }
    // By the key itself: under another name it would be the same witness, counted twice.
    if known.iter().any(|known| known.key.bytes() == key.bytes()) {
        return Err(PolicyErrorKind::Twice);
    }
    Ok(key)
}

impl Policy {
    /// Reads a policy's file.
    ///
    /// Shape: at most 1 MiB, 1,024 logs, and 1,024 witnesses and groups.
    /// Errors: the first line that is wrong, and what to write there.
    pub fn read(bytes: &[u8]) -> Result<Self, PolicyError> {
        if bytes.len() > MAX_POLICY_BYTES {
            let what = PolicyErrorKind::Large;
            return Err(PolicyError { line: 1, what });
        }
        let mut reading = Reading {
            policy: Self {
                logs: Vec::new(),
                witnesses: Vec::new(),
                members: Vec::new(),
                quorum: None,
            },
            names: BTreeMap::new(),
            quorum: false,
        };
        let mut last = 1;
        for (index, bytes) in bytes.split(|byte| *byte == b'\n').enumerate() {
            let wrong = |what| PolicyError { line: index + 1, what };
            if bytes.iter().any(|byte| byte.is_ascii_control() && *byte != b'\t') {
                return Err(wrong(PolicyErrorKind::Text));
            }
            // Comments may be in any alphabet's bytes.
            let first = bytes.iter().find(|byte| !matches!(byte, b' ' | b'\t'));
            if matches!(first, None | Some(b'#')) {
                continue;
            }
            last = index + 1;
            let line = std::str::from_utf8(bytes).map_err(|_| wrong(PolicyErrorKind::Utf8))?;
            let items: Vec<&str> = line.split([' ', '\t']).filter(|item| !item.is_empty()).collect();
            reading.line(&items).map_err(wrong)?;
        }
        if reading.quorum {
            Ok(reading.policy)
        } else {
            let what = PolicyErrorKind::Quorum;
            Err(PolicyError { line: last, what })
        }
    }
}

impl FromStr for Policy {
    type Err = PolicyError;

    fn from_str(text: &str) -> Result<Self, PolicyError> {
        Self::read(text.as_bytes())
    }
}
