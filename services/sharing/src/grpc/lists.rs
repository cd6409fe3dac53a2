//! Lists: rows from the view, titles from the journal in one read.

use super::Answer;
use super::catalogue::Catalogue;
use crate::views::{self, AdoptionRow, BenefitRow, Benefits, Filter, SolutionRow};
use idesluss_access::Sees;
use idesluss_domain::SolutionStatus;
use idesluss_engine::{Asker, Page, Texts, forbidden};
use idesluss_proto::pb::sharing as pb;
use idesluss_proto::requests::sharing::{ListAdoptions, ListBenefits, ListSolutions};
use idesluss_proto::status::{Reason, invalid_field, refuse};
use idesluss_proto::{MOST_FOUND, PageToken, Problem};
use idesluss_search::{Among, shown};
use std::collections::{BTreeSet, HashMap};

pub(super) fn solution_row(row: SolutionRow, titles: &HashMap<String, String>) -> pb::SolutionRow {
    pb::SolutionRow {
        title: titles.get(&row.solution).cloned().unwrap_or_default(),
        solution: row.solution,
        organisation: row.organisation,
        idea: row.idea,
        phase: row.phase,
        kind: row.kind,
        visibility: row.visibility,
        version: row.version,
        changed_at: row.changed_at,
        adoptions: row.adoptions,
        in_use: row.in_use,
        benefits: row.benefits,
    }
}

pub(super) fn adoption_row(row: AdoptionRow, titles: &HashMap<String, String>) -> pb::AdoptionRow {
    pb::AdoptionRow {
        title: titles.get(&row.solution).cloned().unwrap_or_default(),
        adoption: row.adoption,
        solution: row.solution,
        organisation: row.organisation,
        phase: row.phase,
        form: row.form,
        changed_at: row.changed_at,
        baselines: row.baselines,
        benefits: row.benefits,
    }
}

/// A benefit as everybody who may see the solution sees it: numbers, and why there is no baseline.
pub(super) fn measured(row: BenefitRow, texts: &Texts) -> pb::MeasuredBenefit {
    pb::MeasuredBenefit {
        solution: row.solution,
        adoption: row.adoption,
        organisation: row.organisation,
        benefit: Some(pb::Benefit {
            measurement: Some(row.measurement),
            class: row.class,
            better: row.better,
            baseline: row.baseline,
            no_baseline: texts.get(row.no_baseline.as_ref()),
            evidence: None,
        }),
    }
}

