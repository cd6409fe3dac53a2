//! Lists: rows from the view, titles opened in one batch.

use super::idea::{without_traces, written};
use super::queries::{AccessLevel, Queries, access_level, idea_id, load};
use super::{LONG, SHORT};
use crate::views::{self, Filter, IdeaRow};
use idesluss_domain::submission::idea::Phase;
use idesluss_domain::words::{IdeaId, Role, StreamName};
use idesluss_domain::{AggregateStatus, SealedMember};
use idesluss_engine::{Asker, Texts, wrong_role};
use idesluss_proto::pb::submission as pb;
use idesluss_proto::status::{Problems, refuse};
use idesluss_proto::submission::write_phase;
use tonic::{Code, Status};

/// Who sees the whole inbox of an organisation.
const INSIDE: &[Role] = &[Role::Coordinator, Role::Registrar, Role::Auditor];

fn limit(limit: u32, usual: u32, most: u32) -> u32 {
    if limit == 0 { usual } else { limit.min(most) }
}

fn row(row: &IdeaRow, title: Option<&SealedMember>, texts: &Texts) -> pb::IdeaRow {
    pb::IdeaRow {
        idea: row.idea.clone(),
        organisation: row.organisation.clone(),
        title: texts.get(title),
        phase: row.phase,
        reference: row.reference.clone(),
        submitted_at: row.submitted_at.clone(),
        answer_due: row.answer_due.clone(),
        overdue: row.overdue,
        coordinator: row.coordinator.clone(),
        erasure: row.erasure,
        imported: row.imported,
        supporters: row.supporters,
    }
}

impl Queries {
    /// Rows with the titles that were submitted.
    async fn rows(&self, rows: &[IdeaRow]) -> Result<Vec<pb::IdeaRow>, Status> {
        let texts = self
            .context
            .open(rows.iter().filter_map(|row| row.title.clone()))
            .await?;
        Ok(rows
            .iter()
            .map(|found| row(found, found.title.as_ref(), &texts))
            .collect())
    }

    /// Rows for those who see briefs alone, with the titles of those.
    async fn brief_rows(&self, rows: &[IdeaRow]) -> Result<Vec<pb::IdeaRow>, Status> {
        let titles = rows.iter().filter_map(|row| row.brief_title.clone());
        let texts = self.context.open(titles).await?;
        let shown = |found: &IdeaRow| without_traces(row(found, found.brief_title.as_ref(), &texts));
        Ok(rows.iter().map(shown).collect())
    }

    async fn found(&self, asker: &Asker, ideas: Vec<IdeaId>) -> Result<Vec<IdeaRow>, Status> {
        if ideas.is_empty() {
            return Ok(Vec::new());
        }
        let person = asker.actor.person.to_string();
        let query = self
            .ideas
            .query(asker.after.as_ref(), move |conn| views::by_ids(conn, &ideas, &person));
        Ok(query.await?.0)
    }
}

pub(super) async fn mine(
    queries: &Queries,
    request: pb::ListMyIdeasRequest,
) -> Result<pb::ListMyIdeasResponse, Status> {
    let asker = queries.context.asker(request.query.as_ref())?;
    asker.needs(&[Role::Submitter])?;
    let (person, limit, offset) = (
        asker.actor.person.to_string(),
        limit(request.limit, 50, 200),
        request.offset,
    );
    let ended = [Phase::Withdrawn, Phase::Duplicate, Phase::Superseded, Phase::Closed];
    let ended = ended.map(|phase| write_phase(phase) as i32);
    let ask = move |conn: &rusqlite::Connection| {
        let proposals = views::proposals(conn, &person, ended)?;
        Ok((views::mine(conn, &person, limit, offset)?, proposals))
    };
    let (((rows, total), proposals), position) = queries.ideas.query(asker.after.as_ref(), ask).await?;
    // Who is asked sees which idea it is and who asks, and no more before they have agreed: they may come to judge it.
    let titles = queries
        .context
        .open(proposals.iter().filter_map(|row| row.title.clone()))
        .await?;
    let proposal = |row: &views::ProposalRow| pb::CoauthorProposal {
        idea: row.idea.clone(),
        title: titles.get(row.title.as_ref()),
        proposed_by: row.asked_by.clone(),
        proposed_at: row.asked_at.clone(),
    };
    Ok(pb::ListMyIdeasResponse {
        ideas: queries.rows(&rows).await?,
        total,
        position,
        proposals: proposals.iter().map(proposal).collect(),
    })
}

/// How many phases an idea can be in.
fn phases() -> usize {
    let is_phase = |status: &AggregateStatus| matches!(status, AggregateStatus::Idea(_));
    AggregateStatus::ALL.iter().filter(|status| is_phase(status)).count()
}

