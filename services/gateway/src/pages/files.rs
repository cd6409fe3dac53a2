//! Files that belong to an idea.

use super::back_to;
use crate::error::{ErrorKind, WebError};
use crate::posted::Posted;
use crate::session::User;
use axum::body::Body;
use axum::extract::{Multipart, Path};
use axum::response::{IntoResponse as _, Response};
use bytes::Bytes;
use http::header;
use idesluss_proto::pb::submission as pb;
use tokio_stream::StreamExt as _;
use uuid::Uuid;

/// How much is sent at once.
const CHUNK: usize = 256 * 1024;

struct Upload {
    name: String,
    media_type: String,
    bytes: Bytes,
}

/// Reads the form; the fields stand before the file.
async fn read(mut form: Multipart) -> Option<(Posted, Upload)> {
    let mut posted = Posted::default();
    while let Some(field) = form.next_field().await.ok()? {
        let name = field.name()?.to_owned();
        if name != "fil" {
            posted.0.push((name, field.text().await.ok()?));
            continue;
        }
        let upload = Upload {
            name: field.file_name()?.to_owned(),
            media_type: field.content_type().unwrap_or("application/octet-stream").to_owned(),
            bytes: field.bytes().await.ok()?,
        };
        return Some((posted, upload));
    }
    None
}

pub(super) async fn attach(user: User, Path(idea): Path<String>, form: Multipart) -> Result<Response, WebError> {
    let bad = || WebError::new(user.lang, ErrorKind::BadFile);
    let (posted, upload) = read(form).await.ok_or_else(bad)?;
    let about = pb::AttachFileHeader {
        command: posted.command(&user)?,
        idea: idea.clone(),
        attachment: Uuid::new_v5(&Uuid::NAMESPACE_OID, posted.get("command").as_bytes()).to_string(),
        name: upload.name,
        media_type: upload.media_type,
    };
    let part = |part| pb::AttachFileRequest { part: Some(part) };
    let first = part(pb::attach_file_request::Part::About(about));
    let count = upload.bytes.len().div_ceil(CHUNK);
    let rest = (0..count).map(move |index| {
        let end = ((index + 1) * CHUNK).min(upload.bytes.len());
        part(pb::attach_file_request::Part::Chunk(
            upload.bytes.slice(index * CHUNK..end).into(),
        ))
    });
    let parts = tokio_stream::iter(std::iter::once(first).chain(rest));
    let answer = user.services().submission.attach_file(parts).await;
    let answer = answer.map_err(|status| user.web_error(&status))?.into_inner();
    Ok(back_to(&format!("/ideer/{idea}"), answer.token))
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
    let answer = user.services().ideas.download_attachment(request).await;
    let chunks = answer.map_err(|status| user.web_error(&status))?.into_inner();
    let body = Body::from_stream(chunks.map(|chunk| chunk.map(|chunk| Bytes::from(chunk.chunk))));
    // Always saved, never shown: whatever somebody uploads is not part of this site.
    let headers = [
        (header::CONTENT_TYPE, "application/octet-stream"),
        (header::CONTENT_DISPOSITION, "attachment"),
    ];
    Ok((headers, body).into_response())
}
