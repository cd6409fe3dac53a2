//! Lists: rows from the view, titles opened in one batch.

use super::access::load_all;
use super::idea::{without_traces, written};
use super::{Answer, Submission};
use crate::views::{self, Filter, IdeaRow};
use idesluss_access::Sees;
use idesluss_domain::SealedMember;
use idesluss_domain::rights::offered;
use idesluss_domain::submission::call::{CallHead, RULES};
use idesluss_domain::submission::idea::Phase;
use idesluss_domain::words::{IdeaId, Prefix};
use idesluss_engine::{Asker, Page, Texts};
use idesluss_proto::pb::submission as pb;
use idesluss_proto::requests::submission::{
    FindSimilarIdeas, ListCalls, ListInbox, ListMyIdeas, ReadIdeas, SearchIdeas,
};
use idesluss_proto::status::{Reason, invalid_field, refuse};
use idesluss_proto::{MOST_FOUND, PageToken, Problem};
use idesluss_search::{Among, SearchError, shown};
use std::collections::{BTreeMap, BTreeSet};
use tonic::Status;

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

impl Submission {
    /// Rows with the titles that were submitted.
    async fn rows(&self, asker: &Asker, rows: &[IdeaRow]) -> Result<Vec<pb::IdeaRow>, Status> {
        let texts = self
            .context
            .open(&asker.permit, rows.iter().filter_map(|row| row.title.clone()))
            .await?;
        Ok(rows
            .iter()
            .map(|found| row(found, found.title.as_ref(), &texts))
            .collect())
    }

    /// Rows for those who see briefs alone, with the titles of those.
    async fn brief_rows(&self, asker: &Asker, rows: &[IdeaRow]) -> Result<Vec<pb::IdeaRow>, Status> {
        let titles = rows.iter().filter_map(|row| row.brief_title.clone());
        let texts = self.context.open(&asker.permit, titles).await?;
        let shown = |found: &IdeaRow| without_traces(row(found, found.brief_title.as_ref(), &texts));
        Ok(rows.iter().map(shown).collect())
    }

    pub(super) async fn found(&self, asker: &Asker, ideas: Vec<IdeaId>) -> Result<Vec<IdeaRow>, Status> {
        if ideas.is_empty() {
            return Ok(Vec::new());
        }
        let person = asker.actor().person.to_string();
        let query = self
            .ideas
            .query(asker.after.as_ref(), move |conn| views::by_ids(conn, &ideas, &person));
        Ok(query.await?.0)
    }

    /// What the asker may find: their organisation's ideas but those that they are in conflict with.
    async fn among(&self, asker: &Asker) -> Result<Among, Status> {
        let person = asker.actor().person.to_string();
        let query = self
            .ideas
            .query(asker.after.as_ref(), move |conn| views::in_conflict(conn, &person));
        Ok(Among {
            without: query.await?.0,
            ..Among::own(asker.actor().organisation.clone())
        })
    }
}

pub(super) async fn mine(submission: Submission, asker: Asker, asked: ListMyIdeas) -> Answer<pb::ListMyIdeasRequest> {
    let (actor, page) = (asker.actor(), Page::of(asked.page_size, asked.page_token)?);
    let (person, organisation) = (actor.person.to_string(), actor.organisation.to_string());
    let ended = [Phase::Withdrawn, Phase::Duplicate, Phase::Superseded, Phase::Closed];
    let ended = ended.map(|phase| pb::Phase::from(phase) as i32);
    let ask = move |conn: &rusqlite::Connection| {
        let who = (&*person, &*organisation);
        Ok((views::mine(conn, who, page)?, views::proposals(conn, who, ended)?))
    };
    let (((rows, total), proposals), position) = submission.ideas.query(asker.after.as_ref(), ask).await?;
    // Who is asked sees which idea it is and who asks, and no more before they have agreed: they may come to judge it.
    let titles = submission
        .context
        .open(&asker.permit, proposals.iter().filter_map(|row| row.title.clone()))
        .await?;
    let proposal = |row: &views::ProposalRow| pb::CoauthorProposal {
        idea: row.idea.clone(),
        title: titles.get(row.title.as_ref()),
        proposed_by: row.asked_by.clone(),
        proposed_at: row.asked_at.clone(),
    };
    Ok(pb::ListMyIdeasResponse {
        ideas: submission.rows(&asker, &rows).await?,
        next_page_token: PageToken::after(&rows, asked.page_size, |row| row.since),
        total,
        position,
        proposals: proposals.iter().map(proposal).collect(),
    })
}

