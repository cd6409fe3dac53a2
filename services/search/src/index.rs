//! One index, fed from a journal.

use futures_util::future::BoxFuture;
use idesluss_domain::SealedMember;
use idesluss_domain::words::{CopiedText, OrganisationId, StreamName};
use idesluss_engine::{Builder, Engine, Loaded, Recorded, StartError};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};
use tantivy::collector::{Count, TopDocs};
use tantivy::query::{AllQuery, BooleanQuery, ConstScoreQuery, Occur, Query, TermQuery};
use tantivy::schema::{Field, IndexRecordOption, STORED, STRING, Schema, TextFieldIndexing, TextOptions, Value as _};
use tantivy::tokenizer::{
    Language, LowerCaser, RemoveLongFilter, SimpleTokenizer, Stemmer, StopWordFilter, TextAnalyzer, TokenStream as _,
};
use tantivy::{Index, IndexReader, IndexWriter, ReloadPolicy, TantivyDocument, Term, doc};
use tokio::sync::{Mutex, OwnedMutexGuard, watch};
use uuid::Uuid;

const SWEDISH: &str = "swedish";
/// The same without the words that every text has.
const TELLING: &str = "swedish-telling";
/// Something is like a text when it shares so many of its telling words, or all where there are fewer: one shared word makes no likeness.
const SHARED: usize = 3;
/// Only so many of a text's words are looked for.
const MOST_WORDS: usize = 25;
/// Only so many of them are counted first, by how often they stand in it.
const MOST_COUNTED: usize = 400;
/// Shorter stems tell nothing.
const SHORTEST: usize = 4;
/// What the index may gather before it writes; the least that it allows.
const WRITER_BYTES: usize = 15_000_000;
const BATCH: usize = 256;
/// While entries keep coming, so many times as long as a commit has taken is left between two of them, up to a limit: each syncs
/// several files, whether it holds one document or a hundred.
const REST: u32 = 3;
const LONGEST_REST: Duration = Duration::from_millis(500);
/// Raise it with every change of how words are indexed: every index is then built anew.
const FORM: u32 = 2;

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

impl From<SearchError> for StartError {
    fn from(error: SearchError) -> Self {
        Self::Part(Box::new(error))
    }
}

/// What an entry brings into the index: everything that was known under this id before is replaced.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Document {
    /// The aggregate's id.
    pub id: Uuid,
    /// Whose it is.
    pub organisation: OrganisationId,
    /// What it can be found by; none takes it out.
    pub words: Words,
}

/// Where words come from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Words {
    /// Sealed texts that this service keeps.
    Sealed(Vec<SealedMember>),
    /// Sealed texts that the entry speaks of, and that an event about this stream holds, or handed on.
    Copied(StreamName, BTreeMap<String, CopiedText>),
    /// Published words.
    Open(String),
}

/// What is indexed.
#[derive(Debug, Clone, Copy)]
pub struct Subject {
    /// Its name, part of the folder's.
    pub name: &'static str,
    /// Raise it with every change of what `read` gives: the index is then built anew.
    pub version: u32,
    /// What an entry brings in; None: nothing.
    pub read: fn(&Recorded) -> Option<Document>,
    /// What must go, with every segment that held its words, since an entry says that its texts were erased; None: nothing is ever erased.
    pub gone: Option<Gone>,
}

/// Tells which things an entry has erased; none for most entries.
pub type Gone = for<'a> fn(&'a Engine, &'a Recorded) -> BoxFuture<'a, Result<Vec<Uuid>, SearchError>>;

/// An index. Cheap to clone.
#[derive(Clone)]
pub struct Search(Arc<Inner>);

struct Inner {
    engine: Engine,
    subject: Subject,
    index: Index,
    reader: IndexReader,
    fields: Fields,
    /// Whoever writes holds it from before texts are opened, so that nothing erased is written afterwards.
    writer: Arc<Mutex<IndexWriter>>,
    next: watch::Sender<u64>,
}

/// The writer, in the hands of one who writes.
type Writing = OwnedMutexGuard<IndexWriter>;

/// Whether that was all there was to take in.
enum Taken {
    All,
    MoreWaits,
}

#[derive(Clone, Copy)]
struct Fields {
    id: Field,
    organisation: Field,
    words: Field,
}

