//! What an index is asked.
//!
//! How seldom a word is decides what comes first, and counts among what may be found alone: otherwise the order of one's own things would tell
//! whether others' hold a word.

use crate::form::{Cut, grams, words};
use crate::{Search, SearchError};
use idesluss_domain::words::OrganisationId;
use std::collections::{BTreeMap, BTreeSet};
use tantivy::collector::{Count, TopDocs};
use tantivy::query::{AllQuery, BooleanQuery, ConstScoreQuery, DisjunctionMaxQuery, Occur, Query, TermQuery};
use tantivy::schema::{IndexRecordOption, Value as _};
use tantivy::{TantivyDocument, Term};
use uuid::Uuid;

/// Something is like a text when it shares so many of its telling words, or all where there are fewer: one shared word makes no likeness.
const SHARED: usize = 3;
/// Only so many of a text's words are looked for.
const MOST_WORDS: usize = 25;
/// Only so many of them are counted first, by how often they stand in it.
const MOST_COUNTED: usize = 400;
/// Shorter stems tell nothing.
const SHORTEST: usize = 4;
/// So many are shown where fewer have all the words: the nearest.
const NEAREST: usize = 5;
/// What a part of a word, or most of its letters, weighs beside the word itself.
const LETTERS: f32 = 0.6;
/// Of five fours of its letters a word may lack so many: one mistyped letter is in four of them, and where two words meet in one of ours there are
/// three that neither has.
const LACKING_OF_FIVE: usize = 2;

/// What was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Found {
    /// The aggregate's id.
    pub id: Uuid,
    /// Whether it holds all the words that were looked for, in some form; otherwise it is among the nearest.
    pub has_all: bool,
}

impl Search {
    /// What resembles `text`, the most similar first; of one organisation, or of all.
    pub async fn similar(
        &self,
        text: String,
        organisation: Option<OrganisationId>,
        limit: usize,
    ) -> Result<Vec<Uuid>, SearchError> {
        self.ask(move |search| search.alike(text, organisation.as_ref(), limit))
            .await
    }

    /// What holds the words, in any Swedish form, as a part of a longer word, or mistyped; the best match first. Where little holds all of them, what
    /// holds most.
    pub async fn find(
        &self,
        words: String,
        organisation: Option<OrganisationId>,
        limit: usize,
    ) -> Result<Vec<Found>, SearchError> {
        self.ask(move |search| search.holding(&words, organisation.as_ref(), limit))
            .await
    }

    /// Asks on a thread that may block: it reads files, and weighs much for some questions.
    async fn ask<T, F>(&self, question: F) -> Result<T, SearchError>
    where
        T: Send + 'static,
        F: FnOnce(&Self) -> Result<T, SearchError> + Send + 'static,
    {
        let search = self.clone();
        tokio::task::spawn_blocking(move || question(&search))
            .await
            .map_err(|error| SearchError::Engine(format!("the question failed: {error}")))?
    }

    fn alike(
        &self,
        text: String,
        organisation: Option<&OrganisationId>,
        limit: usize,
    ) -> Result<Vec<Uuid>, SearchError> {
        let (terms, shared) = self.telling(&text, organisation)?;
        let word = |term| -> (Occur, Box<dyn Query>) {
            (
                Occur::Should,
                Box::new(TermQuery::new(term, IndexRecordOption::WithFreqs)),
            )
        };
        let like = BooleanQuery::with_minimum_required_clauses(terms.into_iter().map(word).collect(), shared);
        let found = self.top(Box::new(like), organisation, limit)?;
        let best = found.first().map_or(0.0, |(score, _)| *score);
        let near = |(score, id): (f32, Uuid)| (score >= best / 3.0).then_some(id);
        Ok(found.into_iter().filter_map(near).collect())
    }

    /// The words of a text that tell most of what it is about, and how many of them something must share to be like it.
    ///
    /// Counted, not scored: a score depends on how much else there is, and with little of it nothing would ever be alike.
    fn telling(&self, text: &str, organisation: Option<&OrganisationId>) -> Result<(Vec<Term>, usize), SearchError> {
        let mut counted: BTreeMap<String, u64> = BTreeMap::new();
        for word in words(&self.0.index, Cut::Telling, text) {
            if word.chars().count() >= SHORTEST {
                *counted.entry(word).or_default() += 1;
            }
        }
        let shared = counted.len().clamp(1, SHARED);
        let all = self.count(&AllQuery, organisation)?;
        // Of a long text those that stand in it most often.
        let mut counted: Vec<(String, u64)> = counted.into_iter().collect();
        counted.sort_by(|(_, one), (_, other)| other.cmp(one));
        counted.truncate(MOST_COUNTED);
        let mut weighed = Vec::with_capacity(counted.len());
        for (word, count) in counted {
            let term = self.0.fields.stem(&word);
            let query = TermQuery::new(term.clone(), IndexRecordOption::Basic);
            if let Some(weight) = self.weight(&query, organisation, all)? {
                weighed.push((count as f32 * weight, term));
            }
        }
        weighed.sort_by(|(a, _), (b, _)| b.total_cmp(a));
        weighed.truncate(MOST_WORDS);
        Ok((weighed.into_iter().map(|(_, term)| term).collect(), shared))
    }