pub(super) async fn inbox(submission: Submission, asker: Asker, asked: ListInbox) -> Answer<pb::ListInboxRequest> {
    // Who sees briefs alone is shown what they may decide on: erasures.
    let brief = asker.permit.sees_listed() == Sees::Brief;
    let erasure = asked.erasure_requested || brief;
    // Each is looked up by itself: one that is said twice would be listed twice.
    let asked_for: BTreeSet<i32> = (asked.phases.iter())
        .map(|phase| pb::Phase::from(*phase).into())
        .collect();
    let filter = Filter {
        organisation: asker.actor().organisation.to_string(),
        person: asker.actor().person.to_string(),
        phases: asked_for.into_iter().collect(),
        erasure: erasure.then_some(pb::ErasureState::Requested as i32),
        page: Page::of(asked.page_size, asked.page_token)?,
    };
    let ask = move |conn: &rusqlite::Connection| {
        Ok((
            views::inbox(conn, &filter)?,
            views::counts(conn, &filter.organisation, &filter.person)?,
            filter,
        ))
    };
    let ((rows, counts, filter), position) = submission.ideas.query(asker.after.as_ref(), ask).await?;
    let mut phases: BTreeMap<i32, u64> = BTreeMap::new();
    let mut total = 0;
    for (phase, erasure, count) in counts {
        // Whoever is shown erasures alone is told of no others.
        if !brief || filter.erasure == Some(erasure) {
            *phases.entry(phase).or_default() += count;
        }
        let is_wanted = filter.phases.is_empty() || filter.phases.contains(&phase);
        if is_wanted && filter.erasure.is_none_or(|wanted| wanted == erasure) {
            total += count;
        }
    }
    let counts = phases.into_iter().map(|(phase, count)| pb::PhaseCount { phase, count });
    let ideas = if brief {
        submission.brief_rows(&asker, &rows).await?
    } else {
        submission.rows(&asker, &rows).await?
    };
    Ok(pb::ListInboxResponse {
        ideas,
        next_page_token: PageToken::after(&rows, asked.page_size, |row| row.since),
        total,
        counts: counts.collect(),
        position,
    })
}

pub(super) async fn similar(
    submission: Submission,
    asker: Asker,
    asked: FindSimilarIdeas,
) -> Answer<pb::FindSimilarIdeasRequest> {
    let (text, itself) = if let Some(id) = asked.idea {
        let (loaded, idea) = load_all(&submission.context, &asker, id).await?;
        let (members, texts) = written(&submission.context, &loaded, id, &idea).await?;
        let opened = submission.context.open(&asker.permit, members).await?;
        let words: Vec<String> = opened.fields(&texts).into_values().map(|text| text.text).collect();
        (words.join("\n"), Some(id))
    } else if asked.text.is_empty() {
        return Err(invalid_field("text", Problem::Missing));
    } else {
        (asked.text, None)
    };
    // Briefs that the asker may see anyway: those of the own organisation, and nothing but their words decides which are found.
    let mut among = submission.among(&asker).await?;
    among.without.extend(itself.map(|idea| idea.0));
    let found = submission.briefs.similar(text, among, 20).await;
    let found = found.map_err(|error| unreadable(&error))?.into_iter().map(IdeaId);
    let found = found.collect();
    let rows = submission.found(&asker, found).await?;
    let mut ideas = if asker.permit.sees_listed() == Sees::All {
        submission.rows(&asker, &rows).await?
    } else {
        submission.brief_rows(&asker, &rows).await?
    };
    ideas.truncate(5);
    Ok(pb::FindSimilarIdeasResponse { ideas })
}

