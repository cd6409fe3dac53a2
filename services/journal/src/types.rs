use crate::store::service_of;
use bytes::Bytes;
use idesluss_domain::words::Audience;
use idesluss_proof::line::Draft;
use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

/// Where the journal stands.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Head {
    /// How many entries there are; also the next position.
    pub size: u64,
    /// When the last entry was recorded. UTC microseconds.
    pub recorded_micros: i64,
    /// The epoch in force, from 1.
    pub epoch: u32,
    /// Per own source, the last sequence written.
    pub own: BTreeMap<String, u64>,
    /// Per foreign source, what has been received of it.
    pub received: BTreeMap<String, SourceState>,
}

/// The sources that the journal of this name, `/<instance>/<service>`, publishes, those without entries among them: whoever follows one is to find its
/// stream before anything has come.
pub fn published_sources(journal: &str) -> impl Iterator<Item = String> {
    let audiences = Audience::written_by(service_of(journal)).into_iter();
    let published = audiences.filter(|audience| audience.is_published());
    published.map(move |audience| format!("{journal}/{}", audience.as_str()))
}

impl Head {
    /// The own sources that leave this service.
    pub fn published(&self) -> impl Iterator<Item = &str> {
        let is_published = |source: &&str| Audience::of_source(source).is_none_or(Audience::is_published);
        self.own.keys().map(String::as_str).filter(is_published)
    }
}

/// How far a foreign source has been received.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct SourceState {
    /// Its epoch, from 1.
    pub epoch: u32,
    /// The last sequence received, refused ones counted; 0 before the first.
    pub sequence: u64,
    /// The position that the last one has in its source's own journal.
    pub from_position: u64,
}

/// Who may write to the journal: the holder of the writer's lease.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Lease {
    /// This process.
    Held,
    /// Another replica, or nobody for the moment.
    Elsewhere {
        /// Where the holder's gRPC is reached; None: nobody holds it.
        address: Option<String>,
    },
}

impl Lease {
    /// Whether this process may write.
    pub fn is_held(&self) -> bool {
        matches!(self, Self::Held)
    }
}

/// Remembers a command, so that it is carried out once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CommandKey {
    /// The organisation that sent it; ids are unique in it.
    pub organisation: String,
    /// The sender's id, 16 bytes of a UUID.
    pub id: [u8; 16],
    /// HMAC-SHA-256 of method and body under an instance key.
    pub fingerprint: [u8; 32],
}

/// The events for one stream. No events: the stream was only read, and must still be at `expected`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StreamAppend {
    /// The stream, which is also the events' `subject`.
    pub stream: String,
    /// At which version it was when the command was decided; 0: it had no entry.
    pub expected: u64,
    /// 0..=256 events.
    pub events: Vec<Draft>,
}

/// Everything that one command writes, all or nothing.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Append {
    /// None for the journal's own housekeeping only.
    pub command: Option<CommandKey>,
    /// The streams that it writes and those that it only read.
    pub streams: Vec<StreamAppend>,
    /// New keys, wrapped.
    pub keys: Vec<KeyRow>,
    /// New sealed texts.
    pub texts: Vec<TextRow>,
    /// Staged files that an event now speaks of, by SHA-256 of their ciphertext.
    pub claimed: Vec<[u8; 32]>,
}

/// Where an append ended: the token that people wait for. Speaks of its last event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Appended {
    /// `/<instance>/<service>/<audience>`.
    pub source: String,
    /// The epoch.
    pub epoch: u32,
    /// The sequence in that source.
    pub sequence: u64,
    /// The position in this journal.
    pub position: u64,
}

/// What became of an append.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// It was written now, and is durable.
    Written(Appended),
    /// The same command had been written before; this is its first result.
    Repeated(Appended),
}

/// One entry as it is stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Its gapless number from 0.
    pub position: u64,
    /// The line without its newline: exactly the bytes that were hashed.
    pub line: Arc<[u8]>,
}

/// A stream as it stands, or what has come into it since some version.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct StreamEntries {
    /// That of its last entry; 0: it has none. Own events are counted from 1; of a stream that another service writes, the version is one more than the
    /// position at which the entry stands here.
    pub version: u64,
    /// Its entries, or those that have come since, oldest first.
    pub entries: Vec<Entry>,
}

