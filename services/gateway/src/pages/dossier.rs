//! A decision with everything that it rests on, for those who look back.

use crate::error::WebError;
use crate::phrases;
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
            (
                l.t("Sidan som bekräftades drogs vid", "The confirmed page was drawn at"),
                basis.seen.to_string(),
            ),
            (
                l.t("Poster i journalen då", "Entries in the journal then"),
                basis.size.to_string(),
            ),
            (l.t("Rot över dem", "Root over them"), basis.root.clone()),
            (
                l.t("Mottaget från", "Received from"),
                sources.collect::<Vec<_>>().join("; "),
            ),
            (
                l.t("Underlagets version", "Version of the brief"),
                basis.brief_version.to_string(),
            ),
        ]);
        page.section(l.t("Vad beslutet vilar på", "What the decision rests on"), parts);
    }
    let row = |entry: &pb::DossierEntry| {
        let seen = match (entry.seen, entry.received) {
            (true, _) => l.t("sett", "seen"),
            (false, true) => l.t("mottaget, inte sett", "received, not seen"),
            (false, false) => l.t("senare", "later"),
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
        l.t("Vad", "What"),
        l.t("Noterat", "Recorded"),
        l.t("Vem", "Who"),
        l.t("Beslutsfattaren hade", "The decider had"),
        l.t("Position", "Position"),
    ];
    let table = Table {
        caption: l
            .t(
                "Allt om bedömningen och idén, i ordning",
                "Everything about the evaluation and the idea, in order",
            )
            .to_owned(),
        head: head.map(str::to_owned).to_vec(),
        rows: found.entries.iter().map(row).collect(),
        empty: String::new(),
    };
    page.section(l.t("Vad som var känt", "What was known"), vec![table.into()]);
    page.draw(&user)
}
