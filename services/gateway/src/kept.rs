//! Nothing that was typed is lost: a form that can't be taken comes back with the page that says why, and one of somebody who was signed out meanwhile
//! is kept until they have signed in again.

use crate::act::{ASKED, SURE};
use crate::error::{ErrorKind, GivenBack, WebError};
use crate::own_path::own_path;
use crate::posted::Posted;
use crate::server::LARGEST_FORM;
use crate::session::{Reads, Web};
use crate::sessions::Secret;
use axum::body::{self, Body};
use axum::extract::{Form, FromRequest as _, FromRequestParts as _, Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use http::{Method, header};
use idesluss_proto::pb::identity as pb;
use idesluss_proto::pb::identity::session_command_service_client::SessionCommandServiceClient;
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use subtle::ConstantTimeEq as _;
use tokio::sync::Semaphore;

/// Whether a request brings a form of fields. Files are not kept: a browser does not let a page choose one.
fn brings_a_form(request: &Request) -> bool {
    let kind = request.headers().get(header::CONTENT_TYPE);
    request.method() == Method::POST
        && kind.is_some_and(|kind| kind.as_bytes().starts_with(b"application/x-www-form-urlencoded"))
}

/// So many forms are kept at a time while they are carried out, at most; others come back as they do from any server: by the browser's own way back.
const KEPT: usize = 64;
/// No form of ours has more fields; what has is not read: it would keep everybody waiting.
const MOST_FIELDS: usize = 2_048;

/// Gives a form back that led to a page about an error.
pub(crate) async fn give_back(State(web): State<Arc<Web>>, request: Request, next: Next) -> Response {
    static PLACES: Semaphore = Semaphore::const_new(KEPT);
    if !brings_a_form(&request) {
        return next.run(request).await;
    }
    let (mut parts, sent) = request.into_parts();
    let whole = body::to_bytes(sent, LARGEST_FORM).await;
    let whole = whole
        .ok()
        .filter(|sent| sent.iter().filter(|byte| **byte == b'&').count() < MOST_FIELDS);
    let Some(sent) = whole else {
        let Ok(Reads(lang)) = Reads::from_request_parts(&mut parts, &web).await;
        return WebError::new(lang, ErrorKind::Unreadable).into_response();
    };
    let Ok(_place) = PLACES.try_acquire() else {
        return next.run(Request::from_parts(parts, Body::from(sent))).await;
    };
    let response = next
        .run(Request::from_parts(parts.clone(), Body::from(sent.clone())))
        .await;
    let Some(error) = response.extensions().get::<WebError>().cloned() else {
        return response;
    };
    let action = parts.uri.path().to_owned();
    let secret = web.secret_of(&parts);
    let Ok(Form::<Vec<(String, String)>>(fields)) =
        Form::from_request(Request::from_parts(parts, Body::from(sent)), &()).await
    else {
        return response;
    };
    let posted = Posted(fields);
    let error = match error.is_signed_out && keep(&web, secret.as_ref(), &action, &posted).await {
        true => error.kept(),
        false => error,
    };
    match posted.holds_secrets() {
        true => error.into_response(),
        false => error.giving_back(GivenBack { action, posted }).into_response(),
    }
}

/// A form as it is kept until whoever sent it has signed in again.
#[derive(Debug, Serialize, Deserialize)]
struct LateForm {
    /// Where it was sent.
    action: String,
    fields: Vec<(String, String)>,
}

/// Has a form kept that came after the end of a session, whose form it was. Returns whether it is.
async fn keep(web: &Web, secret: Option<&Secret>, action: &str, posted: &Posted) -> bool {
    // Nobody puts a form into another's hands: it shows the secret of the session for which it was drawn.
    let is_own = |secret: &&Secret| bool::from(secret.csrf().as_bytes().ct_eq(posted.get("csrf").as_bytes()));
    let Some(secret) = secret.filter(is_own) else {
        return false;
    };
    // What nobody has written is no loss, and would take the place of what somebody has. What lets somebody in is kept nowhere.
    if posted.written().next().is_none() || posted.holds_secrets() {
        return false;
    }
    // That somebody was sure, they say again.
    let fields = posted
        .0
        .iter()
        .filter(|(name, _)| !matches!(name.as_str(), SURE | ASKED));
    let form = LateForm {
        action: action.to_owned(),
        fields: fields.cloned().collect(),
    };
    let request = pb::KeepFormRequest {
        secret: secret.bytes().to_vec(),
        form: serde_json::to_vec(&form).unwrap_or_default(),
    };
    let kept = SessionCommandServiceClient::new(web.services.identity().clone())
        .keep_form(request)
        .await;
    kept.is_ok_and(|kept| kept.into_inner().kept)
}

/// The form that was kept of whoever has signed in just now, for the session that has begun; None: none was.
pub(crate) async fn take(web: &Web, secret: &Secret) -> Option<GivenBack> {
    let request = pb::TakeFormRequest {
        secret: secret.bytes().to_vec(),
    };
    let taken = SessionCommandServiceClient::new(web.services.identity().clone())
        .take_form(request)
        .await;
    let form: LateForm = serde_json::from_slice(&taken.ok()?.into_inner().form).ok()?;
    Some(GivenBack {
        action: own_path(&form.action)?.to_owned(),
        posted: Posted(form.fields).with("csrf", secret.csrf()),
    })
}
