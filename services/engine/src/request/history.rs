use super::CommandContext;
use super::texts::text;
use crate::{ExecuteError, Recorded};
use idesluss_access::Permit;
use idesluss_domain::SealedMember;
use idesluss_domain::words::{Digest, StreamName};
use idesluss_journal::Entry;
use idesluss_proof::line::parse;
use idesluss_proto::pb::command::{Text, TextState};
use idesluss_proto::pb::journal::HistoryEntry;
use idesluss_runtime::report_refusal;
use idesluss_vault::Opened;
use std::collections::BTreeSet;
use tonic::Status;

/// What is reported when the digest of a sealed text stands where no sealed text belongs: somebody hoped to have it opened there.
const STRAY_DIGEST: &str = "digest_in_another_field";

/// An entry, and which of its texts are opened.
struct StoredEntry {
    entry: Entry,
    read: Option<Recorded>,
    members: Vec<SealedMember>,
    hidden: bool,
}

impl CommandContext {
    /// Reads whole streams as they are stored. The texts of those entries that `may_read` allows are opened in one batch.
    ///
    /// Each text is opened as the member of its own event alone. What the rules hide until it is revealed is not opened before, whoever asks.
    /// Returns the entries in the journal's order, and how many entries the journal had.
    pub async fn history(
        &self,
        _: &Permit,
        streams: &[StreamName],
        may_read: impl Fn(&Recorded) -> bool,
    ) -> Result<(Vec<HistoryEntry>, u64), Status> {
        let names: Vec<String> = streams.iter().map(|stream| stream.as_str().to_owned()).collect();
        let position = self.engine.store().head().borrow().size;
        let read = self.engine.store().streams(&names).await.map_err(ExecuteError::from)?;
        let mut entries: Vec<_> = read.into_iter().flat_map(|stream| stream.entries).collect();
        entries.sort_unstable_by_key(|entry| entry.position);
        let read: Vec<_> = entries.iter().map(|entry| Recorded::read(&entry.line)).collect();
        let revealed = revealed(read.iter().flatten());
        let mut stored = Vec::with_capacity(entries.len());
        for (entry, read) in entries.into_iter().zip(read) {
            let members = match read.as_ref().filter(|read| may_read(read)) {
                Some(read) => self.members(read).await?,
                None => Vec::new(),
            };
            stored.push(StoredEntry {
                hidden: read.as_ref().is_some_and(|read| is_hidden(read, &revealed)),
                entry,
                read,
                members,
            });
        }
        self.report_strays(&stored).await?;
        Ok((self.open_all(stored).await?, position))
    }

    /// The texts that stand sealed in an event, and those that it speaks of and another event holds.
    async fn members(&self, read: &Recorded) -> Result<Vec<SealedMember>, Status> {
        let mut members = read.sealed_members();
        if let Some(copies) = read.event.as_ref().and_then(|event| event.copied_texts()) {
            members.extend(self.engine.copied_members(read, &copies).await?);
        }
        Ok(members)
    }

    async fn open_all(&self, stored: Vec<StoredEntry>) -> Result<Vec<HistoryEntry>, Status> {
        let shown = stored.iter().filter(|stored| !stored.hidden);
        let members: Vec<SealedMember> = shown.flat_map(|stored| stored.members.iter().cloned()).collect();
        let opened = self.engine.vault().open_texts(&members).await;
        let mut opened = opened.map_err(ExecuteError::from)?.into_iter();
        let mut entries = Vec::with_capacity(stored.len());
        for stored in stored {
            let mut texts = Vec::with_capacity(stored.members.len());
            for member in stored.members {
                let text = if stored.hidden {
                    Some(hidden())
                } else {
                    opened.next().filter(|opened| *opened != Opened::Unknown).and_then(text)
                };
                texts.extend(text.map(|text| (member.digest.to_string(), text)));
            }
            entries.push(HistoryEntry {
                position: stored.entry.position,
                line: stored.entry.line.to_vec(),
                texts: texts.into_iter().collect(),
            });
        }
        Ok(entries)
    }

