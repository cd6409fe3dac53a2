//! A decision with everything that it rests on, for those who look back.

use crate::error::WebError;
use crate::phrases;
use crate::refill::WithForms as _;
use crate::session::User;
use crate::view::{Part, Row, Table, facts, moment};
use axum::extract::Path;
use axum::response::Response;
use idesluss_domain::words::Role;
use idesluss_proto::pb::evaluation as pb;

pub(super) async fn page(user: User, Path(evaluation): Path<String>) -> Result<Response, WebError> {
    let l = user.lang;
    let request = pb::GetDecisionRequest {
        query: user.asks(None),
        evaluation,
    };
    let found = user.services().ask(request).await;
    let found = found.map_err(|status| user.web_error(&status))?;
    let shown = found.evaluation.unwrap_or_default();
    let mut page = super::evaluation::draw(&user, &shown);
    if let Some(basis) = shown.decision.and_then(|decision| decision.basis) {
        let sources = basis
            .sources
            .iter()
            .map(|source| format!("{} {}:{}", source.source, source.epoch, source.sequence));
        let parts: Vec<Part> = facts([
            (l.t("dossier-the-confirmed-page-was-drawn"), basis.seen.to_string()),
            (l.t("common-entries-in-the-journal-then"), basis.size.to_string()),
            (l.t("common-root-over-them"), basis.root.clone()),
            (l.t("common-received-from"), sources.collect::<Vec<_>>().join("; ")),
            (l.t("common-version-of-the-brief"), basis.brief_version.to_string()),
        ]);
        page.section(l.t("common-what-the-decision-rests-on"), parts);
    }
    let row = |entry: &pb::DossierEntry| {
        let seen = match (entry.seen, entry.received) {
            (true, _) => l.t("common-seen"),
            (false, true) => l.t("common-received-not-seen"),
            (false, false) => l.t("common-later"),
        };
        let kind = entry.r#type.rsplit('.').next().unwrap_or_default();
        Row {
            href: String::new(),
            cells: vec![
                phrases::event(l, kind),
                moment(&entry.recorded),
                match entry.role.parse() {
                    Ok(role) if entry.actor.is_empty() || role == Role::Service => phrases::role(l, role).to_owned(),
                    _ => user.name(&entry.actor),
                },
                seen.to_owned(),
                entry
                    .position
                    .map_or_else(|| "–".to_owned(), |position| position.to_string()),
            ],
            urgent: false,
        }
    };
    let head = [
        l.t("common-what"),
        l.t("common-recorded"),
        l.t("common-who"),
        l.t("dossier-the-decider-had"),
        l.t("dossier-position"),
    ];
    let table = Table {
        caption: l.t("dossier-everything-about-the-evaluation-and").to_owned(),
        head: head.map(str::to_owned).to_vec(),
        rows: found.entries.iter().map(row).collect(),
        empty: String::new(),
    };
    page.section(l.t("dossier-what-was-known"), vec![table.into()]);
    page.draw(&user)
}
