//! Lists: rows from the view, titles opened in one batch.

use super::queries::{INSIDE, Queries, idea_id};
use crate::views::{self, EvaluationRow, Filter};
use idesluss_domain::evaluation::criteria::{Criteria, CriteriaAdopted};
use idesluss_domain::evaluation::delegation_order::DelegationOrders;
use idesluss_domain::evaluation::standard_set;
use idesluss_domain::words::{Date, Role, StreamName};
use idesluss_engine::{Texts, wrong_role};
use idesluss_proto::evaluation::{write_criterion, write_mandate, write_order_form};
use idesluss_proto::pb::evaluation as pb;
use idesluss_proto::status::Problems;
use tonic::Status;

fn most(asked: u32) -> usize {
    let most = if asked == 0 { 50 } else { asked.min(200) };
    usize::try_from(most).unwrap_or(200)
}

/// Where a page goes on: the position of the last row that was shown.
fn token(text: &str) -> Result<Option<u64>, Status> {
    if text.is_empty() {
        return Ok(None);
    }
    let mut problems = Problems::default();
    let token = problems.parse("page_token", text, "give it as it came, or leave it empty");
    problems.finish(token).map(Some)
}

/// The token of the next page, when this one is full.
fn next_token<T>(rows: &[T], most: usize, since: impl Fn(&T) -> u64) -> String {
    let last = rows.last().filter(|_| rows.len() == most);
    last.map(|row| since(row).to_string()).unwrap_or_default()
}

fn summary(row: &EvaluationRow, texts: &Texts) -> pb::EvaluationSummary {
    pb::EvaluationSummary {
        evaluation: row.evaluation.clone(),
        idea: row.idea.clone(),
        organisation: row.organisation.clone(),
        gate: row.gate,
        round: row.round,
        phase: row.phase,
        title: texts.get(row.title.as_ref()),
        opened_at: row.opened_at.clone(),
        changed_at: row.changed_at.clone(),
        assigned: row.assigned,
        assessed: row.assessed,
        required: row.required,
        need_owner: row.need_owner,
        outcome: row.outcome,
        home: row.home,
        decided_at: row.decided_at.clone(),
        closed: row.closed,
    }
}

impl Queries {
    async fn titles(&self, rows: impl Iterator<Item = &EvaluationRow> + Send) -> Result<Texts, Status> {
        let titles: Vec<_> = rows.filter_map(|row| row.title.clone()).collect();
        self.context.open(titles).await
    }
}

pub(super) async fn to_assess(
    queries: &Queries,
    request: pb::ListToAssessRequest,
) -> Result<pb::ListToAssessResponse, Status> {
    let asker = queries.context.asker(request.query.as_ref())?;
    asker.needs(&[Role::Assessor])?;
    let (person, after, most) = (
        asker.actor.person.to_string(),
        token(&request.page_token)?,
        most(request.page_size),
    );
    let ask = move |conn: &rusqlite::Connection| views::to_assess(conn, &person, after, most);
    let (rows, position) = queries.evaluations.query(asker.after.as_ref(), ask).await?;
    let texts = queries.titles(rows.iter().map(|row| &row.evaluation)).await?;
    let item = |row: &views::ToAssessRow| pb::ToAssess {
        evaluation: Some(summary(&row.evaluation, &texts)),
        declared: row.declared,
        assessed: row.assessed,
        assigned_at: row.assigned_at.clone(),
    };
    Ok(pb::ListToAssessResponse {
        items: rows.iter().map(item).collect(),
        next_page_token: next_token(&rows, most, |row| row.evaluation.since),
        position,
    })
}

pub(super) async fn to_decide(
    queries: &Queries,
    request: pb::ListToDecideRequest,
) -> Result<pb::ListToDecideResponse, Status> {
    let asker = queries.context.asker(request.query.as_ref())?;
    asker.needs(&[Role::DecisionMaker, Role::Registrar, Role::Coordinator])?;
    let (organisation, person) = (asker.actor.organisation.to_string(), asker.actor.person.to_string());
    let (after, most) = (token(&request.page_token)?, most(request.page_size));
    let ask = move |conn: &rusqlite::Connection| views::to_decide(conn, &organisation, &person, after, most);
    let (rows, position) = queries.evaluations.query(asker.after.as_ref(), ask).await?;
    let texts = queries.titles(rows.iter().map(|row| &row.evaluation)).await?;
    let item = |row: &views::ToDecideRow| pb::ToDecide {
        evaluation: Some(summary(&row.evaluation, &texts)),
        declared: row.declared,
        barred: row.barred,
        recommendation: row.evaluation.proposal,
    };
    Ok(pb::ListToDecideResponse {
        items: rows.iter().map(item).collect(),
        next_page_token: next_token(&rows, most, |row| row.evaluation.since),
        position,
    })
}

pub(super) async fn overview(
    queries: &Queries,
    request: pb::ListEvaluationsRequest,
) -> Result<pb::ListEvaluationsResponse, Status> {
    let asker = queries.context.asker(request.query.as_ref())?;
    asker.needs(INSIDE)?;
    let filter = Filter {
        organisation: asker.actor.organisation.to_string(),
        person: asker.actor.person.to_string(),
        phase: request.phase().into(),
        gate: request.gate().into(),
    };
    let (before, most) = (token(&request.page_token)?, most(request.page_size));
    let ask = move |conn: &rusqlite::Connection| {
        Ok((
            views::overview(conn, &filter, before, most)?,
            views::count_phases(conn, &filter.organisation)?,
        ))
    };
    let ((rows, counts), position) = queries.evaluations.query(asker.after.as_ref(), ask).await?;
    let texts = queries.titles(rows.iter()).await?;
    Ok(pb::ListEvaluationsResponse {
        items: rows.iter().map(|row| summary(row, &texts)).collect(),
        next_page_token: next_token(&rows, most, |row| row.since),
        position,
        counts: counts
            .into_iter()
            .map(|(phase, count)| pb::PhaseCount { phase, count })
            .collect(),
    })
}

