//! A page about an error stands within what stands around all of somebody's pages: the menu leads on.

use crate::error::WebError;
use crate::frame::Frame;
use crate::session::{User, Web};
use axum::extract::{FromRequestParts as _, Request, State};
use axum::middleware::Next;
use axum::response::Response;
use http::header;
use std::sync::Arc;

/// Draws an error's page anew as all pages of this web are, for whoever is signed in with their menu.
pub(crate) async fn errors(State(web): State<Arc<Web>>, request: Request, next: Next) -> Response {
    let (mut parts, body) = request.into_parts();
    let response = next.run(Request::from_parts(parts.clone(), body)).await;
    let Some(error) = response.extensions().get::<WebError>().cloned() else {
        return response;
    };
    let frame = match User::from_request_parts(&mut parts, &web).await {
        Ok(user) => Frame::of(&user),
        Err(_) => Frame::of_nobody(&web, error.lang()),
    };
    let mut framed = error.within(frame);
    *framed.status_mut() = response.status();
    // Such as which methods there are.
    for (name, value) in response.headers() {
        framed.headers_mut().entry(name).or_insert_with(|| value.clone());
    }
    framed.headers_mut().remove(header::CONTENT_LENGTH);
    framed
}
