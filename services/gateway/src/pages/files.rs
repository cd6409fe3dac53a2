//! Files that belong to an idea.

use super::{MOST_PARTS, back_to, idea};
use crate::act::Done;
use crate::error::{ErrorKind, WebError};
use crate::posted::Posted;
use crate::refill::refused;
use crate::session::User;
use axum::body::Body;
use axum::extract::multipart::Field;
use axum::extract::{Multipart, Path};
use axum::response::{IntoResponse as _, Response};
use bytes::Bytes;
use http::header;
use idesluss_proto::pb::submission as pb;
use idesluss_proto::pb::submission::attach_file_request::Part;
use tokio::sync::mpsc;
use tokio_stream::StreamExt as _;
use tokio_stream::wrappers::ReceiverStream;
use uuid::Uuid;

/// The longest field beside the file: ids and the session's secret.
const LONGEST_FIELD: usize = 4 * 1024;
/// How many pieces of a file wait for the service: the browser is kept waiting for the rest.
const PIECES: usize = 4;

/// A field that stands before the file.
async fn read(mut field: Field<'_>) -> Option<String> {
    let mut text = Vec::new();
    while let Some(piece) = field.chunk().await.ok()? {
        text.extend_from_slice(&piece);
        if text.len() > LONGEST_FIELD {
            return None;
        }
    }
    String::from_utf8(text).ok()
}

fn piece(part: Part) -> pb::AttachFileRequest {
    pb::AttachFileRequest { part: Some(part) }
}

/// Hands a file on as it comes. None: it did not come whole, and then its end is not said.
async fn hand_on(mut file: Field<'_>, pieces: mpsc::Sender<pb::AttachFileRequest>) -> Option<()> {
    let mut bytes = 0;
    let mut is_wanted = true;
    while let Some(chunk) = file.chunk().await.ok()? {
        bytes += chunk.len() as u64;
        // A service that has answered wants no more; a browser shows the answer only after it has sent all.
        is_wanted = is_wanted && pieces.send(piece(Part::Chunk(chunk.into()))).await.is_ok();
    }
    let _ = pieces.send(piece(Part::End(pb::AttachFileEnd { bytes }))).await;
    Some(())
}

/// Takes a file in, the fields of the form before it; no more of it than a few pieces is in memory.
pub(super) async fn attach(user: User, Path(idea): Path<String>, mut form: Multipart) -> Result<Response, WebError> {
    let bad = || WebError::new(user.lang, ErrorKind::BadFile);
    let mut posted = Posted::default();
    let (name, media_type, file) = loop {
        if posted.0.len() > MOST_PARTS {
            return Err(bad());
        }
        let field = form.next_field().await.ok().flatten().ok_or_else(bad)?;
        let name = field.name().ok_or_else(bad)?.to_owned();
        if name == "fil" {
            let file_name = field.file_name().ok_or_else(bad)?.to_owned();
            break (file_name, field.content_type().unwrap_or_default().to_owned(), field);
        }
        posted.0.push((name, read(field).await.ok_or_else(bad)?));
    };
    let about = pb::AttachFileHeader {
        command: posted.command(&user)?,
        idea: idea.clone(),
        attachment: Uuid::new_v5(&Uuid::NAMESPACE_OID, posted.get("command").as_bytes()).to_string(),
        name,
        media_type,
    };
    let (pieces, wait) = mpsc::channel(PIECES);
    let first = tokio_stream::once(piece(Part::About(about)));
    let mut submission = user.services().uploads();
    let (whole, answer) = tokio::join!(
        hand_on(file, pieces),
        submission.attach_file(first.chain(ReceiverStream::new(wait)))
    );
    whole.ok_or_else(bad)?;
    match answer {
        Ok(answer) => {
            let token = answer.into_inner().token;
            let rpc = "AttachFile";
            Ok(back_to(&user, &format!("/ideer/{idea}"), Done { token, rpc }))
        }
        Err(status) => {
            let drawn = idea::build(&user, &idea, None).await;
            refused(&user, drawn, &format!("/ideer/{idea}/fil"), &posted, &status)
        }
    }
}

pub(super) async fn download(
    user: User,
    Path((idea, attachment)): Path<(String, String)>,
) -> Result<Response, WebError> {
    let request = pb::DownloadAttachmentRequest {
        query: user.asks(None),
        idea,
        attachment,
    };
    let answer = user.services().downloads().download_attachment(request).await;
    let chunks = answer.map_err(|status| user.web_error(&status))?.into_inner();
    let body = Body::from_stream(chunks.map(|chunk| chunk.map(|chunk| Bytes::from(chunk.chunk))));
    // Always saved, never shown: whatever somebody uploads is not part of this site.
    let headers = [
        (header::CONTENT_TYPE, "application/octet-stream"),
        (header::CONTENT_DISPOSITION, "attachment"),
    ];
    Ok((headers, body).into_response())
}
