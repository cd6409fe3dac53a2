use super::chunk::Chunk;
use super::trailer::Trailing;
use super::{
    Belongs, Consistency, LeafLine, LogHead, LogManifest, Manifest, Member, Proof, TextLine, WriteError, WriteOptions,
};
use idesluss_domain::instance::PolicyInForce;
use idesluss_domain::policy;
use idesluss_domain::words::Digest;
use idesluss_proof::line::{Body, parse};
use idesluss_proof::tree::{Hash, leaf_hash};
use serde::Serialize;
use std::collections::BTreeSet;
use std::io::Write;

/// Writes a bundle piece by piece: a log's head, its picked entries, its other entries, its consistency proofs; the next log; texts.
///
/// Shape: one log after another, as the manifest names them; positions ascend. Memory: one member, 4 MiB, and what [`Belongs`] needs.
/// What belongs to others is written as its hash, whatever is pushed. Errors: see [`WriteError`]; the file is then to be thrown away.
pub struct BundleWriter<W: Write> {
    tar: tar::Builder<Trailing<W>>,
    manifest: Manifest,
    services: Vec<String>,
    options: WriteOptions,
    /// How many logs have begun.
    begun: usize,
    belongs: Belongs,
    /// The tables of rights that its own entries name.
    policies: BTreeSet<Digest>,
    /// The kind of lines that are gathered, and the number of their member.
    gathers: Gathers,
    number: u32,
    lines: Chunk,
    proofs: Chunk,
    picked: u64,
    next: u64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Gathers {
    Nothing,
    Picked,
    Entries,
    Texts,
}

impl<W: Write> BundleWriter<W> {
    /// Begins a bundle.
    pub fn new(out: W, manifest: Manifest, options: WriteOptions) -> Result<Self, WriteError> {
        if let Some(what) = manifest.contradiction() {
            return Err(WriteError::Manifest(what));
        }
        let services = manifest.logs.iter().map(|log| log.service.clone()).collect();
        let belongs = Belongs::new(&manifest.covers, &BTreeSet::new());
        let mut writer = Self {
            tar: tar::Builder::new(Trailing::new(out)),
            manifest,
            services,
            options,
            begun: 0,
            belongs,
            policies: BTreeSet::new(),
            gathers: Gathers::Nothing,
            number: 0,
            lines: Chunk::default(),
            proofs: Chunk::default(),
            picked: 0,
            next: 0,
        };
        let json = json(&writer.manifest)?;
        writer.member(Member::Manifest, &json)?;
        Ok(writer)
    }

    /// Begins the next log of the manifest.
    pub fn begin_log(&mut self, head: &LogHead<'_>) -> Result<(), WriteError> {
        self.end_log()?;
        let Some(log) = self.manifest.logs.get(self.begun) else {
            return Err(WriteError::Order("the manifest names no further log"));
        };
        let from = log.from;
        let belongs = Belongs::new(&self.manifest.covers, &log.grants);
        let index = self.begun;
        self.begun += 1;
        self.picked = 0;
        self.next = from;
        self.belongs = belongs;
        self.member(Member::Checkpoint { log: index }, head.checkpoint)?;
        let keys: String = head.keys.iter().map(|key| format!("{key}\n")).collect();
        self.member(Member::Keys { log: index }, keys.as_bytes())?;
        if !head.compact_range.is_empty() {
            let peaks: String = head
                .compact_range
                .iter()
                .map(|peak| format!("{}\n", hex::encode(peak)))
                .collect();
            self.member(Member::CompactRange { log: index }, peaks.as_bytes())?;
        }
        Ok(())
    }

    /// Adds an entry that comes by itself, with the proof that it is in the checkpoint's tree.
    pub fn pick(&mut self, line: &[u8], proof: &[Hash]) -> Result<(), WriteError> {
        if self.gathers == Gathers::Entries {
            return Err(WriteError::Order("picked entries come before the others"));
        }
        self.gather(Gathers::Picked)?;
        let position = self.push(line)?;
        let hashes = proof.to_vec();
        self.proofs.push(&json(&Proof { position, hashes })?)?;
        self.picked += 1;
        self.write_if_full()
    }

    /// Adds the next entry. What belongs to others is written as its hash.
    pub fn entry(&mut self, line: &[u8]) -> Result<(), WriteError> {
        self.gather(Gathers::Entries)?;
        let position = self.push(line)?;
        if position != self.next {
            let sentence = format!("it is entry {position}, and {} comes next", self.next);
            return Err(WriteError::Line(sentence));
        }
        self.next += 1;
        self.write_if_full()
    }

    /// Ends the log's entries and adds its consistency proofs: from `to` to the checkpoint's size where they differ, from the size that a
    /// picked decision names, from sizes that whoever asked for the bundle had kept.
    pub fn consistency(&mut self, proofs: &[Consistency]) -> Result<(), WriteError> {
        self.end_log()?;
        let Some(log) = self.begun.checked_sub(1) else {
            return Err(WriteError::Order("no log has begun"));
        };
        let mut lines = Chunk::default();
        for proof in proofs {
            lines.push(&json(proof)?)?;
        }
        if lines.is_empty() {
            return Ok(());
        }
        let packed = lines.take(self.options.zstd)?;
        self.member(Member::Consistency { log }, &packed)
    }

    /// The tables of rights that the logs' own entries name, and that no [`Self::policy`] has brought yet.
    pub fn policies(&self) -> Vec<Digest> {
        self.policies.iter().copied().collect()
    }

