use idesluss_journal::{AppendError, StoreError};

/// Why something with the broker did not go on. Everything here is tried again.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ExchangeError {
    /// The broker, or the way to it.
    #[error("{doing}: {why}")]
    Broker { doing: &'static str, why: String },
    /// What was set is not what was asked for.
    #[error("{what} has {member} {found}, and not {wanted}: change or remove it")]
    Differs {
        what: String,
        member: &'static str,
        found: String,
        wanted: String,
    },
    /// The server would cut the connection at a large event.
    #[error("the broker's max_payload is {found} bytes; events need {needed}")]
    SmallPayload { found: usize, needed: usize },
    /// The relay of the source has not been there yet.
    #[error("the stream {0} is not there: its source makes it")]
    NoStream(String),
    /// The server remembers the id of a message that its stream no longer has, and did not take it again.
    #[error("the broker took an event for a repetition that it does not hold")]
    FalseRepetition,
    /// Somebody else has written into the stream.
    #[error("the stream has moved: another publisher, or an answer that was lost")]
    Moved,
    /// Reading the journal.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// Writing the journal.
    #[error(transparent)]
    Append(#[from] AppendError),
    /// An own entry that can't be read.
    #[error("the journal's entry {0} can't be read as an own event")]
    Entry(u64),
    /// Nothing more is taken in of a source.
    #[error("{0}")]
    Stopped(String),
    /// The source itself, asked directly.
    #[error("{0}")]
    Origin(#[from] crate::OriginError),
}

impl ExchangeError {
    /// A fault of the broker while `doing` something.
    pub(crate) fn broker(doing: &'static str) -> impl Fn(&dyn std::error::Error) -> Self {
        move |error| {
            let mut why = error.to_string();
            if let Some(source) = error.source() {
                let source = source.to_string();
                if !why.contains(&source) {
                    why = format!("{why}: {source}");
                }
            }
            Self::Broker { doing, why }
        }
    }
}