impl Search {
    /// Opens a service's index, or makes it, and follows the journal from then on.
    pub fn open(builder: &Builder, subject: Subject) -> Result<Self, SearchError> {
        let engine = builder.engine();
        let folder = builder
            .search_folder()
            .join(format!("{}.v{FORM}.{}", subject.name, subject.version));
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
            subject,
            // Loaded anew after every commit, and at no other time.
            reader: index.reader_builder().reload_policy(ReloadPolicy::Manual).try_into()?,
            writer: Arc::new(Mutex::new(index.writer_with_num_threads(1, WRITER_BYTES)?)),
            index,
            fields,
            next: watch::Sender::new(next),
        }));
        let following = search.clone();
        engine.spawn(async move { following.follow().await });
        Ok(search)
    }

    /// Waits until everything before `position` is in the index.
    pub async fn reached(&self, position: u64) {
        let _ = self.0.next.subscribe().wait_for(|next| *next >= position).await;
    }

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

    /// What the words stand in, in any Swedish form, the best match first.
    pub async fn find(
        &self,
        words: String,
        organisation: Option<OrganisationId>,
        limit: usize,
    ) -> Result<Vec<Uuid>, SearchError> {
        self.ask(move |search| search.holding(&words, organisation.as_ref(), limit))
            .await
    }

    /// Asks on a thread that may block: it reads files, and weighs much for some questions.
    async fn ask<F>(&self, question: F) -> Result<Vec<Uuid>, SearchError>
    where
        F: FnOnce(&Self) -> Result<Vec<Uuid>, SearchError> + Send + 'static,
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
    /// Counted, not scored: a score depends on how much else there is, and with little of it nothing would ever be alike. How seldom a word is
    /// counts among what may be found alone: otherwise which of one's own things are found would tell whether others' hold a word.
    fn telling(&self, text: &str, organisation: Option<&OrganisationId>) -> Result<(Vec<Term>, usize), SearchError> {
        let mut counted: BTreeMap<String, u64> = BTreeMap::new();
        if let Some(mut analyser) = self.0.index.tokenizers().get(TELLING) {
            let mut words = analyser.token_stream(text);
            while let Some(word) = words.next() {
                if word.text.chars().count() >= SHORTEST {
                    *counted.entry(word.text.clone()).or_default() += 1;
                }
            }
        }
        let shared = counted.len().clamp(1, SHARED);
        let searcher = self.0.reader.searcher();
        let holding = |query: Box<dyn Query>| -> Result<f32, SearchError> {
            Ok(searcher.search(&self.within(query, organisation), &Count)? as f32)
        };
        let documents = holding(Box::new(AllQuery))?;
        // Of a long text those that stand in it most often.
        let mut counted: Vec<(String, u64)> = counted.into_iter().collect();
        counted.sort_by(|(_, one), (_, other)| other.cmp(one));
        counted.truncate(MOST_COUNTED);
        let mut weighed = Vec::with_capacity(counted.len());
        for (word, count) in counted {
            let term = Term::from_field_text(self.0.fields.words, &word);
            let holding = holding(Box::new(TermQuery::new(term.clone(), IndexRecordOption::Basic)))?;
            if holding > 0.0 {
                weighed.push((count as f32 * (1.0 + documents / holding).ln(), term));
            }
        }
        weighed.sort_by(|(a, _), (b, _)| b.total_cmp(a));
        weighed.truncate(MOST_WORDS);
        Ok((weighed.into_iter().map(|(_, term)| term).collect(), shared))
    }

    fn holding(
        &self,
        words: &str,
        organisation: Option<&OrganisationId>,
        limit: usize,
    ) -> Result<Vec<Uuid>, SearchError> {
        // Whatever people type is a search for all of those words, never an error and never a language of its own.
        let mut analyser = self.0.index.tokenizer_for_field(self.0.fields.words)?;
        let mut stream = analyser.token_stream(words);
        let mut all: Vec<(Occur, Box<dyn Query>)> = Vec::new();
        while let Some(token) = stream.next() {
            let term = Term::from_field_text(self.0.fields.words, &token.text);
            all.push((
                Occur::Must,
                Box::new(TermQuery::new(term, IndexRecordOption::WithFreqs)),
            ));
        }
        let found = self.top(Box::new(BooleanQuery::new(all)), organisation, limit)?;
        Ok(found.into_iter().map(|(_, id)| id).collect())
    }

    /// Takes things out, and drops the segments that held their words.
    pub async fn forget(&self, ids: &[Uuid]) -> Result<(), SearchError> {
        let writer = Arc::clone(&self.0.writer).lock_owned().await;
        for id in ids {
            writer.delete_term(Term::from_field_text(self.0.fields.id, &id.to_string()));
        }
        let next = *self.0.next.borrow();
        let mut writer = self.commit(writer, next).await?;
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
            let began = Instant::now();
            match self.take(next).await {
                Ok(Taken::All) => tokio::time::sleep((began.elapsed() * REST).min(LONGEST_REST)).await,
                Ok(Taken::MoreWaits) => {}
                Err(error) => {
                    tracing::warn!(%error, "the search index waits before it goes on");
                    tokio::time::sleep(Duration::from_secs(1)).await;
                }
            }
        }
    }

    /// Takes the next entries in.
    async fn take(&self, next: u64) -> Result<Taken, SearchError> {
        let entries = self.0.engine.news(next, BATCH).await.map_err(engine)?;
        let Some(end) = entries.last().map(|entry| entry.position + 1) else {
            return Ok(Taken::All);
        };
        let taken = if entries.len() < BATCH {
            Taken::All
        } else {
            Taken::MoreWaits
        };
        let entries: Vec<Recorded> = entries.iter().filter_map(|entry| Recorded::read(&entry.line)).collect();
        let documents: Vec<Document> = entries.iter().filter_map(self.0.subject.read).collect();
        let writer = Arc::clone(&self.0.writer).lock_owned().await;
        for document in documents {
            let words = match document.words {
                Words::Open(words) => words,
                Words::Sealed(members) => self.words(&members).await?,
                Words::Copied(from, texts) => {
                    let holder = self.0.engine.holder(&Loaded::default(), &from, &texts).await;
                    let holder = holder.map_err(engine)?;
                    let members = holder.map(|holder| holder.sealed_members());
                    self.words(&members.unwrap_or_default()).await?
                }
            };
            let fields = self.0.fields;
            writer.delete_term(Term::from_field_text(fields.id, &document.id.to_string()));
            if !words.is_empty() {
                writer.add_document(doc!(
                    fields.id => document.id.to_string(),
                    fields.organisation => document.organisation.to_string(),
                    fields.words => words,
                ))?;
            }
        }
        drop(self.commit(writer, end).await?);
        self.follow_erasures(&entries).await?;
        self.0.next.send_replace(end);
        Ok(taken)
    }

    /// The words of sealed texts that can be read.
    async fn words(&self, members: &[SealedMember]) -> Result<String, SearchError> {
        let opened = self.0.engine.vault().open_texts(members).await.map_err(engine)?;
        let texts: Vec<_> = opened.into_iter().filter_map(|opened| opened.text()).collect();
        let words: Vec<&str> = texts.iter().map(|text| text.as_str()).collect();
        Ok(words.join("\n"))
    }

    /// Forgets what entries say was erased, on whichever replica that was done.
    async fn follow_erasures(&self, entries: &[Recorded]) -> Result<(), SearchError> {
        let Some(gone) = self.0.subject.gone else { return Ok(()) };
        let mut erased = Vec::new();
        for entry in entries {
            erased.extend(gone(&self.0.engine, entry).await?);
        }
        let searcher = self.0.reader.searcher();
        let mut here = Vec::new();
        for id in erased {
            if searcher.doc_freq(&Term::from_field_text(self.0.fields.id, &id.to_string()))? > 0 {
                here.push(id);
            }
        }
        if here.is_empty() {
            Ok(())
        } else {
            self.forget(&here).await
        }
    }

    /// Commits on a thread that may block, and lets readers see it. Gives the writer back.
    async fn commit(&self, mut writer: Writing, next: u64) -> Result<Writing, SearchError> {
        let reader = self.0.reader.clone();
        let committing = tokio::task::spawn_blocking(move || {
            let mut commit = writer.prepare_commit()?;
            commit.set_payload(&next.to_string());
            commit.commit()?;
            reader.reload()?;
            Ok(writer)
        });
        committing
            .await
            .map_err(|error| SearchError::Engine(format!("the commit failed: {error}")))?
    }
}

