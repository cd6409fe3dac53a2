//! What a decision rests on: the page before it, the decision with its dossier, the whole history.

use super::access::load;
use super::page::draw;
use super::{Answer, Around, Service, rejected};
use futures_util::StreamExt as _;
use futures_util::stream;
use idesluss_access::Sees;
use idesluss_domain::evaluation::delegation_order::{DelegationOrders, find_mandate};
use idesluss_domain::evaluation::evaluation::{Aside, Evaluation, EvaluationRejection};
use idesluss_domain::submission::Ideas;
use idesluss_domain::words::{EvaluationId, Gate, IdeaId, PersonId, StreamName, Timestamp};
use idesluss_engine::{Asker, Loaded, Parts, Recorded, forbidden, in_messages};
use idesluss_proto::pb::evaluation as pb;
use idesluss_proto::requests::evaluation::{GetDecision, GetDecisionPage, GetHistory};
use idesluss_proto::status::Reason;
use tonic::Status;

pub(super) async fn page(service: Service, asker: Asker, asked: GetDecisionPage) -> Answer<pb::GetDecisionPageRequest> {
    let (context, id) = (&service.context, asked.evaluation);
    context.wait(&asker).await?;
    // Taken before anything is read: what arrives meanwhile may be on the page, and is still new to the decision.
    let size = context.engine.store().head().borrow().size;
    let (loaded, state) = load(context, &asker, id).await?;
    let evaluation = draw(context, &asker, id, &loaded, &state).await?;
    let opened = state
        .opened
        .as_ref()
        .ok_or_else(|| rejected(EvaluationRejection::Unknown))?;
    let all = entries(&loaded, id, opened.idea);
    let new = all
        .iter()
        .filter(|entry| asked.since > 0 && entry.position > asked.since);
    let one = |entry: &&Recorded| pb::Arrived {
        r#type: entry.meta.kind.clone(),
        // When something came from elsewhere is told to nobody who may decide: it would narrow down whose idea it is.
        recorded: shown_time(false, entry, entry.recorded),
    };
    let mut arrived: Vec<_> = new.map(one).collect();
    let older = arrived.len().saturating_sub(ARRIVED);
    arrived.drain(..older);
    let order = StreamName::delegation_order(&opened.organisation);
    let orders = context.engine.load(std::slice::from_ref(&order)).await?;
    let today = context.engine.clock().today();
    let person = asker.actor().person;
    let orders = orders.state::<DelegationOrders>(&order);
    let mandate = find_mandate(&orders, person, opened.gate, asked.cost_kronor, today);
    Ok(pb::GetDecisionPageResponse {
        evaluation: Some(evaluation),
        seen: size.saturating_sub(1),
        mandate: mandate.as_ref().ok().map(pb::Mandate::from),
        no_mandate: mandate
            .err()
            .map(|none| EvaluationRejection::from(none).code().to_owned())
            .unwrap_or_default(),
        obstacles: obstacles(&state, person, opened.gate)
            .into_iter()
            .map(|code| code.to_owned())
            .collect(),
        arrived,
    })
}

/// How many entries a page that is drawn anew lists, the newest.
const ARRIVED: usize = 20;

/// What stands in the way of this person's decision. The need owner only matters to an idea that is to advance.
fn obstacles(state: &Evaluation, person: PersonId, gate: Gate) -> Vec<&'static str> {
    use EvaluationRejection as No;
    let checks = [
        (state.closed.is_some(), No::Closed),
        (state.revealed.is_none(), No::NotRevealed),
        (state.falls_short(), No::FallsShort),
        (!state.decisions.is_empty(), No::AlreadyDecided),
        (state.is_excluded(person), No::OwnIdea),
        (state.is_in_conflict(person), No::ConflictOfInterest),
        (state.assesses_this_gate(person), No::AssessedThisGate),
        (!state.without_conflict.contains(&person), No::NotDeclared),
        (gate >= Gate::Concept && state.need_owner.is_none(), No::NoNeedOwner),
    ];
    let holding = checks.into_iter().filter(|(stands, _)| *stands);
    holding.map(|(_, rejection)| rejection.code()).collect()
}