/// What became of a batch of received events.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ReceiveReport {
    /// Stored as received.
    pub stored: u64,
    /// Known already, or of an epoch that a restore at its source has ended; nothing done.
    pub duplicates: u64,
    /// Stored as refused, their bytes in quarantine.
    pub refused: u64,
}

/// A received entry that a restore at its source has cut off: kept, listed, not undone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Orphan {
    /// Where it stands here.
    pub position: u64,
    /// Its source.
    pub source: String,
    /// The epoch that it was written in.
    pub epoch: u32,
    /// Its sequence in that epoch.
    pub sequence: u64,
    /// The epoch whose opening cut it off.
    pub cut_off_by: u32,
}

/// How much is listed beside the entries.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Tally {
    /// Received events that were refused.
    pub quarantined: u64,
    /// Received entries that a restore at their source has cut off.
    pub orphaned: u64,
}

/// A received event that was refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Quarantined {
    /// Where its refusal stands; None when another event had its place already.
    pub position: Option<u64>,
    /// What the feed said of it.
    pub source: String,
    /// See `source`.
    pub epoch: u32,
    /// See `source`.
    pub sequence: u64,
    /// Why it was refused.
    pub reason: String,
    /// The bytes that came.
    pub event: Vec<u8>,
}

/// A key, wrapped under the key that `wrapped_by` names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyRow {
    /// 16 random bytes.
    pub id: [u8; 16],
    /// Whose it is, by short name; empty: the instance's own.
    pub organisation: String,
    /// What it protects there: `idea/<uuid>`, `call/<uuid>`, `brief/<uuid>`, `person/<uuid>`; `organisation`: all of its other keys.
    pub scope: String,
    /// The key that wraps it; None: the instance's master key.
    pub wrapped_by: Option<[u8; 16]>,
    /// Nonce and ciphertext.
    pub wrapped: Vec<u8>,
}

/// A sealed text, addressed by the SHA-256 of its ciphertext.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TextRow {
    /// SHA-256 of `ciphertext`.
    pub digest: [u8; 32],
    /// The key that it is sealed under.
    pub key: [u8; 16],
    /// What it is bound to: `<event id>/<event type>/<field>`.
    pub bound_to: String,
    /// Nonce and ciphertext; shared by whoever tries again.
    pub ciphertext: Bytes,
}

/// A file in the staging area, or claimed by an event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StagedFile {
    /// SHA-256 over all chunks of ciphertext.
    pub digest: [u8; 32],
    /// The key that it is sealed under.
    pub key: [u8; 16],
    /// How many bytes the plaintext has.
    pub plain_bytes: u64,
    /// How many chunks there are.
    pub chunks: u32,
    /// Whether an event speaks of it; if not, it is swept.
    pub claimed: bool,
}

/// An idea whose events a reaction can't handle for now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Parked {
    /// The reaction.
    pub reaction: String,
    /// The idea, or whatever the event's `correlationid` names.
    pub correlation: String,
    /// The first entry that was not handled.
    pub position: u64,
    /// Why, without any text of a person.
    pub reason: String,
}

/// What is kept of a secret that was handed out. Its `Debug` tells neither the hash nor the value.
#[derive(Clone, PartialEq, Eq)]
pub struct Credential {
    /// SHA-256 of the secret, which itself is nowhere.
    pub hash: [u8; 32],
    /// What it is good for, such as `session`; 1 to 200 bytes.
    pub kind: String,
    /// Whose it is, as its owner calls them, such as a person's pseudonym; 0 to 200 bytes. Empty: nobody's.
    pub owner: String,
    /// From when on it is good for nothing. UTC microseconds. Only a sweep looks at it here: its owner must, at every use.
    pub expires_micros: i64,
    /// What its owner keeps of it, as its owner writes it; 0 to 65,536 bytes.
    pub value: Vec<u8>,
}

impl fmt::Debug for Credential {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Credential")
            .field("kind", &self.kind)
            .field("expires_micros", &self.expires_micros)
            .finish_non_exhaustive()
    }
}

/// Where a relay of one own source to a message broker has come to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Relayed {
    /// When the broker's stream was made, in the broker's words: a stream of another time has none of our events.
    pub stream_created: String,
    /// The epoch of the last event that the broker has acknowledged.
    pub epoch: u32,
    /// Its sequence in that epoch.
    pub sequence: u64,
    /// Its sequence in the broker's stream.
    pub stream_sequence: u64,
}
