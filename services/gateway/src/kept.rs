//! Nothing that was typed is lost: a form that can't be taken comes back with the page that says why.

use crate::error::{ErrorKind, GivenBack, WebError};
use crate::posted::Posted;
use crate::server::LARGEST_FORM;
use crate::session::{Reads, Web, form_secret};
use axum::body::{self, Body};
use axum::extract::{Form, FromRequest as _, FromRequestParts as _, Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use http::{Method, header};
use std::sync::Arc;

/// Whether a request brings a form of fields. Files are not kept: a browser does not let a page choose one.
fn brings_a_form(request: &Request) -> bool {
    let kind = request.headers().get(header::CONTENT_TYPE);
    request.method() == Method::POST
        && kind.is_some_and(|kind| kind.as_bytes().starts_with(b"application/x-www-form-urlencoded"))
}

/// Gives a form back that led to a page about an error.
pub(crate) async fn give_back(State(web): State<Arc<Web>>, request: Request, next: Next) -> Response {
    if !brings_a_form(&request) {
        return next.run(request).await;
    }
    let (mut parts, sent) = request.into_parts();
    let Ok(sent) = body::to_bytes(sent, LARGEST_FORM).await else {
        let Ok(Reads(lang)) = Reads::from_request_parts(&mut parts, &web).await;
        return WebError::new(lang, ErrorKind::Unreadable).into_response();
    };
    let response = next
        .run(Request::from_parts(parts.clone(), Body::from(sent.clone())))
        .await;
    let Some(error) = response.extensions().get::<WebError>().cloned() else {
        return response;
    };
    let action = parts.uri.path().to_owned();
    let secret = form_secret(&parts);
    let Ok(Form(fields)) = Form::from_request(Request::from_parts(parts, Body::from(sent)), &()).await else {
        return response;
    };
    // Of this browser's session as it is now: who sends it once more has read whose form it is.
    let posted = Posted(fields).with("csrf", secret);
    error.giving_back(GivenBack { action, posted }).into_response()
}
