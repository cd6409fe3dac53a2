use super::file::ViewFile;
use super::handle::{Readers, Shared, ViewHandle, turns};
use super::live::{Live, View};
use super::progress::Build;
use crate::{Engine, News, Recorded, ViewError, metric_names};
use arc_swap::ArcSwap;
use sha2::{Digest as _, Sha256};
use std::num::NonZero;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::sync::{Arc, LazyLock, Mutex, PoisonError};
use std::thread::available_parallelism;
use std::time::{Duration, Instant};
use tokio::sync::{Semaphore, mpsc, oneshot, watch};

/// How long a view that can't be written waits before it is built anew.
const PAUSE: Duration = Duration::from_secs(1);

/// How long one that could not be built in the place of an earlier version waits before it is tried again.
const AGAIN: Duration = Duration::from_secs(60);

/// How many views are built at once: each keeps what it writes in memory, 64 MiB at the most where SQLite may use as much.
static BUILDING: LazyLock<Semaphore> =
    LazyLock::new(|| Semaphore::new(available_parallelism().map_or(1, NonZero::get).min(MOST_BUILT)));
const MOST_BUILT: usize = 4;

/// So few entries are read at once by whoever is first, for all.
const FEW: usize = 256;

/// How often it is told how far a view is that is being built, and how often the log says it.
const TOLD: Duration = Duration::from_millis(500);
const SAID: Duration = Duration::from_secs(5);

/// How often a view's lag is told.
const WATCH: Duration = Duration::from_secs(1);

impl Engine {
    /// Opens a view in `folder`, catches up, and keeps it up to date until the service ends.
    ///
    /// Returns when it shows everything that is in the journal now.
    pub async fn view<V: View>(&self, folder: &Path) -> Result<ViewHandle, ViewError> {
        let place = Arc::new(ViewFile::new(folder, V::NAME, V::VERSION)?);
        let Opened {
            live,
            path,
            is_outdated,
        } = self.open_view::<V>(&place).await?;
        let (shown, position) = watch::channel(live.next());
        let (rebuild, asked) = mpsc::channel(1);
        let shared = Arc::new(Shared {
            engine: self.clone(),
            readers: ArcSwap::from_pointee(Readers::new(path)),
            position,
            rebuild,
            turns: turns(),
            derived: V::derived(),
        });
        let runner = Runner {
            engine: self.clone(),
            place,
            live: Arc::new(Mutex::new(live)),
            shown,
            asked,
            building: None,
            is_outdated,
        };
        self.spawn(runner.run(Arc::downgrade(&shared)));
        self.spawn(watch_lag(self.clone(), V::NAME, shared.position.clone()));
        Ok(ViewHandle(shared))
    }

    /// Opens the file in use if it is whole and of this journal, or one of an earlier version with the same tables; else builds one.
    async fn open_view<V: View>(&self, place: &ViewFile) -> Result<Opened<V>, ViewError> {
        for (found, is_outdated) in [(place.current()?, false), (place.older()?, true)] {
            let Some(path) = found else { continue };
            let opening = path.clone();
            let opened = blocking(move || match is_outdated {
                false => Live::<V>::open(&opening).map(Some),
                true => Live::<V>::open_outdated(&opening),
            });
            match opened.await {
                Ok(None) => {}
                Ok(Some(live)) => {
                    let (next, last) = (live.next(), live.last().to_vec());
                    if self.has_line_before(next, &last).await? {
                        place.clean(&path);
                        let live = self.catch_up(live).await?;
                        return Ok(Opened {
                            live,
                            path,
                            is_outdated,
                        });
                    }
                    tracing::warn!(view = V::NAME, "the view is of another journal: building it anew");
                }
                Err(error) => tracing::warn!(view = V::NAME, %error, "the view can't be opened: building it anew"),
            }
        }
        let (live, path) = self.build(place).await?;
        place.clean(&path);
        Ok(Opened {
            live,
            path,
            is_outdated: false,
        })
    }

