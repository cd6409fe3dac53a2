use super::address::DatabaseAddress;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

/// How a journal in PostgreSQL is opened.
#[derive(Clone)]
pub struct PostgresOptions {
    /// The database, as the service's own role.
    pub database: DatabaseAddress,
    /// The instance, such as `fyrbodal`.
    pub instance: String,
    /// The service, such as `submission`.
    pub service: String,
    /// Where this replica's gRPC is reached, told to the others while it holds the lease.
    pub address: String,
    /// Tells the time in UTC microseconds.
    pub now: Arc<dyn Fn() -> i64 + Send + Sync>,
    /// Whether this binary knows an event type: a journal in which a newer one has written an unknown type is not opened.
    pub knows: Arc<dyn Fn(&str) -> bool + Send + Sync>,
    /// How many appends may wait; one more is told that the journal is full.
    pub queue: usize,
    /// How long the lease lasts when its holder is not heard of any more.
    pub lease: Duration,
    /// How often the holder renews the lease, and the others look at it and at the head.
    pub renew: Duration,
    /// How many connections reads may use.
    pub readers: u32,
    /// Journals up to this many entries are verified whole at every start, larger ones at their end.
    pub verify_whole_up_to: u64,
    /// For tests only: allows a server that may lose what it has acknowledged (`fsync` or `full_page_writes` off).
    pub allow_unsafe_server: bool,
}

impl PostgresOptions {
    /// The usual settings, with every event type of the domain known.
    pub fn new(
        database: DatabaseAddress,
        instance: &str,
        service: &str,
        address: &str,
        now: Arc<dyn Fn() -> i64 + Send + Sync>,
    ) -> Self {
        Self {
            database,
            instance: instance.to_owned(),
            service: service.to_owned(),
            address: address.to_owned(),
            now,
            knows: Arc::new(|kind| idesluss_domain::Event::all_types().any(|known| known == kind)),
            queue: 4096,
            lease: Duration::from_secs(5),
            renew: Duration::from_secs(1),
            readers: 8,
            verify_whole_up_to: 5_000,
            allow_unsafe_server: false,
        }
    }
}

impl fmt::Debug for PostgresOptions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PostgresOptions")
            .field("instance", &self.instance)
            .field("service", &self.service)
            .field("database", &self.database)
            .field("address", &self.address)
            .finish_non_exhaustive()
    }
}
