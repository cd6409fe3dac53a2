//! The dossier of a decision.

use super::happened::Events;
use super::mandates::{self, MandatesView};
use super::proceedings::ProceedingsView;
use super::{Asked, gather, words};
use crate::components::{Account, Badges, Facts, Link, Links, Row, Table, Traced, Wording};
use crate::error::{ErrorKind, WebError};
use crate::frame::Frame;
use crate::phrases;
use crate::plain::PlainPage;
use crate::reader::Reader;
use crate::session::User;
use crate::view::{drawn, kronor};
use askama::Template;
use axum::extract::{Path, Query};
use axum::response::Response;
use idesluss_auditor::dossier::{BasisSeen, Elsewhere, Erasure, Known, Later, TextNow};
use idesluss_auditor::{Dossier, DossierError, dossier};
use idesluss_proto::pb::evaluation as pb;
use uuid::Uuid;

/// A decision with everything that it rested on.
#[derive(Template)]
#[template(path = "revision/decision.html")]
pub(super) struct DecisionPage {
    frame: Frame,
    /// What the brief calls the idea; empty: it can't be read.
    idea: Wording,
    badges: Badges,
    /// What does not fit together.
    findings: Vec<String>,
    about: Account,
    basis: Account,
    known: Traced,
    elsewhere: Traced,
    proceedings: ProceedingsView,
    mandates: MandatesView,
    acted: Traced,
    after: Traced,
    links: Links,
}

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
    let page = DecisionPage {
        frame: Frame::of(&user),
        ..DecisionPage::of(&Reader::of(&user), &told)
    };
    drawn(&user, &page)
}

impl DecisionPage {
    /// The dossier, for whoever reads it.
    pub(super) fn of(reader: &Reader<'_>, dossier: &Dossier) -> Self {
        let l = reader.lang;
        let reader = &reader.of_criteria(&dossier.proceedings.criteria.criteria);
        let replaced = match dossier.decision.replaced {
            true => l.t("revision-decision-reconsidered-later-another-decision-holds"),
            false => "",
        };
        Self {
            frame: Frame::bare(l),
            idea: match dossier.proceedings.brief.texts.get("title") {
                Some(TextNow::Readable(title)) => Wording::written(title),
                _ => Wording::default(),
            },
            badges: Badges::default()
                .and(words::outcome(l, &dossier.decision.outcome), false)
                .and(replaced, true),
            findings: dossier.findings.clone(),
            about: about(reader, dossier),
            basis: basis(reader, &dossier.basis),
            known: known(reader, &dossier.known),
            elsewhere: elsewhere(reader, &dossier.elsewhere),
            proceedings: ProceedingsView::of(reader, &dossier.proceedings),
            mandates: MandatesView::of(reader, &dossier.mandates),
            acted: mandates::acted(reader, &dossier.acted),
            after: after(reader, &dossier.after),
            links: links(reader, dossier),
        }
    }

