//! Mandates in force on the day of a decision, and who had acted in which role.

use super::happened::Events;
use super::words;
use crate::components::{Row, Table};
use crate::legacy::{Page, Part};
use crate::reader::Reader;
use crate::view::kronor;
use idesluss_auditor::dossier::{Acted, MandateSeen, OrderSeen};
use idesluss_auditor::{Author, Dossier, Happened};

pub(super) fn sections(page: &mut Page, reader: &Reader<'_>, dossier: &Dossier) {
    let l = reader.lang;
    let mandates = &dossier.mandates;
    let mut parts = Vec::new();
    if let Some(verified) = &mandates.verified {
        parts.push(Part::Facts(vec![(
            l.t("revision-mandates-verified-with-the-decision").to_owned(),
            format!(
                "{} {}, version {}: {}, {}, {} ({}, evaluation:{})",
                l.t("revision-mandates-clause"),
                verified.clause,
                verified.order_version,
                reader.name(&verified.decider),
                words::gate(l, &verified.gate),
                kronor(l, verified.cost_kronor),
                verified.on,
                verified.position
            ),
        )]));
    }
    match &mandates.order {
        Some(order) => parts.extend(in_force(reader, order)),
        None => parts.push(Part::Note(
            l.t("revision-mandates-no-delegation-order-was-in").to_owned(),
        )),
    }
    if !mandates.later.is_empty() {
        parts.push(later(reader, &mandates.later));
    }
    page.section(l.t("revision-mandates-mandates-in-force-that-day"), parts);
    page.section(
        l.t("revision-mandates-who-had-taken-part"),
        vec![acted(reader, &dossier.acted)],
    );
}

fn in_force(reader: &Reader<'_>, order: &OrderSeen) -> Vec<Part> {
    let l = reader.lang;
    let until = order
        .valid_until
        .as_deref()
        .unwrap_or(l.t("revision-mandates-further-notice"));
    let facts = vec![
        (
            l.t("common-delegation-order").to_owned(),
            format!(
                "{}, version {} ({})",
                reader.organisation(&order.organisation),
                order.version,
                match order.form {
                    "signing-authority" => l.t("revision-mandates-signing-authority"),
                    _ => l.t("revision-mandates-delegation"),
                }
            ),
        ),
        (
            l.t("revision-mandates-adopted").to_owned(),
            format!(
                "{}, {} {}",
                order.adopted_by,
                order.adopted_on,
                order.paragraph.as_deref().unwrap_or_default()
            ),
        ),
        (
            l.t("revision-mandates-valid").to_owned(),
            format!("{} – {until}", order.valid_from),
        ),
    ];
    let row = |mandate: &MandateSeen| {
        let gates: Vec<&str> = mandate.gates.iter().map(|gate| words::gate(l, gate)).collect();
        let mut marks = vec![if mandate.held {
            l.t("revision-mandates-held").to_owned()
        } else {
            l.t("revision-mandates-did-not-hold").to_owned()
        }];
        if mandate.used {
            marks.push(l.t("revision-mandates-was-used").to_owned());
        }
        if let Some(from) = &mandate.handed_on_from {
            marks.push(format!("{} {from}", l.t("revision-mandates-handed-on-from")));
        }
        if let Some(from) = &mandate.revoked_from {
            marks.push(format!("{} {from}", l.t("revision-mandates-revoked-from")));
        }
        Row {
            href: String::new(),
            cells: vec![
                mandate.reference.clone(),
                reader.name(&mandate.holder),
                gates.join(", "),
                kronor(l, mandate.up_to_kronor),
                marks.join(", "),
            ],
            urgent: mandate.used,
        }
    };
    let head = [
        l.t("common-mandate"),
        l.t("common-who"),
        l.t("common-gates"),
        l.t("revision-mandates-up-to"),
        l.t("revision-mandates-that-day"),
    ];
    let table = Table {
        caption: l.t("revision-mandates-all-mandates-under-the-delegation").to_owned(),
        head: head.map(str::to_owned).to_vec(),
        rows: order.mandates.iter().map(row).collect(),
        empty: l.t("revision-mandates-none").to_owned(),
        ..Table::default()
    };
    vec![Part::Facts(facts), table.into()]
}

fn later(reader: &Reader<'_>, later: &[Happened]) -> Part {
    let l = reader.lang;
    let table = Events {
        caption: l.t("revision-mandates-changes-of-the-mandates-after"),
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
        caption: l.t("revision-mandates-who-in-which-role-until").to_owned(),
        head: vec![l.t("common-who").to_owned(), l.t("common-pseudonym").to_owned()],
        rows: acted.iter().map(row).collect(),
        empty: String::new(),
        ..Table::default()
    }
    .into()
}
