use std::fmt;
use std::sync::Arc;

/// How a journal is opened.
#[derive(Clone)]
pub struct SqliteOptions {
    /// The instance, such as `fyrbodal`.
    pub instance: String,
    /// The service, such as `submission`.
    pub service: String,
    /// Tells the time in UTC microseconds.
    pub now: Arc<dyn Fn() -> i64 + Send + Sync>,
    /// Whether this binary knows an event type: a journal in which a newer one has written an unknown type is not opened.
    pub knows: Arc<dyn Fn(&str) -> bool + Send + Sync>,
    /// How many appends may wait; one more is told that the journal is full.
    pub queue: usize,
    /// How many short reads run at once.
    pub readers: usize,
    /// The file's largest size in bytes; `None`: whatever the disk has.
    pub max_bytes: Option<u64>,
    /// Pages of 4 KiB in the write-ahead log before they are moved into the file.
    pub checkpoint_pages: i32,
    /// Journals up to this many entries are verified whole at every start, larger ones at their end.
    pub verify_whole_up_to: u64,
}

impl SqliteOptions {
    /// The usual settings, with every event type of the domain known.
    pub fn new(instance: &str, service: &str, now: Arc<dyn Fn() -> i64 + Send + Sync>) -> Self {
        Self {
            instance: instance.to_owned(),
            service: service.to_owned(),
            now,
            knows: Arc::new(|kind| idesluss_domain::Event::all_types().any(|known| known == kind)),
            queue: 4096,
            readers: 4,
            max_bytes: None,
            // The usual 1,000 would be moved at every tenth batch.
            checkpoint_pages: 16_384,
            verify_whole_up_to: 5_000,
        }
    }
}

impl fmt::Debug for SqliteOptions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SqliteOptions")
            .field("instance", &self.instance)
            .field("service", &self.service)
            .finish_non_exhaustive()
    }
}
