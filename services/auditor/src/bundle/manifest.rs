use idesluss_domain::words::{GrantId, IdeaId, OrganisationId, Timestamp};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// The version of the bundle's form that this code writes and reads.
pub const FORM: u32 = 1;

/// What a bundle holds: its first member, `manifest.json`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Manifest {
    /// See [`FORM`].
    pub form: u32,
    /// The instance whose journals these are.
    pub instance: String,
    /// How much of them.
    pub covers: Covers,
    /// When it was made, as its maker says.
    pub made: Timestamp,
    /// One for each log, in the order in which they follow.
    pub logs: Vec<LogManifest>,
}

/// How much of an instance's journals a bundle holds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "what", rename_all = "kebab-case", deny_unknown_fields)]
pub enum Covers {
    /// Everything from position 0 on.
    Instance,
    /// Everything from some position on.
    Period,
    /// Everything from position 0 on, where what belongs to others is only the hash of its line.
    Organisation {
        /// Whose.
        organisation: OrganisationId,
    },
    /// What is about one idea, entry by entry, each with its proof.
    Idea {
        /// Which.
        idea: IdeaId,
        /// Whose idea it is: its delegation order and criteria come along.
        organisation: OrganisationId,
    },
}

/// What a bundle holds of one log.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LogManifest {
    /// The service: `submission`, `evaluation` or `sharing`.
    pub service: String,
    /// The origin of its checkpoint, `<instance>/<service>/<epoch>`.
    pub origin: String,
    /// The size of the tree that the checkpoint is about, in entries.
    pub size: u64,
    /// How many entries come by themselves, each with a proof, before the others.
    pub picked: u64,
    /// The position of the first entry of those that come without a gap.
    pub from: u64,
    /// One more than the position of the last of them; `from`: there are none.
    pub to: u64,
    /// The grants that its entries name, and the programs, each of which is its own: in an idea's bundle their lines come along, as far as the log had heard of them.
    #[serde(skip_serializing_if = "BTreeSet::is_empty", default)]
    pub grants: BTreeSet<GrantId>,
}

/// More logs, and more entries in one, than any instance has: so that nothing that is counted over them grows without end.
const MOST_LOGS: usize = 64;
const MOST_ENTRIES: u64 = 1 << 40;

impl Manifest {
    /// What does not fit together in it; None: it does.
    pub fn contradiction(&self) -> Option<String> {
        let mut seen = Vec::new();
        if self.logs.len() > MOST_LOGS {
            return Some(format!("it names more than {MOST_LOGS} logs"));
        }
        for log in &self.logs {
            let service = &log.service;
            let named = !service.is_empty() && service.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'-');
            if !named || service.len() > 40 {
                return Some("a log's service is not a short name of small letters".to_owned());
            }
            if seen.contains(&service) {
                return Some(format!("{service} stands in it twice"));
            }
            seen.push(service);
            let of_log = log.origin.strip_prefix(&*self.instance);
            let of_log = of_log.and_then(|rest| rest.strip_prefix('/')?.strip_prefix(&**service)?.strip_prefix('/'));
            if !of_log.is_some_and(|epoch| epoch.parse::<u32>().is_ok_and(|number| number > 0)) {
                return Some(format!(
                    "the origin of {service} is not {}/{service}/<epoch>",
                    self.instance
                ));
            }
            let spans = match self.covers {
                Covers::Instance | Covers::Organisation { .. } => log.from == 0 && log.picked == 0,
                Covers::Period => true,
                Covers::Idea { .. } => log.from == log.to,
            };
            let spans = spans && (log.grants.is_empty() || matches!(self.covers, Covers::Idea { .. }));
            if log.from > log.to || log.to > log.size || log.size > MOST_ENTRIES || !spans {
                return Some(format!("the positions of {service} are not those of such a bundle"));
            }
        }
        seen.is_empty().then(|| "it names no log".to_owned())
    }
}
