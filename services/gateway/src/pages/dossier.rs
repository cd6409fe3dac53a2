//! A decision with everything that it rests on, for those who look back.

use super::evaluation_view::EvaluationView;
use crate::components::{Facts, Row, Table, facts};
use crate::error::WebError;
use crate::frame::Frame;
use crate::lang::Lang;
use crate::phrases;
use crate::session::User;
use crate::view::{drawn, moment};
use askama::Template;
use axum::extract::Path;
use axum::response::Response;
use idesluss_domain::words::Role;
use idesluss_proto::pb::evaluation as pb;

/// A decision's evaluation, and what was known of it when.
#[derive(Template)]
#[template(path = "dossier.html")]
struct DossierPage {
    frame: Frame,
    view: EvaluationView,
    basis: Facts,
    known: Table,
}

pub(super) async fn page(user: User, Path(evaluation): Path<String>) -> Result<Response, WebError> {
    let l = user.lang;
    let request = pb::GetDecisionRequest {
        query: user.asks(None),
        evaluation,
    };
    let found = user.services().ask(request).await;
    let found = found.map_err(|status| user.web_error(&status))?;
    let shown = found.evaluation.unwrap_or_default();
    let basis = shown.decision.as_ref().and_then(|decision| decision.basis.as_ref());
    let row = |entry: &pb::DossierEntry| {
        let seen = match (entry.seen, entry.received) {
            (true, _) => l.t("common-seen"),
            (false, true) => l.t("common-received-not-seen"),
            (false, false) => l.t("common-later"),
        };
        let kind = entry.r#type.rsplit('.').next().unwrap_or_default();
        Row::of([
            phrases::event(l, kind),
            moment(l, &entry.recorded),
            match entry.role.parse() {
                Ok(role) if entry.actor.is_empty() || role == Role::Service => phrases::role(l, role).to_owned(),
                _ => user.name(&entry.actor),
            },
            seen.to_owned(),
            entry
                .position
                .map_or_else(|| "–".to_owned(), |position| position.to_string()),
        ])
    };
    let head = [
        l.t("common-what"),
        l.t("common-recorded"),
        l.t("common-who"),
        l.t("dossier-the-decider-had"),
        l.t("dossier-position"),
    ];
    let table = Table::new(l.t("dossier-everything-about-the-evaluation-and"), head);
    let page = DossierPage {
        frame: Frame::of(&user),
        basis: basis.map(|basis| rests_on(l, basis)).unwrap_or_default(),
        known: table.rows(found.entries.iter().map(row)),
        view: EvaluationView::of(&user, &shown, false),
    };
    drawn(&user, &page)
}

/// What whoever decided had received, by number.
fn rests_on(l: Lang, basis: &pb::Basis) -> Facts {
    let sources =
        (basis.sources.iter()).map(|source| format!("{} {}:{}", source.source, source.epoch, source.sequence));
    facts([
        (l.t("dossier-the-confirmed-page-was-drawn"), l.grouped(basis.seen)),
        (l.t("common-entries-in-the-journal-then"), l.grouped(basis.size)),
        (l.t("common-root-over-them"), basis.root.clone()),
        (l.t("common-received-from"), sources.collect::<Vec<_>>().join("; ")),
        (l.t("common-version-of-the-brief"), basis.brief_version.to_string()),
    ])
}
