//! Which texts stand sealed in an event, as what each may be opened, and until when nobody may.

mod collect;

pub(crate) use collect::sealed_texts;

use crate::Event;
use crate::evaluation::EvaluationEvent;
use crate::submission::IdeaEvent;
use crate::words::{CopiedText, Digest, EventId, SealedText, StreamName};
use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

/// A sealed text as it may be opened: as this member of this event, and as nothing else.
///
/// Written `<digest> <event id>/<type>/<member>`, so that a view can keep it in one column.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct SealedMember {
    /// SHA-256 of the ciphertext.
    pub digest: Digest,
    /// What it was sealed for, see [`bound_to`].
    pub bound_to: String,
}

/// A text is no sealed member as [`SealedMember`] writes it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a sealed member is a digest, a space, and the event, type and member that it was sealed for")]
pub struct InvalidSealedMember;

impl fmt::Display for SealedMember {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.digest, self.bound_to)
    }
}

impl From<&SealedMember> for Digest {
    fn from(member: &SealedMember) -> Digest {
        member.digest
    }
}

impl FromStr for SealedMember {
    type Err = InvalidSealedMember;
    fn from_str(text: &str) -> Result<Self, InvalidSealedMember> {
        let (digest, bound_to) = text.split_once(' ').ok_or(InvalidSealedMember)?;
        Ok(Self {
            digest: digest.parse().map_err(|_| InvalidSealedMember)?,
            bound_to: bound_to.to_owned(),
        })
    }
}

/// What a text or file is sealed for: one member of one event, `<event id>/<type>/<member>`.
///
/// The member is the path through the event's stored data, such as `reason`, `texts.title` or `scores.0.rationale`.
pub fn bound_to(event: EventId, type_name: &str, member: &str) -> String {
    format!("{event}/{type_name}/{member}")
}

/// Texts that an event speaks of and another event holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CopiedTexts<'a> {
    /// The stream of the event that holds them, or that speaks of them in turn; None: the event's own.
    pub from: Option<StreamName>,
    /// By field.
    pub texts: &'a BTreeMap<String, CopiedText>,
}

impl Event {
    /// Every text that stands sealed in the event whose id is `id`, as what it may be opened.
    ///
    /// Found by type: whatever is declared a [`SealedText`], however deep, and nothing that only looks like a digest.
    pub fn sealed_members(&self, id: EventId) -> Vec<SealedMember> {
        let type_name = self.type_name();
        let member = |(path, text): (String, SealedText)| SealedMember {
            digest: text.0,
            bound_to: bound_to(id, type_name, &path),
        };
        self.sealed_texts().into_iter().map(member).collect()
    }

    /// Every text that stands sealed in the event, by its path.
    fn sealed_texts(&self) -> Vec<(String, SealedText)> {
        match self {
            Self::Idea(event) => event.sealed_texts(),
            Self::Call(event) => event.sealed_texts(),
            Self::Register(event) => event.sealed_texts(),
            Self::Quota(event) => event.sealed_texts(),
            Self::Disclosure(event) => event.sealed_texts(),
            Self::Evaluation(event) => event.sealed_texts(),
            Self::Criteria(event) => event.sealed_texts(),
            Self::DelegationOrder(event) => event.sealed_texts(),
            Self::Solution(event) => event.sealed_texts(),
            Self::Adoption(event) => event.sealed_texts(),
            Self::Organisation(event) => event.sealed_texts(),
            Self::Person(event) => event.sealed_texts(),
            Self::Grant(event) => event.sealed_texts(),
            Self::Account(event) => event.sealed_texts(),
            Self::Mapping(event) => event.sealed_texts(),
            Self::Session(event) => event.sealed_texts(),
            Self::SigningKey(event) => event.sealed_texts(),
            Self::Program(event) => event.sealed_texts(),
            Self::Instance(event) => event.sealed_texts(),
        }
    }

    /// Whether nobody may read the event's sealed texts before an event of its stream [`reveals`](Self::reveals) them.
    pub fn is_hidden_until_reveal(&self) -> bool {
        match self {
            Self::Evaluation(event) => event.is_hidden_until_reveal(),
            Self::Idea(_)
            | Self::Call(_)
            | Self::Register(_)
            | Self::Quota(_)
            | Self::Disclosure(_)
            | Self::Criteria(_)
            | Self::DelegationOrder(_)
            | Self::Solution(_)
            | Self::Adoption(_)
            | Self::Organisation(_)
            | Self::Person(_)
            | Self::Grant(_)
            | Self::Account(_)
            | Self::Mapping(_)
            | Self::Session(_)
            | Self::SigningKey(_)
            | Self::Program(_)
            | Self::Instance(_) => false,
        }
    }

    /// Whether what was hidden in its stream may be read from now on.
    pub fn reveals(&self) -> bool {
        matches!(self, Self::Evaluation(event) if event.reveals())
    }

    /// The texts that the event speaks of and another holds.
    pub fn copied_texts(&self) -> Option<CopiedTexts<'_>> {
        match self {
            Self::Idea(IdeaEvent::IdeaReferred(referred)) => Some(CopiedTexts {
                from: None,
                texts: &referred.brief,
            }),
            Self::Idea(IdeaEvent::IdeaReceived(received)) => Some(CopiedTexts {
                from: Some(StreamName::idea(received.origin)),
                texts: &received.brief,
            }),
            Self::Evaluation(EvaluationEvent::EvaluationOpened(opened)) => Some(CopiedTexts {
                from: Some(StreamName::idea(opened.idea)),
                texts: &opened.brief,
            }),
            _ => None,
        }
    }

    /// The sealed texts of the event that others may speak of: an approved brief.
    pub fn exported_texts(&self) -> Option<&BTreeMap<String, SealedText>> {
        match self {
            Self::Idea(IdeaEvent::BriefApproved(brief)) => Some(&brief.texts),
            Self::Idea(IdeaEvent::BriefReplaced(brief)) => Some(&brief.texts),
            _ => None,
        }
    }
}
