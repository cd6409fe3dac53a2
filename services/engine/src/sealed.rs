//! Which sealed texts entries hold, and which they only speak of.

use crate::{Engine, ExecuteError, Loaded, Recorded};
use idesluss_domain::words::{CopiedText, Digest, SealedText, StreamName, copied};
use idesluss_domain::{CopiedTexts, SealedMember};
use std::collections::{BTreeMap, BTreeSet};

/// How often what is spoken of may have been handed on: each time by a person, from one organisation to another.
const HANDED_ON: usize = 32;

impl Recorded {
    /// Every text that stands sealed in the event, as what it may be opened.
    pub fn sealed_members(&self) -> Vec<SealedMember> {
        let members = self.event.as_ref().map(|event| event.sealed_members(self.meta.id));
        members.unwrap_or_default()
    }

    /// The text that stands sealed in this very event, as what it may be opened; None: it stands elsewhere.
    pub fn sealed_member(&self, text: SealedText) -> Option<SealedMember> {
        self.sealed_members().into_iter().find(|member| member.digest == text.0)
    }
}

/// Those of `texts` that stand sealed in these entries, as what they may be opened.
pub fn members_in<'a>(
    entries: impl IntoIterator<Item = &'a Recorded>,
    texts: impl IntoIterator<Item = SealedText>,
) -> Vec<SealedMember> {
    let wanted: BTreeSet<Digest> = texts.into_iter().map(|text| text.0).collect();
    let members = entries.into_iter().flat_map(Recorded::sealed_members);
    members.filter(|member| wanted.contains(&member.digest)).collect()
}

impl Engine {
    /// The entry that holds the texts which an event about `from` speaks of, here or where they were handed on from; None: it is not here.
    ///
    /// Streams that are among `loaded` are not read again.
    pub async fn holder(
        &self,
        loaded: &Loaded,
        from: &StreamName,
        texts: &BTreeMap<String, CopiedText>,
    ) -> Result<Option<Recorded>, ExecuteError> {
        let mut from = from.clone();
        for _ in 0..HANDED_ON {
            let read;
            let entries = if loaded.0.contains_key(&from) {
                loaded.entries(&from)
            } else {
                read = self.load(std::slice::from_ref(&from)).await?;
                read.entries(&from)
            };
            let holds = |entry: &&Recorded| {
                let exported = entry.event.as_ref().and_then(|event| event.exported_texts());
                exported.is_some_and(|exported| copied(exported) == *texts)
            };
            if let Some(holder) = entries.iter().find(holds) {
                return Ok(Some(holder.clone()));
            }
            let next = entries.iter().find_map(|entry| {
                let copies = entry.event.as_ref()?.copied_texts()?;
                copies.from.filter(|_| copies.texts == texts)
            });
            match next {
                Some(next) => from = next,
                None => break,
            }
        }
        Ok(None)
    }

    /// What the texts that an entry speaks of may be opened as: members of the event that holds them, and of no other.
    pub async fn copied_members(
        &self,
        loaded: &Loaded,
        entry: &Recorded,
        copies: &CopiedTexts<'_>,
    ) -> Result<Vec<SealedMember>, ExecuteError> {
        let from = match &copies.from {
            Some(from) => from.clone(),
            None => StreamName::of_subject(&entry.meta.subject),
        };
        let holder = self.holder(loaded, &from, copies.texts).await?;
        Ok(holder.map(|holder| holder.sealed_members()).unwrap_or_default())
    }
}
