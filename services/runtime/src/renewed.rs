//! What is read from files, and read again when one of them changes: nobody restarts for a new certificate.

use arc_swap::ArcSwap;
use std::fmt::Display;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, SystemTime};
use tokio_util::sync::CancellationToken;

/// How often the files are looked at.
pub(crate) const LOOK: Duration = Duration::from_secs(5);

/// What was read last that could be used. Cheap to clone.
pub(crate) struct Renewed<T>(Arc<ArcSwap<T>>);

impl<T> Clone for Renewed<T> {
    fn clone(&self) -> Self {
        Self(self.0.clone())
    }
}

impl<T: Send + Sync + 'static> Renewed<T> {
    /// Reads, and reads again whenever one of `files` changes, until `shutdown`.
    ///
    /// A change that can't be used is logged, and what was read before stays in force.
    pub(crate) fn load<E: Display + 'static>(
        files: Vec<PathBuf>,
        read: impl Fn() -> Result<T, E> + Send + 'static,
        shutdown: CancellationToken,
    ) -> Result<Self, E> {
        // Before they are read: a change meanwhile is seen as one.
        let seen = stamps(&files);
        let renewed = Self(Arc::new(ArcSwap::from_pointee(read()?)));
        let watching = watch(renewed.clone(), files, seen, read);
        tokio::spawn(async move { shutdown.run_until_cancelled(watching).await });
        Ok(renewed)
    }

    pub(crate) fn now(&self) -> Arc<T> {
        self.0.load_full()
    }
}

async fn watch<T, E: Display>(
    renewed: Renewed<T>,
    files: Vec<PathBuf>,
    mut seen: Vec<Option<SystemTime>>,
    read: impl Fn() -> Result<T, E>,
) {
    loop {
        tokio::time::sleep(LOOK).await;
        let now = stamps(&files);
        if now == seen {
            continue;
        }
        seen = now;
        match read() {
            Ok(read) => {
                renewed.0.store(Arc::new(read));
                tracing::info!("new certificates are in force");
            }
            Err(error) => tracing::error!(%error, "changed certificates can't be used; the old ones stay in force"),
        }
    }
}

/// When each file was last changed.
fn stamps(files: &[PathBuf]) -> Vec<Option<SystemTime>> {
    let changed = |path: &Path| std::fs::metadata(path).and_then(|about| about.modified()).ok();
    files.iter().map(|path| changed(path)).collect()
}
