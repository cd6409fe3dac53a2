//! Calls for ideas.

use super::{Asked, Way, carry_out};
use crate::act::{Act, Acts};
use crate::components::Link;
use crate::error::WebError;
use crate::form::Form;
use crate::frame::Frame;
use crate::legacy::{Page, Part, facts, text_part};
use crate::offered::Offered;
use crate::posted::Posted;
use crate::refill::WithForms as _;
use crate::session::User;
use crate::view::text;
use axum::extract::{Form as Sent, Path, Query};
use axum::response::Response;
use idesluss_domain::submission::call::{CLOSE_CALL, OPEN_CALL};
use idesluss_domain::submission::idea::rights::SUBMIT;
use idesluss_proto::pb::submission as pb;
use uuid::Uuid;

pub(super) async fn page(user: User, Query(asked): Query<Asked>) -> Result<Response, WebError> {
    build(&user, &asked).await?.draw(&user)
}

/// The page, once what was just done is shown.
async fn build(user: &User, asked: &Asked) -> Result<Page, WebError> {
    let l = user.lang;
    let request = pb::ListCallsRequest {
        query: user.asks(asked.after.as_deref()),
        page_size: 0,
        page_token: asked.page_token.clone(),
    };
    let found = user.services().ask(request).await;
    let found = found.map_err(|status| user.web_error(&status))?;
    let mut page = Page::new(Frame::of(user), l.t("common-calls")).intro(l.t("calls-somebody-with-a-mandate-and"));
    if found.calls.is_empty() {
        page.section("", vec![Part::Note(l.t("calls-there-is-no-call-now").to_owned())]);
    }
    for call in &found.calls {
        let mut parts: Vec<Part> = text_part(l, call.need.as_ref()).into_iter().collect();
        let open = if call.closed {
            l.t("calls-closed")
        } else {
            l.t("calls-open")
        };
        parts.extend(facts([
            (l.t("common-state"), open.to_owned()),
            (l.t("calls-resources"), text(l, call.resources.as_ref())),
            (l.t("common-by"), user.organisation_name(&call.organisation)),
            (l.t("common-until"), call.until.clone()),
            (l.t("calls-what-came-of-it"), text(l, call.outcome.as_ref())),
        ]));
        if !call.closed && SUBMIT.is_for(user.acting_as.role) {
            parts.push(Part::Links(vec![Link {
                href: format!("/ideer/ny?utlysning={}", call.call),
                text: l.t("calls-submit-an-idea-to-the").to_owned(),
            }]));
        }
        if Offered(&call.actions).has(&CLOSE_CALL) {
            let close = Form::folded(
                format!("/utlysningar/{}/stang", call.call),
                l.t("calls-close-the-call"),
                l.t("calls-close"),
            )
            .lines("outcome", l.t("calls-what-came-of-it-2"))
            .optional();
            parts.push(close.into());
        }
        page.section(&text(l, call.title.as_ref()), parts);
    }
    if let Some(next) = asked.next(l, "/utlysningar", &found.next_page_token) {
        page.section("", vec![next]);
    }
    if Offered(&found.actions).has(&OPEN_CALL) {
        let open = Form::folded("/utlysningar", l.t("calls-new-call"), l.t("calls-open-the-call"))
            .hidden("call", Uuid::now_v7().to_string())
            .line("title", l.t("common-title"))
            .lines("need", l.t("calls-what-is-the-need"))
            .lines("resources", l.t("calls-which-resources-are-there"))
            .date("until", l.t("common-until"))
            .optional();
        page.section(l.t("common-what-you-can-do"), vec![open.into()]);
    }
    Ok(page)
}

/// The command behind each form.
const ACTS: &Acts = &[
    ("oppna", Act::one::<pb::OpenCallRequest>()),
    ("stang", Act::one::<pb::CloseCallRequest>().confirmed()),
];

pub(super) async fn open(user: User, Sent(fields): Sent<Vec<(String, String)>>) -> Result<Response, WebError> {
    act(&user, "oppna", "/utlysningar", Posted(fields)).await
}

pub(super) async fn close(
    user: User,
    Path(call): Path<String>,
    Sent(fields): Sent<Vec<(String, String)>>,
) -> Result<Response, WebError> {
    let action = format!("/utlysningar/{call}/stang");
    act(&user, "stang", &action, Posted(fields).with("call", call)).await
}

async fn act(user: &User, act: &str, action: &str, posted: Posted) -> Result<Response, WebError> {
    let way = Way {
        action,
        next: "/utlysningar",
    };
    let asked = Asked::default();
    carry_out(user, (ACTS, act), &posted, way, build(user, &asked)).await
}