    /// Adds a table of rights, after all logs and before texts, in the order of [`Self::policies`].
    pub fn policy(&mut self, text: &str) -> Result<(), WriteError> {
        if self.begun < self.manifest.logs.len() || self.gathers == Gathers::Texts {
            return Err(WriteError::Order(
                "tables of rights come between the logs and the texts",
            ));
        }
        self.end_log()?;
        let digest = policy::digest(text.as_bytes());
        if !self.policies.remove(&digest) {
            return Err(WriteError::Order(
                "no entry names the table of rights, or it is there already",
            ));
        }
        self.member(Member::Policy { digest: digest.0 }, text.as_bytes())
    }

    /// Adds a text, after all logs.
    pub fn text(&mut self, text: &TextLine) -> Result<(), WriteError> {
        if self.begun < self.manifest.logs.len() {
            return Err(WriteError::Order("texts come after all logs"));
        }
        if self.gathers != Gathers::Texts {
            self.end_log()?;
            self.gather(Gathers::Texts)?;
        }
        let line = json(text)?;
        self.lines.push(&line)?;
        self.write_if_full()
    }

    /// Where what was written went: whoever sends it on as it comes takes it from there, and leaves nothing out.
    pub fn written(&mut self) -> &mut W {
        self.tar.get_mut().inner()
    }

    /// Ends the archive, writes the line with its hash, and gives the file back.
    pub fn finish(mut self) -> Result<W, WriteError> {
        self.end_log()?;
        if self.begun < self.manifest.logs.len() {
            return Err(WriteError::Order("a log of the manifest is missing"));
        }
        Ok(self.tar.into_inner()?.finish()?)
    }

    /// Takes a line, or what stands for it, and returns its position.
    fn push(&mut self, line: &[u8]) -> Result<u64, WriteError> {
        let read = parse(line).map_err(|error| WriteError::Line(error.to_string()))?;
        let shows = match read.body.event() {
            Some(event) => self.belongs.shows(event),
            None => !self.belongs.hides(),
        };
        if let Body::Own(event) = &read.body
            && *event.kind == *PolicyInForce::TYPE
            && let Ok(policy) = serde_json::from_str::<PolicyInForce>(event.data)
        {
            self.policies.insert(policy.table);
        }
        if shows {
            self.lines.push(line)?;
        } else {
            let mut stands = Vec::new();
            let (position, leaf) = (read.position, leaf_hash(line));
            LeafLine { position, leaf }.write(&mut stands);
            self.lines.push(&stands)?;
        }
        Ok(read.position)
    }

    fn gather(&mut self, what: Gathers) -> Result<(), WriteError> {
        if self.begun == 0 {
            return Err(WriteError::Order("no log has begun"));
        }
        if self.gathers != what {
            self.write_chunk()?;
            self.gathers = what;
            self.number = 0;
        }
        Ok(())
    }

    fn write_if_full(&mut self) -> Result<(), WriteError> {
        if self.lines.is_full() || self.proofs.is_full() {
            self.write_chunk()?;
        }
        Ok(())
    }

    fn write_chunk(&mut self) -> Result<(), WriteError> {
        if self.lines.is_empty() {
            return Ok(());
        }
        let (log, number) = (self.begun.saturating_sub(1), self.number);
        let lines = self.lines.take(self.options.zstd)?;
        match self.gathers {
            Gathers::Picked => {
                self.member(Member::Picked { log, number }, &lines)?;
                let proofs = self.proofs.take(self.options.zstd)?;
                self.member(Member::Proofs { log, number }, &proofs)?;
            }
            Gathers::Entries => self.member(Member::Entries { log, number }, &lines)?,
            Gathers::Texts => self.member(Member::Texts { number }, &lines)?,
            Gathers::Nothing => {}
        }
        self.number += 1;
        Ok(())
    }

    /// Writes what is gathered, and holds what was pushed against what is announced.
    fn end_log(&mut self) -> Result<(), WriteError> {
        self.write_chunk()?;
        self.gathers = Gathers::Nothing;
        let Some(log) = self.begun.checked_sub(1).and_then(|last| self.manifest.logs.get(last)) else {
            return Ok(());
        };
        let LogManifest {
            service,
            picked,
            from,
            to,
            ..
        } = log;
        let counts = [
            ("picked entries", self.picked, *picked),
            ("entries", self.next - from, to - from),
        ];
        for (what, found, wanted) in counts {
            if found != wanted {
                let service = service.clone();
                return Err(WriteError::Count {
                    service,
                    what,
                    found,
                    wanted,
                });
            }
        }
        Ok(())
    }

    fn member(&mut self, member: Member, bytes: &[u8]) -> Result<(), WriteError> {
        let mut path = member.path(&self.services);
        if member.has_lines() && self.options.zstd.is_some() {
            path.push_str(".zst");
        }
        let mut header = tar::Header::new_ustar();
        header.set_path(&path)?;
        header.set_size(bytes.len() as u64);
        header.set_mode(0o644);
        let made = self.manifest.made.as_micros().div_euclid(1_000_000);
        header.set_mtime(u64::try_from(made).unwrap_or(0));
        header.set_cksum();
        self.tar.append(&header, bytes)?;
        Ok(())
    }
}

fn json(value: &impl Serialize) -> Result<Vec<u8>, WriteError> {
    serde_json::to_vec(value).map_err(|error| WriteError::Io(error.into()))
}
