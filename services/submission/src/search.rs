//! The only place that holds words: an index over ideas in Swedish, fed from the journal.
//!
//! How far it has come stands in its commits, so it goes on where it was and can be thrown away at any time. Nothing is
//! stored in it but ids; an erasure drops the segments that held the words before it counts as done.

use idesluss_domain::Event;
use idesluss_domain::submission::IdeaEvent;
use idesluss_domain::words::{Digest, IdeaId, OrganisationId};
use idesluss_engine::{Engine, Recorded};
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;
use tantivy::collector::TopDocs;
use tantivy::query::{BooleanQuery, MoreLikeThisQuery, Occur, Query, QueryParser, TermQuery};
use tantivy::schema::{
    Field, IndexRecordOption, OwnedValue, STORED, STRING, Schema, TextFieldIndexing, TextOptions, Value as _,
};
use tantivy::tokenizer::{Language, LowerCaser, RemoveLongFilter, SimpleTokenizer, Stemmer, TextAnalyzer};
use tantivy::{Index, IndexReader, IndexWriter, TantivyDocument, Term, doc};
use tokio::sync::{Mutex, watch};

const SWEDISH: &str = "swedish";
/// What the index may gather before it writes; the least that it allows.
const WRITER_BYTES: usize = 15_000_000;
const BATCH: usize = 256;
/// Raise it with every change of what is indexed or how: the index is then built anew.
const VERSION: u32 = 1;

/// Why the index can't be used.
#[derive(Debug, thiserror::Error)]
pub enum SearchError {
    /// The folder can't be used.
    #[error("the search index in {0}: {1}")]
    Folder(PathBuf, std::io::Error),
    /// The index said no.
    #[error("the search index: {0}")]
    Index(#[from] tantivy::TantivyError),
    /// Texts could not be opened, or the journal not read.
    #[error("{0}")]
    Engine(String),
}

/// The index. Cheap to clone.
#[derive(Clone)]
pub(crate) struct Search(Arc<Inner>);

struct Inner {
    engine: Engine,
    index: Index,
    reader: IndexReader,
    fields: Fields,
    /// Whoever writes holds it from before texts are opened, so that nothing erased is written afterwards.
    writer: Mutex<IndexWriter>,
    next: watch::Sender<u64>,
}

#[derive(Clone, Copy)]
struct Fields {
    idea: Field,
    organisation: Field,
    words: Field,
}

impl Search {
    /// Opens the index in `folder`, or makes it, and follows the journal from then on.
    pub(crate) fn open(engine: &Engine, folder: &Path) -> Result<Self, SearchError> {
        let folder = folder.join(format!("ideas.v{VERSION}"));
        let (index, fields) = match open_or_create(&folder) {
            Ok(opened) => opened,
            Err(error) => {
                // A damaged index is thrown away: the journal has everything.
                tracing::warn!(%error, "the search index is built anew");
                let failed = |error| SearchError::Folder(folder.clone(), error);
                std::fs::remove_dir_all(&folder).map_err(failed)?;
                open_or_create(&folder)?
            }
        };
        let next = index
            .load_metas()?
            .payload
            .and_then(|payload| payload.parse().ok())
            .unwrap_or(0);
        let search = Self(Arc::new(Inner {
            engine: engine.clone(),
            reader: index.reader()?,
            writer: Mutex::new(index.writer_with_num_threads(1, WRITER_BYTES)?),
            index,
            fields,
            next: watch::Sender::new(next),
        }));
        let following = search.clone();
        engine.spawn(async move { following.follow().await });
        Ok(search)
    }

    /// Waits until everything before `position` is in the index.
    pub(crate) async fn reached(&self, position: u64) {
        let _ = self.0.next.subscribe().wait_for(|next| *next >= position).await;
    }

    /// Ideas that resemble `text`, the most similar first; of one organisation, or of all.
    pub(crate) fn similar(
        &self,
        text: &str,
        organisation: Option<&OrganisationId>,
        limit: usize,
    ) -> Result<Vec<IdeaId>, SearchError> {
        let like = MoreLikeThisQuery::builder()
            .with_min_doc_frequency(1)
            .with_min_term_frequency(1)
            .with_min_word_length(4)
            .with_max_query_terms(25)
            .with_document_fields(vec![(self.0.fields.words, vec![OwnedValue::Str(text.to_owned())])]);
        let found = self.top(Box::new(like), organisation, limit)?;
        // One shared word makes no likeness.
        let best = found.first().map_or(0.0, |(score, _)| *score);
        let near = |(score, idea): (f32, IdeaId)| (score >= 6.0 && score >= best / 3.0).then_some(idea);
        Ok(found.into_iter().filter_map(near).collect())
    }

    /// Ideas in which the words stand, in any Swedish form, the best match first.
    pub(crate) fn find(
        &self,
        words: &str,
        organisation: &OrganisationId,
        limit: usize,
    ) -> Result<Vec<IdeaId>, SearchError> {
        let mut parser = QueryParser::for_index(&self.0.index, vec![self.0.fields.words]);
        parser.set_conjunction_by_default();
        // Whatever people type is a search for those words, never an error.
        let (query, _) = parser.parse_query_lenient(words);
        let found = self.top(query, Some(organisation), limit)?;
        Ok(found.into_iter().map(|(_, idea)| idea).collect())
    }

