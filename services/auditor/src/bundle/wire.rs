use idesluss_domain::words::Timestamp;
use idesluss_proof::tree::Hash;
use serde::{Deserialize, Serialize};
use std::io::Write as _;

/// What stands for an entry that belongs to others: `{"position":N,"leaf":"<64 hexadecimal digits>"}`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LeafLine {
    /// Its position.
    pub position: u64,
    /// The hash of its line.
    pub leaf: Hash,
}

impl LeafLine {
    /// Writes it, without a newline.
    pub fn write(&self, out: &mut Vec<u8>) {
        // Writing into a Vec can't fail.
        let _ = write!(
            out,
            "{{\"position\":{},\"leaf\":\"{}\"}}",
            self.position,
            hex::encode(self.leaf)
        );
    }
}

/// Reads exactly what [`LeafLine::write`] writes; None: it is something else.
pub fn parse_leaf(line: &[u8]) -> Option<LeafLine> {
    let rest = line.strip_prefix(b"{\"position\":")?;
    let digits = rest.iter().take_while(|byte| byte.is_ascii_digit()).count();
    let (number, rest) = rest.split_at(digits);
    let hex = rest.strip_prefix(b",\"leaf\":\"")?.strip_suffix(b"\"}")?;
    let canonical = digits == 1 || !number.starts_with(b"0");
    let small = hex.iter().all(|byte| !byte.is_ascii_uppercase());
    let mut leaf = [0; 32];
    hex::decode_to_slice(hex, &mut leaf)
        .ok()
        .filter(|()| canonical && small)?;
    let position = std::str::from_utf8(number).ok()?.parse().ok()?;
    Some(LeafLine { position, leaf })
}

/// A hash as 64 hexadecimal digits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
struct HexHash(#[serde(with = "hex::serde")] Hash);

/// A line of a `proofs` member: that the entry at `position` is in the checkpoint's tree.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, from = "RawProof", into = "RawProof")]
pub struct Proof {
    /// The entry's position.
    pub position: u64,
    /// The hashes beside its way to the root, lowest first.
    pub hashes: Vec<Hash>,
}

#[derive(Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct RawProof {
    position: u64,
    hashes: Vec<HexHash>,
}

impl From<RawProof> for Proof {
    fn from(raw: RawProof) -> Self {
        let hashes = raw.hashes.iter().map(|hash| hash.0).collect();
        Self {
            position: raw.position,
            hashes,
        }
    }
}

impl From<Proof> for RawProof {
    fn from(proof: Proof) -> Self {
        let hashes = proof.hashes.iter().map(|hash| HexHash(*hash)).collect();
        Self {
            position: proof.position,
            hashes,
        }
    }
}

/// A line of `consistency.ndjson`: that the checkpoint's tree extends its own first `size` entries.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "RawConsistency", into = "RawConsistency")]
pub struct Consistency {
    /// How many entries the earlier tree has.
    pub size: u64,
    /// The proof, as RFC 6962 orders it.
    pub hashes: Vec<Hash>,
}

#[derive(Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct RawConsistency {
    size: u64,
    hashes: Vec<HexHash>,
}

impl From<RawConsistency> for Consistency {
    fn from(raw: RawConsistency) -> Self {
        let hashes = raw.hashes.iter().map(|hash| hash.0).collect();
        Self { size: raw.size, hashes }
    }
}

impl From<Consistency> for RawConsistency {
    fn from(proof: Consistency) -> Self {
        let hashes = proof.hashes.iter().map(|hash| HexHash(*hash)).collect();
        Self {
            size: proof.size,
            hashes,
        }
    }
}

/// A line of a `texts` member: what was written under a digest. It is told, not proved: entries hold the hash of the sealed text only.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TextLine {
    /// The digest that stands in entries: 64 hexadecimal digits.
    pub digest: idesluss_domain::words::Digest,
    /// What became of it.
    pub stands: TextStands,
}

/// What became of a text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub enum TextStands {
    /// It can be read.
    Text(String),
    /// It was erased by decision.
    Erased {
        /// When.
        on: Timestamp,
        /// On the basis of which statute or plan.
        basis: String,
    },
    /// Its key is not there; nobody decided to erase it.
    KeyMissing,
    /// Whoever asked for the bundle may not read it.
    Withheld,
}