    /// Whether the journal's line before `next` is the one whose SHA-256 is `last`.
    async fn has_line_before(&self, next: u64, last: &[u8]) -> Result<bool, ViewError> {
        let Some(before) = next.checked_sub(1) else {
            return Ok(true);
        };
        let entries = self.store().read(before, 1).await?;
        Ok(entries
            .first()
            .is_some_and(|entry| Sha256::digest(&entry.line)[..] == *last))
    }

    /// Builds a view from the first entry on, as many at once as there are cores to do it.
    async fn build<V: View>(&self, place: &ViewFile) -> Result<(Live<V>, PathBuf), ViewError> {
        let told = Build::begin(&self.0.builds, V::NAME, self.store().head().borrow().size);
        let _turn = BUILDING.acquire().await.map_err(|_| ViewError::Stopped)?;
        let building = place.building()?;
        let creating = building.clone();
        let live = blocking(move || Live::<V>::create(&creating)).await?;
        // Closed before it is put into use.
        self.fill_view(live, &told).await?;
        let place = place.clone();
        blocking(move || {
            let path = place.promote(&building)?;
            Ok((Live::open(&path)?, path))
        })
        .await
    }

    /// Applies everything that is in the journal now to a new file, and says from time to time how far it is.
    async fn fill_view<V: View>(&self, live: Live<V>, told: &Build<'_>) -> Result<(), ViewError> {
        let live = Arc::new(Mutex::new(live));
        let (began, size) = (Instant::now(), self.store().head().borrow().size);
        let mut advancing = std::pin::pin!(advance(self, &live));
        let mut each = tokio::time::interval(TOLD);
        let mut said = began;
        loop {
            tokio::select! {
                advanced = &mut advancing => return advanced.map(drop),
                _ = each.tick() => {
                    // While it is being written, nobody waits for it here.
                    let Ok(done) = live.try_lock().map(|live| live.next()) else { continue };
                    let progress = told.report(done, size);
                    if said.elapsed() >= SAID {
                        said = Instant::now();
                        let seconds_left = progress.left.map(|left| left.as_secs());
                        tracing::info!(view = V::NAME, done, of = size, seconds_left, "the view is being built");
                    }
                }
            }
        }
    }

    /// Applies everything that is in the journal now.
    async fn catch_up<V: View>(&self, live: Live<V>) -> Result<Live<V>, ViewError> {
        let live = Arc::new(Mutex::new(live));
        advance(self, &live).await?;
        let live = Arc::into_inner(live).ok_or(ViewError::Stopped)?;
        Ok(live.into_inner().unwrap_or_else(PoisonError::into_inner))
    }
}

/// Does what reads or writes a file, on a thread that may block.
async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, ViewError> + Send + 'static,
) -> Result<T, ViewError> {
    tokio::task::spawn_blocking(work)
        .await
        .map_err(|_| ViewError::Stopped)?
}

/// Whether an entry says that texts were erased.
fn is_erasure(line: &[u8]) -> bool {
    const ERASED: &[u8] = b".TextsErased\"";
    memchr::memmem::find(line, ERASED).is_some()
}

