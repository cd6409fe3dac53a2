//! What an organisation's pages look like: a stylesheet with its colour, and its logo.

use crate::session::{User, Web};
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use http::{StatusCode, header};
use idesluss_domain::identity::terms::USUAL_TERMS;
use idesluss_runtime::Shown;
use std::sync::Arc;

/// Its colour as the one stylesheet's own names say it, and a darker one of it. A look of long ago shows for a minute at the most.
pub(super) async fn colour(State(web): State<Arc<Web>>, Path(organisation): Path<String>) -> Response {
    let colour = shown(&web, &organisation, |shown| shown.colour);
    let style =
        |colour| format!(":root {{ --brand: color-mix(in srgb, {colour} 80%, black); --brand-2: {colour}; }}\n");
    answer("text/css; charset=utf-8", colour.map(style))
}

/// Its logo.
pub(super) async fn logo(State(web): State<Arc<Web>>, Path(organisation): Path<String>) -> Response {
    answer("image/png", shown(&web, &organisation, |shown| shown.logo.clone()))
}

fn answer(kind: &'static str, what: Option<impl IntoResponse>) -> Response {
    let headers = [(header::CONTENT_TYPE, kind), (header::CACHE_CONTROL, "max-age=60")];
    what.map_or_else(
        || StatusCode::NOT_FOUND.into_response(),
        |what| (headers, what).into_response(),
    )
}

fn shown<T>(web: &Web, organisation: &str, of: impl FnOnce(&Shown) -> Option<T>) -> Option<T> {
    let directory = web.directory();
    of(&directory.organisation(&organisation.parse().ok()?)?.shown)
}

impl User {
    /// The logo of the organisation that this person acts for.
    pub(crate) fn logo(&self) -> Option<Vec<u8>> {
        shown(&self.web, self.acting_as.organisation.as_str(), |shown| {
            shown.logo.clone()
        })
    }

    /// What the terms are called that this person accepts with an idea.
    pub(crate) fn terms_in_force(&self) -> String {
        let directory = self.web.directory();
        let own = directory.organisation(&self.acting_as.organisation);
        let told = own.map(|own| own.shown.terms_in_force.clone()).unwrap_or_default();
        // Until identity has told of organisations, none has adopted any.
        if told.is_empty() { USUAL_TERMS.to_owned() } else { told }
    }
}
