//! How what was measured is told.

use std::time::Duration;

/// The value in the middle.
pub(crate) fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

/// The same for times.
pub(crate) fn median_time(mut values: Vec<Duration>) -> Duration {
    values.sort();
    values[values.len() / 2]
}

/// One sentence on whether a ratio reaches its aim.
pub(crate) fn aim(what: &str, ratio: f64, aim: f64, at_least: bool) {
    let reached = if at_least { ratio >= aim } else { ratio <= aim };
    let word = if at_least { "at least" } else { "at most" };
    let mark = if reached { "reached" } else { "MISSED" };
    println!("  {mark}: {what} is {ratio:.2}, aim {word} {aim:.2}");
}