/// Applies entries up to the present head, on a thread that may block. Returns the position that it looks at next.
async fn advance<V: View>(engine: &Engine, live: &Arc<Mutex<Live<V>>>) -> Result<u64, ViewError> {
    let to = engine.store().head().borrow().size;
    let from = live.lock().unwrap_or_else(PoisonError::into_inner).next();
    if from >= to {
        return Ok(from);
    }
    let result = Arc::new(Mutex::new(Ok(())));
    let (building, outcome) = (Arc::clone(live), Arc::clone(&result));
    let vault = engine.vault().clone();
    let visit = move |position: u64, line: &[u8], read: Option<Arc<Recorded>>| {
        if is_erasure(line) {
            // Whichever replica erased it, nothing of it is remembered here.
            vault.forget();
        }
        let mut live = building.lock().unwrap_or_else(PoisonError::into_inner);
        let mut applied = live.take(position, line, read);
        if applied.is_ok() && position + 1 == to {
            applied = live.finish(line);
        }
        match applied {
            Ok(()) => ControlFlow::Continue(()),
            Err(error) => {
                *outcome.lock().unwrap_or_else(PoisonError::into_inner) = Err(error);
                ControlFlow::Break(())
            }
        }
    };
    match news(engine, from, to).await? {
        Some(news) => {
            let showing = tokio::task::spawn_blocking(move || {
                let mut all = news.iter();
                let _ = all.try_for_each(|entry| visit(entry.position, &entry.line, entry.recorded().cloned()));
            });
            showing.await.map_err(|_| ViewError::Stopped)?;
        }
        None => {
            let visit = move |position, line: &[u8]| visit(position, line, Recorded::read(line).map(Arc::new));
            engine.store().scan(from, to, Box::new(visit)).await?;
        }
    }
    std::mem::replace(&mut *result.lock().unwrap_or_else(PoisonError::into_inner), Ok(()))?;
    Ok(live.lock().unwrap_or_else(PoisonError::into_inner).next())
}

/// All of the entries in `from..to` as everybody is given them; None: they are many, or a view is built, which is built from what is stored.
async fn news(engine: &Engine, from: u64, to: u64) -> Result<Option<Vec<Arc<News>>>, ViewError> {
    let missing = usize::try_from(to - from).unwrap_or(usize::MAX);
    if from == 0 || missing > FEW {
        return Ok(engine
            .fresh(from, missing)
            .filter(|news| from > 0 && news.len() == missing));
    }
    let news = engine.news(from, missing).await?;
    Ok((news.len() == missing).then_some(news))
}

/// Tells every second how far the view is behind: lag alone reads as nothing over an entry that can't be applied.
async fn watch_lag(engine: Engine, view: &'static str, position: watch::Receiver<u64>) {
    let (lag, oldest) = (
        metrics::gauge!(metric_names::VIEW_LAG, "service" => engine.service(), "view" => view),
        metrics::gauge!(metric_names::VIEW_OLDEST, "service" => engine.service(), "view" => view),
    );
    loop {
        let next = *position.borrow();
        let behind = engine.store().head().borrow().size.saturating_sub(next);
        let mut seconds = 0.0;
        if behind > 0
            && let Ok(entries) = engine.store().read(next, 1).await
            && let Some(waits) = entries.first().and_then(|entry| Recorded::read(&entry.line))
        {
            let since = engine.clock().now().as_micros() - waits.recorded.as_micros();
            seconds = since.max(0) as f64 / 1e6;
        }
        lag.set(behind as f64);
        oldest.set(seconds);
        tokio::time::sleep(WATCH).await;
    }
}

/// A view's file in use.
struct Opened<V> {
    live: Live<V>,
    path: PathBuf,
    /// Of an earlier version: it answers while this one's is built.
    is_outdated: bool,
}

/// A new file, built beside the one in use.
type Built<V> = Result<(Live<V>, PathBuf), ViewError>;

/// One that is being built, and who is to be told.
struct Building<V> {
    built: oneshot::Receiver<Built<V>>,
    waiting: Vec<oneshot::Sender<Result<(), ViewError>>>,
}

struct Runner<V> {
    engine: Engine,
    place: Arc<ViewFile>,
    live: Arc<Mutex<Live<V>>>,
    shown: watch::Sender<u64>,
    asked: mpsc::Receiver<oneshot::Sender<Result<(), ViewError>>>,
    building: Option<Building<V>>,
    /// What is in use is of an earlier version.
    is_outdated: bool,
}

