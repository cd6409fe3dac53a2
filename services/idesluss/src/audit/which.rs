//! Which idea is meant: people know its reference, programs its id.

use super::AuditError;
use crate::session::Session;
use idesluss_auditor::{Entry, Service};
use idesluss_domain::Event;
use idesluss_domain::submission::IdeaEvent;
use idesluss_domain::words::IdeaId;
use idesluss_evidence::Journal;
use std::collections::BTreeSet;

/// An idea as it is named on the command line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Which {
    /// Its id.
    Id(IdeaId),
    /// Its reference, such as `UDD-2026-0042`, or the one that it had where it was taken over from.
    Reference(String),
}

/// Reads an idea's id, the address of its page, or its reference.
pub(crate) fn read_which(text: &str) -> Result<Which, String> {
    let last = text.trim().trim_end_matches('/').rsplit('/').next().unwrap_or_default();
    if let Ok(id) = last.parse() {
        return Ok(Which::Id(id));
    }
    let is_word = |c: char| c.is_alphanumeric() || "-_.".contains(c);
    if !text.is_empty() && text.len() <= 80 && text.chars().all(is_word) {
        return Ok(Which::Reference(text.to_owned()));
    }
    Err("write its reference, such as UDD-2026-0042, or its id, with which the address of its page ends".to_owned())
}

/// The idea that is meant. A reference is looked for in submission's journal, where it was given.
pub(crate) async fn find(session: &Session, which: &Which) -> Result<IdeaId, AuditError> {
    let reference = match which {
        Which::Id(idea) => return Ok(*idea),
        Which::Reference(reference) => reference.clone(),
    };
    let journal = Journal::open(Service::Submission, session.services.submission.clone()).await?;
    let wanted = reference.clone();
    let found = tokio::task::spawn_blocking(move || {
        let mut found = BTreeSet::new();
        for entry in journal.lines() {
            found.extend(named(&entry?, &wanted)?);
        }
        Ok::<_, AuditError>(found)
    });
    let found: Vec<IdeaId> = found.await??.into_iter().collect();
    match found.as_slice() {
        [idea] => Ok(*idea),
        [] => Err(AuditError::NoSuchReference(reference)),
        many => Err(AuditError::ManyReferences(reference, many.len())),
    }
}

/// The idea to which an entry gives the reference.
fn named(entry: &Entry, reference: &str) -> Result<Option<IdeaId>, AuditError> {
    let needle = format!("\"reference\":\"{reference}\"");
    if !std::str::from_utf8(&entry.line).is_ok_and(|line| line.contains(&needle)) {
        return Ok(None);
    }
    let Some(reading) = entry.read_own()? else {
        return Ok(None);
    };
    let gives = match &reading.event {
        Event::Idea(IdeaEvent::ReceiptSent(receipt)) => receipt.reference.as_str() == reference,
        Event::Idea(IdeaEvent::IdeaSubmitted(submitted)) => submitted
            .imported
            .as_ref()
            .is_some_and(|imported| imported.reference.as_str() == reference),
        _ => false,
    };
    Ok(reading.correlation.parse().ok().filter(|_| gives))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_idea_is_named_by_its_id_the_address_of_its_page_or_its_reference() {
        let id = "3b35319c-c8c0-50a4-ab48-ef7960e0d3f9";
        let meant = Ok(Which::Id(id.parse().expect("an id")));
        assert_eq!(read_which(id), meant);
        assert_eq!(read_which(&format!("http://127.0.0.1:8080/ideer/{id}/")), meant);
        assert_eq!(
            read_which("UDD-2026-0001"),
            Ok(Which::Reference("UDD-2026-0001".to_owned()))
        );
        for wrong in ["", "två ord", "a\"b", "http://127.0.0.1:8080/ideer"] {
            assert!(read_which(wrong).is_err(), "{wrong}");
        }
    }
}
