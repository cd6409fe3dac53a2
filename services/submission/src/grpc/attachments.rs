//! Files: taken in piece by piece, sealed on the way, kept when the event is written.

use super::SHORT;
use super::sniff::{HEAD, Mislabelled, sort_of};
use idesluss_domain::Decider as _;
use idesluss_domain::Event;
use idesluss_domain::submission::Ideas;
use idesluss_domain::submission::idea::{Action, Attach, IdeaCommand, IdeaEvent};
use idesluss_domain::words::{AttachmentId, Digest, EventId, IdeaId, MediaType, Rejection, SealedText, StreamName};
use idesluss_engine::{CommandContext, ExecuteError};
use idesluss_proto::pb::submission as pb;
use idesluss_proto::pb::submission::attach_file_request::Part;
use idesluss_proto::status::{Problems, refuse};
use idesluss_runtime::report_refusal;
use idesluss_vault::{FileReader, Scope, VaultError};
use sha2::{Digest as _, Sha256};
use tonic::{Code, Status, Streaming};

/// The largest piece of a file.
const MAX_CHUNK: usize = 1024 * 1024;

/// What the sealed bytes are bound to: the event that speaks of them, and its member.
fn bound_to(event: EventId) -> String {
    idesluss_domain::bound_to(event, "idesluss.submission.v1.AttachmentAdded", "file")
}

fn vault(error: VaultError) -> Status {
    ExecuteError::from(error).into()
}

/// Where a stream of pieces goes wrong.
fn out_of_turn(sentence: &str) -> Status {
    refuse(Code::InvalidArgument, "FILE_OUT_OF_TURN", sentence)
}

/// Reads the next bytes of the file; None: it is whole.
async fn next(pieces: &mut Streaming<pb::AttachFileRequest>, sent: u64) -> Result<Option<Vec<u8>>, Status> {
    match pieces.message().await?.and_then(|piece| piece.part) {
        Some(Part::Chunk(chunk)) if chunk.len() <= MAX_CHUNK => Ok(Some(chunk)),
        Some(Part::Chunk(_)) => Err(out_of_turn("Send at most 1 MiB of the file at once.")),
        Some(Part::End(end)) if end.bytes == sent => Ok(None),
        Some(Part::About(_)) => Err(out_of_turn("Say only once what file it is.")),
        Some(Part::End(_)) | None => Err(refuse(
            Code::InvalidArgument,
            "FILE_BROKEN_OFF",
            "The file did not come whole: send it again.",
        )),
    }
}

/// Refuses a file that is not what it is said to be, as a problem of its field.
fn refused(why: Mislabelled) -> Status {
    report_refusal("mislabelled_file");
    let mut problems = Problems::default();
    problems.add("media_type", why.to_string());
    problems.into()
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
    let said = reader.text("media_type", &about.media_type, 0..=100);
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
            media_type: MediaType::Text,
            bytes: 0,
        }),
    };
    // Whoever may not add a file hears so before sending it.
    let state = context
        .engine
        .load(std::slice::from_ref(&stream))
        .await?
        .state::<Ideas>(&stream);
    Ideas::decide(&command, &state).map_err(|refused| ExecuteError::from(Rejection::from(refused)))?;

    // So much is kept back that its kind is known before anything of it is stored.
    let (mut head, mut sent, mut whole) = (Vec::new(), 0, false);
    while head.len() < HEAD && !whole {
        match next(&mut pieces, sent).await? {
            Some(chunk) => {
                sent += chunk.len() as u64;
                head.extend_from_slice(&chunk);
            }
            None => whole = true,
        }
    }
    if head.is_empty() {
        return Err(refuse(
            Code::InvalidArgument,
            "FILE_EMPTY",
            "The file is empty: choose another.",
        ));
    }
    let media_type = sort_of(&said, &head[..head.len().min(HEAD)]).map_err(refused)?;

    let scope = Scope::Idea(idea);
    let bound_to = bound_to(pending.event_id("AttachmentAdded"));
    let receiving = context
        .engine
        .vault()
        .receive_file(&pending.actor().organisation, &scope, &bound_to);
    let mut file = receiving.await.map_err(vault)?;
    let mut hash = Sha256::new();
    hash.update(&head);
    file.write(&head).await.map_err(vault)?;
    drop(head);
    while !whole {
        match next(&mut pieces, sent).await? {
            Some(chunk) => {
                sent += chunk.len() as u64;
                hash.update(&chunk);
                file.write(&chunk).await.map_err(vault)?;
            }
            None => whole = true,
        }
    }
    let sealed = file.finish().await.map_err(vault)?;
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
