use async_trait::async_trait;
use idesluss_journal::Received;

/// The source itself, asked directly: what fills gaps, and what is there when the broker is not.
#[async_trait]
pub trait Origin: Send + Sync {
    /// Reads events of `source` after (epoch, sequence), in order and without a gap, as many as fit into one answer.
    ///
    /// Shape: empty when there is nothing newer. Zeroes ask from the beginning. Errors: see [`OriginError`].
    async fn pull(&self, source: &str, after_epoch: u32, after_sequence: u64) -> Result<Vec<Received>, OriginError>;

    /// Why nothing more is to be taken in of `source`, whoever brings it; None: go on.
    fn stopped(&self, source: &str) -> Option<String>;
}

/// Why the source did not answer. It is asked again.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the source does not answer: {0}")]
pub struct OriginError(pub String);