fn engine(error: impl std::fmt::Display) -> SearchError {
    SearchError::Engine(error.to_string())
}

fn open_or_create(folder: &Path) -> Result<(Index, Fields), SearchError> {
    let failed = |error| SearchError::Folder(folder.to_owned(), error);
    std::fs::create_dir_all(folder).map_err(failed)?;
    // The words of every text that is not erased stand in it: for nobody else to read.
    #[cfg(unix)]
    std::fs::set_permissions(folder, std::os::unix::fs::PermissionsExt::from_mode(0o700)).map_err(failed)?;
    let mut schema = Schema::builder();
    let words = TextFieldIndexing::default()
        .set_tokenizer(SWEDISH)
        // No positions: no question needs them, and with them whole sentences could be read off the index.
        .set_index_option(IndexRecordOption::WithFreqs);
    let fields = Fields {
        id: schema.add_text_field("id", STRING | STORED),
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
    let everywhere = StopWordFilter::new(Language::Swedish).unwrap_or_else(|| StopWordFilter::remove([]));
    let telling = TextAnalyzer::builder(SimpleTokenizer::default())
        .filter(RemoveLongFilter::limit(60))
        .filter(LowerCaser)
        .filter(everywhere)
        .filter(Stemmer::new(Language::Swedish))
        .build();
    index.tokenizers().register(TELLING, telling);
    Ok((index, fields))
}
