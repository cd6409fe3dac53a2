//! How far the views are that are being built: for whoever asks meanwhile.

use crate::Engine;
use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// How far a view is that is being built from the first entry on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BuildProgress {
    /// How many entries it has taken in.
    pub done: u64,
    /// How many there are.
    pub of: u64,
    /// How long the rest takes at the pace so far; None: that can't be said yet.
    pub left: Option<Duration>,
}

/// The views that are being built, by name.
#[derive(Default)]
pub(crate) struct Builds(Mutex<BTreeMap<&'static str, BuildProgress>>);

impl Builds {
    fn all(&self) -> MutexGuard<'_, BTreeMap<&'static str, BuildProgress>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A view that is being built; it is none any more when this goes.
pub(super) struct Build<'a> {
    builds: &'a Builds,
    view: &'static str,
    began: Instant,
}

impl<'a> Build<'a> {
    /// Begins to tell of a view that is to take in so many entries.
    pub(super) fn begin(builds: &'a Builds, view: &'static str, of: u64) -> Self {
        let build = Self {
            builds,
            view,
            began: Instant::now(),
        };
        build.report(0, of);
        build
    }

    /// Says how far it has come.
    pub(super) fn report(&self, done: u64, of: u64) -> BuildProgress {
        let left = (done > 0).then(|| {
            self.began
                .elapsed()
                .mul_f64(of.saturating_sub(done) as f64 / done as f64)
        });
        let progress = BuildProgress { done, of, left };
        self.builds.all().insert(self.view, progress);
        progress
    }
}

impl Drop for Build<'_> {
    fn drop(&mut self) {
        self.builds.all().remove(self.view);
    }
}

impl Engine {
    /// The views that are being built just now, and how far each is: at a start where there is none yet, later beside the one that answers.
    pub fn views_being_built(&self) -> Vec<(&'static str, BuildProgress)> {
        self.0
            .builds
            .all()
            .iter()
            .map(|(view, progress)| (*view, *progress))
            .collect()
    }
}
