use crate::loaded::Stream;
use crate::{Engine, ExecuteError};
use idesluss_domain::words::StreamName;
use idesluss_domain::{AggregateEvent, Decider};

/// The state of an own stream that grows without end, as far as it was folded: only what has come since is read.
///
/// Whatever is decided on it is appended only if the journal's stream is at the same version then.
pub struct CachedState<D: Decider> {
    stream: StreamName,
    version: u64,
    state: D::State,
}

impl<D: Decider> CachedState<D> {
    /// Nothing of the stream has been read yet.
    pub fn new(stream: StreamName) -> Self {
        Self {
            stream,
            version: 0,
            state: D::State::default(),
        }
    }

    /// The stream.
    pub fn stream(&self) -> &StreamName {
        &self.stream
    }

    /// Up to which version it was folded.
    pub fn version(&self) -> u64 {
        self.version
    }

    /// What they make.
    pub fn state(&self) -> &D::State {
        &self.state
    }

    /// Folds events that its holder is about to append, so that the next command can be decided before they are written.
    ///
    /// If they are not written after all, this state is worth nothing any more: throw it away.
    pub fn apply_uncommitted(&mut self, events: &[D::Event]) {
        for event in events {
            self.state = D::evolve(std::mem::take(&mut self.state), event);
            self.version += 1;
        }
    }

    /// Folds the last entry, if it has come since: for a state that it makes alone.
    pub async fn follow_last(&mut self, engine: &Engine) -> Result<(), ExecuteError>
    where
        D::Event: AggregateEvent,
    {
        let version = engine.store().stream_version(self.stream.as_str()).await?;
        self.version = self.version.max(version.saturating_sub(1));
        self.follow(engine).await
    }

    /// Folds what has come since.
    pub async fn follow(&mut self, engine: &Engine) -> Result<(), ExecuteError>
    where
        D::Event: AggregateEvent,
    {
        let since = engine.store().stream_after(self.stream.as_str(), self.version).await?;
        let since = Stream::read(&self.stream, since);
        for entry in since.entries {
            if let Some(event) = entry.event.as_ref().and_then(D::Event::of) {
                self.state = D::evolve(std::mem::take(&mut self.state), event);
            }
        }
        // Entries that this version does not know count all the same.
        self.version = since.version;
        Ok(())
    }
}
