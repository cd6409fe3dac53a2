//! Files: taken in piece by piece, sealed on the way, kept when the event is written.

use super::access::load_all;
use super::sniff::{HEAD, Mislabelled, sort_of};
use super::{Answer, Submission, act};
use futures_util::StreamExt as _;
use idesluss_access::Permit;
use idesluss_domain::submission::Ideas;
use idesluss_domain::submission::idea::{Action, Attach, IdeaEvent};
use idesluss_domain::words::{
    AttachmentId, Digest, EventId, IdeaId, MediaType, Rejection, Scope, SealedText, StreamName,
};
use idesluss_domain::{Decider as _, Event};
use idesluss_engine::{Asker, CommandContext, ExecuteError, Parts};
use idesluss_proto::pb::submission as pb;
use idesluss_proto::pb::submission::attach_file_request::Part;
use idesluss_proto::requests::submission::{AttachFile, DownloadAttachment};
use idesluss_proto::status::{Reason, invalid_field, refuse, refuse_saying};
use idesluss_runtime::report_refusal;
use idesluss_vault::{FileReader, VaultError};
use prost::Message as _;
use sha2::{Digest as _, Sha256};
use tokio::sync::mpsc;
use tokio_stream::wrappers::ReceiverStream;
use tonic::{Status, Streaming};

/// The largest piece of a file, in mebibytes, as senders are told.
const MAX_CHUNK_MEBIBYTES: usize = 1;
/// The same in bytes.
const MAX_CHUNK: usize = MAX_CHUNK_MEBIBYTES * 1024 * 1024;

fn out_of_turn() -> Status {
    refuse_saying(Reason::FileOutOfTurn, &[("max", &MAX_CHUNK_MEBIBYTES.to_string())])
}

/// What the sealed bytes are bound to: the event that speaks of them, and its member.
fn bound_to(event: EventId) -> String {
    idesluss_domain::bound_to(event, "idesluss.submission.v1.AttachmentAdded", "file")
}

fn vault(error: VaultError) -> Status {
    ExecuteError::from(error).into()
}

/// Reads the next bytes of the file; None: it is whole.
async fn next(pieces: &mut Streaming<pb::AttachFileRequest>, sent: u64) -> Result<Option<Vec<u8>>, Status> {
    match pieces.message().await?.and_then(|piece| piece.part) {
        Some(Part::Chunk(chunk)) if chunk.len() <= MAX_CHUNK => Ok(Some(chunk)),
        Some(Part::End(end)) if end.bytes == sent => Ok(None),
        Some(Part::Chunk(_) | Part::About(_)) => Err(out_of_turn()),
        Some(Part::End(_)) | None => Err(refuse(Reason::FileBrokenOff)),
    }
}

/// Refuses a file that is not what it is said to be, as a problem of its field.
fn refused(why: Mislabelled) -> Status {
    report_refusal("mislabelled_file");
    invalid_field("media_type", why.into())
}

pub(super) async fn attach(
    submission: Submission,
    permit: Permit,
    mut pieces: Streaming<pb::AttachFileRequest>,
) -> Answer<pb::AttachFileRequest> {
    let context = &submission.context;
    let Some(Part::About(about)) = pieces.message().await?.and_then(|first| first.part) else {
        return Err(out_of_turn());
    };
    let bytes = about.encode_to_vec().into();
    let (mut pending, about) = context.read::<pb::AttachFileRequest, AttachFile>(permit, bytes, about, |_, _| {})?;
    let (idea, attachment, said) = (about.idea, about.attachment, about.media_type.clone());
    let stream = StreamName::idea(idea);
    // Whoever may not add a file hears so before sending it.
    let attach = |file: Digest, name: SealedText, media_type: MediaType, bytes: u64| {
        Action::Attach(Attach {
            attachment,
            file,
            name,
            media_type,
            bytes,
        })
    };
    let nothing = Digest([0; 32]);
    let first = pending.act(idea, attach(nothing, SealedText(nothing), MediaType::Text, 0));
    let state = pending
        .load(std::slice::from_ref(&stream))
        .await?
        .state::<Ideas>(&stream);
    // One that is there already may be a repeat: whether it is, the journal knows.
    if !state.attachments.contains(&attachment) {
        Ideas::decide(&first, &state).map_err(|refused| ExecuteError::from(Rejection::from(refused)))?;
    }

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
        return Err(refuse(Reason::FileEmpty));
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
    let about: AttachFile = pending.seal(about).await?;
    let action = attach(sealed.digest, about.name, media_type, sealed.plain_bytes);
    Ok(act(pending, idea, action).await?.into())
}

/// Gives an idea's attachment to those who may see all of the idea.
pub(super) async fn download(
    submission: Submission,
    asker: Asker,
    asked: DownloadAttachment,
) -> Result<Parts<pb::DownloadAttachmentResponse>, Status> {
    let context = &submission.context;
    load_all(context, &asker, asked.idea).await?;
    let mut file = open(context, asked.idea, asked.attachment).await?;
    // Two chunks wait at the most: a slow reader holds the file, not the memory.
    let (send, receive) = mpsc::channel(2);
    context.engine.spawn(async move {
        loop {
            let chunk = match file.next().await {
                Ok(Some(mut chunk)) => Ok(pb::DownloadAttachmentResponse {
                    chunk: std::mem::take(&mut *chunk),
                }),
                Ok(None) => return,
                Err(error) => Err(vault(error)),
            };
            let failed = chunk.is_err();
            if send.send(chunk).await.is_err() || failed {
                return;
            }
        }
    });
    Ok(ReceiverStream::new(receive).boxed())
}

/// Opens an idea's attachment for reading.
async fn open(context: &CommandContext, idea: IdeaId, attachment: AttachmentId) -> Result<FileReader, Status> {
    let stream = StreamName::idea(idea);
    let loaded = context.engine.load(std::slice::from_ref(&stream)).await?;
    let added = loaded.entries(&stream).iter().find_map(|entry| match &entry.event {
        Some(Event::Idea(IdeaEvent::AttachmentAdded(added))) if added.attachment == attachment => {
            Some((entry.meta.id, added.file))
        }
        _ => None,
    });
    let (event, file) = added.ok_or_else(|| refuse(Reason::NoSuchAttachment))?;
    context
        .engine
        .vault()
        .open_file(file, &bound_to(event))
        .await
        .map_err(vault)
}
