//! Bundles to take home, sent as they are packed.

use super::{Asked, evidence};
use crate::act::SURE;
use crate::error::WebError;
use crate::posted::Posted;
use crate::refill::{WithForms, refused, shown};
use crate::session::User;
use axum::body::Body;
use axum::extract::{Form as Sent, Path};
use axum::response::{IntoResponse as _, Response};
use bytes::Bytes;
use http::header;
use idesluss_domain::words::IdeaId;
use idesluss_evidence::{Disclosure, EvidenceError, Package, Scope, Wanted};
use idesluss_proto::Reader;
use idesluss_proto::pb::audit as pb;
use idesluss_proto::status::{Reason, refuse};
use idesluss_runtime::{Clock as _, SystemClock};
use std::io;
use std::time::Duration;
use tokio::sync::{Semaphore, mpsc};
use tokio_stream::wrappers::ReceiverStream;
use tonic::{Code, Status};
use uuid::Uuid;

/// How many are packed at once; who comes meanwhile is asked to come again.
static PACKING: Semaphore = Semaphore::const_new(2);
/// How many pieces of one wait for a slow reader, and how long for one that reads nothing at all.
const WAITING: usize = 4;
const PATIENCE: Duration = Duration::from_secs(60);
/// How many characters say what texts are for.
const PURPOSE: usize = 500;

/// The bundle of the auditor's organisation.
pub(crate) async fn organisation(user: User, Sent(fields): Sent<Vec<(String, String)>>) -> Result<Response, WebError> {
    let organisation = user.acting_as.organisation.clone();
    send(user, Scope::Organisation(organisation), Posted(fields)).await
}

/// The bundle of an idea.
pub(crate) async fn idea(
    user: User,
    Path(idea): Path<String>,
    Sent(fields): Sent<Vec<(String, String)>>,
) -> Result<Response, WebError> {
    let mut reader = Reader::default();
    let id: Option<IdeaId> = reader.word("idea", &idea);
    let idea = reader.finish(id).map_err(|status| user.web_error(&status))?;
    send(user, Scope::Idea(idea), Posted(fields)).await
}

async fn send(user: User, scope: Scope, posted: Posted) -> Result<Response, WebError> {
    if user.is_looking || posted.get(SURE) == "nej" {
        user.check(&posted.get("csrf"))?;
        return again(&user, &scope, &posted, None).await;
    }
    let texts = match disclosure(&user, &posted)? {
        Ok(texts) => texts,
        Err(status) => return again(&user, &scope, &posted, Some(&status)).await,
    };
    allowed(&user, &scope).await?;
    let name = match &scope {
        Scope::Idea(idea) => idea.to_string(),
        _ => user.acting_as.organisation.to_string(),
    };
    let services = user.services().evidence;
    let wanted = Wanted {
        scope,
        from: None,
        to: None,
        compress: true,
        texts,
    };
    let with_texts = wanted.texts.is_some();
    let now = SystemClock.now();
    let instance = user.web.directory().instance.to_string();
    let turn = PACKING
        .try_acquire()
        .map_err(|_| user.web_error(&refuse(Reason::BundlesBusy)))?;
    let package = match Package::prepare(&services, &instance, &wanted, now).await {
        Ok(package) => package,
        Err(EvidenceError::Refused(status)) if status.code() == Code::InvalidArgument => {
            return again(&user, &wanted.scope, &posted, Some(&status)).await;
        }
        Err(error) => return Err(evidence::failed(&user, error)),
    };
    let (pieces, waiting) = mpsc::channel::<io::Result<Bytes>>(WAITING);
    tokio::spawn(async move {
        let sender = pieces.clone();
        let send = async move |bytes: Vec<u8>| {
            let sent = sender.send_timeout(Ok(Bytes::from(bytes)), PATIENCE).await;
            sent.map_err(|_| io::Error::from(io::ErrorKind::BrokenPipe))
        };
        let written = package.write(send, |_| {}).await;
        drop(turn);
        match written {
            // Whoever asked for it has gone.
            Ok(_) | Err(EvidenceError::Out(_)) => {}
            Err(error) => {
                tracing::warn!(%error, "a bundle was broken off");
                // The connection ends before the last line, so that nobody takes it for whole.
                let _ = pieces.send(Err(io::Error::other("broken off"))).await;
            }
        }
    });
    // Whoever finds it again sees whether it holds what is not to lie about.
    let texts = if with_texts { "-texter" } else { "" };
    let day = now.to_string();
    let day = day.split('T').next().unwrap_or_default();
    let headers = [
        (header::CONTENT_TYPE, "application/x-tar".to_owned()),
        (
            header::CONTENT_DISPOSITION,
            format!("attachment; filename=\"{instance}-{name}-{day}{texts}.tar\""),
        ),
    ];
    Ok((headers, Body::from_stream(ReceiverStream::new(waiting))).into_response())
}

/// Whether the user may have it: the services say so, before anything is packed. Asked for as little as tells.
async fn allowed(user: &User, scope: &Scope) -> Result<(), WebError> {
    let services = user.services();
    let request = pb::ListChangesRequest {
        query: user.asks(None),
        page_size: 1,
        ..pb::ListChangesRequest::default()
    };
    let told = services.ask_submission(request).await;
    told.map_err(|status| user.web_error(&status))?;
    if let Scope::Idea(idea) = scope {
        // Whose idea it is, submission knows; who takes no part in judging it, evaluation.
        let told = idesluss_evidence::history(&services.evidence, *idea).await;
        told.map_err(|error| evidence::failed(user, error))?;
    }
    Ok(())
}

/// The page with the form again, and what was wrong with it; None: nothing, it is only to be shown.
async fn again(user: &User, scope: &Scope, posted: &Posted, wrong: Option<&Status>) -> Result<Response, WebError> {
    match scope {
        Scope::Idea(idea) => {
            let page = super::idea::build(user, &idea.to_string(), &Asked::default()).await;
            drawn(user, page, &format!("/revision/ideer/{idea}/paket"), posted, wrong)
        }
        _ => {
            let page = super::instance::build(user, &Asked::default()).await;
            drawn(user, page, "/revision/paket", posted, wrong)
        }
    }
}

fn drawn(
    user: &User,
    page: Result<impl WithForms, WebError>,
    action: &str,
    posted: &Posted,
    wrong: Option<&Status>,
) -> Result<Response, WebError> {
    match wrong {
        Some(status) => refused(user, page, action, posted, status),
        None => shown(user, page, action, posted),
    }
}

/// What texts are for; None: no texts are wanted. The inner error: what is wrong with it.
fn disclosure(user: &User, posted: &Posted) -> Result<Result<Option<Disclosure>, Status>, WebError> {
    // Also says whether the form was this session's.
    posted.command(user)?;
    let purpose = posted.get("purpose");
    if purpose.trim().is_empty() {
        return Ok(Ok(None));
    }
    let mut reader = Reader::default();
    let read = reader.open_text("purpose", purpose, 1..=PURPOSE);
    Ok(reader.finish(read).map(|purpose| {
        Some(Disclosure {
            purpose,
            // A form that is sent again hands out another file: another disclosure.
            command: Uuid::now_v7(),
        })
    }))
}
