use super::CommandContext;
use crate::ExecuteError;
use idesluss_domain::words::Digest;
use idesluss_proto::pb::command as pb;
use idesluss_vault::Opened;
use std::collections::{BTreeMap, HashMap, HashSet};
use tonic::Status;

/// The texts of one page, opened in one batch.
#[derive(Debug, Default)]
pub struct Texts {
    texts: HashMap<Digest, pb::Text>,
    /// Digests of something that is no text kept here.
    unknown: HashSet<Digest>,
}

impl Texts {
    /// The text, if it is among those that were opened.
    pub fn get(&self, digest: Option<Digest>) -> Option<pb::Text> {
        self.texts.get(&digest?).cloned()
    }

    /// The text, if it is kept here.
    pub(super) fn known(&self, digest: Digest) -> Option<pb::Text> {
        if self.unknown.contains(&digest) {
            None
        } else {
            self.get(Some(digest))
        }
    }

    /// Several texts by field.
    pub fn fields(&self, digests: &BTreeMap<String, Digest>) -> HashMap<String, pb::Text> {
        let text = |(field, digest): (&String, &Digest)| Some((field.clone(), self.get(Some(*digest))?));
        digests.iter().filter_map(text).collect()
    }
}

impl CommandContext {
    /// Opens texts for somebody who may read them.
    pub async fn open(&self, digests: impl IntoIterator<Item = Digest>) -> Result<Texts, Status> {
        let mut digests: Vec<Digest> = digests.into_iter().collect();
        digests.sort_unstable();
        digests.dedup();
        let opened = self
            .engine
            .vault()
            .open_texts(&digests)
            .await
            .map_err(ExecuteError::from)?;
        let found = digests.iter().zip(&opened);
        let unknown = found
            .filter(|(_, opened)| matches!(opened, Opened::Unknown))
            .map(|(digest, _)| *digest);
        Ok(Texts {
            unknown: unknown.collect(),
            texts: digests.iter().copied().zip(opened.iter().cloned().map(text)).collect(),
        })
    }
}

fn text(opened: Opened) -> pb::Text {
    let (state, text) = match opened {
        Opened::Text(text) => (pb::TextState::Readable, text),
        Opened::Erased => (pb::TextState::Erased, String::new()),
        Opened::KeyMissing | Opened::Unknown => (pb::TextState::KeyMissing, String::new()),
    };
    pb::Text {
        state: state.into(),
        text,
    }
}
