//! What an organisation's pages look like: a stylesheet with its colour, and its logo.

use crate::session::{User, Web};
use axum::extract::{Path, State};
use axum::response::{IntoResponse as _, Response};
use http::{StatusCode, header};
use idesluss_domain::identity::organisations::USUAL_TERMS;
use idesluss_runtime::Shown;
use std::sync::Arc;

/// Its colour as the one stylesheet's own names say it. A look of long ago shows for a minute at the most.
pub(super) async fn colour(State(web): State<Arc<Web>>, Path(organisation): Path<String>) -> Response {
    match shown(&web, &organisation).and_then(|shown| shown.colour) {
        Some(colour) => {
            let headers = [
                (header::CONTENT_TYPE, "text/css; charset=utf-8"),
                (header::CACHE_CONTROL, "max-age=60"),
            ];
            (headers, format!(":root {{ --brand: {colour}; }}\n")).into_response()
        }
        None => StatusCode::NOT_FOUND.into_response(),
    }
}

/// Its logo.
pub(super) async fn logo(State(web): State<Arc<Web>>, Path(organisation): Path<String>) -> Response {
    match shown(&web, &organisation).and_then(|shown| shown.logo) {
        Some(picture) => {
            let headers = [
                (header::CONTENT_TYPE, "image/png"),
                (header::CACHE_CONTROL, "max-age=60"),
            ];
            (headers, picture).into_response()
        }
        None => StatusCode::NOT_FOUND.into_response(),
    }
}

fn shown(web: &Web, organisation: &str) -> Option<Shown> {
    let directory = web.directory();
    let known = directory.organisation(&organisation.parse().ok()?)?;
    Some(known.shown.clone())
}

impl User {
    /// What the terms are called that this person accepts with an idea.
    pub(crate) fn terms_in_force(&self) -> String {
        let directory = self.web.directory();
        let own = directory.organisation(&self.acting_as.organisation);
        let told = own.map(|own| own.shown.terms_in_force.clone()).unwrap_or_default();
        // Until identity has told of organisations, none has adopted any.
        if told.is_empty() { USUAL_TERMS.to_owned() } else { told }
    }
}
