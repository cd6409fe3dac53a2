use crate::{AppendError, StoreError};
use async_trait::async_trait;

/// Where a relay to a message broker has come to with one own source.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Relayed {
    /// When the broker's stream was created, as the broker tells it: another time is another stream.
    pub stream_created: String,
    /// The epoch of the last event that the broker took.
    pub epoch: u32,
    /// Its sequence in that epoch.
    pub sequence: u64,
    /// The number that it has in the stream.
    pub stream_sequence: u64,
}

/// How far each own source has been relayed. Kept beside the entries, so that it is restored and lost together with them.
#[async_trait]
pub trait Relays: Send + Sync + 'static {
    /// Where the relay of `source` has come to; None before its first event.
    async fn relayed(&self, source: &str) -> Result<Option<Relayed>, StoreError>;

    /// Notes where it has come to. Repeating after a crash is harmless. Errors: `Elsewhere` unless the lease is held.
    async fn set_relayed(&self, source: &str, relayed: Relayed) -> Result<(), AppendError>;
}
