//! Things and their states as they stand on these pages.

use crate::lang::Lang;
use crate::phrases;
use crate::session::User;
use crate::view::moment;
use idesluss_auditor::dossier::TextNow;
use idesluss_auditor::{Author, Happened};
use std::collections::BTreeMap;

/// What kind of thing, in the plural.
pub(super) fn things(l: Lang, thing: &str) -> &str {
    match thing {
        "idea" => l.t("Idéer", "Ideas"),
        "call" => l.t("Utlysningar", "Calls"),
        "evaluation" => l.t("Bedömningar", "Evaluations"),
        "solution" => l.t("Lösningar", "Solutions"),
        "adoption" => l.t("Införanden", "Adoptions"),
        other => other,
    }
}

/// What kind of thing.
pub(super) fn thing(l: Lang, thing: &str) -> &str {
    match thing {
        "idea" => l.t("Idé", "Idea"),
        "call" => l.t("Utlysning", "Call"),
        "evaluation" => l.t("Bedömning", "Evaluation"),
        "solution" => l.t("Lösning", "Solution"),
        "adoption" => l.t("Införande", "Adoption"),
        other => other,
    }
}

/// A state, as the auditor's library words it.
pub(super) fn state(l: Lang, thing: &str, state: &str) -> String {
    let words = match (thing, state) {
        ("call", "open") => l.t("öppen", "open"),
        ("call", "closed") => l.t("stängd", "closed"),
        ("idea", "submitted") => l.t("inlämnad", "submitted"),
        ("idea", "needs clarification") => l.t("väntar på idégivaren", "waits for the submitter"),
        ("idea", "accepted") => l.t("antagen", "accepted"),
        ("idea", "in evaluation") => l.t("bedöms", "in evaluation"),
        ("idea", "decided") => l.t("beslutad", "decided"),
        ("idea", "at home") => l.t("hos verksamheten", "at home"),
        ("idea", "referred") => l.t("slussad vidare", "referred"),
        ("idea", "declined") => l.t("avböjd", "declined"),
        ("idea", "duplicate") => l.t("går vidare som en annan idé", "goes on as another idea"),
        ("idea", "superseded") => l.t("ersatt", "superseded"),
        ("idea", "parked") => l.t("vilande", "parked"),
        ("idea", "withdrawn") => l.t("återtagen", "withdrawn"),
        ("idea", "closed") => l.t("avslutad", "closed"),
        ("evaluation", "taken over") => l.t("övertagen från ett äldre register", "taken over from an older register"),
        ("evaluation", "assessing") => l.t("bedömare bedömer", "assessors assess"),
        ("evaluation", "revealed") => l.t("omdömena visade", "assessments shown"),
        ("evaluation", "recommended") => l.t("rekommenderad", "recommended"),
        ("evaluation", "closed") => l.t("stängd utan beslut", "closed without a decision"),
        ("evaluation", "decided") => l.t("beslutad", "decided"),
        ("solution", "drafted") => l.t("utkast", "draft"),
        ("solution", "published") => l.t("erbjuds", "offered"),
        ("solution", "retired") => l.t("erbjuds inte längre", "no longer offered"),
        ("adoption", "interested") => l.t("intresse", "interest"),
        ("adoption", "decided") => l.t("beslutat", "decided"),
        ("adoption", "started") => l.t("påbörjat", "started"),
        ("adoption", "in use") => l.t("i bruk", "in use"),
        ("adoption", "discontinued") => l.t("avslutat", "discontinued"),
        (_, other) => other,
    };
    words.to_owned()
}

/// A gate by its word in the journal.
pub(super) fn gate(l: Lang, gate: &str) -> &str {
    match gate {
        "opportunity" => l.t("Möjlighet", "Opportunity"),
        "concept" => l.t("Koncept", "Concept"),
        "pilot" => l.t("Pilot", "Pilot"),
        "rollout" => l.t("Breddinförande", "Rollout"),
        other => other,
    }
}

/// An outcome by its word in the journal.
pub(super) fn outcome(l: Lang, outcome: &str) -> &str {
    match outcome {
        "advance" => l.t("Går vidare", "Advance"),
        "return" => l.t("Tillbaka för komplettering", "Return"),
        "park" => l.t("Vilar", "Park"),
        "reject" => l.t("Avslag", "Reject"),
        other => other,
    }
}

/// Who, in which role, for whom.
pub(super) fn who(user: &User, author: &Author) -> String {
    let l = user.lang;
    if author.role == "service" {
        return l.t("tjänsten själv", "the service itself").to_owned();
    }
    let role = author.role.parse().ok().map(|role| phrases::role(l, role));
    format!(
        "{}, {}, {}",
        user.name(&author.person),
        role.unwrap_or_default(),
        user.organisation_name(&author.organisation)
    )
}

/// A place in a journal.
pub(super) fn place(happened: &Happened) -> String {
    format!("{}:{}", happened.service.as_str(), happened.position)
}

/// A text, or why it can't be read.
pub(super) fn text(l: Lang, written: &TextNow) -> String {
    match written {
        TextNow::Readable(text) => text.clone(),
        TextNow::Erased {
            on: Some(on),
            basis: Some(basis),
        } => format!(
            "({} {} {} {basis})",
            l.t("raderat", "erased on"),
            moment(on),
            l.t("med stöd av", "on the basis of")
        ),
        TextNow::Erased { .. } => l
            .t(
                "(raderat; ingen händelse säger med vilket stöd)",
                "(erased; no event says on which basis)",
            )
            .to_owned(),
        TextNow::KeyMissing => l
            .t(
                "(kan inte läsas: nyckeln saknas, och ingen har beslutat att radera texten)",
                "(can't be read: its key is missing, and nobody decided to erase it)",
            )
            .to_owned(),
        TextNow::Hidden => l.t("(visas inte för dig nu)", "(not shown to you now)").to_owned(),
    }
}

/// Texts with the names of their fields.
pub(super) fn texts(l: Lang, texts: &BTreeMap<String, TextNow>) -> Vec<(String, String)> {
    let one = |(field, written): (&String, &TextNow)| (phrases::field(l, field), text(l, written));
    texts.iter().map(one).collect()
}

/// Texts in one cell.
pub(super) fn cell(l: Lang, written: &BTreeMap<String, TextNow>) -> String {
    let all: Vec<String> = texts(l, written)
        .into_iter()
        .map(|(field, text)| format!("{field}: {text}"))
        .collect();
    all.join(" – ")
}
