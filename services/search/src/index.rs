//! One index, fed from a journal.

use crate::form::{FORM, Fields, OPEN, open_or_create};
use futures_util::future::BoxFuture;
use idesluss_domain::SealedMember;
use idesluss_domain::words::{CopiedText, OrganisationId, StreamName};
use idesluss_engine::{Builder, Engine, Loaded, News, Recorded, StartError};
use memchr::memmem;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};
use tantivy::index::SegmentId;
use tantivy::indexer::LogMergePolicy;
use tantivy::{Index, IndexReader, IndexWriter, ReloadPolicy, Term, doc};
use tokio::sync::{Mutex, OwnedMutexGuard, Semaphore, watch};
use uuid::Uuid;

const BATCH: usize = 256;
/// So many segments of a size make one.
const MERGED_AT_ONCE: usize = 8;
/// The most documents of a segment that is merged with others: what comes of it has 50,000 at the most, as many as an erasure may have to write anew.
const MOST_DOCUMENTS: usize = 50_000 / MERGED_AT_ONCE;
/// The end of what a title is bound to, where it is sealed. Of published words the title is the first line.
const TITLE: &str = ".title";
/// How often an erasure looks for files that still hold the words, and how long it waits before, until it is tried anew.
const MOST_REWRITES: usize = 8;
const REWRITES_AFTER: Duration = Duration::from_millis(250);
/// How many questions are asked at once; the rest wait.
const TURNS: usize = 4;
/// Whoever catches up commits after so long: each commit syncs several files.
const BETWEEN_COMMITS: Duration = Duration::from_secs(2);
/// While entries keep coming, so many times as long as a commit has taken is left between two of them, up to a limit: each syncs
/// several files, whether it holds one document or a hundred.
const REST: u32 = 3;
const LONGEST_REST: Duration = Duration::from_millis(500);
/// Why the index can't be used.
#[derive(Debug, thiserror::Error)]
pub enum SearchError {
    /// The folder can't be used.
    #[error("the search index in {0}: {1}")]
    Folder(PathBuf, std::io::Error),
    /// The index said no.
    #[error("the search index: {0}")]
    Index(#[from] tantivy::TantivyError),
    /// Segments are merged all the time meanwhile.
    #[error("the search index still holds what is to be forgotten: it is tried again")]
    Held,
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
    /// Whether everybody may find it, and not its organisation alone.
    pub is_open: bool,
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
    /// What an entry brings in, by the stored name of its type; None: nothing. Entries of other types are not even read.
    pub read: &'static [(&'static str, Read)],
    /// What must go, with every segment that held its words, since an entry of this type says that its texts were erased; None: nothing is ever erased.
    pub gone: Option<(&'static str, Gone)>,
}

/// Tells what an entry brings in.
pub type Read = fn(&Recorded) -> Option<Document>;

/// Tells which things an entry has erased; none for most entries.
pub type Gone = for<'a> fn(&'a Engine, &'a Recorded) -> BoxFuture<'a, Result<Vec<Uuid>, SearchError>>;

/// An index. Cheap to clone.
#[derive(Clone)]
pub struct Search(pub(crate) Arc<Inner>);

pub(crate) struct Inner {
    engine: Engine,
    subject: Subject,
    /// The types of entries that the subject knows, as they stand in lines.
    types: Vec<memmem::Finder<'static>>,
    folder: PathBuf,
    pub(crate) index: Index,
    pub(crate) reader: IndexReader,
    pub(crate) fields: Fields,
    /// Whoever writes holds it from before texts are opened, so that nothing erased is written afterwards.
    writer: Arc<Mutex<IndexWriter>>,
    next: watch::Sender<u64>,
    pub(crate) turns: Semaphore,
}

/// The writer, in the hands of one who writes.
type Writing = OwnedMutexGuard<IndexWriter>;

/// Whether that was all there was to take in.
enum Taken {
    All,
    MoreWaits,
}

impl Search {
    /// Opens a service's index, or makes it, and follows the journal from then on.
    pub fn open(builder: &Builder, subject: Subject) -> Result<Self, SearchError> {
        let engine = builder.engine();
        let folder = builder
            .search_folder()
            .join(format!("{}.v{FORM}.{}", subject.name, subject.version));
        // One of another form or version would keep its words for good: no erasure reaches it.
        remove_others(&builder.search_folder(), subject.name, &folder)?;
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
        let writer = index.writer_with_num_threads(1, builder.index_bytes())?;
        // An erasure writes the segments anew that held the words: none is so large that others would feel it.
        let mut policy = LogMergePolicy::default();
        policy.set_min_num_segments(MERGED_AT_ONCE);
        policy.set_max_docs_before_merge(MOST_DOCUMENTS);
        writer.set_merge_policy(Box::new(policy));
        let search = Self(Arc::new(Inner {
            engine: engine.clone(),
            types: types(&subject).map(memmem::Finder::new).collect(),
            subject,
            folder,
            // Loaded anew after every commit, and at no other time.
            reader: index.reader_builder().reload_policy(ReloadPolicy::Manual).try_into()?,
            writer: Arc::new(Mutex::new(writer)),
            index,
            fields,
            next: watch::Sender::new(next),
            turns: Semaphore::new(TURNS),
        }));
        let following = search.clone();
        engine.spawn(async move { following.follow().await });
        Ok(search)
    }

