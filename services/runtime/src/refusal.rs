//! What is refused because it can only be an attack, or a mistake in somebody's program: one line in the log and one count in the metrics.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// Counts such refusals by what was tried. Counter.
pub const REFUSALS: &str = "idesluss_refusals_total";

/// So many lines of one kind are logged in so long a time; beyond that a flood is only counted, lest it fill the disk with its own log.
const LINES: u32 = 100;
const WINDOW: Duration = Duration::from_secs(60);

static LOGGED: Mutex<BTreeMap<&'static str, (Instant, u32)>> = Mutex::new(BTreeMap::new());

/// Logs and counts that something was refused, by a fixed word for what was tried, such as `unproved_loss`.
///
/// Never with anything that the caller sent: it may hold texts, people, or what its sender would like to see in a log.
pub fn report_refusal(what: &'static str) {
    metrics::counter!(REFUSALS, "what" => what).increment(1);
    match line_of(what, Instant::now()) {
        line if line < LINES => tracing::warn!(what, "refused"),
        LINES => tracing::warn!(what, "refused; more of the same are only counted for a minute"),
        _ => {}
    }
}

/// How many lines of this kind there were in the present window.
fn line_of(what: &'static str, now: Instant) -> u32 {
    let mut logged = LOGGED.lock().unwrap_or_else(PoisonError::into_inner);
    let (since, lines) = logged.entry(what).or_insert((now, 0));
    if now.duration_since(*since) >= WINDOW {
        (*since, *lines) = (now, 0);
    }
    let line = *lines;
    *lines = lines.saturating_add(1);
    line
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_flood_is_told_until_it_is_only_counted_and_told_again_a_minute_later() {
        let now = Instant::now();
        let lines: Vec<u32> = (0..300).map(|_| line_of("test_flood", now)).collect();
        assert_eq!(lines, (0..300).collect::<Vec<u32>>());
        assert_eq!(line_of("test_flood", now + WINDOW), 0);
        assert_eq!(line_of("test_other", now), 0);
    }
}
