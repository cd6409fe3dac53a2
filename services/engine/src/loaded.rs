use crate::Recorded;
use idesluss_domain::words::StreamName;
use idesluss_domain::{AggregateEvent, Decider, fold};
use idesluss_journal::{Entry, StreamEntries};
use std::collections::BTreeMap;

/// Streams as they stood at one moment: what a decision is made on.
#[derive(Debug, Default)]
pub struct Loaded(pub(crate) BTreeMap<StreamName, Stream>);

#[derive(Debug, Default)]
pub(crate) struct Stream {
    /// At which version the journal has it; entries of unknown types count.
    pub(crate) version: u64,
    pub(crate) entries: Vec<Recorded>,
    /// All of its entries as they are stored, also those that can't be read.
    pub(crate) stored: Vec<Entry>,
}

impl Stream {
    /// One that was read elsewhere, up to this version.
    pub(crate) fn at(version: u64) -> Self {
        Self {
            version,
            ..Self::default()
        }
    }

    /// As the journal tells it, without what stands in another stream that happens to have the same key there.
    pub(crate) fn read(name: &StreamName, told: StreamEntries) -> Self {
        let mut stream = Self::at(told.version);
        for entry in told.entries {
            let read = Recorded::read(&entry.line);
            if read.as_ref().is_none_or(|read| read.is_of(name)) {
                stream.entries.extend(read);
                stream.stored.push(entry);
            }
        }
        stream
    }
}

impl Loaded {
    /// Those of `streams` that are among them.
    pub(crate) fn only(mut self, streams: &[StreamName]) -> Self {
        self.0.retain(|name, _| streams.contains(name));
        self
    }

    /// Takes it that nothing stands in a stream that was not read.
    pub(crate) fn presume_new(&mut self, stream: StreamName) {
        self.0.entry(stream).or_default();
    }

    /// Counts a stream that was read elsewhere among those that must not move.
    pub(crate) fn cover(&mut self, beside: Option<(&StreamName, u64)>) {
        if let Some((name, version)) = beside {
            self.0.insert(name.clone(), Stream::at(version));
        }
    }

    /// At which version the journal has the stream; entries of unknown types count.
    pub fn version(&self, stream: &StreamName) -> u64 {
        self.0.get(stream).map_or(0, |stream| stream.version)
    }

    /// Folds a stream's events of one aggregate into its state.
    pub fn state<D: Decider>(&self, stream: &StreamName) -> D::State
    where
        D::Event: AggregateEvent,
    {
        fold::<D>(
            self.entries(stream)
                .iter()
                .filter_map(|entry| entry.event.as_ref().and_then(D::Event::of)),
        )
    }

    /// The stream's entries, oldest first.
    pub fn entries(&self, stream: &StreamName) -> &[Recorded] {
        self.0.get(stream).map_or(&[], |stream| &stream.entries)
    }

    /// Whether anything stands in the stream.
    pub fn exists(&self, stream: &StreamName) -> bool {
        self.0.get(stream).is_some_and(|stream| stream.version > 0)
    }

    /// The position of the stream's last entry in this journal.
    pub fn position_of_last(&self, stream: &StreamName) -> Option<u64> {
        self.entries(stream).last().map(|entry| entry.position)
    }
}