pub(super) async fn search(submission: Submission, asker: Asker, asked: SearchIdeas) -> Answer<pb::SearchIdeasRequest> {
    let meant = match reference(&asked.words) {
        None => Vec::new(),
        Some(reference) => {
            let of = asker.actor().organisation.to_string();
            let ask = move |conn: &rusqlite::Connection| views::by_reference(conn, &of, &reference);
            submission.ideas.query(asker.after.as_ref(), ask).await?.0
        }
    };
    // Whoever writes a reference means that one, if they may see it.
    let mut rows = submission.found(&asker, meant).await?;
    let (mut nearest, mut limited) = (0, false);
    if rows.is_empty() {
        let among = submission.among(&asker).await?;
        let found = submission.search.find(asked.words, among, MOST_FOUND as usize).await;
        let found = found.map_err(|error| unreadable(&error))?;
        limited = found.len() == MOST_FOUND as usize;
        let ids = found.iter().map(|found| IdeaId(found.id)).collect();
        rows = submission.found(&asker, ids).await?;
        // The index may be a moment behind or ahead of what may be seen: how many of the nearest are shown is counted of that.
        let may: BTreeSet<String> = rows.iter().map(|row| row.idea.clone()).collect();
        let found = shown(found.into_iter().filter(|found| may.contains(&found.id.to_string())));
        nearest = found.iter().filter(|found| !found.has_all).count() as u64;
        let found: BTreeSet<String> = found.iter().map(|found| found.id.to_string()).collect();
        rows.retain(|row| found.contains(&row.idea));
    }
    let total = rows.len() as u64;
    let page = PageToken::of_found(rows, asked.page_size, asked.page_token);
    let (rows, next_page_token) = page.ok_or_else(|| invalid_field("page_token", Problem::NotAPage))?;
    Ok(pb::SearchIdeasResponse {
        ideas: submission.rows(&asker, &rows).await?,
        total,
        next_page_token,
        nearest,
        limited,
    })
}

pub(super) async fn read(submission: Submission, asker: Asker, asked: ReadIdeas) -> Answer<pb::ReadIdeasRequest> {
    let mut rows = submission.found(&asker, asked.ideas).await?;
    let own = asker.actor().organisation.to_string();
    rows.retain(|row| row.organisation == own);
    let ideas = submission.rows(&asker, &rows).await?;
    Ok(pb::ReadIdeasResponse { ideas })
}

/// Words that have the form of a reference, such as `udd 2026 14` or `UDD-2026-0014`, as it is written.
fn reference(words: &str) -> Option<String> {
    let letters: String = words.chars().filter(|letter| letter.is_alphanumeric()).collect();
    let prefix = letters.trim_end_matches(|letter: char| letter.is_ascii_digit());
    let (year, number) = letters[prefix.len()..].split_at_checked(4)?;
    let number: u32 = number.parse().ok()?;
    let prefix: Prefix = prefix.to_uppercase().parse().ok()?;
    Some(format!("{prefix}-{year}-{number:04}"))
}

/// What is told of an index that can't be read.
fn unreadable(error: &SearchError) -> Status {
    tracing::error!(%error, "the search index can't be read");
    refuse(Reason::SearchUnavailable)
}

pub(super) async fn calls(submission: Submission, asker: Asker, asked: ListCalls) -> Answer<pb::ListCallsRequest> {
    let today = submission.context.engine.clock().today().to_string();
    let page = Page::of(asked.page_size, asked.page_token)?;
    let ask = move |conn: &rusqlite::Connection| views::calls(conn, &today, page);
    let ((rows, total), position) = submission.ideas.query(asker.after.as_ref(), ask).await?;
    let members: Vec<SealedMember> = rows.iter().flat_map(|row| row.texts.clone()).flatten().collect();
    let texts = submission.context.open(&asker.permit, members).await?;
    let may = |call: &CallHead| offered(RULES, asker.actor(), call);
    let head = |row: &views::CallRow| CallHead {
        organisation: row.organisation.parse().ok(),
        closed: row.closed,
    };
    let call = |row: &views::CallRow| pb::Call {
        actions: may(&head(row)),
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
        actions: may(&CallHead::default()),
        total,
        next_page_token: PageToken::after(&rows, page.size, |row| row.rank),
    })
}
