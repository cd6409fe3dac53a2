use std::fmt;

/// A member of the archive. `log` counts the manifest's logs from 0; numbers count members of a kind from 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs, reason = "the fields are described above")]
pub enum Member {
    /// `manifest.json`
    Manifest,
    /// `<service>/checkpoint`
    Checkpoint { log: usize },
    /// `<service>/keys`
    Keys { log: usize },
    /// `<service>/edge`
    CompactRange { log: usize },
    /// `<service>/picked/<NNNNNN>.ndjson`
    Picked { log: usize, number: u32 },
    /// `<service>/proofs/<NNNNNN>.ndjson`, about the entries in `picked` of the same number
    Proofs { log: usize, number: u32 },
    /// `<service>/entries/<NNNNNN>.ndjson`
    Entries { log: usize, number: u32 },
    /// `<service>/consistency.ndjson`
    Consistency { log: usize },
    /// `policies/<digest>.json`
    Policy { digest: [u8; 32] },
    /// `texts/<NNNNNN>.ndjson`
    Texts { number: u32 },
}

impl Member {
    /// The log that it is about.
    pub fn log(self) -> Option<usize> {
        match self {
            Self::Checkpoint { log }
            | Self::Keys { log }
            | Self::CompactRange { log }
            | Self::Picked { log, .. }
            | Self::Proofs { log, .. }
            | Self::Entries { log, .. }
            | Self::Consistency { log } => Some(log),
            Self::Manifest | Self::Policy { .. } | Self::Texts { .. } => None,
        }
    }

    /// Whether it is made of many lines, and may be compressed.
    pub fn has_lines(self) -> bool {
        !matches!(
            self,
            Self::Manifest
                | Self::Checkpoint { .. }
                | Self::Keys { .. }
                | Self::CompactRange { .. }
                | Self::Policy { .. }
        )
    }

    /// Its path in the archive. `services` are the logs' own, in order.
    pub fn path(self, services: &[String]) -> String {
        let service = self.log().and_then(|log| services.get(log)).map_or("", String::as_str);
        match self {
            Self::Manifest => "manifest.json".to_owned(),
            Self::Checkpoint { .. } => format!("{service}/checkpoint"),
            Self::Keys { .. } => format!("{service}/keys"),
            Self::CompactRange { .. } => format!("{service}/edge"),
            Self::Picked { number, .. } => format!("{service}/picked/{number:06}.ndjson"),
            Self::Proofs { number, .. } => format!("{service}/proofs/{number:06}.ndjson"),
            Self::Entries { number, .. } => format!("{service}/entries/{number:06}.ndjson"),
            Self::Consistency { .. } => format!("{service}/consistency.ndjson"),
            Self::Policy { digest } => format!("policies/{}.json", hex::encode(digest)),
            Self::Texts { number } => format!("texts/{number:06}.ndjson"),
        }
    }

    /// The member under a path, without `.zst`; None: there is no such.
    pub fn of(path: &str, services: &[String]) -> Option<Self> {
        if path == "manifest.json" {
            return Some(Self::Manifest);
        }
        let number = |name: &str| -> Option<u32> {
            let digits = name.strip_suffix(".ndjson")?;
            let six = digits.len() == 6 && digits.bytes().all(|byte| byte.is_ascii_digit());
            digits.parse().ok().filter(|_| six)
        };
        let (first, rest) = path.split_once('/')?;
        if first == "texts" {
            return Some(Self::Texts { number: number(rest)? });
        }
        if first == "policies" {
            let name = rest.strip_suffix(".json")?;
            let mut digest = [0; 32];
            hex::decode_to_slice(name, &mut digest).ok()?;
            return (hex::encode(digest) == name).then_some(Self::Policy { digest });
        }
        let log = services.iter().position(|service| service == first)?;
        Some(match rest.split_once('/') {
            None => match rest {
                "checkpoint" => Self::Checkpoint { log },
                "keys" => Self::Keys { log },
                "edge" => Self::CompactRange { log },
                "consistency.ndjson" => Self::Consistency { log },
                _ => return None,
            },
            Some(("picked", name)) => Self::Picked {
                log,
                number: number(name)?,
            },
            Some(("proofs", name)) => Self::Proofs {
                log,
                number: number(name)?,
            },
            Some(("entries", name)) => Self::Entries {
                log,
                number: number(name)?,
            },
            Some(_) => return None,
        })
    }
}

/// Watches that members come in the form's order, none twice and none left out.
#[derive(Debug, Clone, Copy, Default)]
pub struct Order {
    last: Option<Member>,
}

/// A member that can't stand where it does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OutOfOrder;

impl fmt::Display for OutOfOrder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a member is missing before it, or it stands twice")
    }
}

impl Order {
    /// Takes the next member.
    pub fn next(&mut self, member: Member) -> Result<(), OutOfOrder> {
        use Member as M;
        let follows = match (self.last, member) {
            (None, next) => next == M::Manifest,
            (Some(_), M::Manifest) => false,
            (Some(M::Manifest), next) => next == M::Checkpoint { log: 0 },
            (Some(M::Checkpoint { log }), next) => next == M::Keys { log },
            (Some(M::Picked { log, number }), next) => next == M::Proofs { log, number },
            (Some(M::Proofs { log, number }), M::Picked { log: of, number: next }) => of == log && next == number + 1,
            (Some(M::Entries { log, number }), M::Entries { log: of, number: next }) => of == log && next == number + 1,
            (Some(M::Policy { digest }), M::Policy { digest: next }) => digest < next,
            (Some(M::Texts { number }), next) => next == M::Texts { number: number + 1 },
            (Some(last), M::Checkpoint { log }) => last.log().is_some_and(|before| log == before + 1),
            (Some(_), M::Policy { .. }) => true,
            (Some(_), M::Texts { number }) => number == 0,
            (Some(last), next) => last.log() == next.log() && begins(next) && rank(last) < rank(next),
        };
        self.last = Some(member);
        follows.then_some(()).ok_or(OutOfOrder)
    }

    /// Whether the archive may end here, with all of `logs` logs in it, or go on with what is no log's.
    pub fn may_end(&self, logs: usize) -> bool {
        match self.last {
            None | Some(Member::Manifest | Member::Checkpoint { .. } | Member::Picked { .. }) => false,
            Some(Member::Policy { .. } | Member::Texts { .. }) => true,
            Some(last) => last.log().is_some_and(|log| log + 1 == logs),
        }
    }
}

/// Whether it may be the first of its kind.
fn begins(member: Member) -> bool {
    match member {
        Member::Picked { number, .. } | Member::Entries { number, .. } => number == 0,
        Member::Proofs { .. } => false,
        _ => true,
    }
}

fn rank(member: Member) -> u8 {
    match member {
        Member::Manifest => 0,
        Member::Checkpoint { .. } => 1,
        Member::Keys { .. } => 2,
        Member::CompactRange { .. } => 3,
        Member::Picked { .. } | Member::Proofs { .. } => 4,
        Member::Entries { .. } => 5,
        Member::Consistency { .. } => 6,
        Member::Policy { .. } => 7,
        Member::Texts { .. } => 8,
    }
}
