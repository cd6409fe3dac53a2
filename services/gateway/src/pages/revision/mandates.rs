//! Mandates in force on the day of a decision, and who had acted in which role.

use super::happened::Events;
use super::words;
use crate::reader::Reader;
use crate::view::{Page, Part, Row, Table, kronor};
use idesluss_auditor::dossier::{Acted, MandateSeen, OrderSeen};
use idesluss_auditor::{Author, Dossier, Happened};

pub(super) fn sections(page: &mut Page, reader: &Reader<'_>, dossier: &Dossier) {
    let l = reader.lang;
    let mandates = &dossier.mandates;
    let mut parts = Vec::new();
    if let Some(verified) = &mandates.verified {
        parts.push(Part::Facts(vec![(
            l.t("Kontrollerat vid beslutet", "Verified with the decision")
                .to_owned(),
            format!(
                "{} {}, version {}: {}, {}, {} ({}, evaluation:{})",
                l.t("punkt", "clause"),
                verified.clause,
                verified.order_version,
                reader.name(&verified.decider),
                words::gate(l, &verified.gate),
                kronor(verified.cost_kronor),
                verified.on,
                verified.position
            ),
        )]));
    }
    match &mandates.order {
        Some(order) => parts.extend(in_force(reader, order)),
        None => parts.push(Part::Note(
            l.t(
                "Ingen delegationsordning gällde den dagen.",
                "No delegation order was in force that day.",
            )
            .to_owned(),
        )),
    }
    if !mandates.later.is_empty() {
        parts.push(later(reader, &mandates.later));
    }
    page.section(l.t("Mandat som gällde den dagen", "Mandates in force that day"), parts);
    page.section(
        l.t("Vilka som hade deltagit", "Who had taken part"),
        vec![acted(reader, &dossier.acted)],
    );
}

fn in_force(reader: &Reader<'_>, order: &OrderSeen) -> Vec<Part> {
    let l = reader.lang;
    let until = order
        .valid_until
        .as_deref()
        .unwrap_or(l.t("tills vidare", "further notice"));
    let facts = vec![
        (
            l.t("Delegationsordning", "Delegation order").to_owned(),
            format!(
                "{}, version {} ({})",
                reader.organisation(&order.organisation),
                order.version,
                match order.form {
                    "signing-authority" => l.t("firmateckning", "signing authority"),
                    _ => l.t("delegation", "delegation"),
                }
            ),
        ),
        (
            l.t("Antagen", "Adopted").to_owned(),
            format!(
                "{}, {} {}",
                order.adopted_by,
                order.adopted_on,
                order.paragraph.as_deref().unwrap_or_default()
            ),
        ),
        (
            l.t("Gäller", "Valid").to_owned(),
            format!("{} – {until}", order.valid_from),
        ),
    ];
    let row = |mandate: &MandateSeen| {
        let gates: Vec<&str> = mandate.gates.iter().map(|gate| words::gate(l, gate)).collect();
        let mut marks = vec![if mandate.held {
            l.t("gällde", "held").to_owned()
        } else {
            l.t("gällde inte", "did not hold").to_owned()
        }];
        if mandate.used {
            marks.push(l.t("användes", "was used").to_owned());
        }
        if let Some(from) = &mandate.handed_on_from {
            marks.push(format!("{} {from}", l.t("vidarelämnat från", "handed on from")));
        }
        if let Some(from) = &mandate.revoked_from {
            marks.push(format!("{} {from}", l.t("återkallat från", "revoked from")));
        }
        Row {
            href: String::new(),
            cells: vec![
                mandate.reference.clone(),
                reader.name(&mandate.holder),
                gates.join(", "),
                kronor(mandate.up_to_kronor),
                marks.join(", "),
            ],
            urgent: mandate.used,
        }
    };
    let head = [
        l.t("Mandat", "Mandate"),
        l.t("Vem", "Who"),
        l.t("Grindar", "Gates"),
        l.t("Högst", "Up to"),
        l.t("Den dagen", "That day"),
    ];
    let table = Table {
        caption: l
            .t(
                "Alla mandat enligt delegationsordningen",
                "All mandates under the delegation order",
            )
            .to_owned(),
        head: head.map(str::to_owned).to_vec(),
        rows: order.mandates.iter().map(row).collect(),
        empty: l.t("Inga.", "None.").to_owned(),
    };
    vec![Part::Facts(facts), table.into()]
}

fn later(reader: &Reader<'_>, later: &[Happened]) -> Part {
    let l = reader.lang;
    let table = Events {
        caption: l.t(
            "Ändringar av mandaten efter beslutet",
            "Changes of the mandates after the decision",
        ),
        columns: &[],
        empty: "",
    };
    table.draw(reader, later.iter().map(|happened| (happened, vec![])))
}

fn acted(reader: &Reader<'_>, acted: &[Acted]) -> Part {
    let l = reader.lang;
    let row = |acted: &Acted| {
        let author = Author {
            person: acted.person.clone(),
            role: acted.role.clone(),
            organisation: acted.organisation.clone(),
        };
        Row {
            href: String::new(),
            cells: vec![words::who(reader, &author), acted.person.clone()],
            urgent: false,
        }
    };
    Table {
        caption: l
            .t(
                "Vem, i vilken roll, till och med beslutet",
                "Who, in which role, until the decision",
            )
            .to_owned(),
        head: vec![l.t("Vem", "Who").to_owned(), l.t("Pseudonym", "Pseudonym").to_owned()],
        rows: acted.iter().map(row).collect(),
        empty: String::new(),
    }
    .into()
}