    /// Waits until everything before `position` is in the index.
    pub async fn reached(&self, position: u64) {
        let _ = self.0.next.subscribe().wait_for(|next| *next >= position).await;
    }

    /// Takes things out, and writes the segments anew that held their words, also those where newer ones had replaced them.
    pub async fn forget(&self, ids: &[Uuid]) -> Result<(), SearchError> {
        let terms: Vec<Term> = ids.iter().map(|id| self.id(*id)).collect();
        let writer = Arc::clone(&self.0.writer).lock_owned().await;
        for term in &terms {
            writer.delete_term(term.clone());
        }
        let next = *self.0.next.borrow();
        let mut writer = self.commit(writer, next).await?;
        for round in 0..MOST_REWRITES {
            if round > 0 {
                tokio::time::sleep(REWRITES_AFTER).await;
            }
            for segment in self.holding_any(&terms).await? {
                // Where it is being merged already, it is looked at again: that merge ends with what it had read.
                if let Err(error) = writer.merge(&[segment]).await {
                    tracing::debug!(%error, "a segment with erased words is being merged");
                }
            }
            writer.garbage_collect_files().await?;
            if self.holding_any(&terms).await?.is_empty() && self.has_living_files_alone()? {
                return Ok(());
            }
        }
        Err(SearchError::Held)
    }

    /// The segments in which one of these terms stands, whether or not its document still counts.
    async fn holding_any(&self, terms: &[Term]) -> Result<Vec<SegmentId>, SearchError> {
        let (search, terms) = (self.clone(), terms.to_vec());
        let looking = tokio::task::spawn_blocking(move || {
            search.0.reader.reload()?;
            let mut held = Vec::new();
            for segment in search.0.reader.searcher().segment_readers() {
                let ids = segment.inverted_index(search.0.fields.id)?;
                for term in &terms {
                    if ids.doc_freq(term).map_err(tantivy::TantivyError::from)? > 0 {
                        held.push(segment.segment_id());
                        break;
                    }
                }
            }
            Ok(held)
        });
        looking
            .await
            .map_err(|error| SearchError::Engine(format!("the look failed: {error}")))?
    }

    /// Whether every file of a segment in the folder is of one that is in use. A merge that had begun before keeps what it has read, and what it has
    /// written of it.
    fn has_living_files_alone(&self) -> Result<bool, SearchError> {
        let living: BTreeSet<String> = (self.0.index.searchable_segment_ids()?.iter())
            .map(SegmentId::uuid_string)
            .collect();
        let failed = |error| SearchError::Folder(self.0.folder.clone(), error);
        for entry in std::fs::read_dir(&self.0.folder).map_err(failed)? {
            let name = entry.map_err(failed)?.file_name();
            let name = name.to_string_lossy();
            let segment = name.split('.').next().unwrap_or_default();
            let is_segment = segment.len() == 32 && segment.bytes().all(|letter| letter.is_ascii_hexdigit());
            if is_segment && !living.contains(segment) {
                return Ok(false);
            }
        }
        Ok(true)
    }

    fn id(&self, id: Uuid) -> Term {
        Term::from_field_text(self.0.fields.id, &id.to_string())
    }