pub(super) async fn of_idea(
    queries: &Queries,
    request: pb::ListIdeaEvaluationsRequest,
) -> Result<pb::ListIdeaEvaluationsResponse, Status> {
    let asker = queries.context.asker(request.query.as_ref())?;
    asker.needs(INSIDE)?;
    let idea = idea_id(&request.idea)?.to_string();
    let person = asker.actor.person.to_string();
    let ask = move |conn: &rusqlite::Connection| views::of_idea(conn, &idea, &person);
    let (mut rows, position) = queries.evaluations.query(asker.after.as_ref(), ask).await?;
    rows.retain(|row| row.organisation == asker.actor.organisation.as_str());
    let texts = queries.titles(rows.iter()).await?;
    Ok(pb::ListIdeaEvaluationsResponse {
        items: rows.iter().map(|row| summary(row, &texts)).collect(),
        position,
    })
}

pub(super) async fn loads(
    queries: &Queries,
    request: pb::ListAssessorLoadsRequest,
) -> Result<pb::ListAssessorLoadsResponse, Status> {
    let asker = queries.context.asker(request.query.as_ref())?;
    asker.needs(&[Role::Coordinator, Role::Auditor])?;
    let organisation = asker.actor.organisation.clone();
    let criteria = StreamName::criteria(&organisation);
    let loaded = queries.context.engine.load(std::slice::from_ref(&criteria)).await?;
    let sets = loaded.state::<Criteria>(&criteria);
    let cap = sets
        .in_force()
        .map_or(standard_set(&organisation).load_cap, |set| set.load_cap);
    let ask = move |conn: &rusqlite::Connection| views::loads(conn, organisation.as_str());
    let (rows, position) = queries.evaluations.query(asker.after.as_ref(), ask).await?;
    let load = |row: views::Load| pb::AssessorLoad {
        assessor: row.person,
        open: row.open,
        done: row.done,
    };
    Ok(pb::ListAssessorLoadsResponse {
        loads: rows.into_iter().map(load).collect(),
        cap,
        position,
    })
}

/// A set as the contract shows it.
pub(super) fn criteria_set(set: &CriteriaAdopted, adopted_at: String) -> pb::CriteriaSet {
    pb::CriteriaSet {
        organisation: set.organisation.to_string(),
        name: set.name.to_string(),
        version: set.version,
        criteria: set.criteria.iter().map(write_criterion).collect(),
        assessments_required: set.assessments_required,
        load_cap: set.load_cap,
        earlier: set.earlier,
        adopted_at,
    }
}

pub(super) async fn criteria_sets(
    queries: &Queries,
    request: pb::ListCriteriaSetsRequest,
) -> Result<pb::ListCriteriaSetsResponse, Status> {
    let asker = queries.context.asker(request.query.as_ref())?;
    if asker.is(&[Role::Operator]) {
        return Err(wrong_role());
    }
    queries.context.wait(&asker).await?;
    let position = queries.context.engine.store().head().borrow().size;
    let stream = StreamName::criteria(&asker.actor.organisation);
    let loaded = queries.context.engine.load(std::slice::from_ref(&stream)).await?;
    let times = loaded.entries(&stream).iter().map(|entry| entry.recorded.to_string());
    let sets = loaded.state::<Criteria>(&stream).0;
    let (mut earlier, mut own) = (Vec::new(), Vec::new());
    for (set, time) in sets.iter().zip(times) {
        let list = if set.earlier { &mut earlier } else { &mut own };
        list.push(criteria_set(set, time));
    }
    own.reverse();
    if own.is_empty() {
        own.push(criteria_set(&standard_set(&asker.actor.organisation), String::new()));
    }
    own.extend(earlier);
    Ok(pb::ListCriteriaSetsResponse { sets: own, position })
}

pub(super) async fn delegation_order(
    queries: &Queries,
    request: pb::GetDelegationOrderRequest,
) -> Result<pb::GetDelegationOrderResponse, Status> {
    let asker = queries.context.asker(request.query.as_ref())?;
    asker.needs(INSIDE)?;
    let on: Date = if request.on.is_empty() {
        queries.context.engine.clock().today()
    } else {
        let mut problems = Problems::default();
        let on = problems.parse("on", &request.on, "write the day like 2026-11-23");
        problems.finish(on)?
    };
    queries.context.wait(&asker).await?;
    let position = queries.context.engine.store().head().borrow().size;
    let stream = StreamName::delegation_order(&asker.actor.organisation);
    let loaded = queries.context.engine.load(std::slice::from_ref(&stream)).await?;
    let orders = loaded.state::<DelegationOrders>(&stream);
    let Some(order) = orders.in_force(on) else {
        return Ok(pb::GetDelegationOrderResponse {
            position,
            ..pb::GetDelegationOrderResponse::default()
        });
    };
    let adopted = &order.adopted;
    Ok(pb::GetDelegationOrderResponse {
        version: adopted.version,
        form: write_order_form(adopted.form).into(),
        adopted_by: adopted.adopted_by.clone(),
        adopted_on: adopted.adopted_on.to_string(),
        paragraph: adopted.paragraph.as_ref().map(ToString::to_string).unwrap_or_default(),
        valid_from: adopted.valid_from.to_string(),
        valid_until: adopted.valid_until.map(|day| day.to_string()).unwrap_or_default(),
        mandates: order.mandates.iter().map(write_mandate).collect(),
        position,
    })
}
