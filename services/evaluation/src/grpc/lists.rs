//! Lists: rows from the view, titles opened in one batch.

use super::{Answer, Service};
use crate::views::{self, EvaluationRow, Filter};
use idesluss_domain::evaluation::criteria::{self, Criteria, CriteriaAdopted};
use idesluss_domain::evaluation::delegation_order::{self, DelegationOrders, Held, Mandate};
use idesluss_domain::evaluation::standard_set;
use idesluss_domain::rights::offered;
use idesluss_domain::words::StreamName;
use idesluss_engine::{Asker, Page, Texts};
use idesluss_proto::PageToken;
use idesluss_proto::pb::evaluation as pb;
use idesluss_proto::requests::evaluation::{
    GetDelegationOrder, ListAssessorLoads, ListCriteriaSets, ListEvaluations, ListIdeaEvaluations, ListToAssess,
    ListToDecide,
};
use std::collections::BTreeMap;
use tonic::Status;

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

impl Service {
    async fn titles(&self, asker: &Asker, rows: impl Iterator<Item = &EvaluationRow> + Send) -> Result<Texts, Status> {
        let titles: Vec<_> = rows.filter_map(|row| row.title.clone()).collect();
        self.context.open(&asker.permit, titles).await
    }
}

pub(super) async fn to_assess(service: Service, asker: Asker, asked: ListToAssess) -> Answer<pb::ListToAssessRequest> {
    let (person, page) = (
        asker.actor().person.to_string(),
        Page::of(asked.page_size, asked.page_token)?,
    );
    let ask = move |conn: &rusqlite::Connection| views::to_assess(conn, &person, page);
    let (rows, position) = service.evaluations.query(asker.after.as_ref(), ask).await?;
    let texts = service.titles(&asker, rows.iter().map(|row| &row.evaluation)).await?;
    let item = |row: &views::ToAssessRow| pb::ToAssess {
        evaluation: Some(summary(&row.evaluation, &texts)),
        declared: row.declared,
        assessed: row.assessed,
        assigned_at: row.assigned_at.clone(),
    };
    Ok(pb::ListToAssessResponse {
        items: rows.iter().map(item).collect(),
        next_page_token: PageToken::after(&rows, asked.page_size, |row| row.evaluation.since),
        position,
    })
}

pub(super) async fn to_decide(service: Service, asker: Asker, asked: ListToDecide) -> Answer<pb::ListToDecideRequest> {
    let (organisation, person) = (asker.actor().organisation.to_string(), asker.actor().person.to_string());
    let page = Page::of(asked.page_size, asked.page_token)?;
    let ask = move |conn: &rusqlite::Connection| views::to_decide(conn, &organisation, &person, page);
    let (rows, position) = service.evaluations.query(asker.after.as_ref(), ask).await?;
    let texts = service.titles(&asker, rows.iter().map(|row| &row.evaluation)).await?;
    let item = |row: &views::ToDecideRow| pb::ToDecide {
        evaluation: Some(summary(&row.evaluation, &texts)),
        declared: row.declared,
        barred: row.barred,
        recommendation: row.evaluation.proposal,
    };
    Ok(pb::ListToDecideResponse {
        items: rows.iter().map(item).collect(),
        next_page_token: PageToken::after(&rows, asked.page_size, |row| row.evaluation.since),
        position,
    })
}

pub(super) async fn overview(
    service: Service,
    asker: Asker,
    asked: ListEvaluations,
) -> Answer<pb::ListEvaluationsRequest> {
    let filter = Filter {
        organisation: asker.actor().organisation.to_string(),
        person: asker.actor().person.to_string(),
        phase: asked.phase.map_or(0, |phase| pb::Phase::from(phase).into()),
        gate: asked.gate.map_or(0, |gate| pb::Gate::from(gate).into()),
    };
    let page = Page::of(asked.page_size, asked.page_token)?;
    let ask = move |conn: &rusqlite::Connection| {
        Ok((
            views::overview(conn, &filter, page)?,
            views::counts(conn, &filter.organisation, &filter.person)?,
            filter,
        ))
    };
    let ((rows, counts, filter), position) = service.evaluations.query(asker.after.as_ref(), ask).await?;
    let texts = service.titles(&asker, rows.iter()).await?;
    let mut phases: BTreeMap<i32, u64> = BTreeMap::new();
    let mut total = 0;
    for at in counts {
        // A phase that is there at other gates alone stays, with none.
        let in_phase = phases.entry(at.phase).or_default();
        if ![0, at.gate].contains(&filter.gate) {
            continue;
        }
        *in_phase += at.count;
        if [0, at.phase].contains(&filter.phase) {
            total += at.count;
        }
    }
    Ok(pb::ListEvaluationsResponse {
        items: rows.iter().map(|row| summary(row, &texts)).collect(),
        next_page_token: PageToken::after(&rows, asked.page_size, |row| row.since),
        position,
        counts: phases
            .into_iter()
            .map(|(phase, count)| pb::PhaseCount { phase, count })
            .collect(),
        total,
    })
}