    /// Takes ideas out, and drops the segments that held their words.
    pub(crate) async fn forget(&self, ideas: &[IdeaId]) -> Result<(), SearchError> {
        let mut writer = self.0.writer.lock().await;
        for idea in ideas {
            writer.delete_term(Term::from_field_text(self.0.fields.idea, &idea.to_string()));
        }
        self.commit(&mut writer, *self.0.next.borrow())?;
        let segments = self.0.index.searchable_segment_ids()?;
        if !segments.is_empty() {
            writer.merge(&segments).await?;
        }
        self.0.reader.reload()?;
        writer.garbage_collect_files().await?;
        Ok(())
    }

    fn top(
        &self,
        query: Box<dyn Query>,
        organisation: Option<&OrganisationId>,
        limit: usize,
    ) -> Result<Vec<(f32, IdeaId)>, SearchError> {
        let query: Box<dyn Query> = match organisation {
            None => query,
            Some(organisation) => {
                let term = Term::from_field_text(self.0.fields.organisation, organisation.as_str());
                let only =
                    tantivy::query::ConstScoreQuery::new(Box::new(TermQuery::new(term, IndexRecordOption::Basic)), 0.0);
                Box::new(BooleanQuery::new(vec![
                    (Occur::Must, query),
                    (Occur::Must, Box::new(only)),
                ]))
            }
        };
        let searcher = self.0.reader.searcher();
        let mut found = Vec::new();
        for (score, address) in searcher.search(&query, &TopDocs::with_limit(limit.max(1)).order_by_score())? {
            let document: TantivyDocument = searcher.doc(address)?;
            let idea = document
                .get_first(self.0.fields.idea)
                .and_then(|value| value.as_str()?.parse().ok());
            found.extend(idea.map(|idea| (score, idea)));
        }
        Ok(found)
    }

    async fn follow(&self) {
        let mut head = self.0.engine.store().head();
        loop {
            let next = *self.0.next.borrow();
            if next >= head.borrow_and_update().size {
                if head.changed().await.is_err() {
                    return;
                }
                continue;
            }
            if let Err(error) = self.take(next).await {
                tracing::warn!(%error, "the search index waits before it goes on");
                tokio::time::sleep(Duration::from_secs(1)).await;
            }
        }
    }

    /// Takes the next entries in.
    async fn take(&self, next: u64) -> Result<(), SearchError> {
        let entries = self.0.engine.store().read(next, BATCH).await.map_err(engine)?;
        let Some(end) = entries.last().map(|entry| entry.position + 1) else {
            return Ok(());
        };
        let ideas: Vec<_> = entries
            .iter()
            .filter_map(|entry| Recorded::read(&entry.line))
            .filter_map(|entry| written(&entry))
            .collect();
        let mut writer = self.0.writer.lock().await;
        for (idea, organisation, digests) in ideas {
            let opened = self.0.engine.vault().open_texts(&digests).await.map_err(engine)?;
            let words: Vec<String> = opened.into_iter().filter_map(|opened| opened.text()).collect();
            let fields = self.0.fields;
            writer.delete_term(Term::from_field_text(fields.idea, &idea.to_string()));
            if !words.is_empty() {
                writer.add_document(doc!(
                    fields.idea => idea.to_string(),
                    fields.organisation => organisation.to_string(),
                    fields.words => words.join("\n"),
                ))?;
            }
        }
        self.commit(&mut writer, end)?;
        self.0.reader.reload()?;
        self.0.next.send_replace(end);
        Ok(())
    }

    fn commit(&self, writer: &mut IndexWriter, next: u64) -> Result<(), SearchError> {
        let mut commit = writer.prepare_commit()?;
        commit.set_payload(&next.to_string());
        commit.commit()?;
        Ok(())
    }
}

fn engine(error: impl std::fmt::Display) -> SearchError {
    SearchError::Engine(error.to_string())
}

/// The idea that an entry brings in, with the digests of what was written.
fn written(entry: &Recorded) -> Option<(IdeaId, OrganisationId, Vec<Digest>)> {
    if !entry.own {
        return None;
    }
    match entry.event.as_ref()? {
        Event::Idea(IdeaEvent::IdeaSubmitted(submitted)) => Some((
            submitted.idea,
            submitted.organisation.clone(),
            submitted.texts.values().copied().collect(),
        )),
        Event::Idea(IdeaEvent::IdeaReceived(received)) => Some((
            received.idea,
            received.organisation.clone(),
            received.brief.values().copied().collect(),
        )),
        _ => None,
    }
}

fn open_or_create(folder: &Path) -> Result<(Index, Fields), SearchError> {
    std::fs::create_dir_all(folder).map_err(|error| SearchError::Folder(folder.to_owned(), error))?;
    let mut schema = Schema::builder();
    let words = TextFieldIndexing::default()
        .set_tokenizer(SWEDISH)
        .set_index_option(IndexRecordOption::WithFreqsAndPositions);
    let fields = Fields {
        idea: schema.add_text_field("idea", STRING | STORED),
        organisation: schema.add_text_field("organisation", STRING),
        words: schema.add_text_field("words", TextOptions::default().set_indexing_options(words)),
    };
    let directory = tantivy::directory::MmapDirectory::open(folder).map_err(tantivy::TantivyError::from)?;
    let index = Index::open_or_create(directory, schema.build())?;
    let analyser = TextAnalyzer::builder(SimpleTokenizer::default())
        .filter(RemoveLongFilter::limit(60))
        .filter(LowerCaser)
        .filter(Stemmer::new(Language::Swedish))
        .build();
    index.tokenizers().register(SWEDISH, analyser);
    Ok((index, fields))
}

/// Removes repeats, keeping the first of each.
pub(crate) fn distinct(ideas: Vec<IdeaId>) -> Vec<IdeaId> {
    let mut seen = BTreeSet::new();
    ideas.into_iter().filter(|idea| seen.insert(*idea)).collect()
}