    fn holding(
        &self,
        looked_for: &str,
        organisation: Option<&OrganisationId>,
        limit: usize,
    ) -> Result<Vec<Found>, SearchError> {
        // Whatever people type is a search for those words, never an error and never a language of its own.
        let mut stems = words(&self.0.index, Cut::Telling, looked_for);
        if stems.is_empty() {
            stems = words(&self.0.index, Cut::All, looked_for);
        }
        let mut once = BTreeSet::new();
        stems.retain(|stem| once.insert(stem.clone()));
        stems.truncate(MOST_WORDS);
        let all = self.count(&AllQuery, organisation)?;
        let mut held = Vec::with_capacity(stems.len());
        for stem in &stems {
            held.extend(self.word(stem, organisation, all)?);
        }
        let found = |found: Vec<(f32, Uuid)>, has_all| found.into_iter().map(move |(_, id)| Found { id, has_all });
        let clauses = |occur: Occur| {
            held.iter()
                .map(move |word| (occur, word.box_clone()))
                .collect::<Vec<_>>()
        };
        let mut shown: Vec<Found> = Vec::new();
        // A word that nothing holds is held by none.
        if held.len() == stems.len() {
            let with_all = self.top(Box::new(BooleanQuery::new(clauses(Occur::Must))), organisation, limit)?;
            shown.extend(found(with_all, true));
        }
        if shown.len() < NEAREST && !held.is_empty() {
            let some = BooleanQuery::new(clauses(Occur::Should));
            let nearest = self.top(Box::new(some), organisation, NEAREST.min(limit))?;
            let further: Vec<Found> = found(nearest, false)
                .filter(|near| !shown.iter().any(|known| known.id == near.id))
                .collect();
            shown.extend(further);
            shown.truncate(NEAREST);
        }
        Ok(shown)
    }

    /// A word, weighed by how seldom it is; None: nothing holds it in any form.
    fn word(
        &self,
        stem: &str,
        organisation: Option<&OrganisationId>,
        all: f32,
    ) -> Result<Option<Box<dyn Query>>, SearchError> {
        let fields = self.0.fields;
        let mut ways: Vec<Box<dyn Query>> = Vec::new();
        let mut way = |query: Box<dyn Query>, share: f32| -> Result<(), SearchError> {
            if let Some(weight) = self.weight(&*query, organisation, all)? {
                ways.push(Box::new(ConstScoreQuery::new(query, weight * share)));
            }
            Ok(())
        };
        way(
            Box::new(TermQuery::new(fields.stem(stem), IndexRecordOption::Basic)),
            1.0,
        )?;
        let letters: Vec<(Occur, Box<dyn Query>)> = grams(stem)
            .map(|gram| -> (Occur, Box<dyn Query>) {
                (
                    Occur::Should,
                    Box::new(TermQuery::new(fields.gram(&gram), IndexRecordOption::Basic)),
                )
            })
            .collect();
        if !letters.is_empty() {
            let wanted = letters.len() - letters.len() * LACKING_OF_FIVE / 5;
            way(
                Box::new(BooleanQuery::with_minimum_required_clauses(letters, wanted)),
                LETTERS,
            )?;
        }
        Ok(match ways.is_empty() {
            true => None,
            false => Some(Box::new(DisjunctionMaxQuery::new(ways))),
        })
    }

    /// How much it tells that something is among those that a query finds, of `all`; None: it finds nothing.
    fn weight(
        &self,
        query: &dyn Query,
        organisation: Option<&OrganisationId>,
        all: f32,
    ) -> Result<Option<f32>, SearchError> {
        let holding = self.count(query, organisation)?;
        Ok((holding > 0.0).then(|| (1.0 + all / holding).ln()))
    }

    fn count(&self, query: &dyn Query, organisation: Option<&OrganisationId>) -> Result<f32, SearchError> {
        let query = self.within(query.box_clone(), organisation);
        Ok(self.0.reader.searcher().search(&query, &Count)? as f32)
    }

    fn top(
        &self,
        query: Box<dyn Query>,
        organisation: Option<&OrganisationId>,
        limit: usize,
    ) -> Result<Vec<(f32, Uuid)>, SearchError> {
        let query = self.within(query, organisation);
        let searcher = self.0.reader.searcher();
        let mut found = Vec::new();
        for (score, address) in searcher.search(&query, &TopDocs::with_limit(limit.max(1)).order_by_score())? {
            let document: TantivyDocument = searcher.doc(address)?;
            let id = document
                .get_first(self.0.fields.id)
                .and_then(|value| value.as_str()?.parse().ok());
            found.extend(id.map(|id| (score, id)));
        }
        Ok(found)
    }

    /// The same, among an organisation's things.
    fn within(&self, query: Box<dyn Query>, organisation: Option<&OrganisationId>) -> Box<dyn Query> {
        let Some(organisation) = organisation else { return query };
        let term = Term::from_field_text(self.0.fields.organisation, organisation.as_str());
        let only = ConstScoreQuery::new(Box::new(TermQuery::new(term, IndexRecordOption::Basic)), 0.0);
        Box::new(BooleanQuery::new(vec![
            (Occur::Must, query),
            (Occur::Must, Box::new(only)),
        ]))
    }
}