pub(super) async fn of_idea(
    service: Service,
    asker: Asker,
    asked: ListIdeaEvaluations,
) -> Answer<pb::ListIdeaEvaluationsRequest> {
    let idea = asked.idea.to_string();
    let person = asker.actor().person.to_string();
    let ask = move |conn: &rusqlite::Connection| views::of_idea(conn, &idea, &person);
    let (mut rows, position) = service.evaluations.query(asker.after.as_ref(), ask).await?;
    rows.retain(|row| row.organisation == asker.actor().organisation.as_str());
    let texts = service.titles(&asker, rows.iter()).await?;
    Ok(pb::ListIdeaEvaluationsResponse {
        items: rows.iter().map(|row| summary(row, &texts)).collect(),
        position,
    })
}

pub(super) async fn loads(
    service: Service,
    asker: Asker,
    _: ListAssessorLoads,
) -> Answer<pb::ListAssessorLoadsRequest> {
    let organisation = asker.actor().organisation.clone();
    let criteria = StreamName::criteria(&organisation);
    let loaded = service.context.engine.load(std::slice::from_ref(&criteria)).await?;
    let sets = loaded.state::<Criteria>(&criteria);
    let cap = sets.in_force_or_standard(&organisation).load_cap;
    let ask = move |conn: &rusqlite::Connection| views::loads(conn, organisation.as_str());
    let (rows, position) = service.evaluations.query(asker.after.as_ref(), ask).await?;
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
        criteria: set.criteria.iter().map(pb::Criterion::from).collect(),
        assessments_required: set.assessments_required,
        load_cap: set.load_cap,
        earlier: set.earlier,
        adopted_at,
    }
}

pub(super) async fn criteria_sets(
    service: Service,
    asker: Asker,
    _: ListCriteriaSets,
) -> Answer<pb::ListCriteriaSetsRequest> {
    service.context.wait(&asker).await?;
    let position = service.context.engine.store().head().borrow().size;
    let stream = StreamName::criteria(&asker.actor().organisation);
    let loaded = service.context.engine.load(std::slice::from_ref(&stream)).await?;
    let times = loaded.entries(&stream).iter().map(|entry| entry.recorded.to_string());
    let sets = loaded.state::<Criteria>(&stream).0;
    let (mut earlier, mut own) = (Vec::new(), Vec::new());
    for (set, time) in sets.iter().zip(times) {
        let list = if set.earlier { &mut earlier } else { &mut own };
        list.push(criteria_set(set, time));
    }
    own.reverse();
    if own.is_empty() {
        own.push(criteria_set(&standard_set(&asker.actor().organisation), String::new()));
    }
    own.extend(earlier);
    let actions = offered(criteria::RULES, asker.actor(), &loaded.state::<Criteria>(&stream));
    Ok(pb::ListCriteriaSetsResponse {
        sets: own,
        position,
        actions,
    })
}

pub(super) async fn delegation_order(
    service: Service,
    asker: Asker,
    asked: GetDelegationOrder,
) -> Answer<pb::GetDelegationOrderRequest> {
    let on = asked.on.unwrap_or_else(|| service.context.engine.clock().today());
    service.context.wait(&asker).await?;
    let position = service.context.engine.store().head().borrow().size;
    let stream = StreamName::delegation_order(&asker.actor().organisation);
    let loaded = service.context.engine.load(std::slice::from_ref(&stream)).await?;
    let orders = loaded.state::<DelegationOrders>(&stream);
    let may = |held: Held| offered(delegation_order::rights::RULES, asker.actor(), &held);
    let actions = may(Held::default());
    let Some(order) = orders.in_force(on) else {
        return Ok(pb::GetDelegationOrderResponse {
            position,
            actions,
            ..pb::GetDelegationOrderResponse::default()
        });
    };
    let adopted = &order.adopted;
    let mandate = |mandate: &Mandate| pb::Mandate {
        actions: may(orders.held(&mandate.reference).unwrap_or_default()),
        ..pb::Mandate::from(mandate)
    };
    Ok(pb::GetDelegationOrderResponse {
        version: adopted.version,
        form: pb::OrderForm::from(adopted.form).into(),
        adopted_by: adopted.adopted_by.clone(),
        adopted_on: adopted.adopted_on.to_string(),
        paragraph: adopted.paragraph.as_ref().map(ToString::to_string).unwrap_or_default(),
        valid_from: adopted.valid_from.to_string(),
        valid_until: adopted.valid_until.map(|day| day.to_string()).unwrap_or_default(),
        mandates: order.mandates.iter().map(mandate).collect(),
        position,
        actions,
    })
}