/// How many entries a decision's page lists, the newest; all of them are in the history.
const DOSSIER_ENTRIES: usize = 2_000;

pub(super) async fn decision(service: Service, asker: Asker, asked: GetDecision) -> Answer<pb::GetDecisionRequest> {
    let (context, id) = (&service.context, asked.evaluation);
    context.wait(&asker).await?;
    let position = context.engine.store().head().borrow().size;
    let (loaded, state) = load(context, &asker, id).await?;
    let decision = state
        .decision()
        .ok_or_else(|| rejected(EvaluationRejection::NotDecided))?;
    let evaluation = draw(context, &asker, id, &loaded, &state).await?;
    let entries = entries(&loaded, id, decision.idea);
    let older = entries.len().saturating_sub(DOSSIER_ENTRIES);
    let insider = asker.permit.sees(&state).is_ok_and(|sees| sees == Sees::All);
    let basis = &decision.basis;
    let one = |entry: &&Recorded| redacted(insider, entry, basis.seen, basis.size);
    Ok(pb::GetDecisionResponse {
        evaluation: Some(evaluation),
        entries: entries[older..].iter().map(one).collect(),
        position,
    })
}

/// What stands in this journal about an evaluation and its idea, in order.
fn entries(loaded: &Loaded, evaluation: EvaluationId, idea: IdeaId) -> Vec<&Recorded> {
    let (own, idea) = (StreamName::evaluation(evaluation), StreamName::idea(idea));
    let mut entries: Vec<&Recorded> = loaded.entries(&own).iter().chain(loaded.entries(&idea)).collect();
    entries.sort_unstable_by_key(|entry| entry.position);
    entries
}

/// An entry as it is told to whoever may see that much of it.
fn redacted(insider: bool, entry: &Recorded, seen: u64, size: u64) -> pb::DossierEntry {
    pb::DossierEntry {
        position: (insider || entry.own).then_some(entry.position),
        recorded: shown_time(insider, entry, entry.recorded),
        time: shown_time(insider, entry, entry.meta.time),
        source: entry.meta.source.clone(),
        r#type: entry.meta.kind.clone(),
        actor: shown_actor(insider, entry),
        role: entry.meta.role.to_string(),
        mandate: entry.meta.mandate.clone().unwrap_or_default(),
        seen: entry.position <= seen,
        received: entry.position < size,
    }
}

/// Assessors and deciders see the brief, never who submitted the idea, nor who leads it: what was received of it tells neither.
fn shown_actor(insider: bool, entry: &Recorded) -> String {
    if insider || entry.own {
        entry.meta.actor.to_string()
    } else {
        String::new()
    }
}

/// Nor when exactly it came: the month is left.
fn shown_time(insider: bool, entry: &Recorded, time: Timestamp) -> String {
    let time = time.to_string();
    if insider || entry.own {
        time
    } else {
        time.chars().take("2026-11".len()).collect()
    }
}

pub(super) async fn history(
    service: Service,
    asker: Asker,
    asked: GetHistory,
) -> Result<Parts<pb::GetHistoryResponse>, Status> {
    let (context, idea) = (&service.context, asked.idea);
    context.wait(&asker).await?;
    // Every idea of the instance is received here, so whose it is stands in this journal too.
    let stream = StreamName::idea(idea);
    let mut loaded = context.engine.load(std::slice::from_ref(&stream)).await?;
    asker.permit.sees(&loaded.state::<Ideas>(&stream)).map_err(rejected)?;
    let around = Around::known(EvaluationId::derive(idea, 0), idea, &loaded);
    let streams = around.streams();
    context.engine.load_more(&mut loaded, &streams).await?;
    let aside = around.state(&loaded).aside(asker.actor().person);
    if matches!(aside, Some(Aside::Author | Aside::Conflict)) {
        return Err(forbidden(Reason::TakesNoPart));
    }
    let entries = context.history(&asker.permit, loaded, &streams, |_| true).await?;
    let part = move |entries| Ok(pb::GetHistoryResponse { entries });
    Ok(stream::iter(in_messages(entries).into_iter().map(part)).boxed())
}