pub(super) async fn solutions(
    catalogue: Catalogue,
    asker: Asker,
    asked: ListSolutions,
) -> Answer<pb::ListSolutionsRequest> {
    let phase = asked.phase.unwrap_or(SolutionStatus::Published);
    if phase == SolutionStatus::Drafted && asker.permit.sees_listed() != Sees::All {
        return Err(forbidden(Reason::WrongRole));
    }
    let filter = Filter {
        asker: asker.actor().organisation.to_string(),
        phase: pb::SolutionPhase::from(phase).into(),
        kind: asked.kind.map_or(0, |kind| pb::SolutionKind::from(kind).into()),
        organisation: asked.organisation.map(String::from).unwrap_or_default(),
    };
    let (mut nearest, mut limited) = (0, false);
    let (rows, total, position, next) = if asked.words.is_empty() {
        let page = Page::of(asked.page_size, asked.page_token)?;
        let ask = move |conn: &rusqlite::Connection| views::catalogue(conn, &filter, page);
        let ((rows, total), position) = catalogue.catalogue.query(asker.after.as_ref(), ask).await?;
        let next = PageToken::after(&rows, page.size, |row| row.since);
        (rows, total, position, next)
    } else {
        let among = Among {
            open: true,
            ..Among::own(asker.actor().organisation.clone())
        };
        let found = catalogue
            .search
            .find(asked.words, among, MOST_FOUND as usize)
            .await
            .map_err(|error| {
                tracing::error!(%error, "the search index can't be read");
                refuse(Reason::SearchUnavailable)
            })?;
        limited = found.len() == MOST_FOUND as usize;
        let ids: Vec<_> = found.iter().map(|found| found.id).collect();
        let ask = move |conn: &rusqlite::Connection| views::solutions(conn, &ids);
        let (mut rows, position) = catalogue.catalogue.query(asker.after.as_ref(), ask).await?;
        rows.retain(|row| {
            let seen = row.organisation == filter.asker || row.visibility >= pb::Visibility::Region as i32;
            let kind = filter.kind == 0 || row.kind == filter.kind;
            let whose = filter.organisation.is_empty() || row.organisation == filter.organisation;
            seen && kind && whose && row.phase == filter.phase
        });
        // How many of the nearest are shown is counted among those that are asked for.
        let asked_for: BTreeSet<String> = rows.iter().map(|row| row.solution.clone()).collect();
        let found = shown(
            found
                .into_iter()
                .filter(|found| asked_for.contains(&found.id.to_string())),
        );
        nearest = found.iter().filter(|found| !found.has_all).count() as u64;
        let found: BTreeSet<String> = found.iter().map(|found| found.id.to_string()).collect();
        rows.retain(|row| found.contains(&row.solution));
        let total = rows.len() as u64;
        let found = PageToken::of_found(rows, asked.page_size, asked.page_token);
        let (rows, next) = found.ok_or_else(|| invalid_field("page_token", Problem::NotAPage))?;
        (rows, total, position, next)
    };
    let titles = catalogue
        .titles(
            &asker.actor().organisation,
            rows.iter().map(|row| row.solution.as_str()),
        )
        .await?;
    Ok(pb::ListSolutionsResponse {
        solutions: rows.into_iter().map(|row| solution_row(row, &titles)).collect(),
        next_page_token: next,
        total,
        nearest,
        limited,
        position,
    })
}

pub(super) async fn adoptions(
    catalogue: Catalogue,
    asker: Asker,
    asked: ListAdoptions,
) -> Answer<pb::ListAdoptionsRequest> {
    let page = Page::of(asked.page_size, asked.page_token)?;
    let (organisation, phase) = (
        asker.actor().organisation.to_string(),
        asked.phase.map_or(0, |phase| pb::AdoptionPhase::from(phase).into()),
    );
    let of_ours = asked.of_our_solutions;
    let ask = move |conn: &rusqlite::Connection| {
        if of_ours {
            views::adoptions_of_solutions(conn, &organisation, phase, page)
        } else {
            views::adoptions_of(conn, &organisation, phase, page)
        }
    };
    let ((rows, total), position) = catalogue.catalogue.query(asker.after.as_ref(), ask).await?;
    let titles = catalogue
        .titles(
            &asker.actor().organisation,
            rows.iter().map(|row| row.solution.as_str()),
        )
        .await?;
    Ok(pb::ListAdoptionsResponse {
        next_page_token: PageToken::after(&rows, page.size, |row| row.since),
        adoptions: rows.into_iter().map(|row| adoption_row(row, &titles)).collect(),
        total,
        position,
    })
}

pub(super) async fn benefits(
    catalogue: Catalogue,
    asker: Asker,
    asked: ListBenefits,
) -> Answer<pb::ListBenefitsRequest> {
    let page = Page::of(asked.page_size, asked.page_token)?;
    let filter = Benefits {
        asker: asker.actor().organisation.to_string(),
        solution: asked.solution.map(|id| id.to_string()).unwrap_or_default(),
        class: asked.class.map_or(0, |class| pb::BenefitClass::from(class).into()),
    };
    let ask = move |conn: &rusqlite::Connection| views::benefits(conn, &filter, page);
    let ((rows, total), position) = catalogue.catalogue.query(asker.after.as_ref(), ask).await?;
    let members = rows.iter().filter_map(|row| row.no_baseline.clone());
    let texts = catalogue.context.open(&asker.permit, members).await?;
    Ok(pb::ListBenefitsResponse {
        next_page_token: PageToken::after(&rows, page.size, |row| row.position),
        benefits: rows.into_iter().map(|row| measured(row, &texts)).collect(),
        total,
        position,
    })
}
