//! What an index is asked.
//!
//! How seldom a word is decides what comes first, and counts among what may be found alone: otherwise the order of one's own things would tell
//! whether others' hold a word. For the same reason it is decided of what the asker may see, and of nothing else, whether the nearest are shown.

use crate::form::{Cut, OPEN, words};
use crate::letters::grams;
use crate::{Search, SearchError};
use idesluss_domain::words::OrganisationId;
use std::collections::{BTreeMap, BTreeSet};
use tantivy::collector::{Count, TopDocs};
use tantivy::query::{
    AllQuery, BooleanQuery, ConstScoreQuery, DisjunctionMaxQuery, FuzzyTermQuery, Occur, Query, TermQuery,
};
use tantivy::schema::{Field, IndexRecordOption, Value as _};
use tantivy::{TantivyDocument, Term};
use uuid::Uuid;

/// Something is like a text when it shares so many of its telling words, or all where there are fewer: one shared word makes no likeness.
const SHARED: usize = 3;
/// Only so many of a text's words are looked for.
const MOST_WORDS: usize = 25;
/// Only so many of them are counted first, by how often they stand in it.
const MOST_COUNTED: usize = 400;
/// Only so many words of a search are looked for by their letters too: of more, each has to be written right.
const MOST_LETTERED: usize = 8;
/// Shorter stems tell nothing.
const SHORTEST: usize = 4;
/// So many are shown where fewer have all the words: the nearest.
const NEAREST: usize = 5;
/// So many of the nearest are found, since the asker may not see all of them.
const NEAREST_FOUND: usize = 40;
/// A word that is so short has no letters to compare; while it is typed, it is the beginning of one.
const BEGINNING: std::ops::RangeInclusive<usize> = 2..=3;
/// What a part of a word, or most of its letters, weighs beside the word itself.
const LETTERS: f32 = 0.6;
/// What it adds that a word stands in the title.
const TITLED: f32 = 0.5;
/// A word that so many hold is not looked for by its letters, nor by what is nearly written so: those who hold it as it is come first anyway, and are more
/// than anybody looks through.
const FREQUENT: f32 = 1_000.0;
/// From so many letters on a stem is also found by one that differs in a letter: *möbel* and *möbler* have two.
const LONG_ENOUGH: usize = 5;
/// Of five fours of its letters a word may lack so many: one mistyped letter is in four of them, and where two words meet in one of ours there are
/// three that neither has.
const LACKING_OF_FIVE: usize = 2;

/// Among which things something is looked for: what is not among them decides nothing, neither what is found nor in which order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Among {
    /// Whose.
    pub organisation: OrganisationId,
    /// Also those of others that are open to all.
    pub open: bool,
    /// But not these.
    pub without: Vec<Uuid>,
}

impl Among {
    /// All of an organisation's.
    pub fn own(organisation: OrganisationId) -> Self {
        Self {
            organisation,
            open: false,
            without: Vec::new(),
        }
    }
}

/// By what a word is looked for beside its stem.
#[derive(Clone, Copy)]
struct How {
    by_letters: bool,
    by_beginning: bool,
}

/// What was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Found {
    /// The aggregate's id.
    pub id: Uuid,
    /// Whether it holds all the words that were looked for, in some form; otherwise it is among the nearest.
    pub has_all: bool,
}

/// What is shown of what was found and the asker may see: what has all the words; where that is little, the nearest too.
pub fn shown(found: impl IntoIterator<Item = Found>) -> Vec<Found> {
    let (mut shown, nearest): (Vec<Found>, Vec<Found>) = found.into_iter().partition(|found| found.has_all);
    let room = NEAREST.saturating_sub(shown.len());
    shown.extend(nearest.into_iter().take(room));
    shown
}

impl Search {
    /// What resembles `text`, the most similar first.
    pub async fn similar(&self, text: String, among: Among, limit: usize) -> Result<Vec<Uuid>, SearchError> {
        self.ask(move |search| search.alike(text, &among, limit)).await
    }

    /// What holds the words, in any Swedish form, as a part of a longer word, or mistyped, the last of them also by how it begins; the best match
    /// first. Where little holds all of them, the nearest follow: [`shown`] says how many of them are told, once it is known which the asker may see.
    pub async fn find(&self, words: String, among: Among, limit: usize) -> Result<Vec<Found>, SearchError> {
        self.ask(move |search| search.holding(&words, &among, limit)).await
    }

    /// Asks on a thread that may block, when it is its turn: it reads files, and weighs much for some questions.
    async fn ask<T, F>(&self, question: F) -> Result<T, SearchError>
    where
        T: Send + 'static,
        F: FnOnce(&Self) -> Result<T, SearchError> + Send + 'static,
    {
        let _turn = self.0.turns.acquire().await;
        let search = self.clone();
        tokio::task::spawn_blocking(move || question(&search))
            .await
            .map_err(|error| SearchError::Engine(format!("the question failed: {error}")))?
    }

