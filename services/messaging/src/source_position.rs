use std::fmt;

/// A place in a source: later epochs come after earlier ones.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub struct SourcePosition {
    /// The epoch, from 1; 0 before the first event.
    pub epoch: u32,
    /// The sequence, from 1; 0 before the first event. It goes on from one epoch to the next.
    pub sequence: u64,
}

impl SourcePosition {
    pub(crate) fn new(epoch: u32, sequence: u64) -> Self {
        Self { epoch, sequence }
    }
}

impl fmt::Display for SourcePosition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "sequence {} of epoch {}", self.sequence, self.epoch)
    }
}
