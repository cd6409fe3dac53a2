//! Calls for ideas.

use super::{Asked, Way, carry_out};
use crate::act::{Act, Acts};
use crate::components::{Badges, Card, Cards, Empty, Link, Pager, Prose, Wording, facts, in_all_up_to, written};
use crate::error::WebError;
use crate::form::Form;
use crate::frame::Frame;
use crate::lang::Lang;
use crate::offered::Offered;
use crate::posted::Posted;
use crate::refill::WithForms;
use crate::session::User;
use crate::view::text;
use askama::Template;
use axum::extract::{Form as Sent, Path, Query};
use axum::response::Response;
use idesluss_domain::submission::call::{CLOSE_CALL, OPEN_CALL};
use idesluss_domain::submission::idea::rights::SUBMIT;
use idesluss_proto::pb::submission as pb;
use uuid::Uuid;

/// Calls, a card each.
#[derive(Template)]
#[template(path = "calls.html")]
struct CallsPage {
    frame: Frame,
    calls: Cards,
    pager: Pager,
    /// A new call; None: the reader opens none.
    open: Option<Form>,
}

impl WithForms for CallsPage {
    fn frame(&mut self) -> &mut Frame {
        &mut self.frame
    }

    fn forms(&mut self) -> Vec<&mut Form> {
        let close = self.calls.cards.iter_mut().filter_map(|call| call.form.as_mut());
        close.chain(&mut self.open).collect()
    }

    fn subject(&self, action: &str) -> Option<(Wording, Badges)> {
        let is_its = |card: &&Card| card.form.as_ref().is_some_and(|form| form.action == action);
        let card = self.calls.cards.iter().find(is_its)?;
        Some((card.title.clone(), card.badges.clone()))
    }
}

/// A call: what is needed, by whom, and how an idea is submitted to it.
fn card(user: &User, call: &pb::Call) -> Card {
    let l = user.lang;
    let is_open = !call.closed;
    Card {
        title: text(l, call.title.as_ref()),
        badges: Badges::default().and(
            match is_open {
                true => l.t("calls-open"),
                false => l.t("calls-closed"),
            },
            false,
        ),
        prose: Prose(text(l, call.need.as_ref())),
        texts: written([
            (l.t("calls-resources"), text(l, call.resources.as_ref())),
            (l.t("calls-what-came-of-it"), text(l, call.outcome.as_ref())),
        ]),
        about: facts([
            (l.t("common-by"), user.organisation_name(&call.organisation)),
            (
                l.t("common-until"),
                match is_open {
                    true => l.day(&call.until),
                    false => String::new(),
                },
            ),
        ]),
        act: (is_open && SUBMIT.is_for(user.acting_as.role)).then(|| {
            Link::new(
                format!("/ideer/ny?utlysning={}", call.call),
                l.t("calls-submit-an-idea-to-the"),
            )
        }),
        form: Offered(&call.actions)
            .has(&CLOSE_CALL)
            .then(|| close_form(l, &call.call)),
        ..Card::default()
    }
}

pub(super) fn open_form(l: Lang) -> Form {
    Form::of(ACTS, "/utlysningar", "oppna", l.t("calls-open-the-call"))
        .sent_to("/utlysningar")
        .folded(l.t("calls-new-call"))
        .hidden("call", Uuid::now_v7().to_string())
        .ask("title", l.t("common-title"))
        .ask("need", l.t("calls-what-is-the-need"))
        .ask("resources", l.t("calls-which-resources-are-there"))
        .ask("until", l.t("common-until"))
}

pub(super) fn close_form(l: Lang, call: &str) -> Form {
    Form::of(ACTS, &format!("/utlysningar/{call}"), "stang", l.t("calls-close"))
        .folded(l.t("calls-close-the-call"))
        .ask("outcome", l.t("calls-what-came-of-it-2"))
}

pub(super) async fn page(user: User, Query(asked): Query<Asked>) -> Result<Response, WebError> {
    build(&user, &asked).await?.draw(&user)
}

/// The page, once what was just done is shown.
async fn build(user: &User, asked: &Asked) -> Result<CallsPage, WebError> {
    let l = user.lang;
    let request = pb::ListCallsRequest {
        query: user.asks(asked.after.as_deref()),
        page_size: 0,
        page_token: asked.page_token.clone(),
    };
    let found = user.services().ask(request).await;
    let found = found.map_err(|status| user.web_error(&status))?;
    Ok(CallsPage {
        frame: Frame::of(user),
        calls: Cards {
            caption: in_all_up_to(l, l.t("calls-all-calls-the-open-first"), found.total),
            cards: found.calls.iter().map(|call| card(user, call)).collect(),
            empty: Empty::new(
                l.t("calls-there-is-no-call-now"),
                user.link::<pb::SubmitIdeaRequest>("/ideer/ny", "common-submit-an-idea"),
            ),
        },
        pager: asked.pager(l, "/utlysningar", &found.next_page_token),
        open: Offered(&found.actions).has(&OPEN_CALL).then(|| open_form(l)),
    })
}

/// The command behind each form.
pub(super) const ACTS: &Acts = &[
    ("oppna", Act::one::<pb::OpenCallRequest>()),
    ("stang", Act::one::<pb::CloseCallRequest>()),
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
