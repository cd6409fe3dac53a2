//! Nothing that was typed is lost: a form that can't be taken comes back with the page that says why.

use crate::error::{ErrorKind, GivenBack, WebError};
use crate::posted::Posted;
use crate::server::LARGEST_FORM;
use crate::session::{Reads, Web};
use axum::body::{self, Body};
use axum::extract::{Form, FromRequest as _, FromRequestParts as _, Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use http::{Method, header};
use std::sync::Arc;
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
    let Ok(Form::<Vec<(String, String)>>(fields)) =
        Form::from_request(Request::from_parts(parts, Body::from(sent)), &()).await
    else {
        return response;
    };
    let posted = Posted(fields);
    error.giving_back(GivenBack { action, posted }).into_response()
}
