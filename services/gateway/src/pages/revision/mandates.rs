//! Mandates in force on the day of a decision, and who had acted in which role.

use super::happened::Events;
use super::words;
use crate::components::{Facts, Row, Table, Traced, Wording, facts};
use crate::reader::Reader;
use crate::view::kronor;
use idesluss_auditor::dossier::{Acted, MandateSeen, OrderSeen, Verified};
use idesluss_auditor::{Author, Happened};

/// The mandates as they stood that day.
pub(super) struct MandatesView {
    pub(super) verified: Facts,
    /// The delegation order and its mandates; None: none was in force.
    pub(super) order: Option<(Facts, Table)>,
    /// What became of them afterwards; None: nothing.
    pub(super) later: Option<Traced>,
}

impl MandatesView {
    pub(super) fn of(reader: &Reader<'_>, mandates: &idesluss_auditor::dossier::Mandates) -> Self {
        let verified = mandates.verified.as_ref();
        Self {
            verified: verified.map_or_else(Facts::default, |verified| checked(reader, verified)),
            order: mandates.order.as_ref().map(|order| in_force(reader, order)),
            later: (!mandates.later.is_empty()).then(|| later(reader, &mandates.later)),
        }
    }
}

fn checked(reader: &Reader<'_>, verified: &Verified) -> Facts {
    let l = reader.lang;
    let said = l.say(
        "revision-mandates-clause",
        &[
            ("clause", &verified.clause),
            ("version", &verified.order_version.to_string()),
            ("who", &reader.name(&verified.decider)),
            ("gate", words::gate(l, &verified.gate)),
            ("cost", &kronor(l, verified.cost_kronor)),
            ("day", &reader.day(&verified.on)),
            ("place", &format!("evaluation:{}", verified.position)),
        ],
    );
    facts([(l.t("revision-mandates-verified-with-the-decision"), said)])
}

fn in_force(reader: &Reader<'_>, order: &OrderSeen) -> (Facts, Table) {
    let l = reader.lang;
    let until = match &order.valid_until {
        Some(until) => reader.day(until),
        None => l.t("revision-mandates-further-notice").to_owned(),
    };
    let form = match order.form {
        "signing-authority" => l.t("revision-mandates-signing-authority"),
        _ => l.t("revision-mandates-delegation"),
    };
    let version = [
        ("organisation", &*reader.organisation(&order.organisation)),
        ("version", &order.version.to_string()),
        ("form", form),
    ];
    let adopted = format!(
        "{}, {} {}",
        order.adopted_by,
        reader.day(&order.adopted_on),
        order.paragraph.as_deref().unwrap_or_default()
    );
    let about = facts([
        (
            l.t("common-delegation-order"),
            l.say("revision-mandates-order-in-version", &version).into(),
        ),
        (l.t("revision-mandates-adopted"), Wording::written(adopted)),
        (
            l.t("revision-mandates-valid"),
            format!("{} – {until}", reader.day(&order.valid_from)).into(),
        ),
    ]);
    let head = [
        l.t("common-mandate"),
        l.t("common-who"),
        l.t("common-gates"),
        l.t("revision-mandates-up-to"),
        l.t("revision-mandates-that-day"),
    ];
    let table = Table::new(l.t("revision-mandates-all-mandates-under-the-delegation"), head)
        .rows(order.mandates.iter().map(|mandate| row(reader, mandate)))
        .or(l.t("revision-mandates-none"));
    (about, table)
}

fn row(reader: &Reader<'_>, mandate: &MandateSeen) -> Row {
    let l = reader.lang;
    let gates: Vec<&str> = mandate.gates.iter().map(|gate| words::gate(l, gate)).collect();
    let held = match mandate.held {
        true => l.t("revision-mandates-held"),
        false => l.t("revision-mandates-did-not-hold"),
    };
    let mut marks = vec![held.to_owned()];
    if mandate.used {
        marks.push(l.t("revision-mandates-was-used").to_owned());
    }
    if let Some(from) = &mandate.handed_on_from {
        marks.push(l.say("revision-mandates-handed-on-from", &[("mandate", from)]));
    }
    if let Some(from) = &mandate.revoked_from {
        marks.push(l.say("revision-mandates-revoked-from", &[("day", &reader.day(from))]));
    }
    Row {
        urgent: mandate.used,
        ..Row::of([
            mandate.reference.clone(),
            reader.name(&mandate.holder),
            gates.join(", "),
            kronor(l, mandate.up_to_kronor),
            marks.join(", "),
        ])
    }
}

fn later(reader: &Reader<'_>, later: &[Happened]) -> Traced {
    let table = Events {
        caption: reader.lang.t("revision-mandates-changes-of-the-mandates-after"),
        columns: &[],
        empty: "",
    };
    table.draw(reader, later.iter().map(|happened| (happened, vec![])))
}

/// Who had acted in which role by then.
pub(super) fn acted(reader: &Reader<'_>, acted: &[Acted]) -> Traced {
    let l = reader.lang;
    let row = |acted: &Acted| {
        let author = Author {
            person: acted.person.clone(),
            role: acted.role.clone(),
            organisation: acted.organisation.clone(),
        };
        Row::of([words::who(reader, &author), acted.person.clone()])
    };
    let head = [l.t("common-who"), l.t("common-pseudonym")];
    let table = Table::new(l.t("revision-mandates-who-in-which-role-until"), head).rows(acted.iter().map(row));
    Traced::new(l, table, &[1])
}