    /// The same as plain text, in the order of the page.
    pub(super) fn plain(&self) -> String {
        let l = self.frame.l;
        let findings = self.findings.iter();
        let findings = findings.map(|finding| {
            (
                l.t("revision-decision-does-not-fit").to_owned(),
                finding.as_str().into(),
            )
        });
        let (case, mandates) = (&self.proceedings, &self.mandates);
        let scores = case.scores.as_ref();
        let unscored = scores.is_none().then(|| l.t("decision-no-scores-had-been-revealed"));
        let none = case.recommendation.is_none();
        let unrecommended = none.then(|| l.t("decision-the-panel-had-issued-no"));
        let order = mandates.order.as_ref();
        let unordered = order
            .is_none()
            .then(|| l.t("revision-mandates-no-delegation-order-was-in"));
        PlainPage::new(l.t("revision-decision-what-the-decision-rested-on"), &self.badges)
            .section(
                l.t("revision-decision-what-does-not-fit-together"),
                &[&Facts(findings.collect())],
            )
            .section(l.t("revision-decision-the-decision"), &[&self.about])
            .section(
                l.t("revision-decision-what-the-decider-had-received"),
                &[&self.basis, &self.known],
            )
            .section(l.t("revision-decision-what-existed-elsewhere"), &[&self.elsewhere])
            .section(l.t("decision-the-brief"), &[&case.brief])
            .section(
                l.t("decision-criteria-and-scores"),
                &[
                    &case.criteria,
                    &scores.map(|(bars, _)| bars),
                    &scores.map(|(_, given)| given),
                    &unscored,
                ],
            )
            .section(
                l.t("decision-conflicts-of-interest-and-panel"),
                &[&case.declared, &case.panel, &case.need_owner],
            )
            .section(
                l.t("decision-the-recommendation"),
                &[&case.recommendation, &unrecommended],
            )
            .section(
                l.t("revision-mandates-mandates-in-force-that-day"),
                &[
                    &mandates.verified,
                    &order.map(|(about, _)| about),
                    &order.map(|(_, table)| table),
                    &unordered,
                    &mandates.later,
                ],
            )
            .section(l.t("revision-mandates-who-had-taken-part"), &[&self.acted])
            .section(l.t("revision-decision-what-happened-afterwards"), &[&self.after])
            .text()
    }
}

fn about(reader: &Reader<'_>, dossier: &Dossier) -> Account {
    let l = reader.lang;
    let decision = &dossier.decision;
    let who = words::who(reader, &decision.who);
    let by = match &decision.board {
        Some((board, meeting, paragraph)) => {
            let board = format!("{board}, {}, {paragraph}", reader.day(meeting));
            l.say("revision-decision-recorded-by", &[("board", &board), ("who", &who)])
        }
        None => who,
    };
    let outcome = words::outcome(l, &decision.outcome);
    let outcome = match decision.home {
        true => l.say("revision-decision-to-be-carried-out-at", &[("outcome", outcome)]),
        false => outcome.to_owned(),
    };
    let gate = [
        ("gate", words::gate(l, &decision.gate)),
        ("round", &decision.round.to_string()),
    ];
    let idea = format!("{}, {}", decision.idea, reader.organisation(&decision.organisation));
    let mut account = Account::new(l)
        .said(l.t("common-decision"), outcome)
        .said(l.t("common-by"), by)
        .said(l.t("common-gate"), l.say("revision-decision-round", &gate))
        .said(l.t("common-day"), reader.day(&decision.decided_on))
        .said(l.t("common-recorded"), reader.moment(&decision.recorded))
        .folded(
            l.t("common-place-in-the-journal"),
            format!("evaluation:{}", decision.position),
        )
        .said(l.t("common-cost"), kronor(l, decision.cost_kronor))
        .folded(l.t("common-event"), decision.event.clone())
        .folded(l.t("common-evaluation"), decision.evaluation.clone())
        .folded(l.t("common-idea"), idea);
    if decision.reconsideration > 0 {
        let which = decision.reconsideration.to_string();
        account = account.said(l.t("revision-decision-reconsideration"), which);
    }
    account = account.all_written(words::texts(reader, &decision.texts));
    match &dossier.erasure {
        Some(erasure) => erased(reader, account, erasure),
        None => account,
    }
}

/// The same with what became of the texts.
fn erased(reader: &Reader<'_>, account: Account, erasure: &Erasure) -> Account {
    let l = reader.lang;
    let decided = [
        ("moment", &*reader.moment(&erasure.decided)),
        ("basis", &*erasure.basis),
    ];
    let account = account.said(
        l.t("revision-decision-the-texts-are-erased"),
        l.say("revision-decision-decided-on", &decided),
    );
    erasure.erased.iter().fold(account, |account, (service, on)| {
        let name = l.say("revision-decision-erased-in", &[("service", service.as_str())]);
        account.said(name, reader.moment(on))
    })
}

