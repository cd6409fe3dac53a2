//! Files: taken in piece by piece, sealed on the way, kept when the event is written.

use super::SHORT;
use idesluss_domain::Decider as _;
use idesluss_domain::Event;
use idesluss_domain::submission::Ideas;
use idesluss_domain::submission::idea::{Action, Attach, IdeaCommand, IdeaEvent};
use idesluss_domain::words::{AttachmentId, Digest, EventId, IdeaId, Rejection, SealedText, StreamName};
use idesluss_engine::{CommandContext, ExecuteError};
use idesluss_proto::pb::submission as pb;
use idesluss_proto::pb::submission::attach_file_request::Part;
use idesluss_proto::status::{from_rejection, refuse};
use idesluss_vault::{FileReader, Scope, VaultError};
use sha2::{Digest as _, Sha256};
use tonic::{Code, Status, Streaming};

/// What the sealed bytes are bound to: the event that speaks of them, and its member.
fn bound_to(event: EventId) -> String {
    idesluss_domain::bound_to(event, "idesluss.submission.v1.AttachmentAdded", "file")
}

fn vault(error: VaultError) -> Status {
    ExecuteError::from(error).into()
}

pub(super) async fn attach(
    context: &CommandContext,
    mut pieces: Streaming<pb::AttachFileRequest>,
) -> Result<pb::AttachFileResponse, Status> {
    let about = match pieces.message().await?.and_then(|first| first.part) {
        Some(Part::About(about)) => about,
        _ => {
            return Err(refuse(
                Code::InvalidArgument,
                "ABOUT_MISSING",
                "Say first what file it is.",
            ));
        }
    };
    let mut reader = context.reader("AttachFile", &about, about.command.as_ref());
    let idea: Option<IdeaId> = reader.id("idea", &about.idea);
    let attachment: Option<AttachmentId> = reader.id("attachment", &about.attachment);
    let name = reader.text("name", &about.name, SHORT);
    let media_type = reader.text("media_type", &about.media_type, 3..=100);
    if !is_media_type(&media_type) {
        reader.problem("media_type", "give the media type, such as application/pdf");
    }
    let (mut pending, (idea, attachment)) = reader.finish(idea.zip(attachment))?;
    let stream = StreamName::idea(idea);
    let mut command = IdeaCommand {
        idea,
        actor: pending.actor().clone(),
        today: pending.today(),
        action: Action::Attach(Attach {
            attachment,
            file: Digest([0; 32]),
            name: SealedText(Digest([0; 32])),
            media_type: media_type.clone(),
            bytes: 0,
        }),
    };
    // Whoever may not add a file hears so before sending it.
    let state = context
        .engine
        .load(std::slice::from_ref(&stream))
        .await?
        .state::<Ideas>(&stream);
    Ideas::decide(&command, &state).map_err(|refused| from_rejection(Rejection::from(refused)))?;

    let scope = Scope::Idea(idea);
    let bound_to = bound_to(pending.event_id("AttachmentAdded"));
    let receiving = context
        .engine
        .vault()
        .receive_file(&pending.actor().organisation, &scope, &bound_to);
    let mut file = receiving.await.map_err(vault)?;
    let mut hash = Sha256::new();
    while let Some(piece) = pieces.message().await? {
        let Some(Part::Chunk(chunk)) = piece.part else {
            return Err(refuse(
                Code::InvalidArgument,
                "ABOUT_TWICE",
                "Say only once what file it is.",
            ));
        };
        hash.update(&chunk);
        file.write(&chunk).await.map_err(vault)?;
    }
    let sealed = file.finish().await.map_err(vault)?;
    if sealed.plain_bytes == 0 {
        return Err(refuse(
            Code::InvalidArgument,
            "FILE_EMPTY",
            "The file is empty: choose another.",
        ));
    }
    pending.bind(&hash.finalize());
    pending.claim(sealed.digest);
    let name = pending.seal(&scope, "AttachmentAdded", "name", &name).await?;
    command.action = Action::Attach(Attach {
        attachment,
        file: sealed.digest,
        name,
        media_type,
        bytes: sealed.plain_bytes,
    });
    let token = Some(pending.decide::<Ideas>(stream, idea.0, command).await?);
    Ok(pb::AttachFileResponse { token })
}

fn is_media_type(text: &str) -> bool {
    let word = |word: &str| {
        !word.is_empty()
            && word
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || b"!#$&^_.+-".contains(&byte))
    };
    text.split_once('/').is_some_and(|(kind, sub)| word(kind) && word(sub))
}

/// Opens an idea's attachment for reading.
pub(super) async fn open(
    context: &CommandContext,
    idea: IdeaId,
    attachment: AttachmentId,
) -> Result<FileReader, Status> {
    let stream = StreamName::idea(idea);
    let loaded = context.engine.load(std::slice::from_ref(&stream)).await?;
    let added = loaded.entries(&stream).iter().find_map(|entry| match &entry.event {
        Some(Event::Idea(IdeaEvent::AttachmentAdded(added))) if added.attachment == attachment => {
            Some((entry.meta.id, added.file))
        }
        _ => None,
    });
    let (event, file) = added.ok_or_else(|| {
        refuse(
            Code::NotFound,
            "NO_SUCH_ATTACHMENT",
            "There is no such file on this idea.",
        )
    })?;
    context
        .engine
        .vault()
        .open_file(file, &bound_to(event))
        .await
        .map_err(vault)
}
