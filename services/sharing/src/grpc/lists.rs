//! Lists: rows from the view, titles from the journal in one read.

use super::SHORT;
use super::queries::Queries;
use crate::views::{self, AdoptionRow, BenefitRow, Benefits, Catalogue, Page, SolutionRow};
use idesluss_domain::words::Role;
use idesluss_engine::{Texts, wrong_role};
use idesluss_proto::pb::sharing as pb;
use idesluss_proto::status::{Problems, refuse};
use std::collections::HashMap;
use tonic::{Code, Status};

/// Who works with adoptions.
const ADOPTS: &[Role] = &[
    Role::Adopter,
    Role::Coordinator,
    Role::Steward,
    Role::DecisionMaker,
    Role::NeedOwner,
    Role::Registrar,
    Role::Auditor,
];

/// How many search results are looked through.
const FOUND: usize = 200;

fn page(limit: u32, offset: u32, usual: u32, most: u32) -> Page {
    Page {
        limit: if limit == 0 { usual } else { limit.min(most) },
        offset,
    }
}

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
            baseline: row.baseline,
            no_baseline: texts.get(row.no_baseline.as_ref()),
            evidence: None,
        }),
    }
}

pub(super) async fn solutions(
    queries: &Queries,
    request: pb::ListSolutionsRequest,
) -> Result<pb::ListSolutionsResponse, Status> {
    let asker = queries.asker(request.query.as_ref())?;
    let phase = match request.phase() {
        pb::SolutionPhase::Unspecified => pb::SolutionPhase::Published,
        phase => phase,
    };
    if phase == pb::SolutionPhase::Drafted && !asker.is(&[Role::Steward, Role::Coordinator, Role::Auditor]) {
        return Err(wrong_role());
    }
    let page = page(request.limit, request.offset, 50, 200);
    let catalogue = Catalogue {
        asker: asker.actor.organisation.to_string(),
        phase: phase.into(),
        kind: request.kind().into(),
        organisation: request.organisation.clone(),
    };
    let (rows, total, position) = if request.words.is_empty() {
        let ask = move |conn: &rusqlite::Connection| views::catalogue(conn, &catalogue, page);
        let ((rows, total), position) = queries.catalogue.query(asker.after.as_ref(), ask).await?;
        (rows, total, position)
    } else {
        let mut problems = Problems::default();
        let words = problems.text("words", &request.words, SHORT);
        let words = problems.finish(Some(words))?;
        let found = queries.search.find(words, None, FOUND).await.map_err(|error| {
            tracing::error!(%error, "the search index can't be read");
            let sentence = "The search can't be used now: everything else works.";
            refuse(Code::Unavailable, "SEARCH_UNAVAILABLE", sentence)
        })?;
        let ask = move |conn: &rusqlite::Connection| views::solutions(conn, &found);
        let (mut rows, position) = queries.catalogue.query(asker.after.as_ref(), ask).await?;
        rows.retain(|row| {
            let seen = row.organisation == catalogue.asker || row.visibility >= pb::Visibility::Region as i32;
            let kind = catalogue.kind == 0 || row.kind == catalogue.kind;
            let whose = catalogue.organisation.is_empty() || row.organisation == catalogue.organisation;
            seen && kind && whose && row.phase == catalogue.phase
        });
        let total = rows.len() as u64;
        let skip = usize::try_from(page.offset).unwrap_or(usize::MAX);
        let take = usize::try_from(page.limit).unwrap_or(FOUND);
        (rows.into_iter().skip(skip).take(take).collect(), total, position)
    };
    let titles = queries.titles(rows.iter().map(|row| row.solution.as_str())).await?;
    Ok(pb::ListSolutionsResponse {
        solutions: rows.into_iter().map(|row| solution_row(row, &titles)).collect(),
        total,
        position,
    })
}

pub(super) async fn adoptions(
    queries: &Queries,
    request: pb::ListAdoptionsRequest,
) -> Result<pb::ListAdoptionsResponse, Status> {
    let asker = queries.asker(request.query.as_ref())?;
    asker.needs(ADOPTS)?;
    let page = page(request.limit, request.offset, 50, 200);
    let (organisation, phase) = (asker.actor.organisation.to_string(), i32::from(request.phase()));
    let of_ours = request.of_our_solutions;
    let ask = move |conn: &rusqlite::Connection| {
        if of_ours {
            views::adoptions_of_solutions(conn, &organisation, phase, page)
        } else {
            views::adoptions_of(conn, &organisation, phase, page)
        }
    };
    let ((rows, total), position) = queries.catalogue.query(asker.after.as_ref(), ask).await?;
    let titles = queries.titles(rows.iter().map(|row| row.solution.as_str())).await?;
    Ok(pb::ListAdoptionsResponse {
        adoptions: rows.into_iter().map(|row| adoption_row(row, &titles)).collect(),
        total,
        position,
    })
}

pub(super) async fn benefits(
    queries: &Queries,
    request: pb::ListBenefitsRequest,
) -> Result<pb::ListBenefitsResponse, Status> {
    let asker = queries.asker(request.query.as_ref())?;
    let page = page(request.limit, request.offset, 100, 500);
    let asked = Benefits {
        asker: asker.actor.organisation.to_string(),
        solution: request.solution.clone(),
        class: request.class().into(),
    };
    let ask = move |conn: &rusqlite::Connection| views::benefits(conn, &asked, page);
    let ((rows, total), position) = queries.catalogue.query(asker.after.as_ref(), ask).await?;
    let members = rows.iter().filter_map(|row| row.no_baseline.clone());
    let texts = queries.context.open(members).await?;
    Ok(pb::ListBenefitsResponse {
        benefits: rows.into_iter().map(|row| measured(row, &texts)).collect(),
        total,
        position,
    })
}