fn basis(reader: &Reader<'_>, basis: &BasisSeen) -> Account {
    let l = reader.lang;
    // Places are no numbers of things: they are written as journals write them.
    let sources = basis.sources.iter().map(|source| {
        let place = format!("{} {}:{}", source.source, source.epoch, source.sequence);
        format!(
            "{place} ({} {})",
            l.t("revision-decision-its-entry"),
            source.from_position
        )
    });
    Account::new(l)
        .folded(
            l.t("revision-decision-the-confirmed-page-showed-everything"),
            basis.seen.to_string(),
        )
        .folded(l.t("common-entries-in-the-journal-then"), reader.number(basis.size))
        .folded(l.t("common-root-over-them"), basis.root.clone())
        .folded(l.t("common-received-from"), sources.collect::<Vec<_>>().join("; "))
        .said(l.t("common-version-of-the-brief"), basis.brief_version.to_string())
}

fn known(reader: &Reader<'_>, known: &[Known]) -> Traced {
    let l = reader.lang;
    let row = |entry: &Known| {
        let seen = match entry.seen {
            true => l.t("common-seen"),
            false => l.t("common-received-not-seen"),
        };
        let from = entry.happened_at.map(|there| {
            let place = format!("{}:{there}", entry.happened_in);
            l.say("revision-decision-from-there", &[("place", &place)])
        });
        Row {
            urgent: !entry.seen,
            ..Row::of([
                phrases::event(l, &entry.event).into(),
                reader.moment(&entry.recorded).into(),
                words::who(reader, &entry.who).into(),
                seen.into(),
                words::cell(reader, &entry.texts),
                match from {
                    Some(from) => format!("{}, {from}", entry.position).into(),
                    None => entry.position.to_string().into(),
                },
            ])
        }
    };
    let head = [
        l.t("common-what"),
        l.t("revision-decision-received"),
        l.t("common-who"),
        l.t("revision-decision-seen"),
        l.t("common-text"),
        l.t("common-entry"),
    ];
    let table =
        Table::new(l.t("revision-decision-everything-about-the-evaluation-and"), head).rows(known.iter().map(row));
    Traced::new(l, table, &[5])
}

fn elsewhere(reader: &Reader<'_>, missing: &[Elsewhere]) -> Traced {
    let l = reader.lang;
    let arrived = |missing: &Elsewhere| match (missing.followed, missing.arrived) {
        (_, Some(position)) => {
            let place = format!("evaluation:{position}");
            l.say("revision-decision-arrived-later-as", &[("place", &place)])
        }
        (true, None) => l.t("revision-decision-has-not-arrived-yet").to_owned(),
        (false, None) => l.t("revision-decision-is-never-sent-to-evaluation").to_owned(),
    };
    let table = Events {
        caption: l.t("revision-decision-had-happened-before-the-decision"),
        columns: &[l.t("revision-decision-did-it-arrive"), l.t("common-text")],
        empty: l.t("revision-decision-nothing-everything-had-arrived"),
    };
    let further = |missing: &Elsewhere| vec![arrived(missing).into(), words::cell(reader, &missing.texts)];
    table.draw(
        reader,
        missing.iter().map(|missing| (&missing.happened, further(missing))),
    )
}

fn after(reader: &Reader<'_>, later: &[Later]) -> Traced {
    let l = reader.lang;
    let table = Events {
        caption: l.t("revision-decision-corrections-reconsiderations-and-the-rest"),
        columns: &[l.t("common-text")],
        empty: l.t("revision-decision-nothing-yet"),
    };
    let text = |later: &Later| vec![words::cell(reader, &later.texts)];
    table.draw(reader, later.iter().map(|later| (&later.happened, text(later))))
}

fn links(reader: &Reader<'_>, dossier: &Dossier) -> Links {
    let l = reader.lang;
    let links = [
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
    .map(|(href, text)| Link::new(href, text));
    Links(links.into())
}
