//! How values become words on pages, and pages answers.

use crate::components::Wording;
use crate::error::{ErrorKind, WebError};
use crate::lang::Lang;
use crate::session::{self, User};
use askama::Template;
use axum::response::{Html, IntoResponse as _, Response};
use idesluss_proto::pb::command::{Text, TextState};

/// Draws a template for a user. What was just done is said once; in which language a form was asked for is kept.
pub(crate) fn drawn(user: &User, template: &impl Template) -> Result<Response, WebError> {
    let html = template.render().map_err(|error| {
        tracing::error!(%error, "a page could not be drawn");
        WebError::new(user.lang, ErrorKind::Ours)
    })?;
    let mut response = Html(html).into_response();
    if user.done.is_some() {
        session::forget_done(&mut response, &user.web.exposure.origin);
    }
    if user.is_looking {
        session::keep_language(&mut response, &user.web.exposure.origin, user.lang);
    }
    Ok(response)
}

/// A text as the asker may read it: where they may not, our words on why.
pub(crate) fn text(l: Lang, text: Option<&Text>) -> Wording {
    let Some(text) = text else { return Wording::default() };
    match text.state() {
        TextState::Readable => Wording::written(&text.text),
        TextState::Erased => l.t("common-erased-by-decision").into(),
        TextState::KeyMissing => l.t("common-cant-be-read-its-key").into(),
        TextState::Hidden => l.t("common-not-shown-to-you-now").into(),
        TextState::Unspecified => Wording::default(),
    }
}

/// The day and minute of a time in UTC, in Sweden. Older registers know some times less precisely: as they are.
pub(crate) fn moment(l: Lang, time: &str) -> String {
    in_sweden(l, time, "%H:%M").unwrap_or_else(|| l.day(time))
}

/// The same to the second: on one day much can happen.
pub(crate) fn to_the_second(l: Lang, time: &str) -> String {
    in_sweden(l, time, "%H:%M:%S").unwrap_or_else(|| time.to_owned())
}

fn in_sweden(l: Lang, time: &str, exactly: &str) -> Option<String> {
    let zoned = time.parse::<jiff::Timestamp>().ok()?.in_tz("Europe/Stockholm").ok()?;
    let of = |form: &str| zoned.strftime(form).to_string();
    Some(l.moment(&of("%Y-%m-%d"), &of(exactly)))
}

/// A number of kronor, as the language writes it.
pub(crate) fn kronor(l: Lang, amount: u64) -> String {
    l.say("format-kronor", &[("amount", &l.grouped(amount))])
}