impl<V: View> Runner<V> {
    /// Follows the head and does what is asked, until nobody asks any more.
    async fn run(mut self, shared: std::sync::Weak<Shared>) {
        if self.is_outdated {
            self.begin(None, Duration::ZERO);
        }
        let mut wakes = self.engine.wakes();
        loop {
            wakes.borrow_and_update();
            match advance(&self.engine, &self.live).await {
                Ok(next) => {
                    self.shown.send_replace(next);
                }
                Err(error) => {
                    tracing::error!(view = V::NAME, %error, "the view can't be written: building it anew");
                    // What it has taken and not written is lost with it: it is never written again, or it would count twice.
                    if self.replace_when_possible(&shared).await.is_break() {
                        return;
                    }
                    continue;
                }
            }
            tokio::select! {
                changed = wakes.changed() => if changed.is_err() { return },
                asked = self.asked.recv() => match asked {
                    Some(done) => self.begin(Some(done), Duration::ZERO),
                    None => return,
                },
                built = built(&mut self.building) => {
                    // An earlier version is not left to answer for good: the disk may have room again.
                    if self.put(&shared, built).await.is_err() && self.is_outdated {
                        self.begin(None, AGAIN);
                    }
                }
            }
        }
    }

    /// Begins to build a new file beside the one in use, unless one is being built.
    fn begin(&mut self, done: Option<oneshot::Sender<Result<(), ViewError>>>, after: Duration) {
        if let Some(building) = &mut self.building {
            building.waiting.extend(done);
            return;
        }
        let (told, built) = oneshot::channel();
        let (engine, place) = (self.engine.clone(), self.place.clone());
        self.engine.spawn(async move {
            tokio::time::sleep(after).await;
            // Nobody waits any more where the service ends.
            let _ = told.send(engine.build::<V>(&place).await);
        });
        self.building = Some(Building {
            built,
            waiting: done.into_iter().collect(),
        });
    }

    /// Puts what was built in the place of the file in use, once it shows as much, and tells who waits.
    async fn put(&mut self, shared: &std::sync::Weak<Shared>, built: Built<V>) -> Result<(), ViewError> {
        let waiting = self
            .building
            .take()
            .map(|building| building.waiting)
            .unwrap_or_default();
        let done = match built {
            Ok(built) => self.swap(shared, built).await,
            Err(error) => Err(error),
        };
        if let Err(error) = &done {
            tracing::error!(view = V::NAME, %error, "the view could not be built anew: the one before it stays");
        }
        for told in waiting {
            let _ = told.send(match &done {
                Ok(()) => Ok(()),
                Err(error) => Err(ViewError::NotBuilt(error.to_string())),
            });
        }
        done
    }

    async fn swap(
        &mut self,
        shared: &std::sync::Weak<Shared>,
        (live, path): (Live<V>, PathBuf),
    ) -> Result<(), ViewError> {
        let live = self.engine.catch_up(live).await?;
        let next = live.next();
        let before = std::mem::replace(&mut self.live, Arc::new(Mutex::new(live)));
        // Asked from now on; only then the one before goes.
        if let Some(shared) = shared.upgrade() {
            shared.readers.store(Arc::new(Readers::new(path.clone())));
        }
        self.shown.send_replace(next);
        self.is_outdated = false;
        let place = Arc::clone(&self.place);
        let cleaned = blocking(move || {
            drop(before);
            place.clean(&path);
            Ok(())
        });
        cleaned.await
    }

    /// Builds a new file as soon as that can be done; ends when nobody asks the view any more.
    async fn replace_when_possible(&mut self, shared: &std::sync::Weak<Shared>) -> ControlFlow<()> {
        loop {
            tokio::time::sleep(PAUSE).await;
            if shared.strong_count() == 0 {
                return ControlFlow::Break(());
            }
            // One that is being built already is as good.
            self.begin(None, Duration::ZERO);
            let built = built(&mut self.building).await;
            if self.put(shared, built).await.is_ok() {
                return ControlFlow::Continue(());
            }
        }
    }
}

/// What is being built, once it is; never, where nothing is.
async fn built<V>(building: &mut Option<Building<V>>) -> Built<V> {
    match building {
        Some(building) => (&mut building.built).await.unwrap_or(Err(ViewError::Stopped)),
        None => std::future::pending().await,
    }
}
