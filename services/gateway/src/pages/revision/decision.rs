//! The dossier of a decision.

use super::happened::Events;
use super::{Asked, gather, mandates, proceedings, words};
use crate::error::{ErrorKind, WebError};
use crate::phrases;
use crate::reader::Reader;
use crate::session::User;
use crate::view::{Link, Page, Part, Row, Table, kronor};
use axum::extract::{Path, Query};
use axum::response::Response;
use idesluss_auditor::dossier::{Elsewhere, Known, Later};
use idesluss_auditor::{Dossier, DossierError, dossier};
use idesluss_proto::pb::evaluation as pb;
use uuid::Uuid;

pub(crate) async fn page(
    user: User,
    Path(evaluation): Path<String>,
    Query(asked): Query<Asked>,
) -> Result<Response, WebError> {
    let l = user.lang;
    let request = pb::GetEvaluationRequest {
        query: user.asks(None),
        evaluation: evaluation.clone(),
    };
    let services = user.services();
    let (terms, found) = tokio::join!(gather::terms(&user), services.ask(request));
    // Before anything else is said, since nobody but auditors is told.
    let mut entries = terms?;
    let found = found.map_err(|status| user.web_error(&status))?;
    let idea = found
        .evaluation
        .and_then(|evaluation| evaluation.summary)
        .map(|summary| summary.idea)
        .unwrap_or_default();
    entries.extend(gather::history(&user, &idea).await?);
    let wanted = if asked.event.is_empty() {
        &evaluation
    } else {
        &asked.event
    };
    let wanted: Uuid = wanted.parse().map_err(|_| WebError::new(l, ErrorKind::NoPage))?;
    let told = dossier(wanted, &entries).map_err(|error| match error {
        DossierError::NoDecision(_) => WebError::new(l, ErrorKind::NoPage),
        other => {
            tracing::warn!(error = %other, "a dossier could not be put together");
            WebError::new(l, ErrorKind::Ours)
        }
    })?;
    render(&Reader::of(&user), &told).draw(&user)
}

/// The dossier, for whoever reads it.
pub(super) fn render(reader: &Reader<'_>, dossier: &Dossier) -> Page {
    let l = reader.lang;
    let reader = &reader.of_criteria(&dossier.proceedings.criteria.criteria);
    let decision = &dossier.decision;
    let mut page = Page::new(l.t("Vad beslutet vilade på", "What the decision rested on")).intro(l.t(
        "Här står vad den som beslutade hade fått och sett, vad som fanns på annat håll men inte hade kommit fram, vilka mandat som gällde och vad som hände sedan.",
        "Here stands what whoever decided had received and seen, what existed elsewhere and had not arrived, which mandates were in force, and what happened afterwards.",
    ));
    page.badge(words::outcome(l, &decision.outcome), false);
    if decision.replaced {
        page.badge(
            l.t(
                "Omprövat senare: ett annat beslut gäller",
                "Reconsidered later: another decision holds",
            ),
            true,
        );
    }
    if !dossier.findings.is_empty() {
        let findings = dossier.findings.iter().map(|finding| (String::new(), finding.clone()));
        let facts = findings.map(|(_, finding)| (l.t("Stämmer inte", "Does not fit").to_owned(), finding));
        page.section(
            l.t("Det här går inte ihop", "What does not fit together"),
            vec![Part::Facts(facts.collect())],
        );
    }
    page.section(l.t("Beslutet", "The decision"), about(reader, dossier));
    page.section(
        l.t("Vad den som beslutade hade fått", "What the decider had received"),
        known(reader, dossier),
    );
    page.section(
        l.t("Vad som fanns på annat håll", "What existed elsewhere"),
        vec![elsewhere(reader, &dossier.elsewhere)],
    );
    proceedings::sections(&mut page, reader, &dossier.proceedings);
    mandates::sections(&mut page, reader, dossier);
    page.section(
        l.t("Vad som hände sedan", "What happened afterwards"),
        vec![after(reader, &dossier.after)],
    );
    page.section("", vec![Part::Links(links(reader, dossier))]);
    page
}

fn about(reader: &Reader<'_>, dossier: &Dossier) -> Vec<Part> {
    let l = reader.lang;
    let decision = &dossier.decision;
    let by = match &decision.board {
        Some((board, meeting, paragraph)) => format!(
            "{board}, {meeting}, {paragraph}; {} {}",
            l.t("infört av", "recorded by"),
            words::who(reader, &decision.who)
        ),
        None => words::who(reader, &decision.who),
    };
    let home = match decision.home {
        true => l.t(", genomförs på hemmaplan", ", to be carried out at home"),
        false => "",
    };
    let mut facts = vec![
        (
            l.t("Beslut", "Decision").to_owned(),
            format!("{}{home}", words::outcome(l, &decision.outcome)),
        ),
        (l.t("Av", "By").to_owned(), by),
        (
            l.t("Grind", "Gate").to_owned(),
            format!(
                "{}, {} {}",
                words::gate(l, &decision.gate),
                l.t("omgång", "round"),
                decision.round
            ),
        ),
        (l.t("Dag", "Day").to_owned(), decision.decided_on.clone()),
        (l.t("Noterat", "Recorded").to_owned(), reader.moment(&decision.recorded)),
        (
            l.t("Plats i journalen", "Place in the journal").to_owned(),
            format!("evaluation:{}", decision.position),
        ),
        (l.t("Kostnad", "Cost").to_owned(), kronor(decision.cost_kronor)),
        (l.t("Händelse", "Event").to_owned(), decision.event.clone()),
        (l.t("Bedömning", "Evaluation").to_owned(), decision.evaluation.clone()),
        (
            l.t("Idé", "Idea").to_owned(),
            format!("{}, {}", decision.idea, reader.organisation(&decision.organisation)),
        ),
    ];
    if decision.reconsideration > 0 {
        facts.push((
            l.t("Omprövning", "Reconsideration").to_owned(),
            decision.reconsideration.to_string(),
        ));
    }
    facts.extend(words::texts(reader, &decision.texts));
    if let Some(erasure) = &dossier.erasure {
        facts.push((
            l.t("Texterna är raderade", "The texts are erased").to_owned(),
            format!(
                "{} {}, {} {}",
                l.t("beslutat", "decided on"),
                reader.moment(&erasure.decided),
                l.t("med stöd av", "on the basis of"),
                erasure.basis
            ),
        ));
        for (service, on) in &erasure.erased {
            facts.push((
                format!("{} {}", l.t("Raderat i", "Erased in"), service.as_str()),
                reader.moment(on),
            ));
        }
    }
    vec![Part::Facts(facts)]
}