    /// Reports digests of texts that stand in other members than those that hold sealed texts.
    async fn report_strays(&self, stored: &[StoredEntry]) -> Result<(), Status> {
        let strays: Vec<Digest> = stored.iter().flat_map(strays).collect();
        if strays.is_empty() {
            return Ok(());
        }
        let kept = self.engine.vault().keeps(&strays).await.map_err(ExecuteError::from)?;
        for _ in kept.into_iter().filter(|kept| *kept) {
            report_refusal(STRAY_DIGEST);
        }
        Ok(())
    }
}

fn hidden() -> Text {
    Text {
        state: TextState::Hidden.into(),
        text: String::new(),
    }
}

/// The streams whose hidden texts may be read. What another service says of them does not count.
fn revealed<'a>(entries: impl Iterator<Item = &'a Recorded>) -> BTreeSet<String> {
    let reveals = |entry: &&Recorded| entry.own && entry.event.as_ref().is_some_and(|event| event.reveals());
    entries
        .filter(reveals)
        .map(|entry| entry.meta.subject.clone())
        .collect()
}

fn is_hidden(entry: &Recorded, revealed: &BTreeSet<String>) -> bool {
    let hides = entry.event.as_ref().is_some_and(|event| event.is_hidden_until_reveal());
    hides && !revealed.contains(&entry.meta.subject)
}

/// Every string in an event's data that looks like a digest and is neither a sealed text nor one that the event speaks of.
fn strays(stored: &StoredEntry) -> Vec<Digest> {
    let event = stored.read.as_ref().and_then(|read| read.event.as_ref());
    let (Some(event), Ok(line)) = (event, parse(&stored.entry.line)) else {
        return Vec::new();
    };
    let own = stored
        .read
        .iter()
        .flat_map(Recorded::sealed_members)
        .map(|member| member.digest);
    let copies = event.copied_texts().into_iter();
    let copied = copies.flat_map(|copies| copies.texts.values().map(|text| text.0));
    let known: BTreeSet<Digest> = own.chain(copied).collect();
    let data = line.body.event().map(|event| event.data).unwrap_or_default();
    let pieces = data.split('"').filter(|piece| piece.len() == 64);
    let digests: BTreeSet<Digest> = pieces.filter_map(|piece| piece.parse().ok()).collect();
    digests.difference(&known).copied().collect()
}

/// The largest answer, which is the largest that clients take unless stored otherwise: whatever would be larger is an error of ours, not theirs.
pub const MAX_ANSWER: usize = 4 * 1024 * 1024;

/// How many bytes of lines and texts one message has, unless a single entry has more: well below what clients take.
const MESSAGE_BYTES: usize = 1024 * 1024;

/// Entries in the order given, in parts that each fit a message; one part at the least.
pub fn in_messages(entries: Vec<HistoryEntry>) -> Vec<Vec<HistoryEntry>> {
    let mut parts = vec![Vec::new()];
    let mut bytes = 0;
    for entry in entries {
        let texts = entry.texts.values().map(|text| text.text.len() + 80);
        let size = entry.line.len() + texts.sum::<usize>() + 20;
        if bytes + size > MESSAGE_BYTES && bytes > 0 {
            parts.push(Vec::new());
            bytes = 0;
        }
        bytes += size;
        if let Some(part) = parts.last_mut() {
            part.push(entry);
        }
    }
    parts
}

#[cfg(test)]
mod tests {
    use super::*;
    use idesluss_proto::pb::command::Text;

    fn entry(position: u64, bytes: usize) -> HistoryEntry {
        let text = Text {
            text: "x".repeat(bytes),
            ..Text::default()
        };
        HistoryEntry {
            position,
            line: b"line".to_vec(),
            texts: [("0".repeat(64), text)].into(),
        }
    }

    #[test]
    fn a_long_history_comes_in_parts_in_order_and_none_is_larger_than_a_message() {
        let sizes = [10, 600_000, 600_000, 2_000_000, 10, 10];
        let entries = sizes
            .iter()
            .enumerate()
            .map(|(position, bytes)| entry(position as u64, *bytes));
        let parts = in_messages(entries.collect());
        let positions: Vec<Vec<u64>> = parts
            .iter()
            .map(|part| part.iter().map(|entry| entry.position).collect())
            .collect();
        assert_eq!(positions, [vec![0, 1], vec![2], vec![3], vec![4, 5]]);
        assert_eq!(in_messages(Vec::new()), [Vec::new()]);
    }
}