pub(super) async fn inbox(queries: &Queries, request: pb::ListInboxRequest) -> Result<pb::ListInboxResponse, Status> {
    let asker = queries.context.asker(request.query.as_ref())?;
    let decides = request.erasure_requested && asker.is(&[Role::DecisionMaker]);
    if !decides {
        asker.needs(INSIDE)?;
    }
    let mut problems = Problems::default();
    if request.phases.len() > phases() {
        problems.add("phases", "choose each of those that there are at most once");
    }
    problems.finish(Some(()))?;
    let filter = Filter {
        organisation: asker.actor.organisation.to_string(),
        person: asker.actor.person.to_string(),
        phases: request.phases().map(i32::from).filter(|phase| *phase != 0).collect(),
        erasure: request.erasure_requested.then_some(pb::ErasureState::Requested as i32),
        limit: limit(request.limit, 50, 200),
        offset: request.offset,
    };
    let ask = move |conn: &rusqlite::Connection| {
        Ok((
            views::inbox(conn, &filter)?,
            views::count_phases(conn, &filter.organisation)?,
        ))
    };
    let (((rows, total), counts), position) = queries.ideas.query(asker.after.as_ref(), ask).await?;
    let counts = counts.into_iter().map(|(phase, count)| pb::PhaseCount { phase, count });
    // A decision-maker decides on erasures too, and may come to decide on the idea itself.
    let ideas = if decides {
        queries.brief_rows(&rows).await?
    } else {
        queries.rows(&rows).await?
    };
    Ok(pb::ListInboxResponse {
        ideas,
        total,
        counts: counts.collect(),
        position,
    })
}

pub(super) async fn similar(
    queries: &Queries,
    request: pb::FindSimilarIdeasRequest,
) -> Result<pb::FindSimilarIdeasResponse, Status> {
    let asker = queries.context.asker(request.query.as_ref())?;
    if asker.is(&[Role::Operator, Role::Service]) {
        return Err(wrong_role());
    }
    let (text, itself) = if request.idea.is_empty() {
        let mut problems = Problems::default();
        let text = problems.text("text", &request.text, *LONG.start()..=20_000);
        (problems.finish(Some(text))?, None)
    } else {
        let id = idea_id(&request.idea)?;
        let (loaded, idea) = load(&queries.context, &asker, id).await?;
        if access_level(&queries.context, &asker, id, &idea).await? != AccessLevel::All {
            return Err(wrong_role());
        }
        let (members, texts) = written(&queries.context, loaded.entries(&StreamName::idea(id)), &idea).await?;
        let opened = queries.context.open(members).await?;
        let words: Vec<String> = opened.fields(&texts).into_values().map(|text| text.text).collect();
        (words.join("\n"), Some(id))
    };
    // Briefs that the asker may see anyway: those of the own organisation, and nothing but their words decides which are found.
    let home = asker.actor.organisation.clone();
    let found = ask_index(queries.briefs.similar(text, Some(home), 20).await)?;
    let found = found.into_iter().filter(|idea| Some(*idea) != itself).collect();
    let rows = queries.found(&asker, found).await?;
    let mut ideas = if asker.is(INSIDE) {
        queries.rows(&rows).await?
    } else {
        queries.brief_rows(&rows).await?
    };
    ideas.truncate(5);
    Ok(pb::FindSimilarIdeasResponse { ideas })
}

pub(super) async fn search(
    queries: &Queries,
    request: pb::SearchIdeasRequest,
) -> Result<pb::SearchIdeasResponse, Status> {
    let asker = queries.context.asker(request.query.as_ref())?;
    asker.needs(INSIDE)?;
    let mut problems = Problems::default();
    let words = problems.text("words", &request.words, SHORT);
    let words = problems.finish(Some(words))?;
    let organisation = asker.actor.organisation.clone();
    let most = usize::try_from(limit(request.limit, 20, 100)).unwrap_or(100);
    let found = ask_index(queries.search.find(words, Some(organisation), most).await)?;
    let rows = queries.found(&asker, found).await?;
    Ok(pb::SearchIdeasResponse {
        ideas: queries.rows(&rows).await?,
    })
}

fn ask_index(found: Result<Vec<uuid::Uuid>, idesluss_search::SearchError>) -> Result<Vec<IdeaId>, Status> {
    let ideas = found.map(|found| found.into_iter().map(IdeaId).collect());
    ideas.map_err(|error| {
        tracing::error!(%error, "the search index can't be read");
        let sentence = "The search can't be used now: everything else works.";
        refuse(Code::Unavailable, "SEARCH_UNAVAILABLE", sentence)
    })
}

pub(super) async fn calls(queries: &Queries, request: pb::ListCallsRequest) -> Result<pb::ListCallsResponse, Status> {
    let asker = queries.context.asker(request.query.as_ref())?;
    if asker.is(&[Role::Operator]) {
        return Err(wrong_role());
    }
    let today = queries.context.engine.clock().today().to_string();
    let ask = move |conn: &rusqlite::Connection| views::calls(conn, &today);
    let (rows, position) = queries.ideas.query(asker.after.as_ref(), ask).await?;
    let members: Vec<SealedMember> = rows.iter().flat_map(|row| row.texts.clone()).flatten().collect();
    let texts = queries.context.open(members).await?;
    let call = |row: &views::CallRow| pb::Call {
        call: row.call.clone(),
        organisation: row.organisation.clone(),
        need_owner: row.need_owner.clone(),
        title: texts.get(row.texts[0].as_ref()),
        need: texts.get(row.texts[1].as_ref()),
        resources: texts.get(row.texts[2].as_ref()),
        outcome: texts.get(row.texts[3].as_ref()),
        until: row.until.clone(),
        closed: row.closed,
    };
    Ok(pb::ListCallsResponse {
        calls: rows.iter().map(call).collect(),
        position,
    })
}