    fn alike(&self, text: String, among: &Among, limit: usize) -> Result<Vec<Uuid>, SearchError> {
        let (terms, shared) = self.telling(&text, among)?;
        // Weighed as they were counted: a library's own score would know of what is not among these.
        let word = |(weight, term)| -> (Occur, Box<dyn Query>) {
            let holds = Box::new(TermQuery::new(term, IndexRecordOption::Basic));
            (Occur::Should, Box::new(ConstScoreQuery::new(holds, weight)))
        };
        let like = BooleanQuery::with_minimum_required_clauses(terms.into_iter().map(word).collect(), shared);
        let found = self.top(Box::new(like), among, limit)?;
        let best = found.first().map_or(0.0, |(score, _)| *score);
        let near = |(score, id): (f32, Uuid)| (score >= best / 3.0).then_some(id);
        Ok(found.into_iter().filter_map(near).collect())
    }

    /// The words of a text that tell most of what it is about, and how many of them something must share to be like it.
    ///
    /// Counted, not scored: a score depends on how much else there is, and with little of it nothing would ever be alike.
    fn telling(&self, text: &str, among: &Among) -> Result<(Vec<(f32, Term)>, usize), SearchError> {
        let mut counted: BTreeMap<String, u64> = BTreeMap::new();
        for word in words(&self.0.index, Cut::Telling, text) {
            if word.chars().count() >= SHORTEST {
                *counted.entry(word).or_default() += 1;
            }
        }
        let shared = counted.len().clamp(1, SHARED);
        let all = self.all(among)?;
        // Of a long text those that stand in it most often.
        let mut counted: Vec<(String, u64)> = counted.into_iter().collect();
        counted.sort_by(|(_, one), (_, other)| other.cmp(one));
        counted.truncate(MOST_COUNTED);
        let mut weighed = Vec::with_capacity(counted.len());
        let searcher = self.0.reader.searcher();
        for (word, count) in counted {
            let term = self.0.fields.stem(&word);
            // Most words of a text stand in nothing else, and need not be counted among these.
            if searcher.doc_freq(&term)? == 0 {
                continue;
            }
            let query = TermQuery::new(term.clone(), IndexRecordOption::Basic);
            let holding = self.count(&query, among)?;
            if let Some(weight) = weight(holding, all) {
                weighed.push((count as f32 * weight, term));
            }
        }
        weighed.sort_by(|(a, _), (b, _)| b.total_cmp(a));
        weighed.truncate(MOST_WORDS);
        Ok((weighed, shared))
    }

    fn holding(&self, looked_for: &str, among: &Among, limit: usize) -> Result<Vec<Found>, SearchError> {
        // Whatever people type is a search for those words, never an error and never a language of its own.
        let mut stems = words(&self.0.index, Cut::Telling, looked_for);
        if stems.is_empty() {
            stems = words(&self.0.index, Cut::All, looked_for);
        }
        let mut once = BTreeSet::new();
        stems.retain(|stem| once.insert(stem.clone()));
        stems.truncate(MOST_WORDS);
        let all = self.all(among)?;
        // It may be half typed yet.
        let last = stems.last().cloned();
        let mut held = Vec::with_capacity(stems.len());
        for (number, stem) in stems.iter().enumerate() {
            let how = How {
                by_letters: number < MOST_LETTERED,
                by_beginning: last.as_ref() == Some(stem),
            };
            held.extend(self.word(stem, how, among, all)?);
        }
        let found = |found: Vec<(f32, Uuid)>, has_all| found.into_iter().map(move |(_, id)| Found { id, has_all });
        let clauses = |occur: Occur| {
            held.iter()
                .map(move |word| (occur, word.box_clone()))
                .collect::<Vec<_>>()
        };
        let mut all_found: Vec<Found> = Vec::new();
        // A word that nothing holds is held by none.
        if held.len() == stems.len() {
            let with_all = self.top(Box::new(BooleanQuery::new(clauses(Occur::Must))), among, limit)?;
            all_found.extend(found(with_all, true));
        }
        // Also where there are some more than are wanted: not all of these may be seen. What holds the only word has all of them.
        let is_little = all_found.len() < NEAREST_FOUND && !(held.len() == 1 && stems.len() == 1);
        if is_little && !held.is_empty() {
            let some = BooleanQuery::new(clauses(Occur::Should));
            let nearest = self.top(Box::new(some), among, NEAREST_FOUND.min(limit))?;
            let further: Vec<Found> = found(nearest, false)
                .filter(|near| !all_found.iter().any(|known| known.id == near.id))
                .collect();
            all_found.extend(further);
        }
        Ok(all_found)
    }

