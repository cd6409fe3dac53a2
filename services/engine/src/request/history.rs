use super::CommandContext;
use super::texts::text;
use crate::{ExecuteError, Loaded, Recorded};
use idesluss_access::Permit;
use idesluss_domain::words::{Digest, StreamName};
use idesluss_domain::{CopiedTexts, Event, SealedMember};
use idesluss_journal::Entry;
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
    members: Vec<SealedMember>,
    hidden: bool,
}

impl CommandContext {
    /// Whole streams as they are stored; those that are not among `loaded` are read. The texts of those entries that `may_read` allows are
    /// opened in one batch.
    ///
    /// Each text is opened as the member of its own event alone. What the rules hide until it is revealed is not opened before, whoever asks.
    /// Returns the entries in the journal's order.
    pub async fn history(
        &self,
        _: &Permit,
        mut loaded: Loaded,
        streams: &[StreamName],
        may_read: impl Fn(&Recorded) -> bool,
    ) -> Result<Vec<HistoryEntry>, Status> {
        self.engine.load_more(&mut loaded, streams).await?;
        let mut stored = Vec::new();
        let mut strays = Vec::new();
        for stream in streams.iter().filter_map(|stream| loaded.0.get(stream)) {
            let revealed = is_revealed(&stream.entries);
            let mut entries = stream.entries.iter().peekable();
            for entry in &stream.stored {
                let mut one = StoredEntry {
                    entry: entry.clone(),
                    members: Vec::new(),
                    hidden: false,
                };
                // What can't be read stands between those that can.
                if let Some(read) = entries.next_if(|read| read.position == entry.position) {
                    let (own, copied) = (read.sealed_members(), read.event.as_ref().and_then(Event::copied_texts));
                    // Which texts belong to an event of a newer version is not known.
                    if read.event.is_some() {
                        strays.extend(stray_digests(&entry.line, &own, copied.as_ref()));
                    }
                    one.hidden = !revealed && read.event.as_ref().is_some_and(Event::is_hidden_until_reveal);
                    if may_read(read) {
                        one.members = own;
                        if let Some(copied) = copied {
                            one.members
                                .extend(self.engine.copied_members(&loaded, read, &copied).await?);
                        }
                    }
                }
                stored.push(one);
            }
        }
        self.report_strays(&strays).await?;
        stored.sort_unstable_by_key(|stored| stored.entry.position);
        self.open_all(stored).await
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

    /// Reports those that are the digests of texts: they stand in other members than those that hold sealed texts.
    async fn report_strays(&self, strays: &[Digest]) -> Result<(), Status> {
        if strays.is_empty() {
            return Ok(());
        }
        let kept = self.engine.vault().keeps(strays).await.map_err(ExecuteError::from)?;
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

/// Whether a stream's hidden texts may be read. What another service says of it does not count.
fn is_revealed(entries: &[Recorded]) -> bool {
    let reveals = |entry: &Recorded| entry.own && entry.event.as_ref().is_some_and(Event::reveals);
    entries.iter().any(reveals)
}

/// Every string in a line that looks like a digest and is neither a text sealed there nor one that the event speaks of.
fn stray_digests(line: &[u8], own: &[SealedMember], copied: Option<&CopiedTexts<'_>>) -> BTreeSet<Digest> {
    let pieces = line.split(|byte| *byte == b'"').filter(|piece| piece.len() == 64);
    let digests = pieces.filter_map(|piece| std::str::from_utf8(piece).ok()?.parse().ok());
    let mut digests: BTreeSet<Digest> = digests.collect();
    for member in own {
        digests.remove(&member.digest);
    }
    for text in copied.iter().flat_map(|copied| copied.texts.values()) {
        digests.remove(&text.0);
    }
    digests
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
