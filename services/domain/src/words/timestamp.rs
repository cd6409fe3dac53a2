use super::stored::stored_as_text;
use std::fmt;
use std::str::FromStr;

/// A moment in UTC, in microseconds since 1970.
///
/// Written as `2026-11-23T20:00:00.000001Z`, always with six decimals.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Timestamp(i64);

stored_as_text!(Timestamp);

/// A text that is no moment in the years 1 to 9998.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a time is written like 2026-11-23T20:00:00.000001Z")]
pub struct InvalidTimestamp;

impl Timestamp {
    /// From microseconds since 1970. Errors: outside the years 1 to 9998.
    pub fn from_micros(micros: i64) -> Result<Self, InvalidTimestamp> {
        jiff::Timestamp::from_microsecond(micros).map_err(|_| InvalidTimestamp)?;
        Ok(Self(micros))
    }

    /// Microseconds since 1970.
    pub fn as_micros(self) -> i64 {
        self.0
    }
}

impl From<jiff::Timestamp> for Timestamp {
    fn from(timestamp: jiff::Timestamp) -> Self {
        Self(timestamp.as_microsecond())
    }
}

impl From<Timestamp> for jiff::Timestamp {
    fn from(timestamp: Timestamp) -> Self {
        jiff::Timestamp::from_microsecond(timestamp.0).unwrap_or(jiff::Timestamp::UNIX_EPOCH)
    }
}

impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:.6}", jiff::Timestamp::from(*self))
    }
}

impl FromStr for Timestamp {
    type Err = InvalidTimestamp;
    fn from_str(text: &str) -> Result<Self, InvalidTimestamp> {
        text.parse::<jiff::Timestamp>()
            .map(Self::from)
            .map_err(|_| InvalidTimestamp)
    }
}