fn known(reader: &Reader<'_>, dossier: &Dossier) -> Vec<Part> {
    let l = reader.lang;
    let basis = &dossier.basis;
    let sources = basis.sources.iter().map(|source| {
        let (name, place) = (&source.source, source.from_position);
        format!(
            "{name} {}:{} ({} {place})",
            source.epoch,
            source.sequence,
            l.t("dess post", "its entry")
        )
    });
    let facts = vec![
        (
            l.t(
                "Sidan som bekräftades visade allt till och med post",
                "The confirmed page showed everything up to entry",
            )
            .to_owned(),
            basis.seen.to_string(),
        ),
        (
            l.t("Poster i journalen då", "Entries in the journal then").to_owned(),
            basis.size.to_string(),
        ),
        (l.t("Rot över dem", "Root over them").to_owned(), basis.root.clone()),
        (
            l.t("Mottaget från", "Received from").to_owned(),
            sources.collect::<Vec<_>>().join("; "),
        ),
        (
            l.t("Underlagets version", "Version of the brief").to_owned(),
            basis.brief_version.to_string(),
        ),
    ];
    let row = |entry: &Known| Row {
        href: String::new(),
        cells: vec![
            phrases::event(l, &entry.event),
            reader.moment(&entry.recorded),
            words::who(reader, &entry.who),
            if entry.seen {
                l.t("sett", "seen").to_owned()
            } else {
                l.t("mottaget, inte sett", "received, not seen").to_owned()
            },
            words::cell(reader, &entry.texts),
            match entry.happened_at {
                Some(there) => format!(
                    "{}, {} {}:{there}",
                    entry.position,
                    l.t("från", "from"),
                    entry.happened_in
                ),
                None => entry.position.to_string(),
            },
        ],
        urgent: !entry.seen,
    };
    let head = [
        l.t("Vad", "What"),
        l.t("Mottaget", "Received"),
        l.t("Vem", "Who"),
        l.t("Sett?", "Seen?"),
        l.t("Text", "Text"),
        l.t("Post", "Entry"),
    ];
    let table = Table {
        caption: l
            .t(
                "Allt om bedömningen och idén som fanns i journalen då",
                "Everything about the evaluation and the idea that stood in the journal then",
            )
            .to_owned(),
        head: head.map(str::to_owned).to_vec(),
        rows: dossier.known.iter().map(row).collect(),
        empty: String::new(),
    };
    vec![Part::Facts(facts), table.into()]
}

fn elsewhere(reader: &Reader<'_>, missing: &[Elsewhere]) -> Part {
    let l = reader.lang;
    let arrived = |missing: &Elsewhere| match (missing.followed, missing.arrived) {
        (_, Some(position)) => format!(
            "{} evaluation:{position}",
            l.t("kom fram senare, som", "arrived later, as")
        ),
        (true, None) => l.t("har inte kommit fram än", "has not arrived yet").to_owned(),
        (false, None) => l
            .t("skickas aldrig till bedömningen", "is never sent to evaluation")
            .to_owned(),
    };
    let table = Events {
        caption: l.t(
            "Hade hänt före beslutet, men inte kommit fram",
            "Had happened before the decision, and had not arrived",
        ),
        columns: &[l.t("Kom det fram?", "Did it arrive?"), l.t("Text", "Text")],
        empty: l.t("Ingenting: allt hade kommit fram.", "Nothing: everything had arrived."),
    };
    let further = |missing: &Elsewhere| vec![arrived(missing), words::cell(reader, &missing.texts)];
    table.draw(
        reader,
        missing.iter().map(|missing| (&missing.happened, further(missing))),
    )
}

fn after(reader: &Reader<'_>, later: &[Later]) -> Part {
    let l = reader.lang;
    let table = Events {
        caption: l.t(
            "Rättelser, omprövningar och annat efteråt",
            "Corrections, reconsiderations and the rest",
        ),
        columns: &[l.t("Text", "Text")],
        empty: l.t("Ingenting än.", "Nothing yet."),
    };
    let text = |later: &Later| vec![words::cell(reader, &later.texts)];
    table.draw(reader, later.iter().map(|later| (&later.happened, text(later))))
}

fn links(reader: &Reader<'_>, dossier: &Dossier) -> Vec<Link> {
    let l = reader.lang;
    [
        (
            format!("/revision/ideer/{}", dossier.decision.idea),
            l.t("Idén över tid", "The idea over time"),
        ),
        (
            format!("/bedomningar/{}", dossier.decision.evaluation),
            l.t("Bedömningen som den står nu", "The evaluation as it stands now"),
        ),
        (
            "/revision".to_owned(),
            l.t("Till revisionens förstasida", "To the audit's first page"),
        ),
    ]
    .map(|(href, text)| Link {
        href,
        text: text.to_owned(),
    })
    .to_vec()
}
