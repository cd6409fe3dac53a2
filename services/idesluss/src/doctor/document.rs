//! What a service tells of itself at `/<service>/status`, as far as the doctor looks at it. What an older or newer version does not tell is unknown, and
//! not judged.

use serde::Deserialize;
use std::collections::BTreeMap;

/// Everything.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct Document {
    pub(super) service: String,
    pub(super) version: String,
    pub(super) now_micros: Option<i64>,
    pub(super) parts: BTreeMap<String, Part>,
    pub(super) certificate_left_seconds: Option<i64>,
    pub(super) disk: Option<Disk>,
    pub(super) journal: Option<Journal>,
    pub(super) views: Vec<View>,
    pub(super) building: Vec<BuildProgress>,
    pub(super) messaging: Option<Messaging>,
}

/// How a part of the process is.
#[derive(Debug, Clone, Deserialize)]
#[serde(tag = "condition", rename_all = "lowercase")]
pub(super) enum Part {
    Well,
    Degraded { why: String },
    Unready { why: String },
}

/// The disk under its folder.
#[derive(Debug, Clone, Deserialize)]
pub(super) struct Disk {
    pub(super) free_bytes: u64,
    pub(super) all_bytes: u64,
}

/// Its journal.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct Journal {
    /// `/<instance>/<service>`.
    pub(super) name: String,
    pub(super) size: u64,
    pub(super) epoch: u32,
    pub(super) root: Option<String>,
    /// Own sources: the last sequence.
    pub(super) own: BTreeMap<String, u64>,
    /// Foreign sources: how far they are received.
    pub(super) received: BTreeMap<String, ReceivedSource>,
    pub(super) lease_held: bool,
    pub(super) halted: Option<String>,
    pub(super) parked: Option<Vec<Parked>>,
    pub(super) quarantined: Option<u64>,
    pub(super) orphaned: Option<u64>,
}

/// How far a foreign source is received.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct ReceivedSource {
    #[serde(flatten)]
    pub(super) position: SourcePosition,
    /// Before this position of the journal all that came of it was found in its own log.
    pub(super) checked: Option<u64>,
    /// How many entries from there on its log speaks against.
    pub(super) uncovered: Option<u64>,
}

/// How far a view is that is being built.
#[derive(Debug, Clone, Deserialize)]
pub(super) struct BuildProgress {
    pub(super) view: String,
    pub(super) done: u64,
    pub(super) of: u64,
    pub(super) seconds_left: Option<u64>,
}

/// A place in a source.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub(super) struct SourcePosition {
    pub(super) epoch: u32,
    pub(super) sequence: u64,
}

/// Where a reaction has left an idea alone. Which one it is stands in that entry, for those who may read it.
#[derive(Debug, Clone, Deserialize)]
pub(super) struct Parked {
    pub(super) reaction: String,
    pub(super) position: u64,
    pub(super) reason: String,
}

/// A view.
#[derive(Debug, Clone, Deserialize)]
pub(super) struct View {
    pub(super) view: String,
    pub(super) position: u64,
}

/// The exchange of events.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct Messaging {
    pub(super) broker: Broker,
    pub(super) relays: Vec<Relay>,
    pub(super) receivers: Vec<Receiver>,
}

/// The broker.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct Broker {
    pub(super) connected: bool,
    pub(super) server_version: Option<String>,
    pub(super) refused: Option<String>,
    pub(super) problem: Option<String>,
}

/// An own source on its way out.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct Relay {
    pub(super) source: String,
    pub(super) stream: String,
    pub(super) sequence: u64,
    pub(super) refused: Option<String>,
    pub(super) problem: Option<String>,
}

/// A foreign source on its way in.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct Receiver {
    pub(super) source: String,
    pub(super) unreadable: u64,
    pub(super) problem: Option<String>,
    pub(super) origin_problem: Option<String>,
}
