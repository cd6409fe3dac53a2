use super::CommandContext;
use crate::ExecuteError;
use idesluss_access::Permit;
use idesluss_domain::SealedMember;
use idesluss_domain::words::Digest;
use idesluss_proto::pb::command as pb;
use idesluss_runtime::report_refusal;
use idesluss_vault::Opened;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use tonic::Status;

/// What is reported when a sealed text is asked for as something else than it was sealed for.
const MISPLACED: &str = "text_of_another_event";

/// The texts of one page, opened in one batch.
#[derive(Default)]
pub struct Texts(HashMap<Digest, pb::Text>);

impl Texts {
    /// The text, if it is among those that were opened.
    pub fn get(&self, digest: Option<impl Into<Digest>>) -> Option<pb::Text> {
        self.0.get(&digest?.into()).cloned()
    }

    /// Several texts by field.
    pub fn fields<T: Copy + Into<Digest>>(&self, digests: &BTreeMap<String, T>) -> HashMap<String, pb::Text> {
        let text = |(field, digest): (&String, &T)| Some((field.clone(), self.get(Some(*digest))?));
        digests.iter().filter_map(text).collect()
    }
}

impl CommandContext {
    /// Opens texts for somebody who may read them, each as the member of the event that it was sealed for.
    ///
    /// A digest that two events claim for their own is opened for neither.
    pub async fn open(&self, _: &Permit, members: impl IntoIterator<Item = SealedMember>) -> Result<Texts, Status> {
        let members: BTreeSet<SealedMember> = members.into_iter().collect();
        let members: Vec<SealedMember> = members.into_iter().collect();
        let mut texts = HashMap::with_capacity(members.len());
        let mut claimed_twice = BTreeSet::new();
        let opened = self.engine.vault().open_texts(&members).await;
        for (member, opened) in members.iter().zip(opened.map_err(ExecuteError::from)?) {
            if texts.insert(member.digest, text(opened)).is_some() {
                claimed_twice.insert(member.digest);
            }
        }
        for digest in claimed_twice {
            report_refusal(MISPLACED);
            texts.remove(&digest);
        }
        let known = texts.into_iter().filter_map(|(digest, text)| Some((digest, text?)));
        Ok(Texts(known.collect()))
    }
}

/// A text as the contract gives it; None: it was not sealed for what it was asked for as, which is reported.
pub(super) fn text(opened: Opened) -> Option<pb::Text> {
    let (state, text) = match opened {
        Opened::Text(text) => (pb::TextState::Readable, text.as_str().to_owned()),
        Opened::Erased => (pb::TextState::Erased, String::new()),
        Opened::KeyMissing | Opened::Unknown => (pb::TextState::KeyMissing, String::new()),
        Opened::NotItsOwn => {
            report_refusal(MISPLACED);
            return None;
        }
    };
    Some(pb::Text {
        state: state.into(),
        text,
    })
}
