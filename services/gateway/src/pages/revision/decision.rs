//! The dossier of a decision.

use super::happened::Events;
use super::{Asked, gather, mandates, proceedings, words};
use crate::components::{Link, Row, Table};
use crate::error::{ErrorKind, WebError};
use crate::frame::Frame;
use crate::legacy::{Page, Part};
use crate::phrases;
use crate::reader::Reader;
use crate::refill::WithForms as _;
use crate::session::User;
use crate::view::kronor;
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
    let mut page = render(&Reader::of(&user), &told);
    page.frame = Frame::of(&user);
    page.draw(&user)
}

/// The dossier, for whoever reads it.
pub(super) fn render(reader: &Reader<'_>, dossier: &Dossier) -> Page {
    let l = reader.lang;
    let reader = &reader.of_criteria(&dossier.proceedings.criteria.criteria);
    let decision = &dossier.decision;
    let mut page = Page::new(Frame::bare(l), l.t("revision-decision-what-the-decision-rested-on"))
        .intro(l.t("revision-decision-here-stands-what-whoever-decided"));
    page.badge(words::outcome(l, &decision.outcome), false);
    if decision.replaced {
        page.badge(l.t("revision-decision-reconsidered-later-another-decision-holds"), true);
    }
    if !dossier.findings.is_empty() {
        let findings = dossier.findings.iter().map(|finding| (String::new(), finding.clone()));
        let facts = findings.map(|(_, finding)| (l.t("revision-decision-does-not-fit").to_owned(), finding));
        page.section(
            l.t("revision-decision-what-does-not-fit-together"),
            vec![Part::Facts(facts.collect())],
        );
    }
    page.section(l.t("revision-decision-the-decision"), about(reader, dossier));
    page.section(
        l.t("revision-decision-what-the-decider-had-received"),
        known(reader, dossier),
    );
    page.section(
        l.t("revision-decision-what-existed-elsewhere"),
        vec![elsewhere(reader, &dossier.elsewhere)],
    );
    proceedings::sections(&mut page, reader, &dossier.proceedings);
    mandates::sections(&mut page, reader, dossier);
    page.section(
        l.t("revision-decision-what-happened-afterwards"),
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
            l.t("revision-decision-recorded-by"),
            words::who(reader, &decision.who)
        ),
        None => words::who(reader, &decision.who),
    };
    let home = match decision.home {
        true => l.t("revision-decision-to-be-carried-out-at"),
        false => "",
    };
    let mut facts = vec![
        (
            l.t("common-decision").to_owned(),
            format!("{}{home}", words::outcome(l, &decision.outcome)),
        ),
        (l.t("common-by").to_owned(), by),
        (
            l.t("common-gate").to_owned(),
            format!(
                "{}, {} {}",
                words::gate(l, &decision.gate),
                l.t("revision-decision-round"),
                decision.round
            ),
        ),
        (l.t("common-day").to_owned(), decision.decided_on.clone()),
        (l.t("common-recorded").to_owned(), reader.moment(&decision.recorded)),
        (
            l.t("common-place-in-the-journal").to_owned(),
            format!("evaluation:{}", decision.position),
        ),
        (l.t("common-cost").to_owned(), kronor(l, decision.cost_kronor)),
        (l.t("common-event").to_owned(), decision.event.clone()),
        (l.t("common-evaluation").to_owned(), decision.evaluation.clone()),
        (
            l.t("common-idea").to_owned(),
            format!("{}, {}", decision.idea, reader.organisation(&decision.organisation)),
        ),
    ];
    if decision.reconsideration > 0 {
        facts.push((
            l.t("revision-decision-reconsideration").to_owned(),
            decision.reconsideration.to_string(),
        ));
    }
    facts.extend(words::texts(reader, &decision.texts));
    if let Some(erasure) = &dossier.erasure {
        facts.push((
            l.t("revision-decision-the-texts-are-erased").to_owned(),
            format!(
                "{} {}, {} {}",
                l.t("revision-decision-decided-on"),
                reader.moment(&erasure.decided),
                l.t("common-on-the-basis-of"),
                erasure.basis
            ),
        ));
        for (service, on) in &erasure.erased {
            facts.push((
                format!("{} {}", l.t("revision-decision-erased-in"), service.as_str()),
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
            l.t("revision-decision-its-entry")
        )
    });
    let facts = vec![
        (
            l.t("revision-decision-the-confirmed-page-showed-everything").to_owned(),
            basis.seen.to_string(),
        ),
        (
            l.t("common-entries-in-the-journal-then").to_owned(),
            basis.size.to_string(),
        ),
        (l.t("common-root-over-them").to_owned(), basis.root.clone()),
        (
            l.t("common-received-from").to_owned(),
            sources.collect::<Vec<_>>().join("; "),
        ),
        (
            l.t("common-version-of-the-brief").to_owned(),
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
                l.t("common-seen").to_owned()
            } else {
                l.t("common-received-not-seen").to_owned()
            },
            words::cell(reader, &entry.texts),
            match entry.happened_at {
                Some(there) => format!(
                    "{}, {} {}:{there}",
                    entry.position,
                    l.t("common-from-3"),
                    entry.happened_in
                ),
                None => entry.position.to_string(),
            },
        ],
        urgent: !entry.seen,
    };
    let head = [
        l.t("common-what"),
        l.t("revision-decision-received"),
        l.t("common-who"),
        l.t("revision-decision-seen"),
        l.t("common-text"),
        l.t("common-entry"),
    ];
    let table = Table {
        caption: l.t("revision-decision-everything-about-the-evaluation-and").to_owned(),
        head: head.map(str::to_owned).to_vec(),
        rows: dossier.known.iter().map(row).collect(),
        empty: String::new(),
        ..Table::default()
    };
    vec![Part::Facts(facts), table.into()]
}

fn elsewhere(reader: &Reader<'_>, missing: &[Elsewhere]) -> Part {
    let l = reader.lang;
    let arrived = |missing: &Elsewhere| match (missing.followed, missing.arrived) {
        (_, Some(position)) => format!("{} evaluation:{position}", l.t("revision-decision-arrived-later-as")),
        (true, None) => l.t("revision-decision-has-not-arrived-yet").to_owned(),
        (false, None) => l.t("revision-decision-is-never-sent-to-evaluation").to_owned(),
    };
    let table = Events {
        caption: l.t("revision-decision-had-happened-before-the-decision"),
        columns: &[l.t("revision-decision-did-it-arrive"), l.t("common-text")],
        empty: l.t("revision-decision-nothing-everything-had-arrived"),
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
        caption: l.t("revision-decision-corrections-reconsiderations-and-the-rest"),
        columns: &[l.t("common-text")],
        empty: l.t("revision-decision-nothing-yet"),
    };
    let text = |later: &Later| vec![words::cell(reader, &later.texts)];
    table.draw(reader, later.iter().map(|later| (&later.happened, text(later))))
}

fn links(reader: &Reader<'_>, dossier: &Dossier) -> Vec<Link> {
    let l = reader.lang;
    [
        (
            format!("/revision/ideer/{}", dossier.decision.idea),
            l.t("revision-decision-the-idea-over-time"),
        ),
        (
            format!("/bedomningar/{}", dossier.decision.evaluation),
            l.t("revision-decision-the-evaluation-as-it-stands"),
        ),
        ("/revision".to_owned(), l.t("common-to-the-audits-first-page")),
    ]
    .map(|(href, text)| Link {
        href,
        text: text.to_owned(),
    })
    .to_vec()
}
