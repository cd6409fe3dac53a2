//! Who may decide what, and by what is assessed.

use super::Asked;
use crate::door::Visitor;
use crate::error::WebError;
use crate::phrases;
use crate::view::{Page, Part, Row, Table, facts, kronor};
use axum::extract::Query;
use axum::response::Response;
use idesluss_proto::pb::evaluation as pb;

pub(super) async fn page(visitor: Visitor, Query(asked): Query<Asked>) -> Result<Response, WebError> {
    let l = visitor.lang;
    let request = pb::GetDelegationOrderRequest {
        query: visitor.asks(asked.efter.as_deref()),
        on: String::new(),
    };
    let found = visitor.services().evaluations.get_delegation_order(request).await;
    let order = found.map_err(|status| visitor.said(&status))?.into_inner();
    let mut page = Page::new(l.t("Mandat och kriterier", "Mandates and criteria"));
    let mut parts: Vec<Part> = Vec::new();
    if order.version == 0 {
        parts.push(Part::Note(
            l.t(
                "Ingen delegationsordning gäller i dag.",
                "No delegation order is in force today.",
            )
            .to_owned(),
        ));
    } else {
        parts.extend(facts([
            (l.t("Version", "Version"), order.version.to_string()),
            (
                l.t("Antagen av", "Adopted by"),
                format!("{} {} {}", order.adopted_by, order.adopted_on, order.paragraph),
            ),
            (l.t("Gäller från", "In force from"), order.valid_from.clone()),
            (l.t("Gäller till", "In force until"), order.valid_until.clone()),
        ]));
        let row = |mandate: &pb::Mandate| Row {
            href: String::new(),
            cells: vec![
                mandate.reference.clone(),
                visitor.name(&mandate.holder),
                mandate
                    .gates()
                    .map(|gate| phrases::gate(l, gate))
                    .collect::<Vec<_>>()
                    .join(", "),
                kronor(mandate.up_to_kronor),
                if mandate.revoked_from.is_empty() {
                    mandate.valid_until.clone()
                } else {
                    format!("{} {}", l.t("återkallat", "revoked"), mandate.revoked_from)
                },
            ],
            urgent: false,
        };
        parts.push(Part::Table(Table {
            caption: l.t("Mandat", "Mandates").to_owned(),
            head: [
                l.t("Referens", "Reference"),
                l.t("Innehavare", "Holder"),
                l.t("Grindar", "Gates"),
                l.t("Högst", "At most"),
                l.t("Till och med", "Until"),
            ]
            .map(str::to_owned)
            .to_vec(),
            rows: order.mandates.iter().map(row).collect(),
            empty: String::new(),
        }));
    }
    page.section(l.t("Delegationsordning", "Delegation order"), parts);
    let request = pb::ListCriteriaSetsRequest {
        query: visitor.asks(None),
    };
    let sets = visitor.services().evaluations.list_criteria_sets(request).await;
    let sets = sets.map_err(|status| visitor.said(&status))?.into_inner();
    if let Some(set) = sets.sets.first() {
        let row = |criterion: &pb::Criterion| Row {
            href: String::new(),
            cells: vec![
                l.t(&criterion.name_sv, &criterion.name_en).to_owned(),
                criterion.weight.to_string(),
            ],
            urgent: false,
        };
        let table = Table {
            caption: format!("{} ({} {})", set.name, l.t("version", "version"), set.version),
            head: [l.t("Kriterium", "Criterion"), l.t("Vikt", "Weight")]
                .map(str::to_owned)
                .to_vec(),
            rows: set.criteria.iter().map(row).collect(),
            empty: String::new(),
        };
        page.section(l.t("Kriterier", "Criteria"), vec![table.into()]);
    }
    page.draw(&visitor)
}