    /// A word, weighed by how seldom it is, and more where it stands in a title; None: nothing holds it in any form.
    fn word(&self, stem: &str, how: How, among: &Among, all: f32) -> Result<Option<Box<dyn Query>>, SearchError> {
        let titled = TermQuery::new(self.0.fields.titled(stem), IndexRecordOption::Basic);
        let Some(anywhere) = self.anywhere(stem, how, among, all)? else {
            return Ok(None);
        };
        let Some(weight) = weight(self.count(&titled, among)?, all) else {
            return Ok(Some(anywhere));
        };
        Ok(Some(Box::new(BooleanQuery::new(vec![
            (Occur::Must, anywhere),
            (
                Occur::Should,
                Box::new(ConstScoreQuery::new(Box::new(titled), weight * TITLED)),
            ),
        ]))))
    }

    fn anywhere(&self, stem: &str, how: How, among: &Among, all: f32) -> Result<Option<Box<dyn Query>>, SearchError> {
        let fields = self.0.fields;
        let itself: Box<dyn Query> = Box::new(TermQuery::new(fields.stem(stem), IndexRecordOption::Basic));
        let holding = self.count(&*itself, among)?;
        let itself =
            weight(holding, all).map(|weight| -> Box<dyn Query> { Box::new(ConstScoreQuery::new(itself, weight)) });
        if holding >= FREQUENT {
            return Ok(itself);
        }
        let mut ways: Vec<Box<dyn Query>> = Vec::from_iter(itself);
        let mut way = |query: Box<dyn Query>, share: f32| -> Result<(), SearchError> {
            if let Some(weight) = weight(self.count(&*query, among)?, all) {
                ways.push(Box::new(ConstScoreQuery::new(query, weight * share)));
            }
            Ok(())
        };
        if how.by_beginning && BEGINNING.contains(&stem.chars().count()) {
            let begins = FuzzyTermQuery::new_prefix(fields.stem(stem), 0, false);
            way(Box::new(begins), LETTERS)?;
        }
        if how.by_letters && stem.chars().count() >= LONG_ENOUGH {
            let near = FuzzyTermQuery::new(fields.stem(stem), 1, true);
            way(Box::new(near), LETTERS)?;
        }
        let letters: Vec<(Occur, Box<dyn Query>)> = grams(stem)
            .into_iter()
            .take_while(|_| how.by_letters)
            .map(|gram| -> (Occur, Box<dyn Query>) {
                (
                    Occur::Should,
                    Box::new(TermQuery::new(fields.gram(gram), IndexRecordOption::Basic)),
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
        Ok(match ways.len() {
            0 | 1 => ways.pop(),
            _ => Some(Box::new(DisjunctionMaxQuery::new(ways))),
        })
    }

    /// How many there are.
    fn all(&self, among: &Among) -> Result<f32, SearchError> {
        if among.open {
            return self.count(&AllQuery, among);
        }
        // An organisation's own are told by the index itself, nearly: it may know of some that are left out, or not of all.
        let searcher = self.0.reader.searcher();
        let own = searcher.search(
            &self.is(self.0.fields.organisation, among.organisation.as_str()),
            &Count,
        )?;
        Ok(own.saturating_sub(among.without.len()).max(1) as f32)
    }

    fn count(&self, query: &dyn Query, among: &Among) -> Result<f32, SearchError> {
        let query = self.within(query.box_clone(), among);
        Ok(self.0.reader.searcher().search(&query, &Count)? as f32)
    }

    fn top(&self, query: Box<dyn Query>, among: &Among, limit: usize) -> Result<Vec<(f32, Uuid)>, SearchError> {
        let query = self.within(query, among);
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

    fn is(&self, field: Field, value: &str) -> TermQuery {
        TermQuery::new(Term::from_field_text(field, value), IndexRecordOption::Basic)
    }

    /// The same, among these.
    fn within(&self, query: Box<dyn Query>, among: &Among) -> Box<dyn Query> {
        let is = |field, value: &str| -> Box<dyn Query> { Box::new(self.is(field, value)) };
        let fields = self.0.fields;
        let mut whose = vec![(Occur::Should, is(fields.organisation, among.organisation.as_str()))];
        if among.open {
            whose.push((Occur::Should, is(fields.open, OPEN)));
        }
        let whose: Box<dyn Query> = Box::new(BooleanQuery::new(whose));
        let mut all = vec![
            (Occur::Must, query),
            (
                Occur::Must,
                Box::new(ConstScoreQuery::new(whose, 0.0)) as Box<dyn Query>,
            ),
        ];
        all.extend((among.without.iter()).map(|id| (Occur::MustNot, is(fields.id, &id.to_string()))));
        Box::new(BooleanQuery::new(all))
    }
}

/// How much it tells that something is among so many of `all`; None: nothing is.
fn weight(holding: f32, all: f32) -> Option<f32> {
    (holding > 0.0).then(|| (1.0 + all / holding).ln())
}
