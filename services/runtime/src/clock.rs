use idesluss_domain::words::{Date, Timestamp};
use jiff::tz::TimeZone;
use std::sync::Mutex;

/// The time, and the civil date in Sweden. Passed in, so that tests can hold it still.
pub trait Clock: Send + Sync + 'static {
    /// Now, in UTC microseconds.
    fn now(&self) -> Timestamp;

    /// The date in Europe/Stockholm at this moment.
    fn today(&self) -> Date {
        date_in_sweden(self.now())
    }
}

/// The civil date in Europe/Stockholm at `moment`.
pub fn date_in_sweden(moment: Timestamp) -> Date {
    // The time zone database is compiled in, so the zone is always found.
    let zone = TimeZone::get("Europe/Stockholm").unwrap_or(TimeZone::UTC);
    zone.to_datetime(moment.into()).date()
}

/// The machine's clock.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    fn now(&self) -> Timestamp {
        jiff::Timestamp::now().into()
    }
}

/// The machine's clock, so much ahead: to see in a sample region what happens when a promised day passes.
#[derive(Debug, Clone, Copy)]
pub struct ClockAhead(pub std::time::Duration);

impl Clock for ClockAhead {
    fn now(&self) -> Timestamp {
        let ahead = jiff::Timestamp::now().saturating_add(self.0);
        ahead.unwrap_or(jiff::Timestamp::MAX).into()
    }
}

/// A clock that stands still until it is moved. For tests and for the sample region.
#[derive(Debug)]
pub struct FixedClock(Mutex<Timestamp>);

impl FixedClock {
    /// A clock that shows `moment`.
    pub fn at(moment: Timestamp) -> Self {
        Self(Mutex::new(moment))
    }

    /// Moves the clock.
    pub fn set(&self, moment: Timestamp) {
        *self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner) = moment;
    }
}

impl Clock for FixedClock {
    fn now(&self) -> Timestamp {
        *self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_date_changes_at_swedish_midnight_in_summer_and_winter() {
        for (moment, date) in [
            ("2026-07-01T21:59:59.000000Z", "2026-07-01"),
            ("2026-07-01T22:00:00.000000Z", "2026-07-02"),
            ("2026-11-23T22:59:59.999999Z", "2026-11-23"),
            ("2026-11-23T23:00:00.000000Z", "2026-11-24"),
        ] {
            let clock = FixedClock::at(moment.parse().expect("a moment"));
            assert_eq!(clock.today().to_string(), date);
        }
    }
}