    async fn follow(&self) {
        let mut wakes = self.0.engine.wakes();
        loop {
            let next = *self.0.next.borrow();
            if next >= *wakes.borrow_and_update() {
                if wakes.changed().await.is_err() {
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

    /// Takes the next entries in, and commits them: all that there are, or what came in some time.
    async fn take(&self, next: u64) -> Result<Taken, SearchError> {
        let (began, mut end) = (Instant::now(), next);
        let mut writer = Arc::clone(&self.0.writer).lock_owned().await;
        let mut erasures = Vec::new();
        let mut entries = self.0.engine.news(end, BATCH).await.map_err(engine)?;
        let mut unread = None;
        let taken = loop {
            let Some(last) = entries.last() else { break Taken::All };
            end = last.position + 1;
            let is_last = end >= self.0.engine.store().head().borrow().size;
            let read = self.read(&entries);
            let documents: Vec<Document> = read.iter().filter_map(|entry| self.document(entry)).collect();
            // The next are read while the texts of these are opened.
            let coming = async {
                match is_last {
                    true => Ok(Vec::new()),
                    false => self.0.engine.news(end, BATCH).await,
                }
            };
            let (put, coming) = tokio::join!(self.put(&writer, documents), coming);
            put?;
            if let Some((kind, gone)) = self.0.subject.gone {
                for entry in read.iter().filter(|entry| entry.meta.kind == kind) {
                    erasures.extend(gone(&self.0.engine, entry).await?);
                }
            }
            entries = coming.unwrap_or_else(|error| {
                unread = Some(error);
                Vec::new()
            });
            if !is_last && began.elapsed() > BETWEEN_COMMITS {
                break Taken::MoreWaits;
            }
        };
        if end > next {
            // What was erased is gone before it is written down that the entry was seen: whoever begins anew in between sees it again.
            if !erasures.is_empty() {
                drop(self.commit(writer, next).await?);
                self.forget_erased(erasures).await?;
                writer = Arc::clone(&self.0.writer).lock_owned().await;
            }
            drop(self.commit(writer, end).await?);
            self.0.next.send_replace(end);
        }
        // It undoes nothing of what was read before.
        unread.map_or(Ok(taken), |error| Err(engine(error)))
    }

    /// Those that are of a type that the subject knows.
    fn read<'a>(&self, entries: &'a [Arc<News>]) -> Vec<&'a Recorded> {
        // Whether a type's name stands anywhere in a line is seen much sooner than what the line says.
        let may_be = |entry: &&Arc<News>| self.0.types.iter().any(|kind| kind.find(&entry.line).is_some());
        let read = entries.iter().filter(may_be).filter_map(|entry| entry.recorded());
        read.map(|entry| &**entry).collect()
    }

    fn document(&self, entry: &Recorded) -> Option<Document> {
        let (_, read) = (self.0.subject.read.iter()).find(|(kind, _)| *kind == entry.meta.kind)?;
        read(entry)
    }

    /// Puts documents in the place of what was known under their ids. Their texts are opened at once.
    async fn put(&self, writer: &IndexWriter, documents: Vec<Document>) -> Result<(), SearchError> {
        let mut sealed = Vec::new();
        let mut parts = Vec::with_capacity(documents.len());
        for document in &documents {
            let members = match &document.words {
                Words::Open(_) => Vec::new(),
                Words::Sealed(members) => members.clone(),
                Words::Copied(from, texts) => {
                    let holder = self.0.engine.holder(&Loaded::default(), from, texts).await;
                    let holder = holder.map_err(engine)?;
                    holder.map(|holder| holder.sealed_members()).unwrap_or_default()
                }
            };
            parts.push(members.len());
            sealed.extend(members);
        }
        let opened = self.0.engine.vault().open_texts(&sealed).await.map_err(engine)?;
        let mut opened = sealed.iter().zip(opened);
        let fields = self.0.fields;
        for (document, part) in documents.into_iter().zip(parts) {
            // Those that can be read.
            let opened = opened.by_ref().take(part);
            let texts: Vec<_> = opened
                .filter_map(|(member, opened)| Some((member, opened.text()?)))
                .collect();
            let (title, words) = match document.words {
                Words::Open(words) => (words.lines().next().unwrap_or_default().to_owned(), words),
                Words::Sealed(_) | Words::Copied(..) => {
                    let title = texts.iter().find(|(member, _)| member.bound_to.ends_with(TITLE));
                    let title = title.map(|(_, text)| text.as_str().to_owned());
                    let words: Vec<&str> = texts.iter().map(|(_, text)| text.as_str()).collect();
                    (title.unwrap_or_default(), words.join("\n"))
                }
            };
            writer.delete_term(self.id(document.id));
            if words.is_empty() {
                continue;
            }
            let mut indexed = doc!(
                fields.id => document.id.to_string(),
                fields.organisation => document.organisation.to_string(),
                fields.title => title,
                fields.grams => words.as_str(),
                fields.words => words,
            );
            if document.is_open {
                indexed.add_text(fields.open, OPEN);
            }
            writer.add_document(indexed)?;
        }
        Ok(())
    }

    /// Forgets what entries said was erased, on whichever replica that was done.
    async fn forget_erased(&self, erased: Vec<Uuid>) -> Result<(), SearchError> {
        if erased.is_empty() {
            return Ok(());
        }
        let terms: Vec<Term> = erased.iter().map(|id| self.id(*id)).collect();
        match self.holding_any(&terms).await?.is_empty() {
            true => Ok(()),
            false => self.forget(&erased).await,
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

/// The stored names of the types that a subject knows.
fn types(subject: &Subject) -> impl Iterator<Item = &'static str> {
    let read = subject.read.iter().map(|(kind, _)| *kind);
    read.chain(subject.gone.map(|(kind, _)| kind))
}

/// Removes every other folder of an index.
fn remove_others(folder: &Path, name: &str, kept: &Path) -> Result<(), SearchError> {
    let failed = |error| SearchError::Folder(folder.to_owned(), error);
    let begins = format!("{name}.v");
    let entries = match std::fs::read_dir(folder) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(()),
        entries => entries.map_err(failed)?,
    };
    for entry in entries {
        let path = entry.map_err(failed)?.path();
        let is_another = path
            .file_name()
            .is_some_and(|file| file.to_string_lossy().starts_with(&begins));
        if is_another && path != kept {
            std::fs::remove_dir_all(&path).map_err(failed)?;
        }
    }
    Ok(())
}

fn engine(error: impl std::fmt::Display) -> SearchError {
    SearchError::Engine(error.to_string())
}
