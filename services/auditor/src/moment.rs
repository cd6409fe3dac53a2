use crate::{Reading, ReplayError, Service};
use idesluss_domain::words::Timestamp;
use idesluss_proof::line::parse;
use serde::Serialize;
use std::fmt;

/// A moment in the history of all services: what had been recorded by then.
///
/// Of a service whose position is known, it is exact. Of the others it is as exact as the services' clocks agree with each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Moment {
    time: Timestamp,
    exact: Option<(Service, u64)>,
}

impl Moment {
    /// Everything that was recorded up to and with this time.
    pub fn at(time: Timestamp) -> Self {
        Self { time, exact: None }
    }

    /// The moment in which an entry was recorded: everything in its journal up to and with it, and what the others had recorded by then.
    ///
    /// Errors: the line is not in its form.
    pub fn of(service: Service, line: &[u8]) -> Result<Self, ReplayError> {
        let wrong = |reason: String| ReplayError::Line {
            service: service.as_str(),
            reason,
        };
        let line = parse(line).map_err(|error| wrong(error.to_string()))?;
        let time = Timestamp::from_micros(line.recorded_micros).map_err(|error| wrong(error.to_string()))?;
        Ok(Self {
            time,
            exact: Some((service, line.position)),
        })
    }

    /// When it is.
    pub fn time(&self) -> Timestamp {
        self.time
    }

    /// Whether an entry had been recorded by then.
    pub fn covers(&self, reading: &Reading) -> bool {
        match self.exact {
            Some((service, position)) if service == reading.service => reading.position <= position,
            _ => reading.recorded <= self.time,
        }
    }

    /// Whether an entry was recorded then or later.
    pub fn begins(&self, reading: &Reading) -> bool {
        match self.exact {
            Some((service, position)) if service == reading.service => reading.position >= position,
            _ => reading.recorded >= self.time,
        }
    }
}

/// `evaluation:42 (2026-11-23T20:00:00.000001Z)`, or the time alone.
impl fmt::Display for Moment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.exact {
            Some((service, position)) => write!(f, "{}:{position} ({})", service.as_str(), self.time),
            None => write!(f, "{}", self.time),
        }
    }
}

impl Serialize for Moment {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}
