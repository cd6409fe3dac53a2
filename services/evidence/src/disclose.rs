//! Texts that go into a bundle. Each idea's disclosure stands in its journal before any of its texts is handed out.

use crate::{EvidenceError, Services, history};
use idesluss_auditor::bundle::{TextLine, TextStands};
use idesluss_auditor::dossier::{Erasure, erasure_in};
use idesluss_auditor::{Entry, Text};
use idesluss_domain::words::{CommandId, IdeaId};
use idesluss_proto::pb::submission as pb;
use idesluss_proto::pb::submission::submission_command_service_client::SubmissionCommandServiceClient;
use idesluss_proto::write_command;
use uuid::Uuid;

/// What texts are handed out for: to whoever the services are asked for.
#[derive(Debug, Clone)]
pub struct Disclosure {
    /// What for, in the auditor's words.
    pub purpose: String,
    /// One for each bundle that is made: an idea's disclosure is recorded once in it, however often that is tried.
    pub command: Uuid,
}

/// Records that an idea's texts are handed out, then reads those to hand out that the auditor may read, what was recorded among them.
pub(crate) async fn texts(
    services: &Services,
    disclosure: &Disclosure,
    idea: IdeaId,
) -> Result<Vec<TextLine>, EvidenceError> {
    // Where one of the services lets them read nothing, no other is to say that they have.
    let before = history(services, idea).await?;
    let erasure = erasure_in(&before)?;
    // Where there is nothing any more to hand out, nothing says that it was.
    if !before.iter().any(hands_out) {
        return Ok(before.iter().flat_map(|entry| lines(entry, erasure.as_ref())).collect());
    }
    let command = write_command(CommandId(Uuid::new_v5(&disclosure.command, idea.0.as_bytes())));
    let request = pb::DiscloseTextsRequest {
        command: Some(command),
        idea: idea.to_string(),
        purpose: disclosure.purpose.clone(),
    };
    SubmissionCommandServiceClient::new(services.submission.clone())
        .disclose_texts(request)
        .await
        .map_err(EvidenceError::Refused)?;
    let entries = history(services, idea).await?;
    let erasure = erasure_in(&entries)?;
    let lines = entries.iter().flat_map(|entry| lines(entry, erasure.as_ref()));
    Ok(lines.collect())
}

/// Whether an entry has a text that can be read. What earlier texts were handed out for is none of the idea's.
fn hands_out(entry: &Entry) -> bool {
    const DISCLOSED: &[u8] = b".TextsDisclosed\"";
    let is_purpose = memchr::memmem::find(&entry.line, DISCLOSED).is_some();
    !is_purpose && entry.texts.values().any(|text| matches!(text, Text::Readable(_)))
}

fn lines<'a>(entry: &'a Entry, erasure: Option<&'a Erasure>) -> impl Iterator<Item = TextLine> + 'a {
    entry.texts.iter().filter_map(move |(digest, text)| {
        let stands = match text {
            Text::Readable(text) => TextStands::Text(text.clone()),
            Text::Hidden => TextStands::Withheld,
            Text::KeyMissing => TextStands::KeyMissing,
            // Without the decision nobody can say that there was one.
            Text::Erased => erasure
                .and_then(|erasure| erased(entry, erasure))
                .unwrap_or(TextStands::KeyMissing),
        };
        Some(TextLine {
            digest: digest.parse().ok()?,
            stands,
        })
    })
}

fn erased(entry: &Entry, erasure: &Erasure) -> Option<TextStands> {
    let on = erasure.erased.get(&entry.service).unwrap_or(&erasure.decided);
    Some(TextStands::Erased {
        on: on.parse().ok()?,
        basis: erasure.basis.clone(),
    })
}
