//! How what was measured is told: absolute figures in tables, and each aim beside the figure that is held to it.

use std::time::Duration;

/// The value in the middle.
pub fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

/// How often something happened in a second.
pub fn rate(count: usize, time: Duration) -> f64 {
    count as f64 / time.as_secs_f64()
}

/// Times, from the shortest to the longest.
#[derive(Debug, Clone)]
pub struct Times(Vec<Duration>);

impl Times {
    /// Sorts what was measured; there must be something.
    pub fn new(mut times: Vec<Duration>) -> Self {
        assert!(!times.is_empty(), "nothing was measured");
        times.sort();
        Self(times)
    }

    /// How many there are.
    pub fn count(&self) -> usize {
        self.0.len()
    }

    /// Milliseconds within which this many of a hundred lie.
    pub fn percentile_ms(&self, percent: usize) -> f64 {
        let at = (self.0.len() * percent / 100).min(self.0.len() - 1);
        self.0[at].as_secs_f64() * 1e3
    }

    /// Milliseconds within which one half lies.
    pub fn p50_ms(&self) -> f64 {
        self.percentile_ms(50)
    }

    /// Milliseconds within which all but one in a hundred lie.
    pub fn p99_ms(&self) -> f64 {
        self.percentile_ms(99)
    }
}

/// What a figure is to reach.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Aim {
    /// Not less.
    AtLeast(f64),
    /// Not more.
    AtMost(f64),
}

impl Aim {
    fn is_met(self, value: f64) -> bool {
        match self {
            Self::AtLeast(aim) => value >= aim,
            Self::AtMost(aim) => value <= aim,
        }
    }
}

/// One line on whether a figure reaches its aim; `unit` is that of both.
pub fn aim(what: &str, value: f64, unit: &str, aim: Aim) {
    let mark = if aim.is_met(value) { "met" } else { "NOT MET" };
    let wanted = match aim {
        Aim::AtLeast(aim) => format!("at least {aim:.2} {unit}"),
        Aim::AtMost(aim) => format!("at most {aim:.2} {unit}"),
    };
    let value = format!("{value:.2} {unit}");
    println!("  {mark:<7}  {value:>10}  {wanted:<18}  {what}");
}
